"""Files → raw sheets: rows of cells as the file holds them, row 1 first, nothing interpreted."""

import csv
import gzip
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

from mingjing.errors import InputError
from mingjing.intake.values import EPOCH_1900, EPOCH_1904

SUFFIXES = (".xlsx", ".xls", ".csv", ".csv.gz", ".parquet")
MAX_UNPACKED = 2 * 1024**3
MAX_RATIO = 200


@dataclass(frozen=True)
class RawSheet:
    """One sheet. `name` is empty for CSV and Parquet; `epoch` is where Excel serials count from."""

    file: str
    name: str
    rows: list[list[Any]]
    sha256: str
    epoch: datetime = EPOCH_1900
    hidden: bool = False


def list_files(folder: Path) -> tuple[list[Path], list[tuple[str, str, str]]]:
    """Files to read in a fixed order, and (file, why in Chinese, why in English) for each left aside."""
    if not folder.is_dir():
        raise InputError("data folder not found", file=folder, todo="Check --data")
    root, wanted, aside = folder.resolve(), [], []
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or any(part.startswith(".") for part in Path(name).parts):
            continue
        if not path.resolve().is_relative_to(root):
            aside.append(
                (
                    name,
                    "链接指向数据文件夹之外，未读取",
                    "a link that leads out of the data folder; not followed",
                )
            )
        elif path.name.startswith("~$"):
            aside.append((name, "Excel 打开时的临时文件，未读取", "a lock file left by Excel; not read"))
        elif name.lower().endswith(SUFFIXES):
            wanted.append(path)
    return wanted, aside


def read_file(
    path: Path, file: str, encoding: str | None = None, delimiter: str | None = None
) -> list[RawSheet]:
    """Every sheet of one file; a file that cannot be read is an InputError that says why.

    encoding, delimiter: of a CSV; found out where they are not given.
    """
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    try:
        if file.lower().endswith(".gz"):
            content = _unpack(content)
        if not content.strip(b"\xef\xbb\xbf\x00\r\n\t "):
            raise InputError("the file is empty", todo="Ask the unit for the ledger")
        suffix = PurePosixPath(file.lower().removesuffix(".gz")).suffix
        if suffix == ".csv":
            return [RawSheet(file, "", _csv(content, encoding, delimiter), digest)]
        if suffix == ".parquet":
            return [RawSheet(file, "", _parquet(path), digest)]
        return _workbook(content, file, digest)
    except InputError as error:
        raise InputError(error.what, file=file, todo=error.todo) from None
    # whatever a broken file makes a reader raise (pyo3 panics derive from BaseException), the person gets one line
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise InputError(
            f"cannot be read ({str(error)[:120] or type(error).__name__})", file=file, todo=_HELP
        ) from None


def _unpack(content: bytes) -> bytes:
    with gzip.open(io.BytesIO(content)) as stream:
        unpacked = stream.read(MAX_UNPACKED + 1)
    if len(unpacked) > MAX_UNPACKED or (
        len(unpacked) > 64 * 1024**2 and len(unpacked) > MAX_RATIO * len(content)
    ):
        raise InputError("unpacks to a size no ledger has", todo="Ask the sender what it is")
    return unpacked


_HELP = "Open it, save it again as .xlsx without a password, and put it back"


def _csv(content: bytes, encoding: str | None, delimiter: str | None) -> list[list[Any]]:
    text = _decode(content, encoding)
    if not delimiter:
        head = "\n".join(text.split("\n", 20)[:20])
        delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise InputError(
            f"line {reader.line_num} or before: the quotation marks do not close ({error})",
            todo="Correct the line, or save it as CSV again",
        ) from None


def _decode(content: bytes, encoding: str | None) -> str:
    if encoding:
        try:
            return content.decode(encoding).replace("\x00", "")
        except (LookupError, UnicodeDecodeError):
            raise InputError(f"is not text in “{encoding}”", todo="Correct encoding in the mapping") from None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    for name in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(name).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise InputError("neither UTF-8 nor GB18030 text", todo="Save it as CSV UTF-8")


def _parquet(path: Path) -> list[list[Any]]:
    table = pq.read_table(path)
    columns = [_cells(column) for column in table.columns]
    return [list(table.column_names), *map(list, zip(*columns, strict=True))]


def _cells(column: pa.ChunkedArray) -> list[Any]:
    """Numbers, dates and texts as they are; what no spreadsheet holds as text."""
    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us"), safe=False)
    cells = column.to_pylist()
    plain = (str, int, float, bool, date)
    return [c if c is None or isinstance(c, plain) else str(c) for c in cells]


def _workbook(content: bytes, file: str, digest: str) -> list[RawSheet]:
    epoch = EPOCH_1900
    if zipfile.is_zipfile(io.BytesIO(content)):
        epoch = _inspect_zip(content, file)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise InputError("the workbook is protected by a password", file=file, todo="Save it without one")
    else:
        raise InputError("not an Excel workbook, whatever its name says", file=file, todo=_HELP)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    visible = {m.name: "Visible" in str(m.visible) for m in book.sheets_metadata}
    return [
        RawSheet(
            file,
            name,
            book.get_sheet_by_name(name).to_python(skip_empty_area=False),
            digest,
            epoch,
            not visible[name],
        )
        for name in book.sheet_names
        if "WorkSheet" in str(next(m.typ for m in book.sheets_metadata if m.name == name))
    ]


def _inspect_zip(content: bytes, file: str) -> datetime:
    """Refuses an archive that unpacks out of all proportion; gives the epoch of its dates."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > MAX_UNPACKED or (unpacked > 64 * 1024**2 and unpacked > MAX_RATIO * len(content)):
            raise InputError("unpacks to a size no ledger has", file=file, todo="Ask the sender what it is")
        if "xl/workbook.xml" not in archive.namelist():
            return EPOCH_1900
        head = archive.read("xl/workbook.xml")
    return EPOCH_1904 if re.search(rb'date1904\s*=\s*"(1|true)"', head) else EPOCH_1900
