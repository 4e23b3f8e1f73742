"""Samples, temperatures, certificates, scoring and visits: limits, near misses, missing data."""

from datetime import date, datetime, timedelta

import pytest

DAY = date(2021, 3, 1)


def cases(outcome):
    return {hit["case"] for hit in outcome.hits}


def meal(**more):
    return {
        "unit_id": "U1",
        "ledger_date": DAY,
        "meal": "午餐",
        "diner_class": "运动员",
        "diners": 10,
        "dish_count": 2,
    } | more


def log(**more):
    return {
        "log_id": "L1",
        "unit_id": "U1",
        "log_type": "留样",
        "log_time": datetime(2021, 3, 1, 12),
        "meal_date": DAY,
        "meal": "午餐",
        "dish": "鱼",
        "temp_c": 4.0,
        "device_no": "冰箱1",
        "person_id": "P1",
    } | more


TWO = [log(), log(log_id="L2", dish="肉")]
UNIT = {"unit_id": "U1", "unit_name": "中心", "has_canteen": True, "active": True, "staff_count": 5}


@pytest.mark.parametrize(
    ("meals", "logs", "found"),
    [
        ([meal()], TWO, 0),
        ([meal()], TWO[:1], 1),
        ([meal()], [log(), log(log_id="L2")], 1),
        ([meal(dish_count=None)], TWO[:1], 0),
        ([meal(dish_count=None)], [log(meal="晚餐")], 1),
        ([meal(diners=0)], [log(meal="晚餐")], 0),
        ([meal(), meal(diner_class="职工", dish_count=1)], TWO, 0),
        ([meal(meal="月结")], [log(meal="晚餐")], 0),
    ],
)
def test_st01_every_dish_of_a_meal_is_sampled(check, meals, logs, found):
    outcome, findings = check("ST-01", meal_ledger=meals, food_log=logs)
    assert len(findings) == found and all(hit["e_meals"] == 1 for hit in outcome.hits)


def test_st01_says_how_many_of_the_months_meals(check):
    meals = [meal(ledger_date=DAY + timedelta(days=n)) for n in range(4)]
    outcome, (finding,) = check("ST-01", meal_ledger=meals, food_log=TWO)
    assert (outcome.hits[0]["e_missing"], outcome.hits[0]["e_meals"], finding["row"]) == (3, 4, 3)


@pytest.mark.parametrize(
    ("kind", "temperature", "expected"),
    [
        ("冷藏温度", 0.0, set()),
        ("冷藏温度", 8.0, set()),
        ("冷藏温度", 8.1, {"cold"}),
        ("冷藏温度", -0.1, {"cold"}),
        ("冷冻温度", -12.0, set()),
        ("冷冻温度", -11.9, {"frozen"}),
        ("中心温度", 70.0, set()),
        ("中心温度", 69.9, {"core"}),
        ("中心温度", None, {"blank"}),
        ("晨检", None, set()),
    ],
)
def test_st03_temperatures_at_their_limits(check, kind, temperature, expected):
    rows = [log(log_type="冷藏温度"), log(log_id="L2", log_type=kind, temp_c=temperature)]
    outcome, _ = check("ST-03", food_log=rows, meal_ledger=[meal()], unit=[UNIT])
    assert cases(outcome) == expected


def test_st03_days_of_service_without_a_reading_are_summed_by_month(check):
    meals = [meal(ledger_date=DAY + timedelta(days=n)) for n in range(3)]
    outcome, (finding,) = check("ST-03", food_log=[log(log_type="冷藏温度")], meal_ledger=meals, unit=[UNIT])
    assert (outcome.hits[0]["e_gaps"], outcome.hits[0]["e_days"], finding["subject"]) == (2, 3, "U1|2021-03")


def person(**more):
    return {"person_id": "P1", "unit_id": "U1", "post": "厨师", "key_area": None, "status": "在岗"} | more


def card(kind, until, **more):
    return {
        "ca_id": kind,
        "ca_type": kind,
        "unit_id": "U1",
        "holder_id": "P1" if kind == "健康证" else None,
        "valid_to": until,
    } | more


