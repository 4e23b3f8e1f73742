"""One sheet, read column by column: each row ends in exactly one of accepted, rejected, not data."""

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from mingjing.intake.block import Block, Cells, Filler, blocks, columns_of
from mingjing.intake.column import read_column, read_extra
from mingjing.intake.corrections import Correction
from mingjing.intake.faults import BETWEEN, BLANK, CORRECTED, NO_KEY, STRANGE, UNREADABLE
from mingjing.intake.files import RawSheet
from mingjing.intake.headers import Field, Header
from mingjing.intake.lines import Lines, total_issues
from mingjing.intake.model import Source
from mingjing.intake.values import clean
from mingjing.tables import ARROW, Column, Table

Fault = tuple[str, str, str]
_TOGETHER = 64  # blocks whose columns become one piece each


@dataclass
class SheetData:
    """What one sheet gave: `table` is None where no row was accepted."""

    source: Source
    table: pa.Table | None
    rejected: list[list[Any]]
    issues: list[list[Any]]
    totals: list[list[Any]]


def read_sheet(
    source: Source, raw: RawSheet, header: Header, set_aside: dict[int, Correction] | None = None
) -> SheetData:
    """Reads the rows below the header, block by block. `set_aside`: row number → the correction that rejects it."""
    _describe(source, header)
    lines = Lines(header, raw.rows[header.row - header.lines : header.row])
    reader = _Reader(source, raw, header, set_aside or {})
    filler = Filler(raw.merged, header.row, _amounts(header))
    for block in blocks(filler.fill(raw.rows), header.row + 1):
        places = lines.sort(block)
        if places:
            reader.read(block, places)
    source.rejected, source.accepted = len(reader.rejected), lines.found - len(reader.rejected)
    source.not_data = source.rows_read - lines.found
    source.notes += lines.notes() + filler.notes()
    issues = reader.issues + total_issues(source, header, lines.totals, reader.amounts)
    totals = [[source.file, source.sheet, *total.line(source)] for total in lines.totals]
    return SheetData(source, reader.table(), reader.rejected, issues, totals)


def set_status(source: Source, wrong_rows: set[int]) -> None:
    """Green: nothing wrong; amber: some rows; red: none accepted, or more than one row in ten wrong."""
    bad = source.rejected + len(wrong_rows)
    source.status = (
        "red" if not source.accepted or bad > source.accepted * 0.1 else "amber" if bad else "green"
    )


def _describe(source: Source, header: Header) -> None:
    table = header.table
    source.table, source.header_row, source.extra = table.name, header.row, tuple(header.extra.values())
    source.missing = tuple(c for c in table.columns if c not in header.names)
    if header.repeated:
        names = "、".join(header.repeated)
        source.notes.append(
            (f"表头重复：{names}，只用第一列", f"header given twice: {names}; the first is used")
        )
    for name in _stand_in(header):
        zh = table.columns[name].zh
        source.notes.append(
            (f"没有“{zh}”列，以文件名和行号代替", f"no column “{name}”; file and row stand in for it")
        )


def _stand_in(header: Header) -> list[str]:
    """The key column that file and row stand in for: only where it is the whole key and the sheet has none."""
    table = header.table
    absent = [c for c in table.key if c not in header.names and table.columns[c].default is None]
    return absent if len(table.key) == 1 else []


def _amounts(header: Header) -> list[int]:
    """Places of the columns of numbers: several rows merged there have one amount together."""
    columns = header.table.columns
    return [place for place, name in header.columns.items() if columns[name].type in ("number", "int")]


class _Reader:
    """The data rows of one sheet, read block by block."""

    def __init__(self, source: Source, raw: RawSheet, header: Header, set_aside: dict[int, Correction]):
        self.source, self.raw, self.header, self.set_aside = source, raw, header, set_aside
        self.rejected: list[list[Any]] = []
        self.issues: list[list[Any]] = []
        self.amounts: dict[str, list[pa.Array]] = {}
        self.tables: list[pa.Table] = []
        self.whole: list[pa.Table] = []
        self.extras = _Extras(source, header)

    def read(self, block: Block, places: list[int]) -> None:
        """Reads the rows of the block at these places."""
        whole = len(places) == len(block.rows)
        rows = block.rows if whole else [block.rows[place] for place in places]
        columns = block.columns if whole else columns_of(rows)
        numbers = [block.start + place for place in places]
        typed, faults, issues = _typed_columns(self.source, self.raw, self.header, rows, columns, numbers)
        for place, number in enumerate(numbers if self.set_aside else ()):
            if entry := self.set_aside.get(number):
                faults[place] = [("", *(form.format(value=entry.reason) for form in CORRECTED))]
        self.issues += issues
        self.rejected += [
            _rejected(self.source, self.header, numbers[place], rows[place], found)
            for place, found in sorted(faults.items())
        ]
        self._keep(typed, self.extras.read(columns), numbers, faults)

    def _keep(self, typed: dict[str, pa.Array], extras: dict[str, pa.Array], numbers, faults) -> None:
        declared = self.header.table.columns
        for name, array in typed.items():
            if declared[name].type in ("number", "int"):
                self.amounts.setdefault(name, []).append(array)
        base = self.source.rid(0)
        rids = pa.array([base + number for number in numbers], pa.int64())
        table = pa.table(typed | extras | {"_rid": rids})
        kept = [place for place in range(len(numbers)) if place not in faults] if faults else None
        if kept is None or kept:
            self.tables.append(table if kept is None else table.take(kept))
        if len(self.tables) == _TOGETHER:
            self.whole.append(_one(self.tables))
            self.tables = []

    def table(self) -> pa.Table | None:
        """The rows accepted; None where there are none."""
        if not self.tables and not self.whole:
            return None
        whole = pa.concat_tables([*self.whole, *self.tables], promote_options="default")
        names = [name for name in whole.column_names if name in self.header.table.columns]
        return whole.select([*names, *self.extras.labels(whole.column_names), "_rid"])


