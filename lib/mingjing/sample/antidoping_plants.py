"""What is planted in the anti-doping ledgers: each rule at least twice, each with a near miss beside it."""

from datetime import date, datetime

from mingjing.sample import antidoping as clean
from mingjing.sample.bureau import Bureau, Row


def plant(bureau: Bureau) -> None:
    trained = [u for u in bureau.units_with("active") if u["has_athletes"]][:3]
    counties = [u for u in bureau.units_with("active") if u["unit_type"] == "县市区部门"][:8]
    _education(bureau, trained, counties)
    _letters(bureau, trained)
    _events(bureau, trained)
    _prescriptions(bureau, trained[1])
    _tests(bureau, trained[2])
    _balances(bureau, trained[0])
    _whereabouts(bureau, trained)
    _positives(bureau, trained)
    _channels(bureau, trained[1])
    _names(bureau, trained)
    _payments(bureau, trained)
    _meat(bureau, trained)


def _drop(bureau: Bureau, rows: list[Row]) -> None:
    gone = {id(row) for row in rows}
    bureau.rows["adop_record"] = [row for row in bureau.rows["adop_record"] if id(row) not in gone]


def _records(bureau: Bureau, kind: str, key: str, value: str) -> list[Row]:
    return [row for row in bureau.rows["adop_record"] if row["rec_type"] == kind and row[key] == value]


def _education(bureau: Bureau, trained: list[Row], counties: list[Row]) -> None:
    for unit, missing in ((trained[1], 2), (trained[2], 1)):
        people = clean.roster(bureau, unit)[-missing:]
        log = [row for row in bureau.rows["activity_log"] if row["act_type"] == "反兴奋剂培训"]
        held = next(row for row in log if row["unit_id"] == unit["unit_id"])
        for person in people:
            _drop(bureau, _records(bureau, "教育培训", "ath_id", person["ath_id"]))
            held["attend_count"] -= 1
        bureau.plant("FX-01", *people)
    bureau.near_miss("FX-11", held)
    new = clean.roster(bureau, trained[0])[0] | {"ath_id": bureau.number("A"), "name": bureau.name()}
    bureau.near_miss(
        "FX-01", bureau.add("athlete", **(new | {"start_date": date(2021, 12, 2), "test_pool": "无"}))
    )
    for county in counties[:2]:
        _drop(bureau, _records(bureau, "教育培训", "unit_id", county["unit_id"]))
        bureau.plant("FX-09", county)
    only_log = counties[2]
    _drop(bureau, _records(bureau, "教育培训", "unit_id", only_log["unit_id"]))
    bureau.near_miss("FX-09", only_log)
    bureau.plant("FX-11", clean.lesson(bureau, only_log, date(2021, 5, 20), [], 18))
    again = clean.roster(bureau, trained[0])[:10]
    bureau.plant("FX-11", clean.lesson(bureau, trained[0], date(2021, 9, 9), again, 12))


def _letters(bureau: Bureau, trained: list[Row]) -> None:
    letters = [_records(bureau, "责任书", "unit_id", unit["unit_id"])[-1] for unit in trained]
    _drop(bureau, letters[2:])
    bureau.plant("FX-03", trained[2])
    letters[1]["signer_id"] = bureau.staff(trained[1]["unit_id"])["deputy"][0]
    bureau.plant("FX-03", trained[1])
    bureau.near_miss("FX-03", trained[0])


def _events(bureau: Bureau, trained: list[Row]) -> None:
    unit, event = trained[1], date(2021, 6, 12)
    people = [person["ath_id"] for person in bureau.athletes(unit["unit_id"])]
    bureau.plant("FX-02", clean.entered(bureau, unit, people[11], "省运会", event))
    clean.exam(bureau, unit, people[12], date(2021, 5, 8), 79.0)
    bureau.plant("FX-02", clean.entered(bureau, unit, people[12], "省运会", event))
    for attempt, score in enumerate((71.0, 77.0, 80.0), start=1):
        clean.exam(bureau, unit, people[13], date(2021, 5, 8 + attempt), score, attempt)
    bureau.near_miss("FX-02", clean.entered(bureau, unit, people[13], "省运会", event))
    for place in (14, 15):
        early = clean.entered(bureau, unit, people[place], "市冬季锦标赛", date(2021, 3, 17))
        bureau.plant("FX-10", early)
    bureau.near_miss("FX-10", clean.entered(bureau, unit, people[16], "市冬季锦标赛", date(2021, 3, 18)))


