"""A clean year of one canteen: lunch on weekdays, three ingredients, weekly purchases, invoices and payments; scores and visits.

A day's lunch costs 544.05 yuan of food for 39 diners at 15 yuan: pork 15 kg at 24, rice 20 kg at 6, greens 12.81 kg
at 5.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from mingjing.sample.bureau import Bureau, Row

# item, category, kilograms a day, yuan a kilogram, days it keeps, suppliers in turn
_ITEMS = (
    ("五花肉", "肉类", 15.0, 24.0, 5, ("鑫源肉联", "北湖肉食")),
    ("大米", "米面", 20.0, 6.0, 300, ("丰收粮油",)),
    ("上海青", "蔬菜水果", 12.81, 5.0, 5, ("绿园蔬菜",)),
)
CLASSES = (("运动员", 24), ("职工", 15))
FEE = 15.0
MARKET = {"五花肉": 23.0, "大米": 5.8, "上海青": 4.8}
_FIRST = date(2021, 1, 4)


@dataclass
class Canteen:
    """One canteen's rows, where the plants find them: by item and day, by week, by day and class."""

    unit: str
    staff: dict
    purchases: dict = field(default_factory=dict)
    issues: dict = field(default_factory=dict)
    stock: dict = field(default_factory=dict)
    meals: dict = field(default_factory=dict)
    samples: dict = field(default_factory=dict)
    readings: dict = field(default_factory=dict)
    closings: dict = field(default_factory=dict)
    payables: dict = field(default_factory=dict)


def weekdays() -> list[date]:
    days = [_FIRST + timedelta(days=n) for n in range(362)]
    return [day for day in days if day.weekday() < 5]


def keep(bureau: Bureau, canteen: Canteen) -> None:
    """The year's stock, purchases, meals, logs and certificates."""
    _week_by_week(bureau, canteen)
    _day_by_day(bureau, canteen)
    _certificates(bureau, canteen)


