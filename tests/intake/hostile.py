"""Inputs made to do harm: the tests hold each to its own promise, `tests/runs/torture.py` counts how all of them end."""

import contextlib
import hashlib
import io
import os
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from mingjing.cli import main

HEADER = "隐患编号,责任单位,排查日期,部位,隐患内容,隐患类别,隐患等级,状态,是否事故"
ROW = "H1,射击中心,2021-03-01,库房,{},用电,一般,未整改,否"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1"><v>1</v></c></row>{}</sheetData></worksheet>'
)


def workbook(sheet: str, head: str = "", **more: str) -> bytes:
    """A workbook whose only sheet has this XML, and further parts."""
    plain, out = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet("隐患台账").write(0, 0, "x")
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            ours = item.filename.endswith("sheet1.xml")
            target.writestr(item.filename, head + sheet if ours else source.read(item.filename))
        for name, text in more.items():
            target.writestr(name, text)
    return out.getvalue()


def bomb(size: int, stated: int | None = None) -> bytes:
    """A part of `size` zeros, its entry in the archive perhaps stating something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/workbook.xml", b"0" * size)
    content = bytearray(out.getvalue())
    if stated is not None:
        for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            start = content.index(mark) + place
            content[start : start + 4] = stated.to_bytes(4, "little")
    return bytes(content)


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
REFUSED = {
    "far.xlsx": (workbook(SHEET.format(FAR)), "limit 64 million cells"),
    "spaced.xlsx": (workbook(SHEET.format(FAR.replace("=", " \n= "))), "limit 64 million cells"),
    "beyond.xlsx": (workbook(SHEET.format(FAR.replace("XFD1048576", "A99999999"))), "limit 64 million cells"),
    "laughs.xlsx": (workbook(SHEET.format(""), '<!DOCTYPE x [<!ENTITY a "ha">]>'), "declares entities"),
    "bomb.xlsx": (bomb(70 << 20), "limit 2 GB and 200 times"),
    "lying.xlsx": (bomb(70 << 20, stated=100), "limit 2 GB and 200 times"),
    "bomb.csv.gz": (zlib.compress(b"0" * (70 << 20), wbits=31), "limit 2 GB and 200 times"),
}

LINKED = workbook(
    SHEET.format(""),
    **{
        "xl/externalLinks/externalLink1.xml": '<externalLink xmlns="x"><externalBook r:id="rId1"/></externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships><Relationship Target="file:///etc/passwd" TargetMode="External"/></Relationships>',
    },
)
CELLS = [
    "<script>alert(1)</script>",
    '=HYPERLINK(""http://x.y"",""z"")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\x1b[2J\x07bell",
    "\u202egnp.exe\u2066",
    "{{7*7}} ${7*7} %s%n",
    "x" * 1_000_000,
    "𠀀\ufeff\u200b",
]


NAMES = [
    b"\xff\xfe.csv",
    b"a\nb\x1b[2J.csv",
    "\u202evsc.csv".encode(),
    b"<img src=x onerror=alert(1)>.csv",
]
# a stranger's configuration, and what is said to it
CONFIGS = {
    '[intake]\nmapping = "/etc/passwd"': "outside the folder",
    '[intake]\ncorrections = "../../x.toml"': "outside the folder",
    "[intake]\naliases = ['a']": "outside the folder",
    "x = " + "[" * 20_000: "cannot be read",
    "x = " + "9" * 5_000: "cannot be read",
    "\x00": "cannot be read",
}
CODE = "__import__('pathlib').Path('ran').touch()"
# a pattern that takes for ever where it is tried letter by letter
PATTERN = """
[[source]]
files = "*"
table = "activity_log"
keep = [{ column = "Text", matches = "^(a+)+$" }]
[source.columns]
act_id = 'No'
conclusion = { from = 'Text', extract = '(a|aa)+$' }
"""
CORRECTION = f"""
[[correction]]
file = "隐患台账.csv"
row = 2
column = "隐患内容"
expect = "x"
to = "{CODE}"
reason = "=cmd"
who = "<b>"
date = 2021-01-01
"""
# words of a command line that are none of what may stand there
PARAMETERS = [
    ["../../../etc/passwd"],
    ["canteen", "--period", "2021'; DROP TABLE person; --"],
    ["canteen", "--period", "../2021"],
    ["canteen", "--as-of", CODE],
    ["canteen", "--unit", "' OR 1=1 --"],
    ["canteen", "--unit", "../射击中心"],
    ["canteen", "--config", "/etc/passwd"],
    ["canteen", "--mapping", "../../../../etc/passwd"],
    ["canteen", "-p", f"units={CODE}"],
    ["canteen", "-p", 'units=["\\"]); import os; os.abort() #"]'],
    ["canteen", "-p", f"{CODE}=1"],
    ["canteen", "-p", "lang=zh'); open('ran', 'w') #"],
    ["canteen", "-p", f"period=2021\n{CODE}"],
    ["canteen", "--register", "sqlite:////proc/none/register.sqlite"],
]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def ledger(cell: str) -> bytes:
    """One ledger whose only accepted row holds the cell, and a row that is rejected."""
    quoted = f"{chr(34)}{cell}{chr(34)}"
    return f"{HEADER}\n{ROW.format(quoted)}\nH2,\x1b[2J\n".encode()


def parameters(data: Path, out: Path, words: list[str]) -> list[str]:
    """A run of these words over a folder; the period is 2021 unless they name one."""
    span = [] if "--period" in words else ["--period", "2021"]
    return ["run", *words, *span, "--data", str(data), "--out", str(out), "--notebooks", str(NOTEBOOKS)]


@dataclass(frozen=True)
class Case:
    """One input: it is written to a folder, which gives the command line to be held out to it."""

    kind: str
    name: str
    write: Callable[[Path], list[str]]
    expected: tuple[str, ...]


READ, REFUSED_ = "read as plain data", "refused in one line"


def cases() -> Iterator[Case]:
    """All of them."""
    from test_damaged import CASES, NAME

    def file(name: str | bytes, content: bytes) -> Callable[[Path], list[str]]:
        def write(folder: Path) -> list[str]:
            with open(os.fsencode(folder) + b"/" + os.fsencode(name), "wb") as made:
                made.write(content)
            return ["check", "--data", str(folder)]

        return write

    def words(words: list[str]) -> Callable[[Path], list[str]]:
        def write(folder: Path) -> list[str]:
            (folder / "data").mkdir()
            (folder / "data" / f"{NAME}.csv").write_bytes(ledger("x"))
            return parameters(folder / "data", folder / "out", words)

        return write

    def configured(text: str) -> Callable[[Path], list[str]]:
        def write(folder: Path) -> list[str]:
            (folder / "c.toml").write_text(text, "utf-8")
            return ["check", "--data", str(folder), "--config", str(folder / "c.toml")]

        return write

    for number, cell in enumerate(CELLS):
        yield Case(
            "cells of markup, formulas, control characters, 1 MB",
            str(number),
            file(f"{NAME}.csv", ledger(cell)),
            (READ,),
        )
    whole = workbook(SHEET.format(FAR.replace("XFD", "B")))
    yield Case("sheets of 1,048,576 rows", "whole", file(f"{NAME}.xlsx", whole), (READ,))
    for name, (content, _) in REFUSED.items():
        yield Case("bombs, entities, impossible sheets", name, file(name, content), (REFUSED_,))
    yield Case("links to other workbooks", "linked", file(f"{NAME}.xlsx", LINKED), (READ,))
    for number, name in enumerate(NAMES):
        yield Case("file names", str(number), file(name, ledger("x")), (READ,))
    for number, text in enumerate(CONFIGS):
        yield Case("configuration", str(number), configured(text), (REFUSED_,))
    for given in PARAMETERS:
        yield Case("parameters", " ".join(given), words(given), (REFUSED_,))
    yield Case("links out of the data folder", "linked", _linking, (READ,))
    yield Case("mappings and corrections", "pattern", _mapped, (READ,))
    yield Case("mappings and corrections", "code", _corrected, (READ,))
    for name, content in CASES:
        yield Case("damaged files", name, file(f"{NAME}-{name}", content), (READ, REFUSED_))


def _linking(folder: Path) -> list[str]:
    (folder / "outside").mkdir()
    (folder / "outside" / "隐患台账.csv").write_bytes(ledger("x"))
    (folder / "data").mkdir()
    (folder / "data" / "安全隐患台账.csv").write_bytes(ledger("x"))
    (folder / "data" / "隐患台账.csv").symlink_to(folder / "outside" / "隐患台账.csv")
    return ["check", "--data", str(folder / "data")]


def _mapped(folder: Path) -> list[str]:
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("No,Text\n1," + "a" * 5000 + "!\n", "utf-8")
    (folder / "map.toml").write_text(PATTERN, "utf-8")
    return ["check", "--data", str(folder / "data"), "--mapping", str(folder / "map.toml")]


def _corrected(folder: Path) -> list[str]:
    (folder / "data").mkdir()
    (folder / "data" / "隐患台账.csv").write_bytes(ledger("x"))
    (folder / "corrections.toml").write_text(CORRECTION, "utf-8")
    (folder / "c.toml").write_text('[intake]\ncorrections = "corrections.toml"\n', "utf-8")
    return ["check", "--data", str(folder / "data"), "--config", str(folder / "c.toml")]


def outcome(case: Case, folder: Path) -> str:
    """How it ended, or what was wrong."""
    given = case.write(folder)
    before = _hashes(folder)
    said, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(told), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            code = main(given)
        except SystemExit as error:
            code = error.code
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    if _hashes(folder) != before:
        return "files were changed or made"
    if not all(c.isprintable() or c == "\n" for c in said.getvalue() + told.getvalue()):
        return "the terminal was steered"
    return {0: READ, 2: REFUSED_}.get(code, f"exit {code}")


def _hashes(folder: Path) -> dict[bytes, str]:
    root = os.fsencode(folder)
    return {
        os.path.join(place, name): hashlib.sha256(open(os.path.join(place, name), "rb").read()).hexdigest()
        for place, _, names in os.walk(root)
        for name in names
    }
