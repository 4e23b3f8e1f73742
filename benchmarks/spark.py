"""Every rule over data/sample on Spark and on DuckDB: the same outcome, rows, evidence and order? With the seconds.

    python benchmarks/spark.py [--master URL] [AREA …]

Needs PySpark (requirements-spark.lock) and Java 17; without them it says so. On ledgers this small Spark's time is planning: the ratio says
nothing of a cluster. Rules that look at other rules' findings (`meta`) are left out.
"""

import argparse
import importlib.util
import shutil
import sys
import time
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
    args = parser.parse_args()
    if not (importlib.util.find_spec("pyspark") and shutil.which("java")):
        say("Spark: rules that find otherwise than DuckDB", None, 0, why="no PySpark or no Java (make spark)")
        return 0
    audit = Audit.open(SAMPLE, "2021")
    data = audit.intake.tables | intake_ledgers(audit.intake)
    other = Ledgers(backends.spark(args.master), data, audit.period, audit.as_of)
    wrong = 0
    print("rule\tsame\trows found\tDuckDB s\tSpark s")
    for entry in audit._entries.values():
        if entry.meta or (args.areas and entry.area not in args.areas):
            continue
        (expected, fast), (found, slow) = (_timed(entry, on) for on in (audit.ledgers, other))
        alike = _compared(found) == _compared(expected)
        wrong += not alike
        verdict = "yes" if alike else f"NO: {found if isinstance(found, str) else 'differs'}"
        hits = len(expected.hits)
        print(f"{entry.rule_id}\t{verdict}\t{hits}\t{fast:.1f}\t{slow:.1f}", flush=True)
    say("Spark: rules that find otherwise than DuckDB", wrong, 0)
    return 1 if wrong else 0


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


if __name__ == "__main__":
    sys.exit(main())
