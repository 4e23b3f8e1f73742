"""A year of official vehicles: trips, fuel and toll cards, the events that keep them busy at weekends."""

from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise
from math import floor
from random import Random

import chinese_calendar

from mingjing.sample.bureau import Bureau, Row

_PLACES = (
    ("省体育局", 146.0),
    ("市政府", 9.0),
    ("清河县", 62.0),
    ("临江县", 78.0),
    ("东城区", 12.0),
    ("训练基地", 35.0),
)
_EVENTS = (
    ("市青少年田径锦标赛", date(2021, 4, 17)),
    ("市全民健身运动会", date(2021, 5, 22)),
    ("市青少年射击锦标赛", date(2021, 7, 10)),
    ("市龙舟赛", date(2021, 6, 12)),
    ("市乒乓球联赛", date(2021, 9, 11)),
    ("市马拉松", date(2021, 10, 30)),
)
TANK = 60


def build(bureau: Bureau) -> None:
    for name, day in _EVENTS:
        bureau.add(
            "event_calendar",
            event_id=bureau.number("SS"),
            event_name=name,
            unit_id=bureau.rows["unit"][0]["unit_id"],
            from_date=day,
            to_date=day + timedelta(days=1),
            place="市奥林匹克体育中心",
        )
    hosts = [row for row in bureau.rows["unit"] if row["unit_type"] != "县市区部门"]
    plates = [f"鲁A{30100 + number}" for number in range(len(hosts))]
    for unit, plate in zip(hosts, plates, strict=True):
        _year(bureau, unit, plate, bureau.random(f"vehicle/{plate}"))
    _plant(bureau, plates)


def _year(bureau: Bureau, unit: Row, plate: str, rng: Random) -> None:
    """Two or three trips a week on working days, and events at weekends."""
    metre = float(rng.randrange(20000, 90000))
    for day in bureau.days():
        busy = any(first <= day <= first + timedelta(days=1) for _, first in _EVENTS)
        if rng.random() > (0.4 if chinese_calendar.is_workday(day) else 0.8 if busy else 0.0):
            continue
        place, far = ("奥体中心", 15.0) if busy else rng.choice(_PLACES)
        start = metre + rng.randrange(0, 4)
        metre = start + far * 2 + rng.randrange(8)
        trip = _trip(bureau, unit, plate, day, place, start, metre, rng)
        trip["purpose"] = "赛事保障" if busy else trip["purpose"]
    trips = [trip for trip in bureau.rows["vehicle_trip"] if trip["plate_no"] == plate]
    for _, month in groupby(trips, key=lambda trip: trip["depart_time"].month):
        _cards_of(bureau, unit, list(month), rng)


def _cards_of(bureau: Bureau, unit: Row, trips: list[Row], rng: Random) -> None:
    """Tolls on the long trips; fuel for what was driven, the tank full again at the end of the month."""
    burnt = 0.0
    for trip in trips:
        driven = trip["odo_end"] - trip["odo_start"]
        burnt += driven * rng.uniform(0.084, 0.096)
        if driven > 120:
            card(
                bureau, unit, trip, trip["depart_time"] + timedelta(minutes=30), yuan=round(driven * 0.22, 2)
            )
        if burnt > 30 or trip is trips[-1]:
            litres = round(burnt, 2)
            card(
                bureau,
                unit,
                trip,
                trip["return_time"] - timedelta(minutes=20),
                round(litres * 6.9, 2),
                litres,
            )
            burnt = 0.0


def _trip(
    bureau: Bureau, unit: Row, plate: str, day: date, place: str, start: float, end: float, rng: Random
) -> Row:
    staff = bureau.staff(unit["unit_id"])
    out = datetime.combine(day, time(8, 30)) + timedelta(minutes=rng.randrange(90))
    return bureau.add(
        "vehicle_trip",
        trip_id=bureau.number("PC"),
        plate_no=plate,
        unit_id=unit["unit_id"],
        applicant_id=staff["clerk"][0],
        driver_id=staff["clerk"][1],
        approval_no=bureau.number("YC"),
        approver_id=staff["deputy"][0],
        purpose=rng.choice(("公务出行", "公务出行", "调研", "机要通信")),
        destination=place,
        depart_time=out,
        return_time=out + timedelta(hours=2 + rng.randrange(6)),
        odo_start=start,
        odo_end=end,
        rated_fuel=9.5,
    )


def card(
    bureau: Bureau, unit: Row, trip: Row, when: datetime, yuan: float, litres: float | None = None
) -> Row:
    fuel = litres is not None
    return bureau.add(
        "vehicle_card",
        txn_id=bureau.number("LS"),
        card_no=("YK" if fuel else "TX") + trip["plate_no"][-5:],
        card_type="油卡" if fuel else "通行卡",
        plate_no=trip["plate_no"],
        unit_id=unit["unit_id"],
        txn_time=when,
        place="城西加油站" if fuel else "城南收费站",
        litre=litres,
        amount=yuan,
    )


