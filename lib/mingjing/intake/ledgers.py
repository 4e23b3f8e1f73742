"""What intake itself noticed, as ledgers that rules can judge: sheets, issues and rejected rows."""

import pyarrow as pa

from mingjing.intake.model import Intake
from mingjing.tables import tables

_NUMBERS = ("_rid", "source_id", "accepted", "rejected")
LEDGERS = {
    "intake_sheet": ("source_id", "_rid", "file", "sheet", "ledger", "accepted", "rejected"),
    "intake_issue": (
        *("_rid", "unit", "ledger", "column", "value", "problem", "reason_zh", "reason_en", "subject"),
    ),
}


def intake_ledgers(intake: Intake) -> dict[str, pa.Table]:
    """`intake_sheet`: one row a recognised sheet; `intake_issue`: one a doubtful cell, total line or rejected row.

    The unit of an issue is that of its row, where the row was accepted.
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
    units = _units(intake)
    rows = []
    for line in intake.issues.to_dict("records"):
        rows.append(_issue(line, line["kind"], line["value"], units))
    for line in intake.rejected.to_dict("records"):
        rows.append(_issue(line, "rejected", "", units))
    return _table("intake_issue", rows)


def _issue(line: dict, kind: str, value: str, units: dict[int, str]) -> tuple:
    subject = "|".join((line["table"], line["source_file"], line["sheet"], str(line["row"])))
    reasons = (line["reason_zh"], line["reason_en"])
    return (
        line["_rid"],
        units.get(line["_rid"]),
        line["table"],
        line["column"],
        value,
        kind,
        *reasons,
        subject,
    )


def _units(intake: Intake) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = set(intake.issues["_rid"])
    for name, table in intake.tables.items():
        unit = tables()[name].unit
        if unit in table.column_names:
            pairs = zip(table["_rid"].to_pylist(), table[unit].to_pylist(), strict=True)
            found |= {rid: value for rid, value in pairs if rid in wanted}
    return found


def _table(name: str, rows: list[tuple]) -> pa.Table:
    names = LEDGERS[name]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    kinds = [pa.int64() if column in _NUMBERS else pa.string() for column in names]
    return pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)})
