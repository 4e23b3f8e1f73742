"""Cells are untrusted: whatever they hold, a page shows it and does nothing else."""

import pandas as pd
import pytest

from mingjing.findings import Findings
from mingjing.report.findings import frame_panel
from mingjing.report.findings_table import findings_table
from mingjing.rules.catalogue import catalogue


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


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_finding_opens_to_the_rule_in_words(lang):
    row = {
        "finding_id": "ST-02-1",
        "rule_id": "ST-02",
        "area": "canteen",
        "severity": "medium",
        "kind": "breach",
        "message_zh": "<b>轻",
        "message_en": "<b>light",
        "evidence": '{"rows": []}',
        "status": "new",
    }
    html = findings_table(Findings.of([row], lang))
    assert catalogue()["ST-02"].how[lang] in html and "<b>" not in html
