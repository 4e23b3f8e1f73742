"""Guards who only guard, and inspections from above."""

from datetime import date, datetime, timedelta

import pytest


def duty(number, hours=12, **more):
    start = datetime(2021, 3, 1, 8) + timedelta(days=number)
    return {
        "check_id": f"D{number}",
        "unit_id": "U1",
        "storeroom": "枪库",
        "rec_type": "值班",
        "start_time": start,
        "end_time": start + timedelta(hours=hours),
        "person1": "P1",
        "person2": "P2",
    } | more


ISSUE = {
    "issue_id": "I1",
    "unit_id": "U1",
    "gun_no": "G1",
    "out_time": datetime(2021, 3, 1, 9),
    "in_time": datetime(2021, 3, 1, 12),
    "keeper_out1": "K1",
    "keeper_out2": "K2",
    "keeper_in1": "K1",
    "keeper_in2": "K2",
}
STAFF = [{"person_id": p, "post": "守护员", "guard_cert_no": "BA"} for p in ("P1", "P2", "K1", "K2")]


@pytest.mark.parametrize(
    ("change", "staff", "cases"),
    [
        ({}, STAFF, set()),
        ({"keeper_in2": "P2"}, STAFF, {"keeper"}),
        ({"keeper_in2": "P2", "in_time": None}, STAFF, set()),
        ({}, [STAFF[0], STAFF[1] | {"guard_cert_no": None}, *STAFF[2:]], {"certificate"}),
        ({}, [*STAFF[:3], STAFF[3] | {"guard_cert_no": None}], set()),
        ({}, [{k: v for k, v in row.items() if k != "guard_cert_no"} for row in STAFF], set()),
        ({}, STAFF[1:], {"stranger"}),
    ],
)
def test_qd19_wants_guards_who_only_guard(check, change, staff, cases):
    outcome, _ = check("QD-19", armory_check=[duty(1), duty(2)], gun_issue=[ISSUE | change], person=staff)
    assert {hit["case"] for hit in outcome.hits} == cases


def test_qd19_has_the_day_of_the_row_it_shows(check):
    """Not of the first duty: the row shown is the one where the guard signed as a keeper."""
    later = {"out_time": datetime(2021, 8, 9, 9), "in_time": datetime(2021, 8, 9, 12)}
    signed = [ISSUE, ISSUE | later | {"issue_id": "I2", "keeper_out1": "P1", "keeper_in1": "P1"}]
    [finding] = check("QD-19", armory_check=[duty(1)], gun_issue=signed, person=STAFF)[1]
    assert (finding["row"], finding["date"]) == (3, date(2021, 8, 9))
    assert finding["message_zh"].endswith("又以保管员身份签字2次")


@pytest.mark.parametrize(
    ("rows", "cases"),
    [
        ([duty(1, 24)], set()),
        ([duty(1, 24 + 1 / 60)], {"long"}),
        ([duty(1, 24), duty(2, 1)], {"long"}),
        (
            [duty(1, 12), duty(1, 12, start_time=datetime(2021, 3, 2, 20), end_time=datetime(2021, 3, 3, 8))],
            set(),
        ),
        ([duty(1, 23.7), duty(2, 1)], set()),
        ([duty(1, 23.75), duty(2, 1)], {"long"}),
        ([duty(1, 24), duty(2, 12, person1="P3", person2="P4")], set()),
        ([duty(1, 24, person2="P4"), duty(2, 12, person1="P4", person2="P1", storeroom="弹库")], {"long"}),
        ([duty(1, end_time=None), duty(2, 1)], set()),
        ([duty(1, start_time=datetime(2021, 3, 1), end_time=datetime(2021, 3, 4))], set()),
    ],
)
def test_qd20_adds_up_duties_without_a_rest(check, rows, cases):
    outcome, _ = check("QD-20", armory_check=[duty(9), *rows])
    assert {hit["case"] for hit in outcome.hits} == cases


@pytest.mark.parametrize(
    ("other", "cases"),
    [
        ({"storeroom": "弹库"}, {"both"}),
        ({}, set()),
        ({"storeroom": "弹库", "person1": "P3", "person2": None}, set()),
        (
            {
                "storeroom": "弹库",
                "start_time": datetime(2021, 3, 2, 20),
                "end_time": datetime(2021, 3, 2, 23),
            },
            set(),
        ),
        ({"storeroom": "弹库", "start_time": datetime(2021, 3, 2, 19, 59)}, {"both"}),
        ({"unit_id": "U2"}, {"both"}),
        ({"storeroom": "弹库", "end_time": None}, set()),
    ],
)
def test_qd21_puts_nobody_in_two_stores(check, other, cases):
    second = duty(1, check_id="D", person2="P1", end_time=datetime(2021, 3, 2, 22), person1="P7") | other
    outcome, findings = check("QD-21", armory_check=[duty(1), second])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert all('"row": 2' in f["evidence"] and '"row": 3' in f["evidence"] for f in findings)


