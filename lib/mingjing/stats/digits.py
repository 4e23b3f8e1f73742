"""Digit analysis of amounts (Benford's law), on exact decimal digits.

Nigrini (2012), *Benford's Law*, Wiley. A deviation is a place to look, never a proof.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Rational

import numpy as np
from scipy import stats

from mingjing.errors import UsageError, nearest
from mingjing.stats.base import Result, numbers

LABELS = {
    "first": range(1, 10),
    "second": range(10),
    "first_two": range(10, 100),
    "first_three": range(100, 1000),
    "last_two": range(100),
}
# Nigrini (2012), tables 7.1 and following: upper limits of close, acceptable, marginally acceptable conformity.
MAD_LIMITS = {
    "first": (0.006, 0.012, 0.015),
    "second": (0.008, 0.010, 0.012),
    "first_two": (0.0012, 0.0018, 0.0022),
    "first_three": (0.00036, 0.00044, 0.00050),
}
CONFORMITY = (
    "Close conformity",
    "Acceptable conformity",
    "Marginally acceptable conformity",
    "Nonconformity",
)
# Barney and Schulzke (2016), Journal of Forensic Accounting Research 1: expected MAD is 1/sqrt(C n).
EXCESS_C = {"first": 21.27, "second": 30.30, "first_two": 158.8}
LEAST_N, LEAST_EXPECTED, LEAST_SPAN = 300, 5, 100


@dataclass(frozen=True)
class DigitTest(Result):
    """Result of `digit_test`. Per digit: `counts`, `expected` (shares), `z`, `components` of chi-square.

    `ignored` counts the values that took no part: missing, zero, negative. A statistic of no values is None.
    """

    digits: str
    n: int
    suitable: bool
    reason: str
    conformity: str | None
    mad: float | None
    excess_mad: float | None
    chi2: float | None
    p_value: float | None
    ks: float | None
    counts: tuple[int, ...]
    ignored: dict[str, int]
    labels: tuple[int, ...] = field(repr=False)
    expected: tuple[float, ...] = field(repr=False)
    z: tuple[float, ...] = field(repr=False)
    components: tuple[float, ...] = field(repr=False)


def digit_test(values: Iterable, digits: str = "first") -> DigitTest:
    """Compares the digits of positive amounts with Benford's law, or last digits with the uniform.

    `values`: numbers in any shape of one dimension and one unit; exact decimals, whole numbers, or doubles read
    to 15 significant digits, so that 0.29 × 100 is 29. Zeros, missing values and negative amounts take no part
    and are counted in `ignored`; test credits by themselves, with their sign turned. `digits`: `first`,
    `second`, `first_two` (5 counts as 50), `first_three` or `last_two` (of the fen when any value has a part of a yuan,
    otherwise of the whole number).

    Definitions, with p the observed and e the expected share of the k digits: chi-square on k − 1 degrees of
    freedom; MAD = mean |p − e| with Nigrini's limits (2012), which for last_two do not exist; excess MAD = MAD −
    1/sqrt(C n) (Barney and Schulzke 2016); KS = largest |cumulated p − cumulated e|; z = (|p − e| − c) /
    sqrt(e (1 − e) / n), where c = 1/(2n) is left out when it is not smaller than |p − e|.

    `suitable` is False with the reason when the data are not of the kind the law speaks of: fewer than 300
    values or fewer than 5 expected in a digit (Cochran 1954), amounts within less than two orders of magnitude
    (between the 1st and 99th percentile), numbers that look assigned. UsageError for texts and infinities.

    >>> digit_test([2 ** power for power in range(1000)]).counts
    (301, 176, 125, 97, 79, 69, 56, 52, 45)
    """
    if digits not in LABELS:
        raise UsageError(f"there is no digit test “{digits}”", todo=nearest(str(digits), LABELS))
    if isinstance(values, Iterable) and not isinstance(values, list | tuple | np.ndarray):
        values = list(values)
    array = _positive_or_nan(values)
    kept = array[array > 0]
    ignored = {
        "missing": int(np.isnan(array).sum()),
        "zero": int((array == 0).sum()),
        "negative": int((array < 0).sum()),
    }
    doubles = isinstance(values, np.ndarray) and values.dtype.kind == "f"
    exact = [v for v in values if isinstance(v, Decimal | Rational) and v > 0] if not doubles else []
    found = digits_of(exact if len(exact) == kept.size else kept, digits)
    labels = LABELS[digits]
    counts = np.bincount(found, minlength=labels.stop)[labels.start :]
    return compare_digits(counts, digits, unsuitable(kept, digits), ignored)


def compare_digits(
    counts: Iterable[int], digits: str, reason: str = "", ignored: dict[str, int] | None = None
) -> DigitTest:
    """`digit_test` of counts that were made elsewhere, one per digit in order: by a database, for instance."""
    labels = LABELS[digits]
    observed = numbers(counts, "counts")
    if observed.size != len(labels) or (observed < 0).any():
        raise UsageError(f"the digit test “{digits}” needs {len(labels)} counts of 0 or more")
    expected, n = _expected(digits), int(observed.sum())
    reason = reason or _too_few(n, digits)
    statistics = dict.fromkeys(("conformity", "mad", "excess_mad", "chi2", "p_value", "ks"))
    z = components = np.zeros(len(labels))
    if n:
        gap = np.abs(observed / n - expected)
        correction = np.where(gap > 1 / (2 * n), 1 / (2 * n), 0)
        z = (gap - correction) / np.sqrt(expected * (1 - expected) / n)
        components = (observed - n * expected) ** 2 / (n * expected)
        mad, chi2 = float(gap.mean()), float(components.sum())
        statistics = {
            "conformity": _conformity(mad, digits),
            "mad": mad,
            "excess_mad": mad - (EXCESS_C[digits] * n) ** -0.5 if digits in EXCESS_C else None,
            "chi2": chi2,
            "p_value": float(stats.chi2.sf(chi2, len(labels) - 1)),
            "ks": float(np.abs(np.cumsum(observed / n - expected)).max()),
        }
    return DigitTest(
        digits=digits,
        n=n,
        suitable=not reason,
        reason=reason,
        counts=tuple(int(count) for count in observed),
        ignored=ignored or {},
        labels=tuple(labels),
        expected=tuple(map(float, expected)),
        z=tuple(map(float, z)),
        components=tuple(map(float, components)),
        **statistics,
    )


def digits_of(values: Iterable, digits: str) -> np.ndarray:
    """The wanted digits of each positive number, as whole numbers; same length as `values`."""
    if digits == "last_two":
        return _last_two(numbers(values))
    leading = _leading(values)
    kinds = {"first": leading // 100, "second": leading // 10 % 10, "first_two": leading // 10}
    return kinds.get(digits, leading)


def _leading(values: Iterable) -> np.ndarray:
    """The first three digits."""
    if isinstance(values, np.ndarray) and values.size and values.dtype == float and values.max() < 1e11:
        fen = np.rint(values * 100)
        if (fen > 0).all() and (
            fen / 100 == values
        ).all():  # sums in whole fen, the usual case: no text needed
            fen, tens = fen.astype(np.int64), 10 ** np.arange(15)
            return fen * 1000 // tens[np.searchsorted(tens, fen, "right")]
    written = [
        f"{Decimal(value) if isinstance(value, Decimal | int) else float(value):{_form(value)}}"
        for value in (values.tolist() if isinstance(values, np.ndarray) else values)
    ]
    mantissas = (text[: text.index("e")].replace(".", "") for text in written)
    return np.array([int(f"{text[:3]:0<3}") for text in mantissas], dtype=int)


def _form(value: object) -> str:
    return "e" if isinstance(value, Decimal | int) else ".14e"


def _last_two(array: np.ndarray) -> np.ndarray:
    whole = bool((array == np.rint(array)).all())
    if array.size and array.max() * (1 if whole else 100) >= 1e15:
        raise UsageError("a number of more than 15 digits has no certain last digits as a double")
    return (np.rint(array * (1 if whole else 100)).astype(np.int64)) % 100


def _positive_or_nan(values: Iterable) -> np.ndarray:
    try:
        return numbers(values, missing=True)
    except OverflowError:
        raise UsageError("a value is too large to be an amount") from None


def _expected(digits: str) -> np.ndarray:
    if digits == "last_two":
        return np.full(100, 0.01)
    if digits == "first_three":
        return np.log10(1 + 1 / np.arange(100, 1000))
    pairs = np.log10(1 + 1 / np.arange(10, 100)).reshape(9, 10)
    return {"first": pairs.sum(axis=1), "second": pairs.sum(axis=0), "first_two": pairs.ravel()}[digits]


def _conformity(mad: float, digits: str) -> str | None:
    if digits not in MAD_LIMITS:
        return None
    return CONFORMITY[sum(mad > limit for limit in MAD_LIMITS[digits])]


def least_n(digits: str) -> int:
    """How many positive values a test needs."""
    return max(LEAST_N, int(np.ceil(LEAST_EXPECTED / _expected(digits).min())))


def _too_few(n: int, digits: str) -> str:
    least = least_n(digits)
    return f"{n} positive values are too few; this test needs {least}" if n < least else ""


def unsuitable(positive: np.ndarray, digits: str) -> str:
    """Why these positive amounts are not of the kind the test is made for; empty when they are."""
    if reason := _too_few(positive.size, digits):
        return reason
    whole = bool((positive == np.rint(positive)).all())
    ordered = np.unique(positive)
    if whole and ordered.size == positive.size and ordered[-1] - ordered[0] < 2 * positive.size:
        return "whole numbers that run on without repeating look assigned (serial numbers), not measured"
    if digits == "last_two":
        short = float(np.median(positive)) * (1 if whole else 100) < 100
        return "most values have fewer than three digits; the last two are then not random" if short else ""
    low, high = np.quantile(positive, (0.01, 0.99))
    if high < LEAST_SPAN * low:
        return (
            f"98% of the values lie between {low:g} and {high:g}, less than two orders of magnitude: "
            "a limit or a tariff shapes them"
        )
    return ""
