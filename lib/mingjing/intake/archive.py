"""What an .xlsx unpacks to, looked at before anything believes it: how much, what it declares, how far its cells lie."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from mingjing.errors import InputError
from mingjing.intake.values import EPOCH_1900, EPOCH_1904

MAX_UNPACKED = 2 * 1024**3
MAX_RATIO, FREE = 200, 64 * 1024**2
MAX_CELLS = 64 * 1024**2
_CHUNK, _SLICE = 1024**2, 256 * 1024
_FAR = re.compile(rb"r=[\"'](?:([A-Za-z]{2,3})(\d+)|[A-Za-z](\d{7,}))")
_NEAR = (999_999, 26)  # no address that is not far lies beyond
_PLACE = re.compile(rb"r=[\"']([A-Za-z]{1,3})(\d+)[\"']")
_EPOCH_1904 = re.compile(rb"date1904\s*=\s*[\"'](1|true)")
_ASK = "Ask the sender what it is"


def inspect_workbook(content: bytes) -> datetime:
    """Unpacks every part in pieces; InputError for what no ledger is. Gives the epoch of its dates.

    A reader that is told of one cell in row 1,048,576 of column XFD asks for memory for all before it, and is aborted.
    """
    total = 0

    def checked(pieces: Iterator[bytes]) -> Iterator[bytes]:
        nonlocal total
        head = b""
        for piece in pieces:
            total += len(piece)
            check_size(total, len(content))
            head += piece[: 4096 - len(head)]
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise InputError("declares entities, which no ledger needs", todo=_ASK)
            yield piece

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for item in archive.infolist():  # all of them: any part may be named as a sheet
            rows, columns = _at_most(checked(_unpack(content, item)))
            if rows * columns > MAX_CELLS:
                check_cells(*_extent(_unpack(content, item)))
        head = archive.read("xl/workbook.xml") if "xl/workbook.xml" in archive.namelist() else b""
    return EPOCH_1904 if _EPOCH_1904.search(head) else EPOCH_1900


def _tight(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces without blanks, overlapping by more than a cell's address."""
    tail = b""
    for piece in pieces:
        piece = tail + piece.translate(None, b" \t\r\n")
        yield piece
        tail = piece[-32:]


def _at_most(pieces: Iterator[bytes]) -> tuple[int, int]:
    """(row, column) beyond which no cell of the sheet lies, from the far ones alone: most sheets have none to look at."""
    rows, columns = _NEAR
    for piece in _tight(pieces):
        for letters, row, high in set(_FAR.findall(piece)):
            rows, columns = max(rows, int(row or high)), max(columns, _number(letters))
    return rows, columns


def _extent(pieces: Iterator[bytes]) -> tuple[int, int]:
    """(last row, last column) that any cell of the sheet claims."""
    rows = columns = 1
    for piece in _tight(pieces):
        for letters, row in set(_PLACE.findall(piece)):
            rows, columns = max(rows, int(row)), max(columns, _number(letters))
    return rows, columns


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
        for piece in _pieces(stream, [content]):
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
    packed = memoryview(content)[start : start + item.compress_size]
    # by the slice: what a call leaves of its input is copied, which for all of a large part takes the square of its size
    slices = (packed[at : at + _SLICE] for at in range(0, len(packed), _SLICE))
    if item.compress_type == zipfile.ZIP_STORED:
        yield from map(bytes, slices)
    elif item.compress_type == zipfile.ZIP_DEFLATED:
        yield from _pieces(zlib.decompressobj(-15), slices)
    else:
        raise InputError("is packed in a way that Excel does not use", todo=_ASK)


def _pieces(stream, slices: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    for packed in slices:
        while packed and not stream.eof:
            yield stream.decompress(packed, _CHUNK)
            packed = stream.unconsumed_tail
    yield stream.flush()


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
