"""`mingjing findings …`: argument parsing only."""

import argparse
import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from mingjing.cli_options import OPTIONS, options
from mingjing.errors import UsageError
from mingjing.messages import tell

_EXAMPLES = {
    "list": " --area canteen --severity high",
    "show": " ST-02-0a1b2c3d4e",
    "assign": " ST-02-0a1b2c3d4e --owner 王五 --due 2022-03-31",
    "move": " ST-02-0a1b2c3d4e 整改中",
    "judge": " ST-02-0a1b2c3d4e 不成立 --reason 备用秤误差 --until 2022-06-30",
    "history": " ST-02-0a1b2c3d4e",
    "export": " --out sent --unit 射击中心",
    "import": " returned/U02.xlsx --dry-run",
}


def add_findings(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "findings",
        help="findings from run to run and what people do about them",
        epilog="example: mingjing findings list --life recurred",
    )
    parts = parser.add_subparsers(required=True, metavar="ACTION")
    for name, action, text in (
        ("list", _list, "findings, worst first"),
        ("show", _show, "one finding: what each run said of it, what people did"),
        ("assign", _assign, "owner, due date, measure, evidence"),
        ("move", _move, "to another status, where the table of moves allows it"),
        ("judge", _judge, "查实, 不成立 or 待核, with the reason"),
        ("history", _history, "every change: who, when, from what, to what"),
        ("export", _export, "a workbook for each unit to fill in"),
        ("import", _import, "take in workbooks that came back; conflicts are reported, never overwritten"),
    ):
        part = parts.add_parser(name, help=text, epilog=f"example: mingjing findings {name}{_EXAMPLES[name]}")
        part.set_defaults(command=action)
        part.add_argument(
            "--register", metavar="URL", help="file or postgresql://…; default: reports/register.sqlite"
        )
        part.add_argument("--who", metavar="NAME", help="in whose name; default: the user of this machine")
        options(part, "--lang", "--json")
        if name in ("show", "assign", "move", "judge"):
            part.add_argument("finding_id", metavar="ID", help="finding_id of findings.csv")
        if name in ("assign", "move", "judge"):
            part.add_argument(
                "--if-version", type=int, metavar="N", help="only if nobody changed it since version N"
            )
        if name in ("list", "export"):
            _filters(part)
    for name, option, settings in (
        ("assign", "--owner", {"metavar": "NAME", "help": "who sees to it"}),
        ("assign", "--due", {"metavar": "DATE", "help": "by when"}),
        ("assign", "--measure", {"metavar": "TEXT", "help": "what is done about it"}),
        ("assign", "--evidence", {"metavar": "TEXT", "help": "what shows that it was done"}),
        ("assign", "--note", {"metavar": "TEXT", "help": "for the history"}),
        ("move", "status", {"metavar": "STATUS", "help": "see docs/findings.md"}),
        ("move", "--note", {"metavar": "TEXT", "help": "for the history"}),
        ("judge", "verdict", {"metavar": "VERDICT", "help": "查实, 不成立 or 待核"}),
        ("judge", "--reason", {"metavar": "TEXT", "help": "why"}),
        ("judge", "--until", {"metavar": "DATE", "help": "the last day 不成立 holds"}),
        ("history", "finding_id", {"metavar": "ID", "nargs": "?", "help": "default: all of them"}),
        ("export", "--out", OPTIONS["--out"]),
        ("import", "files", {"metavar": "FILE", "nargs": "+", "help": "workbooks that came back"}),
        ("import", "--dry-run", {"action": "store_true", "help": "say what would be done, write nothing"}),
    ):
        parts.choices[name].add_argument(option, **settings)


def _filters(part: argparse.ArgumentParser) -> None:
    for option, text in (
        ("--area", "canteen, safety, …"),
        ("--unit", "id or name"),
        ("--rule", "ST-02, …"),
        ("--severity", "high, medium or low"),
        ("--life", "new, persisting, recurred or resolved"),
        ("--status", "open, reported, rectifying, …"),
        ("--owner", "name"),
        ("--verdict", "confirmed, unfounded or pending"),
    ):
        part.add_argument(option, metavar="X", help=text)
    part.add_argument("--overdue", action="store_true", help="past the due date and not closed")
    part.add_argument("--as-of", metavar="DATE", help="the day for --overdue; default: the last run's")


def _open(args: argparse.Namespace):
    from mingjing.findings.register import Register, nearby

    return Register.open(args.register or nearby(), args.who, args.lang, create=False)


def _day(written: str | None, option: str) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise UsageError(f"{option} “{written}” is no date", todo="Write it as 2022-03-31") from None


