"""Whatever a sheet holds and whoever maps or corrects it: rows read = accepted + rejected + not data, block by block."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.errors import InputError
from mingjing.intake import block, read_folder
from mingjing.intake.block import clean_all
from mingjing.intake.values import clean

HEADER = [
    "隐患编号",
    "责任单位",
    "排查日期",
    "部位",
    "隐患内容",
    "隐患类别",
    "隐患等级",
    "整改资金",
    "状态",
    "是否事故",
]
MAPPING = """
[[source]]
files = "*.csv"
table = "hazard"
header_row = 1
keep = [{ column = "部位", matches = "^[^x]" }]
drop = [{ column = "状态", is = ["无", "合计"] }]
[source.columns]
hazard_id = { join = ["隐患编号", "#row"] }
unit_id = "责任单位"
found_date = { from = "排查日期", dayfirst = true }
hazard_level = { from = "隐患等级", recode = { "一般" = "重大" }, otherwise = "一般" }
fund_amount = { from = "整改资金", decimal = ",", scale = 1000 }

[[source]]
files = "*.csv"
table = "activity_log"
header_row = 1
[source.columns]
act_id = { from = "隐患编号", prefix = "A-" }
act_time = "排查日期"
conclusion = { from = "隐患内容", extract = "(.)$" }
"""
words = [
    "合计",
    "3月小计",
    "填表人：张三",
    "H1",
    "2021-01-01",
    "3/4/2021",
    "一般",
    "否",
    "用电",
    "1.234,5",
    "隐患编号",
    "责任单位",
    "#REF!",
]
cells = st.one_of(st.none(), st.text(max_size=6), st.floats(), st.integers(), st.sampled_from(words))
sheets = st.lists(st.lists(cells, max_size=11), max_size=12)


def write(folder, rows):
    with open(folder / "隐患台账.csv", "w", newline="", encoding="utf-8", errors="replace") as file:
        csv.writer(file).writerows([HEADER, *[["" if c is None else c for c in row] for row in rows]])


def told(intake):
    """All that intake says, for comparing."""
    frames = (intake.rejected, intake.issues, intake.totals, intake.corrections)
    tables = {name: table.to_pylist() for name, table in intake.tables.items()}
    return repr([tables, intake.sources, *[frame.to_dict("records") for frame in frames]])


@settings(max_examples=40, deadline=None)
@given(sheets)
def test_no_row_is_lost_under_a_mapping_that_feeds_two_ledgers(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("wild")
    (folder / "map.toml").write_text(MAPPING, "utf-8")
    data = folder / "data"
    data.mkdir()
    write(data, rows)
    intake = read_folder(data, folder / "map.toml")
    assert intake.conservation().kept.all() and len(intake.sources) == 2
    assert len(intake.rejected) == sum(source.rejected for source in intake.sources)
    for name, table in intake.tables.items():
        assert table.num_rows == sum(s.accepted for s in intake.sources if s.table == name)


@settings(max_examples=40, deadline=None)
@given(sheets, st.integers(2, 14), st.sampled_from(["change", "blank", "reject"]), st.sampled_from(HEADER))
def test_a_correction_is_applied_to_its_cell_alone_or_stops_the_run(
    tmp_path_factory, rows, row, action, column
):
    folder = tmp_path_factory.mktemp("wild")
    data = folder / "data"
    data.mkdir()
    write(data, rows)
    plain = read_folder(data)
    lines = list(csv.reader(open(data / "隐患台账.csv", newline="", encoding="utf-8")))
    place = HEADER.index(column)
    there = row <= len(lines)
    was = clean(lines[row - 1][place]) if there and place < len(lines[row - 1]) else ""
    entry = f'[[correction]]\nfile = "隐患台账.csv"\nrow = {row}\naction = "{action}"\n'
    if action != "reject":
        entry += f'column = "{column}"\nexpect = {toml(was)}\n'
    entry += 'to = "用电"\n' if action == "change" else ""
    (folder / "c.toml").write_text(entry + 'reason = "r"\nwho = "w"\ndate = 2021-01-01\n', "utf-8")
    if not there:
        with pytest.raises(InputError, match="not below the header"):
            read_folder(data, corrections=folder / "c.toml")
        return
    intake = read_folder(data, corrections=folder / "c.toml")
    assert intake.conservation().kept.all() and len(intake.corrections) == 1
    (source,), (before,) = intake.sources, plain.sources
    assert source.rows_read == before.rows_read
    if action == "reject":
        assert source.accepted <= before.accepted and source.not_data == before.not_data


def toml(text):
    return '"' + "".join(f"\\U{ord(c):08X}" if not 0xD800 <= ord(c) < 0xE000 else "?" for c in text) + '"'


@settings(max_examples=40, deadline=None)
@given(sheets)
def test_a_sheet_read_in_blocks_says_the_same_as_read_at_once(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("wild")
    write(folder, rows)
    whole = told(read_folder(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "BLOCK", 2)
        assert told(read_folder(folder)) == whole


@given(st.lists(st.text(max_size=12), max_size=8))
def test_many_texts_cleaned_at_once_are_each_cleaned_as_if_alone(texts):
    assert clean_all(texts) == [clean(text) for text in texts]


@given(
    st.lists(
        st.text(alphabet="a \u0301\u3000ﬁ（）\u1100\u1161\u11a8\t\n\r\x00\u200b=\u0338", max_size=6),
        max_size=8,
    )
)
def test_marks_that_join_letters_do_not_join_texts(texts):
    assert clean_all(texts) == [clean(text) for text in texts]
