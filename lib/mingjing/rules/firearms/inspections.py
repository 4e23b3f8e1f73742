"""Inspections from above: were all levels here, and what did they leave open."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import rule
from mingjing.rules.expr import matches
from mingjing.rules.firearms.checks import armouries
from mingjing.rules.ledgers import Ledgers


def inspections(ledgers: Ledgers) -> ir.Table:
    """Inspections of armouries by others, from the armoury's own log and the bureau's list of activities."""
    t = ledgers.armory_check
    t = t.filter(t.rec_type.isin(["上级检查", "公安查验"]))
    t = t.select("unit_id", "_rid", level="inspect_level", moment="start_time")
    if "activity_log" in ledgers:
        a = ledgers.activity_log.filter(ledgers.activity_log.act_type == "枪弹专项检查")
        t = t.union(a.select("unit_id", "_rid", level="inspect_level", moment="act_time"))
    return t


@rule("QD-22")
def levels(ledgers: Ledgers, p):
    year = ledgers.end.year
    t = inspections(ledgers)
    t = t.filter(t.moment.year() == year)
    units = armouries(ledgers)
    nameless = t.filter(t.level.isnull()).group_by("unit_id").agg(n_unknown=lambda g: g.count())
    units = units.left_join(nameless, "unit_id").drop("unit_id_right")
    units = units.mutate(
        _rid="unit_rid",
        unit="unit_id",
        year=ibis.literal(str(year)),
        date=ibis.literal(ledgers.end),
        n_unknown=units.n_unknown.fill_null(0),
    )
    if (ledgers.end.month, ledgers.end.day) != (12, 31):
        units = units.mutate(kind=ibis.literal("warning"), severity=ibis.literal("low"))
    for case, level in p.levels.items():
        missed = units.anti_join(t.filter(t.level == level), "unit_id")
        missed = missed.mutate(subject=ibis.literal(f"{year}|{case}"))
        yield case, missed.filter(missed.n_unknown == 0)
        yield f"{case}_unstated", missed.filter(missed.n_unknown > 0)


@rule("QD-23")
def praised(ledgers: Ledgers, p):
    t = ledgers.armory_check
    ledgers.judged = t.filter(t.conclusion.notnull() & ledgers.in_period(t.start_time)).mutate(unit=t.unit_id)
    t = t.mutate(left=t.problem_count - t.closed_count.fill_null(0))
    open_ = t.filter(t.left > 0).select(
        open_unit="unit_id", open_time="start_time", open_rid="_rid", open_left="left"
    )
    good = t.filter(matches(t.conclusion, p.praise) & ~matches(t.conclusion, p.but))
    t = good.join(open_, [good.unit_id == open_.open_unit, open_.open_time <= good.start_time])
    t = t.group_by("_rid", "check_id", "unit_id", "start_time", "conclusion").agg(
        n=t.open_left.sum(), open_rids=t.open_rid.collect()
    )
    yield "open", t.mutate(_rids=ibis.array([t._rid]).concat(t.open_rids))
