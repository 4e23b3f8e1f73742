"""The first page of a run: every area's answer, other periods beside it, and the page in place of a failed report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mingjing.areas import AREAS
from mingjing.report.findings import Headline, escape, in_chinese, table_html
from mingjing.report.page import page
from mingjing.wording import listed, plural

WORDS = {
    "zh": {
        "title": "明镜 {}",
        "all": "各领域一览",
        "heads": ("领域", "高", "中", "低", "未运行规则", "各期发现"),
        "count": "{}个领域的发现（条，按程度）与未运行的规则（占全部规则）",
        "sum": "合计",
        "trend": "各期发现：{}",
        "failed": "本篇未能生成，结论缺失，不等于没有问题。",
        "periods": "其他期间",
        "found": "{}：发现{}条",
        "about": "期间 {} · 截至 {}",
        "units": "仅限 {}",
        "files": "全部发现见 findings.csv，退回的行见 rejected.csv，每条规则的结果见 rules.csv，各文件的校验值见 manifest.json。",
    },
    "en": {
        "title": "Mingjing {}",
        "all": "All areas",
        "heads": ("Area", "High", "Medium", "Low", "Rules not run", "Findings over periods"),
        "count": "Findings of {} areas by severity, and rules not run of all",
        "sum": "All",
        "trend": "Findings by period: {}",
        "failed": "This report could not be made. That is not a pass.",
        "periods": "Other periods",
        "found": "{}: {} finding(s)",
        "about": "Period {} · as of {}",
        "units": "only {}",
        "files": "All findings are in findings.csv, rejected rows in rejected.csv, what each rule came to in rules.csv, and the hash of every file in manifest.json.",
    },
}


@dataclass(frozen=True)
class Line:
    """One area on the index. history: (period, findings) of comparable runs, oldest first, this one last."""

    area: str
    answer: Headline | None
    severities: Mapping[str, int] = field(default_factory=dict)
    silent: int = 0
    rules: int = 0
    history: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Other:
    """Another finished run that stands beside this one."""

    period: str
    link: str
    findings: int


def index_page(
    period: str,
    lines: Sequence[Line],
    others: Sequence[Other],
    units: Sequence[str],
    lang: str,
    note: str = "",
    as_of: date | None = None,
) -> str:
    """The overview's answer first, where it was asked, then every area's. A line without an answer is a report that
    failed. note: what readers must know before anything else. What all areas say alike of earlier runs is said once."""
    words = WORDS[lang]
    about = [words["about"].format(period, as_of)] if as_of else []
    about += [words["units"].format(listed(units, lang))] if units else []
    body = f'<p class="about">{_text(" · ".join(about), lang)}</p>' if about else ""
    body += f"<p>{escape(note)}</p>" if note else ""
    answers = {line.area: line.answer for line in lines if line.answer}
    if first := answers.pop("overview", None):
        body += f'{first.html}<p><a href="overview.html">{AREAS["overview"].title(lang)}</a></p>'
    told, alike = _said_once(answers)
    body += alike if alike not in body else ""
    trend = any(len(line.history) > 1 for line in lines)
    shown = [line for line in lines if line.area != "overview" or not line.answer]
    rows = "\n".join([*(_row(line, lang, trend) for line in shown), _sum(shown, lang, trend)])
    heads = [
        f'<th scope="col"{" class=n" if 1 <= place <= 4 else ""}>{text}</th>'
        for place, text in enumerate(words["heads"][: 5 + trend])
    ]
    body += f'<h2 id="areas">{words["all"]}</h2><div class="wide" tabindex="0">'
    body += table_html(heads, rows, words["count"].format(len(shown)), ' class="areas"') + "</div>"
    contents = [("areas", words["all"])]
    for line in lines:
        title = AREAS[line.area].title(lang)
        if line.area == "overview" and line.answer:
            continue
        answer = told.get(line.area, f'<p class="verdict red">{words["failed"]}</p>')
        body += f'<section class="area"><h2 id="{line.area}"><a href="{line.area}.html">{title}</a></h2>{answer}</section>'
        contents.append((line.area, title))
    if others:
        body += (
            f'<h2 id="periods">{words["periods"]}</h2><ul>{"".join(_other(o, words) for o in others)}</ul>'
        )
        contents.append(("periods", words["periods"]))
    title = words["title"].format(period)
    # the edge of each sheet tells whose a printed page is
    printed = " · ".join([title, *about[-1:]]) if units else title
    return page(title, body + f"<p><small>{words['files']}</small></p>", lang, contents, printed)


def error_page(area: str, reason: str, lang: str) -> str:
    """What stands in place of a report whose notebook did not finish."""
    body = f'<p class="verdict red">{WORDS[lang]["failed"]}</p><pre>{escape(reason)}</pre>'
    return page(AREAS[area].title(lang), body, lang)


def _said_once(answers: Mapping[str, Headline]) -> tuple[dict[str, str], str]:
    """The answers without the sentence on what changed, where they all say the same, and that sentence."""
    said = {answer.changed for answer in answers.values()} - {""}
    if len(said) != 1 or len(answers) < 2:
        return {area: answer.html for area, answer in answers.items()}, ""
    return {area: answer.answer for area, answer in answers.items()}, said.pop()


def _row(line: Line, lang: str, trend: bool) -> str:
    name = f'<th scope="row"><a href="{line.area}.html">{AREAS[line.area].title(lang)}</a></th>'
    if line.answer is None:
        return f'<tr>{name}<td colspan="{4 + trend}">{WORDS[lang]["failed"]}</td></tr>'
    if not line.rules:
        return f'<tr>{name}<td colspan="{4 + trend}"></td></tr>'
    # no rule ran: none was found is not what is known
    none = 0 if line.silent < line.rules else "—"
    counts = "".join(
        f'<td class="n {severity if line.severities.get(severity) else ""}">{line.severities.get(severity) or none}</td>'
        for severity in ("high", "medium", "low")
    )
    course = f"<td>{sparkline(line.history, lang)}</td>" if trend else ""
    return f"<tr>{name}{counts}<td class=n>{line.silent} / {line.rules}</td>{course}</tr>"


def _sum(lines: Sequence[Line], lang: str, trend: bool) -> str:
    counts = "".join(
        f"<td class=n>{sum(line.severities.get(severity, 0) for line in lines)}</td>"
        for severity in ("high", "medium", "low")
    )
    silent, rules = sum(line.silent for line in lines), sum(line.rules for line in lines)
    course = "<td></td>" if trend else ""
    return f'<tr><th scope="row">{WORDS[lang]["sum"]}</th>{counts}<td class=n>{silent} / {rules}</td>{course}</tr>'


def _other(other: Other, words: Mapping) -> str:
    text = plural(words["found"].format(other.period, other.findings))
    return f'<li><a href="{escape(other.link)}">{escape(text)}</a></li>'


def sparkline(history: Sequence[tuple[str, int]], lang: str) -> str:
    """A line of the findings of each run, in words for those who do not see it; nothing for a single run."""
    if len(history) < 2:
        return ""
    most, width = max(count for _, count in history) or 1, 96
    step = width / (len(history) - 1)
    points = [(4 + step * place, 22 - 18 * count / most) for place, (_, count) in enumerate(history)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    alt = WORDS[lang]["trend"].format(("，" if lang == "zh" else ", ").join(f"{p} {c}" for p, c in history))
    return (
        f'<svg class="spark" role="img" aria-label="{escape(alt)}" viewBox="0 0 {width + 8} 26">'
        f'<polyline points="{path}"/><circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="3"/></svg>'
    )


def _text(text: str, lang: str) -> str:
    return in_chinese(escape(text), lang)
