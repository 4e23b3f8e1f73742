"""The overview's one page: units by area with the self-check index, what was not checked, what reports claim."""

import math
import re

import pandas as pd

from mingjing.analyse import overview
from mingjing.areas import AREAS
from mingjing.report.findings import Panel, escape, frame_panel, unbroken
from mingjing.report.panels import headline_of
from mingjing.wording import listed

MOST_UNITS, MOST_REASONS, MOST_CLAIMS = 18, 6, 6
_WORDS = {
    "zh": {
        "caption": "各单位、各领域的发现（条）；斜线：该领域没有这个单位的记录，不等于没有问题",
        "unit": "单位",
        "index": "自查指数",
        "sum": "合计",
        "rows": {
            "findings": "全部发现",
            "high": "其中程度高",
            "apart": "其中未分到单位",
            "new": "新发现",
            "recurred": "复发",
            "resolved": "已消除",
            "ran": "已运行规则",
        },
        "more": "另有{}个单位，见“自查指数”。",
        "unchecked": "没有检查的",
        "nothing": "本次所有规则都已运行。",
        "rules": "{reason}：{rules}条规则（{areas}）",
        "refuted": "另有{}条被推翻，见“汇报的说法与台账”。",
        "others": "其余{}种原因共{}条规则，见“没有检查的规则”。",
        "absent": "不在本次运行：{}",
        "failed": "报告未能生成：{}",
        "claims": "汇报的说法：得到支撑{supported}条，被推翻{refuted}条，无法判断{open}条",
        "none": "没有交来汇报材料数字表，汇报的说法无从核对。",
        "formula": "自查指数＝100×加权平均（{}）；得分是规则按程度计的分里没有因发现扣去的部分；不能得知的部分不计，权重按比例折算；查到该单位的规则不足{}条的不评。",
        "pair": "{}{}",
        "heads": ["单位", "自查指数", "查到的规则（条）"],
        "share": "{}（%）",
        "soundness": "{}（按程度加权，%）",
        "of_index": "自查指数（0至100，越高越好）及其构成；空格为不能得知，查到的规则不足{}条的不评",
    },
    "en": {
        "caption": "Findings by unit and area; hatched: no record of this unit in the area, which is not a pass",
        "unit": "Unit",
        "index": "Index",
        "sum": "Total",
        "rows": {
            "findings": "All findings",
            "high": "of high severity",
            "apart": "of no single unit",
            "new": "new",
            "recurred": "recurred",
            "resolved": "resolved",
            "ran": "Rules run",
        },
        "more": "{} more units under “Self-check index”.",
        "unchecked": "Not checked",
        "nothing": "Every rule of this run ran.",
        "rules": "{reason}: {rules} rule(s) ({areas})",
        "refuted": "{} more are refuted, see “What reports claim”.",
        "others": "{} more reasons, {} rules in all, under “Rules that did not run”.",
        "absent": "Not in this run: {}",
        "failed": "Report could not be made: {}",
        "claims": "Claims of reports: {supported} supported, {refuted} refuted, {open} cannot be judged",
        "none": "No ledger of claims was handed in; nothing that reports claim could be checked.",
        "formula": "Self-check index = 100 × weighted mean ({}); points kept: of the points that rules count for by severity, those that"
        " no finding cost; a part that cannot be known is left out and the weights are scaled; no index where fewer than {} rules looked at the unit.",
        "pair": "{} {}",
        "heads": ["Unit", "Index", "Rules that looked"],
        "share": "{} (%)",
        "soundness": "{} (rules weighted by severity, %)",
        "of_index": "Index (0 to 100, higher is better) and its parts; blank where it cannot be known, no index where fewer than {} rules looked",
    },
}


def one_page(audit) -> Panel:
    """What a party committee reads first: it prints on one sheet of A4."""
    first, note = headline_of(audit, "overview"), f'<p class="formula">{escape(formula(audit))}</p>'
    body = "".join((first.html, _grid(audit), _unchecked(audit), _claims(audit), note))
    totals = overview.areas(audit).astype(object).fillna("—")
    text = f"{first.text}\n{totals.to_string(index=False)}"
    return Panel(f'<div class="onepage">{body}</div>', text)


def formula(audit) -> str:
    """How the index is made up, with the weights in force."""
    words, place, p = _WORDS[audit.lang], 0 if audit.lang == "zh" else 1, audit.overview_terms
    parts = [
        words["pair"].format(overview.PARTS[name][place], weight)
        for name, weight in p["weights"].value.items()
    ]
    return words["formula"].format(listed(parts, audit.lang), p["min_rules"].value)


def _breakable(head: str) -> str:
    """A long English word may break in its middle, Chinese after each two characters and never before the last one: the board
    has a column for each area."""
    if not head.isascii():
        return "<wbr>".join(re.findall(r"..与?(?:.$)?|.", escape(head)))
    return re.sub(
        r"[A-Za-z]{10,}",
        lambda word: f"{word[0][: len(word[0]) // 2]}&shy;{word[0][len(word[0]) // 2 :]}",
        escape(head),
    )


