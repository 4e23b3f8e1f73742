"""Duty, stock-takes, inspections and training plans, with what is wrong in them."""

from calendar import monthrange
from collections import defaultdict
from datetime import date, datetime, timedelta
from math import ceil

from mingjing.sample.bureau import Row
from mingjing.sample.firearms.armoury import AIR, AMMO, GUNS, KINDS, PISTOL, RESERVE, RIFLE, Armoury, at

SHIFT = timedelta(hours=12)


def check(a: Armoury, kind: str, store: str, when: datetime, **more) -> Row:
    keepers = a.staff["keeper"]
    usual = dict.fromkeys(
        "end_time leader_id object_type ammo_type book_qty actual_qty inspect_level conclusion problem_count "
        "closed_count patrol_count".split()
    )
    usual |= {"check_id": a.bureau.number("QD"), "unit_id": a.unit_id, "storeroom": store, "rec_type": kind}
    usual |= {"start_time": when, "person1": keepers[0], "person2": keepers[1]}
    return a.bureau.add("armory_check", **(usual | more))


def duty(a: Armoury) -> None:
    """Two guards in each of two stores, twelve hours at a time, one of three off in turn."""
    guards = a.staff["guard"]
    rosters: dict[str, list[Row]] = {GUNS: [], RESERVE: []}
    for shift in range(731):
        begins = datetime(2020, 12, 31, 20) + shift * SHIFT
        for store, three in zip(rosters, (guards[:3], guards[3:]), strict=True):
            first, second = (g for place, g in enumerate(three) if place != shift % 3)
            more = {"end_time": begins + SHIFT, "person1": first, "person2": second, "patrol_count": 6}
            rosters[store].append(check(a, "值班", store, begins, **more))
    here, there, b = rosters[GUNS], rosters[RESERVE], a.bureau
    for shift in (100, 400):
        there[shift]["person2"] = guards[shift % 3]
        stint = [here[shift - 2], here[shift - 1], there[shift], here[shift + 1], here[shift + 2]]
        b.plant("QD-20", *stint)
        b.near_miss("QD-21", here[shift - 1])
    b.near_miss("QD-20", here[10], here[11])
    for shift in (200, 500):
        there[shift]["person2"] = here[shift]["person1"]
        b.plant("QD-21", here[shift], there[shift])
    here[150]["end_time"] -= timedelta(minutes=16)
    b.plant("QD-11", here[150], here[151])
    here[160]["end_time"] -= timedelta(minutes=15)
    b.near_miss("QD-11", here[160])
    here[250]["person2"] = None
    b.plant("QD-11", here[250])
    for guard, issue in zip((guards[0], guards[3]), a.signed, strict=True):
        rows = [r for r in (*here[1:], *there[1:]) if guard in (r["person1"], r["person2"])]
        b.plant("QD-19", issue, *rows)


def checks(a: Armoury) -> None:
    """Daily after issues, weekly on Fridays, monthly with the head's signature and gun by gun."""
    issued = defaultdict(list)
    for row in a.issues:
        issued[row["out_time"].date()].append(row)
    for day in sorted(issued):
        if day != date(2021, 9, 15):
            guns(a, "日清点", GUNS, at(day, 18))
    a.bureau.plant("QD-10", *issued[date(2021, 9, 15)])
    a.bureau.plant("QD-10", a.unit)
    a.bureau.near_miss("QD-10", issued[date(2021, 8, 13)][0])
    fridays = [day for day in a.bureau.days() if day.weekday() == 4]
    for week, day in enumerate(fridays):
        if day != date(2021, 8, 13):
            everything(a, "周清点", at(day, 17, 30), week)
    for month in range(1, 13):
        when = at(date(2021, month, monthrange(2021, month)[1]), 9)
        for row in everything(a, "月清点", when, leader_id=a.staff["head"][0]):
            if row["object_type"] == "枪支":
                gun_by_gun(a, row)


