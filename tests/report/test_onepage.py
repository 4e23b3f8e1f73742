"""The overview prints on one sheet of A4, in both languages, with as many units and reasons as it shows."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest

from mingjing.analyse import overview
from mingjing.report import onepage
from mingjing.report.findings import Panel, headline
from mingjing.report.page import page


@pytest.fixture
def full(monkeypatch):
    """Everything a page can hold: more units than are shown, all areas, many reasons, long claims."""
    reported, units = overview.Reported(), [f"U{n}" for n in range(40)]
    lines = [(area, 30, 20, 123, 45, 6, 67, 8, 9) for area in reported.areas]
    columns = ["area", "rules", "ran", "findings", "high", "apart", "new", "recurred", "resolved"]
    grid = [(unit, area, (n * 7) % 60 or None) for n, unit in enumerate(units) for area in reported.areas]
    score = pd.DataFrame({"unit_id": units, "index": 55.5, "rules": 40})
    reasons = [
        (f"没有数据：某某专项检查登记台账{n}", 9 - n, list(reported.areas[:3]), ["ST-01"]) for n in range(9)
    ]
    claims = [
        ("refuted", "「全市体育场地共建设12630个，总面积2221.78万平方米」：报告12,630个，台账复算306" * 2)
    ] * 9
    made = {
        "areas": pd.DataFrame(lines, columns=columns),
        "board": pd.DataFrame(grid, columns=["unit_id", "area", "findings"]).astype({"findings": "Int64"}),
        "index": score,
        "unchecked": pd.DataFrame(reasons, columns=["reason", "rules", "areas", "ids"]),
        "judged": pd.DataFrame(claims, columns=["verdict", "why"]),
    }
    for name, frame in made.items():
        monkeypatch.setattr(overview, name, lambda _audit, frame=frame: frame)
    first = headline("新发现342条，已消除12条。" * 2, "red", [("程度高：已核实 / 全部", "12 / 345")] * 3)
    monkeypatch.setattr(onepage, "headline_of", lambda _audit, _area: first)
    names = {unit: "市某某某运动管理中心第三训练部" for unit in units}
    return lambda lang: SimpleNamespace(
        lang=lang, reported=reported, names=names, overview_terms=overview.terms()
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_page_fits_one_sheet(full, chromium, tmp_path, lang):
    panel = onepage.one_page(full(lang))
    assert isinstance(panel, Panel)
    path = tmp_path / "overview.html"
    path.write_text(page("总报告", panel.html, lang), "utf-8")
    context = chromium.new_context()
    sheet = context.new_page()
    sheet.goto(path.as_uri())
    printed = sheet.pdf(format="A4", prefer_css_page_size=True)
    context.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("reasons", "lines"), [(3, 2), (1, 3)])
def test_claims_are_told_in_full_where_the_sheet_has_room(
    full, monkeypatch, chromium, tmp_path, reasons, lines, lang
):
    """With a board of 21 rows: seven of totals and the units of a bureau."""
    score, silent, claims = overview.index(None), overview.unchecked(None), overview.judged(None)
    monkeypatch.setattr(onepage, "MOST_UNITS", 14)
    monkeypatch.setattr(overview, "index", lambda _audit: score.head(14))
    board = overview.board(None)
    board = board[board.unit_id.isin(score.unit_id[:14])]
    monkeypatch.setattr(overview, "board", lambda _audit: board)
    long = silent.head(reasons).assign(reason=silent.reason * 20)
    monkeypatch.setattr(overview, "unchecked", lambda _audit: long)
    monkeypatch.setattr(overview, "judged", lambda _audit: claims.assign(why=claims.why * 8))
    path = tmp_path / "overview.html"
    path.write_text(page("总报告", onepage.one_page(full(lang)).html, lang), "utf-8")
    context = chromium.new_context()
    sheet = context.new_page()
    sheet.goto(path.as_uri())
    sheet.emulate_media(media="print")
    claim = sheet.locator(".onepage ul").last.locator("li").first
    tall, line = claim.evaluate("e => [e.clientHeight, parseFloat(getComputedStyle(e).lineHeight)]")
    printed = sheet.pdf(format="A4", prefer_css_page_size=True)
    context.close()
    assert round(tall / line) == lines
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_a_page_shows_the_first_units_and_says_how_many_more(full):
    html = onepage.one_page(full("zh")).html
    assert html.count('<th scope="row">市某') == onepage.MOST_UNITS and "另有22个单位，见“自查指数”" in html
    assert html.count("<li>") == onepage.MOST_REASONS + onepage.MOST_CLAIMS + 2  # each with how many more


def test_findings_of_no_unit_have_a_row_where_there_are_any(full, monkeypatch):
    assert "其中未分到单位</th><td></td><td>66</td><td>6</td>" in onepage.one_page(full("zh")).html
    made = overview.areas(None)
    monkeypatch.setattr(overview, "areas", lambda _audit: made.assign(apart=0))
    assert "未分到单位" not in onepage.one_page(full("zh")).html


def test_what_was_not_checked_is_marked_and_never_zero(full):
    html = onepage.one_page(full("en")).html
    assert '<td class="unchecked">—</td>' in html and "which is not a pass" in html
