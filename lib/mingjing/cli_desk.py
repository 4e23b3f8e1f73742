"""`mingjing trace`: argument parsing only."""

import argparse

from mingjing.errors import printable


def add_desk(commands: argparse._SubParsersAction) -> None:
    trace = commands.add_parser(
        "trace",
        help="follow a supplier, person, invoice, gun, batch, plate, amount or day across all ledgers",
        epilog="example: mingjing trace 东方印刷厂 --data ledgers --quick",
    )
    trace.add_argument("text", metavar="TEXT")
    trace.add_argument(
        "--quick", action="store_true", help="without running the rules: no findings are named"
    )
    trace.set_defaults(command=_trace)
    _opening(trace)


def _opening(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="DIR")
    parser.add_argument("--period", default="2021", metavar="P")
    parser.add_argument("--as-of", metavar="DATE")
    parser.add_argument("--unit", action="append", default=[], metavar="U")
    parser.add_argument("--mapping", metavar="FILE", help="how to read ledgers of somebody else's (TOML)")
    parser.add_argument("--config", metavar="FILE", help="thresholds, corrections, aliases (TOML)")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--json", action="store_true", help="for programs")


def _open(args: argparse.Namespace):
    from mingjing import Audit

    return Audit.open(
        args.data, args.period, args.as_of, args.unit, args.lang, config=args.config, mapping=args.mapping
    )


def _trace(args: argparse.Namespace) -> int:
    frame = _open(args).trace(args.text, rules=not args.quick)
    if args.json:
        print(frame.to_json(orient="records", force_ascii=False, date_format="iso"))
    for line in () if args.json else frame.fillna("").astype(str).itertuples(index=False):
        print("\t".join(map(printable, line)))
    return 0
