"""Many units compared at once, one unit with its own past, and amounts with their own kind."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from mingjing.errors import UsageError
from mingjing.stats.base import Result, count, numbers, share
from mingjing.stats.proportions import wilson

SMALL = 10
LEAST_SPREAD = 0.01


@dataclass(frozen=True)
class Funnel(Result):
    """Result of `funnel`, one entry a unit: its `rates`, two-sided `p_values`, whether it is `flagged` and `small`."""

    target: float
    rates: tuple[float | None, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    p_values: tuple[float, ...]
    flagged: tuple[bool, ...]
    small: tuple[bool, ...]


def funnel(k: Iterable[int], n: Iterable[int], confidence: float = 0.998, fdr: float = 0.05) -> Funnel:
    """Rates of units of different size against what all have together.

    Spiegelhalter (2005), Statistics in Medicine 24, 1185–1202: `low` and `high` are target ± z sqrt(t (1 − t) / n).
    `flagged` by exact binomial tests of each unit against the target (twice the smaller tail, at most 1), with the
    false discovery rate held by Benjamini and Hochberg (1995). `small`: fewer than 10 cases, too few to be ranked.
    Units without a case have no rate and are never flagged. UsageError for k above n or no case at all.

    >>> funnel([5, 6, 30], [100, 100, 100]).flagged
    (True, True, True)
    """
    k, n = numbers(k, "k"), numbers(n, "n")
    if k.size != n.size or (k > n).any() or (k < 0).any() or not n.sum():
        raise UsageError(
            "k and n do not make rates", todo="Give k of n for each unit, with at least one case."
        )
    target = float(k.sum() / n.sum())
    half = stats.norm.ppf((1 + share(confidence, "confidence")) / 2) * np.sqrt(
        target * (1 - target) / np.maximum(n, 1)
    )
    tails = np.minimum(stats.binom.cdf(k, n, target), stats.binom.sf(k - 1, n, target))
    p = np.where(n > 0, np.minimum(2 * tails, 1), 1.0)
    return Funnel(
        target=target,
        rates=tuple(float(a / b) if b else None for a, b in zip(k, n, strict=True)),
        low=tuple(map(float, np.where(n > 0, np.maximum(target - half, 0), 0))),
        high=tuple(map(float, np.where(n > 0, np.minimum(target + half, 1), 1))),
        p_values=tuple(map(float, p)),
        flagged=false_discoveries(p, fdr),
        small=tuple(bool(size < SMALL) for size in n),
    )


def false_discoveries(p_values: Iterable[float], fdr: float = 0.05) -> tuple[bool, ...]:
    """Which of many tests stand, with the share of false ones among them held at `fdr` on average.

    Benjamini and Hochberg (1995), JRSS B 57, 289–300, by way of statsmodels. UsageError for values outside 0 to 1.

    >>> false_discoveries([0.001, 0.04, 0.9])
    (True, False, False)
    """
    p = numbers(p_values, "p_values")
    if ((p < 0) | (p > 1)).any():
        raise UsageError("p-values must lie between 0 and 1")
    return tuple(map(bool, multipletests(p, share(fdr, "fdr"), method="fdr_bh")[0])) if p.size else ()


@dataclass(frozen=True)
class RateChange(Result):
    """Result of `rate_change`: `change` of the second rate over the first, its interval, `real` when that excludes 0."""

    change: float
    low: float
    high: float
    real: bool


def rate_change(k1: int, n1: int, k2: int, n2: int, confidence: float = 0.95) -> RateChange:
    """Change of a rate from k1 of n1 to k2 of n2, with its interval.

    Newcombe (1998), Statistics in Medicine 17, 873–890, method 10: from the Wilson intervals of both, without continuity
    correction. UsageError where either period has no case.

    >>> rate_change(48, 80, 56, 70).real
    True
    """
    n1, n2 = count(n1, "n1", least=1), count(n2, "n2", least=1)
    (low1, high1), (low2, high2) = wilson(k1, n1, confidence), wilson(k2, n2, confidence)
    first, second = k1 / n1, k2 / n2
    change = second - first
    low = change - float(np.hypot(second - low2, high1 - first))
    high = change + float(np.hypot(high2 - second, first - low1))
    return RateChange(change, low, high, low > 0 or high < 0)


@dataclass(frozen=True)
class Control(Result):
    """Result of `control_chart`: the `centre`, limits and, counted from 0, the points `outside` and those in `runs`."""

    kind: str
    centre: float
    low: tuple[float, ...]
    high: tuple[float, ...]
    outside: tuple[int, ...]
    runs: tuple[int, ...]
    points: tuple[float, ...] = field(repr=False, default=())


def control_chart(
    values: Iterable[float], sizes: Iterable[float] | None = None, kind: str = "xmr"
) -> Control:
    """Shewhart chart of a series in order of time: what is out of its own ordinary variation.

    `xmr`: single values, mean ± 2.66 mean moving range. `u`: counts over `sizes` (areas, visits), ū ± 3 sqrt(ū / size).
    `p`: counts out of `sizes`, p̄ ± 3 sqrt(p̄ (1 − p̄) / size). `runs`: points that complete 8 in a row on one side of the
    centre. Montgomery (2019), *Statistical Quality Control*, ch. 5–7. UsageError for fewer than 8 points, sizes of 0.

    >>> control_chart([5, 6, 5, 6, 5, 6, 5, 20]).outside
    (7,)
    """
    values = numbers(values)
    if kind not in ("xmr", "u", "p"):
        raise UsageError(f"there is no control chart “{kind}”", todo="Choose xmr, u or p.")
    if values.size < 8:
        raise UsageError(f"{values.size} points do not show what is ordinary", todo="Give at least 8.")
    if kind == "xmr":
        points, centre = values, float(values.mean())
        spread = np.full(values.size, 2.66 * np.abs(np.diff(values)).mean())
    else:
        size = numbers(sizes if sizes is not None else np.ones(values.size), "sizes")
        if size.size != values.size or (size <= 0).any() or (kind == "p" and (values > size).any()):
            raise UsageError("sizes do not fit the counts", todo="Give one size above 0 for each count.")
        points, centre = values / size, float(values.sum() / size.sum())
        spread = 3 * np.sqrt(centre * ((1 - centre) if kind == "p" else 1) / size)
    floor = 0.0 if kind != "xmr" else -np.inf
    low, high = np.maximum(centre - spread, floor), centre + spread
    out = np.flatnonzero((points < low - 1e-12) | (points > high + 1e-12))
    side = np.sign(points - centre)
    runs = [i for i in range(7, side.size) if abs(side[i - 7 : i + 1].sum()) == 8]
    return Control(
        kind, centre, tuple(map(float, low)), tuple(map(float, high)),
        tuple(map(int, out)), tuple(runs), tuple(map(float, points)),
    )  # fmt: skip


def robust_scores(values: Iterable[float], groups: Iterable, weight: int = 5) -> tuple[float | None, ...]:
    """How far each positive amount lies from the median of its group, in robust standard deviations of the logarithm.

    Median and 1.4826 × median absolute deviation (Iglewicz and Hoaglin 1993). The deviation of a group of m is shrunk
    towards that of all groups, (m d² + weight d₀²) / (m + weight), so that a family bought a few times, or always at one
    price, has one too. Where more than half of all amounts sit on their median, 1.2533 × the mean absolute deviation
    stands for d₀ (ibid.); a spread under 1%, which rounding alone may make, counts as 1%. None where nothing varies at
    all. UsageError for amounts not above 0.

    >>> robust_scores([10, 10.5, 9.5, 10, 30], ["rice"] * 5)[4] > 3.5
    True
    """
    array, names = numbers(values), np.array([str(group) for group in groups])
    if array.size != names.size or (array <= 0).any():
        raise UsageError("prices must be above 0, with a group each", todo="Leave out gifts and credits.")
    logs = np.log(array)
    kinds, of = np.unique(names, return_inverse=True)
    centred = logs - np.array([np.median(logs[of == kind]) for kind in range(kinds.size)])[of]
    absolute = np.abs(centred)
    whole = (1.4826 * float(np.median(absolute)) or 1.2533 * float(absolute.mean())) if array.size else 0.0
    scores = np.full(array.size, np.nan)
    for kind in range(kinds.size):
        own, m = 1.4826 * np.median(absolute[of == kind]), int((of == kind).sum())
        if spread := float(np.sqrt((m * own**2 + weight * whole**2) / (m + weight))):
            scores[of == kind] = centred[of == kind] / max(spread, LEAST_SPREAD)
    return tuple(None if np.isnan(score) else float(score) for score in scores)
