"""The register, the issue log and the ammunition ledger, with what is wrong in them."""

from datetime import date, timedelta

from mingjing.sample.bureau import Row
from mingjing.sample.firearms.armoury import AIR, GUNS, KINDS, PISTOL, RESERVE, RIFLE, Armoury, at

NEVER, NEARLY_NEVER = ((3, AIR), (3, PISTOL)), (2, PISTOL)
BOXES, NEARLY_BOXES = ((0, RIFLE), (1, RIFLE)), (2, RIFLE)


def register(a: Armoury) -> None:
    """Twenty-four guns in use, six to spare, and the ones that never leave the second store."""
    for place in range(30):
        a.gun(list(KINDS)[place % 3], GUNS, f"Q{place // 5 + 1}")
    b, rest = a.bureau, {"kind": PISTOL, "store": RESERVE, "cabinet": "E1"}
    b.plant("QD-08", a.gun(**rest, permit_expiry=date(2021, 12, 30)))
    b.plant("QD-08", a.gun(**rest, last_inspect_date=date(2020, 12, 30)))
    b.near_miss("QD-08", a.gun(**rest, permit_expiry=date(2022, 3, 2), last_inspect_date=date(2020, 12, 31)))
    for rule, day in (("QD-B03", date(2021, 9, 7)), ("QD-B03", date(2021, 11, 30)), ("", date(2021, 12, 1))):
        row = a.gun(**rest, status="报废", status_date=day)
        b.plant(rule, row) if rule else b.near_miss("QD-B03", row)
    handed_in = date(2020, 3, 2)
    a.gun(**rest, status="上缴", status_date=handed_in, surrender_date=handed_in)
    for day, minutes in ((date(2021, 4, 6), 61), (date(2021, 8, 17), None), (date(2021, 10, 12), 60)):
        found = at(day, 8)
        told = None if minutes is None else found + timedelta(minutes=minutes)
        more = {"status": "丢失", "status_date": day, "loss_found_time": found, "loss_report_time": told}
        row = a.gun(**rest, **more)
        b.near_miss("QD-15", row) if minutes == 60 else b.plant("QD-15", row)
    for _ in range(2):
        a.gun(**rest, status="封存", status_date=date(2021, 7, 20))


def amounts(a: Armoury, coach: int, kind: str, turn: int) -> tuple[int, int]:
    """Rounds out and used, in the habits of each coach."""
    used = a.rng.randint(61, 94)
    if (coach, kind) in NEVER or ((coach, kind) == NEARLY_NEVER and turn != 30):
        return used, used
    if (coach, kind) in BOXES or ((coach, kind) == NEARLY_BOXES and turn != 30):
        used = a.rng.choice((50, 100))
    return used + a.rng.randint(2, 9), used


def issues(a: Armoury) -> None:
    """Training on Mondays, Wednesdays and Fridays: four of the twelve coaches and kinds in turn."""
    days = [day for day in a.bureau.days() if day.weekday() in (0, 2, 4) and day > date(2021, 1, 3)]
    specs: dict[tuple[int, str], list[dict]] = {}
    for place, day in enumerate(days):
        for step in range(4):
            turn, slot = divmod(place * 4 + step, 12)
            coach, kind = slot // 3, list(KINDS)[slot % 3]
            gun = a.guns[slot + 12 * (turn % 2)]
            spec = a.specify(gun, kind, day, coach, *amounts(a, coach, kind, turn))
            specs.setdefault((coach, kind), []).append(spec)
    planted = change(a, specs[0, PISTOL], specs[1, PISTOL])
    extra, more = outings(a, specs[1, PISTOL][9])
    rows: dict[int, Row] = {}
    for spec in sorted([*extra, *(s for one in specs.values() for s in one)], key=lambda s: s["out_time"]):
        rows[id(spec)] = a.issue(spec)
    for rule, spec, *others in planted + more:
        found = [rows[id(spec)], *(rows[id(o)] if not isinstance(o, Row) else o for o in others)]
        (a.bureau.near_miss if rule.startswith("~") else a.bureau.plant)(rule.lstrip("~"), *found)
    for rule, habits in (("QD-16", NEVER), ("QD-17", BOXES)):
        for habit in habits:
            a.bureau.plant(rule, *(rows[id(spec)] for spec in specs[habit]))
    a.bureau.near_miss("QD-16", rows[id(specs[NEARLY_NEVER][0])])
    a.bureau.near_miss("QD-17", rows[id(specs[NEARLY_BOXES][0])])
    a.signed = [rows[id(specs[0, PISTOL][n])] for n in (31, 33)]
    a.misbooked = rows[id(specs[0, PISTOL][5])]


