"""Each reception rule on receptions of its own, turn and turn about among the units."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle

from mingjing.sample.bureau import Bureau, Row
from mingjing.sample.frugality.books import expense
from mingjing.sample.frugality.reception import booked, reception, workday

LUNCH = {"guest_count": 8, "companion_count": 2, "meal_type": "午餐"}
UNLETTERED = {
    "letter_no": None,
    "letter_unit": None,
    "letter_start_date": None,
    "letter_end_date": None,
    "letter_guest_count": None,
    "has_letter": False,
}
FREE = {"meal_amount": 0.0, "total_amount": 0.0, "work_meal_count": 0, "voucher_no": None}
# Rule, two rows that break it, one that just does not.
ROWS = (
    ("JD-01", UNLETTERED, {"has_letter": False}, UNLETTERED | {"reception_kind": "外事接待"}),
    (
        "JD-02",
        {"guest_count": 10, "companion_count": 4},
        {"guest_count": 13, "companion_count": 5},
        {"guest_count": 12, "companion_count": 4},
    ),
    ("JD-03", {"has_invoice": False}, {"list_signer_id": None}, {"has_invoice": False} | FREE),
    (
        "JD-04",
        {"visitor_unit": "省体育宾馆"},
        LUNCH | {"letter_guest_count": 7},
        {"visitor_unit": "省体育局群体处", "letter_unit": " 省体育局"},
    ),
    (
        "JD-06",
        LUNCH | {"meal_amount": 601.0},
        LUNCH | {"meal_amount": 905.5},
        LUNCH | {"meal_amount": 600.0},
    ),
    (
        "JD-07",
        {"tobacco_flag": True},
        {"menu_text": "海参捞饭、时蔬"},
        {"liquor_flag": True, "menu_text": "料酒焖鱼、白酒一瓶"},
    ),
    (
        "JD-08",
        {"venue": "听涛会所", "venue_type": "私人会所"},
        {"venue": "南湖度假山庄", "venue_type": "一般饭店"},
        {"venue": "会展中心食堂", "venue_type": "定点饭店"},
    ),
    (
        "JD-09",
        {"approver_id": None},
        {"approval_date": date(2021, 12, 1)},
        {"approval_date": date(2021, 2, 26)},
    ),
)


class _Desk:
    """Gives the next unit and day, and books a reception there."""

    def __init__(self, bureau: Bureau, hosts: list[Row]):
        self.bureau, self.rng = bureau, bureau.random("reception plants")
        self._units, self._days = cycle(hosts), self._workdays()

    def _workdays(self) -> Iterator[date]:
        for number in range(120):
            yield workday(date(2021, 3, 10) + timedelta(days=2 * number))

    def one(self, unit: Row | None = None, day: date | None = None, **more) -> Row:
        unit, day = unit or next(self._units), day or next(self._days)
        return reception(self.bureau, unit, day, self.rng, **more)

    def host(self, row: Row) -> Row:
        return self.bureau.unit(row["unit_id"])


def plant(bureau: Bureau, hosts: list[Row]) -> None:
    desk = _Desk(bureau, hosts)
    for rule, first, second, near in ROWS:
        bureau.plant(rule, desk.one(**first))
        bureau.plant(rule, desk.one(**second))
        bureau.near_miss(rule, desk.one(**near))
    _padded(bureau, desk)
    _meals(bureau, desk)
    _letters(bureau, desk)
    _books(bureau, desk)


def _padded(bureau: Bureau, desk: _Desk) -> None:
    """A guest list longer than the letter brings the cost per head down to the standard."""
    row = desk.one(**LUNCH, letter_guest_count=6, meal_amount=590.0)
    bureau.plant("JD-06", row)
    bureau.plant("JD-04", row)


def _meals(bureau: Bureau, desk: _Desk) -> None:
    bureau.plant("JD-05", desk.one(work_meal_count=2))
    first = desk.one(book=False)
    day = first["start_date"] + timedelta(days=1)
    same = {name: first[name] for name in ("visitor_unit", "letter_no", "letter_unit", "voucher_no")}
    second = desk.one(
        desk.host(first), day, book=False, **same, letter_start_date=first["start_date"], letter_end_date=day
    )
    booked(bureau, first, day + timedelta(days=9), more_yuan=second["total_amount"])
    bureau.plant("JD-05", first, second)
    paid = desk.one(**LUNCH, work_meal_count=2, meal_amount=520.0)
    for meal, yuan, host in (("午餐", 520.0, True), ("晚餐", 480.0, False)):
        bureau.add(
            "reception_meal",
            reception_id=paid["reception_id"],
            meal_date=paid["start_date"],
            meal_type=meal,
            guest_count=8,
            companion_count=2 if host else 0,
            meal_amount=yuan,
            host_paid=host,
        )
    bureau.near_miss("JD-05", paid)


def _letters(bureau: Bureau, desk: _Desk) -> None:
    first = desk.one()
    same = {name: first[name] for name in ("visitor_unit", "letter_no", "letter_unit")}
    bureau.plant("JD-10", first, desk.one(**same))
    first = desk.one(book=False)
    same = {name: first[name] for name in ("visitor_unit", "letter_no", "letter_unit", "voucher_no")}
    stay = FREE | same | {"lodging_amount": 320.0, "total_amount": 320.0, "meal_type": None}
    second = desk.one(desk.host(first), first["start_date"], book=False, **stay)
    booked(bureau, first, first["start_date"] + timedelta(days=12), more_yuan=320.0)
    bureau.plant("JD-10", first, second)
    first = desk.one(visitor_unit="省体育局", letter_unit="省体育局")
    other = {"visitor_unit": "省财政厅", "letter_unit": "省财政厅", "letter_no": first["letter_no"]}
    bureau.near_miss("JD-10", first, desk.one(**other))


def _books(bureau: Bureau, desk: _Desk) -> None:
    bureau.plant("JD-11", desk.one(book=False))
    row = desk.one(book=False)
    bureau.plant("JD-11", row, booked(bureau, row, row["start_date"] + timedelta(days=10), item="会议费"))
    for yuan, plan in ((1.01, bureau.plant), (1.0, bureau.near_miss)):
        row = desk.one(book=False)
        plan("JD-11", row, booked(bureau, row, row["start_date"] + timedelta(days=10), more_yuan=yuan))
    bureau.plant("JD-11", desk.one(voucher_no=None))
    unit = desk.host(row)["unit_id"]
    extra = expense(bureau, unit, date(2021, 6, 17), "公务接待费", 486.7, "接待来访人员", payee="东湖餐厅")
    bureau.plant("JD-11", extra)
    last = next(
        r for r in bureau.rows["reception"] if r["start_date"] >= date(2021, 12, 15) and not r["voucher_no"]
    )
    bureau.near_miss("JD-11", last)
