"""What every report shows about its audit: the answer first, what was read, what was rejected, which rules ran."""

import json

import pandas as pd

from mingjing.analyse import first_screen, headed
from mingjing.analyse.intake import rows_of_units
from mingjing.analyse.lookback import compared, sentence
from mingjing.errors import UsageError
from mingjing.intake.words import SHEETS, STATUS
from mingjing.release import marked
from mingjing.report.findings import Headline, Panel, decimals, frame_panel, headline, shares_told
from mingjing.report.labels import label, unit_label
from mingjing.report.rows import of_desk
from mingjing.rules import catalogue
from mingjing.rules.reasons import OUTCOMES, checked, things
from mingjing.tables import tables
from mingjing.wording import number, plural

_RULES = {
    "rule_id": ("规则", "Rule"),
    "name": ("名称", "Name"),
    "outcome": ("结果", "Outcome"),
    "findings": ("发现（条）", "Findings"),
    "rows_checked": ("检查数量", "Checked"),
    "reason": ("原因", "Reason"),
}
_VERDICTS = {
    "refuted": ("被推翻", "refuted"),
    "open": ("无法判断", "cannot be judged"),
    "supported": ("得到支撑", "supported"),
}
_TOTALS = {
    "sheet": ("工作表", "Sheet"),
    "column": ("列", "Column"),
    "stated": ("合计行", "Stated"),
    "computed": ("各行相加", "Added up"),
    "difference": ("差", "Difference"),
    "row": ("行", "Row"),
    "source_file": ("文件", "File"),
}
_WITHHELD = ("（不公布的台账不计在内）", " (those withheld are not counted)")
_FOUND_NOTHING = ("The {} rules that ran found nothing.", "The one rule that ran found nothing.")
# reasons of rules that did not run for want of ledgers, and what is said where they were there
_LACKING = ("no_data", "column_missing")
_OF_UNITS = (
    "台账中没有可就所选单位作出判断的记录，无法作出结论。",
    "No ledger tells anything that can be judged of the units asked for: nothing can be concluded.",
)


def headline_of(audit, area: str) -> Headline:
    """The area's own first screen where it has one and a rule ran; else findings, rules run and rules not run."""
    areas = audit.reported.areas if area == "overview" else area
    zh, found, outcomes = audit.lang == "zh", audit.check(areas), audit.outcomes(areas)
    ran = int((outcomes.outcome != "not_run").sum())
    silent, total = len(outcomes) - ran, len(outcomes)
    verdict, colour = _verdict(found, ran, silent, zh), _colour(found, ran, silent)
    if not ran and audit.units and any(rule.reason[0] not in _LACKING for _, rule in audit.results(areas)):
        verdict = _OF_UNITS[0 if zh else 1]
    figures = []
    if area == "intake":
        own, figures = of_units(audit) if audit.units else _of_all(audit)
        # ledgers that were read are an answer even where no rule on them ran
        colour = "amber" if colour == "grey" and audit.intake.tables else colour
        verdict = _joined(zh, own, verdict if ran else "")
    elif ran and (screen := first_screen(audit, area)):
        figures = [(label_zh if zh else label_en, value) for label_zh, label_en, value in screen.figures]
        own = screen.verdict(audit.lang)
        # what changed comes after the sum it is a part of
        verdict = _joined(zh, *((verdict, own) if area == "overview" else (own, verdict)))
    # a figure that nothing stands behind tells a leader nothing
    figures = [(label, value) for label, value in figures if value not in ("—", "0 / 0")]
    if not figures:
        figures = [("已运行规则" if zh else "Rules run", f"{ran} / {total}")]
        figures += [("发现（条）" if zh else "Findings", str(len(found)))] if ran else []
    # a first run says what one without a register says: `mingjing reproduce` has none
    changed = sentence(audit, areas) if compared(audit) else ""
    return headline(verdict, colour, figures, changed, [audit.names.get(unit, unit) for unit in audit.units])


def _joined(zh: bool, *sentences: str) -> str:
    return ("" if zh else " ").join(filter(None, sentences))


def _verdict(found, ran: int, silent: int, zh: bool) -> str:
    if ran == 0:
        return "没有可用数据，无法作出结论。" if zh else "No usable data: nothing can be concluded."
    high = found.count("high")
    if len(found):
        some = f"其中程度高的{high}条" if high else "没有程度高的"
        many = plural(f"{len(found)} finding(s)")
        text = f"发现{len(found)}条，{some}。" if zh else f"{many}, {high or 'none'} of high severity."
    else:
        text = f"已运行的{ran}条规则没有发现。" if zh else _FOUND_NOTHING[ran == 1].format(ran)
    if silent:
        text += (
            f"另有{silent}条规则未能运行，不等于没有问题。"
            if zh
            else f" {silent} rule{'s' * (silent != 1)} did not run; that is not a pass."
        )
    return text


def _colour(found, ran: int, silent: int) -> str:
    if ran == 0:
        return "grey"
    return "red" if found.count("high") else "amber" if len(found) or silent else "green"