def _one(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="default").combine_chunks()


def _typed_columns(source, raw: RawSheet, header: Header, rows, columns: list[Cells], numbers):
    """(column → values, row place → faults that reject it, issues) of the data rows."""
    typed: dict[str, pa.Array] = {}
    faults: dict[int, list[Fault]] = {}
    found: list[tuple[int, list[Any]]] = []
    for field in header.fields:
        spec = header.table.columns[field.name]
        column = _column(field, rows, columns, numbers)
        cells = column.cells
        values, bad = read_column(column, spec, raw.epoch, field)
        typed[field.name] = values
        for place, why in bad.items():
            zh, en = _said(UNREADABLE, spec, value=clean(cells[place])[:60], why=why)
            if spec.required:
                faults.setdefault(place, []).append((spec.name, zh, en))
            else:
                found.append((place, [spec.name, cells[place], "unreadable", zh, en]))
        if spec.required and values.null_count:
            blank = _said(BLANK, spec)
            for place, missing in enumerate(values.is_null().to_pylist()):
                if missing and place not in bad:
                    faults.setdefault(place, []).append((spec.name, *blank))
        if spec.choices and (strange := set(values.unique().to_pylist()) - {*spec.choices, None}):
            found += [
                (place, [spec.name, cells[place], "not_in_choices", *_said(STRANGE, spec, value=value)])
                for place, value in enumerate(values.to_pylist())
                if value in strange
            ]
    _fill_keys(source, header, numbers, typed, faults)
    issues = [
        issue_line(source, header.table, numbers[place], *issue)
        for place, issue in sorted(found, key=lambda pair: pair[0])
        if place not in faults
    ]
    return typed, faults, issues


def _fill_keys(source: Source, header: Header, numbers, typed, faults) -> None:
    for name in _stand_in(header):
        typed[name] = pa.array([f"{source.file}#{source.sheet}#{number}" for number in numbers])
    for name in header.table.key:
        spec = header.table.columns[name]
        if name not in typed and spec.default is not None:
            typed[name] = pa.array([spec.default] * len(numbers), ARROW[spec.type])
        elif name not in typed:
            for place in range(len(numbers)):
                zh, en = NO_KEY
                fault = (name, zh.format(column=spec.zh), en.format(column=name))
                faults.setdefault(place, []).append(fault)


def _said(form: tuple[str, str], spec: Column, **values: Any) -> tuple[str, str]:
    return form[0].format(column=spec.zh, **values), form[1].format(column=spec.en, **values)


def _column(field: Field, rows, columns: list[Cells], numbers) -> Cells:
    if field.make:
        return Cells([field.make(row, number) for row, number in zip(rows, numbers, strict=True)])
    return columns[field.place] if field.place < len(columns) else Cells([None] * len(rows))


class _Extras:
    """Columns nobody declared, as text; one without a header is kept by its number."""

    def __init__(self, source: Source, header: Header):
        self.source, self.used, self.label = source, header.columns, {}
        for place, text in header.extra.items():
            self._name(place, text)

    def _name(self, place: int, text: str) -> None:
        label = f"x_{text}"
        self.label[place] = label if label not in self.label.values() else f"{label}#{place + 1}"

    def read(self, columns: list[Cells]) -> dict[str, pa.Array]:
        found = {}
        for place, column in enumerate(columns):
            if place in self.used and place not in self.label:
                continue
            values = read_extra(column)
            if place not in self.label and values.null_count < len(values):
                self.source.notes.append(
                    (
                        f"第{place + 1}列没有表头，按原样保留",
                        f"column {place + 1} has no header; kept as it is",
                    )
                )
                self._name(place, f"列{place + 1}")
            if place in self.label:
                found[self.label[place]] = values
        return found

    def labels(self, present: list[str]) -> list[str]:
        """Names of the columns that are there, in the order of the sheet."""
        return [label for _, label in sorted(self.label.items()) if label in present]


def _rejected(source: Source, header: Header, number: int, cells: list[Any], faults: list[Fault]):
    written = {p: header.table.columns[c].zh for p, c in header.columns.items()} | header.extra
    original = {
        head: "" if cells[place] is None else str(cells[place])
        for place, head in written.items()
        if place < len(cells)
    }
    return [
        *(source.file, source.sheet, number, header.table.name),
        *(separator.join(f[i] for f in faults) for i, separator in enumerate((", ", *BETWEEN))),
        *(json.dumps(original, ensure_ascii=False), source.rid(number)),
    ]


def issue_line(
    source: Source, table: Table, number: int, column: str, cell: Any, kind: str, zh: str, en: str
) -> list[Any]:
    """One line of the issues: the cell as the clerk wrote it, and what is wrong with it."""
    place = [source.file, source.sheet, number, table.name, column]
    return [*place, "" if cell is None else str(cell), kind, zh, en, source.rid(number)]
