"""Plain pandas twins of the frugality rules: official reception and vehicles."""

import re
import unicodedata
from datetime import date, timedelta

import pandas as pd
from twins import day, flags, later, moment, own, rows, twin

DOMESTIC = "国内公务接待"
# Saturdays, days worked instead of others, holidays, workdays.
DAYS_OFF = [
    *(date(2020, 12, 26), date(2021, 5, 8), date(2021, 5, 15), date(2021, 9, 11), date(2021, 9, 26)),
    *(date(2021, 5, 3), date(2021, 10, 1), date(2021, 9, 28)),
]
# Saturdays and Sundays of 2021 that were worked, by the notice of the State Council.
WORKED = pd.to_datetime(["2021-02-07", "2021-02-20", "2021-04-25", "2021-05-08", "2021-09-18", "2021-09-26"])


def receptions(n=90, **columns):
    usual = {
        "letter_no": ["1号", "2号", "3号", "3 号", None],
        "visitor_unit": ["甲市体育局", "乙县教体局"],
        "letter_unit": ["甲市体育局", "甲市 体育局", "乙县教体局", None],
        "start_date": lambda rng, row: day(rng, date(2020, 12, 10), 400),
        "end_date": later("start_date", 0, 1, 3, null=0),
        "letter_start_date": later("start_date", 0, 0, 1, -1),
        "letter_end_date": later("end_date", 0, 0, 1, -1),
        "total_amount": [0.0, 0.01, 300.0],
    }
    return rows("reception", n, **(usual | columns))


def domestic(d):
    """A blank kind counts as domestic."""
    t = d.reception
    return t[d.within(t.start_date) & t.reception_kind.fillna(DOMESTIC).eq(DOMESTIC)]


@twin("JD-01", reception=receptions())
def jd01(d, p):
    t = domestic(d)
    yield "number", own(t), t.letter_no.isna()
    yield "letter", own(t), t.letter_no.notna() & t.has_letter.eq(False)


@twin("JD-03", reception=receptions(120))
def jd03(d, p):
    t = d.reception[d.within(d.reception.start_date)]
    t = t[t.total_amount > 0]
    yield "invoice", own(t), ~t.has_invoice.eq(True)
    t = t[t.row.isin(domestic(d).row)]
    yield "list", own(t), ~t.has_list.eq(True)
    yield "signer", own(t), t.has_list.eq(True) & t.list_signer_id.isna()


def bare(name):
    """A name without spaces, brackets and full-width forms; nothing where nothing is left."""
    kept = re.sub(r"[^0-9A-Za-z一-鿿]", "", unicodedata.normalize("NFKC", name)) if name else ""
    return kept or None


@twin(
    "JD-04",
    reception=receptions(
        150,
        visitor_unit=["甲市体育局", "甲市体育局（训练处）", "甲 市体育局", "市体育局", "第１中学"],
        letter_unit=["甲市体育局", "乙市体育局", "第1中学", "  ", None],
        guest_count=[3, 5],
        letter_guest_count=[0, 3, 4, 5, None],
    ),
)
def jd04(d, p):
    t = d.reception[d.within(d.reception.start_date)]
    names = [(bare(a), bare(b)) for a, b in zip(t.visitor_unit, t.letter_unit, strict=True)]
    alike = [not (a and b) or a.startswith(b) or b.startswith(a) for a, b in names]
    yield "unit", own(t), [not same for same in alike]
    yield "guests", own(t), t.guest_count > t.letter_guest_count
    yield "days", own(t), (t.start_date < t.letter_start_date) | (t.end_date > t.letter_end_date)


