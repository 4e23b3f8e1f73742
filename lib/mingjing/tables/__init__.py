"""What a ledger is. One TOML file per area; `tables()` gives them all."""

from mingjing.tables.schema import PROVENANCE, Column, Table, tables

__all__ = ["PROVENANCE", "Column", "Table", "tables"]
