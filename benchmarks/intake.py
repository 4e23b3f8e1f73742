"""Reading one Excel ledger: mingjing beside bare calamine and pandas with openpyxl, and the memory of a million rows.

    python benchmarks/intake.py [--rows N] [--repeats N] [--openpyxl N] [--million COLUMNS]

calamine   `get_sheet_by_index(0).to_python()`, as its own README has it
rows       the same by `iter_rows()`, each row forgotten at once
mingjing   `read_folder`: types, provenance, every row accounted for; the list of ledgers is loaded before, as libraries are
openpyxl   `pandas.read_excel(engine="openpyxl")`

They alternate, each reading in a process of its own, so that none warms the other's memory. Seconds are of the processor
(user and system), which other work on the machine disturbs least; ratios are of the least, the greatest stands beside it.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import xlsxwriter
from targets import peak_mb, say

NAME = "经费支出明细账"
HEADS = "分录编号 记账凭证号 凭证日期 会计年度 单位编号 部门经济分类编码 经济分类名称 金额 收款方 发票号码 摘要 结算方式"
MILLION = 1_048_575
ITEMS = [("30201", "办公费"), ("30211", "差旅费"), ("30217", "公务接待费"), ("30226", "劳务费")]


def write(path: Path, rows: int, columns: int = 12) -> None:
    """An expense ledger in which texts are as various as in a real one; shared strings, as Excel writes them."""
    chance, start = Random(1), datetime(2021, 1, 1)
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet(NAME), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADS.split()[:columns])
        for n in range(1, rows + 1):
            code, item = chance.choice(ITEMS)
            amount = round(10 ** chance.uniform(1, 6), 2)
            texts = [f"鲁味{chance.randrange(3000)}有限公司", f"{chance.randrange(10**8):08d}"]
            texts += [f"支付{item}第{chance.randrange(50000)}号", chance.choice(["公务卡", "转账", "现金"])]
            row = [f"L{n:08d}", f"记-{n // 3:06d}", start + timedelta(n * 365 // rows), 2021]
            row += [f"U{chance.randrange(40):02d}", code, item, amount, *texts]
            sheet.write_row(n, 0, row[:2])
            sheet.write_datetime(n, 2, row[2], day)
            sheet.write_row(n, 3, row[3:columns])


def mingjing(folder: Path) -> None:
    intake = read_folder(folder)
    assert intake.conservation().kept.all() and intake.rejected.empty  # noqa: S101


def calamine(folder: Path) -> None:
    CalamineWorkbook.from_path(next(folder.iterdir())).get_sheet_by_index(0).to_python()


def rows(folder: Path) -> None:
    for _ in CalamineWorkbook.from_path(next(folder.iterdir())).get_sheet_by_index(0).iter_rows():
        pass


def openpyxl(folder: Path) -> None:
    pandas.read_excel(next(folder.iterdir()), engine="openpyxl")


READERS = {f.__name__: f for f in (calamine, rows, mingjing, openpyxl)}


def one(reader: str, folder: Path) -> None:
    """Prints the seconds of the processor and the peak memory in MB of one reading; libraries are loaded before."""
    tables()
    before = _used()
    READERS[reader](folder)
    peak = peak_mb()
    print(_used() - before, peak)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(reader: str, folder: Path) -> tuple[float, float]:
    """(seconds, peak memory in MB) of one reading in a fresh process."""
    command = [sys.executable, __file__, "--one", reader, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{reader}: {done.stderr.strip()[-500:]}")
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=200_000, metavar="N")
    parser.add_argument("--repeats", type=int, default=5, metavar="N")
    parser.add_argument("--openpyxl", type=int, default=2, metavar="N", help="in so many of the repeats")
    parser.add_argument("--million", type=int, default=8, metavar="COLUMNS", help="1 to 12; 0 leaves it out")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        one(args.one[0], Path(args.one[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / f"{NAME}.xlsx"
        write(ledger, args.rows)
        least = _compared(ledger.parent, args)
        peak = None
        if args.million:
            write(ledger, MILLION, args.million)
            for name in ("calamine", "mingjing"):
                seconds, peak = measure(name, ledger.parent)
                print(
                    f"{MILLION + 1:,} rows × {args.million} columns, {name}: {seconds:.1f} s, {peak:.0f} MB"
                )
    slow = least["openpyxl"] / least["mingjing"] if "openpyxl" in least else None
    say("Excel: pandas with openpyxl / mingjing", slow, 8, least=True, why="--openpyxl 0")
    say("Excel: mingjing / bare calamine", least["mingjing"] / least["calamine"], 1.5)
    say("Excel: peak memory, a million rows", peak, 1000, " MB", why="--million 0")


def _compared(folder: Path, args: argparse.Namespace) -> dict[str, float]:
    """Reader → least seconds."""
    times: dict[str, list[float]] = defaultdict(list)
    for turn in range(args.repeats):
        for name in READERS if turn < args.openpyxl else [name for name in READERS if name != "openpyxl"]:
            times[name].append(measure(name, folder)[0])
    least = {name: min(took) for name, took in times.items()}
    print(f"{args.rows:,} rows × 12 columns, {args.repeats} repeats")
    for name, took in times.items():
        ratio = least[name] / least["calamine"]
        print(f"{name:10} {least[name]:7.2f} – {max(took):7.2f} s, {ratio:.2f} of calamine's")
    return least


if __name__ == "__main__":
    # loaded before the clock starts, whoever needs them: each reading is a process that has all of these
    import pandas
    from python_calamine import CalamineWorkbook

    from mingjing.intake import read_folder
    from mingjing.tables import tables

    main()
