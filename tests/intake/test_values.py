"""A cell is read as people mean it, or refused; it never becomes something else."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.intake.values import (
    EPOCH_1904,
    read_bool,
    read_date,
    read_datetime,
    read_int,
    read_number,
    read_text,
)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2021年10月5日", date(2021, 10, 5)),
        ("2021.10.5", date(2021, 10, 5)),
        ("20211005", date(2021, 10, 5)),
        (20211005.0, date(2021, 10, 5)),
        ("2021/10/5", date(2021, 10, 5)),
        ("２０２１－１０－０５", date(2021, 10, 5)),
        ("2021年10月", date(2021, 10, 1)),
        (44474.0, date(2021, 10, 5)),
        ("44474", date(2021, 10, 5)),
        (datetime(2021, 10, 5, 8), date(2021, 10, 5)),
        ("无", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_read_in_every_form(cell, day):
    assert read_date(cell) == day


def test_serials_count_from_the_epoch_of_the_workbook():
    assert read_date(43012.0, EPOCH_1904) == date(2021, 10, 5)


@pytest.mark.parametrize(
    "cell", ["10月5日", "2021-13-01", "2021-02-30", "明天", True, 12.0, "2021-10-05 25:00"]
)
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(ValueError):
        read_date(cell)


@pytest.mark.parametrize(
    "cell", ["2021-10-05 14:30", "2021年10月5日 14时30分", "2021-10-05T14:30:00", 44474 + 14.5 / 24]
)
def test_a_moment_keeps_its_time(cell):
    assert read_datetime(cell) == datetime(2021, 10, 5, 14, 30)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,234.50", 1234.5),
        ("１２３", 123),
        ("3.2万元", 32000),
        ("￥5元", 5),
        ("（12.5）", -12.5),
        ("-3", -3),
        ("5%", 0.05),
        (7, 7),
        ("—", None),
        (float("nan"), None),
        (".5", 0.5),
    ],
)
def test_a_number_is_read_in_every_form(cell, number):
    assert read_number(cell) == number


@pytest.mark.parametrize("cell", ["1,23", "12a", "约100", "inf", True, float("inf"), "1.2.3", "."])
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(ValueError):
        read_number(cell)


def test_a_count_must_be_whole():
    assert read_int("12.0") == 12
    with pytest.raises(ValueError):
        read_int("12.5")


def test_an_id_number_keeps_its_digits_or_is_refused():
    assert read_text("370102199001011234") == "370102199001011234"
    assert read_text(10086.0) == "10086"
    with pytest.raises(ValueError, match="15 digits"):
        read_text(3.70102199001011e17)


@pytest.mark.parametrize(
    ("cell", "answer"), [("是", True), ("√", True), ("无", False), ("×", False), (1.0, True), ("", None)]
)
def test_yes_and_no_are_read(cell, answer):
    assert read_bool(cell) is answer


@given(st.text())
def test_wild_text_is_read_or_refused_with_a_value_error(text):
    for reader in (read_text, read_number, read_int, read_bool, read_date, read_datetime):
        try:
            reader(text)
        except ValueError:
            pass


@given(st.floats(min_value=-1e9, max_value=1e9).map(lambda x: round(x, 2)))
def test_a_printed_amount_reads_back(amount):
    assert read_number(f"{amount:,.2f}") == amount


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)))
def test_a_printed_day_reads_back(day):
    assert read_date(f"{day.year}年{day.month}月{day.day}日") == read_date(day.strftime("%Y%m%d")) == day