@pytest.mark.parametrize(
    ("licence", "health", "who", "expected"),
    [
        (date(2022, 6, 1), date(2022, 6, 1), {}, set()),
        (None, date(2022, 6, 1), {}, {"licence_none"}),
        (date(2021, 12, 30), date(2022, 6, 1), {}, {"licence_over"}),
        (date(2021, 12, 31), date(2022, 6, 1), {}, {"licence_soon"}),
        (date(2022, 3, 1), date(2022, 6, 1), {}, {"licence_soon"}),
        (date(2022, 3, 2), date(2022, 6, 1), {}, set()),
        (date(2022, 6, 1), date(2021, 12, 30), {}, {"health_over"}),
        (date(2022, 6, 1), date(2022, 1, 30), {}, {"health_soon"}),
        (date(2022, 6, 1), None, {}, {"health_none"}),
        (date(2022, 6, 1), None, {"post": "会计"}, set()),
        (date(2022, 6, 1), None, {"post": "会计", "key_area": "食堂"}, {"health_none"}),
        (date(2022, 6, 1), None, {"status": "离岗"}, set()),
    ],
)
def test_st04_licence_and_health_certificates_on_the_day(check, licence, health, who, expected):
    certificates = [card("食品经营许可证", licence), card("健康证", health), card("灭火器", date(2023, 1, 1))]
    outcome, _ = check("ST-04", unit=[UNIT], person=[person(**who)], cert_asset=certificates)
    assert cases(outcome) == expected


@pytest.mark.parametrize(("n", "temps", "found"), [(20, {3.0}, 1), (19, {3.0}, 0), (20, {3.0, 3.1}, 0)])
def test_st25_a_month_of_identical_readings(check, n, temps, found):
    values = sorted(temps) * n
    rows = [
        log(log_id=str(k), log_type="冷藏温度", log_time=datetime(2021, 3, 1 + k, 8, k), temp_c=values[k])
        for k in range(n)
    ]
    assert len(check("ST-25", food_log=rows)[1]) == found


@pytest.mark.parametrize(("n", "found"), [(5, 1), (4, 0)])
def test_st25_many_entries_within_a_minute(check, n, found):
    rows = [
        log(log_id=str(k), log_type="中心温度", log_time=datetime(2021, 3, 1, 8, 0, k), temp_c=70.0 + k)
        for k in range(n)
    ]
    assert len(check("ST-25", food_log=rows)[1]) == found


@pytest.mark.parametrize(
    ("first", "last", "found"), [(DAY, DAY, 1), (DAY + timedelta(days=1), DAY + timedelta(days=3), 0)]
)
def test_st25_nobody_signs_on_leave(check, first, last, found):
    leave = [{"person_id": "P1", "unit_id": "U1", "from_date": first, "to_date": last}]
    assert len(check("ST-25", food_log=[log(log_type="晨检")], staff_leave=leave)[1]) == found


def rated(target="U1", rater="P1", score=90.0, **more):
    return {
        "rating_id": f"{target}{rater}",
        "scheme": "食堂现场评分",
        "period": "2021年三季度",
        "target_id": target,
        "rater_id": rater,
        "rater_unit_id": "U9",
        "item": "总评",
        "item_group": "采购验收",
        "score": score,
        "recused": False,
        "published_total": None,
    } | more


def honor(**more):
    return {
        "honor_id": "H1",
        "year": 2021,
        "period": "三季度",
        "honor_type": "流动红旗",
        "subject_type": "单位",
        "subject_id": "U1",
    } | more


BOTH = [rated(), rated("U2", score=89.0)]


@pytest.mark.parametrize(
    ("ratings", "flag", "expected"),
    [
        (BOTH, {}, set()),
        (BOTH, {"subject_id": "U2"}, {"wrong"}),
        (BOTH, {"subject_id": "U3"}, {"wrong"}),
        (BOTH, {"year": 2020}, {"wrong", "none"}),
        (BOTH, {"period": "二季度"}, {"none"}),
        ([rated(), rated("U2", score=89.96)], {}, {"tie"}),
        ([rated(), rated("U2", score=89.94)], {}, set()),
        ([rated(), rated("U2", score=95.0, recused=True), rated("U2", "P2", 80.0)], {}, set()),
        ([rated(), rated("U2", score=95.0, rater_unit_id="U2"), rated("U2", "P2", 80.0)], {}, set()),
        ([rated(), rated("U2", score=None), rated("U2", "P2", 80.0)], {}, set()),
        ([rated(published_total=90.05), BOTH[1]], {}, set()),
        ([rated(published_total=90.06), BOTH[1]], {}, {"published"}),
        ([rated(period="2021Q3"), rated("U2", score=95.0, period="2021-3季度")], {}, {"wrong"}),
    ],
)
def test_st17_the_flag_goes_to_the_first_place(check, ratings, flag, expected):
    outcome, _ = check("ST-17", rating=ratings, honor=[honor(**flag)])
    assert cases(outcome) - ({"wrong"} if "none" in expected else set()) == expected - (
        {"wrong"} if "none" in expected else set()
    )


