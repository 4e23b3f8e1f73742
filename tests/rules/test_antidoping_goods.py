"""Anti-doping rules on goods: tests, queries, balances, channels, and names on the prohibited list."""

import random
from datetime import date

import pandas as pd
import pytest

MARCH = date(2021, 3, 10)


def move(kind="发放", **more):
    return {
        "txn_id": "X1",
        "txn_date": MARCH,
        "unit_id": "U1",
        "item_class": "营养品",
        "item_name": "乳清蛋白",
        "batch_no": "B1",
        "txn_type": kind,
        "qty": 1.0,
        "uom": "盒",
        "balance": 9.0,
        "supplier": "康源公司",
        "purchase_channel": "统一采购",
        "test_report_no": None,
        "test_date": None,
        "test_result": None,
        "query_date": None,
        "contains_banned": None,
    } | more


def taken_in(**more):
    entry = {"txn_id": "X0", "txn_date": date(2021, 3, 1), "test_report_no": "J1", "test_result": "合格"}
    return move("入库", **(entry | {"test_date": date(2021, 3, 10), "query_date": date(2021, 1, 1)} | more))


def apart(number, row, key="txn_id"):
    """The row in a unit of its own, so that one run can judge many cases."""
    return row | {key: f"{number:02d}-{row[key]}", "unit_id": f"{number:02d}-{row['unit_id']}"}


def by_case(outcome):
    found = {}
    for hit in outcome.hits:
        found.setdefault(int(hit["subject"][:2]), set()).add(hit["case"])
    return found


def cases(outcome):
    return {hit["case"] for hit in outcome.hits}


LOTS = [
    ({}, {}, set()),
    ({"txn_type": "使用"}, {}, set()),
    ({}, {"test_result": "未检"}, {"untested"}),
    ({}, {"test_result": "不合格"}, {"failed"}),
    ({}, {"test_report_no": None}, {"untested"}),
    ({}, {"test_date": date(2021, 3, 11)}, {"early"}),
    ({}, {"test_date": None}, {"undated"}),
    ({}, {"batch_no": "B2"}, {"untested"}),
    ({"batch_no": None}, {"batch_no": None}, {"unbatched"}),
    ({"batch_no": None}, {}, {"unbatched"}),
    ({"batch_no": None}, {"test_date": date(2021, 3, 11)}, {"untested"}),
    ({"batch_no": None}, {"test_result": "不合格"}, {"untested"}),
    ({"batch_no": None}, {"item_name": "肌酸"}, {"untested"}),
    ({"batch_no": None}, {"unit_id": "U2"}, {"untested"}),
    ({}, {"item_name": "肌酸"}, {"untested"}),
    ({}, {"item_name": "浓缩乳清蛋白"}, set()),
    ({}, {"unit_id": "U2"}, {"untested"}),
    ({"test_result": "不合格"}, {}, {"failed"}),
    (
        {"test_result": "合格", "test_report_no": "J2", "test_date": MARCH},
        {"batch_no": "B2"},
        set(),
    ),
    ({"txn_type": "报废"}, {"batch_no": "B2"}, set()),
]


@pytest.mark.parametrize(("rule", "kind"), [("FX-05", "营养品"), ("FX-07", "肉食品")])
def test_what_is_issued_has_passed_a_test_of_its_batch(check, rule, kind):
    rows = [taken_in(item_class=kind, txn_id="", unit_id="")]
    for i, (issue, arrival, _) in enumerate(LOTS):
        rows += [apart(i, taken_in(item_class=kind, **arrival)), apart(i, move(item_class=kind, **issue))]
    outcome, _ = check(rule, intake_txn=rows)
    assert by_case(outcome) == {i: found for i, (*_, found) in enumerate(LOTS) if found}
    assert {hit["subject"][-2:] for hit in outcome.hits} == {"X1"}


def test_fx07_accepts_the_test_that_the_canteen_has_on_record(check):
    meat = move(item_class="肉食品", item_name="牛肉", txn_type="使用")
    bought = {
        "line_id": "F1",
        "unit_id": "U1",
        "purchase_date": MARCH,
        "item_name": "鲜牛肉",
        "batch_no": "B1",
        "test_report_no": "J9",
        "test_result": "合格",
    }
    rows = [taken_in(item_class="肉食品", batch_no="B9"), meat]
    assert check("FX-07", intake_txn=rows, food_purchase=[bought])[0].outcome == "passed"
    assert cases(check("FX-07", intake_txn=rows, food_purchase=[bought | {"batch_no": "B2"}])[0]) == {
        "untested"
    }


