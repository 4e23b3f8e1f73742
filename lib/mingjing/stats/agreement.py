"""How far judges agree. Scores come as targets × judges: one row for each target, one column for each judge."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.stats import inter_rater

from mingjing.errors import UsageError, nearest
from mingjing.stats.base import Result, matrix, numbers


@dataclass(frozen=True)
class Icc(Result):
    """The six coefficients of Shrout and Fleiss; `f1` tests the targets one-way, `f` two-way (None: no residual)."""

    icc1: float
    icc2: float
    icc3: float
    icc1k: float
    icc2k: float
    icc3k: float
    f1: float | None
    f: float | None
    targets: int
    judges: int


def icc(scores: Iterable[Iterable[float]]) -> Icc:
    """Intraclass correlations of a complete table of scores (targets × judges, at least 2 × 2).

    Shrout and Fleiss (1979), Psychological Bulletin 86, 420–428: `icc1` each target has its own judges; `icc2`
    judges are a sample of all judges (agreement); `icc3` these judges only (consistency); `…k` the mean of the k
    judges. UsageError for a missing score, one judge, one target, or targets with one and the same mean (0/0).

    >>> round(icc([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]).icc2, 6)
    0.289764
    """
    table = _complete(scores)
    (n, k), grand = table.shape, table.mean()
    between = k * ((table.mean(axis=1) - grand) ** 2).sum()
    judges = n * ((table.mean(axis=0) - grand) ** 2).sum()
    total = ((table - grand) ** 2).sum()
    if between <= 1e-12 * max(total, grand**2):
        raise UsageError(
            "all targets have the same mean score, so the coefficient is not defined",
            todo="Report that the judges did not tell the targets apart.",
        )
    within, rest = (
        0.0 if part < 1e-12 * total else part for part in (total - between, total - between - judges)
    )
    bms, jms = between / (n - 1), judges / (k - 1)
    wms, ems = within / (n * (k - 1)), rest / ((n - 1) * (k - 1))
    return Icc(
        icc1=float((bms - wms) / (bms + (k - 1) * wms)),
        icc2=float((bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n)),
        icc3=float((bms - ems) / (bms + (k - 1) * ems)),
        icc1k=float((bms - wms) / bms),
        icc2k=float((bms - ems) / (bms + (jms - ems) / n)),
        icc3k=float((bms - ems) / bms),
        f1=float(bms / wms) if wms else None,
        f=float(bms / ems) if ems else None,
        targets=n,
        judges=k,
    )


@dataclass(frozen=True)
class Kendall(Result):
    """Kendall's W (0 no agreement, 1 the same order) with its chi-square test on targets − 1 degrees of freedom."""

    w: float
    chi2: float
    p_value: float
    targets: int
    judges: int


def kendall_w(scores: Iterable[Iterable[float]], ties: bool = True) -> Kendall:
    """Coefficient of concordance of a complete table of scores (targets × judges, at least 2 × 2).

    W = 12 S / (m² (n³ − n) − m Σ(t³ − t)) for n targets and m judges, t the sizes of each judge's ties, which get
    mean ranks; `ties=False` leaves their correction out. χ² = m (n − 1) W. Kendall and Gibbons (1990), *Rank
    Correlation Methods*, ch. 6. UsageError for a missing score, or when every judge ties every target (0/0).

    >>> kendall_w([[1, 2, 1], [2, 1, 2], [3, 3, 3]]).w
    0.7777777777777778
    """
    table = _complete(scores)
    n, m = table.shape
    ranks = stats.rankdata(table, axis=0)
    spread = ((ranks.sum(axis=1) - m * (n + 1) / 2) ** 2).sum()
    tied = sum(int((size**3 - size).sum()) for size in (np.unique(c, return_counts=True)[1] for c in table.T))
    largest = m**2 * (n**3 - n) - (m * tied if ties else 0)
    if m * (n**3 - n) == tied:
        raise UsageError(
            "every judge gave all targets the same score: concordance is 0/0",
            todo="Report that the judges did not tell the targets apart.",
        )
    w = float(12 * spread / largest)
    chi2 = m * (n - 1) * w
    return Kendall(w, chi2, float(stats.chi2.sf(chi2, n - 1)), n, m)


def fleiss_kappa(counts: Iterable[Iterable[int]]) -> float:
    """Agreement beyond chance on categories; `counts`: targets × categories, how many raters chose each.

    Fleiss (1971), Psychological Bulletin 76, 378–382. UsageError unless every target has the same number of
    raters, at least 2, or when all ratings fall in one category (0/0).

    >>> fleiss_kappa([[3, 0], [0, 3]])
    1.0
    """
    table = matrix(counts, "counts")
    raters = table.sum(axis=1)
    if (table < 0).any() or (table != np.rint(table)).any():
        raise UsageError("counts must be whole numbers of 0 or more")
    if raters[0] < 2 or (raters != raters[0]).any():
        raise UsageError(
            "each target needs the same number of raters, at least 2",
            todo="Leave out targets that not everyone rated.",
        )
    if (table.sum(axis=0) > 0).sum() == 1:
        raise UsageError("all ratings fall in one category: kappa is 0/0", todo="Report the category.")
    return float(inter_rater.fleiss_kappa(table, method="fleiss"))


def weighted_kappa(a: Iterable[float], b: Iterable[float], weights: str = "quadratic") -> float:
    """Agreement of two raters on ordered grades, of the same targets in the same order.

    Cohen (1968), Psychological Bulletin 70, 213–220; disagreement weighs `linear` or `quadratic` by the distance of
    the grades' ranks among the grades that occur. UsageError for unequal lengths, missing grades, or one grade only.

    >>> weighted_kappa([1, 2, 3, 3], [1, 2, 3, 3])
    1.0
    """
    names = {"linear": "linear", "quadratic": "quadratic"}
    if weights not in names:
        raise UsageError(f"there are no weights “{weights}”", todo=nearest(str(weights), names))
    first, second = numbers(a, "a"), numbers(b, "b")
    if first.size != second.size:
        raise UsageError(f"{first.size} and {second.size} grades cannot be paired")
    grades, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    if grades.size < 2:
        raise UsageError(
            "fewer than two grades occur: kappa is 0/0", todo="Report that all grades are equal."
        )
    table = np.zeros((grades.size, grades.size))
    np.add.at(table, (codes[: first.size], codes[first.size :]), 1)
    return float(inter_rater.cohens_kappa(table, wt=weights, return_results=False))


def _complete(scores: Iterable[Iterable[float]]) -> np.ndarray:
    table = matrix(scores)
    if min(table.shape) < 2:
        raise UsageError(
            f"agreement needs at least 2 targets and 2 judges, not {table.shape[0]} × {table.shape[1]}",
            todo="Rows are targets, columns are judges.",
        )
    return table
