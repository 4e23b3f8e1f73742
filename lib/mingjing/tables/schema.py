"""What a ledger is: its columns, their types and headers, its key, and the names people give it.

The definitions are data, one TOML file per area beside this module: one line per column. A new table is a
new section there and nothing else.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pyarrow as pa

from mingjing.tables.english import english

ARROW = {
    "text": pa.string(),
    "int": pa.int64(),
    "number": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
}
PROVENANCE = ("_file", "_sheet", "_row")


@dataclass(frozen=True)
class Column:
    """One column.

    `ref` is `table.column` for people, units and keys of other ledgers; `unit` as in `yuan`; `default` stands in
    for a blank or absent key column; `pii` marks personal data. What of it the public may see: nothing of a `secret`
    column; `open` text as it stands (`always`) or where enough rows hold the same (`common`); other text as a code.
    """

    name: str
    zh: str
    type: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    ref: str | None = None
    unit: str | None = None
    default: str | None = None
    pii: bool = False
    secret: bool = False
    open: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def en(self) -> str:
        return english(self.name, self.ref)

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Table:
    """One ledger. `unit`, `date`, `amount` name the columns a finding takes these from, where it has them.

    `secret`: the ledger is withheld from the public as a whole, its number of rows included.
    """

    name: str
    zh: str
    en: str
    area: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    aliases: tuple[str, ...] = ()
    unit: str | None = None
    date: str | None = None
    amount: str | None = None
    secret: bool = False

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


def read_tables(text: str, area: str) -> dict[str, Table]:
    """Tables declared in one TOML text; a wrong key in it is a TypeError that names it."""
    return {name: _table(name, area, body) for name, body in tomllib.loads(text).items()}


def _table(name: str, area: str, body: dict) -> Table:
    key = tuple(body.pop("key"))
    columns = {column: _column(column, spec) for column, spec in body.pop("columns").items()}
    table = Table(
        name, body.pop("zh"), body.pop("en"), area, key, columns, tuple(body.pop("aliases", ())), **body
    )
    named = [*key, table.unit, table.date, table.amount]
    unknown = [column for column in named if column and column not in columns]
    if unknown:
        raise TypeError(f"{name}: no such column: {', '.join(unknown)}")
    return table


def _column(name: str, spec: dict) -> Column:
    spec = dict(spec)
    tuples = {k: tuple(spec.pop(k)) for k in ("choices", "aliases") if k in spec}
    column = Column(name, **tuples, **spec)
    if column.type not in ARROW:
        raise TypeError(f"{name}: type {column.type!r} is none of {sorted(ARROW)}")
    return column


@cache
def tables() -> dict[str, Table]:
    """Every ledger the workbook knows, by English name."""
    found: dict[str, Table] = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            found |= read_tables(file.read_text("utf-8"), file.name.removesuffix(".toml"))
    return found
