"""What is planted in the safety ledgers: each rule at least twice, each with a near miss beside it."""

from datetime import date, datetime, timedelta

from mingjing.sample import safety as clean
from mingjing.sample.bureau import Bureau, Row


def plant(bureau: Bureau) -> None:
    units = bureau.units_with("active")
    direct, counties = units[:6], [u for u in units if u["unit_type"] == "县市区部门"][:8]
    _hazards(bureau, direct)
    _accidents(bureau, direct)
    _recurring(bureau, direct)
    _inspections(bureau, counties, direct)
    _lessons(bureau, direct, counties)
    _patrols(bureau, direct)
    _sweep(bureau, counties, direct)
    _equipment(bureau, direct)
    _operators(bureau, direct)
    _records(bureau, direct, counties)
    _leave(bureau, counties)
    _inspectors(bureau, direct, counties)


def _entries(bureau: Bureau, unit: Row, kind: str) -> list[Row]:
    log = bureau.rows["activity_log"]
    return [row for row in log if row["unit_id"] == unit["unit_id"] and row["act_type"] == kind]


def _drop(bureau: Bureau, rows: list[Row]) -> None:
    gone = {id(row) for row in rows}
    bureau.rows["activity_log"] = [row for row in bureau.rows["activity_log"] if id(row) not in gone]


def _spare(bureau: Bureau, unit: Row, name: str, **more) -> Row:
    """A site of its own for a plan, inspected in the sweep, so that nothing else happens there."""
    site = {"site_id": bureau.number("CS"), "unit_id": unit["unit_id"], "site_name": name}
    row = bureau.add("site", **site, **({"site_type": "其他", "is_high_risk": False, "active": True} | more))
    clean.check(
        bureau, unit, "安全生产检查", date(2021, 6, 24), row, f"16:{len(bureau.rows['site']) % 60:02d}"
    )
    return row


def _hazards(bureau: Bureau, direct: list[Row]) -> None:
    unit, other = direct[1], direct[4]
    day, spare = date(2021, 9, 6), [_spare(bureau, unit, f"{n}号靶位") for n in range(1, 6)]
    late = clean.hazard(
        bureau, unit, spare[0], day, rect_date=day + timedelta(days=16), review_date=date(2021, 9, 23)
    )
    still = {
        "rect_date": None,
        "review_date": None,
        "reviewer_id": None,
        "evidence_ref": None,
        "status": "整改中",
    }
    open_ = clean.hazard(bureau, other, _spare(bureau, other, "更衣室"), date(2021, 10, 11), **still)
    bureau.plant("AQ-01", late)
    bureau.plant("AQ-01", open_)
    on_time = {"rect_date": day + timedelta(days=15), "review_date": day + timedelta(days=15)}
    bureau.near_miss("AQ-01", clean.hazard(bureau, unit, spare[1], day, **on_time))
    moved = {
        "orig_deadline": day + timedelta(days=15),
        "deadline": day + timedelta(days=45),
        "extension_no": "延〔2021〕3号",
    }
    dates = {"rect_date": day + timedelta(days=40), "review_date": day + timedelta(days=40)}
    bureau.near_miss("AQ-01", clean.hazard(bureau, unit, spare[2], day, **moved, **dates))
    bureau.plant("AQ-02", clean.major(bureau, unit, spare[3], date(2021, 4, 12), fund_amount=None))
    slow = datetime(2021, 5, 20, 8, 30)
    bureau.plant(
        "AQ-02",
        clean.major(bureau, other, _spare(bureau, other, "水泵房"), date(2021, 5, 18), report_time=slow),
    )
    bureau.near_miss("AQ-02", clean.major(bureau, unit, spare[4], date(2021, 4, 12), fund_amount=0.0))
    _closures(bureau, direct[2])


