"""Risk register rules: a row that breaks each, a row that just does not, and missing data."""

from datetime import date
from pathlib import Path

import pytest

from mingjing import Audit
from mingjing.analyse import risk as analyse

SAMPLE = Path(__file__).parents[2] / "data" / "sample"

FLAGS = ("has_armory", "has_canteen", "has_athletes", "is_public_venue")


def risk(**more):
    return {
        "risk_id": "R1",
        "unit_id": "U1",
        "dept": "财务科",
        "post": "会计",
        "person_id": "P1",
        "key_area": "财务",
        "power_item": "报销审核",
        "risk_desc": "虚列支出",
        "likelihood": 3,
        "impact": 5,
        "risk_level": "高",
        "controls": "双人复核；抽查",
        "control_count": 2,
        "leader_id": "P2",
        "identified_date": date(2021, 7, 1),
        "last_review_date": None,
        "status": "有效",
    } | more


def person(**more):
    return {
        "person_id": "P1",
        "name": "甲",
        "unit_id": "U1",
        "post": "会计",
        "post_level": "一般",
        "is_key_post": True,
        "post_start_date": date(2016, 12, 31),
        "last_special_audit_date": None,
        "status": "在岗",
    } | more


LEADER = person(person_id="P2", post_level="班子副职", is_key_post=False)


@pytest.mark.parametrize(
    ("rule", "change", "cases"),
    [
        ("LZ-01", {}, set()),
        ("LZ-01", {"controls": None}, {"blank"}),
        ("LZ-01", {"leader_id": None}, {"blank"}),
        ("LZ-01", {"leader_id": None, "status": "已撤销"}, set()),
        ("LZ-02", {}, set()),
        ("LZ-02", {"risk_level": "一级"}, set()),
        ("LZ-02", {"likelihood": 4, "impact": 3}, {"band"}),
        ("LZ-02", {"likelihood": 4, "impact": 3, "risk_level": "中"}, set()),
        ("LZ-02", {"likelihood": 2, "impact": 4, "risk_level": "二级"}, set()),
        ("LZ-02", {"likelihood": 2, "impact": 3, "risk_level": "低"}, set()),
        ("LZ-02", {"likelihood": 2, "impact": 3, "risk_level": "中"}, {"band"}),
        ("LZ-02", {"impact": None}, {"unscored"}),
        ("LZ-02", {"impact": 6}, {"scale"}),
        ("LZ-02", {"likelihood": 0}, {"scale"}),
        ("LZ-02", {"risk_level": None}, set()),
        ("LZ-03", {}, set()),
        ("LZ-03", {"control_count": 1}, {"few"}),
        ("LZ-03", {"control_count": 1, "risk_level": "中"}, set()),
        ("LZ-03", {"control_count": None}, set()),
        ("LZ-03", {"leader_id": "P1"}, {"leader"}),
        ("LZ-03", {"leader_id": None}, set()),
        ("LZ-04", {}, set()),
        ("LZ-04", {"identified_date": date(2021, 6, 30)}, {"overdue"}),
        ("LZ-04", {"identified_date": date(2021, 1, 1), "last_review_date": date(2021, 7, 1)}, set()),
        ("LZ-04", {"identified_date": date(2021, 1, 1), "risk_level": "三级"}, set()),
        ("LZ-04", {"identified_date": date(2020, 12, 30), "risk_level": "三级"}, {"overdue"}),
        ("LZ-04", {"identified_date": date(2021, 1, 1), "risk_level": None}, set()),
    ],
)
def test_a_risk_point_is_judged_at_its_limits(check, rule, change, cases):
    full = risk(risk_id="R0", leader_id="P2")
    outcome, findings = check(rule, risk_register=[full, risk(**change)], person=[person(), LEADER])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [finding["row"] for finding in findings] == ([3] if cases else [])


