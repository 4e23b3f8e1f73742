"""Which ledger a sheet is, where its header stands, and which column means what."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from mingjing.intake.values import SCALES, clean
from mingjing.tables import Table, tables

SEARCH_ROWS = 30
_UNIT_WORDS = ("单位", "单位名称", "所属单位")
_UNIT = re.compile(r"[(（\[]\s*(万元|千元|亿元|元)\s*[)）\]]$")
_DECORATION = re.compile(r"[\s*＊:：]|[(（\[][^)）\]]*[)）\]]")


@dataclass(frozen=True)
class Field:
    """Where one declared column of a sheet comes from and how its cells are read.

    `place`: position in the sheet, None where a mapping makes the cell; `scale`: factor to the column's own unit;
    `make`: a mapping's own way from (row, its number) to the cell; `prepare`: what it does to the cell before reading.
    """

    name: str
    place: int | None
    scale: float = 1.0
    make: Callable[[list[Any], int], Any] | None = None
    prepare: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Header:
    """A sheet's header: the declared columns found in it, and `extra`: position → header of all others.

    `row` is its last line, `lines` how many it has; `takes`: whether a mapping takes a row.
    """

    table: Table
    row: int
    fields: tuple[Field, ...]
    extra: dict[int, str]
    repeated: tuple[str, ...] = ()
    takes: Callable[[list[Any]], bool] | None = None
    lines: int = 1

    @property
    def columns(self) -> dict[int, str]:
        """Position → declared column, of those that stand in the sheet."""
        return {f.place: f.name for f in self.fields if f.place is not None}

    @property
    def names(self) -> set[str]:
        return {f.name for f in self.fields}


def bare(text: Any) -> str:
    """A header or name for comparing: no spaces, stars, colons or bracketed remarks."""
    return _DECORATION.sub("", clean(text)).lower()


@cache
def _headers(table: str) -> dict[str, str]:
    columns = tables()[table].columns.values()
    known: dict[str, str] = {}
    for names in (lambda c: (c.zh, c.name, c.en), lambda c: c.aliases):
        for column in columns:
            for name in names(column):
                known.setdefault(bare(name), column.name)
    if unit := tables()[table].unit:
        for name in _UNIT_WORDS:
            known.setdefault(name, unit)
    return known


@cache
def _names() -> dict[str, str]:
    return {
        bare(name): table.name
        for table in tables().values()
        for name in (table.name, table.zh, table.en, *table.aliases)
    }


def named_table(file: str, sheet: str) -> str | None:
    """The ledger that the sheet's or else the file's name names: the longest name found in it."""
    for text in (bare(sheet), bare(PurePosixPath(file).stem)):
        found = [name for name in _names() if name and (name == text or (len(name) > 3 and name in text))]
        if found:
            return _names()[max(found, key=len)]
    return None


def find_header(file: str, sheet: str, rows: list[list[Any]]) -> Header | None:
    """The header that names most columns of the ledger the sheet is called, or of any ledger if it has no such name."""
    named = named_table(file, sheet)
    best: tuple[int, Header] | None = None
    for index, row in enumerate(rows[:SEARCH_ROWS]):
        if sum(1 for cell in row if clean("" if cell is None else cell)) < 2:
            continue
        for name in [named] if named else tables():
            header = _match(tables()[name], index, row)
            score = len(header.fields)
            enough = score >= 2 if named else score >= max(4, len(header.table.columns) // 3)
            if enough and (best is None or score > best[0]):
                best = (score, header)
    return best[1] if best else None


def _match(table: Table, index: int, row: list[Any]) -> Header:
    known = _headers(table.name)
    fields: dict[str, Field] = {}
    extra, repeated = {}, []
    for place, cell in enumerate(row):
        text = clean("" if cell is None else cell)
        column = known.get(bare(text))
        if column and column not in fields:
            match = _UNIT.search(text)
            fields[column] = Field(column, place, SCALES[match[1]] if match else 1.0)
        elif text:
            extra[place] = text
            repeated += [text] if column else []
    return Header(table, index + 1, tuple(fields.values()), extra, tuple(repeated))
