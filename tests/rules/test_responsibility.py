"""Responsibility, appraisal and cards: what breaks each rule, what just does not, and missing data."""

from datetime import date, datetime

import pytest

from mingjing.rules import catalogue, found_so_far
from mingjing.rules.engine import begins
from mingjing.rules.festivals import rests

TEXT = "召开党组会议专题学习全面从严治党主体责任规定并研究部署本单位重点领域廉政风险防控"


def record(**more):
    return {
        "rec_id": "D1",
        "rec_type": "责任清单事项",
        "subject_id": "P1",
        "unit_id": "U1",
        "due_date": date(2021, 6, 30),
        "done_date": date(2021, 6, 30),
        "entry_time": datetime(2021, 7, 7, 9),
        "content": "党课",
    } | more


def person(**more):
    return {
        "person_id": "P1",
        "unit_id": "U1",
        "post_level": "班子副职",
        "post_start_date": date(2021, 1, 1),
        "is_party_member": True,
        "status": "在岗",
        "discipline_start_date": None,
        "discipline_end_date": None,
    } | more


def cases(outcome):
    return {hit["case"] for hit in outcome.hits}


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("ZT-01", {}, set()),
        ("ZT-01", {"done_date": date(2021, 7, 1)}, {"late"}),
        ("ZT-01", {"done_date": None}, {"open"}),
        ("ZT-01", {"done_date": date(2022, 1, 1)}, {"open"}),
        ("ZT-01", {"done_date": None, "due_date": date(2021, 12, 31)}, set()),
        ("ZT-01", {"done_date": None, "due_date": None}, set()),
        ("ZT-01", {"done_date": None, "rec_type": "党课"}, set()),
        ("ZT-04", {}, set()),
        ("ZT-04", {"entry_time": datetime(2021, 7, 8)}, {"late"}),
        ("ZT-04", {"entry_time": None}, set()),
        ("ZT-04", {"done_date": None}, set()),
    ],
)
def test_a_record_is_judged_at_its_limits(check, rule, change, expected):
    outcome, findings = check(rule, duty_record=[record(rec_id="D0"), record(**change)])
    assert cases(outcome) == expected
    assert [finding["row"] for finding in findings] == ([3] if expected else [])


@pytest.mark.parametrize(("count", "found"), [(4, 0), (5, 1)])
def test_zt04_five_entries_of_one_person_on_one_day_are_a_bulk(check, count, found):
    rows = [record(rec_id=f"D{n}", entry_time=datetime(2021, 7, 1, n)) for n in range(count)]
    other = record(rec_id="X", subject_id="P2", entry_time=datetime(2021, 7, 1))
    outcome, findings = check("ZT-04", duty_record=[*rows, other])
    assert len(findings) == found and all(len(hit["_rids"]) == 5 for hit in outcome.hits)


@pytest.mark.parametrize(
    ("dates", "period", "subjects"),
    [
        ([date(2021, 6, 30), date(2021, 7, 1)], "2021", set()),
        ([date(2021, 6, 30)], "2021", {"U1|2021H2"}),
        ([date(2020, 12, 31)], "2021", {"U1|2021H1", "U1|2021H2"}),
        ([date(2021, 6, 30)], "2021Q3", set()),
    ],
)
def test_zt02_judges_each_half_year_that_is_over(check, dates, period, subjects):
    units = [{"unit_id": "U1", "unit_type": "机关"}, {"unit_id": "U2", "unit_type": "场馆"}]
    rows = [record(rec_id=str(day), rec_type="专题研究", done_date=day) for day in dates]
    _, findings = check("ZT-02", period, unit=units, duty_record=rows)
    assert {finding["subject"] for finding in findings} == subjects


def test_zt02_a_unit_out_of_use_meets_no_more(check):
    rows = [record(rec_type="专题研究", done_date=date(2020, 6, 30))]
    for active, found in ((True, 2), (None, 2), (False, 0)):
        unit = {"unit_id": "U1", "unit_type": "机关", "active": active}
        assert len(check("ZT-02", unit=[unit], duty_record=rows)[1]) == found


