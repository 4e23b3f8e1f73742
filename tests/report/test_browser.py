"""Every report and the index as a reader's browser shows them."""

import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from test_pages import finding

from mingjing.areas import AREAS
from mingjing.findings import Findings
from mingjing.report.findings import frame_panel
from mingjing.report.findings_table import findings_table
from mingjing.report.page import page as page_of

pytestmark = [pytest.mark.browser, pytest.mark.notebook]
NAMES = ["index", *AREAS]
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# one page of ten thousand elements takes axe a minute; what is left out is like what is kept
SHORTER = """() => {
  document.querySelectorAll('tbody').forEach(body => [...body.rows].slice(4).forEach(row => row.remove()));
  document.querySelectorAll('.rules > details:nth-of-type(n+4), svg path').forEach(part => part.remove());
}"""

# Of the plots that are seen: those that scroll within themselves, and words beyond the edge of their picture.
CUT = """() => [...document.querySelectorAll('.plot [role=img]')].flatMap(box => {
  const shown = [...box.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width);
  const beyond = shown.flatMap(svg => {
    const edge = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter(text => {
      const place = text.getBoundingClientRect();
      return place.left < edge.left - 2 || place.right > edge.right + 2 || place.bottom > edge.bottom + 2;
    }).map(text => text.textContent);
  });
  const scrolls = box.scrollWidth > box.clientWidth ? ['scrolls'] : [];
  return [...scrolls, ...(shown.length == 1 ? [] : [shown.length + ' pictures']), ...beyond];
})"""


def pages(folder: Path) -> list[Path]:
    found = [folder / f"{name}.html" for name in NAMES if (folder / f"{name}.html").exists()]
    assert len(found) > 10
    return found


def rows(page) -> list[str]:
    return page.locator("table.findings > tbody > tr").all_inner_texts()