def change(a: Armoury, first: list[dict], second: list[dict]) -> list[tuple]:
    """Ordinary issues made remarkable, and what each is planted for; `~` marks a near miss."""
    guards, other = a.staff["guard"], a.bureau.rows["athlete"]
    runner = next(row["ath_id"] for row in other if row["sport"] == "田径" and row["role"] == "运动员")
    out = first[19]["out_time"]
    late = second[5]["out_time"].date() + timedelta(days=1)
    night = first[37]["out_time"].date()
    changes = {
        3: ("QD-02", {"ammo_used": first[3]["ammo_used"] - 1, "shell_returned": first[3]["ammo_used"] - 1}),
        7: (
            "~QD-02",
            {
                "ammo_used": first[7]["ammo_used"] - 1,
                "dud_count": 1,
                "shell_returned": first[7]["ammo_used"] - 1,
            },
        ),
        9: ("QD-03", {"shell_returned": first[9]["ammo_used"] - 1}),
        11: ("QD-03", {"shell_returned": None}),
        13: ("~QD-03", {}),
        15: ("QD-05", {"return_gun_no": "QZ错号"}),
        17: ("QD-05", {"unload_check": False}),
        18: ("~QD-05", {}),
        19: ("QD-07", {"approve_time": out + timedelta(minutes=1)}),
        21: ("QD-07", {"approver_id": None}),
        23: ("~QD-07", {"approve_time": first[23]["out_time"]}),
        25: ("QD-13", {"coach_id": None}),
        27: ("QD-13", {"borrower_id": runner}),
        29: ("QD-06", {"keeper_out2": None}),
        31: ("QD-06", {"keeper_in2": guards[0]}),
        33: ("QD-06", {"keeper_in2": guards[3]}),
        34: ("~QD-19", {}),
        35: ("QD-B04", {"ammo_out": 200, "ammo_used": 180, "ammo_returned": 20, "shell_returned": 180}),
        36: ("~QD-B04", {"ammo_out": 130, "ammo_used": 120, "ammo_returned": 10, "shell_returned": 120}),
        37: ("QD-B04", {"out_time": at(night, 22, 30), "in_time": at(night, 23, 50)}),
    }
    for place, (_, values) in changes.items():
        first[place] |= values
    second[5]["in_time"] = at(late, 9)
    still_out = ("in_time", "ammo_used", "ammo_returned", "dud_count", "shell_returned", "return_gun_no")
    second[-1] |= dict.fromkeys((*still_out, "unload_check", "keeper_in1", "keeper_in2"))
    return [(rule, first[place]) for place, (rule, _) in changes.items()] + [
        ("QD-04", second[5]),
        ("QD-04", second[-1]),
    ]


