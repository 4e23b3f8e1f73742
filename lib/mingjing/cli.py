"""The command line: argument parsing only."""

import argparse
import json
import sys

from mingjing.errors import MingjingError


def main(argv: list[str] | None = None) -> int:
    """Entry point. An expected error is one line on standard error."""
    args = _parser().parse_args(argv)
    try:
        return args.command(args)
    except MingjingError as error:
        print(f"mingjing: {error}", file=sys.stderr)
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mingjing", description="Integrity-audit workbook: ledgers in, findings out"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="read the ledgers and say what was read and what was rejected",
        epilog="example: mingjing check --data ledgers",
    )
    check.add_argument("--data", required=True, metavar="DIR")
    _common(check)
    check.set_defaults(command=_check)
    rules = commands.add_parser(
        "rules", help="the rule catalogue", epilog="example: mingjing rules canteen --lang en"
    )
    rules.add_argument("areas", nargs="*", metavar="AREA")
    rules.add_argument("--config", metavar="FILE", help="the bureau's own thresholds (TOML)")
    _common(rules)
    rules.set_defaults(command=_rules)
    run = commands.add_parser(
        "run",
        help="run the notebooks and write the reports",
        epilog="example: mingjing run canteen --data ledgers --period 2021Q3",
    )
    run.add_argument("areas", nargs="*", metavar="AREA")
    run.add_argument("--data", required=True, metavar="DIR")
    run.add_argument(
        "--period", required=True, metavar="P", help="2021, 2021Q3, 2021-10 or 2021-09-15..2021-10-15"
    )
    run.add_argument("--as-of", metavar="DATE")
    run.add_argument("--out", metavar="DIR", help="default: reports/<period>")
    run.add_argument("--unit", action="append", default=[], metavar="U")
    run.add_argument("--config", metavar="FILE")
    run.add_argument("-p", action="append", default=[], metavar="NAME=VALUE", dest="parameters")
    run.add_argument("--fail-on", choices=("high", "medium", "low"))
    run.add_argument("--notebooks", default="notebooks", metavar="DIR")
    _common(run)
    run.set_defaults(command=_run)
    sample = commands.add_parser(
        "sample",
        help="write a synthetic bureau with known irregularities, listed in planted.json",
        epilog="example: mingjing sample --out ledgers --seed 1",
    )
    sample.add_argument("--out", required=True, metavar="DIR")
    sample.add_argument("--seed", type=int, default=1, metavar="N")
    sample.add_argument("--scale", type=int, default=1, metavar="K", help="K times as many units")
    sample.set_defaults(command=_sample)
    return parser


def _sample(args: argparse.Namespace) -> int:
    from mingjing.sample import write_sample

    print(write_sample(args.out, args.seed, args.scale))
    return 0


def _run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from mingjing.errors import UsageError
    from mingjing.rules.catalogue import SEVERITIES
    from mingjing.runs import run

    given = {
        "as_of": args.as_of,
        "units": args.unit,
        "lang": args.lang,
        "config": args.config and str(Path(args.config).resolve()),
    }
    for text in args.parameters:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"“{text}” is not NAME=VALUE", todo="Write -p name=value")
        given[name] = value
    done = run(
        args.areas,
        Path(args.data),
        args.period,
        Path(args.out) if args.out else None,
        given,
        Path(args.notebooks),
    )
    for area, reason in done.failed.items():
        print(f"mingjing: {area}: {reason}", file=sys.stderr)
    index = str(done.folder / "index.html")
    print(
        json.dumps({"index": index, "findings": done.findings, "failed": done.failed}, ensure_ascii=False)
        if args.json
        else index
    )
    rank = SEVERITIES.index
    reached = args.fail_on and done.highest and rank(done.highest) <= rank(args.fail_on)
    return 1 if done.failed or reached else 0


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--json", action="store_true", help="for programs")


def _check(args: argparse.Namespace) -> int:
    from mingjing.intake import read_folder

    intake = read_folder(args.data)
    frame = intake.conservation()
    if args.json:
        rejected = intake.rejected.to_dict("records")
        print(
            json.dumps(
                {"sources": json.loads(frame.to_json(orient="records")), "rejected": rejected},
                ensure_ascii=False,
            )
        )
    else:
        print(frame.fillna("").to_string(index=False))
        reason = "reason_zh" if args.lang == "zh" else "reason_en"
        for part in (intake.rejected, intake.issues):
            for row in part.to_dict("records"):
                print(f"{row['source_file']} [{row['sheet']}] {row['row']}: {row[reason]}")
    for source in intake.sources:
        for zh, en in source.notes:
            print(f"{source.file}: {zh if args.lang == 'zh' else en}", file=sys.stderr)
    return 2 if intake.unreadable else 0


def _rules(args: argparse.Namespace) -> int:
    from mingjing.areas import check_area
    from mingjing.config import read_config
    from mingjing.rules import configured

    for area in args.areas:
        check_area(area)
    entries = [
        e
        for e in configured(read_config(args.config).rules).values()
        if not args.areas or e.area in args.areas
    ]
    lines = [
        {
            "rule_id": e.rule_id,
            "name": e.name(args.lang),
            "severity": e.severity,
            "thresholds": {name: threshold.value for name, threshold in e.params.items()},
            "basis": e.basis_on(None, args.lang),
        }
        for e in entries
    ]
    if args.json:
        print(json.dumps(lines, ensure_ascii=False))
    else:
        for line in lines:
            print(
                "\t".join(
                    [
                        line["rule_id"],
                        line["name"],
                        line["severity"],
                        json.dumps(line["thresholds"], ensure_ascii=False),
                        line["basis"],
                    ]
                )
            )
    return 0
