"""A year of problems fed back and put right."""

from datetime import date, timedelta

from mingjing.sample.bureau import Bureau, Row

_PROBLEMS = (
    ("食堂采购验收单缺少签字", "采购管理", "补齐签字并建立双人验收制度"),
    ("公务用车加油没有登记台账", "公车私用", "建立用车登记并逐月公示"),
    ("固定资产多年没有盘点", "财务管理", "完成盘点并调整账目"),
    ("干部谈心谈话记录照抄照搬", "形式主义官僚主义", "约谈责任人并重新开展谈话"),
    ("消防通道堆放训练器材", "安全生产", "清理通道并每周检查"),
    ("超标准发放节日慰问品", "违规发放津补贴", "收回款项并修订标准"),
    ("裁判员劳务费没有签领表", "财务管理", "核查发放情况并补签领表"),
    ("训练基地合同未经集体研究", "采购管理", "修订合同管理办法"),
)


def build(bureau: Bureau) -> None:
    units = [row for row in bureau.rows["unit"] if row["unit_type"] != "县市区部门"]
    batches = [_batch(bureau, unit, place) for place, unit in enumerate(units)]
    _reports(bureau, batches)
    _deadlines(bureau, batches)
    _closures(bureau, batches)
    _recurrences(bureau, batches)
    _massed(bureau, units, batches[2][0])
    _registered(bureau, batches)


def _batch(bureau: Bureau, unit: Row, place: int) -> tuple[Row, list[Row]]:
    """A patrol's findings on one unit: as many rows as were fed back, each closed on a day of its own."""
    told = date(2021, 3, 8) + timedelta(days=place % 6)
    batch = _head(bureau, unit, told, len(_PROBLEMS))
    return batch, [_problem(bureau, unit, batch, number) for number in range(len(_PROBLEMS))]


def _head(bureau: Bureau, unit: Row, told: date, count: int) -> Row:
    return bureau.add(
        "feedback_batch",
        batch_id=bureau.number("XC"),
        doc_no=bureau.number("巡察"),
        source_type="巡察",
        unit_id=unit["unit_id"],
        feedback_date=told,
        problem_count=count,
        plan_submit_date=told + timedelta(days=28),
        progress_report_date=told + timedelta(days=58),
        head_report_date=told + timedelta(days=58),
    )


def _problem(bureau: Bureau, unit: Row, batch: Row, number: int, **more) -> Row:
    staff = bureau.staff(unit["unit_id"])
    problem, category, measure = _PROBLEMS[number % len(_PROBLEMS)]
    closed = batch["feedback_date"] + timedelta(days=40 + number)
    usual = {
        "item_id": bureau.number("ZG"),
        "source_type": "巡察",
        "batch_id": batch["batch_id"],
        "unit_id": unit["unit_id"],
        "feedback_date": batch["feedback_date"],
        "problem": problem,
        "problem_category": category,
        "measure": measure,
        "leader_id": staff["deputy"][0],
        "dept": "综合科",
        "deadline": batch["feedback_date"] + timedelta(days=60),
        "orig_deadline": None,
        "extension_no": None,
        "is_long_term": False,
        "involved_yuan": None,
        "due_yuan": None,
        "recovered_yuan": None,
        "status": "已销号",
        "finish_date": closed - timedelta(days=3),
        "evidence_ref": bureau.number("ZC"),
        "acceptor_id": staff["discipline"][0],
        "close_date": closed,
        "review_date": closed + timedelta(days=120),
        "review_result": "巩固",
    }
    return bureau.add("rectification", **(usual | more))


def _reports(bureau: Bureau, batches: list) -> None:
    for (batch, _), column, days in (
        (batches[0], "plan_submit_date", 40),
        (batches[1], "progress_report_date", 75),
    ):
        batch[column] = batch["feedback_date"] + timedelta(days=days)
        bureau.plant("ZG-01", batch)
    last = batches[2][0]
    last["plan_submit_date"] = date(2021, last["feedback_date"].month + 1, last["feedback_date"].day)
    bureau.near_miss("ZG-01", last)


