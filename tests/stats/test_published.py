"""Values that others have published, to the digit they print (reference/INVENTORY.md beside the project)."""

import csv
import doctest
import gzip
import importlib
import math
import pkgutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mingjing.stats
from mingjing.stats import (
    compare_digits,
    confidence_factor,
    digit_test,
    estimate,
    fleiss_kappa,
    icc,
    kendall_w,
    number_duplication,
    relative_size_factor,
    sample_size,
    stringer_bound,
    upper_bound,
    wilson,
)
from mingjing.stats.digits import CONFORMITY, digits_of

SHARED = Path(__file__).parents[3] / "shared"


def rows(path: str) -> list[list[float]]:
    """Numbers of a published table without its header; the test is skipped where the file is absent."""
    file = SHARED / path
    if not file.exists():
        pytest.skip(f"{path} is not beside the project")
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as text:
        return [[float(cell) if cell else math.nan for cell in row] for row in list(csv.reader(text))[1:]]


@pytest.mark.parametrize("module", [m.name for m in pkgutil.iter_modules(mingjing.stats.__path__)])
def test_worked_examples_in_the_docstrings_hold(module):
    result = doctest.testmod(importlib.import_module(f"mingjing.stats.{module}"))
    assert result.failed == 0


PLANS = {
    "poisson": (60, 95, 126, 156, 184, 211),
    "binomial": (59, 93, 124, 153, 181, 208),
    "hypergeometric": (57, 90, 119, 146),
}


@pytest.mark.parametrize(
    ("method", "k", "n"), [(method, k, n) for method, sizes in PLANS.items() for k, n in enumerate(sizes)]
)
def test_sample_sizes_for_a_number_of_expected_errors(method, k, n):
    assert sample_size(0.05, expected=k, method=method, population=1000) == n


@pytest.mark.parametrize(
    ("method", "rate", "n"),
    [("poisson", 0.01, 93), ("poisson", 0.025, 231), ("binomial", 0.01, 93), ("binomial", 0.025, 234)],
)
def test_sample_sizes_for_an_expected_rate(method, rate, n):
    assert sample_size(0.05, expected=rate, method=method) == n


def test_aicpa_table_a1_of_sample_sizes():
    tolerable = (2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20)
    cells = 0
    for rate, *sizes in rows("reference/tables/aicpa_A1_sample_size_risk5.csv"):
        for percent, printed in zip(tolerable, sizes, strict=True):
            if printed <= 700:
                assert sample_size(percent / 100, expected=rate / 100, method="binomial") == printed
                cells += 1
    assert cells == 183


def test_aicpa_table_a3_of_upper_limits():
    for n, *limits in rows("reference/tables/aicpa_A3_upper_limit_pct_risk5.csv"):
        for k, printed in enumerate(limits):
            percent = upper_bound(int(n), k, method="binomial") * 100
            assert math.ceil(round(percent * 10, 6)) / 10 == printed, (n, k)


def test_monetary_unit_confidence_factors():
    assert [confidence_factor(k) for k in range(6)] == [3.00, 4.75, 6.30, 7.76, 9.16, 10.52]


def test_upper_bounds_after_one_error_in_a_hundred():
    assert upper_bound(100, 1) == pytest.approx(0.0474386, abs=5e-8)
    assert upper_bound(100, 1, method="binomial") == pytest.approx(0.0465598, abs=5e-8)


def test_stringer_bounds():
    taints = [1, 0.20000072, 0.03999931]
    assert sum(taints) / 145 == pytest.approx(0.008551724, abs=5e-10)
    assert stringer_bound(145, taints) == pytest.approx(0.03478656, abs=5e-9)
    assert stringer_bound(145, taints, method="poisson") == pytest.approx(0.03525907, abs=5e-9)


def test_upper_bound_of_summed_taints():
    book, audit = np.array(rows("reference/data/accounts.csv")).T[1:]
    taints = (book - audit) / book
    assert taints.sum() / 20 == pytest.approx(0.0080633, abs=5e-8)
    assert upper_bound(20, taints.sum(), method="binomial") == pytest.approx(0.1527346, abs=5e-8)