def _closures(bureau: Bureau, unit: Row) -> None:
    officer = bureau.staff(unit["unit_id"])["safety"][0]
    rooms = [_spare(bureau, unit, f"{n}号教室") for n in range(1, 7)]
    day = date(2021, 3, 8)
    bureau.plant("AQ-03", clean.hazard(bureau, unit, rooms[0], day, reviewer_id=officer))
    bureau.plant("AQ-03", clean.hazard(bureau, unit, rooms[1], day, evidence_ref=None))
    bureau.near_miss("AQ-03", clean.hazard(bureau, unit, rooms[2], day, review_date=day + timedelta(days=10)))
    file = bureau.number("ZG")
    for room, found in ((rooms[3], day), (rooms[4], date(2021, 4, 9))):
        bureau.plant("AQ-03", clean.hazard(bureau, unit, room, found, evidence_ref=file))
    file = bureau.number("ZG")
    for room in rooms[4:]:
        bureau.near_miss(
            "AQ-03", clean.hazard(bureau, unit, room, day, evidence_ref=file, hazard_type="建筑")
        )


def _accidents(bureau: Bureau, direct: list[Row]) -> None:
    known = datetime(2021, 7, 5, 10, 0)
    for unit, minutes in ((direct[3], 61), (direct[5], None), (direct[4], 60)):
        told = known + timedelta(minutes=minutes) if minutes else None
        words = {"hazard_desc": "训练中一人滑倒骨折", "hazard_type": "其他", "is_accident": True}
        times = {"accident_know_time": known, "accident_report_time": told}
        row = clean.hazard(bureau, unit, clean.sites_of(bureau, unit)[0], known.date(), **words, **times)
        (bureau.near_miss if minutes == 60 else bureau.plant)("AQ-B02", row)


def _recurring(bureau: Bureau, direct: list[Row]) -> None:
    """Closed on 11 May 2020 or later: within a year of it, and a day over."""
    unit, other = direct[3], direct[5]
    for host, name, found, numbered in (
        (unit, "艇库", date(2021, 5, 11), True),
        (other, "检录处", date(2021, 3, 2), False),
        (unit, "码头", date(2021, 5, 12), True),
    ):
        site = _spare(bureau, host, name)
        where = {} if numbered else {"site_id": None}
        first = clean.hazard(bureau, host, site, date(2020, 5, 1), **where)
        again = clean.hazard(bureau, host, site, found, **where)
        if name == "码头":
            bureau.near_miss("AQ-11", again, first)
        else:
            bureau.plant("AQ-11", again, first)