def _of_all(audit) -> tuple[str, list[tuple[str, str]]]:
    """What was read of everything handed in, in a sentence and three figures."""
    sheets, zh = audit.intake.conservation(), audit.lang == "zh"
    used, accepted, rejected = (
        int(sheets.table.notna().sum()),
        int(sheets.accepted.sum()),
        int(sheets.rejected.sum()),
    )
    rows, no_data = int(sheets.rows_read.sum()), int(sheets.not_data.sum())
    apart = _WITHHELD[not zh] if audit.release else ""
    doubtful = int((sheets.status != "green").sum())
    if zh:
        told = f"读入{used}张台账{apart}，" + (
            f"其中{doubtful}张有问题，使用前先看退回的行和存疑的格。" if doubtful else "均可使用。"
        )
        labels = ("识别的工作表", f"接受的行（另有标题、空行、合计{number(no_data, 'rows')}行）", "退回的行")
    else:
        told = f"{used} ledgers read{apart}" + (
            f"; {doubtful} sheets or files have problems: look at rejected rows and doubtful cells first."
            if doubtful
            else ", all usable."
        )
        labels = (
            "Sheets recognised",
            f"Rows accepted ({number(no_data, 'rows')} more are titles, blanks, totals)",
            "Rows rejected",
        )
    values = (f"{used} / {len(sheets)}", f"{accepted} / {rows}", f"{rejected} / {rows}")
    return told, list(zip(labels, values, strict=True))


def of_units(audit) -> tuple[str, list[tuple[str, str]]]:
    """What was read of the units asked for; sheets and rejected rows, which belong to no unit, are said to be everybody's."""
    sheets, zh = audit.intake.conservation(), audit.lang == "zh"
    accepted, rejected = int(sheets.accepted.sum()), int(sheets.rejected.sum())
    counts = rows_of_units(audit)
    mine, kept = sum(counts.values()), sum(map(bool, counts.values()))
    apart = _WITHHELD[not zh] if audit.release else ""
    if zh:
        told = (
            f"交来的台账中{len(counts)}张分单位{apart}，"
            f"其中{kept}张有所选单位的记录，共{number(mine, 'rows')}行。"
        )
        labels = (
            "有所选单位记录的台账 / 分单位的台账",
            "所选单位的行 / 各单位接受的行",
            "退回的行（各单位合计）",
        )
    else:
        told = f"{len(counts)} of the ledgers handed in are kept by unit{apart}; {kept} have rows of those asked for, {number(mine, 'rows')} in all."
        labels = (
            "Ledgers with rows of those asked for / kept by unit",
            "Rows of those asked for / accepted of all",
            "Rows rejected (all units)",
        )
    values = (
        f"{kept} / {len(counts)}",
        f"{mine} / {accepted}",
        f"{rejected} / {int(sheets.rows_read.sum())}",
    )
    return told, list(zip(labels, values, strict=True))


def data_quality(audit, area: str | None = None) -> Panel:
    """What was read from each sheet: rows read = accepted + rejected + not data; with `area`, of the ledgers its rules need or cite.

    A run over some units says beside it how many of the accepted rows are theirs: blank where a ledger names no unit.
    """
    zh = audit.lang == "zh"
    frame = audit.intake.conservation().drop(columns="kept")
    if audit.units:
        counts = rows_of_units(audit)
        shown = [s.source_id for s in audit.intake.sources if s.status != "withheld"]
        frame.insert(5, "mine", pd.array([counts.get(source) for source in shown], "Int64"))
    used = _used(audit, area) if area else set(tables())
    if area:
        frame = frame[frame.table.isin(used)]
    secret = audit.release and any(tables()[name].secret for name in used & tables().keys())
    frame["table"] = [
        tables()[name].label(audit.lang) if isinstance(name, str) else "" for name in frame.table
    ]
    frame["status"] = [STATUS[status][not zh] for status in frame.status]
    # a sheet that is called like its ledger, as most are, would say it twice; so would a file for the public
    spare = [name for name in ("sheet", "file") if ((frame[name] == "") | (frame[name] == frame.table)).all()]
    named = headed(frame.drop(columns=spare), SHEETS, audit.lang)
    caption = "逐表行数" if zh else "Rows by sheet"
    if area:
        caption = "本篇规则所用台账的逐表行数" if zh else "Rows by sheet, of the ledgers used here"
    return frame_panel(marked(named), caption + _WITHHELD[not zh]) if secret else frame_panel(named, caption)


def _used(audit, area: str) -> set[str]:
    """Ledgers that the area's rules need, and those whose rows its findings show: some look at one more where it is there."""
    needed = {name for e in catalogue().values() if e.area == area for name in e.needs}
    evidence = audit.check(area).to_pandas().evidence
    return needed | {row["table"] for told in evidence for row in json.loads(told)["rows"]}


def rejected(audit) -> Panel:
    """Each rejected row with its reason."""
    zh, frame = audit.lang == "zh", audit.intake.rejected
    frame = _placed(audit, frame[["source_file", "sheet", "row", f"reason_{audit.lang}"]])
    heads = {"source_file": _TOTALS["source_file"], "sheet": ("工作表", "Sheet"), "row": ("行", "Row")}
    heads |= {f"reason_{audit.lang}": ("原因", "Reason")}
    told = f"退回{len(frame)}行" if zh else plural(f"{len(frame)} row(s) rejected")
    return frame_panel(headed(frame, heads | _public(audit), audit.lang), told)


