"""Unannounced visits that were not. Each function is one rule of `catalogue/canteen.toml`."""

import ibis
from ibis import _

from mingjing.rules.engine import rule
from mingjing.rules.expr import add_months, days_between, in_turn
from mingjing.rules.ledgers import Ledgers


def visits(ledgers: Ledgers):
    return ledgers.activity_log.filter(ledgers.activity_log.act_type == "食堂检查")


@rule("ST-18")
def quarterly(ledgers: Ledgers, p):
    for name, first, last in ledgers.spans("quarter"):
        yield "few", _visited(ledgers, name, first, last).filter(_.visits < p.n)
    if running := ledgers.running("quarter"):
        none = _visited(ledgers, running[0], running[1], ledgers.as_of).filter(_.visits == 0)
        yield "progress", none.mutate(kind=ibis.literal("warning"), severity=ibis.literal("low"))


def _visited(ledgers: Ledgers, name: str, first, last):
    """Canteens with the number of visits they had between two days."""
    v = visits(ledgers)
    v = v.filter(v.act_time.cast("date").between(first, last)).group_by("unit_id").agg(had=_.count())
    t = ledgers.unit.filter(ledgers.unit.has_canteen & ledgers.unit.active.fill_null(True))
    t = t.left_join(v, "unit_id").drop("unit_id_right")
    return t.mutate(visits=t.had.fill_null(0), quarter=ibis.literal(name), subject=t.unit_id + "|" + name)


@rule("ST-23")
def announced(ledgers: Ledgers, p):
    t = visits(ledgers)
    yield "told", t.filter(t.notice_time < ibis.coalesce(t.arrive_time, t.act_time))


@rule("ST-24")
def predictable(ledgers: Ledgers, p):
    t = visits(ledgers)
    t = t.mutate(day=t.act_time.cast("date"))
    t = t.filter(t.day >= add_months(ibis.literal(ledgers.as_of), -12))
    t = t.mutate(
        weekday=t.day.day_of_week.index(),
        gap=days_between(t.day.lag().over(group_by="unit_id", order_by="day"), t.day),
    )
    g = t.group_by("unit_id").agg(
        _rids=_._rid.collect(),
        visits=_.count(),
        weekdays=_.weekday.nunique(),
        weekday=_.weekday.min(),
        date=_.day.max(),
        spread=_.gap.max() - _.gap.min(),
        gaps=_.gap.count(),
        usual=_.gap.median(),
    )
    g = g.mutate(subject=g.unit_id)
    yield "weekday", g.filter((g.visits >= p.min_visits) & (g.weekdays == 1)).mutate(weekday=_.weekday + 1)
    yield "interval", g.filter((g.gaps >= p.min_visits - 1) & (g.spread <= p.spread_days))
    r = t.filter(t.round_id.notnull())
    r = r.group_by("round_id").agg(
        _rids=_._rid.collect(),
        route=in_turn(r.unit_id, " ", r.act_time, r._rid),
        stops=_.count(),
        date=_.day.max(),
    )
    r = r.filter(r.stops >= p.min_stops)
    same = r.group_by("route").agg(_rids=_._rids.collect().flatten(), rounds=_.count(), date=_.date.max())
    same = same.filter(same.rounds >= p.min_rounds)
    yield "route", same.mutate(subject=same.route, unit=ibis.null("string"))