@pytest.mark.parametrize(
    ("change", "period", "subjects"),
    [
        ({}, "2021Q2", set()),
        ({}, "2021Q3", {"P1|2021Q3"}),
        ({"post_level": "中层"}, "2021Q3", {"P1|2021Q3"}),
        ({"post_level": "一般"}, "2021Q3", set()),
        ({"status": "离岗"}, "2021Q3", set()),
        ({"status": "离岗", "status_date": date(2021, 9, 30)}, "2021Q3", set()),
        ({"status": "离岗", "status_date": date(2021, 10, 1)}, "2021Q3", {"P1|2021Q3"}),
        ({"post_start_date": date(2021, 7, 1)}, "2021Q3", {"P1|2021Q3"}),
        ({"post_start_date": date(2021, 7, 2)}, "2021Q3", set()),
        ({}, "2021-08", set()),
    ],
)
def test_zt03_names_leaders_without_a_record_in_a_quarter_that_is_over(check, change, period, subjects):
    _, findings = check("ZT-03", period, person=[person(**change)], duty_record=[record()])
    assert {finding["subject"] for finding in findings} == subjects


def task(**more):
    return {
        "task_id": "T1",
        "title": "全民健身普查",
        "source_doc": "市体发1号",
        "requirement": "覆盖率不低于90%",
        "local_requirement": "覆盖率 不低于90%。",
        "unit_id": "U1",
        "orig_deadline": date(2021, 6, 30),
        "deadline": date(2021, 6, 30),
        "change_no": None,
        "done_date": date(2021, 6, 30),
    } | more


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("ZT-05", {}, set()),
        ("ZT-05", {"done_date": date(2021, 7, 1)}, {"late"}),
        ("ZT-05", {"done_date": None}, {"open"}),
        ("ZT-05", {"done_date": date(2021, 7, 1), "deadline": date(2021, 7, 1)}, {"late"}),
        ("ZT-05", {"done_date": date(2021, 7, 1), "deadline": date(2021, 7, 1), "change_no": "B1"}, set()),
        ("ZT-05", {"done_date": date(2021, 7, 1), "deadline": None, "change_no": "B1"}, {"late"}),
        ("ZT-05", {"done_date": None, "orig_deadline": None, "deadline": None}, set()),
        ("ZT-06", {}, set()),
        ("ZT-06", {"deadline": date(2021, 7, 1)}, {"date"}),
        ("ZT-06", {"deadline": date(2021, 7, 1), "change_no": "B1"}, set()),
        ("ZT-06", {"deadline": None}, set()),
        ("ZT-06", {"local_requirement": "覆盖率有所提高"}, {"requirement"}),
        ("ZT-06", {"local_requirement": None}, set()),
        ("ZT-06", {"requirement": "检查3次。", "local_requirement": "检查 ３次"}, set()),
        ("ZT-06", {"requirement": "检查3次。", "local_requirement": "检查1次。"}, {"requirement"}),
    ],
)
def test_a_task_is_judged_by_what_was_asked_first(check, rule, change, expected):
    outcome, findings = check(rule, task=[task(task_id="T0", change_no="B0"), task(**change)])
    assert cases(outcome) == expected and [f["row"] for f in findings] == ([3] if expected else [])


def case(**more):
    return {
        "case_id": "C1",
        "received_date": date(2021, 1, 31),
        "unit_id": "U1",
        "person_id": "P1",
        "proposal_date": date(2021, 2, 28),
        "sanction": "警告",
        "sanction_date": date(2021, 3, 1),
        "executed_date": date(2021, 3, 31),
    } | more


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("ZT-07", {}, set()),
        ("ZT-07", {"proposal_date": date(2021, 3, 1)}, {"late"}),
        ("ZT-07", {"proposal_date": None}, {"open"}),
        ("ZT-07", {"proposal_date": None, "received_date": date(2021, 12, 1)}, set()),
        ("ZT-08", {}, set()),
        ("ZT-08", {"executed_date": date(2021, 4, 1)}, {"late"}),
        ("ZT-08", {"executed_date": None}, {"open"}),
        ("ZT-08", {"executed_date": None, "sanction_date": date(2021, 12, 1)}, set()),
        ("ZT-08", {"executed_date": None, "sanction_date": None}, set()),
    ],
)
def test_a_case_is_judged_at_its_limits(check, rule, change, expected):
    outcome, findings = check(rule, case_file=[case(case_id="C0"), case(**change)])
    assert cases(outcome) == expected and [f["row"] for f in findings] == ([3] if expected else [])


