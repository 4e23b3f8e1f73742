"""Feedback rules: a row that breaks each, a row that just does not, and missing data."""

from datetime import date, datetime

import pytest

from mingjing.rules import catalogue


def at(month, day, hour=9):
    return datetime(2021, month, day, hour)


def request(**more):
    return {
        "ticket_no": "T1",
        "channel": "12345",
        "issue_key": None,
        "title": "体育公园篮球场夜间噪音",
        "content": "半夜打球吵人",
        "category": "投诉",
        "accept_time": at(6, 4),
        "dispatch_time": at(6, 4),
        "promised_date": None,
        "notice_time": None,
        "urgency": "一般",
        "unit_id": "U1",
        "reply_time": at(6, 11, 23),
        "responded": True,
        "resolved": True,
        "satisfaction": "满意",
        "revisit_time": None,
        "revisit_resolved": None,
        "ext_days": None,
        "ext_approval_no": None,
        "rework_done_time": None,
        "leader_handle_id": None,
        "leader_handle_time": None,
        "invalid_flag": False,
        "invalid_approval_no": None,
    } | more


# One row in which every optional column is filled, so that each counts as kept.
FULL = request(
    ticket_no="T0",
    title="奥体中心停车",
    content="车位少",
    issue_key="K0",
    promised_date=date(2021, 6, 30),
    notice_time=at(6, 5),
    revisit_time=at(6, 12),
    revisit_resolved=True,
    ext_days=1,
    ext_approval_no="Y0",
    rework_done_time=at(6, 12),
    leader_handle_id="P1",
    leader_handle_time=at(6, 4),
    invalid_approval_no="S0",
)
TV = {"channel": "电视问政"}
PETITION = {"channel": "信访", "notice_time": at(6, 19), "reply_time": at(8, 3)}
UNHAPPY = {"satisfaction": "不满意", "revisit_time": at(6, 11)}


