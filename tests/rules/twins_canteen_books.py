"""Plain pandas twins of the canteen rules: stock, meals and money held against one another."""

from datetime import date

import numpy as np
from twins import UNITS, by, day, each, month, rows, twin, unit_list
from twins_canteen import day_of_spring, meals
from twins_canteen_accounts import KG


@twin(
    "ST-09",
    food_purchase=each(
        "food_purchase",
        "line_id",
        [f"L{n}" for n in range(40)],
        qty=[2.0, 4.0, 6.0],
        uom=["公斤", "公斤", "斤", "箱", "袋"],
        purchase_date=lambda rng, row: day(rng, date(2021, 8, 20), 50),
    ),
    food_stock=rows(
        "food_stock",
        60,
        purchase_line_id=[f"L{n}" for n in range(40)],
        txn_date=lambda rng, row: day(rng, date(2021, 8, 20), 60),
        txn_type=["入库", "入库", "退货", "出库"],
        qty=[2.0, 4.0, 8.0],
        uom=["公斤", "公斤", "斤", "箱", "袋"],
    ),
)
def st09(d, p):
    s = d.food_stock[d.food_stock.txn_type.isin(["入库", "退货"])]
    judged = {"none": [], "unit": [], "differs": []}
    for b in d.food_purchase.itertuples():
        mine = s[s.purchase_line_id == b.line_id]
        taken = mine[mine.txn_type == "入库"]
        key = (b.row, *mine.row)
        if not len(taken):
            judged["none"].append(((b.row,), (d.today - b.purchase_date).days > p.grace_days))
            continue
        alike = all((a in KG and b.uom in KG) or a == b.uom for a in mine.uom)
        judged["unit"].append((key, not alike))
        if alike:
            gross = sum(q * KG.get(a, 1) for q, a in zip(taken.qty, taken.uom, strict=True))
            net = gross - sum(
                q * KG.get(a, 1)
                for q, a, kind in zip(mine.qty, mine.uom, mine.txn_type, strict=True)
                if kind == "退货"
            )
            bought = b.qty * KG.get(b.uom, 1)
            judged["differs"].append((key, min(abs(bought - gross), abs(bought - net)) > p.tol + 1e-6))
    for case, pairs in judged.items():
        yield case, [k for k, _ in pairs], [h for _, h in pairs]


@twin(
    "ST-11",
    meal_ledger=rows(
        "meal_ledger",
        70,
        ledger_date=[*day_of_spring, date(2021, 12, 30)],
        diners=[0, 10],
        fee_standard=[5.0] * 30 + [None],
        income_amount=[50.0, 50.0, 51.0, 51.01, 49.0, 20.0] * 8 + [None],
        subsidy_amount=[None, None, None, 30.0],
        food_cost=[50.0] * 40 + [49.0, 48.9, 150.0, None],
        other_cost=[None, None, 1.0],
    ),
    food_stock=rows(
        "food_stock",
        40,
        txn_date=day_of_spring,
        txn_type=["出库", "出库", "入库"],
        qty=[10.0],
        unit_cost=[5.0, 7.5] * 15 + [None],
    ),
)
def st11(d, p):
    t = meals(d)
    t["month"], t["year"] = month(t.ledger_date), t.ledger_date.dt.year
    t["due"], t["had"], t["spent"] = (
        t.diners * t.fee_standard,
        t.income_amount + t.subsidy_amount.fillna(0),
        t.food_cost + t.other_cost.fillna(0),
    )
    keys, hit = [], []
    for key, g in by(t, "unit_id", "diner_class", "month"):
        keys.append(key)
        hit.append(
            g[["due", "had"]].notna().all(axis=None) and abs(g.due.sum() - g.had.sum()) > p.tol_yuan + 1e-6
        )
    yield "income", keys, hit
    for case, span, share, seen in (
        ("surplus", "year", p.year_share, (t.year == 2021) & (d.as_of >= date(2021, 12, 31))),
        ("month", "month", p.month_share, d.within(t.ledger_date)),
    ):
        keys, hit = [], []
        for key, g in by(t[seen], "unit_id", span):
            keys.append(key)
            whole = g[["had", "spent"]].notna().all(axis=None) and g.had.sum() > 0
            hit.append(whole and abs(g.had.sum() - g.spent.sum()) / g.had.sum() > share + 1e-6)
        yield case, keys, hit
    s = d.food_stock[d.food_stock.txn_type == "出库"].assign(
        month=lambda s: month(s.txn_date), value=lambda s: s.qty * s.unit_cost
    )
    issued = {key: g.value.sum(skipna=False) for key, g in by(s, "unit_id", "month")}
    groups = [(key, g.food_cost.sum(skipna=False)) for key, g in by(t, "unit_id", "month") if key in issued]
    yield (
        "cost",
        [key for key, _ in groups],
        [abs(cost - issued[key]) > p.tol2_yuan + 1e-6 for key, cost in groups],
    )


