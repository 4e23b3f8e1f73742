"""Which ledger a sheet is, where its header stands, and which column means what."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from mingjing.intake.values import SCALES, clean
from mingjing.tables import Table, tables

SEARCH_ROWS = 30
_UNIT_WORDS = ("单位", "单位名称", "所属单位")
_UNIT = re.compile(r"[(（\[/、,，:：]?\s*(?:单位[:：])?(万元|千元|亿元|元)\s*[)）\]]?$")
_UNIT_LINE = re.compile(r"单位\s*[:：]\s*(?:人民币)?\s*(万元|千元|亿元|元)")
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


def _spelt(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")


@cache
def _headers(table: str) -> dict[str, str]:
    columns = tables()[table].columns.values()
    known: dict[str, str] = {}
    # an English sheet may write the name's own words (`Hazard Desc`) or what a report calls the column
    for names in (lambda c: (c.zh, c.name, _spelt(c.name)), lambda c: (c.en,), lambda c: c.aliases):
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


def find_header(
    file: str, sheet: str, rows: Sequence[list[Any]], merged: Iterable[tuple] = ()
) -> Header | None:
    """The header that names most columns of the ledger the sheet is called, or of any ledger if it has no such name.

    One line, or two where the upper one says what several columns below it have in common (领用 over 时间 and 数量).
    """
    named = named_table(file, sheet)
    best: tuple[int, Header] | None = None
    lines = [[clean("" if cell is None else cell) for cell in row] for row in rows[: SEARCH_ROWS + 1]]
    for index, line in enumerate(lines[:SEARCH_ROWS]):
        if sum(map(bool, line)) < 2:
            continue
        scale = _scale_above(lines[:index])
        for name in [named] if named else tables():
            header = _match(tables()[name], index + 1, [(text,) for text in line], scale)
            if index + 1 < len(lines) and (heads := _two_lines(line, lines[index + 1], index, merged)):
                header = _better(header, _match(tables()[name], index + 2, heads, scale), lines[index + 1])
            score = len(header.fields)
            enough = score >= 2 if named else score >= max(4, len(header.table.columns) // 3)
            if enough and (best is None or score > best[0]):
                best = (score, header)
    return best[1] if best else None


def _match(table: Table, row: int, heads: list[tuple[str, ...]], scale: float) -> Header:
    """heads: for each place the names its column may go by, the fullest first. `scale` is that of all money columns."""
    known = _headers(table.name)
    fields: dict[str, Field] = {}
    extra, repeated = {}, []
    for place, names in enumerate(heads):
        column, factor = _named_column(known, names)
        if column and column not in fields:
            if factor is None:
                factor = scale if table.columns[column].unit == "yuan" else 1.0
            fields[column] = Field(column, place, factor)
        elif names and names[0]:
            extra[place] = names[0]
            repeated += [names[0]] if column else []
    return Header(table, row, tuple(fields.values()), extra, tuple(repeated), lines=1)


def _named_column(known: dict[str, str], names: tuple[str, ...]) -> tuple[str | None, float | None]:
    """(declared column, what one of its unit is in yuan where a name says so)."""
    units = [SCALES[match[1]] for name in names if (match := _UNIT.search(name))]
    for name in names:
        for text in (name, _UNIT.sub("", name)):
            if column := known.get(bare(text)):
                return column, units[0] if units else None
    return None, None


def _scale_above(lines: list[list[str]]) -> float:
    """What 单位：万元 above a header makes of the money below it."""
    found = [match for line in lines for text in line if (match := _UNIT_LINE.search(text))]
    return SCALES[found[-1][1]] if found else 1.0


def _two_lines(
    upper: list[str], lower: list[str], index: int, merged: Iterable[tuple]
) -> list[tuple[str, ...]]:
    """Names of each column under two header lines; empty where no text of the upper one spans several below."""
    group = list(range(len(upper)))
    wide = {left: right for (top, left), (bottom, right) in merged if top == bottom == index and right > left}
    for place in range(1, len(upper)):
        head = group[place - 1]
        spans = place <= wide.get(head, -1) if wide else bool(lower[place : place + 1] and lower[place])
        if not upper[place] and upper[head] and spans:
            group[place] = head
    if len(set(group)) == len(group):
        return []
    heads = []
    for place, below in enumerate(lower[: len(upper)] + [""] * (len(upper) - len(lower))):
        above = upper[group[place]]
        alone = below if lower.count(below) == 1 else ""
        heads.append(
            tuple(dict.fromkeys(n for n in (above + below, alone, above) if n)) if below else (above,)
        )
    return heads


def _better(one: Header, two: Header, lower: list[str]) -> Header:
    """The header of two lines where its lower line names at least two columns more: data below a header does not."""
    gained = two.names - one.names
    below = [
        f.name
        for f in two.fields
        if f.name in gained and f.place is not None and lower[f.place : f.place + 1]
    ]
    return replace(two, lines=2) if len(below) >= 2 else one
