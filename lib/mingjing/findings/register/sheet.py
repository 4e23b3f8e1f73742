"""The list that goes to a unit as a workbook and comes back filled in: nothing is overwritten that changed meanwhile."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa
import xlsxwriter

from mingjing.errors import InputError, MingjingError
from mingjing.findings.model import SEVERITY_WORDS, neutralise
from mingjing.findings.register import people, schema
from mingjing.findings.register.desk import Register
from mingjing.findings.register.life import STATUSES
from mingjing.findings.register.people import DATES, FIELDS, STATES, replay, unit_steps
from mingjing.intake.files import read_file
from mingjing.intake.values import clean, read_date, read_int, read_text
from mingjing.messages import tell
from mingjing.sheets import GrowingRows, lie_on_paper, never_over, row_height

SHEET, HELP = "整改清单", "填写说明 How to"
# above and below each page, by whether it is English
TITLE = (SHEET, f"{SHEET} Rectification list")
SIGN = (
    "填报人（签字）：　　　　　　　　单位负责人（签字）：　　　　　　　　（盖章）",
    "Filled in by:                         Head of the unit:                         (seal)",
)
SHOWN = {
    "finding_id": ("发现编号", "Finding", 18),
    "version": ("版本", "Version", 8),
    "severity": ("程度", "Severity", 9),
    "message": ("发现", "Finding in words", 44),
    "date": ("日期", "Date", 11),
    "amount": ("金额（元）", "Amount (yuan)", 14),
    "life": ("变化", "Since last time", 11),
}
FILLED = {
    name: (*FIELDS[name], width)
    for name, width in zip(
        ("status", "owner", "due", "measure", "evidence"), (11, 11, 12, 30, 20), strict=True
    )
} | {"note": ("说明", "Note", 18)}
COLUMNS = SHOWN | FILLED
_RULES = (
    (
        "只填黄色单元格，其余已锁定。不要插入、删除或移动列。",
        "Fill in the yellow cells only; the rest is locked. Leave the columns as they are.",
    ),
    ("处理状态从下拉列表选；空白表示不变。", "Choose the status from the list; blank means unchanged."),
    (
        "改为“整改中”须有责任人和整改时限；改为“已整改”还须有整改措施和佐证材料。",
        "“Rectifying” needs an owner and a due date; “rectified” also a measure and evidence.",
    ),
    ("核实和销号由检查部门办理，不在本表。", "Verifying and closing are done by the auditors, not here."),
    ("日期写成 2022-03-31。", "Write dates as 2022-03-31."),
    (
        "发出后登记册中已有改动的，不会被本表覆盖，会列为冲突退回。",
        "What changed in the register meanwhile is not overwritten: it comes back as a conflict.",
    ),
)


@dataclass(frozen=True)
class Answer:
    """What became of one row that came back. what: applied, unchanged, conflict or refused."""

    file: str
    row: int
    finding_id: str
    what: str
    detail: str = ""

    def line(self, lang: str) -> str:
        """In a language; `detail` has the register's."""
        words = " ".join(
            [self.finding_id, tell(self.what, lang), *([f"({self.detail})"] if self.detail else [])]
        )
        return InputError(words, file=self.file, sheet=SHEET, row=self.row).told(lang)


