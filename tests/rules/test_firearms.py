"""Firearms rules: a row that breaks each, a row that just does not, and missing data."""

from datetime import date, datetime

import pytest

from mingjing.rules import catalogue, found_so_far


def issue(**more):
    out = datetime(2021, 3, 1, 9)
    return {
        "issue_id": "I1",
        "unit_id": "U1",
        "gun_no": "G1",
        "purpose": "训练",
        "out_time": out,
        "in_time": datetime(2021, 3, 1, 23, 59),
        "planned_return_date": None,
        "transport_permit_no": None,
        "slip_no": None,
        "ammo_out": 100,
        "ammo_used": 95,
        "ammo_returned": 5,
        "dud_count": None,
        "return_gun_no": "G1",
        "unload_check": True,
        "approver_id": "A",
        "approve_time": out,
        "keeper_out1": "K1",
        "keeper_out2": "K2",
        "escort_count": 2,
        "ammo_separate": True,
    } | more


CLEAN = issue(issue_id="I0", transport_permit_no="T0", planned_return_date=date(2021, 3, 1))
TRIP = {"purpose": "外出参赛", "transport_permit_no": "T1", "planned_return_date": date(2021, 3, 5)}


@pytest.mark.parametrize(
    ("rule", "change", "cases"),
    [
        ("QD-02", {}, set()),
        ("QD-02", {"ammo_returned": 4}, {"row"}),
        ("QD-02", {"ammo_returned": 4, "dud_count": 1}, set()),
        ("QD-02", {"ammo_returned": None}, {"row"}),
        ("QD-02", {"ammo_returned": 4, "in_time": None}, set()),
        ("QD-04", {}, set()),
        ("QD-04", {"in_time": datetime(2021, 3, 2)}, {"late"}),
        ("QD-04", {"in_time": None}, {"out"}),
        ("QD-04", TRIP | {"in_time": datetime(2021, 3, 5, 20)}, set()),
        ("QD-04", TRIP | {"in_time": datetime(2021, 3, 6, 8)}, {"late"}),
        ("QD-04", TRIP | {"in_time": datetime(2021, 3, 5), "transport_permit_no": None}, {"late"}),
        ("QD-05", {}, set()),
        ("QD-05", {"return_gun_no": "G2"}, {"number"}),
        ("QD-05", {"return_gun_no": None, "unload_check": None}, {"number", "unchecked"}),
        ("QD-05", {"in_time": None, "return_gun_no": None}, set()),
        ("QD-07", {}, set()),
        ("QD-07", {"approve_time": datetime(2021, 3, 1, 9, 1)}, {"after"}),
        ("QD-07", {"out_time": datetime(2021, 3, 1), "approve_time": datetime(2021, 3, 1, 9, 1)}, set()),
        ("QD-07", {"out_time": datetime(2021, 3, 1), "approve_time": datetime(2021, 3, 2)}, {"after"}),
        ("QD-07", {"approver_id": None}, {"nobody"}),
        ("QD-07", {"approve_time": None}, {"undated"}),
        ("QD-07", {"approver_id": None, "approve_time": None}, {"none"}),
        ("QD-07", {"approver_id": "K2"}, {"keeper"}),
        ("QD-14", TRIP, set()),
        ("QD-14", TRIP | {"escort_count": 1}, {"escort"}),
        ("QD-14", TRIP | {"transport_permit_no": None, "ammo_separate": None}, {"permit", "together"}),
        ("QD-14", {"escort_count": 0}, set()),
    ],
)
def test_an_issue_is_judged_at_its_limits(check, rule, change, cases):
    outcome, findings = check(rule, gun_issue=[CLEAN, issue(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [finding["row"] for finding in findings] == ([3] if cases else [])


@pytest.mark.parametrize(
    ("change", "since"),
    [
        ({"in_time": datetime(2021, 3, 2, 8)}, date(2021, 3, 2)),
        (TRIP | {"in_time": datetime(2021, 3, 8, 8)}, date(2021, 3, 6)),
    ],
)
def test_a_gun_is_overdue_from_the_day_after_it_was_to_be_back(check, change, since):
    outcome, _ = check("QD-04", gun_issue=[issue(**change)])
    found = found_so_far({"QD-04": outcome}, catalogue())["finding"].to_pylist()
    assert [(hit["date"], hit["since"]) for hit in found] == [(date(2021, 3, 1), since)]


def test_ammunition_drawn_on_one_slip_balances_on_the_slip(check):
    rows = [issue(slip_no="S1", ammo_returned=4), issue(issue_id="I2", slip_no="S1", ammo_returned=6)]
    assert check("QD-02", gun_issue=rows)[0].outcome == "passed"
    rows[1]["ammo_returned"] = 7
    _, (finding,) = check("QD-02", gun_issue=rows)
    assert (
        finding["subject"] == "S1" and '"row": 2' in finding["evidence"] and '"row": 3' in finding["evidence"]
    )


def entry(number, kind, qty, balance, lot="B1"):
    return {
        "txn_id": f"X{number}",
        "txn_time": datetime(2021, 3, number),
        "unit_id": "U1",
        "storeroom": "弹库",
        "ammo_type": "5.6mm步枪弹",
        "batch_no": lot,
        "txn_type": kind,
        "qty": qty,
        "balance": balance,
    }


@pytest.mark.parametrize(("last", "rows"), [(75, []), (74, [4])])
def test_qd01_carries_each_lot_forward_from_the_recorded_balance(check, last, rows):
    book = [
        entry(1, "期初", 100, 100),
        entry(2, "领出", 30, 70),
        entry(3, "退回", 5, last),
        entry(4, "领出", 1, last - 1),
        entry(2, "期初", 9, 9, "B2"),
    ]
    assert [finding["row"] for finding in check("QD-01", ammo_txn=book)[1]] == rows


def test_qd01_does_not_follow_the_order_of_the_file(check):
    book = [entry(3, "退回", 5, 75), entry(2, "领出", 30, 70), entry(1, "期初", 100, 100)]
    assert check("QD-01", ammo_txn=book)[0].outcome == "passed"


def test_qd01_never_accepts_a_negative_balance(check):
    book = [entry(1, "期初", 10, 10), entry(2, "领出", 11, -1)]
    assert {hit["case"] for hit in check("QD-01", ammo_txn=book)[0].hits} == {"negative"}


@pytest.mark.parametrize(
    ("found", "reported", "cases"),
    [
        (datetime(2021, 3, 1, 8), datetime(2021, 3, 1, 9), set()),
        (datetime(2021, 3, 1, 8), datetime(2021, 3, 1, 9, 1), {"late"}),
        (datetime(2021, 3, 1, 8), None, {"silent"}),
        (datetime(2021, 3, 1), datetime(2021, 3, 2, 1), set()),
        (datetime(2021, 3, 1), datetime(2021, 3, 2, 1, 1), {"late"}),
        (datetime(2021, 12, 31, 22, 59), None, {"silent"}),
        (datetime(2021, 12, 31, 23), None, set()),
        (datetime(2022, 1, 1, 8), None, set()),
        (None, None, {"silent"}),
        (None, datetime(2021, 3, 1, 9), {"undated"}),
    ],
)
def test_qd15_wants_a_loss_reported_at_once(check, found, reported, cases):
    gun = {
        "gun_no": "G1",
        "unit_id": "U1",
        "status": "丢失",
        "loss_found_time": found,
        "loss_report_time": reported,
    }
    stolen = {
        "gun_no": "G2",
        "unit_id": "U1",
        "status": "在库",
        "loss_found_time": datetime(2021, 1, 1),
        "loss_report_time": datetime(2021, 1, 1),
    }
    outcome, _ = check("QD-15", gun=[gun, stolen])
    assert {hit["case"] for hit in outcome.hits} == cases


@pytest.mark.parametrize("rule", ["QD-01", "QD-02", "QD-04", "QD-05", "QD-07", "QD-14", "QD-15"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