def test_lz04_six_months_to_the_day_are_within_the_limit(check):
    row = risk(identified_date=date(2021, 6, 30))
    assert not len(check("LZ-04", "2021", date(2021, 12, 30), risk_register=[row])[1])
    assert len(check("LZ-04", "2021", date(2021, 12, 31), risk_register=[row])[1])


def unit(**more):
    return {"unit_id": "U1", "unit_name": "中心", "active": True} | dict.fromkeys(FLAGS, False) | more


def points(*areas, **more):
    return [risk(risk_id=area, key_area=area, **more) for area in areas]


@pytest.mark.parametrize(
    ("flags", "register", "gaps"),
    [
        ({}, points("财务", "采购", "人事"), set()),
        ({}, points("财务", "采购"), {"U1|人事"}),
        ({"has_armory": True}, points("财务", "采购", "人事"), {"U1|枪弹"}),
        ({"has_armory": None}, points("财务", "采购", "人事"), set()),
        ({"active": False}, points("食堂"), set()),
        ({"active": None}, points("财务", "采购"), {"U1|人事"}),
        ({}, points("财务", "采购", "人事", unit_id="U2"), {"U1|财务", "U1|采购", "U1|人事"}),
        ({}, points("财务", "采购") + points("人事", status="已撤销"), {"U1|人事"}),
    ],
)
def test_lz05_names_each_area_without_a_risk_point(check, flags, register, gaps):
    _, findings = check("LZ-05", unit=[unit(**flags)], risk_register=register)
    assert {finding["subject"] for finding in findings} == gaps


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, False),
        ({"post_start_date": date(2016, 12, 30)}, True),
        ({"post_start_date": date(2016, 12, 30), "last_special_audit_date": date(2020, 12, 31)}, False),
        ({"post_start_date": date(2016, 12, 30), "last_special_audit_date": date(2020, 12, 30)}, True),
        ({"post_start_date": date(2016, 12, 30), "last_special_audit_date": date(2022, 1, 1)}, True),
        ({"post_start_date": date(2010, 1, 1), "is_key_post": None}, False),
        ({"post_start_date": date(2010, 1, 1), "status": "退休"}, False),
        (
            {
                "post_start_date": date(2010, 1, 1),
                "status": "退休",
                "status_date": date(2021, 12, 31),
            },
            False,
        ),
        (
            {
                "post_start_date": date(2010, 1, 1),
                "status": "退休",
                "status_date": date(2022, 1, 1),
            },
            True,
        ),
    ],
)
def test_lz06_five_years_to_the_day_are_within_the_limit(check, change, found):
    assert len(check("LZ-06", person=[person(**change)])[1]) == found


def talk(day, **more):
    return {
        "rec_id": str(day),
        "rec_type": "廉政谈话",
        "subject_id": "P2",
        "unit_id": "U1",
        "done_date": day,
        "content": "谈话",
        "target_person_id": "P1",
    } | more


YEAR = [talk(date(2021, 1, 1)), talk(date(2021, 12, 31))]


@pytest.mark.parametrize(
    ("records", "register", "period", "cases"),
    [
        (YEAR, [risk()], "2021", set()),
        (YEAR[:1], [risk()], "2021", {"few"}),
        (YEAR[:1], [risk(risk_level="中")], "2021", set()),
        (YEAR[:1], [risk(person_id="P9")], "2021", set()),
        ([talk(date(2020, 12, 31))], [risk(risk_level="中")], "2021", {"few"}),
        ([talk(date(2021, 5, 1), rec_type="党课")], [risk(risk_level="中")], "2021", {"few"}),
        ([talk(date(2021, 5, 1), target_person_id="P2")], [risk(risk_level="中")], "2021Q3", {"progress"}),
        (YEAR[:1], [risk()], "2021Q3", set()),
    ],
)
def test_lz07_counts_talks_by_year_and_only_warns_before_its_end(check, records, register, period, cases):
    outcome, findings = check("LZ-07", period, person=[person()], duty_record=records, risk_register=register)
    assert {hit["case"] for hit in outcome.hits} == cases
    assert {finding["kind"] for finding in findings} == (
        {"warning"} if cases == {"progress"} else {"breach"} if cases else set()
    )


