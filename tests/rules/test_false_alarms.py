"""Each statistical rule says how many false alarms to expect on clean data, and the simulation agrees."""

import importlib.util
import sys
from pathlib import Path

import pytest
from scipy import stats

from mingjing.rules import catalogue

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "false_alarms.py"
STATISTICAL = [entry for entry in catalogue().values() if entry.statistical]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("false_alarms", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(SCRIPT.parent))


@pytest.mark.parametrize("entry", STATISTICAL, ids=lambda entry: entry.rule_id)
def test_a_statistical_rule_states_its_false_alarms_in_both_languages(entry):
    stated = entry.false_alarms
    assert stated and all({"zh", "en"} == set(text) for text in (stated.per, stated.clean))
    assert f"{stated.expected:g}" in entry.words("zh") and "仅提示核查方向，不是结论" in entry.words("zh")
    assert "false alarms per" in entry.words("en")
    assert entry.severity in ("low", "medium")


def test_every_statistical_rule_and_no_other_has_a_model_of_clean_data(script):
    assert sorted(script.MODELS) == [entry.rule_id for entry in STATISTICAL]


@pytest.mark.parametrize("entry", STATISTICAL, ids=lambda entry: entry.rule_id)
def test_what_is_stated_is_what_another_seed_shows(script, entry):
    """One draw of the model that the stated number was not measured on: as many alarms as chance allows, one in 10,000."""
    alarms, exposures = script.measure(entry.rule_id, runs=1, seed=2)
    mean = max(entry.false_alarms.expected * exposures, 0.5)
    assert stats.poisson.cdf(alarms, mean) > 1e-4 and stats.poisson.sf(alarms - 1, mean) > 1e-4
