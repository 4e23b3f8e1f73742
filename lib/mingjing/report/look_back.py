"""The look-back (回头看) as a report shows it: what changed, and the findings behind each number."""

import pandas as pd

from mingjing.analyse import lookback
from mingjing.areas import AREAS
from mingjing.findings.register.people import STATES
from mingjing.report.findings import Panel, escape, frame_panel

_HEADS = {
    "zh": ["领域", "新发现", "持续", "复发", "已消除", "未检查"],
    "en": ["Area", "New", "Persisting", "Recurred", "Resolved", "Unchecked"],
}
_LISTED = {
    "recurred": ("复发的发现", "Recurred"),
    "resolved": ("已消除的发现", "Resolved"),
    "unchecked": ("以前的发现，本次没有检查到", "Open from before, not checked this time"),
}
_COLUMNS = {
    "rule_id": ("规则", "Rule"),
    "unit": ("单位", "Unit"),
    "message": ("发现", "Finding"),
    "first_seen": ("首次发现", "First seen"),
    "last_seen": ("最近一次", "Last seen"),
    "times": ("次数", "Times"),
    "status": ("处理状态", "Status"),
    "owner": ("责任人", "Owner"),
    "why": ("原因", "Why"),
}


def look_back(audit, area: str | None = None) -> Panel:
    """One sentence, the counts by area, and folded lists of what recurred, was resolved or was not checked."""
    lang, place = audit.lang, audit.lang == "en"
    said, table = lookback.sentence(audit, area), lookback.changes(audit, area)
    if not lookback.compared(audit):
        return Panel(f"<p>{escape(said)}</p>", said)
    table["area"] = [AREAS[name].title(lang) for name in table.area]
    counts = frame_panel(
        table.set_axis(_HEADS[lang], axis=1), "与上次相比" if lang == "zh" else "Since last time"
    )
    lists = [
        f"<details><summary>{escape(words[place])} ({len(frame)})</summary>{_list(audit, frame, change).html}</details>"
        for change, words in _LISTED.items()
        if len(frame := lookback.changed(audit, change, area))
    ]
    return Panel(f"<p>{escape(said)}</p>{counts.html}{''.join(lists)}", f"{said}\n{counts.text}")


def _list(audit, frame: pd.DataFrame, change: str) -> Panel:
    place = audit.lang == "en"
    names = {name: words[place] for name, words in _COLUMNS.items() if name != "why" or change == "unchecked"}
    frame = frame.assign(
        unit=[audit.names.get(unit, unit) for unit in frame.unit],
        status=[STATES[status][place] if status else "" for status in frame.status],
    )
    return frame_panel(frame[list(names)].rename(columns=names), _LISTED[change][place])
