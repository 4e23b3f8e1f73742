"""`mingjing schedule …`: argument parsing only. The one place where the clock comes in, as the default of `--now`."""

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mingjing.cli_options import options
from mingjing.errors import InputError, UsageError


def add_schedule(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "schedule", help="what is due and when; exports", epilog="example: mingjing schedule next --count 5"
    )
    parts = parser.add_subparsers(required=True, metavar="ACTION")
    for name, action, text in (
        ("next", _next, "what comes next"),
        ("due", _due, "what should have been done and was not"),
        ("run-due", _run_due, "do everything due, once each; one summary line"),
        ("export", _export, "write crontab lines, systemd units or an Airflow DAG"),
        ("commit", _commit, "draw a year's unannounced visits; publish only the hashes"),
        ("reveal", _reveal, "publish the seeds of the quarters that are over"),
        ("visits", _visits, "check the seeds at hand against their hashes and list the visits drawn"),
    ):
        part = parts.add_parser(
            name, help=text, epilog=f"example: mingjing schedule {name}{_EXAMPLES.get(name, '')}"
        )
        part.set_defaults(command=action)
        part.add_argument(
            "--schedule", default="schedule.toml", metavar="FILE", help="default: schedule.toml"
        )
        part.add_argument("--now", metavar="WHEN", help="2022-01-10T08:00; default: the clock, Beijing time")
        options(part, "--lang", "--json")
        if name == "next":
            part.add_argument("--count", type=int, default=10, metavar="N", help="so many; default: 10")
        if name == "due":
            part.add_argument(
                "--overdue", type=int, metavar="DAYS", help="exit 1 when something waits longer"
            )
            part.add_argument(
                "--papermill", action="store_true", help="as papermill runs, for the Airflow DAG"
            )
        if name == "export":
            part.add_argument("target", metavar="crontab|systemd|airflow", help="what to write it for")
        if name in ("commit", "reveal", "visits"):
            part.add_argument("--folder", required=True, metavar="DIR", help="where the year's draw is kept")
            part.add_argument("--year", type=int, required=True, help="of the visits")
        if name == "commit":
            part.add_argument("--unit", action="append", default=[], metavar="U", help="once for each unit")
            part.add_argument("--each-quarter", type=int, default=0, metavar="N", help="default: every unit")


_EXAMPLES = {
    "export": " crontab",
    "commit": " --folder visits --year 2022 --unit U01 --unit U02",
    "reveal": " --folder visits --year 2022",
    "visits": " --folder visits --year 2022",
}


def _now(args: argparse.Namespace) -> datetime:
    if not args.now:
        return datetime.now(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    try:
        told = datetime.fromisoformat(args.now)
        return told.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None) if told.tzinfo else told
    except ValueError:
        raise UsageError(f"“{args.now}” is no moment", todo="Write it as 2022-01-10T08:00") from None


def _read(args: argparse.Namespace):
    from mingjing.runs.schedule.plan import read_schedule

    return read_schedule(Path(args.schedule))


def _list(args: argparse.Namespace, found: list) -> None:
    lines = [
        {
            "id": o.id,
            "due": o.due.isoformat(),
            "job": o.job.title(args.lang),
            "period": o.period,
            "units": list(o.units),
            "provisional": o.provisional,
        }
        for o in found
    ]
    if args.json:
        print(json.dumps(lines, ensure_ascii=False))
        return
    for line in lines:
        doubt = ("（放假安排未公布）" if args.lang == "zh" else " (holidays not published)") * line[
            "provisional"
        ]
        print("\t".join([line["due"] + doubt, line["id"], line["job"], line["period"], *line["units"]]))


def _next(args: argparse.Namespace) -> int:
    from mingjing.runs.schedule.due import coming

    _list(args, coming(_read(args), _now(args), args.count))
    return 0


def _due(args: argparse.Namespace) -> int:
    from mingjing.runs.schedule.due import due
    from mingjing.runs.schedule.export import papermill_runs

    schedule, now = _read(args), _now(args)
    found = due(schedule, now)
    if args.papermill:
        print(json.dumps(papermill_runs(schedule, found), ensure_ascii=False))
    else:
        _list(args, found)
    waits = args.overdue is not None and any(now.date() - o.due > timedelta(days=args.overdue) for o in found)
    return 1 if waits else 0


def _run_due(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from mingjing.runs.schedule.due import run_due

    summary = run_due(_read(args), _now(args))
    print(json.dumps(asdict(summary), ensure_ascii=False) if args.json else summary.line(args.lang))
    return summary.exit_code


def _export(args: argparse.Namespace) -> int:
    from mingjing.runs.schedule.export import export

    print(export(_read(args), args.target), end="")
    return 0


def _commit(args: argparse.Namespace) -> int:
    from mingjing.runs.schedule.plan import working_days
    from mingjing.runs.schedule.visits import commit

    if args.year <= _now(args).year - 1:
        raise UsageError(f"{args.year} is over", todo="Commit before the year begins")
    number = args.each_quarter or len(set(args.unit))
    print(commit(Path(args.folder), args.year, args.unit, number, working_days(args.year)))
    return 0


def _reveal(args: argparse.Namespace) -> int:
    from mingjing.runs.schedule.visits import reveal

    for quarter in reveal(_committed(args), _now(args).date()):
        print(f"{args.year}Q{quarter}")
    return 0


def _visits(args: argparse.Namespace) -> int:
    from mingjing.runs.schedule.visits import read_terms, visits

    drawn = list(visits(read_terms(_committed(args))))
    if args.json:
        print(json.dumps([[q, unit, day.isoformat()] for q, unit, day in drawn], ensure_ascii=False))
    else:
        for quarter, unit, day in drawn:
            print(f"{args.year}Q{quarter}\t{day}\t{unit}")
    return 0


def _committed(args: argparse.Namespace) -> Path:
    path = Path(args.folder) / f"{args.year}.committed.json"
    if not path.exists():
        raise InputError("no visits are committed", file=path, todo="Run mingjing schedule commit first")
    return path