@twin(
    "ST-22",
    meal_ledger=rows("meal_ledger", 60, ledger_date=day_of_spring, diners=[0, 2, 5, 6, 9]),
    athlete=rows(
        "athlete",
        15,
        unit_id=UNITS,
        start_date=[date(2020, 1, 1), date(2021, 1, 1), date(2021, 1, 2)],
        end_date=[None, None, date(2021, 1, 1), date(2021, 2, 5)],
    ),
    athlete_away=rows(
        "athlete_away",
        8,
        ath_id=[f"athlete{n}" for n in range(15)],
        from_date=[date(2021, 1, 1), date(2021, 1, 2)],
        to_date=[date(2021, 1, 2), date(2021, 2, 5)],
    ),
    unit=unit_list(staff_count=[0, 2, 4, None]),
)
def st22(d, p):
    staff, keys, hit = d.unit.set_index("unit_id").staff_count, [], []
    m = meals(d)
    for (unit, when, _), g in m[m.diner_class != "客饭"].groupby(["unit_id", "ledger_date", "meal"]):
        a = d.athlete[(d.athlete.unit_id == unit) & d.athlete.in_training.eq(True)]
        a = a[(a.start_date <= when) & ~(a.end_date < when)]
        away = d.athlete_away[(d.athlete_away.from_date <= when) & (d.athlete_away.to_date >= when)]
        keys.append(f"{unit}|{when:%Y-%m}")
        hit.append(g.diners.sum() > (~a.ath_id.isin(away.ath_id)).sum() + staff[unit])
    yield "over", keys, hit


winter = lambda rng, row: day(rng, date(2020, 12, 28), 63)  # noqa: E731


@twin(
    "ST-B01",
    food_stock=rows(
        "food_stock",
        130,
        unit_id=["U1", "U1", "U1", "U2"],
        txn_date=winter,
        txn_type=["出库"] * 4 + ["入库"],
        qty=[40.0, 50.0, 60.0],
        unit_cost=[2.0] * 80 + [40.0, None],
    ),
    meal_ledger=rows(
        "meal_ledger", 190, unit_id=["U1", "U1", "U1", "U2"], ledger_date=winter, diners=[10, 11, 12, 0]
    ),
)
def st_b01(d, p):
    s, m = d.food_stock, meals(d)
    s, m = s[(s.txn_type == "出库") & d.within(s.txn_date)], m[d.within(m.ledger_date)]
    s = s.assign(week=s.txn_date.dt.to_period("W"), value=s.qty * s.unit_cost)
    served = m.groupby(["unit_id", m.ledger_date.dt.to_period("W")]).agg(
        n=("diners", "sum"), days=("ledger_date", "nunique")
    )
    for _, weeks in s.groupby("unit_id"):
        judged = []
        for key, g in weeks.groupby(["unit_id", "week"]):
            if key in served.index and served.days[key] >= p.min_days and g.value.notna().all():
                judged.append((tuple(g.row), g.value.sum() / served.n[key]))
        costs = np.array([cost for _, cost in judged])
        off = abs(costs / np.median(costs) - 1) if len(costs) else costs
        limit = max(p.p, p.z * 1.4826 * np.median(off)) + 1e-6 if len(costs) else 0
        yield "unusual", [k for k, _ in judged], (len(costs) >= p.min_weeks) & (off > limit)
