"""Plain pandas twins of the rules on integrity risks."""

from datetime import date

import pandas as pd
from twins import PEOPLE, UNITS, day, each, own, rows, twin, unit_list

LEVEL = {"一级": "高", "二级": "中", "三级": "低", "高": "高", "中": "中", "低": "低"}
# Days that lie a whole number of years and months before a day looked from, the day before and the day after it.
DUE = [
    *(date(2020, 12, 30), date(2020, 12, 31), date(2021, 6, 29), date(2021, 6, 30), date(2021, 2, 28)),
    *(date(2020, 10, 14), date(2020, 10, 15), date(2021, 4, 14), date(2021, 4, 15), date(2022, 3, 1)),
]
YEARS = [*(date(d.year - y, d.month, d.day) for d in DUE for y in (4, 5)), date(2021, 1, 1), date(2021, 1, 2)]

points = rows(
    "risk_register",
    110,
    status=["有效", "有效", "已撤销"],
    likelihood=[0, 1, 2, 3, 4, 5, None],
    impact=[1, 2, 3, 4, 5, 6, None],
    control_count=[0, 1, 2, 3, None],
    leader_id=[*PEOPLE, "P9", None],
    identified_date=DUE,
    last_review_date=[*DUE, None, None],
)
staff = each(
    "person",
    "person_id",
    [f"P{n}" for n in range(1, 40)],
    is_key_post=[True, True, False],
    status=["在岗", "在岗", "退休"],
    status_date=[date(2021, 6, 1), date(2022, 2, 1), None],
    post_start_date=YEARS,
    last_special_audit_date=[*DUE, *[None] * 5],
)


def in_force(d):
    t = d.risk_register
    t = t[t.status == "有效"].copy()
    t["level"] = t.risk_level.map(LEVEL)
    return t


def on_post(t, when):
    """Not gone by that day."""
    return (t.status == "在岗") | (t.status_date > when)


@twin("LZ-01", risk_register=points)
def lz01(d, p):
    t = in_force(d)
    named = ["power_item", "risk_desc", "risk_level", "controls", "person_id", "leader_id"]
    yield "blank", own(t), t[named].isna().any(axis=1)


@twin("LZ-02", risk_register=points)
def lz02(d, p):
    t = in_force(d)
    t = t[t.level.notna()]
    a, b = t.likelihood, t.impact
    yield "unscored", own(t), a.isna() | b.isna()
    yield "scale", own(t), (a < 1) | (a > 5) | (b < 1) | (b > 5)
    due = pd.cut(a * b, [0, 7, 14, 25], labels=["低", "中", "高"]).astype(object)
    yield "band", own(t), a.between(1, 5) & b.between(1, 5) & (due != t.level)


@twin("LZ-03", risk_register=points, person=staff)
def lz03(d, p):
    t = in_force(d)
    t = t[t.level == "高"]
    yield "few", own(t), t.control_count < 2
    # who is not on the staff list has no level there
    level = t.leader_id.map(d.person.set_index("person_id").post_level)
    yield "leader", own(t), level.isin(["中层", "一般"])


@twin("LZ-04", risk_register=points)
def lz04(d, p):
    t = in_force(d)
    seen = d.known(t.last_review_date).fillna(t.identified_date)
    cycles = t.level.map({"高": 6, "中": 12, "低": 12})
    due = [
        pd.NaT if pd.isna(months) else since + pd.DateOffset(months=int(months))
        for since, months in zip(seen, cycles, strict=True)
    ]
    yield "overdue", own(t), [when < d.today for when in due]


@twin(
    "LZ-05",
    unit=unit_list(),
    risk_register=rows(
        "risk_register", 30, key_area=["财务", "采购", "人事", "枪弹", "食堂", "反兴奋剂", "场馆"]
    ),
)
def lz05(d, p):
    there = set(in_force(d)[["unit_id", "key_area"]].itertuples(index=False, name=None))
    keys, hit = [], []
    for u in d.unit[~d.unit.active.eq(False)].itertuples():
        areas = ["财务", "采购", "人事"]
        areas += ["枪弹"] * (u.has_armory is True) + ["食堂"] * (u.has_canteen is True)
        areas += ["反兴奋剂"] * (u.has_athletes is True) + ["场馆"] * (u.is_public_venue is True)
        keys += [f"{u.unit_id}|{area}" for area in areas]
        hit += [(u.unit_id, area) not in there for area in areas]
    yield "gap", keys, hit


@twin("LZ-06", person=staff)
def lz06(d, p):
    t = d.person
    t = t[t.is_key_post.eq(True) & on_post(t, d.today)]
    long = t.post_start_date + pd.DateOffset(years=p.max_years) < d.today
    audited = d.known(t.last_special_audit_date) + pd.DateOffset(months=p.audit_months) >= d.today
    yield "long", own(t), long & ~audited


@twin(
    "LZ-07",
    person=staff,
    duty_record=rows(
        "duty_record",
        90,
        rec_type=["廉政谈话", "任前谈话", "提醒谈话", "党课"],
        target_person_id=[*(f"P{n}" for n in range(1, 40)), None],
        done_date=lambda rng, row: rng.choice(
            [day(rng), day(rng), date(2021, 1, 1), date(2021, 12, 31), None]
        ),
    ),
    risk_register=rows(
        "risk_register", 40, person_id=[*(f"P{n}" for n in range(1, 40)), None], unit_id=UNITS
    ),
)
def lz07(d, p):
    risky = set(in_force(d).query("level == '高'").person_id)
    whole = d.as_of >= date(2021, 12, 31)
    t = d.person
    t = t[t.is_key_post.eq(True) & (t.post_start_date <= d.start) & on_post(t, d.end)]
    talks = d.duty_record
    talks = talks[talks.rec_type.isin(["廉政谈话", "任前谈话", "提醒谈话"]) & d.within(talks.done_date)]
    had = t.person_id.map(talks.target_person_id.value_counts()).fillna(0)
    need = t.person_id.map(lambda who: 2 if who in risky else 1)
    yield "few", own(t), (had < need) & whole
    yield "progress", own(t), (had == 0) & (not whole)


def findings(rng):
    """What other rules found: high and not, of the areas of these points and of others."""
    return [
        {
            "_rid": 1000 + n,
            "rule_id": f"{prefix}-01",
            "prefix": prefix,
            "severity": rng.choice(["high", "high", "medium"]),
            "kind": "breach",
            "unit": rng.choice([*UNITS, None]),
            "subject": f"S{n}",
            "date": date(2021, 5, 1),
        }
        for n, prefix in enumerate(rng.choices(["JD", "JF", "CG", "QD", "ST", "ZT"], k=14))
    ]


@twin(
    "LZ-B02",
    risk_register=rows(
        "risk_register",
        26,
        key_area=["财务", "采购", "枪弹", "食堂", "人事"],
        risk_level=["低", "三级", "低", "三级", "中", None],
    ),
    finding=findings,
)
def lz_b02(d, p):
    t, found = in_force(d), d.finding[d.finding.severity == "high"]
    rules = {"财务": ["JD", "JF"], "采购": ["CG"], "枪弹": ["QD"], "食堂": ["ST"], "人事": []}
    keys, hit = [], []
    for (unit, area), g in t[t.level.notna()].groupby(["unit_id", "key_area"]):
        high = found[(found.unit == unit) & found.prefix.isin(rules[area])]
        for row in g.row:
            shown = high.sort_values(["rule_id", "_rid"])["_rid"]
            keys.append((row, shown.iloc[0]) if len(high) else (row,))
            hit.append(len(high) > 0 and g.level.eq("低").all())
    yield "underrated", keys, hit
