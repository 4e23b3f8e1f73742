"""Look-back (回头看): what changed since the last time, and how long findings have lived. By the register of findings.

Every function takes an audit held against a register (`mingjing run`, or `Audit.open(…, register=…)`); without one, or
with an empty one, frames are empty and `since` is None: then nothing is known of changes, which is not "no change".
"""

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from mingjing.analyse.rectification import rates_of, survival_of
from mingjing.areas import AREAS
from mingjing.findings.model import SEVERITY_WORDS
from mingjing.findings.register.desk import DONE, come_back
from mingjing.findings.register.life import UNCHECKED
from mingjing.period import Period

COUNTS = ("new", "persisting", "recurred", "resolved", "unchecked")
_BINS = (0, 31, 91, 181, float("inf"))


def since(audit) -> str | None:
    """The period and day of the last run that looked from an earlier day: `Q2 2021 (2021-06-30)`."""
    previous = audit.past and audit.past.comparison.previous
    if not previous:
        return None
    words = "{}（{}）" if audit.lang == "zh" else "{} ({})"
    return words.format(Period.parse(previous.period).words(audit.lang), previous.as_of)


def compared(audit) -> bool:
    """Whether there is any run to compare with: of an earlier day, or of this day over ledgers since corrected."""
    told = audit.past and audit.past.comparison
    return bool(told and (told.previous or told.corrected))


def lives(audit, area: str | Iterable[str] | None = None) -> pd.DataFrame:
    """One row a finding that this audit or an earlier run found, up to this audit.

    change: new persisting recurred resolved, or unchecked where this audit says nothing of an open one, and `why`.
    closed: the day looked from on which it was gone (NaT: it is not). is_closed: gone, or closed by people and not come
    back. days: from the day it was first seen until closed or the audit's day. The rest is what people keep.
    """
    columns = (
        "finding_id rule_id area unit severity message change why first_seen last_seen closed is_closed days times "
        "recurrences status owner due verdict"
    ).split()
    wanted, at = [area] if isinstance(area, str) else area, audit.lang == "en"
    told = audit.past.comparison if audit.past else None
    unchecked = {life.known.finding_id: UNCHECKED[why][at] for life, why in (told.unchecked if told else ())}
    lines = []
    for finding_id, life in (told.lives if told else {}).items():
        row, state = life.known.row, audit.past.people.get(finding_id, {})
        if wanted is not None and row["area"] not in wanted:
            continue
        back = bool(state) and come_back(life, state)
        gone = life.resolved and life.resolved.as_of
        why = unchecked.get(finding_id, "")
        lines.append(
            {name: row[name] for name in ("finding_id", "rule_id", "area", "unit", "severity")}
            | {
                "message": row[f"message_{audit.lang}"],
                "change": "unchecked" if why else life.status,
                "why": why,
            }
            | {"first_seen": life.first.as_of, "last_seen": life.last.as_of, "closed": gone}
            | {"is_closed": bool(gone) or (state.get("status") in DONE and not back)}
            | {"days": ((gone or audit.as_of) - life.first.as_of).days, "times": life.times}
            | {"recurrences": life.recurrences}
            | {name: state.get(name) for name in ("status", "owner", "due", "verdict")}
        )
    frame = pd.DataFrame(lines, columns=columns)
    kinds = {"is_closed": bool, "days": int}
    return frame.assign(closed=pd.to_datetime(frame.closed)).astype(kinds)


def changes(audit, area: str | Iterable[str] | None = None) -> pd.DataFrame:
    """One row an area, one column of `COUNTS`: how many findings are new, persist, recurred, were resolved by this
    audit, or are open from before and unchecked now."""
    frame = _current(audit, area)
    counted = Counter(zip(frame.area, frame.change, strict=True))
    areas = sorted(set(frame.area))
    return pd.DataFrame(
        [[name, *(counted[name, change] for change in COUNTS)] for name in areas], columns=["area", *COUNTS]
    )


def changed(audit, change: str, area: str | Iterable[str] | None = None) -> pd.DataFrame:
    """The findings behind one number of `changes`."""
    frame = _current(audit, area)
    return frame[frame.change == change].reset_index(drop=True)


def _current(audit, area) -> pd.DataFrame:
    """Without what earlier runs have already told as resolved."""
    frame = lives(audit, area)
    return frame[frame.closed.isna() | (frame.closed == pd.Timestamp(audit.as_of))]


def sentence(audit, area: str | Iterable[str] | None = None) -> str:
    """What changed since the last time, in one sentence."""
    zh, last, table = audit.lang == "zh", since(audit), changes(audit, area)
    if audit.release:
        return (
            "对外报告不与以前各期比较。"
            if zh
            else "A report for the public is not held against earlier ones."
        )
    n = {name: int(table[name].sum()) for name in COUNTS}
    if last is None and compared(audit):
        return (
            f"登记册中没有更早日期的检查可比；与本期台账更正前相比，已消除{n['resolved']}条。"
            if zh
            else f"The register holds no run of an earlier day; since this period's ledgers were corrected, {n['resolved']} resolved."
        )
    if last is None:
        return (
            "登记册中没有更早的检查，无法说明变化。"
            if zh
            else "The register holds no earlier run: nothing can be said of changes."
        )
    if zh:
        return (
            f"与{last}相比：新发现{n['new']}条，持续{n['persisting']}条，复发{n['recurred']}条，"
            f"已消除{n['resolved']}条；另有{n['unchecked']}条以前的发现本次没有检查到，不等于已经解决。"
        )
    return (
        f"Since {last}: {n['new']} new, {n['persisting']} persisting, {n['recurred']} recurred, {n['resolved']} resolved; "
        f"{n['unchecked']} open from before were not checked this time, which is not a solution."
    )


def ageing(audit, area: str | Iterable[str] | None = None, by: str = "area") -> pd.DataFrame:
    """Open findings by days since first seen, one row an area (or `unit`, `severity`), and the `oldest` in days."""
    frame = _named(audit, lives(audit, area), by)
    frame = frame[~frame.is_closed]  # what people withdrew is closed too
    spans = pd.cut(frame.days, _BINS, right=False, labels=["0-30", "31-90", "91-180", "181+"])
    table = pd.crosstab(frame[by], spans, dropna=False).rename_axis(columns=None)
    return table.assign(oldest=frame.groupby(by).days.max()).reset_index()


def closing_rates(audit, area: str | Iterable[str] | None = None, by: str = "area") -> pd.DataFrame:
    """One row an area (or `unit`): `k` closed of `n` findings, `rate` and its Wilson 95% interval; none withdrawn."""
    return rates_of(_standing(audit, area, by), by)


def survival(audit, area: str | Iterable[str] | None = None, by: str = "area") -> pd.DataFrame:
    """Kaplan–Meier share of findings not yet gone by days since first seen. A finding is gone on the day looked from
    that no longer found it, so steps lie on the days of runs; what only people closed or withdrew is left out."""
    return survival_of(_standing(audit, area, by), by)


def _standing(audit, area, by: str) -> pd.DataFrame:
    frame = _named(audit, lives(audit, area), by)
    return frame[frame.status != "withdrawn"]


def _named(audit, frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """The groups as the reader calls them."""
    if by == "area":
        names = [AREAS[name].title(audit.lang) for name in frame.area]
    elif by == "unit":
        names = [audit.names.get(unit, unit) or "—" for unit in frame.unit]
    else:
        names = [SEVERITY_WORDS[severity][audit.lang == "en"] for severity in frame.severity]
    return frame.assign(**{by: names})
