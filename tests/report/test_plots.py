"""Plots: text stays text, the page's colours, the same bytes, no glyph missing, hostile names harmless."""

import re
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.errors import NotebookError
from mingjing.report import plots, svg
from mingjing.report.plots.base import short
from mingjing.report.plots.narrow import folded, wide

UNITS = pd.DataFrame(
    {
        "unit": ["射击中心", "体育学校", "水上中心"],
        "k": [3, 2, 0],
        "n": [5, 9, 4],
        "p": [0.6, 0.22, 0.0],
        "low": [0.2, 0.1, 0.0],
        "high": [0.5, 0.5, 0.4],
        "x": [1, 3, 5],
        "y": [5, 4, 3],
        "day": pd.to_datetime(["2021-01-05", "2021-06-30", None]),
    }
)
DAY = pd.Timestamp("2021-07-01")
DUE = {"射击中心": "蓝", "体育学校": "红", "水上中心": ""}
DIFFERS = {"射击中心": "none", "体育学校": "unsure", "水上中心": ""}
WORDS = {"title": "标题", "alt": "射击中心最多"}
KINDS = {
    "bars": lambda f: plots.bars(f, "unit", "k", of="n", **WORDS),
    "intervals": lambda f: plots.intervals(f, "unit", "p", "low", "high", line=0.3, **WORDS),
    "stacked": lambda f: plots.stacked(f, "unit", ["k", "n"], names=["逾期", "按期"], **WORDS),
    "waterfall": lambda f: plots.waterfall(f, "unit", "k", totals=["水上中心"], **WORDS),
    "against": lambda f: plots.against(f, "unit", "p", "low", names=("实际", "预期"), **WORDS),
    "funnel": lambda f: plots.funnel(f, "n", "p", "unit", low="low", high="high", **WORDS),
    "funnel of marked": lambda f: plots.funnel(f, "n", "p", "unit", marked="k", **WORDS),
    "grid": lambda f: plots.grid(f, "unit", "n", "k", **WORDS),
    "matrix": lambda f: plots.matrix(f, "x", "y", "k", arrows=[(1, 1, 2, 2)], **WORDS),
    "timeline": lambda f: plots.timeline(f, "day", "unit", kind="unit", **WORDS),
    "lines": lambda f: plots.lines(
        f, "day", ["k", "n"], bands=[("2021-02-11", "2021-02-17", "春节")], **WORDS
    ),
    "columns": lambda f: plots.columns(
        f, "day", "n", marked="k", names=("近", "远"), bands=[("2021-02-11", "2021-02-17", "春节")], **WORDS
    ),
    "paths": lambda f: plots.paths(
        f.assign(due=f.unit.map(DUE), filed="", differs=f.unit.map(DIFFERS), end=DAY, day=f.day.fillna(DAY)),
        *("unit", "day", "end", "due", "filed"),
        states={"蓝": "蓝", "黄": "黄", "红": "红"},
        names=("应有", "在册"),
        differs="differs",
        marks=f,
        **WORDS,
    ),
    "steps": lambda f: plots.steps(f, "x", "p", by="unit", **WORDS),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_plot_is_text_and_the_pages_colours_with_words_and_numbers(kind):
    plot = KINDS[kind](UNITS)
    html = plot._repr_html_()
    assert "<text" in plot.picture and "var(--" in plot.picture and "#0102" not in plot.picture
    assert 'aria-label="射击中心最多"' in html and "<details" in html and "<th" in html
    assert "font-family" not in plot.picture and "<style" not in plot.picture
    assert plot == KINDS[kind](UNITS)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_draw_is_said_in_words(kind):
    assert "没有可以画出的数据" in KINDS[kind](UNITS.head(0))._repr_html_()


def test_bars_are_ranked_and_carry_their_denominator():
    words = re.findall(r">([^<>]+)</text>", KINDS["bars"](UNITS).picture)
    assert {"3/5", "2/9", "0/4"} <= set(words)


def test_one_bar_is_said_in_words_with_its_denominator_and_its_limit():
    one = plots.bars(UNITS.head(1), "unit", "k", of="n", unit="次", limit="x", limit_name="上限", **WORDS)
    assert "<svg" not in one._repr_html_() and "射击中心：3/5次（上限 1）" in one._repr_html_()
    alike = UNITS.head(1).assign(unit="<b>")
    assert "&lt;b&gt;: 3</p>" in plots.bars(alike, "unit", "k", lang="en", **WORDS)._repr_html_()


def test_parts_too_small_to_be_seen_stand_in_figures():
    rows = UNITS.assign(k=[4549, 0, 1], n=[1, 0, None])
    words = re.findall(r">([^<>]+)</text>", plots.stacked(rows, "unit", ["k", "n"], **WORDS).picture)
    assert {"4,549 + 1", "0 + 0", "1 + —"} <= set(words)


def test_figures_below_nought_have_a_minus_and_not_a_hyphen():
    picture = plots.waterfall(UNITS.assign(k=[3, -2000, 1]), "unit", "k", **WORDS).picture
    assert ">−2,000<" in picture and ">-" not in picture


def test_heads_that_lean_begin_over_their_own_column():
    heads = [
        "家和",
        "放心肉食品有限公司",
        "鲜味调料行",
        "市射击射箭运动管理中心",
        "北湖肉食",
        "市水上运动管理中心有限公司",
    ]
    frame = pd.DataFrame({"unit": "射击中心", "n": heads, "k": range(6)})
    picture = plots.grid(frame, "unit", "n", "k", **WORDS).picture
    places = [float(re.search(rf'x="([\d.]+)"[^>]*rotate\(-45[^>]*>{head}<', picture)[1]) for head in heads]
    steps = [b - a for a, b in pairwise(places)]
    assert max(steps) - min(steps) < 0.1


def test_on_a_phone_a_legend_is_read_row_by_row():
    names = ["兴奋剂检查一", "兴奋剂检查二", "兴奋剂检查三", "兴奋剂检查四"]
    picture = plots.stacked(UNITS, "unit", ["k", "n", "p", "low"], names=names, **WORDS).small
    tops = [float(re.search(rf'y="([\d.]+)"[^>]*>{name}<', picture)[1]) for name in names]
    assert tops == sorted(tops) and len(set(tops)) == 2


def test_shares_are_drawn_on_an_axis_of_percent():
    words = re.findall(
        r">([^<>]+)</text>", plots.intervals(UNITS, "unit", "p", "low", "high", percent=True, **WORDS).picture
    )
    assert {"0%", "20%", "100%"} <= set(words)


def test_on_one_day_there_is_no_curve_yet():
    first = UNITS.assign(x=0)
    assert "没有可以画出的数据" in plots.steps(first, "x", "p", by="unit", **WORDS)._repr_html_()


def test_paths_say_how_many_lanes_are_not_drawn():
    lanes = pd.DataFrame({"who": [f"P{n:02d}" for n in range(23)]})
    lanes = lanes.assign(a=DAY, b=DAY, due="蓝", filed="蓝", differs="")
    more = {"states": {"蓝": "蓝"}, "names": ("应有", "在册"), "differs": "differs"}
    plot = plots.paths(lanes, "who", "a", "b", "due", "filed", **more, **WORDS)
    words = re.findall(r">([^<>]+)</text>", plot.picture)
    assert "P19" in words and "P20" not in words and "另有3个对象，见数字" in words
    assert len(plot.numbers) == 23


@pytest.mark.parametrize("kind", KINDS)
def test_a_phone_has_a_picture_of_its_own_that_says_the_same(kind):
    plot = KINDS[kind](UNITS)
    sizes = [float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1]) for svg in (plot.picture, plot.small)]
    assert sizes[1] == pytest.approx(4.7 * 72) and sizes[0] > 450
    names = [name for name in UNITS.unit if name in plot.picture]
    assert all(name in plot.small for name in names)
    assert f'<div class="narrow" hidden>{plot.small}</div>' in plot._repr_html_()


