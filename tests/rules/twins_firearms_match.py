"""The pandas twin of the three-way match: register, itemised stock-take and issue log, gun by gun."""

from datetime import datetime, timedelta

import pandas as pd
from twins import own, rows, twin
from twins_firearms import issues

DAY = pd.Timedelta(days=1)
TAKES = {
    f"armory_check{n}": datetime(2020, 12, 28) + timedelta(days=45 * n, hours=n % 3 * 9) for n in range(9)
}
OF_UNIT = {name: f"U{n % 2 + 1}" for n, name in enumerate(TAKES)}
GUNS = [f"gun{n}" for n in range(16)]


def near_a_take(rng, row):
    return rng.choice([*TAKES.values()]) + timedelta(minutes=rng.choice([-1440, -60, 0, 3, 60, 1440]))


@twin(
    "QD-24",
    armory_check=rows(
        "armory_check",
        8,
        unit_id=lambda rng, row: OF_UNIT[row["check_id"]],
        storeroom=["甲库", "甲库", "乙库"],
        rec_type=["周清点", "月清点", "日清点"],
        start_time=lambda rng, row: TAKES[row["check_id"]],
    ),
    armory_check_item=rows(
        "armory_check_item",
        90,
        check_id=[*TAKES],
        unit_id=lambda rng, row: OF_UNIT[row["check_id"]],
        gun_no=[*GUNS, "X1"],
        storeroom=["甲库", None, None],
        present=[True, True, True, False, None],
        check_time=lambda rng, row: (
            TAKES[row["check_id"]]
            + timedelta(minutes=rng.choice([0, 0, 5]) if row["check_id"][-1] in "1245" else 0)
        ),
    ),
    gun=rows(
        "gun",
        len(GUNS),
        unit_id=["U1", "U2"],
        storeroom=["甲库", "甲库", "乙库"],
        status=[
            "在库",
            "在库",
            "在库",
            "在用",
            "封存",
            "外出",
            "外出",
            "送修",
            "报废",
            "上缴",
            "丢失",
            "被盗",
        ],
        status_date=lambda rng, row: None if rng.random() < 0.3 else near_a_take(rng, row).date(),
        surrender_date=lambda rng, row: None if rng.random() < 0.5 else near_a_take(rng, row).date(),
    ),
    gun_issue=issues(
        36,
        gun_no=[*GUNS, *GUNS, "X2"],
        out_time=near_a_take,
        in_time=lambda rng, row: (
            None
            if rng.random() < 0.2
            else row["out_time"] + timedelta(minutes=rng.choice([0, 61, 63, 1440, 43200]))
        ),
    ),
)
def qd24(d, p):
    g, i = d.gun.set_index("gun_no", drop=False), d.gun_issue
    t = d.armory_check_item.merge(
        d.armory_check[["check_id", "rec_type", "storeroom"]], "left", "check_id", suffixes=("", "_")
    )
    t["storeroom"] = t.storeroom.fillna(t.storeroom_)
    here = t[d.within(t.check_time)]
    yield (
        "unregistered",
        *per_gun((line, (line.row,), line.gun_no not in g.index) for line in here.itertuples()),
    )
    yield "blank", *per_gun((line, (line.row,), pd.isna(line.present)) for line in here.itertuples())
    yield (
        "elsewhere",
        *per_gun(
            (
                line,
                (line.row, g.row[line.gun_no]),
                line.present is True and line.storeroom != g.storeroom[line.gun_no],
            )
            for line in here[here.storeroom.notna() & here.gun_no.isin(g.index)].itertuples()
        ),
    )
    yield (
        "issued",
        *per_gun((x, (x.row,), x.gun_no not in g.index) for x in i[d.within(i.out_time)].itertuples()),
    )
    judged = {case: [] for case in ("unlisted", "absent", "out", "gone")}
    for (check, unit, store, kind), lines in t.groupby(
        ["check_id", "unit_id", "storeroom", "rec_type"], dropna=False
    ):
        first, last = span(lines.check_time)
        if not d.within(lines.check_time.min()):
            continue
        for gun in g[(g.unit_id == unit) & (g.storeroom == store)].itertuples():
            known, may_be = on_register(d, gun, first.normalize(), lines.check_time.max().normalize())
            surely_out, maybe_out = outside(d, i[i.gun_no == gun.gun_no], first, last)
            there, named = known and not maybe_out, t[(t.check_id == check) & (t.gun_no == gun.gun_no)]
            full = kind in p.full and not len(named)
            judged["unlisted"].append((gun, (gun.row, lines.row.min()), there and full))
            for line in named.itertuples():
                key = (gun.row, line.row)
                judged["absent"].append((gun, key, there and line.present is False))
                judged["out"].append((gun, key, surely_out and line.present is True))
                judged["gone"].append((gun, key, not may_be and line.present is True))
    for case, lines in judged.items():
        yield case, *per_gun(lines)
    away = g[(g.status == "外出") & ~(g.status_date > d.today)]
    open_ = i[d.known(i.in_time).isna()]
    yield "idle", own(away), ~away.gun_no.isin(open_.gun_no)


def per_gun(lines):
    """Keys and hits: the moments of one gun at one unit that break the rule are one finding."""
    hits, passed = {}, []
    for of, key, hit in lines:
        unit = of.unit_id if pd.notna(of.unit_id) else None
        if hit:
            hits.setdefault((of.gun_no, unit), []).extend(key)
        else:
            passed.append(key)
    return [*map(tuple, hits.values()), *passed], [True] * len(hits) + [False] * len(passed)


def span(moments):
    """First and last moment; a day written without its hour ends at the next midnight."""
    last = moments.max()
    return moments.min(), last + DAY if last == last.normalize() else last


def on_register(d, gun, first, last):
    """By the register: was surely there from the first to the last day, and may have been there on the first."""
    left = gun.status_date
    if gun.status == "报废":  # stays until it is handed in
        left = gun.surrender_date if gun.surrender_date <= d.today else pd.NaT
        return pd.isna(left) or left > last, pd.isna(left) or left >= first
    if gun.status in ("送修", "上缴", "丢失", "被盗"):
        left = gun.surrender_date if gun.status == "上缴" and pd.notna(gun.surrender_date) else left
        return left > last, pd.isna(left) or left >= first
    return gun.status != "外出" and not gun.status_date > first, True


def outside(d, its_issues, first, last):
    """By the issue log: was surely out all the while, and may have been out at some moment of it."""
    surely = maybe = False
    for issue in its_issues.itertuples():
        out_from, out_to = span(pd.Series([issue.out_time]))
        back = issue.in_time if issue.in_time < d.tomorrow else None
        back_from, back_to = span(pd.Series([back])) if back is not None else (None, None)
        maybe |= out_from <= last and (back is None or back_to > first)
        surely |= out_to <= first and (back is None or back_from > last)
    return surely, maybe
