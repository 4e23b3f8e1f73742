"""A year of small procurement in every unit, and what is planted in it."""

from datetime import date, timedelta

from mingjing.sample.bureau import Bureau, Row

# code, category, item, specification, price, in the year's central catalogue
_GOODS = (
    ("A05010201", "办公桌", "办公桌", "1.4米", 860.0, False),
    ("A07010101", "办公用纸", "复印纸", "A4 70克", 168.0, False),
    ("A02061804", "空调机", "壁挂空调", "1.5匹", 2680.0, False),
    ("A02020100", "复印机", "复印机硒鼓", "通用", 420.0, False),
    ("C16070301", "印刷服务", "宣传册印制", "32开", 12.5, False),
    ("A08020300", "清洁用品", "保洁用品", "套", 95.0, False),
)
_LISTED = (("A02010105", "便携式计算机"), ("A02010104", "台式计算机"), ("A0201060102", "A4黑白打印机"))
_SELLERS = (
    "永信商贸有限公司",
    "鑫源办公设备有限公司",
    "天成印务有限公司",
    "百合家具厂",
    "华阳电器商行",
    "净美用品店",
)


def build(bureau: Bureau) -> None:
    representatives = {seller: bureau.name() for seller in _SELLERS}
    for number, unit in enumerate(bureau.rows["unit"]):
        for month in range(1, 13):
            code, name, item, spec, price, _ = _GOODS[month % len(_GOODS)]
            seller = _SELLERS[(month + number) % len(_SELLERS)]
            day = date(2021, month, 4 + (number * 5) % 20)
            more = {"category_code": code, "category_name": name, "item_name": item, "spec": spec}
            more |= {"supplier_legal_rep": representatives[seller], "ref_price": price, "unit_price": price}
            purchase(bureau, unit, day, seller, float(int(1800 / price) + 1), **more)
    for code, name in _LISTED:
        for year in (2020, 2021):
            row = {"year": year, "category_code": code, "category_name": name, "min_amount": 3000.0}
            bureau.add("procurement_catalog", **row)
    _plant(bureau, bureau.rows["unit"])
    bureau.rows["purchase"].sort(key=lambda row: (row["contract_date"], row["purchase_id"]))


def purchase(bureau: Bureau, unit: Row, day: date, seller: str, qty: float, **more) -> Row:
    staff = bureau.staff(unit["unit_id"])
    price = more["unit_price"]
    usual = {
        "purchase_id": bureau.number("CG2021"),
        "unit_id": unit["unit_id"],
        "fiscal_year": bureau.year,
        "budget_project": "办公运行",
        "category_code": "A05010201",
        "category_name": "办公桌",
        "item_name": "办公桌",
        "spec": None,
        "qty": qty,
        "amount": round(qty * price, 2),
        "ref_price": None,
        "in_catalog": False,
        "method": "自行采购",
        "method_approval_no": None,
        "supplier_name": seller,
        "supplier_uscc": None,
        "supplier_legal_rep": None,
        "requester_id": staff["clerk"][day.month % 3],
        "approver_id": staff["deputy"][0],
        "buyer_id": staff["purchase"][0],
        "acceptor_id": staff["clerk"][3],
        "approval_date": day - timedelta(days=3),
        "contract_date": day,
        "contract_amount": round(qty * price, 2),
        "accept_date": day + timedelta(days=2),
        "pay_date": day + timedelta(days=6),
        "is_secret": False,
        "contract_no": None,
        "framework_no": None,
        "quote_count": 3 if qty * price >= 10000 else None,
    }
    return bureau.add("purchase", **(usual | more))


def _plant(bureau: Bureau, units: list[Row]) -> None:
    _plant_splits(bureau, units)
    _plant_channels(bureau, units)
    _plant_prices(bureau, units)
    _plant_duties(bureau, units)
    _plant_suppliers(bureau, units)