def _deadlines(bureau: Bureau, batches: list) -> None:
    opened, late, moved, day = (batches[i][1][0] for i in (0, 1, 2, 3))
    opened.update(status="整改中", close_date=None, finish_date=None, review_date=None, review_result=None)
    late.update(close_date=late["deadline"] + timedelta(days=1))
    moved.update(orig_deadline=moved["close_date"] - timedelta(days=5))
    for row in (opened, late, moved):
        bureau.plant("ZG-02", row)
    day.update(
        close_date=day["deadline"],
        orig_deadline=day["deadline"] - timedelta(days=9),
        extension_no="延〔2021〕1号",
    )
    bureau.near_miss("ZG-02", day)


def _closures(bureau: Bureau, batches: list) -> None:
    rows = [items for _, items in batches]
    rows[0][1]["evidence_ref"] = None
    rows[1][1]["acceptor_id"] = rows[1][1]["leader_id"]
    for place in (0, 1):
        bureau.plant("ZG-03", rows[place][1])
    bureau.near_miss("ZG-03", rows[2][1])
    rows[0][2]["dept"] = None
    rows[1][2]["leader_id"] = None
    for place in (0, 1):
        bureau.plant("ZG-04", rows[place][2])
    rows[2][2].update(deadline=None, is_long_term=True)
    bureau.near_miss("ZG-04", rows[2][2])
    for place, recovered in ((0, 800.0), (1, None)):
        rows[place][5].update(involved_yuan=1000.0, due_yuan=1000.0, recovered_yuan=recovered)
        bureau.plant("ZG-08", rows[place][5])
    rows[2][5].update(involved_yuan=1000.0, due_yuan=1000.0, recovered_yuan=1000.0)
    bureau.near_miss("ZG-08", rows[2][5])
    for place in (0, 1):
        rows[place][3]["measure"] = "召开专题会议，组织学习文件"
        bureau.plant("ZG-09", rows[place][3])
    rows[2][3]["measure"] = "召开专题会议，约谈责任人"
    bureau.near_miss("ZG-09", rows[2][3])


def _recurrences(bureau: Bureau, batches: list) -> None:
    units = [bureau.unit(batch["unit_id"]) for batch, _ in batches]
    batches[3][1][6]["review_result"] = "反弹"
    bureau.plant("ZG-06", batches[3][1][6])
    for place, told, near in ((4, date(2021, 9, 6), False), (5, date(2021, 9, 7), True)):
        batch = _head(bureau, units[place], told, 1)
        batch.update(source_type="专项检查")
        old = batches[place][1][4]
        text = "外墙涂料脱落" if near else "消防通道又堆放训练器材"
        new = _problem(
            bureau,
            units[place],
            batch,
            4,
            problem=text,
            source_type="专项检查",
            review_date=None,
            review_result=None,
        )
        if near:
            bureau.near_miss("ZG-06", old, new)
        else:
            bureau.plant("ZG-06", old, new)


def _massed(bureau: Bureau, units: list[Row], first: Row) -> None:
    """Two batches closed on one day; in a third the work was done on days of its own and accepted at a meeting."""
    for place in range(3):
        unit = units[place]
        told = date(2021, 8, 2)
        batch = _head(bureau, unit, told, 6)
        batch.update(source_type="审计")
        rows = [
            _problem(
                bureau,
                unit,
                batch,
                number,
                problem=f"{chr(0x4E00 + number * 37 + place * 7) * 3}审计事项{number}",
                source_type="审计",
                close_date=told + timedelta(days=50),
                finish_date=told + timedelta(days=50 if place < 2 else 30 + number),
                review_date=None,
                review_result=None,
            )
            for number in range(6)
        ]
        (bureau.plant if place < 2 else bureau.near_miss)("ZG-B02", *rows)
    for place in range(2):
        unit = units[place + 3]
        batch = _head(bureau, unit, date(2021, 1, 11), 3)
        batch.update(source_type="审计")
        rows = [
            _problem(
                bureau,
                unit,
                batch,
                number,
                problem=text,
                source_type="审计",
                review_date=None,
                review_result=None,
            )
            for number, text in enumerate(("往来款长期挂账", "场馆租金收缴不及时", "印章使用无审批"))
        ]
        bureau.plant("ZG-05", *rows)
    bureau.near_miss(
        "ZG-05", *[row for row in bureau.rows["rectification"] if row["batch_id"] == first["batch_id"]]
    )


def _registered(bureau: Bureau, batches: list) -> None:
    for batch, items in batches[3:5]:
        batch["problem_count"] += 1
        bureau.plant("ZG-07", batch, *items)
    batch, items = batches[2]
    bureau.near_miss("ZG-07", batch, *items)
