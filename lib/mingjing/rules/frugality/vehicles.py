"""Official vehicles: days they should rest, the odometer, fuel and toll cards."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import graded, over, under
from mingjing.rules.festivals import ENGLISH, rests
from mingjing.rules.ledgers import Ledgers

EVENT = "赛事保障"


def trips(ledgers: Ledgers) -> ir.Table:
    t = ledgers.vehicle_trip
    return t.mutate(day=t.depart_time.date(), back=ibis.coalesce(t.return_time, t.depart_time).date())


@rule("GC-01")
def days_of_rest(ledgers: Ledgers, p):
    if not all(rests(year) for year in range(ledgers.start.year, ledgers.end.year + 1)):
        raise NotRun("no_calendar")
    c = ledgers.calendar
    off = c.filter(~c.is_workday).select(day="cal_date", day_type="day_type", holiday_name="holiday_name")
    t = trips(ledgers).inner_join(off, "day")
    occasion = ibis.coalesce(t.holiday_name, t.day_type)
    english = ibis.cases(*((occasion == zh, en) for zh, en in ENGLISH.items()), else_="weekend")
    t = t.mutate(occasion=occasion, occasion_en=english)
    yield "approval", t.filter(t.approval_no.isnull())
    approved = t.filter(t.approval_no.notnull())
    allowed = approved.purpose.isin(p.allowed)
    if "event_calendar" in ledgers:
        e = ledgers.event_calendar
        held = approved.join(e, [approved.day <= e.to_date, approved.back >= e.from_date], how="semi")
        eventless = approved.anti_join(held.select("_rid"), "_rid")
        yield "event", _lead(eventless.filter(eventless.purpose == EVENT))
        approved, allowed = eventless, eventless.purpose.isin(p.allowed)
    yield "purpose", _lead(approved.filter(~allowed))


def _lead(t: ir.Table) -> ir.Table:
    return graded(t, "suspect", "medium")


@rule("GC-02")
def odometer(ledgers: Ledgers, p):
    t = trips(ledgers)
    order = ibis.window(group_by="plate_no", order_by=[t.depart_time, t._rid])
    t = t.mutate(before=t.odo_end.lag().over(order), previous=t._rid.lag().over(order))
    t = t.mutate(gap=(t.odo_start - t.before).round(2))
    pair = t.mutate(_rids=ibis.array([t._rid, t.previous]))
    yield "gap", pair.filter(over(pair.gap, p.tol_km))
    yield "fell", pair.filter(under(pair.gap, 0))
    yield "backwards", t.filter(under(t.odo_end, t.odo_start))


@rule("GC-B02")
def consumption(ledgers: Ledgers, p):
    t = trips(ledgers)
    t = t.mutate(quarter=_quarter(t.depart_time))
    km = t.group_by("plate_no", "quarter").agg(
        km=(t.odo_end - t.odo_start).sum(), rated=t.rated_fuel.max(), unit_id=t.unit_id.max()
    )
    c = ledgers.vehicle_card
    c = c.filter(over(c.litre, 0)).mutate(quarter=_quarter(c.txn_time))
    g = c.group_by("plate_no", "quarter").agg(
        _rids=_._rid.collect(), litres=_.litre.sum().round(2), amount=_.amount.sum(), date=_.txn_time.max()
    )
    g = g.inner_join(km, ["plate_no", "quarter"])
    # Whatever the tank held on the first day and holds on the last, the two differ by one tank at most.
    g = g.mutate(burnt=g.litres - p.tank_l)
    g = g.filter(~under(g.km, p.min_km) & over(g.burnt * 100 / g.km, g.rated * (1 + p.tol)))
    per_100 = (g.burnt * 100 / g.km).round(2)
    yield "quarter", g.mutate(subject=g.plate_no + "|" + g.quarter, unit=g.unit_id, per_100=per_100)


def _quarter(day: ir.Value) -> ir.StringValue:
    return day.year().cast("string") + "Q" + day.quarter().cast("string")


@rule("GC-B03")
def parked(ledgers: Ledgers, p):
    c = ledgers.vehicle_card
    c = c.mutate(paid_on=c.txn_time.date())
    t = trips(ledgers)
    lag = ibis.interval(days=p.lag_days)
    out = c.join(
        t, [c.plate_no == t.plate_no, c.paid_on >= t.day - lag, c.paid_on <= t.back + lag], how="semi"
    )
    c = c.anti_join(out.select("_rid"), "_rid")
    yield "fuel", c.filter(c.card_type == "油卡")
    yield "toll", c.filter(c.card_type == "通行卡")
