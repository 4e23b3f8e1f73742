"""Booked as used while kept (以耗代存): patterns of drawing and using that accounts made up at a desk show."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import gathered, matches, month_of, over
from mingjing.rules.firearms.ammo import draws
from mingjing.rules.ledgers import Ledgers


def by_drawer(ledgers: Ledgers) -> ir.Table:
    """Draws of the period that used rounds, each with who answers for them (`drawer`: the coach, else the borrower)."""
    t = draws(ledgers)
    return t.filter(ledgers.in_period(t.date) & (t.ammo_used > 0))


def habit(t: ir.Table, shown: ir.BooleanValue, n_min: int) -> ir.Table:
    """Drawers with enough draws of one kind of ammunition, every one of which shows the pattern."""
    t, key = t.mutate(shown=shown), ["unit_id", "drawer", "ammo_type"]
    found = t.group_by(key).agg(n=t.count(), always=t.shown.all(), used=t.ammo_used.sum(), date=t.date.min())
    found = gathered(found.filter(found.always & (found.n >= n_min)), t, key, _._rids.collect().flatten())
    return found.mutate(subject=found.drawer + "|" + found.ammo_type.fill_null(""))


@rule("QD-16")
def never_returns(ledgers: Ledgers, p):
    t = by_drawer(ledgers)
    yield "never", habit(t, (t.ammo_returned == 0) & (t.ammo_used == t.ammo_out), p.n_min)


@rule("QD-17")
def whole_boxes(ledgers: Ledgers, p):
    t = by_drawer(ledgers)
    t = t.mutate(
        box=ibis.cases(*((matches(t.ammo_type, kind), ibis.literal(size)) for kind, size in p.box.items()))
    )
    if t.count().execute() and not t.box.notnull().any().execute():
        raise NotRun("unknown_value", "gun_issue.ammo_type")
    yield "boxes", habit(t, (t.ammo_used % t.box == 0).fill_null(False), p.n_min)


@rule("QD-18")
def planned(ledgers: Ledgers, p):
    t = draws(ledgers)
    # no plan can be looked up for rounds of a kind nobody wrote down; QD-03 lists them
    t = t.filter(t.ammo_type.notnull())
    key = ["unit_id", "ammo_type", "month"]
    t = (
        t.mutate(month=month_of(t.date))
        .group_by(key)
        .agg(used=t.ammo_used.sum(), rid=t._rid.min(), rids=t._rids.collect().flatten(), date=t.date.max())
    )
    plan = ledgers.ammo_plan
    year = plan.select("unit_id", year=plan.plan_month.year().cast("string")).distinct()
    plan = (
        plan.mutate(month=month_of(plan.plan_month))
        .group_by(key)
        .agg(planned=plan.planned_rounds.sum(), plan_rids=plan._rid.collect(), plan_rid=plan._rid.min())
    )
    t = t.filter(t.used > 0).left_join(plan, key)
    t = t.mutate(year=t.month[:4], subject=t.month + "|" + t.ammo_type.fill_null(""))
    t = t.mutate(
        _rid=ibis.coalesce(t.plan_rid, t.rid), _rids=ibis.coalesce(t.plan_rids.concat(t.rids), t.rids)
    )
    yield "over", t.filter(over(t.used, t.planned * (1 + p.tolerance)))
    yield "unplanned", t.filter(t.planned.isnull()).semi_join(year, ["unit_id", "year"])
    exact = t.filter((t.used == t.planned) & ledgers.in_period(t.date))
    exact = exact.group_by("unit_id", "ammo_type").agg(
        _rids=exact._rids.collect().flatten(), n=exact.count(), date=exact.date.max()
    )
    yield "exact", exact.filter(exact.n >= p.n_exact).mutate(subject=exact.ammo_type)