def _prescriptions(bureau: Bureau, unit: Row) -> None:
    person = bureau.athletes(unit["unit_id"])[2]["ath_id"]
    span = {
        "valid_from": date(2021, 3, 1),
        "valid_to": date(2021, 8, 31),
        "result": "批准",
        "ref_no": "TUE2021-007",
    }
    clean.record(bureau, unit, "TUE", date(2021, 2, 20), person, **span)
    lot, left = bureau.number("PH"), 20.0
    drug = clean.DRUG | {"query_date": date(2021, 2, 1), "receiver_id": person}
    clean.move(
        bureau,
        unit,
        "入库",
        date(2021, 2, 1),
        "沙丁胺醇气雾剂",
        lot,
        left,
        left,
        **drug,
        contains_banned=True,
    )
    for day, rule in ((date(2021, 8, 31), bureau.near_miss), (date(2021, 9, 1), bureau.plant)):
        left -= 1
        words = drug | {
            "contains_banned": True,
            "tue_no": "TUE2021-007",
            "prescription_no": bureau.number("CF"),
        }
        rule("FX-04", clean.move(bureau, unit, "发放", day, "沙丁胺醇气雾剂", lot, 1.0, left, **words))
    lot = bureau.number("PH")
    clean.move(
        bureau, unit, "入库", date(2021, 2, 1), "复方甘草片", lot, 10.0, 10.0, **drug, caution_flag=True
    )
    for left, number, rule in ((9.0, None, bureau.plant), (8.0, bureau.number("CF"), bureau.near_miss)):
        words = drug | {"caution_flag": True, "prescription_no": number}
        rule(
            "FX-04", clean.move(bureau, unit, "发放", date(2021, 4, 7), "复方甘草片", lot, 1.0, left, **words)
        )


def _tests(bureau: Bureau, unit: Row) -> None:
    lot, day = bureau.number("PH"), date(2021, 5, 10)
    clean.move(bureau, unit, "入库", day, "肌酸粉", lot, 9.0, 9.0)
    bureau.plant("FX-05", clean.move(bureau, unit, "发放", day, "肌酸粉", lot, 1.0, 8.0))
    lot, drug = bureau.number("PH"), clean.DRUG
    clean.move(
        bureau,
        unit,
        "入库",
        date(2020, 12, 28),
        "蒙脱石散",
        lot,
        9.0,
        9.0,
        **drug,
        query_date=date(2020, 12, 28),
    )
    issued = clean.move(bureau, unit, "发放", date(2021, 1, 4), "蒙脱石散", lot, 1.0, 8.0, **drug)
    bureau.plant("FX-05", issued)
    asked = clean.move(
        bureau, unit, "发放", date(2021, 1, 5), "蒙脱石散", lot, 1.0, 7.0, **drug, query_date=date(2021, 1, 5)
    )
    bureau.near_miss("FX-05", asked)
    for tested, rule in (
        (date(2021, 7, 9), bureau.plant),
        (None, bureau.plant),
        (date(2021, 7, 8), bureau.near_miss),
    ):
        lot, meat = bureau.number("RP"), clean.MEAT
        papers = clean.passed(bureau, tested) if tested else {"test_result": "未检"}
        clean.move(bureau, unit, "入库", date(2021, 7, 8), "鲜羊肉", lot, 20.0, 20.0, **meat, **papers)
        rule("FX-07", clean.move(bureau, unit, "使用", date(2021, 7, 8), "鲜羊肉", lot, 20.0, 0.0, **meat))


def _balances(bureau: Bureau, unit: Row) -> None:
    lot, day = bureau.number("PH"), date(2021, 4, 12)
    clean.move(bureau, unit, "入库", day, "能量胶", lot, 50.0, 50.0, **clean.passed(bureau, day))
    bureau.plant("FX-06", clean.move(bureau, unit, "发放", date(2021, 4, 20), "能量胶", lot, 5.0, 43.0))
    issued = clean.move(bureau, unit, "发放", date(2021, 4, 21), "能量胶", lot, 5.0, 38.0)
    used = clean.move(bureau, unit, "使用", date(2021, 4, 22), "能量胶", lot, 5.0, 38.0)
    bureau.near_miss("FX-06", issued, used)
    bureau.plant("FX-06", clean.move(bureau, unit, "盘点", date(2021, 6, 30), "能量胶", lot, 36.0, 36.0))


