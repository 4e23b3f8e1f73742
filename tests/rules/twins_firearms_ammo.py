"""Plain pandas twins of the firearms rules: what is drawn, used, planned and booked."""

from datetime import date, datetime, timedelta

import pandas as pd
from twins import UNITS, by, day, each, later, moment, month, own, rows, twin
from twins_firearms import SHOOTERS, issues

BULLET, PELLET, SHOT = "5.6mm步枪弹", "4.5mm气枪弹", "12号霰弹"
BOX = {BULLET: 50, PELLET: 500, SHOT: 25}


def drawn(n: int, careless: float, **columns):
    """Draws of a few coaches; some never return a round, the others now and then, and all use whole boxes mostly."""

    def used(rng, row):
        if rng.random() < 0.02:
            return None
        tidy = row["coach_id"] in ("A1", "A2") or rng.random() > careless
        return row["ammo_out"] - (0 if tidy else rng.choice([1, 7, 25]))

    return issues(
        n,
        **{
            "ammo_type": [BULLET, BULLET, SHOT, PELLET],
            "coach_id": ["A1", "A1", "A2", "A3", None],
            "borrower_id": ["A3", "A4"],
            "out_time": lambda rng, row: moment(rng, date(2020, 12, 1), 250),
            "in_time": later("out_time", 0, 0, 0, 0, 0, 0, 300, null=0.03),
            "ammo_out": lambda rng, row: rng.choice([1, 2]) * BOX[row["ammo_type"]],
            "ammo_used": used,
            "ammo_returned": lambda rng, row: row["ammo_out"] - (row["ammo_used"] or 0),
            "dud_count": [0, None],
            "slip_no": lambda rng, row: (
                None if rng.random() < 0.7 else f"S{row['coach_id']}{rng.randrange(15)}"
            ),
        }
        | columns,
    )


def draws(d):
    """Issues by slip, else one by one, once every gun of it is back."""
    t = d.gun_issue
    t = t.assign(
        by_slip=t.slip_no.notna(), draw=t.slip_no.fillna(t.issue_id), who=t.coach_id.fillna(t.borrower_id)
    )
    t["back"] = d.known(t.in_time)
    return [
        {
            "unit": unit,
            "rows": tuple(g.row),
            "on": g.out_time.min(),
            "kind": min(g.ammo_type.dropna(), default=None),
            "who": g.who.min(),
            "out": g.ammo_out.sum(),
            "used": g.ammo_used.sum(),
            "back": g.ammo_returned.sum(),
        }
        for (unit, _, _), g in t.groupby(["unit_id", "draw", "by_slip"], dropna=False)
        if g.back.notna().all()
    ]


def habits(d, p, shown):
    """Keys and hits: who drew one kind of ammunition often enough, and each time in this way."""
    groups = {}
    for draw in draws(d):
        if draw["used"] > 0 and d.within(draw["on"]):
            groups.setdefault((draw["unit"], draw["who"], draw["kind"]), []).append(draw)
    keys = [tuple(row for draw in g for row in draw["rows"]) for g in groups.values()]
    return keys, [len(g) >= p.n_min and all(map(shown, g)) for g in groups.values()]


@twin("QD-16", gun_issue=drawn(380, 0.3, unit_id=["U1", "U1", None], ammo_type=[BULLET, BULLET, PELLET]))
def qd16(d, p):
    yield "never", *habits(d, p, lambda draw: draw["back"] == 0 and draw["used"] == draw["out"])


@twin(
    "QD-17",
    gun_issue=drawn(
        380, 0.3, unit_id=["U1", "U1", None], ammo_type=[BULLET, SHOT, "土制弹"], ammo_out=[50, 100]
    ),
)
def qd17(d, p):
    yield "boxes", *habits(d, p, lambda draw: draw["kind"] in BOX and draw["used"] % BOX[draw["kind"]] == 0)


def plans(rng):
    """A plan for most months of two units, now and then in two lines."""
    cells = [(u, k, m) for u in ("U1", "U2") for k in (BULLET, PELLET) for m in range(1, 13)]
    return [
        {"plan_id": f"P{n}", "unit_id": unit, "ammo_type": kind, "plan_month": date(2021, number, 1)}
        | {"planned_rounds": rng.choice([9, 10, 10, 10, 18, 20])}
        for n, (unit, kind, number) in enumerate(rng.sample(cells, 34) + rng.sample(cells, 6))
    ]