def _chosen(args: argparse.Namespace):
    from mingjing.findings.register.life import STATUSES
    from mingjing.findings.register.people import STATES, VERDICTS, code_of

    coded = {"life": STATUSES, "status": STATES, "verdict": VERDICTS}
    equal = {"rule_id": args.rule}
    for name in ("area", "unit", "severity", "life", "status", "owner", "verdict"):
        value = getattr(args, name)
        equal[name] = code_of(value, coded[name]) if value and name in coded else value
    equal = {name: value for name, value in equal.items() if value}
    return _open(args).list(overdue=args.overdue, as_of=_day(args.as_of, "--as-of"), **equal)


def _list(args: argparse.Namespace) -> int:
    from mingjing.findings.model import SEVERITY_WORDS
    from mingjing.findings.register.life import STATUSES
    from mingjing.findings.register.people import STATES

    in_words = {"severity": SEVERITY_WORDS, "life": STATUSES, "status": STATES}
    lines = _chosen(args).to_dict("records")
    if args.json:
        _print_json(lines)
    for line in () if args.json else lines:
        names = ("finding_id", "severity", "unit", "life", "status", "owner", "due", "message")
        told = {name: words[line[name]][args.lang == "en"] for name, words in in_words.items()}
        told["unit"] = line["unit_name"] or line["unit"]
        print("\t".join(_plain((line | told)[name]) for name in names))
    if not lines:
        print(f"mingjing: {tell('no finding is like that', args.lang)}", file=sys.stderr)
    return 0


def _show(args: argparse.Namespace) -> int:
    told = _open(args).show(args.finding_id)
    if args.json:
        _print_json(told)
        return 0
    row = told["finding"]
    print(_plain(row["finding_id"]), _plain(row[f"message_{args.lang}"]), sep="\t")
    for run in told["runs"]:
        print(run["period"], run["as_of"], ",".join(run["units"]), run["said"], sep="\t")
    for name, value in told["people"].items():
        if value is not None:
            print(tell(name, args.lang), _coded(name, value, args.lang), sep="\t")
    _changes(told["history"], args.lang)
    return 0


def _coded(field: str, value: Any, lang: str) -> str:
    """What a field holds; a status or a verdict in words."""
    return tell(value, lang) if value and field in ("status", "verdict") else _plain(value)


def _changes(entries: list[dict[str, Any]], lang: str) -> None:
    for e in entries:
        old, new = (_coded(e["field"], e[name], lang) or "–" for name in ("old", "new"))
        words = (
            e["at"],
            e["who"],
            e["finding_id"],
            tell(e["field"], lang),
            f"{old} → {new}",
            e["note"],
        )
        print("\t".join(map(_plain, words)))


def _history(args: argparse.Namespace) -> int:
    entries = _open(args).history(args.finding_id).to_dict("records")
    _print_json(entries) if args.json else _changes(entries, args.lang)
    return 0


def _assign(args: argparse.Namespace) -> int:
    values = {name: getattr(args, name) for name in ("owner", "measure", "evidence", "note")}
    done = _open(args).assign(args.finding_id, **values, due=_day(args.due, "--due"), version=args.if_version)
    return _done(args, done)


def _move(args: argparse.Namespace) -> int:
    return _done(args, _open(args).move(args.finding_id, args.status, args.note, args.if_version))


def _judge(args: argparse.Namespace) -> int:
    until = _day(args.until, "--until")
    done = _open(args).judge(
        args.finding_id, args.verdict, reason=args.reason, until=until, version=args.if_version
    )
    return _done(args, done)


def _done(args: argparse.Namespace, version: int) -> int:
    if args.json:
        _print_json({"finding_id": args.finding_id, "version": version})
    else:
        print(f"{args.finding_id}\t{tell(f'version {version}', args.lang)}")
    return 0


def _export(args: argparse.Namespace) -> int:
    from mingjing.findings.register.sheet import export

    paths = [str(path) for path in export(_open(args), Path(args.out), _chosen(args))]
    _print_json(paths) if args.json else print(*paths, sep="\n")
    return 0


def _import(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from mingjing.findings.register.sheet import merge

    answers = merge(_open(args), [Path(name) for name in args.files], args.dry_run)
    wrong = [answer for answer in answers if answer.what in ("conflict", "refused")]
    if args.json:
        _print_json([asdict(answer) for answer in answers])
    else:
        for answer in wrong:
            print(_plain(answer.line(args.lang)), file=sys.stderr)
        n = Counter(answer.what for answer in answers)
        words = f"{n['applied']} applied, {n['unchanged']} unchanged, {n['conflict']} conflict, {n['refused']} refused"
        print(tell(words, args.lang) + (tell(" (dry run)", args.lang) if args.dry_run else ""))
    return 2 if wrong else 0


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def _plain(value: Any) -> str:
    """One line of printable text: what a cell holds must not steer a terminal."""
    text = "" if value is None or value != value else " ".join(str(value).split())
    return "".join(c if c.isprintable() else "?" for c in text)
