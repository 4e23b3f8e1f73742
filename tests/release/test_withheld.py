"""What is withheld is said to be: never nought, never “none”, never a total of those who are left."""

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mingjing import Audit
from mingjing.analyse import antidoping, firearms, intake, rates, responsibility, spending
from mingjing.release import marked, withheld
from mingjing.report import panels, plots
from mingjing.report.exporter import ReportExporter
from mingjing.report.findings import frame_panel

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
HEAD = "流水号,日期,单位,收支方向,金额,供货商,票据号\n"
WORDS = {"title": "标题", "alt": "所见"}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A cash book with missing numbers, a rejected row and a wrong total: for readers inside and for the public."""
    data = tmp_path_factory.mktemp("ledgers")
    rows = "".join(
        f"E{n:03},2021-{n % 12 + 1:02}-1,U1,支出,{n},鲁味,F{n}\n" for n in range(1, 61) if n not in (7, 8, 41)
    )
    wrong = "E900,不详,U1,支出,1,鲁味,F\n合计,,,,5,,\n"
    (data / "食堂日记账.csv").write_text(HEAD + rows + wrong, "utf-8")
    return [Audit.open(data, "2021", audience=audience) for audience in ("internal", "public")]


def test_a_table_of_what_is_withheld_says_so_and_not_that_there_is_none(both):
    inside, public = both
    assert len(intake.serial_gaps(inside)) == 1
    assert frame_panel(intake.serial_gaps(public).rename(columns=str.upper), "断号").text == "断号：不公布"
    assert "更正登记：无" in inside.show(inside.intake.corrections, "更正登记").text
    assert "更正登记：不公布" in public.show(public.intake.corrections[["was", "now"]], "更正登记").text
    pairs = spending.in_pairs(spending.side_by_side(public).head(50))
    assert frame_panel(pairs, "成对的付款").text == "成对的付款：不公布"
    assert frame_panel(spending.in_pairs(spending.side_by_side(inside)), "成对的付款").text.endswith("：无")


def test_a_plot_of_what_is_withheld_says_so(both):
    inside, public = both
    frame = pd.DataFrame(columns=["unit", "k"])
    assert "不公布" in plots.bars(withheld(public, frame), "unit", "k", **WORDS)._repr_html_()
    assert "没有可以画出的数据" in plots.bars(withheld(inside, frame), "unit", "k", **WORDS)._repr_html_()


def test_of_arms_nothing_is_drawn_for_the_public(both):
    inside, public = both
    assert firearms.keeps_none(public) and not firearms.keeps_none(inside)


def test_what_was_read_says_that_ledgers_are_withheld(both):
    inside, public = both
    for told in (
        public.headline("intake").text,
        public.data_quality().html,
        public.data_quality("firearms").html,
    ):
        assert "不公布的台账不计在内" in told
    assert "不公布" not in inside.headline("intake").text + inside.data_quality().html
    assert "（不公布的台账不计在内）：不公布" in public.data_quality("firearms").text


def test_the_public_reads_the_name_of_a_ledger_once(both):
    inside, public = both
    assert ">文件<" in inside.data_quality().html and ">文件<" not in public.data_quality().html
    assert ">文件<" in panels.totals(inside).html and ">文件<" not in panels.totals(public).html
    assert ">台账<" in panels.totals(public).html


def test_columns_of_sheets_and_rows_are_not_shown_empty_and_totals_have_their_unit(both):
    inside, public = both
    for shown in (panels.totals, panels.rejected):
        assert "工作表" in shown(inside).text and "工作表" not in shown(public).text
        assert len(shown(inside).text.splitlines()) == len(shown(public).text.splitlines()) == 2
    assert "金额（元）" in panels.totals(inside).text and "金额（元）" in panels.totals(public).text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_units_left_over_are_neither_totalled_nor_compared(lang):
    """The units with dissatisfied people are hidden: 70 of 70 would be said of who is left."""
    hidden = pd.DataFrame({"unit": list("abcd"), "k": [30, 40, None, None], "n": [30, 40, None, None]})
    compared = rates.compare(hidden, "k", "n")
    assert compared.empty and "70" not in rates.said(compared, lang)
    assert ("不公布" if lang == "zh" else "published") in rates.said(compared, lang)


SOME = pd.DataFrame({"unit": ["甲", "乙", "丙"], "k": [9.0, None, 7.0], "n": [9.0, None, 8.0]})


@pytest.mark.parametrize(
    "draw",
    [
        lambda f: plots.bars(f, "unit", "k", of="n", **WORDS),
        lambda f: plots.bars(f, "unit", "k", limit="n", limit_name="上限", **WORDS),
        lambda f: plots.intervals(f, "unit", "k", "k", "n", **WORDS),
        lambda f: plots.grid(f.assign(column="x"), "unit", "column", "k", **WORDS),
    ],
)
def test_a_number_withheld_from_a_plot_is_no_blank(draw):
    assert "不公布" in draw(marked(SOME)).picture and "不公布" not in draw(SOME).picture
    assert "不公布" in draw(marked(SOME.assign(k=[1.0, None, None]))).small


def test_a_sentence_of_the_highest_and_lowest_says_that_others_are_withheld():
    assert plots.extremes(marked(SOME), "unit", "k", "zh").startswith("公布的2项中，最高甲")
    assert plots.extremes(SOME, "unit", "k", "zh").startswith("共2项，最高甲")


def test_groups_and_roles_too_small_to_be_told_are_not_counted_as_well():
    groups = pd.DataFrame({"excellent": [3.0, None], "cap": [2.0, None]})
    assert responsibility.said(marked(groups), "zh") == "1组中1组超限，另有1组人数过少、不公布"
    assert responsibility.said(groups.fillna(1), "zh") == "2组中1组超限"
    cover = pd.DataFrame(
        {"unit": ["甲", "乙"], "role": "教练", "percent": [20.0, None], "people": ["（1/5）", ""]}
    )
    assert "公布的数中" in antidoping.said(marked(cover), "zh") and "公布" not in antidoping.said(cover, "zh")


@pytest.mark.parametrize(
    ("audience", "shown"), [("internal", "回到行"), ("public", "行不公布"), (None, "回到行")]
)
def test_of_two_texts_a_page_has_the_one_for_its_audience(audience, shown):
    texts = {"internal": "## 发现\n\n回到行", "public": "## 发现\n\n行不公布"}
    cells = [new_markdown_cell(text, metadata={"tags": ["zh", name]}) for name, text in texts.items()]
    cells.append(new_code_cell("1", outputs=[new_output("stream", name="stdout", text="一")]))
    given = {} if audience is None else {"audience": audience}
    book = new_notebook(cells=cells, metadata={"papermill": {"parameters": given}})
    html, _ = ReportExporter().from_notebook_node(book)
    assert [text for text in ("回到行", "行不公布") if text in html] == [shown]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_notebook_promises_the_public_what_it_is_not_shown(path):
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"]
    tags = [set(cell.metadata.get("tags", [])) for cell in cells]
    for cell, tag, after in zip(cells, tags, [*tags[1:], set()], strict=True):
        assert "internal" not in tag or after == tag - {"internal"} | {"public"}
        promised = (
            "回到文件、工作表和行",
            "goes back to file",
            "原文列在发现中",
            "比上次变了什么",
            "按新发现计",
        )
        assert "internal" in tag or not any(words in cell.source for words in promised)
