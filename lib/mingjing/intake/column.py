"""One column of a block read as its declared type: at once where all cells stand for themselves, else cell by cell."""

from datetime import date, datetime
from functools import partial
from itertools import product
from math import isfinite
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mingjing.intake.block import Cells
from mingjing.intake.headers import Field
from mingjing.intake.values import DATED, NULLS, READERS, clean, scaled
from mingjing.tables import ARROW, Column

# each word for “nothing” however its letters are written: a clean text that is none of these says something
_NOTHING = {"".join(letters) for word in NULLS - {""} for letters in product(*((c, c.upper()) for c in word))}
_LONGEST = max(len(word.encode()) for word in _NOTHING)


def read_column(
    column: Cells, spec: Column, epoch: datetime, field: Field
) -> tuple[pa.Array, dict[int, str]]:
    """(values, place → why for each cell that cannot be read)."""
    known = {}
    if not field.prepare:
        array = _as_it_stands(column, spec, field)
        if array is not None and (spec.default is None or not array.null_count):
            return array, {}
        if spec.type == "text":
            pairs = zip(column.found, column.cleaned, strict=True)
            known = {text: c for text, c in pairs if text[0] != "#" and c.lower() not in NULLS}
    values, bad = column.read(partial(_typed, spec, epoch, field), known)
    if spec.default is not None:
        values = [spec.default if v is None and p not in bad else v for p, v in enumerate(values)]
    return pa.array(values, ARROW[spec.type]), bad


def read_extra(column: Cells) -> pa.Array:
    """A column that nobody declared, as text."""
    if column.text is not None and not column.uncleaned:
        return _without_empty(column.text)
    start = {text: cleaned or None for text, cleaned in zip(column.found, column.cleaned, strict=True)}
    values, _ = column.read(lambda cell: None if cell is None else clean(cell) or None, start)
    return pa.array(values, pa.string())


def _as_it_stands(column: Cells, spec: Column, field: Field) -> pa.Array | None:
    """The column where its cells, blanks apart, are of one kind and mean what they are; else None."""
    if spec.type == "text":
        return _text(column)
    column = column.without_blanks()
    kinds, cells, kind = column.kinds - {type(None)}, column.cells, ARROW[spec.type]
    if kinds == {float} and spec.type in ("number", "int") and field.scale == 1.0:
        return _numbers(pa.array(cells, pa.float64()), kind)
    if kinds == {date} and spec.type in DATED:
        return pa.array(cells, pa.date32()).cast(kind)
    as_it_is = (
        not kinds
        or (kinds == {bool} and spec.type == "bool")
        or (kinds == {datetime} and spec.type in DATED and not any(c and c.tzinfo for c in cells))
    )
    return pa.array(cells, kind) if as_it_is else None


def _text(column: Cells) -> pa.Array | None:
    """Text that is clean throughout, with no word for “nothing” and no formula that failed among it."""
    text = column.text
    if text is None or column.uncleaned or (column.smooth is None and "\n#" in f"\n{column.joined}"):
        return None
    if pc.min(pc.binary_length(text)).as_py() > _LONGEST:
        return text
    return _without_empty(text) if _NOTHING.isdisjoint(column.cells) else None


def _without_empty(text: pa.Array) -> pa.Array:
    """The texts with null for each empty one."""
    lengths = pc.binary_length(text)
    return text if pc.min(lengths).as_py() else pc.if_else(pc.equal(lengths, 0), None, text)


def _numbers(array: pa.Array, kind: pa.DataType) -> pa.Array | None:
    """None where one is not finite, or no whole number where those are asked for."""
    if not isfinite(pc.sum(array).as_py()):
        return None
    try:
        return array.cast(kind)
    except pa.ArrowInvalid:
        return None


def _typed(spec: Column, epoch: datetime, field: Field, cell: Any) -> Any:
    if field.prepare:
        cell = field.prepare(cell)
    if isinstance(cell, str):
        if cell.startswith("#") and cell.endswith(("!", "?", "A")) and cell[1:2].isupper():
            raise ValueError("a formula that failed")
        if spec.choices and clean(cell) in spec.choices:
            return clean(cell)  # 无 is an answer where the ledger offers it
    if spec.type in DATED:
        return DATED[spec.type](cell, epoch)
    return scaled(READERS[spec.type](cell), cell, field.scale)
