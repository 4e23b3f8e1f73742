"""A year of anti-doping: education, exams and letters, drugs, supplements and meat, the prohibited list."""

from datetime import date, datetime, timedelta

from mingjing.sample import antidoping_plants
from mingjing.sample.bureau import Bureau, Row

# Excerpt of the published list, enough to look names up in: substance, English, aliases, class, in competition only.
_LIST = (
    ("克仑特罗", "clenbuterol", "克伦特罗、氨哮素", None, "S1 蛋白同化制剂", False),
    ("司坦唑醇", "stanozolol", "康力龙", "Winstrol", "S1 蛋白同化制剂", False),
    ("美雄酮", "metandienone", "大力补", "Dianabol", "S1 蛋白同化制剂", False),
    ("诺龙", "nandrolone", None, None, "S1 蛋白同化制剂", False),
    ("睾酮", "testosterone", None, None, "S1 蛋白同化制剂", False),
    ("促红细胞生成素", "erythropoietin", "促红素", "EPO; rhEPO", "S2 肽类激素", False),
    ("生长激素", "growth hormone", None, "hGH; somatropin", "S2 肽类激素", False),
    ("曲美他嗪", "trimetazidine", "万爽力", None, "S4 代谢调节剂", False),
    ("美度铵", "meldonium", "米屈肼", "mildronate", "S4 代谢调节剂", False),
    ("呋塞米", "furosemide", "速尿", "Lasix", "S5 利尿剂和掩蔽剂", False),
    ("氢氯噻嗪", "hydrochlorothiazide", "双克", None, "S5 利尿剂和掩蔽剂", False),
    ("麻黄碱", "ephedrine", "麻黄素", None, "S6 刺激剂", True),
    ("甲基麻黄碱", "methylephedrine", None, None, "S6 刺激剂", True),
    ("莫达非尼", "modafinil", None, None, "S6 刺激剂", True),
    ("羟考酮", "oxycodone", None, None, "S7 麻醉剂", True),
    ("泼尼松龙", "prednisolone", "强的松龙", None, "S9 糖皮质激素", True),
)


def build(bureau: Bureau) -> None:
    for substance, english, chinese, latin, kind, inside in _LIST:
        bureau.add(
            "prohibited_list",
            year=2021,
            substance=substance,
            name_en=english,
            aliases_zh=chinese,
            aliases_en=latin,
            category=kind,
            in_competition_only=inside,
        )
    for unit in bureau.units_with("active"):
        if unit["has_athletes"]:
            bureau.athletes(unit["unit_id"])[0]["test_pool"] = "注册检查库"
            _year(bureau, unit)
            _store(bureau, unit)
        elif unit["unit_type"] == "县市区部门":
            record(bureau, unit, "教育培训", date(2021, 4, 16))
    antidoping_plants.plant(bureau)


def record(bureau: Bureau, unit: Row, kind: str, day: date, person: str | None = None, **more) -> Row:
    usual = {
        "rec_id": bureau.number("FJ"),
        "ath_id": person,
        "unit_id": unit["unit_id"],
        "rec_type": kind,
        "rec_date": day,
        "event_name": None,
        "event_date": None,
        "exam_score": None,
        "attempt_no": None,
        "valid_from": None,
        "valid_to": None,
        "result": None,
        "report_time": None,
        "ref_no": None,
        "signer_id": None,
        "act_id": None,
    }
    return bureau.add("adop_record", **(usual | more))


def roster(bureau: Bureau, unit: Row) -> list[Row]:
    return [row for row in bureau.rows["athlete"] if row["unit_id"] == unit["unit_id"]]


def lesson(bureau: Bureau, unit: Row, day: date, people: list[Row], attended: int | None = None) -> Row:
    """A training on the activity ledger and a record for each person who was there."""
    number = bureau.number("FP")
    for person in people:
        record(bureau, unit, "教育培训", day, person["ath_id"], act_id=number, result="通过")
    return bureau.add(
        "activity_log",
        act_id=number,
        act_type="反兴奋剂培训",
        act_time=datetime(day.year, day.month, day.day, 14, 30),
        unit_id=unit["unit_id"],
        leader_id=bureau.staff(unit["unit_id"])["head"][0],
        due_count=len(people),
        attend_count=len(people) if attended is None else attended,
    )