def export(register: Register, folder: Path, listed: pd.DataFrame) -> list[Path]:
    """One workbook a unit, of the findings listed: `<unit>.xlsx`. Same register, same bytes.

    UsageError where another stands there: what a unit filled in is never written over."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for unit, part in listed.groupby(listed.unit.fillna(""), sort=True):
        path = folder / (re.sub(r"[^\w-]+", "_", unit or "no_unit") + ".xlsx")
        _write(path, part, register.lang == "en")
        paths.append(path)
    return paths


def _write(path: Path, part: pd.DataFrame, en: bool) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with never_over(path) as aside, xlsxwriter.Workbook(aside, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        base = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#999999"}
        head = book.add_format(base | {"bold": True, "bg_color": "#DDE3EA"})
        shown, money = book.add_format(base), book.add_format(base | {"num_format": "#,##0.00"})
        filled = base | {"locked": False, "bg_color": "#FFF7D6"}
        text, day = book.add_format(filled), book.add_format(filled | {"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(SHEET, GrowingRows)
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
        sheet.freeze_panes(1, 1)
        lie_on_paper(sheet, TITLE[en], _unit_of(part), SIGN[en])
        for at, (zh, english, width) in enumerate(COLUMNS.values()):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, f"{zh} {english}", head)
        widths = [width for _zh, _en, width in COLUMNS.values()]
        sheet.set_row(0, row_height((f"{zh} {english}" for zh, english, _w in COLUMNS.values()), widths))
        for number, line in enumerate(part.to_dict("records"), start=1):
            cells = {name: _cell(name, line, en) for name in COLUMNS}
            sheet.set_row(number, row_height(map(_as_seen, cells.values()), widths))
            for at, (name, value) in enumerate(cells.items()):
                form = (day if name in DATES else text) if name in FILLED else shown
                form = money if name == "amount" else form
                if value is None:
                    sheet.write_blank(number, at, None, form)
                elif isinstance(value, date):
                    sheet.write_datetime(number, at, value, form)
                elif isinstance(value, str):
                    sheet.write_string(number, at, value, form)
                else:
                    sheet.write_number(number, at, value, form)
            choices = [STATES[new][en] for new in STATES if unit_steps(line["status"], new) is not None]
            sheet.data_validation(
                number,
                list(COLUMNS).index("status"),
                number,
                list(COLUMNS).index("status"),
                {"validate": "list", "source": choices},
            )
        due = list(COLUMNS).index("due")
        sheet.data_validation(
            1, due, len(part), due, {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1)}
        )
        sheet.autofilter(0, 0, len(part), len(COLUMNS) - 1)
        guide = book.add_worksheet(HELP)
        guide.protect()
        guide.set_column(0, 0, 110)
        for number, words in enumerate(_RULES):
            guide.write_string(number, 0, words[0])
            guide.write_string(number + len(_RULES) + 1, 0, words[1])


def _unit_of(part: pd.DataFrame) -> str:
    names = (part.unit_name.iloc[0], part.unit.iloc[0])
    return next((name for name in names if isinstance(name, str)), "")


def _as_seen(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:,.2f}"
    return "" if value is None else str(value)


def _cell(name: str, line: dict[str, Any], en: bool) -> Any:
    value = line.get(name)
    if value is None or value != value:
        return None
    if name == "status":
        return STATES[value][en]
    if name == "life":
        return STATUSES[value][en]
    if name == "severity":
        return SEVERITY_WORDS[value][en]
    return neutralise(value) if isinstance(value, str) else value


def merge(register: Register, paths: Iterable[Path], dry: bool = False) -> list[Answer]:
    """Takes in workbooks that came back, each whole or not at all; what became of each row.

    A row is refused with its reason, or held back as a conflict where the register changed the same thing since the
    workbook was written. dry: says what would be done and writes nothing. InputError where a file is no such workbook.
    """
    read = [(path, _read(path)) for path in paths]
    answers = []
    for path, lines in read:
        with register.store.write() as conn:
            answers += [_take(conn, register, path.name, number, line) for number, line in lines]
            if dry:
                conn.rollback()
    return answers


def _read(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """(row, column → cell) of each row that holds anything."""
    if not path.is_file():
        raise InputError("no such workbook", file=path, todo="Check the name")
    sheets = {sheet.name: sheet.rows for sheet in read_file(path, path.name)}
    if SHEET not in sheets:
        raise InputError(f"there is no sheet “{SHEET}”", file=path, todo="Give a workbook that was exported")
    head, *rows = sheets[SHEET] or [[]]
    for at, (zh, english, _width) in enumerate(COLUMNS.values()):
        if at >= len(head) or head[at] != f"{zh} {english}":
            column = f"{zh} {english}"
            raise InputError(
                "the column is not where it was",
                file=path,
                sheet=SHEET,
                row=1,
                column=column,
                todo="Put it back, or export again",
            )
    lines = [(number, dict(zip(COLUMNS, row, strict=False))) for number, row in enumerate(rows, start=2)]
    return [(number, line) for number, line in lines if any(v not in (None, "") for v in line.values())]


def _take(conn: sa.Connection, register: Register, file: str, number: int, line: dict[str, Any]) -> Answer:
    finding_id = str(line["finding_id"] or "")
    try:
        what, detail = _merge(conn, register, finding_id, line, f"{file} {number}")
    except MingjingError as error:
        what, detail = "refused", error.told(register.lang)
    except ValueError as error:
        what, detail = "refused", tell(str(error), register.lang)
    return Answer(file, number, finding_id or "—", what, detail)


def _merge(
    conn: sa.Connection, register: Register, finding_id: str, line: dict[str, Any], place: str
) -> tuple[str, str]:
    table, lang = schema.finding, register.lang
    row = conn.execute(sa.select(table).where(table.c.finding_id == finding_id)).mappings().one_or_none()
    if row is None:
        return "refused", tell("no such finding in the register", lang)
    version = read_int(line["version"])
    if version is None or not 0 <= version <= row["version"]:
        return "refused", tell(f"version “{line['version']}” is not one of this register's", lang)
    entries = (
        conn.execute(
            sa.select(schema.history)
            .where(schema.history.c.finding_id == finding_id)
            .order_by(schema.history.c.entry)
        )
        .mappings()
        .all()
    )
    base, filled = replay(entries, version), _filled(line)
    mine = {name: value for name, value in filled.items() if not _same(value, base[name])}
    mine = {name: value for name, value in mine.items() if value != row[name]}
    both = [name for name in mine if people.text(row[name]) != base[name]]
    if both:
        words = (
            tell(
                f"{FIELDS[n][1].lower()} was {base[n] or '–'}, register {row[n] or '–'}, sheet {mine[n]}",
                lang,
            )
            for n in both
        )
        return "conflict", "; ".join(words)
    if not mine:
        return "unchanged", ""
    note = " | ".join(filter(None, (read_text(line["note"]), place)))
    steps = unit_steps(row["status"], mine.pop("status", row["status"]))
    if steps is None:
        to = _filled(line)["status"]
        return "refused", tell(f"a unit cannot move it from {row['status']} to {to}", lang)
    for values in [mine | {"status": step} for step in steps] or [mine]:
        people.change_within(conn, finding_id, register.who, values, note)
    return "applied", ", ".join([*mine, *steps])


def _same(value: Any, sent: str | None) -> bool:
    """Whether the cell still holds what was sent, as a sheet shows it."""
    return sent is not None and str(value) in (sent, clean(sent), clean(neutralise(sent)))


def _filled(line: dict[str, Any]) -> dict[str, Any]:
    """What the unit wrote, by field; blank is left out. ValueError that names the cell which cannot be read."""
    found: dict[str, Any] = {}
    for name in ("status", "owner", "due", "measure", "evidence"):
        zh, en, _width = COLUMNS[name]
        try:
            value = read_date(line.get(name)) if name in DATES else read_text(line.get(name))
            if value is not None:
                found[name] = people.code_of(value, STATES) if name == "status" else value
        except ValueError as error:
            raise ValueError(f"column “{zh} {en}” holds “{line[name]}”: {error}") from None
    return found
