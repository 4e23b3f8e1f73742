"""The bureau's ledgers as files: the untidy forms that clerks produce, the same bytes for the same seed."""

import csv
import json
import random
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from mingjing.areas import AREAS
from mingjing.errors import UsageError
from mingjing.sample.bureau import Bureau, Row, build_bureau
from mingjing.tables import Column, Table, tables

PLAN = "planted.json"
MADE = datetime(2022, 1, 10, 9, 0)
# Kept as text files by systems that export them; the rest are sheets of the area's workbook.
_CSV = {"meal_ledger": "gb18030", "hotline": "gb18030", "staff_leave": "utf-8-sig", "venue": "utf-8-sig"}
_LONG = 5000
_DATES = ("iso", "hanzi", "dots", "compact", "cell")
_BOOLS = (("是", "否"), ("√", "×"), ("有", "无"))
_LABELS = {"unit": "unit_name", "person": "name", "athlete": "name"}


class _Form:
    """How one clerk fills one ledger: where the title is, how dates, flags, sums and names are written."""

    def __init__(self, table: Table, bureau: Bureau, names: dict[str, str]):
        rng = bureau.random(f"form/{table.name}")
        self.table, self.names = table, names
        self.title, self.total, self.note = rng.random() < 0.7, rng.random() < 0.5, rng.random() < 0.6
        self.told = bureau.totals.get(table.name)
        self.total = self.total or self.told is not None
        self.dates, self.bools = rng.choice(_DATES), rng.choice(_BOOLS)
        self.by_name, self.thousands = rng.random() < 0.6, rng.random() < 0.3
        self.wide = rng.random() < 0.2
        # a total would be lost among the amounts if a ledger states it in 万元 with few digits
        self.wan = rng.random() < 0.15
        used = {column for row in bureau.rows[table.name] for column in row}
        unknown = used - table.columns.keys()
        if unknown:
            raise ValueError(f"{table.name} has no column {sorted(unknown)}")
        self.columns = [column for column in table.columns.values() if column.name in used]
        if rng.random() < 0.5 and len(self.columns) > 4:
            tail = self.columns[2:]
            rng.shuffle(tail)
            self.columns = self.columns[:2] + tail
        self.heads = [self._head(column, rng) for column in self.columns]

    def _head(self, column: Column, rng: random.Random) -> str:
        name = rng.choice((column.zh, column.zh, *column.aliases))
        if column.unit == "yuan":
            return f"{name}（{'万元' if self.wan else '元'}）" if self.wan or rng.random() < 0.5 else name
        return f" {name} " if rng.random() < 0.1 else name

    def cell(self, column: Column, row: Row) -> Any:
        if column.name in row.written:
            return row.written[column.name]
        value = row.get(column.name)
        if value is None:
            return None
        if column.type in ("date", "datetime"):
            return self._day(column, value)
        if column.type == "bool":
            return self.bools[0] if value else self.bools[1]
        if column.type in ("number", "int"):
            return self._number(column, value)
        if column.ref and self.by_name:
            return self.names.get(value, value)
        return value

    def _day(self, column: Column, value: date) -> Any:
        if self.dates == "cell":
            return value
        clock = f" {value:%H:%M}" if column.type == "datetime" else ""
        if self.dates == "hanzi":
            return f"{value.year}年{value.month}月{value.day}日{clock}"
        if self.dates == "dots":
            return f"{value.year}.{value.month}.{value.day}{clock}"
        if self.dates == "compact" and not clock:
            return f"{value:%Y%m%d}"
        return f"{value:%Y-%m-%d}{clock}"

    def _number(self, column: Column, value: float) -> Any:
        if column.unit == "yuan" and self.wan:
            return round(value / 1e4, 6)
        if column.unit == "yuan" and self.thousands and abs(value) >= 1000:
            return f"{value:,.2f}"
        if column.type == "int" and self.wide:
            return str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        return value

    def lines(self, rows: list[Row]) -> Iterator[tuple[Row | None, list[Any]]]:
        """(row or nothing, cells) line by line, the first being line 1 of the sheet."""
        if self.title:
            yield None, [f"2021年{self.table.zh}"]
            yield None, ["填报单位：市体育局"]
        yield None, self.heads
        for row in rows:
            yield row, [self.cell(column, row) for column in self.columns]
        sums = [self._sum(column, rows) for column in self.columns]
        # the word 合计 stands in the first cell, so a ledger whose first column is a sum has no total line
        if self.total and sums[0] is None and any(value is not None for value in sums):
            yield self.told, ["合计", *sums[1:]]
        if self.note:
            yield None, ["填表人：综合科　　审核人：办公室"]

    def _sum(self, column: Column, rows: list[Row]) -> float | None:
        if column.unit != "yuan" or column.type != "number" or column.name.endswith(("price", "balance")):
            return None
        if any(column.name in row.written for row in rows):
            return None
        error = self.told["error"] if self.told else 0.0
        return round((sum(row.get(column.name) or 0 for row in rows) + error) / (1e4 if self.wan else 1), 6)


