"""What an .xlsx unpacks to, looked at before anything believes it: how much, what it declares, how far its cells lie."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime

from mingjing.errors import InputError
from mingjing.intake.values import EPOCH_1900, EPOCH_1904

MAX_UNPACKED = 2 * 1024**3
MAX_RATIO, FREE = 200, 64 * 1024**2
MAX_CELLS = 64 * 1024**2
_CHUNK = 4 * 1024**2
_WIDE = re.compile(rb"r=[\"'][A-Za-z]{2,3}\d")
_PLACE = re.compile(rb"r=[\"']([A-Za-z]{1,3})(\d+)[\"']")
_EPOCH_1904 = re.compile(rb"date1904\s*=\s*[\"'](1|true)")
_ASK = "Ask the sender what it is"


def inspect_workbook(content: bytes) -> datetime:
    """Unpacks every part once, in pieces; InputError for what no ledger is. Gives the epoch of its dates."""
    epoch, total = EPOCH_1900, 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for item in archive.infolist():
            last_row = last_column = 1
            wide, tail, first = False, b"", True
            for piece in _unpack(content, item):
                total += len(piece)
                check_size(total, len(content))
                if first and (b"<!DOCTYPE" in piece[:4096] or b"<!ENTITY" in piece[:4096]):
                    raise InputError("declares entities, which no ledger needs", todo=_ASK)
                if first and item.filename.endswith("workbook.xml") and _EPOCH_1904.search(piece):
                    epoch = EPOCH_1904
                first = False
                if not item.filename.startswith("xl/worksheets/"):
                    continue
                seen = tail + piece
                tail = piece[-32:]
                if wide or _WIDE.search(seen):
                    wide = True
                    for letters, row in set(_PLACE.findall(seen)):
                        last_row, last_column = max(last_row, int(row)), max(last_column, _number(letters))
                check_cells(last_row, last_column)
    return epoch


def check_size(unpacked: int, packed: int) -> None:
    """InputError where what unpacked so far is out of all proportion."""
    if unpacked > MAX_UNPACKED or (unpacked > FREE and unpacked > MAX_RATIO * packed):
        raise InputError(
            f"unpacks to a size no ledger has (limit {MAX_UNPACKED >> 30} GB and {MAX_RATIO} times its own size)",
            todo=_ASK,
        )


def check_cells(rows: int, columns: int) -> None:
    """InputError where a sheet spans more cells than fit into memory."""
    if rows * columns > MAX_CELLS:
        raise InputError(
            f"a sheet spans {rows} rows and {columns} columns (limit {MAX_CELLS >> 20} million cells)",
            todo="Delete what lies outside the ledger, or split it",
        )


def gunzip(content: bytes) -> bytes:
    """A .gz file unpacked, in pieces, and never beyond the limit."""
    unpacked = bytearray()
    while content:
        stream = zlib.decompressobj(wbits=31)
        for piece in _pieces(stream, content):
            unpacked += piece
            check_size(len(unpacked), len(content))
        if not stream.eof:
            raise InputError("is cut off", todo="Ask for it again")
        content = stream.unused_data.lstrip(b"\0")
    return bytes(unpacked)


def _unpack(content: bytes, item: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part as it really unpacks, whatever size its entry in the archive states."""
    start = item.header_offset + 30
    lengths = content[item.header_offset + 26 : start]
    start += int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    packed = content[start : start + item.compress_size]
    if item.compress_type == zipfile.ZIP_STORED:
        yield packed
    elif item.compress_type == zipfile.ZIP_DEFLATED:
        yield from _pieces(zlib.decompressobj(-15), packed)
    else:
        raise InputError("is packed in a way that Excel does not use", todo=_ASK)


def _pieces(stream, packed: bytes) -> Iterator[bytes]:
    while packed and not stream.eof:
        yield stream.decompress(packed, _CHUNK)
        packed = stream.unconsumed_tail
    yield stream.flush()


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
