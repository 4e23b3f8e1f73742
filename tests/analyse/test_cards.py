"""The colours of a bureau: every finding on cards has its difference, and one table says both."""

import shutil
import tomllib
from datetime import date
from itertools import groupby
from pathlib import Path

import pandas as pd
import pytest

from mingjing import Audit
from mingjing.analyse import cards
from mingjing.analyse.colours import Card, Table, Trigger, path
from mingjing.analyse.stretches import differences, stretches
from mingjing.errors import UsageError
from mingjing.report.rule_notes import rule_table
from mingjing.rules import configured

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
FILES = ("主体责任与考核台账.xlsx", "四风与巡察整改台账.xlsx", "群众诉求工单台账.csv")
TABLE = Table({"蓝": 1, "黄": 2, "红": 3}, 1, 10, 5, 2, 2, 6, {"蓝": 90, "黄": 180, "红": 365})


def day(text: str) -> date:
    return date.fromisoformat(f"2021-{text}")


def odd(given, triggers=()):
    """Differences of the year, as `begins ends colour missed, on file, kind`."""
    one = path(given, triggers, TABLE, day("12-31"))
    return [
        (f"{s.first:%m-%d} {s.last:%m-%d}", s.missed, s.held, s.kind)
        for s in differences(stretches(one, day("01-01"), day("12-31"), TABLE))
    ]


def test_a_trigger_is_missed_once_the_days_to_issue_a_card_have_passed():
    trigger = Trigger("T", "RX-03", "黄", day("03-01"))
    assert odd([], [trigger]) == [("03-12 12-31", "黄", "", "none")]
    blue = Card("K", "蓝", day("03-05"), day("03-20"), day("03-19"), day("03-31"))
    assert odd([blue], [trigger]) == [("03-12 03-30", "黄", "蓝", "low"), ("03-31 12-31", "黄", "", "none")]
    yellow = Card("K", "黄", day("03-12"), day("03-20"), day("03-19"), day("03-31"))
    assert odd([yellow], [trigger]) == []
    late = Card("K", "黄", day("03-14"), day("03-20"), day("03-19"), day("03-31"))
    assert odd([late], [trigger]) == [("03-12 03-13", "黄", "", "none")]


def test_a_higher_trigger_still_within_its_days_does_not_hide_the_one_that_is_missed():
    triggers = [Trigger("A", "ZG-02", "蓝", day("03-01")), Trigger("B", "FX-04", "红", day("04-01"))]
    assert odd([], triggers) == [("03-12 04-11", "蓝", "", "none"), ("04-12 12-31", "红", "", "none")]


def test_a_lapse_a_lift_too_early_and_a_card_never_lifted_each_have_their_name():
    lapsed = Card("K", "蓝", day("03-01"), day("03-16"), day("03-22"), day("03-31"))
    assert odd([lapsed]) == [("03-22 03-30", "黄", "蓝", "low")]
    early = Card("K", "红", day("03-01"), day("03-16"), day("04-20"), day("03-31"))
    assert odd([early]) == [("03-31 04-19", "红", "", "open")]
    forgotten = Card("K", "蓝", day("03-01"), day("03-16"), day("03-15"))
    assert odd([forgotten]) == [("06-13 12-31", "", "蓝", "high")]


def test_what_cannot_be_told_is_said_and_is_no_pass():
    assert odd([], [Trigger("T", "RX-03", "黄", None)]) == [("01-01 12-31", "", "", "unsure")]
    without = Card("K", "蓝", day("03-01"), None, day("04-20"), day("04-30"))
    assert odd([without]) == [("03-01 04-29", "蓝", "蓝", "unsure")]


def test_a_subject_without_a_colour_in_the_period_is_left_out():
    before = Card("K", "蓝", date(2020, 3, 1), date(2020, 3, 16), date(2020, 3, 15), date(2020, 3, 31))
    assert stretches(path([before], [], TABLE, day("12-31")), day("01-01"), day("12-31"), TABLE) == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sample's ledgers that bear on cards, without those that only take time, such as the claims beside the units."""
    folder = tmp_path_factory.mktemp("data")
    for name in FILES:
        shutil.copy(SAMPLE / name, folder)
    sheets = ["单位基本信息表", "人员花名册"]
    for name, frame in pd.read_excel(
        SAMPLE / "数据受理台账.xlsx", sheet_name=sheets, engine="calamine"
    ).items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def audit(folder):
    return Audit.open(folder, "2021")