def write_sample(out: str | Path, seed: int = 1, scale: int = 1) -> Path:
    """Writes the ledgers of the bureau into an empty or new folder, and `planted.json` beside them.

    scale: 1 is fourteen units and some thousands of rows; each step adds as many units again. Gives the folder.
    """
    folder = Path(out)
    if scale < 1:
        raise UsageError(f"scale {scale} is below 1", todo="Give a whole number from 1")
    if folder.exists() and any(folder.iterdir()) and not (folder / PLAN).exists():
        raise UsageError(f"{folder} holds something that is not a sample", todo="Choose another --out")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    bureau = build_bureau(seed, scale)
    names = {
        row[tables()[table].key[0]]: row[label]
        for table, label in _LABELS.items()
        for row in bureau.rows[table]
    }
    places: dict[Row, tuple[str, str, int]] = {}
    for area in AREAS.values():
        forms = [
            _Form(tables()[name], bureau, names)
            for name in tables()
            if bureau.rows.get(name) and _area(name) == area.name
        ]
        text = [f for f in forms if f.table.name in _CSV or len(bureau.rows[f.table.name]) > _LONG]
        for form in text:
            _write_csv(folder, form, bureau.rows[form.table.name], places)
        sheets = [f for f in forms if f not in text]
        if sheets:
            _write_book(folder / f"{area.zh}台账.xlsx", sheets, bureau, places)
    _write_plan(folder, bureau, places)
    return folder


def _area(table: str) -> str:
    declared = tables()[table].area
    return declared if declared in AREAS else "intake"


def _write_csv(folder: Path, form: _Form, rows: list[Row], places: dict) -> None:
    file = f"{form.table.zh}.csv"
    with (folder / file).open("w", encoding=_CSV.get(form.table.name, "utf-8-sig"), newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        for number, (row, cells) in enumerate(form.lines(rows), start=1):
            writer.writerow(["" if cell is None else _flat(cell) for cell in cells])
            if row is not None:
                places[row] = (file, "", number)


def _flat(cell: Any) -> Any:
    return cell.strftime("%Y/%m/%d %H:%M") if isinstance(cell, datetime) else cell


def _write_book(path: Path, forms: list[_Form], bureau: Bureau, places: dict) -> None:
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": MADE, "author": "市体育局"})
    bold = book.add_format({"bold": True, "align": "center"})
    formats = {date: book.add_format({"num_format": "yyyy-mm-dd"})}
    formats[datetime] = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for form in forms:
        sheet = book.add_worksheet(form.table.zh[:31])
        rows = bureau.rows[form.table.name]
        for number, (row, cells) in enumerate(form.lines(rows), start=1):
            if number == 1 and form.title:
                sheet.merge_range(0, 0, 0, len(form.columns) - 1, cells[0], bold)
                continue
            for place, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(number - 1, place, cell, formats[type(cell)])
                elif cell is not None:
                    sheet.write(number - 1, place, cell)
            if row is not None:
                places[row] = (path.name, form.table.zh[:31], number)
    book.close()


def _write_plan(folder: Path, bureau: Bureau, places: dict) -> None:
    def lines(plan: list[tuple[str, tuple[Row, ...]]]) -> list[dict]:
        found = [
            {
                "rule_id": rule_id,
                "rows": [dict(zip(("file", "sheet", "row"), places[row], strict=True)) for row in rows],
            }
            for rule_id, rows in plan
        ]
        return sorted(found, key=lambda line: json.dumps(line, ensure_ascii=False, sort_keys=True))

    body = {
        "seed": bureau.seed,
        "scale": bureau.scale,
        "period": str(bureau.year),
        "planted": lines(bureau.planted),
        "near_misses": lines(bureau.near_misses),
    }
    (folder / PLAN).write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", "utf-8")
