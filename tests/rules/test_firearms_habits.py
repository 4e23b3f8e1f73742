"""Rounds booked as used while kept, and ammunition conserved by kind and lot."""

from datetime import date, datetime, timedelta

import pytest


def draw(number, **more):
    out = datetime(2021, 3, 1, 9) + timedelta(days=number)
    return {
        "issue_id": f"I{number}",
        "unit_id": "U1",
        "slip_no": None,
        "gun_no": "G1",
        "borrower_id": "A1",
        "coach_id": "C1",
        "ammo_type": "5.6mm步枪弹",
        "out_time": out,
        "in_time": out + timedelta(hours=3),
        "ammo_out": 100,
        "ammo_used": 100,
        "ammo_returned": 0,
        "dud_count": None,
    } | more


@pytest.mark.parametrize(
    ("n", "last", "cases"),
    [
        (20, {}, {"never"}),
        (19, {}, set()),
        (20, {"ammo_used": 99, "ammo_returned": 1}, set()),
        (20, {"ammo_used": 99, "dud_count": 1}, set()),
        (20, {"ammo_used": 99, "ammo_returned": None}, set()),
        (20, {"in_time": None}, set()),
        (20, {"coach_id": "C2"}, set()),
        (20, {"coach_id": None}, set()),
        (20, {"borrower_id": "A2"}, {"never"}),
    ],
)
def test_qd16_looks_at_who_never_returns_a_round(check, n, last, cases):
    other = draw(0, issue_id="I", coach_id="C9", ammo_returned=5, ammo_used=95, dud_count=0)
    rows = [other, *(draw(k) for k in range(n - 1)), draw(n, **last)]
    outcome, findings = check("QD-16", gun_issue=rows)
    assert {hit["case"] for hit in outcome.hits} == cases
    assert {(finding["kind"], finding["severity"]) for finding in findings} <= {("suspect", "medium")}


@pytest.mark.parametrize(
    ("n", "last", "cases"),
    [
        (20, {}, {"boxes"}),
        (19, {}, set()),
        (20, {"ammo_used": 99}, set()),
        (20, {"ammo_used": 50}, {"boxes"}),
    ],
)
def test_qd17_looks_at_whole_boxes(check, n, last, cases):
    rows = [*(draw(k) for k in range(n - 1)), draw(n, **last)]
    assert {hit["case"] for hit in check("QD-17", gun_issue=rows)[0].hits} == cases


def test_qd17_does_not_run_where_no_box_is_known(check):
    outcome, _ = check("QD-17", gun_issue=[draw(1, ammo_type="土制弹")])
    assert outcome.reason == ("unknown_value", "gun_issue.ammo_type")


def plan(month, rounds, **more):
    base = {"plan_id": f"P{month}", "unit_id": "U1", "plan_month": date(2021, month, 1)}
    return base | {"ammo_type": "5.6mm步枪弹", "planned_rounds": rounds} | more


@pytest.mark.parametrize(
    ("plans", "cases"),
    [
        ([plan(3, 182)], set()),
        ([plan(3, 181)], {"over"}),
        ([plan(4, 200)], {"unplanned"}),
        ([plan(4, 200, unit_id="U2")], set()),
        ([plan(3, 100), plan(3, 100, plan_id="Q")], set()),
    ],
)
def test_qd18_holds_use_against_the_plan(check, plans, cases):
    outcome, _ = check("QD-18", gun_issue=[draw(1), draw(2)], ammo_plan=plans)
    assert {hit["case"] for hit in outcome.hits} == cases


def test_qd18_looks_up_no_plan_for_rounds_of_a_kind_nobody_wrote(check):
    rows = [draw(1), draw(2), draw(3, ammo_type=None)]
    assert check("QD-18", gun_issue=rows, ammo_plan=[plan(3, 200)])[0].outcome == "passed"


