"""What intake gives: typed tables, and where every row of every sheet went."""

from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

ROWS_PER_SOURCE = 10**10
REJECTED = ["source_file", "sheet", "row", "table", "column", "reason_zh", "reason_en", "values", "_rid"]
ISSUES = ["source_file", "sheet", "row", "table", "column", "value", "kind", "reason_zh", "reason_en", "_rid"]
TOTALS = ["source_file", "sheet", "row", "table", "column", "stated", "computed", "difference", "_rid"]


@dataclass
class Source:
    """One sheet and what became of its rows: rows_read = accepted + rejected + not_data."""

    source_id: int
    file: str
    sheet: str
    sha256: str = ""
    table: str | None = None
    header_row: int | None = None
    rows_read: int = 0
    accepted: int = 0
    rejected: int = 0
    not_data: int = 0
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    status: str = "green"
    notes: list[tuple[str, str]] = field(default_factory=list)

    def rid(self, row: int) -> int:
        """The number that identifies a row of this sheet in every table made from it."""
        return self.source_id * ROWS_PER_SOURCE + row


@dataclass(repr=False)
class Intake:
    """Everything that was read. `tables` holds only the columns somebody keeps, plus `_rid`.

    `settings`: (mapping, corrections or aliases; file name; SHA-256) of each file that said how to read.
    """

    tables: dict[str, pa.Table]
    sources: list[Source]
    rejected: pd.DataFrame
    issues: pd.DataFrame
    totals: pd.DataFrame
    names: pd.DataFrame
    corrections: pd.DataFrame
    settings: list[tuple[str, str, str]]
    digest: str

    def __repr__(self) -> str:
        return self.conservation().to_string(index=False)

    def conservation(self) -> pd.DataFrame:
        """One line a sheet, with `kept` true where no row was lost; none for a sheet withheld from the public."""
        names = ["file", "sheet", "table", "rows_read", "accepted", "rejected", "not_data", "status"]
        frame = pd.DataFrame(
            [[getattr(s, n) for n in names] for s in self.sources if s.status != "withheld"], columns=names
        )
        frame["kept"] = frame.rows_read == frame.accepted + frame.rejected + frame.not_data
        return frame

    def source_of(self, rid: int) -> tuple[str, str, str, int]:
        """(table, file, sheet, row) of a `_rid`."""
        source = self.sources[rid // ROWS_PER_SOURCE - 1]
        return source.table or "", source.file, source.sheet, rid % ROWS_PER_SOURCE

    @property
    def unreadable(self) -> list[Source]:
        return [source for source in self.sources if source.status == "unreadable"]
