"""Headers of two lines, merged cells, units of money and totals as clerks lay them out."""

import pytest
import xlsxwriter

from mingjing.intake import read_folder

HAZARD = [
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
ROW = ["H1", "射击中心", "2021.3.1", "库房", "电线老化", "用电", "一般", 1.2, "未整改", "否"]
UPPER = ["领用编号", "枪号", "领用人", "用途", "领用", "", "归还", "", "备用"]
LOWER = ["", "", "", "", "时间", "数量", "时间", "数量", ""]
ISSUE = ["L1", "G1", "A1", "训练", "2021-3-1 8:00", 50, "2021-3-1 11:00", 10, "x"]


@pytest.fixture
def read(tmp_path):
    def run(rows, merge=(), name="隐患台账", options=None):
        with xlsxwriter.Workbook(tmp_path / "a.xlsx", options or {}) as workbook:
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            for top, left, bottom, right in merge:
                sheet.merge_range(top, left, bottom, right, rows[top][left])
        intake = read_folder(tmp_path)
        assert intake.conservation().kept.all()
        return intake

    return run


MERGES = [(0, 4, 0, 5), (0, 6, 0, 7), *[(0, place, 1, place) for place in (0, 1, 2, 3, 8)]]


@pytest.mark.parametrize("merge", [MERGES, []], ids=["merged", "left blank"])
def test_a_header_of_two_lines_is_read_as_one(read, merge):
    intake = read([UPPER, LOWER, ISSUE, UPPER, LOWER, ["L2", *ISSUE[1:]]], merge, "枪弹领用归还登记表")
    (source,) = intake.sources
    assert (source.header_row, source.accepted, source.not_data) == (2, 2, 4)
    row = intake.tables["gun_issue"].to_pylist()[0]
    assert (row["out_time"].hour, row["ammo_out"]) == (8, 50)
    assert (row["in_time"].hour, row["ammo_returned"], row["x_备用"]) == (11, 10, "x")


def test_the_first_data_row_is_no_second_header_line(read):
    rows = [[*HAZARD[:3], "", *HAZARD[4:]], ROW, ["H2", *ROW[1:]]]
    (source,) = read(rows).sources
    assert (source.header_row, source.accepted) == (1, 2)


def test_a_text_merged_over_rows_stands_for_each_and_an_amount_for_none_but_the_first(read):
    rows = [
        HAZARD,
        ROW,
        ["H2", "", *ROW[2:7], "", *ROW[8:]],
        ["H3", "", *ROW[2:7], "", *ROW[8:]],
        ["H4", *ROW[1:]],
    ]
    intake = read(rows, [(1, 1, 3, 1), (1, 7, 3, 7)])
    table = intake.tables["hazard"]
    assert table["unit_id"].to_pylist() == ["射击中心"] * 4
    assert table["fund_amount"].to_pylist() == [1.2, None, None, 1.2]
    assert "merged over rows" in intake.sources[0].notes[0][1]


@pytest.mark.parametrize(
    ("head", "above", "cell", "yuan"),
    [
        ("整改资金（万元）", "", 1.2, 12000.0),
        ("整改资金/万元", "", "1.2", 12000.0),
        ("整改资金(单位：千元)", "", 1.2, 1200.0),
        ("整改资金", "金额单位：万元", 1.2, 12000.0),
        ("整改资金（元）", "单位：万元", 1.2, 1.2),
        ("整改资金（万元）", "", "1.2万元", 12000.0),
        ("整改资金", "单位：万元", "3元", 3.0),
        ("整改资金", "", "1.2万", 12000.0),
    ],
)
def test_the_unit_of_money_is_read_from_title_header_or_cell_and_never_twice(read, head, above, cell, yuan):
    rows = [["隐患台账"], ["", "", above], [*HAZARD[:7], head, *HAZARD[8:]], [*ROW[:7], cell, *ROW[8:]]]
    intake = read([*rows, ["合计", *[""] * 6, cell]])
    assert intake.tables["hazard"]["fund_amount"].to_pylist() == [yuan]
    assert list(intake.totals.difference) == [0.0]


def test_subtotals_cover_the_rows_since_the_last_and_the_total_covers_all(read):
    total = lambda word, amount: [word, *[""] * 6, amount]  # noqa: E731
    rows = [HAZARD, ROW, total("3月小计", 1.2), ["H2", *ROW[1:]], ["H3", *ROW[1:]], total("小计", 2.4)]
    intake = read([*rows, total("合 计", "３.7"), ["说明：含未付"], ["单位负责人：张三", "", "填表人：李四"]])
    assert list(intake.totals.computed) == [1.2, 2.4, 3.6] and intake.sources[0].accepted == 3
    (issue,) = intake.issues.to_dict("records")
    assert (issue["kind"], issue["row"]) == ("total_mismatch", 7)
    assert issue["reason_zh"] == "“整改资金”合计行写3.70元，各行相加为3.60元，差0.10元"


def test_a_total_counts_the_rejected_rows_too_and_long_sheets_as_a_whole(read):
    rows = [[f"H{n}", *ROW[1:]] for n in range(4500)]
    rows[4000] = ["H4000", "射击中心", "不详", *ROW[3:]]
    intake = read([HAZARD, *rows, ["总计", *[""] * 6, 5400]])
    assert (intake.sources[0].accepted, intake.sources[0].rejected) == (4499, 1)
    assert list(intake.totals.difference) == [0.0]
    assert intake.source_of(intake.tables["hazard"]["_rid"][-1].as_py())[-1] == 4501


@pytest.mark.parametrize(("options", "serial"), [({}, 44474), ({"date_1904": True}, 43012)])
def test_serial_dates_count_from_the_epoch_of_the_workbook(read, options, serial):
    intake = read([HAZARD, [*ROW[:2], serial, *ROW[3:]], [*ROW[:2], str(serial), *ROW[3:]]], options=options)
    assert [str(day) for day in intake.tables["hazard"]["found_date"].to_pylist()] == ["2021-10-05"] * 2


def test_an_id_number_that_became_a_float_is_refused_and_one_kept_as_text_keeps_every_digit(read):
    head = ["人员编号", "姓名", "所在单位"]
    rows = [["370102199001011234", "张三", "甲"], [370102199001011234, "李四", "甲"], [10086, "王五", "甲"]]
    intake = read([head, *rows], name="花名册")
    assert intake.tables["person"]["person_id"].to_pylist() == ["370102199001011234", "10086"]
    (line,) = intake.rejected.to_dict("records")
    assert line["row"] == 3 and "more than 15 digits" in line["reason_en"]


def test_columns_in_any_order_with_english_headers_and_hidden_sheets_are_read(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        workbook.add_worksheet("封面").activate()
        sheet = workbook.add_worksheet("隐患台账")
        sheet.hide()
        names = "accident_flag status fund_amount hazard_level hazard_type hazard_desc location found_date unit_id hazard_id"
        sheet.write_row(0, 0, [name.replace("_", " ").title() for name in names.split()])
        sheet.write_row(1, 0, ROW[::-1])
    intake = read_folder(tmp_path)
    assert intake.tables["hazard"].to_pylist()[0]["hazard_desc"] == "电线老化"
    assert any("hidden" in en for source in intake.sources for _, en in source.notes)


def test_a_sheet_without_a_ledgers_name_is_known_by_its_columns(read):
    assert read([HAZARD, ROW], name="Sheet1").sources[0].table == "hazard"


def test_what_is_written_in_more_columns_than_the_header_names_is_kept_as_evidence(read):
    intake = read([[*HAZARD, "备注栏"], [*ROW, "a", "b"]])
    row = intake.tables["hazard"].to_pylist()[0]
    assert (row["x_备注栏"], row["x_列12"]) == ("a", "b")
