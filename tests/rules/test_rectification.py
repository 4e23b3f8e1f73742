"""Rectification rules: a row that breaks each, a row that just does not, and missing data."""

from datetime import date

import pytest

from mingjing.rules import catalogue, rules, run_rule


def problem(**more):
    return {
        "item_id": "Z1",
        "source_type": "巡察",
        "batch_id": "X1",
        "unit_id": "U1",
        "feedback_date": date(2021, 3, 31),
        "plan_submit_date": date(2021, 4, 30),
        "progress_report_date": date(2021, 5, 31),
        "head_report_date": date(2021, 5, 31),
        "problem": "食堂采购没有验收记录",
        "measure": "建立双人验收制度，补齐记录",
        "leader_id": "P1",
        "dept": "后勤科",
        "deadline": date(2021, 5, 31),
        "orig_deadline": None,
        "extension_no": None,
        "is_long_term": False,
        "due_yuan": None,
        "recovered_yuan": None,
        "status": "已销号",
        "finish_date": date(2021, 5, 20),
        "evidence_ref": "E1",
        "acceptor_id": "P2",
        "close_date": date(2021, 5, 31),
        "review_date": date(2021, 11, 1),
        "review_result": "巩固",
    } | more


FULL = problem(
    item_id="Z0",
    batch_id="X0",
    unit_id="U0",
    problem="公车加油无登记",
    orig_deadline=date(2021, 5, 31),
    extension_no="Y0",
    due_yuan=0.0,
    recovered_yuan=0.0,
)
OPEN = {"status": "整改中", "close_date": None}


