"""Inspections, patrols, drills, training, sweeps: at their limits, with days closed, and without data."""

import json
import random
from datetime import date, datetime, timedelta

import pandas as pd
import pytest


def unit(unit_id="U1", **more):
    return {
        "unit_id": unit_id,
        "unit_name": f"单位{unit_id}",
        "unit_type": "场馆",
        "staff_count": 10,
        "is_fire_key": False,
        "is_public_venue": False,
        "active": True,
    } | more


def act(kind, when, **more):
    when = when if isinstance(when, datetime) else datetime(when.year, when.month, when.day, 9)
    return {
        "act_id": f"A{kind}{when:%m%d%H%M}",
        "act_type": kind,
        "act_time": when,
        "unit_id": "U1",
        "leader_id": "P1",
        "checker_ids": None,
        "due_count": 10,
        "attend_count": 10,
        "issue_count": 1,
        "site_id": None,
        "conclusion": None,
        "evidence_ref": None,
        "round_id": None,
    } | more


def cases(outcome):
    return {hit["case"] for hit in outcome.hits}


def subjects(outcome):
    return sorted(hit["subject"] for hit in outcome.hits)


def on(*days):
    return [act("防火检查", date(2021, month, day)) for month, day in days]


EVERY_QUARTER = [(3, 31), (4, 1), (9, 30), (12, 31)]


@pytest.mark.parametrize(
    ("days", "change", "found"),
    [
        (EVERY_QUARTER, {}, []),
        ([(3, 31), (7, 1), (9, 30), (12, 31)], {}, ["U1|2021Q2"]),
        (EVERY_QUARTER[:1], {"unit_type": "县市区部门"}, ["U1|2021Q2", "U1|2021Q3", "U1|2021Q4"]),
        (EVERY_QUARTER[:1], {"active": False}, []),
    ],
)
def test_aq04_wants_one_inspection_a_quarter(check, days, change, found):
    outcome, _ = check("AQ-04", unit=[unit(**change)], activity_log=on(*days))
    assert subjects(outcome) == found


def test_aq04_leaves_out_a_quarter_closed_throughout_and_one_that_is_not_over(check):
    shut = {"unit_id": "U1", "from_date": date(2021, 4, 1), "to_date": date(2021, 6, 30)}
    data = {"unit": [unit()], "activity_log": on((1, 5))}
    outcome, _ = check("AQ-04", "2021", date(2021, 9, 29), closed_period=[shut], **data)
    assert outcome.outcome == "passed"
    shut["to_date"] = date(2021, 6, 29)
    outcome, (finding,) = check("AQ-04", "2021", date(2021, 9, 29), closed_period=[shut], **data)
    assert (finding["subject"], finding["row"], finding["message_zh"]) == (
        "U1|2021Q2",
        2,
        "U1 2021年第2季度没有防火检查记录",
    )


def test_aq04_says_so_when_no_quarter_is_over_or_nobody_keeps_inspections_here(check):
    outcome, _ = check("AQ-04", "2021-10", unit=[unit()], activity_log=on((10, 1)))
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "unfinished")
    outcome, _ = check("AQ-04", unit=[unit()], activity_log=[act("消防演练", date(2021, 3, 1))])
    assert (outcome.outcome, outcome.reason) == ("not_run", ("no_entries", "activity_log.防火检查"))


def drills(*months):
    return [act("消防演练", date(2021, month, 1)) for month in months]


@pytest.mark.parametrize(
    ("held", "key", "as_of", "found"),
    [
        ([3, 9], True, None, {"passed"}),
        ([3], True, None, {"short"}),
        ([3], False, None, {"passed"}),
        ([3], None, None, {"passed"}),
        ([9], True, date(2021, 7, 1), {"not_run"}),
        ([3], True, date(2021, 12, 30), {"passed"}),
    ],
)
def test_aq05_counts_drills_of_a_year_and_warns_before_its_end(check, held, key, as_of, found):
    units = [unit(is_fire_key=key), unit("U9", active=False)]
    outcome, _ = check("AQ-05", "2021", as_of, unit=units, activity_log=drills(*held))
    assert (cases(outcome) or {outcome.outcome}) == found


