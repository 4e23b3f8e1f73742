"""What proves a finding, as a reader sees it when a finding is opened."""

import json

import pandas as pd
from test_pages import finding

from mingjing.findings import Findings
from mingjing.report.findings import frame_panel, shares_told
from mingjing.report.findings_table import findings_table
from mingjing.report.labels import label
from mingjing.report.page import page as page_of


def test_values_group_their_digits_and_their_names_begin_alike():
    values = {"balance": 17_813, "previous": 17_806, "year": 2021, "ok": True, "date": "2021-03-01"}
    evidence = json.dumps({"values": values, "rows": []})
    html = findings_table(Findings.of([finding(1, evidence=evidence)], "en"))
    assert "<dd>17,813" in html and "<dd>2021" in html and "<dd>yes" in html
    assert "<dd class=w>2021-03-01" in html, "a day stays on one line"
    assert "<dt>Previous balance" in html and "<dt>previous" not in html


def test_a_unit_or_a_person_that_proves_a_finding_is_told_by_name():
    evidence = json.dumps({"values": {"top_unit": "U003", "level": 2, "holders": ["P1", "P9"]}, "rows": []})
    named = {"U003": "市游泳中心", "P1": "张三", "P9": "P9"}
    row = finding(1, evidence=evidence, rule_id="ST-17")
    html = findings_table(Findings.of([row], "zh", unit_names=named))
    assert "<dd>市游泳中心（U003）" in html and "<dd>2<" in html and "<dd>张三（P1）、P9" in html
    english = findings_table(Findings.of([row], "en", unit_names=named))
    assert "(U003)" in english and "（U003）" not in english


def test_a_search_that_finds_nothing_says_what_to_do(visit, tmp_path):
    table = findings_table(Findings.of([finding(n) for n in range(3)]))
    (tmp_path / "a.html").write_text(page_of("发现", table, "zh"), "utf-8")
    page = visit(tmp_path / "a.html", 390)
    page.locator(".tools input").fill("没有这样的字")
    assert page.locator(".status").first.text_content() == "0 / 3 条：没有符合的，请放宽搜索或筛选"
    page.locator(".tools input").fill("")
    assert page.locator(".status").first.text_content() == "3 / 3 条"


def test_a_printed_heading_of_few_columns_is_not_broken_within_a_word(visit, tmp_path):
    heads = ["Unit", "Index", "Rules that looked", *(f"problems found by self-check {n}" for n in range(4))]
    table = frame_panel(pd.DataFrame([["市射击射箭运动管理中心", *range(6)]], columns=heads), "").html
    (tmp_path / "a.html").write_text(page_of("Index", table, "en"), "utf-8")
    page = visit(tmp_path / "a.html", 500)
    page.emulate_media(media="print")
    lines = "th => { const r = document.createRange(); r.selectNodeContents(th); return r.getClientRects().length }"
    assert page.locator("thead th").nth(1).evaluate(lines) == 1


def test_a_value_is_named_as_its_rule_means_it():
    assert (
        label("allowed", "zh", "RX-05") == "办结时限（日）"
        and label("allowed", "zh", "RX-01") == "时限（工作日）"
    )
    assert (
        label("due", "zh", "AQ-12") == "应巡查天数"
        and label("usual", "en", "ST-24") == "median gap (days)"
        and label("items", "en", "JD-11") == "items in the books"
        and label("items", "en", "PY-02") == "mean by item"
    )


def test_the_number_of_a_row_is_not_broken_from_its_word():
    place = pd.DataFrame({"place": ["经费支出明细账 第1038行"]})
    assert "<span class=w>第1038行</span>" in frame_panel(place, "").html
    assert ">2888<" in frame_panel(pd.DataFrame({"行": [2888]}), "").html
    assert ">2,888<" in frame_panel(pd.DataFrame({"行数": [2888]}), "").html


def test_percentages_stand_at_the_right_as_numbers_do_and_a_share_open_is_one():
    curve = shares_told(pd.DataFrame({"days": [0, 44], "open": [1.0, 0.0625]}))
    assert list(curve.open) == ["100.0%", "6.2%"]
    html = frame_panel(curve.assign(span=["89%–100%", ""], said=["6%", "六"]), "").html
    assert html.count("<td class=n>") == 6 and html.count("<td class=w>") == 2
    assert shares_told(pd.DataFrame({"days": [1.0], "open": [3.0]})).open[0] == 3, "a count is no share"