def _plant_splits(bureau: Bureau, units: list[Row]) -> None:
    works = {
        "category_code": "A02330100",
        "category_name": "体育器材",
        "item_name": "训练器材",
        "budget_project": "训练保障",
    }
    for unit, sums, plan in (
        (units[1], (1100000.0, 950000.0), bureau.plant),
        (units[4], (1200000.0, 800000.01), bureau.plant),
        (units[2], (1200000.0, 800000.0), bureau.near_miss),
    ):
        rows = [
            purchase(
                bureau,
                unit,
                date(2021, month, 12),
                f"{name}体育器材有限公司",
                1.0,
                unit_price=yuan,
                method="竞争性磋商",
                **works,
            )
            for month, name, yuan in zip((3, 9), ("康健", "腾跃"), sums, strict=True)
        ]
        plan("CG-01", *rows)
    signs = {"category_code": "C08060100", "category_name": "广告服务", "item_name": "展板制作"}
    for unit, days, sellers, more, plan in (
        (units[6], (0, 12, 30), ("新视广告社",) * 3, {}, bureau.plant),
        (units[7], (0, 9, 15), ("新视广告社", "大成图文店", "红星喷绘店"), {}, bureau.plant),
        (units[8], (0, 31, 62), ("新视广告社",) * 3, {}, bureau.near_miss),
        (units[9], (0, 12, 30), ("新视广告社",) * 3, {"framework_no": "KJ2021-08"}, bureau.near_miss),
    ):
        rows = [
            purchase(
                bureau,
                unit,
                date(2021, 4, 6) + timedelta(days=n),
                seller,
                1.0,
                unit_price=4000.0,
                **signs,
                **more,
            )
            for n, seller in zip(days, sellers, strict=True)
        ]
        for row in rows:
            row["requester_id"] = bureau.staff(unit["unit_id"])["clerk"][0]
        plan("CG-02", *rows)


def _plant_channels(bureau: Bureau, units: list[Row]) -> None:
    laptop = {
        "category_code": "A02010105",
        "category_name": "便携式计算机",
        "item_name": "笔记本电脑",
        "unit_price": 6200.0,
    }
    for unit, day, more, plan in (
        (units[1], date(2021, 5, 10), {}, bureau.plant),
        (units[5], date(2021, 10, 13), {"in_catalog": True}, bureau.plant),
        (units[3], date(2021, 5, 11), {"method": "协议供货", "in_catalog": True}, bureau.near_miss),
        (units[6], date(2021, 9, 7), {"unit_price": 2999.0}, bureau.near_miss),
    ):
        plan("CG-03", purchase(bureau, unit, day, "鑫源办公设备有限公司", 1.0, **(laptop | more)))
    desk = {
        "category_code": "A02010104",
        "category_name": "台式计算机",
        "method": "协议供货",
        "in_catalog": True,
    }
    for unit, item, price, plan in (
        (units[0], "台式电脑", 5600.0, bureau.plant),
        (units[10], "台式电脑", 5000.01, bureau.plant),
        (units[11], "台式电脑", 5000.0, bureau.near_miss),
        (units[12], "图形工作站", 12800.0, bureau.near_miss),
    ):
        row = purchase(
            bureau,
            unit,
            date(2021, 6, 8),
            "鑫源办公设备有限公司",
            1.0,
            **desk,
            item_name=item,
            unit_price=price,
        )
        plan("CG-07", row)