@twin(
    "JD-05",
    reception=receptions(
        70,
        work_meal_count=[0, 1, 1, 2],
        guest_paid_amount=[0.0, None, None, 40.0],
        letter_no=["1号", "1 号", "2号", *[None] * 4],
    ),
    reception_meal=rows(
        "reception_meal",
        30,
        reception_id=[f"reception{n}" for n in range(90)],
        meal_date=lambda rng, row: day(rng, date(2020, 12, 10), 400),
    ),
)
def jd05(d, p):
    listed = d.reception_meal
    visits = {}
    for r in d.reception.itertuples():
        if (r.reception_kind or DOMESTIC) != DOMESTIC:
            continue
        meals = listed[listed.reception_id == r.reception_id]
        # of a reception whose meals are listed, only those that the host paid count
        paid = meals[~meals.host_paid.eq(False)]
        letter = (bare(r.letter_unit or r.visitor_unit), bare(r.letter_no))
        name = letter if r.letter_no else r.reception_id
        visit = visits.setdefault((r.unit_id, name), {"rows": set(), "meals": 0, "charged": 0, "days": []})
        if len(meals) and not len(paid):
            continue
        visit["rows"] |= {r.row, *paid.row}
        visit["meals"] += len(paid) if len(meals) else r.work_meal_count
        visit["charged"] += 0 if len(meals) or pd.isna(r.guest_paid_amount) else r.guest_paid_amount
        visit["days"] += [*paid.meal_date] if len(meals) else [r.start_date]
    seen = [v for v in visits.values() if v["days"] and d.start <= max(v["days"]) <= d.end]
    keys, over = [tuple(v["rows"]) for v in seen], [v["meals"] > p.max_meals for v in seen]
    charged = [v["charged"] > 0 for v in seen]
    yield "meals", keys, [o and not c for o, c in zip(over, charged, strict=True)]
    yield "charged", keys, [o and c for o, c in zip(over, charged, strict=True)]


@twin(
    "JD-07",
    reception=receptions(
        140,
        tobacco_flag=[True, False, False, False, None],
        premium_dish_flag=[True, False, False, False, None],
        premium_liquor_flag=[True, False, False, None],
        menu_text=["清炒时蔬", "鲍鱼菇", "鲍鱼菇、鲍鱼", "茅台酒店", "白酒", "海参斑", "葱烧海参", None],
    ),
)
def jd07(d, p):
    t, words = domestic(d), ["鱼翅", "燕窝", "鲍鱼", "海参", "茅台", "五粮液", "香烟", "中华烟", "野生动物"]
    ticked = {c: t[c].eq(True) for c in ("tobacco_flag", "premium_dish_flag", "premium_liquor_flag")}
    yield "tobacco", own(t), ticked["tobacco_flag"]
    yield "dishes", own(t), ticked["premium_dish_flag"]
    yield "liquor", own(t), ticked["premium_liquor_flag"]  # in 2021 no other drink was forbidden
    menu = t.menu_text.fillna("")
    for harmless in p.exceptions.split("|"):
        menu = menu.str.replace(harmless, " ", regex=False)
    said = flags(t, [any(word in text for word in words) for text in menu])
    yield "menu", own(t), said & ~pd.concat(ticked, axis=1).any(axis=1)


@twin("JD-08", reception=receptions(120, venue=["机关食堂", "云水会所", "温泉宾馆", "山庄", None]))
def jd08(d, p):
    t = domestic(d)
    barred = t.venue_type.isin(["私人会所", "高消费场所"])
    yield "type", own(t), barred
    yield "name", own(t), ~barred & t.venue.isin(["云水会所", "温泉宾馆"])


@twin("JD-09", reception=receptions(60, approval_date=later("start_date", -1, 0, 1)))
def jd09(d, p):
    t = d.reception[d.within(d.reception.start_date)]
    yield "date", own(t), t.approval_date.isna()
    yield "approver", own(t), t.approver_id.isna()
    yield "late", own(t), (t.approval_date - t.start_date).dt.days > p.grace_days


@twin(
    "JD-10",
    reception=receptions(
        60,
        letter_no=["1号", "1 号", *[f"{n}号" for n in range(10, 50)], None],
        start_date=[
            date(2020, 12, 27),
            date(2020, 12, 31),
            date(2021, 1, 1),
            date(2021, 1, 2),
            date(2021, 1, 6),
        ],
        voucher_no=["V1", "V2", *[None] * 5],
    ),
)
def jd10(d, p):
    t = d.reception[d.reception.letter_no.notna()].copy()
    t["sender"] = t.letter_unit.fillna(t.visitor_unit).map(bare)
    t["number"] = t.letter_no.map(bare)
    keys, papers, clash = [], [], []
    for _, g in t.groupby(["sender", "number"]):
        if not d.start <= g.start_date.max() <= d.end:
            continue
        keys.append(tuple(g.row))
        papers.append(len({(v, u) for v, u in zip(g.voucher_no, g.unit_id, strict=True) if pd.notna(v)}) > 1)
        spans = sorted(zip(g.start_date, g.end_date, strict=True))
        clash.append(any(a[1] >= b[0] for i, a in enumerate(spans) for b in spans[i + 1 :]))
    yield "vouchers", keys, papers
    yield "days", keys, [c and not v for c, v in zip(clash, papers, strict=True)]