def guns(a: Armoury, kind: str, store: str, when: datetime, **more) -> Row:
    there = sum(not out for _, out in a.held(store, when))
    return check(a, kind, store, when, object_type="枪支", book_qty=there, actual_qty=there, **more)


def everything(a: Armoury, kind: str, when: datetime, week: int | None = None, **more) -> list[Row]:
    rows = [guns(a, kind, store, when, **more) for store in (GUNS, RESERVE)]
    for ammo in KINDS:
        n = a.rounds(ammo, when)
        values = {"object_type": "弹药", "ammo_type": ammo, "book_qty": n, "actual_qty": n}
        row = check(a, kind, AMMO, when, **values, **more)
        if (week, ammo) == (10, RIFLE):
            row["actual_qty"] -= 1
            a.bureau.plant("QD-09", row)
        if (week, ammo) == (20, PISTOL):
            row["book_qty"], row["actual_qty"] = n + 1, n + 1
            a.bureau.plant("QD-09", row)
        if (week, ammo) == (21, PISTOL):
            a.bureau.near_miss("QD-09", row)
        rows.append(row)
    return rows


def gun_by_gun(a: Armoury, row: Row) -> None:
    """The itemised list of one stock-take; what is out is listed as absent."""
    month, store = row["start_time"].month, row["storeroom"]
    key = {
        "check_id": row["check_id"],
        "unit_id": a.unit_id,
        "check_time": row["start_time"],
        "storeroom": store,
    }
    for gun, out in a.held(store, row["start_time"]):
        more = {"gun_no": gun["gun_no"], "cabinet_no": gun["cabinet_no"], "present": not out}
        item = a.bureau.add("armory_check_item", **key, **more)
        if (store, month) == (GUNS, 2) and gun is a.guns[25]:
            item["present"] = False
            a.bureau.plant("QD-24", gun, item)
        if (store, month) == (GUNS, 3) and out:
            a.bureau.near_miss("QD-24", item)
    if (store, month) == (RESERVE, 6):
        stray = {"gun_no": f"QZ未登记{a.unit_id}", "cabinet_no": "E1", "present": True}
        a.bureau.plant("QD-24", a.bureau.add("armory_check_item", **key, **stray))


def inspections(a: Armoury) -> None:
    """The city comes four times; province and district never do. Praise is given while one problem is open."""

    def visit(month: int, day: int, conclusion: str, found: int, closed: int) -> Row:
        more = {
            "inspect_level": "市",
            "conclusion": conclusion,
            "problem_count": found,
            "closed_count": closed,
        }
        return check(a, "上级检查", GUNS, at(date(2021, month, day), 10), **more)

    before = visit(2, 23, "管理规范，予以肯定", 1, 1)
    left = visit(4, 20, "要求限期整改", 3, 2)
    b = a.bureau
    b.near_miss("QD-23", before)
    b.near_miss("QD-22", before)
    for month, day in ((6, 22), (9, 14)):
        b.plant("QD-23", visit(month, day, "给予高度肯定", 0, 0), left)
    for _ in range(2):
        b.plant("QD-22", a.unit)


def plans(a: Armoury) -> None:
    """Monthly training plans a little above what was used."""
    used: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in a.issues:
        if row["in_time"] and row["ammo_used"]:
            used[row["out_time"].month, row["ammo_type"]].append(row)
    for (month, kind), rows in sorted(used.items()):
        total = sum(row["ammo_used"] for row in rows)
        planned = {(4, RIFLE): int(total / 1.2), (5, RIFLE): ceil(total / 1.1)}.get((month, kind), total + 10)
        if (month, kind) == (9, AIR):
            a.bureau.plant("QD-18", *rows)
            continue
        row = a.bureau.add(
            "ammo_plan",
            plan_id=a.bureau.number("YD"),
            unit_id=a.unit_id,
            plan_month=date(2021, month, 1),
            ammo_type=kind,
            planned_rounds=planned,
        )
        if (month, kind) == (4, RIFLE):
            a.bureau.plant("QD-18", row, *rows)
        if (month, kind) == (5, RIFLE):
            a.bureau.near_miss("QD-18", row)
