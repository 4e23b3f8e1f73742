"""Anti-doping rules on people: education, exams, letters, whereabouts, exemptions, reports."""

import random
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from mingjing.rules.reasons import reason_text


def record(kind, day, ath="A1", **more):
    return {
        "rec_id": f"R{kind}{ath}{day:%m%d}{more.get('attempt_no', '')}",
        "rec_type": kind,
        "rec_date": day,
        "ath_id": ath,
        "unit_id": "U1",
        "event_name": None,
        "event_date": None,
        "exam_score": None,
        "attempt_no": None,
        "result": None,
        "ref_no": None,
        "valid_from": None,
        "valid_to": None,
        "report_time": None,
        "signer_id": None,
        "exam_required": None,
        "act_id": None,
    } | more


def athlete(ath="A1", **more):
    return {
        "ath_id": ath,
        "name": f"姓名{ath}",
        "unit_id": "U1",
        "role": "运动员",
        "test_pool": "注册检查库",
        "in_training": True,
        "start_date": date(2020, 1, 1),
        "end_date": None,
    } | more


def unit(number="U1", **more):
    return {
        "unit_id": number,
        "unit_name": f"单位{number}",
        "unit_type": "训练单位",
        "has_athletes": True,
        "head_id": "P1",
        "active": True,
    } | more


def cases(outcome):
    return {hit["case"] for hit in outcome.hits}


MARCH = date(2021, 3, 1)
OTHER = unit("U9", has_athletes=False, unit_type="机关")


@pytest.mark.parametrize(
    ("person", "held", "as_of", "found"),
    [
        ({}, {}, None, set()),
        ({}, {"rec_date": date(2020, 12, 31)}, None, {"untrained"}),
        ({}, {"rec_date": date(2021, 1, 1)}, None, set()),
        ({"in_training": False}, {"ath_id": "A2"}, None, set()),
        ({"in_training": None}, {"ath_id": "A2"}, None, {"untrained"}),
        ({"in_training": False, "role": "教练员"}, {"ath_id": "A2"}, None, {"untrained"}),
        ({"role": "监护人"}, {"ath_id": "A2"}, None, set()),
        ({"start_date": date(2021, 12, 1)}, {"ath_id": "A2"}, None, {"untrained"}),
        ({"start_date": date(2021, 12, 2)}, {"ath_id": "A2"}, None, set()),
        ({"end_date": date(2021, 12, 31)}, {"ath_id": "A2"}, None, set()),
        ({"end_date": date(2022, 1, 1)}, {"ath_id": "A2"}, None, {"untrained"}),
        ({}, {"ath_id": None}, None, {"unnamed"}),
        ({}, {"ath_id": None, "unit_id": "U9"}, None, {"untrained"}),
        ({}, {"ath_id": "A2"}, date(2021, 12, 30), {"pending"}),
        ({}, {"ath_id": "A2"}, date(2021, 9, 1), {"not_run"}),
    ],
)
def test_fx01_wants_everybody_on_the_roster_trained_each_year(check, person, held, as_of, found):
    rows = [record("教育培训", MARCH) | held, record("教育培训", MARCH, "A0")]
    people = [athlete("A0"), athlete(**person)]
    outcome, findings = check("FX-01", "2021", as_of, athlete=people, adop_record=rows, unit=[unit()])
    assert (cases(outcome) or ({"not_run"} if outcome.outcome == "not_run" else set())) == found
    assert [f["row"] for f in findings] == ([3] if found - {"not_run"} else [])


def test_fx01_names_the_untrained_and_a_unit_without_a_roster(check):
    people = [athlete("A1"), athlete("A2"), athlete("A3")]
    units = [unit(), unit("U2"), OTHER]
    _, findings = check("FX-01", athlete=people, adop_record=[record("教育培训", MARCH)], unit=units)
    said = {f["subject"]: f["message_zh"] for f in findings}
    assert said == {
        "U1|2021": "U1 2021年应受训3人，有记录1人，未见记录2人：姓名A2、姓名A3",
        "U2|roster": "U2有在训运动员，但没有花名册，覆盖率无法计算",
    }


