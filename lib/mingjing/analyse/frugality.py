"""Reception against the books and the standards, spending around holidays, inspections, vehicles."""

import json
from datetime import date, timedelta

import ibis
import pandas as pd

from mingjing.analyse import Screen, ledger
from mingjing.rules.engine import NotRun
from mingjing.rules.festivals import Window, windows
from mingjing.rules.frugality.holidays import inspections, judged, reached
from mingjing.rules.frugality.reception import meals
from mingjing.rules.frugality.reconciliation import matching
from mingjing.rules.frugality.vehicles import trips
from mingjing.wording import listed

# Rules whose findings of kind “breach” each speak of one reception.
RECEPTION = tuple(f"JD-{number:02d}" for number in range(1, 10))
SPLIT = ("CG-01", "CG-02")
STEPS = {
    "registered": ("台账合计", "Ledger"),
    "transit": ("未达账项", "In transit"),
    "unpaid": ("超期未报", "Not claimed in time"),
    "unbooked": ("账上没有", "Not booked"),
    "misbooked": ("记在他处", "Booked elsewhere"),
    "differs": ("金额不符", "Amounts differ"),
    "within": ("单笔容差以内", "Within tolerance, each"),
    "unregistered": ("漏登台账", "Not registered"),
    "booked": ("账上合计", "Books"),
}
REASONS = STEPS | {
    "earlier": ("可能早于台账", "Perhaps before the ledger"),
    "total": ("各张小差额合计", "Small differences together"),
}

# Spending that is drawn by week.
ITEMS = {
    "reception": ("公务接待费", "Reception"),
    "welfare": ("津补贴福利", "Allowances and welfare"),
    "office": ("办公费", "Office expenses"),
}


def _mine(audit, t) -> pd.DataFrame:
    return (t.filter(t.unit_id.isin(audit.units)) if audit.units else t).to_pandas()


def reconciliation(audit) -> pd.DataFrame:
    """From the reception ledger to the books: `step yuan`, steps in the order of `STEPS`; the first plus all steps
    between is the last. Empty where one of the two ledgers was not handed in."""
    ledgers, p = audit.ledgers, audit.params("JD-11")
    needs = {"reception": ("total_amount", "voucher_no"), "expense": ("amount", "econ_item", "voucher_no")}
    if ledgers.missing(needs):
        return pd.DataFrame(columns=["step", "yuan"])
    loose, missing, extra, both = (_mine(audit, t) for t in matching(ledgers, p))
    known, off = missing.elsewhere.notna(), both.gap.abs() > p.tol_yuan + 1e-6
    yuan = {
        "registered": sum(frame.registered.sum() for frame in (missing, both)) + loose.total_amount.sum(),
        "transit": -loose[~loose.late].total_amount.sum() - missing[~missing.late].registered.sum(),
        "unpaid": -loose[loose.late].total_amount.sum(),
        "unbooked": -missing[missing.late & ~known].registered.sum(),
        "misbooked": -missing[missing.late & known].registered.sum(),
        "differs": -both[off].gap.sum(),
        "within": -both[~off].gap.sum(),
        "unregistered": extra.booked.sum(),
        "booked": extra.booked.sum() + both.booked.sum(),
    }
    return pd.DataFrame([(step, round(float(yuan[step]), 2)) for step in STEPS], columns=["step", "yuan"])


def both_totals(audit) -> str:
    """What the ledger and the books come to, and every step from the one to the other, in a sentence."""
    path = reconciliation(audit).set_index("step").yuan
    if path.empty:
        return (
            "两本台账不全，没有核对。"
            if audit.lang == "zh"
            else "One of the two is missing: nothing was compared."
        )
    zh, ours, books = audit.lang == "zh", path["registered"], path["booked"]
    between = path.drop(["registered", "booked"])
    steps = [
        f"{STEPS[step][not zh]} {yuan:+,.2f}".replace("-", "−") for step, yuan in between.items() if yuan
    ]
    apart = f"{abs(ours - books):,.2f}"
    if zh:
        told = f"台账合计{ours:,.2f}元，账上合计{books:,.2f}元，多少相抵后差{apart}元"
        return told + (f"：{listed(steps, 'zh')}。" if steps else "。")
    told = f"Ledger {ours:,.2f} yuan, books {books:,.2f} yuan, {apart} yuan apart once all is set off"
    return told + (f": {'; '.join(steps)}." if steps else ".")


def differences(audit) -> pd.DataFrame:
    """What JD-11 found by reason, none set off against another: `reason yuan`, largest first; in all what the first screen
    says is off."""
    found = audit.check("frugality").to_pandas()
    found = found[found.rule_id == "JD-11"]
    reasons = _cases(found).map(lambda case: REASONS[case][audit.lang == "en"])
    g = found.assign(reason=reasons).groupby("reason", as_index=False).agg(yuan=("amount", "sum"))
    return g.round(2).sort_values(["yuan", "reason"], ascending=[False, True], ignore_index=True)


def _cases(found: pd.DataFrame) -> pd.Series:
    """What each finding was found for; what it first was, where it was found for several things."""
    return found.evidence.map(lambda told: json.loads(told)["cases"][0])


