"""Sample sizes and upper error limits for attribute and monetary-unit sampling.

AICPA, *Audit Guide: Audit Sampling* (2017), appendices A and C. Risk is 1 − confidence.
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from numbers import Integral, Real

import numpy as np
from scipy import stats

from mingjing.errors import UsageError, nearest
from mingjing.stats.base import count, fraction, numbers, share

METHODS = ("poisson", "binomial", "hypergeometric")
LARGEST_SAMPLE = 100_000
_STEP = 2_000


def sample_size(
    materiality: float,
    confidence: float = 0.95,
    expected: int | float = 0,
    method: str = "poisson",
    population: int | None = None,
) -> int:
    """Smallest number of items whose `upper_bound` lies below `materiality` if the errors expected are found.

    `materiality`: tolerable error rate, a share of the population. `expected`: a count of errors when it is a
    whole number (int), a rate when it is a float; a rate e means k = ceil(e n) errors, or e n exactly with
    Poisson, computed in exact fractions. `method`: `poisson` (monetary units), `binomial` (attributes, large
    population) or `hypergeometric` (attributes in a population of `population` items).

    UsageError when the rate expected reaches materiality, or no sample up to 100,000 (or the whole population)
    is enough. Source: AICPA (2017), table A-1; the Poisson size without errors is 2.9957 / materiality.

    >>> sample_size(0.05), sample_size(0.05, expected=0.01), sample_size(0.05, expected=1, method="binomial")
    (60, 93, 93)
    """
    limit, confidence = fraction(materiality, "materiality"), share(confidence, "confidence")
    share(materiality, "materiality")
    population = _population(method, population)
    wanted = _wanted(expected, limit, method)
    largest = min(population or LARGEST_SAMPLE, LARGEST_SAMPLE)
    for first in range(1, largest + 1, _STEP):
        n = np.arange(first, min(first + _STEP, largest + 1))
        k = np.array([float(wanted(int(size))) for size in n])
        below = np.flatnonzero((k <= n) & (_risk_at(limit, n, k, method, population) < 1 - confidence))
        if below.size:
            return int(n[below[0]])
    raise UsageError(
        f"no sample of up to {largest:,} items can show that errors stay below {float(limit):g}",
        todo="Raise materiality, expect fewer errors, or examine every item.",
    )


def upper_bound(
    n: int, k: float, confidence: float = 0.95, method: str = "poisson", population: int | None = None
) -> float:
    """One-sided upper limit of the error rate after `k` errors in `n` items; a share, at most 1.

    Poisson: gamma quantile with shape 1 + k and rate n. Binomial (Clopper and Pearson 1934): beta quantile
    (1 + k, n − k). Hypergeometric: the largest number K of errors in `population` with P(X ≤ k) > risk, over
    `population`. `k` may be a sum of taints (fractional) with the first two. UsageError when k exceeds n.

    >>> round(upper_bound(100, 1), 7), round(upper_bound(100, 1, method="binomial"), 7)
    (0.0474386, 0.0465598)
    """
    confidence, n = share(confidence, "confidence"), count(n, "n", least=1)
    population = _population(method, population)
    if not isinstance(k, Real) or isinstance(k, bool) or not 0 <= k <= n:
        raise UsageError(f"k must be a number of errors from 0 to n = {n}, not {k!r}")
    if method == "poisson":
        return min(1.0, float(stats.gamma.ppf(confidence, 1 + k, scale=1 / n)))
    if method == "binomial":
        return 1.0 if k == n else float(stats.beta.ppf(confidence, 1 + k, n - k))
    if n > population:
        raise UsageError(f"a sample of {n} cannot come from a population of {population}")
    return _largest_errors(population, n, count(k, "k"), 1 - confidence) / population


def stringer_bound(
    n: int, taints: Iterable[float], confidence: float = 0.95, method: str = "binomial"
) -> float:
    """Upper limit of overstatement as a share of book value, from `n` monetary units drawn.

    `taints`: (book − audited) / book of each unit in error, between 0 and 1; a unit drawn twice counts twice.
    Definition: p(0) + Σ (p(j) − p(j − 1)) z(j), taints z in falling order, p(j) = `upper_bound(n, j)` by
    `binomial` or `poisson`. Stringer (1963); Bickel (1992). It is conservative. At most 1. UsageError for taints
    outside 0 to 1: evaluate understatements by themselves, with their sign turned.

    >>> round(stringer_bound(145, [1, 0.20000072, 0.03999931]), 8)
    0.03478656
    """
    n = count(n, "n", least=1)
    falling = np.sort(numbers(taints, "taints"))[::-1]
    if method not in METHODS[:2]:
        raise UsageError(f"there is no Stringer bound “{method}”", todo=nearest(str(method), METHODS[:2]))
    if falling.size > n:
        raise UsageError(f"{falling.size} taints cannot come from {n} units")
    if ((falling < 0) | (falling > 1)).any():
        raise UsageError(
            "taints must lie between 0 and 1",
            todo="Evaluate understatements apart, as positive taints; judge an item overstated by more than "
            "its book value by itself.",
        )
    limits = np.array([upper_bound(n, k, confidence, method) for k in range(falling.size + 1)])
    return min(1.0, float(limits[0] + np.diff(limits) @ falling))


def confidence_factor(k: int, confidence: float = 0.95) -> float:
    """Monetary-unit confidence factor as printed in AICPA (2017), table C-1: the Poisson limit of the number of
    errors after `k`, rounded up to two places.

    >>> [confidence_factor(k) for k in range(4)]
    [3.0, 4.75, 6.3, 7.76]
    """
    exact = stats.gamma.ppf(share(confidence, "confidence"), 1 + count(k, "k"))
    return math.ceil(round(float(exact) * 100, 6)) / 100


def _wanted(expected: int | float, limit: Fraction, method: str):
    """Function from sample size to errors expected in it."""
    exact = fraction(expected, "expected")
    if exact < 0:
        raise UsageError(f"expected must not be negative, not {expected!r}")
    if isinstance(expected, Integral):
        return lambda n: exact
    if exact >= limit:
        raise UsageError(
            f"the expected rate {expected} is not below materiality {float(limit):g}",
            todo="A whole number (int) is taken as a count of errors, a float as a rate.",
        )
    return (lambda n: exact * n) if method == "poisson" else (lambda n: Fraction(math.ceil(exact * n)))


def _risk_at(limit: Fraction, n: np.ndarray, k: np.ndarray, method: str, population: int | None):
    """Probability of at most k errors if the rate stood at the limit; below the risk, the bound is below it."""
    if method == "poisson":
        return stats.gamma.sf(float(limit), 1 + k, scale=1 / n)
    if method == "binomial":
        return stats.binom.cdf(k, n, float(limit))
    return stats.hypergeom.cdf(k, population, math.ceil(limit * population), n)


def _largest_errors(population: int, n: int, k: int, risk: float) -> int:
    low, high = k, population - (n - k)
    while low < high:
        middle = (low + high + 1) // 2
        if stats.hypergeom.cdf(k, population, middle, n) > risk:
            low = middle
        else:
            high = middle - 1
    return low


def _population(method: str, population: int | None) -> int | None:
    if method not in METHODS:
        raise UsageError(f"there is no sampling method “{method}”", todo=nearest(str(method), METHODS))
    if population is None and method == "hypergeometric":
        raise UsageError("the hypergeometric method needs the population", todo="Give population=, in items.")
    return None if population is None else count(population, "population", least=1)
