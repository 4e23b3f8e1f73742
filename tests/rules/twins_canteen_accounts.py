"""Plain pandas twins of the canteen rules: purchases, invoices, payments, prices."""

import re
from datetime import date

import pandas as pd
from twins import by, day, each, later, month, own, rows, twin

ITEMS = ["大米", "猪肉", "牛奶"]
KG = {"斤": 0.5, "公斤": 1.0, "克": 0.001}


purchases = rows(
    "food_purchase",
    90,
    item_name=ITEMS,
    supplier_name=["甲公司", "乙公司"],
    invoice_no=["F1", "F2", "F3", "F4", None],
    amount=[10.0, 60.0, 200.0],
)


@twin("ST-05", food_purchase=purchases)
def st05(d, p):
    t = d.food_purchase
    inside = d.within(t.purchase_date)
    yield "licence", own(t), inside & (~t.license_flag.eq(True))
    yield "certificate", own(t), inside & t.food_category.isin(p.cert_required) & t.cert_no.isna()
    yield "invoice", own(t), inside & t.invoice_no.isna()


@twin("ST-08", food_purchase=purchases)
def st08(d, p):
    t = d.food_purchase
    inside = d.within(t.purchase_date)
    yield "buyer", own(t), inside & ((t.buyer_id == t.acceptor1_id) | (t.buyer_id == t.acceptor2_id))
    people = pd.Series([len({*pair} - {None}) for pair in zip(t.acceptor1_id, t.acceptor2_id, strict=True)])
    yield "single", own(t), inside & (people < 2)


@twin(
    "ST-07",
    food_purchase=each(
        "food_purchase",
        "line_id",
        list("ABCDEFGH"),
        expiry_date=lambda rng, row: day(rng, date(2021, 3, 1), 8),
    ),
    food_stock=rows(
        "food_stock",
        120,
        purchase_line_id=list("ABCDEFGHZ"),
        txn_type=["出库", "报损"],
        txn_date=lambda rng, row: day(rng, date(2021, 3, 1), 10),
    ),
)
def st07(d, p):
    expiry = d.food_purchase.set_index("line_id").expiry_date
    t = d.food_stock
    yield (
        "expired",
        own(t),
        (t.txn_type == "出库") & (t.txn_date > t.purchase_line_id.map(expiry)) & d.within(t.txn_date),
    )


measured = dict(item_name=ITEMS, uom=["公斤", "公斤", "斤", "箱"])


@twin(
    "ST-12",
    food_purchase=rows(
        "food_purchase",
        150,
        unit_price=[5.0, 5.75, 5.76, 8.0, 12.0],
        market_price=[5.0, None],
        purchase_date=lambda rng, row: day(rng, date(2020, 12, 20), 90),
        **measured,
    ),
    market_price=rows(
        "market_price",
        14,
        price=[4.0, 5.0, 10.0],
        price_date=lambda rng, row: day(rng, date(2020, 12, 1), 90),
        **measured,
    ),
)
def st12(d, p):
    t, m = d.food_purchase, d.market_price
    for f, price in ((t, "unit_price"), (m, "price")):
        f["per"], f["measure"] = f[price] / f.uom.map(KG).fillna(1), f.uom.where(~f.uom.isin(KG), "公斤")
    inside = d.within(t.purchase_date)
    yield "noted", own(t), inside & (t.unit_price > t.market_price * (1 + p.p) + 1e-6)
    dear = []
    for b in t.itertuples():
        same = m[
            (m.item_name == b.item_name)
            & (m.measure == b.measure)
            & ((b.purchase_date - m.price_date).dt.days.between(0, p.max_days))
        ]
        dear.append(b.per > same[same.price_date == same.price_date.max()].per.max() * (1 + p.p) + 1e-6)
    yield "market", own(t), inside & pd.Series(dear)
    g = t.groupby(["item_name", "measure", month(t.purchase_date)]).per
    yield (
        "median",
        own(t),
        inside & (g.transform("count") >= p.n_median) & (t.per > g.transform("median") * (1 + p.q) + 1e-6),
    )


@twin(
    "ST-13",
    food_purchase=rows(
        "food_purchase",
        200,
        method=["自行采购", "自行采购", "询价"],
        food_category=["米面", "肉类"],
        amount=[20000.0, 50000.0],
    ),
)
def st13(d, p):
    t = d.food_purchase
    t = t[t.method == "自行采购"]
    # before the year is over only what lies in the period is added up
    t = t if d.as_of >= date(2021, 12, 31) else t[d.within(t.purchase_date)]
    groups = by(t.assign(year=t.purchase_date.dt.year), "unit_id", "food_category", "year")
    yield "bulk", [key for key, _ in groups], [g.amount.sum() >= p.L_yuan for _, g in groups]


