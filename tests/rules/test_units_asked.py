"""A run limited to some units: what cannot be told of them is never passed."""

import re
from datetime import date, datetime

import pytest
from tests.rules.test_venues import CITY, region

from mingjing.rules import catalogue, rules, run_rule
from mingjing.rules.engine import _by_unit
from mingjing.rules.reasons import reason_text
from mingjing.tables import tables

LOG = {
    "log_id": "L1",
    "log_type": "留样",
    "meal": "午餐",
    "log_time": datetime(2021, 3, 5, 12),
    "weight_g": 100.0,
    "discard_time": datetime(2021, 3, 8, 12),
}


def run(ledgers, rule_id, units=("U1",), **data):
    return run_rule(catalogue()[rule_id], rules()[rule_id], ledgers(**data), units)


@pytest.mark.parametrize("pop", [716.70, 750.0])
def test_a_ledger_that_names_no_unit_tells_nothing_of_one(ledgers, pop):
    stat = [region(), region(**CITY | {"resident_pop": pop, "per_capita_area": 3.10})]
    outcome = run(ledgers, "CD-01", region_stat=stat)
    assert (outcome.outcome, outcome.reason, outcome.hits) == ("not_run", ("not_by_unit", ""), [])
    assert "无法按单位判断" in reason_text(outcome.reason, "zh")
    assert "cannot be told by unit" in reason_text(outcome.reason, "en")
    whole = run(ledgers, "CD-01", units=(), region_stat=stat)
    assert whole.outcome == ("passed" if pop == 716.70 else "findings")


def test_no_rule_whose_ledger_names_no_unit_passes_one():
    mute = {
        rule_id
        for rule_id, entry in catalogue().items()
        if (first := next(iter(entry.needs), "")) in tables() and not tables()[first].unit
    }
    assert {"CD-01", "KH-01", "SS-02", "ST-B02"} <= mute
    assert {rule_id for rule_id in mute if _by_unit(catalogue()[rule_id])} == {"DQ-04", "DQ-05"}


@pytest.mark.parametrize(
    ("units", "outcome", "reason", "hits"),
    [
        ((None, "U1"), "findings", "unplaced", ["U1"]),
        (("U1", "U1"), "findings", "", ["U1", "U1"]),
        (("U2", "U1"), "findings", "", ["U1"]),
    ],
)
def test_a_hit_without_a_unit_is_told_beside_those_of_the_unit(ledgers, units, outcome, reason, hits):
    rows = [LOG | {"log_id": f"L{n}", "unit_id": unit} for n, unit in enumerate(units)]
    found = run(ledgers, "ST-02", food_log=rows)
    assert (found.outcome, found.reason[0]) == (outcome, reason)
    assert [hit["unit"] for hit in found.hits] == hits
    assert bool(reason_text(found.reason, "zh")) == bool(reason)


def test_hits_that_all_lack_a_unit_are_no_pass(ledgers):
    good = LOG | {"log_id": "L2", "unit_id": "U1", "weight_g": 500.0}
    found = run(ledgers, "ST-02", food_log=[LOG | {"unit_id": None}, good])
    assert (found.outcome, found.reason) == ("not_run", ("of_no_unit", ""))


def test_a_ledger_in_which_nobody_wrote_a_unit_says_so(ledgers):
    found = run(ledgers, "ST-02", food_log=[LOG | {"unit_id": None}])
    assert (found.outcome, found.reason) == ("not_run", ("no_unit", ""))
    other = run(ledgers, "ST-02", food_log=[LOG | {"unit_id": "U2"}])
    assert other.reason == ("no_rows", "food_log")


def test_a_praised_person_is_told_by_the_unit_of_the_staff_list(ledgers):
    person = {"person_id": "P1", "unit_id": "U1", "discipline_end_date": date(2022, 6, 1)}
    data = {
        "appraisal": [{"person_id": "P1", "year": 2021, "type": "年度考核", "grade": "优秀"}],
        "person": [person],
    }
    assert [hit["unit"] for hit in run(ledgers, "KH-03", **data).hits] == ["U1"]
    assert run(ledgers, "KH-03", ("U2",), **data).reason == ("not_by_unit", "")


