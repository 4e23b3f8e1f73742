"""Plain pandas twins of the anti-doping rules: goods at the gate, and names on the prohibited list."""

import re
from datetime import date, timedelta

import pandas as pd
from twins import day, own, rows, twin, unit_list
from twins_antidoping import judgements, squeezed

MEATS = ["牛肉", "鲜 牛肉", "猪肉"]
TESTED = ["合格", "合格", "不合格", "未检", None]
LOTS = [f"B{n}" for n in range(12)] + [None]


def movements(n: int, **columns):
    wanted = {"batch_no": LOTS, "test_result": TESTED, "test_report_no": ["R", "R", "R", None]}
    return rows("intake_txn", n, **wanted | columns)


def alike(a, b):
    return a in b or b in a


def lacks_a_test(d, p, item_class):
    """Every issue of such goods by what its tests, or those of its batch, leave to be wished for."""
    t = d.intake_txn[d.intake_txn.item_class == item_class]
    t = t.assign(item=t.item_name.map(squeezed))
    f = d.food_purchase
    f = f[f.test_result == "合格"].assign(item=f.item_name.map(squeezed), test_date=f.purchase_date)
    columns = ["row", "unit_id", "batch_no", "item", "test_result", "test_report_no", "test_date"]
    tests = pd.concat([t[columns], f[columns].assign(row=-1)])
    judged = {case: [] for case in ("failed", "early", "undated", "unbatched", "untested")}
    for issue in t[t.txn_type.isin(["发放", "使用"]) & d.within(t.txn_date)].itertuples():
        such = (tests.unit_id == issue.unit_id) & tests.item.map(lambda n, mine=issue.item: alike(n, mine))
        lot = such & (tests.batch_no == issue.batch_no)
        proof = tests[such & (tests.test_result == "合格") & tests.test_report_no.notna()]
        maybe = pd.isna(issue.batch_no) and (proof.test_date <= issue.txn_date).any()
        mine = tests[lot | (tests.row == issue.row)]
        good = mine[(mine.test_result == "合格") & mine.test_report_no.notna()]
        failed, passed = (mine.test_result == "不合格").any(), (good.test_date <= issue.txn_date).any()
        undated, afterwards = good.test_date.isna().any(), (good.test_date > issue.txn_date).any()
        open_ = not failed and not passed
        judged["failed"].append(((issue.row,), failed))
        judged["early"].append(((issue.row,), open_ and afterwards and not undated))
        judged["undated"].append(((issue.row,), open_ and undated))
        nothing = open_ and not afterwards and not undated
        judged["unbatched"].append(((issue.row,), nothing and maybe))
        judged["untested"].append(((issue.row,), nothing and not maybe))
    return judged


purchases = rows(
    "food_purchase",
    40,
    item_name=MEATS,
    batch_no=LOTS,
    test_result=TESTED,
    test_report_no=["R", "R", None],
    food_category=["肉类", "肉类", "蔬菜水果"],
)


@twin(
    "FX-05",
    intake_txn=movements(
        170,
        item_class=["营养品", "药品"],
        item_name=["蛋白粉", "乳清 蛋白粉", "维生素"],
        txn_date=lambda rng, row: day(rng),
        query_date=lambda rng, row: (
            None if rng.random() < 0.5 else row["txn_date"] - timedelta(days=rng.choice([-3, 0, 90, 400]))
        ),
    ),
    food_purchase=purchases,
)
def fx05(d, p):
    yield from judgements(lacks_a_test(d, p, "营养品"))
    t = d.intake_txn[d.intake_txn.item_class == "药品"]
    t, judged = t.assign(item=t.item_name.map(squeezed)), {"unbatched_query": [], "unasked": [], "stale": []}
    for issue in t[t.txn_type.isin(["发放", "使用"]) & d.within(t.txn_date)].itertuples():
        lot = (t.unit_id == issue.unit_id) & (t.item == issue.item) & (t.batch_no == issue.batch_no)
        asked = t.query_date[(lot | (t.row == issue.row)) & (t.query_date <= issue.txn_date)]
        same = t.query_date[(t.unit_id == issue.unit_id) & (t.item == issue.item)]
        maybe = pd.isna(issue.batch_no) and (same <= issue.txn_date).any()
        judged["unbatched_query"].append(((issue.row,), not len(asked) and maybe))
        judged["unasked"].append(((issue.row,), not len(asked) and not maybe))
        judged["stale"].append(((issue.row,), len(asked) > 0 and asked.max().year < issue.txn_date.year))
    yield from judgements(judged)