@pytest.mark.parametrize(("as_of", "hits"), [(date(2021, 7, 1), 0), (date(2021, 7, 2), 1)])
def test_aq05_warns_a_key_unit_without_a_drill_once_half_the_year_is_gone(check, as_of, hits):
    log = [*drills(3), act("消防演练", date(2021, 2, 1), unit_id="U2")]
    units = [unit("U2", is_fire_key=True), unit("U3", is_fire_key=True)]
    _, findings = check("AQ-05", "2021", as_of, unit=units, activity_log=log)
    assert [(f["subject"], f["kind"], f["severity"]) for f in findings] == [
        ("U3|2021", "warning", "low")
    ] * hits


def sessions(*pairs):
    return [
        act("消防培训", date(2021, month, 1), attend_count=attend, due_count=due)
        for month, (attend, due) in zip((3, 9), pairs, strict=False)
    ]


@pytest.mark.parametrize(
    ("held", "change", "found"),
    [
        (sessions((10, 10)), {}, set()),
        (sessions((10, 10)), {"is_public_venue": True}, {"short"}),
        (sessions((9, 10)), {}, {"coverage"}),
        (sessions((8, 10), (2, 2)), {}, set()),
        (sessions((5, 10), (4, 10)), {}, {"coverage"}),
        (sessions((10, None)), {}, set()),
        (sessions((9, None)), {}, {"coverage"}),
        (sessions((9, None)), {"staff_count": None}, {"uncounted"}),
        (sessions((None, 10)), {}, {"uncounted"}),
    ],
)
def test_aq06_wants_sessions_and_everybody_in_them(check, held, change, found):
    known = act("消防培训", date(2021, 5, 1), unit_id="U9")
    outcome, _ = check("AQ-06", unit=[unit(**change), unit("U9")], activity_log=[known, *held])
    assert cases(outcome) == found


def patrols(days, times=1, **more):
    start = datetime(2021, 3, 1, 8)
    return [
        act("防火巡查", start + timedelta(days=day, hours=2 * n), **more)
        for day in days
        for n in range(times)
    ]


@pytest.mark.parametrize(
    ("change", "log", "found"),
    [
        ({"is_fire_key": True}, patrols(range(31)), {}),
        ({"is_fire_key": True}, patrols(range(30)), {"without": 1}),
        ({"is_public_venue": True}, patrols(range(31), 5), {}),
        ({"is_public_venue": True}, [*patrols(range(30), 5), *patrols([30], 4)], {"sparse": 1}),
        ({"is_public_venue": None, "is_fire_key": True}, patrols(range(31)), {}),
        ({}, patrols([0]), {}),
    ],
)
def test_aq12_wants_patrols_every_day_and_every_two_hours_in_venues(check, change, log, found):
    outcome, _ = check("AQ-12", "2021-03", unit=[unit(**change)], activity_log=log)
    assert {hit["case"]: hit[f"e_{hit['case']}"] for hit in outcome.hits} == found
    assert outcome.rows_checked == int(any(change.values()))


def test_aq12_gives_one_finding_a_month_and_leaves_out_days_closed(check):
    shut = {"unit_id": "U1", "from_date": date(2021, 3, 10), "to_date": date(2021, 4, 28)}
    log = patrols(range(8))
    outcome, findings = check(
        "AQ-12", "2021Q2", unit=[unit(is_fire_key=True)], activity_log=log, closed_period=[shut]
    )
    assert sorted((f["subject"], f["row"]) for f in findings) == [
        ("U1|2021-04", 2),
        ("U1|2021-05", 2),
        ("U1|2021-06", 2),
    ]
    assert outcome.hits[0]["e_due"] == 2