def test_fx01_agrees_with_pandas_on_a_random_roster(check):
    rng = random.Random(11)
    people = [athlete(f"A{i}", unit_id=f"U{i % 7}", in_training=rng.random() < 0.8) for i in range(140)]
    held = [
        record("教育培训", date(2020, 11, 1) + timedelta(days=rng.randint(0, 420)), f"A{rng.randint(0, 139)}")
        for _ in range(150)
    ]
    units = [unit(f"U{i}") for i in range(7)]
    outcome, _ = check("FX-01", athlete=people, adop_record=held, unit=units)
    roster, log = pd.DataFrame(people), pd.DataFrame(held)
    done = log[[day.year == 2021 for day in log.rec_date]].ath_id
    due = roster[roster.in_training]
    expected = (~due.ath_id.isin(done)).groupby(due.unit_id).sum()
    assert {h["unit"]: h["e_missed"] for h in outcome.hits} == expected[expected > 0].to_dict()


@pytest.mark.parametrize(
    ("change", "log", "as_of", "found"),
    [
        ({"unit_type": "县市区部门", "has_athletes": False}, [], None, {"none"}),
        ({"unit_type": "机关", "has_athletes": False}, [], None, set()),
        ({"unit_type": "机关"}, [], None, {"none"}),
        ({"active": False}, [], None, set()),
        ({}, [(MARCH, "反兴奋剂培训")], None, set()),
        ({}, [(date(2020, 12, 31), "反兴奋剂培训")], None, {"none"}),
        ({}, [(MARCH, "消防培训")], None, {"none"}),
        ({}, [], date(2021, 12, 1), {"pending"}),
    ],
)
def test_fx09_counts_from_the_list_of_units_counties_included(check, change, log, as_of, found):
    acts = [
        {
            "act_id": f"T{i}",
            "act_type": kind,
            "act_time": datetime(day.year, day.month, day.day, 9),
            "unit_id": "U1",
        }
        for i, (day, kind) in enumerate(log)
    ]
    acts.append({"act_id": "T9", "act_type": "陪餐", "act_time": datetime(2021, 1, 1), "unit_id": "U1"})
    rows = [record("教育培训", MARCH, unit_id="U9")]
    outcome, _ = check(
        "FX-09", "2021", as_of, unit=[unit(**change), OTHER], adop_record=rows, activity_log=acts
    )
    assert cases(outcome) == found


def test_fx09_counts_the_units_that_owe_education(check):
    office = {"unit_id": "U3", "unit_type": "机关", "active": True, "has_athletes": False}
    owing = office | {"unit_id": "U4", "unit_type": "县市区部门"}
    outcome, _ = check(
        "FX-09", "2021", unit=[office, owing], adop_record=[record("教育培训", MARCH, unit_id="U4")]
    )
    assert (outcome.outcome, outcome.rows_checked) == ("passed", 1)
    none, _ = check("FX-09", "2021", unit=[office], adop_record=[record("教育培训", MARCH)])
    assert (none.outcome, none.rows_checked) == ("not_run", 0)
    assert reason_text(none.reason, "zh").endswith("单位基本信息表（单位类型、有在训运动员）")


@pytest.mark.parametrize(
    ("letter", "head", "found"),
    [
        ({"signer_id": "P1"}, "P1", set()),
        ({"signer_id": "P2"}, "P1", {"signer"}),
        ({"signer_id": "P2"}, None, set()),
        ({"signer_id": None}, "P1", {"unsigned"}),
        ({"rec_date": date(2020, 12, 31), "signer_id": "P1"}, "P1", {"none"}),
    ],
)
def test_fx03_wants_this_years_letter_signed_by_the_head(check, letter, head, found):
    rows = [
        record("责任书", MARCH, None) | letter,
        record("责任书", MARCH, None, unit_id="U2", signer_id="P1"),
    ]
    outcome, _ = check("FX-03", unit=[unit(head_id=head), unit("U2"), OTHER], adop_record=rows)
    assert cases(outcome) == found


def entry(**more):
    return record("参赛报名", date(2021, 5, 1), event_name="省运会", event_date=date(2021, 6, 1)) | more


def exam(score=80, attempt=1, **more):
    return (
        record("准入考试", date(2021, 5, 10), event_name="省 运会", exam_score=score, attempt_no=attempt)
        | more
    )


