"""Venue rules: a row that breaks each, a row that just does not, and missing data."""

from datetime import date

import pytest


def region(**more):
    return {
        "stat_date": date(2021, 12, 31),
        "county": "东城区",
        "resident_pop": 10.0,
        "pop_date": date(2021, 12, 31),
        "pop_source": "统计公报",
        "venue_count": 2,
        "venue_area": 0.1,
        "per_capita_area": 0.01,
        "is_total": False,
    } | more


def venue(**more):
    return {
        "venue_id": "C2",
        "venue_name": "人民公园篮球场",
        "county": "东城区",
        "address": "人民路1号",
        "type_code": "101",
        "type_name": "篮球场",
        "area_m2": 500.0,
        "court_count": 1,
        "status": "使用中",
        "stat_year": 2021,
        "lon": 117.0,
        "lat": 36.0,
    } | more


OTHER = venue(venue_id="C1", venue_name="学校篮球场", address="学府路2号", lon=117.5)
CITY = {"county": "全市", "is_total": True, "venue_area": 2221.78}


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({"resident_pop": 716.70, "per_capita_area": 3.10}, set()),
        ({"resident_pop": 716.70, "per_capita_area": 3.09}, {"differs"}),
        ({"resident_pop": 717.85, "per_capita_area": 3.10}, set()),
        ({"resident_pop": 717.90, "per_capita_area": 3.10}, {"differs"}),
        ({"resident_pop": 750.0, "per_capita_area": 3.10}, {"differs"}),
        ({"resident_pop": 0.0, "per_capita_area": 3.10}, {"population"}),
        ({"resident_pop": None, "per_capita_area": 3.10}, {"population"}),
        ({"resident_pop": 716.70, "per_capita_area": None}, set()),
    ],
)
def test_cd01_area_per_head_recomputes_within_rounding(check, change, cases):
    outcome, _ = check("CD-01", region_stat=[region(), region(**CITY | change)])
    assert {h["case"] for h in outcome.hits} == cases


@pytest.mark.parametrize(
    ("change", "city", "cases"),
    [
        ({}, {}, set()),
        ({"venue_count": 3}, {"venue_count": 3}, {"count"}),
        ({"venue_area": 0.105}, {"venue_area": 0.105}, set()),
        ({"venue_area": 0.106}, {"venue_area": 0.106}, {"area"}),
        ({}, {"venue_count": 3}, {"city_count"}),
        ({}, {"venue_area": 0.106}, {"city_area"}),
        ({}, {"resident_pop": 10.01}, {"city_population"}),
        ({"county": "西城区"}, {}, {"count", "area", "unlisted"}),
        (
            {"stat_date": date(2020, 12, 31), "venue_count": 9},
            {"stat_date": date(2020, 12, 31), "venue_count": 9},
            set(),
        ),
        ({"venue_count": None}, {"venue_count": None}, set()),
    ],
)
def test_cd02_list_counties_and_city_reconcile(check, change, city, cases):
    rows = [region(**change), region(**{"county": "全市", "is_total": True} | city)]
    away = venue(venue_id="C3", status="停用")
    outcome, _ = check("CD-02", region_stat=rows, venue=[OTHER, venue(), away])
    assert {h["case"] for h in outcome.hits} == cases


SAME = {"venue_id": "C3"}
NEAR = SAME | {"address": "人民路", "venue_name": "人民公园灯光篮球场"}


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        (SAME, {"name"}),
        (SAME | {"venue_name": "人民公园 篮球场", "lon": None}, {"name"}),
        (SAME | {"stat_year": 2020}, set()),
        (SAME | {"county": "西城区"}, set()),
        (SAME | {"address": None, "lon": None}, set()),
        (NEAR, {"near"}),
        (NEAR | {"lat": 36.00044}, {"near"}),
        (NEAR | {"lat": 36.00046}, set()),
        (NEAR | {"area_m2": 474.0}, set()),
        (NEAR | {"area_m2": None}, set()),
        (NEAR | {"type_code": "102"}, set()),
        (NEAR | {"venue_name": "人民公园2号篮球场"}, set()),
        (NEAR | {"lon": None}, set()),
    ],
)
def test_cd03_duplicates_and_near_neighbours(check, change, cases):
    outcome, _ = check("CD-03", venue=[OTHER, venue(), venue(**change)])
    assert {h["case"] for h in outcome.hits} == cases
    assert [h["_rids"] for h in outcome.hits] == ([[3, 4]] if cases else [])


@pytest.mark.parametrize("degree", [111_320, 111_195, 111_190])
def test_cd03_no_edge_of_a_cell_parts_neighbours(check, degree):
    edge = 80_200 * 50 / degree - 1e-9  # the end of one cell; what is 49.947 m on must not be two cells away
    first, second = venue(lat=edge), venue(**NEAR | {"lat": edge + 0.00044918})
    outcome, _ = check("CD-03", venue=[OTHER, first, second])
    assert {h["case"] for h in outcome.hits} == {"near"}


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({"area_m2": 364.0}, set()),
        ({"area_m2": 363.9}, {"small"}),
        ({"area_m2": 1000.0}, set()),
        ({"area_m2": 1000.1}, {"large"}),
        ({"area_m2": 2000.0, "court_count": 2}, set()),
        ({"area_m2": 2000.1, "court_count": None}, {"large"}),
        ({"area_m2": 1000.0, "court_count": 0}, set()),
        ({"area_m2": 1000.1, "court_count": 0}, {"large"}),
        ({"area_m2": 0.0}, {"nothing"}),
        ({"area_m2": None}, {"blank"}),
        ({"type_name": "冰场", "area_m2": 9e9}, set()),
        ({"type_name": None}, set()),
    ],
)
def test_cd04_areas_by_type_and_number_of_courts(check, change, cases):
    outcome, _ = check("CD-04", venue=[OTHER, venue(**change)])
    assert {h["case"] for h in outcome.hits} == cases


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({}, set()),
        ({"stat_date": date(2021, 10, 31)}, {"midyear", "population"}),
        ({"pop_date": date(2020, 12, 31)}, {"population"}),
        ({"pop_source": "估算"}, {"source"}),
        ({"pop_source": "估算", "is_total": False}, set()),
    ],
)
def test_cd05_one_day_and_one_source(check, change, cases):
    outcome, _ = check("CD-05", region_stat=[region(), region(**{"is_total": True} | change)])
    assert {h["case"] for h in outcome.hits} == cases


def test_cd05_compares_the_days_of_two_claims(check):
    claims = [
        {"claim_id": f"B{i}", "doc_title": "报告", "claim_key": key, "period_end": day}
        for i, (key, day) in enumerate(
            [("人均场地面积", date(2021, 10, 31)), ("全省人均场地面积", date(2020, 12, 31))]
        )
    ]
    outcome, _ = check("CD-05", region_stat=[region(is_total=True)], report_claim=claims)
    assert [(h["case"], h["subject"]) for h in outcome.hits] == [("province", "B0")]
    for day in (claims[0]["period_end"], None):
        claims[1]["period_end"] = day
        assert check("CD-05", region_stat=[region(is_total=True)], report_claim=claims)[0].outcome == "passed"


def test_a_list_of_later_years_only_is_not_judged(check):
    outcome, _ = check("CD-03", venue=[venue(stat_year=2022)])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_rows")
