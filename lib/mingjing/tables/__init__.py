"""What a ledger is. One TOML file per area; `tables()` gives them all."""

from mingjing.tables.schema import ARROW, PROVENANCE, Column, Table, tables

__all__ = ["ARROW", "PROVENANCE", "Column", "Table", "tables"]
