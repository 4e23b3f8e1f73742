"""False alarms of each statistical rule on clean data, measured and held against what the catalogue states.

    python benchmarks/false_alarms.py [RULE …] [--runs N] [--seed N]

Each line: rule, measured per exposure with its standard error, stated. The models are in `clean_data.py` and `clean_spending.py`.
"""

import argparse
import sys
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa

from mingjing.period import Period
from mingjing.rules import Ledgers, catalogue, rules, run_rule
from mingjing.tables import ARROW, tables

sys.path.insert(0, str(Path(__file__).parent))
import clean_spending  # noqa: F401 (registers its models)
from clean_data import MODELS

SEED, RUNS = 1, 20


def measure(rule_id: str, runs: int = RUNS, seed: int = SEED) -> tuple[int, float]:
    """False alarms in all runs, and the exposures they arose from."""
    backend, period = ibis.duckdb.connect(threads=1), Period.parse("2021")
    alarms, exposures = 0, 0.0
    for run in range(runs):
        data, exposure = MODELS[rule_id](np.random.default_rng([seed, run]))
        ledgers = Ledgers(
            backend, {name: arrow(name, rows) for name, rows in data.items()}, period, period.end
        )
        outcome = run_rule(catalogue()[rule_id], rules()[rule_id], ledgers)
        if outcome.outcome == "not_run":
            raise RuntimeError(f"{rule_id} did not run on its clean data: {outcome.reason}")
        alarms += len({(hit["unit"], hit["subject"]) for hit in outcome.hits})
        exposures += exposure
    return alarms, exposures


def arrow(name: str, rows: list[dict]) -> pa.Table:
    """Typed table of the columns the rows mention, with a row number as `_rid`."""
    declared = tables()[name].columns
    data = {c: pa.array([row.get(c) for row in rows], ARROW[declared[c].type]) for c in rows[0]}
    return pa.table(data | {"_rid": pa.array(range(2, len(rows) + 2), pa.int64())})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rules", nargs="*", metavar="RULE")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args()
    for rule_id in args.rules or sorted(MODELS):
        alarms, exposures = measure(rule_id, args.runs, args.seed)
        stated = catalogue()[rule_id].false_alarms
        per = f"{stated.per['en']}, stated {stated.expected:g}" if stated else "not stated"
        print(
            f"{rule_id}\t{alarms / exposures:.3g} ± {max(alarms, 1) ** 0.5 / exposures:.2g} ({alarms} in {exposures:g}) per {per}",
            flush=True,
        )


if __name__ == "__main__":
    main()
