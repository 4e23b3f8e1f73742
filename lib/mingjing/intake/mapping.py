"""A mapping file (TOML) says how to read a ledger of somebody else's: data only, nothing in it is executed.

    [[source]]
    files = "inspections_*.csv.gz"        # glob on the file's path in the data folder; a list is as good
    sheet = "*"                           # glob on the sheet's name
    table = "activity_log"                # the ledger it becomes; a file may be named by several sources
    encoding = "cp1252"                   # encoding, delimiter: of a CSV, where they are not to be guessed
    header_row = 1                        # by default the first line that holds the columns named below
    decimal = ","                         # 1.234,50; dates = ["%d %b %Y"]; dayfirst = true or false: 3/4/2021
    keep = [{ column = "Results", is = ["Pass", "Fail"] }]      # `drop` is its opposite; `matches` a pattern
    [source.columns]
    act_id = "Inspection_ID"              # header, or its number counted from 1
    unit_id = { from = ["License", "Licence"] }                  # the first of these that is there
    act_type = { constant = "食堂检查" }
    conclusion = { from = "Results", recode = { Pass = "合格" }, otherwise = "其他" }
    amount = { from = "Amount (k)", scale = 1000 }
    rating_id = { join = ["business_id", "date", "#row"], with = "-" }
    unit_id = { from = "License", prefix = "CHI-" }              # before whatever the cell says
    caliber = { from = "Item Name", extract = "([0-9.]+) ?MILLIMETER" }

`ignore = ["*.pdf.csv"]` at the top sets files aside. Every name is checked; columns the mapping does not name stay
as evidence.
"""

import hashlib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mingjing.config import check_keys, read_toml
from mingjing.errors import InputError, nearest
from mingjing.tables import tables

_SOURCE = {
    *("files", "sheet", "table", "encoding", "delimiter", "header_row", "decimal", "dates", "dayfirst"),
    *("keep", "drop", "columns", "note"),
}
_COLUMN = {
    *("from", "constant", "join", "with", "extract", "recode", "otherwise", "scale"),
    *("decimal", "dates", "dayfirst", "optional", "prefix"),
}
_CONDITION = {"column", "is", "matches"}
_TYPES = {
    **dict.fromkeys(
        ("encoding", "delimiter", "table", "sheet", "with", "extract", "otherwise", "note", "prefix"), str
    ),
    **dict.fromkeys(("dayfirst", "optional"), bool),
    **{"header_row": int, "decimal": str, "recode": dict, "columns": dict, "scale": (int, float)},
}


@dataclass(frozen=True)
class SourceMap:
    """How one kind of file is read. `columns`: declared column → its specification."""

    files: tuple[str, ...]
    sheet: str
    table: str
    columns: dict[str, dict[str, Any]]
    options: dict[str, Any]
    path: Path

    def fits(self, file: str, sheet: str | None = None) -> bool:
        """Whether it reads this file, and this sheet of it."""
        named = any(fnmatchcase(file, pattern) for pattern in self.files)
        return named and (sheet is None or fnmatchcase(sheet, self.sheet))


@dataclass(frozen=True)
class Mapping:
    """The whole file; `Mapping()` maps nothing."""

    sources: tuple[SourceMap, ...] = ()
    ignore: tuple[str, ...] = ()
    settings: list[tuple[str, str, str]] = field(default_factory=list)

    def ignores(self, file: str) -> bool:
        return any(fnmatchcase(file, pattern) for pattern in self.ignore)

    def options(self, file: str) -> dict[str, str]:
        """`encoding` and `delimiter` of a file, from the first source that gives them."""
        given = [source.options for source in reversed(self.of(file))]
        return {k: v for options in given for k, v in options.items() if k in ("encoding", "delimiter")}

    def of(self, file: str, sheet: str | None = None) -> list[SourceMap]:
        return [source for source in self.sources if source.fits(file, sheet)]


def read_mapping(path: str | Path | None) -> Mapping:
    """Reads and checks the file; a name it gets wrong is an InputError that offers the nearest."""
    if not path:
        return Mapping()
    path = Path(path)
    body = read_toml(path, "mapping")
    check_keys(body, {"source", "ignore"}, path, "the mapping")
    found = body.get("source", [])
    if not isinstance(found, list) or not found:
        raise InputError("the mapping names no source", file=path, todo="Write at least one [[source]]")
    sources = tuple(_source(number, item, path) for number, item in enumerate(found, start=1))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Mapping(sources, _texts(body.get("ignore", []), path, "ignore"), [("mapping", path.name, digest)])


def _source(number: int, item: dict[str, Any], path: Path) -> SourceMap:
    where = f"source {number}"
    check_keys(item, _SOURCE, path, where)
    _check_types(item, path, where)
    for needed in ("files", "table", "columns"):
        if needed not in item:
            raise InputError(f"{where} has no “{needed}”", file=path, todo=f"Add {needed} = …")
    if item["table"] not in tables():
        raise InputError(
            f"{where}: no ledger is called “{item['table']}”",
            file=path,
            todo=nearest(item["table"], tables()),
        )
    declared = tables()[item["table"]].columns
    columns = {}
    for name, spec in item["columns"].items():
        if name not in declared:
            raise InputError(
                f"{where}: ledger “{item['table']}” has no column “{name}”",
                file=path,
                todo=nearest(name, declared),
            )
        columns[name] = _column(spec, path, f"{where}, column “{name}”")
    for condition in [*item.get("keep", []), *item.get("drop", [])]:
        check_keys(condition, _CONDITION, path, f"{where}, keep or drop")
        if "column" not in condition or ("is" in condition) == ("matches" in condition):
            raise InputError(
                f"{where}: a condition needs a column and either “is” or “matches”",
                file=path,
                todo='Write { column = "…", is = ["…"] }',
            )
    options = {k: v for k, v in item.items() if k not in ("files", "sheet", "table", "columns")}
    options["dates"] = _texts(options.get("dates", []), path, f"{where}: dates")
    files = _texts(item["files"], path, f"{where}: files")
    return SourceMap(files, item.get("sheet", "*"), item["table"], columns, options, path)


def _column(spec: Any, path: Path, where: str) -> dict[str, Any]:
    spec = dict(spec) if isinstance(spec, dict) else {"from": spec}
    check_keys(spec, _COLUMN, path, where)
    _check_types(spec, path, where)
    if sum(k in spec for k in ("from", "constant", "join")) != 1:
        raise InputError(f"{where}: give one of from, constant, join", file=path, todo="Keep one of them")
    for name in ("from", "join"):
        if name in spec:
            given = spec[name] if isinstance(spec[name], list) else [spec[name]]
            if not given or not all(isinstance(g, str | int) and not isinstance(g, bool) for g in given):
                raise InputError(
                    f"{where}: {name} is not a header or a number",
                    file=path,
                    todo="Write the header in quotes",
                )
            spec[name] = given
    if "dates" in spec:
        spec["dates"] = _texts(spec["dates"], path, f"{where}: dates")
    return spec


def _texts(value: Any, path: Path, where: str) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InputError(f"{where} is not a text or a list of texts", file=path, todo="Put it in quotes")
    return tuple(texts)


def _check_types(body: dict[str, Any], path: Path, where: str) -> None:
    for name, value in body.items():
        kind = _TYPES.get(name)
        if kind and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise InputError(
                f"{where}: {name} = {value!r} is of the wrong type", file=path, todo="See the mapping guide"
            )
