"""Work safety beyond the rules: open hazards and their age, sites reached, the year of each unit, who finds what."""

import pandas as pd

from mingjing.analyse import Screen, ledger, rates
from mingjing.analyse.intake import silent_months
from mingjing.release import in_area
from mingjing.wording import plural

CHECKS = ("安全生产检查", "防火检查")
PATROL = "防火巡查"
ACTIVITIES = ("安全生产检查", "防火检查", PATROL, "消防演练", "消防培训")


def hazards(audit) -> pd.DataFrame:
    """Hazards proper with `closed` and `due` (datetime64; NaT where open or unset), `is_open`, `is_overdue`."""
    frame = ledger(audit, "hazard")
    frame = frame[~frame.is_accident.eq(True)].copy()
    as_of = pd.Timestamp(audit.as_of)
    for column in ("found_date", "rect_date", "deadline", "orig_deadline"):
        frame[column] = pd.to_datetime(frame[column])
    frame["closed"] = frame.rect_date.where(frame.rect_date <= as_of)
    moved = frame.deadline.where(frame.extension_no.notna(), frame.orig_deadline.fillna(frame.deadline))
    frame["due"] = moved
    frame["is_open"] = frame.closed.isna()
    frame["is_overdue"] = frame.is_open & (frame.due < as_of)
    return frame


def ageing(audit) -> pd.DataFrame:
    """Open hazards, oldest first: unit, place, level, found, due, `days_open` (days to `as_of`), `is_overdue`."""
    frame = hazards(audit)
    frame = frame[frame.is_open].copy()
    frame["days_open"] = (pd.Timestamp(audit.as_of) - frame.found_date).dt.days
    frame["unit"] = frame.unit_id.map(audit.names).fillna(frame.unit_id)
    parts = zip(frame.unit, frame.location, strict=True)
    frame["place"] = [" ".join(part for part in pair if isinstance(part, str)) for pair in parts]
    columns = ["unit", "place", "hazard_level", "found_date", "due", "days_open", "is_overdue"]
    frame = frame.sort_values(["days_open", "hazard_id"], ascending=[False, True], kind="stable")
    for column in ("found_date", "due"):
        frame[column] = frame[column].dt.date
    return frame[columns].reset_index(drop=True)


def lateness(audit) -> pd.DataFrame:
    """Hazards not closed by the day they were due, of those due by `as_of`, by unit against all: see `rates.compare`."""
    frame = hazards(audit)
    frame = frame[frame.due < pd.Timestamp(audit.as_of)]
    late = (frame.closed.isna() | (frame.closed > frame.due)).astype(int)
    g = frame.assign(late=late).groupby("unit_id").late.agg(k="sum", n="size").reset_index()
    return rates.compare(g.assign(unit=g.unit_id.map(audit.names).fillna(g.unit_id)), "k", "n")


def months(audit) -> pd.DataFrame:
    """Hazards found by month, with control limits: see `rates.monthly`."""
    return rates.monthly(audit, hazards(audit).found_date, "hazard")


def months_told(audit, found: pd.DataFrame) -> str:
    """What `months` shows, and how many hazards are older than the period and not in it."""
    earlier = int((hazards(audit).found_date < pd.Timestamp(audit.ledgers.start)).sum())
    told = rates.monthly_told(found, audit.lang)
    if earlier:
        told += (
            f"；期前发现的{earlier}项不在图中"
            if audit.lang == "zh"
            else plural(f"; not drawn: {earlier} hazard(s) found before the period")
        )
    return told


def flow(audit) -> pd.DataFrame:
    """Hazards by month of the period: `found`, `closed`, and `open` at the end of the month (or on `as_of`). `found` is NaN
    in a month of which the ledger has no row (see `rates.monthly`)."""
    frame, rows = hazards(audit), []
    unknown = silent_months(audit, "hazard", rates.LEAST_ROWS)
    for month in audit.period.months() if len(frame) else []:
        first = pd.Timestamp(f"{month}-01")
        last = min(first + pd.offsets.MonthEnd(), pd.Timestamp(audit.as_of))
        if first <= last:
            found, closed = frame.found_date.between(first, last), frame.closed.between(first, last)
            still = (frame.found_date <= last) & ~(frame.closed <= last)
            new = None if month in unknown else int(found.sum())
            rows.append((month, new, int(closed.sum()), int(still.sum())))
    return pd.DataFrame(rows, columns=["month", "found", "closed", "open"])


def _in_period(audit, frame: pd.DataFrame) -> pd.DataFrame:
    when = pd.to_datetime(frame.act_time)
    return frame[when.between(pd.Timestamp(audit.ledgers.start), pd.Timestamp(audit.ledgers.day_end))]


