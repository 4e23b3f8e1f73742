"""A ledger too large for memory is a Parquet file that the engine reads by itself."""

from datetime import date

import ibis
import pyarrow.parquet as pq
import pytest

from mingjing.rules import Ledgers, catalogue, rules, run_rule

ALIKE = {"voucher_date": date(2021, 3, 1), "unit_id": "U1", "reviewer_id": "P2", "invoice_no": None}
ROWS = [
    ALIKE | {"line_id": "L1", "handler_id": "P1", "approver_id": "P1"},
    ALIKE | {"line_id": "L2", "handler_id": "P1", "approver_id": "P3"},
    ALIKE | {"line_id": "L3", "handler_id": None, "approver_id": "P3"},
]


@pytest.fixture
def both(ledgers, tmp_path):
    """The same ledger in memory and as a file."""
    memory, path = ledgers(expense=ROWS), tmp_path / "expense.parquet"
    pq.write_table(memory._arrow["expense"], path)
    return memory, Ledgers(ibis.duckdb.connect(), {"expense": path}, memory.period, memory.as_of)


def test_a_file_gives_the_findings_that_the_table_gives(both):
    memory, file = (run_rule(catalogue()["JF-B04"], rules()["JF-B04"], each) for each in both)
    assert [hit["subject"] for hit in file.hits] == ["L1"]
    assert file.hits == memory.hits


def test_a_column_nobody_kept_is_null_and_said_to_be_absent(both):
    for each in both:
        assert each.missing({"expense": ["payee"]}) == ["expense.payee"]
        assert each.expense.payee.type().is_string()
        assert each.expense.payee.count().execute() == 0


def test_a_column_that_is_blank_throughout_is_kept_but_not_written_in(both):
    for each in both:
        assert not each.missing({"expense": ["invoice_no"]})
        assert not each.has("expense", "invoice_no")
        assert each.has("expense", "handler_id")
