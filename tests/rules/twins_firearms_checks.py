"""Plain pandas twins of the firearms rules: stock-takes, storage, inspections and those who stand guard."""

from datetime import date, timedelta

import pandas as pd
from twins import UNITS, by, each, moment, month, own, rows, twin, unit_list
from twins_firearms import issues

TAKES = ["日清点", "周清点", "月清点", "值班"]


def one_armoury(rng):
    """One unit that owes stock-takes; the next is out of use, and the last has no armoury."""
    names = rng.sample(UNITS, 3)
    use = zip(names, (True, True, False), (rng.choice([True, None]), False, True), strict=True)
    return [{"unit_id": name, "has_armory": armory, "active": active} for name, armory, active in use]


@twin(
    "QD-10",
    as_of=(date(2021, 3, 31), date(2021, 2, 15), date(2021, 4, 29), date(2021, 3, 10)),
    armory_check=rows(
        "armory_check",
        110,
        rec_type=TAKES,
        start_time=lambda rng, row: moment(rng, date(2020, 12, 20), 120),
        leader_id=["P1", "P2", None],
    ),
    gun_issue=issues(
        40, unit_id=[*UNITS, None], out_time=lambda rng, row: moment(rng, date(2020, 12, 25), 120)
    ),
    unit=one_armoury,
)
def qd10(d, p):
    c, i = d.armory_check, d.gun_issue[d.within(d.gun_issue.out_time)]
    c, i = c.assign(day=c.start_time.dt.normalize()), i.assign(day=i.out_time.dt.normalize())
    counted, keys, hit = c[c.rec_type.isin(p.daily)], [], []
    for (unit, _), g in i.assign(month=month(i.day)).groupby(["unit_id", "month"], dropna=False):
        # an issue that does not say whose it is may have been counted by any unit
        there = counted if pd.isna(unit) else counted[counted.unit_id == unit]
        missed = ~g.day.isin(there.day)
        keys.append(tuple(g.row[missed] if missed.any() else g.row))
        hit.append(missed.any())
    yield "daily", keys, hit
    units = d.unit[d.unit.has_armory.eq(True) & ~d.unit.active.eq(False)].unit_id
    c = c[c.unit_id.isin(units)]
    weekly, signed = c[c.rec_type.isin(p.weekly)], c[c.rec_type.isin(p.monthly) & c.leader_id.notna()]
    begins = d.armory_check.start_time.min().normalize()
    mondays = pd.date_range(d.start - timedelta(days=6), d.end - timedelta(days=6), freq="W-MON")
    mondays = [m for m in mondays if m >= d.start or begins <= m]
    missed = [m for m in mondays if not weekly.day.between(m, m + timedelta(days=6)).any()]
    months = [f"{m + timedelta(days=6):%Y-%m}" for m in mondays]
    yield "weekly", months, [m in {f"{w + timedelta(days=6):%Y-%m}" for w in missed} for m in months]
    months = pd.period_range("2021-01", "2021-12", freq="M")
    over = [m for m in months if m.end_time < d.tomorrow]
    yield "monthly", [str(m) for m in over], [str(m) not in set(month(signed.day)) for m in over]
    now = [m for m in months if m.start_time < d.tomorrow <= m.end_time]
    yield "pending", [str(m) for m in now], [str(m) not in set(month(signed.day)) for m in now]


