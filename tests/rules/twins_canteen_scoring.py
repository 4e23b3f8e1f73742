"""Plain pandas twins of the canteen rules: scoring, visits."""

from datetime import date, datetime, timedelta

import pandas as pd
from twins import PEOPLE, UNITS, by, each, later, moment, own, rows, twin

SYSTEMS = ["采购验收", "出入库", "成本核算", "账目公开", "民主监督", "其他"]
QUARTERS = ["2021Q1", "2021年二季度", "2021-3季度", "2021Q4", "2020Q4"]


@twin("ST-16", rating=rows("rating", 80, target_id=UNITS))
def st16(d, p):
    t = d.rating
    yield (
        "own",
        own(t),
        (t.scheme == "食堂现场评分")
        & (t.rater_unit_id == t.target_id)
        & (~t.recused.eq(True))
        & t.score.notna(),
    )


@twin(
    "ST-15",
    rating=rows(
        "rating",
        190,
        scheme=["食堂现场评分"] * 9 + ["作风评议"],
        item_group=SYSTEMS,
        period=[*QUARTERS, "2021年度"],
        target_id=UNITS,
    ),
)
def st15(d, p):
    t = d.rating[(d.rating.scheme == "食堂现场评分") & (d.rating.period != "2020Q4")]
    groups = by(t, "target_id", "period")
    yield (
        "missing",
        [key for key, _ in groups],
        [bool(set(p.five_systems) - set(g.item_group)) for _, g in groups],
    )


@twin(
    "ST-17",
    rating=rows(
        "rating",
        60,
        scheme=["食堂现场评分"] * 5 + ["作风评议"],
        period=QUARTERS,
        target_id=UNITS,
        rater_id=PEOPLE,
        score=[10.0] * 9 + [9.0, None],
        recused=[None, False, False, True],
        published_total=[10.0, None, None, 12.0],
    ),
    honor=rows("honor", 4, year=[2021], subject_id=UNITS, honor_type=["流动红旗"] * 3 + ["先进食堂"]),
)
def st17(d, p):
    number = {"2021Q1": 1, "2021年二季度": 2, "2021-3季度": 3, "2021Q4": 4}
    over = {
        q
        for n, q in enumerate(("2021Q1", "2021Q2", "2021Q3", "2021Q4"), 1)
        if pd.Period(q).end_time.normalize() <= d.today
    }
    t = d.rating[
        (d.rating.scheme == "食堂现场评分")
        & (~d.rating.recused.eq(True))
        & (d.rating.rater_unit_id != d.rating.target_id)
    ]
    t = t.assign(quarter="2021Q" + t.period.map(number).astype("Int64").astype(str))
    t = t[t.quarter.isin(over)]
    raters = t.groupby(["quarter", "target_id", "rater_id"]).agg(
        total=("score", lambda s: s.sum(skipna=False)), shown=("published_total", "max")
    )
    means = (
        raters.dropna(subset="total")
        .groupby(["quarter", "target_id"])
        .agg(mean=("total", "mean"), shown=("shown", "max"))
        .reset_index()
    )
    best, count = means.groupby("quarter")["mean"].max(), means.groupby("quarter").size()
    h = d.honor[d.honor.honor_type == "流动红旗"]
    h = h.assign(quarter="2021Q" + h.period.map({"一季度": "1", "二季度": "2", "三季度": "3", "四季度": "4"}))
    flags = h[h.quarter.isin(best.index)]
    held = flags.merge(means, "left", left_on=["quarter", "subject_id"], right_on=["quarter", "target_id"])
    yield "wrong", own(held), ~(held["mean"] >= held.quarter.map(best) - p.tol - 1e-6)
    level = (means["mean"] >= means.quarter.map(best) - p.tol - 1e-6).groupby(means.quarter).sum()
    yield "tie", level.index, level > 1
    yield "none", count.index, (count > 1) & ~count.index.isin(h.quarter)
    yield (
        "published",
        means.quarter + "|" + means.target_id,
        (means.shown - means["mean"]).abs() > p.tol + 1e-6,
    )


