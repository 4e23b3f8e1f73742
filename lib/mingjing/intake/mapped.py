"""A mapping laid over one sheet: the header it gives, cell by cell as it says."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from mingjing.errors import InputError, nearest
from mingjing.intake.files import RawSheet
from mingjing.intake.headers import SEARCH_ROWS, Field, Header
from mingjing.intake.mapping import SourceMap
from mingjing.intake.patterns import Pattern
from mingjing.intake.values import DATED, clean, clock, read_text
from mingjing.tables import Column, tables

_PARTS = re.compile(r"(\d{1,2})\s*[./\-]\s*(\d{1,2})\s*[./\-]\s*(\d{4}|\d{2})(?=\D|$)")


def mapped_header(source: SourceMap, raw: RawSheet) -> Header:
    """The header as the mapping sees it; InputError when a column it names is not in the sheet."""
    wanted = [spec["from"] for spec in source.columns.values() if "from" in spec]
    row = source.options.get("header_row") or _header_row(raw.rows, wanted)
    heads = {
        place: clean(cell)
        for place, cell in enumerate(raw.rows[row - 1] if row <= len(raw.rows) else [])
        if cell is not None and clean(cell)
    }
    finder = _Finder(source, raw, heads, row)
    table = tables()[source.table]
    fields = []
    for name, spec in source.columns.items():
        if (found := finder.field(table.columns[name], spec)) is not None:
            fields.append(found)
    extra = {p: text for p, text in heads.items() if p not in finder.used}
    return Header(table, row, tuple(fields), extra, takes=finder.takes())


def _header_row(rows: list[list[Any]], wanted: list[list[Any]]) -> int:
    """The line among the first that holds most of the headers the mapping names; line 1 if none does."""

    def score(row: list[Any]) -> int:
        texts = {clean(cell) for cell in row if cell is not None}
        return sum(any(name in texts for name in names) for names in wanted)

    scores = [score(row) for row in rows[:SEARCH_ROWS]]
    return scores.index(max(scores)) + 1 if scores and max(scores) else 1


class _Finder:
    def __init__(self, source: SourceMap, raw: RawSheet, heads: dict[int, str], row: int):
        self.source, self.raw, self.heads, self.row = source, raw, heads, row
        self.used: set[int] = set()

    def place(self, name: str | int, optional: bool = False) -> int | None:
        """Position of a header or of a column number."""
        if isinstance(name, int) and name >= 1:
            return name - 1
        found = [place for place, text in self.heads.items() if text == clean(name)]
        if not found and not optional:
            raise InputError(
                f"the mapping names a column “{name}” that is not there",
                file=self.raw.file,
                sheet=self.raw.name or None,
                row=self.row,
                todo=nearest(str(name), self.heads.values()),
            )
        return found[0] if found else None

    def field(self, column: Column, spec: dict[str, Any]) -> Field | None:
        given = {
            "prepare": _prepare(column, self.source.options | spec, self.source.path),
            "scale": float(spec.get("scale", 1.0)),
        }
        if "constant" in spec:
            value = spec["constant"]
            return Field(column.name, None, make=lambda cells, number: value, **given)
        if "join" in spec:
            parts = [None if name == "#row" else self.place(name) for name in spec["join"]]
            return Field(column.name, None, make=partial(_joined, parts, spec.get("with", "-")), **given)
        places = [self.place(name, optional=True) for name in spec["from"]]
        known = [place for place in places if place is not None]
        if not known:
            self.place(spec["from"][0], spec.get("optional", False))  # an error unless optional
            return None
        again = known[0] in self.used
        self.used.add(known[0])
        if again:
            return Field(column.name, None, make=partial(_at, known[0]), **given)
        return Field(column.name, known[0], **given)

    def takes(self) -> Callable[[list[Any]], bool] | None:
        options = self.source.options
        keep = [self._condition(c) for c in options.get("keep", [])]
        drop = [self._condition(c) for c in options.get("drop", [])]
        if not keep and not drop:
            return None
        return lambda cells: all(test(cells) for test in keep) and not any(test(cells) for test in drop)

    def _condition(self, condition: dict[str, Any]) -> Callable[[list[Any]], bool]:
        place = self.place(condition["column"])
        if "matches" in condition:
            found = cache(Pattern(condition["matches"], self.source.path).matches)
            return lambda cells: found(_text(_at(place, cells)))
        given = condition["is"] if isinstance(condition["is"], list) else [condition["is"]]
        wanted = {clean(value) for value in given}
        return lambda cells: _text(_at(place, cells)) in wanted


def _at(place: int, cells: list[Any], number: int = 0) -> Any:
    return cells[place] if place < len(cells) else None


def _text(cell: Any) -> str:
    try:
        return read_text(cell) or ""
    except ValueError:
        return clean(cell)


def _joined(parts: list[int | None], between: str, cells: list[Any], number: int) -> str | None:
    """The parts in one text; None where one of them is blank, so that no key is made of half its parts."""
    texts = [str(number) if place is None else _text(_at(place, cells)) for place in parts]
    return between.join(texts) if all(texts) else None


def _prepare(column: Column, options: dict[str, Any], path: Path) -> Callable[[Any], Any] | None:
    """What the mapping does to a cell before it is read as any other."""
    recode = {clean(k): v for k, v in options.get("recode", {}).items()}
    extract = Pattern(options["extract"], path) if "extract" in options else None
    changed = bool(recode) or "otherwise" in options
    dated = column.type in DATED and ("dayfirst" in options or options.get("dates"))
    comma = options.get("decimal") == "," and column.type in ("number", "int")
    prefix = options.get("prefix", "")
    if not (extract or changed or dated or comma or prefix):
        return None

    def prepare(cell: Any) -> Any:
        if extract:
            cell = extract.extract(_text(cell))
        if changed:
            text = _text(cell)
            cell = recode.get(text, options.get("otherwise", cell) if text else cell)
        if prefix:
            return prefix + _text(cell) if _text(cell) else None
        if dated and isinstance(cell, str):
            return _day(clean(cell), options) or cell
        return cell.replace(".", "").replace(",", ".") if comma and isinstance(cell, str) else cell

    return prepare


def _day(text: str, options: dict[str, Any]) -> datetime | None:
    """A date in one of the forms the mapping names; None when it is in none of them."""
    for form in options.get("dates", ()):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    if "dayfirst" not in options or not (match := _PARTS.match(text)):
        return None
    first, second, year = (int(part) for part in match.groups())
    day, month = (first, second) if options["dayfirst"] else (second, first)
    year += 2000 if len(match[3]) == 2 else 0
    return datetime(year, month, day, *clock(text[match.end() :]))
