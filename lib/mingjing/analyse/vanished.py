"""What is gone since last time, where last time's ledgers are not at hand: by a finished report, or by the register.

A manifest holds how many rows each ledger had, and its files' hashes: it tells that rows are gone, not which. The register
holds the keys of the rows that findings rest on: it tells which of these are gone, and nothing of rows without a finding.
Which rows and cells of any ledger changed takes last time's ledgers themselves (`completeness.changes`).
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from mingjing.areas import MANIFEST
from mingjing.errors import InputError
from mingjing.findings.register import Register
from mingjing.findings.register.rows import Rows
from mingjing.intake import Intake


def has_manifest(folder: Path) -> bool:
    """Whether a run left its manifest here: all that is needed to tell what it read, whatever became of its pages."""
    return (folder / MANIFEST).is_file()


def since_report(folder: Path, now: Intake) -> list[tuple]:
    """One line for each ledger that has fewer rows than a finished report read, or is gone. Columns as `CHANGES`."""
    try:
        inputs = json.loads((folder / MANIFEST).read_text("utf-8"))["inputs"]
        before = _counted((line["table"], line["accepted"], line["sha256"]) for line in inputs)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            "not a manifest that can be read",
            file=folder / MANIFEST,
            todo="Name another report, or the ledgers",
        ) from None
    if not before:
        raise InputError(
            "the report does not say what it read", file=folder, todo="Name the report for readers inside"
        )
    held = _counted((source.table, source.accepted, source.sha256) for source in now.sources)
    lines = []
    for ledger, (rows, files) in sorted(before.items()):
        there, same = held.get(ledger, (0, frozenset()))
        if there >= rows and (there > rows or files == same):
            continue
        what = "vanished" if ledger not in held else "fewer" if there < rows else "rewritten"
        lines.append((ledger, what, "", "", str(rows), str(there) if ledger in held else "", "", "", None))
    return lines


def _counted(sheets: Any) -> dict[str, tuple[int, frozenset[str]]]:
    rows: dict[str, int] = defaultdict(int)
    files: dict[str, set[str]] = defaultdict(set)
    for table, accepted, sha256 in sheets:
        if table:
            rows[table] += accepted
            files[table].add(sha256)
    return {table: (rows[table], frozenset(files[table])) for table in rows}


def since_findings(register: Register, now: Intake) -> list[tuple]:
    """One line for each row that a finding of an earlier run rests on and that is in no ledger any more; `before` names
    the findings, `file`, `sheet`, `row` are where the finding saw the row at fault."""
    rows, gone = Rows(now), defaultdict(list)
    for known in register.last_found():
        for key in known.rests_on:
            if rows.lost([key]):
                gone[key].append(known.row)
    return [
        (
            table,
            "vanished",
            key,
            "",
            ", ".join(sorted(row["finding_id"] for row in found)),
            "",
            *(found[0][name] for name in ("source_file", "sheet", "row")),
        )
        for (table, key), found in sorted(gone.items())
    ]
