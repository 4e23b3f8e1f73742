"""Two keepers for every handing over, and a store that is never left alone."""

from datetime import date, datetime, timedelta

import pytest


def person(person_id, **more):
    return {
        "person_id": person_id,
        "auth_armory": True,
        "post_start_date": date(2020, 1, 1),
        "status": "在岗",
        "status_date": None,
    } | more


def issue(**more):
    return {
        "issue_id": "I1",
        "unit_id": "U1",
        "gun_no": "G1",
        "out_time": datetime(2021, 3, 1, 9),
        "in_time": datetime(2021, 3, 1, 12),
        "keeper_out1": "K1",
        "keeper_out2": "K2",
        "keeper_in1": "K1",
        "keeper_in2": "K2",
    } | more


@pytest.mark.parametrize(
    ("who", "change", "cases"),
    [
        ({}, {}, set()),
        ({}, {"keeper_out2": None}, {"one"}),
        ({}, {"keeper_in2": "K1"}, {"one"}),
        ({}, {"keeper_in1": None, "keeper_in2": None}, {"none"}),
        ({}, {"keeper_in1": None, "keeper_in2": None, "in_time": None}, set()),
        ({}, {"keeper_in1": None, "keeper_in2": None, "in_time": datetime(2022, 1, 1)}, set()),
        ({}, {"keeper_out2": "外人"}, {"stranger"}),
        ({"auth_armory": False}, {}, {"unauthorised"}),
        ({"auth_armory": None}, {}, set()),
        ({"auth_armory": False, "post_start_date": date(2021, 3, 2)}, {}, set()),
        ({"auth_armory": False, "status": "调出", "status_date": date(2021, 3, 2)}, {}, set()),
        ({"status": "调出", "status_date": date(2021, 3, 1)}, {}, set()),
        ({"status": "调出", "status_date": date(2021, 2, 28)}, {}, {"left"}),
        ({"status": "调出", "status_date": None}, {}, set()),
    ],
)
def test_qd06_wants_two_authorised_keepers(check, who, change, cases):
    whole = issue(issue_id="I0", keeper_out1="K0", keeper_out2="K9", keeper_in1="K0", keeper_in2="K9")
    staff = [person("K0"), person("K9", status_date=date(2020, 1, 1)), person("K1"), person("K2", **who)]
    outcome, _ = check("QD-06", gun_issue=[whole, issue(**change)], person=staff)
    assert {hit["case"] for hit in outcome.hits} == cases


@pytest.mark.parametrize(
    ("kind", "second", "cases"), [("领出", "K2", set()), ("领出", None, {"one"}), ("期初", None, set())]
)
def test_qd06_looks_at_ammunition_too(check, kind, second, cases):
    line = {
        "txn_id": "X",
        "unit_id": "U1",
        "txn_time": datetime(2021, 3, 1),
        "txn_type": kind,
        "handler1": "K1",
    }
    data = {"person": [person("K1"), person("K2")], "ammo_txn": [line | {"handler2": second}]}
    outcome, _ = check("QD-06", gun_issue=[issue()], **data)
    assert {hit["case"] for hit in outcome.hits} == cases


UNIT = {"unit_id": "U1", "has_armory": True, "active": True}


def roster(days=31, hours=12, **more):
    start = datetime(2021, 3, 1)
    return [
        {
            "check_id": f"D{n}",
            "unit_id": "U1",
            "storeroom": "枪库",
            "rec_type": "值班",
            "start_time": start + timedelta(hours=hours * n),
            "end_time": start + timedelta(hours=hours * (n + 1)),
            "person1": "P1",
            "person2": "P2",
        }
        | more
        for n in range(days * 24 // hours)
    ]


def hits(check, rows, **more):
    outcome, findings = check("QD-11", period="2021-03", armory_check=rows, unit=[UNIT], **more)
    return {hit["case"] for hit in outcome.hits}, findings


def test_qd11_passes_a_month_guarded_round_the_clock(check):
    assert hits(check, roster())[0] == set()


@pytest.mark.parametrize(("minutes", "cases"), [(15, set()), (16, {"gap"})])
def test_qd11_allows_the_minutes_of_a_handover(check, minutes, cases):
    rows = roster()
    rows[7]["end_time"] -= timedelta(minutes=minutes)
    found, findings = hits(check, rows)
    assert found == cases
    if cases:
        (finding,) = findings
        assert (finding["subject"], finding["row"]) == ("枪库|2021-03", 9)


def test_qd11_puts_the_gaps_of_a_month_together(check):
    rows = [row for n, row in enumerate(roster()) if n not in (0, 10, 20, 61)]
    _, (finding,) = hits(check, rows)
    assert "4次共48小时" in finding["message_zh"] and "93.55%" in finding["message_zh"]


def test_qd11_sees_each_month_of_a_long_silence(check):
    _, findings = check("QD-11", period="2021Q1", armory_check=roster(), unit=[UNIT])
    assert {finding["subject"] for finding in findings} == {"枪库|2021-01", "枪库|2021-02"}


def test_qd11_does_not_trust_the_order_of_the_file_and_lets_duties_overlap(check):
    rows = roster()
    rows[3]["end_time"] += timedelta(hours=30)
    del rows[5]
    assert hits(check, rows[::-1])[0] == set()


@pytest.mark.parametrize("second", [None, "P1"])
def test_qd11_wants_two_different_guards(check, second):
    rows = roster()
    rows[7]["person2"] = second
    found, (finding,) = hits(check, rows)
    assert found == {"few"} and '"row": 9' in finding["evidence"] and '"row": 8' not in finding["evidence"]


def test_qd11_names_a_duty_without_an_end_and_assumes_no_gap(check):
    rows = roster()
    rows[7]["end_time"] = None
    assert hits(check, rows)[0] == {"endless"}


def test_qd11_reads_a_duty_by_date_as_the_whole_day(check):
    rows = roster(hours=24)
    for row in rows:
        row["end_time"] = row["start_time"]
    assert hits(check, rows)[0] == set()


def test_qd11_leaves_out_days_when_everything_was_handed_over(check):
    rows = [row for n, row in enumerate(roster()) if n not in (10, 11)]
    closed = {"unit_id": "U1", "from_date": date(2021, 3, 6), "to_date": date(2021, 3, 6), "reason": "停训"}
    assert hits(check, rows, closed_period=[closed])[0] == {"gap"}
    closed["reason"] = "枪弹移交公安代管"
    assert hits(check, rows, closed_period=[closed])[0] == set()


def test_qd11_names_an_armoury_in_use_without_any_duty(check):
    others = [
        UNIT | {"unit_id": unit, "active": use} for unit, use in (("U2", True), ("U3", None), ("U4", False))
    ]
    outcome, _ = check("QD-11", period="2021-03", armory_check=roster(), unit=[UNIT, *others])
    assert [(hit["case"], hit["subject"]) for hit in outcome.hits] == [("none", "U2"), ("none", "U3")]


def test_qd11_does_not_run_where_nobody_keeps_a_duty_roster(check):
    outcome, _ = check("QD-11", period="2021-03", armory_check=roster(rec_type="日清点"), unit=[UNIT])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_rows")


@pytest.mark.parametrize("rule", ["QD-06", "QD-11"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
