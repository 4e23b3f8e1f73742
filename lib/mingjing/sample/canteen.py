"""Canteens: a clean year of each, what is planted in the first three, scores and visits."""

from datetime import date, timedelta

from mingjing.sample.bureau import Bureau, Row
from mingjing.sample.canteen_ledgers import (
    CLASSES,
    FEE,
    MARKET,
    Canteen,
    keep,
    pay,
    purchase,
    stock,
    weekdays,
)
from mingjing.sample.canteen_scores import build as build_scores


def build(bureau: Bureau) -> None:
    canteens = [
        Canteen(row["unit_id"], bureau.staff(row["unit_id"])) for row in bureau.units_with("has_canteen")
    ]
    for canteen in canteens:
        keep(bureau, canteen)
    for month in range(1, 13):
        for item, price in MARKET.items():
            bureau.add(
                "market_price",
                item_name=item,
                price_date=date(2021, month, 1),
                uom="公斤",
                price=price,
                source="批发市场日报",
            )
    plant(bureau, *canteens[:3])
    build_scores(bureau, [canteen.unit for canteen in canteens])


def plant(bureau: Bureau, a: Canteen, b: Canteen, c: Canteen) -> None:
    """High findings go to the first two canteens; the third is the best and stays without."""
    _plant_goods(bureau, a, b, c)
    _plant_books(bureau, a, b, c)
    _plant_food(bureau, a, b, c)


def _plant_goods(bureau: Bureau, a: Canteen, b: Canteen, c: Canteen) -> None:
    """Purchases, prices, invoices, payments."""
    line = a.purchases["五花肉", 3]
    line["license_flag"] = False
    b.purchases["五花肉", 4]["cert_no"] = None
    c.purchases["上海青", 4]["cert_no"] = None
    bureau.plant("ST-05", line)
    bureau.plant("ST-05", b.purchases["五花肉", 4])
    bureau.near_miss("ST-05", c.purchases["上海青", 4])
    a.purchases["大米", 6]["acceptor2_id"] = a.staff["buyer"][0]
    c.purchases["大米", 7]["acceptor2_id"] = None
    bureau.plant("ST-08", a.purchases["大米", 6])
    bureau.plant("ST-08", c.purchases["大米", 7])
    bureau.near_miss("ST-08", a.purchases["大米", 7])
    for canteen, price, planted in ((a, 26.46, True), (c, 26.5, True), (b, 26.45, False)):
        row = canteen.purchases["五花肉", 9]
        row["unit_price"], row["amount"] = price, round(row["qty"] * price, 2)
        canteen.payables[row["line_id"]]["invoice_amount"] = row["amount"]
        next(r for r in bureau.rows["canteen_cash"] if r["invoice_no"] == row["invoice_no"])["amount"] = row[
            "amount"
        ]
        (bureau.plant if planted else bureau.near_miss)("ST-12", row)
    a.purchases["上海青", 10]["posted_date"] = a.purchases["上海青", 10]["purchase_date"] + timedelta(days=8)
    c.purchases["上海青", 10]["posted_date"] = c.purchases["上海青", 10]["purchase_date"] + timedelta(days=7)
    b.closings[4]["publicity_date"] = date(2021, 5, 11)
    bureau.plant("ST-14", a.purchases["上海青", 10])
    bureau.plant("ST-14", b.closings[4])
    bureau.near_miss("ST-14", c.purchases["上海青", 10])
    bureau.near_miss("ST-14", c.closings[4])
    for canteen, item, planted in ((a, "礼盒装海参", True), (c, "茅台酒", True), (b, "料酒", False)):
        row = _other(bureau, canteen, item, 10.0, 30.0, "鲜味调料行", "调料")
        (bureau.plant if planted else bureau.near_miss)("ST-19", row)
    whole = [
        [
            _other(bureau, canteen, "定制食材包", 1000.0, price, supplier, "其他", method="自行采购")
            for price, supplier in lines
        ]
        for canteen, lines in (
            (a, ((250.0, "家和食品"), (250.0, "康达食品"))),
            (b, ((250.0, "家和食品"), (250.0, "家和食品"))),
            (c, ((249.9, "康达食品"), (250.0, "康达食品"))),
        )
    ]
    bureau.plant("ST-13", *whole[0])
    bureau.plant("ST-13", *whole[1])
    bureau.near_miss("ST-13", *whole[2])
    bureau.plant("ST-21", *whole[1])
    bureau.plant("ST-21", *whole[2])
    bureau.near_miss("ST-21", *whole[0])
    for canteen, more, planted in ((a, 100.0, True), (c, 1.0, False)):
        payable = canteen.payables[canteen.purchases["大米", 12]["line_id"]]
        payable["invoice_amount"] += more
        (bureau.plant if planted else bureau.near_miss)("ST-20", payable)
    payable = b.payables[b.purchases["大米", 13]["line_id"]]
    bureau.plant("ST-20", payable, pay(bureau, b, payable, date(2021, 6, 1)))