UNIT = {"unit_id": "U1", "has_armory": True, "active": True}


def visit(number, level, **more):
    base = {"check_id": f"C{number}", "unit_id": "U1", "rec_type": "上级检查", "inspect_level": level}
    return base | {"start_time": datetime(2021, number, 1, 9)} | more


ALL = [visit(1, "省"), visit(2, "市"), visit(3, "区")]


@pytest.mark.parametrize(
    ("rows", "cases"),
    [
        (ALL, set()),
        (ALL[1:], {"province"}),
        (ALL[:1], {"city", "district"}),
        ([*ALL[:2], visit(3, "区", rec_type="值班")], {"district"}),
        ([*ALL[:2], visit(3, "区", unit_id="U2")], {"district"}),
        ([*ALL[:2], visit(3, None)], {"district_unstated"}),
        ([*ALL[:2], visit(3, "区", start_time=datetime(2020, 12, 31))], {"district"}),
    ],
)
def test_qd22_wants_all_three_levels_in_the_year(check, rows, cases):
    outcome, findings = check("QD-22", unit=[UNIT], armory_check=rows)
    assert {hit["case"] for hit in outcome.hits} == cases
    assert {finding["kind"] for finding in findings} <= {"missing"} and len(findings) == len(cases)


def test_qd22_tells_inspections_without_a_level_only_where_there_are_some(check):
    _, (plain,) = check("QD-22", unit=[UNIT], armory_check=ALL[:2])
    assert plain["message_zh"].endswith("没有区级检查记录") and plain["message_en"].endswith("on record")
    _, (told,) = check("QD-22", unit=[UNIT], armory_check=[*ALL[:2], visit(3, None)])
    assert "未注明层级的检查1次" in told["message_zh"] and "(1 without a level)" in told["message_en"]


def test_qd22_counts_what_the_bureau_logged_itself(check):
    seen = {"act_id": "A", "act_type": "枪弹专项检查", "unit_id": "U1", "inspect_level": "区"}
    log = [seen | {"act_time": datetime(2021, 5, 1)}]
    assert check("QD-22", unit=[UNIT], armory_check=ALL[:2], activity_log=log)[0].outcome == "passed"


def test_qd22_asks_it_of_a_unit_not_said_to_be_out_of_use(check):
    unit = {"unit_id": "U1", "has_armory": True}
    assert check("QD-22", unit=[unit], armory_check=ALL[:2])[0].outcome == "findings"
    assert check("QD-22", unit=[unit | {"active": False}], armory_check=ALL[:2])[0].outcome == "not_run"


def test_qd22_only_reminds_while_the_year_runs(check):
    _, (finding,) = check("QD-22", unit=[UNIT], armory_check=ALL[:2], as_of=date(2021, 9, 30))
    assert finding["kind"] == "warning"


def result(number, conclusion, found, closed, **more):
    row = visit(number, "市", conclusion=conclusion, problem_count=found, closed_count=closed)
    return row | more


@pytest.mark.parametrize(
    ("rows", "cases"),
    [
        ([result(1, "给予高度肯定", 2, 2)], set()),
        ([result(1, "给予高度肯定", 2, 1)], {"open"}),
        ([result(1, "给予高度肯定", 2, None)], {"open"}),
        ([result(1, "给予高度肯定", None, None)], set()),
        ([result(1, "要求限期整改", 2, 1)], set()),
        ([result(1, "不予肯定", 2, 1)], set()),
        ([result(1, "要求限期整改", 2, 1), result(2, "给予高度肯定", 0, 0)], {"open"}),
        ([result(3, "要求限期整改", 2, 1), result(2, "给予高度肯定", 0, 0)], set()),
        ([result(1, "要求限期整改", 2, 1, unit_id="U2"), result(2, "给予高度肯定", 0, 0)], set()),
    ],
)
def test_qd23_sees_praise_while_problems_are_open(check, rows, cases):
    duty = result(12, None, None, None, rec_type="值班", check_id="D1")
    outcome, _ = check("QD-23", armory_check=[result(12, "合格", 1, 1), duty, *rows])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert outcome.rows_checked == 1 + len(rows), "inspections with a conclusion, no duties"


@pytest.mark.parametrize("rule", ["QD-19", "QD-20", "QD-21", "QD-22", "QD-23"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