@pytest.mark.parametrize(
    ("rule", "change", "cases"),
    [
        ("RX-01", {}, set()),
        ("RX-01", {"reply_time": at(6, 12, 0)}, {"limit_late"}),
        ("RX-01", {"dispatch_time": at(9, 17), "reply_time": at(9, 26)}, set()),
        ("RX-01", {"dispatch_time": at(9, 17), "reply_time": at(9, 27)}, {"limit_late"}),
        ("RX-01", {"dispatch_time": at(9, 30), "reply_time": at(10, 13)}, set()),
        ("RX-01", {"dispatch_time": at(9, 30), "reply_time": at(10, 14)}, {"limit_late"}),
        ("RX-01", {"reply_time": None}, {"limit_open"}),
        ("RX-01", {"dispatch_time": at(12, 24), "reply_time": None}, set()),
        ("RX-01", {"dispatch_time": None, "reply_time": at(6, 12)}, {"limit_late"}),
        ("RX-01", {"urgency": "紧急", "reply_time": at(6, 8)}, set()),
        ("RX-01", {"urgency": "紧急", "reply_time": at(6, 9)}, {"limit_late"}),
        ("RX-01", {"urgency": "疑难", "reply_time": at(6, 29)}, {"limit_late"}),
        ("RX-01", {"urgency": "疑难", "reply_time": at(6, 28)}, set()),
        ("RX-01", {"urgency": None, "reply_time": at(6, 12)}, {"limit_late"}),
        ("RX-01", {"ext_days": 2, "ext_approval_no": "Y1", "reply_time": at(6, 17)}, {"limit_late"}),
        ("RX-01", {"ext_days": 2, "ext_approval_no": "Y1", "reply_time": at(6, 16)}, set()),
        ("RX-01", {"ext_days": 2, "reply_time": at(6, 16)}, {"limit_late"}),
        ("RX-01", {"invalid_flag": True, "reply_time": None}, set()),
        ("RX-01", {"channel": "信访", "reply_time": at(8, 1)}, set()),
        ("RX-01", TV | {"promised_date": date(2021, 7, 1), "reply_time": at(7, 1)}, set()),
        ("RX-01", TV | {"promised_date": date(2021, 7, 1), "reply_time": at(7, 2)}, {"promise_late"}),
        ("RX-01", TV | {"promised_date": date(2021, 7, 1), "reply_time": None}, {"promise_open"}),
        ("RX-01", TV | {"promised_date": date(2021, 12, 31), "reply_time": None}, set()),
        ("RX-01", TV, {"unpromised"}),
        ("RX-04", {}, set()),
        ("RX-04", {"satisfaction": "不满意"}, {"dissatisfied"}),
        ("RX-04", {"satisfaction": None}, set()),
        ("RX-04", {"revisit_resolved": False}, {"denied"}),
        ("RX-04", {"reply_time": None}, {"unanswered"}),
        ("RX-04", {"resolved": False, "satisfaction": "不满意"}, set()),
        ("RX-04", {"resolved": None, "satisfaction": "不满意"}, set()),
        ("RX-05", PETITION, set()),
        ("RX-05", PETITION | {"channel": "12345", "notice_time": None}, set()),
        ("RX-05", PETITION | {"notice_time": at(6, 20)}, {"notice_late"}),
        ("RX-05", PETITION | {"notice_time": None}, {"notice_none"}),
        ("RX-05", PETITION | {"reply_time": at(8, 4)}, {"close_late"}),
        ("RX-05", PETITION | {"reply_time": None}, {"close_open"}),
        ("RX-05", PETITION | {"reply_time": at(9, 2), "ext_days": 45, "ext_approval_no": "Y"}, set()),
        (
            "RX-05",
            PETITION | {"reply_time": at(9, 3), "ext_days": 45, "ext_approval_no": "Y"},
            {"close_late"},
        ),
        ("RX-05", PETITION | {"reply_time": at(9, 2), "ext_days": 30}, {"close_late"}),
        ("RX-B03", UNHAPPY | {"rework_done_time": at(6, 22)}, {"late"}),
        ("RX-B03", UNHAPPY | {"rework_done_time": at(6, 21)}, set()),
        ("RX-B03", UNHAPPY, {"open"}),
        ("RX-B03", UNHAPPY | {"revisit_time": at(12, 24)}, set()),
        ("RX-B03", UNHAPPY | {"revisit_time": None, "reply_time": None}, {"undated"}),
        ("RX-B03", {"satisfaction": None}, set()),
        ("RX-B04", {"invalid_flag": True}, {"unapproved"}),
        ("RX-B04", {"invalid_flag": True, "invalid_approval_no": "S1"}, set()),
        ("RX-B04", {"invalid_flag": None}, set()),
    ],
)
def test_a_request_is_judged_at_its_limits(check, rule, change, cases):
    outcome, findings = check(rule, hotline=[FULL, request(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [finding["row"] for finding in findings] == ([3] if cases else [])


def test_rx01_without_urgency_is_only_a_lead(check):
    _, findings = check("RX-01", hotline=[FULL, request(urgency=None, reply_time=at(6, 12))])
    assert [f["kind"] for f in findings] == ["suspect"]


def test_rx01_looks_at_a_past_day_as_it_was_then(check):
    row = request(reply_time=at(6, 20))
    assert check("RX-01", "2021", date(2021, 6, 11), hotline=[FULL, row])[0].outcome == "passed"
    assert {h["case"] for h in check("RX-01", "2021", date(2021, 6, 12), hotline=[FULL, row])[0].hits} == {
        "limit_open"
    }


def test_working_days_are_not_guessed_beyond_the_published_calendar(check):
    row = request(accept_time=datetime(2031, 1, 6), dispatch_time=None, reply_time=None)
    outcome, _ = check("RX-01", "2031", hotline=[FULL, row])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_calendar")


def test_rx05_says_so_where_nobody_keeps_the_time_of_notice(check):
    outcome, findings = check("RX-05", hotline=[request(**PETITION | {"notice_time": None})])
    assert [h["case"] for h in outcome.hits] == ["notice_unkept"]
    assert [f["kind"] for f in findings] == ["missing"]


def many(bad: int, total: int, **change):
    rows = [request(ticket_no=f"G{i}") for i in range(total - bad)]
    return rows + [request(ticket_no=f"B{i}", **change) for i in range(bad)]


@pytest.mark.parametrize(
    ("change", "bad", "total", "cases"),
    [
        ({"responded": False}, 1, 10, {"response"}),
        ({"responded": False}, 1, 9, set()),
        ({"responded": None}, 3, 10, set()),
        ({"resolved": False}, 1, 10, set()),
        ({"resolved": False}, 2, 10, {"resolution"}),
        ({"resolved": False, "category": "咨询"}, 5, 15, set()),
        ({"resolved": False, "category": None}, 5, 15, {"resolution"}),
        ({"resolved": None}, 5, 15, set()),
        ({"resolved": None, "reply_time": None}, 2, 12, {"resolution"}),
        ({"satisfaction": "不满意"}, 1, 10, set()),
        ({"satisfaction": "不满意"}, 2, 10, {"satisfaction"}),
        ({"satisfaction": "未评价"}, 5, 15, set()),
        ({"satisfaction": None}, 5, 15, set()),
        ({"satisfaction": "不满意", "invalid_flag": True}, 5, 15, set()),
    ],
)
def test_rates_are_judged_per_unit_and_month(check, change, bad, total, cases):
    outcome, findings = check("RX-02", hotline=many(bad, total, **change))
    assert {hit["case"] for hit in outcome.hits} == cases
    assert {f["subject"] for f in findings} == ({"U1|2021-06"} if cases else set())


def test_rx02_names_the_requests_that_failed(check):
    outcome, _ = check("RX-02", hotline=many(2, 10, resolved=False))
    assert [(h["_rids"], h["e_k"], h["e_n"]) for h in outcome.hits] == [([10, 11], 8, 10)]


def test_rx02_an_open_request_counts_only_when_it_has_had_its_time(check):
    rows = many(3, 13, resolved=None, reply_time=None)
    assert check("RX-02", "2021", date(2021, 7, 4), hotline=rows)[0].outcome == "passed"
    assert check("RX-02", "2021", date(2021, 7, 5), hotline=rows)[0].outcome == "findings"


def test_rx02_agrees_with_pandas(check):
    import random

    import pandas as pd

    rng = random.Random(3)
    rows = [
        request(
            ticket_no=f"R{i}",
            unit_id=rng.choice(["U1", "U2"]),
            dispatch_time=at(rng.choice([5, 6]), 7),
            resolved=rng.choice([True, True, True, False, None]),
            satisfaction=rng.choice(["满意", "基本满意", "不满意", "未评价", None]),
            category=rng.choice(["咨询", "投诉", None]),
        )
        for i in range(200)
    ]
    frame = pd.DataFrame(rows)
    frame["month"] = frame.dispatch_time.dt.strftime("%Y-%m")
    expected = {}
    for key, part in frame.groupby(["unit_id", "month"]):
        solved = part[(part.category != "咨询") & part.resolved.notna()].resolved.astype(bool)
        rated = part[part.satisfaction.isin(["满意", "基本满意", "不满意"])].satisfaction
        for case, hits, target in (
            ("resolution", solved, 0.9),
            ("satisfaction", rated != "不满意", 0.85),
        ):
            if len(hits) >= 10 and hits.mean() < target:
                expected["|".join(key), case] = (int(hits.sum()), len(hits))
    outcome, _ = check("RX-02", hotline=rows)
    assert {(h["subject"], h["case"]): (h["e_k"], h["e_n"]) for h in outcome.hits} == expected
    assert expected


def test_rxb04_reports_a_unit_that_excludes_too_many(check):
    out = {"invalid_flag": True, "invalid_approval_no": "S1"}
    assert check("RX-B04", hotline=[FULL, *many(2, 19, **out)])[0].outcome == "passed"
    outcome, _ = check("RX-B04", hotline=[FULL, *many(3, 19, **out)])
    assert [(h["case"], h["e_k"], h["e_n"]) for h in outcome.hits] == [("share", 3, 20)]


UNITS = [
    {"unit_id": "U1", "head_id": "P1", "parent_id": "U0"},
    {"unit_id": "U2", "head_id": "P2", "parent_id": "U0"},
    {"unit_id": "U0", "head_id": "P0", "parent_id": None},
]
KEEP = request(
    ticket_no="T9",
    title="奥体停车",
    content="车位少",
    issue_key="K9",
    leader_handle_id="P9",
    leader_handle_time=at(1, 4),
)


def complaints(*changes):
    """Complaints of one issue, a month apart from March on; each with its own changes."""
    return [
        request(
            **{
                "ticket_no": f"C{i}",
                "issue_key": "K1",
                "accept_time": at(3 + i, 1),
                "dispatch_time": at(3 + i, 1),
                "reply_time": at(3 + i, 4),
            }
            | change
        )
        for i, change in enumerate(changes)
    ]


OPEN = {"resolved": False}
HEAD = {"leader_handle_id": "P1", "leader_handle_time": at(5, 8)}  # 1 May 2021 + 3 working days = 8 May


@pytest.mark.parametrize(
    ("changes", "cases"),
    [
        (({}, OPEN), set()),
        (({}, {}, OPEN), {"nobody"}),
        (({}, {}, {}), set()),
        (({}, {}, {}, {}), {"past"}),
        (({}, {}, HEAD | {"leader_handle_time": None}, {}), set()),
        (
            (
                {},
                {},
                OPEN | HEAD | {"leader_handle_time": at(5, 9)},
                OPEN | HEAD | {"leader_handle_time": None},
            ),
            {"undated"},
        ),
        (({}, {}, {"satisfaction": "不满意"}), {"nobody"}),
        (({}, {}, {"satisfaction": None, "revisit_resolved": False}), {"nobody"}),
        (({}, {}, {"reply_time": None}), {"nobody"}),
        (({}, {}, {"resolved": None, "satisfaction": None}), {"nobody"}),
        (({}, {}, {"resolved": None, "satisfaction": "满意"}), set()),
        (({}, {}, OPEN | HEAD), set()),
        (({}, {}, OPEN | HEAD | {"leader_handle_id": "P0"}), set()),
        (({}, {}, OPEN | HEAD | {"leader_handle_id": "P2"}), {"deputy"}),
        (({}, {}, OPEN | HEAD | {"leader_handle_time": at(5, 9)}), {"late"}),
        (({}, {}, OPEN | HEAD | {"leader_handle_time": None}), {"undated"}),
        (({}, OPEN | HEAD | {"leader_handle_time": at(4, 2)}, OPEN), set()),
        (({}, {}, OPEN | {"invalid_flag": True}), set()),
        (({}, {"unit_id": "U2"}, OPEN | {"unit_id": "U2"}), {"nobody"}),
        (({}, {"unit_id": "U2"}, OPEN | {"unit_id": "U2"} | HEAD | {"leader_handle_id": "P2"}), set()),
        (({}, {"channel": "网上民声"}, OPEN | {"channel": "局长信箱"}), {"nobody"}),
        (({}, {}, OPEN | HEAD | {"unit_id": "U7"}), {"unclear"}),
    ],
)
def test_the_third_complaint_of_an_open_issue_takes_the_head(check, changes, cases):
    outcome, findings = check("RX-03", hotline=[KEEP, *complaints(*changes)], unit=UNITS)
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [f["subject"] for f in findings] == (["C0"] if cases else [])


def test_rx03_by_merging_number_is_a_breach_and_by_wording_a_lead(check):
    rows = complaints({}, {"title": "停车难", "content": ""}, OPEN)
    _, findings = check("RX-03", hotline=[KEEP, *rows], unit=UNITS)
    assert [(f["kind"], f["severity"]) for f in findings] == [("breach", "high")]
    worded = complaints(
        {"issue_key": None},
        {"issue_key": None, "title": "篮球场半夜扰民", "content": "体育公园篮球场深夜打球声音大"},
        OPEN | {"issue_key": None, "title": "体育公园打球太吵", "content": "篮球场每天半夜有人打球"},
    )
    _, findings = check("RX-03", hotline=[KEEP, *worded], unit=UNITS)
    assert [(f["kind"], f["severity"], f["subject"]) for f in findings] == [("suspect", "medium", "C0")]


def test_rx03_without_a_place_for_the_head_is_missing_and_not_a_breach(check):
    _, findings = check("RX-03", hotline=complaints({}, {}, OPEN), unit=UNITS)
    assert [f["kind"] for f in findings] == ["missing"]


def test_rx03_warns_while_the_head_still_has_time(check):
    rows = [KEEP, *complaints({}, {}, OPEN)]
    outcome, findings = check("RX-03", "2021", date(2021, 5, 8), hotline=rows, unit=UNITS)
    assert [h["case"] for h in outcome.hits] == ["soon"]
    assert [f["kind"] for f in findings] == ["warning"]
    assert [
        h["case"] for h in check("RX-03", "2021", date(2021, 5, 9), hotline=rows, unit=UNITS)[0].hits
    ] == ["nobody"]


def test_rx03_needs_something_to_know_an_issue_by(check):
    bare = request(title=None, content=None)
    outcome, _ = check("RX-03", hotline=[bare], unit=UNITS)
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "column_missing")


@pytest.mark.parametrize(("day", "cases"), [(at(4, 3), {"again"}), (at(4, 4), set()), (at(3, 4), set())])
def test_rx04_a_new_complaint_soon_after_the_reply(check, day, cases):
    first, second = complaints({}, {"accept_time": day, "dispatch_time": day, "reply_time": day})
    outcome, _ = check("RX-04", hotline=[KEEP, first, second])
    assert {h["case"] for h in outcome.hits} == cases
    assert [h["_rids"] for h in outcome.hits] == ([[3, 4]] if cases else [])


def test_rx04_names_the_next_complaint_after_the_reply_and_never_the_request_itself(check):
    days = [at(3, 5), at(3, 20), at(3, 9), at(3, 9)]
    later = [{"accept_time": day, "dispatch_time": day, "reply_time": at(2, 1)} for day in days]
    outcome, _ = check("RX-04", hotline=[KEEP, *complaints({}, *later)])
    again = [hit["_rids"] for hit in outcome.hits if hit["case"] == "again"]
    assert again == [[3, 4]]


def case(**more):
    return {
        "case_no": "B1",
        "service_item": "二级运动员等级称号授予",
        "unit_id": "U1",
        "accept_date": date(2021, 6, 4),
        "promised_workdays": 15,
        "legal_workdays": 20,
        "ext_workdays": None,
        "ext_approval_no": None,
        "finish_date": date(2021, 6, 29),
        "result": "准予",
        "event": "市运会",
        "result_no": "CJ1",
        "handler_id": "P1",
        "approver_id": "P2",
        "publicity_start": date(2021, 6, 15),
        "publicity_end": date(2021, 6, 21),
    } | more


FULL_CASE = case(case_no="B0", ext_workdays=1, ext_approval_no="Y0", finish_date=date(2021, 6, 25))


@pytest.mark.parametrize(
    ("rule", "change", "cases"),
    [
        ("RX-06", {"finish_date": date(2021, 6, 28)}, set()),
        ("RX-06", {}, {"late"}),
        ("RX-06", {"finish_date": None, "result": None}, {"open"}),
        ("RX-06", {"finish_date": None}, {"undated"}),
        ("RX-06", {"finish_date": date(2022, 1, 5)}, {"open"}),
        ("RX-06", {"finish_date": None, "accept_date": date(2021, 12, 10)}, set()),
        ("RX-06", {"promised_workdays": None, "finish_date": date(2021, 7, 5)}, set()),
        ("RX-06", {"promised_workdays": None, "finish_date": date(2021, 7, 6)}, {"late"}),
        ("RX-06", {"promised_workdays": None, "legal_workdays": None}, {"unpromised"}),
        ("RX-06", {"ext_workdays": 1, "ext_approval_no": "Y"}, set()),
        ("RX-06", {"ext_workdays": 1}, {"late"}),
        ("RX-07", {}, set()),
        ("RX-07", {"event": None}, {"basis"}),
        ("RX-07", {"result_no": None}, {"basis"}),
        ("RX-07", {"approver_id": "P1"}, {"alone"}),
        ("RX-07", {"approver_id": None}, {"unsigned"}),
        ("RX-07", {"publicity_end": date(2021, 6, 20)}, {"short"}),
        ("RX-07", {"publicity_end": None}, {"unpublished"}),
        ("RX-07", {"finish_date": date(2021, 6, 20)}, {"before"}),
        ("RX-07", {"finish_date": date(2021, 6, 21)}, set()),
        ("RX-07", {"event": None, "result": "不予"}, set()),
        ("RX-07", {"event": None, "result": None}, set()),
        ("RX-07", {"event": None, "service_item": "场地预约"}, set()),
        ("RX-07", {"event": None, "service_item": "三级裁判员审批"}, {"basis"}),
    ],
)
def test_a_service_is_judged_at_its_limits(check, rule, change, cases):
    outcome, findings = check(rule, service_case=[FULL_CASE, case(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [finding["row"] for finding in findings] == ([3] if cases else [])


def notice(**more):
    return {
        "disclosure_no": "G1",
        "title": "部门决算",
        "unit_id": "U1",
        "formed_date": date(2021, 9, 1),
        "due_date": None,
        "publish_date": date(2021, 9, 29),
    } | more


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({}, set()),
        ({"publish_date": date(2021, 9, 30)}, {"late"}),
        ({"publish_date": None}, {"open"}),
        ({"publish_date": None, "due_date": date(2021, 12, 31)}, set()),
        ({"due_date": date(2021, 9, 28)}, {"late"}),
        ({"formed_date": None}, {"undated"}),
    ],
)
def test_a_disclosure_is_judged_at_its_limits(check, change, cases):
    full = notice(disclosure_no="G0", due_date=date(2021, 9, 29))
    outcome, findings = check("RX-08", disclosure=[full, notice(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [finding["row"] for finding in findings] == ([3] if cases else [])


GROUPS = {"单位领导": 90, "科室互评": 80, "服务对象": 70, "基层群众": 60}  # 0.3, 0.2, 0.3, 0.2 → 76


def ratings(target="U1", **more):
    return [
        {
            "rating_id": f"{target}{group}",
            "scheme": "作风评议",
            "period": "2021",
            "target_id": target,
            "rater_id": f"R{group}",
            "rater_type": group,
            "rater_unit_id": "U9",
            "max_score": 100.0,
            "score": float(score),
            "recused": False,
            "published_total": 76.0,
        }
        | {k: v for k, (wanted, v) in more.items() if wanted == group}
        for group, score in GROUPS.items()
    ]


@pytest.mark.parametrize(
    ("rule", "change", "cases"),
    [
        ("PY-01", {}, set()),
        ("PY-01", {"score": ("基层群众", None)}, {"absent"}),
        ("PY-01", {"recused": ("基层群众", True)}, {"absent"}),
        ("PY-01", {"rater_type": ("基层群众", None)}, {"absent", "unnamed"}),
        ("PY-02", {}, set()),
        ("PY-02", {"score": ("单位领导", 90.1)}, set()),
        ("PY-02", {"score": ("单位领导", 90.2)}, {"total"}),
        ("PY-02", {"score": ("基层群众", None)}, {"partial"}),
        ("PY-02", {"published_total": ("基层群众", 77.0)}, {"several"}),
        ("PY-02", {"published_total": ("基层群众", None)}, set()),
        ("PY-B02", {}, set()),
        ("PY-B02", {"rater_unit_id": ("科室互评", "U1")}, {"own"}),
        ("PY-B02", {"rater_unit_id": ("科室互评", None)}, set()),
        ("PY-B02", {"rater_unit_id": ("服务对象", "U1")}, set()),
    ],
)
def test_an_evaluation_is_judged_by_its_groups(check, rule, change, cases):
    outcome, findings = check(rule, rating=[*ratings("U0"), *ratings(**change)])
    assert {hit["case"] for hit in outcome.hits} == cases
    assert {f["unit"] for f in findings} == ({"U1"} if cases else set())


def test_a_recused_peer_is_nobodys_fault(check):
    rows = ratings(rater_unit_id=("科室互评", "U1"))
    rows[1]["recused"] = True
    assert check("PY-B02", rating=rows)[0].outcome == "passed"


def test_py02_takes_either_usual_way_to_average(check):
    """Two raters with different numbers of items: by item 82.5, by rater 80; either may be published."""
    rows = [row for row in ratings() if row["rater_type"] != "单位领导"]
    for rater, scores in (("A", [90, 90, 90]), ("B", [60])):
        rows += [
            rows[0]
            | {"rating_id": f"{rater}{i}", "rater_id": rater, "rater_type": "单位领导", "score": float(s)}
            for i, s in enumerate(scores)
        ]
    by_item, by_rater = 0.3 * 82.5 + 49, 0.3 * 75 + 49
    for published, outcome in ((by_item, "passed"), (by_rater, "passed"), (by_item + 0.1, "findings")):
        assert check("PY-02", rating=[r | {"published_total": published} for r in rows])[0].outcome == outcome


AREA = [entry.rule_id for entry in catalogue().values() if entry.area == "feedback"]


@pytest.mark.parametrize("rule", AREA)
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, venue=[{"venue_id": "V1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
