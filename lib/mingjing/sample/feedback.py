"""A year of public requests, services, disclosures and evaluations."""

from datetime import date, datetime, timedelta

import chinese_calendar

from mingjing.sample.bureau import Bureau, Row

# Matters of their own: what is wrong, so that no two of one unit are about the same thing.
_MATTERS = (
    ("更衣柜锁具打不开", "更衣室柜门打不开"),
    ("咨询暑期开放时间", "想了解暑期几点开门"),
    ("洗手间没有热水", "淋浴间水龙头只出冷水"),
    ("建议增设饮水机", "看台附近没有地方接水"),
    ("办卡发票迟迟不开", "开票申请两周没有回音"),
    ("停车位被占", "停车场车位紧张"),
    ("咨询青少年培训班报名", "请告知报名材料"),
    ("观众席座椅损坏", "三排座椅开裂"),
    ("垃圾无人清扫", "看台卫生脏乱"),
    ("空调通风不好", "场内闷热有异味"),
)
_SERVICES = ("二级运动员等级称号授予", "三级裁判员等级审批", "高危险性体育项目经营许可")
_GROUPS = (("单位领导", 92.0), ("科室互评", 90.0), ("服务对象", 88.0), ("基层群众", 91.0))
# What each group thinks of the six units evaluated, in points above or below its usual score.
_MERIT = {
    "单位领导": (2, -3, 1, -1, 0, 3),
    "科室互评": (1, -2, 2, 0, -1, 2),
    "服务对象": (3, -4, 0, -2, 1, 2),
    "基层群众": (1, -2, 3, -1, -3, 4),
}
_WEIGHTS = {"单位领导": 0.3, "科室互评": 0.2, "服务对象": 0.3, "基层群众": 0.2}


def after(day: date, days: int) -> date:
    """The working day that is so many working days later."""
    while days:
        day += timedelta(days=1)
        days -= chinese_calendar.is_workday(day)
    return day


