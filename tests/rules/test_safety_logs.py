"""Leads to invented records, and hazards that come back: at their limits, and without data."""

import itertools
import random
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

NINE = datetime(2021, 3, 1, 9, 5)
LONG = "消防通道畅通，灭火器压力正常，未见异常"


def act(when=NINE, **more):
    return {
        "act_id": "A1",
        "act_type": "防火检查",
        "act_time": when,
        "unit_id": "U1",
        "leader_id": "P1",
        "site_id": None,
        "conclusion": "正常",
        "evidence_ref": None,
        "round_id": None,
    } | more


def numbered(rows):
    return [row | {"act_id": f"A{i}"} for i, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([act(), act(unit_id="U2")], {"minute"}),
        ([act(), act(NINE + timedelta(minutes=1), unit_id="U2")], set()),
        ([act(), act(unit_id="U2", leader_id="P2")], set()),
        ([act(leader_id=None), act(unit_id="U2", leader_id=None)], set()),
        ([act(datetime(2021, 3, 1)), act(datetime(2021, 3, 1), unit_id="U2")], set()),
        ([act(site_id=f"S{i}") for i in range(2)], set()),
        ([act(site_id=f"S{i}") for i in range(3)], {"minute"}),
        (
            [act(datetime(2021, 3, i + 1, 9), unit_id=f"U{i % 3}", conclusion=LONG) for i in range(5)],
            {"text"},
        ),
        ([act(datetime(2021, 3, i + 1, 9), unit_id=f"U{i % 3}", conclusion=LONG) for i in range(4)], set()),
        ([act(datetime(2021, 3, i + 1, 9), unit_id=f"U{i % 2}", conclusion=LONG) for i in range(5)], set()),
        ([act(datetime(2021, 3, i + 1, 9), unit_id=f"U{i}", conclusion="未见异常") for i in range(5)], set()),
    ],
)
def test_aq14_points_at_records_that_cannot_all_be_true(check, rows, found):
    outcome, findings = check("AQ-14", activity_log=numbered(rows))
    assert {hit["case"] for hit in outcome.hits} == found
    assert {(f["kind"], f["severity"]) for f in findings} == ({("suspect", "low")} if found else set())


@pytest.mark.parametrize(
    ("second", "hits"),
    [
        ({"act_time": datetime(2021, 3, 2, 9)}, 1),
        ({"act_time": datetime(2021, 3, 1, 15)}, 0),
        ({"act_time": datetime(2021, 3, 2, 9), "evidence_ref": "Z2"}, 0),
        ({"act_time": datetime(2021, 3, 2, 9), "evidence_ref": None}, 0),
        ({"act_time": datetime(2021, 3, 2, 9), "act_type": "陪餐"}, 0),
    ],
)
def test_aq15_points_at_one_evidence_for_two_days(check, second, hits):
    outcome, _ = check(
        "AQ-15", activity_log=numbered([act(evidence_ref="Z1"), act(evidence_ref="Z1") | second])
    )
    assert len(outcome.hits) == hits
    assert all(hit["_rids"] == [2, 3] for hit in outcome.hits)


def test_aq15_lets_one_round_be_filed_together(check):
    rows = [
        act(evidence_ref="Z1", round_id="R1"),
        act(NINE + timedelta(days=3), evidence_ref="Z1", round_id="R1"),
    ]
    assert check("AQ-15", activity_log=numbered(rows))[0].outcome == "passed"


@pytest.mark.parametrize(
    ("day", "leader", "hits"),
    [(1, "P1", 1), (5, "P1", 1), (6, "P1", 0), (1, "P2", 0), (1, None, 0)],
)
def test_aq16_points_at_signatures_of_people_on_leave(check, day, leader, hits):
    leave = {"person_id": "P1", "from_date": date(2021, 3, 1), "to_date": date(2021, 3, 5)}
    rows = numbered([act(datetime(2021, 3, day, 9), leader_id=leader), act(leader_id="P9")])
    review = {"hazard_id": "H1", "unit_id": "U1", "found_date": date(2021, 2, 1), "reviewer_id": leader}
    hazards = [review | {"review_date": date(2021, 3, day)}]
    outcome, findings = check("AQ-16", activity_log=rows, staff_leave=[leave], hazard=hazards)
    assert sorted(hit["case"] for hit in outcome.hits) == ["leader", "reviewer"] * hits
    assert sorted(f["subject"] for f in findings) == ["A0", "H1"] * hits


