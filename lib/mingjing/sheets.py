"""What the workbooks that leave have in common: how high their rows are, and how a list lies on paper."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from mingjing.errors import UsageError

# a line of Chinese at 11 points, in the highest of the fonts that stand in for 宋体
_LINE = 16


class GrowingRows(Worksheet):
    """A sheet whose rows start as high as they were told and grow when people type more into them.

    XlsxWriter calls each height it is told final, and LibreOffice takes a row without one for a single line.
    """

    def _xml_start_tag_unencoded(self, tag, attributes=()):
        super()._xml_start_tag_unencoded(
            tag, [pair for pair in attributes if (tag, pair[0]) != ("row", "customHeight")]
        )


@contextmanager
def never_over(path: Path) -> Iterator[Path]:
    """Where to write a workbook that is to stand at `path`. UsageError where another than that stands there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}")
    try:
        yield aside
        if path.exists() and path.read_bytes() != aside.read_bytes():
            raise UsageError(
                f"{path} is there already and differs: what people wrote into it would be lost",
                todo="Move it away, or name another folder",
            )
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def points(text: str, width: float) -> float:
    """Points that the text needs when it is wrapped: a Chinese character is as wide as two letters."""
    lines = sum(
        1 + int(sum(2 if ord(c) > 0x2E7F else 1 for c in part) / max(width - 2, 1))
        for part in text.split("\n")
    )
    return max(18, _LINE * lines + 4)


def row_height(cells: Iterable[str], widths: Sequence[float]) -> float:
    """Points of the highest cell of a row."""
    return max(points(text, width) for text, width in zip(cells, widths, strict=True))


def lie_on_paper(sheet: Worksheet, title: str, whose: str = "", sign: str = "") -> None:
    """A list on A4 across, as wide as the sheet, its heads on each page.

    Above: title and whose it is; below: who signs, and the page.
    """
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.6)
    sheet.repeat_rows(0)
    title, whose, sign = (text.replace("&", "&&") for text in (title, whose, sign))
    sheet.set_header(f"&L{title}&R{whose}")
    sheet.set_footer(f"&L{sign}&R&P / &N")
