"""A process that is killed, or whose memory runs out, costs what it was making and nothing else."""

import gc
import importlib
import json
import os
import signal
import sys
from pathlib import Path

import duckdb
import nbformat
import pandas as pd
import pytest

import mingjing.audit
from mingjing.cli import main
from mingjing.messages import tell
from mingjing.processes import ENDED, in_processes, loading
from mingjing.rules import rules

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LOG = """记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
L1,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉,124,2021-03-03 12:00,张三
"""
GREEDY = """import os, resource
room = int(open("/proc/self/statm").read().split()[0]) * os.sysconf("SC_PAGESIZE") + (1 << 28)
resource.setrlimit(resource.RLIMIT_AS, (room, room))
bytearray(1 << 29)"""


@pytest.fixture
def audited(tmp_path, capsys):
    """Runs intake and canteen, one cell put in front of canteen's notebook; exit code, last lines said, report."""
    (tmp_path / "ledgers").mkdir()
    (tmp_path / "ledgers" / "留样与温度记录表.csv").write_text(LOG, "utf-8")
    books, out = tmp_path / "notebooks", tmp_path / "out"
    books.mkdir()

    def run(cell: str):
        for path in NOTEBOOKS.glob("*_[ic]*n*.ipynb"):
            book = nbformat.read(path, 4)
            if "canteen" in path.name and cell:
                book.cells.insert(2, nbformat.v4.new_code_cell(cell))
            nbformat.write(book, books / path.name)
        where = ["--data", tmp_path / "ledgers", "--out", out, "--notebooks", books]
        code = main(["run", "intake", "canteen", "--period", "2021Q1", "--jobs", "2", *map(str, where)])
        return code, capsys.readouterr().err, out

    return run


@pytest.mark.notebook
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        # that of the process which follows the notebook; `test_engine.py` kills the notebook's own
        ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", ENDED),
        (GREEDY, "MemoryError"),
    ],
    ids=["killed", "memory"],
)
def test_a_notebook_whose_process_ends_is_one_line_and_the_other_reports_are_made(audited, cell, reason):
    code, said, out = audited(cell)
    (line,) = (line for line in said.splitlines() if line.startswith("mingjing: "))
    assert (
        code == 1 and line.startswith(f"mingjing: canteen: {tell(reason, 'zh')}") and "Traceback" not in said
    )
    assert "verdict red" in (out / "canteen.html").read_text("utf-8")
    assert "verdict red" not in (out / "intake.html").read_text("utf-8")
    assert list(json.loads((out / "manifest.json").read_text("utf-8"))["failed"]) == ["canteen"]


def test_a_forked_process_does_not_look_through_what_it_was_born_with():
    ((_, frozen),) = in_processes(gc.get_freeze_count, [()], 1)
    assert frozen > gc.get_freeze_count() + len(gc.get_objects()) // 2


def test_a_grammar_that_no_notebook_needs_is_not_built_while_libraries_load_and_can_be_after(monkeypatch):
    monkeypatch.delitem(sys.modules, "rfc3987_syntax", raising=False)
    with loading():
        assert not gc.isenabled()
        with pytest.raises(ImportError):
            importlib.import_module("rfc3987_syntax")
    assert gc.isenabled() and importlib.import_module("rfc3987_syntax")


def starved(ledgers, params):
    raise duckdb.OutOfMemoryException("failed to allocate data")
    yield


def killed(ledgers, params):
    os.kill(os.getpid(), signal.SIGKILL)
    yield


@pytest.mark.notebook
def test_a_rule_whose_process_ends_did_not_run_and_the_others_did(audited, monkeypatch):
    ended = {"ST-02": starved, "DQ-01": killed}
    monkeypatch.setattr(mingjing.audit, "rules", lambda: rules() | ended)
    code, said, out = audited("")
    assert code == 1 and "Traceback" not in said
    found = pd.read_csv(out / "rules.csv").set_index("rule_id")
    for rule_id in ended:
        assert f"mingjing: {rule_id}: {tell(ENDED, 'zh')}\n" in said
        assert found.outcome[rule_id] == "not_run" and "内存" in found.reason[rule_id]
    assert found.outcome["DQ-06"] == "passed"
    assert "verdict red" not in (out / "canteen.html").read_text("utf-8")


def once(place: Path, name: str) -> str:
    """Ends its process the first time it is asked for `odd`."""
    if name == "odd" and not place.exists():
        place.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return name


def test_what_went_down_with_another_process_is_made_again(tmp_path):
    tasks = [(tmp_path / "mark", name) for name in ("a", "odd", "b", "c")]
    assert {name: made for (_, name), made in in_processes(once, tasks, 2)} == {n: n for _, n in tasks}


def test_memory_that_runs_out_while_reading_is_one_line(audited, capsys, monkeypatch):
    def read(*_, **__):
        raise MemoryError

    monkeypatch.setattr(mingjing.audit, "read_folder", read)
    code, said, out = audited("")
    assert code == 2 and said.startswith("mingjing: 内存不足") and said.count("\n") == 1
    assert not out.exists()