def found_by(audit, *rules):
    found = audit.check("responsibility").to_pandas()
    return set(found[found.rule_id.isin(rules)].finding_id)


def named(derived):
    return {found for line in derived.differences.finding if line for found in line.split("、")}


def test_every_finding_on_cards_due_or_to_be_raised_is_a_difference(audit):
    wanted = found_by(audit, "SS-01", "SS-02")
    assert {found[:5] for found in wanted} == {"SS-01", "SS-02"}
    assert named(cards.derived(audit)) == wanted


def test_the_public_sees_the_paths_of_units_and_nobodys_card(folder, audit):
    """Whose duty was late is told in the same area under the same code: a path of cards beside it would be somebody's."""
    public = Audit.open(folder, "2021", audience="public")
    shown, told = cards.derived(public), cards.derived(audit)
    assert named(shown) == found_by(public, "SS-01")
    units = set(audit.table("unit").unit_name)
    people = set(audit.table("person").name)
    assert people & set(told.spans.subject) and units & set(told.spans.subject) == set(shown.spans.subject)
    for frame in (shown.spans, shown.steps, shown.issued, shown.differences):
        assert set(frame.subject) <= units
    assert not {str(cell) for cell in shown.steps.to_numpy().ravel()} & people
    assert "个单位应有颜色" in cards.said(shown, "zh") and "个对象应有颜色" in cards.said(told, "zh")


