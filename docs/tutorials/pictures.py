"""Makes the pictures of the tutorials from data/sample: python docs/tutorials/pictures.py. Needs Chromium."""

import shutil
from importlib import resources
from pathlib import Path

from playwright.sync_api import sync_playwright

from mingjing import Audit
from mingjing.report.findings import frame_panel
from mingjing.report.findings_table import SEVERITY

HERE = Path(__file__).parent
HEADS = {
    "weight": "权重",
    "severity": "程度",
    "rules": "规则",
    "unit": "单位",
    "message": "发现",
    "_row": "行",
}


def main() -> None:
    """One PNG for each tutorial."""
    style = resources.files("mingjing.report").joinpath("template", "report.css").read_text("utf-8")
    audit = Audit.open(HERE.parents[1] / "data" / "sample", "2021")
    leads = audit.leads("rectification").head(6)
    shown = leads.assign(severity=leads.severity.map(SEVERITY["zh"]))[list(HEADS)].rename(columns=HEADS)
    pictures = {
        "completeness": audit.completeness()._repr_html_(),
        "leads": frame_panel(shown, "").html,
        "rule": audit.explain("ZG-02")._repr_html_(),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 420})
        for name, html in pictures.items():
            page.set_content(
                f"<html lang=zh-CN><style>{style}</style><body><main>{html}</main></body></html>"
            )
            page.screenshot(path=HERE / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
