"""The forms (文书) that leave as workbooks: a title, labelled boxes, a table, and lines to sign; every cell is text."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from mingjing.findings.message import plain
from mingjing.findings.model import neutralise
from mingjing.sheets import never_over, points, row_height

_LONGEST = 2000
# points: Excel has no higher rows than 409, and a box of more than a page's rest leaves it half empty
_HIGHEST = 400
# of the usual size: code, which few read and which is long
_SMALL = 0.7


class Book:
    """One workbook; the same forms give the same bytes. Use it in a `with`. UsageError where another stands in its place."""

    def __init__(self, path: Path):
        self._place = never_over(path)
        self._book = xlsxwriter.Workbook(
            self._place.__enter__(), {"strings_to_formulas": False, "strings_to_urls": False}
        )
        self._book.set_properties({"created": datetime(2000, 1, 1)})
        base = {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "vcenter"}
        looks = {
            "title": {"font_name": "黑体", "font_size": 18, "align": "center"},
            "label": {"font_name": "黑体", "border": 1, "align": "center"},
            "head": {"font_name": "黑体", "border": 1, "align": "center", "bg_color": "#E7E6E6"},
            "cell": {"border": 1, "valign": "top"},
            "code": {"font_name": "Consolas", "font_size": 11 * _SMALL, "border": 1, "valign": "top"},
            "plain": {},
        }
        self.formats = {name: self._book.add_format(base | look) for name, look in looks.items()}

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *raised) -> None:
        self._book.close()
        self._place.__exit__(*raised)

    def form(self, name: str, title: str, widths: Sequence[int], landscape: bool = False) -> "Form":
        """A new sheet. `widths`: of its columns, in characters."""
        return Form(self._book.add_worksheet(name[:31]), title, widths, landscape, self.formats)


class Form:
    """One sheet, written from the top; A4, fitted to the width, page numbers below."""

    def __init__(self, sheet, title: str, widths: Sequence[int], landscape: bool, formats: dict):
        self._sheet, self._last, self._formats, self._row = sheet, len(widths) - 1, formats, 0
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        self._widths = widths
        sheet.set_paper(9)
        sheet.set_landscape() if landscape else sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5)
        sheet.set_footer("&C&P / &N")
        self.line(title, "title", 30)

    def line(self, text: str, look: str = "plain", height: float | None = None) -> None:
        """One text over the whole width."""
        self._across(0, self._last, text, look)
        self._next(height or points(text, sum(self._widths)))

    def text(self, name: str, text: str, height: float | None = None, look: str = "cell") -> None:
        """A label and a text of any length: what no row can hold goes on in the next."""
        wide = sum(self._widths[1:])
        parts: list[list[str]] = [[]]
        for line in text.split("\n"):
            longer = "\n".join([*parts[-1], line])
            if _points(longer, wide, look) >= _HIGHEST or len(longer) > _LONGEST:
                parts.append([])
            parts[-1].append(line)
        for at, part in enumerate(parts):
            self.boxes((f"{name}（续）" if at else name, "\n".join(part)), height=height, look=look)

    def boxes(self, *pairs: tuple[str, Any], height: float | None = None, look: str = "cell") -> None:
        """One row of label and value, side by side; the last value takes what is left of the width."""
        share = (self._last + 1) // len(pairs)
        needed = height or 0
        for at, (name, value) in enumerate(pairs):
            first, last = at * share, self._last if at == len(pairs) - 1 else (at + 1) * share - 1
            self._sheet.write_string(self._row, first, name, self._formats["label"])
            self._across(first + 1, last, _text(value), look)
            wide = sum(self._widths[first + 1 : last + 1])
            needed = max(needed, points(name, self._widths[first]), _points(_text(value), wide, look))
        self._next(needed)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A table as wide as the sheet, its last column over what is left of it; the heads come again on each page."""
        last = len(heads) - 1
        widths = [*self._widths[:last], sum(self._widths[last:])]
        self._sheet.repeat_rows(self._row)
        for look, cells in [("head", heads), *(("cell", row) for row in rows)]:
            texts = [_text(value) for value in cells]
            for at, text in enumerate(texts):
                self._across(at, at if at < last else self._last, text, look)
            self._next(row_height(texts, widths))

    def _across(self, first: int, last: int, text: str, look: str) -> None:
        if first == last:
            self._sheet.write_string(self._row, first, text, self._formats[look])
        else:
            self._sheet.merge_range(self._row, first, self._row, last, "", self._formats[look])
            self._sheet.write_string(self._row, first, text, self._formats[look])

    def _next(self, height: float) -> None:
        self._sheet.set_row(self._row, min(height, _HIGHEST))
        self._row += 1


def _points(text: str, width: float, look: str) -> float:
    return _SMALL * points(text, width / _SMALL) if look == "code" else points(text, width)


def _text(value: Any) -> str:
    """The value in words, harmless, and not longer than a reader reads."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}"
    text = str(neutralise(plain(value)))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