@twin(
    "GC-01",
    vehicle_trip=rows(
        "vehicle_trip",
        120,
        approval_no=["S1", "S2", "S3", None],
        depart_time=lambda rng, row: pd.Timestamp(rng.choice(DAYS_OFF)).to_pydatetime() + timedelta(hours=9),
        return_time=later("depart_time", 0, 0, 1, null=0.1),
    ),
    event_calendar=rows(
        "event_calendar",
        2,
        from_date=[
            date(2021, 5, 2),
            date(2021, 5, 14),
            date(2021, 5, 16),
            date(2021, 9, 10),
            date(2021, 10, 2),
        ],
        to_date=later("from_date", 0, 1, null=0),
    ),
)
def gc01(d, p):
    t, events = d.vehicle_trip, d.event_calendar
    day_ = t.depart_time.dt.normalize()
    holiday = day_.isin(pd.to_datetime(["2021-05-03", "2021-10-01"]))
    t = t[((day_.dt.day_of_week >= 5) | holiday) & ~day_.isin(WORKED) & d.within(t.depart_time)]
    yield "approval", own(t), t.approval_no.isna()
    t = t[t.approval_no.notna()]
    last = t.return_time.fillna(t.depart_time)
    trips = zip(t.depart_time.dt.normalize(), last, strict=True)
    t = t[flags(t, [not ((events.from_date <= b) & (events.to_date >= a)).any() for a, b in trips])]
    yield "event", own(t), t.purpose == "赛事保障"
    yield "purpose", own(t), ~t.purpose.isin(["机要通信", "应急保障", "值班", "赛事保障"])


cars = ["A1", "A2", "A3"]


@twin(
    "GC-B02",
    vehicle_trip=rows(
        "vehicle_trip",
        30,
        plate_no=cars,
        unit_id=["U1"],
        odo_start=[0.0],
        odo_end=[50.0, 100.0, 150.0, 200.0],
        rated_fuel=[8.0],
    ),
    vehicle_card=rows("vehicle_card", 50, plate_no=cars, litre=[20.0, 39.0, 40.0, 60.0, 0.0, None]),
)
def gc_b02(d, p):
    t, c = d.vehicle_trip, d.vehicle_card[d.vehicle_card.litre > 0]
    t["q"], c = t.depart_time.dt.to_period("Q"), c.assign(q=c.txn_time.dt.to_period("Q"))
    keys, hit = [], []
    for (plate, q), g in c.groupby(["plate_no", "q"]):
        out = t[(t.plate_no == plate) & (t.q == q)]
        km = (out.odo_end - out.odo_start).sum()
        if not d.start <= g.txn_time.max() < d.end + pd.Timedelta(days=1) or km < p.min_km:
            continue
        keys.append(tuple(g.row))
        hit.append((g.litre.sum() - p.tank_l) / km * 100 > out.rated_fuel.max() * (1 + p.tol) + 1e-6)
    yield "quarter", keys, hit


@twin(
    "GC-B03",
    vehicle_trip=rows(
        "vehicle_trip",
        40,
        plate_no=cars,
        depart_time=lambda rng, row: moment(rng, date(2020, 12, 20), 60),
        return_time=later("depart_time", 0, 0, 1, 2),
    ),
    vehicle_card=rows(
        "vehicle_card", 60, plate_no=cars, txn_time=lambda rng, row: moment(rng, date(2020, 12, 20), 60)
    ),
)
def gc_b03(d, p):
    c, trips = d.vehicle_card, d.vehicle_trip
    c = c[d.within(c.txn_time)]
    first = trips.depart_time.dt.normalize() - pd.Timedelta(days=p.lag_days)
    last = trips.return_time.fillna(trips.depart_time).dt.normalize() + pd.Timedelta(days=p.lag_days)
    used = zip(c.plate_no, c.txn_time.dt.normalize(), strict=True)
    parked = flags(
        c, [not ((trips.plate_no == car) & (first <= on) & (last >= on)).any() for car, on in used]
    )
    yield "fuel", own(c), parked & (c.card_type == "油卡")
    yield "toll", own(c), parked & (c.card_type == "通行卡")
