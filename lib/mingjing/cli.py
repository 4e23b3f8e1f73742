"""The command line: argument parsing only."""

import argparse
import codecs
import io
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

from mingjing import __version__
from mingjing.cli_check import add_check
from mingjing.cli_desk import add_desk
from mingjing.cli_findings import add_findings
from mingjing.cli_new import add_new
from mingjing.cli_options import notebook_folder, options
from mingjing.cli_proof import add_proof
from mingjing.cli_schedule import add_schedule
from mingjing.errors import MingjingError
from mingjing.messages import tell

# JupyterLab would ask for news, look for its own newer versions and list extensions of the index: nothing is fetched when the program runs
_QUIET = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


def main(argv: list[str] | None = None) -> int:
    """Entry point. An expected error is one line on standard error."""
    if argv is None:
        _read_names()
    _speak()
    parser = command_line()
    args, rest = parser.parse_known_args(argv)
    args.rest = rest
    lang = getattr(args, "lang", "zh")  # some commands write nothing that has a language but what goes wrong
    if rest and args.command is not _lab:
        parser.error(f"unrecognised: {' '.join(rest)}")
    try:
        return args.command(args)
    except MingjingError as error:
        return _failed(error, lang)
    except BrokenPipeError:  # whoever read the output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        _failed(MingjingError("stopped", todo="What stood before stands as it was"), lang)
        return 130  # as shells have it
    except MemoryError:
        return _failed(
            MingjingError("memory ran out", todo="Give fewer --jobs, or fewer areas at a time"), lang
        )
    except OSError as error:
        if not error.filename and not error.errno:
            raise
        todo = "Check the place, its rights and free space"
        return _failed(MingjingError(str(error.strerror), file=error.filename, todo=todo), lang)


def _failed(error: MingjingError, lang: str) -> int:
    """Says it in one line on standard error."""
    print(f"mingjing: {error.told(lang)}", file=sys.stderr)
    return error.exit_code


def _read_names() -> None:
    """Where Python was told to know no UTF-8, names of files in Chinese are no text: the command starts anew and knows it."""
    if sys.getfilesystemencoding() == "ascii" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


