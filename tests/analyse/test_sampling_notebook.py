"""The notebook of samples runs under stock papermill, hands out its sheet and takes it back."""

import re
from pathlib import Path

import nbformat
import papermill
import pytest
from openpyxl import load_workbook

from mingjing.cli import main
from mingjing.runs.notebooks import notebooks

FOLDER = Path(__file__).parents[2] / "notebooks"


def run(target: Path, **parameters) -> str:
    papermill.execute_notebook(
        str(FOLDER / "12_sampling.ipynb"),
        str(target),
        {"data": str(FOLDER.parent / "data" / "sample"), **parameters},
        progress_bar=False,
    )
    outputs = [o for c in nbformat.read(target, 4).cells for o in c.get("outputs", [])]
    return "".join(o.text for o in outputs if o.output_type == "stream")


def test_it_is_no_area_and_not_in_the_default_run():
    assert "sampling" not in notebooks(FOLDER)


@pytest.mark.notebook
def test_a_sample_of_the_sample_bureau_goes_out_and_comes_back(tmp_path):
    assert "没有结论" in run(tmp_path / "out.ipynb", out=str(tmp_path))
    sheet = tmp_path / "sampling.xlsx"
    workbook = load_workbook(sheet)
    for row in workbook.active.iter_rows(min_row=2):
        row[7].value = row[5].value
    workbook.save(sheet)
    assert "可以接受" in run(tmp_path / "back.ipynb", filled=str(sheet))


@pytest.mark.notebook
def test_asked_by_name_it_runs_by_itself_and_its_folder_is_sealed(tmp_path, capsys):
    out, data = tmp_path / "report", FOLDER.parent / "data" / "sample"
    asked = ["run", "sampling", "--data", str(data), "--period", "2021", "--notebooks", str(FOLDER)]
    more = ["--out", str(out), "-p", "confidence=0.9", "-p", "materiality=0.1"]
    assert main([*asked, *more]) == 0
    assert capsys.readouterr().out.strip() == str(out / "sampling.html")
    assert sorted(path.name for path in out.iterdir()) == [
        "manifest.json", "sampling.html", "sampling.ipynb", "sampling.xlsx",
    ]  # fmt: skip
    page = (out / "sampling.html").read_text("utf-8")
    assert page.index('class="verdict grey"') < page.index("<h2") and ">90%</td>" in page
    assert "1,927,898.75元" in page and not re.search(r"dtype|\d[.]\d+e[+]\d|<td>(True|monetary)", page)
    assert 1 < load_workbook(out / "sampling.xlsx").active.max_row <= 1 + 24
    assert main(["verify", str(out)]) == 0


@pytest.mark.notebook
def test_the_sheet_handed_back_outlives_the_report_it_lay_in(tmp_path):
    out, data = tmp_path / "report", FOLDER.parent / "data" / "sample"
    asked = ["run", "sampling", "--data", str(data), "--period", "2021", "--notebooks", str(FOLDER)]
    asked += ["--out", str(out), "-p", "confidence=0.9", "-p", "materiality=0.1"]
    assert main(asked) == 0
    sheet = out / "sampling.xlsx"
    workbook = load_workbook(sheet)
    for row in workbook.active.iter_rows(min_row=2):
        row[7].value = row[5].value
    workbook.save(sheet)
    work = sheet.read_bytes()
    assert main([*asked, "-p", f"filled={sheet}", "--lang", "en"]) == 0
    page = (out / "sampling.html").read_text("utf-8")
    assert sheet.read_bytes() == work and 'class="verdict green"' in page and 'role="img"' in page
    assert main(["verify", str(out)]) == 0


def test_it_is_not_mixed_with_areas_nor_shown_to_the_public(tmp_path, capsys):
    asked = ["--data", str(tmp_path), "--period", "2021", "--notebooks", str(FOLDER)]
    assert main(["run", "canteen", "sampling", *asked]) == 2
    assert "“sampling”只能单独运行" in capsys.readouterr().err
    assert main(["run", "sampling", "--audience", "public", *asked]) == 2
    assert "只供内部使用" in capsys.readouterr().err
