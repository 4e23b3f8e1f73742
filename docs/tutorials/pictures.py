"""Makes the pictures of the documents from data/sample: python docs/tutorials/pictures.py. Needs Chromium, takes minutes.

They show what the program makes of the sample in this version: run it again where a change shows in one of them.
"""

import shutil
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from mingjing import Audit

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HEIGHT = 460


def main() -> None:
    """One PNG for each thing shown in a tutorial, and the first screen of a report for the READMEs."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, html in displays().items():
            picture(browser, html, HERE / f"{name}.png")
        reports = Path(folder)
        for period in ("2021Q2", "2021Q3"):
            run("rectification", period, reports / period)
        screen(browser, reports / "2021Q3" / "rectification.html", HERE / "look-back.png", HEIGHT)
        for lang, name in (("zh", "report"), ("en", "report.en")):
            # made alone, the overview speaks of every area
            run("overview", "2021", reports / lang, "--lang", lang, "--register", "none")
            screen(browser, reports / lang / "overview.html", HERE.parent / f"{name}.png", 820)
        browser.close()


def displays() -> dict[str, str]:
    """What the lab's objects show of themselves."""
    audit = Audit.open(ROOT / "data" / "sample", "2021")
    leads = audit.leads("rectification")
    return {
        "completeness": audit.completeness()._repr_html_(),
        "leads": audit.show(leads.head(6))._repr_html_(),
        "rule": audit.explain(leads.rules[0].split(", ")[0])._repr_html_(),
    }


def run(area: str, period: str, out: Path, *more: str) -> None:
    words = ["run", *filter(None, [area]), "--data", "data/sample", "--period", period, "--out", str(out)]
    subprocess.run([sys.executable, "-m", "mingjing", *words, *more], cwd=ROOT, check=True)  # noqa: S603


def picture(browser: Browser, html: str, target: Path) -> None:
    """The display as high as it is, up to the last row or sentence that ends above HEIGHT."""
    style = resources.files("mingjing.report").joinpath("template", "report.css").read_text("utf-8")
    page = browser.new_page(viewport={"width": 1000, "height": HEIGHT})
    page.set_content(f"<html lang=zh-CN><style>{style}</style><body><main>{html}</main></body></html>")
    ends = page.evaluate(
        "[...document.querySelectorAll('main tr, main p, main dl, main summary')].map(part => part.getBoundingClientRect().bottom)"
    )
    height = max((end for end in ends if end <= HEIGHT), default=HEIGHT) + 8
    page.screenshot(path=target, clip={"x": 0, "y": 0, "width": 1000, "height": height})


def screen(browser: Browser, path: Path, target: Path, height: int) -> None:
    """The first screen of a page."""
    page = browser.new_page(viewport={"width": 1280, "height": height})
    page.goto(path.as_uri())
    page.wait_for_selector("html.ready")
    page.screenshot(path=target)


if __name__ == "__main__":
    main()
