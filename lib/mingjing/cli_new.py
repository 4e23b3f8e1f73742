"""`mingjing new`: argument parsing only."""

import argparse
from pathlib import Path


def add_new(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "new", help="a new notebook from a template", epilog="example: mingjing new notebook fuel"
    )
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    notebook = kinds.add_parser(
        "notebook",
        help="numbered, with the sections of every notebook; runs as made",
        epilog="example: mingjing new notebook fuel, then mingjing run fuel --data DIR --period 2021",
    )
    notebook.add_argument("name", metavar="NAME")
    notebook.add_argument("--notebooks", default="notebooks", metavar="DIR")
    notebook.set_defaults(command=_notebook)


def _notebook(args: argparse.Namespace) -> int:
    from mingjing.lab.new import new_notebook

    print(new_notebook(args.name, Path(args.notebooks)))
    return 0
