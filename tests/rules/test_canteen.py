"""Canteen rules: a row that breaks each, a row that just does not, and missing data."""

from datetime import date, datetime

import pytest

MADE = datetime(2021, 3, 1, 12)


def sample(weight=125, discard=datetime(2021, 3, 3, 12), **more):
    return {
        "log_id": "L1",
        "unit_id": "U1",
        "log_type": "留样",
        "log_time": MADE,
        "dish": "红烧肉",
        "weight_g": weight,
        "discard_time": discard,
    } | more


@pytest.mark.parametrize(
    ("row", "cases"),
    [
        (sample(), set()),
        (sample(weight=124), {"light"}),
        (sample(weight=None), {"light"}),
        (sample(discard=datetime(2021, 3, 3, 11, 59)), {"short"}),
        (sample(discard=None), {"kept"}),
        (sample(weight=1, log_type="冷藏温度"), set()),
    ],
)
def test_st02_judges_weight_and_time_at_their_limits(check, row, cases):
    outcome, _ = check("ST-02", food_log=[row, sample(log_id="L0")])
    assert {hit["case"] for hit in outcome.hits} == cases


def test_st02_does_not_know_a_discard_that_lies_after_the_day_it_looks_from(check):
    row = sample(discard=datetime(2021, 3, 3, 11))
    outcome, _ = check("ST-02", "2021", date(2021, 3, 2), food_log=[row])
    assert outcome.outcome == "passed"


def test_two_faults_of_one_sample_are_one_finding_at_its_row(check):
    _, findings = check("ST-02", food_log=[sample(), sample(1, datetime(2021, 3, 1, 13), log_id="L2")])
    (finding,) = findings
    assert (finding["row"], finding["subject"], finding["severity"]) == (3, "L2", "medium")
    assert (
        finding["message_zh"]
        == "红烧肉留样重量为1克，标准不少于125克；红烧肉留样1小时即销毁，标准不少于48小时"
    )
    assert "minimum 125 g" in finding["message_en"]


def test_without_the_ledger_a_rule_is_not_run(check):
    outcome, _ = check("ST-02", rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason) == ("not_run", ("no_data", "food_log"))


def test_without_a_column_a_rule_is_not_run(check):
    row = {k: v for k, v in sample().items() if k != "weight_g"}
    outcome, _ = check("ST-02", food_log=[row])
    assert (outcome.outcome, outcome.reason) == ("not_run", ("column_missing", "food_log.weight_g"))


def test_without_rows_in_the_period_a_rule_is_not_run(check):
    outcome, _ = check("ST-02", "2022", food_log=[sample()])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_rows")


@pytest.mark.parametrize(("day", "hits"), [(date(2021, 5, 1), 0), (date(2021, 5, 2), 1)])
def test_st07_allows_use_on_the_day_of_expiry(check, day, hits):
    stock = {
        "txn_id": "S1",
        "unit_id": "U1",
        "txn_type": "出库",
        "txn_date": day,
        "item_name": "牛奶",
        "purchase_line_id": "P1",
    }
    bought = {"line_id": "P1", "purchase_date": date(2021, 4, 1), "expiry_date": date(2021, 5, 1)}
    outcome, _ = check("ST-07", food_stock=[stock], food_purchase=[bought])
    assert len(outcome.hits) == hits


@pytest.mark.parametrize(
    ("first", "second", "cases"),
    [("B", "C", set()), ("A", "C", {"buyer"}), ("B", None, {"single"}), ("B", "B", {"single"})],
)
def test_st08_wants_two_acceptors_other_than_the_buyer(check, first, second, cases):
    base = {"unit_id": "U1", "purchase_date": date(2021, 2, 1), "item_name": "大米", "buyer_id": "A"}
    rows = [
        base | {"line_id": "P1", "acceptor1_id": first, "acceptor2_id": second},
        base | {"line_id": "P2", "acceptor1_id": "X", "acceptor2_id": "Y"},
    ]
    outcome, _ = check("ST-08", food_purchase=rows)
    assert {hit["case"] for hit in outcome.hits} == cases


@pytest.mark.parametrize(
    ("own", "recused", "score", "hits"),
    [
        ("U1", False, 90.0, 1),
        ("U1", None, 90.0, 1),
        ("U1", True, 90.0, 0),
        ("U1", False, None, 0),
        ("U2", False, 90.0, 0),
    ],
)
def test_st16_wants_raters_to_stand_aside_for_their_own_unit(check, own, recused, score, hits):
    base = {"scheme": "食堂现场评分", "period": "2021Q1", "target_id": "U1", "rater_id": "R"}
    rows = [
        base | {"rating_id": "G1", "rater_unit_id": own, "recused": recused, "score": score},
        base | {"rating_id": "G2", "rater_unit_id": "U9", "recused": False, "score": 80.0},
    ]
    outcome, _ = check("ST-16", rating=rows)
    assert len(outcome.hits) == hits