def _plant(bureau: Bureau, plates: list[str]) -> None:
    trips = {plate: [t for t in bureau.rows["vehicle_trip"] if t["plate_no"] == plate] for plate in plates}
    used = {(c["plate_no"], c["txn_time"].date()) for c in bureau.rows["vehicle_card"]}
    _rest_days(bureau, trips, plates, used)
    _odometer(bureau, trips, plates)
    _consumption(bureau, trips, plates)
    _parked(bureau, trips, plates)
    bureau.rows["vehicle_trip"].sort(key=lambda row: (row["depart_time"], row["trip_id"]))
    bureau.rows["vehicle_card"].sort(key=lambda row: (row["txn_time"], row["txn_id"]))


def _rest_days(bureau: Bureau, trips: dict, plates: list[str], used: set) -> None:
    weekend = [
        t for p in plates for t in trips[p] if not chinese_calendar.is_workday(t["depart_time"].date())
    ]
    for trip in (weekend[0], weekend[7]):
        trip["approval_no"] = None
        bureau.plant("GC-01", trip)
    bureau.near_miss("GC-01", weekend[1])
    for plate, purpose in ((plates[2], "公务出行"), (plates[3], "赛事保障")):
        trip = _moved(trips[plate], plate, used)
        trip["purpose"] = purpose
        bureau.plant("GC-01", trip)
    swapped = [t for p in plates for t in trips[p] if t["depart_time"].weekday() > 4 and t not in weekend]
    swapped[0]["approval_no"] = None
    bureau.near_miss("GC-01", swapped[0])


def _moved(trips: list[Row], plate: str, used: set) -> Row:
    """A Friday's trip without a card, put off to the Saturday; the next one is later still."""
    for trip, after in pairwise(trips):
        day = trip["depart_time"].date()
        saturday = day + timedelta(days=1)
        free = day.weekday() == 4 and not chinese_calendar.is_workday(saturday) and (plate, day) not in used
        quiet = all(not first <= saturday <= first + timedelta(days=1) for _, first in _EVENTS)
        if free and quiet and after["depart_time"].date() > saturday + timedelta(days=1):
            for column in ("depart_time", "return_time"):
                trip[column] += timedelta(days=1)
            return trip
    raise ValueError(f"{plate}: no Friday without a card")


def _odometer(bureau: Bureau, trips: dict, plates: list[str]) -> None:
    for plate, gap, plan in (
        (plates[0], 6.0, bureau.plant),
        (plates[1], -3.0, bureau.plant),
        (plates[2], 5.0, bureau.near_miss),
    ):
        before, trip = trips[plate][40:42]
        trip["odo_start"] = before["odo_end"] + gap
        plan("GC-02", trip, before)


def _consumption(bureau: Bureau, trips: dict, plates: list[str]) -> None:
    """Fuel of a quarter brought to so many litres per 100 km beside one tank; the limit is 9.5 × 1.3 = 12.35."""
    for plate, rate, plan in (
        (plates[3], 13.8, bureau.plant),
        (plates[4], 12.4, bureau.plant),
        (plates[5], 12.35, bureau.near_miss),
    ):
        months = (7, 8, 9)
        driven = sum(t["odo_end"] - t["odo_start"] for t in trips[plate] if t["depart_time"].month in months)
        fuel = [
            c
            for c in bureau.rows["vehicle_card"]
            if c["plate_no"] == plate and c["txn_time"].month in months and c["litre"] is not None
        ]
        wanted = round(TANK + floor(driven * rate) / 100, 2)
        more = wanted / sum(c["litre"] for c in fuel)
        for c in fuel:
            c["litre"] = round(c["litre"] * more, 2)
        fuel[0]["litre"] = round(wanted - sum(c["litre"] for c in fuel[1:]), 2)
        for c in fuel:
            c["amount"] = round(c["litre"] * 6.9, 2)
        plan("GC-B02", *fuel)


def _parked(bureau: Bureau, trips: dict, plates: list[str]) -> None:
    """A card used while the vehicle stood; near it one used on the second day of a trip."""
    for plate, litres, plan in (
        (plates[0], 12.0, bureau.plant),
        (plates[1], None, bureau.plant),
        (plates[4], None, bureau.near_miss),
    ):
        pairs = pairwise(trips[plate][60:])
        trip = next(a for a, b in pairs if (b["depart_time"] - a["depart_time"]).days > 2)
        next_day = trip["depart_time"] + timedelta(days=1)
        if plan == bureau.near_miss:
            trip["return_time"] = next_day + timedelta(hours=3)
        plan("GC-B03", card(bureau, bureau.unit(trip["unit_id"]), trip, next_day, 83.4, litres))
