"""Plain pandas twins of the canteen rules: food safety."""

from datetime import date, datetime

import numpy as np
import pandas as pd
from twins import PEOPLE, UNITS, each, later, moment, month, own, rows, twin, unit_list

units = unit_list(has_canteen=[True, True, True, False])


def meals(d):
    t = d.meal_ledger
    return t[(t.meal != "月结") & (t.diners > 0)].copy()


def sample_logs(n, **columns):
    return rows("food_log", n, log_time=lambda rng, row: moment(rng, date(2021, 7, 1), 60), **columns)


@twin(
    "ST-02",
    food_log=sample_logs(
        120,
        log_type=["留样", "留样", "晨检"],
        weight_g=[124.9, 125.0, 200.0, None],
        discard_time=later("log_time", 0, 1, 2, 3, 90, null=0.4),
    ),
)
def st02(d, p):
    t = d.food_log
    sample, gone = (t.log_type == "留样") & d.within(t.log_time), d.known(t.discard_time)
    yield "light", own(t), sample & ~(t.weight_g >= p.w_g)
    yield "short", own(t), sample & (gone - t.log_time < pd.Timedelta(hours=p.h))
    yield "kept", own(t), sample & gone.isna() & (d.tomorrow - t.log_time > pd.Timedelta(hours=p.h_alert))


day_of_spring = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 2), date(2021, 2, 5), date(2021, 2, 6)]


@twin(
    "ST-01",
    meal_ledger=rows("meal_ledger", 25, ledger_date=day_of_spring, diners=[0, 3, 9], dish_count=[1, 2, None]),
    food_log=rows(
        "food_log",
        190,
        log_type=["留样", "留样", "晨检"],
        log_time=lambda rng, row: moment(rng, date(2021, 1, 1), 30),
        meal_date=day_of_spring,
        dish=["a", "b", "c", None],
    ),
)
def st01(d, p):
    kept, keys, hit = d.food_log.query("log_type == '留样'"), [], []
    for _, g in meals(d).groupby(["unit_id", "ledger_date", "meal"]):
        first = g.iloc[0]
        same = kept[
            (kept.unit_id == first.unit_id)
            & (kept.meal_date == first.ledger_date)
            & (kept.meal == first.meal)
        ]
        dishes = g.dish_count.max()
        keys.append(f"{first.unit_id}|{first.ledger_date:%Y-%m}")
        hit.append(
            first.ledger_date >= d.start
            and len(set(same.dish.dropna())) < (1 if np.isnan(dishes) else dishes)
        )
    yield "missing", keys, hit


@twin(
    "ST-03",
    food_log=rows(
        "food_log",
        160,
        log_type=["冷藏温度", "冷藏温度", "冷冻温度", "中心温度", "晨检"],
        log_time=lambda rng, row: moment(rng, date(2020, 12, 31), 40),
        temp_c=[-12.1, -12.0, -11.9, -0.1, 0.0, 8.0, 8.1, 69.9, 70.0, None],
    ),
    meal_ledger=rows("meal_ledger", 25, ledger_date=day_of_spring, diners=[0, 3]),
    unit=units,
)
def st03(d, p):
    t = d.food_log
    inside = d.within(t.log_time)
    cold = t.log_type == "冷藏温度"
    yield "cold", own(t), inside & cold & ((t.temp_c < p.lo) | (t.temp_c > p.hi))
    yield "frozen", own(t), inside & (t.log_type == "冷冻温度") & (t.temp_c > p.frozen_max)
    yield "core", own(t), inside & (t.log_type == "中心温度") & (t.temp_c < p.core_min)
    yield "blank", own(t), inside & (t.log_type != "晨检") & t.temp_c.isna()
    read = set(zip(t.unit_id[cold], t.log_time[cold].dt.normalize(), strict=True))
    m = meals(d)
    m = m[d.within(m.ledger_date)]
    keys = [f"{u}|{when:%Y-%m}" for u, when in zip(m.unit_id, m.ledger_date, strict=True)]
    yield "gaps", keys, [pair not in read for pair in zip(m.unit_id, m.ledger_date, strict=True)]


