"""Safety rules: a row that breaks each, a row that just does not, and missing data."""

from datetime import date, datetime

import pytest


def hazard(**more):
    return {
        "hazard_id": "H1",
        "unit_id": "U1",
        "found_date": date(2021, 3, 1),
        "location": "库房",
        "hazard_level": "一般",
        "measure": "更换",
        "fund_amount": 0.0,
        "responsible_id": "P1",
        "deadline": date(2021, 3, 16),
        "orig_deadline": None,
        "extension_no": None,
        "plan_doc": "预案1",
        "report_time": datetime(2021, 3, 2, 23),
        "status": "已整改",
        "rect_date": date(2021, 3, 16),
        "reviewer_id": "P2",
        "review_date": date(2021, 3, 16),
        "evidence_ref": "E1",
        "is_accident": False,
        "accident_know_time": datetime(2021, 3, 1, 8),
        "accident_report_time": datetime(2021, 3, 1, 9),
    } | more


FULL = hazard(
    hazard_id="H0",
    evidence_ref="E0",
    orig_deadline=date(2021, 3, 16),
    extension_no="Y0",
    deadline=date(2021, 3, 16),
)
MAJOR = {"hazard_level": "重大"}
ACCIDENT = {"is_accident": True}


@pytest.mark.parametrize(
    ("rule", "change", "cases"),
    [
        ("AQ-01", {}, set()),
        ("AQ-01", {"rect_date": date(2021, 3, 17)}, {"late"}),
        ("AQ-01", {"rect_date": None}, {"open"}),
        ("AQ-01", {"rect_date": None, "deadline": date(2021, 12, 31)}, set()),
        ("AQ-01", {"deadline": None}, set()),
        ("AQ-01", {"deadline": None, "rect_date": date(2021, 3, 17)}, {"late"}),
        ("AQ-01", {"deadline": None, "rect_date": date(2021, 5, 30)} | MAJOR, set()),
        ("AQ-01", {"orig_deadline": date(2021, 3, 10)}, {"late"}),
        ("AQ-01", {"orig_deadline": date(2021, 3, 10), "extension_no": "Y1"}, set()),
        ("AQ-01", {"rect_date": None} | ACCIDENT, set()),
        ("AQ-02", MAJOR, set()),
        ("AQ-02", MAJOR | {"fund_amount": None}, {"elements"}),
        ("AQ-02", MAJOR | {"report_time": datetime(2021, 3, 3)}, {"late"}),
        ("AQ-02", MAJOR | {"report_time": None}, {"unreported"}),
        ("AQ-02", {"fund_amount": None, "report_time": None}, set()),
        ("AQ-03", {}, set()),
        ("AQ-03", {"reviewer_id": "P1"}, {"self"}),
        ("AQ-03", {"reviewer_id": None, "evidence_ref": None}, {"reviewer", "evidence"}),
        ("AQ-03", {"review_date": date(2021, 3, 15)}, {"early"}),
        ("AQ-03", {"status": "整改中", "reviewer_id": None}, set()),
        ("AQ-B02", ACCIDENT, set()),
        ("AQ-B02", ACCIDENT | {"accident_report_time": datetime(2021, 3, 1, 9, 1)}, {"late"}),
        ("AQ-B02", ACCIDENT | {"accident_report_time": None}, {"silent"}),
        ("AQ-B02", ACCIDENT | {"accident_know_time": None}, {"undated"}),
        ("AQ-B02", {"accident_report_time": None}, set()),
    ],
)
def test_a_hazard_is_judged_at_its_limits(check, rule, change, cases):
    outcome, findings = check(rule, hazard=[FULL, hazard(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [finding["row"] for finding in findings] == ([3] if cases else [])


def test_aq01_looks_at_a_past_day_as_it_was_then(check):
    row = hazard(deadline=date(2021, 3, 10), rect_date=date(2021, 3, 12))
    assert {h["case"] for h in check("AQ-01", "2021", date(2021, 3, 11), hazard=[FULL, row])[0].hits} == {
        "open"
    }
    assert check("AQ-01", "2021", date(2021, 3, 10), hazard=[FULL, row])[0].outcome == "passed"


@pytest.mark.parametrize(("found", "hits"), [(date(2021, 3, 2), [2, 3]), (date(2021, 3, 1), [])])
def test_aq03_points_at_one_evidence_for_hazards_of_different_days(check, found, hits):
    rows = [hazard(), hazard(hazard_id="H2", found_date=found), hazard(hazard_id="H3", evidence_ref="E2")]
    _, findings = check("AQ-03", hazard=rows)
    assert [f["row"] for f in findings] == hits
    assert {(f["kind"], f["severity"]) for f in findings} <= {("suspect", "low")}


@pytest.mark.parametrize("rule", ["AQ-01", "AQ-02", "AQ-03", "AQ-B02"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
