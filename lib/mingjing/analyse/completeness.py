"""Completeness before content: what is missing, what vanished or changed since last time, what a ledger holds."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mingjing.analyse.intake import empty_months, missing_ledgers, serial_gaps
from mingjing.analyse.places import inside
from mingjing.analyse.vanished import has_manifest, since_findings, since_report
from mingjing.errors import path_of
from mingjing.findings.register import Register
from mingjing.intake import Intake, read_folder
from mingjing.tables import Table, tables

CHANGES = ["ledger", "what", "key", "column", "before", "now", "file", "sheet", "row"]


@dataclass(frozen=True, repr=False)
class Completeness:
    """`gaps`: numbers missing in series; `months`: empty ones; `missing`: ledgers that rules need and nobody handed in;
    `changes`: against last time, None where nothing of it was given (which is not “no change”)."""

    gaps: pd.DataFrame
    months: pd.DataFrame
    missing: pd.DataFrame
    changes: pd.DataFrame | None
    lang: str

    def parts(self) -> list[tuple[str, pd.DataFrame]]:
        """(heading, table), in the order of reading."""
        zh = self.lang == "zh"
        named = [
            ("编号缺号" if zh else "Numbers missing in series", self.gaps),
            ("空白月份" if zh else "Empty months", self.months),
            ("未交台账" if zh else "Ledgers not handed in", self.missing),
        ]
        if self.changes is not None:
            named.append(("与上次相比" if zh else "Since last time", self.changes))
        return named

    def __repr__(self) -> str:
        none = "无" if self.lang == "zh" else "none"
        return "\n\n".join(
            f"{head}\n{none if f.empty else f.to_string(index=False)}" for head, f in self.parts()
        )

    def _repr_html_(self) -> str:
        from mingjing.report.desk import parts_html

        return parts_html(self.parts(), self.lang)


def completeness(audit, before: str | Path | None = None, register: Register | None = None) -> Completeness:
    """before: the folder of ledgers as handed in last time, read by the same mapping and aliases (see `changes`), or the
    folder of a report (see `since_report`). register: rows that its findings rest on and that are gone are named too.

    Corrections belong to the ledgers they were made for and are not applied to it: a cell corrected since is a change.
    """
    inside(audit, "completeness()")
    absent = [(name, tables()[name].label(audit.lang)) for name in missing_ledgers(audit)]
    parts = []
    earlier = None if before is None else path_of(before, "before")
    if earlier and has_manifest(earlier):
        parts.append(pd.DataFrame(since_report(earlier, audit.intake), columns=CHANGES))
    elif earlier:
        files = {name: file for name, file in audit.reading.items() if name != "corrections"}
        parts.append(changes(read_folder(earlier, **files), audit.intake))
    if register is not None:
        parts.append(pd.DataFrame(since_findings(register, audit.intake), columns=CHANGES))
    changed = pd.concat(parts, ignore_index=True) if parts else None
    missing = pd.DataFrame(absent, columns=["name", "ledger"])
    return Completeness(serial_gaps(audit), empty_months(audit), missing, changed, audit.lang)


def changes(before: Intake, now: Intake) -> pd.DataFrame:
    """One line for each row of last time that is gone (`vanished`) and each cell that says something else (`changed`).

    Rows are matched by the ledger's key; `file`, `sheet`, `row` are where the row stands now, or stood where it is gone. A
    ledger that is gone as a whole is one line. Rows that are new are what one expects and are left out; so are ledgers whose
    key stands more than once, or is made up from the row number, on either side: `unmatched`.
    """
    lines: list[tuple] = []
    for name, table in before.tables.items():
        if name not in now.tables:
            source = before.source_of(table["_rid"][0].as_py()) if len(table) else ("", "", "", None)
            lines.append((name, "vanished", "", "", f"{len(table)}", "", source[1], source[2], None))
            continue
        lines += _in_ledger(tables()[name], before, now)
    return pd.DataFrame(lines, columns=CHANGES)


def _in_ledger(declared: Table, before: Intake, now: Intake) -> list[tuple]:
    old, new = (intake.tables[declared.name].to_pandas() for intake in (before, now))
    key = [c for c in declared.key if c in old and c in new]
    if len(key) < len(declared.key) or any(f.duplicated(key).any() or _made_up(f, key) for f in (old, new)):
        return [(declared.name, "unmatched", ", ".join(declared.key), *[""] * 4, "", None)]
    old, new = old.set_index(key, drop=False), new.set_index(key, drop=False)
    gone, kept = old[~old.index.isin(new.index)], old[old.index.isin(new.index)]
    lines = [
        (declared.name, "vanished", _key(row, key), "", "", "", *_place(before, row))
        for row in gone.to_dict("records")
    ]
    other = new.loc[kept.index]
    for column in (c for c in old if c in new and c != "_rid" and c not in key):
        was, says = kept[column].astype(object), other[column].astype(object)
        differ = ~((was == says) | (was.isna() & says.isna())).to_numpy(bool)
        for a, b in zip(kept[differ].to_dict("records"), other[differ].to_dict("records"), strict=True):
            lines.append(
                (
                    declared.name,
                    "changed",
                    _key(b, key),
                    column,
                    _word(a[column]),
                    _word(b[column]),
                    *_place(now, b),
                )
            )
    return lines


def _made_up(frame: pd.DataFrame, key: list[str]) -> bool:
    """Intake gives rows of a sheet without a key its place as key: inserted lines move it."""
    return any(frame[c].astype(str).str.contains(r"#.*#\d+$").any() for c in key)


def _key(row: dict, key: list[str]) -> str:
    return "|".join(_word(row[c]) for c in key)


def _word(value) -> str:
    return "" if pd.isna(value) else str(value)


def _place(intake: Intake, row: dict) -> tuple:
    return intake.source_of(row["_rid"])[1:]
