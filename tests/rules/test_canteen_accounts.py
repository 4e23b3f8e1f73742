"""Canteen accounts, stock and money: what breaks each rule, what just does not, and missing data."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest


def bought(**more):
    return {
        "line_id": "C1",
        "purchase_date": date(2021, 3, 1),
        "unit_id": "U1",
        "item_name": "五花肉",
        "food_category": "肉类",
        "qty": 100.0,
        "uom": "公斤",
        "unit_price": 23.0,
        "amount": 2300.0,
        "market_price": 20.0,
        "supplier_name": "甲公司",
        "license_flag": True,
        "cert_no": "J1",
        "invoice_no": "F1",
        "method": "自行采购",
        "posted_date": date(2021, 3, 8),
    } | more


def cases(outcome):
    return {hit["case"] for hit in outcome.hits}


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("ST-05", {}, set()),
        ("ST-05", {"license_flag": False}, {"licence"}),
        ("ST-05", {"license_flag": None}, {"licence"}),
        ("ST-05", {"cert_no": None}, {"certificate"}),
        ("ST-05", {"cert_no": None, "food_category": "蔬菜水果"}, set()),
        ("ST-05", {"invoice_no": None}, {"invoice"}),
        ("ST-12", {}, set()),  # 115% to the fen
        ("ST-12", {"unit_price": 23.01}, {"noted"}),
        ("ST-12", {"unit_price": 23.01, "market_price": None}, set()),
        ("ST-19", {}, set()),
        ("ST-19", {"item_name": "中华香烟"}, {"hidden"}),
        ("ST-19", {"item_name": "飞天茅台酒"}, {"hidden"}),
        ("ST-19", {"item_name": "料酒"}, set()),
        ("ST-19", {"item_name": "料酒、茅台酒"}, {"hidden"}),
        ("ST-19", {"item_name": "油茶籽油"}, set()),
        ("ST-19", {"item_name": "绿茶"}, {"hidden"}),
    ],
)
def test_a_purchase_is_judged_at_its_limits(check, rule, change, expected):
    outcome, findings = check(rule, food_purchase=[bought(line_id="C0"), bought(**change)])
    assert cases(outcome) == expected and [f["row"] for f in findings] == ([3] if expected else [])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"posted_date": date(2021, 3, 9)}, {"posted"}),
        ({"posted_date": None}, {"unposted"}),
        ({"posted_date": None, "purchase_date": date(2021, 12, 24)}, set()),
        ({"posted_date": date(2022, 1, 2), "purchase_date": date(2021, 12, 23)}, {"unposted"}),
    ],
)
def test_st14_a_purchase_is_posted_within_a_week(check, change, expected):
    closing = [meal(ledger_date=date(2021, 2, 28), meal="月结", publicity_date=date(2021, 3, 10))]
    outcome, _ = check("ST-14", food_purchase=[bought(line_id="C0"), bought(**change)], meal_ledger=closing)
    assert cases(outcome) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"publicity_date": date(2021, 3, 11)}, {"late"}),
        ({"publicity_date": None}, {"hidden"}),
        ({"publicity_date": None, "ledger_date": date(2021, 12, 31)}, set()),
        ({"publicity_date": None, "meal": "午餐"}, set()),
    ],
)
def test_st14_the_months_accounts_are_published_within_ten_days(check, change, expected):
    row = meal(ledger_date=date(2021, 2, 28), meal="月结", publicity_date=date(2021, 3, 10)) | change
    first = meal(ledger_date=date(2021, 1, 31), meal="月结", publicity_date=date(2021, 2, 10))
    outcome, _ = check("ST-14", food_purchase=[bought()], meal_ledger=[first, row])
    assert cases(outcome) == expected


@pytest.mark.parametrize(
    ("market", "price", "expected"),
    [
        ([{"price_date": date(2021, 3, 1), "uom": "斤", "price": 10.0}], 23.0, set()),
        ([{"price_date": date(2021, 3, 1), "uom": "斤", "price": 10.0}], 23.01, {"market"}),
        ([{"price_date": date(2021, 1, 28), "uom": "斤", "price": 5.0}], 23.0, set()),
        ([{"price_date": date(2021, 3, 2), "uom": "斤", "price": 5.0}], 23.0, set()),
        (
            [
                {"price_date": date(2021, 2, 1), "uom": "公斤", "price": 5.0},
                {"price_date": date(2021, 3, 1), "uom": "公斤", "price": 20.0},
            ],
            23.0,
            set(),
        ),
    ],
)
def test_st12_the_latest_independent_price_within_a_month_per_kilogram(check, market, price, expected):
    rows = [{"item_name": "五花肉", "source": "批发市场"} | row for row in market]
    outcome, _ = check(
        "ST-12", food_purchase=[bought(unit_price=price, market_price=None)], market_price=rows
    )
    assert cases(outcome) == expected


def test_st12_a_crate_is_not_dear_because_it_holds_more_than_a_kilogram(check):
    rows = [bought(line_id=f"C{n}", unit_price=20.0, market_price=None) for n in range(5)]
    crate = bought(line_id="X", unit_price=200.0, uom="箱", market_price=None)
    market = {
        "item_name": "五花肉",
        "source": "批发市场",
        "price_date": date(2021, 3, 1),
        "uom": "公斤",
        "price": 20.0,
    }
    outcome, _ = check("ST-12", food_purchase=[*rows, crate], market_price=[market])
    assert outcome.outcome == "passed"


@pytest.mark.parametrize(("price", "found"), [(23.0, 0), (23.01, 1)])
def test_st12_where_sources_differ_the_price_must_be_above_the_highest(check, price, found):
    market = {"item_name": "五花肉", "price_date": date(2021, 3, 1), "uom": "公斤"}
    rows = [
        market | {"source": source, "price": said} for source, said in (("甲市场", 20.0), ("乙市场", 15.0))
    ]
    outcome, _ = check(
        "ST-12", food_purchase=[bought(unit_price=price, market_price=None)], market_price=rows
    )
    assert len(outcome.hits) == found


@pytest.mark.parametrize(("price", "lines", "found"), [(25.0, 4, 0), (25.01, 4, 1), (25.01, 3, 0)])
def test_st12_the_median_needs_five_lines(check, price, lines, found):
    rows = [bought(line_id=f"C{n}", unit_price=20.0, market_price=None) for n in range(lines)]
    odd = bought(line_id="X", unit_price=price / 2, uom="斤", market_price=None)
    _, findings = check("ST-12", food_purchase=[*rows, odd])
    assert len(findings) == found


@pytest.mark.parametrize(
    ("amounts", "more", "found"),
    [
        ([200000.0, 299999.99], {}, 0),
        ([200000.0, 300000.0], {}, 1),
        ([200000.0, 300000.0], {"method": "公开招标"}, 0),
        ([200000.0, 300000.0], {"food_category": "水产"}, 0),
        ([200000.0, 300000.0], {"unit_id": "U2"}, 0),
    ],
)
def test_st13_own_purchases_of_a_kind_stay_below_the_limit(check, amounts, more, found):
    rows = [bought(amount=amounts[0]), bought(line_id="C2", amount=amounts[1]) | more]
    assert len(check("ST-13", food_purchase=rows)[1]) == found


def stock(**more):
    return {
        "txn_id": "K1",
        "txn_date": date(2021, 3, 1),
        "unit_id": "U1",
        "item_name": "五花肉",
        "txn_type": "入库",
        "qty": 100.0,
        "uom": "公斤",
        "balance_qty": 100.0,
        "counted_qty": None,
        "purchase_line_id": "C1",
    } | more


@pytest.mark.parametrize(
    ("purchase", "rows", "expected"),
    [
        ({}, [stock()], set()),
        ({}, [stock(qty=200.0, uom="斤")], set()),
        ({}, [stock(qty=99.98)], {"differs"}),
        ({}, [stock(qty=99.99)], set()),
        ({}, [stock(), stock(txn_id="K2", txn_type="退货", qty=5.0)], set()),
        ({"qty": 95.0}, [stock(), stock(txn_id="K2", txn_type="退货", qty=5.0)], set()),
        ({"qty": 94.0}, [stock(), stock(txn_id="K2", txn_type="退货", qty=5.0)], {"differs"}),
        ({}, [stock(uom="箱")], {"unit"}),
        ({"uom": "箱"}, [stock(uom="箱")], set()),
        ({"uom": "箱"}, [stock(uom="袋")], {"unit"}),
        ({}, [stock(qty=94.0), stock(txn_id="K2", qty=6.0, uom="箱")], {"unit"}),
        ({"uom": "袋"}, [stock(qty=94.0, uom="袋"), stock(txn_id="K2", qty=6.0, uom="箱")], {"unit"}),
        ({}, [stock(purchase_line_id="C9")], {"none"}),
        ({"purchase_date": date(2021, 12, 29)}, [stock(purchase_line_id="C9")], set()),
    ],
)
def test_st09_what_was_bought_was_taken_in(check, purchase, rows, expected):
    outcome, _ = check("ST-09", food_purchase=[bought(**purchase)], food_stock=rows)
    assert cases(outcome) == expected


def test_what_is_off_is_told_at_the_price_paid_and_not_all_that_was_bought(check):
    """90 kg taken in of 100 bought for 500 yuan; five of them sent back as well: the reading that is nearer counts."""
    short = stock(qty=90.0)
    back = stock(txn_id="K2", txn_type="退货", qty=5.0)
    for rows, amount in (([short], 50.0), ([short, back], 50.0), ([stock(purchase_line_id="C9")], 500.0)):
        outcome, _ = check("ST-09", food_purchase=[bought(qty=100.0, amount=500.0)], food_stock=rows)
        assert [hit["amount"] for hit in outcome.hits] == [amount]
    outcome, _ = check("ST-09", food_purchase=[bought(qty=100.0, amount=None)], food_stock=[short])
    assert [hit["amount"] for hit in outcome.hits] == [None]


def book(*steps):
    """Rows of one item: (type, quantity, balance, count)."""
    return [
        stock(txn_id=f"K{n}", txn_type=t, qty=q, balance_qty=b, counted_qty=c)
        for n, (t, q, b, c) in enumerate(steps)
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (book(("期初", 10.0, 10.0, None), ("入库", 5.0, 15.0, None), ("出库", 3.0, 12.0, None)), set()),
        (book(("期初", 10.0, 10.0, None), ("出库", 3.0, 7.01, None)), set()),
        (book(("期初", 10.0, 10.0, None), ("出库", 3.0, 7.02, None)), {"broken"}),
        (book(("期初", 10.0, 10.0, None), ("报损", 1.0, 9.0, None), ("退货", 1.0, 8.0, None)), set()),
        (book(("期初", 100.0, 100.0, None), ("盘点", 0.0, 100.0, 98.0), ("出库", 1.0, 97.0, None)), set()),
        (
            book(("期初", 100.0, 100.0, None), ("盘点", 0.0, 100.0, 98.0), ("出库", 1.0, 99.0, None)),
            {"broken"},
        ),
        (book(("期初", 100.0, 100.0, None), ("盘点", 0.0, 100.0, 97.99)), {"count"}),
        (book(("期初", 100.0, 100.0, None), ("盘点", 0.0, 100.0, None)), {"uncounted"}),
    ],
)
def test_st10_each_balance_follows_from_the_one_before(check, rows, expected):
    outcome, _ = check("ST-10", food_stock=rows)
    assert cases(outcome) == expected


def test_st10_says_what_its_quantities_are_measured_in(check):
    rows = book(("期初", 100.0, 100.0, None), ("盘点", 0.0, 90.0, 80.0))
    _, (finding,) = check("ST-10", food_stock=[row | {"uom": "公斤"} for row in rows])
    assert "应为100公斤，差10公斤" in finding["message_zh"] and "实盘80公斤" in finding["message_zh"]
    assert "off by 10 kg" in finding["message_en"]


@pytest.mark.parametrize("seed", range(5))
def test_st10_agrees_with_plain_pandas(check, seed):
    rng, rows, level = random.Random(seed), [], {}
    for number in range(300):
        item = rng.choice("甲乙丙")
        sign, kind = rng.choice([(1, "入库"), (-1, "出库"), (-1, "报损")])
        quantity = rng.randint(1, 20) / 2
        level[item] = level.get(item, 0) + sign * quantity + (rng.random() < 0.05)
        rows.append(
            stock(txn_id=f"K{number}", item_name=item, txn_type=kind, qty=quantity, balance_qty=level[item])
        )
    frame = pd.DataFrame(rows)
    moved = frame.qty.where(frame.txn_type == "入库", -frame.qty)
    before = frame.groupby("item_name").balance_qty.shift()
    wrong = frame.index[(frame.balance_qty - before - moved).abs() > 0.01]
    _, findings = check("ST-10", food_stock=rows)
    assert sorted(f["row"] for f in findings) == [place + 2 for place in wrong] and len(wrong) > 3


def meal(**more):
    return {
        "unit_id": "U1",
        "ledger_date": date(2021, 3, 1),
        "meal": "午餐",
        "diner_class": "运动员",
        "diners": 100,
        "fee_standard": 10.0,
        "income_amount": 900.0,
        "subsidy_amount": 100.0,
        "food_cost": 950.0,
        "other_cost": 50.0,
        "dish_count": 2,
        "publicity_date": None,
    } | more


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"income_amount": 901.0, "food_cost": 951.0}, set()),
        ({"income_amount": 901.01, "food_cost": 951.01}, {"income"}),
        ({"income_amount": None}, set()),
        ({"food_cost": 920.0, "other_cost": 50.0}, {"surplus"}),
        ({"food_cost": 930.0, "other_cost": 50.0}, set()),
        ({"food_cost": 919.0, "other_cost": 50.0}, {"surplus", "month"}),
        ({"food_cost": None}, set()),
        ({"meal": "月结", "food_cost": 1.0}, set()),
    ],
)
def test_st11_money_follows_meals(check, change, expected):
    other = meal(unit_id="U9", ledger_date=date(2021, 4, 1))
    outcome, _ = check("ST-11", meal_ledger=[other, meal(**change)])
    assert cases(outcome) == expected


@pytest.mark.parametrize(("issued", "found"), [(850.0, False), (849.99, True), (None, False)])
def test_st11_food_cost_is_what_left_the_store(check, issued, found):
    out = stock(txn_type="出库", qty=1.0, txn_date=date(2021, 3, 5)) | {"unit_cost": issued}
    other = stock(unit_id="U9") | {"unit_cost": 1.0}
    outcome, _ = check("ST-11", meal_ledger=[meal()], food_stock=[other, out])
    assert ("cost" in cases(outcome)) == found


def invoice(**more):
    return {
        "invoice_no": "F1",
        "supplier_name": "甲公司",
        "unit_id": "U1",
        "invoice_date": date(2021, 3, 5),
        "invoice_amount": 2300.0,
    } | more


def paid(**more):
    return {
        "entry_id": "Z1",
        "entry_date": date(2021, 3, 20),
        "unit_id": "U1",
        "direction": "支出",
        "counterparty": "甲公司",
        "invoice_no": "F1",
        "amount": 2300.0,
    } | more


@pytest.mark.parametrize(
    ("purchase", "bill", "payment", "expected"),
    [
        ({}, {}, {}, set()),
        ({"amount": 2299.0}, {}, {}, set()),
        ({"amount": 2298.99}, {}, {}, {"differs"}),
        ({"invoice_no": "F2"}, {}, {}, {"unreceived", "uninvoiced"}),
        ({"invoice_no": None}, {}, {}, {"unreceived"}),
        ({"invoice_no": "F2", "purchase_date": date(2021, 12, 1)}, {}, {}, {"unreceived"}),
        ({}, {}, {"amount": 2301.0}, set()),
        ({}, {}, {"amount": 2301.01}, {"overpaid"}),
        ({}, {}, {"invoice_no": "F9"}, {"unmatched"}),
        ({}, {}, {"counterparty": "乙公司"}, {"unmatched"}),
        ({}, {}, {"direction": "收入", "invoice_no": "F9"}, set()),
    ],
)
def test_st20_goods_invoice_and_payment_agree(check, purchase, bill, payment, expected):
    outcome, _ = check(
        "ST-20",
        food_purchase=[bought(line_id="C0", invoice_no="F0"), bought(**purchase)],
        canteen_payable=[invoice(invoice_no="F0"), invoice(**bill)],
        canteen_cash=[paid(entry_id="Z0", invoice_no="F0"), paid(**payment)],
    )
    assert cases(outcome) == expected
    off = {hit["case"]: hit["amount"] for hit in outcome.hits if hit["case"] in ("differs", "overpaid")}
    assert all(amount == 1.01 for amount in off.values()), "the difference, not the invoice"


@pytest.mark.parametrize(
    ("first", "second", "found"), [(6000.0, 6000.0, 0), (6001.0, 6000.0, 1), (5000.0, 4999.0, 0)]
)
def test_st21_more_than_half_with_one_supplier_is_shown(check, first, second, found):
    rows = [bought(amount=first), bought(line_id="C2", supplier_name="乙公司", amount=second)]
    assert len(check("ST-21", food_purchase=rows)[1]) == found


def athlete(number, **more):
    return {
        "ath_id": f"A{number}",
        "unit_id": "U1",
        "in_training": True,
        "start_date": date(2020, 1, 1),
        "end_date": None,
    } | more


@pytest.mark.parametrize(
    ("diners", "athletes", "away", "found"),
    [
        (12, [athlete(1), athlete(2)], [], 0),
        (13, [athlete(1), athlete(2)], [], 1),
        (12, [athlete(1), athlete(2, end_date=date(2021, 2, 28))], [], 1),
        (12, [athlete(1), athlete(2, end_date=date(2021, 3, 1))], [], 0),
        (12, [athlete(1), athlete(2, start_date=date(2021, 3, 2))], [], 1),
        (12, [athlete(1), athlete(2)], [("A2", date(2021, 3, 1), date(2021, 3, 1))], 1),
        (12, [athlete(1), athlete(2)], [("A2", date(2021, 3, 2), date(2021, 3, 9))], 0),
    ],
)
def test_st22_nobody_eats_who_is_not_there(check, diners, athletes, away, found):
    gone = [{"ath_id": a, "unit_id": "U1", "from_date": b, "to_date": c} for a, b, c in away]
    data = {"athlete_away": gone} if gone else {}
    guests = meal(diner_class="客饭", diners=50)
    unit = {"unit_id": "U1", "unit_name": "中心", "staff_count": 10}
    _, findings = check(
        "ST-22", meal_ledger=[meal(diners=diners), guests], athlete=athletes, unit=[unit], **data
    )
    assert len(findings) == found


RULES = [
    "ST-05",
    "ST-09",
    "ST-10",
    "ST-11",
    "ST-12",
    "ST-13",
    "ST-14",
    "ST-19",
    "ST-20",
    "ST-21",
    "ST-22",
    "ST-B01",
]


@pytest.mark.parametrize("rule", RULES)
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")


@pytest.mark.parametrize(("last", "found"), [(130.0, 0), (130.5, 1), (70.0, 0), (69.0, 1), (None, 0)])
def test_stb01_a_week_off_the_median_is_shown(check, last, found):
    weeks = [date(2021, 3, 1 + 7 * n) for n in range(4)] + [date(2021, 4, 5), date(2021, 4, 12)]
    meals = [meal(ledger_date=day.replace(day=day.day + n)) for day in weeks for n in range(5)]
    costs = [100.0] * 5 + [last]
    out = [
        stock(txn_id=str(day), txn_type="出库", txn_date=day, qty=500.0) | {"unit_cost": cost and cost / 100}
        for day, cost in zip(weeks, costs, strict=True)
    ]
    told = [finding["message_zh"] for finding in check("ST-B01", food_stock=out, meal_ledger=meals)[1]]
    assert len(told) == found and all(message.startswith("2021-04-12起一周") for message in told)


@pytest.mark.parametrize(("swing", "found"), [(8.0, 1), (12.0, 0)])
def test_stb01_a_canteen_that_varies_much_anyway_is_not_shown(check, swing, found):
    """A week 44% off the median of 104 is beyond 3.5 × 1.4826 × 7.7%; one 42% off that of 106 is within 3.5 × 1.4826 × 11.3%."""
    weeks = [date(2021, 3, 1) + timedelta(weeks=n) for n in range(8)]
    meals = [meal(ledger_date=day + timedelta(days=n)) for day in weeks for n in range(5)]
    costs = [100 + swing * (-1) ** n for n in range(6)] + [100.0, 150.0]
    out = [
        stock(txn_id=str(day), txn_type="出库", txn_date=day, qty=500.0) | {"unit_cost": cost / 100}
        for day, cost in zip(weeks, costs, strict=True)
    ]
    assert len(check("ST-B01", food_stock=out, meal_ledger=meals)[1]) == found


def test_stb01_a_week_that_began_before_the_period_is_not_judged_by_half(check):
    weeks = [date(2020, 12, 28) + timedelta(days=7 * n) for n in range(7)]
    meals = [meal(ledger_date=day + timedelta(days=n)) for day in weeks for n in range(7)]
    out = [
        stock(txn_id=f"{day}{n}", txn_type="出库", txn_date=day + timedelta(days=n), qty=100.0)
        | {"unit_cost": 1.0}
        for day in weeks
        for n in range(7)
    ]
    assert check("ST-B01", food_stock=out, meal_ledger=meals)[0].outcome == "passed"