def policy(**more):
    return {
        "policy_id": "Z1",
        "title": "公务接待管理办法",
        "unit_id": "U1",
        "doc_no": "市体字3号",
        "effective_date": date(2021, 1, 1),
        "revised_claim": True,
        "upper_basis": "《党政机关厉行节约反对浪费条例》",
        "repealed_date": None,
    } | more


@pytest.mark.parametrize(
    ("as_of", "change", "found"),
    [
        (date(2025, 10, 29), {}, 0),
        (date(2025, 10, 30), {}, 1),
        (date(2025, 12, 31), {"effective_date": date(2025, 5, 2)}, 0),
        (date(2025, 12, 31), {"effective_date": date(2025, 5, 1)}, 1),
        (date(2025, 12, 31), {"repealed_date": date(2025, 6, 1)}, 0),
        (date(2025, 12, 31), {"upper_basis": None}, 0),
        (date(2021, 12, 31), {}, 0),
    ],
)
def test_zt09_a_policy_has_half_a_year_to_follow_the_law(check, as_of, change, found):
    other = policy(policy_id="Z0", upper_basis="其他")
    assert len(check("ZT-09", "2025", as_of, policy=[other, policy(**change)])[1]) == found


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"doc_no": None}, {"nothing"}),
        ({"effective_date": date(2020, 12, 31)}, {"old"}),
        ({"effective_date": date(2020, 12, 31), "revised_claim": None}, set()),
        ({"effective_date": None}, set()),
    ],
)
def test_zt10_a_claimed_revision_has_its_document(check, change, expected):
    outcome, _ = check("ZT-10", policy=[policy(policy_id="Z0"), policy(**change)])
    assert cases(outcome) == expected


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, 1),
        ({"content": TEXT + "3次，2021年"}, 1),
        ({"content": TEXT[:-4] + "另外的事"}, 1),
        ({"content": TEXT[:-5] + "另外一件事"}, 0),
        ({"content": TEXT[:20]}, 0),
        ({"unit_id": "U2"}, 0),
        ({"done_date": date(2021, 6, 30)}, 0),
        ({"done_date": date(2021, 6, 30), "subject_id": "P2"}, 1),
        ({"content": None}, 0),
    ],
)
def test_ztb01_points_at_the_copy_and_names_the_original(check, change, found):
    copy = record(rec_id="D2", content=TEXT, done_date=date(2021, 7, 1)) | change
    outcome, findings = check("ZT-B01", duty_record=[record(content=TEXT), copy])
    assert len(findings) == found and all(hit["_rids"] == [2, 3] for hit in outcome.hits)


def test_ztb01_likeness_is_one_minus_edit_distance_over_the_longer():
    assert len(TEXT) == 40 and 1 - 4 / 40 >= 0.9 > 1 - 5 / 40


def graded(best, people, **more):
    grades = ["优秀"] * best + ["称职"] * (people - best)
    return [
        {
            "person_id": f"P{n}",
            "year": 2021,
            "period": "年度",
            "type": "年度考核",
            "eligible": True,
            "quota_group": "公务员",
            "grade": grade,
            "quota_raise_doc": None,
        }
        | more
        for n, grade in enumerate(grades)
    ]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (graded(6, 32), 0),
        (graded(7, 32), 1),
        (graded(7, 35), 0),
        (graded(8, 32, quota_raise_doc="人社批1号"), 0),
        (graded(9, 32, quota_raise_doc="人社批1号"), 1),
        (graded(7, 32, year=2020), 0),
        (graded(7, 32, type="平时考核"), 0),
        (graded(7, 32, eligible=False), 0),
    ],
)
def test_kh01_six_of_32_are_within_a_fifth_and_seven_are_not(check, rows, found):
    outcome, findings = check("KH-01", appraisal=rows)
    assert len(findings) == found and all(len(hit["_rids"]) in (7, 9) for hit in outcome.hits)


def regular(n, **more):
    kinds = ("一季度", "二季度", "三季度", "四季度")[:n]
    return [graded(0, 1)[0] | {"type": "平时考核", "period": kind} | more for kind in kinds]


@pytest.mark.parametrize(
    ("rows", "as_of", "expected"),
    [
        (regular(4), date(2021, 12, 31), set()),
        (regular(3), date(2021, 12, 31), {"few"}),
        (regular(3), date(2021, 12, 30), {"progress"}),
        (regular(4, year=2020), date(2021, 12, 31), {"few"}),
        (regular(4, person_id="P9"), date(2021, 12, 31), {"few"}),
    ],
)
def test_kh02_four_regular_appraisals_come_before_the_annual_one(check, rows, as_of, expected):
    outcome, findings = check(
        "KH-02", "2021", as_of, appraisal=[*graded(0, 1), *rows], person=[person(person_id="P0")]
    )
    assert cases(outcome) == expected and all(finding["unit"] == "U1" for finding in findings)


