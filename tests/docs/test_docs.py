"""The documents hold to the catalogue: nothing in them that is not there, nothing of the draft that is nowhere."""

import csv
import re
from pathlib import Path

import pytest

from mingjing.rules import catalogue
from mingjing.rules.handbook import RESERVE, markdown
from mingjing.tables import tables

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
RULE = re.compile(r"\b[A-Z]{2}-B?\d{2}\b")
COVERAGE = (ROOT / "docs" / "coverage.md").read_text("utf-8")


def test_the_catalogue_in_the_documents_is_what_the_code_generates():
    kept = (ROOT / "docs" / "catalogue.md").read_text("utf-8")
    assert kept == markdown(catalogue().values()), "run: mingjing rules --markdown > docs/catalogue.md"


def test_every_rule_is_in_the_document_with_all_its_texts_and_thresholds():
    text = markdown(catalogue().values())
    for entry in catalogue().values():
        assert f"### {entry.rule_id} {entry.zh} · {entry.en}" in text
        assert all(f"`{threshold}` = " in text for threshold in entry.params)
    assert "None" not in text


def test_every_rule_of_the_draft_is_in_the_catalogue_or_in_reserve_with_the_reason():
    path = SHARED / "rules" / "rules.csv"
    if not path.exists():
        pytest.skip("the draft catalogue is not beside the project")
    with path.open(encoding="utf-8-sig", newline="") as file:
        draft = {row["rule_id"] for row in csv.DictReader(file)}
    assert len(draft) == 120
    assert draft - set(catalogue()) == set(RESERVE)


def test_coverage_names_only_rules_notebooks_and_ledgers_that_exist():
    assert set(RULE.findall(COVERAGE)) - set(catalogue()) == set()
    books = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} | {"02_frugality"}
    assert set(re.findall(r"\b\d\d_[a-z]+\b", COVERAGE)) - books == set()
    rows = [line.split("|") for line in COVERAGE.splitlines() if line.startswith("| ") and "---" not in line]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row[4])} - {"round_id"}
    assert named - set(tables()) == set()


def test_every_area_and_nearly_every_rule_answers_some_sentence():
    used, meant = set(RULE.findall(COVERAGE)), [entry for entry in catalogue().values() if not entry.draft]
    assert {catalogue()[rule_id].area for rule_id in used} == {entry.area for entry in meant}
    assert len(used) >= 0.8 * len(meant)


def test_coverage_quotes_the_report_as_it_stands():
    path = SHARED / "brief" / "seed-report.zh.txt"
    if not path.exists():
        pytest.skip("the source report is not beside the project")
    report = re.sub(r"[*\s]", "", path.read_text("utf-8"))
    for line in COVERAGE.splitlines():
        if re.match(r"\| [^\x00-\x7f“]*[\u4e00-\u9fff]", line):
            for part in re.split("……", line.split("|")[1]):
                assert re.sub(r"[*\s]", "", part) in report, part


def test_a_percentage_stands_at_its_number_in_documents_notebooks_and_the_catalogue():
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("notebooks/*.ipynb")]
    texts += ROOT.glob("lib/mingjing/**/*.toml")
    apart = re.compile(r"[0-9}]\s%(?![sdn(\w])")
    assert {path.name: apart.findall(path.read_text("utf-8")) for path in texts} == {
        path.name: [] for path in texts
    }