@pytest.mark.parametrize(
    ("asked", "lot", "found"),
    [
        (date(2021, 3, 10), None, set()),
        (date(2021, 3, 11), None, {"unasked"}),
        (None, None, {"unasked"}),
        (None, date(2021, 1, 1), set()),
        (None, date(2020, 12, 31), {"stale"}),
        (date(2020, 12, 31), date(2021, 2, 1), set()),
    ],
)
def test_fx05_wants_a_drug_looked_up_in_the_list_of_the_year(check, asked, lot, found):
    drug = {"item_class": "药品", "item_name": "感冒灵"}
    rows = [
        taken_in(query_date=lot, **drug),
        move(query_date=asked, **drug),
        taken_in(txn_id="X9", item_name="他"),
    ]
    outcome, _ = check("FX-05", intake_txn=rows)
    assert cases(outcome) == found


def book(*entries, **more):
    return [
        move(kind, txn_id=f"X{i}", txn_date=date(2021, 3, i + 1), qty=float(qty), balance=balance, **more)
        for i, (kind, qty, balance) in enumerate(entries)
    ]


BOOKS = [
    ([("期初", 10, 10), ("入库", 5, 15), ("发放", 3, 12), ("退回", 1, 13), ("报废", 1, 12)], {}),
    ([("期初", 10, 10), ("发放", 3, 7.002)], {"broken": 1}),
    ([("期初", 10, 10), ("发放", 3, 7.001)], {}),
    ([("期初", 10, 10), ("使用", 3, 7)], {}),
    ([("期初", 10, 10), ("使用", 3, 10)], {"broken": 1}),
    ([("期初", 10, 10), ("发放", 3, 7), ("使用", 3, 7)], {}),
    ([("期初", 10, 10), ("发放", 3, 7), ("使用", 3, 4)], {}),
    ([("期初", 10, 10), ("发放", 3, 7), ("使用", 3, 5)], {"broken": 2}),
    ([("期初", 10, 10), ("盘点", 9, 9), ("发放", 1, 8)], {"counted": 1}),
    ([("期初", 10, 10), ("盘点", 10, 10)], {}),
    ([("期初", 1, 1), ("发放", 2, -1)], {"negative": 1}),
    ([("入库", 5, 40), ("发放", 5, None), ("发放", 5, 30)], {"unknown": 1}),
]


def test_fx06_carries_every_lot_forward(check):
    rows = [apart(i, row) for i, (entries, _) in enumerate(BOOKS) for row in book(*entries)]
    outcome, _ = check("FX-06", intake_txn=rows)
    found = {(int(h["subject"][:2]), h["case"]): int(h["subject"][-1]) for h in outcome.hits}
    assert found == {(i, case): place for i, (_, found) in enumerate(BOOKS) for case, place in found.items()}


def test_fx06_keeps_lots_apart_and_does_not_compare_boxes_with_tablets(check):
    rows = [
        *book(("期初", 10, 10)),
        *book(("期初", 4, 4), batch_no="B2"),
        *book(("发放", 1, 9), uom="片")[:1],
    ]
    rows[2] |= {"txn_id": "X9", "txn_date": date(2021, 4, 1)}
    outcome, _ = check("FX-06", intake_txn=rows)
    assert {hit["case"]: hit["_rids"][0] for hit in outcome.hits} == {"uom": 4}


def test_fx06_agrees_with_pandas_on_a_random_book(check):
    rng = random.Random(4)
    sign = {"入库": 1, "退回": 1, "发放": -1, "报废": -1}
    rows, balance = [], {}
    for i in range(200):
        lot, kind, qty = f"B{rng.randint(0, 5)}", rng.choice(list(sign)), rng.randint(1, 9)
        balance[lot] = balance.get(lot, 1000) + sign[kind] * qty + (rng.random() < 0.1)
        rows.append(move(kind, txn_id=f"X{i:03d}", batch_no=lot, qty=float(qty), balance=float(balance[lot])))
    frame = pd.DataFrame(rows)
    expected = frame.groupby("batch_no").balance.shift() + frame.qty * frame.txn_type.map(sign)
    broken = frame[expected.notna() & (frame.balance != expected)]
    outcome, _ = check("FX-06", intake_txn=rows)
    assert [hit["_rids"][0] for hit in outcome.hits] == [i + 2 for i in broken.index]


