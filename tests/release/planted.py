"""A small bureau in which every value that must not get out is marked, in every column of every ledger."""

import base64
import csv
import gzip
import html
import itertools
import re
import urllib.parse
from collections.abc import Container
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq

from mingjing.sample.bureau import build_bureau
from mingjing.tables import tables

ROWS = 12
_RARE = "龘靐齉爨驫麤鱻籲灪麣鸞讟驪"
# what a mark of any kind looks like
MARK = rf"[{_RARE}]{{3}}|密\d{{5}}件|K\d{{5}}Z|\d{{17}}X|\d{{19}}|\d{{11}}|\d{{7}}|鲁A\d{{5}}|1957-03-14"
_NOT_MARKED = ("unit_id", "period", "month", "pop_source")


class Marks:
    """Marked values by kind; each is unlike anything the workbook itself writes."""

    def __init__(self):
        self._number = itertools.count(1)
        self._names = ("".join(three) for three in itertools.permutations(_RARE, 3))
        self._same: dict[str, str] = {}
        self.planted: list[str] = []

    def _keep(self, mark: str) -> str:
        self.planted.append(mark)
        return mark

    def name(self, written: str) -> str:
        """The same person has the same mark everywhere."""
        if written not in self._same:
            self._same[written] = self._keep(next(self._names))
        return self._same[written]

    def key(self, written: str) -> str:
        if written not in self._same:
            self._same[written] = self._keep(f"K{next(self._number):05d}Z")
        return self._same[written]

    def text(self) -> str:
        n = next(self._number)
        mark = self._keep(f"密{n:05d}件")
        card = self._keep(f"3701021988{n % 12 + 1:02d}{n % 28 + 1:02d}{n % 1000:03d}X")
        phone = self._keep(f"139{n:08d}")
        plate = self._keep(f"鲁A{n:05d}")
        bank = self._keep(f"6222{n:015d}")
        return f"{mark}，身份证{card}，电话{phone[:3]} {phone[3:7]} {phone[7:]}，车牌{plate}，账号{bank}"

    def number(self) -> int:
        return int(self._keep(str(7_310_000 + 7 * next(self._number))))


def write_planted(folder: Path, only: Container[str] = tables()) -> Marks:
    """CSV ledgers, all unless only some are wanted: a few rows of the sample with marks in place of names, keys, texts,
    and of every figure of arms."""
    marks, bureau = Marks(), build_bureau(1)
    people = {
        row[key]: row["name"]
        for table, key in (("person", "person_id"), ("athlete", "ath_id"))
        for row in bureau.rows[table]
    }
    folder.mkdir()
    for name, table in tables().items():
        if name.startswith("intake_") or name not in only:
            continue
        rows = [dict(row) for row in bureau.rows.get(name, ())][
            : 400 if name in ("person", "athlete", "unit") else ROWS
        ]
        rows = rows or [_usual(table, place) for place in range(3)]
        columns = list(table.columns.values())
        lines = [
            [_cell(marks, table, column, row, place, people) for column in columns]
            for place, row in enumerate(rows)
        ]
        stranger = marks.name("stranger" + name)
        with (folder / f"{table.zh}_{stranger}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow([*(column.zh for column in columns), "备用栏"])
            out.writerows([*line, marks.text() if place < 2 else ""] for place, line in enumerate(lines))
    return marks


def _usual(table, place: int) -> dict:
    """A row that is accepted, for a ledger of which the sample has none."""
    day = {
        "date": date(2021, 3, 1 + place),
        "datetime": datetime(2021, 3, 1 + place, 9),
        "int": 12,
        "number": 1200.5,
        "bool": True,
    }
    values = {name: day[column.type] for name, column in table.columns.items() if column.type in day}
    return (
        values
        | {name: "U001" for name, column in table.columns.items() if column.ref == "unit.unit_id"}
        | {"fiscal_year": 2021}
    )


def _cell(marks: Marks, table, column, row: dict, place: int, people: dict):
    value = row.get(column.name)
    first = place < 2
    target = (column.ref or "").split(".")[0]
    if column.type == "text":
        if column.open == "always" or target == "unit" or column.name in _NOT_MARKED:
            return value or ""
        if column.choices:
            return marks.text() if place == 2 else value or column.choices[0]
        if (
            target in ("person", "athlete")
            or (column.pii and not column.name.endswith("_no"))
            or value in people
        ):
            return marks.name(people.get(value, value or f"{table.name}{column.name}{place}"))
        if column.ref or column.name in table.key:
            return marks.key(str(value or f"{table.name}{place}"))
        return marks.text() if first or value else ""
    if table.secret and column.type in ("int", "number"):
        return marks.number() if first or value is not None else ""
    if column.pii and first:
        marks.planted.append("1957-03-14")
        return "1957-03-14"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, date) else "" if value is None else value


def published(folder: Path) -> str:
    """Everything a reader could get out of the files of a report, names of files included."""
    texts = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        texts.append(path.name)
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            texts += [table.to_pandas().to_csv(), str(table.schema.metadata)]
            continue
        text = path.read_text("utf-8")
        joined = re.sub(r"<[^>]+>", "", text)
        texts += [text, html.unescape(text), html.unescape(joined), urllib.parse.unquote(text)]
        texts.append(re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text))
        for blob in set(re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text)):
            packed = base64.b64decode(blob[: len(blob) // 4 * 4])
            texts.append(
                (gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed).decode("utf-8", "ignore")
            )
    return "\n".join(texts)


def leaks(text: str, marks: set[str]) -> set[str]:
    text = re.sub(r"\b[0-9a-f]{64}\b", "", text)  # a run of digits inside a SHA-256 says nothing of a ledger
    plain = re.sub(r"(?<=\d) (?=\d)", "", text)
    return marks & set(re.findall(MARK, text + plain))