@pytest.mark.parametrize(
    ("rule", "change", "cases"),
    [
        ("ZG-01", {}, set()),
        ("ZG-01", {"plan_submit_date": date(2021, 5, 1)}, {"plan_late"}),
        ("ZG-01", {"plan_submit_date": None}, {"plan"}),
        ("ZG-01", {"progress_report_date": date(2021, 6, 1)}, {"report_late"}),
        ("ZG-01", {"progress_report_date": None, "head_report_date": None}, {"report", "head"}),
        ("ZG-01", {"head_report_date": None, "source_type": "审计"}, set()),
        ("ZG-02", {}, set()),
        ("ZG-02", {"close_date": date(2021, 6, 1)}, {"late"}),
        ("ZG-02", OPEN, {"open"}),
        ("ZG-02", OPEN | {"deadline": date(2021, 12, 31)}, {"soon"}),
        ("ZG-02", OPEN | {"deadline": date(2022, 1, 15)}, {"soon"}),
        ("ZG-02", OPEN | {"deadline": date(2022, 1, 16)}, set()),
        ("ZG-02", OPEN | {"is_long_term": True}, set()),
        ("ZG-02", OPEN | {"is_long_term": None}, {"open"}),
        ("ZG-02", OPEN | {"deadline": None}, set()),
        ("ZG-02", {"close_date": None}, set()),
        ("ZG-02", {"orig_deadline": date(2021, 5, 1)}, {"late"}),
        ("ZG-02", {"orig_deadline": date(2021, 5, 1), "extension_no": "Y1"}, set()),
        ("ZG-03", {}, set()),
        ("ZG-03", {"evidence_ref": None}, {"evidence"}),
        ("ZG-03", {"acceptor_id": None}, {"acceptor"}),
        ("ZG-03", {"close_date": None}, {"date"}),
        ("ZG-03", {"acceptor_id": "P1"}, {"self"}),
        ("ZG-03", {"evidence_ref": None, "status": "已完成"}, set()),
        ("ZG-04", {}, set()),
        ("ZG-04", {"measure": None}, {"measure"}),
        ("ZG-04", {"leader_id": None, "dept": None}, {"leader", "dept"}),
        ("ZG-04", {"deadline": None}, {"deadline"}),
        ("ZG-04", {"deadline": None, "is_long_term": True}, set()),
        ("ZG-05", {"close_date": date(2021, 6, 30)}, set()),
        ("ZG-05", {"close_date": date(2021, 6, 30), "review_date": None}, {"batch"}),
        ("ZG-05", {"close_date": date(2021, 6, 30), "review_date": date(2021, 6, 30)}, set()),
        ("ZG-05", {"close_date": date(2021, 6, 30), "review_date": date(2021, 6, 29)}, {"batch"}),
        ("ZG-05", {"close_date": date(2021, 7, 1), "review_date": None}, set()),
        ("ZG-05", {"close_date": None, "review_date": None}, set()),
        ("ZG-06", {}, set()),
        ("ZG-06", {"review_result": "部分反弹"}, {"declared"}),
        ("ZG-06", {"review_result": "反弹", "review_date": date(2022, 1, 1)}, set()),
        ("ZG-06", {"review_result": "反弹", "review_date": date(2021, 12, 31)}, {"declared"}),
        ("ZG-06", {"review_result": None}, set()),
        ("ZG-08", {"due_yuan": 100.0, "recovered_yuan": 100.0}, set()),
        ("ZG-08", {"due_yuan": 100.0, "recovered_yuan": 99.99}, {"short"}),
        ("ZG-08", {"due_yuan": 100.0}, {"unrecorded"}),
        ("ZG-08", {"due_yuan": 100.0} | OPEN, set()),
        ("ZG-08", {"due_yuan": None}, set()),
        ("ZG-09", {}, set()),
        ("ZG-09", {"measure": "召开会议传达学习"}, {"paper"}),
        ("ZG-09", {"measure": "召开会议，追缴退款"}, set()),
        ("ZG-09", {"measure": None}, set()),
    ],
)
def test_a_problem_is_judged_at_its_limits(check, rule, change, cases):
    outcome, findings = check(rule, rectification=[FULL, problem(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [finding["row"] for finding in findings] == ([3] if cases else [])


def test_zg02_looks_at_a_past_day_as_it_was_then(check):
    rows = [FULL, problem(deadline=date(2021, 5, 1), orig_deadline=None)]
    outcome, _ = check("ZG-02", "2021", date(2021, 5, 2), rectification=rows)
    assert [h["case"] for h in outcome.hits if h["subject"] == "Z1"] == ["open"]


def test_zg01_takes_the_batchs_own_deadline(check):
    batch = {
        "batch_id": "X1",
        "source_type": "巡察",
        "feedback_date": date(2021, 3, 31),
        "plan_deadline": date(2021, 4, 10),
        "plan_submit_date": date(2021, 4, 11),
        "progress_report_date": date(2021, 5, 31),
        "head_report_date": date(2021, 5, 31),
    }
    outcome, _ = check("ZG-01", rectification=[problem()], feedback_batch=[batch])
    assert [h["case"] for h in outcome.hits] == ["plan_late"]


def test_zg01_counts_the_batches_it_judges_and_not_their_problems(check):
    rows = [problem(item_id=f"Z{n}", batch_id=batch) for n, batch in enumerate(["X1", "X1", "X1", "X2"])]
    audited = problem(item_id="Z9", batch_id="X9", source_type="审计")
    outcome, _ = check("ZG-01", rectification=[*rows, audited])
    assert (outcome.outcome, outcome.rows_checked) == ("passed", 2)
    none, _ = check("ZG-01", rectification=[audited])
    assert (none.outcome, none.reason[0], none.rows_checked) == ("not_run", "none_such", 0)
    told = {"source_type": "巡察", "feedback_date": date(2021, 3, 31), "plan_submit_date": date(2021, 4, 1)}
    done = dict.fromkeys(["progress_report_date", "head_report_date"], date(2021, 5, 1))
    batches = [told | done | {"batch_id": f"X{n}", "unit_id": "U1"} for n in range(3)]
    assert check("ZG-01", rectification=rows, feedback_batch=batches)[0].rows_checked == 3


@pytest.mark.parametrize(("units", "count"), [((), 2), (("U1",), 1)])
def test_zg01_counts_the_batches_of_the_units_asked_for(ledgers, units, count):
    rows = [problem(), problem(item_id="Z2", batch_id="X2", unit_id="U2")]
    outcome = run_rule(catalogue()["ZG-01"], rules()["ZG-01"], ledgers(rectification=rows), units)
    assert (outcome.outcome, outcome.rows_checked) == ("passed", count)


def test_zg05_a_sample_will_do(check):
    rows = [problem(item_id=f"Z{i}", review_date=None) for i in range(5)]
    rows[0]["review_date"] = date(2021, 11, 1)
    assert check("ZG-05", rectification=rows)[0].outcome == "passed"
    outcome, _ = check("ZG-05", rectification=[*rows, problem(item_id="Z5", review_date=None)])
    assert [(h["e_k"], h["e_n"], h["e_wanted"]) for h in outcome.hits] == [(1, 6, 2)]


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({"problem": "食堂采购验收记录缺失"}, {"measured"}),
        ({"problem": "消防通道堆放杂物"}, set()),
        ({"problem": "食堂采购验收记录缺失", "unit_id": "U2"}, set()),
        ({"problem": "食堂采购验收记录缺失", "feedback_date": date(2021, 5, 31)}, set()),
    ],
)
def test_zg06_recurrence_is_measured_by_text_and_unit(check, change, cases):
    again = problem(**{"item_id": "Z2", "feedback_date": date(2021, 9, 1)} | OPEN | change)
    outcome, _ = check("ZG-06", rectification=[FULL, problem(), again])
    assert {h["case"] for h in outcome.hits} == cases
    assert [h["_rids"] for h in outcome.hits] == ([[3, 4]] if cases else [])


@pytest.mark.parametrize(
    ("count", "cases"), [(2, set()), (3, {"fewer"}), (1, {"more"}), (None, {"unstated"}), (0, {"more"})]
)
def test_zg07_as_many_problems_as_were_fed_back(check, count, cases):
    batches = [
        {"batch_id": "X1", "feedback_date": date(2021, 3, 31), "problem_count": count},
        {"batch_id": "X0", "feedback_date": date(2021, 3, 31), "problem_count": 1},
    ]
    rows = [FULL, problem(), problem(item_id="Z2")]
    outcome, _ = check("ZG-07", feedback_batch=batches, rectification=rows)
    assert {h["case"] for h in outcome.hits} == cases


def test_zg07_a_batch_without_a_row_and_rows_without_a_batch(check):
    batches = [{"batch_id": "X9", "feedback_date": date(2021, 3, 31), "problem_count": 4}]
    outcome, _ = check("ZG-07", feedback_batch=batches, rectification=[problem()])
    assert {(h["case"], h["subject"]) for h in outcome.hits} == {("fewer", "X9"), ("stray", "X1")}


@pytest.mark.parametrize(
    ("same", "finished", "total", "cases"),
    [(6, 1, 12, {"massed"}), (6, 1, 13, set()), (5, 1, 5, set()), (6, 6, 12, set())],
)
def test_zgb02_closed_on_one_day_and_finished_on_one_day(check, same, finished, total, cases):
    rows = [
        problem(
            item_id=f"Z{i}",
            close_date=date(2021, 6, 1) if i < same else date(2021, 7, i),
            finish_date=date(2021, 5, 1 + (i if finished > 1 else 0)) if i < same else date(2021, 6, i),
        )
        for i in range(total)
    ]
    assert {h["case"] for h in check("ZG-B02", rectification=rows)[0].hits} == cases


AREA = [entry.rule_id for entry in catalogue().values() if entry.area in ("rectification", "venues")]


@pytest.mark.parametrize("rule", AREA)
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
