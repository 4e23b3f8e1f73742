"""The overview in a run: made last, of what is in the run, knowing what failed."""

from pathlib import Path

import nbformat
import pytest

from mingjing.cli import main

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LOG = """记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
L1,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉,124,2021-03-03 12:00,张三
"""


@pytest.mark.notebook
def test_a_run_of_some_areas_says_which_are_missing_and_which_report_failed(tmp_path):
    data, books, out = tmp_path / "ledgers", tmp_path / "notebooks", tmp_path / "out"
    data.mkdir()
    books.mkdir()
    (data / "留样与温度记录表.csv").write_text(LOG, "utf-8")
    for path in NOTEBOOKS.glob("*.ipynb"):
        book = nbformat.read(path, 4)
        if "canteen" in path.name:
            book.cells.append(nbformat.v4.new_code_cell("1 / 0"))
        nbformat.write(book, books / path.name)
    asked = ["run", "canteen", "overview", "--data", str(data), "--period", "2021", "--out", str(out)]
    assert main([*asked, "--notebooks", str(books), "--jobs", "2"]) == 1
    text = (out / "overview.html").read_text("utf-8")
    assert "报告未能生成：食堂" in text and "不在本次运行：" in text and "运动枪弹" in text
    assert "没有交来汇报材料数字表" in text
    assert "发现1条" in text
