"""Marked values in every column of every ledger: an internal report shows them, a public one none, in any encoding.

All reports in Chinese are made; in English what differs is looked at. `make torture` makes all reports in both.
"""

import io
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from planted import leaks, published, write_planted

from mingjing.cli import main
from mingjing.release import mask

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parents[1] / "notebooks"


@pytest.mark.notebook
def test_what_is_planted_shows_inside_and_nowhere_outside(tmp_path, capsys):
    folder, out = tmp_path / "ledgers", tmp_path / "out"
    marks = set(write_planted(folder).planted)
    assert len(marks) >= 500 and leaks(" ".join(marks), marks) == marks
    # where a warning is no error, as a person runs it
    command = [sys.executable, HERE / "planted_run.py", folder, out]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["code"] == 0, done.stderr
    inside = leaks(answer["inside"], marks)
    assert len(inside) > 100, "the test could not fail"
    assert leaks(published(out), marks) == set()
    assert len(answer["english"]) > 100_000 and leaks(answer["english"], marks) == set()
    assert not (out / "notebooks").exists()
    true, shown = pd.read_json(io.StringIO(answer["inside"])), pd.read_parquet(out / "findings.parquet")
    assert shown.row.isna().all() and set(shown.status) == {""}
    # of arms and disciplinary leads a unit has one finding a rule, whatever their number
    alike = ["rule_id", "severity", "kind"]
    told, counted = (frame.groupby(alike).size() for frame in (shown, true))
    fewer = {rule_id for rule_id, *_ in counted.index[counted.gt(told.reindex(counted.index, fill_value=0))]}
    assert set(shown.rule_id) == set(true.rule_id) and told.le(counted.reindex(told.index)).all()
    assert fewer and all(rule_id[:2] in ("QD", "ZT", "DQ") for rule_id in fewer)
    pairs = pd.read_csv(out.with_name(out.name + ".internal") / "findings.csv")
    assert set(pairs.public_id) == set(shown.finding_id) and set(pairs.finding_id) == set(true.finding_id)
    record = out.with_name(out.name + ".internal")
    assert (record.stat().st_mode & 0o777) == 0o700 and len(pd.read_csv(record / "suppressed.csv"))
    checked = json.loads((out / "manifest.json").read_text("utf-8"))["leak_check"]
    with capsys.disabled():
        print(f"\nplanted {len(marks)}, in findings inside {len(inside)}, leaks outside 0 ({checked})")


@pytest.mark.notebook
def test_a_run_whose_masks_fail_publishes_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(mask.Masker, "value", lambda self, value: value)
    folder, out = tmp_path / "ledgers", tmp_path / "reports" / "out"
    write_planted(folder, only=("unit", "person", "food_purchase"))
    where = ["--data", folder, "--out", out, "--notebooks", NOTEBOOKS]
    assert main(["run", "canteen", "--period", "2021", "--audience", "public", *map(str, where)]) == 1
    error = capsys.readouterr().err
    assert "险些公开" in error and list(out.parent.iterdir()) == []
