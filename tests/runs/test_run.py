"""A run is whole or not at all, and never succeeds with the wrong report."""

import json
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from mingjing.areas import AREAS
from mingjing.cli import main
from mingjing.runs.manifest import sha256
from mingjing.runs.notebooks import check_parameters, execute, notebooks

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
LOG = """记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
L1,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉,125,2021-03-03 12:00,张三
L2,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,<script>alert(1)</script>,124,2021-03-03 12:00,张三
L3,,留样,2021-03-01 12:00,2021-03-01,午餐,鱼,124,2021-03-03 12:00,张三
"""


@pytest.fixture
def ledgers(tmp_path):
    folder = tmp_path / "ledgers"
    folder.mkdir()
    (folder / "留样与温度记录表.csv").write_text(LOG, encoding="utf-8")
    return folder


def command(ledgers, out, *more):
    return main(
        [
            "run",
            "--data",
            str(ledgers),
            "--period",
            "2021Q1",
            "--out",
            str(out),
            "--notebooks",
            str(NOTEBOOKS),
            *more,
        ]
    )


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.lang = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        attrs = dict(attrs)
        self.links += [attrs[a] for a in ("src", "href") if attrs.get(a)]
        self.lang = attrs.get("lang") if tag == "html" else self.lang


@pytest.mark.notebook
@pytest.mark.parametrize(("lang", "html_lang"), [("zh", "zh-CN"), ("en", "en")])
def test_a_run_leaves_every_file_of_the_contract(ledgers, tmp_path, capsys, lang, html_lang):
    out = tmp_path / "out"
    before = {p: sha256(p) for p in ledgers.iterdir()}
    assert command(ledgers, out, "--lang", lang) == 0
    assert capsys.readouterr().out.strip() == str(out / "index.html")
    assert {p: sha256(p) for p in ledgers.iterdir()} == before
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert {name: sha256(out / name) for name in manifest["outputs"]} == manifest["outputs"]
    found = pd.read_parquet(out / "findings.parquet")
    assert set(zip(found.rule_id, found.row, strict=True)) == {("ST-02", 3), ("DQ-01", 4)}
    assert pd.read_csv(out / "rejected.csv")["row"].tolist() == [4]
    rules = pd.read_csv(out / "rules.csv").set_index("rule_id")["outcome"]
    assert rules["ST-02"] == "findings" and rules["ST-16"] == "not_run"
    page = Tags((out / "canteen.html").read_text("utf-8"))
    assert page.lang == html_lang and page.tags.count("script") == 1 and "table" in page.tags
    assert all(link.startswith("#") for link in page.links)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ledgers", "out", "register.sqlite"]


@pytest.mark.notebook
def test_a_ledger_that_cannot_be_read_costs_no_report_and_is_never_passed_over(ledgers, tmp_path, capsys):
    (ledgers / "坏.xlsx").write_bytes(b"PK")
    words = ["run", "canteen", "--data", str(ledgers), "--period", "2021Q1", "--out", str(tmp_path / "out")]
    for _ in ("made", "unchanged"):
        assert main(words) == 2
        (line,) = (line for line in capsys.readouterr().err.splitlines() if "坏.xlsx" in line)
        assert "读不出来" in line and "mingjing check --data" in line
        assert (tmp_path / "out" / "canteen.html").exists()


@pytest.mark.notebook
def test_a_notebook_that_fails_costs_its_own_report_only(ledgers, tmp_path, capsys):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for path in NOTEBOOKS.glob("*.ipynb"):
        book = nbformat.read(path, 4)
        if "canteen" in path.name:
            book.cells.append(nbformat.v4.new_code_cell("1 / 0"))
        nbformat.write(book, folder / path.name)
    out = tmp_path / "out"
    assert (
        main(
            ["run", "--data", str(ledgers), "--period", "2021", "--out", str(out), "--notebooks", str(folder)]
        )
        == 1
    )
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert "verdict red" in (out / "canteen.html").read_text("utf-8") and (out / "intake.html").exists()


@pytest.mark.notebook
@pytest.mark.parametrize("source", ["import os; os._exit(0)", "import sys; sys.exit(0)", "while True: pass"])
def test_a_notebook_that_stops_half_way_is_never_called_complete(tmp_path, source):
    cells = [nbformat.v4.new_code_cell(text) for text in (source, "print('the rest')")]
    cells[0].metadata["tags"] = ["parameters"]
    book = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
    )
    nbformat.write(book, tmp_path / "a.ipynb")
    assert execute(tmp_path / "a.ipynb", tmp_path / "b.ipynb", {}, timeout=5) != ""


@pytest.mark.parametrize("given", [["-p", "perod=2021"], ["-p", "units=x"]])
def test_a_wrong_parameter_stops_the_run_before_a_kernel_starts(ledgers, tmp_path, capsys, given):
    assert command(ledgers, tmp_path / "out", *given) == 2
    assert "参数" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_a_notebook_without_a_parameters_cell_is_refused(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "x.ipynb")
    with pytest.raises(Exception, match="tagged"):
        check_parameters(tmp_path / "x.ipynb", {})


def test_a_folder_that_is_no_report_is_never_replaced(ledgers, tmp_path, capsys):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    assert command(ledgers, out, "canteen") == 2
    assert (out / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda p: p.stem)
def test_notebooks_hold_no_machinery_and_no_outputs(path):
    book = nbformat.read(path, 4)
    for cell in book.cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None
            # a list of names and their defaults is no machinery, however many a notebook takes
            assert "parameters" in cell.metadata.get("tags", []) or len(cell.source.splitlines()) <= 15
            assert not any(word in cell.source for word in ("def ", "class ", "sys.path"))
    assert sum("parameters" in c.metadata.get("tags", []) for c in book.cells) == 1


def test_notebooks_are_found_by_area_in_reading_order():
    found = list(notebooks(NOTEBOOKS))
    assert found == [area for area in AREAS if area in found] and {"intake", "canteen"} <= set(found)


@pytest.mark.notebook
def test_findings_and_reports_are_the_same_bytes_whatever_the_number_of_workers(ledgers, tmp_path):
    for jobs in ("1", "3"):
        assert command(ledgers, tmp_path / jobs, "--jobs", jobs) == 0
    one, three = (
        {
            p.name: p.read_bytes()
            for p in (tmp_path / jobs).iterdir()
            if p.suffix in (".html", ".csv", ".parquet")
        }
        for jobs in ("1", "3")
    )
    assert len(one) > 5 and one == three
