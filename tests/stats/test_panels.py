"""Panels of judges: published values of figure skating, what is known beforehand found again, odd input refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mingjing.analyse.gallery import panels
from mingjing.errors import UsageError
from mingjing.stats import facet_model, home_bias, icc, panel_differences

REAL = Path(__file__).parents[3] / "shared" / "real" / "panel_scoring"


@pytest.fixture(scope="module")
def skating() -> pd.DataFrame:
    if not REAL.exists():
        pytest.skip("the figure-skating files are not beside the project")
    return panels(REAL)


def bias(frame: pd.DataFrame):
    return home_bias(frame.difference, frame.judge, frame.home, frame.programme)


def test_skating_has_the_performances_judges_and_pairs_published(skating):
    assert skating.performance.nunique() == 1632 and skating.judge.nunique() == 214
    assert (int(skating.home.sum()), int((~skating.home).sum())) == (1305, 13375)


def test_judges_favour_their_own_country_as_published(skating):
    found = bias(skating)
    assert (round(found.home, 3), round(found.away, 3), round(found.bias, 1)) == (3.088, -0.301, 3.4)
    assert (found.n_home, found.n_away) == (1305, 13375)
    assert found.low > 3 and found.high < 4


@pytest.mark.parametrize(
    ("country", "points"),
    [
        ("CHN", 4.59), ("ITA", 4.14), ("RUS", 3.95), ("USA", 3.49),
        ("CAN", 3.48), ("FRA", 2.66), ("JPN", 2.36),
    ],
)  # fmt: skip
def test_each_countrys_judges_favour_their_own_as_published(skating, country, points):
    found = bias(skating[skating.country == country])
    assert round(found.bias, 2) == points and found.low < points < found.high


def test_variances_of_shrout_and_fleiss_give_their_coefficient():
    """With every score given REML is the analysis of variance: target over all three parts is ICC(2,1) = .289764."""
    table = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    target, judge = np.indices(table.shape)
    found = facet_model(table.ravel(), {"target": target.ravel(), "judge": judge.ravel()})
    assert round(found.shares["target"], 6) == 0.289764 == round(icc(table).icc2, 6)
    assert found.mean == pytest.approx(table.mean())


def test_three_facets_are_found_again_though_a_third_of_the_scores_is_missing():
    random = np.random.default_rng(3)
    effects = {
        "target": random.normal(0, 4, 20),
        "judge": random.normal(0, 3, 10),
        "item": random.normal(0, 2, 5),
    }
    at = np.indices((20, 10, 5)).reshape(3, -1)[:, random.random(1000) > 1 / 3]
    scores = 70 + sum(part[of] for part, of in zip(effects.values(), at, strict=True))
    scores = scores + random.normal(0, 1, scores.size)
    found = facet_model(scores, dict(zip(effects, at, strict=True)))
    assert found.variances["residual"] == pytest.approx(1, abs=0.2)
    for name, part in effects.items():
        est = np.array([found.effects[name][str(level)][0] for level in range(part.size)])
        assert np.corrcoef(est, part)[0, 1] > 0.99


def test_a_judge_with_two_scores_is_drawn_to_the_others_further_than_one_with_many():
    random = np.random.default_rng(5)
    target, judge = (side.ravel() for side in np.indices((12, 6)))
    scores = 80 + random.normal(0, 3, 12)[target] + random.normal(0, 1, 6)[judge] + random.normal(0, 3, 72)
    few = [scores[target == t].mean() + 8 for t in (0, 1)]
    found = facet_model([*scores, *few], {"target": [*target, 0, 1], "judge": [*judge, 9, 9]})
    effect, error = found.effects["judge"]["9"]
    assert 0 < effect < 8 and error > found.effects["judge"]["0"][1]


def test_difference_is_from_the_other_judges_only():
    assert panel_differences([10, 4, 7], ["a", "a", "a"]).tolist() == [4.5, -4.5, 0]
    assert np.isnan(panel_differences([10], ["a"])[0])


def test_a_lenient_judge_without_favourites_shows_no_bias_and_one_judge_no_interval():
    found = home_bias([5, 5, 5, -1, -1, -1], list("aaabbb"), [1, 0, 0, 0, 1, 0])
    assert found.bias == pytest.approx(0)
    assert home_bias([3, 0, 0], list("aaa"), [1, 0, 0]).low is None


def test_interval_of_the_bias_covers_at_its_level():
    random = np.random.default_rng(9)
    judges, covered, runs = np.repeat(np.arange(40), 20), 0, 120
    home = np.tile(np.arange(20) < 2, 40)
    for _ in range(runs):
        own = random.normal(2, 1.5, 40)
        points = random.normal(0, 2, 800) + random.normal(0, 2, 40)[judges] + own[judges] * home
        found = home_bias(points, judges, home)
        covered += found.low <= 2 <= found.high
    assert abs(covered / runs - 0.95) < 3 * (0.95 * 0.05 / runs) ** 0.5


REFUSED = {
    "one judge": lambda: facet_model([1, 2, 3], {"judge": ["a", "a", "a"]}),
    "lengths differ": lambda: facet_model([1, 2, 3], {"judge": ["a", "b"]}),
    "too few scores": lambda: facet_model([1, 2, 3], {"judge": list("abc"), "target": list("xyz")}),
    "equal scores": lambda: facet_model([5] * 6, {"judge": list("ababab")}),
    "no facet": lambda: facet_model([1, 2, 3], {}),
    "targets do not fit": lambda: panel_differences([1, 2], ["a"]),
    "no own scores": lambda: home_bias([1, 2], ["a", "b"], [0, 0]),
    "only own scores": lambda: home_bias([1, 2], ["a", "b"], [1, 1]),
    "home does not fit": lambda: home_bias([1, 2], ["a", "b"], [1]),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED.keys())
def test_bad_input_is_refused_in_words(call):
    with pytest.raises(UsageError):
        call()