def sites(audit) -> pd.DataFrame:
    """Sites in use by unit: `sites`, `checked` in the period (an inspection names the site), `unchecked`."""
    frame, log = ledger(audit, "site"), _in_period(audit, ledger(audit, "activity_log"))
    frame = frame[~frame.active.eq(False)].copy()
    seen = set(log[log.act_type.isin(CHECKS)].site_id.dropna())
    frame["checked"] = frame.site_id.isin(seen).astype(int)
    found = frame.groupby("unit_id", sort=True).agg(sites=("site_id", "size"), checked=("checked", "sum"))
    found = found.reset_index()
    found["unit"] = found.unit_id.map(audit.names).fillna(found.unit_id)
    found["unchecked"] = found.sites - found.checked
    found = found.sort_values(["unchecked", "unit_id"], ascending=[False, True], kind="stable")
    return found[["unit", "sites", "checked", "unchecked"]].reset_index(drop=True)


def activity(audit) -> pd.DataFrame:
    """Unit × kind of activity with its `times` in the period; NaN where the ledger never holds that kind, and where a unit
    that owes no daily patrols (AQ-12) made none."""
    log, units = _in_period(audit, ledger(audit, "activity_log")), ledger(audit, "unit")
    units = units[~units.active.eq(False)]
    counts = log.groupby(["unit_id", "act_type"]).size()
    owing = set(units[units.is_fire_key.eq(True) | units.is_public_venue.eq(True)].unit_id)
    kept, rows = set(log.act_type), []
    for unit in units.sort_values("unit_id").unit_id:
        for kind in ACTIVITIES:
            times = counts.get((unit, kind), 0)
            known = kind in kept and (times or kind != PATROL or unit in owing)
            rows.append((audit.names.get(unit, unit), kind, float(times) if known else None))
    return pd.DataFrame(rows, columns=["unit", "activity", "times"])


def inspectors(audit) -> pd.DataFrame:
    """Leaders of inspections in the period with a count of problems on record: `checks`, `with_problem` (checks with any)."""
    log = _in_period(audit, ledger(audit, "activity_log"))
    log = log[log.act_type.isin(CHECKS) & log.issue_count.notna() & log.leader_id.notna()].copy()
    log["hit"] = (log.issue_count > 0).astype(int)
    found = log.groupby("leader_id").agg(checks=("act_id", "size"), found=("hit", "sum")).reset_index()
    names = found.leader_id.map(audit.names).fillna(found.leader_id)
    found["leader"] = names.map(lambda name: in_area(audit, "safety", name))
    found = found.sort_values(["found", "checks", "leader_id"], ascending=[True, False, True], kind="stable")
    named = found.rename(columns={"found": "with_problem"})
    return named[["leader", "checks", "with_problem"]].reset_index(drop=True)


def first_screen(audit) -> Screen:
    """Major hazards still open; sites checked of all, hazards overdue of those open, places where they came back."""
    frame, reached = hazards(audit), sites(audit)
    if frame.empty and reached.empty:
        return Screen(
            "没有隐患台账和部位清单，无法判断。",
            "No hazards and no sites on record: nothing can be said.",
            (),
        )
    major = frame[frame.hazard_level == "重大"]
    open_major, open_all = int(major.is_open.sum()), int(frame.is_open.sum())
    overdue, accidents = int(frame.is_overdue.sum()), int(ledger(audit, "hazard").is_accident.eq(True).sum())
    again = audit.check("safety").where(rule_id="AQ-11").to_pandas().subject
    places = frame[frame.hazard_id.isin(again)].groupby(["unit_id", "location"]).ngroups if len(again) else 0
    total = frame.groupby(["unit_id", "location"]).ngroups if len(frame) else 0
    beside = f"（事故{accidents}起另计）" if accidents else ""
    zh = f"登记隐患{len(frame)}项{beside}，未销号{open_all}项；"
    beside = f" (and {accidents} accident(s))" if accidents else ""
    en = plural(f"Hazards on record: {len(frame)}{beside}, of which {open_all} not closed; ")
    if len(major):
        zh += f"其中重大隐患{len(major)}项，未销号{open_major}项。"
        en += f"major ones: {len(major)}, {open_major} not closed."
    else:
        zh, en = zh + "没有重大隐患。", en + "none of them major."
    return Screen(
        zh,
        en,
        (
            (
                "检查到的部位 / 在用部位",
                "Sites checked, of those in use",
                f"{reached.checked.sum()} / {reached.sites.sum()}",
            ),
            ("逾期未整改 / 未整改（项）", "Hazards overdue, of those open", f"{overdue} / {open_all}"),
            (
                "同类复发的部位 / 有隐患的部位",
                "Places where hazards came back, of those with any",
                f"{places} / {total}",
            ),
        ),
    )