CHANNELS = [
    ({}, set()),
    ({"purchase_channel": "自行采购"}, {"own"}),
    ({"purchase_channel": "自行采购", "txn_type": "发放"}, set()),
    ({"purchase_channel": "自行采购", "item_class": "肉食品"}, set()),
    ({"purchase_channel": "赠送"}, {"gift"}),
    ({"purchase_channel": "赠送", "test_result": "合格", "test_report_no": "J1"}, set()),
    ({"supplier": None}, {"supplier"}),
    ({"purchase_channel": None}, {"channel"}),
]


def test_fxb03_wants_the_approved_channel(check):
    rows = [apart(i, move("入库") | change) for i, (change, _) in enumerate(CHANNELS)]
    outcome, _ = check("FX-B03", intake_txn=rows)
    assert by_case(outcome) == {i: found for i, (_, found) in enumerate(CHANNELS) if found}


def payment(**more):
    return {
        "line_id": "E1",
        "voucher_no": "记-1",
        "voucher_date": date(2021, 3, 31),
        "unit_id": "U1",
        "payee": "康源公司",
        "summary": "购运动营养品",
        "amount": 3000.0,
    } | more


PAYMENTS = [
    ({}, {}, 0),
    ({}, {"txn_date": date(2021, 1, 30)}, 0),
    ({}, {"txn_date": date(2021, 1, 29)}, 1),
    ({}, {"txn_date": date(2021, 4, 30)}, 0),
    ({}, {"txn_date": date(2021, 5, 1)}, 1),
    ({}, {"supplier": "别家"}, 1),
    ({}, {"supplier": None}, 0),
    ({}, {"unit_id": "U2"}, 1),
    ({}, {"item_class": "肉食品"}, 1),
    ({"summary": "营养品检测费"}, {"unit_id": "U2"}, 0),
    ({"summary": "购训练服"}, {"unit_id": "U2"}, 0),
    ({"amount": -3000.0}, {"unit_id": "U2"}, 0),
    ({"voucher_date": date(2021, 12, 1)}, {}, 1),
    ({"voucher_date": date(2021, 12, 2)}, {}, 0),
    ({"voucher_date": date(2020, 12, 5)}, {}, 1),
]


def test_fx13_looks_for_what_was_paid_for_once_the_window_is_over(check):
    rows = [apart(i, move("入库") | arrival) for i, (_, arrival, _) in enumerate(PAYMENTS)]
    paid = [apart(i, payment(**paid), "line_id") for i, (paid, *_) in enumerate(PAYMENTS)]
    outcome, _ = check("FX-13", expense=paid, intake_txn=rows)
    assert set(by_case(outcome)) == {i for i, (*_, hit) in enumerate(PAYMENTS) if hit}


LIST = [
    {"year": 2021, "substance": "克仑特罗", "name_en": "clenbuterol", "aliases_zh": "克伦特罗、氨哮素", "aliases_en": None},
    {"year": 2021, "substance": "促红细胞生成素", "name_en": "erythropoietin", "aliases_zh": None, "aliases_en": "EPO; rhEPO"},
    {"year": 2021, "substance": "麻黄碱", "name_en": "ephedrine", "aliases_zh": None, "aliases_en": None, "in_competition_only": True},
    {"year": 2020, "substance": "旧物质", "name_en": "oldstuff", "aliases_zh": None, "aliases_en": None},
]  # fmt: skip


TEXTS = {
    "盐酸克仑特罗片": ["克仑特罗"],
    "氨 哮 素": ["克仑特罗"],
    "Clenbuterol HCl 40mcg": ["克仑特罗"],
    "EPO注射液": ["促红细胞生成素"],
    "rhepo": ["促红细胞生成素"],
    "DEPOT 缓释片": None,
    "盐酸麻黄碱、克伦特罗复方": ["克仑特罗", "麻黄碱"],
    "瘦肉精检测卡（克伦特罗）": None,
    "旧物质胶囊": None,
    "维生素C": None,
    None: None,
}


