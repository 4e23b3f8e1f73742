"""Pieces of a report as HTML. Every cell value is escaped here, and nowhere else."""

import json
import re
from dataclasses import dataclass
from html import escape as _escape

import pandas as pd

from mingjing.rules.catalogue import catalogue

SEVERITY = {
    "zh": {"high": "高", "medium": "中", "low": "低"},
    "en": {"high": "high", "medium": "medium", "low": "low"},
}
KIND = {
    "zh": {"breach": "违规", "missing": "缺失", "suspect": "疑点", "mismatch": "勾稽", "warning": "预警"},
    "en": {
        "breach": "breach",
        "missing": "missing",
        "suspect": "suspect",
        "mismatch": "mismatch",
        "warning": "warning",
    },
}
HEADS = {
    "zh": ("程度", "性质", "发现", "依据", "出处"),
    "en": ("Severity", "Kind", "Finding", "Basis", "Source"),
}


# Control and direction characters: a cell that holds them could make a page read otherwise than it is.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LONGEST = 2000


def escape(text: str) -> str:
    """Text of a cell as harmless HTML: unseen characters are shown as `[U+202E]`, very long texts are cut."""
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return _escape(_UNSEEN.sub(lambda m: f"[U+{ord(m[0]):04X}]", text))


def findings_table(findings) -> str:
    """The findings, one row each; the rows a finding rests on open in place."""
    lang = findings.lang
    if not len(findings):
        return f"<p>{'没有发现。未运行的规则见下表。' if lang == 'zh' else 'No findings. Rules that did not run are listed below.'}</p>"
    body = "".join(_row(finding, lang) for finding in findings)
    return table_html(
        HEADS[lang], body, f"{len(findings)} 条发现" if lang == "zh" else f"{len(findings)} findings"
    )


def _row(finding: dict, lang: str) -> str:
    places = json.loads(finding["evidence"])["rows"]
    where = "<br>".join(escape(_place(place, lang)) for place in places[:50])
    more = f"<br>… {len(places)}" if len(places) > 50 else ""
    entry = catalogue()[finding["rule_id"]]
    rule = escape(f"{entry.name(lang)}{'：' if lang == 'zh' else ': '}{entry.words(lang)}")
    opened = f"<details><summary>{escape(_place(places[0], lang)) if places else '—'}</summary>{where}{more}<p>{rule}</p></details>"
    cells = [
        f'<span class="{finding["severity"]}">{SEVERITY[lang][finding["severity"]]}</span>',
        KIND[lang][finding["kind"]],
        f"{escape(finding['message_' + lang])} <small>{finding['rule_id']}</small>",
        escape(entry.basis_on(finding["date"], lang)),
        opened,
    ]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _place(place: dict, lang: str) -> str:
    row = f"第{place['row']}行" if lang == "zh" else f"row {place['row']}"
    return " ".join(part for part in (place["file"], place["sheet"], row) if part)


def table_html(heads, body: str, caption: str) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


@dataclass(frozen=True)
class Panel:
    """A piece of a report: HTML already escaped, and the same in plain text for a terminal."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def frame_panel(frame: pd.DataFrame, caption: str) -> Panel:
    """A small table of values, escaped."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(_plain(v))}</td>" for v in row) + "</tr>"
        for row in frame.itertuples(index=False)
    )
    return Panel(table_html([str(c) for c in frame.columns], rows, caption), frame.to_string(index=False))


def _plain(value) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def headline(verdict: str, colour: str, figures: list[tuple[str, str]]) -> Panel:
    """The answer first: one sentence and the figures that carry it. colour: red amber green grey."""
    items = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in figures
    )
    text = "\n".join([verdict, *(f"{label}: {value}" for label, value in figures)])
    return Panel(
        f'<p class="verdict {escape(colour)}">{escape(verdict)}</p><dl class="figures">{items}</dl>', text
    )