def _inspections(bureau: Bureau, counties: list[Row], direct: list[Row]) -> None:
    for unit, quarter in ((counties[0], 2), (counties[1], 4)):
        log = _entries(bureau, unit, "防火检查")
        _drop(bureau, [row for row in log if (row["act_time"].month + 2) // 3 == quarter])
        bureau.plant("AQ-04", unit)
    edge = _entries(bureau, counties[2], "防火检查")
    edge[1]["act_time"], edge[3]["act_time"] = datetime(2021, 4, 1, 9, 12), datetime(2021, 12, 31, 9, 12)
    bureau.near_miss("AQ-04", counties[2])


def _lessons(bureau: Bureau, direct: list[Row], counties: list[Row]) -> None:
    _drop(bureau, _entries(bureau, direct[2], "消防演练")[:1])
    _drop(bureau, _entries(bureau, counties[3], "消防演练"))
    bureau.plant("AQ-05", direct[2])
    bureau.plant("AQ-05", counties[3])
    _entries(bureau, counties[4], "消防演练")[0]["act_time"] = datetime(2021, 12, 31, 14, 30)
    bureau.near_miss("AQ-05", counties[4])
    _drop(bureau, _entries(bureau, direct[4], "消防培训")[:1])
    bureau.plant("AQ-06", direct[4])
    short = _entries(bureau, direct[1], "消防培训")[0]
    short["attend_count"] = short["due_count"] - 1
    bureau.plant("AQ-06", short)
    first = _entries(bureau, direct[3], "消防培训")[0]
    first["attend_count"] = first["due_count"] - 6
    rest = {"due_count": 6, "attend_count": 6, "evidence_ref": bureau.number("PX")}
    second = clean.act(bureau, direct[3], "消防培训", date(2021, 9, 3), "15:00", **rest)
    bureau.near_miss("AQ-06", first, second)


def _patrols(bureau: Bureau, direct: list[Row]) -> None:
    school, venue = direct[2], direct[5]
    days = (date(2021, 10, 2), date(2021, 10, 3))
    _drop(bureau, [row for row in _entries(bureau, school, "防火巡查") if row["act_time"].date() in days])
    bureau.plant("AQ-12", school)
    evening = [
        row for row in _entries(bureau, venue, "防火巡查") if row["act_time"].date() == date(2021, 7, 20)
    ]
    _drop(bureau, evening[-1:])
    bureau.plant("AQ-12", venue)


def _sweep(bureau: Bureau, counties: list[Row], direct: list[Row]) -> None:
    for unit in counties[5:7]:
        _drop(bureau, _entries(bureau, unit, "安全生产检查"))
        bureau.plant("AQ-B03", unit)
        bureau.near_miss("AQ-13", *clean.sites_of(bureau, unit))
    once = counties[7]
    bureau.near_miss("AQ-B03", once)
    for unit, name, risky in ((direct[0], "地下车库", False), (direct[4], "制冷机房", True)):
        site = {"site_id": bureau.number("CS"), "unit_id": unit["unit_id"], "site_name": name}
        bureau.plant("AQ-13", bureau.add("site", **site, site_type="其他", is_high_risk=risky, active=True))
    site = {"site_id": bureau.number("CS"), "unit_id": direct[5]["unit_id"], "site_name": "老配电室"}
    bureau.near_miss("AQ-13", bureau.add("site", **site, site_type="配电室", is_high_risk=True, active=False))


def _equipment(bureau: Bureau, direct: list[Row]) -> None:
    school, venue = direct[2], direct[5]
    made = {"made_date": date(2015, 9, 1)}
    for unit, checked, rule in (
        (school, date(2020, 12, 30), bureau.plant),
        (venue, None, bureau.plant),
        (school, date(2020, 12, 31), bureau.near_miss),
    ):
        rule(
            "AQ-07",
            clean.asset(bureau, unit, "消防设施", "消火栓系统", "室外", last_check_date=checked, **made),
        )
    old = clean.extinguisher(bureau, school, "旧门厅", made_date=date(2011, 12, 31))
    near = clean.extinguisher(
        bureau, school, "新门厅", made_date=date(2012, 1, 1), last_check_date=date(2021, 12, 1)
    )
    idle = [clean.extinguisher(bureau, venue, "东看台", last_check_date=date(2021, 12, n)) for n in (14, 15)]
    clean.extinguisher(bureau, venue, "东看台")
    bureau.plant("AQ-08", old)
    bureau.plant("AQ-08", *idle)
    bureau.near_miss("AQ-08", near)
    past = {"valid_from": date(2020, 12, 1), "valid_to": date(2021, 11, 30), "apply_date": date(2021, 10, 20)}
    soon = {"valid_from": date(2021, 1, 21), "valid_to": date(2022, 1, 20), "apply_date": date(2021, 1, 10)}
    asked = {"valid_from": date(2021, 1, 21), "valid_to": date(2022, 1, 20), "apply_date": date(2021, 12, 20)}
    bureau.plant("AQ-09", clean.device(bureau, school, "货梯", **past))
    bureau.plant("AQ-09", clean.device(bureau, venue, "锅炉", **soon))
    bureau.near_miss("AQ-09", clean.device(bureau, venue, "自动扶梯", **asked))


def _operators(bureau: Bureau, direct: list[Row]) -> None:
    venue, school = direct[4], direct[2]
    gone = bureau.person(venue["unit_id"], "former", status="退休", status_date=date(2021, 5, 1))
    ended = {"valid_from": date(2020, 10, 1), "valid_to": date(2021, 9, 30)}
    lifeguard = bureau.staff(venue["unit_id"])["venue"][0]
    bureau.plant("AQ-10", clean.licence(bureau, venue, lifeguard, "救生员证", **ended))
    clerk = bureau.staff(school["unit_id"])["clerk"][1]
    bureau.plant("AQ-10", clean.licence(bureau, school, clerk, valid_to=date(2022, 1, 30)))
    bureau.near_miss("AQ-10", clean.licence(bureau, venue, gone["person_id"], "救生员证", **ended))
    bureau.near_miss("AQ-10", clean.licence(bureau, school, clerk, valid_to=date(2022, 1, 31)))


def _records(bureau: Bureau, direct: list[Row], counties: list[Row]) -> None:
    """One leader at two places, a conclusion copied, evidence used twice."""
    chief = bureau.staff(direct[0]["unit_id"])["deputy"][1]

    def visit(unit: Row, day: date, clock: str, **more) -> Row:
        more = {"leader_id": chief, "issues": 1} | more
        return clean.check(bureau, unit, "安全生产检查", day, clean.sites_of(bureau, unit)[0], clock, **more)

    for day, second, rule in (
        (date(2021, 9, 15), "09:31", bureau.plant),
        (date(2021, 9, 28), "09:31", bureau.plant),
        (date(2021, 10, 13), "09:32", bureau.near_miss),
    ):
        rule("AQ-14", visit(counties[0], day, "09:31"), visit(counties[1], day, second))
    text = "现场查看消防通道畅通灭火器压力正常未见异常"
    for words, times, rule in ((text, 5, bureau.plant), (text + "等情况", 4, bureau.near_miss)):
        rows = [
            visit(counties[n % 3], date(2021, 7, 6 + n + times), f"1{times}:20", conclusion=words)
            for n in range(times)
        ]
        rule("AQ-14", *rows)
    for unit, days, rule in (
        (counties[2], (date(2021, 8, 10), date(2021, 8, 24)), bureau.plant),
        (counties[3], (date(2021, 8, 11), date(2021, 8, 25)), bureau.plant),
        (counties[4], (date(2021, 8, 12), date(2021, 8, 12)), bureau.near_miss),
    ):
        file = bureau.number("JC")
        rule(
            "AQ-15",
            *(
                visit(unit, day, clock, evidence_ref=file)
                for day, clock in zip(days, ("14:05", "15:40"), strict=True)
            ),
        )
    file, round_ = bureau.number("JC"), "2021年国庆节前检查"
    rows = [
        visit(counties[4], date(2021, 9, n), "14:50", evidence_ref=file, round_id=round_) for n in (22, 24)
    ]
    bureau.near_miss("AQ-15", *rows)


def _leave(bureau: Bureau, counties: list[Row]) -> None:
    """On leave to 17 September; back on the 18th."""
    for unit, day, rule in (
        (counties[5], date(2021, 9, 17), bureau.plant),
        (counties[6], date(2021, 9, 18), bureau.near_miss),
    ):
        officer = bureau.staff(unit["unit_id"])["safety"][1]
        span = {"from_date": date(2021, 9, 13), "to_date": date(2021, 9, 17), "leave_type": "事假"}
        leave = bureau.add("staff_leave", person_id=officer, unit_id=unit["unit_id"], **span)
        site = clean.sites_of(bureau, unit)[1]
        rule("AQ-16", clean.check(bureau, unit, "防火检查", day, site, "11:20", leader_id=officer), leave)
    unit = counties[7]
    reviewer = bureau.staff(unit["unit_id"])["deputy"][1]
    span = {"from_date": date(2021, 10, 18), "to_date": date(2021, 10, 29), "leave_type": "病假"}
    leave = bureau.add("staff_leave", person_id=reviewer, unit_id=unit["unit_id"], **span)
    site = _spare(bureau, unit, "车棚")
    bureau.plant(
        "AQ-16", clean.hazard(bureau, unit, site, date(2021, 10, 9), review_date=date(2021, 10, 20)), leave
    )


def _inspectors(bureau: Bureau, direct: list[Row], counties: list[Row]) -> None:
    """Six inspections by one person without a problem; six with one; a unit where nothing is ever found."""
    unit = direct[3]
    for clerk, last, rule in ((1, 0, bureau.plant), (2, 1, bureau.near_miss)):
        person, rows = bureau.staff(unit["unit_id"])["clerk"][clerk], []
        for number in range(6):
            site = clean.sites_of(bureau, unit)[number % 3]
            issues = last if number == 5 else 0
            day, clock = date(2021, number + 3, 12 + clerk), f"1{clerk}:25"
            rows.append(clean.check(bureau, unit, "防火检查", day, site, clock, issues, leader_id=person))
        rule("AQ-B04", *rows)
    quiet = counties[7]
    for row in [*_entries(bureau, quiet, "防火检查"), *_entries(bureau, quiet, "安全生产检查")]:
        row["issue_count"], row["checker_ids"] = 0, None
        row["conclusion"] = "未见异常"
    rows = [*_entries(bureau, quiet, "防火检查"), *_entries(bureau, quiet, "安全生产检查")]
    bureau.plant("AQ-B04", *rows)
