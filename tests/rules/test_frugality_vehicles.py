"""Vehicle rules: a trip or a card that breaks each, one that just does not, and missing data."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest


def trip(**more):
    return {
        "trip_id": "C1",
        "plate_no": "鲁A10001",
        "unit_id": "U1",
        "approval_no": "派1",
        "purpose": "公务出行",
        "destination": "省局",
        "depart_time": datetime(2021, 5, 12, 9),
        "return_time": datetime(2021, 5, 12, 17),
        "odo_start": 1000.0,
        "odo_end": 1100.0,
        "rated_fuel": 10.0,
    } | more


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({"depart_time": datetime(2021, 5, 8, 9)}, set()),  # a Saturday worked in exchange
        ({"depart_time": datetime(2021, 5, 9, 9), "approval_no": None}, {"approval"}),
        ({"depart_time": datetime(2021, 10, 1, 9), "approval_no": None}, {"approval"}),
        ({"depart_time": datetime(2021, 10, 1, 9)}, {"purpose"}),
        ({"depart_time": datetime(2021, 10, 1, 9), "purpose": "应急保障"}, set()),
        ({"depart_time": datetime(2021, 10, 1, 9), "purpose": "赛事保障"}, set()),
        ({"depart_time": datetime(2021, 10, 8, 9), "approval_no": None}, set()),
        ({"depart_time": datetime(2021, 10, 1, 9), "purpose": None}, set()),
    ],
)
def test_gc01_looks_at_days_of_rest_by_the_official_calendar(check, change, cases):
    outcome, _ = check("GC-01", vehicle_trip=[trip(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases


def test_gc01_is_matched_to_the_calendar_of_events(check):
    event = {"event_id": "E1", "event_name": "市田径锦标赛", "from_date": date(2021, 5, 15)}
    event |= {"to_date": date(2021, 5, 16)}
    on, off = datetime(2021, 5, 16, 8), datetime(2021, 5, 22, 8)
    rows = [
        trip(trip_id="C1", depart_time=on, return_time=on, purpose="公务出行"),
        trip(trip_id="C2", depart_time=on, return_time=on, purpose="赛事保障"),
        trip(trip_id="C3", depart_time=off, return_time=off, purpose="赛事保障"),
        trip(trip_id="C4", depart_time=off, return_time=off, purpose="公务出行"),
        trip(trip_id="C5", depart_time=on, return_time=on, approval_no=None),
    ]
    outcome, _ = check("GC-01", vehicle_trip=rows, event_calendar=[event])
    assert {(h["subject"], h["case"]) for h in outcome.hits} == {
        ("C3", "event"),
        ("C4", "purpose"),
        ("C5", "approval"),
    }


def test_gc01_does_not_guess_holidays_that_are_not_published(check):
    day = datetime(2035, 5, 12, 9)
    outcome, _ = check("GC-01", "2035", vehicle_trip=[trip(depart_time=day, approval_no=None)])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_calendar")


@pytest.mark.parametrize(
    ("start", "cases"),
    [(1100.0, set()), (1105.0, set()), (1105.1, {"gap"}), (1099.9, {"fell"})],
)
def test_gc02_allows_five_kilometres_and_nothing_backwards(check, start, cases):
    later = trip(trip_id="C2", depart_time=datetime(2021, 5, 13, 9), odo_start=start, odo_end=start + 1)
    other = trip(
        trip_id="C3", plate_no="鲁A10002", depart_time=datetime(2021, 5, 14), odo_start=5.0, odo_end=9.0
    )
    outcome, findings = check("GC-02", vehicle_trip=[trip(), later, other])
    assert {h["case"] for h in outcome.hits} == cases
    assert [f["row"] for f in findings] == ([3] if cases else [])
    told = {"gap": "上次回车1,100，相差5.1公里", "fell": "比上次回车1,100倒退0.1公里"}
    assert all(told[case] in findings.to_pandas().message_zh[0] for case in cases)


def test_gc02_sees_a_trip_that_ends_below_its_start(check):
    outcome, _ = check("GC-02", vehicle_trip=[trip(odo_end=999.0)])
    assert [h["case"] for h in outcome.hits] == ["backwards"]


def test_gc02_agrees_with_plain_pandas_on_random_trips(check):
    rng = np.random.default_rng(7)
    n = 300
    frame = pd.DataFrame(
        {
            "trip_id": [f"C{i}" for i in range(n)],
            "plate_no": rng.choice(["鲁A1", "鲁A2", "鲁A3"], n),
            "unit_id": "U1",
            "depart_time": pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 8000, n), unit="h"),
            "odo_start": rng.integers(1000, 1040, n).astype(float),
        }
    )
    frame["odo_end"] = frame.odo_start + rng.integers(-1, 20, n)
    ordered = frame.sort_values(
        ["depart_time", "trip_id"], key=lambda s: s.str[1:].astype(int) if s.name == "trip_id" else s
    )
    gap = ordered.odo_start - ordered.groupby("plate_no").odo_end.shift()
    bad = set(gap[(gap < 0) | (gap > 5)].index) | set(frame[frame.odo_end < frame.odo_start].index)
    rows = frame.to_dict("records")
    for row in rows:
        row["depart_time"] = row["depart_time"].to_pydatetime()
    _, findings = check("GC-02", vehicle_trip=rows)
    assert {f["row"] - 2 for f in findings} == bad


def card(**more):
    return {
        "txn_id": "K1",
        "card_no": "9001",
        "card_type": "油卡",
        "plate_no": "鲁A10001",
        "unit_id": "U1",
        "txn_time": datetime(2021, 5, 12, 12),
        "place": "城西油站",
        "litre": 40.0,
        "amount": 280.0,
    } | more


@pytest.mark.parametrize(
    ("litres", "km", "cases"),
    [
        (99.0, 300.0, []),
        (99.1, 300.0, ["quarter"]),
        (99.1, 299.0, []),
        (112.0, 400.0, []),
        (112.1, 400.0, ["quarter"]),
        (None, 300.0, []),
    ],
)
def test_gc_b02_allows_one_tank_and_judges_quarters_with_enough_kilometres(check, litres, km, cases):
    rows = [trip(odo_end=1000.0 + km)]
    outcome, _ = check("GC-B02", vehicle_trip=rows, vehicle_card=[card(litre=litres)])
    assert [h["case"] for h in outcome.hits] == cases


def test_gc_b02_a_tank_filled_on_the_last_day_of_a_quarter_is_no_lead(check):
    rows = [trip(odo_end=1400.0), trip(trip_id="C2", depart_time=datetime(2021, 7, 2, 9), odo_end=1700.0)]
    late = [card(litre=40.0), card(txn_id="K2", txn_time=datetime(2021, 6, 30, 17), litre=60.0)]
    assert not check("GC-B02", vehicle_trip=rows, vehicle_card=late)[0].hits
    more = [*late, card(txn_id="K3", litre=13.0)]
    outcome, findings = check("GC-B02", vehicle_trip=rows, vehicle_card=more)
    assert [h["subject"] for h in outcome.hits] == ["鲁A10001|2021Q2"]
    assert (
        "加油113升" in findings.to_pandas().message_zh[0]
        and "百公里13.25升" in findings.to_pandas().message_zh[0]
    )


def test_gc_b02_says_nothing_of_a_vehicle_without_a_rating(check):
    rows = [trip(odo_end=1400.0, rated_fuel=None), trip(trip_id="C2", plate_no="鲁A2", rated_fuel=9.0)]
    assert not check("GC-B02", vehicle_trip=rows, vehicle_card=[card(litre=190.0)])[0].hits


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({}, set()),
        ({"txn_time": datetime(2021, 5, 13, 0, 5)}, {"fuel"}),
        ({"txn_time": datetime(2021, 5, 11), "card_type": "通行卡"}, {"toll"}),
        ({"plate_no": "鲁A10009"}, {"fuel"}),
    ],
)
def test_gc_b03_wants_a_trip_on_the_day_of_the_card(check, change, cases):
    outcome, _ = check("GC-B03", vehicle_trip=[trip()], vehicle_card=[card(**change)])
    assert {h["case"] for h in outcome.hits} == cases


def test_gc_b03_a_trip_of_several_days_covers_them_all(check):
    long = trip(return_time=datetime(2021, 5, 14, 9))
    assert not check("GC-B03", vehicle_trip=[long], vehicle_card=[card(txn_time=datetime(2021, 5, 13, 20))])[
        0
    ].hits


@pytest.mark.parametrize("rule", ["GC-01", "GC-02", "GC-B02", "GC-B03"])
def test_without_its_ledger_or_its_columns_a_rule_does_not_run(check, rule):
    assert check(rule)[0].reason[0] == "no_data"
    outcome, _ = check(rule, vehicle_trip=[{"trip_id": "C1"}], vehicle_card=[{"txn_id": "K1"}])
    assert outcome.reason[0] == "column_missing"
