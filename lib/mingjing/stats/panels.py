"""Panels of judges: who is lenient, who favours their own. One entry a score given: score, target, judge, …"""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from mingjing.errors import UsageError
from mingjing.stats.base import Result, numbers, share

DRAWS = 4000


@dataclass(frozen=True)
class FacetModel(Result):
    """Result of `facet_model`: the `mean`, `variances` and their `shares` by facet and `residual`, in points².

    `effects[facet][level]` is the shrunken effect in points above the mean and its standard error.
    """

    mean: float
    variances: dict[str, float]
    shares: dict[str, float]
    effects: dict[str, dict[str, tuple[float, float]]] = field(repr=False, default_factory=dict)


def facet_model(scores: Iterable[float], facets: Mapping[str, Iterable]) -> FacetModel:
    """Score = mean + one random effect for each facet (target, judge, criterion …) + error, by REML.

    The linear many-facet model of generalizability theory: Brennan (2001), *Generalizability Theory*, ch. 6; crossed
    effects by statsmodels' MixedLM. facets: the level of each score, one entry a score; any pair may be missing. Unlike
    the additive fit of `rank_with_uncertainty`, a judge with few scores is drawn towards the others, so that two odd
    scores do not make a strict judge. UsageError for lengths that differ, a facet of one level, too few scores,
    or a likelihood without a maximum.

    >>> found = facet_model([9, 6, 5, 2, 7, 3], {"target": [1, 1, 2, 2, 3, 3], "judge": list("ababab")})
    >>> found.effects["judge"]["a"][0] > 0 > found.effects["judge"]["b"][0]
    True
    """
    given, levels = numbers(scores, "scores"), {name: _levels(name, of) for name, of in facets.items()}
    for name, (known, of) in levels.items():
        if of.size != given.size:
            raise UsageError(f"{of.size} levels of {name} do not fit {given.size} scores")
        if len(known) < 2:
            raise UsageError(f"{name} has one level only", todo="Leave this facet out.")
    if not levels or given.size <= 1 + sum(len(known) - 1 for known, _ in levels.values()):
        raise UsageError("there are too few scores for so many facets", todo="Leave a facet out.")
    if np.ptp(given) == 0:
        raise UsageError(
            "all scores are equal", todo="Report that the judges did not tell the targets apart."
        )
    fit = _reml(given, levels)
    parts = dict(zip(fit.model.exog_vc.names, map(float, fit.vcomp), strict=True)) | {
        "residual": float(fit.scale)
    }
    whole = sum(parts.values())
    order = [*levels, "residual"]
    return FacetModel(
        mean=float(fit.fe_params[0]),
        variances={name: parts[name] for name in order},
        shares={name: parts[name] / whole for name in order},
        effects=_effects(fit, levels),
    )


def _levels(name: str, of: Iterable) -> tuple[list[str], np.ndarray]:
    known, codes = np.unique([str(level) for level in of], return_inverse=True)
    return list(map(str, known)), codes


