"""Every rule on Spark and on DuckDB, over data/sample or any ledgers: the same outcome, rows, evidence and order? With the seconds.

    python benchmarks/spark.py [--master URL] [--data DIR] [--period P] [--mapping FILE] [--config FILE] [AREA …]

Needs PySpark (requirements-spark.lock) and Java 17; without them it says so. On ledgers this small Spark's time is planning: the ratio says
nothing of a cluster. Rules that look at other rules' findings (`meta`) are shown those of DuckDB on both. `driver` is how many rows
came back to the driver besides those found.
"""

import argparse
import importlib.util
import os
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from targets import say

from mingjing import Audit
from mingjing.intake.ledgers import intake_ledgers
from mingjing.rules import Ledgers, backends, rules, run_rule

SAMPLE = Path(__file__).parents[1] / "data" / "sample"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("areas", nargs="*", metavar="AREA")
    parser.add_argument("--master", default="local[*]", metavar="URL")
    parser.add_argument("--data", default=SAMPLE, metavar="DIR")
    parser.add_argument("--period", default="2021", metavar="P")
    parser.add_argument("--mapping", metavar="FILE")
    parser.add_argument("--config", metavar="FILE")
    args = parser.parse_args()
    if not (importlib.util.find_spec("pyspark") and shutil.which("java")):
        say("Spark: rules that find otherwise than DuckDB", None, 0, why="no PySpark or no Java (make spark)")
        return 0
    audit = Audit.open(args.data, args.period, mapping=args.mapping, config=args.config)
    entries = [e for e in audit._entries.values() if not args.areas or e.area in args.areas]
    data = audit.intake.tables | intake_ledgers(audit.intake)
    backend = backends.spark(args.master, os.environ.get(backends.FOLDER))
    other = Ledgers(backend, data, audit.period, audit.as_of, audit.units, audit._entries)
    if any(entry.meta for entry in entries):
        for name, table in audit.found_tables().items():
            other.add(name, table)
        audit.found_ledgers()
    wrong = 0
    print("rule\tsame\trows found\tdriver\tDuckDB s\tSpark s")
    for entry in entries:
        expected, fast = _timed(entry, audit.ledgers)
        with _returned() as rows:
            found, slow = _timed(entry, other)
        alike = _compared(found) == _compared(expected)
        wrong += not alike
        verdict = "yes" if alike else f"NO: {found if isinstance(found, str) else _differs(found, expected)}"
        hits = len(expected.hits)
        print(f"{entry.rule_id}\t{verdict}\t{hits}\t{sum(rows) - hits}\t{fast:.1f}\t{slow:.1f}", flush=True)
    say("Spark: rules that find otherwise than DuckDB", wrong, 0)
    return 1 if wrong else 0


@contextmanager
def _returned():
    """Rows of each table that Spark hands to the driver within it."""
    from pyspark.sql.classic.dataframe import DataFrame

    rows, kept = [], {name: getattr(DataFrame, name) for name in ("toArrow", "toPandas")}

    def counted(take):
        def taken(self, *args, **kwargs):
            table = take(self, *args, **kwargs)
            rows.append(len(table))
            return table

        return taken

    for name, take in kept.items():
        setattr(DataFrame, name, counted(take))
    try:
        yield rows
    finally:
        for name, take in kept.items():
            setattr(DataFrame, name, take)


def _timed(entry, ledgers: Ledgers):
    start = time.perf_counter()
    try:
        found = run_rule(entry, rules()[entry.rule_id], ledgers)
    except Exception as error:  # what one engine cannot do is a line of the table
        found = str(error).strip().split("\n")[0][:120]
    return found, time.perf_counter() - start


def _compared(outcome):
    """All of an outcome but the SQL, which each engine has its own."""
    if isinstance(outcome, str):
        return outcome
    return {name: value for name, value in vars(outcome).items() if name != "sql"}


def _differs(found, expected) -> str:
    """What of the two outcomes differs; of the rows the first."""
    mine, theirs = _compared(found), _compared(expected)
    names = [name for name in mine if mine[name] != theirs[name]]
    pairs = zip(found.hits, expected.hits, strict=False)
    first = next(
        (f"{a[k]!r} for {b[k]!r} in {k} of {b['_rids']}" for a, b in pairs for k in b if a.get(k) != b[k]), ""
    )
    return f"{', '.join(names)} ({len(found.hits)} rows) {first}"[:300]


if __name__ == "__main__":
    sys.exit(main())
