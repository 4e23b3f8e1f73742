"""Which lines of a sheet are data; total lines become control totals held against the rows they cover."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from mingjing.intake.block import Block
from mingjing.intake.faults import TOTAL
from mingjing.intake.headers import Header, bare
from mingjing.intake.model import Source
from mingjing.intake.values import clean, is_null, read_number, scaled

_TOTAL_WORDS = ("合计", "总计", "小计", "累计", "共计", "total")
_TOTAL = re.compile(
    r"(?:本?[页月季年旬周]度?|(?:\d{1,2}|[一二三四五六七八九十]+)(?:月份?|季度)|全[年月季]|grand)?"
    r"(合计|总计|小计|累计|共计|subtotal|total)s?(?:[(:].*)?"
)
_PARTIAL = re.compile(r"小计|subtotal|^本?[页月季旬周]|^\d|^[一二三四五六七八九十]+(?:月|季)")
_NOTES = ("填表人", "制表", "备注", "说明", "注:", "注：", "审核人:", "单位负责人", "填报", "数据来源")
TOLERANCE = 0.005
_YUAN = ("元", " yuan")


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


class Lines:
    """Sorts the lines below a header, block by block: blank, repeated header, total, note and set aside are not data.

    `found`: how many data rows there were so far; `totals`: those met among them.
    """

    def __init__(self, header: Header, heads: list[list[Any]]):
        """heads: the header's own lines."""
        self.header, self.found = header, 0
        self.totals: list[Total] = []
        self._subtotalled = self._aside = 0
        self._own = {p: {bare(header.table.columns[c].zh), bare(c)} for p, c in header.columns.items()}
        for cells in heads:
            for place, names in self._own.items():
                names |= {bare(cells[place])} if place < len(cells) and cells[place] is not None else set()
        self._own = {place: names - {""} for place, names in self._own.items()}
        self._repeats = _repeats(self._own)
        self._with_totals = "is_total" not in header.table.columns  # there a total is an entry of the ledger

    def sort(self, block: Block) -> list[int]:
        """Places in the block of its data rows."""
        data = []
        takes, doubtful = self.header.takes, self._doubtful(block)
        if takes is None and not doubtful:
            self.found += len(block.rows)
            return list(range(len(block.rows)))
        for place, cells in enumerate(block.rows):
            if place in doubtful and not self._is_data(block.start + place, cells):
                continue
            if takes and not takes(cells):
                self._aside += 1
                continue
            data.append(place)
            self.found += 1
        return data

    def notes(self) -> list[tuple[str, str]]:
        count = self._aside
        zh, en = f"映射文件不取的{count}行，未作为数据", f"{count} rows set aside by the mapping file"
        return [(zh, en)] if count else []

    def _doubtful(self, block: Block) -> set[int]:
        """Places of all rows that may not be data; looked at one by one then."""
        if not block.columns:
            return set(range(len(block.rows)))
        first = block.columns[0]
        odd: set[str] = set()
        if first.may_say((*_TOTAL_WORDS, *_NOTES)) or first.uncleaned:
            pairs = zip(first.found, first.cleaned, strict=True)
            odd = {text for text, cleaned in pairs if not cleaned or _says_more(cleaned)}
        found = set()
        if odd or None in first.cells or "" in first.cells:
            found = {p for p, cell in enumerate(first.cells) if cell in (None, "") or cell in odd}
        return found | self._like_header(block)

    def _like_header(self, block: Block) -> set[int]:
        """Places of rows where two columns may say their own name."""
        columns = [
            (block.columns[place], names) for place, names in self._own.items() if place < len(block.columns)
        ]
        columns = [(column, names) for column, names in columns if column.may_say(names)]
        if len(columns) < 2:
            return set()
        seen: set[int] = set()
        twice: set[int] = set()
        for column, names in columns:
            odd = {text for text in column.found if bare(text) in names}
            here = {place for place, cell in enumerate(column.cells) if cell in odd} if odd else set()
            twice |= seen & here
            seen |= here
        return twice

    def _is_data(self, number: int, cells: list[Any]) -> bool:
        first = _first(cells)
        if not first or self._repeats(cells):
            return False
        if len(first) < 40 and self._with_totals and (match := _TOTAL.fullmatch(_pressed(first))):
            partial = _PARTIAL.search(match[0]) is not None
            start = self._subtotalled if partial else 0
            self.totals += _totals(self.header, number, cells, start, self.found)
            self._subtotalled = self.found if partial else self._subtotalled
            return False
        return not (first.startswith(_NOTES) and _filled(self.header, cells) <= 2)


def _pressed(text: str) -> str:
    return text.replace(" ", "").lower()


def _says_more(cleaned: str) -> bool:
    return cleaned.startswith(_NOTES) or _TOTAL.fullmatch(_pressed(cleaned)) is not None


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


def _repeats(own: dict[int, set[str]]) -> Callable[[list[Any]], bool]:
    """Whether a line is the header once more: two of its cells say the name of their own column."""
    words = set().union(*own.values())

    def repeats(cells: list[Any]) -> bool:
        texts = [(p, cells[p]) for p in own if p < len(cells) and isinstance(cells[p], str) and cells[p]]
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
            stated = round(scaled(read_number(cell), cell, f.scale) or 0.0, 6)
        except ValueError:
            continue
        found.append(Total(number, f.name, stated, cells[place], header.table.name, first, last))
    return found


def total_issues(
    source: Source, header: Header, totals: list[Total], read: dict[str, list[pa.Array]]
) -> list[list[Any]]:
    """Adds up what each total covers, the rejected rows included, and tells where the two differ.

    read: what every data row of a column of numbers says, block by block.
    """
    issues = []
    for total in totals:
        rows = pa.chunked_array(read[total.column])[total.first : total.last]
        total.computed = round(sum(value for value in rows.to_pylist() if value is not None), 6)
        if abs(total.difference) <= TOLERANCE:
            continue
        column = header.table.columns[total.column]
        told = {"stated": total.stated, "computed": total.computed, "apart": abs(total.difference)}
        told = {of: _plain(number, column.unit == "yuan") for of, number in told.items()}
        units = _YUAN if column.unit == "yuan" else ("", "")
        zh, en = (
            form.format(column=name, **{of: number + unit for of, number in told.items()})
            for form, name, unit in zip(TOTAL, (column.zh, column.en), units, strict=True)
        )
        place = [source.file, source.sheet, total.row, header.table.name, total.column]
        issues.append([*place, str(total.written), "total_mismatch", zh, en, source.rid(total.row)])
    return issues


def _plain(number: float, money: bool) -> str:
    """Money to the fen, as a total line has it; anything else as it is."""
    if money:
        return f"{number:,.2f}"
    return f"{number:{',' if abs(number) >= 10_000 else ''}.6f}".rstrip("0").rstrip(".")