@twin(
    "FX-07",
    intake_txn=movements(170, item_class=["肉食品", "肉食品", "药品"], item_name=MEATS),
    food_purchase=purchases,
)
def fx07(d, p):
    yield from judgements(lacks_a_test(d, p, "肉食品"))


@twin(
    "FX-16",
    food_purchase=rows(
        "food_purchase",
        110,
        item_name=[*MEATS, "素肉丸", "里脊"],
        batch_no=LOTS,
        test_result=TESTED,
        test_report_no=["R", None],
        food_category=["肉类", "肉类", "肉类", "水产"],
        purchase_date=lambda rng, row: day(rng, date(2021, 3, 1), 12),
    ),
    unit=unit_list(has_athletes=[True, True, False, None]),
    intake_txn=movements(
        70,
        item_class=["肉食品", "药品"],
        item_name=MEATS,
        txn_date=lambda rng, row: day(rng, date(2021, 3, 1), 12),
    ),
)
def fx16(d, p):
    u, t = d.unit[d.unit.has_athletes.eq(True)], d.food_purchase
    t = t[t.unit_id.isin(u.unit_id) & (t.food_category == "肉类") & ~t.item_name.str.contains(p.not_meat)]
    gate = d.intake_txn[d.intake_txn.item_class == "肉食品"]
    gate = gate[(gate.test_result == "合格") & gate.test_report_no.notna()]
    judged = []
    for line in t.itertuples():
        same = (
            (gate.batch_no == line.batch_no)
            if pd.notna(line.batch_no)
            else (gate.txn_date == line.purchase_date)
        )
        same &= gate.unit_id == line.unit_id
        there = any(alike(squeezed(line.item_name), squeezed(name)) for name in gate.item_name[same])
        judged.append(
            ((line.row,), not there and not (line.test_result == "合格" and pd.notna(line.test_report_no)))
        )
    yield from judgements({"untested": judged})


@twin(
    "FX-B03",
    intake_txn=movements(
        120,
        txn_type=["入库", "入库", "发放"],
        purchase_channel=["统一采购", "自行采购", "赠送", "赠送", None],
    ),
)
def fx_b03(d, p):
    t = d.intake_txn
    t = t[t.item_class.isin(["药品", "营养品"]) & (t.txn_type == "入库") & d.within(t.txn_date)]
    good = (t.test_result == "合格") & t.test_report_no.notna()
    yield "own", own(t), t.purchase_channel == "自行采购"
    yield "gift", own(t), (t.purchase_channel == "赠送") & ~good
    yield "supplier", own(t), t.supplier.isna()
    yield "channel", own(t), t.purchase_channel.isna()


@twin(
    "FX-13",
    expense=rows(
        "expense",
        60,
        summary=["购蛋白粉", "营养品检测费", "运动饮料", "办公用品"],
        payee=["甲 公司", "乙公司", "丙公司"],
        amount=[100.0, 100.0, -100.0, 0.0],
    ),
    intake_txn=rows(
        "intake_txn", 60, txn_type=["入库", "入库", "发放"], supplier=["甲公司", "乙公司"] * 5 + [None]
    ),
)
def fx13(d, p):
    paid, seen = d.expense, d.intake_txn
    paid = paid[paid.summary.isin(["购蛋白粉", "运动饮料"]) & (paid.amount > 0)]
    seen = seen[(seen.txn_type == "入库") & seen.item_class.isin(["营养品", "药品"])]
    judged = []
    for bill in paid.itertuples():
        first, last = (bill.voucher_date + timedelta(days=n) for n in (-p.before_days, p.after_days))
        seller = seen.supplier.isna() | (seen.supplier.map(squeezed) == squeezed(bill.payee))
        there = seen[seller & (seen.unit_id == bill.unit_id) & seen.txn_date.between(first, last)]
        judged.append(((bill.row,), d.within(last) and not len(there)))
    yield from judgements({"unseen": judged})


