"""A new notebook, rule or area from templates: each runs, and passes the tests, as it was made."""

import os
import re
import subprocess
import sys
from pathlib import Path

from mingjing.areas import AREAS, area_of
from mingjing.errors import UsageError, nearest
from mingjing.lab.templates import checked_name, filled, numbered, write_new
from mingjing.rules import catalogue
from mingjing.tables import tables
from mingjing.tables.schema import Column, Table, read_tables

# A value of each type as a test writes it, and the name it needs from `datetime`.
_SAMPLE = {
    "text": '"X"',
    "int": "1",
    "number": "1.0",
    "bool": "True",
    "date": "date(2021, 7, 1)",
    "datetime": "datetime(2021, 7, 1, 12)",
}


def new_notebook(name: str, folder: Path) -> Path:
    """Writes `NN_<name>.ipynb` with the next free number; `mingjing run <name>` then runs it by itself. Gives its path.

    UsageError for a name that is an area's, is taken, or is not lower-case letters.
    """
    path = numbered(checked_name(name, "a notebook's name"), folder)
    return write_new(path, filled("notebook.ipynb", name=name))


def new_rule(rule_id: str, root: Path, ledger: str | None = None, column: str | None = None) -> list[Path]:
    """Adds a catalogue entry, a function and a test for a draft rule to the checkout at `root`; gives the files.

    ledger, column: what it judges; else the area's first ledger that holds a number, and that number. The entry says
    `draft = true`: an audit does not run it until that line is taken out.
    """
    if not re.fullmatch(r"[A-Z]{2}-B?\d{2}", rule_id):
        raise UsageError(f"“{rule_id}” cannot be a rule's id", todo="Two capitals and two digits, as ST-41")
    if rule_id in catalogue():
        raise UsageError(f"there is a rule {rule_id} already", todo=f"The next free one is {_next(rule_id)}")
    try:
        area = area_of(rule_id)
    except KeyError:
        prefixes = [prefix for one in AREAS.values() for prefix in one.prefixes]
        raise UsageError(f"{rule_id}: the prefix is no area's", todo=nearest(rule_id[:2], prefixes)) from None
    _checkout(root)
    made = _rule(rule_id, area, root, _ledger(area, ledger), column)
    return [*made, _document(root)]


def new_area(name: str, zh: str, root: Path, en: str | None = None, prefix: str | None = None) -> list[Path]:
    """Adds an area to the checkout at `root`: its line in `areas.py`, a ledger, a draft rule, an analysis with a first
    screen, a notebook and their tests; gives the files."""
    prefix = prefix or name[:2].upper()
    words = {
        "area": checked_name(name, "an area's name"),
        "title_zh": zh,
        "title_en": en or name.capitalize(),
    }
    taken = [one.name for one in AREAS.values() if prefix in one.prefixes]
    if taken or not re.fullmatch(r"[A-Z]{2}", prefix):
        why = f"it is {taken[0]}'s" if taken else "it is not two capitals"
        raise UsageError(f"“{prefix}” cannot be the prefix of its rules: {why}", todo="Give --prefix XX")
    for text in (zh, words["title_en"]):
        if not re.fullmatch(r"[^\"\\{}<>/|]+", text):
            raise UsageError(f"“{text}” cannot be an area's title", todo="Use letters, spaces and hyphens")
    library = _checkout(root)
    notebook = numbered(name, root / "notebooks")
    table = filled("tables.toml", **words)
    ledger = read_tables(table, name)[f"{name}_record"]
    made = [
        write_new(library / "tables" / f"{name}.toml", table),
        write_new(library / "rules" / "catalogue" / f"{name}.toml", ""),
        write_new(library / "rules" / f"{name}.py", filled("module.py", **words)),
        write_new(library / "analyse" / f"{name}.py", filled("analyse.py", **words)),
        write_new(notebook, filled("area.ipynb", **words)),
        write_new(root / "tests" / "analyse" / f"test_{name}_area.py", filled("test_area.py", **words)),
        _named(library / "areas.py", f'Area("{name}", "{zh}", "{words["title_en"]}", ("{prefix}",)),'),
    ]
    rule = _rule(f"{prefix}-01", name, root, ledger, ledger.amount)
    return list(dict.fromkeys([*made, *rule, _document(root)]))


def _checkout(root: Path) -> Path:
    library = root / "lib" / "mingjing"
    if not (library / "areas.py").is_file():
        raise UsageError(
            f"“{root}” is no checkout of this project", todo="Call it there, or name it: --root DIR"
        )
    return library


