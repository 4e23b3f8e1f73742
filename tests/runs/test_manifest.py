"""What a run made can be proven later; whatever was touched is named."""

import json
import os

import pytest

from mingjing.cli import main
from mingjing.errors import InputError
from mingjing.runs.manifest import read_manifest, sha256, verify, write_manifest
from mingjing.runs.swap import swap


@pytest.fixture
def report(tmp_path):
    data, folder = tmp_path / "ledgers", tmp_path / "report"
    data.mkdir()
    folder.mkdir()
    (data / "台账.csv").write_text("a,b\n", "utf-8")
    (folder / "index.html").write_text("<p>ok", "utf-8")
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "canteen.ipynb").write_text("{}", "utf-8")
    inputs = [{"file": "台账.csv", "sheet": "", "sha256": sha256(data / "台账.csv")}]
    write_manifest(folder, {"inputs": inputs, "parameters": {"data": str(data)}})
    return folder


def named(report, **more):
    return [(d.where, d.file, d.what) for d in verify(report, **more)[0]]


def test_an_untouched_run_verifies_wherever_it_was_moved(report, tmp_path):
    assert named(report) == []
    moved = report.rename(tmp_path / "elsewhere")
    assert named(moved) == []


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("index.html", "<p>better", ("output", "index.html", "changed")),
        ("index.html", None, ("output", "index.html", "missing")),
        ("extra.html", "<p>new", ("output", "extra.html", "added")),
        ("../ledgers/台账.csv", "a,c\n", ("input", "台账.csv", "changed")),
    ],
)
def test_what_changed_is_named(report, file, text, expected):
    if text is None:
        (report / file).unlink()
    else:
        (report / file).write_text(text, "utf-8")
    assert named(report) == [expected]


def test_a_manifest_that_was_edited_to_match_breaks_its_seal(report):
    (report / "index.html").write_text("<p>better", "utf-8")
    body = read_manifest(report)
    body["outputs"]["index.html"] = sha256(report / "index.html")
    (report / "manifest.json").write_text(json.dumps(body), "utf-8")
    assert named(report) == [("manifest", "manifest.json", "broken seal")]


def test_a_run_names_the_manifest_it_replaces(report, tmp_path):
    folder = tmp_path / "next"
    folder.mkdir()
    write_manifest(folder, {}, previous=report / "manifest.json")
    assert read_manifest(folder)["previous"] == sha256(report / "manifest.json")


def test_inputs_out_of_reach_are_said_not_to_be_compared(report, capsys):
    os.rename(report.parent / "ledgers", report.parent / "archive")
    assert main(["verify", str(report)]) == 0
    assert "没有比对" in capsys.readouterr().out
    assert main(["verify", str(report), "--data", str(report.parent / "archive"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"compared": 3, "inputs": True, "differences": []}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"outputs": 3}'])
def test_what_is_no_manifest_is_one_clear_line(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="not a manifest"):
        verify(tmp_path)


def test_the_new_report_takes_the_place_of_the_old_one(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    swap(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old" / "index.html").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["old"]


def test_without_an_exchange_two_renames_do_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr("mingjing.runs.swap._exchange", lambda one, other: False)
    test_the_new_report_takes_the_place_of_the_old_one(tmp_path)
