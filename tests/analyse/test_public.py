"""What feedback, rectification and venues say beyond their rules."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest

from mingjing.analyse import antidoping, feedback, rectification, venues
from mingjing.findings import Findings, make_findings
from mingjing.release import is_withheld
from mingjing.rules import Params, catalogue, rules, run_rule


@pytest.fixture
def audit(ledgers):
    """An audit over plain rows, without files."""

    def build(**data):
        held = ledgers(**data)
        entries = catalogue()

        def outcome(rule_id):
            return run_rule(entries[rule_id], rules()[rule_id], held)

        def outcomes(area):
            import pandas as pd

            ids = [r for r, e in entries.items() if e.area == area]
            ran = [outcome(rule_id) for rule_id in ids]
            shown = {name: [getattr(one, name) for one in ran] for name in ("outcome", "rows_checked")}
            return pd.DataFrame({"rule_id": ids} | shown)

        def check(area):
            found = []
            for rule_id, entry in entries.items():
                if entry.area == area:
                    place = lambda rid: ("t", "f", "s", rid)  # noqa: E731
                    found += make_findings(entry, outcome(rule_id), place)
            return Findings.of(found)

        return SimpleNamespace(
            lang="zh",
            ledgers=held,
            as_of=held.as_of,
            units=(),
            check=check,
            outcomes=outcomes,
            params=lambda rule_id: Params(entries[rule_id]),
        )

    return build


def test_the_reports_own_arithmetic():
    """2221.78 over 3.1 implies 7.167 million people; 3.1 as printed allows 7.05 to 7.28 million."""
    people = venues.implied_population(2221.78, 3.1)
    assert (round(people.point, 1), round(people.low, 1), round(people.high, 1)) == (716.7, 705.3, 728.5)
    assert people.allows(705.4)
    assert not people.allows(750)
    with pytest.raises(ValueError, match="zero"):
        venues.implied_population(10, 0.05)


CLAIMS = [
    {
        "claim_id": str(i),
        "claim_key": key,
        "value": value,
        "doc_title": "报告",
        "period_end": date(2021, 10, 31),
    }
    for i, (key, value) in enumerate(
        [("场地数量", 12630.0), ("场地面积", 2221.78), ("人均场地面积", 3.1), ("全省人均场地面积", 2.58)]
    )
]


@pytest.mark.parametrize(
    ("people", "words"), [(716.7, "可以复算"), (750.0, "复算对不上"), (None, "没有全市常住人口")]
)
def test_venues_first_screen_says_whether_the_figure_recomputes(audit, people, words):
    total = {"stat_date": date(2021, 10, 31), "county": "全市", "resident_pop": people, "is_total": True}
    a = audit(region_stat=[total], report_claim=CLAIMS)
    assert words in venues.first_screen(a).zh
    got = venues.arithmetic(a).set_index("quantity").value.round(2).to_dict()
    assert got == {
        "implied_population": 716.70,
        "venues_per_10k": 17.62,
        "m2_per_venue": 1759.13,
        "ratio_to_province": 1.20,
    }


def problem(number, closed, **more):
    return {
        "item_id": f"Z{number}",
        "source_type": "巡察",
        "batch_id": "X1",
        "unit_id": "U1",
        "feedback_date": date(2021, 3, 1),
        "problem": f"问题{number}",
        "status": "已销号" if closed else "整改中",
        "close_date": closed,
        "deadline": date(2021, 12, 31),
        "evidence_ref": "E",
        "acceptor_id": "P2",
        "leader_id": "P1",
    } | more


def test_rectification_counts_reported_registered_and_truly_closed(audit):
    rows = [
        problem(1, date(2021, 3, 11)),
        problem(2, date(2021, 3, 21), evidence_ref=None),
        problem(3, None),
        problem(4, None),
    ]
    batch = {"batch_id": "X1", "feedback_date": date(2021, 3, 1), "problem_count": 5}
    a = audit(rectification=rows, feedback_batch=[batch])
    assert "反馈5个（1批中1批写明），登记4个，销号2个，其中站得住的1个" in rectification.first_screen(a).zh
    rates = rectification.closing_rates(a).iloc[0]
    told = rectification.closing_told(rectification.closing_rates(a)).iloc[0]
    assert (told.n, told.closed, told.closing_rate) == (rates.n, rates.k, f"{rates.rate:.1%}")
    assert (rates.k, rates.truly, rates.n) == (2, 1, 4)
    assert (round(rates.low, 3), round(rates.high, 3)) == (0.150, 0.850)
    curve = rectification.survival(a)
    assert list(zip(curve.days, curve.open.round(3), strict=True)) == [
        *((0, 1.0), (10, 0.75), (20, 0.5)),
        (305, 0.5),  # watched until the day looked from
    ]


def test_feedback_without_an_issue_over_the_limit_says_so_and_counts_what_its_rules_judge(audit):
    row = {
        "title": "体校食堂饭菜贵",
        "accept_time": datetime(2021, 3, 1),
        "reply_time": datetime(2021, 3, 3),
        "unit_id": "U1",
        "urgency": "一般",
        "responded": True,
        "resolved": True,
        "satisfaction": "满意",
    }
    rows = [row | {"ticket_no": "1", "channel": "信访"}, row | {"ticket_no": "2", "channel": "12345"}]
    a = audit(hotline=rows, unit=[{"unit_id": "U1", "head_id": "P1", "parent_id": None}])
    screen, ran = feedback.first_screen(a), a.outcomes("feedback").set_index("rule_id").rows_checked
    assert screen.zh == "没有问题被投诉超过2次仍未解决。" and "信访除外" in screen.figures[1][0]
    assert [told.partition(" / ")[2] for _, _, told in screen.figures] == ["2", "1", "2"]
    assert (ran["RX-01"], ran["RX-04"], ran["RX-05"]) == (1, 2, 1), "as many as the first screen says"


def test_feedback_counts_issues_over_the_limit_and_those_without_the_head(audit):
    rows = [
        {
            "ticket_no": f"{key}{i}",
            "channel": "12345",
            "issue_key": key,
            "title": title,
            "accept_time": datetime(2021, 3 + i, 1),
            "reply_time": datetime(2021, 3 + i, 3),
            "unit_id": "U1",
            "urgency": "一般",
            "responded": True,
            "resolved": i < 2,
            "satisfaction": "满意" if i < 2 else "不满意",
            "leader_handle_id": head if i == 2 else None,
            "leader_handle_time": datetime(2021, 5, 2) if head and i == 2 else None,
        }
        for key, title, head in (("A", "体校食堂饭菜贵", None), ("B", "阳光小区单杠松动", "P1"))
        for i in range(3)
    ]
    unit = [{"unit_id": "U1", "head_id": "P1", "parent_id": None}]
    a = audit(hotline=rows, unit=unit)
    screen = feedback.first_screen(a)
    assert "2个问题被投诉超过2次仍未解决，其中1个没有主要领导过问记录" in screen.zh
    assert screen.figures[0][2] == "4 / 6"
    told = feedback.repeats(a)
    assert list(told.groupby("issue").size()) == [3, 3]
    assert list(told.outcome) == ["resolved", "resolved", "dissatisfied"] * 2
    a.release = object()  # for the public no case says what came of it, nor whose it was
    public = feedback.repeats(a)
    assert len(public) == 6 and public[["unit_id", "outcome"]].isna().all(axis=None) and is_withheld(public)
    del a.release
    rates = feedback.rates(a).iloc[0]
    assert (rates.satisfied_k, rates.satisfied_n) == (4, 6)
    assert feedback.three_rates(a).satisfied_rate[0] == "4/6，67%（30–90%）"


def test_tests_and_whereabouts_are_drawn_for_readers_inside_only(audit):
    row = {"rec_id": "R1", "rec_type": "兴奋剂检查", "rec_date": date(2021, 8, 4)}
    a = audit(adop_record=[row | {"result": "阳性", "unit_id": "U1"}])
    a.names = {}
    inside = antidoping.events(a)
    assert (len(inside), antidoping.events_told(inside, "en")) == (1, "1 event")
    a.release = object()
    outside = antidoping.events(a)
    assert outside.empty and antidoping.events_told(outside, "zh") == "涉及个人，不公布"


def test_a_missing_group_is_shown_and_the_total_says_what_it_rests_on(audit):
    rows = [
        {
            "rating_id": f"R{group}",
            "scheme": "作风评议",
            "period": "2021",
            "target_id": "U1",
            "rater_id": group,
            "rater_type": group,
            "max_score": 100.0,
            "score": score,
        }
        for group, score in (("单位领导", 90.0), ("科室互评", 80.0), ("服务对象", 70.0))
    ]
    line = feedback.evaluation(audit(rating=rows)).iloc[0]
    assert line["基层群众"] != line["基层群众"]
    assert (round(line.total, 2), round(line.weight, 2)) == (80.0, 0.8)


@pytest.mark.parametrize("area", [feedback, rectification, venues])
def test_without_its_ledgers_an_area_has_no_first_screen(audit, area):
    assert area.first_screen(audit(athlete=[{"ath_id": "A1"}])) is None
