"""Digit counts and monetary-unit selection over ten million amounts in DuckDB, with the memory they take.

    python benchmarks/stats_large.py [ROWS] [--repeats N]

Each line: what, seconds, ratio to one plain sum over the same column within this run.
"""

import argparse
import tempfile
import time
from pathlib import Path

import duckdb
from targets import exponent, peak_mb, say

from mingjing.stats import digit_test_sql, select_mus_sql

CALLS = {
    "first two digits": lambda con: digit_test_sql(con, "book", "yuan", "first_two"),
    "last two digits": lambda con: digit_test_sql(con, "book", "yuan", "last_two"),
    "monetary units, n = 200": lambda con: select_mus_sql(con, "book", "yuan", "id", n=200, seed=1),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="?", type=int, default=10_000_000, metavar="ROWS")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    args = parser.parse_args()
    small, large = (measure(rows, args.repeats) for rows in (args.rows // 10, args.rows))
    for name in CALLS:
        growth = exponent([args.rows // 10, args.rows], [small[name], large[name]])
        say(f"Statistics: {name}, growth exponent", growth, 1.05)
    peak = peak_mb()
    say(f"Statistics: peak memory, {args.rows:,} amounts", peak, 1000, " MB")


def measure(rows: int, repeats: int) -> dict[str, float]:
    """What → least seconds."""
    with tempfile.TemporaryDirectory() as folder:
        con = duckdb.connect(str(Path(folder) / "book.duckdb"))
        con.execute("SET memory_limit = '800MB'")
        con.execute(
            "CREATE TABLE book AS SELECT range AS id, round(10 ** (6 * ((range * 0.6180339887) % 1)), 2) AS yuan "
            "FROM range(?)",
            [rows],
        )
        unit = _least(lambda con: con.execute("SELECT sum(yuan) FROM book").fetchall(), con, repeats)
        least = {name: _least(call, con, repeats) for name, call in CALLS.items()}
    print(f"rows {rows:,}")
    for name, seconds in least.items():
        print(f"{name}: {seconds:.2f} s, {seconds / unit:.0f} × a sum")
    return least


def _least(call, con, repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call(con)
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