def _plant_prices(bureau: Bureau, units: list[Row]) -> None:
    def bought(unit: Row, item: str) -> Row:
        rows = (row for row in bureau.rows["purchase"] if row["unit_id"] == unit["unit_id"])
        return next(row for row in rows if row["item_name"] == item)

    for unit, item, price, plan in (
        (units[2], "复印纸", 184.81, bureau.plant),
        (units[3], "复印纸", 184.8, bureau.near_miss),
    ):
        row = bought(unit, item)
        row["unit_price"], row["amount"] = price, round(row["qty"] * price, 2)
        plan("CG-06", row)
    row = bought(units[4], "办公桌")
    row["unit_price"], row["ref_price"], row["amount"] = 1150.0, None, round(row["qty"] * 1150.0, 2)
    bureau.plant("CG-06", row)
    mats = {"category_code": "A02450100", "category_name": "地毯", "item_name": "训练地垫"}
    quotes = {"quote2_supplier": "宏运经营部", "quote3_supplier": "聚丰经营部"}
    for unit, price, given, plan in (
        (
            units[5],
            12000.0,
            {"quote_count": 2, "quote3_supplier": None, "quote2_amount": 12300.0},
            bureau.plant,
        ),
        (units[6], 12000.0, {"quote2_amount": 11860.0, "quote3_amount": 12500.0}, bureau.plant),
        (units[7], 12000.0, {"quote2_supplier": "安泰地毯 经营部", "quote2_amount": 12400.0}, bureau.plant),
        (units[8], 12000.0, {"quote2_amount": 12000.0, "quote3_amount": 12800.0}, bureau.near_miss),
        (
            units[9],
            9999.0,
            {"quote_count": 1, "quote2_supplier": None, "quote3_supplier": None},
            bureau.near_miss,
        ),
    ):
        row = purchase(
            bureau,
            unit,
            date(2021, 8, 19),
            "安泰地毯经营部",
            1.0,
            unit_price=price,
            **mats,
            **(quotes | given),
        )
        plan("CG-09", row)


def _plant_duties(bureau: Bureau, units: list[Row]) -> None:
    def of(unit: Row, month: int) -> Row:
        rows = (row for row in bureau.rows["purchase"] if row["unit_id"] == unit["unit_id"])
        return next(
            row for row in rows if row["contract_date"].month == month and row["budget_project"] == "办公运行"
        )

    same, nobody, unpaid = of(units[3], 2), of(units[9], 7), of(units[10], 12)
    same["acceptor_id"] = same["buyer_id"]
    nobody["acceptor_id"] = None
    unpaid["acceptor_id"] = unpaid["pay_date"] = unpaid["accept_date"] = None
    bureau.plant("CG-05", same)
    bureau.plant("CG-05", nobody)
    bureau.near_miss("CG-05", unpaid)
    late, early, level = of(units[5], 3), of(units[11], 9), of(units[12], 9)
    late["approval_date"] = late["contract_date"] + timedelta(days=4)
    early["pay_date"] = early["accept_date"] - timedelta(days=1)
    level["approval_date"] = level["accept_date"] = level["pay_date"] = level["contract_date"]
    bureau.plant("CG-B03", late)
    bureau.plant("CG-B03", early)
    bureau.near_miss("CG-B03", level)


def _plant_suppliers(bureau: Bureau, units: list[Row]) -> None:
    service = {"category_code": "C10010000", "category_name": "物业服务", "item_name": "物业维修"}
    quotes = {"quote2_supplier": "宏运经营部", "quote3_supplier": "聚丰经营部"}
    for place, (unit, share, plan) in enumerate(
        ((units[11], 0.63, bureau.plant), (units[12], 0.75, bureau.plant), (units[13], 0.6, bureau.near_miss))
    ):
        own = [
            r
            for r in bureau.rows["purchase"]
            if r["unit_id"] == unit["unit_id"] and r["method"] == "自行采购"
        ]
        yuan = round(sum(row["amount"] for row in own) * share / (1 - share), 2)
        row = purchase(
            bureau,
            unit,
            date(2021, 11, 3 + place),
            f"德润物业{place + 1}部",
            1.0,
            unit_price=yuan,
            **service,
            **quotes,
        )
        plan("CG-B04", row)
    names = {row["person_id"]: row["name"] for row in bureau.rows["person"]}
    for unit, staff_of, seller, plan in (
        (units[7], units[7], "源丰商行", bureau.plant),
        (units[8], units[0], "顺达商行", bureau.plant),
        (units[9], None, "吉祥商行", bureau.near_miss),
    ):
        name = bureau.name() if staff_of is None else names[bureau.staff(staff_of["unit_id"])["hr"][0]]
        row = purchase(
            bureau,
            unit,
            date(2021, 12, 2),
            seller,
            1.0,
            unit_price=1260.0,
            supplier_legal_rep=name,
            item_name="文件柜",
            category_code="A05010400",
            category_name="柜类",
        )
        plan("CG-08", row)