@pytest.mark.parametrize(("lang", "scheme"), [("zh", "light"), ("zh", "dark"), ("en", "light")])
def test_no_page_breaks_wcag_22_aa(reports, visit, lang, scheme):
    """Everything opened; in the dark only colours can be different."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    wrong = {}
    for path in pages(reports[lang]):
        page = visit(path, color_scheme=scheme)
        page.evaluate(SHORTER)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        options = {
            "runOnly": ["color-contrast"] if scheme == "dark" else STANDARD,
            "resultTypes": ["violations"],
        }
        found = axe.run(page, options=options).response["violations"]
        wrong |= {(path.name, v["id"], v["nodes"][0]["html"][:200]): len(v["nodes"]) for v in found}
        page.context.close()
    assert not wrong


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_scrolls_sideways_on_a_phone_or_zoomed(reports, visit, lang):
    """640 CSS pixels are what 200% zoom makes of a window of 1280."""
    wrong = {}
    for path in pages(reports[lang]):
        page = visit(path, width=320)
        page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
        for width in (320, 640, 768):
            page.set_viewport_size({"width": width, "height": 900})
            if (over := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                wrong[path.name, width] = over
            if cut := page.evaluate(CUT):
                wrong[path.name, width, "plots"] = cut
        page.context.close()
    assert not wrong


def test_findings_sort_filter_and_search(reports, visit):
    page = visit(reports["zh"] / "canteen.html")
    total = int(page.locator(".findings caption").inner_text().split()[0])
    tools = page.locator(".tools", has=page.get_by_role("button", name="复制到 Excel"))
    tools.get_by_label("程度").select_option("高")
    assert rows(page) and all(row.startswith("高") for row in rows(page))
    tools.get_by_label("规则").select_option("ST-07")
    only = rows(page)
    assert only and all("ST-07" in row for row in only) and len(only) < total
    for name in ("程度", "规则"):
        tools.get_by_label(name).select_option(index=0)
    tools.get_by_label("搜索").fill("五花肉")
    assert rows(page) and all("五花肉" in row for row in rows(page))
    tools.get_by_label("搜索").fill("<td")
    assert rows(page) == []
    tools.get_by_label("搜索").fill("")
    heads = page.locator(".findings > thead th")
    amount = heads.filter(has_text="金额").get_by_role("button")
    amount.click()
    place = heads.all_inner_texts().index("金额（元）")
    shown = [row.split("\t")[place] for row in rows(page)]
    values = [float(text.replace(",", "")) for text in shown if text]
    assert values == sorted(values) and len(values) > 5 and shown[: len(values)].count("") == 0
    assert heads.nth(place).get_attribute("aria-sort") == "ascending"
    amount.click()
    assert float(rows(page)[0].split("\t")[place].replace(",", "")) == max(values)
    heads.filter(has_text="程度").get_by_role("button").click()
    order = ["高中低".index(row[0]) for row in rows(page)]
    assert order == sorted(order) and len(set(order)) > 1


def test_a_packed_table_holds_every_row_and_finds_the_last(visit, tmp_path):
    target = tmp_path / "many.html"
    target.write_text(
        page_of("发现", findings_table(Findings.of([finding(n) for n in range(6000)])), "zh"), "utf-8"
    )
    page = visit(target)
    assert "6000" in page.locator(".status").inner_text()
    last = finding(5999)["finding_id"]
    page.get_by_role("searchbox").first.fill(last)
    page.wait_for_selector("table.findings > tbody > tr:only-child")
    assert page.locator("table.findings > tbody > tr").get_attribute("data-id") == last


def test_what_is_filtered_goes_to_a_spreadsheet(reports, visit):
    page = visit(
        reports["zh"] / "canteen.html",
        permissions=["clipboard-read", "clipboard-write"],
        accept_downloads=True,
    )
    tools = page.locator(".tools", has=page.get_by_role("button", name="复制到 Excel"))
    tools.get_by_label("规则").select_option("ST-12")
    tools.get_by_role("button", name="复制到 Excel").click()
    page.get_by_text("可以粘贴到 Excel").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0].split("\t")[:3] == ["编号", "程度", "性质"] and len(lines) == len(rows(page)) + 1
    assert all(line.startswith("ST-12-") and "▸" not in line for line in lines[1:])
    with page.expect_download() as download:
        tools.get_by_role("button", name="下载 CSV").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    assert len(text.splitlines()) == len(lines) and text.startswith('"编号","程度"')


def test_everything_is_done_with_the_keyboard_alone(reports, visit):
    page = visit(reports["zh"] / "canteen.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator(".findings th button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".findings th[aria-sort]").count() == 1
    summary = page.locator(".findings summary").first
    summary.focus()
    page.keyboard.press("Enter")
    opened = page.locator(".findings details[open]").first.inner_text()
    assert "依据的行" in opened and "行\n编号\nST-" in opened
    order = page.evaluate("[...document.querySelectorAll('[tabindex]')].map(e => e.tabIndex)")
    assert set(order) <= {0}


def test_a_finding_opens_to_values_rows_rule_law_thresholds_and_query(reports, visit):
    page = visit(reports["zh"] / "canteen.html")
    page.locator("tr", has_text="ST-02").first.locator("summary").first.click()
    opened = page.locator(".findings details[open]").first
    text = opened.inner_text()
    for part in ("食堂台账.xlsx", "第", "留样重量", "125", "餐饮服务食品安全操作规范", "最小留样量", "编号"):
        assert part in text, part
    opened.get_by_text("查看查询语句").click()
    assert "SELECT" in opened.inner_text() and opened.locator(".rule").count() == 1


def test_without_script_the_page_holds_the_same_findings(reports, visit):
    plain = visit(reports["zh"] / "canteen.html", java_script_enabled=False)
    assert plain.locator(".findings caption").inner_text() == f"{len(rows(plain))} 条发现"
    assert plain.locator(".tools").count() == 0
    plain.locator(".findings a").first.click()
    assert "#rule-" in plain.url


def test_contents_lead_to_each_section_and_follow_the_reader(reports, visit):
    page = visit(reports["zh"] / "canteen.html")
    links = page.locator(".contents a")
    titles = page.locator("main h2").all_inner_texts()
    assert links.all_inner_texts() == titles and len(titles) > 4
    assert links.first.is_visible() and not page.locator(".contents summary").is_hidden()
    links.last.click()
    page.wait_for_selector(".contents a[aria-current]")
    phone = visit(reports["zh"] / "canteen.html", width=390)
    assert not phone.locator(".contents a").first.is_visible()
    phone.locator(".contents summary").click()
    assert phone.locator(".contents a").first.is_visible()


def test_a_printed_report_is_numbered_whole_and_keeps_within_its_sheet(reports, visit, tmp_path):
    page = visit(reports["zh"] / "canteen.html")
    total = int(page.locator(".findings caption").inner_text().split()[0])
    target = tmp_path / "report.pdf"
    page.pdf(path=target, prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-layout", target, "-"], capture_output=True, text=True).stdout
    sheets = text.rstrip("\f").split("\f")
    assert len(sheets) > 3
    for number, sheet in enumerate(sheets, start=1):
        assert re.search(rf"\b{number} / {len(sheets)}\b", sheet) and "明镜" in sheet
    assert len(set(re.findall(r"ST-\w+-[0-9a-f]{10}", text))) == total
    findings = [sheet for sheet in sheets if re.search(r"ST-\w+-[0-9a-f]{10}", sheet)]
    assert len(findings) > 3 and all("性质" in sheet and "日期" in sheet for sheet in findings), (
        "heads on each"
    )
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})  # the width of A4 within its margins
    cut = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert cut == 0


def test_a_finding_on_a_phone_has_no_holes_and_its_amount_has_a_unit(visit, tmp_path):
    cells = "<td class=high>高</td><td class=u></td><td class=f>重复付款</td><td class=n>{}</td>"
    rows = "".join(f"<tr>{cells.format(amount)}</tr>" for amount in ("546.00", ""))
    (tmp_path / "a.html").write_text(
        page_of("食堂", f'<table class="findings"><tbody>{rows}</table>', "zh"), "utf-8"
    )
    told = visit(tmp_path / "a.html", 390).evaluate(
        "[...document.querySelectorAll('td')].map(cell => [cell.offsetWidth > 0, getComputedStyle(cell, '::after').content])"
    )
    assert [seen for seen, _ in told] == [True, False, True, True, True, False, True, False]
    assert told[3][1] == '" 元"'


def test_on_paper_no_english_word_of_a_small_table_is_broken(chromium):
    heads = ["Subject", "From", "Until", "Colour due", "Colour on file", "Difference", "Days", "Why"]
    frame = pd.DataFrame(
        [["unit", "2021-02-21", "2021-12-31", "red", "none", "not raised", 5, "word " * 60]], columns=heads
    )
    css = (files("mingjing.report") / "template/report.css").read_text("utf-8")
    page = chromium.new_page(viewport={"width": 680, "height": 900})
    page.emulate_media(media="print")
    page.set_content(f"<html lang=en><style>{css}</style><body>{frame_panel(frame, '').html}")
    lines = """e => { const r = document.createRange(); r.selectNodeContents(e);
        return new Set([...r.getClientRects()].map(part => part.top)).size }"""
    assert [page.eval_on_selector(f"th:nth-child({place})", lines) for place in (6, 7)] == [1, 1]
    page.close()