def _whereabouts(bureau: Bureau, trained: list[Row]) -> None:
    """Three, two, and one of somebody who is not in the registered pool."""
    kinds = ("行踪申报失败", "错过检查", "行踪申报失败")
    for unit, days in (
        (trained[0], (date(2020, 9, 14), date(2021, 2, 8), date(2021, 9, 13))),
        (trained[2], (date(2020, 9, 14), date(2021, 4, 2), date(2021, 9, 14))),
    ):
        person = bureau.athletes(unit["unit_id"])[0]["ath_id"]
        rows = [clean.record(bureau, unit, kind, day, person) for kind, day in zip(kinds, days, strict=True)]
        three = unit is trained[0]
        bureau.plant("FX-08", rows[2], *(rows[:2] if three else rows[1:2]))
    other = bureau.athletes(trained[1]["unit_id"])[1]["ath_id"]
    bureau.near_miss("FX-08", clean.record(bureau, trained[1], "错过检查", date(2021, 5, 6), other))


def _positives(bureau: Bureau, trained: list[Row]) -> None:
    for unit, reported, rule in (
        (trained[0], datetime(2021, 8, 6, 0, 30), bureau.plant),
        (trained[1], None, bureau.plant),
        (trained[2], datetime(2021, 8, 5, 23, 30), bureau.near_miss),
    ):
        person = bureau.athletes(unit["unit_id"])[5]["ath_id"]
        words = {"result": "阳性", "report_time": reported}
        rule("FX-B05", clean.record(bureau, unit, "兴奋剂检查", date(2021, 8, 4), person, **words))


def _channels(bureau: Bureau, unit: Row) -> None:
    day = date(2021, 10, 14)
    own = {"purchase_channel": "自行采购"}
    bureau.plant(
        "FX-B03", clean.move(bureau, unit, "入库", day, "维生素泡腾片", bureau.number("PH"), 5.0, 5.0, **own)
    )
    for papers, rule in (({}, bureau.plant), (clean.passed(bureau, day), bureau.near_miss)):
        lot, gift = bureau.number("PH"), {"purchase_channel": "赠送", "supplier": "某赞助企业"}
        rule("FX-B03", clean.move(bureau, unit, "入库", day, "运动能量棒", lot, 40.0, 40.0, **gift, **papers))


def _names(bureau: Bureau, trained: list[Row]) -> None:
    day = date(2021, 11, 3)
    for name, unit, rule in (
        ("盐酸麻黄碱滴鼻液", trained[0], bureau.plant),
        ("万爽力片", trained[1], bureau.plant),
        ("克伦特罗检测卡", trained[2], bureau.near_miss),
    ):
        rule(
            "FX-12", clean.move(bureau, unit, "入库", day, name, bureau.number("PH"), 2.0, 2.0, **clean.DRUG)
        )
    for number, (name, rule) in enumerate(
        (
            ("呋塞米注射液", bureau.plant),
            ("hGH 生长激素试用装", bureau.plant),
            ("克仑特罗快速检测试纸", bureau.near_miss),
        )
    ):
        rule(
            "FX-14",
            _purchase(bureau, trained[number], name, date(2021, 5, 11 + 7 * number), 731.5 + 97 * number),
        )
    for number, (text, rule) in enumerate(
        (
            ("支付医务室采购速尿片款", bureau.plant),
            ("付EPO注射液款", bureau.plant),
            ("付DEPOT仓库标识牌款", bureau.near_miss),
        )
    ):
        rule(
            "FX-15",
            _expense(
                bureau, trained[number], text, "惠民大药房", date(2021, 5, 18 + number), 417.3 + 83 * number
            ),
        )


def _purchase(bureau: Bureau, unit: Row, name: str, day: date, amount: float) -> Row:
    staff = bureau.staff(unit["unit_id"])
    return bureau.add(
        "purchase",
        purchase_id=bureau.number("FXC"),
        unit_id=unit["unit_id"],
        fiscal_year=2021,
        budget_project="医务保障",
        category_code="A180199",
        category_name="医用药品耗材",
        item_name=name,
        spec="盒装",
        qty=1.0,
        unit_price=amount,
        amount=amount,
        in_catalog=False,
        method="自行采购",
        supplier_name=f"仁和医药{unit['unit_id']}店",
        requester_id=staff["doctor"][0],
        approver_id=staff["head"][0],
        buyer_id=staff["purchase"][0],
        acceptor_id=staff["clerk"][0],
        approval_date=day,
        contract_date=day,
        accept_date=day,
        pay_date=day,
        is_secret=False,
    )