def test_on_a_phone_names_are_folded_and_legends_kept():
    long = UNITS.assign(unit=["市射击射箭运动管理中心", "市水上运动管理中心", "市体育学校"])
    names = ["兴奋剂检查·阳性结果", "行踪信息申报失败次数", "治疗用药豁免申请", "错过检查"]
    plot = plots.stacked(long, "unit", ["k", "n", "p", "low"], names=names, **WORDS)
    words = re.findall(r">([^<>]+)</text>", plot.small)
    assert {"市射击射箭", "运动管理中心", "市体育学校", *names} <= set(words)


@given(st.text("市体育运动 管理中心abcdefgh（）·-", max_size=40), st.integers(4, 30))
def test_folding_loses_no_letter_and_takes_no_line_more_than_it_must(text, most):
    lines = folded(text, most).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert len(lines) <= max(1, -(-wide(text) // most))


def test_on_a_phone_words_break_at_their_ends_and_names_of_neighbours_do_not_meet():
    assert folded("Spring\nFestival", 8).split("\n") == ["Spring", "Festival"]
    assert (
        folded("安全生产检查", 10) == "安全生产\n检查"
        and folded("市奥林匹克体育中心", 16) == "市奥林匹克\n体育中心"
    )
    assert folded("Mid-Autumn", 8) == "Mid-\nAutumn" and folded("Labour Day", 8) == "Labour\nDay"
    assert short("business reception·lunch") == "business reception·lunch" and len(short("市" * 30)) == 18
    days = pd.DataFrame({"day": pd.date_range("2021-01-01", "2021-12-31", freq="W"), "n": 1})
    bands = [("2021-01-01", "2021-01-03", "New Year"), ("2021-02-11", "2021-02-17", "Spring Festival"),
             ("2021-04-03", "2021-04-05", "Qingming"), ("2021-09-19", "2021-09-21", "Mid-Autumn")]  # fmt: skip
    plot = plots.lines(days, "day", ["n"], bands=bands, **WORDS)
    tops = [float(re.search(rf'y="([\d.]+)"[^>]*>{name}<', plot.small)[1]) for _, _, name in bands]
    assert tops[1] > tops[0] == tops[2] == tops[3]


def test_two_plots_share_no_id():
    ids = [set(re.findall(r' id="([^"]+)"', KINDS[kind](UNITS).picture)) for kind in ("stacked", "funnel")]
    ids.append(set(re.findall(r' id="([^"]+)"', KINDS["stacked"](UNITS).small)))
    assert all(ids) and len(set.union(*ids)) == sum(map(len, ids))


def test_every_reference_inside_a_plot_has_its_target():
    for picture in (part for make in KINDS.values() for part in (make(UNITS).picture, make(UNITS).small)):
        assert set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", picture)) <= set(
            re.findall(r' id="([^"]+)"', picture)
        )


def test_a_character_without_a_glyph_stops_the_run():
    with pytest.raises(NotebookError, match=r"U\+1F600"):
        plots.bars(UNITS.assign(unit="😀"), "unit", "k", **WORDS)


def test_a_hostile_name_is_shown_and_never_run():
    html = plots.bars(UNITS.assign(unit="<script>x</script>$a$"), "unit", "k", **WORDS)._repr_html_()
    assert "<script" not in html


def test_the_embedded_font_holds_what_the_plots_use_and_is_small():
    page = KINDS["bars"](UNITS)._repr_html_() + KINDS["lines"](UNITS)._repr_html_()
    face = svg.font_face(page)
    assert face == svg.font_face(page) and 1_000 < len(face) < 60_000
    assert svg.font_face("<p>没有图</p>") == ""


def test_extremes_names_the_highest_and_the_lowest():
    assert plots.extremes(UNITS, "unit", "k", "zh", "项") == "共3项，最高射击中心（3项），最低水上中心（0项）"
    assert plots.extremes(UNITS.head(1), "unit", "k", "en") == "only 射击中心: 3"
    assert plots.extremes(UNITS.head(0), "unit", "k", "en") == "There is nothing to draw."


def test_a_grid_says_what_its_hatching_means_and_cuts_no_festival():
    seen = pd.DataFrame(
        {"unit": "中心", "festival": ["Spring Festival", "Dragon Boat", "Mid-Autumn"], "missed": [0, 1, None]}
    )
    drawn = plots.grid(seen, "unit", "festival", "missed", hatched="no trade", **WORDS).picture
    assert "no trade" in drawn and "未检查" not in drawn and "…" not in drawn
    assert "未检查" in plots.grid(seen, "unit", "festival", "missed", **WORDS).picture
    assert "未检查" not in plots.grid(seen.dropna(), "unit", "festival", "missed", **WORDS).picture


def test_a_grid_of_yes_and_no_says_which_in_words():
    seen = pd.DataFrame({"unit": ["中心", "学校"], "festival": "中秋", "missed": [0, 1]})
    drawn = plots.grid(seen, "unit", "festival", "missed", words={0: "到", 1: "未到"}, **WORDS)
    assert ">到<" in drawn.picture and ">未到<" in drawn.picture
    assert list(drawn.numbers.missed) == ["到", "未到"]


def test_a_grid_may_say_the_counts_behind_the_share_that_colours_it():
    cover = pd.DataFrame(
        {"unit": ["甲", "乙"], "role": "教练", "percent": [100.0, 0.0], "told": ["1/1", "0/4"]}
    )
    drawn = plots.grid(cover, "unit", "role", "percent", written="told", **WORDS)
    assert ">1/1<" in drawn.picture and ">0/4<" in drawn.picture and ">100<" not in drawn.picture
    assert list(drawn.numbers.columns) == ["unit", "role", "told"]


def test_below_its_limit_a_grid_alarms_nobody():
    spent = pd.DataFrame({"item": ["会议费", "办公费"], "month": "12", "percent": [89.0, 101.0]})
    alarm = [plots.grid(spent, "item", "month", "percent", limit=n, **WORDS).picture for n in (100, 102)]
    assert ["var(--high)" in picture for picture in alarm] == [True, False]


def test_a_funnel_of_few_names_all_and_reads_in_percent():
    few = UNITS.assign(out=[True, False, False], limit=[0.8, 0.8, 0.8])
    drawn = plots.funnel(few, "n", "p", "unit", high="limit", marked="out", centre=0.2, **WORDS).picture
    assert all(name in drawn for name in [*UNITS.unit, "超出偶然差异", "控制限", "平均"]) and "%" in drawn


@pytest.mark.parametrize(("good", "red"), [(False, False), (True, True)])
def test_a_funnel_is_red_only_for_who_is_worse(good, red):
    """Who lacks fewer samples than all the others is no alarm; who satisfies fewer people is."""
    lowest = UNITS.assign(out=UNITS.p == UNITS.p.min())
    drawn = plots.funnel(lowest, "n", "p", "unit", marked="out", good=good, **WORDS).picture
    assert ("var(--high)" in drawn) is red and ("差于平均" if red else "好于平均") in drawn


def test_fixed_words_are_english_in_an_english_report_and_names_stay():
    told = pd.DataFrame({"kind": ["国内公务接待·午餐", "甲单位", None]})
    assert list(plots.in_words(told, "en", "kind").kind[:2]) == ["official reception·lunch", "甲单位"]
    assert plots.in_words(told, "zh", "kind") is told
    # words that nobody has are still words, and can be joined to others
    assert list(plots.in_words(told.head(0), "en", "kind").kind + "·") == []


def test_the_numbers_of_a_plot_open_at_once_however_many():
    days = pd.DataFrame({"day": pd.date_range("2021-01-04", periods=40, freq="7D"), "n": range(40)})
    html = plots.columns(days, "day", "n", **WORDS)._repr_html_()
    assert '<details class="long" open>' in html and html.count("<tr>") == 41


def test_a_reference_line_is_named_in_both_pictures():
    plot = plots.intervals(UNITS, "unit", "p", "low", "high", line=0.3, line_name="全省平均", **WORDS)
    assert plot._repr_html_().count(">全省平均<") == 2
    plain = plots.intervals(UNITS, "unit", "p", "low", "high", line_name="全省平均", **WORDS)
    assert "全省平均" not in plain._repr_html_()


def test_counts_have_whole_ticks_even_beside_limits_that_are_not():
    frame = pd.DataFrame({"month": ["2021-01", "2021-02", "2021-03"], "n": [0, 7, 1], "mean": [2.7] * 3})
    drawn = plots.lines(frame, "month", ["n", "mean"], title="t", alt="a", limits=["mean"])
    assert ">4.5<" not in drawn.picture and ">1.5<" not in drawn.picture and ">6<" in drawn.picture


def test_a_long_chinese_head_of_a_grid_stands_on_two_lines():
    names = ["家和食品", "北湖肉食", "鑫源肉联", "丰收粮油", "绿园蔬菜", "放心肉食品有限公司", "鲜味调料行"]
    frame = pd.DataFrame({"unit": ["甲"] * 7, "supplier": names, "share": range(7)})
    drawn = plots.grid(frame, "unit", "supplier", "share", title="t", alt="a")
    assert "放心肉食品<" in drawn.picture and "有限公司<" in drawn.picture


def test_numbers_behind_shares_are_headed_and_scaled_as_the_axes_are():
    names = {"axes_names": ("meals", "share"), "lang": "en"}
    drawn = plots.funnel(UNITS, "n", "p", "unit", low="low", high="high", **names, **WORDS).numbers
    assert list(drawn) == ["unit", "meals", "share (%)", "lower limit (%)", "upper limit (%)"]
    assert list(drawn["share (%)"]) == [60, 22, 0] and list(drawn.meals) == list(UNITS.n)
    seen = plots.against(UNITS, "unit", "p", "low", names=("实际", "预期"), axis="%", **WORDS).numbers
    assert list(seen) == ["unit", "实际（%）", "预期（%）"]


def test_no_share_is_drawn_above_a_hundred_percent():
    frame = pd.DataFrame({"unit": ["甲", "乙"], "n": [22, 24], "rate": [1.0, 1.0]})
    drawn = plots.funnel(frame, "n", "rate", "unit", title="t", alt="a")
    assert ">104" not in drawn.picture and ">100" in drawn.picture


def test_the_bands_of_a_matrix_follow_their_scores_and_are_told_apart_without_colour():
    board = pd.DataFrame({"x": [3], "y": [4], "k": [7]})
    drawn = plots.matrix(board, "x", "y", "k", bands=(6, 12), **WORDS).picture
    assert all(told in drawn for told in ("低 1–5 分", "中 6–11 分", "高 12–25 分"))
    depths = {
        re.search(rf"var\(--{band}\)[^>]*?opacity: ?([\d.]+)", drawn)[1] for band in ("low", "medium", "high")
    }
    assert len(depths) == 3


def test_ticks_of_one_axis_have_the_same_decimals():
    frame = pd.DataFrame({"who": ["甲", "乙"], "at": [2.6, 2.95], "low": [2.59, 2.94], "high": [2.61, 2.96]})
    drawn = plots.intervals(frame, "who", "at", "low", "high", title="人均", alt="人均", line=2.58)
    ticks = re.findall(r">(\d\.\d+)<", drawn.picture)
    assert len(ticks) > 2 and len({len(tick) for tick in ticks}) == 1


def test_every_step_of_a_waterfall_is_drawn_with_its_figure():
    frame = pd.DataFrame({"step": ["期初", "入库", "领出", "期末"], "rounds": [20090, 20000, -35990, 4100]})
    drawn = plots.waterfall(frame, "step", "rounds", title="t", alt="a", totals=["期初", "期末"])
    assert all(f">{figure}<" in drawn.picture for figure in ("20,090", "20,000", "−35,990", "4,100"))
    assert all(f">{figure}<" in drawn.small for figure in ("20,090", "20,000", "−35,990", "4,100"))


def test_marks_that_lie_on_one_another_say_how_many_they_are():
    seen = pd.DataFrame(
        {"day": [DAY, DAY, DAY, DAY], "unit": ["中心", "中心", "中心", "学校"], "kind": "检查"}
    )
    assert ">3</text>" in plots.timeline(seen, "day", "unit", kind="kind", **WORDS).picture
    assert ">3</text>" not in plots.timeline(seen[2:], "day", "unit", kind="kind", **WORDS).picture
