"""Another machine: another place, home, time zone, language, order of hashes and number of workers; the same bytes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LOG = """记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
L1,射击中心,留样,2021-03-01 00:30,2021-03-01,午餐,红烧肉,124,2021-03-03 23:59,张三
L2,击剑中心,留样,2021-03-31 23:30,2021-03-31,晚餐,鱼,120,2021-04-03 12:00,李四
"""


def mingjing(folder: Path, *words: str, **machine: str) -> subprocess.CompletedProcess:
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "mingjing", *words, "--notebooks", str(NOTEBOOKS)]
    return subprocess.run(
        command, cwd=folder, env=os.environ | machine, capture_output=True, text=True, check=False
    )


@pytest.mark.notebook
def test_a_run_is_made_again_to_the_byte_on_another_machine(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    (tmp_path / "ledgers").mkdir()
    (tmp_path / "ledgers" / "留样与温度记录表.csv").write_text(LOG, "utf-8")
    words = ["run", "canteen", "--period", "2021Q1", "--data", "../ledgers", "--out", "out"]
    here = {"TZ": "Asia/Shanghai", "LC_ALL": "C", "LANG": "C", "HOME": "/nonexistent", "PYTHONHASHSEED": "1"}
    done = mingjing(one, *words, "--jobs", "1", **here)
    assert done.returncode == 0, done.stderr
    shutil.move(tmp_path / "ledgers", tmp_path / "moved")
    there = {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path), "PYTHONHASHSEED": "77"}
    words = ["reproduce", str(one / "out"), "--data", "../moved", "--jobs", "2", "--json"]
    again = mingjing(other, *words, **there)
    assert again.returncode == 0, again.stdout + again.stderr
    assert json.loads(again.stdout) == {"compared": 6, "differences": [], "circumstances": []}
