"""How a report fares with many findings: export, opening from file://, a search, a sort, and the longest freeze.

    python benchmarks/report.py [--repeats N] [FINDINGS…]

Needs Chromium; without it only the export is measured. Export is in seconds of the processor, its growth an exponent;
the page's times are on the clock. Freeze is the longest task on the page's own thread, while it opened, while it
searched and filtered, while it sorted; a browser counts none below 50 ms. Each the least of the repeats.
"""

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright
from targets import exponent, say

from mingjing.findings import Findings
from mingjing.report.findings_table import findings_table
from mingjing.report.page import page

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
FILTER = "const choice = document.querySelectorAll('.tools select')[0]; choice.selectedIndex = 1; choice.dispatchEvent(new Event('change'))"
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


def export(count: int, folder: Path) -> tuple[Path, float]:
    """(the report, seconds of the processor to make it)."""
    found, target = findings(count), folder / f"{count}.html"
    start = time.process_time()
    target.write_text(page("发现", findings_table(found), "zh"), "utf-8")
    return target, time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("counts", nargs="*", type=int, metavar="FINDINGS")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    args = parser.parse_args()
    counts = sorted(args.counts or [1_000, 5_000, 10_000, 100_000])
    exports: dict[int, float] = {}
    opened: dict[int, tuple[float, ...]] = {}
    export(200, Path(tempfile.gettempdir()))[0].unlink()  # what is loaded for the first report is not counted
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            exports[count] = min(export(count, Path(folder))[1] for _ in range(args.repeats))
            size = (Path(folder) / f"{count}.html").stat().st_size / 1e6
            print(
                f"{count:8,} findings: {exports[count]:.2f} s, {exports[count] / count * 1e6:.0f} µs each, {size:.1f} MB"
            )
        if path := shutil.which("chromium"):
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
                print("findings    open  freeze  search  filter  freeze    sort  freeze")
                for count in counts:
                    runs = [_open(browser, Path(folder) / f"{count}.html") for _ in range(args.repeats)]
                    opened[count] = tuple(min(values) for values in zip(*runs, strict=True))
                    print(f"{count:8,} " + " ".join(f"{value:5.2f} s" for value in opened[count]), flush=True)
                browser.close()
    _targets(counts, exports, opened)


def _targets(counts: list[int], exports: dict[int, float], opened: dict[int, tuple[float, ...]]) -> None:
    none = "no Chromium"
    usual = opened.get(min(counts, key=lambda count: abs(count - 5_000)))
    most = opened.get(counts[-1])
    pairs = [counts[at : at + 2] for at in range(len(counts) - 1)]
    growth = max((exponent(pair, [exports[count] for count in pair]) for pair in pairs), default=None)
    many = f"Report: {counts[-1]:,} findings"
    say("Report: 5,000 findings open", usual and usual[0], 1, " s", why=none)
    say(f"{many}, longest task while opening", most and most[1], 0.1, " s", why=none)
    say(f"{many}, longest task of search and filter", most and most[4], 0.05, " s", why=none)
    say("Report: export, growth exponent between two sizes", growth, 1.05, why="one size")


def _open(browser, target: Path) -> tuple[float, ...]:
    tab = browser.new_page()
    tab.add_init_script(WATCH)
    start = time.perf_counter()
    tab.goto(target.as_uri(), wait_until="commit")
    tab.wait_for_selector("html.ready")
    opened = time.perf_counter() - start
    freeze = tab.evaluate("longest") / 1000
    tab.evaluate("longest = 0")
    searched, filtered = (tab.evaluate(DRAWN, what) for what in (SEARCH, FILTER))
    sifting = tab.evaluate("longest") / 1000
    tab.evaluate("longest = 0")
    ordered = tab.evaluate(DRAWN, SORT)
    ordering = tab.evaluate("longest") / 1000
    tab.close()
    return opened, freeze, searched, filtered, sifting, ordered, ordering


if __name__ == "__main__":
    main()
