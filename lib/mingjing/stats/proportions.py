"""Proportions with their uncertainty."""

from statsmodels.stats.proportion import proportion_confint

from mingjing.errors import UsageError
from mingjing.stats.base import count, share


def wilson(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Two-sided Wilson score interval of a share, `k` of `n`, as (low, high).

    Wilson (1927), JASA 22, 209–212, without continuity correction. Of nothing (n = 0) nothing is known: (0, 1).
    UsageError when k exceeds n.

    >>> tuple(round(limit, 4) for limit in wilson(81, 263))
    (0.2553, 0.3662)
    """
    k, n, confidence = count(k, "k"), count(n, "n"), share(confidence, "confidence")
    if k > n:
        raise UsageError(f"{k} of {n} is no share", todo="k counts some of the n, so it cannot be larger.")
    if n == 0:
        return 0.0, 1.0
    low, high = proportion_confint(k, n, 1 - confidence, method="wilson")
    return (float(low) if k else 0.0), (float(high) if k < n else 1.0)