@pytest.mark.parametrize(
    ("method", "point", "low", "high"),
    [
        ("direct", 59580.62, -59050.61, 178211.9),
        ("difference", 34298.6, 3437.26, 65159.94),
        ("quotient", 34298.6, 3138.557, 65458.64),
        ("regression", 33872.00, 3069.264, 64674.73),
    ],
)
def test_estimates_of_misstatement(method, point, low, high):
    _, book, audit = np.array(rows("reference/data/BuildIt.csv")).T
    found = estimate(book[:100], audit[:100], book.size, book.sum(), method)
    assert (found.point, found.low, found.high) == pytest.approx((point, low, high), rel=5e-7)


def test_first_digits_of_sino_forest():
    found = digit_test(np.ravel(rows("reference/data/sinoForest.csv")))
    assert found.counts == (231, 124, 97, 70, 64, 54, 40, 54, 38)
    assert (found.chi2, found.p_value) == pytest.approx((7.6517427, 0.4682064), abs=5e-8)
    assert (found.mad, found.ks) == pytest.approx((0.0065981, 0.0228042), abs=5e-8)
    assert (found.n, found.suitable, found.conformity) == (772, True, "Acceptable conformity")


def payments() -> np.ndarray:
    file = SHARED / "real/procurement/nigrini_corporate_payments_2010.csv.gz"
    if not file.exists():
        pytest.skip("the corporate payments are not beside the project")
    with gzip.open(file, "rt", encoding="utf-8") as text:
        return np.array([float(row["Amount"]) for row in csv.DictReader(text)])


def test_first_two_digits_of_corporate_payments():
    found = digit_test(payments(), "first_two")
    assert (found.n, found.ignored) == (185_083, {"missing": 0, "zero": 123, "negative": 4264})
    assert found.chi2 == pytest.approx(32_100.901, abs=5e-4)
    assert found.mad == pytest.approx(0.002336614, abs=5e-10)
    assert found.ks == pytest.approx(0.0331954, abs=5e-8)
    off = [abs(count - found.n * share) for count, share in zip(found.counts, found.expected, strict=True)]
    largest = sorted(zip(off, found.labels, strict=True), reverse=True)[:5]
    assert [(label, round(part, 2)) for part, label in largest] == [
        (50, 5938.25), (11, 3331.98), (10, 2811.92), (14, 1043.68), (98, 889.95),
    ]  # fmt: skip


def test_relative_size_factor():
    amounts = [23400, 12800, 7340, 23400, 19200]
    assert relative_size_factor(amounts) == 1.0
    assert relative_size_factor(amounts, distinct=True) == 1.21875


def test_intraclass_correlations_of_shrout_and_fleiss():
    found = icc(rows("reference/tables/shrout_fleiss1979.csv"))
    single = (found.icc1, found.icc2, found.icc3)
    assert single == pytest.approx((0.165742, 0.289764, 0.714841), abs=5e-7)
    assert (found.icc1k, found.icc2k, found.icc3k) == pytest.approx((0.442797, 0.620051, 0.909316), abs=5e-7)
    assert (found.f1, found.f) == pytest.approx((1.794678, 11.027248), abs=5e-7)


def test_fleiss_kappa_of_the_encyclopedia_example():
    assert round(fleiss_kappa(rows("reference/tables/fleiss_wikipedia_counts.csv")), 3) == 0.210


def test_kendalls_w_of_the_anxiety_ratings():
    scores = rows("reference/tables/irr_anxiety.csv")
    found = kendall_w(scores)
    assert (found.w, found.chi2, found.p_value) == pytest.approx((0.5396569, 30.7604, 0.0428835), abs=5e-5)
    assert (found.w, found.p_value) == pytest.approx((0.5396569, 0.0428835), abs=5e-8)
    assert kendall_w(scores, ties=False).w == pytest.approx(0.5019215, abs=5e-8)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)]
)
def test_wilson_intervals(k, n, low, high):
    assert tuple(round(limit, 4) for limit in wilson(k, n)) == (low, high)


def table(path: str) -> pd.DataFrame:
    """A file of real data; the test is skipped where it is absent."""
    file = SHARED / "real" / path
    if not file.exists():
        pytest.skip(f"{path} is not beside the project")
    return pd.read_csv(file, low_memory=False)


def test_first_digit_and_most_frequent_amount_of_corporate_payments():
    amounts = payments()
    found = digit_test(amounts)
    assert round(found.mad, 6) == 0.013211 and round(found.chi2, 1) == 4317.3
    repeated = number_duplication(amounts[amounts > 0])
    assert repeated.times[repeated.amounts.index(50.0)] == 6022


