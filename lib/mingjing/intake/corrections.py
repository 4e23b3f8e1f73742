"""The corrections register (TOML): the only way a value is changed, and every change says who, why and when.

    [[correction]]
    file = "食堂台账.xlsx"
    sheet = "采购"                         # left out for CSV and Parquet
    row = 17                               # or key = { line_id = "L17" }
    column = "单价"                        # its header or its English name
    action = "change"                      # change, blank, or reject: the whole row, no column then
    expect = "35.8"                        # what the cell says now
    to = "3.58"
    reason = "小数点错位"
    who = "李会计"
    date = 2021-10-08

A correction that matches nothing, or whose cell says something else than `expect`, stops the run.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from mingjing.config import check_keys, read_toml
from mingjing.errors import InputError, nearest
from mingjing.intake.files import RawSheet
from mingjing.intake.headers import Header, bare
from mingjing.intake.model import Source
from mingjing.intake.values import clean

ACTIONS = ("change", "blank", "reject")
_NAMES = ("file", "sheet", "row", "key", "column", "action", "expect", "to", "reason", "who", "date")
CORRECTIONS = [
    "source_file",
    "sheet",
    "row",
    "column",
    "action",
    "was",
    "now",
    "reason",
    "who",
    "date",
    "_rid",
]


@dataclass
class Correction:
    """One entry. `row` or `key` says which row; `column` and `expect` are None for a whole row."""

    number: int
    path: Path
    file: str
    sheet: str
    row: int | None
    key: dict[str, Any]
    column: str | None
    action: str
    expect: str | None
    to: Any
    reason: str
    who: str
    date: date
    used: bool = False

    def error(self, what: str, todo: str) -> InputError:
        return InputError(f"correction {self.number}: {what}", file=self.path, todo=todo)


class Corrections:
    """The register; `Corrections()` changes nothing."""

    def __init__(self, path: str | Path | None = None):
        self.entries: list[Correction] = []
        self.settings: list[tuple[str, str, str]] = []
        self.done: list[list[Any]] = []
        if not path:
            return
        path = Path(path)
        body = read_toml(path, "corrections")
        check_keys(body, {"correction"}, path, "the corrections register")
        for number, item in enumerate(body.get("correction", []), start=1):
            self.entries.append(_entry(number, item, path))
        self.settings.append(("corrections", path.name, hashlib.sha256(path.read_bytes()).hexdigest()))

    def apply(self, source: Source, raw: RawSheet, header: Header) -> tuple[RawSheet, dict[int, Correction]]:
        """The sheet as corrected, and row → correction for each row to be rejected. The sheet given stays as it is."""
        rejected: dict[int, Correction] = {}
        corrected = replace(raw, rows=list(raw.rows)) if self.entries else raw
        for entry in self.entries:
            if (entry.file, entry.sheet) != (raw.file, raw.name):
                continue
            row = _find_row(entry, raw, header)
            if entry.action == "reject":
                rejected[row] = entry
                self._note(entry, source, row, "", "")
                continue
            place = _place(entry, entry.column, header)
            cells = corrected.rows[row - 1] = list(corrected.rows[row - 1])
            cells += [None] * (place + 1 - len(cells))
            was = "" if cells[place] is None else clean(cells[place])
            if was != clean(entry.expect):
                raise entry.error(
                    f"row {row}, “{entry.column}” says “{was}”, not “{entry.expect}”",
                    "See whether the ledger was handed in again",
                )
            cells[place] = entry.to if entry.action == "change" else None
            self._note(entry, source, row, was, "" if cells[place] is None else str(cells[place]))
        return corrected, rejected

    def check_all_used(self) -> None:
        """InputError for the first entry whose sheet was not among those read."""
        for entry in self.entries:
            if not entry.used:
                raise entry.error(
                    f"no ledger “{entry.file}”" + (f", sheet “{entry.sheet}”" if entry.sheet else ""),
                    "Correct file and sheet, or take the correction out",
                )

    def _note(self, entry: Correction, source: Source, row: int, was: str, now: str) -> None:
        line = [source.file, source.sheet, row, entry.column or "", entry.action, was, now]
        if not entry.used:
            self.done.append([*line, entry.reason, entry.who, entry.date, source.rid(row)])
        entry.used = True


def _entry(number: int, item: Any, path: Path) -> Correction:
    check_keys(item, _NAMES, path, f"correction {number}")
    action = item.get("action", "change")
    needed = ["file", "reason", "who", "date"]
    needed += [] if action == "reject" else ["column", "expect"]
    needed += ["to"] if action == "change" else []
    entry = Correction(
        number,
        path,
        *(str(item.get(name, "")) for name in ("file", "sheet")),
        item.get("row"),
        item.get("key", {}),
        item.get("column"),
        action,
        None if "expect" not in item else str(item["expect"]),
        item.get("to"),
        *(str(item.get(name, "")).strip() for name in ("reason", "who")),
        item.get("date"),
    )
    if action not in ACTIONS:
        raise entry.error(f"no action is called “{action}”", nearest(str(action), ACTIONS))
    for name in needed:
        if item.get(name) is None or (name != "expect" and not str(item[name]).strip()):
            raise entry.error(f"“{name}” is missing", f"Say {name} = …")
    if (entry.row is None) == (not entry.key) or not isinstance(entry.key, dict):
        raise entry.error("give either row or key", "Write row = 17, or key = { … }")
    if not isinstance(entry.date, date):
        raise entry.error("date is no date", "Write date = 2021-10-08, without quotes")
    return entry


def _find_row(entry: Correction, raw: RawSheet, header: Header) -> int:
    if entry.row is not None:
        if not isinstance(entry.row, int) or not header.row < entry.row <= len(raw.rows):
            raise entry.error(
                f"row {entry.row} is not below the header", "Give the row as the sheet shows it"
            )
        return entry.row
    places = {_place(entry, name, header): clean(value) for name, value in entry.key.items()}
    found = [
        number
        for number, cells in enumerate(raw.rows[header.row :], start=header.row + 1)
        if all(p < len(cells) and cells[p] is not None and clean(cells[p]) == v for p, v in places.items())
    ]
    if len(found) != 1:
        what = "no row has" if not found else f"{len(found)} rows have"
        raise entry.error(f"{what} the key {entry.key}", "Give the row instead")
    return found[0]


def _place(entry: Correction, name: Any, header: Header) -> int:
    known = dict(header.extra)
    for place, column in header.columns.items():
        if bare(name) in (bare(column), bare(header.table.columns[column].zh)):
            return place
        known[place] = header.table.columns[column].zh
    for place, text in header.extra.items():
        if bare(text) == bare(name):
            return place
    raise entry.error(f"the sheet has no column “{name}”", nearest(str(name), known.values()))
