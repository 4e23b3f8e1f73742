"""Amounts that stand out from their own kind."""

from collections.abc import Iterable

import numpy as np

from mingjing.errors import UsageError
from mingjing.stats.base import numbers


def relative_size_factor(values: Iterable[float], distinct: bool = False) -> float:
    """Largest amount divided by the second largest, of one vendor, card or unit.

    Ties are kept: when the largest amount occurs twice, the factor is 1. `distinct=True` compares the two largest
    different amounts instead. Nigrini (2012), ch. 12. UsageError for negative amounts, fewer than two amounts,
    or a second amount of zero: no factor exists then.

    >>> amounts = [23400, 12800, 7340, 23400, 19200]
    >>> relative_size_factor(amounts), relative_size_factor(amounts, distinct=True)
    (1.0, 1.21875)
    """
    array = numbers(values)
    if (array < 0).any():
        raise UsageError("amounts are negative", todo="Leave credits out or test them by themselves.")
    falling = np.unique(array)[::-1] if distinct else np.sort(array)[::-1]
    if falling.size < 2 or falling[1] == 0:
        raise UsageError(
            "there is no second amount to compare the largest with", todo="Leave this group out of the test."
        )
    return float(falling[0] / falling[1])