@twin(
    "QD-18",
    gun_issue=drawn(
        80,
        0.05,
        unit_id=["U1", "U1", "U2", "U3", None],
        ammo_type=[BULLET, PELLET, PELLET, None],
        coach_id=["A3", None],
        ammo_out=[10],
        slip_no=[None] * 9 + ["S1", "S2"],
        out_time=lambda rng, row: moment(rng, date(2020, 11, 1), 420),
    ),
    ammo_plan=plans,
)
def qd18(d, p):
    used = pd.DataFrame(draws(d)).assign(month=lambda t: month(t.on))
    plan = d.ammo_plan.assign(month=month(d.ammo_plan.plan_month))
    years = {(unit, str(on.year)) for unit, on in zip(plan.unit_id, plan.plan_month, strict=True)}
    judged, same = {"over": [], "unplanned": []}, {}
    for (unit, kind, when), g in used.groupby(["unit", "kind", "month"]):
        mine = plan[(plan.unit_id == unit) & (plan.ammo_type == kind) & (plan.month == when)]
        key = (*(row for rows in g["rows"] for row in rows), *mine.row)
        if g.used.sum() <= 0 or not d.within(g.on.max()):
            continue
        if len(mine):
            judged["over"].append((key, g.used.sum() > mine.planned_rounds.sum() * (1 + p.tolerance) + 1e-6))
        if (unit, when[:4]) in years:
            judged["unplanned"].append((key, not len(mine)))
        if len(mine):
            equal = g.used.sum() == mine.planned_rounds.sum()
            same.setdefault((unit, kind), []).append((key, equal))
    for case, pairs in judged.items():
        yield case, [k for k, _ in pairs], [h for _, h in pairs]
    exact = [[key for key, equal in months if equal] for months in same.values()]
    yield (
        "exact",
        [tuple(r for key in keys for r in key) for keys in exact],
        [len(k) >= p.n_exact for k in exact],
    )


@twin(
    "QD-B04",
    gun_issue=issues(
        330,
        unit_id=[*UNITS, None],
        ammo_type=[BULLET, PELLET, None],
        ammo_used=[20, 30, 40, 40, 40] * 9 + [59, 60, 61, 300, None],
        out_time=lambda rng, row: (
            datetime.combine(day(rng, date(2020, 12, 20), 330), datetime.min.time())
            + timedelta(minutes=rng.choice([0, 359, 360, 600, 720, 900, 1320, 1321]))
        ),
    ),
    athlete=each("athlete", "ath_id", SHOOTERS[:-3], sport=["射击", "飞碟"]),
    ammo_plan=rows(
        "ammo_plan", 12, plan_month=lambda rng, row: date(2021, rng.randrange(1, 13), 1), unit_id=["U1", "U2"]
    ),
)
def qd_b04(d, p):
    from chinese_calendar import is_workday

    t = d.gun_issue.merge(d.athlete[["ath_id", "sport"]], "left", left_on="borrower_id", right_on="ath_id")
    alike = t.groupby(["ammo_type", "sport"], dropna=False).ammo_used
    here, clock = d.within(t.out_time), t.out_time.dt.strftime("%H:%M")
    usual = alike.transform(lambda used: used.quantile(p.p)) * p.k
    yield "amount", own(t[here]), ((t.ammo_used > usual + 1e-6) & (alike.transform("count") >= p.n_min))[here]
    hours = (clock != "00:00") & ((clock < p.first_hour) | (clock > p.last_hour))
    yield "hours", own(t[here]), hours[here]
    plans = set(zip(d.ammo_plan.unit_id, month(d.ammo_plan.plan_month), strict=True))
    plans |= {(None, when) for _, when in plans}  # an issue without a unit may be anybody's
    planned = [
        (unit if pd.notna(unit) else None, when) in plans
        for unit, when in zip(t.unit_id, month(t.out_time), strict=True)
    ]
    off = pd.Series([not is_workday(when.date()) for when in t.out_time])
    yield "day", own(t[here]), (off & ~pd.Series(planned))[here]