def _other(bureau, canteen, item, quantity, price, supplier, category, **more) -> Row:
    day = date(2021, 5, 12)
    row = purchase(
        bureau, canteen, day, item, category, quantity, price, supplier, date(2022, 5, 12), uom="份", **more
    )
    level = sum(
        r["qty"] for r in bureau.rows["food_stock"] if r["item_name"] == item and r["unit_id"] == canteen.unit
    )
    stock(bureau, canteen, item, day, "入库", quantity, level + quantity, row["line_id"])["uom"] = "份"
    return row


def _plant_books(bureau: Bureau, a: Canteen, b: Canteen, c: Canteen) -> None:
    """Stock, meals, money."""
    for canteen, week in ((a, 15), (b, 16)):
        canteen.purchases["大米", week]["qty"] += 1
        bureau.plant("ST-09", canteen.purchases["大米", week])
    row = c.purchases["大米", 15]
    row["qty"], row["uom"], row["unit_price"], row["market_price"] = row["qty"] * 2, "斤", 3.0, 2.9
    bureau.near_miss("ST-09", row)
    for canteen, day in ((a, date(2021, 8, 4)), (b, date(2021, 9, 8))):
        rows = [
            r for r in bureau.rows["food_stock"] if r["unit_id"] == canteen.unit and r["item_name"] == "大米"
        ]
        start = rows.index(canteen.issues["大米", day])
        for later in rows[start:]:
            later["balance_qty"] = round(later["balance_qty"] + 1, 2)
            if later["counted_qty"] is not None:
                later["counted_qty"] = later["balance_qty"]
        bureau.plant("ST-10", rows[start])
    counted = c.stock["大米", "盘点4"]
    rows = [r for r in bureau.rows["food_stock"] if r["unit_id"] == c.unit and r["item_name"] == "大米"]
    loss = round(counted["balance_qty"] * 0.019, 2)
    counted["counted_qty"] = round(counted["balance_qty"] - loss, 2)
    for later in rows[rows.index(counted) + 1 :]:
        later["balance_qty"] = round(later["balance_qty"] - loss, 2)
        if later["counted_qty"] is not None:
            later["counted_qty"] = later["balance_qty"]
    bureau.near_miss("ST-10", counted)
    april = [day for day in weekdays() if day.month == 4]
    a.meals[april[3], "职工"]["income_amount"] -= 50
    bureau.plant("ST-11", *(a.meals[day, "职工"] for day in april))
    b.meals[april[3], "职工"]["food_cost"] += 150
    bureau.plant("ST-11", *(b.meals[day, kind] for day in april for kind, _ in CLASSES))
    c.meals[april[3], "职工"]["income_amount"] -= 1
    bureau.near_miss("ST-11", *(c.meals[day, "职工"] for day in april))
    for canteen, day, diners in ((a, date(2021, 7, 7), 60), (b, date(2021, 7, 7), 100)):
        staff, athletes = canteen.meals[day, "职工"], canteen.meals[day, "运动员"]
        more = (diners - staff["diners"]) * FEE
        staff["diners"], staff["income_amount"] = diners, diners * FEE
        staff["other_cost"] = round(staff["other_cost"] + more, 2)
        bureau.plant("ST-22", athletes)
    # so many diners on one day make that week's food look cheap
    bureau.plant("ST-B01", b.issues["五花肉", date(2021, 7, 5)])
    full = c.meals[date(2021, 7, 7), "职工"]
    full["diners"] = bureau.unit(c.unit)["staff_count"] + 27 - 24
    more = (full["diners"] - 15) * FEE
    full["income_amount"], full["other_cost"] = full["diners"] * FEE, round(full["other_cost"] + more, 2)
    bureau.near_miss("ST-22", full)
    for canteen, staff, athletes, planted in ((a, 8, 12, True), (c, 8, 12, True), (b, 12, 20, False)):
        monday = date(2021, 10, 18)
        for day in (monday + timedelta(days=n) for n in range(5)):
            for kind, diners in (("职工", staff), ("运动员", athletes)):
                row = canteen.meals[day, kind]
                row["fee_standard"], row["diners"] = row["diners"] * FEE / diners, diners
        (bureau.plant if planted else bureau.near_miss)("ST-B01", canteen.issues["五花肉", monday])


