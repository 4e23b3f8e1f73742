"""A year of work safety: sites, inspections, patrols, drills, training, hazards, equipment, leave."""

from datetime import date, datetime, time, timedelta
from random import Random

from mingjing.sample import safety_plants
from mingjing.sample.bureau import Bureau, Row

_SITES = {
    "机关": (("办公楼", "办公", False), ("档案室", "其他", False)),
    "县市区部门": (("办公楼", "办公", False), ("全民健身馆", "训练馆", False)),
    "训练单位": (
        ("训练馆", "训练馆", False),
        ("食堂", "食堂", True),
        ("运动员宿舍", "宿舍", True),
        ("配电室", "配电室", True),
        ("器材库", "其他", False),
    ),
    "场馆": (
        ("比赛大厅", "训练馆", False),
        ("游泳池", "游泳馆", True),
        ("看台", "看台", False),
        ("锅炉房", "锅炉房", True),
        ("配电室", "配电室", True),
    ),
}
_SITES["体校"] = _SITES["训练单位"]
_HAZARDS = (
    ("消防", "安全出口指示灯不亮", "更换灯具"),
    ("用电", "插线板老化", "更换插线板"),
    ("体育器材", "器械螺栓松动", "紧固并复检"),
    ("建筑", "吊顶局部开裂", "修补加固"),
    ("消防", "疏散通道堆放杂物", "清理通道"),
    ("用电", "配电箱未上锁", "加锁并公示责任人"),
)
_MINUTES = (3, 7, 11, 18, 22, 26, 34, 41, 47, 53)


def build(bureau: Bureau) -> None:
    rng = bureau.random("safety")
    for unit in bureau.units_with("active"):
        _sites(bureau, unit)
        _inspections(bureau, unit, rng)
        _patrols(bureau, unit, rng)
        _lessons(bureau, unit, rng)
        _hazards(bureau, unit, rng)
        if unit["unit_type"] != "县市区部门":
            _equipment(bureau, unit, rng)
        bureau.add(
            "staff_leave",
            person_id=bureau.staff(unit["unit_id"])["clerk"][3],
            unit_id=unit["unit_id"],
            from_date=date(2021, 8, 2),
            to_date=date(2021, 8, 6),
            leave_type="年休假",
        )
    safety_plants.plant(bureau)


def act(bureau: Bureau, unit: Row, kind: str, day: date, clock: str = "09:12", **more) -> Row:
    """One entry of the activity ledger, led by the unit's first safety officer unless told otherwise."""
    usual = {
        "act_id": bureau.number("HD"),
        "act_type": kind,
        "act_time": datetime.combine(day, time.fromisoformat(clock)),
        "unit_id": unit["unit_id"],
        "leader_id": bureau.staff(unit["unit_id"])["safety"][0],
        "checker_ids": None,
        "due_count": None,
        "attend_count": None,
        "issue_count": None,
        "site_id": None,
        "round_id": None,
        "conclusion": None,
        "evidence_ref": None,
    }
    return bureau.add("activity_log", **(usual | more))


def sites_of(bureau: Bureau, unit: Row) -> list[Row]:
    return [row for row in bureau.rows["site"] if row["unit_id"] == unit["unit_id"]]


def _sites(bureau: Bureau, unit: Row) -> None:
    for name, kind, risky in _SITES[unit["unit_type"]]:
        site = {"site_id": bureau.number("CS"), "unit_id": unit["unit_id"], "site_name": name}
        bureau.add("site", **site, site_type=kind, is_high_risk=risky, active=True)


def _inspections(bureau: Bureau, unit: Row, rng: Random) -> None:
    """A fire inspection each quarter, one site after the other, and a sweep of every site in June."""
    sites, staff = sites_of(bureau, unit), bureau.staff(unit["unit_id"])
    for quarter in range(4):
        site = sites[quarter % len(sites)]
        day = date(2021, 3 * quarter + 2, rng.randint(3, 25))
        check(bureau, unit, "防火检查", day, site, issues=int(quarter == 1))
    names = [bureau.person_row(person)["name"] for person in staff["safety"]]
    first = date(2021, 6, 1) + timedelta(days=rng.randint(0, 20))
    for place, site in enumerate(sites):
        check(
            bureau,
            unit,
            "安全生产检查",
            first,
            site,
            f"{9 + place:02d}:{rng.choice(_MINUTES):02d}",
            issues=int(place == 0),
            leader_id=staff["deputy"][0],
            checker_ids="、".join(names),
            round_id="2021年拉网排查",
        )


def check(
    bureau: Bureau, unit: Row, kind: str, day: date, site: Row, clock: str = "09:12", issues: int = 0, **more
):
    said = f"{site['site_name']}发现{issues}处问题" if issues else f"{site['site_name']}未见异常"
    usual = {"evidence_ref": bureau.number("JC"), "conclusion": said, "issue_count": issues}
    return act(bureau, unit, kind, day, clock, site_id=site["site_id"], **(usual | more))


