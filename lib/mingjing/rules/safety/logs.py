"""Records that may have been invented: leads for whoever looks, never a verdict."""

import ibis

from mingjing.rules.engine import rule
from mingjing.rules.expr import squeezed
from mingjing.rules.ledgers import Ledgers


@rule("AQ-14")
def alike(ledgers: Ledgers, p):
    t = ledgers.activity_log
    t = t.filter(t.act_type.isin(p.kinds) & ledgers.in_period(t.act_time))
    # Midnight is a date without a time of day.
    timed = t.filter(t.act_time > t.act_time.truncate("D"))
    minutes = timed.group_by("leader_id", minute=timed.act_time.truncate("m")).agg(
        _rids=lambda g: g._rid.collect(),
        units=lambda g: g.unit_id.nunique(),
        sites=lambda g: g.site_id.nunique(),
        date=lambda g: g.act_time.min().date(),
    )
    minutes = minutes.filter(minutes.leader_id.notnull() & ((minutes.units > 1) | (minutes.sites >= p.sites)))
    yield (
        "minute",
        minutes.mutate(subject=minutes.leader_id + "|" + minutes.minute.strftime("%Y-%m-%d %H:%M")),
    )
    texts = t.mutate(text=squeezed(t.conclusion)).group_by("text")
    texts = texts.agg(
        _rids=lambda g: g._rid.collect(),
        times=lambda g: g.count(),
        units=lambda g: g.unit_id.nunique(),
        date=lambda g: g.act_time.min().date(),
    )
    texts = texts.filter(
        (texts.text.length() >= p.length) & (texts.times >= p.times) & (texts.units >= p.units)
    )
    yield "text", texts.mutate(subject=texts.text)


@rule("AQ-15")
def evidence_again(ledgers: Ledgers, p):
    t = ledgers.activity_log
    t = t.filter(t.act_type.isin(p.kinds) & t.evidence_ref.notnull())
    # One round may be filed as one; so may one day.
    t = t.mutate(event=t.round_id.fill_null(t.act_time.strftime("%Y-%m-%d")))
    files = t.group_by("evidence_ref").agg(
        _rids=lambda g: g._rid.collect(),
        times=lambda g: g.count(),
        events=lambda g: g.event.nunique(),
        date=lambda g: g.act_time.max().date(),
        unit=lambda g: ibis.ifelse(g.unit_id.nunique() == 1, g.unit_id.min(), ibis.null("string")),
    )
    yield "reused", files.filter(files.events > 1).mutate(subject=files.evidence_ref)


@rule("AQ-16")
def on_leave(ledgers: Ledgers, p):
    away = ledgers.staff_leave.select("person_id", "from_date", "to_date", leave_rid="_rid")
    t = ledgers.activity_log.filter(ledgers.activity_log.act_type.isin(p.kinds))
    t = t.mutate(day=t.act_time.date(), date=t.act_time.date(), subject=t.act_id, who=t.leader_id)
    yield "leader", absent(t, away)
    if "hazard" in ledgers:
        h = ledgers.hazard
        h = h.mutate(day=h.review_date, date=h.review_date, subject=h.hazard_id, who=h.reviewer_id)
        yield "reviewer", absent(h, away)


def absent(table, away):
    """Rows signed by somebody who was on leave throughout that day, each with the row of the leave."""
    t = table.inner_join(away, [table.who == away.person_id, table.day.between(away.from_date, away.to_date)])
    return t.mutate(_rids=ibis.array([t._rid, t.leave_rid]))
