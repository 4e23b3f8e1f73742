"""Options that several commands have: each said once."""

import argparse

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
        "default": "notebooks",
        "metavar": "DIR",
        "help": "folder of notebooks; default: notebooks",
    },
    "--jobs": {"type": int, "default": 0, "metavar": "N", "help": "notebooks at a time; default: one a core"},
    "--out": {"required": True, "metavar": "DIR", "help": "folder to write to"},
    "--lang": {"choices": ("zh", "en"), "default": "zh", "help": "language of what is written; default: zh"},
    "--json": {"action": "store_true", "help": "for programs"},
}


def options(parser: argparse.ArgumentParser, *names: str, **changed: object) -> None:
    """Adds these options; `changed` holds for all of them."""
    for name in names:
        parser.add_argument(name, **(OPTIONS[name] | changed))