@pytest.mark.parametrize(("second", "unit"), [("U1", "U1"), ("U2", None)])
def test_kh02_a_person_listed_twice_is_one_finding(check, second, unit):
    staff = [person(person_id="P0"), person(person_id="P0", unit_id=second)]
    _, (finding,) = check("KH-02", appraisal=[*graded(0, 1), *regular(3)], person=staff)
    assert (finding["unit"] or None) == unit


def card(**more):
    return {
        "card_id": "K1",
        "subject_type": "个人",
        "subject_id": "P0",
        "color": "红",
        "issue_date": date(2021, 3, 1),
        "rect_due_date": date(2021, 4, 1),
        "rect_done_date": date(2021, 4, 6),
        "lifted_date": None,
        "prev_card_id": None,
        "consequence": "取消评优",
        "exemption_no": None,
    } | more


@pytest.mark.parametrize(
    ("who", "cards", "expected"),
    [
        (
            {"discipline_start_date": date(2020, 6, 1), "discipline_end_date": date(2021, 1, 1)},
            [],
            {"disciplined"},
        ),
        ({"discipline_start_date": date(2020, 6, 1), "discipline_end_date": date(2020, 12, 31)}, [], set()),
        ({"discipline_start_date": date(2022, 1, 1), "discipline_end_date": date(2022, 6, 1)}, [], set()),
        ({"discipline_end_date": date(2020, 12, 31)}, [], set()),
        ({"discipline_end_date": date(2021, 1, 1)}, [], {"disciplined"}),
        ({"discipline_end_date": date(2022, 6, 30)}, [], {"disciplined"}),
        ({"discipline_end_date": date(2022, 7, 1)}, [], set()),  # may have begun in 2022
        ({"discipline_start_date": date(2020, 7, 1)}, [], {"disciplined"}),
        ({"discipline_start_date": date(2020, 6, 30)}, [], set()),  # may have ended in 2020
        ({}, [card()], {"carded"}),
        ({}, [card(color="黄")], set()),
        ({}, [card(issue_date=date(2020, 12, 31))], set()),
        ({}, [card(exemption_no="R1")], set()),
    ],
)
def test_kh03_no_praise_in_a_year_under_a_sanction_or_a_red_card(check, who, cards, expected):
    other = person(person_id="P7", discipline_end_date=date(2019, 1, 1))
    outcome, findings = check(
        "KH-03",
        appraisal=graded(1, 2),
        person=[person(person_id="P0", **who), other],
        tricolor=cards or [card(subject_id="P8")],
    )
    assert cases(outcome) == expected and [f["row"] for f in findings] == ([2] if expected else [])


def test_kh03_a_sanction_not_yet_given_is_not_known(check):
    who = person(
        person_id="P0", discipline_start_date=date(2021, 11, 1), discipline_end_date=date(2022, 5, 1)
    )
    for day, found in ((date(2021, 10, 31), 0), (date(2021, 11, 1), 1)):
        assert len(check("KH-03", as_of=day, appraisal=graded(1, 2), person=[who])[1]) == found


def test_kh03_without_sanctions_and_cards_on_file_is_not_passed(check):
    outcome, _ = check("KH-03", appraisal=graded(1, 2), person=[person(person_id="P0")])
    assert outcome.outcome == "not_run"


def honor(**more):
    return {
        "honor_id": "H1",
        "year": 2021,
        "period": "年度",
        "honor_type": "优秀共产党员",
        "subject_type": "个人",
        "subject_id": "P1",
        "publicity_start": date(2021, 9, 17),
        "publicity_end": date(2021, 9, 24),
    } | more


