"""Ledgers from plain rows, for rules."""

from datetime import date

import ibis
import pyarrow as pa
import pytest

from mingjing.findings import Findings, make_findings
from mingjing.period import Period
from mingjing.rules import Ledgers, catalogue, configured, rules, run_rule
from mingjing.rules.engine import FINDING, OUTCOME
from mingjing.tables import ARROW, tables


def arrow_of(name: str, rows: list[dict]) -> pa.Table:
    """Typed table of only the columns the rows mention; row 2 of the sheet is the first."""
    if name not in tables():  # what the workbook itself adds
        return pa.Table.from_pylist(rows, {"finding": FINDING, "outcome": OUTCOME}.get(name))
    columns = list(dict.fromkeys(column for row in rows for column in row))
    declared = tables()[name].columns
    data = {c: pa.array([row.get(c) for row in rows], ARROW[declared[c].type]) for c in columns}
    return pa.table(data | {"_rid": pa.array(range(2, len(rows) + 2), pa.int64())})


@pytest.fixture(scope="session")
def backend():
    """One engine for all: a new one for each test costs more than the test."""
    return ibis.duckdb.connect(threads=1)


@pytest.fixture
def ledgers(backend):
    def build(
        period: str = "2021", as_of: date | None = None, settings: dict | None = None, **data: list[dict]
    ) -> Ledgers:
        span = Period.parse(period)
        arrow = {name: arrow_of(name, rows) for name, rows in data.items()}
        return Ledgers(backend, arrow, span, as_of or span.end, entries=configured(settings or {}))

    return build


@pytest.fixture
def check(ledgers):
    """Runs one rule over plain rows; gives its outcome and findings."""

    def run(rule_id: str, period: str = "2021", as_of: date | None = None, **data: list[dict]):
        entry = catalogue()[rule_id]
        outcome = run_rule(entry, rules()[rule_id], ledgers(period, as_of, **data))
        found = make_findings(
            entry, outcome, lambda rid: (next(iter(entry.needs)), "book.xlsx", "Sheet1", rid)
        )
        return outcome, Findings.of(found)

    return run