@twin(
    "QD-12",
    gun=rows(
        "gun",
        25,
        gun_no=[f"G{n}" for n in range(1000)],
        status=["在库", "在库", "封存", "送修", "外出"],
        status_date=[date(2021, 6, 1), date(2021, 10, 15), date(2021, 10, 16), None],
        cabinet_no=["1", "2", "3", None],
    ),
    ammo_txn=rows(
        "ammo_txn",
        40,
        balance=[0, 0, 5],
        cabinet_no=["1", "2", "4", None],
        ammo_type=["5.6mm步枪弹", "12号霰弹"],
        txn_time=lambda rng, row: moment(rng, date(2021, 8, 1), 150),
    ),
)
def qd12(d, p):
    g = d.gun[d.gun.status.isin(["在库", "封存"]) & ~(d.gun.status_date > d.today)]
    lots = d.ammo_txn.sort_values(["txn_time", "row"])
    lots = lots.groupby(["unit_id", "storeroom", "ammo_type", "batch_no"]).tail(1)
    pairs = g.merge(lots[lots.balance > 0], on=["unit_id", "storeroom"], suffixes=("", "_ammo"))
    unsaid = pairs[["cabinet_no", "cabinet_no_ammo"]].isna().any(axis=1)
    cabinet = pairs.cabinet_no.fillna(pairs.cabinet_no_ammo)
    for case, hit in (("cabinet", pairs.cabinet_no == pairs.cabinet_no_ammo), ("room", unsaid)):
        groups = pairs.assign(hit=hit, cabinet=cabinet).groupby(
            ["hit", "unit_id", "storeroom", "cabinet"], dropna=False
        )
        groups = [((*t.row, *t.row_ammo), bool(t.hit.iloc[0])) for _, t in groups]
        yield case, [key for key, _ in groups], [hit for _, hit in groups]


@twin(
    "QD-22",
    unit=unit_list(has_armory=[True] * 6 + [False]),
    armory_check=rows(
        "armory_check",
        18,
        rec_type=["上级检查", "公安查验", "日清点"],
        inspect_level=["省", "市", "区", "本级", "本级", None],
        start_time=lambda rng, row: moment(rng, date(2020, 12, 1), 330),
    ),
    activity_log=rows(
        "activity_log", 6, act_type=["枪弹专项检查", "消防演练"], inspect_level=["省", "市", "区", None]
    ),
)
def qd22(d, p):
    c, a = d.armory_check, d.activity_log
    seen = [
        c[c.rec_type.isin(["上级检查", "公安查验"])].rename(columns={"start_time": "at"}),
        a[a.act_type == "枪弹专项检查"].rename(columns={"act_time": "at"}),
    ]
    seen = pd.concat(t[["unit_id", "inspect_level", "at"]] for t in seen)
    seen = seen[seen["at"].dt.year == 2021]
    u = d.unit[d.unit.has_armory.eq(True) & ~d.unit.active.eq(False)]
    unstated = u.unit_id.isin(seen[seen.inspect_level.isna()].unit_id)
    for case, level in (("province", "省"), ("city", "市"), ("district", "区")):
        missed = ~u.unit_id.isin(seen[seen.inspect_level == level].unit_id)
        yield case, own(u), missed & ~unstated
        yield f"{case}_unstated", own(u), missed & unstated


@twin(
    "QD-23",
    armory_check=rows(
        "armory_check",
        45,
        start_time=lambda rng, row: moment(rng, date(2020, 11, 1), 420),
        conclusion=["给予高度肯定", "不予肯定", "零差错", "限期整改", None],
        problem_count=[0, 0, 0, 0, 2, 3, None],
        closed_count=[0, 2, 2, 3, None],
    ),
)
def qd23(d, p):
    t = d.armory_check
    left = t.problem_count - t.closed_count.fillna(0)
    keys, hit = [], []
    for row in t[t.conclusion.isin(["给予高度肯定", "零差错"]) & d.within(t.start_time)].itertuples():
        open_ = t[(left > 0) & (t.unit_id == row.unit_id) & (t.start_time <= row.start_time)]
        keys.append((row.row, *open_.row))
        hit.append(len(open_) > 0)
    yield "open", keys, hit


GUARDS = [f"P{n}" for n in range(1, 9)]
guards = [*GUARDS, "P9"]


def until(rng, row):
    hours = rng.choice([0, 8, 11.75, 12, 23, 24, 24 + 1 / 60, 24.25, None])
    return hours if hours is None else row["start_time"] + timedelta(hours=hours)


def duties(n: int, **columns):
    wanted = {
        "rec_type": ["值班"] * 6 + ["日清点"],
        "start_time": lambda rng, row: moment(rng, date(2020, 12, 30), 10),
        "end_time": until,
        "person1": guards,
        "person2": [*guards, None],
    }
    return rows("armory_check", n, **wanted | columns)


