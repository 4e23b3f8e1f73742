"""Duties, cards and appraisals: who wrote nothing, which cards are due, how “excellent” stands against its cap."""

import pandas as pd

from mingjing.analyse import Screen, ledger, rates
from mingjing.release import is_withheld, small
from mingjing.rules.responsibility.appraisal import groups
from mingjing.rules.responsibility.duties import owing


def excellent(audit) -> pd.DataFrame:
    """Annual appraisals of the period by quota group: `group excellent people cap share`, the cap as KH-01 has it; a group of
    several years is named with each."""
    return small(audit, _groups(audit), ["people", "excellent"], shares=["cap", "share"])


def said(groups: pd.DataFrame, lang: str) -> str:
    """How many of the groups of `excellent` are above their cap, of those whose numbers are told."""
    shown = groups.dropna(subset=["excellent"])
    over, hidden = int((shown.excellent > shown.cap).sum()), len(groups) - len(shown)
    if lang == "zh":
        told = f"{len(shown)}组中{over}组超限"
        return told + (f"，另有{hidden}组人数过少、不公布" if is_withheld(groups) else "")
    told = f"{over} of {len(shown)} groups above the cap"
    return told + (f"; {hidden} more have too few people to be published" if is_withheld(groups) else "")


def _groups(audit) -> pd.DataFrame:
    columns = ["group", "excellent", "people", "cap", "share"]
    if "appraisal" not in audit.ledgers:
        return pd.DataFrame(columns=columns)
    g = groups(audit.ledgers, audit.params("KH-01")).drop("_rids").to_pandas()
    if audit.units:  # a group is judged as a whole, and shown to the units that have people in it
        t = audit.ledgers.appraisal.select("person_id", "quota_group").to_pandas()
        g = g[g.quota_group.isin(set(t[t.person_id.isin(_people(audit))].quota_group))]
    several = g.year.nunique() > 1
    names = g.subject.str.replace("|", " ") if several else g.quota_group
    g = g.assign(group=names, excellent=g.best, cap=g["cap"].astype(int))
    g = g.assign(share=(g.best / g.people * 100).round(1))
    return g[columns].sort_values(["share", "group"], ascending=[False, True], ignore_index=True)


def _people(audit) -> set[str]:
    """Ids of the people of the audit's units."""
    return set(ledger(audit, "person").person_id)


def _silent(audit, found: int) -> str:
    """Quarters without a record of those in which a leader owed one; a dash where the rule did not run."""
    outcomes = audit.outcomes("responsibility").set_index("rule_id").outcome
    if outcomes["ZT-03"] == "not_run" or "person" not in audit.ledgers:
        return "—"
    owed = 0
    for *_, leaders in owing(audit.ledgers, audit.params("ZT-03")):
        units = leaders.select("unit_id").to_pandas().unit_id
        owed += int(units.isin(audit.units).sum()) if audit.units else len(units)
    return f"{found} / {owed}"


def backdated(audit) -> pd.DataFrame:
    """Records entered later than the rule allows (ZT-04), of those with both days, by unit against all: see `rates.compare`."""
    frame = ledger(audit, "duty_record")
    entered, done = pd.to_datetime(frame.get("entry_time")), pd.to_datetime(frame.get("done_date"))
    known = (
        entered.notna()
        & done.notna()
        & done.between(*map(pd.Timestamp, (audit.ledgers.start, audit.ledgers.end)))
    )
    late = (entered.dt.normalize() - done).dt.days > audit.params("ZT-04").lag_days
    g = (
        frame[known]
        .assign(late=late[known].astype(int))
        .groupby("unit_id")
        .late.agg(k="sum", n="size")
        .reset_index()
    )
    return rates.compare(g.assign(unit=g.unit_id.map(audit.names).fillna(g.unit_id)), "k", "n")


def first_screen(audit) -> Screen:
    """Cards due and not issued; duties without record, share of back-dated records, excellent against cap."""
    found = audit.check("responsibility").to_pandas()
    count = found.rule_id.value_counts()
    kept = "duty_record" in audit.ledgers
    records = audit.ledgers.count("duty_record", audit.units, within=False) if kept else 0
    groups = _groups(audit)
    due = int(count.get("SS-01", 0))
    return Screen(
        f"应亮牌未亮牌{due}项（一个单位一种颜色算一项）。",
        f"{due} {'card was' if due == 1 else 'cards were'} due and not issued, one for each unit and colour.",
        (
            (
                "没有纪实（人·季）/ 应有",
                "Quarterly work records of leaders: missing / due",
                _silent(audit, count.get("ZT-03", 0)),
            ),
            (
                "疑似补录（处）/ 纪实（条）",
                "Signs of back-dating / records",
                f"{count.get('ZT-04', 0)} / {records}",
            ),
            (
                "优秀超限的组 / 考核的组",
                "Groups above the cap, of all",
                f"{int((groups.excellent > groups.cap).sum())} / {len(groups)}",
            ),
        ),
    )