WORDS = [
    "麻黄碱片",
    "盐酸 麻黄碱",
    "EPO注射液",
    "repose 枕",
    "促红素",
    "麻黄碱检测试剂",
    "板蓝根",
    "AB胶",
    "睾酮",
    "醋",
]


def prohibited(rng):
    """The lists of two years; the second has a name more."""
    listed = [
        {"substance": "麻黄碱", "name_en": "ephedrine", "in_competition_only": True},
        {
            "substance": "促红细胞生成素",
            "name_en": "erythropoietin",
            "aliases_zh": "促红素；红 素",
            "aliases_en": "EPO;ab",
        },
        {"substance": "睾酮", "name_en": "testosterone", "in_competition_only": False},
        {"substance": "醋", "name_en": None},
    ]
    return [
        {"year": year} | line
        for year in (2020, 2021)
        for line in listed
        if year == 2021 or line["substance"] != "睾酮"
    ]


def latin(text):
    return f" {re.sub('[^0-9a-z]+', ' ', text.lower()).strip()} "


def on_list(d, p, text, when):
    """Whether the text holds a name or alias of that year's list, as whole words where it is Latin."""
    if not d.within(when) or re.search(p.not_words, text):
        return False
    for line in d.prohibited_list[d.prohibited_list.year == when.year].itertuples():
        names = [line.substance, line.name_en]
        for aliases in (line.aliases_zh, line.aliases_en):
            names += re.split("[、，;；/|]+", aliases) if pd.notna(aliases) else []
        for name in filter(pd.notna, names):
            if re.search("[\u4e00-\u9fff]", name):
                name = squeezed(name).lower()
                if len(name) >= p.least_chinese and name in squeezed(text).lower():
                    return True
            elif len(latin(name).strip()) >= p.least_latin and latin(name) in latin(text):
                return True
    return False


@twin(
    "FX-12",
    intake_txn=rows(
        "intake_txn",
        120,
        item_name=WORDS,
        contains_banned=[True, False, False, None],
        batch_no=["B1", "B2", None],
    ),
    prohibited_list=prohibited,
)
def fx12(d, p):
    t = d.intake_txn
    t = t[~t.contains_banned.eq(True) & d.within(t.txn_date)]
    t = t.assign(hit=[on_list(d, p, text, when) for text, when in zip(t.item_name, t.txn_date, strict=True)])
    groups = [g for _, g in t.groupby(["unit_id", "item_name", "batch_no"], dropna=False)]
    yield "unticked", [tuple(g.row) for g in groups], [g.hit.any() for g in groups]


@twin(
    "FX-14",
    purchase=rows("purchase", 110, item_name=WORDS, spec=[*WORDS[:4], *[None] * 9]),
    prohibited_list=prohibited,
)
def fx14(d, p):
    t = d.purchase
    when = t.contract_date.fillna(t.approval_date).fillna(t.pay_date)
    texts = t.item_name + " " + t.spec.fillna("")
    yield "bought", own(t), [on_list(d, p, text, on) for text, on in zip(texts, when, strict=True)]


@twin("FX-15", expense=rows("expense", 90, summary=WORDS), prohibited_list=prohibited)
def fx15(d, p):
    t = d.expense
    yield (
        "paid",
        own(t),
        [on_list(d, p, text, on) for text, on in zip(t.summary, t.voucher_date, strict=True)],
    )