@pytest.mark.parametrize(("score", "first"), [(89.0, "U1"), (90.0, "U1"), (90.1, "U2")])
def test_st17_names_who_has_the_highest_mean(check, score, first):
    """Of two that are level the first by id, so that every engine names the same."""
    ratings = [rated(), rated("U2", score=score)]
    outcome, _ = check("ST-17", rating=ratings, honor=[honor(subject_id="U3")])
    assert [hit["e_top_unit"] for hit in outcome.hits if hit["case"] == "wrong"] == [first]


def test_a_mean_of_scores_stands_beside_its_full_mark(check):
    items = [
        rated(target, score=s, item=item, rating_id=f"{target}{item}", max_score=60.0)
        for target, s in (("U1", 40.0), ("U2", 44.5))
        for item in ("甲", "乙")
    ]
    _, (flag,) = check("ST-17", rating=items, honor=[honor()])
    assert (
        "（均分80），均分最高的是U2（89，满分120）" in flag["message_zh"]
        and "U2 (89 of 120)" in flag["message_en"]
    )
    _, (best,) = check("ST-B02", rating=items, honor=[BEST], finding=[NOTHING])
    assert "全年均分80（满分120），排第2" in best["message_zh"]
    _, (unknown,) = check("ST-17", rating=[rated(score=80.0), rated("U2", score=89.0)], honor=[honor()])
    assert "满分未填" in unknown["message_zh"]


def test_st17_a_running_quarter_is_not_judged(check):
    assert not len(
        check("ST-17", "2021", date(2021, 9, 29), rating=BOTH, honor=[honor(honor_type="其他")])[1]
    )


def test_st15_names_the_system_that_was_not_scored(check):
    groups = ("采购验收", "出入库", "成本核算", "账目公开", "民主监督")
    full = [rated(rating_id=g, item_group=g) for g in groups]
    assert not len(check("ST-15", rating=full)[1])
    outcome, (finding,) = check("ST-15", rating=[*full[:3], rated(rating_id="x", item_group="其他")])
    assert {hit["e_system"] for hit in outcome.hits} == {"账目公开", "民主监督"} and finding[
        "subject"
    ] == "U1|2021年三季度"


def visit(number, when, **more):
    return {
        "act_id": f"V{number}",
        "act_type": "食堂检查",
        "act_time": when,
        "unit_id": "U1",
        "notice_time": None,
        "arrive_time": None,
        "round_id": None,
    } | more


@pytest.mark.parametrize(
    ("day", "period", "as_of", "expected"),
    [
        (datetime(2021, 9, 30, 23), "2021Q3", None, set()),
        (datetime(2021, 6, 30, 23), "2021Q3", None, {"few"}),
        (datetime(2021, 6, 30, 23), "2021Q3", date(2021, 9, 29), {"progress"}),
    ],
)
def test_st18_a_visit_a_quarter(check, day, period, as_of, expected):
    outcome, _ = check(
        "ST-18",
        period,
        as_of,
        unit=[UNIT, UNIT | {"unit_id": "U2", "has_canteen": False}],
        activity_log=[visit(1, day)],
    )
    assert cases(outcome) == expected


@pytest.mark.parametrize(
    ("notice", "arrive", "found"),
    [
        (datetime(2021, 3, 1, 9), datetime(2021, 3, 1, 9), 0),
        (datetime(2021, 3, 1, 8, 59), datetime(2021, 3, 1, 9), 1),
        (None, datetime(2021, 3, 1, 9), 0),
        (datetime(2021, 3, 1, 9), None, 1),
    ],
)
def test_st23_nobody_is_told_before_the_visit(check, notice, arrive, found):
    other = visit(2, datetime(2021, 5, 1, 9), notice_time=datetime(2021, 5, 2))
    row = visit(1, datetime(2021, 3, 1, 10), notice_time=notice, arrive_time=arrive)
    assert len(check("ST-23", activity_log=[other, row])[1]) == found


