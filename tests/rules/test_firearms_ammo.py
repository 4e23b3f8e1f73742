"""Ammunition: cases, unusual use, and the issue log against the ammunition ledger."""

from datetime import date, datetime, timedelta

import pytest


def issue(number=1, **more):
    out = datetime(2021, 3, 1, 9) + timedelta(days=number)
    return {
        "issue_id": f"I{number}",
        "unit_id": "U1",
        "slip_no": None,
        "gun_no": "G1",
        "borrower_id": "A1",
        "ammo_type": "5.6mm步枪弹",
        "out_time": out,
        "in_time": out + timedelta(hours=3),
        "ammo_out": 100,
        "ammo_used": 95,
        "ammo_returned": 5,
        "dud_count": 0,
        "shell_returned": 95,
    } | more


AIR = issue(0, ammo_type="4.5mm气步枪弹", shell_returned=None)


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({}, set()),
        ({"shell_returned": 94}, {"few"}),
        ({"shell_returned": None}, {"blank"}),
        ({"shell_returned": None, "ammo_used": 0}, set()),
        ({"shell_returned": 0, "in_time": None}, set()),
        ({"ammo_type": "土制弹"}, {"unknown"}),
        ({"ammo_type": None}, {"unknown"}),
    ],
)
def test_qd03_wants_a_case_for_each_round(check, change, cases):
    outcome, _ = check("QD-03", gun_issue=[AIR, issue(9), issue(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases


def test_qd03_counts_cases_by_slip(check):
    rows = [issue(1, slip_no="S", shell_returned=190), issue(2, slip_no="S", shell_returned=0)]
    assert check("QD-03", gun_issue=rows)[0].outcome == "passed"
    rows[0]["shell_returned"] = 189
    _, (finding,) = check("QD-03", gun_issue=rows)
    assert finding["subject"] == "S"


def test_qd03_does_not_run_where_no_ammunition_is_known(check):
    outcome, _ = check("QD-03", gun_issue=[issue(ammo_type="土制弹")])
    assert (outcome.outcome, outcome.reason) == ("not_run", ("unknown_value", "gun_issue.ammo_type"))


def test_qd03_says_what_it_could_not_judge_only_as_a_warning(check):
    _, (finding,) = check(
        "QD-03", gun_issue=[issue(9), issue(ammo_type="土制弹"), issue(2, ammo_type="土制弹")]
    )
    assert (finding["kind"], finding["severity"]) == ("warning", "low")
    assert finding["evidence"].count('"row"') == 2


def booked(out, back, **more):
    line = {"txn_id": "X", "unit_id": "U1", "txn_time": datetime(2021, 3, 2), "issue_id": "I1"} | more
    return [
        line | {"txn_type": "领出", "qty": out},
        line | {"txn_id": "Y", "txn_type": "退回", "qty": back},
    ]


@pytest.mark.parametrize(
    ("book", "cases"),
    [
        (booked(100, 5), set()),
        (booked(99, 5), {"booked_out"}),
        (booked(100, 4), {"booked_back"}),
        (booked(100, 7), {"booked_back"}),
        (booked(99, 4, issue_id=None) + booked(100, 5), set()),
    ],
)
def test_qd02_holds_the_issue_log_against_the_ammunition_ledger(check, book, cases):
    outcome, _ = check("QD-02", gun_issue=[issue()], ammo_txn=book)
    assert {hit["case"] for hit in outcome.hits} == cases


def test_qd02_lets_misfires_go_back_into_the_store(check):
    row = issue(ammo_used=93, dud_count=2)
    for back in (5, 7):
        assert check("QD-02", gun_issue=[row], ammo_txn=booked(100, back))[0].outcome == "passed"


def test_qd02_takes_two_issues_of_a_unit_under_one_number_for_one_draw(check):
    def found(*rows):
        outcome, _ = check("QD-02", gun_issue=[*rows, issue(2)])
        return {(hit["unit"], hit["subject"], len(hit["_rids"])) for hit in outcome.hits}

    few, many = issue(ammo_used=90), issue(ammo_used=100)
    assert found(few, many) == set()
    assert found(few, issue()) == {("U1", "I1", 2)}
    assert found(few, many | {"unit_id": "U2"}) == {("U1", "I1", 1), ("U2", "I1", 1)}


def test_a_slip_is_not_over_while_one_of_its_guns_is_out(check):
    rows = [issue(slip_no="S", ammo_used=0, ammo_returned=0), issue(2, slip_no="S", in_time=None)]
    assert check("QD-02", gun_issue=rows)[0].outcome == "passed"


ROSTER = [{"ath_id": "A1", "sport": "射击"}]


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({"ammo_used": 142}, set()),
        ({"ammo_used": 150}, {"amount"}),
        ({"out_time": datetime(2021, 3, 1, 22, 0)}, set()),
        ({"out_time": datetime(2021, 3, 1, 22, 1)}, {"hours"}),
        ({"out_time": datetime(2021, 3, 1, 5, 59)}, {"hours"}),
        ({"out_time": datetime(2021, 3, 1)}, set()),
        ({"ammo_used": None}, set()),
    ],
)
def test_qd_b04_looks_at_amount_and_hour(check, change, cases):
    usual = [issue(n) for n in range(2, 41)]
    outcome, findings = check("QD-B04", gun_issue=[*usual, issue(**change)], athlete=ROSTER)
    assert {hit["case"] for hit in outcome.hits} == cases
    assert {finding["kind"] for finding in findings} <= {"suspect"}


def test_qd_b04_compares_with_nobody_when_there_are_few(check):
    few = [issue(n) for n in range(2, 20)]
    assert check("QD-B04", gun_issue=[*few, issue(ammo_used=900)], athlete=ROSTER)[0].outcome == "passed"


def test_qd_b04_accepts_a_day_off_in_a_month_with_a_plan(check):
    holiday = issue(out_time=datetime(2021, 10, 1, 9), in_time=datetime(2021, 10, 1, 12))
    plans = [{"plan_id": "P", "unit_id": "U1", "plan_month": date(2021, 10, 1)}]
    assert check("QD-B04", gun_issue=[holiday], athlete=ROSTER, ammo_plan=plans)[0].outcome == "passed"
    nameless = [holiday | {"unit_id": None}]
    assert check("QD-B04", gun_issue=nameless, athlete=ROSTER, ammo_plan=plans)[0].outcome == "passed"
    plans[0]["plan_month"] = date(2021, 9, 1)
    outcome, _ = check("QD-B04", gun_issue=[holiday], athlete=ROSTER, ammo_plan=plans)
    assert {hit["case"] for hit in outcome.hits} == {"day"}
    assert check("QD-B04", gun_issue=[holiday], athlete=ROSTER)[0].outcome == "passed"


@pytest.mark.parametrize("rule", ["QD-03", "QD-B04"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
