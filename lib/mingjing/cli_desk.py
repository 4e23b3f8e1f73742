"""`mingjing trace`, `slips` and `workpaper`: argument parsing only."""

import argparse
import json
import sys

from mingjing.cli_options import options
from mingjing.errors import printable
from mingjing.messages import tell


def add_desk(commands: argparse._SubParsersAction) -> None:
    trace = commands.add_parser(
        "trace",
        help="follow a supplier, person, invoice, gun, batch, plate, amount or day across all ledgers",
        epilog="example: mingjing trace 东方印刷厂 --data ledgers --quick",
    )
    trace.add_argument("text", metavar="TEXT", help="a name, a number, an amount or a day")
    trace.add_argument(
        "--quick", action="store_true", help="without running the rules: no findings are named"
    )
    trace.set_defaults(command=_trace)
    slips = commands.add_parser(
        "slips",
        help="correction slips (退回更正单): a workbook for each unit that has something to correct in its ledgers",
        epilog="example: mingjing slips --data ledgers --out slips",
    )
    slips.set_defaults(command=_slips)
    paper = commands.add_parser(
        "workpaper",
        help="审计取证单 and 工作底稿 of findings, numbered, in one workbook",
        epilog="example: mingjing workpaper ST-02-0a1b2c3d4e --data ledgers --period 2021Q3 --out papers",
    )
    paper.add_argument("finding_ids", nargs="*", metavar="ID", help="finding_id of findings.csv")
    paper.add_argument("--rule", metavar="RULE", help="every finding of this rule")
    paper.set_defaults(command=_workpaper)
    for parser in (slips, paper):
        options(parser, "--out")
    for parser in (trace, slips, paper):
        _opening(parser)


def _opening(parser: argparse.ArgumentParser) -> None:
    options(parser, "--period", default="2021")
    options(parser, "--data", "--as-of", "--unit", "--mapping", "--config", "--lang", "--json")


def _open(args: argparse.Namespace):
    from mingjing import Audit

    return Audit.open(
        args.data, args.period, args.as_of, args.unit, args.lang, config=args.config, mapping=args.mapping
    )


def _trace(args: argparse.Namespace) -> int:
    from mingjing.report.rows import of_desk

    audit = _open(args)
    frame = audit.trace(args.text, rules=not args.quick)
    if args.json:
        print(frame.to_json(orient="records", force_ascii=False, date_format="iso"))
        return 0
    told = of_desk(frame, args.lang, audit.names).astype(object).fillna("").astype(str)
    for line in told.itertuples(index=False):
        print("\t".join(map(printable, line)))
    if frame.empty:
        none = tell(f"“{args.text}” stands in no ledger", args.lang)
        print(f"mingjing: {printable(none)}", file=sys.stderr)
    return 0


def _slips(args: argparse.Namespace) -> int:
    paths = [str(path) for path in _open(args).slips(args.out)]
    _print(paths, args)
    return 0


def _workpaper(args: argparse.Namespace) -> int:
    audit, ids = _open(args), args.finding_ids
    if args.rule:
        found = audit.check(audit.entry(args.rule).area).where(rule_id=args.rule)
        ids = [*ids, *(finding["finding_id"] for finding in found)]
    _print([str(audit.workpaper(ids, args.out))], args)
    return 0


def _print(paths: list[str], args: argparse.Namespace) -> None:
    print(json.dumps(paths, ensure_ascii=False) if args.json else "\n".join(paths))
