"""What the database counts and draws is what plain NumPy counts and draws."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from mingjing.errors import UsageError
from mingjing.stats import (
    digit_test,
    digit_test_sql,
    number_duplication,
    round_amounts,
    second_order_test,
    select_mus,
    select_mus_sql,
    summation_test,
)


@pytest.fixture(scope="module")
def amounts():
    return (10 ** np.random.default_rng(3).uniform(0, 6, 5000)).round(2)


@pytest.fixture(scope="module")
def con(amounts):
    connection = duckdb.connect()
    connection.execute('CREATE TABLE book (id BIGINT, "金 额" DOUBLE)')
    rows = [(i, float(value)) for i, value in enumerate(amounts)]
    connection.executemany("INSERT INTO book VALUES (?, ?)", rows[:200])
    connection.register("rest", pd.DataFrame(rows[200:], columns=["id", "v"]))
    connection.execute("INSERT INTO book SELECT id, v FROM rest")
    return connection


@pytest.mark.parametrize("digits", ["first", "second", "first_two", "first_three", "last_two"])
def test_digits_counted_in_the_database_are_the_same(con, amounts, digits):
    assert digit_test_sql(con, "book", "金 额", digits).counts == digit_test(amounts, digits).counts


@pytest.mark.parametrize("method", ["fixed", "cell", "random"])
@pytest.mark.parametrize("seed", range(5))
def test_the_database_draws_the_same_items(con, amounts, method, seed):
    keys, times = np.unique(select_mus(amounts, n=60, method=method, seed=seed), return_counts=True)
    drawn = select_mus_sql(con, "book", "金 额", "id", n=60, method=method, seed=seed)
    assert drawn == list(zip(keys.tolist(), times.tolist(), strict=True))


def test_what_cannot_be_drawn_from_is_refused(con):
    con.execute("CREATE OR REPLACE TABLE bad AS SELECT * FROM (VALUES (1, -2.0), (2, NULL)) AS t(id, v)")
    with pytest.raises(UsageError, match="1 amounts are missing and 1 negative"):
        select_mus_sql(con, "bad", "v", "id", n=1)
    with pytest.raises(UsageError, match="no digit test"):
        digit_test_sql(con, "book", "金 额", "third")


def test_one_tariff_is_not_suitable(con):
    con.execute("CREATE OR REPLACE TABLE flat AS SELECT range AS id, 50.0 AS v FROM range(5000)")
    found = digit_test_sql(con, "flat", "v", "first_two")
    assert not found.suitable and "orders of magnitude" in found.reason


def test_one_huge_amount_shows_in_the_sums_but_not_in_the_counts(amounts):
    with_one = np.append(amounts, 4_700_000_000.0)
    assert summation_test(with_one).largest == 47
    assert digit_test(with_one, "first_two").conformity == digit_test(amounts, "first_two").conformity


@pytest.mark.parametrize("test", [summation_test, second_order_test])
def test_nothing_is_not_suitable(test):
    assert not test([]).suitable and "too few" in test([]).reason


def test_gaps_of_rounded_amounts_betray_the_rounding(amounts):
    rounded = np.rint(amounts / 100) * 100
    assert second_order_test(rounded).mad > 3 * second_order_test(amounts).mad


def test_summed_shares_do_not_depend_on_the_unit(amounts):
    assert summation_test(amounts * 10_000).shares == pytest.approx(summation_test(amounts).shares)


def test_repeats_and_round_sums_are_counted_exactly():
    found = number_duplication([0.1 + 0.2, 0.3, -5, -5, None, 8])
    assert (found.n, found.amounts, found.times) == (5, (-5.0,), (2,))
    assert round_amounts([100, 99.99, 0, None, 200.0], steps=(100,)).counts == (2,)
    with pytest.raises(UsageError, match="no round sum"):
        round_amounts([1], steps=(0,))