@twin(
    "ST-14",
    food_purchase=rows(
        "food_purchase",
        80,
        purchase_date=lambda rng, row: day(rng, date(2021, 8, 1), 70),
        posted_date=later("purchase_date", 0, 7, 8, 40),
    ),
    meal_ledger=rows(
        "meal_ledger",
        60,
        meal=["月结", "月结", "午餐"],
        ledger_date=[date(2021, m, 28) for m in range(1, 13)],
        publicity_date=later("ledger_date", 2, 10, 12, 13, 14, 60),
    ),
)
def st14(d, p):
    t = d.food_purchase
    posted = d.known(t.posted_date)
    waited = (posted.fillna(d.today) - t.purchase_date).dt.days > p.n_days
    yield "posted", own(t), waited & posted.notna()
    yield "unposted", own(t), waited & posted.isna()
    m = d.meal_ledger[d.meal_ledger.meal == "月结"]
    due, shown = (
        m.ledger_date + pd.offsets.MonthEnd(0) + pd.Timedelta(days=p.m_days),
        d.known(m.publicity_date),
    )
    yield "late", own(m), shown > due
    yield "hidden", own(m), shown.isna() & (due < d.today)


words = [
    "茅台",
    "料酒",
    "料酒、茅台",
    "茶叶",
    "油茶籽油",
    "烟熏肉",
    "香烟",
    "大米",
    "海参",
    "奶茶",
    "铁观音茶",
    "茶树菇",
]


@twin("ST-19", food_purchase=rows("food_purchase", 90, item_name=words))
def st19(d, p):
    t = d.food_purchase
    left = t.item_name.map(lambda name: re.sub(p.exceptions, " ", name))
    yield "hidden", own(t), d.within(t.purchase_date) & left.map(lambda name: bool(re.search(p.words, name)))


bills = ["F1", "F2", "F3", "F4"]


@twin(
    "ST-20",
    food_purchase=rows(
        "food_purchase",
        25,
        invoice_no=[*bills, "F9", None],
        supplier_name=["甲公司", "乙公司"],
        amount=[5.0, 10.0],
        purchase_date=lambda rng, row: day(rng, date(2021, 7, 1), 150),
    ),
    canteen_payable=each(
        "canteen_payable",
        "invoice_no",
        bills,
        supplier_name=["甲公司", "乙公司"],
        invoice_amount=[10.0, 11.0, 11.01, 20.0],
        invoice_date=[date(2021, 3, 1)],
    ),
    canteen_cash=rows(
        "canteen_cash",
        20,
        direction=["支出", "支出", "收入"],
        invoice_no=[*bills, "F8", None],
        counterparty=["甲公司", "乙公司"],
        amount=[5.0, 6.0, 12.0],
    ),
)
def st20(d, p):
    bought, bills, paid = d.food_purchase.dropna(subset="invoice_no"), d.canteen_payable, d.canteen_cash
    paid = paid[(paid.direction == "支出") & paid.invoice_no.notna()]
    known = set(zip(bills.invoice_no, bills.supplier_name, strict=True))
    for b in bills.itertuples():
        goods = bought[(bought.invoice_no == b.invoice_no) & (bought.supplier_name == b.supplier_name)]
        money = paid[(paid.invoice_no == b.invoice_no) & (paid.counterparty == b.supplier_name)]
        off = abs(b.invoice_amount - goods.amount.sum()) > p.tol_yuan + 1e-6
        yield "unreceived", [(b.row,)], [not len(goods)]
        yield "differs", [(b.row, *goods.row)], [len(goods) and off]
        yield "overpaid", [(b.row, *money.row)], [money.amount.sum() > b.invoice_amount + p.tol_yuan + 1e-6]
    loose = [pair not in known for pair in zip(bought.invoice_no, bought.supplier_name, strict=True)]
    yield (
        "uninvoiced",
        own(bought),
        pd.Series(loose, bought.index) & ((d.today - bought.purchase_date).dt.days > p.grace_days),
    )
    yield (
        "unmatched",
        own(paid),
        [pair not in known for pair in zip(paid.invoice_no, paid.counterparty, strict=True)],
    )


@twin(
    "ST-21",
    food_purchase=rows(
        "food_purchase",
        60,
        supplier_name=["甲公司", "乙公司", "丙公司"],
        amount=[500.0, 500.0, 1000.0, 2000.0],
    ),
)
def st21(d, p):
    t = d.food_purchase[d.within(d.food_purchase.purchase_date)]
    total = t.groupby("unit_id").amount.sum()
    groups = [(key, g.amount.sum(), total[g.unit_id.iloc[0]]) for key, g in by(t, "unit_id", "supplier_name")]
    yield (
        "share",
        [f"{key}|2021" for key, _, _ in groups],
        [whole >= p.min_yuan and part / whole > p.share + 1e-6 for _, part, whole in groups],
    )
