"""What every report shows about its audit: the answer first, what was read, what was rejected, which rules ran."""

import pandas as pd

from mingjing.analyse import first_screen
from mingjing.analyse.lookback import sentence, since
from mingjing.report.findings import Panel, frame_panel, headline
from mingjing.report.labels import labelled
from mingjing.rules.reasons import OUTCOMES
from mingjing.tables import tables

_STATUS_ZH = {
    "green": "可用",
    "amber": "有小问题",
    "red": "慎用",
    "unrecognised": "未识别",
    "empty": "空表",
    "unreadable": "无法读取",
    "skipped": "未读取",
}
_VERDICTS = {
    "refuted": ("被推翻", "refuted"),
    "open": ("无法判断", "cannot be judged"),
    "supported": ("得到支撑", "supported"),
}
# reasons of rules that did not run for want of ledgers, and what is said where they were there
_LACKING = ("no_data", "column_missing")
_OF_UNITS = (
    "台账中没有可就所选单位作出判断的记录，无法作出结论。",
    "No ledger tells anything that can be judged of the units asked for: nothing can be concluded.",
)


def headline_of(audit, area: str) -> Panel:
    """The area's own first screen where it has one and a rule ran; else findings, rules run and rules not run."""
    if area == "intake":
        return _intake_headline(audit.intake, audit.lang)
    areas = audit.reported.areas if area == "overview" else area
    zh, found, outcomes = audit.lang == "zh", audit.check(areas), audit.outcomes(areas)
    ran = int((outcomes.outcome != "not_run").sum())
    silent, total = len(outcomes) - ran, len(outcomes)
    verdict, colour = _verdict(found, ran, silent, zh), _colour(found, ran, silent)
    if not ran and audit.units and any(rule.reason[0] not in _LACKING for _, rule in audit.results(areas)):
        verdict = _OF_UNITS[0 if zh else 1]
    screen = first_screen(audit, area) if ran else None
    # a first run says what one without a register says: `mingjing reproduce` has none
    changed = sentence(audit, area) if since(audit) else ""
    if screen:
        figures = [(label_zh if zh else label_en, value) for label_zh, label_en, value in screen.figures]
        return headline(f"{screen.verdict(audit.lang)}{'' if zh else ' '}{verdict}", colour, figures, changed)
    labels = ("发现（条）", "已运行规则", "未运行规则") if zh else ("Findings", "Rules run", "Rules not run")
    values = (str(len(found)), f"{ran} / {total}", f"{silent} / {total}")
    return headline(verdict, colour, list(zip(labels, values, strict=True)), changed)


def _verdict(found, ran: int, silent: int, zh: bool) -> str:
    if ran == 0:
        return "没有可用数据，无法作出结论。" if zh else "No usable data: nothing can be concluded."
    high = found.count("high")
    if len(found):
        text = (
            f"发现{len(found)}条，其中程度高的{high}条。"
            if zh
            else f"{len(found)} findings, {high} of high severity."
        )
    else:
        text = f"已运行的{ran}条规则没有发现。" if zh else f"The {ran} rules that ran found nothing."
    if silent:
        text += (
            f"另有{silent}条规则未能运行，不等于没有问题。"
            if zh
            else f" {silent} rules did not run; that is not a pass."
        )
    return text


def _colour(found, ran: int, silent: int) -> str:
    if ran == 0:
        return "grey"
    return "red" if found.count("high") else "amber" if len(found) or silent else "green"


def _intake_headline(intake, lang: str) -> Panel:
    sheets, zh = intake.conservation(), lang == "zh"
    used, rejected = int(sheets.table.notna().sum()), int(sheets.rejected.sum())
    doubtful = int((sheets.status != "green").sum())
    if doubtful:
        verdict = (
            f"读入{used}张台账，其中{doubtful}张有问题，使用前先看退回的行。"
            if zh
            else f"{used} ledgers read; {doubtful} sheets or files have problems."
        )
    else:
        verdict = f"读入{used}张台账，均可使用。" if zh else f"{used} ledgers read, all usable."
    labels = (
        ("识别的工作表", "接受的行", "退回的行")
        if zh
        else ("Sheets recognised", "Rows accepted", "Rows rejected")
    )
    rows = int(sheets.rows_read.sum())
    values = (f"{used} / {len(sheets)}", f"{int(sheets.accepted.sum())} / {rows}", f"{rejected} / {rows}")
    return headline(verdict, "amber" if doubtful else "green", list(zip(labels, values, strict=True)))


def data_quality(intake, lang: str) -> Panel:
    """What was read from each sheet: rows read = accepted + rejected + not data."""
    frame = intake.conservation().drop(columns="kept")
    frame["table"] = [tables()[name].label(lang) if isinstance(name, str) else "" for name in frame.table]
    if lang == "en":
        return frame_panel(frame, "Rows by sheet")
    frame["status"] = frame.status.map(_STATUS_ZH)
    heads = ["文件", "工作表", "台账", "读入行", "接受", "退回", "非数据", "状态"]
    return frame_panel(frame.set_axis(heads, axis=1), "逐表行数")


def rejected(intake, lang: str) -> Panel:
    """Each rejected row with its reason."""
    frame = intake.rejected[["source_file", "sheet", "row", f"reason_{lang}"]]
    heads = ["文件", "工作表", "行", "原因"] if lang == "zh" else ["File", "Sheet", "Row", "Reason"]
    return frame_panel(frame.set_axis(heads, axis=1), f"{len(frame)}")


def table(audit, frame: pd.DataFrame, caption: str) -> Panel:
    """A table of an analysis, units by name; an index that has a name or is no mere count is its first column."""
    counted = frame.index.name is None and pd.api.types.is_integer_dtype(frame.index)
    named = frame if counted else frame.rename_axis(index=frame.index.name or "label").reset_index()
    ids = [name for name in ("unit_id", "target_id") if name in named]
    named = named.assign(**{name: named[name].map(lambda unit: audit.names.get(unit, unit)) for name in ids})
    return frame_panel(labelled(named.rename_axis(columns=None), audit.lang), caption)


def rules_run(outcomes: pd.DataFrame, entries: dict, lang: str) -> Panel:
    """Every rule of `outcomes` by name and what it came to."""
    frame = outcomes.copy()
    frame.insert(1, "name", [entries[rule_id].name(lang) for rule_id in frame.rule_id])
    if lang == "en":
        heads = ["Rule", "Name", "Outcome", "Reason", "Rows checked", "Findings"]
        return frame_panel(frame.set_axis(heads, axis=1), "Rules")
    frame["outcome"] = [OUTCOMES[outcome][0] for outcome in frame.outcome]
    heads = ["规则", "名称", "结果", "原因", "检查行数", "发现"]
    return frame_panel(frame.set_axis(heads, axis=1), "规则运行情况")


def claims(judged: pd.DataFrame, lang: str) -> Panel:
    """What reports claim and what the ledgers say to it, the refuted first."""
    order, place = list(_VERDICTS), 0 if lang == "zh" else 1
    frame = judged.assign(
        rank=[order.index(name) if name in order else len(order) for name in judged.verdict],
        verdict=[_VERDICTS.get(name, ("不公开", "withheld"))[place] for name in judged.verdict],
    ).sort_values("rank", kind="stable")
    heads = ["条目", "规则", "结论", "说明"] if lang == "zh" else ["Claim", "Rule", "Verdict", "Why"]
    frame = frame[["claim_id", "rule_id", "verdict", "why"]].set_axis(heads, axis=1)
    return frame_panel(frame, "汇报的说法与台账" if lang == "zh" else "Claims and the ledgers")