def on_duty(d):
    """One row per guard and duty of the period."""
    t = d.armory_check
    t = t[(t.rec_type == "值班") & d.within(t.start_time)]
    t = t.melt(
        ["row", "unit_id", "storeroom", "start_time", "end_time"], ["person1", "person2"], value_name="who"
    )
    return t[t.who.notna()].drop(columns="variable").drop_duplicates()


def with_hours(d):
    """Those whose hours are known: a duty without an end is not, nor one from midnight to midnight."""
    t = on_duty(d)
    t = t[t.end_time.notna()]
    a_day = pd.Timedelta(days=1)
    t["end_time"] = t.end_time.where(t.end_time != t.start_time, t.end_time + a_day)
    by_day = (t.start_time.dt.normalize() == t.start_time) & (t.end_time.dt.normalize() == t.end_time)
    return t[~by_day].sort_values(["start_time", "row"])


@twin(
    "QD-19",
    armory_check=duties(9),
    gun_issue=issues(
        4,
        out_time=lambda rng, row: moment(rng, date(2020, 12, 30), 10),
        **{k: [*GUARDS, None] for k in ("keeper_out1", "keeper_out2", "keeper_in1", "keeper_in2")},
    ),
    ammo_txn=rows(
        "ammo_txn",
        2,
        txn_time=lambda rng, row: moment(rng, date(2020, 12, 30), 10),
        handler1=[*GUARDS, None],
        handler2=[*GUARDS, None],
    ),
    person=each("person", "person_id", GUARDS, guard_cert_no=["BA1", "BA2", None]),
)
def qd19(d, p):
    i, x = d.gun_issue, d.ammo_txn[d.ammo_txn.txn_type != "期初"]
    hands = [
        (i, i.out_time, ("keeper_out1", "keeper_out2")),
        (i, d.known(i.in_time), ("keeper_in1", "keeper_in2")),
        (x, x.txn_time, ("handler1", "handler2")),
    ]
    signed = [(who, t.row[n]) for t, at, both in hands for k in both for n, who in t[k][d.within(at)].items()]
    groups = [(who, tuple(g.row)) for who, g in by(on_duty(d), "who")]
    pens = {who: [row for name, row in signed if name == who] for who, _ in groups}
    yield "keeper", [(*r, *pens[w]) for w, r in groups], [bool(pens[w]) for w, _ in groups]
    bare = set(d.person[d.person.guard_cert_no.isna()].person_id)
    yield "certificate", [r for _, r in groups], [w in bare for w, _ in groups]
    yield "stranger", [r for _, r in groups], [w not in set(d.person.person_id) for w, _ in groups]


@twin("QD-20", armory_check=duties(26))
def qd20(d, p):
    keys, hit = [], []
    for _, g in with_hours(d).groupby("who"):
        stints = []
        for t in g.itertuples():
            gap = (t.start_time - stints[-1]["to"]) if stints else None
            if gap is None or gap > pd.Timedelta(minutes=p.gap_minutes):
                stints.append({"from": t.start_time, "to": t.end_time, "rows": []})
            stints[-1]["to"] = max(stints[-1]["to"], t.end_time)
            stints[-1]["rows"].append(t.row)
        keys += [tuple(s["rows"]) for s in stints]
        hit += [s["to"] - s["from"] > pd.Timedelta(hours=p.h) for s in stints]
    yield "long", keys, hit


@twin("QD-21", armory_check=duties(24))
def qd21(d, p):
    t = with_hours(d)
    two = t.merge(t, on="who", suffixes=("", "_b"))
    two = two[two.row < two.row_b]
    elsewhere = (two.unit_id != two.unit_id_b) | (two.storeroom != two.storeroom_b)
    at_once = (two.start_time < two.end_time_b) & (two.start_time_b < two.end_time)
    judged = pd.DataFrame(
        {"key": list(zip(two.row, two.row_b, strict=True)), "hit": (elsewhere & at_once).values}
    )
    judged = judged.groupby("key").hit.any()
    yield "both", list(judged.index), judged
