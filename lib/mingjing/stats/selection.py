"""Monetary-unit selection: each yuan has the same chance, so each item's chance grows with its amount."""

from collections.abc import Iterable

import numpy as np

from mingjing.errors import UsageError, nearest
from mingjing.stats.base import count, generator, numbers

METHODS = ("fixed", "cell", "random")


def select_mus(
    values: Iterable[float],
    n: int | None = None,
    interval: float | None = None,
    method: str = "fixed",
    start: float | None = None,
    seed: int | None = None,
) -> np.ndarray:
    """Positions (from 0) of the items drawn, rising; an item drawn twice stands twice.

    `values`: book amounts, none negative; item i holds the monetary units (C(i − 1), C(i)] of the cumulated
    amounts. Give either `n` draws (interval = total / n) or the `interval` in yuan. `method`: `fixed` takes the
    units start, start + interval, …, with `start` in [0, interval] (drawn when not given); `cell` one unit at
    random in each interval; `random` units anywhere. An item is expected n · value / total times, and with `fixed`
    every item of an interval or more is drawn for certain. The draw can be repeated only with `start` or `seed`.

    Source: AICPA, *Audit Sampling* (2017), ch. 6; Leslie, Teitlebaum and Anderson (1979), cell selection.
    UsageError for negative amounts, an empty or zero total, both or neither of n and interval.

    >>> select_mus([100, 300, 50, 550], n=4, start=150).tolist()
    [1, 1, 3, 3]
    """
    book = _book(values)
    cumulated, total = cumulate(book)
    if (n is None) == (interval is None):
        raise UsageError("give either n or interval", todo="n draws, or one draw each interval yuan.")
    if n is not None:
        interval = total / count(n, "n", least=1)
    elif not 0 < interval <= total:
        raise UsageError(f"the interval must lie between 0 and the total of {total:g}, not {interval!r}")
    if method not in METHODS:
        raise UsageError(f"there is no selection “{method}”", todo=nearest(str(method), METHODS))
    units = monetary_units(total, n, interval, method, start, seed)
    last = int(np.flatnonzero(book)[-1])
    return np.minimum(np.searchsorted(cumulated, units, side="left"), last)


def monetary_units(
    total: float, n: int | None, interval: float, method: str, start: float | None, seed: int | None
) -> np.ndarray:
    """The yuan drawn out of `total`, rising: where `select_mus` looks for the items."""
    random = generator(seed)
    if start is not None and (method != "fixed" or not 0 <= start <= interval):
        raise UsageError(
            f"start = {start!r} does not fit", todo=f"Only method “fixed” takes it, from 0 to {interval:g}."
        )
    # 1 − U lies in (0, 1]: a unit is never 0, which belongs to no item.
    if method == "random":
        size = n or round(total / interval)
        return np.sort((1 - random.random(size)) * total)
    if method == "cell":
        size = n or int(np.ceil(total / interval))
        units = (np.arange(size) + 1 - random.random(size)) * interval
        return units[units <= total * (1 + 1e-12)]
    start = (1 - random.random()) * interval if start is None else start
    size = n or int(np.floor((total - start) / interval + 1e-9)) + 1
    return start + np.arange(size) * interval


def cumulate(book: np.ndarray) -> tuple[np.ndarray, float]:
    """Cumulated amounts and their total; without rounding when the amounts are whole fen."""
    fen = np.rint(book * 100)
    if book.sum() < 1e13 and np.array_equal(fen / 100, book):
        cumulated = np.cumsum(fen.astype(np.int64)) / 100
    else:
        cumulated = np.cumsum(book)
    return cumulated, float(cumulated[-1])


def _book(values: Iterable[float]) -> np.ndarray:
    book = numbers(values)
    if (book < 0).any():
        raise UsageError(
            f"entry {int(np.flatnonzero(book < 0)[0])} is negative; credits have no monetary units",
            todo="Test negative amounts by themselves, with their sign turned.",
        )
    if not book.any():
        raise UsageError("there is nothing to draw from: the amounts are empty or all zero")
    return book