def test_aq12_agrees_with_pandas_on_random_patrols(check):
    rng = random.Random(7)
    log = [row for day in range(92) for row in patrols([day], rng.choice([0, 1, 4, 5, 6]))]
    outcome, _ = check("AQ-12", "2021-03-01..2021-05-31", unit=[unit(is_public_venue=True)], activity_log=log)
    days = pd.Series(0, index=pd.date_range("2021-03-01", "2021-05-31"))
    counts = days.add(pd.DataFrame(log).act_time.dt.normalize().value_counts(), fill_value=0)
    expected = {
        month.strftime("%Y-%m"): ((n == 0).sum(), n.between(1, 4).sum()) for month, n in counts.resample("MS")
    }
    assert {h["e_span"]: (h["e_without"], h["e_sparse"]) for h in outcome.hits} == expected


def site(number, **more):
    return {
        "site_id": f"S{number}",
        "unit_id": "U1",
        "site_name": f"部位{number}",
        "is_high_risk": False,
        "active": True,
    } | more


def visit(**more):
    return act("安全生产检查", date(2021, 6, 1), **more)


@pytest.mark.parametrize(
    ("checks", "second", "found"),
    [
        ([visit(site_id="S1"), visit(site_id="S2")], {}, set()),
        ([visit(site_id="S1")], {}, {("site", "medium")}),
        ([visit(site_id="S1")], {"is_high_risk": True}, {("site", "high")}),
        ([visit(site_id="S1")], {"active": False}, set()),
        ([visit(site_id="S1"), visit()], {}, {("unnamed", "low")}),
        ([visit(site_id="S1"), visit(site_id="S2") | {"act_type": "消防演练"}], {}, {("site", "medium")}),
    ],
)
def test_aq13_wants_every_site_in_use_inspected(check, checks, second, found):
    outcome, findings = check("AQ-13", unit=[unit()], site=[site(1), site(2, **second)], activity_log=checks)
    assert {(h["case"], h["severity"]) for h in outcome.hits} == found
    assert [f["row"] for f in findings] == ([3] if found else [])


@pytest.mark.parametrize(
    ("as_of", "found"),
    [
        (None, {"none"}),
        (date(2021, 12, 30), {"pending"}),
        (date(2021, 9, 30), {"not_run"}),
        (date(2021, 10, 1), {"pending"}),
    ],
)
def test_aqb03_names_units_that_a_sweep_has_missed_and_warns_before_its_end(check, as_of, found):
    units = [unit(), unit("U2"), unit("U3", active=False)]
    outcome, findings = check("AQ-B03", "2021", as_of, unit=units, activity_log=[visit()])
    assert (cases(outcome) or {outcome.outcome}) == found
    assert [f["row"] for f in findings] == ([] if found == {"not_run"} else [3])


def checks(n, issues=0, **more):
    return [
        act("防火检查", date(2021, 1, 1) + timedelta(days=20 * i), issue_count=issues, **more)
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("log", "found"),
    [
        (checks(6), {("person", "P1"), ("unit", "U1")}),
        (checks(5), set()),
        ([*checks(6), *checks(1, 1)], set()),
        ([*checks(5), *checks(1, None)], set()),
        ([*checks(3), *checks(3, unit_id="U2")], {("person", "P1")}),
        (
            checks(6, leader_id=None, checker_ids="张三、李四"),
            {("person", "P7"), ("person", "李四"), ("unit", "U1")},
        ),
        (checks(6, checker_ids="张三", leader_id="P7"), {("person", "P7"), ("unit", "U1")}),
    ],
)
def test_aqb04_points_at_people_and_units_without_a_single_problem(check, log, found):
    people = [{"person_id": "P7", "name": "张三"}]
    outcome, findings = check(
        "AQ-B04", activity_log=[*log, *checks(1, 2, leader_id="P9", unit_id="U9")], person=people
    )
    assert {(hit["case"], hit["subject"]) for hit in outcome.hits} == found
    assert {f["kind"] for f in findings} <= {"suspect"}
    # a unit is named in its own column and in the message, not by its number as a person is
    named = {f["subject"]: json.loads(f["evidence"])["values"].get("who") for f in findings}
    assert all(who == (None if subject == "U1" else subject) for subject, who in named.items())
    assert all(f["message_zh"].startswith(f["subject"]) for f in findings)


@pytest.mark.parametrize("rule", ["AQ-04", "AQ-05", "AQ-06", "AQ-12", "AQ-13", "AQ-B03", "AQ-B04"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
