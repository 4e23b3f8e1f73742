"""Risk register and integrity talks."""

from datetime import date, datetime, timedelta

from mingjing.sample.bureau import Bureau, Row

# area of the register, role that holds it, flag of the units it binds, power, risk, likelihood, impact, level
_POINTS = (
    ("财务", "finance", "active", "报销审核", "虚列支出、白条入账", 3, 5, "高"),
    ("采购", "purchase", "active", "采购需求与验收", "化整为零、指定供货商", 3, 4, "中"),
    ("人事", "hr", "active", "人员招聘与考核", "因人设岗、考核走过场", 2, 3, "三级"),
    ("枪弹", "keeper", "has_armory", "枪弹保管与发放", "账实不符、违规借出", 3, 5, "一级"),
    ("食堂", "buyer", "has_canteen", "食材采购", "抬高价格、以次充好", 2, 4, "二级"),
    ("反兴奋剂", "doctor", "has_athletes", "药品营养品管理", "误服误用", 2, 4, "中"),
    ("场馆", "venue", "is_public_venue", "场地出租", "低价出租、收入不入账", 2, 4, "中"),
)


def build(bureau: Bureau) -> None:
    for unit in bureau.units_with("active"):
        for point in _POINTS:
            if unit[point[2]]:
                _point(bureau, unit, point)
    _plant_register(bureau)
    _talks(bureau)
    _plant_posts(bureau)


def _point(bureau: Bureau, unit: Row, point: tuple, **more) -> Row:
    area, role, _, power, risk, likelihood, impact, level = point
    staff = bureau.staff(unit["unit_id"])
    person = bureau.person_row(staff[role][0])
    return bureau.add(
        "risk_register",
        **{
            "risk_id": bureau.number("FX"),
            "unit_id": unit["unit_id"],
            "dept": person["dept"],
            "post": person["post"],
            "person_id": person["person_id"],
            "key_area": area,
            "power_item": power,
            "risk_desc": risk,
            "risk_category": "业务流程",
            "likelihood": likelihood,
            "impact": impact,
            "risk_level": level,
            "controls": "双人复核；定期抽查；公开公示",
            "control_count": 3,
            "leader_id": staff["deputy"][0],
            "identified_date": date(2021, 1, 11),
            "last_review_date": date(2021, 7, 15),
            "published_flag": True,
            "status": "有效",
        }
        | more,
    )


def _plant_register(bureau: Bureau) -> None:
    rows = bureau.rows["risk_register"]
    spare = [row for row in rows if row["key_area"] == "采购"]
    for row, column in zip(spare[:2], ("controls", "power_item"), strict=True):
        row[column] = None
        bureau.plant("LZ-01", row)
    spare[2]["controls"], spare[2]["status"] = None, "已撤销"
    bureau.near_miss("LZ-01", spare[2])
    replaced = _copy(bureau, spare[2], controls="双人复核", status="有效")
    bureau.near_miss("LZ-05", bureau.unit(replaced["unit_id"]))
    spare[3]["risk_level"] = "低"
    spare[4]["impact"] = 5
    spare[5]["likelihood"], spare[5]["impact"] = 2, 4
    bureau.plant("LZ-02", spare[3])
    bureau.plant("LZ-02", spare[4])
    bureau.near_miss("LZ-02", spare[5])
    high = [row for row in rows if row["key_area"] == "财务"]
    high[0]["control_count"], high[0]["controls"] = 1, "抽查"
    high[1]["leader_id"] = bureau.staff(high[1]["unit_id"])["hr"][0]
    high[2]["control_count"] = 2
    spare[6]["control_count"] = 1
    bureau.plant("LZ-03", high[0])
    bureau.plant("LZ-03", high[1])
    bureau.near_miss("LZ-03", high[2])
    bureau.near_miss("LZ-03", spare[6])
    high[3]["last_review_date"] = date(2021, 6, 30)
    high[4]["last_review_date"], high[4]["identified_date"] = None, date(2021, 1, 11)
    high[5]["last_review_date"] = date(2021, 7, 1)
    bureau.plant("LZ-04", high[3])
    bureau.plant("LZ-04", high[4])
    bureau.near_miss("LZ-04", high[5])
    for row in [row for row in rows if row["key_area"] == "人事"][-2:]:
        rows.remove(row)
        bureau.plant("LZ-05", bureau.unit(row["unit_id"]))


def _copy(bureau: Bureau, row: Row, **more) -> Row:
    return bureau.add("risk_register", **(dict(row) | {"risk_id": bureau.number("FX")} | more))


def _talks(bureau: Bureau) -> None:
    """Two talks a year with each key post, never more than three a day; three people are left out on purpose."""
    high = {row["person_id"] for row in bureau.rows["risk_register"] if row["risk_level"] in ("高", "一级")}
    posts = [row for row in bureau.rows["person"] if row["is_key_post"]]
    plain = [row for row in posts if row["person_id"] not in high]
    without, once = plain[1], plain[2]
    lone_high = next(row for row in posts if row["person_id"] in high)
    order: dict[str, int] = {}
    for row in posts:
        head = bureau.staff(row["unit_id"])["head"][0]
        place = order[head] = order.get(head, 0) + 1
        wanted = 0 if row is without else 1 if row in (once, lone_high) else 2
        for month in (3, 9)[:wanted]:
            _talk(bureau, head, row, date(2021, month, 1) + timedelta(days=place))
    bureau.plant("LZ-07", without)
    bureau.plant("LZ-07", lone_high)
    bureau.near_miss("LZ-07", once)


def _talk(bureau: Bureau, head: str, person: Row, day: date) -> None:
    bureau.add(
        "duty_record",
        rec_id=bureau.number("JS"),
        rec_type="廉政谈话",
        subject_id=head,
        unit_id=person["unit_id"],
        due_date=None,
        done_date=day,
        entry_time=datetime(day.year, day.month, day.day, 16, 30) + timedelta(days=1),
        content=f"与{person['post']}{person['name']}廉政谈话",
        target_person_id=person["person_id"],
        evidence_ref=bureau.number("TH"),
    )


def _plant_posts(bureau: Bureau) -> None:
    posts = [row for row in bureau.rows["person"] if row["key_area"] == "财务"]
    for row in posts[4:6]:
        row["post_start_date"], row["last_special_audit_date"] = date(2016, 12, 30), None
        bureau.plant("LZ-06", row)
    posts[6]["post_start_date"], posts[6]["last_special_audit_date"] = date(2016, 12, 31), None
    posts[7]["post_start_date"], posts[7]["last_special_audit_date"] = date(2010, 5, 1), date(2020, 12, 31)
    bureau.near_miss("LZ-06", posts[6])
    bureau.near_miss("LZ-06", posts[7])
