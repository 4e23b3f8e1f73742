"""One audit as the register takes it: what it looked at, what it found, and the keys of the rows that rests on.

Where such a row has left the ledgers, not finding the fault proves nothing.
"""

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd
import pyarrow as pa

from mingjing.findings.message import plain
from mingjing.findings.register.book import Made, digest
from mingjing.findings.register.life import Known, Ran, RunRecord
from mingjing.intake import Intake
from mingjing.rules import Entry, Outcome, Params
from mingjing.tables import tables

# A finding over a whole ledger rests on too many rows to remember; the first of them are enough to miss some.
_MOST = 200


class Rows:
    """The keys of every accepted row of an intake, ledger by ledger."""

    def __init__(self, intake: Intake):
        self._intake = intake
        self._sources = {(s.file, s.sheet): s for s in intake.sources}
        self._files = {s.file for s in intake.sources}
        self._by_rid: dict[str, dict[int, str]] = {}
        self._keys: dict[str, set[str]] = {}

    def keys(self, places: Iterable[dict]) -> tuple[tuple[str, str], ...]:
        """(ledger, key) of each place of a finding's evidence; ("", file) for a row that was never accepted."""
        return tuple(dict.fromkeys(self._key(place) for place in list(places)[:_MOST]))

    def lost(self, keys: Iterable[tuple[str, str]]) -> bool:
        """Whether one of these rows, or its file, is not there."""
        return any(key not in (self._known(table) if table else self._files) for table, key in keys)

    def _key(self, place: dict) -> tuple[str, str]:
        source = self._sources.get((place["file"], place["sheet"]))
        table = place["table"]
        key = source and self._rows(table).get(source.rid(place["row"]))
        return (table, key) if key is not None else ("", place["file"])

    def _known(self, table: str) -> set[str]:
        if table not in self._keys:
            self._keys[table] = set(self._rows(table).values())
        return self._keys[table]

    def _rows(self, table: str) -> dict[int, str]:
        if table not in self._by_rid:
            arrow = self._intake.tables.get(table)
            self._by_rid[table] = (
                {} if arrow is None else _keys_of(arrow.select(["_rid", *tables()[table].key]))
            )
        return self._by_rid[table]


def _keys_of(arrow: pa.Table) -> dict[int, str]:
    rids, *columns = (column.to_pylist() for column in arrow.columns)
    keys = ("|".join("" if part is None else str(part) for part in key) for key in zip(*columns, strict=True))
    return dict(zip(rids, keys, strict=True))


def made_of(audit, rows: Rows, areas: tuple[str, ...] | None = None) -> Made:
    """The audit's rules of these areas, or of all, and what they found."""
    span, end = audit.period, min(audit.period.end, audit.as_of)
    inputs = digest([audit.intake.digest, audit.intake.settings])
    rules = {
        entry.rule_id: Ran(outcome.outcome, _bound(entry, outcome), digest(plain(Params(entry).as_dict())))
        for entry, outcome in audit.results(areas)
    }
    run = RunRecord(span.text, span.start, end, audit.as_of, tuple(sorted(audit.units)), inputs, rules)
    found = [
        Known(
            row | {"unit_name": audit.names.get(row["unit"])}, rows.keys(json.loads(row["evidence"])["rows"])
        )
        for row in map(_row, audit.found(areas))
    ]
    return Made(run, areas or (), tuple(found))


def _bound(entry: Entry, outcome: Outcome) -> str:
    if outcome.period_bound:
        return "period"
    return "date" if entry.scope == "period" else ""


def _row(finding: dict[str, Any]) -> dict[str, Any]:
    return {name: None if pd.isna(value) else plain(value) for name, value in finding.items()}