def hazard(number, found, closed, **more):
    return {
        "hazard_id": number,
        "unit_id": "U1",
        "found_date": found,
        "hazard_type": "消防",
        "hazard_level": "一般",
        "location": "一号 库房",
        "site_id": None,
        "rect_date": closed,
        "is_accident": False,
    } | more


FIRST = hazard("H1", date(2020, 3, 1), date(2020, 3, 10))


@pytest.mark.parametrize(
    ("found", "change", "hits"),
    [
        (date(2021, 3, 10), {}, 1),
        (date(2021, 3, 11), {}, 0),
        (date(2021, 1, 5), {"location": "一号库房"}, 1),
        (date(2021, 1, 5), {"location": "二号库房"}, 0),
        (date(2021, 1, 5), {"hazard_type": "用电"}, 0),
        (date(2021, 1, 5), {"unit_id": "U2"}, 0),
        (date(2021, 1, 5), {"is_accident": True}, 0),
        (date(2021, 1, 5), {"location": "别处", "site_id": "S1"}, 0),
    ],
)
def test_aq11_finds_the_same_hazard_within_a_year_of_closing(check, found, change, hits):
    outcome, _ = check("AQ-11", hazard=[FIRST, hazard("H2", found, None, **change)])
    assert [(hit["subject"], hit["_rids"]) for hit in outcome.hits] == [("H2", [3, 2])] * hits


def test_aq11_goes_by_the_site_where_both_name_one_and_never_by_other(check):
    first = FIRST | {"site_id": "S1"}
    second = hazard("H2", date(2021, 1, 5), None, site_id="S1", location="改了名")
    assert check("AQ-11", hazard=[first, second])[0].outcome == "findings"
    assert check("AQ-11", hazard=[first, second | {"site_id": "S2"}])[0].outcome == "passed"
    vague = [row | {"hazard_type": "其他"} for row in (first, second)]
    assert check("AQ-11", hazard=vague)[0].outcome == "passed"
    still_open = first | {"rect_date": None}
    assert (
        check(
            "AQ-11",
            hazard=[still_open, second, hazard("H9", date(2021, 1, 1), date(2021, 1, 2), location="远")],
        )[0].outcome
        == "passed"
    )


def test_aq11_agrees_with_pandas_on_random_hazards(check):
    rng = random.Random(5)
    rows = []
    for i in range(80):
        found = date(2021, 1, 1) + timedelta(days=rng.randint(0, 364))
        closed = rng.choice([None, found + timedelta(days=rng.randint(0, 60))])
        rows.append(
            hazard(
                f"H{i}",
                found,
                closed,
                location=f"{rng.randint(1, 6)}号",
                hazard_type=rng.choice(["消防", "用电"]),
            )
        )
    frame = pd.DataFrame(rows)
    expected = {
        new.hazard_id
        for old, new in itertools.permutations(frame.itertuples(), 2)
        if (old.location, old.hazard_type) == (new.location, new.hazard_type)
        and old.rect_date is not None
        and old.rect_date <= date(2021, 12, 31)
        and old.rect_date < new.found_date
        and pd.Timestamp(new.found_date) <= pd.Timestamp(old.rect_date) + pd.DateOffset(months=12)
    }
    outcome, _ = check("AQ-11", hazard=rows)
    assert {hit["subject"] for hit in outcome.hits} == expected


@pytest.mark.parametrize("rule", ["AQ-11", "AQ-14", "AQ-15", "AQ-16"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
