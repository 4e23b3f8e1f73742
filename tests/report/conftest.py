"""The reports of data/sample in both languages, made once for all tests that look at them, and a browser."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from mingjing.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def reports(tmp_path_factory) -> dict[str, Path]:
    """Language → folder of a finished run. Test processes side by side share it."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sample-reports"
    root.mkdir(exist_ok=True)
    folders = {lang: root / lang for lang in ("zh", "en")}
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for lang, folder in folders.items():
            if not folder.exists():
                given = {"--data": ROOT / "data/sample", "--out": folder, "--notebooks": ROOT / "notebooks"}
                more = [str(part) for pair in given.items() for part in pair]
                assert main(["run", "--period", "2021", "--lang", lang, "--jobs", "2", *more]) == 0
    return folders


@pytest.fixture(scope="session")
def chromium():
    """Headless Chromium of the machine; skipped without one, unless skipping is forbidden."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and os.environ.get("MINGJING_SKIP") != "never":
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    assert path, "Chromium is missing, and MINGJING_SKIP=never forbids to skip"
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Opens a file in a window of its own; at the end nothing was fetched, nothing was complained about."""
    contexts, trouble = [], []

    def open_page(path: Path, width: int = 1280, **how):
        context = chromium.new_context(viewport={"width": width, "height": 800}, **how)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: trouble.append(said.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        own = (path.as_uri(), "blob:")  # a download is a blob of the page's own making
        page.on("request", lambda asked: None if asked.url.startswith(own) else trouble.append(asked.url))
        page.goto(path.as_uri(), wait_until="load")
        if how.get("java_script_enabled", True):
            page.wait_for_selector("html.ready")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not trouble