def outings(a: Armoury, before: dict) -> tuple[list[dict], list[tuple]]:
    """Issues out of the ordinary: trips, repair, a gun issued twice, a sealed gun."""
    spare, sealed = a.guns[24:30], a.guns[-2:]
    trip = {
        "purpose": "外出参赛",
        "transport_permit_no": "枪运2021-08",
        "escort_count": 2,
        "ammo_separate": True,
    }
    day = date(2021, 5, 18)

    def special(gun: Row, on: date, **more) -> dict:
        return a.specify(gun, PISTOL, on, 0, 70, 65, **more)

    alone = special(spare[0], day, **trip | {"escort_count": 1})
    together = special(spare[1], day, **trip | {"ammo_separate": False})
    back = {"planned_return_date": day + timedelta(days=2), "in_time": at(day + timedelta(days=2), 20)}
    whole = special(spare[2], day, **trip, **back)
    none = {
        "ammo_type": None,
        "ammo_out": None,
        "ammo_used": None,
        "ammo_returned": None,
        "shell_returned": None,
    }
    armourer = {"borrower_id": a.staff["keeper"][0], "coach_id": None, "purpose": "检修", "dud_count": None}
    repair = special(spare[3], date(2021, 6, 15), **none, **armourer)
    gun = next(g for g in a.guns if g["gun_no"] == before["gun_no"])
    again = special(gun, before["out_time"].date(), out_time=at(before["out_time"].date(), 10))
    again["in_time"] = at(before["out_time"].date(), 12)
    touching = special(
        gun, before["out_time"].date(), out_time=again["in_time"], in_time=at(again["in_time"], 14)
    )
    after, same_day = special(sealed[0], date(2021, 7, 27)), special(sealed[1], date(2021, 7, 20))
    plan = [
        ("QD-14", alone),
        ("QD-14", together),
        ("~QD-14", whole),
        ("~QD-04", whole),
        ("~QD-13", repair),
        ("QD-B02", again, before),
        ("~QD-B02", touching),
        ("QD-B02", after, sealed[0]),
        ("~QD-B02", same_day),
    ]
    return [alone, together, whole, repair, again, touching, after, same_day], plan


def books(a: Armoury) -> None:
    """The ammunition ledger follows the issues; some entries do not."""
    opening = {"handler1": None, "handler2": None, "doc_no": None}
    firsts = [
        a.entry(at(date(2021, 1, 1), 8), k, a.lot(k, date(2021, 1, 1)), "期初", 20000, **opening)
        for k in KINDS
    ]
    for kind in KINDS:
        a.entry(at(date(2021, 6, 28), 9), kind, a.lot(kind, date(2021, 7, 1)), "入库", 20000)
    returned = []
    for row in a.issues:
        if not row["ammo_out"]:
            continue
        kind, lot = row["ammo_type"], a.lot(row["ammo_type"], row["out_time"].date())
        qty = row["ammo_out"] - (row is a.misbooked)
        drawn = a.entry(row["out_time"], kind, lot, "领出", qty, issue_id=row["issue_id"])
        back = None
        if row["ammo_returned"]:
            back = a.entry(row["in_time"], kind, lot, "退回", row["ammo_returned"], issue_id=row["issue_id"])
            returned.append(back)
        if row is a.misbooked:
            misbooked = (drawn, back)
    in_first_lot = [e for e in returned if e["ammo_type"] == AIR and e["txn_time"].month < 6]
    wrong, righted = in_first_lot[20], in_first_lot[30]
    wrong["slip"], righted["slip"] = -2, 2
    lot = a.lot(RIFLE, date(2021, 4, 1))
    lost = a.entry(at(date(2021, 4, 13), 15), RIFLE, lot, "盘亏", 3)
    burnt = a.entry(at(date(2021, 5, 11), 15), RIFLE, lot, "报废", 10, doc_no=None)
    destroyed = a.entry(at(date(2021, 5, 12), 15), RIFLE, lot, "报废", 10)
    loose = [
        a.entry(
            at(date(2021, 1, 1), 8),
            RIFLE,
            f"散-{n}",
            "期初",
            30,
            storeroom=GUNS,
            cabinet_no=cabinet,
            **opening,
        )
        for n, cabinet in enumerate(("Q5", "Q6", "D1"))
    ]
    a.book()
    b = a.bureau
    for entry in (wrong, righted):
        b.plant("QD-01", entry["row"])
    b.near_miss("QD-01", in_first_lot[21]["row"])
    b.plant("QD-02", a.misbooked, *(entry["row"] for entry in misbooked))
    b.plant("QD-25", lost["row"])
    b.plant("QD-25", burnt["row"])
    b.near_miss("QD-25", destroyed["row"])
    b.near_miss("QD-06", firsts[0]["row"])
    for entry in loose[:2]:
        guns = [g for g in a.guns if g["storeroom"] == GUNS and g["cabinet_no"] == entry["cabinet_no"]]
        b.plant("QD-12", entry["row"], *guns)
    b.near_miss("QD-12", loose[2]["row"])
