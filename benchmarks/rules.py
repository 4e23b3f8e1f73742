"""Full rule sets on generated ledgers: seconds, peak memory, growth; a subset against hand-written SQL and pandas.

    python benchmarks/rules.py [--rows N …] [--areas AREA …] [--rules RULE …] [--pandas N]

Each rule runs in a process of its own, so that the memory is its own. The subset in `HAND` is what one would write by
hand for the same rows in DuckDB (and pandas, up to `--pandas` rows): both give the number of rows found, which must
be equal. Ratios are of one run on this machine. Great Expectations is not compared here.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import ibis
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from generate import QUERIES, generate

from mingjing.period import Period
from mingjing.rules import Ledgers, catalogue, rules, run_rule

AREAS = ("frugality", "feedback", "firearms")
_NAME = r"regexp_replace(regexp_replace(upper(payee), '[^\pL\pN]+', '', 'g'), '(股份)?有限(责任)?公司|公司$', '', 'g')"
# Rule → (ledger it reads, hand-written SQL for the rows it finds).
HAND = {
    "JF-B04": (
        "expense",
        "SELECT _rid FROM t WHERE handler_id = approver_id OR handler_id = reviewer_id OR approver_id IS NULL",
    ),
    "JF-04": (
        "expense",
        "SELECT _rid FROM t WHERE (econ_item IN ('津贴补贴', '奖金', '其他工资福利支出', '福利费') OR "
        "econ_item_code[:5] IN ('30102', '30103', '30199', '30229')) AND amount > 0 AND basis_doc_no IS NULL "
        "AND NOT coalesce(regexp_matches(summary, '工会'), false)",
    ),
    "JF-03": (
        "expense",
        f"WITH v AS (SELECT {_NAME} firm, invoice_no, voucher_no, sum(round(amount * 100)::BIGINT) fen, "
        "list(_rid) rids FROM t GROUP BY ALL), g AS (SELECT firm, invoice_no, abs(fen) fen, sum(sign(fen)) net, "
        "flatten(list(rids)) rids FROM v GROUP BY ALL) SELECT rids FROM g WHERE net > 1 AND fen > 0",
    ),
    "RX-B04": ("hotline", "SELECT _rid FROM t WHERE invalid_flag AND invalid_approval_no IS NULL"),
    "QD-05": (
        "gun_issue",
        "SELECT _rid FROM t WHERE in_time < TIMESTAMP '2022-01-01' AND return_gun_no IS DISTINCT FROM gun_no "
        "UNION ALL SELECT _rid FROM t WHERE in_time < TIMESTAMP '2022-01-01' AND NOT coalesce(unload_check, false)",
    ),
    "QD-01": (
        "ammo_txn",
        "SELECT _rid FROM (SELECT *, lag(balance) OVER (PARTITION BY unit_id, storeroom, ammo_type, batch_no "
        "ORDER BY txn_time, _rid) + CASE txn_type WHEN '领出' THEN -qty WHEN '退回' THEN qty END AS due FROM t) "
        "WHERE balance <> due OR balance < 0",
    ),
}


def _handover(t: pd.DataFrame) -> int:
    t = t[t.in_time < pd.Timestamp("2022-01-01")]
    return int((t.return_gun_no != t.gun_no).sum() + (~t.unload_check.fillna(False)).sum())


def _balance(t: pd.DataFrame) -> int:
    t = t.sort_values(["txn_time", "_rid"])
    before = t.groupby(["unit_id", "storeroom", "ammo_type", "batch_no"]).balance.shift()
    due = before + t.txn_type.map({"领出": -1, "退回": 1}) * t.qty
    return int(((due.notna() & (t.balance != due)) | (t.balance < 0)).sum())


PANDAS = {
    "JF-B04": lambda t: int(
        ((t.handler_id == t.approver_id) | (t.handler_id == t.reviewer_id) | t.approver_id.isna()).sum()
    ),
    "RX-B04": lambda t: int((t.invalid_flag & t.invalid_approval_no.isna()).sum()),
    "QD-05": _handover,
    "QD-01": _balance,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], metavar="N")
    parser.add_argument("--areas", nargs="+", default=AREAS, metavar="AREA")
    parser.add_argument("--rules", nargs="+", metavar="RULE", help="default: all")
    parser.add_argument("--pandas", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(_one(*args.one)))
        return
    print(f"load average at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    taken: dict[str, list[tuple[int, float]]] = {}
    print("rows\twhat\tseconds\tpeak MB\tfound\tgrowth exponent")
    for rows in args.rows:
        with tempfile.TemporaryDirectory() as folder:
            generate(Path(folder), rows)
            for what, how in _asked(args, rows):
                done = _apart(how, what, folder)
                taken.setdefault(f"{how} {what}", []).append((rows, done["seconds"]))
                grown = _exponent(taken[f"{how} {what}"])
                print(
                    f"{rows:,}\t{how} {what}\t{done['seconds']:.2f}\t{done['mb']:.0f}\t{done['found']}\t{grown}",
                    flush=True,
                )
    for rule_id in HAND:
        _ratios(rule_id, taken)


def _asked(args: argparse.Namespace, rows: int) -> Iterator[tuple[str, str]]:
    kept = set(QUERIES) | {"calendar"}
    for entry in catalogue().values():
        if (
            entry.area in args.areas
            and entry.rule_id in (args.rules or [entry.rule_id])
            and set(entry.needs) <= kept
        ):
            yield entry.rule_id, "rule"
            if entry.rule_id in HAND:
                yield entry.rule_id, "SQL"
            if entry.rule_id in PANDAS and rows <= args.pandas:
                yield entry.rule_id, "pandas"


def _apart(how: str, what: str, folder: str) -> dict:
    command = [sys.executable, __file__, "--one", how, what, folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return {"seconds": math.nan, "mb": math.nan, "found": done.stderr.strip().split("\n")[-1][:80]}
    return json.loads(done.stdout)


def _one(how: str, what: str, folder: str) -> dict:
    """One measurement: reading the Parquet file is in it, starting Python is not."""
    if how == "rule":
        rules()
    start = time.perf_counter()
    found = {"rule": _rule, "SQL": _sql, "pandas": _pandas}[how](what, Path(folder))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "mb": peak, "found": found}


def _rule(rule_id: str, folder: Path) -> str:
    data = {name: folder / f"{name}.parquet" for name in QUERIES}
    ledgers = Ledgers(ibis.duckdb.connect(), data, Period.parse("2021"), date(2021, 12, 31))
    outcome = run_rule(catalogue()[rule_id], rules()[rule_id], ledgers)
    return str(len(outcome.hits)) if outcome.outcome != "not_run" else f"not run: {outcome.reason}"


def _sql(rule_id: str, folder: Path) -> str:
    name, query = HAND[rule_id]
    con = duckdb.connect()
    con.execute(f"CREATE VIEW t AS FROM '{folder / name}.parquet'")
    return str(len(con.execute(query).fetchall()))


def _pandas(rule_id: str, folder: Path) -> str:
    return str(PANDAS[rule_id](pd.read_parquet(folder / f"{HAND[rule_id][0]}.parquet")))


def _exponent(taken: list[tuple[int, float]]) -> str:
    """Of the last two sizes: 1 is linear."""
    if len(taken) < 2:
        return ""
    (small, fast), (large, slow) = taken[-2:]
    return f"{math.log(slow / fast) / math.log(large / small):.2f}"


def _ratios(rule_id: str, taken: dict[str, list[tuple[int, float]]]) -> None:
    ours = dict(taken.get(f"rule {rule_id}", []))
    for how in ("SQL", "pandas"):
        for rows, seconds in taken.get(f"{how} {rule_id}", []):
            print(f"{rule_id} at {rows:,} rows: {ours[rows] / seconds:.2f} times the time of {how}")


if __name__ == "__main__":
    main()
