"""Whether the data can carry a conclusion: colours with their reasons, missing numbers, empty months."""

import pytest

from mingjing import Audit
from mingjing.analyse import intake

HEAD = "流水号,日期,单位,收支方向,金额,供货商,票据号\n"


@pytest.fixture
def opened(tmp_path):
    def run(text, lang="en", **options):
        (tmp_path / "食堂日记账.csv").write_text(text, "utf-8")
        return Audit.open(tmp_path, "2021", lang=lang, **options)

    return run


def entries(numbers, day="2021-{:02}-1"):
    return HEAD + "".join(f"E{n:03},{day.format(n % 12 + 1)},U1,支出,{n},鲁味,F{n}\n" for n in numbers)


def test_a_sheet_is_green_amber_or_red_with_the_reason(opened):
    text = entries(range(1, 41))
    line = intake.suitability(opened(text)).iloc[0]
    assert (line.quality, line.why) == ("green", "every row read")
    assert (line.suitable, line.rules) == ("green", "1 rule uses it")
    bare = intake.suitability(opened(text.replace("票据号", "小票"), as_of="2021-12-29")).iloc[0]
    assert (bare.suitable, bare.rules) == ("red", "1 rule uses it, 1 cannot run without: Invoice number")
    worse = intake.suitability(opened(text + "E900,不详,U1,支出,1,鲁味,F\n", as_of="2021-12-30")).iloc[0]
    assert (worse.quality, worse.why) == ("amber", "1 row rejected, 0 doubtful")
    text = HEAD + "E1,不详,U1,支出,1,鲁味,F1\nE2,2021-1-1,U1,支出,一万,鲁味,F2\nE3,2021-1-1,U1,支出,1,鲁味,\n"
    worst = intake.suitability(opened(text, "zh")).iloc[0]
    assert (worst.quality, worst.why) == ("red", "退回2行，另有0行存疑")


def test_a_file_without_sheets_goes_by_its_name_without_suffix(opened):
    assert list(intake.rows_by_sheet(opened(entries(range(1, 5)), "zh")).label) == ["食堂日记账"]
    assert list(intake.rows_by_sheet(opened(entries(range(1, 5)))).label) == ["Canteen cash and bank book"]


def test_missing_numbers_are_told_only_where_the_others_run_on(opened):
    there = [n for n in range(1, 61) if n not in (7, 8, 41)]
    (line,) = intake.serial_gaps(opened(entries(there))).to_dict("records")
    assert (line["numbers_there"], line["missing"], line["first_five"]) == (57, 3, "E007, E008, E041")
    assert intake.serial_gaps(opened(entries(range(1, 61)), as_of="2021-12-30")).empty
    assert intake.serial_gaps(opened(entries(range(1, 200, 7)), as_of="2021-12-29")).empty
    assert intake.serial_gaps(opened(entries([1, 3, 5]), as_of="2021-12-28")).empty


def test_a_month_without_rows_is_told_where_the_others_have_some_and_it_is_over(opened):
    (line,) = intake.empty_months(opened(entries(n for n in range(1, 61) if n % 12 + 1 != 5))).to_dict(
        "records"
    )
    assert (line["count"], line["months"]) == (1, "2021-05")
    early = opened(entries(n for n in range(1, 61) if n % 12 + 1 < 5), as_of="2021-04-30")
    assert intake.empty_months(early).empty
    assert intake.empty_months(opened(entries([1, 2]), as_of="2021-12-30")).empty