def compared(audit) -> int:
    """Vouchers, of the ledger and of the books, and receptions without one that JD-11 holds against each other."""
    ledgers = audit.ledgers
    if not {"reception", "expense"} <= set(audit.intake.tables):
        return 0
    return sum(len(_mine(audit, t)) for t in matching(ledgers, audit.params("JD-11")))


def per_head(audit) -> pd.DataFrame:
    """Cost per head in percent of the standard, by kind of reception and meal: `kind lowest median highest meals over`.

    Guests are the fewer of those recorded and those in the letter; meals without a name or without people are left out.
    """
    ledgers, p = audit.ledgers, audit.params("JD-06")
    columns = ["kind", "lowest", "median", "highest", "meals", "over"]
    if ledgers.missing({"reception": ("meal_amount", "guest_count", "companion_count")}):
        return pd.DataFrame(columns=columns)
    t = meals(ledgers).filter(lambda t: ledgers.in_period(t.meal_day))
    t = t.mutate(kind=t.kind_of + "·" + t.meal_type, heads=t.invited + t.companions.fill_null(0))
    t = t.mutate(std=p.lookup("std_yuan", t.kind, t.meal_day)).filter(
        lambda t: (t.heads > 0) & (t.meal_amount > 0)
    )
    frame = _mine(audit, t).dropna(subset=["kind", "std"])
    frame["percent"] = (frame.meal_amount / frame.heads / frame["std"] * 100).round(1)
    g = frame.groupby("kind").percent.agg(["min", "median", "max", "size", lambda s: int((s > 100).sum())])
    return g.reset_index().set_axis(columns, axis=1).round(1)


def bands(audit, before: int = 0, after: int = 0) -> list[Window]:
    """Windows around the rests of the period; none where its holidays are not published."""
    try:
        return windows(audit.ledgers, before, after)
    except NotRun:
        return []


def spending(audit) -> pd.DataFrame:
    """Spending of the period by week (its Monday): `week reception welfare office`, yuan; welfare holds allowances. `near` are
    weeks that hold a day of rest of the calendar or one of the seven days before it."""
    frame = ledger(audit, "expense")
    day = pd.to_datetime(frame.voucher_date)
    frame = frame[day.between(pd.Timestamp(audit.ledgers.start), pd.Timestamp(audit.ledgers.end))].copy()
    if frame.empty:
        return pd.DataFrame(columns=["week", *ITEMS, "near"])
    frame["week"] = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    items = {"reception": ["公务接待费"], "welfare": audit.params("JR-03").items, "office": ["办公费"]}
    weeks = pd.date_range(frame.week.min(), frame.week.max(), freq="7D")
    series = {
        name: frame[frame.econ_item.isin(of)].groupby("week").amount.sum().reindex(weeks, fill_value=0.0)
        for name, of in items.items()
    }
    found = pd.DataFrame(series).round(2).rename_axis("week").reset_index()
    rests = [(w.opens, w.rest_last) for w in bands(audit, before=7)]
    return found.assign(near=[_meets(week.date(), rests) for week in weeks])


def _meets(monday: date, spans: list[tuple[date, date]]) -> bool:
    return any(monday <= last and first <= monday + timedelta(days=6) for first, last in spans)


def around(weeks: pd.DataFrame, item: str, lang: str) -> str:
    """What a week near a holiday costs against any other, in a sentence; of `spending`."""
    if weeks.empty:
        return ""
    name, zh = ITEMS[item][lang != "zh"], lang == "zh"
    near = weeks.near.astype(bool)
    part, rest = weeks[item][near], weeks[item][~near]
    if part.empty or rest.empty:
        told = f"周均{weeks[item].mean():,.0f}元" if zh else f"{weeks[item].mean():,.0f} yuan a week"
    elif zh:
        told = f"假期当周和前一周（{len(part)}周）周均{part.mean():,.0f}元，其他{len(rest)}周周均{rest.mean():,.0f}元"
    else:
        told = f"{part.mean():,.0f} yuan a week at holidays ({len(part)} weeks), {rest.mean():,.0f} in the other {len(rest)}"
    return f"{name}：{told}" if zh else f"{name}: {told}"


def festivals(audit) -> pd.DataFrame:
    """Inspections by festival, both readings of “once”: `festival reached units rounds visits opens closes` (`rounds` by
    number of round, `visits` one unit once); festivals whose window is over and within the ledger."""
    columns = ["festival", "reached", "units", "rounds", "visits", "opens", "closes"]
    rows = []
    for window, frame, rounds in _inspected(audit):
        seen = frame.visits.notna()
        counts = (int(seen.sum()), len(frame), rounds, int(frame.visits.sum()))
        rows.append((window.name(audit.lang), *counts, window.opens, window.closes))
    return pd.DataFrame(rows, columns=columns)


def visited(audit) -> pd.DataFrame:
    """Unit × festival: `unit festival visits`, 0 where a unit due was not reached."""
    rows = [
        (audit.names.get(row.unit_id, row.unit_id), window.name(audit.lang), int(row.visits))
        for window, frame, _ in _inspected(audit)
        for row in frame.fillna({"visits": 0}).itertuples()
    ]
    return pd.DataFrame(rows, columns=["unit", "festival", "visits"])


