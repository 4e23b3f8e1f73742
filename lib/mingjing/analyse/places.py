"""Findings and the source rows they rest on, in both directions. For readers inside: the public is told no rows."""

import json
from collections import defaultdict
from functools import cache

import pandas as pd

from mingjing.errors import UsageError, nearest
from mingjing.tables import PROVENANCE, tables


def inside(audit, what: str) -> None:
    """UsageError in a public audit: rows, names and texts of the ledgers are for readers inside."""
    if audit.release:
        raise UsageError(f"{what} shows rows of the ledgers", todo="Open the audit without audience public")


def findings_by_row(audit) -> dict[tuple[str, str, int], list[str]]:
    """(file, sheet, row) → ids of the findings that rest on it. Runs every rule once."""
    found = defaultdict(list)
    for finding in audit.found():
        for place in json.loads(finding["evidence"])["rows"]:
            found[place["file"], place["sheet"], place["row"]].append(finding["finding_id"])
    return found


def finding_of(audit, finding_id: str) -> dict:
    """The finding as the rules give it; UsageError with the nearest id where this audit has none of that id."""
    rule_id = "-".join(str(finding_id).split("-")[:2])
    found = {finding["finding_id"]: finding for finding in audit.found(audit.entry(rule_id).area)}
    if finding_id not in found:
        raise UsageError(f"this audit has no finding “{finding_id}”", todo=nearest(finding_id, found))
    return found[finding_id]


def rows_of(audit, finding_id: str) -> pd.DataFrame:
    """The source rows a finding rests on, the row at fault first.

    `_ledger`, `_file`, `_sheet`, `_row`, then the columns of the ledgers that are not blank in all of them. A row that was
    rejected shows its cells as they were written, under their headers in the file.
    """
    inside(audit, "rows()")
    places = json.loads(finding_of(audit, finding_id)["evidence"])["rows"]
    read = cache(lambda name: _by_place(audit, name))
    lines = [_line(place, read(place["table"]), audit.intake.rejected) for place in places]
    return pd.DataFrame(lines, dtype=object).dropna(axis="columns", how="all")


def _by_place(audit, name: str) -> dict[tuple, dict]:
    if name not in audit.intake.tables:
        return {}
    records = audit.table(name).to_dict("records")
    return {tuple(record[column] for column in PROVENANCE): record for record in records}


def _line(place: dict, accepted: dict[tuple, dict], rejected: pd.DataFrame) -> dict:
    where = (place["file"], place["sheet"], place["row"])
    line = {"_ledger": place["table"]} | dict(zip(PROVENANCE, where, strict=True))
    if where in accepted:
        return line | {name: None if pd.isna(value) else value for name, value in accepted[where].items()}
    same = (rejected.source_file == where[0]) & (rejected.sheet == where[1]) & (rejected.row == where[2])
    return line | (json.loads(rejected[same].iloc[0]["values"]) if same.any() else {})


def dated_and_priced(audit, name: str) -> tuple[str | None, str | None, str | None]:
    """The columns of a ledger that hold its unit, date and amount, where somebody keeps them."""
    declared, kept = tables()[name], audit.intake.tables[name].column_names
    return tuple(c if c in kept else None for c in (declared.unit, declared.date, declared.amount))
