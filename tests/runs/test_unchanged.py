"""A run that would give what stands there already is not made again; anything it is made from, or its reports, undo that."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from mingjing.runs.manifest import SELF, read_manifest, write_manifest
from mingjing.runs.unchanged import fingerprint, finished


@pytest.fixture
def made(tmp_path):
    """Ledgers, a notebook, a settings file and a finished report over them."""
    for name in ("data/a.csv", "nb/09_canteen.ipynb", "settings.toml", "report/index.html"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    mark = mark_of(tmp_path)
    write_manifest(tmp_path / "report", {"fingerprint": mark, "failed": {}, "findings": 3, "highest": "high"})
    return tmp_path, mark


def mark_of(root: Path, **asked) -> str:
    return fingerprint(
        root / "data",
        sorted((root / "nb").iterdir()),
        [root / "settings.toml"],
        {"period": "2021", **asked},
    )


def test_the_command_line_loads_no_large_library_before_it_knows_what_is_asked():
    """An unchanged run is answered in a fifth of a second; pandas alone takes longer to load."""
    asked = "import sys, mingjing.cli; print({'pandas', 'numpy', 'duckdb', 'ibis', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_same_run_is_known_again(made):
    root, mark = made
    assert mark_of(root) == mark
    done = finished(root / "report", mark, "none")
    assert (done.findings, done.highest, done.failed) == (3, "high", {})


@pytest.mark.parametrize("name", ["data/a.csv", "data/b.csv", "nb/09_canteen.ipynb", "settings.toml"])
def test_a_changed_or_new_input_asks_for_a_new_run(made, name):
    root, mark = made
    (root / name).write_text("other")
    assert mark_of(root) != mark


def test_another_question_asks_for_a_new_run(made):
    root, mark = made
    assert mark_of(root, lang="en") != mark


def test_a_missing_settings_file_is_not_an_empty_one(made):
    root, _mark = made
    (root / "settings.toml").write_text("")
    empty = mark_of(root)
    (root / "settings.toml").unlink()
    assert mark_of(root) != empty


def test_a_touched_or_failed_report_is_made_again(made):
    root, mark = made
    report = root / "report"
    (report / "index.html").write_text("touched")
    assert finished(report, mark, "none") is None
    write_manifest(
        report,
        {"fingerprint": mark, "failed": {"canteen": "a cell raised"}, "findings": 3, "highest": "high"},
    )
    assert finished(report, mark, "none") is None
    assert finished(root / "nowhere", mark, "none") is None


def test_the_register_of_findings_having_moved_on_asks_for_a_new_run(made):
    root, mark = made
    report = root / "report"
    assert finished(report, mark) is None, "no register stands beside the report"
    register = sqlite3.connect(root / "register.sqlite")
    register.executescript(
        """CREATE TABLE run ("order" INTEGER, seal TEXT, placed BOOLEAN); CREATE TABLE history (after_run INTEGER)"""
    )
    register.execute("INSERT INTO run VALUES (1, ?, 1)", [read_manifest(report)[SELF]])
    register.commit()
    assert finished(report, mark).findings == 3
    register.execute("INSERT INTO history VALUES (1)")
    register.commit()
    assert finished(report, mark) is None, "somebody has worked on a finding"
    register.close()
    (root / "register.sqlite").write_text("no database")
    assert finished(report, mark) is None
