"""Sheets as clerks write them become typed rows; every row is accounted for."""

import random
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.errors import InputError
from mingjing.intake import read_folder

HEADER = [
    "隐患编号",
    "责任单位",
    "排查日期",
    "部位",
    "隐患内容",
    "隐患类别",
    "隐患等级",
    "整改资金（万元）",
    "状态",
    "是否事故",
]
GOOD = ["H1", "射击中心", "2021.3.1", "库房", "电线老化", "用电", "一般", "1.2", "未整改", "否"]


def book(path, *sheets):
    with xlsxwriter.Workbook(path) as workbook:
        for name, rows in sheets:
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def test_title_header_blank_total_and_note_lines_are_not_data(tmp_path):
    rows = [
        ["2021年隐患台账"],
        HEADER,
        GOOD,
        [],
        HEADER,
        ["H2", *GOOD[1:]],
        ["合计", *[""] * 6, "2.4"],
        ["填表人：张三"],
    ]
    book(tmp_path / "a.xlsx", ("隐患台账", rows))
    intake = read_folder(tmp_path)
    (source,) = intake.sources
    assert (source.table, source.header_row, source.accepted, source.not_data) == ("hazard", 2, 2, 6)
    assert intake.tables["hazard"]["fund_amount"].to_pylist() == [12000.0, 12000.0]
    assert intake.source_of(intake.tables["hazard"]["_rid"][1].as_py()) == ("hazard", "a.xlsx", "隐患台账", 6)
    assert list(intake.totals["difference"]) == [0.0] and intake.issues.empty


def test_a_total_that_disagrees_with_its_rows_is_an_issue(tmp_path):
    book(tmp_path / "a.xlsx", ("隐患台账", [HEADER, GOOD, ["合计", *[""] * 6, "1.3"]]))
    assert list(read_folder(tmp_path).issues["kind"]) == ["total_mismatch"]


def test_a_row_without_a_required_value_is_rejected_with_its_reason(tmp_path):
    book(tmp_path / "a.xlsx", ("隐患台账", [HEADER, GOOD, ["H2", "射击中心", "不详", *GOOD[3:]]]))
    intake = read_folder(tmp_path)
    (rejected,) = intake.rejected.to_dict("records")
    assert (rejected["row"], rejected["column"]) == (3, "found_date") and "不详" in rejected["reason_zh"]
    assert intake.conservation().kept.all()


def test_an_optional_cell_that_cannot_be_read_becomes_empty_and_is_reported(tmp_path):
    book(tmp_path / "a.xlsx", ("隐患台账", [HEADER, [*GOOD[:7], "约一万", *GOOD[8:]]]))
    intake = read_folder(tmp_path)
    assert intake.tables["hazard"]["fund_amount"].to_pylist() == [None]
    assert list(intake.issues["value"]) == ["约一万"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_any_encoding_an_office_uses(tmp_path, encoding):
    (tmp_path / "隐患台账.csv").write_text(",".join(HEADER) + "\n" + ",".join(GOOD) + "\n", encoding=encoding)
    assert read_folder(tmp_path).tables["hazard"]["location"].to_pylist() == ["库房"]


def test_none_is_an_answer_where_the_ledger_offers_it(tmp_path):
    header = ["人员编号", "姓名", "身份", "训练单位", "项目", "检查库", "在训", "未成年", "入队日期"]
    row = ["A1", "张三", "运动员", "射击中心", "射击", "无", "是", "否", "2020.2.1"]
    book(tmp_path / "a.xlsx", ("运动员名册", [header, row]))
    assert read_folder(tmp_path).tables["athlete"]["test_pool"].to_pylist() == ["无"]


def test_people_are_resolved_by_name_and_unit_and_never_guessed(tmp_path):
    units = [
        ["单位编号", "单位名称", "单位类型"],
        ["U1", "射击中心", "训练单位"],
        ["U2", "游泳中心", "训练单位"],
    ]
    staff = [
        ["人员编号", "姓名", "所在单位"],
        ["P1", "张三", "射击中心"],
        ["P2", "张三", "游泳中心"],
        ["P3", "李四", "U2"],
    ]
    rows = [
        [*HEADER, "整改责任人"],
        [*GOOD, "张三"],
        ["H2", "某处", *GOOD[2:], "张三"],
        ["H3", *GOOD[1:], "李 四"],
        ["H4", *GOOD[1:], "王五"],
    ]
    book(tmp_path / "a.xlsx", ("单位", units), ("单位信息", units), ("花名册", staff), ("隐患台账", rows))
    intake = read_folder(tmp_path)
    assert intake.tables["hazard"]["responsible_id"].to_pylist() == ["P1", "张三", "P3", "王五"]
    how = intake.names.query("column == 'responsible_id'").set_index(["written", "resolved"])["how"].to_dict()
    assert how == {
        ("张三", "P1"): "name+unit",
        ("张三", "张三"): "ambiguous",
        ("李 四", "P3"): "name",
        ("王五", "王五"): "unknown",
    }


def test_an_empty_folder_is_one_clear_line(tmp_path):
    with pytest.raises(InputError, match=r"no \.xlsx"):
        read_folder(tmp_path)


def test_a_link_that_leads_out_is_not_followed(tmp_path):
    outside, inside = tmp_path / "out", tmp_path / "in"
    outside.mkdir(), inside.mkdir()
    (outside / "s.csv").write_text("a,b\n1,2\n")
    (inside / "s.csv").symlink_to(outside / "s.csv")
    (inside / "t.csv").write_text("a,b\n1,2\n")
    assert [(s.file, s.status) for s in read_folder(inside).sources] == [
        ("s.csv", "skipped"),
        ("t.csv", "unrecognised"),
    ]


def damaged():
    with zipfile.ZipFile(bomb := __import__("io").BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (65 * 1024**2))
    chance = random.Random(7)
    yield from (
        (f"noise-{n}.{suffix}", chance.randbytes(n))
        for n in (1, 7, 100, 5000)
        for suffix in ("xlsx", "xls", "parquet")
    )
    yield "empty.xlsx", b""
    yield "bom.csv", b"\xef\xbb\xbf"
    yield "html.xls", b"<html><table><tr><td>1</td></tr></table></html>"
    yield (
        "locked.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
    )
    yield "bomb.xlsx", bomb.getvalue()
    yield "binary.csv", bytes(range(128, 256)) * 3


@pytest.mark.parametrize(
    ("name", "content"), list(damaged()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_damaged_file_is_named_in_one_line(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    (source,) = read_folder(tmp_path).sources
    assert source.status == "unreadable" and "\n" not in source.notes[0][1] and name in source.notes[0][1]


def test_a_workbook_cut_off_anywhere_is_named_or_read_whole(tmp_path):
    book(tmp_path / "whole.xlsx", ("隐患台账", [HEADER, GOOD]))
    content = (tmp_path / "whole.xlsx").read_bytes()
    for length in range(1, len(content), max(1, len(content) // 150)):
        (tmp_path / "whole.xlsx").write_bytes(content[:length])
        assert read_folder(tmp_path).sources[0].status == "unreadable", length


cells = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.floats(),
    st.sampled_from(["合计", "H1", "2021-01-01", "一般", "否", "用电"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cells, max_size=10), max_size=8))
def test_no_row_is_ever_lost(tmp_path_factory, rows):
    import csv

    folder = tmp_path_factory.mktemp("wild")
    with open(folder / "隐患台账.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *[["" if c is None else c for c in row] for row in rows]])
    intake = read_folder(folder)
    assert intake.conservation().kept.all() and intake.sources[0].rows_read >= 1