def build(bureau: Bureau) -> None:
    units = [
        row
        for row in bureau.rows["unit"]
        if row["unit_type"] != "县市区部门" and bureau.staff(row["unit_id"])["finance"]
    ]
    for place, unit in enumerate(units[:6]):
        for number in range(20):
            matter = _MATTERS[number % len(_MATTERS)]
            title = f"{unit['unit_name']}{place * 2 + number // len(_MATTERS) + 1}号楼{matter[0]}"
            _request(bureau, unit, date(2021, 1 + number // 2, 8 + number % 5), title, matter[1])
    _deadlines(bureau, units)
    _repeats(bureau, units)
    _doubtful(bureau, units)
    _rates(bureau, units)
    _excluded(bureau, units)
    _services(bureau, units)
    _disclosures(bureau, units)
    _evaluations(bureau, units)


def _request(bureau: Bureau, unit: Row, day: date, title: str, content: str = "", **more) -> Row:
    at = datetime(day.year, day.month, day.day, 9, 30)
    reply = after(day, 3)
    usual = {
        "ticket_no": bureau.number("GD"),
        "channel": ("12345", "网上民声", "局长信箱")[day.day % 3],
        "issue_key": None,
        "title": title,
        "content": content,
        "category": "咨询" if "咨询" in title else "投诉",
        "accept_time": at,
        "dispatch_time": at,
        "promised_date": None,
        "notice_time": None,
        "urgency": "一般",
        "unit_id": unit["unit_id"],
        "reply_time": datetime(reply.year, reply.month, reply.day, 16, 0),
        "responded": True,
        "resolved": True,
        "satisfaction": "满意",
        "revisit_time": None,
        "revisit_resolved": None,
        "ext_days": None,
        "ext_approval_no": None,
        "rework_done_time": None,
        "leader_handle_id": None,
        "leader_handle_time": None,
        "invalid_flag": False,
        "invalid_approval_no": None,
    }
    return bureau.add("hotline", **(usual | more))


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, 0)


def _deadlines(bureau: Bureau, units: list[Row]) -> None:
    day = date(2021, 9, 30)
    for unit, wait, title in (
        (units[0], 6, "跑步机履带打滑"),
        (units[1], 7, "更换球网申请"),
        (units[2], 5, "篮板高度不标准"),
    ):
        row = _request(bureau, unit, day, unit["unit_name"] + title, reply_time=_moment(after(day, wait)))
        (bureau.near_miss if wait == 5 else bureau.plant)("RX-01", row)
    told = date(2021, 4, 6)
    for unit, notice, close in ((units[0], 16, 50), (units[1], 10, 61), (units[2], 15, 60)):
        row = _request(
            bureau,
            unit,
            told,
            f"{unit['unit_name']}退役安置诉求",
            channel="信访",
            notice_time=_moment(told + timedelta(days=notice)),
            reply_time=_moment(told + timedelta(days=close)),
        )
        (bureau.near_miss if (notice, close) == (15, 60) else bureau.plant)("RX-05", row)


def _repeats(bureau: Bureau, units: list[Row]) -> None:
    """Three complaints of one issue, a quarter apart: by merging number, by wording, and one the head took up."""
    keyed = (("羽毛球网太低", "GB01", False), ("羽毛球网太低", "GB02", True))
    for place, (title, key, head) in enumerate(keyed):
        unit = units[place]
        rows = [
            _request(
                bureau,
                unit,
                date(2021, month, 15),
                f"{unit['unit_name']}{title}",
                issue_key=key,
                resolved=month < 9,
            )
            for month in (3, 6, 9)
        ]
        for row in rows[-1:]:
            row.update(satisfaction="未评价")
            if head:
                row.update(leader_handle_id=unit["head_id"], leader_handle_time=_moment(date(2021, 9, 16)))
        (bureau.near_miss if head else bureau.plant)("RX-03", *rows)
    unit = units[2]
    words = (
        ("清河县滨湖公园健身器材损坏", "单杠松动，老人锻炼不安全"),
        ("滨湖公园单杠松了", "清河县滨湖公园的健身器材坏了，请维修"),
        ("滨湖公园健身设施破损没人修", "清河县滨湖公园健身器材单杠晃动"),
    )
    rows = [
        _request(
            bureau, unit, date(2021, month, 17), title, content, resolved=month < 10, satisfaction="未评价"
        )
        for month, (title, content) in zip((2, 6, 10), words, strict=True)
    ]
    bureau.plant("RX-03", *rows)


def _doubtful(bureau: Bureau, units: list[Row]) -> None:
    day = date(2021, 5, 12)
    for unit, title in ((units[3], "储物柜钥匙丢失"), (units[4], "会员积分清零")):
        row = _request(
            bureau,
            unit,
            day,
            unit["unit_name"] + title,
            satisfaction="不满意",
            revisit_time=_moment(date(2021, 5, 20)),
        )
        bureau.plant("RX-04", row)
        bureau.plant("RX-B03", row)
    row = _request(bureau, units[5], day, "课程表与公示不一致", resolved=False, satisfaction="不满意")
    row.update(revisit_time=_moment(date(2021, 5, 20)), rework_done_time=_moment(after(date(2021, 5, 20), 5)))
    bureau.near_miss("RX-B03", row)
    bureau.near_miss("RX-04", row)


def _rates(bureau: Bureau, units: list[Row]) -> None:
    """Twelve requests in one month: three dissatisfied, three unresolved, or one of either."""
    subjects = (
        "灯管闪烁刺眼 水管滴漏积水 门禁刷脸失败 地胶翘边绊脚 护栏油漆脱落 球架倾斜 "
        "音响没有声音 投影画面偏色 导览标识错误 雨棚漏雨 广播找人无应答 暖气片不热"
    ).split()
    for place, (column, value, bad) in enumerate(
        (("responded", False, 2), ("resolved", False, 3), ("resolved", False, 1))
    ):
        unit = units[place + 3]
        rows = []
        for number in range(12):
            title = f"{unit['unit_name']}{subjects[number]}"
            row = _request(bureau, unit, date(2021, 11, 8), title)
            if number < bad:
                row[column] = value
                rows.append(row)
        (bureau.plant if bad > 1 else bureau.near_miss)("RX-02", *rows)


def _excluded(bureau: Bureau, units: list[Row]) -> None:
    for unit in units[:2]:
        row = _request(bureau, unit, date(2021, 7, 6), f"{unit['unit_name']}重复来件", invalid_flag=True)
        bureau.plant("RX-B04", row)
    row = _request(
        bureau, units[2], date(2021, 7, 6), "误转件", invalid_flag=True, invalid_approval_no="剔〔2021〕3号"
    )
    bureau.near_miss("RX-B04", row)


def _services(bureau: Bureau, units: list[Row]) -> None:
    rows = [_case(bureau, units[number % len(units)], number) for number in range(24)]
    for row in (rows[0], rows[3]):
        row["finish_date"] = after(row["accept_date"], 16)
        bureau.plant("RX-06", row)
    rows[6]["finish_date"] = after(rows[6]["accept_date"], 15)
    bureau.near_miss("RX-06", rows[6])
    rows[9]["result_no"] = None
    rows[12]["approver_id"] = rows[12]["handler_id"]
    for row in (rows[9], rows[12]):
        bureau.plant("RX-07", row)
    bureau.near_miss("RX-07", rows[15])


def _case(bureau: Bureau, unit: Row, number: int) -> Row:
    staff, accepted = bureau.staff(unit["unit_id"]), date(2021, 2, 22) + timedelta(days=number * 11)
    graded = number % 3 != 2
    shown = after(accepted, 3)
    return bureau.add(
        "service_case",
        case_no=bureau.number("BJ"),
        service_item=_SERVICES[number % 3],
        unit_id=unit["unit_id"],
        applicant=bureau.name(),
        accept_date=accepted,
        promised_workdays=15,
        legal_workdays=20,
        finish_date=after(accepted, 10),
        result="准予",
        event="市运动会" if graded else None,
        result_no=bureau.number("CJ") if graded else None,
        handler_id=staff["finance"][0],
        approver_id=staff["deputy"][0],
        publicity_start=shown if graded else None,
        publicity_end=after(shown, 4) if graded else None,
    )


def _disclosures(bureau: Bureau, units: list[Row]) -> None:
    for place, unit in enumerate(units[:6]):
        formed = date(2021, 6, 7) + timedelta(days=place)
        row = bureau.add(
            "disclosure",
            disclosure_no=bureau.number("GK"),
            title=f"{unit['unit_name']}部门决算",
            category="财务公开",
            unit_id=unit["unit_id"],
            formed_date=formed,
            publish_date=after(formed, (25, 21, 20)[place] if place < 3 else 12),
            channel="单位网站",
        )
        if place < 3:
            (bureau.plant if place < 2 else bureau.near_miss)("RX-08", row)


def _evaluations(bureau: Bureau, units: list[Row]) -> None:
    for place, unit in enumerate(units[:6]):
        rows = []
        for group, score in _GROUPS:
            for rater in range(3):
                rows.append(
                    bureau.add(
                        "rating",
                        rating_id=bureau.number("PF"),
                        scheme="作风评议",
                        period="2021",
                        target_id=unit["unit_id"],
                        rater_id=bureau.number("PR"),
                        rater_type=group,
                        rater_unit_id=units[(place + 1) % len(units)]["unit_id"]
                        if group == "科室互评"
                        else None,
                        item="作风效能",
                        item_group="作风",
                        max_score=100.0,
                        score=score + _MERIT[group][place] + rater - 1,
                        recused=False,
                        published_total=None,
                    )
                )
        _evaluated(bureau, place, unit, rows)


def _evaluated(bureau: Bureau, place: int, unit: Row, rows: list[Row]) -> None:
    total = round(sum(_WEIGHTS[group] * (score + _MERIT[group][place]) for group, score in _GROUPS), 2)
    rows[0]["published_total"] = total
    if place in (0, 1):
        rows[0]["published_total"] = total + 0.5
        bureau.plant("PY-02", rows[0])
    if place == 2:
        rows[0]["published_total"] = total + 0.04
        bureau.near_miss("PY-02", rows[0])
    if place in (2, 3):
        peer = rows[3]
        peer["rater_unit_id"] = unit["unit_id"]
        bureau.plant("PY-B02", peer)
    if place == 4:
        rows[3].update(rater_unit_id=unit["unit_id"], recused=True, score=None)
        rows[4]["score"] = rows[5]["score"] = 90.0 + _MERIT["科室互评"][place]
        bureau.near_miss("PY-B02", rows[3])
        bureau.near_miss("PY-01", *rows)
    if place in (4, 5):
        rows[0]["published_total"] = None
    if place in (3, 5):
        for row in rows[9:]:
            row["score"] = None
        rows[0]["published_total"] = None
        bureau.plant("PY-01", *rows)
        if place == 3:
            return