@pytest.mark.parametrize("rule_id", ["SS-02", "SS-03"])
def test_a_card_of_a_person_is_told_by_the_unit_of_the_staff_list(ledgers, rule_id):
    card = {
        "card_id": "K1",
        "subject_type": "个人",
        "subject_id": "P1",
        "color": "黄",
        "issue_date": date(2021, 3, 1),
        "rect_due_date": date(2021, 4, 1),
    }
    data = {"tricolor": [card], "person": [{"person_id": "P1", "unit_id": "U1"}]}
    assert [hit["unit"] for hit in run(ledgers, rule_id, **data).hits] == ["U1"]
    assert run(ledgers, rule_id, ("U2",), **data).reason == ("not_by_unit", "")
    twice = data | {"person": [*data["person"], {"person_id": "P1", "unit_id": "U2"}]}
    assert [hit["unit"] for hit in run(ledgers, rule_id, (), **twice).hits] == [None], "of two units, of none"
    assert run(ledgers, rule_id, tricolor=[card]).reason == ("not_by_unit", "")


def test_an_honour_of_a_person_is_told_by_the_unit_of_the_staff_list(ledgers):
    honour = {"honor_type": "优秀共产党员", "year": 2021}
    rows = [
        honour | {"honor_id": "H1", "subject_type": "个人", "subject_id": "P1"},
        honour | {"honor_id": "H2", "subject_type": "单位", "subject_id": "U2"},
    ]
    person = [{"person_id": "P1", "unit_id": "U1"}]
    found = run(ledgers, "KH-B04", (), honor=rows, person=person)
    assert sorted((hit["subject"], hit["unit"]) for hit in found.hits) == [("H1", "U1"), ("H2", "U2")]


def test_a_group_whose_people_are_all_of_one_unit_is_told_by_it(ledgers):
    def graded(group, people):
        usual = {"year": 2021, "type": "年度考核", "eligible": True, "quota_group": group, "grade": "优秀"}
        return [usual | {"person_id": person} for person in people]

    rows = [*graded("一组", ["P1", "P2"]), *graded("二组", ["P3", "P4"]), *graded("三组", ["P1", "P9"])]
    person = [{"person_id": f"P{n}", "unit_id": "U2" if n == 4 else "U1"} for n in range(1, 5)]
    data = {"appraisal": rows, "person": person}
    found = {hit["subject"]: hit["unit"] for hit in run(ledgers, "KH-01", (), **data).hits}
    assert found == {"2021|一组": "U1", "2021|二组": None, "2021|三组": None}
    assert [hit["subject"] for hit in run(ledgers, "KH-01", ("U1",), **data).hits] == ["2021|一组"]
    assert run(ledgers, "KH-01", ("U1",), appraisal=rows).reason == ("not_by_unit", "")


SCORE = {"scheme": "食堂现场评分", "period": "2021Q1", "rater_id": "R", "rater_unit_id": "U9", "score": 90.0}
OTHER = SCORE | {"rating_id": "G2", "target_id": "U2", "scheme": "作风评议", "item_group": "作风"}
SCORED = SCORE | {"rating_id": "G1", "target_id": "U1", "item_group": "采购验收", "recused": False}
FLAG = {"honor_id": "H1", "honor_type": "流动红旗", "subject_type": "单位", "year": 2021, "period": "一季度"}


@pytest.mark.parametrize("rule_id", ["ST-15", "ST-16", "ST-17"])
def test_a_canteen_without_scores_does_not_pass_by_other_ratings_nor_by_others_scores(ledgers, rule_id):
    data = {"rating": [SCORED, OTHER], "honor": [FLAG | {"subject_id": "U1"}]}
    theirs = run(ledgers, rule_id, ("U2",), **data)
    assert (theirs.outcome, theirs.reason) == ("not_run", ("none_such", "rating.食堂现场评分"))
    assert (
        reason_text(theirs.reason, "en") == "no such entry among those looked at: Ratings (canteen scoring)"
    )
    assert run(ledgers, rule_id, ("U1",), **data).rows_checked == 1
    assert run(ledgers, "ST-16", ("U1",), **data).outcome == "passed"
    none = run(ledgers, "ST-16", (), rating=[OTHER])
    assert (none.outcome, none.rows_checked) == ("not_run", 0), "nor does the whole bureau without any"


def test_a_flag_given_to_a_canteen_without_scores_is_found(ledgers):
    wrong = run(ledgers, "ST-17", ("U2",), rating=[SCORED, OTHER], honor=[FLAG | {"subject_id": "U2"}])
    assert [hit["case"] for hit in wrong.hits] == ["wrong"]


