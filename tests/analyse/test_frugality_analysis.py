"""Frugality analysis on the sample bureau: the path from ledger to books adds up, both readings of a check."""

import re

import pytest

from mingjing import Audit
from mingjing.analyse import frugality
from mingjing.rules.frugality.reconciliation import matching

SAMPLE = "data/sample"


@pytest.fixture(scope="module")
def audit():
    return Audit.open(SAMPLE, period="2021")


def test_the_path_from_ledger_to_books_adds_up(audit):
    path = frugality.reconciliation(audit).set_index("step").yuan
    assert path.sum() - path["booked"] == pytest.approx(path["booked"], abs=0.01)
    held = audit.table("reception").total_amount.sum()
    assert path["registered"] == pytest.approx(held, abs=0.01)
    books = audit.table("expense")
    assert path["booked"] == pytest.approx(books[books.econ_item == "公务接待费"].amount.sum(), abs=0.01)
    found = audit.check("frugality").where(rule_id="JD-11").to_pandas().amount.sum()
    odd = path[["unpaid", "unbooked", "misbooked", "unregistered"]].abs().sum()
    assert odd <= found


def test_reasons_add_up_to_what_the_first_screen_says(audit):
    gaps = frugality.differences(audit).set_index("reason").yuan
    assert f"涉及{gaps.sum():,.2f}元" in frugality.first_screen(audit).zh
    found = audit.check("frugality").where(rule_id="JD-11")
    one = [f["amount"] for f in found if '"differs"' in f["evidence"]]
    assert gaps["金额不符"] == pytest.approx(sum(one), abs=0.01) and min(gaps) > 0
    path = frugality.reconciliation(audit).set_index("step").yuan
    assert f"差{abs(path['registered'] - path['booked']):,.2f}元" in frugality.both_totals(audit)


def test_the_sentence_goes_from_the_ledger_to_the_books_step_by_step(audit):
    """What is within tolerance is no finding, but without it the sum would be off by it."""
    path = frugality.reconciliation(audit).set_index("step").yuan
    told = frugality.both_totals(audit)
    steps = [float(n.replace("−", "-").replace(",", "")) for n in re.findall(r"[+−][\d,.]+\d", told)]
    assert path["registered"] + sum(steps) == pytest.approx(path["booked"], abs=0.005)
    assert path["within"] and "单笔容差以内" in told


def test_what_does_not_agree_is_among_what_was_compared(audit):
    """A voucher that only the books have is one of those compared."""
    off, of = map(int, frugality.first_screen(audit).figures[1][2].split(" / "))
    ledgers, p = audit.ledgers, audit.params("JD-11")
    parts = [t.count().execute() for t in matching(ledgers, p)]
    assert off == len(audit.check("frugality").where(rule_id="JD-11")) and of == sum(parts) and parts[2]


def test_without_one_of_the_ledgers_nothing_is_said_to_agree(tmp_path):
    (tmp_path / "单位基本信息表.csv").write_text("单位编号,单位名称\nU1,某单位\n", "utf-8")
    bare = Audit.open(tmp_path, period="2021")
    assert frugality.differences(bare).empty and "没有核对" in frugality.both_totals(bare)


def test_units_asked_for_are_the_only_ones_in_the_numbers(audit):
    one = audit.table("reception").unit_id.iloc[0]
    part = Audit.open(SAMPLE, period="2021", units=[one])
    own = audit.table("reception")
    path = frugality.reconciliation(part).set_index("step").yuan
    assert path["registered"] == pytest.approx(own[own.unit_id == one].total_amount.sum(), abs=0.01)
    assert set(frugality.vehicles(part).unit) == {audit.names[one]}


def test_weeks_of_a_rest_and_before_are_told_from_others(audit):
    weeks = frugality.spending(audit).assign(day=lambda t: t.week.dt.strftime("%m-%d")).set_index("day")
    # Spring Festival 2021 rested from 11 to 17 February
    spring = weeks.near["01-25":"02-22"]
    assert list(spring) == [False, True, True, True, False]
    # the New Year of 2022 lies behind the period: the weeks before it do not
    assert list(weeks.near["12-13":]) == [False, True, True]
    told = frugality.around(weeks, "reception", "zh")
    mean = weeks.reception[weeks.near].mean()
    assert f"（{weeks.near.sum()}周）周均{mean:,.0f}元" in told and f"其他{(~weeks.near).sum()}周" in told


def test_both_readings_of_a_check_are_told_apart(audit):
    checks = frugality.festivals(audit).set_index("festival")
    assert list(checks.index) == ["春节", "五一", "端午", "中秋", "国庆"]
    assert (checks.rounds.sum(), checks.loc["端午", "visits"]) == (4, 0)
    assert checks.visits.sum() == frugality.visited(audit).visits.sum() > checks.rounds.sum()


def test_per_head_counts_what_jd06_reports(audit):
    heads = frugality.per_head(audit)
    dear = audit.check("frugality").where(rule_id="JD-06", kind="breach")
    assert heads.over.sum() == len(dear)
    assert heads.meals.sum() <= len(audit.table("reception")) + 1


def test_vehicles_add_up_to_the_trips(audit):
    cars = frugality.vehicles(audit)
    assert cars.trips.sum() == len(audit.table("vehicle_trip"))
    assert (cars.rest_trips >= cars.unapproved).all()


def test_without_ledgers_nothing_is_said(tmp_path):
    (tmp_path / "单位基本信息表.csv").write_text("单位编号,单位名称\nU1,某单位\n", "utf-8")
    empty = Audit.open(tmp_path, period="2021")
    for table in (
        frugality.reconciliation,
        frugality.per_head,
        frugality.spending,
        frugality.festivals,
        frugality.visited,
        frugality.vehicles,
    ):
        assert table(empty).empty
    assert frugality.around(frugality.spending(empty), "office", "zh") == ""
    assert "未能核对" in frugality.first_screen(empty).zh


def test_a_year_without_published_holidays_has_no_bands():
    assert frugality.bands(Audit.open(SAMPLE, period="2035")) == []