def _rule(rule_id: str, area: str, root: Path, ledger: Table, column: str | None) -> list[Path]:
    """The entry, the function and the test, where the area keeps what is likest to it."""
    rules = root / "lib" / "mingjing" / "rules"
    judged = ledger.columns[_judged(ledger, column)]
    words = {
        "rule_id": rule_id,
        "function": rule_id.lower().replace("-", "_"),
        "ledger": ledger.name,
        "column": judged.name,
        "label_zh": judged.zh,
        "label_en": judged.en,
    }
    row = _row(ledger, judged.name)
    dated = ", ".join(
        kind for kind in ("date", "datetime") if any(v.startswith(f"{kind}(") for v in row.values())
    )
    test = write_new(
        root / "tests" / "rules" / f"test_{words['function']}.py",
        filled("test_rule.py", **words, row=row, dated=dated),
    )
    entry = _likest(sorted((rules / "catalogue").glob(f"{area}*.toml")), rf"^\[{rule_id[:2]}-\w+\]")
    modules = [rules / f"{area}.py", *sorted((rules / area).glob("[a-z]*.py"))]
    module = _likest(modules, rf'^@rule\("{rule_id[:2]}-', rf"\bledgers\.{ledger.name}\b")
    for path, template in ((entry, "rule.toml"), (module, "rule.py")):
        path.write_text(path.read_text("utf-8") + filled(template, **words), "utf-8")
    entry.write_text(entry.read_text("utf-8").lstrip("\n"), "utf-8")
    return [entry, module, test]


def _likest(paths: list[Path], prefix: str, ledger: str = "$^") -> Path:
    """Of the files that hold rules, the one with rules of the prefix that names the ledger most often."""

    def like(path: Path) -> tuple[bool, int, int]:
        text = path.read_text("utf-8")
        rules = len(re.findall(prefix, text, re.M))
        return rules > 0, len(re.findall(ledger, text)), rules

    return max((path for path in paths if path.is_file()), key=like)


def _ledger(area: str, name: str | None) -> Table:
    if name is not None and name not in tables():
        raise UsageError(f"no ledger is called “{name}”", todo=nearest(name, tables()))
    own = [tables()[name]] if name else [table for table in tables().values() if table.area == area]
    fit = [table for table in own if _numbers(table)]
    if not fit:
        raise UsageError(
            f"{name or area} has no ledger with a number to judge", todo="Name one: --ledger NAME"
        )
    return fit[0]


def _judged(ledger: Table, name: str | None) -> str:
    numbers = _numbers(ledger)
    if name is not None and name not in numbers:
        raise UsageError(f"{ledger.name} has no column of numbers “{name}”", todo=nearest(name, numbers))
    return name or (ledger.amount if ledger.amount in numbers else numbers[0])


def _numbers(ledger: Table) -> list[str]:
    """Columns that may be judged and be missing."""
    return [
        column.name
        for column in ledger.columns.values()
        if column.type in ("int", "number") and column.name not in ledger.key
    ]


def _row(ledger: Table, judged: str) -> dict[str, str]:
    """A row for the test: key, unit, date, what is required, and the column judged."""
    named = {*ledger.key, ledger.unit, ledger.date, judged}
    return {
        column.name: _value(column)
        for column in ledger.columns.values()
        if column.required or column.name in named
    }


def _value(column: Column) -> str:
    return f'"{column.choices[0]}"' if column.choices else _SAMPLE[column.type]


def _next(rule_id: str) -> str:
    numbers = [int(known[-2:]) for known in catalogue() if re.fullmatch(rf"{rule_id[:2]}-\d\d", known)]
    return f"{rule_id[:2]}-{max(numbers, default=0) + 1:02d}"


def _named(areas: Path, line: str) -> Path:
    """The area's line, before the overview's, which speaks of all others."""
    text = areas.read_text("utf-8")
    last = re.search(r'^ +Area\("overview"', text, re.M)
    if not last:
        raise UsageError("it has no line of the overview to stand before", file=areas, todo="Put it back")
    indent = last[0][: len(last[0]) - len(last[0].lstrip())]
    areas.write_text(f"{text[: last.start()]}{indent}{line}\n{text[last.start() :]}", "utf-8")
    return areas


def _document(root: Path) -> Path:
    """The catalogue's document written again, by the checkout's own code."""
    path = root / "docs" / "catalogue.md"
    done = subprocess.run(
        [sys.executable, "-m", "mingjing", "rules", "--markdown"],
        env=os.environ | {"PYTHONPATH": str(root.resolve() / "lib"), "PYTHONIOENCODING": "utf-8"},
        check=True,
        capture_output=True,
    )
    path.write_bytes(done.stdout)
    return path