def _patrols(bureau: Bureau, unit: Row, rng: Random) -> None:
    """Every day where fire safety is key, every two hours in venues; two venues close over the Spring Festival."""
    hours = (8, 10, 12, 14, 16) if unit["is_public_venue"] else (8,) if unit["is_fire_key"] else ()
    closed = range(0)
    if unit["is_public_venue"]:
        first, last = date(2021, 2, 11), date(2021, 2, 14)
        closed = range(first.toordinal(), last.toordinal() + 1)
        shut = {"unit_id": unit["unit_id"], "from_date": first, "to_date": last, "reason": "春节闭馆"}
        bureau.add("closed_period", **shut)
        bureau.near_miss("AQ-12", unit)
    staff = bureau.staff(unit["unit_id"])
    for day in bureau.days() if hours else ():
        for hour in () if day.toordinal() in closed else hours:
            clock = f"{hour:02d}:{rng.choice(_MINUTES):02d}"
            leader = staff["safety"][(day.toordinal() + hour // 2) % 2]
            act(bureau, unit, "防火巡查", day, clock, leader_id=leader, conclusion="正常")


def _lessons(bureau: Bureau, unit: Row, rng: Random) -> None:
    staff = unit["staff_count"]
    for month in (5, 11) if unit["is_fire_key"] else (11,):
        count = {"due_count": staff, "attend_count": staff, "evidence_ref": bureau.number("YL")}
        act(bureau, unit, "消防演练", date(2021, month, rng.randint(1, 28)), "14:30", **count)
    for month in (4, 10) if unit["is_public_venue"] else (4,):
        count = {"due_count": staff, "attend_count": staff, "evidence_ref": bureau.number("PX")}
        act(bureau, unit, "消防培训", date(2021, month, rng.randint(1, 28)), "15:00", **count)


def hazard(bureau: Bureau, unit: Row, site: Row, found: date, **more) -> Row:
    """A hazard found, put right on the tenth day, reviewed by somebody else and documented."""
    staff = bureau.staff(unit["unit_id"])
    usual = {
        "hazard_id": bureau.number("YH"),
        "unit_id": unit["unit_id"],
        "found_date": found,
        "location": site["site_name"],
        "site_id": site["site_id"],
        "hazard_desc": "安全出口指示灯不亮",
        "hazard_type": "消防",
        "hazard_level": "一般",
        "measure": "更换灯具",
        "fund_amount": 0.0,
        "responsible_id": staff["safety"][0],
        "deadline": found + timedelta(days=15),
        "orig_deadline": None,
        "extension_no": None,
        "plan_doc": None,
        "report_time": None,
        "status": "已销号",
        "rect_date": found + timedelta(days=10),
        "reviewer_id": staff["deputy"][1],
        "review_date": found + timedelta(days=11),
        "evidence_ref": bureau.number("ZG"),
        "is_accident": False,
        "accident_know_time": None,
        "accident_report_time": None,
    }
    return bureau.add("hazard", **(usual | more))


def major(bureau: Bureau, unit: Row, site: Row, found: date, **more) -> Row:
    """A major hazard with all five elements, reported the evening of the next day."""
    reported = datetime.combine(found + timedelta(days=1), time(23, 0))
    usual = {
        "hazard_level": "重大",
        "hazard_desc": "消防水泵不能自动启动",
        "measure": "更换水泵控制柜",
        "fund_amount": 86000.0,
        "plan_doc": bureau.number("YA"),
        "report_time": reported,
        "deadline": found + timedelta(days=90),
        "rect_date": found + timedelta(days=40),
        "review_date": found + timedelta(days=42),
    }
    return hazard(bureau, unit, site, found, **(usual | more))


def _hazards(bureau: Bureau, unit: Row, rng: Random) -> None:
    """One of each kind at the most in a place, so that none comes back by chance."""
    for number, site in enumerate(sites_of(bureau, unit)):
        kind, text, measure = _HAZARDS[number % len(_HAZARDS)]
        found = date(2021, 1, 10) + timedelta(days=rng.randint(0, 320))
        done = found + timedelta(days=rng.randint(0, 14))
        dates = {"rect_date": done, "review_date": done + timedelta(days=rng.randint(0, 2))}
        words = {"hazard_type": kind, "hazard_desc": text, "measure": measure}
        hazard(bureau, unit, site, found, fund_amount=float(rng.choice((0, 300, 1200))), **words, **dates)


def asset(bureau: Bureau, unit: Row, kind: str, name: str, location: str | None = None, **more) -> Row:
    usual = {
        "ca_id": bureau.number("SB"),
        "ca_type": kind,
        "name": name,
        "unit_id": unit["unit_id"],
        "holder_id": None,
        "location": location,
        "subtype": None,
        "made_date": None,
        "valid_from": None,
        "valid_to": None,
        "last_check_date": None,
        "apply_date": None,
        "status": "在用",
    }
    return bureau.add("cert_asset", **(usual | more))


def extinguisher(bureau: Bureau, unit: Row, location: str, **more) -> Row:
    usual = {"subtype": "手提式干粉", "made_date": date(2018, 5, 1), "last_check_date": date(2021, 12, 28)}
    return asset(bureau, unit, "灭火器", "灭火器", location, **(usual | more))


def device(bureau: Bureau, unit: Row, name: str, **more) -> Row:
    dates = {"valid_from": date(2021, 6, 1), "valid_to": date(2022, 5, 31), "apply_date": date(2021, 4, 20)}
    return asset(bureau, unit, "特种设备", name, "设备间", **(dates | more))


def licence(bureau: Bureau, unit: Row, holder: str, kind: str = "特种设备作业证", **more) -> Row:
    dates = {"valid_from": date(2019, 7, 1), "valid_to": date(2023, 6, 30)}
    return asset(bureau, unit, kind, kind, None, holder_id=holder, **(dates | more))


def _equipment(bureau: Bureau, unit: Row, rng: Random) -> None:
    for site in sites_of(bureau, unit):
        for _ in range(3):
            extinguisher(bureau, unit, site["site_name"], last_check_date=date(2021, 12, rng.randint(20, 30)))
    for system in ("自动喷水灭火系统", "火灾自动报警系统"):
        checked = date(2021, rng.randint(2, 11), rng.randint(1, 28))
        asset(bureau, unit, "消防设施", system, "全楼", made_date=date(2015, 9, 1), last_check_date=checked)
    device(bureau, unit, "客梯")
    licence(bureau, unit, bureau.staff(unit["unit_id"])["clerk"][0])
