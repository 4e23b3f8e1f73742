"""Units compared with one another, with their past, prices with their kind."""

import numpy as np
import pytest
from scipy.stats import binom

from mingjing.errors import UsageError
from mingjing.stats import control_chart, false_discoveries, funnel, rate_change, robust_scores, wilson


def test_change_of_rates_as_newcombe_printed():
    found = rate_change(48, 80, 56, 70)
    assert (round(found.change, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)
    assert found.real and not rate_change(5, 10, 6, 10).real


def test_false_discoveries_as_benjamini_and_hochberg_printed():
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
        1,
    ]
    assert false_discoveries(p) == (True,) * 4 + (False,) * 11
    assert false_discoveries([]) == ()


def test_a_small_unit_is_not_flagged_where_a_large_one_is():
    found = funnel([3, 300, 500, 0], [5, 1000, 5000, 0])
    assert found.flagged[1] and not found.flagged[0] and not found.flagged[3]
    assert found.small == (True, False, False, True) and found.rates[3] is None
    assert found.high[0] - found.low[0] > found.high[2] - found.low[2]


def test_clean_units_are_seldom_flagged():
    """Of 400 sets of 30 units that do not differ, no more than 5% have any unit flagged, beyond chance."""
    random = np.random.default_rng(4)
    n = random.integers(5, 400, 30)
    alarms = sum(any(funnel(random.binomial(n, 0.2), n).flagged) for _ in range(400))
    assert alarms <= 400 * 0.05 + 3 * (400 * 0.05 * 0.95) ** 0.5


@pytest.mark.parametrize("n", [10, 25, 80])
def test_wilson_covers_at_its_level_on_average(n):
    """Exact coverage, averaged over rates: at one rate it swings about 95% (Brown, Cai and DasGupta 2001)."""
    limits = [wilson(k, n) for k in range(n + 1)]
    chance = {p: binom.pmf(range(n + 1), n, p) for p in np.linspace(0.005, 0.995, 199)}
    covered = [
        sum(part for part, (low, high) in zip(parts, limits, strict=True) if low <= p <= high)
        for p, parts in chance.items()
    ]
    assert abs(np.mean(covered) - 0.95) < 0.01


def test_newcombe_covers_at_its_level():
    random = np.random.default_rng(8)
    pairs = zip(random.binomial(60, 0.3, 2000), random.binomial(90, 0.45, 2000), strict=True)
    found = [rate_change(int(a), 60, int(b), 90) for a, b in pairs]
    covered = np.mean([one.low <= 0.15 <= one.high for one in found])
    assert abs(covered - 0.95) < 0.02


def test_charts_show_the_month_out_of_line_and_the_shift():
    assert control_chart([10] * 7 + [60], [100] * 8, kind="p").outside == (7,)
    assert control_chart([4, 5, 4, 5, 4, 5, 4, 30], kind="u").outside == (7,)
    shifted = control_chart([1, 2] * 6 + [3, 4] * 6)
    assert shifted.runs and min(shifted.runs) >= 7


def test_a_price_is_judged_by_its_family_and_rare_families_borrow_spread():
    rng = np.random.default_rng(2)
    prices = [*np.exp(rng.normal(2, 0.05, 60)), 5, 5, 5, 9]
    scores = robust_scores(prices, ["rice"] * 60 + ["saffron"] * 4)
    assert max(map(abs, scores[:60])) < 5 and scores[63] > 3.5 and scores[60] == 0
    assert robust_scores([5, 5], ["a", "a"]) == (None, None)


def test_one_odd_price_among_fixed_ones_stands_out():
    scores = robust_scores([5] * 40 + [6], ["rice"] * 41)
    assert 3.5 < scores[40] < 20 and set(scores[:40]) == {0.0}


@pytest.mark.parametrize(
    "call",
    [
        lambda: funnel([2], [1]),
        lambda: funnel([0], [0]),
        lambda: false_discoveries([1.2]),
        lambda: rate_change(0, 0, 1, 2),
        lambda: control_chart([1] * 7),
        lambda: control_chart([1] * 8, [0] * 8, kind="u"),
        lambda: control_chart([1] * 8, kind="c"),
        lambda: robust_scores([0], ["a"]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(UsageError):
        call()