def _plant_food(bureau: Bureau, a: Canteen, b: Canteen, c: Canteen) -> None:
    """Samples, temperatures, certificates, dates of expiry, records that are too even."""
    for canteen, day in ((a, date(2021, 5, 18)), (b, date(2021, 6, 16))):
        bureau.rows["food_log"].remove(canteen.samples[day, "清炒时蔬"])
        bureau.plant("ST-01", canteen.meals[day, "运动员"])
    bureau.near_miss("ST-01", c.meals[date(2021, 5, 18), "运动员"])
    light, short = a.samples[date(2021, 3, 3), "红烧肉"], c.samples[date(2021, 3, 4), "红烧肉"]
    light["weight_g"] = 124.0
    short["discard_time"] = short["log_time"] + timedelta(hours=47, minutes=59)
    near = b.samples[date(2021, 3, 3), "红烧肉"]
    near["weight_g"], near["discard_time"] = 125.0, near["log_time"] + timedelta(hours=48)
    bureau.plant("ST-02", light)
    bureau.plant("ST-02", short)
    bureau.near_miss("ST-02", near)
    for canteen, kind, value, planted in (
        (a, "冷藏温度", 8.1, True),
        (c, "冷冻温度", -11.9, True),
        (b, "冷藏温度", 8.0, False),
        (b, "冷冻温度", -12.0, False),
    ):
        row = canteen.readings[date(2021, 7, 15), kind]
        row["temp_c"] = value
        (bureau.plant if planted else bureau.near_miss)("ST-03", row)
    for canteen in (a, b):
        person = canteen.staff["cook"][3]
        bureau.rows["cert_asset"].remove(canteen.stock["健康证", person])
        bureau.plant("ST-04", bureau.person_row(person))
    c.stock["健康证", c.staff["cook"][3]]["valid_to"] = date(2022, 1, 31)
    bureau.near_miss("ST-04", bureau.person_row(c.staff["cook"][3]))
    for canteen, week in ((a, 20), (b, 21)):
        line = canteen.purchases["五花肉", week]
        line["expiry_date"] = line["purchase_date"] + timedelta(days=3)
        friday = line["purchase_date"] + timedelta(days=4)
        bureau.plant("ST-07", canteen.issues["五花肉", friday])
        bureau.near_miss("ST-07", canteen.issues["五花肉", friday - timedelta(days=1)])
    for canteen, month, planted in ((a, 3, True), (c, 3, True), (b, 3, False)):
        rows = [canteen.readings[day, "冷冻温度"] for day in weekdays() if day.month == month]
        for row in rows:
            row["temp_c"] = -18.0
        if planted:
            bureau.plant("ST-25", *rows)
        else:
            rows[7]["temp_c"] = -18.1
            bureau.near_miss("ST-25", *rows)
