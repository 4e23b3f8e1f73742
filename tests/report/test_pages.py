"""What every report and the index carry, whatever shows them."""

import base64
import gzip
import json
import re
from datetime import date

import nbformat
import pandas as pd
import pytest

from mingjing.findings import Findings
from mingjing.report import plots
from mingjing.report.code import one_language
from mingjing.report.exporter import ReportExporter
from mingjing.report.findings import Headline, frame_panel, headline, only_units
from mingjing.report.findings_table import STATIC, findings_table
from mingjing.report.index import Line, Other, index_page, sparkline
from mingjing.report.labels import label, unit_label
from mingjing.report.page import page, script
from mingjing.report.panels import rules_run
from mingjing.rules.catalogue import catalogue
from mingjing.tables import tables
from mingjing.tables.english import english


def finding(number: int, **more) -> dict:
    return {
        "finding_id": f"ST-02-{number}",
        "rule_id": "ST-02",
        "area": "canteen",
        "severity": "medium",
        "kind": "breach",
        "unit": "U1",
        "message_zh": f"第{number}盘\n菜",
        "message_en": f"dish {number}",
        "amount": None,
        "evidence": json.dumps(
            {
                "rows": [{"file": "a.xlsx", "sheet": "S", "row": number}],
                "values": {"weight_g": 124, "hours": 47},
            }
        ),
        "status": "new",
    } | more


def test_numbers_of_a_column_stand_in_line_and_days_on_one():
    frame = pd.DataFrame(
        {
            "rate": [0.979166, 1.0, None],
            "percent": [76.4, 150.9, 8.0],
            "p": [0.00004, 0.31, 0.05],
            "year": [2021, 2022, 2023],
            "day": ["2021-01-05", "", "2021-12-31"],
            "why": ["一" * 25, "", "二"],
        }
    )
    cells = re.findall(r"<td class=(.)>([^<]*)</td>", frame_panel(frame, "").html)
    shown = [[text for _, text in cells[place::6]] for place in range(6)]
    assert shown[0] == ["0.979", "1.000", ""] and shown[1] == ["76.4", "150.9", "8.0"]
    assert shown[2] == ["4e-05", "0.31", "0.05"] and shown[3] == ["2021", "2022", "2023"]
    assert [look for look, _ in cells[:6]] == [*"nnnnwt"]


def test_a_long_table_holds_all_rows_packed_and_the_first_ones_plain():
    html = findings_table(Findings.of([finding(n) for n in range(STATIC + 7)]))
    assert html.count("<tr data-id=") == STATIC and f"前{STATIC}条" in html
    packed = re.search(r'class="packed">([^<]+)<', html)[1]
    rows = gzip.decompress(base64.b64decode(packed)).decode().split("\n")
    assert len(rows) == STATIC + 7 and all(row.startswith("<tr") and row.endswith("</tr>") for row in rows)
    assert html == findings_table(Findings.of([finding(n) for n in range(STATIC + 7)]))


def test_a_short_table_needs_no_script():
    html = findings_table(Findings.of([finding(1)]))
    assert "packed" not in html and "留样重量" in html and "小时" in html and "a.xlsx S 第1行" in html


def test_columns_that_say_nothing_are_left_out():
    plain = findings_table(Findings.of([finding(1)]))
    full = findings_table(Findings.of([finding(1, amount=1234.5, date="2021-03-01", status="recurred")]))
    assert not any(
        f'<th scope="col"{kind}>{head}' in plain for kind, head in ((" class=n", "金额"), ("", "日期"))
    )
    assert "复发" in full and "1,234.50" in full and "2021-03-01" in full


def test_a_finding_shows_the_threshold_as_the_bureau_set_it_and_the_query():
    entry = catalogue()["ST-02"]
    ran = {"ST-02": (entry, {"light": "SELECT '<b>'"})}
    html = findings_table(Findings.of([finding(1)], ran=ran, unit_names={"U1": "射击中心"}))
    assert 'id="rule-ST-02"' in html and "SELECT &#x27;&lt;b&gt;&#x27;" in html and "125 克" in html
    assert "射击中心" in html


