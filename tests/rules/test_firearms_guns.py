"""Registers, borrowers and outings of guns: what breaks a rule, what just does not, and what is missing."""

from datetime import date, datetime

import pytest

AS_OF = date(2021, 12, 31)


def gun(**more):
    return {
        "gun_no": "G1",
        "unit_id": "U1",
        "permit_no": "Z1",
        "permit_expiry": date(2022, 6, 30),
        "last_inspect_date": date(2021, 6, 1),
        "status": "在库",
        "status_date": date(2021, 1, 1),
        "surrender_date": None,
    } | more


WHOLE = gun(gun_no="G0", permit_no="Z0", surrender_date=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("rule", "change", "cases"),
    [
        ("QD-08", {}, set()),
        ("QD-08", {"permit_no": None}, {"none"}),
        ("QD-08", {"permit_expiry": None}, {"undated"}),
        ("QD-08", {"permit_expiry": AS_OF}, {"soon"}),
        ("QD-08", {"permit_expiry": date(2021, 12, 30)}, {"expired"}),
        ("QD-08", {"permit_expiry": date(2022, 3, 1)}, {"soon"}),
        ("QD-08", {"permit_expiry": date(2022, 3, 2)}, set()),
        ("QD-08", {"last_inspect_date": date(2020, 12, 31)}, set()),
        ("QD-08", {"last_inspect_date": date(2020, 12, 30)}, {"overdue"}),
        ("QD-08", {"last_inspect_date": None}, {"never"}),
        ("QD-08", {"last_inspect_date": None, "permit_no": None, "status": "上缴"}, set()),
        ("QD-08", {"permit_no": None, "status": "上缴", "status_date": date(2022, 1, 1)}, {"none"}),
        ("QD-08", {"permit_no": None, "status": "送修"}, {"none"}),
        ("QD-08", {"permit_no": "Z0"}, {"same_permit"}),
        ("QD-08", {"gun_no": "G0"}, {"same_number"}),
        ("QD-B03", {"status": "报废", "status_date": date(2021, 12, 1)}, set()),
        ("QD-B03", {"status": "报废", "status_date": date(2021, 11, 30)}, {"open"}),
        ("QD-B03", {"status": "报废", "surrender_date": date(2021, 1, 31)}, set()),
        ("QD-B03", {"status": "报废", "surrender_date": date(2021, 2, 1)}, {"late"}),
        ("QD-B03", {"status": "报废", "surrender_date": date(2022, 1, 5)}, {"open"}),
        ("QD-B03", {"status": "报废", "status_date": None}, {"undated"}),
    ],
)
def test_a_gun_on_the_register_is_judged_at_its_limits(check, rule, change, cases):
    outcome, _ = check(rule, gun=[WHOLE, gun(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases


def test_a_shared_permit_names_both_guns(check):
    _, (finding,) = check("QD-08", gun=[WHOLE, gun(permit_no="Z0")])
    assert '"row": 2' in finding["evidence"] and '"row": 3' in finding["evidence"]


def test_a_permit_about_to_expire_is_a_warning_of_low_severity(check):
    _, (finding,) = check("QD-08", gun=[WHOLE, gun(permit_expiry=date(2022, 1, 5))])
    assert (finding["kind"], finding["severity"]) == ("warning", "low")


def athlete(**more):
    return {
        "ath_id": "A1",
        "role": "运动员",
        "sport": "射击",
        "in_training": True,
        "start_date": date(2021, 3, 1),
        "end_date": None,
    } | more


def draw(**more):
    return {
        "issue_id": "I1",
        "unit_id": "U1",
        "gun_no": "G1",
        "purpose": "训练",
        "borrower_id": "A1",
        "coach_id": "C1",
        "out_time": datetime(2021, 3, 1, 9),
        "in_time": datetime(2021, 3, 1, 12),
    } | more


@pytest.mark.parametrize(
    ("person", "change", "cases"),
    [
        ({}, {}, set()),
        ({}, {"borrower_id": "甲"}, {"unknown"}),
        ({}, {"borrower_id": "甲", "purpose": "检修"}, set()),
        ({"sport": "田径"}, {}, {"sport"}),
        ({"sport": "气步枪"}, {}, set()),
        ({"sport": None}, {}, {"sport"}),
        ({"start_date": date(2021, 3, 2)}, {}, {"dates"}),
        ({"end_date": date(2021, 3, 1)}, {}, set()),
        ({"end_date": date(2021, 2, 28)}, {}, {"dates"}),
        ({"in_training": False}, {}, {"undated"}),
        ({"in_training": False, "end_date": date(2021, 6, 1)}, {}, set()),
        ({"in_training": None}, {}, set()),
        ({}, {"coach_id": None}, {"coach"}),
        ({}, {"coach_id": "A1"}, {"coach"}),
        ({"role": "教练员"}, {"coach_id": None}, set()),
    ],
)
def test_qd13_wants_a_rostered_borrower_and_a_coach(check, person, change, cases):
    known = athlete(ath_id="A0", end_date=date(2021, 12, 1), in_training=True)
    rows = [draw(issue_id="I0", borrower_id="A0"), draw(**change)]
    outcome, _ = check("QD-13", gun_issue=rows, athlete=[known, athlete(**person)])
    assert {hit["case"] for hit in outcome.hits} == cases


@pytest.mark.parametrize(
    ("back", "cases"),
    [
        (datetime(2021, 3, 1, 14), set()),
        (datetime(2021, 3, 1, 14, 1), {"overlap"}),
        (None, {"overlap"}),
        (datetime(2022, 1, 3), {"overlap"}),
    ],
)
def test_qd_b02_lets_issues_of_one_gun_touch_but_not_overlap(check, back, cases):
    rows = [
        draw(in_time=back),
        draw(issue_id="I2", out_time=datetime(2021, 3, 1, 14), in_time=datetime(2021, 3, 1, 16)),
        draw(issue_id="I3", gun_no="G2", out_time=datetime(2021, 3, 1, 10)),
    ]
    outcome, findings = check("QD-B02", gun_issue=rows, gun=[gun()])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [finding["subject"] for finding in findings] == (["I2"] if cases else [])


@pytest.mark.parametrize(
    ("change", "purpose", "cases"),
    [
        ({"status": "封存", "status_date": date(2021, 2, 28)}, "训练", {"status"}),
        ({"status": "封存", "status_date": date(2021, 3, 1)}, "训练", set()),
        ({"status": "封存", "status_date": None}, "训练", set()),
        ({"status": "送修", "status_date": date(2021, 2, 28)}, "检修", set()),
        ({"status": "送修", "status_date": date(2021, 2, 28)}, "训练", {"status"}),
    ],
)
def test_qd_b02_knows_when_a_gun_could_not_be_issued(check, change, purpose, cases):
    outcome, _ = check("QD-B02", gun_issue=[draw(purpose=purpose)], gun=[gun(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases


@pytest.mark.parametrize("rule", ["QD-08", "QD-13", "QD-B02", "QD-B03"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")


@pytest.mark.parametrize("column", ["permit_no", "permit_expiry", "last_inspect_date"])
def test_a_column_nobody_keeps_is_no_pass(check, column):
    row = {name: value for name, value in gun().items() if name != column}
    outcome, _ = check("QD-08", gun=[row])
    assert outcome.reason == ("column_missing", f"gun.{column}")