@pytest.mark.parametrize(
    ("kind", "rule_id", "outcome"),
    [
        ("食堂检查", "ST-23", "passed"),
        ("防火巡查", "ST-23", "not_run"),
        ("食堂检查", "ST-24", "passed"),
        ("防火巡查", "ST-24", "not_run"),
        ("防火检查", "AQ-B04", "passed"),
    ],
)
def test_visits_of_another_kind_are_no_visits(ledgers, kind, rule_id, outcome):
    visit = {"act_id": "V1", "act_type": kind, "act_time": datetime(2021, 3, 1, 9), "unit_id": "U1"}
    more = {"notice_time": None, "leader_id": "P1", "issue_count": 1}
    found = run(ledgers, rule_id, activity_log=[visit | more])
    assert (found.outcome, found.rows_checked) == (outcome, int(outcome == "passed"))


def test_a_unit_without_a_canteen_is_not_said_to_have_been_visited(ledgers):
    unit = {"unit_id": "U1", "has_canteen": False, "active": True}
    visit = {"act_id": "V1", "act_type": "食堂检查", "act_time": datetime(2021, 3, 1, 9), "unit_id": "U9"}
    found = run(ledgers, "ST-18", unit=[unit], activity_log=[visit])
    assert (found.outcome, found.reason) == ("not_run", ("none_such", "unit.has_canteen"))


THING = {
    "ca_id": "C1",
    "unit_id": "U1",
    "status": "在用",
    "location": "",
    "subtype": "干粉",
    "holder_id": "P1",
}
THING |= {"last_check_date": date(2021, 12, 1), "made_date": date(2020, 1, 1), "apply_date": None}
THING |= {"valid_from": date(2020, 1, 1), "valid_to": date(2024, 1, 1)}
STOCK = {"txn_id": "S1", "unit_id": "U1", "txn_date": date(2021, 3, 1), "purchase_line_id": "B1"}
GRADED = {"person_id": "P1", "year": 2021, "quota_group": "一组", "grade": "合格"}


@pytest.mark.parametrize(
    ("rule_id", "judged", "other"),
    [
        ("ST-02", {"log_type": "留样"}, {"log_type": "冷藏温度"}),
        ("ST-07", {"txn_type": "出库"}, {"txn_type": "入库"}),
        ("AQ-07", {"ca_type": "消防设施"}, {"ca_type": "健康证"}),
        ("AQ-07", {"ca_type": "消防设施"}, {"ca_type": "消防设施", "status": "停用"}),
        ("AQ-08", {"ca_type": "灭火器"}, {"ca_type": "消防设施"}),
        ("AQ-09", {"ca_type": "特种设备"}, {"ca_type": "灭火器"}),
        ("AQ-10", {"ca_type": "救生员证"}, {"ca_type": "特种设备"}),
        ("KH-01", {"type": "年度考核", "eligible": True}, {"type": "平时考核", "eligible": True}),
        ("KH-01", {"type": "年度考核", "eligible": True}, {"type": "年度考核", "eligible": False}),
        ("KH-02", {"type": "年度考核", "eligible": True}, {"type": "平时考核", "eligible": True}),
    ],
)
def test_a_rule_does_not_pass_on_rows_of_another_kind(ledgers, rule_id, judged, other):
    usual = {
        "food_log": LOG | {"unit_id": "U1", "weight_g": 200.0},
        "food_stock": STOCK,
        "food_purchase": {"line_id": "B1", "unit_id": "U1", "expiry_date": date(2022, 1, 1)},
        "cert_asset": THING,
        "unit": {"unit_id": "U1", "is_public_venue": False},
        "person": {"person_id": "P1", "unit_id": "U1", "status": "在岗"},
        "appraisal": GRADED,
    }
    first = next(iter(catalogue()[rule_id].needs))

    def judge(*kinds):
        rows = [usual[first] | kind for kind in kinds]
        return run(ledgers, rule_id, (), **{name: [row] for name, row in usual.items()} | {first: rows})

    none = judge(other)
    assert (none.outcome, none.reason[0], none.rows_checked) == ("not_run", "none_such", 0)
    assert reason_text(none.reason, "en").startswith("no such entry among those looked at: ")
    assert not re.search("[\u4e00-\u9fff]", reason_text(none.reason, "en"))
    both = judge(judged, other)
    assert (both.outcome != "not_run", both.rows_checked) == (True, 1)


def test_a_reason_names_a_ledger_once():
    assert reason_text(("column_missing", "food_log.dish, food_log.weight_g, rating"), "en") == (
        "column missing: Food samples and temperatures (Dish, Weight (g)), Ratings"
    )


@pytest.mark.parametrize(("used", "came_to"), [(True, "passed"), (None, "passed"), (False, "not_run")])
def test_a_unit_out_of_use_is_no_unit_that_was_checked(ledgers, used, came_to):
    unit = {"unit_id": "U1", "has_canteen": True, "active": used}
    meals = [{"unit_id": "U1", "ledger_date": date(2021, month, 1)} for month in range(1, 13)]
    found = run(ledgers, "DQ-03", unit=[unit], meal_ledger=meals)
    assert (found.outcome, found.rows_checked) == (came_to, int(came_to == "passed"))
    if not found.rows_checked:
        assert reason_text(found.reason, "zh") == "所查范围内没有这类记录：单位基本信息表（在用）"


