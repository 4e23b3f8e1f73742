"""The findings of a report as a table: complete as it stands, and what `report.js` sorts, filters and searches.

A row says what was found; it opens to the values, the source rows and the id. The rule in words, its law, thresholds
and query stand once below the table, and the script shows them inside a row that is opened.
"""

import base64
import gzip
import json
import re

import pandas as pd

from mingjing.findings.message import told_in_yuan
from mingjing.findings.model import SEVERITY_WORDS
from mingjing.findings.register.life import STATUSES
from mingjing.report.findings import escape, in_chinese, table_html, unbroken
from mingjing.report.labels import label, proof
from mingjing.report.rule_notes import rule_notes
from mingjing.rules import catalogue
from mingjing.wording import listed, plural

SEVERITY = {
    lang: {name: words[place] for name, words in SEVERITY_WORDS.items()}
    for place, lang in enumerate(("zh", "en"))
}
KIND = {
    "zh": {"breach": "违规", "missing": "缺失", "suspect": "疑点", "mismatch": "勾稽", "warning": "预警"},
    "en": {name: name for name in ("breach", "missing", "suspect", "mismatch", "warning")},
}
# the columns a reader filters by come first: the script reads no further than it must
_COLUMNS = "severity kind status unit rule finding amount date source".split()
_KINDS_OF_HEAD = dict.fromkeys(_COLUMNS[:5], " data-filter") | {
    "unit": " data-filter class=u",
    "finding": " class=f",
    "amount": " class=n",
    "source": " class=o",
}


def _heads(text: str) -> dict[str, str]:
    return dict(zip(_COLUMNS, text.split(), strict=True))