@pytest.mark.parametrize(
    ("change", "found"), [({}, 0), ({"is_party_member": False}, 1), ({"is_party_member": None}, 0)]
)
def test_kh04_a_party_honour_goes_to_a_member(check, change, found):
    assert len(check("KH-04", honor=[honor()], person=[person(**change)])[1]) == found


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),  # Friday to Friday around the Mid-Autumn days off, the Saturday worked
        ({"publicity_end": date(2021, 9, 23)}, {"short"}),
        ({"publicity_end": None}, {"blank"}),
        ({"publicity_start": None}, {"blank"}),
        ({"year": 2020}, set()),
    ],
)
def test_khb04_five_working_days_by_the_official_calendar(check, change, expected):
    # 17 and 18 September (a worked Saturday), then 22, 23, 24: the 19th to the 21st are off
    outcome, _ = check(
        "KH-B04", honor=[honor(honor_id="H0", publicity_end=date(2021, 10, 29)), honor(**change)]
    )
    assert cases(outcome) == expected


def test_khb04_working_days_that_are_not_published_are_not_counted(check):
    year = next(year for year in range(2026, 2100) if not rests(year + 1))
    late = honor(year=year, publicity_start=date(year, 12, 31), publicity_end=date(year + 1, 1, 9))
    assert check("KH-B04", str(year), honor=[late])[0].outcome == "passed"
    assert check("KH-B04", str(year + 1), honor=[honor(year=year + 1)])[0].reason[0] == "no_calendar"


@pytest.mark.parametrize(
    ("rows", "subjects"),
    [
        ([card(color="蓝")], set()),
        ([card(color="蓝", rect_done_date=date(2021, 4, 7))], {"K1"}),
        ([card(color="蓝", rect_done_date=None)], {"K1"}),
        ([card(color="蓝", rect_done_date=None, exemption_no="R1")], set()),
        ([card(color="蓝", rect_done_date=None), card(card_id="K2", color="黄", prev_card_id="K1")], set()),
        (
            [
                card(color="蓝", rect_done_date=None),
                card(card_id="K2", color="蓝", prev_card_id="K1", issue_date=date(2021, 4, 8)),
            ],
            {"K1"},
        ),
        ([card(color="红", rect_done_date=None)], set()),
        ([card(color="蓝"), card(card_id="K2", color="蓝", issue_date=date(2021, 3, 31))], {"P0|蓝|2021-03"}),
        ([card(color="蓝"), card(card_id="K2", color="蓝", issue_date=date(2021, 4, 1))], set()),
        (
            [
                card(color="蓝"),
                card(card_id="K2", color="蓝", issue_date=date(2021, 3, 31)),
                card(card_id="K3", color="黄", issue_date=date(2021, 4, 2)),
            ],
            set(),
        ),
        ([card(color="黄"), card(card_id="K2", color="黄", issue_date=date(2021, 9, 1))], {"P0|黄|2021-03"}),
        ([card(color="黄"), card(card_id="K2", color="黄", issue_date=date(2021, 9, 2))], set()),
    ],
)
def test_ss02_a_lapsed_or_repeated_card_goes_up_a_step(check, rows, subjects):
    _, findings = check("SS-02", tricolor=rows)
    assert {finding["subject"] for finding in findings} == subjects


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, 0),
        ({"consequence": None}, 1),
        ({"consequence": None, "issue_date": date(2021, 11, 1)}, 0),
        ({"consequence": None, "issue_date": date(2021, 10, 31)}, 1),
        ({"consequence": None, "color": "蓝"}, 0),
    ],
)
def test_ss03_sixty_days_to_the_day_are_within_the_limit(check, change, found):
    assert len(check("SS-03", tricolor=[card(**change)])[1]) == found


def appointment(**more):
    return {
        "appointment_id": "A1",
        "person_id": "P0",
        "unit_id": "U1",
        "decided_date": date(2021, 5, 1),
        "new_post": "副主任",
    } | more


@pytest.mark.parametrize(
    ("who", "cards", "expected"),
    [
        ({"discipline_end_date": date(2021, 5, 1)}, [], {"sanction"}),
        ({"discipline_end_date": date(2021, 4, 30)}, [], set()),
        ({"discipline_end_date": date(2021, 11, 1)}, [], {"sanction"}),
        ({"discipline_end_date": date(2021, 11, 2)}, [], set()),  # may have begun on the day after
        ({"discipline_start_date": date(2020, 11, 1)}, [], {"sanction"}),
        ({"discipline_start_date": date(2020, 10, 31)}, [], set()),
        ({"discipline_start_date": date(2021, 5, 2), "discipline_end_date": date(2021, 9, 1)}, [], set()),
        ({}, [card()], {"card"}),
        ({}, [card(lifted_date=date(2021, 5, 1))], set()),
        ({}, [card(lifted_date=date(2021, 5, 2))], {"card"}),
        ({}, [card(issue_date=date(2021, 5, 2))], set()),
        ({}, [card(color="蓝")], set()),
    ],
)
def test_ss04_nobody_is_appointed_under_a_sanction_or_a_card(check, who, cards, expected):
    outcome, _ = check(
        "SS-04",
        appointment=[appointment()],
        person=[person(person_id="P0", **who)],
        tricolor=cards or [card(subject_id="P8")],
    )
    assert cases(outcome) == expected