def _reml(given: np.ndarray, levels: dict):
    spec = VCSpec(
        list(levels),
        [[[f"{name}\t{level}" for level in known]] for name, (known, _) in levels.items()],
        [[np.eye(len(known))[of]] for known, of in levels.values()],
    )
    ones = np.ones(given.size)
    model = MixedLM(given, ones[:, None], groups=ones, exog_vc=spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a variance of nought is an answer here
        warnings.simplefilter("ignore", RuntimeWarning)
        fit = model.fit(reml=True, method="bfgs", gtol=1e-8)
        if not np.isfinite(fit.vcomp).all() or not np.isfinite(fit.scale):
            raise UsageError("the model does not converge", todo="Leave a facet out.")
        return fit


def _effects(fit, levels: dict) -> dict:
    drawn = next(iter(fit.random_effects.values()))
    spread = np.sqrt(np.clip(np.diag(next(iter(fit.random_effects_cov.values()))), 0, None))
    found = {
        label.split("[", 1)[1][:-1]: (float(effect), float(error))
        for label, effect, error in zip(drawn.index, drawn, spread, strict=True)
    }
    return {
        name: {level: found[f"{name}\t{level}"] for level in known} for name, (known, _) in levels.items()
    }


def panel_differences(scores: Iterable[float], targets: Iterable) -> np.ndarray:
    """Each score less the mean of the other judges' scores of the same target; NaN where a target has one judge.

    >>> panel_differences([9, 6, 6, 5], ["x", "x", "x", "y"]).tolist()
    [3.0, -1.5, -1.5, nan]
    """
    given = numbers(scores, "scores")
    _, of = _levels("targets", targets)
    if of.size != given.size:
        raise UsageError(f"{of.size} targets do not fit {given.size} scores")
    size = np.bincount(of)[of]
    others = np.bincount(of, weights=given)[of] - given
    return np.where(size > 1, given - others / np.maximum(size - 1, 1), np.nan)


@dataclass(frozen=True)
class HomeBias(Result):
    """Result of `home_bias`, in points: mean difference for the judges' own (`home`), for others (`away`), and `bias`.

    `low` and `high` are the interval of `bias`; None when one judge alone says nothing of the others.
    """

    home: float
    away: float
    bias: float
    low: float | None
    high: float | None
    n_home: int
    n_away: int
    judges: int


def home_bias(
    differences: Iterable[float],
    judges: Iterable,
    home: Iterable[bool],
    strata: Iterable | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> HomeBias:
    """How much more judges give their own than others do, beyond their general leniency.

    differences: from `panel_differences`. Each judge's mean (within each of `strata`, such as short and free programme)
    is taken off, then scores of a judge's own are compared with the rest: BuzzFeed News (2018), figure-skating analysis.
    Interval: percentile bootstrap of whole judges, since scores of one judge are not independent (Efron and Tibshirani
    1993, ch. 13). Where judges differ in the share of their own among their scores, `bias` is drawn a little towards nought. Missing differences take no part. UsageError without both kinds of scores.

    >>> home_bias([2, -1, -1, 3, 0, -3], list("aaabbb"), [1, 0, 0, 1, 0, 0]).bias
    3.75
    """
    given, own = numbers(differences, "differences", missing=True), np.asarray(list(home), dtype=bool)
    known, of = _levels("judges", judges)
    _, stratum = _levels("strata", strata if strata is not None else [""] * given.size)
    if not given.size == own.size == of.size == stratum.size:
        raise UsageError("differences, judges, home and strata are not of one length")
    share(confidence, "confidence")
    kept = ~np.isnan(given)
    given, own, of = given[kept], own[kept], of[kept]
    if not own.any() or own.all():
        raise UsageError(
            "there are no two kinds of scores to compare", todo="Give scores of own and of others."
        )
    _, cell = np.unique(of * (stratum.max() + 1) + stratum[kept], return_inverse=True)
    adjusted = given - (np.bincount(cell, weights=given) / np.bincount(cell))[cell]
    sides = [
        np.stack(
            [
                np.bincount(of[side], weights=adjusted[side], minlength=len(known)),
                np.bincount(of[side], minlength=len(known)),
            ]
        )
        for side in (own, ~own)
    ]
    low, high = _judges_drawn(sides, confidence, seed)
    means = [float(total.sum() / size.sum()) for total, size in sides]
    return HomeBias(
        *means, means[0] - means[1], low, high, int(own.sum()), int((~own).sum()), int(np.unique(of).size)
    )  # fmt: skip


def _judges_drawn(sides: list[np.ndarray], confidence: float, seed: int) -> tuple[float | None, float | None]:
    """Limits of the difference of means when whole judges are drawn again, with replacement."""
    there = np.flatnonzero(sides[0][1] + sides[1][1])
    if there.size < 2:
        return None, None
    times = np.random.default_rng(seed).multinomial(
        there.size, np.full(there.size, 1 / there.size), size=DRAWS
    )
    totals, sizes = zip(*((times @ total[there], times @ size[there]) for total, size in sides), strict=True)
    drawn = (sizes[0] > 0) & (sizes[1] > 0)
    bias = totals[0][drawn] / sizes[0][drawn] - totals[1][drawn] / sizes[1][drawn]
    tail = (1 - confidence) / 2
    return float(np.quantile(bias, tail)), float(np.quantile(bias, 1 - tail))