def dates(*days):
    return [visit(n, datetime.combine(day, datetime.min.time())) for n, day in enumerate(days)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (dates(date(2021, 1, 4), date(2021, 3, 1), date(2021, 6, 7), date(2021, 10, 11)), {"weekday"}),
        (dates(date(2021, 1, 4), date(2021, 3, 1), date(2021, 6, 7), date(2021, 10, 12)), set()),
        (dates(date(2021, 1, 4), date(2021, 3, 1), date(2021, 6, 7)), set()),
        (dates(date(2021, 1, 5), date(2021, 4, 5), date(2021, 7, 6), date(2021, 10, 3)), {"interval"}),
        (dates(date(2021, 1, 5), date(2021, 4, 5), date(2021, 7, 8), date(2021, 10, 3)), set()),
    ],
)
def test_st24_visits_that_can_be_foreseen(check, rows, expected):
    assert cases(check("ST-24", activity_log=rows)[0]) == expected


def test_st24_looks_back_a_year_from_a_leap_day_too(check):
    mondays = dates(*(date(2023, 3, 6) + timedelta(days=70 * n) for n in range(4)))
    assert cases(check("ST-24", "2024", date(2024, 2, 29), activity_log=mondays)[0]) == {
        "weekday",
        "interval",
    }


@pytest.mark.parametrize(("last", "found"), [("abc", 1), ("acb", 0)])
def test_st24_rounds_that_follow_the_same_route(check, last, found):
    rows = [
        visit(f"{r}{n}", datetime(2021, r * 2, 1 + n * r, 9), unit_id=u, round_id=f"R{r}")
        for r, route in ((1, "abc"), (2, "abc"), (3, last))
        for n, u in enumerate(route)
    ]
    assert [hit["e_route"] for hit in check("ST-24", activity_log=rows)[0].hits] == ["a b c"] * found


BEST = honor(honor_type="先进食堂", period="年度")
NOTHING = {
    "_rid": 1,
    "rule_id": "AQ-01",
    "prefix": "AQ",
    "severity": "high",
    "unit": "U1",
    "subject": "x",
    "date": None,
}


@pytest.mark.parametrize(
    ("data", "finding", "expected"),
    [
        ({}, {}, set()),
        ({}, {"prefix": "ST"}, {"findings"}),
        ({}, {"prefix": "ST", "severity": "medium"}, set()),
        (
            {
                "hazard": [
                    {
                        "hazard_id": "Z1",
                        "unit_id": "U1",
                        "hazard_type": "食品",
                        "hazard_level": "重大",
                        "found_date": DAY,
                    }
                ]
            },
            {},
            {"hazard"},
        ),
        (
            {
                "hazard": [
                    {
                        "hazard_id": "Z1",
                        "unit_id": "U1",
                        "hazard_type": "食品",
                        "hazard_level": "一般",
                        "is_accident": True,
                        "found_date": DAY,
                    }
                ]
            },
            {},
            {"hazard"},
        ),
        (
            {
                "hazard": [
                    {
                        "hazard_id": "Z1",
                        "unit_id": "U1",
                        "hazard_type": "用电",
                        "hazard_level": "重大",
                        "found_date": DAY,
                    }
                ]
            },
            {},
            set(),
        ),
        ({"rating": BOTH}, {}, set()),
        ({"rating": [rated(score=80.0), rated("U2", score=89.0)]}, {}, {"rank"}),
    ],
)
def test_stb02_what_bars_the_canteen_of_the_year(check, data, finding, expected):
    outcome, _ = check(
        "ST-B02", honor=[honor(), BEST | {"honor_id": "H2"}], finding=[NOTHING | finding], **data
    )
    assert cases(outcome) == expected


@pytest.mark.parametrize(
    "rule", ["ST-01", "ST-03", "ST-04", "ST-15", "ST-17", "ST-18", "ST-23", "ST-24", "ST-25", "ST-B02"]
)
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, case_file=[{"case_id": "C1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
