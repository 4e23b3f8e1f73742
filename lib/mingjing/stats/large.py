"""Digit counts and monetary-unit selection inside DuckDB: the amounts stay in the database, only results come out."""

import duckdb
import pyarrow as pa

from mingjing.errors import UsageError, nearest
from mingjing.stats.base import count
from mingjing.stats.digits import LABELS, LEAST_SPAN, DigitTest, compare_digits
from mingjing.stats.selection import METHODS, monetary_units

_SUMMARY = """
SELECT count(*) FILTER (fen > 0), count(*) FILTER (fen IS NULL), count(*) FILTER (fen = 0),
       count(*) FILTER (fen < 0), coalesce(sum(fen) FILTER (fen > 0), 0),
       coalesce(bool_and(fen % 100 = 0) FILTER (fen > 0), true)
FROM ({fen})
"""
_DIGITS = {
    "first": "substr(fen::VARCHAR, 1, 1)",
    "second": "substr(rpad(fen::VARCHAR, 2, '0'), 2, 1)",
    "first_two": "substr(rpad(fen::VARCHAR, 2, '0'), 1, 2)",
    "first_three": "substr(rpad(fen::VARCHAR, 3, '0'), 1, 3)",
}


def digit_test_sql(
    con: duckdb.DuckDBPyConnection, table: str, column: str, digits: str = "first"
) -> DigitTest:
    """`digit_test` of a column of yuan, counted by one aggregation; the same result for amounts in whole fen.

    `table`, `column`: names in the database. Amounts are taken to the fen. Of the reasons not to apply the law, too
    few values and too short a range (by approximate quantiles) are judged here; whether numbers were assigned is not.
    UsageError for digits that do not exist.

    >>> con = duckdb.connect()
    >>> _ = con.execute("CREATE TABLE t AS SELECT 2.0 ** range AS yuan FROM range(40)")
    >>> digit_test_sql(con, "t", "yuan").counts
    (12, 8, 4, 4, 4, 4, 0, 4, 0)
    """
    if digits not in LABELS:
        raise UsageError(f"there is no digit test “{digits}”", todo=nearest(str(digits), LABELS))
    fen = _fen(table, column)
    _, missing, zero, negative, _, whole = con.execute(_SUMMARY.format(fen=fen)).fetchall()[0]
    last = "(fen // 100) % 100" if whole else "fen % 100"
    digit = _DIGITS.get(digits, last)
    found = con.execute(
        f"SELECT ({digit})::INTEGER, count(*) FROM ({fen}) WHERE fen > 0 GROUP BY ALL"  # noqa: S608
    ).fetchall()
    counts = dict(found)
    reason = "" if digits == "last_two" else _short_range(con, fen)
    ignored = {"missing": missing, "zero": zero, "negative": negative}
    return compare_digits([counts.get(label, 0) for label in LABELS[digits]], digits, reason, ignored)


def select_mus_sql(
    con: duckdb.DuckDBPyConnection,
    table: str,
    column: str,
    key: str,
    n: int | None = None,
    interval: float | None = None,
    method: str = "fixed",
    start: float | None = None,
    seed: int | None = None,
) -> list[tuple]:
    """(key, times drawn) of each item drawn, in the order of `key`: what `select_mus` draws from the amounts so sorted.

    A running sum over `key` (unique, so that the order is one) meets the monetary units in an ASOF join; both spill to
    disk where memory is short. UsageError for missing or negative amounts,
    or nothing to draw from.
    """
    fen = _fen(table, column)
    _, missing, _, negative, total, _ = con.execute(_SUMMARY.format(fen=fen)).fetchall()[0]
    if missing or negative:
        raise UsageError(
            f"{missing} amounts are missing and {negative} negative", todo="Leave them out, and say so."
        )
    if not total:
        raise UsageError("there is nothing to draw from: the amounts are empty or all zero")
    if (n is None) == (interval is None):
        raise UsageError("give either n or interval", todo="n draws, or one draw each interval yuan.")
    if method not in METHODS:
        raise UsageError(f"there is no selection “{method}”", todo=nearest(str(method), METHODS))
    yuan = int(total) / 100
    if n is not None:
        interval = yuan / count(n, "n", least=1)
    elif not 0 < interval <= yuan:
        raise UsageError(f"the interval must lie between 0 and the total of {yuan:g}, not {interval!r}")
    # the last unit may lie above the total by a rounding error of the double
    units = [min(unit, yuan) for unit in monetary_units(yuan, n, interval, method, start, seed)]
    con.register("_units", pa.table({"unit": pa.array(units, pa.float64())}))
    try:
        drawn = con.execute(
            f"""
            WITH book AS (SELECT {_name(key)} AS key, fen FROM ({fen}) WHERE fen > 0),
            running AS (SELECT key, (sum(fen) OVER (ORDER BY key ROWS UNBOUNDED PRECEDING))::DOUBLE / 100 AS upto FROM book)
            SELECT key, count(*) FROM _units ASOF JOIN running ON _units.unit <= running.upto GROUP BY key ORDER BY key
            """  # noqa: S608
        ).fetchall()
    finally:
        con.unregister("_units")
    return drawn


def _short_range(con: duckdb.DuckDBPyConnection, fen: str) -> str:
    low, high = con.execute(
        f"SELECT approx_quantile(fen, 0.01), approx_quantile(fen, 0.99) FROM ({fen}) WHERE fen > 0"  # noqa: S608
    ).fetchall()[0]
    if low is None or high >= LEAST_SPAN * low:
        return ""
    return (
        f"98% of the values lie between {low / 100:g} and {high / 100:g}, less than two orders of magnitude: "
        "a limit or a tariff shapes them"
    )


def _fen(table: str, column: str) -> str:
    """Query of the table's rows with `fen`, whole numbers. Names are quoted: they may hold anything."""
    return f"SELECT *, round({_name(column)} * 100)::BIGINT AS fen FROM {_name(table)}"  # noqa: S608


def _name(written: str) -> str:
    return '"' + written.replace('"', '""') + '"'
