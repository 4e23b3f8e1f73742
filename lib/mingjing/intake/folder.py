"""A folder of files → typed tables, with every row accounted for."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from mingjing.errors import InputError
from mingjing.intake.files import RawSheet, list_files, read_file
from mingjing.intake.headers import Header, bare, find_header
from mingjing.intake.names import NAMES, resolve
from mingjing.intake.values import DATED, READERS, clean, is_null, read_number
from mingjing.tables import ARROW, Column, tables

ROWS_PER_SOURCE = 10**10
_TOTAL = ("合计", "总计", "小计", "累计", "共计", "total", "subtotal")
_PARTIAL = ("小计", "subtotal")
_NOTES = ("填表人", "制表", "备注", "说明", "注:", "注：", "审核人:", "单位负责人", "填报", "数据来源")
REJECTED = ["source_file", "sheet", "row", "table", "column", "reason_zh", "reason_en", "values"]
ISSUES = ["source_file", "sheet", "row", "table", "column", "value", "kind", "reason_zh", "reason_en", "_rid"]
TOTALS = ["source_file", "sheet", "row", "column", "stated", "computed", "difference"]


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


@dataclass
class Intake:
    """Everything that was read. `tables` holds only the columns somebody keeps, plus `_rid`."""

    tables: dict[str, pa.Table]
    sources: list[Source]
    rejected: pd.DataFrame
    issues: pd.DataFrame
    totals: pd.DataFrame
    names: pd.DataFrame
    digest: str

    def conservation(self) -> pd.DataFrame:
        """One line a sheet, with `kept` true where no row was lost."""
        names = ["file", "sheet", "table", "rows_read", "accepted", "rejected", "not_data", "status"]
        frame = pd.DataFrame([[getattr(s, n) for n in names] for s in self.sources], columns=names)
        frame["kept"] = frame.rows_read == frame.accepted + frame.rejected + frame.not_data
        return frame

    def source_of(self, rid: int) -> tuple[str, str, str, int]:
        """(table, file, sheet, row) of a `_rid`."""
        source = self.sources[rid // ROWS_PER_SOURCE - 1]
        return source.table or "", source.file, source.sheet, rid % ROWS_PER_SOURCE

    @property
    def unreadable(self) -> list[Source]:
        return [source for source in self.sources if source.status == "unreadable"]


def read_folder(data: str | Path) -> Intake:
    """Reads every ledger in the folder; InputError when there is nothing that can be read."""
    folder = Path(data)
    paths, aside = list_files(folder)
    if not paths:
        raise InputError(
            "no .xlsx, .xls, .csv or .parquet file here", file=folder, todo="Put the ledgers into it"
        )
    raw: list[RawSheet | Source] = []
    for path in paths:
        file = path.relative_to(folder).as_posix()
        try:
            raw += read_file(path, file)
        except InputError as error:
            raw.append(
                Source(0, file, "", status="unreadable", notes=[(f"无法读取：{error.what}", str(error))])
            )
    raw += [Source(0, file, "", status="skipped", notes=[(zh, en)]) for file, zh, en in aside]
    return _assemble(sorted(raw, key=lambda s: (s.file, s.name if isinstance(s, RawSheet) else s.sheet)))


def _assemble(raw: list[RawSheet | Source]) -> Intake:
    sources, rejected, issues, totals = [], [], [], []
    rows: dict[str, list[dict[str, Any]]] = {}
    for number, sheet in enumerate(raw, start=1):
        if isinstance(sheet, Source):
            sheet.source_id = number
            sources.append(sheet)
            continue
        reader = _SheetReader(number, sheet)
        sources.append(reader.source)
        rejected += reader.rejected
        issues += reader.issues
        totals += reader.totals
        if reader.header:
            rows.setdefault(reader.header.table.name, []).extend(reader.rows)
    digest = hashlib.sha256(
        "\n".join(f"{s.file}\t{s.sheet}\t{s.sha256}" for s in sources).encode()
    ).hexdigest()
    typed, names = resolve({name: _arrow(name, found) for name, found in rows.items() if found})
    return Intake(
        typed,
        sources,
        pd.DataFrame(rejected, columns=REJECTED),
        pd.DataFrame(issues, columns=ISSUES),
        pd.DataFrame(totals, columns=TOTALS),
        pd.DataFrame(names, columns=NAMES),
        digest,
    )


def _arrow(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    declared = tables()[name].columns
    columns = list(dict.fromkeys(column for row in rows for column in row if column != "_rid"))
    types = {c: ARROW[declared[c].type] if c in declared else pa.string() for c in columns} | {
        "_rid": pa.int64()
    }
    return pa.table({c: pa.array([row.get(c) for row in rows], t) for c, t in types.items()})


class _SheetReader:
    """Reads one sheet row by row; each row ends in exactly one of rows, rejected, not data."""

    def __init__(self, number: int, raw: RawSheet):
        self.raw, self.source = raw, Source(number, raw.file, raw.name, raw.sha256, rows_read=len(raw.rows))
        self.rows: list[dict[str, Any]] = []
        self.rejected: list[list[Any]] = []
        self.issues: list[list[Any]] = []
        self.totals: list[list[Any]] = []
        self._read_values: list[dict[str, Any]] = []
        self._subtotalled = 0
        self.header: Header | None = find_header(raw.file, raw.name, raw.rows)
        if raw.hidden:
            self.source.notes.append(("隐藏的工作表，已读取", "a hidden sheet; read all the same"))
        if self.header:
            self._read(self.header)
        else:
            self.source.status = "unrecognised" if any(map(any, raw.rows)) else "empty"
            self.source.not_data = len(raw.rows)
            self.source.notes.append(
                ("认不出是哪张台账，未作为数据", "not recognised as any ledger; not used as data")
            )

    def _read(self, header: Header) -> None:
        table, source = header.table, self.source
        source.table, source.header_row, source.extra = table.name, header.row, tuple(header.extra.values())
        source.missing = tuple(c for c in table.columns if c not in header.columns.values())
        if header.repeated:
            names = "、".join(header.repeated)
            source.notes.append(
                (f"表头重复：{names}，只用第一列", f"header given twice: {names}; the first is used")
            )
        absent = [
            c for c in table.key if c not in header.columns.values() and table.columns[c].default is None
        ]
        if absent and len(table.key) == 1:
            source.notes.append(
                (
                    f"没有“{table.columns[absent[0]].zh}”列，以文件名和行号代替",
                    f"no column “{absent[0]}”; file and row stand in for it",
                )
            )
        seen: dict[tuple, int] = {}
        for number, cells in enumerate(self.raw.rows, start=1):
            if number <= header.row or self._not_data(header, number, cells):
                source.not_data += 1
            else:
                self._row(header, number, cells, absent, seen)
        source.accepted, source.rejected = len(self.rows), len(self.rejected)
        bad = source.rejected + len({issue[2] for issue in self.issues})
        source.status = (
            "red" if not source.accepted or bad > source.accepted * 0.1 else "amber" if bad else "green"
        )

    def _not_data(self, header: Header, number: int, cells: list[Any]) -> bool:
        texts = [clean(cell) for cell in cells if cell is not None and clean(cell)]
        if not texts:
            return True
        mapped = [
            clean("" if place >= len(cells) or cells[place] is None else cells[place])
            for place in header.columns
        ]
        if (
            sum(
                bare(text) in {bare(header.table.columns[c].zh), c}
                for text, c in zip(mapped, header.columns.values(), strict=True)
            )
            >= 2
        ):
            return True
        if (word := texts[0].replace(" ", "").lower()).startswith(_TOTAL):
            partial = word.startswith(_PARTIAL)
            self._control(header, number, cells, self._read_values[self._subtotalled if partial else 0 :])
            self._subtotalled = len(self._read_values) if partial else self._subtotalled
            return True
        return texts[0].startswith(_NOTES) and sum(1 for text in mapped if text) <= 2

    def _control(self, header: Header, number: int, cells: list[Any], rows: list[dict[str, Any]]) -> None:
        """Holds a total line against the rows it covers, the rejected ones included."""
        for place, column in header.columns.items():
            spec = header.table.columns[column]
            if spec.type not in ("number", "int") or place >= len(cells) or is_null(cells[place]):
                continue
            try:
                stated = read_number(cells[place]) * header.scales.get(place, 1)
            except ValueError:
                continue
            computed = round(sum(row.get(column) or 0 for row in rows), 6)
            difference = round(stated - computed, 6)
            self.totals.append([self.raw.file, self.raw.name, number, column, stated, computed, difference])
            if abs(difference) > 0.005:
                self._issue(
                    header,
                    number,
                    column,
                    cells[place],
                    "total_mismatch",
                    f"合计行写{stated:g}，各行相加为{computed:g}",
                    f"the total says {stated:g}, its rows add up to {computed:g}",
                )

    def _row(
        self, header: Header, number: int, cells: list[Any], absent: list[str], seen: dict[tuple, int]
    ) -> None:
        table, values = header.table, {"_rid": self.source.source_id * ROWS_PER_SOURCE + number}
        faults: list[tuple[str, str, str]] = []
        pending: list[tuple] = []
        for place, column in header.columns.items():
            spec, cell = table.columns[column], cells[place] if place < len(cells) else None
            try:
                values[column] = _typed(spec, cell, self.raw.epoch, header.scales.get(place, 1.0))
            except ValueError as error:
                values[column] = None
                zh, en = (
                    f"“{spec.zh}”读不懂：{clean(cell)[:60]}",
                    f"“{column}” cannot be read: {clean(cell)[:60]} ({error})",
                )
                if spec.required:
                    faults.append((column, zh, en))
                else:
                    pending.append((column, cell, "unreadable", zh, en))
                continue
            if values[column] is None and spec.default is not None:
                values[column] = spec.default
            if values[column] is None and spec.required:
                faults.append((column, f"必填项“{spec.zh}”为空", f"required “{column}” is blank"))
            elif spec.choices and values[column] is not None and values[column] not in spec.choices:
                pending.append(
                    (
                        column,
                        cell,
                        "not_in_choices",
                        f"“{spec.zh}”不在规定选项内：{values[column]}",
                        f"“{column}” is none of the allowed values: {values[column]}",
                    )
                )
        for column in absent if len(table.key) == 1 else ():
            values[column] = f"{self.raw.file}#{self.raw.name}#{number}"
        for column in table.key:
            if column not in values and table.columns[column].default is not None:
                values[column] = table.columns[column].default
            if column not in values:
                faults.append(
                    (column, f"缺主键列“{table.columns[column].zh}”", f"key column “{column}” is missing")
                )
        self._read_values.append(values)
        if faults:
            original = json.dumps(
                {h: _plain(cells[p]) for p, h in self._written(header).items() if p < len(cells)},
                ensure_ascii=False,
            )
            self.rejected.append(
                [
                    self.raw.file,
                    self.raw.name,
                    number,
                    table.name,
                    ", ".join(f[0] for f in faults),
                    "；".join(f[1] for f in faults),
                    "; ".join(f[2] for f in faults),
                    original,
                ]
            )
            return
        for place, text in header.extra.items():
            values[f"x_{text}"] = (
                clean(cells[place]) or None if place < len(cells) and cells[place] is not None else None
            )
        for issue in pending:
            self._issue(header, number, *issue)
        key = tuple(values[column] for column in table.key)
        if key in seen:
            self._issue(
                header,
                number,
                table.key[0],
                key[0],
                "duplicate_key",
                f"与第{seen[key]}行重复",
                f"same key as row {seen[key]}",
            )
        seen.setdefault(key, number)
        self.rows.append(values)

    def _written(self, header: Header) -> dict[int, str]:
        return {p: header.table.columns[c].zh for p, c in header.columns.items()} | header.extra

    def _issue(
        self, header: Header, number: int, column: str, cell: Any, kind: str, zh: str, en: str
    ) -> None:
        rid = self.source.source_id * ROWS_PER_SOURCE + number
        self.issues.append(
            [self.raw.file, self.raw.name, number, header.table.name, column, _plain(cell), kind, zh, en, rid]
        )


def _typed(spec: Column, cell: Any, epoch: datetime, scale: float) -> Any:
    if (
        isinstance(cell, str)
        and cell.startswith("#")
        and cell.endswith(("!", "?", "A"))
        and cell[1:2].isupper()
    ):
        raise ValueError("a formula that failed")
    if isinstance(cell, str) and clean(cell) in spec.choices:
        return clean(cell)  # 无 is an answer where the ledger offers it
    if spec.type in DATED:
        return DATED[spec.type](cell, epoch)
    value = READERS[spec.type](cell)
    return round(value * scale, 6) if scale != 1.0 and value is not None else value


def _plain(cell: Any) -> str:
    return "" if cell is None else str(cell)