def test_lz07_who_left_after_the_year_was_there_all_of_it(check):
    for gone, found in ((date(2021, 12, 31), 0), (date(2022, 1, 1), 1)):
        left = person(status="调出", status_date=gone)
        assert len(check("LZ-07", person=[left], duty_record=[talk(date(2020, 5, 1))])[1]) == found


def test_lz07_without_a_risk_register_asks_for_the_lower_number(check):
    assert not len(check("LZ-07", person=[person()], duty_record=YEAR[:1])[1])


@pytest.mark.parametrize("rule", ["LZ-01", "LZ-02", "LZ-03", "LZ-04", "LZ-05", "LZ-06", "LZ-07", "LZ-B02"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")


def seen(**more):
    return {
        "_rid": 9,
        "rule_id": "ST-07",
        "prefix": "ST",
        "severity": "high",
        "unit": "U1",
        "subject": "x",
        "date": date(2021, 5, 1),
    } | more


@pytest.mark.parametrize(
    ("register", "finding", "found"),
    [
        ([risk(key_area="食堂", risk_level="三级")], seen(), 1),
        ([risk(key_area="食堂", risk_level="低")], seen(severity="medium"), 0),
        ([risk(key_area="食堂", risk_level="低")], seen(unit="U2"), 0),
        ([risk(key_area="食堂", risk_level="低")], seen(prefix="QD"), 0),
        ([risk(key_area="食堂", risk_level="中")], seen(), 0),
        (
            [risk(key_area="食堂", risk_level="低"), risk(risk_id="R2", key_area="食堂", risk_level="高")],
            seen(),
            0,
        ),
        ([risk(key_area="食堂", risk_level="低", status="已撤销")], seen(), 0),
        ([risk(key_area="食堂", risk_level=None)], seen(), 0),
        (
            [risk(key_area="食堂", risk_level="低"), risk(risk_id="R2", key_area="食堂", risk_level=None)],
            seen(),
            1,
        ),
    ],
)
def test_lzb02_sets_risk_on_paper_against_risk_seen(check, register, finding, found):
    outcome, findings = check("LZ-B02", risk_register=[risk(risk_id="R0"), *register], finding=[finding])
    assert len(findings) == found and all(hit["_rids"] == [3, 9] for hit in outcome.hits)


def test_a_point_not_filled_in_is_told_by_what_it_leaves_blank(check):
    row = risk(controls=None, leader_id=None, risk_level="高")
    [finding] = check("LZ-01", risk_register=[row], person=[person()])[1]
    assert finding["message_zh"] == "财务科会计风险点登记不全，未填：防控措施、防控责任领导"
    assert finding["message_en"] == "财务科 accountant: risk point incomplete, blank: Controls, Leader"


def test_an_area_without_rules_of_its_own_has_no_findings_to_show_and_not_none():
    """Personnel has no ledger that bears a rating out: a nought would read as nothing found."""
    audit = Audit.open(SAMPLE, "2021")
    points = analyse.points(audit)
    assert (
        points[points.area == "人事"].findings.isna().all()
        and points[points.area == "财务"].findings.notna().all()
    )
    venues = points[points.area == "场馆"]
    assert len(venues) and venues.findings.isna().all(), (
        "venues are kept by county: no rule looks at a unit's"
    )
    seen = analyse.seen_by_area(audit)
    assert {"人事", "场馆"} & set(seen.area) and not {"人事", "场馆"} & set(analyse.drawn(seen).area)
    assert analyse.not_drawn(seen, "zh").endswith("图中不列，不等于没有问题。")
    assert analyse.not_drawn(analyse.drawn(seen), "zh") == ""
    names = list(dict.fromkeys(seen.unit))
    assert names == sorted(names, key=list(audit.names.values()).index), "units in the order of their list"
    assert "市体育运动学校（财务）" in analyse.first_screen(audit).zh
    assert "(finance)" in analyse.first_screen(audit).en
