"""Which lines of a sheet are data; total lines become control totals held against the rows they cover."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mingjing.intake.headers import Header, bare
from mingjing.intake.model import Source
from mingjing.intake.values import clean, is_null, read_number

_TOTAL = re.compile(
    r"(?:本?[页月季年旬周]度?|(?:\d{1,2}|[一二三四五六七八九十]+)(?:月份?|季度)|全[年月季]|grand)?"
    r"(合计|总计|小计|累计|共计|subtotal|total)s?(?:[(:].*)?"
)
_PARTIAL = re.compile(r"小计|subtotal|^本?[页月季旬周]|^\d|^[一二三四五六七八九十]+(?:月|季)")
_NOTES = ("填表人", "制表", "备注", "说明", "注:", "注：", "审核人:", "单位负责人", "填报", "数据来源")
TOLERANCE = 0.005


@dataclass
class Total:
    """One cell of a total line, held against the data rows `first` to `last` (places, last not included)."""

    row: int
    column: str
    stated: float
    written: Any
    table: str
    first: int
    last: int
    computed: float = 0.0

    @property
    def difference(self) -> float:
        return round(self.stated - self.computed, 6)

    def line(self, source: Source) -> list[Any]:
        values = [self.row, self.table, self.column, self.stated, self.computed, self.difference]
        return [*values, source.rid(self.row)]


@dataclass
class Lines:
    """Numbers of the data rows (1 is the sheet's first), and the totals found among them."""

    data: list[int] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def sort_lines(header: Header, rows: list[list[Any]]) -> Lines:
    """Sorts the lines below the header: blank, repeated header, total, note and set aside are not data."""
    lines = Lines()
    repeats = _repeats(header, rows[header.row - 1] if header.row else [])
    subtotalled = aside = 0
    totals = "is_total" not in header.table.columns  # where a total is an entry of the ledger, it is data
    for number, cells in enumerate(rows[header.row :], start=header.row + 1):
        first = _first(cells)
        if not first or repeats(cells):
            continue
        if len(first) < 40 and totals and (match := _TOTAL.fullmatch(first.replace(" ", "").lower())):
            partial = _PARTIAL.search(match[0]) is not None
            start = subtotalled if partial else 0
            lines.totals += _totals(header, number, cells, start, len(lines.data))
            subtotalled = len(lines.data) if partial else subtotalled
        elif first.startswith(_NOTES) and _filled(header, cells) <= 2:
            continue
        elif header.takes and not header.takes(cells):
            aside += 1
        else:
            lines.data.append(number)
    if aside:
        lines.notes.append(
            (f"映射文件不取的{aside}行，未作为数据", f"{aside} rows set aside by the mapping file")
        )
    return lines


def _first(cells: list[Any]) -> str:
    """The first cell that says something, as text; empty for a blank line."""
    for cell in cells:
        if cell is None or cell == "":
            continue
        if not isinstance(cell, str):
            return str(cell)
        if text := clean(cell):
            return text
    return ""


def _filled(header: Header, cells: list[Any]) -> int:
    return sum(1 for p in header.columns if p < len(cells) and cells[p] is not None and clean(cells[p]))


def _repeats(header: Header, heads: list[Any]) -> Callable[[list[Any]], bool]:
    """Whether a line is the header once more: two of its cells say the name of their own column."""
    own = {p: {bare(header.table.columns[c].zh), bare(c)} for p, c in header.columns.items()}
    for place, names in own.items():
        names |= {bare(heads[place])} if place < len(heads) and heads[place] is not None else set()
    own = {place: names - {""} for place, names in own.items()}
    words = set().union(*own.values())

    def repeats(cells: list[Any]) -> bool:
        texts = [(p, cells[p]) for p in own if p < len(cells) and isinstance(cells[p], str)]
        if not any(len(text) < 40 and bare(text) in words for _, text in texts[:2]):
            return False
        return sum(bare(text) in own[place] for place, text in texts) >= 2

    return repeats


def _totals(header: Header, number: int, cells: list[Any], first: int, last: int) -> list[Total]:
    found = []
    for f in header.fields:
        spec, place = header.table.columns[f.name], f.place
        if spec.type not in ("number", "int") or place is None or place >= len(cells):
            continue
        if is_null(cells[place]) or first == last:
            continue
        try:
            cell = f.prepare(cells[place]) if f.prepare else cells[place]
            stated = round((read_number(cell) or 0.0) * f.scale, 6)
        except ValueError:
            continue
        found.append(Total(number, f.name, stated, cells[place], header.table.name, first, last))
    return found


def total_issues(
    source: Source, header: Header, totals: list[Total], typed: dict[str, list[Any]]
) -> list[list[Any]]:
    """Adds up what each total covers, the rejected rows included, and tells where the two differ."""
    issues = []
    for total in totals:
        rows = typed[total.column][total.first : total.last]
        total.computed = round(sum(value for value in rows if value is not None), 6)
        if abs(total.difference) <= TOLERANCE:
            continue
        zh = f"合计行写{total.stated:g}，各行相加为{total.computed:g}"
        en = f"the total says {total.stated:g}, its rows add up to {total.computed:g}"
        place = [source.file, source.sheet, total.row, header.table.name, total.column]
        issues.append([*place, str(total.written), "total_mismatch", zh, en, source.rid(total.row)])
    return issues
