"""Pieces of a report as HTML. Every cell value is escaped here, and nowhere else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from html import escape as _escape
from html import unescape

import numpy as np
import pandas as pd

from mingjing.release import is_withheld
from mingjing.report.lab import in_lab
from mingjing.wording import are_grouped, listed, number

# Control and direction characters: a cell that holds them could make a page read otherwise than it is.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LONGEST = 2000
# heads of columns whose numbers name a row of a sheet
_ROWS = ("行", "Row", "row")


def escape(text: str) -> str:
    """Text of a cell as harmless HTML: unseen characters are shown as `[U+202E]`, very long texts are cut."""
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return _escape(_UNSEEN.sub(lambda m: f"[U+{ord(m[0]):04X}]", text))


def escape_all(text: str) -> str:
    """A query in full, however long."""
    return "".join(escape(text[i : i + _LONGEST]) for i in range(0, len(text), _LONGEST))


_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
FOLDED = 15
# Columns no wider than this (Chinese counts double) stay on one line.
_SHORT = 14


def in_chinese(html: str, lang: str) -> str:
    """The Chinese passages of an English page marked as such, so that a screen reader changes its voice."""
    return html if lang == "zh" else _CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', html)


_DAY = r"(?<![\d-])\d{4}-\d\d(?:-\d\d(?: \d\d:\d\d)?)?(?![\d-])"
_ID = r"\b[A-Z]{2}-B?\d\d(?:-[0-9a-f]{10})?\b"
_SHARE = r"-?\d[\d,.]* (?:%|°C)"
_ROW = r"第\d+行|\brow \d+\b"
_WHOLE = re.compile(f"{_DAY}|{_ID}|{_SHARE}|{_ROW}", re.ASCII)


def unbroken(html: str) -> str:
    """Days, months and hours, ids of rules and of findings, a number with its sign and a row with its number kept on one line:
    a browser breaks after each hyphen, space and Chinese character."""
    return _WHOLE.sub(r"<span class=w>\g<0></span>", html)


def table_html(heads: list[str], body: str, caption: str, attributes: str = "") -> str:
    """A table around rows that are already escaped. heads: text of each column, or ready `<th>` elements."""
    head = "".join(
        text if text.startswith("<th") else f'<th scope="col">{escape(text)}</th>' for text in heads
    )
    return (
        f"<table{attributes}>{f'<caption>{escape(caption)}</caption>' if caption else ''}<thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


_LONG_NUMBER = re.compile(r"(?<![\w.,-])\d{4,9}(?![\w.,-])")


@dataclass(frozen=True)
class Panel:
    """A piece of a report: HTML already escaped, and the same in plain text for a terminal."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return in_lab(self.html)

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Headline(Panel):
    """A report's first screen. `answer` is its HTML without the sentence on what changed, `changed` that sentence's."""

    answer: str
    changed: str


def frame_panel(frame: pd.DataFrame, caption: str, figures: Iterable[str] = ()) -> Panel:
    """A small table of values, escaped; a long one is folded under its caption and can be sorted. figures: heads of columns
    whose numbers are told with words and stand at the right all the same."""
    numeric = [
        pd.api.types.is_numeric_dtype(kind) or name in figures or _of_shares(frame.iloc[:, place])
        for place, (name, kind) in enumerate(frame.dtypes.items())
    ]
    heads = [
        f'<th scope="col"{" class=n" if number else ""}>{escape(str(name))}</th>'
        for name, number in zip(frame.columns, numeric, strict=True)
    ]
    columns = [decimals(frame.iloc[:, place]) for place in range(len(numeric))]
    rows = list(zip(*columns, strict=True))
    looks = ["n" if number else look(texts) for number, texts in zip(numeric, columns, strict=True)]
    body = "\n".join(
        f"<tr>{''.join(f'<td class={kind}>{cell}</td>' for kind, cell in zip(looks, map(_cell, row), strict=True))}</tr>"
        for row in rows
    )
    if not rows:
        return _nothing(frame, caption)
    if len(frame) <= FOLDED or not caption:
        html = table_html(heads, body, caption)
    else:
        table = table_html(heads, body, caption, " data-sift")
        html = f'<details class="long"><summary>{escape(caption)} <small>{len(frame)}</small></summary>{table}</details>'
    return Panel(html, frame.to_string(index=False))


