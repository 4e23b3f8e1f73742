"""Each rule against a plain pandas twin, and the list of those without one, with the reason."""

from pathlib import Path

import pytest
import twins_antidoping  # noqa: F401
import twins_antidoping_goods  # noqa: F401
import twins_appraisal  # noqa: F401
import twins_canteen  # noqa: F401
import twins_canteen_accounts  # noqa: F401
import twins_canteen_books  # noqa: F401
import twins_canteen_scoring  # noqa: F401
import twins_cards  # noqa: F401
import twins_evaluation  # noqa: F401
import twins_feedback  # noqa: F401
import twins_firearms  # noqa: F401
import twins_firearms_ammo  # noqa: F401
import twins_firearms_checks  # noqa: F401
import twins_firearms_match  # noqa: F401
import twins_frugality  # noqa: F401
import twins_frugality_holidays  # noqa: F401
import twins_frugality_purchases  # noqa: F401
import twins_frugality_spending  # noqa: F401
import twins_intake  # noqa: F401
import twins_rectification  # noqa: F401
import twins_responsibility  # noqa: F401
import twins_risk  # noqa: F401
import twins_safety  # noqa: F401
import twins_safety_routine  # noqa: F401
import twins_venues  # noqa: F401
from twins import TWINS, judged

from mingjing.rules import catalogue, rules, run_rule

SEEDS = range(4)

# Twins that stand beside the other tests of their ledger.
ELSEWHERE = {
    "test_firearms_oracle.py": ["QD-01", "QD-02", "QD-03", "QD-04", "QD-09", "QD-11", "QD-B02"],
    "test_canteen_accounts.py": ["ST-10"],
    "test_safety_equipment.py": ["AQ-08"],
    "test_safety_logs.py": ["AQ-11"],
    "test_safety_routine.py": ["AQ-12"],
    "test_antidoping.py": ["FX-01", "FX-08"],
    "test_antidoping_goods.py": ["FX-06"],
    "test_feedback.py": ["RX-02"],
    "test_frugality_expenses.py": ["JF-05"],
    "test_frugality_reception.py": ["JD-02", "JD-06", "JD-11"],
    "test_frugality_vehicles.py": ["GC-02"],
}
WITHOUT = {
    "it reads what the other rules found": ["DQ-04", "DQ-05", "ST-B02"],
    "likeness of texts and digits has models of its own in mingjing.rules.similar and mingjing.stats": [
        "AQ-14",
        "JF-06",
        "JF-07",
        "JF-08",
    ],
}


def found(outcome, expected):
    """What the rule found by case, each as the twin names it: a subject, or the source rows."""
    by_case = {case: set() for case in expected}
    named = {case for case, keys in expected.items() if any(isinstance(key, str) for key in keys)}
    for hit in outcome.hits:
        rows = tuple(sorted(set(hit["_rids"])))
        by_case.setdefault(hit["case"], set()).add(hit["subject"] if hit["case"] in named else rows)
    return by_case


@pytest.mark.parametrize("rule_id", sorted(TWINS))
def test_the_rule_finds_exactly_what_its_pandas_twin_finds(ledgers, rule_id):
    hit, passed = set(), set()
    for seed in SEEDS:
        entry, data, as_of, expected, let_pass = judged(rule_id, seed)
        outcome = run_rule(entry, rules()[rule_id], ledgers("2021", as_of, **data))
        # a seed may leave a rule no row of the kind it judges; then its twin finds none either
        assert outcome.outcome != "not_run" or outcome.reason[0] == "none_such", outcome.reason
        assert found(outcome, expected) == expected, f"seed {seed}, as of {as_of}"
        hit |= {case for case, keys in expected.items() if keys}
        passed |= let_pass
    cases = set(catalogue()[rule_id].messages)
    assert (hit, passed & cases) == (cases, cases), (
        "a case that never hits, or lets nothing pass, proves nothing"
    )


def test_every_rule_has_a_twin_or_a_reason_for_having_none():
    there = {rule_id: file for file, ids in ELSEWHERE.items() for rule_id in ids}
    none = {rule_id: reason for reason, ids in WITHOUT.items() for rule_id in ids}
    assert not set(TWINS) & set(there) and not (set(TWINS) | set(there)) & set(none), "listed twice"
    assert set(TWINS) | set(there) | set(none) == {
        rule_id for rule_id, entry in catalogue().items() if not entry.draft
    }
    for rule_id, file in there.items():
        assert f'"{rule_id}"' in (Path(__file__).parent / file).read_text(encoding="utf-8"), (rule_id, file)
