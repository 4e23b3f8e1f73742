"""Files → raw sheets: rows of cells as the file holds them, row 1 first, nothing interpreted."""

import csv
import hashlib
import io
import os
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

from mingjing.config import is_report
from mingjing.errors import InputError, printable
from mingjing.intake.archive import check_cells, gunzip, inspect_workbook
from mingjing.intake.values import EPOCH_1900

SUFFIXES = (".xlsx", ".xls", ".csv", ".csv.gz", ".parquet")
csv.field_size_limit(64 * 1024**2)


@dataclass(frozen=True)
class RawSheet:
    """One sheet. `name` is empty for CSV and Parquet; `epoch` is where Excel serials count from.

    `merged`: ((first row, first column), (last row, last column)) from 0 of each merged range.
    """

    file: str
    name: str
    rows: Sequence[list[Any]]
    sha256: str
    epoch: datetime = EPOCH_1900
    hidden: bool = False
    merged: tuple = ()


Aside = tuple[str, str, str]
_ASIDE = {
    "out": ("链接指向数据文件夹之外，未读取", "a link that leads out of the data folder; not followed"),
    "link": ("指向文件夹的链接，未读取", "a link to a folder; not followed"),
    "lock": ("Excel 打开时的临时文件，未读取", "a lock file left by Excel; not read"),
    "odd": (
        "不是普通文件（断开的链接或设备），未读取",
        "not a plain file (a broken link or a device); not read",
    ),
    "closed": ("没有权限打开此文件夹，未读取", "a folder that may not be opened; not read"),
}


_DEFAULT = Path("../data/sample")  # what the notebooks have for `data`


def ledgers_at(data: str | Path) -> Path:
    """The folder named. papermill runs a notebook in the folder it was called in and tells nobody where the notebook is:
    the notebooks' own default then means the checkout's sample all the same."""
    folder = Path(data)
    if folder == _DEFAULT and not folder.exists():
        sample = Path(__file__).resolve().parents[3] / "data" / "sample"
        return sample if sample.is_dir() else folder
    return folder


def list_files(folder: Path) -> tuple[list[tuple[Path, str]], list[Aside]]:
    """(path, name) to read, and (name, why in Chinese, why in English) for each left aside, both in a fixed order."""
    if folder.is_file():
        raise InputError("a file, not a folder", file=folder, todo="Give --data the folder that it is in")
    if not folder.is_dir():
        raise InputError("data folder not found", file=folder, todo="Check --data")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise InputError("the folder may not be opened", file=folder, todo="See to its rights")
    wanted, aside = [], []

    def closed(error: OSError) -> None:
        aside.append((_name(Path(error.filename), folder), *_ASIDE["closed"]))

    for where, folders, files in os.walk(folder, onerror=closed):
        folders[:] = [n for n in folders if not n.startswith(".") and not is_report(Path(where, n))]
        aside += [
            (_name(path, folder), *_ASIDE["link"])
            for path in (Path(where, name) for name in folders)
            if path.is_symlink()
        ]
        for path in (Path(where, name) for name in files if not name.startswith(".")):
            if why := _why_aside(path, folder):
                aside.append((_name(path, folder), *_ASIDE[why]))
            elif path.name.lower().endswith(SUFFIXES):
                wanted.append((path, _name(path, folder)))
    return sorted(wanted, key=lambda item: item[1]), sorted(aside)


def _why_aside(path: Path, folder: Path) -> str | None:
    if not path.resolve().is_relative_to(folder.resolve()):
        return "out"
    if not path.is_file():
        return "odd"
    return "lock" if path.name.startswith("~$") else None


def _name(path: Path, folder: Path) -> str:
    """The name as it may be shown: what cannot be printed is written out."""
    return printable(path.relative_to(folder).as_posix())


def read_file(
    path: Path, file: str, encoding: str | None = None, delimiter: str | None = None
) -> list[RawSheet]:
    """Every sheet of one file; a file that cannot be read is an InputError that says why.

    encoding, delimiter: of a CSV; found out where they are not given.
    """
    try:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if file.lower().endswith(".gz"):
            content = gunzip(content)
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
    except PermissionError:
        raise InputError(
            "may not be opened", file=file, todo="Close it where it is open, and see to its rights"
        ) from None
    # whatever a broken file makes a reader raise (pyo3 panics derive from BaseException), the person gets one line
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        why = str(error)[:120] or type(error).__name__
        raise InputError(f"cannot be read ({why})", file=file, todo=_HELP) from None


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
    head = pq.read_metadata(path)
    check_cells(head.num_rows, head.num_columns)
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
        epoch = inspect_workbook(content)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise InputError("the workbook is protected by a password", todo="Save it without one")
    else:
        raise InputError("not an Excel workbook, whatever its name says", todo=_HELP)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = [m for m in book.sheets_metadata if "WorkSheet" in str(m.typ)]
    return [
        _sheet(book, m.name, file, digest, epoch, not str(m.visible).endswith(".Visible")) for m in sheets
    ]


def _sheet(book, name: str, file: str, digest: str, epoch: datetime, hidden: bool) -> RawSheet:
    sheet = book.get_sheet_by_name(name)
    last_row, last_column = sheet.end or (-1, -1)
    check_cells(last_row + 1, last_column + 1)
    return RawSheet(
        file, name, SheetRows(sheet), digest, epoch, hidden, tuple(sheet.merged_cell_ranges or ())
    )


class SheetRows(Sequence):
    """The rows of a sheet, made anew from what the reader holds whenever they are asked for: it holds them tighter."""

    def __init__(self, sheet: python_calamine.CalamineSheet):
        self._sheet = sheet

    def __len__(self) -> int:
        return self._sheet.end[0] + 1 if self._sheet.end else 0

    def __iter__(self) -> Iterator[list[Any]]:
        return iter(self._sheet.iter_rows())

    def __getitem__(self, which: int | slice) -> Any:
        if isinstance(which, int):
            return self[which : which + 1][0]
        return list(islice(self, *which.indices(len(self))))
