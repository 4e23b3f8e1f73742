"""Equipment and the certificates of those who run it, as they stood on `as_of`."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import rule
from mingjing.rules.expr import add_months, graded, matches
from mingjing.rules.ledgers import Ledgers


def in_use(ledgers: Ledgers, *kinds: str) -> ir.Table:
    t = ledgers.cert_asset
    t = t.filter(t.ca_type.isin(kinds) & (t.status == "在用"))
    return t.mutate(as_of=ibis.literal(ledgers.as_of), date=ibis.literal(ledgers.as_of))


@rule("AQ-07")
def fire_systems(ledgers: Ledgers, p):
    t = in_use(ledgers, "消防设施")
    # A check dated after as_of hides the one before it: such a row says nothing about that day.
    t = t.mutate(due=add_months(ibis.coalesce(t.last_check_date, t.made_date), p.m))
    t = t.filter((t.due < t.as_of) | t.due.isnull())
    yield "overdue", t.filter(t.last_check_date.notnull())
    yield "never", t.filter(t.last_check_date.isnull())


@rule("AQ-08")
def extinguishers(ledgers: Ledgers, p):
    t = in_use(ledgers, "灭火器")
    crowded = ledgers.unit.filter(ledgers.unit.is_public_venue).select("unit_id", crowded=True)
    t = t.left_join(crowded, "unit_id")
    often = t.crowded.fill_null(False) | matches(t.location, p.half_month_places)
    limit = ibis.ifelse(
        often,
        t.last_check_date + ibis.interval(days=p.crowded_check_days),
        add_months(t.last_check_date, p.check_months),
    )
    life = ibis.cases(*((t.subtype.contains(kind), years) for kind, years in p.life_years.items()))
    retire = t.made_date + (12 * life).as_interval("M")
    new = (t.made_date > add_months(t.as_of, -p.check_months)).fill_null(False)
    t = t.mutate(
        place=t.location.fill_null(""),
        unchecked=ibis.ifelse(t.last_check_date.isnull(), ~new, limit < t.as_of),
        expired=retire <= t.as_of,
        undated=retire.isnull(),
    )

    def places(flag: str):
        all_ = t.group_by("unit_id", "place").agg(total=lambda g: g.count())
        bad = t.filter(t[flag]).group_by("unit_id", "place")
        bad = bad.agg(
            _rids=lambda g: g._rid.collect(),
            numbers=lambda g: g.ca_id.collect().sort(),
            hits=lambda g: g.count(),
            date=lambda g: g.date.min(),
        ).inner_join(all_, ["unit_id", "place"])
        return bad.mutate(subject=bad.unit_id + "|" + bad.place)

    yield "unchecked", places("unchecked")
    yield "expired", places("expired")
    yield "undated", graded(places("undated"), "missing", "low")


@rule("AQ-09")
def special_equipment(ledgers: Ledgers, p):
    t = in_use(ledgers, "特种设备")
    # A certificate that began after as_of was not yet in force, and hides the one that was.
    t = t.filter(~(t.valid_from > t.as_of).fill_null(False))
    # An application before this certificate began belongs to the cycle before.
    applied = ledgers.by_then(t.apply_date)
    applied = ibis.ifelse((applied <= t.valid_from).fill_null(False), ibis.null("date"), applied)
    t = t.mutate(applied=applied, apply_by=add_months(t.valid_to, -p.apply_before_months))
    valid = t.filter(t.valid_to >= t.as_of)
    yield "expired", t.filter(t.valid_to < t.as_of)
    yield "undated", graded(t.filter(t.valid_to.isnull()), "missing", "low")
    medium = ibis.literal("medium")
    yield "late", t.filter(t.applied > t.apply_by).mutate(severity=medium)
    yield (
        "unapplied",
        valid.filter(valid.applied.isnull() & (valid.apply_by < valid.as_of)).mutate(severity=medium),
    )


@rule("AQ-10")
def operators(ledgers: Ledgers, p):
    t = in_use(ledgers, *p.kinds)
    who = ledgers.person.select("person_id", "status", "status_date").rename(post="status")
    t = t.left_join(who, t.holder_id == who.person_id)
    left = (t.post != "在岗") & (t.status_date.isnull() | (t.status_date <= t.as_of))
    t = t.filter(~left.fill_null(False) & ~(t.valid_from > t.as_of).fill_null(False))
    expired = t.filter(t.valid_to < t.as_of)
    yield "expired", expired.filter(expired.post.notnull())
    yield "unknown", graded(expired.filter(expired.post.isnull()), "missing", "low")
    yield "undated", graded(t.filter(t.valid_to.isnull() & t.ca_type.isin(p.dated)), "missing", "low")
    soon = t.filter(t.valid_to.between(t.as_of, t.as_of + ibis.interval(days=p.warn_days)))
    yield "soon", graded(soon, "warning", "low")