@pytest.mark.parametrize(("months", "cases"), [(3, {"exact"}), (2, set())])
def test_qd18_wonders_at_use_that_equals_the_plan_month_after_month(check, months, cases):
    rows = [
        draw(m, out_time=datetime(2021, m, 5, 9), in_time=datetime(2021, m, 5, 12))
        for m in range(1, months + 1)
    ]
    outcome, _ = check("QD-18", gun_issue=rows, ammo_plan=[plan(m, 100) for m in range(1, months + 1)])
    assert {hit["case"] for hit in outcome.hits} == cases


def entry(number, kind, qty, balance, **more):
    return {
        "txn_id": f"X{number}",
        "unit_id": "U1",
        "storeroom": "弹库",
        "ammo_type": "5.6mm步枪弹",
        "batch_no": "B1",
        "txn_time": datetime(2021, 3, number, 10),
        "txn_type": kind,
        "qty": qty,
        "balance": balance,
        "issue_id": None,
        "doc_no": f"D{number}",
    } | more


START = entry(1, "期初", 500, 500, issue_id="I0")


@pytest.mark.parametrize(
    ("rows", "cases"),
    [
        ([START, entry(3, "领出", 100, 400, issue_id="I1")], set()),
        ([START, entry(3, "领出", 100, 401, issue_id="I1")], {"lot"}),
        ([START, entry(3, "入库", 9, 500), entry(4, "入库", 1, 510)], set()),
        ([START, entry(3, "期初", 500, 500)], set()),
        ([START, entry(3, "期初", 480, 480)], {"lot"}),
        ([START, entry(3, "入库", 30, 30, batch_no="B2")], set()),
        ([START, entry(3, "领出", 30, 70, batch_no="B2", issue_id="I1")], {"lot"}),
        ([START, entry(3, "盘亏", 2, 498)], {"adjusted"}),
        ([START, entry(3, "报废", 2, 498)], set()),
        ([START, entry(3, "报废", 2, 498, doc_no=None)], {"destroyed"}),
        ([START, entry(3, "领出", 100, 400)], {"orphan"}),
        ([START, entry(3, "领出", 100, 400, issue_id="I9")], {"orphan"}),
        ([START, entry(3, "领出", 100, 400, doc_no="S1")], set()),
    ],
)
def test_qd25_conserves_each_lot(check, rows, cases):
    issues = [draw(1), draw(2, issue_id="I2", slip_no="S1")]
    outcome, _ = check("QD-25", ammo_txn=rows, gun_issue=issues)
    assert {hit["case"] for hit in outcome.hits} == cases


@pytest.mark.parametrize(("back", "cases"), [(5, set()), (4, {"month"})])
def test_qd25_goes_by_month_where_the_ledger_names_no_issue(check, back, cases):
    rows = [START, entry(3, "领出", 100, 400), entry(4, "退回", back, 400 + back)]
    rows = [row | {"issue_id": None} for row in rows]
    issues = [draw(1, ammo_used=95, ammo_returned=5)]
    outcome, _ = check("QD-25", ammo_txn=rows, gun_issue=issues)
    assert {hit["case"] for hit in outcome.hits} == cases


@pytest.mark.parametrize(("back", "cases"), [(5, set()), (4, {"month"})])
@pytest.mark.parametrize("column", ["unit_id", "ammo_type"])
def test_qd25_takes_together_what_the_issue_log_does_not_tell_apart(check, column, back, cases):
    rows = [START, entry(3, "领出", 100, 400), entry(4, "退回", back, 400 + back)]
    rows = [row | {"issue_id": None} for row in rows]
    issues = [draw(1, ammo_used=95, ammo_returned=5) | {column: None}]
    outcome, _ = check("QD-25", ammo_txn=rows, gun_issue=issues)
    assert {hit["case"] for hit in outcome.hits} == cases


@pytest.mark.parametrize("rule", ["QD-16", "QD-17", "QD-18", "QD-25"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
