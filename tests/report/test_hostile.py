"""Cells are untrusted: whatever they hold, a page shows it and does nothing else."""

import pandas as pd
import pytest

from mingjing.report.findings import frame_panel


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ('"><img src=x onerror=alert(1)>', "&quot;&gt;&lt;img"),
        ("甲\u202e乙", "甲[U+202E]乙"),
        ("甲\x00乙\u200b", "甲[U+0000]乙[U+200B]"),
        ("甲" * 1_000_000, "甲" * 2000 + "…</td>"),
    ],
)
def test_a_hostile_cell_is_shown_and_does_nothing(cell, shown):
    html = frame_panel(pd.DataFrame({"a": [cell]}), "x").html
    assert shown in html and cell not in html and len(html) < 10_000