@pytest.mark.parametrize(
    ("entered", "exams", "as_of", "found"),
    [
        ({}, [exam()], None, set()),
        ({}, [exam(79)], None, {"failed"}),
        ({}, [exam(None)], None, {"failed"}),
        ({}, [exam(None, result="通过")], None, set()),
        ({}, [exam(79, result="通过")], None, {"failed"}),
        ({}, [exam(70, 1), exam(75, 2), exam(80, 3)], None, set()),
        ({}, [exam(90, 4)], None, {"failed"}),
        ({}, [exam(90, None)], None, set()),
        ({}, [exam(rec_date=date(2021, 6, 1))], None, set()),
        ({}, [exam(rec_date=date(2021, 6, 2))], None, {"none"}),
        ({}, [exam(event_name="全运会")], None, {"none"}),
        ({}, [exam(ath_id="A2")], None, {"none"}),
        ({"ath_id": None}, [], None, {"nobody"}),
        ({"event_name": "市业余联赛"}, [], None, set()),
        ({"event_name": "市业余联赛", "exam_required": True}, [], None, {"none"}),
        ({"exam_required": False}, [], None, set()),
        ({"event_name": None}, [], None, set()),
        ({}, [], date(2021, 5, 31), {"ahead"}),
        ({"event_date": None}, [exam(rec_date=date(2021, 5, 1))], None, set()),
    ],
)
def test_fx02_wants_the_access_exam_passed_before_the_event(check, entered, exams, as_of, found):
    rows = [entry(**entered), *exams, exam(ath_id="A9", rec_id="R9")]
    outcome, findings = check("FX-02", "2021", as_of, adop_record=rows)
    assert cases(outcome) == found
    assert [f["row"] for f in findings] == ([2] if found else [])


@pytest.mark.parametrize(
    ("held", "begins", "as_of", "found"),
    [
        (date(2020, 6, 1), date(2020, 1, 1), None, set()),
        (date(2020, 5, 31), date(2020, 1, 1), None, {"untrained"}),
        (date(2021, 6, 1), date(2020, 1, 1), None, set()),
        (date(2021, 6, 2), date(2020, 6, 1), None, {"untrained"}),
        (date(2021, 6, 2), date(2020, 6, 2), None, {"unknown"}),
        (date(2021, 6, 2), date(2020, 1, 1), date(2021, 5, 31), {"ahead"}),
    ],
)
def test_fx10_wants_education_within_a_year_before_the_event(check, held, begins, as_of, found):
    rows = [
        entry(),
        record("教育培训", held),
        record("责任书", begins, None),
        entry(ath_id=None, rec_id="R8"),
    ]
    outcome, _ = check("FX-10", "2021", as_of, adop_record=rows)
    assert cases(outcome) == found


@pytest.mark.parametrize(
    ("attended", "people", "found"),
    [
        (2, [{}, {"ath_id": "A2"}], set()),
        (3, [{}, {"ath_id": "A2"}], {"differs"}),
        (1, [{}, {"rec_id": "twice"}], set()),
        (2, [{}, {"ath_id": "A2", "rec_date": date(2021, 3, 2)}], {"differs"}),
        (2, [{}, {"ath_id": "A2", "rec_date": date(2021, 3, 2), "unit_id": "U5", "act_id": "T1"}], set()),
        (2, [{}, {"ath_id": "A2", "act_id": "T2"}], {"differs"}),
        (1, [{"ath_id": None}], {"differs"}),
        (None, [{}], {"uncounted"}),
    ],
)
def test_fx11_holds_the_head_count_against_the_records_of_persons(check, attended, people, found):
    act = {"act_id": "T1", "act_type": "反兴奋剂培训", "act_time": datetime(2021, 3, 1, 9), "unit_id": "U1"}
    other = act | {"act_id": "T7", "unit_id": "U7", "attend_count": 0}
    held = [record("教育培训", MARCH) | person for person in people] + [
        record("教育培训", MARCH, "A8", unit_id="U8")
    ]
    outcome, _ = check("FX-11", activity_log=[act | {"attend_count": attended}, other], adop_record=held)
    assert cases(outcome) == found


def drug(**more):
    return {
        "txn_id": "X1",
        "txn_date": MARCH,
        "unit_id": "U1",
        "item_name": "沙丁胺醇气雾剂",
        "txn_type": "发放",
        "caution_flag": False,
        "contains_banned": True,
        "prescription_no": "C1",
        "tue_no": "T1",
        "receiver_id": "A1",
    } | more


TUE = record("TUE", date(2021, 1, 1), ref_no="T1", result="批准", valid_from=date(2021, 1, 1), valid_to=MARCH)


