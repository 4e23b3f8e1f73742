"""Intervals and bounds hold as often as they say: exactly where it can be summed, by simulation elsewhere."""

import numpy as np
import pytest
from scipy import stats

from mingjing.stats import control_chart, estimate, rank_with_uncertainty, stringer_bound, upper_bound


def tolerance(runs: int, level: float = 0.95) -> float:
    """Three standard errors of a share seen in `runs` simulations."""
    return 3 * (level * (1 - level) / runs) ** 0.5


@pytest.mark.parametrize("n", [30, 100])
def test_binomial_bound_holds_at_every_rate_and_is_exact_where_it_steps(n):
    bounds = np.array([upper_bound(n, k, method="binomial") for k in range(n + 1)])
    for rate in np.linspace(0.01, 0.5, 50):
        held = stats.binom.pmf(np.arange(n + 1), n, rate)[bounds >= rate].sum()
        assert held >= 0.95 - 1e-9
    above = bounds[3] * (1 + 1e-9)
    held = stats.binom.pmf(np.arange(n + 1), n, above)[bounds >= above].sum()
    assert held == pytest.approx(0.95, abs=1e-6)


def test_hypergeometric_bound_holds_at_every_number_of_errors():
    n, population = 40, 200
    bounds = np.array(
        [upper_bound(n, k, method="hypergeometric", population=population) for k in range(n + 1)]
    )
    for errors in range(1, 80):
        held = stats.hypergeom.pmf(np.arange(n + 1), population, errors, n)
        assert held[bounds >= errors / population - 1e-12].sum() >= 0.95 - 1e-9


def test_poisson_bound_holds_at_every_rate():
    n = 100
    bounds = np.array([upper_bound(n, k) for k in range(n + 1)])
    for rate in np.linspace(0.005, 0.2, 40):
        assert stats.poisson.pmf(np.arange(n + 1), n * rate)[bounds >= rate].sum() >= 0.95 - 1e-9


def test_stringer_bound_holds_for_partial_errors():
    random, runs, rate = np.random.default_rng(6), 400, 0.06
    held = 0
    for _ in range(runs):
        taints = random.random(random.binomial(80, rate))
        held += stringer_bound(80, taints) >= rate / 2
    assert held / runs >= 0.95 - tolerance(runs)


@pytest.mark.parametrize("method", ["direct", "difference", "ratio", "regression"])
def test_estimates_hold_the_true_misstatement_at_their_level(method):
    random, runs = np.random.default_rng(7), 600
    book = random.uniform(100, 1000, 2000)
    audit = book - random.normal(20, 30, 2000)
    truth, held = (book - audit).sum(), 0
    for _ in range(runs):
        chosen = random.choice(2000, 60, replace=False)
        found = estimate(book[chosen], audit[chosen], 2000, book.sum(), method)
        held += found.low <= truth <= found.high
    assert abs(held / runs - 0.95) < tolerance(runs) + 0.005


def test_score_intervals_and_the_probability_of_the_first_are_calibrated():
    """The adjusted score is covered at about its level; who is called first with probability p is first about as often."""
    random, runs = np.random.default_rng(8), 60
    covered, sure, right = [], 0.0, 0
    for run in range(runs):
        truth, lenient = random.normal(80, 1.5, 5), random.normal(0, 3, 6)
        table = truth[:, None] + lenient + random.normal(0, 2, (5, 6))
        table[run % 5, run % 6] = np.nan
        found = rank_with_uncertainty(table, seed=run)
        gap = np.array(found.score_intervals) - np.mean(lenient)
        covered += [low <= score <= high for (low, high), score in zip(gap, truth, strict=True)]
        sure, right = sure + found.p_first, right + (found.ranking[0] == int(np.argmax(truth)))
    assert abs(np.mean(covered) - 0.95) < 0.04
    assert abs(sure - right) / runs < 0.15


@pytest.mark.parametrize(
    ("kind", "draw"),
    [
        ("u", lambda random: (random.poisson(30, 24), np.ones(24))),
        ("p", lambda random: (random.binomial(200, 0.3, 24), np.full(24, 200))),
        ("xmr", lambda random: (random.normal(50, 5, 24), None)),
    ],
)
def test_a_quiet_series_seldom_leaves_its_limits(kind, draw):
    """Three-sigma limits: about 0.3% of points, 1% where the limits are estimated from few (Montgomery 2019, ch. 6)."""
    random = np.random.default_rng(10)
    outside = sum(len(control_chart(*draw(random), kind=kind).outside) for _ in range(200))
    assert outside / (200 * 24) < 0.01