def _speak() -> None:
    """Chinese comes out whatever the locale: as UTF-8 where that is plain ASCII, else written out where it has no sign."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            plain = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if plain else None, errors="backslashreplace")


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mingjing", description="Integrity-audit workbook: ledgers in, findings out"
    )
    parser.add_argument("--version", action="version", version=f"mingjing {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_check(commands)
    rules = commands.add_parser(
        "rules", help="the rule catalogue", epilog="example: mingjing rules canteen --lang en"
    )
    rules.add_argument("areas", nargs="*", metavar="AREA", help="canteen, firearms, …; default: all")
    options(rules, "--config")
    rules.add_argument(
        "--markdown", action="store_true", help="the whole of it, in both languages, to be read"
    )
    options(rules, "--lang", "--json")
    rules.set_defaults(command=_rules)
    run = commands.add_parser(
        "run",
        help="run the notebooks and write the reports",
        epilog="example: mingjing run canteen --data ledgers --period 2021Q3",
    )
    run.add_argument("areas", nargs="*", metavar="AREA", help="canteen, firearms, …; default: all")
    options(run, "--data")
    options(run, "--period", required=True)
    options(run, "--out", required=False, help="default: reports/<period>")
    options(run, "--as-of", "--unit", "--mapping", "--config", "--jobs", "--notebooks", "--lang", "--json")
    run.add_argument(
        "--audience",
        choices=("internal", "public"),
        default="internal",
        help="public: without names and weapon details; default: internal",
    )
    run.add_argument(
        "--engine",
        choices=("duckdb", "spark"),
        default="duckdb",
        help="what evaluates the rules; both find the same (docs/scale.md)",
    )
    run.add_argument(
        "-p",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="parameters",
        help="a parameter of the notebooks; may be given again",
    )
    run.add_argument("--sign", metavar="KEY", help="sign the manifest with this SSH key")
    run.add_argument(
        "--fail-on", choices=("high", "medium", "low"), help="exit 1 where a finding is as severe as that"
    )
    run.add_argument("--force", action="store_true", help="make the reports again though nothing has changed")
    run.add_argument(
        "--register",
        metavar="URL",
        help="register of findings: file, postgresql://…, or none; default: register.sqlite beside the report",
    )
    run.set_defaults(command=_run)
    add_proof(commands)
    lab = commands.add_parser(
        "lab",
        help="JupyterLab on the notebooks, opened at the start page",
        epilog="example: mingjing lab --no-browser",
    )
    options(lab, "--notebooks")
    lab.set_defaults(command=_lab)
    sample = commands.add_parser(
        "sample",
        help="write a synthetic bureau with known irregularities, listed in planted.json",
        epilog="example: mingjing sample --out ledgers --seed 1",
    )
    options(sample, "--out")
    sample.add_argument("--seed", type=int, default=1, metavar="N", help="another bureau; default: 1")
    sample.add_argument("--scale", type=int, default=1, metavar="K", help="K times as many units")
    sample.set_defaults(command=_sample)
    add_findings(commands)
    add_desk(commands)
    add_new(commands)
    add_schedule(commands)
    return parser


def _sample(args: argparse.Namespace) -> int:
    from mingjing.sample import write_sample

    print(write_sample(args.out, args.seed, args.scale))
    return 0


def _apart(args: argparse.Namespace, notebooks: Path, given: dict, written: dict[str, str]) -> str:
    """The page of a notebook that is no area, where one is asked for. What it takes to run one is loaded only then: an
    unchanged run is told without."""
    from mingjing.areas import AREAS
    from mingjing.errors import UsageError

    if AREAS.keys() >= set(args.areas):
        return ""
    from mingjing.runs.apart import apart, run_apart

    notebook = apart(args.areas, notebooks)
    if notebook is None:
        return ""
    if args.engine != "duckdb":
        raise UsageError(f"“{args.areas[0]}” runs no rules", todo="Leave --engine out")
    out = Path(args.out) if args.out else None
    return str(run_apart(notebook, Path(args.data), args.period, out, given, written))


def _run(args: argparse.Namespace) -> int:
    from mingjing.config import read_config
    from mingjing.errors import UsageError
    from mingjing.runs.unchanged import fingerprint, finished

    files = {"config": args.config, "mapping": args.mapping}
    given = {
        "as_of": args.as_of,
        "units": args.unit,
        "lang": args.lang,
        "audience": "public" if args.audience == "public" else None,
        **{name: path and str(Path(path).resolve()) for name, path in files.items()},
    }
    written = {}
    for text in args.parameters:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"“{text}” is not NAME=VALUE", todo="Write -p name=value")
        written[name] = value
    notebooks = notebook_folder(args.notebooks)
    if page := _apart(args, notebooks, given, written):
        print(json.dumps({"index": page}, ensure_ascii=False) if args.json else page)
        return 0
    public = args.audience == "public"
    if public and args.register not in (None, "none"):
        raise UsageError("a public run has no register of findings", todo="Leave --register out")
    target = Path(args.out or f"reports/{args.period}{'-public' if public else ''}")
    mark = fingerprint(
        Path(args.data),
        sorted(notebooks.glob("*.ipynb")),
        [
            Path(path)
            for path in (args.config, args.mapping, *read_config(args.config).files.values())
            if path
        ],
        {
            "areas": args.areas,
            "period": args.period,
            "given": given,
            "written": written,
            "register": args.register,
            "engine": args.engine,
        },
    )
    done = None if args.force or args.sign else finished(target, mark, args.register)
    if done:
        print(
            tell(f"{target}: unchanged since the last run; --force makes it again", args.lang),
            file=sys.stderr,
        )
    else:
        from mingjing.processes import loading

        with loading():
            from mingjing.runs.run import run

        jobs = args.jobs or os.cpu_count() or 1
        done = run(
            args.areas,
            Path(args.data),
            args.period,
            target,
            given,
            notebooks,
            jobs,
            written,
            args.register,
            mark,
            Path(args.sign) if args.sign else None,
            args.engine,
        )
    for area, reason in done.failed.items():
        print(f"mingjing: {area}: {tell(reason, args.lang)}", file=sys.stderr)
    for file in done.unreadable:
        todo = f"What is wrong with it: mingjing check --data {args.data}"
        _failed(
            MingjingError("cannot be read; the reports stand without it", file=file, todo=todo), args.lang
        )
    index = str(done.folder / "index.html")
    print(
        json.dumps(
            {
                "index": index,
                "findings": done.findings,
                "failed": done.failed,
                "unreadable": done.unreadable,
            },
            ensure_ascii=False,
        )
        if args.json
        else index
    )
    rank = ("high", "medium", "low").index
    reached = args.fail_on and done.highest and rank(done.highest) <= rank(args.fail_on)
    if done.failed or reached:
        return 1
    return 2 if done.unreadable else 0


def _lab(args: argparse.Namespace) -> NoReturn:
    notebooks = notebook_folder(args.notebooks)
    start = (notebooks / "start.ipynb").exists()
    page = ["--LabApp.default_url=/lab/tree/start.ipynb"] if start else []
    # the remaining words of the command line are JupyterLab's own
    words = [sys.executable, "-m", "jupyterlab", str(notebooks), *_QUIET, *page, *args.rest]
    # in place of this process: who ends it, as a service does, ends JupyterLab and not only its starter
    os.execve(sys.executable, words, _lab_settings())  # noqa: S606


def _lab_settings() -> dict[str, str]:
    """This process's environment, with the settings that JupyterLab starts from: it does not ask whether to fetch news."""
    ours = str(Path(__file__).with_name("lab") / "config")
    path = os.pathsep.join(filter(None, (os.environ.get("JUPYTER_CONFIG_PATH"), ours)))
    return os.environ | {"JUPYTER_CONFIG_PATH": path}


def _rules(args: argparse.Namespace) -> int:
    from mingjing.areas import check_area
    from mingjing.config import read_config
    from mingjing.findings.message import plain
    from mingjing.rules import configured

    for area in args.areas:
        check_area(area)
    entries = [
        e
        for e in configured(read_config(args.config).rules).values()
        if not args.areas or e.area in args.areas
    ]
    if args.markdown:
        from mingjing.rules.handbook import markdown

        print(markdown(entries), end="")
        return 0
    lines = [
        {
            "rule_id": e.rule_id,
            "name": e.name(args.lang),
            "severity": e.severity,
            "thresholds": plain({name: threshold.value for name, threshold in e.params.items()}),
            "basis": e.basis_on(None, args.lang),
            "false_alarms": e.false_alarms.sentence(args.lang) if e.false_alarms else "",
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
                        line["false_alarms"],
                    ]
                )
            )
    return 0