def test_ss04_without_sanctions_and_cards_on_file_is_not_passed(check):
    assert check("SS-04", appointment=[appointment()])[0].outcome == "not_run"


def seen(**more):
    return {
        "_rid": 9,
        "rule_id": "AQ-01",
        "prefix": "AQ",
        "severity": "high",
        "unit": "U1",
        "subject": "x",
        "since": date(2021, 5, 1),
    } | more


@pytest.mark.parametrize(
    ("change", "finding", "found"),
    [
        ({}, seen(), 1),
        ({}, seen(severity="medium"), 0),
        ({}, seen(unit="U2"), 0),
        ({"year": 2020}, seen(), 0),
        ({"subject_type": "个人"}, seen(), 0),
    ],
)
def test_kh05_a_unit_honoured_with_high_findings_is_shown(check, change, finding, found):
    row = honor(subject_type="单位", subject_id="U1", honor_type="先进食堂") | change
    shown = check("KH-05", honor=[honor(honor_id="H0"), row], finding=[finding])[1]
    assert len(shown) == found
    # two honours of one name are told apart
    assert all(f"（{row['year']}年，{row['period']}表彰）" in one["message_zh"] for one in shown)


@pytest.mark.parametrize(
    ("found", "row"),
    [
        ([seen(_rid=7, rule_id="JD-07"), seen(_rid=9)], 9),
        ([seen(_rid=9), seen(_rid=8, subject="y")], 8),
        ([seen(_rid=7, rule_id="JD-07"), seen(_rid=None)], 7),
        ([seen(_rid=None)], None),
    ],
)
def test_kh05_the_rule_it_names_and_the_row_it_shows_are_of_one_finding(check, found, row):
    """AQ comes before JD, and row 7 before row 9: told apart, they would be of two findings."""
    unit = honor(subject_type="单位", subject_id="U1", honor_type="先进食堂")
    [hit] = check("KH-05", honor=[unit], finding=found)[0].hits
    named = {one["_rid"]: one["rule_id"] for one in found}
    assert (hit["_rids"], hit["e_example"]) == ([2, row] if row else [2], named[row])
    assert hit["e_findings"] == len(found)


@pytest.mark.parametrize(
    ("second", "findings"), [({"subject": "y"}, 2), ({"rule_id": "RX-01"}, 2), ({"_rid": 10}, 1)]
)
def test_findings_are_counted_as_readers_see_them_and_not_by_their_hits(check, second, findings):
    """Two hits on one subject are one finding with two rows."""
    found = [seen(), seen(**second)]
    [hit] = check("KH-05", honor=[honor(subject_type="单位", subject_id="U1")], finding=found)[0].hits
    assert hit["e_findings"] == findings
    [hit] = check("SS-01", tricolor=[card()], finding=found)[0].hits
    assert hit["e_events"] == findings
    nameless = [one | {"subject": None} for one in (*found, seen(_rid=11))]
    [hit] = check("KH-05", honor=[honor(subject_type="单位", subject_id="U1")], finding=nameless)[0].hits
    assert hit["e_findings"] == len({(one["rule_id"], one["_rid"]) for one in nameless})


def test_kh05_names_the_honour_and_the_rule_in_words(check):
    unit = honor(subject_type="单位", subject_id="U1", honor_type="其他")
    [finding] = check("KH-05", honor=[unit], finding=[seen()])[1]
    assert "获其他荣誉（" in finding["message_zh"] and "（“隐患逾期整改或未整改”）" in finding["message_zh"]
    assert "(“Hazard closed late or open past its deadline”)" in finding["message_en"]
    [finding] = check("KH-05", honor=[unit], finding=[seen(), seen(_rid=11, subject="D")])[1]
    assert "（如“隐患逾期整改或未整改”）" in finding["message_zh"], "of several, one is an example"


