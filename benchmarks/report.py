"""How a report fares with many findings: export, opening from file://, a search, a sort, and the longest freeze.

    python benchmarks/report.py [FINDINGS…]

Needs Chromium. Export is given per finding (linear when that stays the same); freeze is the longest task on the
page's own thread while it opened, searched and sorted.
"""

import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from mingjing.findings import Findings
from mingjing.report.findings_table import findings_table
from mingjing.report.page import page

REPEATS = 3
RULES = ("ST-02", "ST-07", "ST-08", "ST-09", "ST-12", "ST-14", "ST-16")
WATCH = """window.longest = 0;
new PerformanceObserver(list => list.getEntries().forEach(e => longest = Math.max(longest, e.duration))).observe({type: 'longtask'});"""
# resolves when the table says how many rows it now shows and the frame is drawn; act starts the work
DRAWN = """async act => {
  const start = performance.now();
  const said = new Promise(done => new MutationObserver(done).observe(document.querySelector('.status'), {childList: true}));
  eval(act);
  await said;
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return (performance.now() - start) / 1000;
}"""
SEARCH = "const field = document.querySelector('.tools input'); field.value = '第77'; field.dispatchEvent(new Event('input'))"
SORT = (
    "[...document.querySelectorAll('.findings th button')].find(b => b.textContent.includes('金额')).click()"
)


def findings(count: int) -> Findings:
    rows = []
    for n in range(count):
        evidence = {
            "values": {"dish": f"第{n}号菜", "weight_g": n % 125, "hours": n % 48},
            "rows": [
                {"table": "food_log", "file": "食堂台账.xlsx", "sheet": "留样与温度记录表", "row": n + 2}
            ],
        }
        rows.append(
            {
                "finding_id": f"{RULES[n % 7]}-{n:010x}",
                "rule_id": RULES[n % 7],
                "area": "canteen",
                "severity": ("high", "medium", "low")[n % 3],
                "kind": ("breach", "suspect")[n % 2],
                "unit": f"第{n % 20}训练单位",
                "message_zh": f"第{n}号菜留样重量为{n % 125}克，标准不少于125克；留样{n % 48}小时即销毁，标准不少于48小时",
                "message_en": "",
                "amount": n * 7919 % 100003 / 7,
                "date": f"2021-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
                "evidence": json.dumps(evidence, ensure_ascii=False),
                "status": "new",
            }
        )
    return Findings.of(rows)


def main(counts: list[int]) -> None:
    print("findings   export  µs each    file    open  search    sort  freeze")
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        path = shutil.which("chromium") or "chromium"
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for count in counts:
            found, target = findings(count), Path(folder) / f"{count}.html"
            start = time.perf_counter()
            target.write_text(page("发现", findings_table(found), "zh"), "utf-8")
            export = time.perf_counter() - start
            runs = [_open(browser, target) for _ in range(REPEATS)]
            opened, search, sort, freeze = (min(values) for values in zip(*runs, strict=True))
            spread = statistics.pstdev([run[0] for run in runs])
            print(
                f"{count:8,} {export:7.2f} s {export / count * 1e6:8.0f} {target.stat().st_size / 1e6:6.1f} MB "
                f"{opened:5.2f} s {search:5.2f} s {sort:5.2f} s {freeze:5.2f} s  (opening ± {spread:.2f})"
            )
        browser.close()


def _open(browser, target: Path) -> tuple[float, float, float, float]:
    tab = browser.new_page()
    tab.add_init_script(WATCH)
    start = time.perf_counter()
    tab.goto(target.as_uri(), wait_until="commit")
    tab.wait_for_selector("html.ready")
    opened = time.perf_counter() - start
    search = tab.evaluate(DRAWN, SEARCH)
    sort = tab.evaluate(DRAWN, SORT)
    freeze = tab.evaluate("longest") / 1000
    tab.close()
    return opened, search, sort, freeze


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [1_000, 5_000, 20_000, 100_000])
