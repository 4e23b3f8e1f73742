"""The sheet of a sample: handed out for the auditor to fill, read back with every cell checked."""

import shutil
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter
from openpyxl import load_workbook

from mingjing.analyse.sampling import Plan
from mingjing.errors import InputError
from mingjing.findings import neutralise
from mingjing.sheets import GrowingRows, lie_on_paper, row_height

SHEET = "抽样表"
HEADS = ("序号 No.", "条目 Item", "文件 File", "工作表 Sheet", "行 Row", "账面金额 Book", "抽中次数 Times")
FILL = {"monetary": "审定金额 Audited", "attribute": "是否差错 Error"}
NOTE = "说明 Note"
_WIDTHS = (9, 18, 24, 24, 8, 16, 11, 18, 28)
_HOW = {
    "monetary": "审定后的金额（元）；没有差错的照填账面金额。\nThe amount after audit; where nothing is wrong, the book amount.",
    "attribute": "有差错填“是”，没有填“否”。\nAn error: yes. None: no.",
}
_SIGN = "审计人员 Auditor：　　　　　　　　日期 Date："
_ANSWER = {"是": 1.0, "否": 0.0, "yes": 1.0, "no": 0.0}
_FIRST = 2  # row of the first item, as a clerk counts


def write_sheet(path: str | Path, plan: Plan, drawn: pd.DataFrame, places: pd.DataFrame) -> Path:
    """Writes one line an item drawn, with two cells to fill; everything else is locked, no text is a formula.

    places: `key`, `_file`, `_sheet`, `_row` of each item drawn, in the order of `drawn`. Same sample, same bytes.
    """
    path = Path(path)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        base = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#999999"}
        head = book.add_format(base | {"bold": True, "bg_color": "#DDE3EA"})
        shown, money = book.add_format(base), book.add_format(base | {"num_format": "#,##0.00"})
        filled = base | {"locked": False, "bg_color": "#FFF7D6"}
        note, answer = book.add_format(filled), book.add_format(filled | {"num_format": "#,##0.00"})
        sheet = book.add_worksheet(SHEET, GrowingRows)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        lie_on_paper(sheet, f"{SHEET} Sample", sign=_SIGN)
        sheet.freeze_panes(1, 0)
        for at, width in enumerate(_WIDTHS):
            sheet.set_column(at, at, width)
        heads = (*HEADS, FILL[plan.kind], NOTE)
        sheet.write_row(0, 0, heads, head)
        sheet.set_row(0, row_height(heads, _WIDTHS))
        lines = zip(
            drawn.itertuples(),
            places[["key", "_file", "_sheet", "_row"]].itertuples(index=False),
            strict=True,
        )
        for at, (item, (key, file, name, row)) in enumerate(lines, start=1):
            sheet.write_number(at, 0, at, shown)
            texts = [str(neutralise(str(text))) for text in (key, file, name)]
            sheet.set_row(at, row_height(texts, _WIDTHS[1:4]))
            for column, text in enumerate(texts, start=1):
                sheet.write_string(at, column, text, shown)
            times = float("nan") if item.certain else item.times
            for column, number in enumerate((row, item.book, times), start=4):
                look = money if column == 5 else shown
                if number == number:
                    sheet.write_number(at, column, float(number), look)
                else:
                    sheet.write_blank(at, column, None, look)
            sheet.write_blank(at, 7, None, answer)
            sheet.write_blank(at, 8, None, note)
        check = (
            {"validate": "decimal", "criteria": ">=", "value": -1e12}
            if plan.kind == "monetary"
            else {"validate": "list", "source": list(_ANSWER)}
        )
        check["input_message"] = _HOW[plan.kind]
        sheet.data_validation(1, 7, max(len(drawn), 1), 7, check)
    return path


def hand_over(out: str, filled: str, plan: Plan, drawn: pd.DataFrame, places: pd.DataFrame, lang: str) -> str:
    """Puts the sheet beside the report, and says so: a blank one to fill, or the very one handed back.

    A report takes the place of the one before it, so that a blank sheet would take the place of the auditor's work.
    """
    zh, path = lang == "zh", Path(out) / "sampling.xlsx"
    if not out:
        return (
            "没有指定输出文件夹，没有写出抽样表。"
            if zh
            else "No folder was named: the sheet was not written."
        )
    if filled:
        if Path(filled).resolve() != path.resolve():
            shutil.copyfile(filled, path)
        return (
            f"抽样表{path.name}已交回，{len(drawn)}行。"
            if zh
            else f"{path.name} has come back with {len(drawn)} lines."
        )
    write_sheet(path, plan, drawn, places)
    return (
        f"抽样表{path.name}，{len(drawn)}行待填。" if zh else f"{path.name}: {len(drawn)} lines to fill in."
    )


def read_sheet(path: str | Path, plan: Plan, drawn: pd.DataFrame) -> list[float]:
    """What the auditor filled in, one number an item drawn: audited amount, or 1 for an error and 0 for none.

    InputError that names the cell: blank, no number, no 是 or 否, or a line that is not the one handed out.
    """
    path = Path(path)
    try:
        book = load_workbook(path, data_only=True)
    except Exception as error:
        raise InputError(
            f"the sheet cannot be opened ({type(error).__name__})",
            file=path,
            todo="Give the .xlsx handed out",
        ) from None
    if SHEET not in book.sheetnames:
        raise InputError(f"there is no sheet “{SHEET}”", file=path, todo="Give the .xlsx handed out")
    sheet = book[SHEET]
    if sheet["H1"].value != FILL[plan.kind]:
        raise InputError(
            f"cell H1 is not “{FILL[plan.kind]}”", file=path, todo="Give the sheet of this very sample"
        )
    end = _FIRST + len(drawn)
    if any(sheet.cell(end, column).value is not None for column in range(1, 10)):
        raise InputError(f"row {end} is beyond the sample of {len(drawn)}", file=path, todo="Take it out")
    return [
        _answer(sheet, at, item.book, plan.kind, path) for at, item in enumerate(drawn.itertuples(), _FIRST)
    ]


def _answer(sheet, row: int, book: float, kind: str, path: Path) -> float:
    handed_out = sheet.cell(row, 6).value
    same = handed_out is None if book != book else handed_out == book
    if sheet.cell(row, 1).value != row - _FIRST + 1 or not same:
        raise InputError(
            f"row {row} (cells A{row}, F{row}) is not the line handed out",
            file=path,
            todo="Do not sort, insert or delete rows",
        )
    written = sheet.cell(row, 8).value
    if kind == "attribute":
        answer = _ANSWER.get(str(written).strip().lower())
        if answer is None:
            raise InputError(f"cell H{row} is {written!r}", file=path, todo="Write 是 or 否")
        return answer
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise InputError(
            f"cell H{row} is {written!r}, not an amount", file=path, todo="Write the audited amount in yuan"
        )
    return float(written)
