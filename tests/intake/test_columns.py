"""A column read at once says of each cell what the reader of one cell says of it."""

from datetime import date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mingjing.intake.block import Cells
from mingjing.intake.column import read_column, read_extra
from mingjing.intake.headers import Field
from mingjing.intake.values import DATED, EPOCH_1900, READERS, clean
from mingjing.tables import ARROW, tables

WORDS = [
    "无",
    "N/A",
    "nOne",
    "-",
    "——",
    "",
    "H1",
    "射击中心",
    "a  b",
    " x",
    "用 电",
    "ＡＢＣ",
    "#REF!",
    "#1",
    "3万元",
    "(12)",
]
WORDS += ["2021-03-01", "20210305", "是", "1", "e\u0301", "\u200b", "a\nb", "12:30", "。", "\x1f", "İ"]
texts = st.sampled_from(WORDS) | st.text(max_size=6) | st.text(alphabet="合计明镜ab1 #(（", max_size=6)
numbers = st.floats() | st.integers(-(2**70), 2**70)
days = st.sampled_from([date(2021, 3, 1), datetime(2021, 3, 1), datetime(2021, 3, 1, 8, 30, 1)])
COLUMNS = {c.type: c for t in tables().values() for c in t.columns.values() if not (c.default or c.choices)}


def column(of):
    return st.lists(of, min_size=1, max_size=6)


columns = st.one_of(*map(column, (texts, numbers, days, st.booleans(), texts | numbers | days | st.none())))


def alone(kind, cell):
    """What the reader of one cell says; None where it cannot be read."""
    try:
        if isinstance(cell, str) and cell[:1] == "#" and cell[-1:] in ("!", "?", "A") and cell[1:2].isupper():
            return None
        return DATED[kind](cell, EPOCH_1900) if kind in DATED else READERS[kind](cell)
    except (ValueError, OverflowError):
        return None


@pytest.mark.parametrize("kind", sorted(ARROW))
@given(columns)
@example(["射击中心", "无", "H1"])
@example([1.0, 2.5, ""])
@example([1.0, float("inf")])
@example([date(2021, 3, 1), datetime(2021, 3, 1, 8)])
def test_cells_mean_together_what_they_mean_alone(kind, cells):
    values, bad = read_column(Cells(cells), COLUMNS[kind], EPOCH_1900, Field("x", 0))
    assert values.type == ARROW[kind]
    assert values.to_pylist() == [alone(kind, cell) for cell in cells]
    assert all(values[place].as_py() is None for place in bad)


@given(columns)
def test_a_column_nobody_declared_is_kept_as_clean_text(cells):
    expected = [None if cell is None else clean(cell) or None for cell in cells]
    assert read_extra(Cells(cells)).to_pylist() == expected


@given(column(texts), st.sampled_from(["用电", "h1", "a", "x"]))
def test_a_word_that_a_column_may_not_say_is_said_by_none_of_its_cells(cells, word):
    if not Cells(cells).may_say([word]):
        assert not any(
            word in clean(cell).replace(" ", "").lower() for cell in cells if "(" not in clean(cell)
        )
