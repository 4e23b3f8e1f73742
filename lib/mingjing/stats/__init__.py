"""Statistics that stand up in an argument: plain numbers in, small frozen results out, each with its source."""

from mingjing.stats.agreement import fleiss_kappa, icc, kendall_w, weighted_kappa
from mingjing.stats.bounds import confidence_factor, sample_size, stringer_bound, upper_bound
from mingjing.stats.digits import compare_digits, digit_test
from mingjing.stats.estimation import estimate
from mingjing.stats.outliers import relative_size_factor
from mingjing.stats.proportions import wilson
from mingjing.stats.ranking import rank_with_uncertainty, smallest_change
from mingjing.stats.selection import select_mus

__all__ = [
    "compare_digits",
    "confidence_factor",
    "digit_test",
    "estimate",
    "fleiss_kappa",
    "icc",
    "kendall_w",
    "rank_with_uncertainty",
    "relative_size_factor",
    "sample_size",
    "select_mus",
    "smallest_change",
    "stringer_bound",
    "upper_bound",
    "weighted_kappa",
    "wilson",
]
