"""Marked values in every column of every ledger: an internal report shows them, a public one none, in any encoding."""

import base64
import gzip
import html
import json
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from planted import MARK, write_planted

from mingjing import Audit
from mingjing.cli import main
from mingjing.release import mask
from mingjing.runs.notebooks import notebooks

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="module")
def bureau(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bureau") / "ledgers"
    return folder, set(write_planted(folder).planted)


def arguments(folder, out, *more):
    common = ["--data", folder, "--period", "2021", "--out", out, "--notebooks", NOTEBOOKS, "--jobs", "2"]
    return [*map(str, ["run", *more, *common])]


def run(folder, out, *more):
    """As a person runs it: where a warning is no error."""
    command = [sys.executable, "-m", "mingjing", *arguments(folder, out, *more)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def published(folder: Path) -> str:
    """Everything a reader could get out of the files of a report, names of files included."""
    texts = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        texts.append(path.name)
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            texts += [table.to_pandas().to_csv(), str(table.schema.metadata)]
            continue
        text = path.read_text("utf-8")
        joined = re.sub(r"<[^>]+>", "", text)
        texts += [text, html.unescape(text), html.unescape(joined), urllib.parse.unquote(text)]
        texts.append(re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text))
        for blob in set(re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text)):
            packed = base64.b64decode(blob[: len(blob) // 4 * 4])
            texts.append(
                (gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed).decode("utf-8", "ignore")
            )
    return "\n".join(texts)


def leaks(text: str, marks: set[str]) -> set[str]:
    text = re.sub(r"\b[0-9a-f]{64}\b", "", text)  # a run of digits inside a SHA-256 says nothing of a ledger
    plain = re.sub(r"(?<=\d) (?=\d)", "", text)
    return marks & set(re.findall(MARK, text + plain))


@pytest.mark.notebook
def test_what_is_planted_shows_inside_and_nowhere_outside(bureau, tmp_path, capsys):
    folder, marks = bureau
    assert len(marks) >= 500 and leaks(" ".join(marks), marks) == marks
    true = Audit.open(folder, "2021").check().to_pandas()
    inside = leaks(true.to_csv(), marks)
    assert len(inside) > 100, "the test could not fail"
    true = true[true.area.isin(notebooks(NOTEBOOKS))]
    counts = true.groupby(["rule_id", "severity", "kind"]).size()
    for lang in ("zh", "en"):
        out = tmp_path / lang
        done = run(folder, out, "--audience", "public", "--lang", lang)
        assert done.returncode == 0, done.stderr
        assert leaks(published(out), marks) == set()
        assert not (out / "notebooks").exists()
        shown = pd.read_parquet(out / "findings.parquet")
        assert shown.row.isna().all()
        assert shown.groupby(["rule_id", "severity", "kind"]).size().equals(counts)
        record = out.with_name(out.name + ".internal")
        assert (record.stat().st_mode & 0o777) == 0o700 and len(pd.read_csv(record / "suppressed.csv"))
        checked = json.loads((out / "manifest.json").read_text("utf-8"))["leak_check"]
    with capsys.disabled():
        print(f"\nplanted {len(marks)}, in findings inside {len(inside)}, leaks outside 0 ({checked})")


@pytest.mark.notebook
def test_a_run_whose_masks_fail_publishes_nothing(bureau, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(mask.Masker, "value", lambda self, value: value)
    folder, _ = bureau
    assert main(arguments(folder, tmp_path / "out", "canteen", "--audience", "public")) == 1
    error = capsys.readouterr().err
    assert "would have been published" in error and [p.name for p in tmp_path.iterdir()] == []