@pytest.mark.parametrize("owes", [True, False, None])
def test_who_has_no_guns_canteen_athletes_nor_key_posts_does_not_pass_for_lack_of_them(ledgers, owes):
    unit = {"unit_id": "U1", "active": True, "head_id": "P1"}
    unit |= dict.fromkeys(["has_armory", "has_canteen", "has_athletes"], owes)
    seen = {"unit_id": "U1", "rec_type": "上级检查", "start_time": datetime(2021, 5, 1)}
    licence = {"ca_type": "食品经营许可证", "unit_id": "U1", "holder_id": None, "valid_to": date(2023, 1, 1)}
    letter = {"rec_type": "责任书", "rec_date": date(2021, 2, 1), "unit_id": "U1", "signer_id": "P1"}
    person = {"person_id": "P1", "unit_id": "U1", "status": "在岗", "post_start_date": date(2020, 1, 1)}
    talk = {"rec_type": "廉政谈话", "target_person_id": "P1", "done_date": date(2021, 5, 1), "unit_id": "U1"}
    data = {
        "unit": [unit],
        "armory_check": [seen | {"check_id": level, "inspect_level": level} for level in "省市区"],
        "cert_asset": [licence],
        "adop_record": [letter | {"rec_id": "R1"}],
        "person": [person | {"is_key_post": owes, "post": "会计", "key_area": None}],
        "duty_record": [talk | {"rec_id": "T1"}],
    }
    for rule_id in ("QD-22", "ST-04", "FX-03", "LZ-06", "LZ-07"):
        found = run(ledgers, rule_id, **data)
        expected = ("passed", "", 1) if owes else ("not_run", "none_such", 0)
        assert (found.outcome, found.reason[0], found.rows_checked) == expected, rule_id


def test_a_cook_without_a_certificate_is_found_where_no_canteen_is_kept(ledgers):
    unit = {"unit_id": "U1", "has_canteen": False, "active": True}
    cook = {"person_id": "P1", "unit_id": "U1", "post": "厨师", "status": "在岗", "key_area": None}
    other = {"ca_type": "健康证", "unit_id": "U2", "holder_id": "P2", "valid_to": date(2023, 1, 1)}
    found = run(ledgers, "ST-04", unit=[unit], person=[cook], cert_asset=[other])
    assert [hit["case"] for hit in found.hits] == ["health_none"]


def _amounts(unit, n):
    """Spread evenly over three orders of magnitude on the logarithmic scale: Benford's law itself."""
    usual = {"unit_id": unit, "econ_item": "办公费", "voucher_date": date(2021, 3, 1)}
    return [usual | {"amount": round(10 ** (1 + 3 * (i + 0.5) / n), 2)} for i in range(n)]


@pytest.mark.parametrize(
    ("rule_id", "n", "outcome"),
    [("JF-07", 93, "not_run"), ("JF-07", 600, "passed"), ("JF-08", 5, "not_run"), ("JF-08", 600, "passed")],
)
def test_amounts_of_others_that_are_fit_do_not_make_those_of_a_unit_pass(ledgers, rule_id, n, outcome):
    rows = [*_amounts("U1", n), *(row for k in range(2, 7) for row in _amounts(f"U{k}", 600))]
    limited = ledgers(expense=rows)
    limited.units = ("U1",)
    found = run_rule(catalogue()[rule_id], rules()[rule_id], limited, limited.units)
    assert found.outcome == outcome
    assert found.reason[0] == ("digits_unfit" if outcome == "not_run" else "")
    assert run(ledgers, rule_id, (), expense=rows).outcome == "passed", "the whole bureau is judged as before"


def test_what_concerns_several_units_is_not_told_of_one_and_the_reason_says_so(ledgers):
    when = datetime(2021, 3, 1, 9, 30)
    rows = [
        {"act_id": f"A{n}", "act_type": "防火检查", "act_time": when, "unit_id": f"U{n}", "leader_id": "P1"}
        for n in (1, 2)
    ]
    found = run(ledgers, "AQ-14", activity_log=[row | {"conclusion": None} for row in rows])
    assert (found.outcome, found.reason, found.rows_checked) == ("not_run", ("of_no_unit", ""), 1)
    assert "of several units" in reason_text(found.reason, "en")
