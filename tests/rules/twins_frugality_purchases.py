"""Plain pandas twins of the frugality rules: office procurement."""

from datetime import date

import pandas as pd
from twins import PEOPLE, UNITS, day, flags, later, own, rows, twin
from twins_frugality_holidays import says

BY_ONESELF = ["自行采购", "电子卖场"]
SHOPS = {"甲商贸有限公司": "甲", "甲商贸": "甲", "乙文具 店": "乙", "乙文具店": "乙", "丙公司": "丙"}


def purchases(n=90, **columns):
    usual = {
        "supplier_name": list(SHOPS),
        "contract_date": lambda rng, row: None if rng.random() < 0.05 else day(rng),
        "fiscal_year": [2021],
        "framework_no": [None] * 5 + ["K1"],
        "contract_no": [None] * 8 + ["C1", "C2"],
    }
    return rows("purchase", n, **(usual | columns))


def in_period(d, t):
    """Signed in the period, or nobody wrote when."""
    return d.within(t.contract_date) | t.contract_date.isna()


def called_off(t):
    """A delivery under a contract that was itself procured."""
    procured = set(t[~t.method.isin(BY_ONESELF)].contract_no.dropna())
    return t.framework_no.notna() | t.contract_no.isin(procured)


@twin(
    "CG-01",
    purchase=purchases(
        140,
        unit_id=["U1"],
        fiscal_year=[2020, 2021],
        budget_project=["训练", "维修"],
        category_code=["A02", "B01", "b01", "Z9"],
        amount=[500000.0, 1000000.0, 2000000.0, 4500000.0, 0.01, 1000.0],
        method=["公开招标"] * 6 + ["自行采购", "询价"],
        method_approval_no=[None, None, "批1"],
    ),
)
def cg01(d, p):
    t = d.purchase
    t = t[~called_off(t) & (t.method != "公开招标") & t.method_approval_no.isna()]
    keys, hit = [], []
    for (*_, code), g in t.groupby(["unit_id", "fiscal_year", "budget_project", "category_code"]):
        limit = {"A": 2_000_000, "B": 4_000_000}.get(code[0].upper(), 2_000_000)
        if in_period(d, pd.DataFrame({"contract_date": [g.contract_date.max()]}))[0]:
            keys.append(tuple(g.row))
            hit.append(len(g) > 1 and g.amount.sum() > limit + 1e-6)
    yield "split", keys, hit


def islands(t, who, limit, window):
    """Rows of each stretch in which purchases below the limit reach it together within so many days."""
    for _, g in t[(t.amount < limit) & t[who].notna()].groupby(["unit_id", "family", who]):
        spans = []
        for last in sorted(g.contract_date.unique()):
            near = g[g.contract_date.between(last - pd.Timedelta(days=window), last)]
            if len(near) > 1 and near.amount.sum() >= limit - 1e-6:
                spans.append([near.contract_date.min(), last])
        merged = []
        for first, last in spans:
            if merged and first <= merged[-1][1]:
                merged[-1] = [min(first, merged[-1][0]), last]
            else:
                merged.append([first, last])
        yield from (g[g.contract_date.between(*span)] for span in merged)


@twin(
    "CG-02",
    purchase=purchases(
        110,
        unit_id=["U1", "U1", "U2"],
        category_code=["A020101", "a020199", "A0301"],
        amount=[3000.0, 4000.0, 5000.0, 9999.99, 10000.0, 26000.0, -50.0],
        method=[*BY_ONESELF, "自行采购", "询价"],
        requester_id=PEOPLE,
        contract_date=lambda rng, row: None if rng.random() < 0.03 else day(rng, date(2020, 12, 1), 400),
    ),
)
def cg02(d, p):
    t = d.purchase
    t = t[~called_off(t) & t.method.isin(BY_ONESELF) & t.contract_date.notna() & (t.amount > 0)]
    t["family"], t["vendor"] = t.category_code.str.upper().str[:5], t.supplier_name.map(SHOPS)
    for case, who in (("vendor", "vendor"), ("requester", "requester_id")):
        found = [
            (limit, set(g.row))
            for limit in sorted(p.limits_yuan.values())
            for g in islands(t, who, limit, 30)
        ]
        # a purchase belongs to the highest limit it helped to stay below
        top = {row: limit for limit, lines in found for row in lines}
        keys = []
        for limit, lines in found:
            g = t[t.row.isin([row for row in lines if top[row] == limit])]
            if (
                len(g) > 1
                and g.amount.sum() >= limit - 1e-6
                and d.within(g.contract_date).loc[g.contract_date.idxmax()]
            ):
                keys.append(tuple(g.row))
        some = [row for row in t.row if row not in top]
        yield case, keys + [(row,) for row in some], [True] * len(keys) + [False] * len(some)
        t = t[~t.row.isin(list(top))]  # one lead for a purchase


