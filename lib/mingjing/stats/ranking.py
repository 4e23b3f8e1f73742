"""Ranking of targets scored by judges of different severity, and how sure it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from mingjing.errors import UsageError
from mingjing.stats.base import Result, generator, matrix

DRAWS = 4000


@dataclass(frozen=True)
class Ranking(Result):
    """Result of `rank_with_uncertainty`; targets and judges are numbered from 0 as in the table of scores.

    `ranking` holds the targets, best first; `intervals[t]` the lowest and highest place of target t at 95%;
    `p_first` the probability that `ranking[0]` is first, None when one score each says nothing about it. `ranks`,
    `scores`, `score_intervals`, `p_firsts` belong to targets, `leniency` to judges (points above their mean).
    """

    ranking: tuple[int, ...]
    ranks: tuple[int, ...]
    intervals: tuple[tuple[int, int], ...]
    p_first: float | None
    scores: tuple[float, ...]
    leniency: tuple[float, ...]
    residual_sd: float | None
    reason: str
    p_firsts: tuple[float, ...] = field(repr=False, default=())
    score_intervals: tuple[tuple[float, float], ...] = field(repr=False, default=())


@dataclass(frozen=True)
class _Fit:
    """Additive fit by least squares; `targets` maps the scores given to adjusted scores."""

    given: np.ndarray
    hat: np.ndarray
    targets: np.ndarray
    judges: np.ndarray
    freedom: int


def rank_with_uncertainty(
    scores: Iterable[Iterable[float]], recused: Iterable | None = None, seed: int = 0
) -> Ranking:
    """Ranks targets by scores freed of the judges' leniency, with bootstrap intervals.

    `scores`: targets × judges, higher is better; None or NaN where a judge gave none. `recused`: pairs (target,
    judge) numbered from 0, or a table of True and False of the same shape; their scores are set aside. Equal
    scores share the better place.

    Model: score = target + judge + error, least squares over the scores that count, judges' effects adding up to 0.
    Uncertainty: 4,000 bootstrap samples of the residuals, scaled by sqrt(N / (N − p)); percentile intervals at 95%
    (Efron and Tibshirani 1993, ch. 9 and 13). A tie for the first place is shared in `p_first`. Without residuals
    (one judge) every place is possible and `p_first` is None. UsageError for a target or judge left without any score,
    or groups without a judge in common.

    >>> result = rank_with_uncertainty([[90, 80], [95, 85], [70, 61]])
    >>> result.ranking, result.intervals, result.p_first
    ((1, 0, 2), ((2, 2), (1, 1), (3, 3)), 1.0)
    """
    fit = fit_judges(scores, recused)
    adjusted = fit.targets @ fit.given
    ranks, _ = _places(adjusted[None, :])
    ranking = tuple(int(t) for t in np.lexsort((np.arange(adjusted.size), ranks[0])))
    common = {
        "ranking": ranking,
        "ranks": tuple(map(int, ranks[0])),
        "scores": tuple(map(float, adjusted)),
        "leniency": tuple(map(float, fit.judges @ fit.given)),
    }
    if fit.freedom == 0:
        reason = "no more scores than targets and judges: nothing tells how sure the order is"
        everywhere = ((1, adjusted.size),) * adjusted.size
        p_first = 1.0 if adjusted.size == 1 else None
        return Ranking(intervals=everywhere, p_first=p_first, residual_sd=None, reason=reason, **common)
    drawn, deviation = _bootstrap(fit, seed)
    low, high = _places(drawn)
    first = (low == 1) / (low == 1).sum(axis=1, keepdims=True)
    lows, highs = _quantile(low, 0.025, "lower"), _quantile(high, 0.975, "higher")
    own = np.array(common["ranks"])
    return Ranking(
        intervals=tuple(zip(map(int, np.minimum(lows, own)), map(int, np.maximum(highs, own)), strict=True)),
        p_first=float(first.mean(axis=0)[ranking[0]]),
        p_firsts=tuple(map(float, first.mean(axis=0))),
        score_intervals=tuple(
            (float(a), float(b))
            for a, b in zip(_quantile(drawn, 0.025), _quantile(drawn, 0.975), strict=True)
        ),
        residual_sd=deviation,
        reason="",
        **common,
    )


@dataclass(frozen=True)
class Overturn(Result):
    """Smallest change of one score that puts `target` level with the leader: `judge` gives `scored` `change` more."""

    target: int
    scored: int
    judge: int
    change: float


def smallest_change(scores: Iterable[Iterable[float]], recused: Iterable | None = None) -> Overturn | None:
    """Smallest change of a single score that would bring another target level with the first place.

    Adjusted scores are linear in the scores given, so the lead over a rival moves by a known weight for each score;
    the change is − lead / weight, smallest in size over all rivals and scores. The scale's end is not considered.
    None when there is one target only. Input and errors as in `rank_with_uncertainty`.

    >>> smallest_change([[90, 80], [95, 85], [70, 61]]).change
    10.0
    """
    table, counted = _counted(scores, recused)
    fit = _least_squares(table, counted)
    adjusted = fit.targets @ fit.given
    if adjusted.size == 1:
        return None
    leader, where = int(np.argmax(adjusted)), np.argwhere(counted)
    best = None
    for rival in np.delete(np.arange(adjusted.size), leader):
        weights = fit.targets[leader] - fit.targets[rival]
        place = int(np.argmax(np.abs(weights).round(12)))
        change = -float(adjusted[leader] - adjusted[rival]) / float(weights[place])
        if best is None or abs(change) < abs(best.change):
            best = Overturn(int(rival), int(where[place][0]), int(where[place][1]), round(change, 9) + 0.0)
    return best


def fit_judges(scores: Iterable[Iterable[float]], recused: Iterable | None = None) -> _Fit:
    return _least_squares(*_counted(scores, recused))


def _counted(scores: Iterable[Iterable[float]], recused: Iterable | None) -> tuple[np.ndarray, np.ndarray]:
    table = matrix(scores, missing=True)
    counted = ~np.isnan(table) & ~_mask(recused, table.shape)
    for axis, what in ((1, "target"), (0, "judge")):
        if not (left := counted.any(axis=axis)).all():
            raise UsageError(
                f"{what} {int(np.flatnonzero(~left)[0])} has no score that counts",
                todo=f"Leave this {what} out, and say so.",
            )
    return table, counted


def _mask(recused: Iterable | None, shape: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(shape, dtype=bool)
    if recused is None:
        return mask
    pairs = np.asarray(recused if hasattr(recused, "__array__") else list(recused))
    if pairs.shape == shape and pairs.dtype == bool:
        return pairs
    if not pairs.size:
        return mask
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iuf":
        raise UsageError(
            "recused is neither pairs nor a table of true and false like the scores",
            todo="Give pairs (target, judge), counted from 0.",
        )
    for target, judge in pairs.tolist():
        if not (0 <= target < shape[0] and 0 <= judge < shape[1]):
            raise UsageError(
                f"recused pair ({target}, {judge}) is outside the table of {shape[0]} × {shape[1]}",
                todo="Pairs are (target, judge), counted from 0.",
            )
        mask[int(target), int(judge)] = True
    return mask


def _least_squares(table: np.ndarray, counted: np.ndarray) -> _Fit:
    targets, judges = table.shape
    rows, columns = np.nonzero(counted)
    design = np.zeros((rows.size, targets + judges - 1))
    design[np.arange(rows.size), rows] = 1
    # Effects add up to 0: the last judge's is minus the others'.
    for judge in range(judges - 1):
        design[:, targets + judge] = (columns == judge) * 1.0 - (columns == judges - 1)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise UsageError(
            "some targets share no judge, directly or through others, with the rest: they cannot be compared",
            todo="Rank each group by itself.",
        )
    solve = np.linalg.pinv(design)
    effects = solve[targets:]
    return _Fit(
        given=table[counted],
        hat=design @ solve,
        targets=solve[:targets],
        judges=np.vstack([effects, -effects.sum(axis=0)]),
        freedom=rows.size - design.shape[1],
    )


def _bootstrap(fit: _Fit, seed: int) -> tuple[np.ndarray, float]:
    """Adjusted scores of each bootstrap sample (draws × targets), and the residual standard deviation."""
    fitted = fit.hat @ fit.given
    residuals = fit.given - fitted
    scaled = (residuals - residuals.mean()) * np.sqrt(residuals.size / fit.freedom)
    chosen = generator(seed).integers(0, scaled.size, size=(DRAWS, scaled.size))
    drawn = (fitted + scaled[chosen]) @ fit.targets.T
    return drawn, float(np.sqrt((residuals**2).sum() / fit.freedom))


def _places(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Best and worst place of each target in each row of scores; they differ where targets tie."""
    step = max(float(np.abs(scores).max()), 1e-300) * 1e-9
    level = np.rint(scores / step)
    ordered = np.sort(level, axis=1)
    better = np.stack(
        [row.size - np.searchsorted(row, own, "right") for row, own in zip(ordered, level, strict=True)]
    )
    worse = np.stack([np.searchsorted(row, own, "left") for row, own in zip(ordered, level, strict=True)])
    return better + 1, scores.shape[1] - worse


def _quantile(array: np.ndarray, share: float, method: str = "linear") -> np.ndarray:
    return np.quantile(array, share, axis=0, method=method)
