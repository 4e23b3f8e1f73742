"""The rules behind a report's findings: in words, with law, thresholds and the query that ran."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from mingjing.analyse.stretches import COLOURS
from mingjing.report.findings import Panel, escape, escape_all, in_chinese, look, table_html, unbroken
from mingjing.report.labels import key_label, unit_label
from mingjing.rules.catalogue import Entry, Threshold, catalogue
from mingjing.tables import tables
from mingjing.tables.words import WORDS as FIXED
from mingjing.wording import in_full, keywords, listed, number

WORDS = {
    "zh": {
        "title": "规则依据",
        "law": "依据",
        "verify": "核实办法",
        "boundary": "界限",
        "thresholds": ("阈值", "取值", "来源", "可信程度"),
        "rule": "规则",
        "own": "怎样调整：本局改阈值时，配置文件这样写",
        "query": "查看查询语句",
        "from": "（{}起）",
        "since": "{}起：",
        "until": "至{}止：",
        "within": "{}至{}：",
        "truth": ("否", "是"),
        "of": "{}（{}）",
        "pair": "{}：{}",
        "range": "{}至{}",
        "unset": "未设置",
        "status": {
            "confirmed": "已核实",
            "content": "内容已核实",
            "practice": "惯例",
            "memory": "凭记忆",
            "design": "设计值",
            "report": "来自总结",
        },
    },
    "en": {
        "title": "Rules and their basis",
        "law": "Basis",
        "verify": "How to verify",
        "boundary": "Boundary",
        "thresholds": ("Threshold", "Value", "Source", "Standing"),
        "rule": "Rule",
        "own": "How to adjust: a bureau writes its own values in the configuration file so",
        "query": "Show the query",
        "from": " (from {})",
        "since": "From {}: ",
        "until": "Until {}: ",
        "within": "{} to {}: ",
        "truth": ("no", "yes"),
        "of": "{} ({})",
        "pair": "{}: {}",
        "range": "{} to {}",
        "unset": "not set",
        "status": {
            "confirmed": "confirmed",
            "content": "content confirmed",
            "practice": "practice",
            "memory": "from memory",
            "design": "design value",
            "report": "from the report",
        },
    },
}


# units in which a threshold is a share of one, and what follows it in percent
_SHARES = {"share": ("", ""), "share of the year": ("（占全年）", " of the year")}


def rule_notes(rule_ids: Iterable[str], ran: Mapping[str, tuple[Entry, Mapping[str, str]]], lang: str) -> str:
    """One folded note a rule. ran: rule id → (entry as configured, case → SQL); the catalogue's entry where it lacks."""
    notes = "".join(_note(*ran.get(rule_id, (catalogue()[rule_id], {})), lang) for rule_id in rule_ids)
    return f'<section class="rules"><h3>{WORDS[lang]["title"]}</h3>{notes}</section>'


def rule_table(audit, rule_ids: Iterable[str], caption: str) -> Panel:
    """The thresholds of several rules in one table, and below it how a bureau writes its own."""
    words, lang = WORDS[audit.lang], audit.lang
    entries = [audit.entry(rule_id) for rule_id in rule_ids]
    rows = "".join(
        f"<tr><td class=w>{entry.rule_id}</td>{_threshold(threshold, lang)}</tr>"
        for entry in entries
        for threshold in entry.params.values()
    )
    written = "\n\n".join(map(_written, entries))
    # folded, and like a query not on paper: a reader has the values in words above
    own = f"<details class=query><summary>{words['own']}</summary><pre>{escape_all(written)}</pre></details>"
    return Panel(table_html([words["rule"], *words["thresholds"]], rows, caption) + own, written)


def _written(entry: Entry) -> str:
    """The rule's thresholds as a configuration has them."""
    lines = (f"{threshold.name} = {_toml(threshold.value)}" for threshold in entry.params.values())
    return "\n".join([f"[rules.{entry.rule_id}]", *lines])


def _toml(value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(name)} = {_toml(part)}" for name, part in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _note(entry: Entry, sql: Mapping[str, str], lang: str) -> str:
    words = WORDS[lang]
    parts = [f"<p>{_text(entry.words(lang), lang)}</p>"]
    law = "".join(f"<dd>{_law(basis, lang)}" for basis in entry.basis)
    verify = f"<dt>{words['verify']}<dd>{_text(entry.verify[lang], lang)}" if lang in entry.verify else ""
    boundary = (
        f"<dt>{words['boundary']}<dd>{_text(entry.boundary[lang], lang)}" if lang in entry.boundary else ""
    )
    parts.append(f"<dl class=values><dt>{words['law']}{law}{verify}{boundary}</dl>")
    if entry.params:
        rows = "".join(f"<tr>{_threshold(threshold, lang)}</tr>" for threshold in entry.params.values())
        parts.append(table_html(list(words["thresholds"]), rows, ""))
    if sql:
        query = escape_all("\n\n".join(sql.values()))
        parts.append(f"<details class=query><summary>{words['query']}</summary><pre>{query}</pre></details>")
    title = f"{entry.rule_id} {_text(entry.name(lang), lang)}"
    return f'<details id="rule-{entry.rule_id}"><summary>{title}</summary>{"".join(parts)}</details>'