@pytest.mark.parametrize(
    ("issued", "tue", "found"),
    [
        ({}, {}, set()),
        ({"contains_banned": None, "caution_flag": True, "tue_no": None}, {}, set()),
        ({"contains_banned": None, "caution_flag": True, "prescription_no": None}, {}, {"prescription"}),
        ({"prescription_no": None}, {}, {"prescription"}),
        ({"tue_no": None}, {}, {"tue"}),
        ({"txn_date": date(2021, 3, 2)}, {}, {"tue"}),
        ({}, {"result": "未批准"}, {"tue"}),
        ({}, {"ath_id": "A2"}, {"tue"}),
        ({"receiver_id": None}, {}, set()),
        ({}, {"valid_to": None}, {"undated"}),
        ({"contains_banned": None}, {}, set()),
        ({"txn_type": "入库", "prescription_no": None}, {}, set()),
        ({"contains_banned": False, "prescription_no": None, "tue_no": None}, {}, set()),
    ],
)
def test_fx04_wants_a_prescription_and_an_exemption_valid_that_day(check, issued, tue, found):
    fine = drug(txn_id="X0", contains_banned=False, caution_flag=True)
    papers = [TUE | tue, TUE | {"rec_id": "R0", "ref_no": "T0"}]
    outcome, findings = check("FX-04", intake_txn=[fine, drug(**issued)], adop_record=papers)
    assert cases(outcome) == found
    assert [f["row"] for f in findings] == ([3] if found else [])


def failure(day, ath="A1", kind="行踪申报失败"):
    return record(kind, day, ath)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ([date(2026, 1, 5)], {("blue", "warning", "low")}),
        ([date(2025, 2, 1), date(2026, 1, 9)], {("yellow", "warning", "medium")}),
        ([date(2025, 1, 10), date(2025, 6, 1), date(2026, 1, 9)], {("red", "breach", "high")}),
        ([date(2025, 1, 10), date(2025, 6, 1), date(2026, 1, 10)], {("yellow", "warning", "medium")}),
        ([date(2026, 1, 5), date(2026, 1, 5)], {("yellow", "warning", "medium")}),
        ([date(2025, 6, 1)], set()),
    ],
)
def test_fx08_counts_failures_within_twelve_months(check, days, found):
    rows = [
        failure(day, kind=kind) for day, kind in zip(days, ["错过检查", "行踪申报失败"] * 2, strict=False)
    ]
    outcome, findings = check("FX-08", "2026", adop_record=rows, athlete=[athlete()])
    assert {
        (hit["case"], f["kind"], f["severity"]) for hit, f in zip(outcome.hits, findings, strict=True)
    } == found
    assert all(f["subject"] == "A1" for f in findings)


def test_fx08_looks_at_the_registered_pool_only_and_says_who_is_unknown(check):
    rows = [failure(MARCH, "A2"), failure(MARCH, "A9")]
    people = [athlete(), athlete("A2", test_pool="检查库")]
    outcome, _ = check("FX-08", adop_record=rows, athlete=people)
    assert [(h["case"], h["_rids"]) for h in outcome.hits] == [("stranger", [3])]
    outcome, _ = check("FX-08", adop_record=rows, athlete=people[1:])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_entries")


def test_fx08_agrees_with_pandas_on_random_failures(check):
    rng = random.Random(2)
    rows = [
        failure(date(2020, 1, 1) + timedelta(days=rng.randint(0, 730)), f"A{rng.randint(0, 20)}")
        for _ in range(90)
    ]
    outcome, _ = check("FX-08", adop_record=rows, athlete=[athlete(f"A{i}") for i in range(21)])
    frame = pd.DataFrame(rows).assign(day=lambda f: pd.to_datetime(f.rec_date))
    expected = {}
    for who, days in frame.groupby("ath_id").day:
        counts = [
            sum((day - pd.DateOffset(months=12) < days) & (days <= day)) for day in days if day.year == 2021
        ]
        expected |= {who: max(counts)} if counts else {}
    assert {h["subject"]: h["e_n"] for h in outcome.hits} == expected


@pytest.mark.parametrize(
    ("reported", "as_of", "found"),
    [
        (datetime(2021, 3, 3), None, set()),
        (datetime(2021, 3, 3, 0, 1), None, {"late"}),
        (None, None, {"silent"}),
        (None, date(2021, 3, 2), set()),
        (datetime(2021, 4, 1), date(2021, 3, 3), {"silent"}),
    ],
)
def test_fxb05_gives_a_day_for_the_report_of_a_positive_test(check, reported, as_of, found):
    row = record("兴奋剂检查", MARCH, result="阳性", report_time=reported)
    clean = record("兴奋剂检查", date(2021, 1, 1), result="阳性", report_time=datetime(2021, 1, 1, 9))
    negative = record("兴奋剂检查", date(2021, 1, 2), result="阴性")
    outcome, _ = check("FX-B05", "2021", as_of, adop_record=[row, clean, negative])
    assert cases(outcome) == found


@pytest.mark.parametrize(
    "rule", ["FX-01", "FX-02", "FX-03", "FX-04", "FX-08", "FX-09", "FX-10", "FX-11", "FX-B05"]
)
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
