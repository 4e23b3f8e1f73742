"""Reading one Excel ledger: mingjing beside bare calamine and pandas with openpyxl, and the memory of a million rows.

    python benchmarks/intake.py [ROWS]

Readers take turns in processes of their own, so that none warms the other's memory; the ratio is of the least times.
"""

import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

import xlsxwriter

NAME = "经费支出明细账"
HEADS = "分录编号 记账凭证号 凭证日期 会计年度 单位编号 部门经济分类编码 经济分类名称 金额 收款方 发票号码 摘要 结算方式"
NARROW = 8  # columns of the million-row sheet beside the full twelve
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


def mingjing(folder: Path) -> float:
    from mingjing.intake import read_folder

    start = time.perf_counter()
    intake = read_folder(folder)
    took = time.perf_counter() - start
    assert intake.conservation().kept.all() and intake.rejected.empty  # noqa: S101
    return took


def calamine(folder: Path) -> float:
    from python_calamine import CalamineWorkbook

    start = time.perf_counter()
    CalamineWorkbook.from_path(next(folder.iterdir())).get_sheet_by_index(0).to_python()
    return time.perf_counter() - start


def openpyxl(folder: Path) -> float:
    import pandas as pd

    start = time.perf_counter()
    pd.read_excel(next(folder.iterdir()), engine="openpyxl")
    return time.perf_counter() - start


READERS = {f.__name__: f for f in (calamine, mingjing, openpyxl)}


def measure(reader: str, folder: Path) -> tuple[float, float]:
    """(seconds, peak memory in MB) of one reading in a fresh process."""
    command = [sys.executable, __file__, "--one", reader, str(folder)]
    seconds, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(peak)


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger"
        ledger.mkdir()
        write(ledger / f"{NAME}.xlsx", rows)
        times: dict[str, list[float]] = {name: [] for name in READERS}
        for turn in range(5):
            for name in READERS if turn < 2 else ("calamine", "mingjing"):
                times[name].append(measure(name, ledger)[0])
        print(f"{rows:,} rows × 12 columns        least   median  most   to calamine")
        for name, took in times.items():
            ratio = min(took) / min(times["calamine"])
            print(f"{name:28} {min(took):6.2f}  {median(took):6.2f} {max(took):6.2f}  {ratio:6.2f}")
        print(
            f"pandas with openpyxl takes {min(times['openpyxl']) / min(times['mingjing']):.1f} times as long as mingjing"
        )
        for columns in (NARROW, 12):
            write(ledger / f"{NAME}.xlsx", MILLION, columns)
            for name in ("calamine", "mingjing"):
                seconds, peak = measure(name, ledger)
                print(f"1,048,576 rows × {columns} columns, {name}: {seconds:.1f} s, peak {peak:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        taken = READERS[sys.argv[2]](Path(sys.argv[3]))
        print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