def _week_by_week(bureau: Bureau, canteen: Canteen) -> None:
    days = weekdays()
    for item, category, daily, price, keeps, suppliers in _ITEMS:
        level = 50.0
        stock(bureau, canteen, item, date(2021, 1, 1), "期初", level, level)
        for day in days:
            week = (day - _FIRST).days // 7
            if day.weekday() == 0:
                amount = round(daily * sum((other - _FIRST).days // 7 == week for other in days), 2)
                line = purchase(
                    bureau,
                    canteen,
                    day,
                    item,
                    category,
                    amount,
                    price,
                    suppliers[week % len(suppliers)],
                    day + timedelta(days=keeps),
                )
                canteen.purchases[item, week] = line
                level = round(level + amount, 2)
                canteen.stock[item, week] = stock(
                    bureau, canteen, item, day, "入库", amount, level, line["line_id"]
                )
            level = round(level - daily, 2)
            issued = stock(
                bureau,
                canteen,
                item,
                day,
                "出库",
                daily,
                level,
                canteen.purchases[item, week]["line_id"],
                price,
            )
            canteen.issues[item, day] = issued
            if (day + timedelta(days=3)).month != day.month and day.weekday() == 4:
                counted = stock(bureau, canteen, item, day, "盘点", 0.0, level)
                counted["counted_qty"] = level
                canteen.stock[item, f"盘点{day.month}"] = counted


def stock(bureau, canteen, item, day, kind, quantity, level, line=None, cost=None) -> Row:
    return bureau.add(
        "food_stock",
        txn_id=bureau.number("CR"),
        txn_date=day,
        unit_id=canteen.unit,
        item_name=item,
        txn_type=kind,
        qty=quantity,
        uom="公斤",
        unit_cost=cost,
        balance_qty=level,
        counted_qty=None,
        purchase_line_id=line,
        handler_id=canteen.staff["cook"][0],
        keeper_id=canteen.staff["storekeeper"][0],
    )


def purchase(bureau, canteen, day, item, category, quantity, price, supplier, expiry, **more) -> Row:
    """A purchase with its invoice and its payment."""
    row = bureau.add(
        "food_purchase",
        **{
            "line_id": bureau.number("YS"),
            "purchase_date": day,
            "unit_id": canteen.unit,
            "item_name": item,
            "food_category": category,
            "batch_no": f"{day:%y%m%d}",
            "qty": quantity,
            "uom": "公斤",
            "unit_price": price,
            "amount": round(quantity * price, 2),
            "market_price": MARKET.get(item),
            "supplier_name": supplier,
            "license_flag": True,
            "cert_no": bureau.number("HG"),
            "invoice_no": bureau.number("FP"),
            "test_report_no": bureau.number("JC") if category == "肉类" else None,
            "test_result": "合格" if category == "肉类" else None,
            "expiry_date": expiry,
            "method": "集中配送",
            "buyer_id": canteen.staff["buyer"][0],
            "acceptor1_id": canteen.staff["acceptor"][0],
            "acceptor2_id": canteen.staff["acceptor"][1],
            "posted_date": day + timedelta(days=2),
        }
        | more,
    )
    payable = bureau.add(
        "canteen_payable",
        invoice_no=row["invoice_no"],
        supplier_name=supplier,
        unit_id=canteen.unit,
        invoice_date=day + timedelta(days=2),
        invoice_amount=row["amount"],
        due_date=day + timedelta(days=30),
    )
    canteen.payables[row["line_id"]] = payable
    pay(bureau, canteen, payable, day + timedelta(days=20))
    return row


def pay(bureau, canteen, payable: Row, day: date) -> Row:
    return bureau.add(
        "canteen_cash",
        entry_id=bureau.number("RJ"),
        entry_date=day,
        unit_id=canteen.unit,
        account="银行",
        direction="支出",
        summary="付食材款",
        counterparty=payable["supplier_name"],
        invoice_no=payable["invoice_no"],
        amount=payable["invoice_amount"],
        handler_id=canteen.staff["finance"][0],
    )


def _day_by_day(bureau: Bureau, canteen: Canteen) -> None:
    rng = bureau.random(f"canteen/{canteen.unit}")
    for day in weekdays():
        for kind, diners in CLASSES:
            due = diners * FEE
            canteen.meals[day, kind] = bureau.add(
                "meal_ledger",
                unit_id=canteen.unit,
                ledger_date=day,
                meal="午餐",
                diner_class=kind,
                diners=diners,
                fee_standard=FEE,
                income_amount=due if kind == "职工" else 0.0,
                subsidy_amount=0.0 if kind == "职工" else due,
                food_cost=round(due * 0.93, 2),
                other_cost=round(due * 0.06, 2),
                dish_count=2,
                publicity_date=None,
            )
        for dish in ("红烧肉", "清炒时蔬"):
            canteen.samples[day, dish] = _log(
                bureau, canteen, "留样", datetime.combine(day, time(11, 30)), dish=dish
            )
        for kind, low, high, minute in (("冷藏温度", 20, 60, 10), ("冷冻温度", -200, -150, 14)):
            moment = datetime.combine(day, time(8, minute))
            canteen.readings[day, kind] = _log(
                bureau, canteen, kind, moment, temp_c=rng.randint(low, high) / 10
            )
    for month in range(1, 13):
        last = date(2021 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        canteen.closings[month] = bureau.add(
            "meal_ledger",
            unit_id=canteen.unit,
            ledger_date=last,
            meal="月结",
            diner_class="未分类",
            diners=0,
            publicity_date=last + timedelta(days=10) if month < 12 else None,
        )


def _log(bureau, canteen, kind: str, moment: datetime, **more) -> Row:
    usual = {"log_id": bureau.number("LY"), "unit_id": canteen.unit, "log_type": kind, "log_time": moment}
    if kind == "留样":
        usual |= {
            "meal_date": moment.date(),
            "meal": "午餐",
            "weight_g": 130.0,
            "discard_time": moment + timedelta(hours=49),
        }
    else:
        usual |= {"device_no": f"{kind[:2]}柜1号"}
    return bureau.add("food_log", **(usual | {"person_id": canteen.staff["cook"][1]} | more))


def _certificates(bureau: Bureau, canteen: Canteen) -> None:
    _certificate(bureau, canteen.unit, "食品经营许可证", None, date(2023, 6, 30))
    for role in ("manager", "buyer", "storekeeper", "cook"):
        for person in canteen.staff[role]:
            row = _certificate(bureau, canteen.unit, "健康证", person, date(2022, 6, 30))
            canteen.stock["健康证", person] = row


def _certificate(bureau, unit: str, kind: str, holder: str | None, until: date) -> Row:
    return bureau.add(
        "cert_asset",
        ca_id=bureau.number("ZZ"),
        ca_type=kind,
        unit_id=unit,
        holder_id=holder,
        cert_no=bureau.number("ZH"),
        valid_from=until - timedelta(days=365),
        valid_to=until,
        status="在用",
    )