@pytest.mark.parametrize("rule", ["FX-12", "FX-14", "FX-15"])
def test_a_name_or_alias_of_the_years_list_is_a_lead_in_every_ledger(check, rule):
    rows = {
        "FX-12": lambda i, text: move(txn_id=f"X{i:02d}", item_name=text),
        "FX-14": lambda i, text: {"purchase_id": f"C{i:02d}", "item_name": text, "contract_date": MARCH},
        "FX-15": lambda i, text: payment(line_id=f"E{i:02d}", summary=text),
    }
    ledger = {"FX-12": "intake_txn", "FX-14": "purchase", "FX-15": "expense"}[rule]
    data = {ledger: [rows[rule](i, text) for i, text in enumerate(TEXTS)]}
    outcome, findings = check(rule, prohibited_list=LIST, **data)
    expected = {i + 2: names for i, names in enumerate(TEXTS.values()) if names}
    assert {hit["_rids"][0]: hit["e_names"] for hit in outcome.hits} == expected
    assert {(f["kind"], f["severity"]) for f in findings} == {("suspect", "medium")}


def test_fx12_says_what_is_banned_in_competition_only_and_leaves_what_the_clerk_has_ticked(check):
    rows = [move(item_name="麻黄碱片"), move(item_name="克仑特罗", contains_banned=True, txn_id="X2")]
    _, (finding,) = check("FX-12", prohibited_list=LIST, intake_txn=rows)
    assert "仅赛内禁用：是" in finding["message_zh"] and "in competition only: yes" in finding["message_en"]


def test_without_the_list_of_the_year_nothing_is_judged(check):
    outcome, _ = check("FX-12", "2022", prohibited_list=LIST, intake_txn=[move(txn_date=date(2022, 3, 1))])
    assert (outcome.outcome, outcome.reason) == ("not_run", ("no_rows", "prohibited_list"))


MEAT = {
    "line_id": "F1",
    "purchase_date": MARCH,
    "unit_id": "U1",
    "item_name": "鲜牛肉",
    "food_category": "肉类",
    "batch_no": "B1",
    "qty": 5.0,
    "uom": "公斤",
    "supplier_name": "某肉联厂",
    "test_report_no": None,
    "test_result": None,
}


MEATS = [
    ({}, {"batch_no": "B2"}, 1),
    ({}, {}, 0),
    ({}, {"test_result": "未检"}, 1),
    ({}, {"item_name": "鸡胸肉"}, 1),
    ({"batch_no": None}, {"batch_no": None, "txn_date": MARCH}, 0),
    ({"batch_no": None}, {"batch_no": None}, 1),
    ({"test_result": "合格", "test_report_no": "J5"}, {"batch_no": "B2"}, 0),
    ({"test_result": "合格"}, {"batch_no": "B2"}, 1),
    ({"food_category": "蔬菜水果"}, {"batch_no": "B2"}, 0),
    ({"item_name": "素肉"}, {"batch_no": "B2"}, 0),
    ({"unit_id": "U2"}, {"batch_no": "B2"}, 0),
]


def test_fx16_wants_meat_for_athletes_tested_somewhere(check):
    meat = {"item_class": "肉食品", "item_name": "牛肉"}
    rows = [apart(i, taken_in(**(meat | arrival))) for i, (_, arrival, _) in enumerate(MEATS)]
    bought = [apart(i, MEAT | bought, "line_id") for i, (bought, *_) in enumerate(MEATS)]
    units = [{"unit_id": f"{i:02d}-U1", "has_athletes": True} for i in range(len(MEATS))]
    outcome, _ = check("FX-16", food_purchase=bought, unit=units, intake_txn=rows)
    assert set(by_case(outcome)) == {i for i, (*_, hit) in enumerate(MEATS) if hit}


@pytest.mark.parametrize(
    "rule", ["FX-05", "FX-06", "FX-07", "FX-12", "FX-13", "FX-14", "FX-15", "FX-16", "FX-B03"]
)
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