def totals(audit) -> Panel:
    """Each total line beside the sum of its rows, the largest difference first; columns with their unit of measure."""
    frame, lang = audit.intake.totals, audit.lang
    frame = frame.sort_values("difference", key=abs, ascending=False, kind="stable")
    named = [_measured(*pair, lang) for pair in zip(frame.table, frame.column, strict=True)]
    sums = ["stated", "computed", "difference"]
    written = decimals(
        pd.concat([frame[name].astype(float) for name in sums])
    )  # as many decimals in all three
    texts = {name: written[place * len(frame) :][: len(frame)] for place, name in enumerate(sums)}
    told = headed(_placed(audit, frame.assign(column=named, **texts)), _TOTALS | _public(audit), lang)
    figures = [_TOTALS[name][lang == "en"] for name in sums]
    return frame_panel(told, "合计核对" if lang == "zh" else "Control totals", figures=figures)


def _measured(ledger: str, name: str, lang: str) -> str:
    told, unit = label(name, lang), tables()[ledger].columns[name].unit
    measure = unit_label(unit, lang).strip("（）()") if unit else ""
    if not measure or measure in told:
        return told
    return f"{told}（{measure}）" if lang == "zh" else f"{told} ({measure})"


def _public(audit) -> dict[str, tuple[str, str]]:
    """The public reads the name of the ledger in place of its file's."""
    return {"source_file": SHEETS["table"]} if audit.release else {}


def _placed(audit, frame: pd.DataFrame) -> pd.DataFrame:
    """For the public without sheets and rows, which are withheld."""
    return frame.drop(columns=["sheet", "row"]) if audit.release else frame


def table(audit, frame: pd.DataFrame, caption: str) -> Panel:
    """A table of an analysis, units by name; an index that has a name or is no mere count is its first column."""
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(
            f"show() takes a table, not {type(frame).__name__}", todo="Make a column a table with .to_frame()"
        )
    counted = frame.index.name is None and pd.api.types.is_integer_dtype(frame.index)
    named = frame if counted else frame.rename_axis(index=frame.index.name or "label").reset_index()
    ids = [name for name in ("unit_id", "target_id") if name in named]
    named = named.assign(**{name: named[name].map(lambda unit: audit.names.get(unit, unit)) for name in ids})
    return frame_panel(
        of_desk(shares_told(named).rename_axis(columns=None), audit.lang, audit.names), caption
    )


def rules_run(outcomes: pd.DataFrame, entries: dict, lang: str) -> Panel:
    """Every rule of `outcomes` by name and what it came to; why one did not run, where one did not. A number of what is no
    row of a ledger says of what it is."""
    zh = lang == "zh"
    frame = outcomes.assign(name=[entries[rule_id].name(lang) for rule_id in outcomes.rule_id])
    frame["outcome"] = [OUTCOMES[outcome][not zh] for outcome in frame.outcome]
    frame = frame if frame.reason.astype(bool).any() else frame.drop(columns="reason")
    told = [things(entries[rule_id], lang) for rule_id in frame.rule_id]
    if frame.rows_checked.isna().any() or any(told):
        counts = [None if pd.isna(n) else n for n in frame.rows_checked]
        told = [checked(n, entries[i], lang) for n, i in zip(counts, frame.rule_id, strict=True)]
        frame = frame.assign(rows_checked=told)
    heads = headed(frame, _RULES, lang)
    return frame_panel(heads, "规则运行情况" if zh else "Rules", figures=_RULES["rows_checked"])


def _alike(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Claims of which the very same is told, such as statements that nothing of the public's tells apart, on one line with
    their number."""
    counts, form = frame.why.value_counts(), "{}（{}条）" if lang == "zh" else "{} ({} claims)"
    why = frame.why.map(lambda told: form.format(told, counts[told]) if counts[told] > 1 else told)
    claim_id = frame.claim_id.where(frame.why.map(counts) == 1, "")
    return frame.assign(claim_id=claim_id, why=why).drop_duplicates(["rule_id", "verdict", "why"])


def claims(judged: pd.DataFrame, lang: str) -> Panel:
    """What reports claim and what the ledgers say to it, the refuted first."""
    order, place = list(_VERDICTS), 0 if lang == "zh" else 1
    frame = judged.assign(
        rank=[order.index(name) for name in judged.verdict],
        verdict=[_VERDICTS[name][place] for name in judged.verdict],
    ).sort_values("rank", kind="stable")
    heads = ["条目", "规则", "结论", "说明"] if lang == "zh" else ["Claim", "Rule", "Verdict", "Why"]
    frame = _alike(frame[["claim_id", "rule_id", "verdict", "why"]], lang).set_axis(heads, axis=1)
    return frame_panel(frame, "汇报的说法与台账" if lang == "zh" else "Claims and the ledgers")
