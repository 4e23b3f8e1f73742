"""Options that several commands have: each said once."""

import argparse
from pathlib import Path

from mingjing.errors import UsageError


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is no whole number from 0, which means one a core")
    return int(text)


OPTIONS = {
    "--data": {"required": True, "metavar": "DIR", "help": "folder of ledgers"},
    "--period": {"metavar": "P", "help": "2021, 2021Q3, 2021-10 or 2021-09-15..2021-10-15"},
    "--as-of": {"metavar": "DATE", "help": "day the audit looks from; default: the last of the period"},
    "--unit": {
        "action": "append",
        "default": [],
        "metavar": "U",
        "help": "this unit only, by id or name; may be given again",
    },
    "--mapping": {"metavar": "FILE", "help": "how to read ledgers of somebody else's (TOML)"},
    "--config": {"metavar": "FILE", "help": "thresholds, corrections, aliases (TOML)"},
    "--notebooks": {
        "metavar": "DIR",
        "help": "folder of notebooks; default: notebooks, else those of the checkout",
    },
    "--jobs": {
        "type": _count,
        "default": 0,
        "metavar": "N",
        "help": "notebooks at a time; default: one a core",
    },
    "--out": {"required": True, "metavar": "DIR", "help": "folder to write to"},
    "--lang": {"choices": ("zh", "en"), "default": "zh", "help": "language of what is written; default: zh"},
    "--json": {"action": "store_true", "help": "for programs"},
}


def options(parser: argparse.ArgumentParser, *names: str, **changed: object) -> None:
    """Adds these options; `changed` holds for all of them."""
    for name in names:
        parser.add_argument(name, **(OPTIONS[name] | changed))


def notebook_folder(given: str | None) -> Path:
    """Where the notebooks are: as said, else beside the caller, else in the checkout that this library is part of.

    UsageError when there are none: a run of no notebooks would look like one that found nothing.
    """
    own = Path(__file__).resolve().parents[2] / "notebooks"
    for folder in [Path(given)] if given else [Path("notebooks"), own]:
        if any(folder.glob("[0-9][0-9]_*.ipynb")):
            return folder
    todo = "Check --notebooks" if given else "Call it in the checkout, or say where they are: --notebooks DIR"
    raise UsageError("no notebooks here", file=given or "notebooks", todo=todo)
