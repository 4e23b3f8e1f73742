"""How numbers, lists and plurals are written."""

import pytest

from mingjing.wording import are_grouped, first_of, in_full, listed, number, plural, shortlist, yuan


@pytest.mark.parametrize(
    ("value", "name", "told"),
    [
        (999, None, "999"),
        (1900.5, None, "1,900.5"),
        (2863, None, "2,863"),
        (1.0, "ratio", "1"),
        (-4550, None, "-4,550"),
        (2021, None, "2021"),
        (2021, "fiscal_year", "2021"),
        (1950, "amount", "1,950"),
        (12345678901, "amount", "12345678901"),
    ],
)
def test_thousands_are_grouped_but_neither_a_year_nor_what_names_a_thing(value, name, told):
    assert number(value, name) == told


def test_a_title_tells_of_how_many_only_where_rows_are_left_out():
    assert first_of("成对的付款", 5, 5, "zh") == "成对的付款"
    assert first_of("成对的付款", 50, 1200, "zh") == "成对的付款（共1,200，列前50）"
    assert first_of("Pairs", 50, 61, "en") == "Pairs (the first 50 of 61)"


def test_english_writes_tens_of_thousands_in_full():
    told = "6.38 × 10,000 m² over 2.17 × 10,000 people, 1,716.7 × 10,000 in all, 17.62 per 10,000 people"
    assert in_full(told) == "63,800 m² over 21,700 people, 17,167,000 in all, 17.62 per 10,000 people"


def test_a_column_of_years_is_not_grouped_and_one_long_number_groups_all():
    assert not are_grouped([2020, 2021])
    assert not are_grouped([])
    assert are_grouped([2020, 3500])


def test_a_list_has_the_mark_of_its_language():
    assert listed(["甲", 2], "zh") == "甲、2"
    assert listed(["甲", 2], "en") == "甲, 2"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 fire drill(s) in 2021, at least 2 day(s) apart", "1 fire drill in 2021, at least 2 days apart"),
        ("unit 1: 21 case(s)", "unit 1: 21 cases"),
        ("0 row(s)", "0 rows"),
        ("some row(s)", "some rows"),
        ("no mark, 1 day", "no mark, 1 day"),
    ],
)
def test_a_plural_follows_the_number_before_it(text, told):
    assert plural(text) == told


def test_of_a_long_list_the_first_names_stand_and_that_there_are_more():
    names = ["甲", "乙", "丙", "丁"]
    assert (shortlist(names, "zh"), shortlist(names, "en")) == ("甲、乙、丙等", "甲; 乙; 丙; …")
    assert (shortlist(names[:3], "zh"), shortlist(names[:3], "en")) == ("甲、乙、丙", "甲; 乙; 丙")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (12.5, "12.50"),
        (12, "12"),
        (2021.0, "2,021"),
        (3574.2, "3,574.20"),
        (0.125, "0.125"),
        ("未填", "未填"),
    ],
)
def test_fen_are_two_digits_and_whole_yuan_have_none(value, told):
    assert yuan(value) == told
