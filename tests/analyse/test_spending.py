"""Spending analysis on the sample bureau: what is drawn agrees with what the rules find and the ledgers hold."""

import json

import pytest

from mingjing import Audit
from mingjing.analyse import frugality, spending

SAMPLE = "data/sample"


@pytest.fixture(scope="module")
def audit():
    return Audit.open(SAMPLE, period="2021")


def test_every_split_passes_its_limit_with_its_last_purchase_only(audit):
    split = spending.splits(audit)
    assert split.lead.nunique() == len(audit.check("frugality").where(rule_id="CG-02"))
    course = split.groupby("lead").percent
    assert (course.last() >= 100).all() and (course.nth(-2) < 100).all()
    assert (split.groupby("lead").days.first() == 0).all()


def test_leads_drawn_and_not_drawn_are_those_of_the_first_screen(audit):
    tender = audit.check("frugality").where(rule_id="CG-01")
    split = spending.splits(audit)
    assert len(tender) and f"另有{len(tender)}条" in spending.leads_told(audit, split)
    figure = frugality.first_screen(audit).figures[2][2]
    bought = sum(len(json.loads(finding["evidence"])["rows"]) for finding in tender)
    assert figure == f"{len(split) + bought} / {len(audit.table('purchase'))}"


def test_the_view_by_year_holds_what_no_window_catches(audit):
    years = spending.by_year(audit)
    assert ((years.largest < years.limit) & (years.total >= years.limit)).all()
    assert set(spending.splits(audit).unit) < set(years.unit)


def test_payments_stand_side_by_side_with_the_reason(audit):
    pairs = spending.side_by_side(audit)
    found = audit.check("frugality").to_pandas()
    assert len(pairs) == found.rule_id.isin(["JF-03", "JF-06"]).sum() and pairs.why.notna().all()
    swapped = pairs[pairs.why.str.contains("换位")].iloc[0]
    assert (swapped.invoice, swapped.invoice_2) == ("20481866", "20418866")
    assert (pairs.date >= pairs.date_2).all() and (pairs.place != pairs.place_2).all()


def test_the_two_payments_of_a_pair_stand_below_one_another(audit):
    pairs = spending.side_by_side(audit)
    told = spending.in_pairs(pairs)
    assert list(told.pair) == sorted([*range(1, len(pairs) + 1)] * 2) and told.notna().all(axis=None)
    swapped = told[told.why.str.contains("换位")]
    assert list(swapped.invoice) == ["20481866", "20418866"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_digits_verdict_names_its_limits_and_accuses_nobody(audit, lang):
    test = spending.digits(audit)
    said = spending.verdict(test, lang)
    assert f"{test.mad:.5f}" in said and ("抽样" in said or "sample" in said)
    assert spending.shares(test).seen.sum() == pytest.approx(100, abs=0.5)
    small = Audit.open(SAMPLE, period="2021", units=["U021"])
    unfit = spending.verdict(spending.digits(small), lang)
    assert "不适合" in unfit or "not fit" in unfit
    assert spending.digits(small).n and spending.shares(spending.digits(small)).empty, "and it is not drawn"


def test_budgets_end_where_the_ledger_ends(audit):
    course, totals = spending.budget_course(audit), spending.budget_totals(audit).set_index("item")
    last = course[course.month == 12].set_index("item").percent
    assert last.to_dict() == pytest.approx(totals.percent.to_dict(), abs=0.05)
    over = audit.check("frugality").to_pandas()
    assert totals.over.sum() == over.rule_id.isin(["JF-01", "JF-09"]).sum()


def test_payees_are_paid_what_the_books_say(audit):
    paid, books = spending.payees(audit), audit.table("expense")
    top = paid.iloc[0]
    assert top.amount == pytest.approx(books[books.payee == top.payee].amount.sum(), abs=0.01)
    assert paid.amount.is_monotonic_decreasing and len(paid) == 15


def test_without_ledgers_nothing_is_said(tmp_path):
    (tmp_path / "单位基本信息表.csv").write_text("单位编号,单位名称\nU1,某单位\n", "utf-8")
    empty = Audit.open(tmp_path, period="2021")
    views = (
        spending.splits,
        spending.by_year,
        spending.side_by_side,
        spending.budget_course,
        spending.payees,
    )
    assert all(view(empty).empty for view in views)
    assert spending.digits(empty) is None and "未检验" in spending.verdict(None, "zh")


def test_rows_withheld_from_the_public_are_joined_to_nothing():
    public = Audit.open(SAMPLE, period="2021", audience="public")
    pairs = spending.side_by_side(public)
    assert len(public.check("frugality").where(rule_id="CG-02")) and spending.splits(public).empty
    assert pairs.empty and spending.in_pairs(pairs).empty