_PERCENT = re.compile(r"-?[\d.,]+%(?:–[\d.,]+%)?")


def _of_shares(column: pd.Series) -> bool:
    """Whether a column of texts holds percentages, or spans of them, and nothing else: they stand at the right as numbers do."""
    told = [value for value in column if isinstance(value, str) and value]
    return bool(told) and all(map(_PERCENT.fullmatch, told))


def shares_told(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with a rate and its interval, and a share still open after some days, as percentages."""
    names = ("rate", "low", "high") if "rate" in frame else ("open",) if "days" in frame else ()
    told = {}
    for name in names:
        column = frame.get(name)
        if pd.api.types.is_float_dtype(column) and column.dropna().between(0, 1).all():
            told[name] = [f"{value:.1%}" if pd.notna(value) else "" for value in column]
    return frame.assign(**told)


def _cell(text: str) -> str:
    return escape(text) if _width(text) <= _SHORT else unbroken(escape(text))


def _nothing(frame: pd.DataFrame, caption: str) -> Panel:
    """A table without rows: what would have stood in it, and that there is none, or that it is not published."""
    heads = [str(name) for name in frame.columns]
    zh = bool(_CHINESE.search("".join([caption, *heads])))
    told = caption or listed(heads, "zh" if zh else "en")
    if is_withheld(frame):
        text = f"{told}：不公布" if zh else f"{told}: not published"
    else:
        text = f"{told}：无" if zh else f"{told}: none"
    return Panel(f'<p class="none">{escape(text)}</p>', text)


def look(texts: Iterable[str]) -> str:
    """The class of a column of texts: what is short never breaks, names and sentences get room on a narrow screen."""
    widest = max(map(_width, texts), default=0)
    return "w" if widest <= _SHORT else "s" if widest <= 48 else "t"


def _width(text: str) -> int:
    return len(text) + sum(len(run) for run in _CHINESE.findall(text))


def decimals(column: pd.Series) -> list[str]:
    """A column as text. Broken numbers have as many decimals as their values have, up to three, so that they stand in line; the
    number of a row is its name."""
    if pd.api.types.is_float_dtype(column):
        known = column.dropna().astype(float)
        places = next((n for n in range(4) if (known.round(n) == known).all()), None)
        sizes = known[known != 0].abs()
        if places is None and (sizes >= 0.001).all():
            places = 3 if sizes.max() < 10 else 2
        if places is not None:
            return ["" if pd.isna(value) else f"{value:,.{places}f}" for value in column]
    if pd.api.types.is_integer_dtype(column):
        grouped = column.name not in _ROWS and are_grouped(column.dropna())
        return ["" if pd.isna(value) else f"{value:,}" if grouped else str(value) for value in column]
    return [_plain(value) for value in column]


def _plain(value) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, datetime) and not value.second:
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return number(int(value))
    if isinstance(value, float):
        return (
            f"{value:,.0f}"
            if value.is_integer()
            else f"{value:,.4g}"
            if abs(value) < 100
            else f"{value:,.2f}"
        )
    return str(value)


def headline(
    verdict: str, colour: str, figures: list[tuple[str, str]], changed: str = "", units: Iterable[str] = ()
) -> Headline:
    """The answer first: one sentence, the figures that carry it, what changed. colour: red amber green grey.

    units: the names of those that the audit is limited to, for the head of the page (`only_units`).
    """
    figures = [
        (label, _LONG_NUMBER.sub(lambda found: f"{int(found[0]):,}", value)) for label, value in figures
    ]
    items = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in figures
    )
    only = f' data-units="{escape("|".join(units))}"' if units else ""
    answer = (
        f'<p class="verdict {escape(colour)}"{only}>{escape(verdict)}</p><dl class="figures">{items}</dl>'
    )
    text = [verdict, *(f"{label}: {value}" for label, value in figures)]
    told = f'<p class="changed">{escape(changed)}</p>' if changed else ""
    return Headline(answer + told, "\n".join([*text, *[changed] * bool(changed)]), answer, told)


def only_units(html: str) -> list[str]:
    """The names of the units that the headline of a page says it is limited to; none where it says none."""
    found = re.search(r'<p class="verdict \w+" data-units="([^"]*)"', html)
    return unescape(found[1]).split("|") if found else []