def test_the_day_on_which_a_gun_stayed_out_is_in_no_public_path(tmp_path):
    """Inside, a red card is due from that day on; the public is told that it is due, and not from when."""
    for name, text in {
        "单位信息": "单位编号,单位名称,单位类型\nU1,射击中心,训练单位\n",
        "枪弹领用归还登记表": "领用编号,领用单位,枪号,领用人,用途,出库时间,归库时间\n"
        "L1,U1,G1,P1,训练,2021-03-17 09:00,2021-03-19 09:00\n",
        "三色管理台账": "三色单编号,对象类型,对象编号,颜色,触发情形,发单日期\nK1,单位,U1,蓝,其他,2021-11-02\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    inside, outside = (Audit.open(tmp_path, "2021", audience=who) for who in ("internal", "public"))
    assert "2021-03-" in str(cards.derived(inside).steps)
    steps = cards.derived(outside).steps
    assert "2021-03-" not in steps.to_csv() + cards.derived(outside).spans.to_csv()
    assert (
        steps.why.str.contains("触发的日期不对外公布").any() and not steps.why.str.contains("没有日期").any()
    )


def test_a_path_of_the_sample_is_raised_lifted_and_begins_again(audit):
    steps = cards.derived(audit).steps
    paths = {
        "".join(colour or "无" for colour, _ in groupby(own.to_colour)) for _, own in steps.groupby("subject")
    }
    assert {"蓝黄无蓝无", "黄无黄红无"} <= paths


def test_a_step_that_asks_for_a_colour_and_changes_nothing_says_why(audit):
    steps, rank = cards.derived(audit).steps, ["", "蓝", "黄", "红"].index
    asked = steps[steps.event.isin(["lapsed", "many"]) & steps.why.str.contains("应升")]
    short = [
        rank(to) < rank(why.split("应升")[1][0]) for to, why in zip(asked.to_colour, asked.why, strict=True)
    ]
    assert len(asked) and [why.endswith("颜色不变") for why in asked.why] == short


def test_the_bureaus_own_table_moves_findings_and_colours_together(folder, tmp_path, audit):
    config = tmp_path / "bureau.toml"
    config.write_text("[rules.SS-02]\ngrace_days = 6\nnb = 3\n[rules.SS-01]\nmin_count = 2\n", "utf-8")
    own = Audit.open(folder, "2021", config=config)
    assert found_by(own, "SS-02") == set() and found_by(audit, "SS-02")
    assert not {f for f in named(cards.derived(own)) if f.startswith("SS-02")}
    assert named(cards.derived(own)) == found_by(own, "SS-01")


def test_the_table_in_the_report_can_be_pasted_into_a_configuration(audit):
    panel = rule_table(audit, ["SS-01", "SS-02"], "颜色规则表")
    assert "<details class=query><summary>怎样调整" in panel.html, "folded, and not printed"
    written = tomllib.loads(panel.text)["rules"]
    assert written == {rule: audit.params(rule).as_dict() for rule in ("SS-01", "SS-02")}
    assert "发牌宽限天数" in panel.html and panel.html.count("<tr>") == 1 + sum(map(len, written.values()))
    assert configured(written)["SS-02"].params["nb"].source == "bureau configuration"


def test_colours_are_told_in_the_reports_language_where_they_are_labels(folder):
    panel = rule_table(Audit.open(folder, "2021", lang="en"), ["SS-02"], "Table of rules")
    assert "blue: 90, yellow: 180, red: 365" in panel.html and 'reset_days = { "蓝" = 90' in panel.text
    assert "蓝：90、黄：180、红：365" in rule_table(Audit.open(folder, "2021"), ["SS-02"], "").html


def test_a_table_without_a_colour_is_refused_by_name(folder, tmp_path):
    config = tmp_path / "bureau.toml"
    config.write_text('[rules.SS-02]\nreset_days = { "蓝" = 30, "黄" = 60 }\n', "utf-8")
    with pytest.raises(UsageError, match="红"):
        cards.derived(Audit.open(folder, "2021", config=config))


def test_triggers_that_did_not_run_are_named(audit):
    derived = cards.derived(audit)
    assert set(derived.not_run) == {"AQ-01", "FX-04", "QD-04", "ST-07"}
    assert "触发规则AQ-01、FX-04、QD-04、ST-07没有运行" in cards.said(derived, "zh")
    assert "AQ-01, FX-04, QD-04, ST-07 did not run" in cards.said(derived, "en")


def test_without_cards_and_triggers_there_is_nothing_to_draw(tmp_path):
    (tmp_path / "单位信息.csv").write_text(
        "单位编号,单位名称,单位类型,在用\nU1,射击中心,训练单位,是\n", "utf-8"
    )
    derived = cards.derived(Audit.open(tmp_path, "2021"))
    assert derived.spans.empty and derived.steps.empty and "0个对象" in cards.said(derived, "zh")


def test_what_had_a_deadline_asks_for_a_card_from_the_day_after(tmp_path):
    (tmp_path / "单位信息.csv").write_text(
        "单位编号,单位名称,单位类型,在用\nU1,射击中心,训练单位,是\n", "utf-8"
    )
    (tmp_path / "整改问题台账.csv").write_text(
        "问题编号,问题来源,反馈批次,责任单位,反馈日期,问题内容,问题分类,整改时限,整改状态\n"
        "Z1,巡察,B1,U1,2021-03-19,台账不全,其他,2021-05-07,整改中\n"
        "Z2,巡察,B1,U1,2021-03-19,无人值班,其他,2022-01-10,整改中\n",
        "utf-8",
    )
    found = cards.derived(Audit.open(tmp_path, "2021"))
    assert [(s.day, s.to_colour) for s in found.steps.itertuples()] == [(day("05-08"), "蓝")]
    assert list(found.differences.begins) == [day("05-19")]


def test_two_of_one_name_are_two_rows(tmp_path):
    (tmp_path / "人员花名册.csv").write_text(
        "人员编号,姓名,所在单位,职务层级\nP1,张伟,U1,一般\nP2,张伟,U1,一般\n", "utf-8"
    )
    (tmp_path / "三色管理台账.csv").write_text(
        "三色单编号,对象类型,对象编号,颜色,触发情形,发单日期,整改期限\n"
        "K1,个人,P1,蓝,任务逾期,2021-03-01,2021-03-16\nK2,个人,P2,红,任务逾期,2021-03-01,2021-03-16\n",
        "utf-8",
    )
    derived = cards.derived(Audit.open(tmp_path, "2021"))
    assert list(dict.fromkeys(derived.spans.subject)) == ["张伟 P1", "张伟 P2"]
    assert list(derived.differences.difference) == ["low"]


def test_who_differs_in_two_ways_is_told_as_one():
    one = pd.DataFrame({"subject": ["甲", "甲"], "difference": ["none", "low"]})
    found = cards.Derived(pd.DataFrame(), one, one, pd.DataFrame(), ())
    assert cards.said(found, "zh") == (
        "1个对象应有颜色或有牌在册，1个两者不一致（应亮未亮 1、应升未升 1，有的不止一种）。"
    )
    assert cards.said(found, "en").endswith("(no card 1, not raised 1; some in more ways than one).")
