"""Estimates of the total misstatement from an item sample (classical variables sampling)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from mingjing.errors import UsageError, nearest
from mingjing.stats.base import Result, count, fraction, numbers, share

METHODS = ("direct", "difference", "quotient", "ratio", "regression")


@dataclass(frozen=True)
class Estimate(Result):
    """Estimated overstatement (book − audited) of the population in yuan, with its two-sided interval."""

    method: str
    point: float
    low: float
    high: float
    confidence: float
    n: int


def estimate(
    book: Iterable[float],
    audit: Iterable[float],
    population_size: int,
    population_value: float,
    method: str = "difference",
    confidence: float = 0.95,
) -> Estimate:
    """Total misstatement of a population, from the book and audited amounts of a simple random sample.

    With N items worth B on the books, sample means b̄, ā of n items, ratio q = ā/b̄ and slope β of audited on book,
    the point is: `direct` B − N ā; `difference` N (b̄ − ā); `quotient` N b̄ (1 − q), as the R package jfa prints it;
    `ratio` B (1 − q), the textbook's ratio estimator; `regression` B − N (ā + β (B/N − b̄)). The interval is
    point ± t(n − 1) N s / √n, s with n − 1 of a, b − a, a − q b, a − q b, and the regression residual; no finite
    population correction. Touw and Hoogduin (2011), *Statistiek voor audit en controlling*; Cochran (1977), ch. 6–7.

    UsageError for fewer than 2 items, unequal lengths, a sample larger than the population, a sample of no book
    value (quotient, ratio) or of one and the same book value (regression).

    >>> estimate([100, 200, 300], [100, 180, 300], 10, 2000).point
    66.66666666666667
    """
    if method not in METHODS:
        raise UsageError(f"there is no estimate “{method}”", todo=nearest(str(method), METHODS))
    book, audit = numbers(book, "book"), numbers(audit, "audit")
    size, value = (
        count(population_size, "population_size", least=1),
        float(fraction(population_value, "value")),
    )
    confidence, n = share(confidence, "confidence"), book.size
    if n != audit.size or not 2 <= n <= size:
        raise UsageError(
            f"{n} book and {audit.size} audited amounts do not make a sample from {size} items",
            todo="Give both for each item of the sample, at least 2 items, and the size of the population.",
        )
    point, scatter = _point(book, audit, size, value, method)
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * size * scatter / np.sqrt(n)
    return Estimate(method, float(point), float(point - half), float(point + half), confidence, n)


def _point(book: np.ndarray, audit: np.ndarray, size: int, value: float, method: str) -> tuple[float, float]:
    if method == "direct":
        return value - size * audit.mean(), audit.std(ddof=1)
    if method == "difference":
        return size * (book - audit).mean(), (book - audit).std(ddof=1)
    if method == "regression":
        spread = book.var(ddof=1)
        if spread == 0:
            raise UsageError("all book values are equal: there is no regression on them")
        slope = np.cov(book, audit)[0, 1] / spread
        total = size * (audit.mean() + slope * (value / size - book.mean()))
        return value - total, (audit - slope * book).std(ddof=1)
    if book.sum() == 0:
        raise UsageError("the book values add up to zero: there is no ratio to them")
    ratio = audit.sum() / book.sum()
    whole = value if method == "ratio" else size * book.mean()
    return whole * (1 - ratio), (audit - ratio * book).std(ddof=1)
