"""The sample bureau: reproducible, every row accepted, every planted irregularity found and nothing else."""

import json
from collections import Counter
from pathlib import Path

import pytest

from mingjing import Audit
from mingjing.errors import UsageError
from mingjing.rules import catalogue
from mingjing.sample import write_sample
from mingjing.sample.bureau import build_bureau

# seed and scale; other seeds at both scales were tried when the sample was made
BUREAUS = [(1, 1), (3, 2)]


def place(row: dict) -> tuple:
    return row["file"], row["sheet"], row["row"]


@pytest.mark.parametrize(("seed", "scale"), BUREAUS)
def test_every_planted_row_is_found_no_other_and_no_near_miss_and_no_row_is_lost(tmp_path, seed, scale):
    folder = write_sample(tmp_path / "bureau", seed, scale)
    audit, plan = (
        Audit.open(folder, period="2021"),
        json.loads((folder / "planted.json").read_text("utf-8")),
    )
    assert audit.intake.conservation().kept.all()
    planted = Counter((line["rule_id"], place(line["rows"][0])) for line in plan["planted"])
    # An area without sample data of its own may find fault with what others keep for theirs.
    areas, findings = {catalogue()[rule].area for rule, _ in planted}, list(audit.check())
    found = Counter(
        (f["rule_id"], (f["source_file"], f["sheet"], f["row"])) for f in findings if f["area"] in areas
    )
    assert {"missed": planted - found, "unexpected": found - planted} == {"missed": {}, "unexpected": {}}
    behind = {(f["rule_id"], place(row)) for f in findings for row in json.loads(f["evidence"])["rows"]}
    bad, near = (
        {(line["rule_id"], place(row)) for line in plan[kind] for row in line["rows"]}
        for kind in ("planted", "near_misses")
    )
    assert near - bad and not (near - bad) & behind


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    first, second = write_sample(tmp_path / "a", 7), write_sample(tmp_path / "b", 7)
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {
        p.name: p.read_bytes() for p in second.iterdir()
    }


def test_every_rule_with_sample_data_is_planted_twice_beside_a_near_miss():
    bureau = build_bureau()
    planted = Counter(rule for rule, _ in bureau.planted)
    near = {rule for rule, _ in bureau.near_misses}
    areas = {catalogue()[rule].area for rule in planted}
    wanted = {
        entry.rule_id
        for entry in catalogue().values()
        if entry.area in areas and not (entry.meta or entry.draft)
    }
    assert {rule for rule in wanted if planted[rule] < 2 or rule not in near} == set()


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="not a sample"):
        write_sample(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_the_folder_in_the_repository_is_what_the_seed_gives(tmp_path):
    kept = Path(__file__).parents[2] / "data" / "sample"
    made = write_sample(tmp_path / "bureau", 1)
    assert {p.name: p.read_bytes() for p in kept.iterdir()} == {
        p.name: p.read_bytes() for p in made.iterdir()
    }