@pytest.mark.parametrize(
    ("first", "second", "rows", "named"),
    [
        (("RX-01", 7), ("AQ-01", 10), [7, 10], "RX-01"),
        (("RX-01", 10), ("AQ-01", 7), [7, 10], "AQ-01"),
        (("RX-01", 7), ("AQ-01", 7), [7], "AQ-01"),
        (("RX-01", 7), ("AQ-01", None), [7], "RX-01"),
        (("RX-01", None), ("AQ-01", None), [], "AQ-01"),
    ],
)
def test_ss01_names_the_rule_of_the_first_row_it_shows(check, first, second, rows, named):
    found = [seen(rule_id=rule, _rid=rid) for rule, rid in (first, second)]
    [hit] = check("SS-01", tricolor=[card()], finding=found)[0].hits
    assert (hit["_rids"], hit["e_example"], hit["e_events"]) == (rows, named, 2)


@pytest.mark.parametrize(("as_of", "subjects"), [(date(2021, 5, 18), set()), (date(2021, 5, 19), {"U1|蓝"})])
def test_ss01_what_had_a_deadline_triggers_from_the_day_after(check, as_of, subjects):
    item = {"item_id": "Z1", "unit_id": "U1", "status": "整改中", "feedback_date": date(2021, 3, 19)}
    more = dict.fromkeys(["orig_deadline", "extension_no", "close_date", "is_long_term", "problem"])
    overdue = check("ZG-02", as_of=as_of, rectification=[item | more | {"deadline": date(2021, 5, 7)}])[0]
    found = found_so_far({"ZG-02": overdue}, catalogue())["finding"].to_pylist()
    assert [(hit["date"], hit["since"]) for hit in found] == [(date(2021, 3, 19), date(2021, 5, 8))]
    _, findings = check("SS-01", as_of=as_of, tricolor=[card(issue_date=date(2021, 1, 1))], finding=found)
    assert {f["subject"] for f in findings} == subjects


def test_ss01_what_falls_due_later_triggers_nothing(check):
    """It is not counted either: the day of the first breach, and their number, are those of what is broken."""
    later = seen(rule_id="ZG-02", since=date(2022, 1, 1))
    assert not len(check("SS-01", tricolor=[card()], finding=[later])[1])
    [hit] = check("SS-01", tricolor=[card()], finding=[seen(), later])[0].hits
    assert hit["e_events"] == 1


@pytest.mark.parametrize("due", [None, 12])
def test_a_breach_without_a_day_it_was_due_begins_with_what_happened(due):
    assert begins(date(2021, 3, 1), due) == date(2021, 3, 1) and begins(None, due) is None


@pytest.mark.parametrize(
    ("cards", "finding", "subjects"),
    [
        ([], seen(), {"U1|蓝"}),
        ([card(color="蓝")], seen(), {"U1|蓝"}),
        ([card(color="蓝", issue_date=date(2021, 5, 1))], seen(), set()),
        ([card(color="红", issue_date=date(2021, 5, 2))], seen(), set()),
        ([card(color="蓝", issue_date=date(2021, 5, 2))], seen(rule_id="RX-03"), {"U1|黄"}),
        ([card(color="蓝", issue_date=date(2021, 5, 2), exemption_no="R1")], seen(), {"U1|蓝"}),
        ([card(color="蓝")], seen(since=None), set()),
        ([], seen(since=date(2021, 12, 20)), {"U1|蓝"}),
        ([], seen(since=date(2021, 12, 21)), set()),  # ten days to issue a card end on the day looked from
        ([], seen(rule_id="AQ-02"), set()),
        ([], seen(unit=None), set()),
    ],
)
def test_ss01_a_trigger_is_followed_by_its_card(check, cards, finding, subjects):
    given = [row | {"subject_type": "单位", "subject_id": "U1"} for row in cards]
    _, findings = check("SS-01", tricolor=[card(), *given], finding=[finding])
    assert {f["subject"] for f in findings} == subjects


RULES = ["ZT-01", "ZT-02", "ZT-03", "ZT-04", "ZT-05", "ZT-06", "ZT-07", "ZT-08", "ZT-09", "ZT-10", "ZT-B01"]
RULES += ["KH-01", "KH-02", "KH-03", "KH-04", "KH-05", "KH-B04", "SS-01", "SS-02", "SS-03", "SS-04"]


@pytest.mark.parametrize("rule", RULES)
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
