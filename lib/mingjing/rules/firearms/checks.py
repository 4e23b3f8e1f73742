"""Stock-takes: often enough, and against books that the ledgers themselves give."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import rule
from mingjing.rules.expr import active, any_null, month_of
from mingjing.rules.firearms.stock import guns_at, rounds_at
from mingjing.rules.ledgers import Ledgers


@rule("QD-09")
def counted(ledgers: Ledgers, p):
    t = ledgers.armory_check.filter(ledgers.armory_check.rec_type != "值班")
    t = t.filter(t.object_type.notnull() | t.actual_qty.notnull())
    guns = t.object_type == "枪支"
    t = t.mutate(uom=ibis.ifelse(guns, "支", "发"), uom_en=ibis.ifelse(guns, "guns", "rounds"))
    yield "blank", t.filter(any_null(t.book_qty, t.actual_qty, t.object_type))
    yield "differ", t.filter(t.actual_qty != t.book_qty)
    g = guns_at(ledgers, t.filter(t.object_type == "枪支"))
    guns = g.group_by("_rid").agg(
        low=(g.surely & ~g.possibly_out).sum(), high=(g.possibly & ~g.surely_out).sum()
    )
    ranges = guns.union(rounds_at(ledgers, t.filter(t.object_type == "弹药")))
    t = t.filter(t.object_type.notnull()).left_join(ranges, "_rid")
    off = t.filter(~ibis.coalesce(t.book_qty, t.actual_qty).between(t.low, t.high))
    yield "book", off.filter(off.low == off.high).mutate(derived=off.low).drop("low", "high")
    yield "between", off.filter(off.low != off.high)
    unknown = t.filter(t.low.isnull() & ledgers.in_period(t.start_time))
    unknown = unknown.mutate(subject=unknown.storeroom + "|" + unknown.object_type)
    unknown = unknown.group_by("unit_id", "subject", "storeroom").agg(
        _rids=unknown._rid.collect(), n=unknown.count(), date=unknown.start_time.min()
    )
    yield "unknown", unknown.mutate(kind=ibis.literal("warning"), severity=ibis.literal("low"))


def armouries(ledgers: Ledgers) -> ir.Table:
    units = active(ledgers.unit)
    return units.filter(units.has_armory).select("unit_id", unit_rid="_rid")


@rule("QD-10")
def often_enough(ledgers: Ledgers, p):
    t = ledgers.armory_check
    t = t.mutate(day=t.start_time.date())
    yield "daily", daily(ledgers, t.filter(t.rec_type.isin(p.daily)))
    yield "weekly", weekly(ledgers, t.filter(t.rec_type.isin(p.weekly)))
    signed = t.filter(t.rec_type.isin(p.monthly) & t.leader_id.notnull())
    signed = signed.select("unit_id", month=month_of(signed.day))
    for month, first, last in ledgers.spans("month"):
        if first >= ledgers.start:
            missed = armouries(ledgers).anti_join(signed.filter(signed.month == month), "unit_id")
            yield "monthly", of_unit(missed, month, last)
    if running := ledgers.running("month"):
        month = running[0]
        missed = armouries(ledgers).anti_join(signed.filter(signed.month == month), "unit_id")
        yield "pending", of_unit(missed, month, ledgers.as_of).mutate(kind=ibis.literal("warning"))


def of_unit(t: ir.Table, month, day) -> ir.Table:
    """A hit that rests on the unit: it has an armoury, so it owes the stock-take."""
    return t.mutate(
        _rid=t.unit_rid,
        unit=t.unit_id,
        subject=ibis.literal(month),
        month=ibis.literal(month),
        date=ibis.literal(day),
    )


def daily(ledgers: Ledgers, done: ir.Table) -> ir.Table:
    """Days with an issue and no stock-take, together by unit and month. An issue that does not say whose it is may
    have been counted by any unit."""
    t = ledgers.gun_issue.filter(ledgers.in_period(ledgers.gun_issue.out_time))
    t = t.select("_rid", "unit_id", day=t.out_time.date())
    counted = done.select(counter="unit_id", counted="day").distinct()
    t = t.left_join(counted, [t.day == counted.counted, t.unit_id.isnull() | (t.unit_id == counted.counter)])
    t = t.mutate(month=month_of(t.day))
    missed = t.counted.isnull()
    t = t.group_by("unit_id", "month").agg(
        _rids=t._rid.collect(where=missed),
        n_days=t.day.nunique(where=missed),
        days=t.day.nunique(),
        date=t.day.min(where=missed),
    )
    return t.filter(t.n_days > 0).mutate(unit=t.unit_id, subject=t.month)


def weekly(ledgers: Ledgers, done: ir.Table) -> ir.Table:
    """Weeks (Monday to Sunday) without a stock-take, together by unit and month of the Sunday. A week that began before the
    period is judged if the ledger reaches back to it."""
    d = ledgers.days()
    weeks = d.filter(d.cal_date.day_of_week.index() == 6)
    weeks = weeks.select(week=weeks.cal_date.truncate("W"), sunday="cal_date")
    weeks = weeks.cross_join(ledgers.armory_check.agg(begins=lambda t: t.start_time.min().date()))
    weeks = weeks.filter((weeks.week >= ledgers.start) | (weeks.begins <= weeks.week)).drop("begins")
    t = armouries(ledgers).cross_join(weeks)
    seen = done.select("unit_id", week=done.day.truncate("W"), counted=ibis.literal(True)).distinct()
    t = t.left_join(seen, ["unit_id", "week"])
    t = t.mutate(month=month_of(t.sunday))
    missed = t.counted.isnull()
    t = t.group_by("unit_id", "unit_rid", "month").agg(
        n_weeks=missed.sum(), weeks=t.count(), date=t.sunday.min(where=missed)
    )
    return t.filter(t.n_weeks > 0).mutate(_rid=t.unit_rid, unit=t.unit_id, subject=t.month)


@rule("QD-12")
def stored_apart(ledgers: Ledgers, p):
    t = ledgers.ammo_txn
    lot = ibis.window(
        group_by=[t.unit_id, t.storeroom, t.ammo_type, t.batch_no],
        order_by=[t.txn_time.desc(), t._rid.desc()],
    )
    t = t.mutate(place=ibis.row_number().over(lot))
    t = t.filter((t.place == 0) & (t.balance > 0)).select(
        "unit_id", "storeroom", "balance", ammo_cabinet="cabinet_no", txn_rid="_rid"
    )
    g = ledgers.gun.filter(ledgers.gun.status.isin(["在库", "封存"]))
    g = g.filter(g.status_date.isnull() | (g.status_date <= ledgers.as_of))
    g = g.select("unit_id", "storeroom", "cabinet_no", "gun_no", gun_rid="_rid")
    t = t.join(g, ["unit_id", "storeroom"])
    for case, where in (
        ("cabinet", t.ammo_cabinet == t.cabinet_no),
        ("room", any_null(t.ammo_cabinet, t.cabinet_no)),
    ):
        found = t.filter(where)
        found = found.mutate(cabinet=found.cabinet_no.fill_null(found.ammo_cabinet))
        found = found.group_by("unit_id", "storeroom", "cabinet").agg(
            _rids=found.gun_rid.collect().concat(found.txn_rid.collect()).unique(),
            _rid=found.txn_rid.min(),
            guns=found.gun_no.nunique(),
            date=ibis.null("date"),
        )
        found = found.mutate(subject=found.storeroom + "|" + found.cabinet.fill_null(""))
        yield case, found.mutate(kind=ibis.literal("breach" if case == "cabinet" else "suspect"))
