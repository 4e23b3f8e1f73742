"""Each public statistic has its page in docs/methods: what it does, when not to use it, where it comes from."""

import re
from pathlib import Path

import pytest

import mingjing.stats

DOCS = Path(__file__).parents[2] / "docs" / "methods"
PAGES = sorted(page for page in DOCS.glob("*.md") if page.name != "README.md")
LINK = re.compile(r"\[`(\w+)`\]\(([^)]+)\)")


def test_every_public_name_is_linked_on_one_page_and_no_other():
    linked = [name for page in PAGES for name, _ in LINK.findall(page.read_text("utf-8"))]
    assert sorted(linked) == sorted(mingjing.stats.__all__)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_about_a_hundred_words_and_leads_to_the_function(page):
    text = page.read_text("utf-8")
    assert 70 <= len(text.split()) <= 160
    assert "\n**Not for** " in text and "\n**Source:** " in text
    for name, path in LINK.findall(text):
        assert f"def {name}(" in (DOCS / path).read_text("utf-8")
    for path in re.findall(r"\]\(([\w-]+\.md)\)", text):
        assert (DOCS / path).exists()


def test_the_index_lists_every_page():
    listed = re.findall(r"\]\(([\w-]+\.md)\)", (DOCS / "README.md").read_text("utf-8"))
    assert sorted(listed) == [page.name for page in PAGES]