def test_chinese_in_an_english_table_is_marked_as_such():
    html = findings_table(Findings.of([finding(1, message_en="dish 红烧肉: light")], "en"))
    assert 'dish <span lang="zh-CN">红烧肉</span>: light' in html


def test_every_value_that_proves_a_finding_has_a_name_in_chinese():
    bare = {
        name
        for entry in catalogue().values()
        for name in entry.evidence
        if label(name, "zh", entry.rule_id).isascii()
    }
    assert not bare


def test_every_unit_of_a_threshold_has_a_name_in_chinese():
    units = {p.unit for entry in catalogue().values() for p in entry.params.values() if p.unit}
    assert not {unit for unit in units if unit_label(unit, "zh").isascii()}


def test_code_is_shown_in_one_language():
    source = (
        'title = "图" if zh else "Plot"  # why\nf(x, k={"a": ["甲" if lang == "zh" else "b"]} if zh else {})'
    )
    assert one_language(source, "zh") == 'title = "图"  # why\nf(x, k={"a": ["甲"]})'
    assert one_language(source, "en") == 'title = "Plot"  # why\nf(x, k={})'
    assert one_language("%magic", "en") == "%magic"


def test_only_the_pages_own_script_may_run_and_nothing_may_be_fetched():
    html = page("题", "<p>文</p>", "zh")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert "default-src 'none'" in policy and "connect-src" not in policy
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='(;|$)", policy)
    assert html.count("<script>") == 1 and script() in html


def test_a_title_cannot_leave_the_printed_edge():
    html = page('a"}</style><script>x', "", "en")
    assert html.count("</style>") == 1 and html.count("<script") == 1


def test_the_index_tells_failed_from_clean_and_links_other_periods():
    lines = [Line("canteen", None), Line("safety", None, {"high": 1})]
    html = index_page("2021Q2", lines, [Other("2021Q1", "../2021Q1/index.html", 7)], ["射击中心"], "zh")
    assert html.count("不等于没有问题") == 4 and '<a href="../2021Q1/index.html">2021Q1：发现7条</a>' in html
    assert "仅限 射击中心" in html
    edge, every = (
        re.search(r"@top-left\{content:([^;]*);", page)[1]
        for page in (html, index_page("2021Q2", lines, [], [], "zh"))
    )
    assert "射击中心" in edge and "射击中心" not in every and "2021Q2" in every, "whose each printed sheet is"


def test_the_index_answers_first_and_says_once_what_all_areas_say_alike():
    def answer(text: str, changed: str) -> Headline:
        return headline(text, "green", [("行", "12345 / 2681")], changed)

    lines = [
        Line("canteen", answer("食堂好。", "没有更早的检查。"), {}, 0, 3),
        Line("safety", answer("安全好。", "没有更早的检查。"), {}, 0, 3),
        Line("overview", answer("都好。", "没有更早的检查。")),
    ]
    html = index_page("2021Q2", lines, [], [], "zh", as_of=date(2021, 6, 30))
    assert html.index("期间 2021Q2 · 截至 2021-06-30") < html.index("都好。") < html.index('id="areas"')
    assert html.count("没有更早的检查。") == 1 and html.count("都好。") == 1
    assert "各期发现" not in html and "12,345 / 2,681" in html
    lines[0] = Line("canteen", answer("食堂好。", "新增2条。"), {}, 0, 3, [("2021Q1", 3), ("2021Q2", 5)])
    html = index_page("2021Q2", lines, [], [], "zh")
    assert "新增2条。" in html and html.count("没有更早的检查。") == 2 and "各期发现" in html


