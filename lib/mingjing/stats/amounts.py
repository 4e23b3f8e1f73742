"""What else the digits of amounts tell: sums by digit, gaps between neighbours, repeats, round figures."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from mingjing.errors import UsageError
from mingjing.stats.base import Result, numbers
from mingjing.stats.digits import DigitTest, compare_digits, digits_of, unsuitable

LARGEST_FEN = 2**53


@dataclass(frozen=True)
class SummationTest(Result):
    """Result of `summation_test`: `shares[i]` of the total lies in amounts that begin with `labels[i]`; 1/90 each is expected."""

    n: int
    total: float
    suitable: bool
    reason: str
    mad: float | None
    largest: int | None
    labels: tuple[int, ...] = field(repr=False, default=tuple(range(10, 100)))
    shares: tuple[float, ...] = field(repr=False, default=())


def summation_test(values: Iterable[float]) -> SummationTest:
    """Share of the total in each group of first two digits, against 1/90 each.

    Nigrini (2012), *Benford's Law*, ch. 5. It finds a few very large amounts or very many equal ones; there are no
    limits of conformity, since real data seldom conform: look at the `largest` group. Only positive amounts count.
    `suitable` as in `digit_test`. UsageError for texts and infinities.

    >>> summation_test([1.0] * 300 + [9000.0]).largest
    90
    """
    array = numbers(values, missing=True)
    kept = array[array > 0]
    reason = unsuitable(kept, "first_two")
    if not kept.size:
        return SummationTest(0, 0.0, False, reason, None, None)
    sums = np.bincount(digits_of(kept, "first_two"), weights=kept, minlength=100)[10:]
    shares = sums / sums.sum()
    return SummationTest(
        n=int(kept.size),
        total=float(sums.sum()),
        suitable=not reason,
        reason=reason,
        mad=float(np.abs(shares - 1 / 90).mean()),
        largest=int(np.argmax(shares)) + 10,
        shares=tuple(map(float, shares)),
    )


def second_order_test(values: Iterable[float]) -> DigitTest:
    """First-two-digits test of the gaps between neighbouring amounts in rising order, equal ones counted once.

    Nigrini and Miller (2009), Auditing 28, 305–324. The gaps follow Benford's law nearly whatever the amounts follow;
    a departure shows invented, rounded or regression-made figures. Amounts are taken to the fen. The conformity
    limits of the first-order test are not meant for it, so `conformity` is None.

    >>> second_order_test([1, 2, 4]).counts[:11]
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
    """
    array = numbers(values, missing=True)
    gaps = np.diff(np.unique(_fen(array[array > 0])))
    counts = np.bincount(digits_of(gaps.astype(float), "first_two"), minlength=100)[10:]
    found = compare_digits(counts, "first_two")
    return DigitTest(**{**vars(found), "conformity": None})


@dataclass(frozen=True)
class Duplication(Result):
    """Amounts that occur more than once: `amounts` with their `times`, most frequent first; `share` of all in them."""

    n: int
    distinct: int
    share: float
    amounts: tuple[float, ...]
    times: tuple[int, ...]


def number_duplication(values: Iterable[float]) -> Duplication:
    """How often each amount occurs, of those that occur more than once. Nigrini (2012), ch. 11.

    A first list to look at, not a finding: fees and prices repeat. Equal counts stand with the larger amount first.
    Missing values take no part; credits do.

    >>> number_duplication([50, 50, 7, 9, 9, 9]).amounts
    (9.0, 50.0)
    """
    array = numbers(values, missing=True)
    amounts, times = np.unique(array[~np.isnan(array)], return_counts=True)
    often = np.flatnonzero(times > 1)
    often = often[np.lexsort((-amounts[often], -times[often]))]
    n = int(times.sum())
    return Duplication(
        n=n,
        distinct=int(amounts.size),
        share=float(times[often].sum() / n) if n else 0.0,
        amounts=tuple(map(float, amounts[often])),
        times=tuple(map(int, times[often])),
    )


@dataclass(frozen=True)
class RoundAmounts(Result):
    """Result of `round_amounts`: `counts[i]` of `n` positive amounts are whole multiples of `steps[i]` yuan."""

    n: int
    steps: tuple[float, ...]
    counts: tuple[int, ...]
    shares: tuple[float, ...]


def round_amounts(
    values: Iterable[float], steps: Iterable[float] = (10, 100, 1000, 5000, 10000)
) -> RoundAmounts:
    """How many positive amounts are multiples of round sums. Nigrini (2012), ch. 11; exact, in fen.

    Round amounts are estimates, advances and allowances as often as inventions; compare units with one another
    rather than with a fixed share. UsageError for a step that is no whole number of fen.

    >>> round_amounts([1000, 1200, 1250.5], steps=(100, 1000)).counts
    (2, 1)
    """
    steps = tuple(float(step) for step in numbers(list(steps), "steps"))
    for step in steps:
        if step <= 0 or abs(step * 100 - round(step * 100)) > 1e-9:
            raise UsageError(f"{step} is no round sum", todo="Give whole fen above 0.")
    array = numbers(values, missing=True)
    fen = _fen(array[array > 0])
    counts = tuple(int((fen % round(step * 100) == 0).sum()) for step in steps)
    return RoundAmounts(fen.size, steps, counts, tuple(k / fen.size if fen.size else 0.0 for k in counts))


def _fen(array: np.ndarray) -> np.ndarray:
    if array.size and array.max() * 100 >= LARGEST_FEN:
        raise UsageError("an amount is too large to be exact to the fen as a double")
    return np.rint(array * 100).astype(np.int64)
