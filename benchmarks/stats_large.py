"""Digit counts and monetary-unit selection over ten million amounts in DuckDB, with the memory they take.

    python benchmarks/stats_large.py [ROWS]

Each line: what, seconds, ratio to one plain sum over the same column within this run.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from mingjing.stats import digit_test_sql, select_mus_sql


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        con = duckdb.connect(str(Path(folder) / "book.duckdb"))
        con.execute("SET memory_limit = '1GB'")
        con.execute(
            "CREATE TABLE book AS SELECT range AS id, round(10 ** (6 * ((range * 0.6180339887) % 1)), 2) AS yuan "
            "FROM range(?)",
            [rows],
        )
        unit = _timed(lambda: con.execute("SELECT sum(yuan) FROM book").fetchall()[0])
        print(f"rows {rows:,}")
        for name, call in {
            "first two digits": lambda: digit_test_sql(con, "book", "yuan", "first_two"),
            "last two digits": lambda: digit_test_sql(con, "book", "yuan", "last_two"),
            "monetary units, n = 200": lambda: select_mus_sql(con, "book", "yuan", "id", n=200, seed=1),
        }.items():
            seconds = _timed(call)
            print(f"{name}: {seconds:.2f} s, {seconds / unit:.0f} × a sum")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory of the process: {peak:.0f} MB")


def _timed(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