def _expense(bureau: Bureau, unit: Row, text: str, payee: str, day: date, amount: float) -> Row:
    staff = bureau.staff(unit["unit_id"])
    return bureau.add(
        "expense",
        line_id=bureau.number("FXZ"),
        voucher_no=bureau.number("反记"),
        voucher_date=day,
        fiscal_year=2021,
        unit_id=unit["unit_id"],
        econ_item_code="30218",
        econ_item="专用材料费",
        amount=round(amount, 2),
        payee=payee,
        invoice_no=bureau.number("8812"),
        invoice_date=day,
        summary=text,
        handler_id=staff["clerk"][0],
        reviewer_id=staff["finance"][0],
        approver_id=staff["head"][0],
        pay_method="转账",
        budget_project="医务保障",
    )


def _payments(bureau: Bureau, trained: list[Row]) -> None:
    paid, seen = date(2021, 8, 17), "康源运动营养有限公司"
    bureau.plant("FX-13", _expense(bureau, trained[0], "购蛋白粉款", "力健营养品商行", paid, 2863.4))
    bureau.plant("FX-13", _expense(bureau, trained[1], "支付运动营养补剂款", "力健营养品商行", paid, 1947.2))
    lot, day = bureau.number("PH"), date(2021, 7, 20)
    clean.move(bureau, trained[2], "入库", day, "支链氨基酸", lot, 30.0, 30.0, **clean.passed(bureau, day))
    bureau.near_miss("FX-13", _expense(bureau, trained[2], "购支链氨基酸款", seen, paid, 3318.6))
    bureau.near_miss("FX-13", _expense(bureau, trained[2], "运动营养品检测费", "省检测中心", paid, 1214.9))


def _meat(bureau: Bureau, trained: list[Row]) -> None:
    """Bought for a training camp: untested; tested at the gate; tested by the canteen itself."""
    day = date(2021, 7, 22)
    for unit, gate, own, rule in (
        (trained[0], False, False, bureau.plant),
        (trained[1], False, False, bureau.plant),
        (trained[2], True, False, bureau.near_miss),
        (trained[2], False, True, bureau.near_miss),
    ):
        lot = bureau.number("RP")
        if gate:
            papers = clean.MEAT | clean.passed(bureau, day)
            clean.move(bureau, unit, "入库", day, "冷鲜猪肉", lot, 21.0, 21.0, **papers)
        rule("FX-16", _bought(bureau, unit, lot, day, clean.passed(bureau, day) if own else {}))


def _bought(bureau: Bureau, unit: Row, lot: str, day: date, papers: dict) -> Row:
    staff = bureau.staff(unit["unit_id"])
    row = bureau.add(
        "food_purchase",
        line_id=bureau.number("FXY"),
        purchase_date=day,
        unit_id=unit["unit_id"],
        item_name="冷鲜猪肉",
        food_category="肉类",
        batch_no=lot,
        qty=21.0,
        uom="公斤",
        unit_price=26.0,
        amount=546.0,
        supplier_name="放心肉食品有限公司",
        license_flag=True,
        cert_no=bureau.number("JY"),
        invoice_no=bureau.number("7731"),
        expiry_date=date(2021, 7, 29),
        retain_until=date(2023, 7, 29),
        method="集中配送",
        contract_no="伙食配送2021-1",
        buyer_id=staff["buyer"][0],
        acceptor1_id=staff["acceptor"][0],
        acceptor2_id=staff["acceptor"][1],
        posted_date=day,
        test_report_no=papers.get("test_report_no"),
        test_result=papers.get("test_result"),
    )
    _booked(bureau, row)
    return row


def _booked(bureau: Bureau, row: Row) -> None:
    """What the canteen's own books hold of a purchase: taken into store, and its invoice."""
    same = [
        r
        for r in bureau.rows["food_stock"]
        if (r["unit_id"], r["item_name"]) == (row["unit_id"], row["item_name"])
    ]
    bureau.add(
        "food_stock",
        txn_id=bureau.number("FXK"),
        txn_date=row["purchase_date"],
        unit_id=row["unit_id"],
        item_name=row["item_name"],
        txn_type="入库",
        qty=row["qty"],
        uom=row["uom"],
        balance_qty=row["qty"] + (same[-1]["balance_qty"] if same else 0.0),
        purchase_line_id=row["line_id"],
    )
    bureau.add(
        "canteen_payable",
        invoice_no=row["invoice_no"],
        supplier_name=row["supplier_name"],
        unit_id=row["unit_id"],
        invoice_date=row["posted_date"],
        invoice_amount=row["amount"],
    )
