"""Models of honest spending: vehicles, purchases, payments. See `clean_data.py`."""

from datetime import timedelta

import numpy as np
from clean_data import GOODS, WORKDAYS, at, days, model


def lognormal(random: np.random.Generator, size: int) -> np.ndarray:
    """Amounts to the fen over five orders of magnitude, which follow Benford's law nearly."""
    return np.maximum(np.exp(random.normal(7, 1.8, size)).round(2), 1)


def payments(random: np.random.Generator, units: int, each: int) -> list[dict]:
    amounts, when = lognormal(random, units * each), days(random, units * each)
    return [
        {"line_id": f"E{n}", "unit_id": f"U{n % units}", "voucher_no": f"J{n}", "voucher_date": day, "econ_item": "办公费",
         "summary": f"付{GOODS[random.integers(len(GOODS))]}款", "payee": f"{'东南西北中'[random.integers(5)]}{chr(0x4E00 + int(random.integers(5000)))}{chr(0x4E00 + int(random.integers(5000)))}商贸有限公司",
         "invoice_no": f"{random.integers(10**7, 10**8)}", "amount": float(amount)}
        for n, (amount, day) in enumerate(zip(amounts, when, strict=True))
    ]  # fmt: skip


@model("GC-B02")
def fuel(random):
    trips, cards = [], []
    for car in range(50):
        odometer, tank = 10000.0, 60.0
        for day in sorted(days(random, 120, WORKDAYS)):
            km, start = float(random.gamma(4, 15)), at(day, random)
            trips.append({"trip_id": f"T{len(trips)}", "plate_no": f"甲{car}", "unit_id": f"U{car}", "depart_time": start,
                          "return_time": start + timedelta(hours=3), "odo_start": odometer, "odo_end": odometer + km, "rated_fuel": 10.0})  # fmt: skip
            odometer, tank = odometer + km, tank - km / 100 * random.normal(9.5, 0.8)
            if tank < 20:
                litre = round((60 - tank) * (random.uniform(0.4, 1) if random.random() < 0.3 else 1), 2)
                cards.append({"txn_id": f"K{len(cards)}", "plate_no": f"甲{car}", "card_type": "油卡", "txn_time": start,
                              "litre": litre, "amount": round(litre * 7, 2)})  # fmt: skip
                tank += litre
    return {"vehicle_trip": trips, "vehicle_card": cards}, 50 / 100


@model("CG-06")
def unit_prices(random):
    rows, kinds = [], [f"C{k}" for k in range(60)]
    base = dict(zip(kinds, np.exp(random.normal(6, 1, 60)), strict=True))
    for number, day in enumerate(days(random, 1000, WORKDAYS)):
        kind = kinds[random.integers(60)]
        rows.append({"purchase_id": f"P{number}", "unit_id": f"U{random.integers(20)}", "contract_date": day, "fiscal_year": 2021,
                     "category_code": kind, "spec": "标准", "unit_price": float(round(base[kind] * np.exp(random.normal(-0.05, 0.08)), 2)),
                     "ref_price": float(round(base[kind], 2))})  # fmt: skip
    return {"purchase": rows}, 1


@model("CG-B04")
def own_suppliers(random):
    rows = []
    for unit in range(50):
        share = random.dirichlet([2] * random.integers(5, 12))
        for day in days(random, int(random.integers(6, 30)), WORKDAYS):
            rows.append({"purchase_id": f"P{len(rows)}", "unit_id": f"U{unit}", "contract_date": day, "fiscal_year": 2021, "method": "自行采购",
                         "supplier_name": f"第{random.choice(share.size, p=share)}商行", "amount": float(np.exp(random.normal(8, 0.8)).round(2))})  # fmt: skip
    return {"purchase": rows}, 50 / 100


@model("JF-06")
def payments_alike(random):
    return {"expense": payments(random, 10, 200)}, 2


@model("JF-07")
def leading(random):
    return {"expense": payments(random, 10, 2500)}, 10 / 100


@model("JF-08")
def endings(random):
    return {"expense": payments(random, 10, 600)}, 10 / 100
