"""Two hundred damaged inputs: one clear line and exit 2, or a report with every row accounted for; never a traceback."""

import gzip
import io
import random
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from mingjing.cli import main
from mingjing.errors import MingjingError
from mingjing.intake import read_folder

HEADER = [
    "隐患编号",
    "责任单位",
    "排查日期",
    "部位",
    "隐患内容",
    "隐患类别",
    "隐患等级",
    "整改资金",
    "状态",
    "是否事故",
]
ROW = ["H1", "射击中心", "2021-03-01", "库房", "电线老化", "用电", "一般", "100", "未整改", "否"]
ROWS = [HEADER, ROW, ["H2", *ROW[1:]]]
NAME = "隐患台账"


def text(rows, encoding="utf-8", delimiter=","):
    lines = [delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows]
    return ("\n".join(lines) + "\n").encode(encoding, "surrogatepass")


def book(rows, change=lambda workbook, sheet: None, name=NAME):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        change(workbook, sheet)
    return stream.getvalue()


def parquet(**columns):
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def hide(workbook, sheet):
    workbook.add_worksheet("封面").activate()
    sheet.very_hidden()


def formulas(workbook, sheet):
    sheet.write_formula(1, 7, "=1/0", value="#DIV/0!")
    sheet.write_formula(2, 7, "=SUM(1,2)", value=3)
    sheet.write_formula(2, 0, '=CONCAT("H",9)', value="#NAME?")


def cut(content, suffix, count):
    for number in range(1, count + 1):
        yield f"cut-{number}{suffix}", content[: len(content) * number // (count + 1)]


def flipped(content, suffix, count):
    chance = random.Random(11)
    for number in range(count):
        damaged = bytearray(content)
        for _ in range(20):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        yield f"flipped-{number}{suffix}", bytes(damaged)


def cells():
    """Every column in turn holding what does not belong there."""
    odd = [
        "",
        "#REF!",
        "9" * 400,
        "2021-02-30",
        "=cmd|' /C calc'!A0",
        "\u202e文字",
        "1e999",
        "\x00",
        "NaN",
        "𠀀",
    ]
    for place in range(len(HEADER)):
        for number, cell in enumerate(odd):
            yield f"cell-{place}-{number}.csv", text([HEADER, [*ROW[:place], cell, *ROW[place + 1 :]]])


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def damaged():
    whole, plain = book(ROWS), text(ROWS)
    days = parquet(**{h: [r[i] for r in ROWS[1:]] for i, h in enumerate(HEADER)})
    yield from cut(whole, ".xlsx", 20)
    yield from cut(plain, ".csv", 10)
    yield from cut(days, ".parquet", 10)
    yield from cut(gzip.compress(plain * 50), ".csv.gz", 10)
    yield from flipped(whole, ".xlsx", 15)
    yield from flipped(days, ".parquet", 15)
    yield from flipped(plain, ".csv", 10)
    yield from cells()
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "gb18030", "utf-32"):
        yield f"{encoding}.csv", text(ROWS, encoding)
    yield "both.csv", plain + text(ROWS, "gb18030")
    yield "tabs.csv", text(ROWS, delimiter="\t")
    yield "twice.csv", text([HEADER + HEADER, ROW + ROW])
    yield "twice.xlsx", book([HEADER + HEADER, ROW + ROW])
    yield "headless.csv", text(ROWS[1:])
    yield "headless.xlsx", book(ROWS[1:])
    yield "wide.csv", text([HEADER + [f"c{n}" for n in range(300)], ROW + ["x"] * 300])
    yield "wider.xlsx", book([HEADER, ROW + ["x"] * 300])
    yield "same.csv", text([HEADER + ["c"] * 300, ROW + ["x"] * 300])
    yield "long.csv", text([HEADER, [*ROW, "x" * 200_000]])
    yield "quote.csv", plain + b'"never closed\n' + plain
    yield "empty.csv", b""
    yield "blank.csv", b"\n\n  \n"
    yield "commas.csv", b",,,\n,,,\n"
    yield "header.csv", text([HEADER])
    yield "empty.xlsx", book([])
    yield "text.xlsx", plain
    yield "csv.parquet", plain
    yield "book.csv", whole
    yield "book.csv.gz", whole
    yield "picture.xls", b"\x89PNG\r\n\x1a\n" + b"\0" * 300
    yield "hidden.xlsx", book(ROWS, hide)
    yield "formulas.xlsx", book(ROWS, formulas)
    yield "merged.xlsx", book(ROWS, lambda w, s: s.merge_range(3, 0, 3, 5, "合计"))
    yield "zip.xlsx", zipped(a="b")
    yield "nosheets.xlsx", zipped(xl__workbook="<workbook/>", **{"[Content_Types].xml": "<Types/>"})
    locked = "EncryptedPackage".encode("utf-16-le")
    yield "locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + locked
    yield "lists.parquet", parquet(隐患编号=[["a"], []], 责任单位=[{"x": 1}, None], 排查日期=[b"1", b"\xff"])
    yield "huge.parquet", parquet(隐患编号=["H1"], 责任单位=["U"], 排查日期=[2**62], 部位=[float("nan")])


CASES = list(damaged())


def test_there_are_two_hundred():
    assert len(CASES) >= 200 and len({name for name, _ in CASES}) == len(CASES)


@pytest.mark.parametrize(("name", "content"), CASES, ids=[name for name, _ in CASES])
def test_a_damaged_input_is_one_line_or_a_report(tmp_path, capsys, name, content):
    (tmp_path / f"{NAME}-{name}").write_bytes(content)
    code = main(["check", "--data", str(tmp_path)])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    try:
        intake = read_folder(tmp_path)
    except MingjingError as error:
        assert code == 2 and "\n" not in str(error)
        return
    (source, *_) = intake.sources
    assert intake.conservation().kept.all() and (code == 2) == bool(intake.unreadable)
    assert len(intake.rejected) == sum(s.rejected for s in intake.sources)
    if source.status in ("unreadable", "unrecognised", "empty"):
        assert source.notes and "\n" not in source.notes[0][1]