def entered(bureau: Bureau, unit: Row, person: str, event: str, day: date) -> Row:
    words = {"event_name": event, "event_date": day}
    return record(bureau, unit, "参赛报名", day - timedelta(days=30), person, **words)


def exam(bureau: Bureau, unit: Row, person: str, day: date, score: float = 92.0, attempt: int = 1) -> Row:
    words = {"event_name": "省运会", "exam_score": score, "attempt_no": attempt}
    return record(bureau, unit, "准入考试", day, person, result="通过" if score >= 80 else "未通过", **words)


def _year(bureau: Bureau, unit: Row) -> None:
    head, people = bureau.staff(unit["unit_id"])["head"][0], roster(bureau, unit)
    for year in (2020, 2021):
        record(bureau, unit, "责任书", date(year, 1, 12), ref_no=bureau.number("ZR"), signer_id=head)
    lesson(bureau, unit, date(2021, 3, 18), people)
    for person in people[4:10]:
        exam(bureau, unit, person["ath_id"], date(2021, 5, 8))
        entered(bureau, unit, person["ath_id"], "省运会", date(2021, 6, 12))
    for person in people[1:4]:
        record(bureau, unit, "兴奋剂检查", date(2021, 6, 13), person["ath_id"], result="阴性")


def move(
    bureau: Bureau,
    unit: Row,
    kind: str,
    day: date,
    name: str,
    lot: str | None,
    qty: float,
    left: float,
    **more,
):
    """One entry of the intake ledger; a supplement from central purchase unless told otherwise."""
    usual = {
        "txn_id": bureau.number("RK"),
        "txn_date": day,
        "unit_id": unit["unit_id"],
        "item_class": "营养品",
        "item_name": name,
        "batch_no": lot,
        "txn_type": kind,
        "qty": qty,
        "uom": "盒",
        "balance": left,
        "supplier": "康源运动营养有限公司",
        "purchase_channel": "统一采购",
        "test_report_no": None,
        "test_date": None,
        "test_result": None,
        "query_date": None,
        "caution_flag": False,
        "contains_banned": False,
        "prescription_no": None,
        "tue_no": None,
        "receiver_id": None,
        "handler1": bureau.staff(unit["unit_id"])["doctor"][0],
    }
    return bureau.add("intake_txn", **(usual | more))


def passed(bureau: Bureau, day: date) -> dict:
    return {"test_report_no": bureau.number("BG"), "test_date": day, "test_result": "合格"}


DRUG = {"item_class": "药品", "purchase_channel": "定点医疗机构", "supplier": "市体育医院"}
MEAT = {"item_class": "肉食品", "uom": "公斤", "supplier": "放心肉食品有限公司"}


def _store(bureau: Bureau, unit: Row) -> None:
    """Supplements tested and drugs looked up when they arrive; meat tested each month and used the next day."""
    athletes = bureau.athletes(unit["unit_id"])
    for number, name in enumerate(("乳清蛋白", "电解质冲剂")):
        lot, day, left = bureau.number("PH"), date(2021, 2, 3 + number), 60.0
        move(bureau, unit, "入库", day, name, lot, 60.0, left, **passed(bureau, day))
        for month in range(3, 12, 2):
            left -= 4
            receiver = athletes[month]["ath_id"]
            move(bureau, unit, "发放", date(2021, month, 9), name, lot, 4.0, left, receiver_id=receiver)
    for name in ("布洛芬缓释胶囊", "阿莫西林胶囊"):
        lot, day, left = bureau.number("PH"), date(2021, 1, 20), 30.0
        move(bureau, unit, "入库", day, name, lot, 30.0, left, **(DRUG | {"query_date": day}))
        for month in range(2, 12, 3):
            left -= 1
            words = DRUG | {"receiver_id": athletes[month]["ath_id"], "prescription_no": bureau.number("CF")}
            move(bureau, unit, "发放", date(2021, month, 22), name, lot, 1.0, left, **words)
    for month in range(1, 13):
        lot, day = bureau.number("RP"), date(2021, month, 6)
        move(bureau, unit, "入库", day, "鲜牛肉", lot, 80.0, 80.0, **(MEAT | passed(bureau, day)))
        move(bureau, unit, "使用", day + timedelta(days=1), "鲜牛肉", lot, 80.0, 0.0, **MEAT)