WORDS = {
    "zh": {
        "heads": _heads("程度 性质 状态 单位 规则 发现 金额（元） 日期 出处"),
        "none": "没有发现。未运行的规则见下表。",
        "count": "{} 条发现",
        "rest": "这里列出前{}条；其余在浏览器允许脚本时显示，也都在 findings.csv 中。",
        "row": "第{}行",
        "id": "编号",
        "rows": "依据的行",
        "ledgers": "依据的台账",
        "more": "另有{}行，见 findings.csv",
    },
    "en": {
        "heads": _heads("Severity Kind Status Unit Rule Finding Yuan Date Source"),
        "none": "No findings. Rules that did not run are listed below.",
        "count": "{} finding(s)",
        "rest": "The first {} are listed here; the others appear where the browser allows scripts, and all are in findings.csv.",
        "row": "row {}",
        "id": "Id",
        "rows": "Source rows",
        "ledgers": "Source ledgers",
        "more": "{} more row(s), see findings.csv",
    },
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?", re.ASCII)
# counts of what is not there: none of it proves nothing
_LACKING = ("gaps", "missing", "n_unknown", "sparse", "unknown", "unnamed", "without")
STATIC = 500
SHOWN_ROWS = 20


def findings_table(findings) -> str:
    """Every finding, one row each, and below it the rules they rest on.

    Beyond `STATIC` rows the table holds the first of them, and all of them compressed for the script. A column that
    would say the same in each row is left out.
    """
    lang, frame = findings.lang, findings.to_pandas()
    words = WORDS[lang]
    if frame.empty:
        return f"<p>{words['none']}</p>"
    idle = {
        "status": set(frame["status"]) <= {"new", ""},
        "amount": frame["amount"].isna().all(),
        "date": frame["date"].isna().all(),
        "unit": frame["unit"].isna().all(),
    }
    columns = [name for name in words["heads"] if not idle.get(name)]
    rows = [_row(finding, columns, findings) for finding in findings]
    worst = f' data-order="{"|".join(SEVERITY[lang].values())}"'
    heads = [
        f'<th scope="col"{_KINDS_OF_HEAD.get(name, "")}{worst if name == "severity" else ""}>'
        f"{escape(words['heads'][name])}</th>"
        for name in columns
    ]
    table = table_html(
        heads,
        "\n".join(rows[:STATIC]),
        plural(words["count"].format(len(rows))),
        f' class="findings" lang="{"zh-CN" if lang == "zh" else "en"}" data-sift',
    )
    if len(rows) > STATIC:
        table += f'<p class="rest">{words["rest"].format(STATIC)}</p>{_packed(rows)}'
    return table + rule_notes(sorted(set(frame["rule_id"])), findings.ran, lang)


def _packed(rows: list[str]) -> str:
    # mtime 0: the same findings give the same bytes
    data = base64.b64encode(gzip.compress("\n".join(rows).encode(), 6, mtime=0)).decode()
    return f'<script type="text/plain" class="packed">{data}</script>'


def _row(finding: dict, columns: list[str], findings) -> str:
    lang, names, mark = findings.lang, findings.unit_names, findings.marks.get(finding["finding_id"])
    evidence = json.loads(finding["evidence"])
    places, severity, rule = evidence["rows"], finding["severity"], finding["rule_id"]
    amount, day, unit = finding["amount"], finding["date"], finding["unit"]
    cells = {
        "severity": f"<td class={severity}>{SEVERITY[lang][severity]}",
        "kind": f"<td>{KIND[lang][finding['kind']]}",
        "status": f"<td>{STATUSES.get(finding['status'], ('', ''))[lang == 'en']}",
        "unit": f"<td class=u>{_text(str(names.get(unit, unit)) if pd.notna(unit) else '', lang)}",
        "rule": f'<td class=w><a href="#rule-{rule}">{rule}</a>',
        "finding": f"<td class=f>{_opened(finding, evidence, findings)}{f' <small>{_text(mark, lang)}</small>' if mark else ''}",
        "amount": f"<td class=n>{f'{amount:,.2f}' if pd.notna(amount) else ''}",
        "date": f"<td class=w>{escape(str(day)[:10]) if pd.notna(day) else ''}",
        "source": f"<td class=o>{_place(places[:1], lang)}",
    }
    shown = "</td>".join(cells[name] for name in columns)
    return f'<tr data-id="{escape(finding["finding_id"])}">{shown}</td></tr>'


def _opened(finding: dict, evidence: dict, findings) -> str:
    lang, places = findings.lang, evidence["rows"]
    words, money = WORDS[lang], told_in_yuan(catalogue()[finding["rule_id"]])
    told = evidence.get("values", {})
    values = "".join(
        f"<dt>{_text(_headed(label(name, lang, finding['rule_id'])), lang)}"
        f"{_proof(proof(name, value, told, lang, findings.unit_names, money), lang)}"
        for name, value in told.items()
        if not (value == 0 and name in _LACKING)
        and not name.endswith({"zh": "_en", "en": "_zh"}[lang])
        and f"{name}_{lang}" not in told
    )
    numbered = any(place["row"] is not None for place in places)  # the public is told ledgers and no rows
    lines = [_text(line, lang) for line in _places(places[:SHOWN_ROWS] if numbered else places, lang)]
    sources = "<br>".join(lines) if numbered else listed(lines, lang)
    if numbered and len(places) > SHOWN_ROWS:
        sources += "<br>" + plural(words["more"].format(len(places) - SHOWN_ROWS))
    return (
        f"<details><summary>{unbroken(_text(finding['message_' + lang], lang))}</summary>"
        f"<dl class=values>{values}<dt>{words['rows' if numbered or not places else 'ledgers']}<dd>{sources or '—'}"
        f"<dt>{words['id']}<dd class=w>{escape(finding['finding_id'])}</dl></details>"
    )


def _proof(text: str, lang: str) -> str:
    """A value beside its name; a day stays on one line."""
    return f"<dd{' class=w' if _DAY.fullmatch(text) else ''}>{_text(text, lang)}"


def _headed(name: str) -> str:
    """A name that stands by itself, as in a table's head."""
    return name[:1].upper() + name[1:] if name[:2].isalpha() else name


def _text(text: str, lang: str) -> str:
    """Escaped, on one line: the script takes the table's rows apart at the line ends."""
    return in_chinese(escape(" ".join(text.split("\n"))), lang)


def _place(places: list[dict], lang: str) -> str:
    """Where a finding's row is; the row's number never breaks."""
    if not places:
        return ""
    place, row = places[0], places[0]["row"]
    told = _text(" ".join(part for part in (place["file"], place["sheet"]) if part), lang)
    if row is None:
        return told
    return f"{told} <span class=w>{_text(WORDS[lang]['row'].format(row), lang)}</span>"


def _places(places: list[dict], lang: str) -> list[str]:
    """One line a sheet, with its rows; the public is told neither."""
    sheets: dict[tuple, list[str]] = {}
    for place in places:
        rows = sheets.setdefault((place["file"], place["sheet"]), [])
        rows += [] if place["row"] is None else [str(place["row"])]
    return [
        " ".join(part for part in (*sheet, rows and WORDS[lang]["row"].format(listed(rows, lang))) if part)
        for sheet, rows in sheets.items()
    ]
