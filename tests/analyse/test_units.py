"""What is asked for one unit shows that unit: nobody else's people, no other unit's rates."""

from pathlib import Path

import pytest

from mingjing import Audit
from mingjing.analyse import cards, feedback, intake, responsibility

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
UNIT = "U002"


@pytest.fixture(scope="module")
def audits():
    return Audit.open(SAMPLE, "2021"), Audit.open(SAMPLE, "2021", units=[UNIT])


@pytest.mark.parametrize(
    "told",
    [
        lambda audit: cards.derived(audit).spans,
        lambda audit: cards.derived(audit).issued,
        responsibility.excellent,
        feedback.rates,
        feedback.repeats,
        feedback.evaluation,
        intake.coverage,
    ],
)
def test_one_unit_sees_only_itself_and_its_own_people(audits, told):
    every, mine = audits
    person = every.table("person")
    others = set(person[person.unit_id != UNIT].name) - set(person[person.unit_id == UNIT].name)
    unit = every.table("unit")
    others |= set(unit[unit.unit_id != UNIT].unit_name) | set(unit[unit.unit_id != UNIT].unit_id)

    def named(audit):
        return others & {str(cell) for cell in told(audit).to_numpy().ravel()}

    assert named(every), "the test could not fail"
    assert not named(mine)