RUNNING = (date(2021, 12, 31), date(2021, 11, 30), date(2021, 9, 15), date(2021, 12, 20))
many = [f"U{n}" for n in range(9)]
visits = rows(
    "activity_log",
    40,
    unit_id=many,
    act_type=["食堂检查", "防火检查"],
    act_time=lambda rng, row: moment(rng, date(2021, 6, 1), 210),
)


@twin(
    "ST-18",
    as_of=RUNNING,
    unit=each("unit", "unit_id", many, active=[True, None, False]),
    activity_log=visits,
)
def st18(d, p):
    u, a = d.unit, d.activity_log
    u = u[(u.has_canteen.eq(True)) & (~u.active.eq(False))]
    a = a[a.act_type == "食堂检查"]
    for name, first, last in d.quarters():
        seen = u.unit_id.map(
            a[a.act_time.between(first, last + pd.Timedelta(days=1), inclusive="left")]
            .groupby("unit_id")
            .size()
        ).fillna(0)
        if last <= d.today:
            yield "few", u.unit_id + "|" + name, seen < p.n
        elif first <= d.today:
            yield "progress", u.unit_id + "|" + name, seen == 0


@twin(
    "ST-23",
    activity_log=rows(
        "activity_log",
        90,
        act_type=["食堂检查", "防火检查"],
        arrive_time=later("act_time", 0, 1, null=0.4),
        notice_time=later("act_time", -1, 0, 1),
    ),
)
def st23(d, p):
    t = d.activity_log
    yield (
        "told",
        own(t),
        (t.act_type == "食堂检查")
        & (t.notice_time < t.arrive_time.fillna(t.act_time))
        & d.within(t.act_time),
    )


def walks(rng):
    """Visits that fall on one weekday, at one interval, along one route, or anyhow."""
    made = []
    for unit in ["U1", "U2", "U3", "U4", "U5"]:
        first, habit = (
            date(2020, 11, 2) + timedelta(days=rng.randrange(120)),
            rng.choice(["weekday", "interval", "none"]),
        )
        for _ in range(rng.choice([3, 4, 5, 6])):
            made.append(
                {
                    "unit_id": unit,
                    "act_time": datetime(first.year, first.month, first.day, 9),
                    "round_id": None,
                }
            )
            first += timedelta(
                days={"weekday": 7 * rng.randrange(2, 9), "interval": 30 + rng.randrange(5)}.get(
                    habit, rng.randrange(9, 60)
                )
            )
    for number in range(4):
        day = datetime(2021, 2 + 2 * number, 3)
        order = ["V1", "V2", "V3"] if rng.random() < 0.85 else ["V2", "V1", "V3"]
        made += [
            {"unit_id": v, "act_time": day + timedelta(hours=9 + n), "round_id": f"R{number}"}
            for n, v in enumerate(order)
        ]
    return [row | {"act_id": f"A{n}", "act_type": "食堂检查"} for n, row in enumerate(made)]


@twin("ST-24", activity_log=walks)
def st24(d, p):
    t = d.activity_log
    t = t[t.act_time >= d.today - pd.DateOffset(years=1)].sort_values("act_time")
    groups = [(unit, g.act_time.dt.normalize()) for unit, g in t.groupby("unit_id")]
    names = [unit for unit, _ in groups]
    yield (
        "weekday",
        names,
        [len(days) >= p.min_visits and days.dt.weekday.nunique() == 1 for _, days in groups],
    )
    gaps = [days.diff().dt.days.dropna() for _, days in groups]
    yield "interval", names, [len(g) >= p.min_visits - 1 and g.max() - g.min() <= p.spread_days for g in gaps]
    routes = t.groupby("round_id").unit_id.agg(" ".join)
    routes = routes[routes.str.count(" ") + 1 >= p.min_stops]
    times = routes.value_counts()
    yield "route", times.index, times >= p.min_rounds
