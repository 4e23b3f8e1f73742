"""What intake itself noticed, as ledgers that rules can judge: sheets, issues and rejected rows."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mingjing.intake.model import Intake
from mingjing.tables import tables

_NUMBERS = ("_rid", "source_id", "accepted", "rejected")
LEDGERS = {
    "intake_sheet": ("source_id", "_rid", "file", "sheet", "ledger", "accepted", "rejected"),
    "intake_issue": (
        *(
            "_rid",
            "unit",
            "ledger",
            "column",
            "value",
            "problem",
            "reason_zh",
            "reason_en",
            "sheet",
            "subject",
        ),
    ),
}


def intake_ledgers(intake: Intake) -> dict[str, pa.Table]:
    """`intake_sheet`: one row a recognised sheet; `intake_issue`: one a doubtful cell, total line or rejected row.

    The unit of an issue is that of its row, where the row was accepted. `subject` names the cell by the key of its row, or
    where the row has none by where it stands: a row put in above must not make another subject of it.
    """
    sheets = [
        (s.source_id, s.rid(s.header_row or 1), s.file, s.sheet, s.table, s.accepted, s.rejected)
        for s in intake.sources
        if s.table
    ]
    return {
        "intake_sheet": _table("intake_sheet", sheets),
        "intake_issue": _issues(intake),
    }


def _issues(intake: Intake) -> pa.Table:
    accepted, rows = _rows(intake), []
    for line in intake.issues.to_dict("records"):
        unit, key = accepted.get(line["_rid"], (None, ()))
        rows.append(_issue(line, line["kind"], line["value"], unit, key))
    for line in intake.rejected.to_dict("records"):
        written = _written(line["values"])
        declared = tables()[line["table"]]
        key = tuple(written.get(declared.columns[name].zh, "").strip() for name in declared.key)
        rows.append(_issue(line, "rejected", "", None, key))
    return _table("intake_issue", rows)


def _written(values: str) -> dict[str, str]:
    """The cells of a rejected row by header; none where they are withheld from the public."""
    try:
        return json.loads(values)
    except json.JSONDecodeError:
        return {}


def _issue(line: dict, kind: str, value: str, unit: str | None, key: tuple[str, ...]) -> tuple:
    sheet = f"{line['source_file']}|{line['sheet']}"
    row = "|".join(key) if key and all(key) else f"{sheet}|{line['row']}"
    subject = "|".join((line["table"], row, line["column"]))
    reasons = (line["reason_zh"], line["reason_en"])
    return line["_rid"], unit, line["table"], line["column"], value, kind, *reasons, sheet, subject


def _rows(intake: Intake) -> dict[int, tuple[str | None, tuple[str, ...]]]:
    """`_rid` → unit and key of each accepted row that has an issue."""
    found: dict[int, tuple[str | None, tuple[str, ...]]] = {}
    wanted = pa.array(intake.issues["_rid"].unique(), pa.int64())
    for name, table in intake.tables.items():
        declared = tables()[name]
        here = table.filter(pc.is_in(table["_rid"], value_set=wanted))
        for row in here.to_pylist() if len(here) else ():
            key = tuple(_text(row.get(column)) for column in declared.key)
            found[row["_rid"]] = row.get(declared.unit), key
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _table(name: str, rows: list[tuple]) -> pa.Table:
    names = LEDGERS[name]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    kinds = [pa.int64() if column in _NUMBERS else pa.string() for column in names]
    return pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)})
