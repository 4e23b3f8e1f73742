"""`mingjing new`: argument parsing only."""

import argparse
from pathlib import Path

from mingjing.cli_options import options


def add_new(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "new",
        help="a new notebook, rule or area from templates that pass the tests as made",
        epilog="example: mingjing new rule ST-41",
    )
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    notebook = kinds.add_parser(
        "notebook",
        help="numbered, with the sections of every notebook; runs as made",
        epilog="example: mingjing new notebook fuel, then mingjing run fuel --data DIR --period 2021",
    )
    notebook.add_argument("name", metavar="NAME", help="of its file, without the number")
    options(notebook, "--notebooks", default="notebooks", help="folder of notebooks; default: notebooks")
    notebook.set_defaults(command=_notebook)
    rule = kinds.add_parser(
        "rule",
        help="catalogue entry, function and test of a draft rule, in a checkout of the project",
        epilog="example: mingjing new rule ST-41 --ledger food_log --column weight_g",
    )
    rule.add_argument("rule_id", metavar="RULE_ID", help="a free one, such as ST-41")
    rule.add_argument("--ledger", metavar="NAME", help="what it looks at; default: the area's first")
    rule.add_argument("--column", metavar="NAME", help="the number it judges")
    rule.set_defaults(command=_rule)
    area = kinds.add_parser(
        "area",
        help="ledger, draft rule, analysis, notebook and tests of an area, in a checkout of the project",
        epilog="example: mingjing new area fuel --zh 公务用油 --en Fuel --prefix YY",
    )
    area.add_argument("name", metavar="NAME", help="one word, as `mingjing run` takes it")
    area.add_argument("--zh", required=True, metavar="TITLE", help="its name in Chinese")
    area.add_argument("--en", metavar="TITLE", help="its name in English; default: NAME")
    area.add_argument("--prefix", metavar="XX", help="of its rules' ids; default: NAME's first two letters")
    area.set_defaults(command=_area)
    for kind in (rule, area):
        kind.add_argument("--root", default=".", metavar="DIR", help="the checkout")


def _notebook(args: argparse.Namespace) -> int:
    from mingjing.lab.new import new_notebook

    print(new_notebook(args.name, Path(args.notebooks)))
    return 0


def _rule(args: argparse.Namespace) -> int:
    from mingjing.lab.new import new_rule

    print(*new_rule(args.rule_id, Path(args.root), args.ledger, args.column), sep="\n")
    return 0


def _area(args: argparse.Namespace) -> int:
    from mingjing.lab.new import new_area

    print(*new_area(args.name, args.zh, Path(args.root), args.en, args.prefix), sep="\n")
    return 0
