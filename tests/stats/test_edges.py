"""Bad input is refused in words; edge cases have a definition; nothing comes back as NaN."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.errors import UsageError
from mingjing.stats import (
    compare_digits,
    digit_test,
    estimate,
    fleiss_kappa,
    icc,
    kendall_w,
    rank_with_uncertainty,
    relative_size_factor,
    sample_size,
    select_mus,
    smallest_change,
    stringer_bound,
    upper_bound,
    weighted_kappa,
    wilson,
)

REFUSED = {
    "k above n": lambda: wilson(3, 2),
    "negative k": lambda: wilson(-1, 2),
    "confidence in percent": lambda: wilson(1, 2, 95),
    "unknown digits": lambda: digit_test([1], "frist"),
    "no list of amounts": lambda: digit_test(5),
    "no list of taints": lambda: stringer_bound(10, None),
    "k that is no number": lambda: wilson(math.nan, 3),
    "seed in words": lambda: select_mus([1, 2], n=1, seed="a"),
    "seed of a ranking in words": lambda: rank_with_uncertainty([[1, 2], [2, 1]], seed="a"),
    "recused as a list of truths": lambda: rank_with_uncertainty([[1, 2], [2, 1]], recused=[True]),
    "recused in words": lambda: rank_with_uncertainty([[1, 2], [2, 1]], recused="x"),
    "infinite amount": lambda: digit_test([1, math.inf]),
    "text among amounts": lambda: digit_test([1, "12元"]),
    "counts of another test": lambda: compare_digits([1, 2], "first"),
    "rate at materiality": lambda: sample_size(0.05, expected=0.05),
    "materiality of nought": lambda: sample_size(0),
    "no population": lambda: sample_size(0.05, method="hypergeometric"),
    "no sample is enough": lambda: sample_size(0.05, expected=10, method="hypergeometric", population=20),
    "unknown method": lambda: upper_bound(10, 1, method="possion"),
    "errors above n": lambda: upper_bound(10, 11),
    "sample above population": lambda: upper_bound(10, 1, method="hypergeometric", population=9),
    "no sample": lambda: upper_bound(0, 0),
    "understatement": lambda: stringer_bound(10, [-0.1]),
    "more taints than units": lambda: stringer_bound(1, [0.1, 0.2]),
    "missing taint": lambda: stringer_bound(10, [math.nan]),
    "credits": lambda: select_mus([1, -2], n=1),
    "nothing to draw": lambda: select_mus([0, 0], n=1),
    "empty ledger": lambda: select_mus([], n=1),
    "n and interval": lambda: select_mus([1], n=1, interval=1),
    "neither": lambda: select_mus([1]),
    "start beyond the interval": lambda: select_mus([10], n=2, start=6),
    "start with cells": lambda: select_mus([10], n=2, start=1, method="cell"),
    "one item": lambda: estimate([1], [1], 10, 100),
    "unpaired": lambda: estimate([1, 2], [1], 10, 100),
    "no regression": lambda: estimate([1, 1], [1, 0], 10, 100, "regression"),
    "no ratio": lambda: estimate([1, -1], [1, 0], 10, 100, "ratio"),
    "one judge": lambda: icc([[1], [2]]),
    "missing score": lambda: icc([[1, 2], [3, None]]),
    "all scores equal": lambda: icc([[5, 5], [5, 5]]),
    "ragged scores": lambda: icc([[1, 2], [3]]),
    "no scores": lambda: kendall_w([]),
    "all tied": lambda: kendall_w([[1, 1], [1, 1]]),
    "all tied, uncorrected": lambda: kendall_w([[1, 1], [1, 1]], ties=False),
    "one category": lambda: fleiss_kappa([[3, 0], [3, 0]]),
    "raters differ": lambda: fleiss_kappa([[3, 0], [1, 1]]),
    "one grade": lambda: weighted_kappa([1, 1], [1, 1]),
    "one amount": lambda: relative_size_factor([5]),
    "second is zero": lambda: relative_size_factor([5, 0]),
    "no amounts": lambda: relative_size_factor([]),
    "target without score": lambda: rank_with_uncertainty([[1, 2], [None, None]]),
    "target recused to nothing": lambda: rank_with_uncertainty([[1], [2]], recused=[(0, 0)]),
    "no judge in common": lambda: rank_with_uncertainty([[1, None], [None, 2]]),
    "pair outside": lambda: rank_with_uncertainty([[1, 2], [3, 4]], recused=[(2, 0)]),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED.keys())
def test_bad_input_is_refused_in_words(call):
    with pytest.raises(UsageError) as error:
        call()
    assert len(str(error.value)) > 15


def test_no_values_are_not_suitable_and_have_no_statistics():
    found = digit_test([])
    assert (found.n, found.suitable, found.chi2, found.mad, found.conformity) == (0, False, None, None, None)
    assert "too few" in found.reason


@pytest.mark.parametrize(
    ("values", "digits", "word"),
    [
        ([100] * 299, "first", "too few"),
        (range(10_001, 11_000), "first", "assigned"),
        (np.linspace(500, 900, 2000).round(2), "first_two", "orders of magnitude"),
        ([7, 12, 8, 9] * 300, "last_two", "fewer than three digits"),
    ],
)
def test_data_the_law_does_not_speak_of_are_not_suitable(values, digits, word):
    found = digit_test(values, digits)
    assert not found.suitable and word in found.reason


@pytest.mark.parametrize(
    ("value", "first", "second", "pair"),
    [
        (0.29 * 100, 2, 9, 29),
        (0.57 * 100, 5, 7, 57),
        (1.15, 1, 1, 11),
        (Decimal("0.0290"), 2, 9, 29),
        (5, 5, 0, 50),
        (10**17 - 1, 9, 9, 99),
        (np.float32(8.0), 8, 0, 80),
    ],
)
def test_digits_are_exact(value, first, second, pair):
    for digits, expected in (("first", first), ("second", second), ("first_two", pair)):
        found = digit_test([value], digits)
        assert found.labels[found.counts.index(1)] == expected
    found = digit_test([value], "first_three")
    assert found.labels[found.counts.index(1)] // 10 == pair


def test_last_two_digits_are_fen_when_any_amount_has_them():
    assert digit_test([1234.56, 78], "last_two").counts[56] == 1
    assert digit_test([1234.56, 78], "last_two").counts[0] == 1
    assert digit_test([1234, 178], "last_two").counts[34] == 1


def test_missing_zero_and_negative_amounts_are_counted_apart():
    assert digit_test([None, math.nan, 0, -3, 4]).ignored == {"missing": 2, "zero": 1, "negative": 1}


fen = st.lists(st.integers(1, 10**9), min_size=1, max_size=60)


@given(fen, st.integers(-3, 6), st.sampled_from(["first", "second", "first_two", "first_three"]))
def test_digit_tests_do_not_depend_on_the_unit(amounts, power, digits):
    scaled = [amount * 10.0**power for amount in amounts]
    assert digit_test(scaled, digits).counts == digit_test(amounts, digits).counts


def test_what_is_shown_is_escaped():
    shown = compare_digits([1] * 9, "first", reason="<script>")._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_share_of_nothing_is_unknown():
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share(n, data):
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1


@settings(max_examples=40)
@given(st.integers(1, 60), st.data())
def test_upper_bounds_lie_above_the_share_and_hypergeometric_is_the_tightest(n, data):
    k = data.draw(st.integers(0, n))
    exact = upper_bound(n, k, method="hypergeometric", population=4 * n)
    binomial, poisson = upper_bound(n, k, method="binomial"), upper_bound(n, k)
    assert k / n <= exact <= 1 and k / n <= binomial <= 1
    assert exact <= binomial + 1e-9 and (binomial <= poisson + 1e-9 or poisson == 1)


@settings(max_examples=40)
@given(st.integers(60, 400), st.lists(st.floats(0, 1), max_size=20))
def test_stringer_lies_between_no_error_and_all_taints_full(n, taints):
    bound = stringer_bound(n, taints)
    lowest, highest = upper_bound(n, 0, method="binomial"), upper_bound(n, len(taints), method="binomial")
    assert lowest - 1e-12 <= bound <= highest + 1e-12
    assert bound >= sum(taints) / n


amounts = st.lists(st.integers(0, 10**7).map(lambda fen: fen / 100), min_size=1, max_size=40).filter(any)


@given(amounts, st.integers(1, 30), st.integers(0, 2**32), st.sampled_from(["fixed", "cell", "random"]))
def test_selection_gives_n_items_of_value_in_order_and_repeats_with_the_seed(values, n, seed, method):
    drawn = select_mus(values, n=n, method=method, seed=seed)
    assert drawn.size == n and (np.diff(drawn) >= 0).all() and all(values[i] > 0 for i in drawn)
    assert (drawn == select_mus(values, n=n, method=method, seed=seed)).all()


@given(amounts, st.integers(1, 30), st.integers(0, 2**32))
def test_items_of_an_interval_are_always_drawn(values, n, seed):
    drawn = set(select_mus(values, n=n, seed=seed).tolist())
    assert {i for i, value in enumerate(values) if value > sum(values) / n * (1 + 1e-9)} <= drawn


@pytest.mark.parametrize("method", ["fixed", "cell", "random"])
def test_expected_draws_are_proportional_to_amounts(method):
    values, n, runs = np.array([50, 10, 0, 300, 140, 500]), 5, 4000
    draws = np.concatenate([select_mus(values, n=n, method=method, seed=seed) for seed in range(runs)])
    found = np.bincount(draws, minlength=6) / runs
    assert found == pytest.approx(n * values / values.sum(), abs=0.06)


scores = st.integers(2, 6).flatmap(
    lambda judges: st.lists(
        st.lists(st.integers(0, 100), min_size=judges, max_size=judges), min_size=2, max_size=8
    )
)


@settings(max_examples=30, deadline=None)
@given(scores, st.integers(-50, 50))
def test_complete_scores_rank_by_their_means_whatever_a_judges_leniency(table, extra):
    array = np.array(table, dtype=float)
    array[:, 0] += extra
    found = rank_with_uncertainty(array)
    assert found.scores == pytest.approx(array.mean(axis=1), abs=1e-6)
    assert sorted(found.ranking) == list(range(len(table)))
    assert all(low <= rank <= high for (low, high), rank in zip(found.intervals, found.ranks, strict=True))
    assert 0 <= found.p_first <= 1 and sum(found.p_firsts) == pytest.approx(1)


def test_all_equal_scores_share_every_place():
    found = rank_with_uncertainty([[5, 5], [5, 5], [5, 5]])
    assert found.ranks == (1, 1, 1) and found.intervals == ((1, 3),) * 3
    assert found.p_first == pytest.approx(1 / 3)


def test_one_judge_gives_an_order_but_no_certainty():
    found = rank_with_uncertainty([[5], [9]])
    assert (found.ranking, found.intervals, found.p_first) == ((1, 0), ((1, 2), (1, 2)), None)
    assert found.reason


def test_a_target_whose_lenient_judge_is_recused_is_not_punished():
    scores = np.array([[90, 80, 70], [91, 81, 71], [70, 60, 50]], dtype=float)
    recused = np.zeros((3, 3), dtype=bool)
    recused[1, 0] = True
    found = rank_with_uncertainty(scores, recused)
    assert found.scores == pytest.approx((80, 81, 60)) and found.leniency == pytest.approx((10, 0, -10))
    assert found == rank_with_uncertainty(scores, [(1, 0)])
    scores[1, 0] = np.nan
    assert found == rank_with_uncertainty(scores)


def test_smallest_change_brings_the_rival_level():
    scores = np.array([[90, 80, 70], [91, 83, 71], [70, 60, np.nan]], dtype=float)
    found = smallest_change(scores)
    scores[found.scored, found.judge] += found.change
    levelled = rank_with_uncertainty(scores).scores
    assert levelled[found.target] == pytest.approx(max(levelled))
    assert smallest_change([[1, 2]]) is None


def test_weighted_kappa_counts_near_misses_less():
    near, far = [1, 2, 3, 4, 3], [1, 2, 3, 4, 1]
    assert weighted_kappa([1, 2, 3, 4, 4], near) > weighted_kappa([1, 2, 3, 4, 4], far)