@twin(
    "CG-03",
    purchase=purchases(
        fiscal_year=[2020, 2021, 2022],
        category_code=["A020101", "a0202", "A03", "A0301", "B01"],
        amount=[999.99, 1000.0, 5000.0],
        method=["自行采购", "电子卖场"],
    ),
    procurement_catalog=lambda rng: [
        {"year": 2021, "category_code": "A020100", "category_name": "计算机", "min_amount": 1000.0},
        {"year": 2021, "category_code": "A03", "category_name": "家具", "min_amount": None},
        {"year": 2020, "category_code": "A0202", "category_name": "设备", "min_amount": 1000.0},
    ],
)
def cg03(d, p):
    t = d.purchase
    t = t[in_period(d, t)]
    listed = {(2021, "A0201"): 1000, (2021, "A03"): 0, (2020, "A0202"): 1000}
    due = [
        any(y == year and code.upper().startswith(c) and yuan >= least for (y, c), least in listed.items())
        for year, code, yuan in zip(t.fiscal_year, t.category_code, t.amount, strict=True)
    ]
    yield "own", own(t), flags(t, due) & (t.method == "自行采购")


@twin("CG-05", purchase=purchases(pay_date=later("contract_date", 0, 20)))
def cg05(d, p):
    t = d.purchase
    t = t[in_period(d, t)]
    alike = lambda a, b: t[a].notna() & (t[a] == t[b])  # noqa: E731
    yield "requester", own(t), alike("requester_id", "approver_id")
    yield "approver", own(t), alike("buyer_id", "approver_id")
    yield "acceptor", own(t), alike("buyer_id", "acceptor_id")
    # a payment belongs to the period it was made in
    t = d.purchase
    yield "nobody", own(t), t.acceptor_id.isna() & d.within(t.pay_date)


@twin(
    "CG-06",
    purchase=purchases(
        140,
        fiscal_year=[2020, 2021, 2021],
        category_code=["A01", "A02", "A03", "A04"],
        spec=["大", "中", "小", None],
        unit_price=[100.0, 100.0, 110.0, 110.01, 130.0, 130.01, 143.0],
        ref_price=[100.0, 110.0, None],
    ),
)
def cg06(d, p):
    t = d.purchase
    same = t[t.spec.notna()].groupby(["fiscal_year", "category_code", "spec"]).unit_price
    middle = same.transform("median").reindex(t.index)
    many = same.transform("size").reindex(t.index) >= p.min_n
    seen = in_period(d, t)
    yield "reference", own(t), seen & (t.unit_price > t.ref_price * 1.1 + 1e-6)
    yield "peers", own(t), seen & many & (t.unit_price > middle * 1.3 + 1e-6)


@twin(
    "CG-07",
    purchase=purchases(
        category_name=["台式计算机", " 台式机", "笔记本电脑", "投影仪", "奖杯"],
        item_name=["电脑", "计时记分用电脑"],
        spec=["普通", "图形工作站", None],
        unit_price=[4999.0, 5000.0, 5000.01, 7000.0, 7000.01, 10000.0, 10001.0],
    ),
)
def cg07(d, p):
    t = d.purchase
    caps = {"台式计算机": 5000, "台式机": 5000, "笔记本电脑": 7000, "投影仪": 10000}
    special = flags(t, says(t.item_name, p.special)) | flags(t, says(t.spec, p.special))
    yield "over", own(t), in_period(d, t) & ~special & (t.unit_price > t.category_name.str.strip().map(caps))