def purchasing_cards() -> np.ndarray:
    written = table("procurement/nigrini_purchasing_cards_2010.csv.gz")["AMOUNT"].astype(str)
    return written.str.replace(r"[$.\s]", "", regex=True).str.replace(",", ".").astype(float).to_numpy()


def test_purchasing_cards_total_spike_and_deviation():
    amounts = purchasing_cards()
    assert round(amounts.sum(), 2) == 39_037_422.06
    found = digit_test(amounts, "first_two")
    assert round(found.mad, 7) == 0.0024452
    assert found.labels[int(np.argmax(found.components))] == 36


@pytest.mark.parametrize(
    ("digits", "c", "n", "mad"),
    [("first", 21.27, 772, 0.0065981), ("second", 30.30, 772, None), ("first_two", 158.8, 772, None)],
)
def test_excess_deviation_is_over_what_chance_gives(digits, c, n, mad):
    found = digit_test(np.ravel(rows("reference/data/sinoForest.csv")), digits)
    assert found.n == n and (mad is None or found.mad == pytest.approx(mad, abs=5e-8))
    assert found.excess_mad == pytest.approx(found.mad - 1 / math.sqrt(c * n), abs=1e-15)


def test_doubles_misplace_165_payments_that_decimals_keep():
    amounts = payments()
    kept = amounts[amounts > 0]
    naive = (kept * 10.0 ** (1 - np.floor(np.log10(kept)))).astype(int)
    assert int((naive != digits_of(kept, "first_two")).sum()) == 165
    counts = np.bincount(naive, minlength=100)[10:100]
    assert round(compare_digits(counts, "first_two").chi2, 1) == 32086.8


LIMITS = {
    "first": (0.006, 0.012, 0.015),
    "second": (0.008, 0.010, 0.012),
    "first_two": (0.0012, 0.0018, 0.0022),
    "first_three": (0.00036, 0.00044, 0.00050),
}


@pytest.mark.parametrize("digits", LIMITS)
def test_conformity_changes_at_nigrinis_limits(digits):
    """Counts off by just less, and just more, than each limit fall on its two sides."""
    labels = digit_test([], digits).labels
    expected = np.array(digit_test([], digits).expected)
    half = np.where(np.arange(len(labels)) < len(labels) // 2, 1.0, 0.0)
    up, down = half / half.sum(), (1 - half) * expected / ((1 - half) * expected).sum()
    for rank, limit in enumerate(LIMITS[digits]):
        for factor, grade in ((0.98, CONFORMITY[rank]), (1.02, CONFORMITY[rank + 1])):
            shift = limit * factor * len(labels) / 2
            counts = np.rint(1e9 * (expected + shift * (up - down)))
            assert compare_digits(counts, digits).conformity == grade


def test_inspector_groups_differ_as_the_city_published():
    frame = table("food/chicago_food_inspections_2011_2014_with_inspector_group.csv.gz")
    rate = (frame.criticalCount > 0).groupby(frame.sanitarian).mean().sort_values(ascending=False)
    assert {group: round(share, 3) for group, share in rate.items()} == {
        "purple": 0.382, "blue": 0.227, "orange": 0.126, "green": 0.091, "yellow": 0.056, "brown": 0.023,
    }  # fmt: skip
    assert list(rate.index) == ["purple", "blue", "orange", "green", "yellow", "brown"]
    assert frame.Results.value_counts().to_dict() == {
        "Pass": 18494, "Fail": 5455, "Pass w/ Conditions": 3651,
    }  # fmt: skip


def test_critical_share_of_the_citys_test_window():
    frame = table("food/chicago_model_rows_train_test.csv.gz")
    window = frame[frame.Test.astype(str) == "True"]
    assert (len(window), int(window.criticalFound.sum())) == (1637, 258)
    assert round(258 / 1637 * 100, 1) == 15.8
    low, high = wilson(258, 1637)
    assert low < 258 / 1637 < high


def test_the_reports_own_arithmetic():
    area = Fraction("2221.78")
    assert round(float(area / Fraction("3.1") / 100), 3) == 7.167
    low, high = (float(area / Fraction(per_head) / 100) for per_head in ("3.15", "3.05"))
    assert (round(low, 2), round(high, 2)) == (7.05, 7.28)


def test_restaurant_scores_of_san_francisco():
    score = table("food/sf_restaurants_inspections_plus.csv.gz").iloc[:, 1:]
    score = score[next(c for c in score if c.lower() == "score")].dropna()
    assert (len(score), round(score.mean(), 2), score.median()) == (13782, 90.67, 92)