def test_a_table_keeps_short_columns_whole_and_gives_texts_room():
    frame = pd.DataFrame(
        {
            "id": ["HB00016", None],
            "day": [pd.Timestamp(2021, 3, 8), pd.NaT],
            "at": [pd.Timestamp(2021, 3, 8, 9, 5)] * 2,
            "verdict": ["无法判断", "被推翻"],
            "text": ["一句比较长的说明文字", ""],
            "yuan": [1_104, 819],
            "year": [2021, 2020],
            "phone": pd.array([13_800_138_000, 0], "Int64"),
        }
    )
    html = frame_panel(frame, "").html
    assert re.findall(r"<td class=(\w)>", html)[:7] == ["w", "w", "s", "w", "s", "n", "n"]
    told = ("2021-03-08", "2021-03-08 09:05", "1,104", "819", "2020", "13800138000")
    assert all(f">{text}<" in html for text in told)


def test_a_table_without_rows_says_so_in_one_line():
    frame = pd.DataFrame({"台账": [], "行": []})
    assert frame_panel(frame, "断号").html == '<p class="none">断号：无</p>'
    assert frame_panel(frame, "").text == "台账、行：无"
    assert frame_panel(frame.set_axis(["Ledger", "Rows"], axis=1), "").text == "Ledger, Rows: none"


def test_a_sparkline_says_its_numbers_and_one_run_has_none():
    assert sparkline([("2021Q1", 3)], "zh") == ""
    html = sparkline([("2021Q1", 3), ("2021Q2", 0)], "zh")
    assert "2021Q1 3，2021Q2 0" in html and html.count(",") >= 2


@pytest.mark.notebook
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_without_its_plots_and_data_is_at_most_40_kb(reports, lang):
    for path in reports[lang].glob("*.html"):
        html = path.read_text("utf-8")
        chrome = html
        for data in (
            r"<svg.*?</svg>",
            r"@font-face\{[^}]*\}",
            r"<table.*?</table>",
            r'<section class="rules">.*?</section>',
            r"<pre>.*?</pre>",
        ):
            chrome = re.sub(data, "", chrome, flags=re.S)
        assert len(chrome.encode()) <= 40_000, (path.name, len(chrome.encode()))


def test_what_libraries_warn_of_stays_in_the_notebook():
    outputs = [
        nbformat.v4.new_output("stream", name=name, text=f"written to {name}")
        for name in ("stderr", "stdout")
    ]
    cells = [nbformat.v4.new_code_cell("1", outputs=outputs)]
    html, _ = ReportExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    assert "written to stdout" in html and "written to stderr" not in html


@pytest.mark.parametrize(("count", "shown"), [(3, False), (None, True)])
def test_a_section_whose_code_showed_nothing_is_left_out_but_not_one_that_never_ran(count, shown):
    heading = nbformat.v4.new_markdown_cell("## 逐枪三方核对\n\n按枪号印证。")
    text = [nbformat.v4.new_markdown_cell("## 说明"), nbformat.v4.new_markdown_cell("止于台账。")]
    told = nbformat.v4.new_code_cell(
        "2", execution_count=4, outputs=[nbformat.v4.new_output("stream", name="stdout", text="发现")]
    )
    cells = [heading, nbformat.v4.new_code_cell("guns()", execution_count=count), *text, told]
    html, _ = ReportExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    assert ("逐枪三方核对" in html) == ("按枪号印证" in html) == shown
    assert "说明" in html and "止于台账" in html and "guns()" in html


