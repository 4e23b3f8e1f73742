"""Plain pandas twins of the safety rules: what must be done again and again."""

from datetime import date

import pandas as pd
from twins import PEOPLE, UNITS, each, rows, twin
from twins_safety import AS_OF, CHECKS

MANY = [f"U{n}" for n in range(8)]
SWEEP = (date(2021, 12, 31), date(2021, 10, 15), date(2022, 3, 31), date(2021, 12, 1))
units = each(
    "unit",
    "unit_id",
    MANY,
    unit_type=["机关", "场馆"],
    is_fire_key=[True, False],
    is_public_venue=[True, False],
    staff_count=[3, None],
    active=[True, True, None, False],
)
closed = rows(
    "closed_period",
    4,
    unit_id=MANY,
    from_date=[date(2021, 1, 1), date(2021, 4, 1), date(2021, 4, 2)],
    to_date=[date(2021, 6, 30), date(2021, 12, 31)],
)


def open_units(d, first, last):
    shut = d.closed_period
    shut = shut[(shut.from_date <= first) & (shut.to_date >= last)].unit_id
    return d.unit[~d.unit.active.eq(False) & ~d.unit.unit_id.isin(shut)]


def held(d, first, last, *kinds):
    a = d.activity_log
    return a[a.act_type.isin(kinds) & a.act_time.dt.normalize().between(first, last)]


def year(d):
    return pd.Timestamp(2021, 1, 1), pd.Timestamp(2021, 12, 31), d.as_of >= date(2021, 12, 31)


def acts(n, kinds, **columns):
    return rows("activity_log", n, unit_id=MANY, act_type=kinds, **columns)


@twin("AQ-04", as_of=AS_OF, unit=units, closed_period=closed, activity_log=acts(60, CHECKS))
def aq04(d, p):
    for name, first, last in d.quarters():
        if last <= d.today:
            u = open_units(d, first, last)
            yield "none", u.unit_id + "|" + name, ~u.unit_id.isin(held(d, first, last, "防火检查").unit_id)


def frequency(d, kind, need):
    """`short` once the year is over; before that `behind` its share of the days, part times rounded down."""
    first, last, over = year(d)
    share = 1 if over else ((d.today - first).days + 1) / 365
    u = open_units(d, first, last)
    times = held(d, first, last, kind).unit_id.value_counts()
    low = [times.get(unit, 0) < int(n * share + 1e-9) for unit, n in zip(u.unit_id, need(u), strict=True)]
    return "short" if over else "behind", u.unit_id + "|2021", low


@twin("AQ-05", as_of=SWEEP, unit=units, closed_period=closed, activity_log=acts(16, CHECKS))
def aq05(d, p):
    yield frequency(d, "消防演练", lambda u: [p.need_key if key else p.need_other for key in u.is_fire_key])


@twin(
    "AQ-06",
    as_of=AS_OF,
    unit=units,
    closed_period=closed,
    activity_log=acts(
        26,
        ["消防培训", "消防培训", "消防演练"],
        attend_count=[1, 2, 3, 3, 3, 3, 3, None],
        due_count=[3, 4, None],
    ),
)
def aq06(d, p):
    yield frequency(
        d,
        "消防培训",
        lambda u: [12 // (p.venue_months if venue else p.key_months) for venue in u.is_public_venue],
    )
    first, last, over = year(d)
    u = d.unit[~d.unit.active.eq(False)].set_index("unit_id").staff_count
    groups = [
        (unit, g) for unit, g in held(d, first, last, "消防培训").groupby("unit_id") if over and unit in u
    ]
    due = [u[unit] if g.due_count.isna().all() else g.due_count.max() for unit, g in groups]
    dark = [g.attend_count.isna().any() or pd.isna(n) for (_, g), n in zip(groups, due, strict=True)]
    keys = [f"{unit}|2021" for unit, _ in groups]
    yield (
        "coverage",
        keys,
        [
            not x and g.attend_count.sum() < p.t * n - 1e-6
            for (_, g), n, x in zip(groups, due, dark, strict=True)
        ],
    )
    yield "uncounted", keys, dark


@twin("AQ-B03", as_of=SWEEP, unit=units, closed_period=closed, activity_log=acts(20, CHECKS))
def aq_b03(d, p):
    first, last, over = year(d)
    u = open_units(d, first, last)
    yield (
        "none" if over else "pending",
        u.unit_id + "|2021",
        ~u.unit_id.isin(held(d, first, last, *p.kinds).unit_id),
    )


@twin(
    "AQ-13",
    as_of=SWEEP,
    unit=units,
    closed_period=closed,
    site=rows("site", 30, unit_id=MANY, active=[True, True, None, False]),
    activity_log=acts(60, CHECKS, site_id=[f"site{n}" for n in range(30)] * 2 + [None] * 3),
)
def aq13(d, p):
    first, last, over = year(d)
    done = held(d, first, last, *p.kinds)
    s = d.site[~d.site.active.eq(False) & d.site.unit_id.isin(open_units(d, first, last).unit_id)]
    for unit, g in s.groupby("unit_id"):
        missed = not set(g.site_id) <= set(done.site_id)
        vague = (done.unit_id.eq(unit) & done.site_id.isna()).any()
        yield "site" if over else "pending", [f"{unit}|2021"], [missed and not vague]
        yield "unnamed", [f"{unit}|2021"], [missed and vague]


@twin(
    "AQ-B04",
    activity_log=rows(
        "activity_log",
        80,
        act_type=CHECKS[:2],
        unit_id=UNITS,
        leader_id=[*PEOPLE, None],
        checker_ids=["P1", "P2、P3", "P4, P1", None],
        issue_count=[0] * 25 + [1, None],
    ),
)
def aq_b04(d, p):
    t = d.activity_log
    t = t[
        t.issue_count.notna()
        & (t.act_time >= d.today - pd.DateOffset(months=p.months) + pd.Timedelta(days=1))
    ]
    people = [
        (who, r.row, r.issue_count)
        for r in t.itertuples()
        for who in {r.leader_id, *(r.checker_ids or "").replace("、", ",").replace(" ", "").split(",")}
        - {None, ""}
    ]
    for case, made in (("person", people), ("unit", list(zip(t.unit_id, t.row, t.issue_count, strict=True)))):
        for who, g in pd.DataFrame(made, columns=["who", "row", "found"]).groupby("who"):
            yield case, [who], [len(g) >= p.n and g.found.sum() == 0]
