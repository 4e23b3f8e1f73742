"""A report speaks one language: the other one appears in data and names only."""

import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from mingjing.rules.catalogue import catalogue
from mingjing.tables import tables

pytestmark = pytest.mark.notebook
SAMPLE = Path(__file__).parents[2] / "data/sample"
CHINESE = re.compile("[\u3400-\u9fff]+")
LATIN = re.compile("[A-Za-z]{2,}")
# names that Chinese readers know by these letters
KNOWN = set(
    "Excel CSV csv json findings rejected rules manifest Kaplan Meier Newcombe Benford Law Nigrini Benjamini Hochberg Spiegelhalter Iglewicz Hoaglin GA floor round ceil".split()
)


@cache
def data() -> str:
    """Everything the sample's files say, their names among it, and the values that ledgers and rules choose from."""
    parts = [path.name for path in SAMPLE.iterdir()]
    for path in SAMPLE.glob("*.csv"):
        raw = path.read_bytes()
        parts.append(raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "gb18030"))
    for path in SAMPLE.glob("*.xlsx"):
        book = CalamineWorkbook.from_path(path)
        for sheet in book.sheet_names:
            parts += [
                sheet,
                *(str(cell) for row in book.get_sheet_by_name(sheet).to_python() for cell in row),
            ]
    parts += [
        choice
        for table in tables().values()
        for column in table.columns.values()
        for choice in column.choices
    ]
    parts += [str(p.values) for entry in catalogue().values() for p in entry.params.values()]
    return "\n".join(parts)


def said(path: Path) -> str:
    """What a page says, to eyes and to ears; code and queries are neither language."""
    html = re.sub(r"<(script|style|pre)\b.*?</\1>", " ", path.read_text("utf-8"), flags=re.S)
    spoken = re.findall(r'(?:aria-label|alt|title)="([^"]*)"', html)
    return unescape(" ".join([re.sub(r"<[^>]*>", " ", html), *spoken]))


def test_an_english_report_holds_no_chinese_but_data_and_names(reports):
    strange = {
        path.name: found
        for path in reports["en"].glob("*.html")
        if (found := sorted({run for run in CHINESE.findall(said(path)) if run not in data()}))
    }
    assert not strange


def test_a_chinese_report_holds_no_english_but_data_and_names(reports):
    names = KNOWN | set(catalogue())
    strange = {}
    for path in reports["zh"].glob("*.html"):
        words = re.sub(r"[A-Z]{2}-[A-Z]?\d+(-[0-9a-f]{10})?", " ", said(path))
        found = sorted({w for w in LATIN.findall(words) if w not in names and w not in data()})
        if found:
            strange[path.name] = found
    assert not strange