SIGN = {"入库": 1, "调入": 1, "退回": 1, "盘盈": 1, "领出": -1, "调出": -1, "报废": -1, "盘亏": -1}


def book(rng):
    """An ammunition ledger whose balances mostly follow; now and then none of its lines names an issue."""
    made, balance, named = [], {}, rng.random() < 0.5
    start = datetime(2020, 12, 20, 10)
    for number in range(110):
        lot = (
            rng.choice(UNITS[:2]),
            rng.choice(["甲库", "乙库"]),
            rng.choice([BULLET, SHOT]),
            rng.choice(["B1", "B2"]),
        )
        kind, qty = rng.choice([*SIGN, "领出", "领出", "退回", "期初"]), rng.randrange(1, 9)
        opening = kind == "期初"
        change = rng.choice([0, 0, 0, 0, 1, -1])
        balance[lot] = balance.get(lot, 20 if opening else 0) + SIGN.get(kind, 0) * qty + change
        made.append(
            dict(zip(("unit_id", "storeroom", "ammo_type", "batch_no"), lot, strict=True))
            | {
                "txn_id": f"X{number}",
                "txn_time": start + timedelta(hours=84 * number),
                "txn_type": kind,
                "qty": qty,
                "balance": balance[lot],
                "issue_id": rng.choice([f"gun_issue{rng.randrange(60)}", "I9", None]) if named else None,
                "doc_no": rng.choice(["D", f"S{rng.randrange(30)}", None]),
            }
        )
    rng.shuffle(made)
    return made


def log(rng):
    """The issue log that goes with it; some do not say whose an issue was, or which rounds."""
    known = {"unit_id": rng.choice([UNITS[:2], [None]]), "ammo_type": rng.choice([[BULLET, SHOT], [None]])}
    return issues(
        40,
        slip_no=[f"S{n}" for n in range(20)] + [None] * 9,
        ammo_out=[0, 2, 3, None],
        ammo_returned=[0, 1, None],
        **known,
    )(rng)


@twin("QD-25", ammo_txn=book, gun_issue=log)
def qd25(d, p):
    t, i = d.ammo_txn.sort_values(["txn_time", "row"]), d.gun_issue
    here, keys, hit = d.within(t.txn_time), [], []
    for _, g in t.groupby(["unit_id", "storeroom", "ammo_type", "batch_no"]):
        before, jumps = None, []
        for line in g.itertuples():
            opening = line.txn_type == "期初"
            held = before if before is not None else (line.balance if opening else 0)
            jump = line.balance - held - (0 if opening else SIGN[line.txn_type] * line.qty)
            before = line.balance
            if jump and here[line.Index]:
                jumps.append((line.row, jump))
        keys.append(tuple(row for row, _ in jumps) or tuple(g.row))
        hit.append(sum(jump for _, jump in jumps) != 0)
    yield "lot", keys, hit
    t = t[here]
    yield "adjusted", own(t), t.txn_type.isin(["盘盈", "盘亏"])
    yield "destroyed", own(t), (t.txn_type == "报废") & t.doc_no.isna()
    moved = t[t.txn_type.isin(["领出", "退回"])]
    if d.ammo_txn.issue_id.notna().any():
        tied = moved.issue_id.isin(i.issue_id) | moved.doc_no.isin(i.slip_no.dropna())
        yield "orphan", own(moved), ~tied
        return
    given = [
        moved.assign(
            at=moved.txn_time, booked=moved.qty.where(moved.txn_type == "领出", -moved.qty), logged=0
        ),
        i.assign(at=i.out_time, booked=0, logged=i.ammo_out),
        i.assign(at=d.known(i.in_time), booked=0, logged=-i.ammo_returned),
    ]
    # what the issue log never writes cannot be told apart in it
    key = [c for c in ("unit_id", "ammo_type") if i[c].notna().any()]
    both = pd.concat(
        g[[*key, "row", "at", "booked", "logged"]].astype({"booked": float, "logged": float}) for g in given
    )
    both = both[d.within(both["at"]) & ((both.booked != 0) | (both.logged.fillna(0) != 0))]
    groups = [g for _, g in by(both.assign(month=month(both["at"])), *key, "month")]
    yield "month", [tuple(g.row) for g in groups], [g.booked.sum() != g.logged.sum() for g in groups]