@twin(
    "CG-08",
    purchase=purchases(60, supplier_legal_rep=["张三", "张 三", "李四", "王五", *["赵"] * 3, None]),
    person=rows("person", 6, unit_id=UNITS, name=["张三", "李四", "李 四", "钱"]),
)
def cg08(d, p):
    t, staff = d.purchase[d.purchase.supplier_legal_rep.notna()], d.person
    found = {"own": ([], []), "other": ([], [])}
    for (unit, firm, rep), g in t.assign(rep=t.supplier_legal_rep.str.replace(" ", "")).groupby(
        ["unit_id", "supplier_name", "rep"]
    ):
        newest = g.contract_date.max()
        if not (pd.isna(newest) or d.start <= newest <= d.end):
            continue
        for who in staff.itertuples():
            named = who.name.replace(" ", "") == rep
            for case, (keys, hit) in found.items():
                keys.append(f"{unit}|{firm}|{who.person_id}")
                hit.append(named and (who.unit_id == unit) == (case == "own"))
    for case, (keys, hit) in found.items():
        yield case, keys, hit


@twin(
    "CG-09",
    purchase=purchases(
        140,
        method=["自行采购", "询价", "公开招标"],
        amount=[9999.99, 10000.0, 12000.0],
        quote_count=[0, 2, 3, 3, 3, None],
        quote2_amount=[9999.0, 10000.0, 12000.0, 15000.0, None],
        quote3_amount=[10000.0, 12000.0, 15000.0, None],
        quote2_supplier=["甲商贸公司", "丁", None],
        quote3_supplier=["甲 商贸", "戊", None],
    ),
)
def cg09(d, p):
    t = d.purchase
    t = t[in_period(d, t) & t.method.isin(["自行采购", "询价"]) & (t.amount >= 10000)]
    yield "few", own(t), ~(t.quote_count >= 3)
    yield "dearer", own(t), t[["quote2_amount", "quote3_amount"]].min(axis=1) < t.amount
    shops = SHOPS | {"甲商贸公司": "甲", "甲 商贸": "甲", "丁": "丁", "戊": "戊"}
    names = t[["supplier_name", "quote2_supplier", "quote3_supplier"]].apply(lambda c: c.map(shops))
    yield "twice", own(t), [row.dropna().duplicated().any() for _, row in names.iterrows()]


@twin(
    "CG-B03",
    purchase=purchases(
        120,
        contract_date=[date(2020, 12, 31), date(2021, 3, 1), date(2021, 8, 1), date(2021, 12, 1), None],
        approval_date=later("contract_date", -1, 0, 1),
        accept_date=later("contract_date", -1, 0, 30),
        pay_date=later("contract_date", -2, -1, 0, 29, 30, 60),
    ),
)
def cg_b03(d, p):
    t = d.purchase
    for step in ("approval_date", "accept_date", "pay_date"):
        t[step] = d.known(t[step])
    # each belongs to the period in which the two steps were out of order
    yield "approved", own(t), (t.approval_date > t.contract_date) & d.within(t.approval_date)
    yield "accepted", own(t), (t.contract_date > t.accept_date) & d.within(t.contract_date)
    yield "paid", own(t), (t.accept_date > t.pay_date) & d.within(t.accept_date)
    yield "unaccepted", own(t), t.accept_date.isna() & d.within(t.pay_date)


@twin(
    "CG-B04",
    purchase=purchases(
        45,
        fiscal_year=[2020, 2021],
        method=["自行采购", "自行采购", "询价"],
        supplier_name=["甲商贸有限公司", "甲商贸", "乙文具店", "丙公司"],
        supplier_uscc=["91A", None],
        amount=[100.0, 400.0, 1000.0],
    ),
)
def cg_b04(d, p):
    t = d.purchase
    t = t[(t.method == "自行采购") & d.within(t.contract_date)]
    # who has the code is one firm, and so is who has the name of one that has it
    coded = set(t[t.supplier_uscc.notna()].supplier_name.map(SHOPS))
    shop = t.supplier_name.map(SHOPS)
    t["vendor"] = shop.where(t.supplier_uscc.isna() & ~shop.isin(coded), "91A")
    keys, hit = [], []
    for _, year in t.groupby(["unit_id", "fiscal_year"]):
        for _, g in year.groupby("vendor"):
            keys.append(tuple(g.row))
            hit.append(len(year) >= 5 and g.amount.sum() > year.amount.sum() * 0.6 + 1e-6)
    yield "share", keys, hit
