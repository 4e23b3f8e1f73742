"""One sheet, read column by column: each row ends in exactly one of accepted, rejected, not data."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import zip_longest
from typing import Any

import pyarrow as pa

from mingjing.intake.corrections import Correction
from mingjing.intake.files import RawSheet
from mingjing.intake.headers import Field, Header
from mingjing.intake.lines import sort_lines, total_issues
from mingjing.intake.model import Source
from mingjing.intake.values import DATED, READERS, clean
from mingjing.tables import ARROW, Column, Table

Fault = tuple[str, str, str]


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
    """Reads the rows below the header. `set_aside`: row number → the correction that rejects it."""
    _describe(source, header)
    lines = sort_lines(header, raw.rows)
    source.not_data = len(raw.rows) - len(lines.data)
    source.notes += lines.notes
    rows = [raw.rows[number - 1] for number in lines.data]
    columns = [list(column) for column in zip_longest(*rows)]
    typed, faults, issues = _typed_columns(source, raw, header, rows, columns, lines.data)
    for place, number in enumerate(lines.data if set_aside else ()):
        if entry := set_aside.get(number):
            faults[place] = [("", f"更正登记：{entry.reason}", f"corrections register: {entry.reason}")]
    issues += total_issues(source, header, lines.totals, typed)
    totals = [[source.file, source.sheet, *total.line(source)] for total in lines.totals]
    extras = _extras(source, header, columns)
    rejected = [
        _rejected(source, header, lines.data[place], rows[place], found)
        for place, found in sorted(faults.items())
    ]
    source.accepted, source.rejected = len(rows) - len(rejected), len(rejected)
    kept = [place for place in range(len(rows)) if place not in faults]
    table = _arrow(header.table, typed, extras, [source.rid(number) for number in lines.data], kept)
    return SheetData(source, table if kept else None, rejected, issues, totals)


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


def _typed_columns(source, raw: RawSheet, header: Header, rows, columns, numbers):
    """(column → values, row place → faults that reject it, issues) of the data rows."""
    typed: dict[str, list[Any]] = {}
    faults: dict[int, list[Fault]] = {}
    found: list[tuple[int, list[Any]]] = []
    for field in header.fields:
        spec = header.table.columns[field.name]
        cells = _cells(field, rows, columns, numbers)
        values, bad = read_cells(cells, partial(_typed, spec, raw.epoch, field))
        if spec.default is not None:
            values = [spec.default if v is None and p not in bad else v for p, v in enumerate(values)]
        typed[field.name] = values
        for place, why in bad.items():
            zh, en = (
                f"“{spec.zh}”读不懂：{clean(cells[place])[:60]}",
                f"“{spec.name}” cannot be read: {clean(cells[place])[:60]} ({why})",
            )
            if spec.required:
                faults.setdefault(place, []).append((spec.name, zh, en))
            else:
                found.append((place, [spec.name, cells[place], "unreadable", zh, en]))
        if spec.required:
            blank = (f"必填项“{spec.zh}”为空", f"required “{spec.name}” is blank")
            for place, value in enumerate(values):
                if value is None and place not in bad:
                    faults.setdefault(place, []).append((spec.name, *blank))
        if spec.choices and (strange := set(values) - {*spec.choices, None}):
            found += [
                (place, [spec.name, cells[place], "not_in_choices", *_strange(spec, value)])
                for place, value in enumerate(values)
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
        typed[name] = [f"{source.file}#{source.sheet}#{number}" for number in numbers]
    for name in header.table.key:
        spec = header.table.columns[name]
        if name not in typed and spec.default is not None:
            typed[name] = [spec.default] * len(numbers)
        elif name not in typed:
            for place in range(len(numbers)):
                fault = (name, f"缺主键列“{spec.zh}”", f"key column “{name}” is missing")
                faults.setdefault(place, []).append(fault)


def _strange(spec: Column, value: Any) -> tuple[str, str]:
    return f"“{spec.zh}”不在规定选项内：{value}", f"“{spec.name}” is none of the allowed values: {value}"


def _cells(field: Field, rows, columns, numbers) -> list[Any]:
    if field.make:
        return [field.make(row, number) for row, number in zip(rows, numbers, strict=True)]
    return columns[field.place] if field.place < len(columns) else [None] * len(rows)


def read_cells(cells: list[Any], read: Callable[[Any], Any]) -> tuple[list[Any], dict[int, str]]:
    """Values, and place → why for each cell that cannot be read. Equal cells are read once."""
    memo: dict[Any, tuple[Any, str | None]] = {}
    values: list[Any] = []
    bad: dict[int, str] = {}
    for place, cell in enumerate(cells):
        key = (cell.__class__, cell)
        known = memo.get(key)
        if known is None:
            try:
                known = read(cell), None
            except (ValueError, OverflowError) as error:
                known = None, str(error)
            memo[key] = known
        values.append(known[0])
        if known[1] is not None:
            bad[place] = known[1]
    return values, bad


def _typed(spec: Column, epoch: datetime, field: Field, cell: Any) -> Any:
    if field.prepare:
        cell = field.prepare(cell)
    if isinstance(cell, str):
        if cell.startswith("#") and cell.endswith(("!", "?", "A")) and cell[1:2].isupper():
            raise ValueError("a formula that failed")
        if spec.choices and clean(cell) in spec.choices:
            return clean(cell)  # 无 is an answer where the ledger offers it
    if spec.type in DATED:
        return DATED[spec.type](cell, epoch)
    value = READERS[spec.type](cell)
    return round(value * field.scale, 6) if field.scale != 1.0 and value is not None else value


def _extras(source: Source, header: Header, columns: list[list[Any]]) -> dict[str, list[str | None]]:
    """Columns nobody declared, as text; one without a header is kept by its number."""
    used = header.columns
    extras: dict[str, list[str | None]] = {}
    for place, cells in enumerate(columns):
        name = header.extra.get(place)
        if name is None and place in used:
            continue
        values, _ = read_cells(cells, lambda cell: None if cell is None else clean(cell) or None)
        if name is None:
            if not any(values):
                continue
            source.notes.append(
                (f"第{place + 1}列没有表头，按原样保留", f"column {place + 1} has no header; kept as it is")
            )
            name = f"列{place + 1}"
        label = f"x_{name}" if f"x_{name}" not in extras else f"x_{name}#{place + 1}"
        extras[label] = values
    return extras


def _arrow(table: Table, typed, extras, rids: list[int], kept: list[int]) -> pa.Table:
    whole = len(kept) == len(rids)

    def array(values: list[Any], kind: pa.DataType) -> pa.Array:
        return pa.array(values if whole else [values[place] for place in kept], kind)

    data = {name: array(values, ARROW[table.columns[name].type]) for name, values in typed.items()}
    data |= {name: array(values, pa.string()) for name, values in extras.items()}
    return pa.table(data | {"_rid": array(rids, pa.int64())})


def _rejected(source: Source, header: Header, number: int, cells: list[Any], faults: list[Fault]):
    written = {p: header.table.columns[c].zh for p, c in header.columns.items()} | header.extra
    original = {
        head: "" if cells[place] is None else str(cells[place])
        for place, head in written.items()
        if place < len(cells)
    }
    return [
        *(source.file, source.sheet, number, header.table.name),
        *(separator.join(f[i] for f in faults) for i, separator in enumerate((", ", "；", "; "))),
        *(json.dumps(original, ensure_ascii=False), source.rid(number)),
    ]


def issue_line(
    source: Source, table: Table, number: int, column: str, cell: Any, kind: str, zh: str, en: str
) -> list[Any]:
    """One line of the issues: the cell as the clerk wrote it, and what is wrong with it."""
    place = [source.file, source.sheet, number, table.name, column]
    return [*place, "" if cell is None else str(cell), kind, zh, en, source.rid(number)]
