"""Full rule sets on generated ledgers: seconds, peak memory, growth; a subset against SQL by hand, pandas and a peer.

    python benchmarks/rules.py [--rows N …] [--repeats N] [--areas AREA …] [--rules RULE …] [--without RULE …]
                               [--pandas N] [--texts N] [--memory 400MB] [--threads N] [--expectations PYTHON] [--keep DIR]

rule    all rules one after the other, as a run has them; reading the Parquet file is in each
SQL     what one would write by hand in DuckDB for the same rows, for the rules in `HAND`
pandas  the same in pandas, up to `--pandas` rows
peer    Great Expectations, where `--expectations` names an interpreter that has it (benchmarks/expectations.py)

Each of these is a process of its own and they alternate; times are the least of the repeats, the greatest behind them.
All must find the same number. `--memory` and `--threads` are what DuckDB is given, for ours and for the SQL by hand; what
it works out on the way lies in a file (TMPDIR says where: 100 million rows need some 25 GB). The same issue again by its
wording (`TEXTS`) is judged in Python and up to `--texts` rows only. Ledgers are made in `--keep` unless they are there
from before, else in a folder that goes when the bench ends.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
from generate import QUERIES, generate
from targets import exponent, peak_mb, say

from mingjing.period import Period
from mingjing.rules import Entry, Ledgers, catalogue, rules, run_rule

AREAS = ("frugality", "feedback", "firearms")
TEXTS = ("RX-03", "RX-04")
# How → at most so many times its time; and what the whole set may take of memory and grow by.
TARGETS = {"SQL": 2.0, "pandas": 1.0, "peer": 0.1}
MISSING = {"SQL": "above", "pandas": "--pandas", "peer": "--expectations"}
MOST_MB, MOST_GROWTH, LARGEST = 1000, 1.05, 100_000_000
ALIKE = ("RX-03", "RX-04", "JF-06")  # they compare texts: 2 would be every one with every other
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
    parser.add_argument("--repeats", type=int, default=2, metavar="N")
    parser.add_argument("--areas", nargs="+", default=AREAS, metavar="AREA")
    parser.add_argument("--rules", nargs="+", metavar="RULE", help="default: all")
    parser.add_argument("--without", nargs="+", default=[], metavar="RULE")
    parser.add_argument("--pandas", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--texts", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--memory", metavar="SIZE")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--expectations", metavar="PYTHON")
    parser.add_argument("--keep", type=Path, metavar="DIR")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        for line in _one(*args.one, args):
            print(json.dumps(line), flush=True)
        return
    print(
        f"load average at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; DuckDB with {args.threads} threads "
        f"and {args.memory or 'all'} of the memory"
    )
    print("rows\thow\twhat\tseconds\tat most\tpeak MB so far\tfound\tgrowth exponent")
    least: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    peak: dict[int, float] = {}
    refused: dict[int, int] = {}
    for rows in args.rows:
        for key, done in _measured(args, rows).items():
            if done[0]["found"] is None:
                refused[rows] = refused.get(rows, 0) + (key[0] == "rule")
                print(
                    f"{rows:,}\t{key[0]}\t{key[1]}\tout of memory after {done[0]['seconds']:.0f} s",
                    flush=True,
                )
                continue
            least[key][rows] = min(d["seconds"] for d in done)
            if key[0] == "rule":
                peak[rows] = max(peak.get(rows, 0), *(d["mb"] for d in done))
            most = max(d["seconds"] for d in done)
            print(
                f"{rows:,}\t{key[0]}\t{key[1]}\t{least[key][rows]:.3f}\t{most:.3f}\t{done[0]['mb']:.0f}"
                f"\t{done[0]['found']}\t{_written(_growth(least[key]))}",
                flush=True,
            )
    if not args.rules:
        for how in TARGETS:
            _ratios(how, least)
        _whole_set(least, peak)
        for rows in args.rows:
            say(f"Rules: out of memory at {rows:,} rows", refused.get(rows, 0), 0)
    _alike(least)


def _measured(args: argparse.Namespace, rows: int) -> dict[tuple[str, str], list[dict]]:
    """What `_repeated` measures on ledgers of so many rows."""
    if args.keep is None:
        with tempfile.TemporaryDirectory() as folder:
            generate(Path(folder), rows)
            return _repeated(args, rows, folder)
    folder = args.keep / str(rows)
    if not folder.exists():
        part = folder.with_suffix(".part")
        part.mkdir(parents=True, exist_ok=True)
        generate(part, rows)
        part.rename(folder)  # a folder of this name is whole
    return _repeated(args, rows, str(folder))


def _repeated(args: argparse.Namespace, rows: int, folder: str) -> dict[tuple[str, str], list[dict]]:
    """(how, what) → its measurements. What found differently from one time to the next ends it all."""
    taken: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for _ in range(args.repeats):
        for how, command in _commands(args, rows, folder).items():
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                print(f"{rows:,}\t{how}\tended early: {done.stderr.strip()[-200:]}")
            for line in map(json.loads, done.stdout.splitlines()):
                taken[how, line.pop("what")].append(line)
    for (how, what), lines in taken.items():
        if len({line["found"] for line in lines}) > 1:
            raise SystemExit(f"{how} {what} found {[line['found'] for line in lines]}")
    return taken


def _commands(args: argparse.Namespace, rows: int, folder: str) -> dict[str, list[str]]:
    us = [sys.executable, __file__, *sys.argv[1:], "--one"]
    commands = {"rule": [*us, "rule", folder], "SQL": [*us, "SQL", folder]}
    if rows <= args.pandas:
        commands["pandas"] = [*us, "pandas", folder]
        if args.expectations:
            commands["peer"] = [args.expectations, str(Path(__file__).with_name("expectations.py")), folder]
    return commands


def _one(how: str, folder: str, args: argparse.Namespace) -> Iterator[dict]:
    """Measurements of one process; starting Python and reading the catalogue are not in them."""
    asked = {
        "rule": [e.rule_id for e in catalogue().values() if e.area in args.areas and _kept(e)],
        "SQL": list(HAND),
        "pandas": list(PANDAS),
    }[how]
    rows = pq.ParquetFile(Path(folder, "hotline.parquet")).metadata.num_rows
    left_out = {*args.without, *(TEXTS if rows > args.texts else ())}
    with tempfile.TemporaryDirectory() as work:
        judge = {"rule": _rule, "SQL": _sql, "pandas": _pandas}[how](Path(folder), Path(work), args)
        for what in asked:
            if what in left_out or what not in (args.rules or asked):
                continue
            start = time.perf_counter()
            try:
                found = judge(what)
            except duckdb.OutOfMemoryException as error:
                print(f"{what}: {error}", file=sys.stderr)
                found = None
            seconds = time.perf_counter() - start
            yield {"what": what, "seconds": seconds, "mb": peak_mb(), "found": found}


def _kept(entry: Entry) -> bool:
    return set(entry.needs) <= {*QUERIES, "calendar"}


def _rule(folder: Path, work: Path, args: argparse.Namespace) -> Callable[[str], int | str]:
    data = {name: folder / f"{name}.parquet" for name in QUERIES}
    backend = ibis.duckdb.connect(work / "work.duckdb", **_limits(work, args))
    ledgers, functions = Ledgers(backend, data, Period.parse("2021"), date(2021, 12, 31)), rules()

    def judge(rule_id: str) -> int | str:
        outcome = run_rule(catalogue()[rule_id], functions[rule_id], ledgers)
        return len(outcome.hits) if outcome.outcome != "not_run" else f"not run: {outcome.reason}"

    return judge


def _limits(work: Path, args: argparse.Namespace) -> dict[str, str | int | bool]:
    limits = {
        "threads": args.threads,
        "preserve_insertion_order": False,
        "temp_directory": str(work / "spill"),
    }
    return limits | ({"memory_limit": args.memory} if args.memory else {})


def _sql(folder: Path, work: Path, args: argparse.Namespace) -> Callable[[str], int]:
    con = duckdb.connect(config=_limits(work, args))

    def judge(rule_id: str) -> int:
        name, query = HAND[rule_id]
        con.execute(f"CREATE OR REPLACE VIEW t AS FROM '{folder / name}.parquet'")
        return len(con.execute(query).fetchall())

    return judge


def _pandas(folder: Path, _work: Path, _args: argparse.Namespace) -> Callable[[str], int]:
    return lambda rule_id: PANDAS[rule_id](pd.read_parquet(folder / f"{HAND[rule_id][0]}.parquet"))


def _growth(seconds: dict[int, float]) -> float | None:
    """Exponent of the last two sizes."""
    return exponent(list(seconds)[-2:], list(seconds.values())[-2:])


def _written(growth: float | None) -> str:
    return "" if growth is None else f"{growth:.2f}"


def _ratios(how: str, least: dict[tuple[str, str], dict[int, float]]) -> None:
    """Each rule by itself and all that can be compared together."""
    together: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for (which, what), theirs in least.items():
        for rows, seconds in theirs.items() if which == how else ():
            if (ours := least["rule", what].get(rows)) is not None:
                together[rows].append((ours, seconds))
                print(f"{what} at {rows:,} rows: {ours / seconds:.2f} times the time of {how}")
    for rows, pairs in together.items():
        ours, theirs = map(sum, zip(*pairs, strict=True))
        say(f"Rules: {len(pairs)} at {rows:,} rows, mingjing / {how}", ours / theirs, TARGETS[how])
    if not together:
        say(f"Rules: mingjing / {how}", None, TARGETS[how], why=f"see {MISSING[how]}")


def _whole_set(least: dict[tuple[str, str], dict[int, float]], peak: dict[int, float]) -> None:
    """The rules that were run at every size together, and what each size took of memory."""
    sizes = list(peak)
    every = [times for (how, _), times in least.items() if how == "rule" and len(times) == len(sizes)]
    for small, rows in zip([None, *sizes], sizes, strict=False):
        grown = {size: sum(times[size] for times in every) for size in (small, rows) if size}
        print(f"{len(every)} rules at {rows:,} rows: {grown[rows]:.1f} s, peak {peak[rows]:.0f} MB")
        if small:
            say(f"Rules: {small:,} to {rows:,} rows, growth exponent", _growth(grown), MOST_GROWTH)
    if len(sizes) > 2:
        ends = {size: sum(times[size] for times in every) for size in (sizes[0], sizes[-1])}
        say(f"Rules: {sizes[0]:,} to {sizes[-1]:,} rows, growth exponent", _growth(ends), MOST_GROWTH)
    say(f"Rules: peak memory, {sizes[-1]:,} rows", peak[sizes[-1]], MOST_MB, " MB")
    if sizes[-1] < LARGEST:
        say(f"Rules: growth exponent up to {LARGEST:,} rows", None, MOST_GROWTH, why="see --rows")
        say(f"Rules: peak memory, {LARGEST:,} rows", None, MOST_MB, " MB", why="see --rows")


def _alike(least: dict[tuple[str, str], dict[int, float]]) -> None:
    """Rules that compare texts, where they were run at two sizes."""
    for what in ALIKE:
        if len(times := least.get(("rule", what), {})) > 1:
            say(f"Rules: {what}, same issue or near duplicates, growth exponent", _growth(times), 1.5)


if __name__ == "__main__":
    main()