lapse = [
    date(2021, 6, 1),
    date(2021, 8, 30),
    date(2021, 8, 31),
    date(2021, 9, 30),
    date(2021, 10, 1),
    date(2021, 10, 15),
    date(2021, 12, 31),
    date(2022, 1, 30),
    date(2022, 3, 1),
    date(2023, 1, 1),
    None,
]


@twin(
    "ST-04",
    unit=units,
    person=each(
        "person",
        "person_id",
        PEOPLE,
        key_area=["食堂", "财务", None],
        post=["厨师", "出纳"],
        status=["在岗", "在岗", "退休"],
    ),
    cert_asset=rows(
        "cert_asset", 30, ca_type=["食品经营许可证", "健康证", "灭火器", "消防设施"], valid_to=lapse
    ),
)
def st04(d, p):
    c, u, who = d.cert_asset, d.unit, d.person
    u = u[(u.has_canteen.eq(True)) & (~u.active.eq(False))]
    who = who[(who.status == "在岗") & ((who.key_area == "食堂") | who.post.str.contains("厨师"))]
    for what, people, kind, holder, warn in (
        ("licence", u.unit_id, "食品经营许可证", "unit_id", p.warn_licence),
        ("health", who.person_id, "健康证", "holder_id", p.warn_health),
    ):
        last = c[c.ca_type == kind].groupby(holder).valid_to.max().to_dict()
        until = pd.to_datetime(pd.Series([last.get(who) for who in people], people.index))
        left = (until - d.today).dt.days
        yield f"{what}_none", people, until.isna()
        yield f"{what}_over", people, left < 0
        yield f"{what}_soon", people, left.between(0, warn)


@twin(
    "ST-25",
    food_log=rows(
        "food_log",
        180,
        unit_id=UNITS[:2],
        log_type=["冷藏温度", "冷藏温度", "消毒", "中心温度", "留样"],
        device_no=["D1", "D1", "D1", None],
        temp_c=[4.0] * 150 + [5.0, None],
        person_id=lambda rng, row: {"U1": "P1", "U2": "P2"}[row["unit_id"]],
        log_time=lambda rng, row: datetime(
            rng.choice([2020, 2021, 2021, 2021]),
            12 if rng.random() < 0.05 else 3,
            rng.choice([1, 2, 3]),
            8,
            rng.randrange(6),
            rng.randrange(60),
        ),
    ),
    staff_leave=rows(
        "staff_leave",
        3,
        person_id=["P1", "P2"],
        from_date=[date(2021, 3, 1), date(2021, 3, 2)],
        to_date=[date(2021, 3, 2), date(2021, 3, 3)],
    ),
)
def st25(d, p):
    t = d.food_log
    read = t[t.log_type.isin(["冷藏温度", "冷冻温度"]) & d.within(t.log_time)]
    groups = [
        g for _, g in read.groupby(["unit_id", "log_type", "device_no", month(read.log_time)], dropna=False)
    ]
    yield (
        "same",
        [tuple(g.row) for g in groups],
        [g.temp_c.count() >= p.n_same and g.temp_c.nunique() == 1 for g in groups],
    )
    busy = t[~t.log_type.isin(["留样", "晨检"]) & d.within(t.log_time)]
    groups = [g for _, g in busy.groupby(["person_id", busy.log_time.dt.floor("min")])]
    yield "minute", [tuple(g.row) for g in groups], [len(g) >= p.n_minute for g in groups]
    pairs = t[d.within(t.log_time)].merge(d.staff_leave, on="person_id", suffixes=("", "_leave"))
    yield (
        "leave",
        list(zip(pairs.row, pairs.row_leave, strict=True)),
        pairs.log_time.dt.normalize().between(pairs.from_date, pairs.to_date),
    )