@pytest.mark.parametrize(
    ("colour", "units", "kept"),
    [("grey", ["市全民健身中心"], False), ("grey", [], True), ("amber", ["市全民健身中心"], True)],
)
def test_plots_that_could_not_be_drawn_say_nothing_more_where_the_first_screen_said_it_all(
    colour, units, kept
):
    def shows(code: str, html: str):
        output = nbformat.v4.new_output("display_data", {"text/html": html})
        return nbformat.v4.new_code_cell(code, execution_count=1, outputs=[output])

    nothing = plots.bars(pd.DataFrame({"item": [], "n": []}), "item", "n", title="采购价", alt="")
    cells = [
        shows("first()", headline("台账中没有记录。", colour, [], units=units).html),
        nbformat.v4.new_markdown_cell("## 价格与供货商\n\n折合公斤后比较。"),
        shows("prices()", nothing._repr_html_()),
        nbformat.v4.new_markdown_cell("## 数据"),
        shows("data()", frame_panel(pd.DataFrame({"台账": ["采购"]}), "逐表行数").html),
    ]
    html, _ = ReportExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    assert ("价格与供货商" in html) == ("没有可以画出的数据" in html) == kept
    assert "逐表行数" in html and "prices()" in html


def test_a_column_is_called_in_english_words_what_it_holds():
    assert english("quote3_amount") == "Amount of the third quote" and english("act_id") == "Activity number"
    assert english("borrower_id", "athlete.ath_id") == "Borrower" and english("unit_id") == "Unit"
    assert english("handler2") == "Second handler" and english("weight_g") == "Weight (g)"
    short = re.compile(r"\b(no|qty|doc|desc|rec|rect|txn|ca|ath|ref|orig|ext|econ)\b|\d", re.I)
    columns = [column for table in tables().values() for column in table.columns.values()]
    assert not [column.name for column in columns if short.search(column.en.replace("(m²)", ""))]


def test_a_page_limited_to_units_names_them_and_an_area_without_a_rule_run_has_no_nought():
    answer = headline("好。", "green", [], "", ["市体育局机关"])
    assert only_units(answer.html) == ["市体育局机关"] and not only_units(headline("好。", "green", []).html)
    nb = nbformat.v4.new_notebook(
        metadata={"papermill": {"parameters": {"period": "2021", "units": ["U001"]}}},
        cells=[
            nbformat.v4.new_markdown_cell("# 食堂"),
            nbformat.v4.new_code_cell(
                "1", outputs=[nbformat.v4.new_output("display_data", {"text/html": answer.html})]
            ),
        ],
    )
    html, _ = ReportExporter().from_notebook_node(nb)
    assert "仅限 市体育局机关</p>" in html and "仅限 U001" not in html
    lines = [Line("canteen", answer, {}, 26, 26), Line("safety", answer, {}, 0, 19)]
    rows = re.findall(r"<tr>.*?</tr>", index_page("2021", lines, [], [], "zh"))
    assert rows[1].count(">—<") == 3 and rows[2].count(">0<") == 3


def test_the_table_of_rules_has_reasons_only_where_a_rule_did_not_run():
    def told(outcome: str, reason: str, rule_id: str = "ST-02") -> str:
        line = pd.DataFrame(
            [(rule_id, outcome, reason, 9, 0)],
            columns=["rule_id", "outcome", "reason", "rows_checked", "findings"],
        )
        return rules_run(line, catalogue(), "en").html

    assert "Reason" not in told("passed", "")
    assert ">not run<" in told("not_run", "no data") and "Reason" in told("not_run", "no data")
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)', told("passed", ""))
    assert heads[2:] == ["Outcome", "Findings", "Checked"]
    assert [cell in told("passed", "", "DQ-01") for cell in (">9<", "<td class=n>9 sheets<")] == [False, True]
    assert ">batches of feedback: 9<" in told("passed", "", "ZG-01")
    assert ">9 units<" in told("passed", "", "DQ-03") and ">9<" in told("passed", "")


def test_days_in_chinese_sentences_and_in_lists_stay_on_one_line():
    said = {"message_zh": "应于2021-03-08前，至2021-12-31 09:30才办", "message_en": "late"}
    html = findings_table(Findings.of([finding(1, **said)]))
    assert "<span class=w>2021-03-08</span>前" in html and "<span class=w>2021-12-31 09:30</span>" in html
    months = frame_panel(pd.DataFrame({"月份": ["2021-01、2021-02、2021-12"]}), "").html
    assert months.count("<span class=w>2021-") == 3