def _grid(audit) -> str:
    words, names = _WORDS[audit.lang], [AREAS[a].title(audit.lang) for a in audit.reported.areas]
    totals, scores, board = overview.areas(audit), overview.index(audit), overview.board(audit)
    head = "".join(
        f'<th scope="col">{_breakable(n)}</th>' for n in (words["unit"], words["index"], words["sum"], *names)
    )
    body = "".join(
        _total(totals, name, label)
        for name, label in words["rows"].items()
        if name in totals and (name != "apart" or totals.apart.any())
    )
    table = board.pivot(index="unit_id", columns="area", values="findings")
    order = [*scores.unit_id, *(u for u in table.index if u not in set(scores.unit_id))]
    most = int(board.findings.max()) if board.findings.notna().any() else 0
    index = dict(zip(scores.unit_id, scores["index"], strict=True))
    for unit in order[:MOST_UNITS]:
        cells = "".join(_cell(table.loc[unit, area], most) for area in audit.reported.areas)
        body += (
            f'<tr><th scope="row">{escape(audit.names.get(unit, unit))}</th>'
            f"<td>{_score(index.get(unit))}</td><td>{table.loc[unit].sum()}</td>{cells}</tr>"
        )
    more = len(order) - MOST_UNITS
    note = f"<p>{words['more'].format(more)}</p>" if more > 0 else ""
    return (
        f'<div class="wide" tabindex="0"><table class="board"><caption>{escape(words["caption"])}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{note}"
    )


def _total(totals: pd.DataFrame, name: str, label: str) -> str:
    if name == "ran":
        cells = [f"{ran}/{rules}" for ran, rules in zip(totals.ran, totals.rules, strict=True)]
        whole = f"{totals.ran.sum()}/{totals.rules.sum()}"
    else:
        cells = ["—" if pd.isna(v) else str(v) for v in totals[name].where(totals.ran > 0, None)]
        whole = str(totals[name].sum())
    row = "".join(f"<td>{cell}</td>" for cell in ("", whole, *cells))
    return f'<tr class="total"><th scope="row">{escape(label)}</th>{row}</tr>'


def _cell(value, most: int) -> str:
    if pd.isna(value):
        return '<td class="unchecked">—</td>'
    level = math.ceil(4 * int(value) / most) if most else 0
    return f'<td class="c{level}">{int(value)}</td>'


def _score(value: float | None) -> str:
    return "—" if value is None or pd.isna(value) else f"{value:.0f}"


def _unchecked(audit) -> str:
    words, silent = _WORDS[audit.lang], overview.unchecked(audit)
    lines = [
        words["rules"].format(reason=row.reason, rules=row.rules, areas=_titles(audit, row.areas))
        for row in silent.head(MOST_REASONS).itertuples()
    ] or [words["nothing"]]
    rest = silent.iloc[MOST_REASONS:]
    lines += [words["others"].format(len(rest), int(rest.rules.sum()))] if len(rest) else []
    if audit.reported.absent:
        lines.append(words["absent"].format(_titles(audit, audit.reported.absent)))
    if audit.reported.failed:
        lines.append(words["failed"].format(_titles(audit, [area for area, _ in audit.reported.failed])))
    return f"<h3>{words['unchecked']}</h3>{_list(lines)}"


def _titles(audit, areas) -> str:
    return listed((AREAS[area].title(audit.lang) for area in areas), audit.lang)


def _claims(audit) -> str:
    words, judged = _WORDS[audit.lang], overview.judged(audit)
    if judged.empty:
        return f"<h3>{words['none']}</h3>"
    refuted = judged[judged.verdict == "refuted"].why.tolist()
    more = [words["refuted"].format(len(refuted) - MOST_CLAIMS)] if len(refuted) > MOST_CLAIMS else []
    refuted = refuted[:MOST_CLAIMS] + more
    return f"<h3>{words['claims'].format(**overview.verdicts(audit))}</h3>{_list(refuted)}"


def _list(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{unbroken(escape(line))}</li>" for line in lines) + "</ul>" if lines else ""


def index_panel(audit) -> Panel:
    """Each unit's index with the parts it is made of; a part that cannot be known is left out and left blank."""
    words, place = _WORDS[audit.lang], 0 if audit.lang == "zh" else 1
    frame = overview.index(audit)
    shown = pd.DataFrame(
        {
            "unit": frame.unit_id.map(lambda u: audit.names.get(u, u)),
            "index": frame["index"].round().astype("Int64"),
        }
    )
    shown["rules"] = frame.rules
    for name in overview.PARTS:
        shown[name] = (100 * frame[name]).round().astype("Int64")
    parts = [words.get(name, words["share"]).format(labels[place]) for name, labels in overview.PARTS.items()]
    heads = [*words["heads"], *(part[:1].upper() + part[1:] for part in parts)]
    caption = words["of_index"].format(audit.overview_terms["min_rules"].value)
    return frame_panel(shown.set_axis(heads, axis=1), caption)


def unchecked_panel(audit) -> Panel:
    """Every rule that did not run, by reason."""
    frame, zh = overview.unchecked(audit), audit.lang == "zh"
    frame = frame.assign(
        areas=[_titles(audit, a) for a in frame.areas], ids=[listed(i, audit.lang) for i in frame.ids]
    )
    heads = ["原因", "规则数", "领域", "规则"] if zh else ["Reason", "Rules", "Areas", "Rule ids"]
    return frame_panel(frame.set_axis(heads, axis=1), _WORDS[audit.lang]["unchecked"])