def _law(basis, lang: str) -> str:
    """A basis, the days it governs and how sure it is; where its own words say what is from memory, they are enough."""
    words = WORDS[lang]
    told, status = basis.zh if lang == "zh" else basis.en, words["status"][basis.status]
    span = "within" if basis.start and basis.end else "since" if basis.start else "until"
    days = [day for day in (basis.start, basis.end) if day]
    told = words[span].format(*days) + told if days else told
    said = basis.status == "memory" and status in told
    return _text(told, lang) + ("" if said else f" <small>{status}</small>")


def _threshold(threshold: Threshold, lang: str) -> str:
    status = WORDS[lang]["status"][threshold.status]
    name = threshold.zh if lang == "zh" else threshold.en
    value = threshold_value(threshold, lang)
    cells = (
        (name, "s"),
        (value, "t" if look([value]) == "t" else "s"),
        (threshold.where_from(lang), "s"),
        (status, "s"),
    )
    return "".join(f"<td class={room}>{unbroken(_text(cell, lang))}</td>" for cell, room in cells)


def threshold_value(threshold: Threshold, lang: str) -> str:
    """What a threshold is, with its unit and, where it changes, the day each value begins."""
    share = _SHARES.get(threshold.unit)
    if share:
        return _dated(threshold, lang, lambda value: _percent(value, lang) + share[lang == "en"])
    unit = f" {unit_label(threshold.unit, lang)}" if threshold.unit else ""
    one = unit.removesuffix("s") if lang == "en" else unit
    return _dated(threshold, lang, lambda value: f"{_value(value, lang)}{one if value == 1 else unit}")


def _dated(threshold: Threshold, lang: str, told: Callable) -> str:
    """Each of its values as told, with the day it begins."""
    text = ("；" if lang == "zh" else "; ").join(
        told(value) + (WORDS[lang]["from"].format(start) if start else "")
        for start, value in threshold.values
    )
    return in_full(text) if lang == "en" else text


def _percent(value, lang: str) -> str:
    """A share in percent; so each share of a mapping."""
    if isinstance(value, dict):
        pair = WORDS[lang]["pair"].format
        return listed(
            (pair(key_label(name, lang), _percent(part, lang)) for name, part in value.items()), lang
        )
    return f"{value * 100:g}%"


def _value(value, lang: str) -> str:
    if value in ("", [], {}):
        return WORDS[lang]["unset"]
    if isinstance(value, dict):
        if all(
            isinstance(part, str) and key_label(name, "zh").startswith(part) for name, part in value.items()
        ):
            return listed((key_label(name, lang) for name in value), lang)  # 省级 says what 省 says
        return _mapping(value, lang)
    if isinstance(value, list | tuple):
        return _columns(value, lang) or listed((_value(part, lang) for part in value), lang)
    # the colours of cards and names of the code are labels, and fixed words of ledgers have English; other words stand as
    # they are
    if isinstance(value, str):
        if value in catalogue():
            return f"{value}{' ' * (lang == 'en')}“{catalogue()[value].name(lang)}”"
        if _is_pattern(value):
            return listed(keywords(value, "…"), lang)
        coded = value.isascii() and value.isidentifier()
        return key_label(value, lang) if value in COLOURS or value in FIXED or coded else value
    if isinstance(value, bool):
        return WORDS[lang]["truth"][value]
    return number(value, "") if isinstance(value, int | float) else str(value)


def _mapping(value: dict, lang: str) -> str:
    """Keys with what they stand for, each pair once: kg and 公斤 have one label. A key may be a pattern of keywords."""
    pair = WORDS[lang]["pair"].format
    told = dict.fromkeys(pair(_key(name, lang), _part(part, lang)) for name, part in value.items())
    if any(
        "|" in name or (isinstance(part, list | dict) and not _is_range(part)) for name, part in value.items()
    ):
        return ("；" if lang == "zh" else "; ").join(told)
    return listed(told, lang)


def _key(name: str, lang: str) -> str:
    return listed(keywords(name, "…"), lang) if _is_pattern(name) else key_label(name, lang)


def _is_pattern(text: str) -> bool:
    return "|" in text or "\\" in text


def _is_range(part) -> bool:
    """Two numbers beside a key are the ends of a range."""
    return isinstance(part, list) and len(part) == 2 and all(isinstance(end, int | float) for end in part)


def _part(part, lang: str) -> str:
    if _is_range(part):
        return WORDS[lang]["range"].format(*(number(end, "") for end in part))
    return _value(part, lang)


def _columns(names: list | tuple, lang: str) -> str:
    """A ledger and columns of it, each as its heads have it; nothing for any other list."""
    ledger = tables().get(names[0]) if len(names) > 1 and isinstance(names[0], str) else None
    if not ledger or not set(names[1:]) <= ledger.columns.keys():
        return ""
    heads = listed((ledger.columns[name].label(lang) for name in names[1:]), lang)
    return WORDS[lang]["of"].format(ledger.label(lang), heads)


def _text(text: str, lang: str) -> str:
    return in_chinese(escape(text), lang)
