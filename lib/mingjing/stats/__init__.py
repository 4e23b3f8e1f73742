"""Statistics that stand up in an argument: plain numbers in, small frozen results out, each with its source."""

from mingjing.stats.agreement import fleiss_kappa, icc, kendall_w, weighted_kappa
from mingjing.stats.amounts import number_duplication, round_amounts, second_order_test, summation_test
from mingjing.stats.bounds import confidence_factor, sample_size, stringer_bound, upper_bound
from mingjing.stats.digits import compare_digits, digit_test
from mingjing.stats.estimation import estimate
from mingjing.stats.large import digit_test_sql, select_mus_sql
from mingjing.stats.outliers import relative_size_factor
from mingjing.stats.panels import facet_model, home_bias, panel_differences
from mingjing.stats.proportions import wilson
from mingjing.stats.ranking import rank_with_uncertainty, smallest_change
from mingjing.stats.screening import control_chart, false_discoveries, funnel, rate_change, robust_scores
from mingjing.stats.selection import select_mus

__all__ = [
    "compare_digits",
    "confidence_factor",
    "control_chart",
    "digit_test",
    "digit_test_sql",
    "estimate",
    "facet_model",
    "false_discoveries",
    "fleiss_kappa",
    "funnel",
    "home_bias",
    "icc",
    "kendall_w",
    "number_duplication",
    "panel_differences",
    "rank_with_uncertainty",
    "rate_change",
    "relative_size_factor",
    "robust_scores",
    "round_amounts",
    "sample_size",
    "second_order_test",
    "select_mus",
    "select_mus_sql",
    "smallest_change",
    "stringer_bound",
    "summation_test",
    "upper_bound",
    "weighted_kappa",
    "wilson",
]