def _inspected(audit):
    ledgers, p = audit.ledgers, audit.params("JR-01")
    if ledgers.missing({"unit": ("unit_type",), "activity_log": ("act_type", "festival", "act_time")}):
        return
    try:
        for window in judged(ledgers, p):
            rounds = int(inspections(ledgers, p, window).round_id.nunique().execute())
            frame = reached(ledgers, p, window).to_pandas().sort_values("unit_id", ignore_index=True)
            yield window, frame[frame.unit_id.isin(audit.units)] if audit.units else frame, rounds
    except NotRun:
        return


def vehicles(audit) -> pd.DataFrame:
    """One row per vehicle: `plate unit trips rest_trips unapproved km litres per_100 rated`, most trips on days of rest
    first. `litres` and `per_100` are empty without a ledger of cards."""
    columns = "plate unit trips rest_trips unapproved km litres per_100 rated".split()
    ledgers = audit.ledgers
    if ledgers.missing({"vehicle_trip": ("depart_time", "plate_no")}):
        return pd.DataFrame(columns=columns)
    off = ledgers.calendar.filter(~ledgers.calendar.is_workday).select(day="cal_date", off=ibis.literal(True))
    frame = _mine(audit, trips(ledgers).filter(lambda t: ledgers.in_period(t.day)).left_join(off, "day"))
    rest = frame.off.eq(True)
    frame["rest_trips"], frame["unapproved"] = rest, rest & frame.approval_no.isna()
    frame["km"] = frame.odo_end - frame.odo_start
    g = frame.groupby("plate_no").agg(
        unit=("unit_id", "first"),
        trips=("trip_id", "size"),
        rest_trips=("rest_trips", "sum"),
        unapproved=("unapproved", "sum"),
        km=("km", "sum"),
        rated=("rated_fuel", "max"),
    )
    cards = ledger(audit, "vehicle_card")
    when = pd.to_datetime(cards.txn_time)
    cards = cards[when.between(pd.Timestamp(ledgers.start), pd.Timestamp(ledgers.day_end), inclusive="left")]
    g["litres"] = cards.groupby("plate_no").litre.sum()
    g["per_100"] = (g.litres / g.km * 100).where(g.km > 0)
    g["unit"] = g.unit.map(lambda unit: audit.names.get(unit, unit))
    g = g.rename_axis("plate").reset_index()[columns]
    numbers = ["km", "litres", "per_100"]
    g[numbers] = g[numbers].astype(float).round(1)
    return g.sort_values(["rest_trips", "plate"], ascending=[False, True], kind="stable", ignore_index=True)


def _in_breach(audit) -> set[int]:
    """Rows of the receptions with a breach: by what the rules gave, since the public is not told the places of findings."""
    return {
        hit["_rids"][0]
        for entry, outcome in audit.results("frugality")
        if entry.rule_id in RECEPTION
        for hit in outcome.hits
        if (hit["kind"] or entry.kind) == "breach"
    }


def _split(audit) -> set[int]:
    """Rows of the purchases that leads to splitting rest on; one may be in several."""
    hits = [
        hit for entry, outcome in audit.results("frugality") if entry.rule_id in SPLIT for hit in outcome.hits
    ]
    return {rid for hit in hits for rid in hit["_rids"]}


def first_screen(audit) -> Screen:
    """Whether reception reconciles to the books; receptions in breach, vouchers that do not agree, split purchases."""
    found = audit.check("frugality").to_pandas()
    came_to = audit.outcomes("frugality").set_index("rule_id")
    outcomes, rows = came_to.outcome, came_to.rows_checked
    ran = outcomes.get("JD-11", "not_run") != "not_run"
    off = found[found.rule_id == "JD-11"]
    total = _cases(off) == "total"  # of no one voucher
    if not ran:
        zh, en = "接待台账与账务未能核对。", "Reception could not be held against the books."
    elif off.empty:
        zh, en = "接待台账与账务相符。", "Reception reconciles to the books."
    else:
        zh = f"接待台账与账务不符，涉及{off.amount.sum():,.2f}元。"
        en = f"Reception does not reconcile to the books: {off.amount.sum():,.2f} yuan are off."
    faulty = len(_in_breach(audit))
    held = audit.ledgers.count("reception", audit.units, within=True) if "reception" in audit.ledgers else 0
    split = [rule for rule in SPLIT if outcomes.get(rule, "not_run") != "not_run"]
    bought = len(_split(audit))
    return Screen(
        zh,
        en,
        (
            ("违规的接待 / 全部接待", "Receptions in breach, of all", f"{faulty} / {held}"),
            (
                "对不上 / 凭证与未报接待",
                "Not matching, of vouchers and receptions not claimed",
                f"{len(off[~total])} / {compared(audit)}" if ran else "—",
            ),
            (
                "疑似拆分所涉的采购 / 全部采购",
                "Purchases in leads to splitting, of all",
                f"{bought} / {int(rows[split].max())}" if split else "—",
            ),
        ),
    )
