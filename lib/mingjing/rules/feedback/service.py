"""Services promised to the public, above all the grading of athletes and referees, and what must be disclosed."""

import ibis

from mingjing.rules.engine import rule
from mingjing.rules.expr import graded, matches, same
from mingjing.rules.feedback.hotline import approved_days
from mingjing.rules.ledgers import Ledgers
from mingjing.rules.workdays import add_workdays


@rule("RX-06")
def service_late(ledgers: Ledgers, p):
    t = ledgers.service_case
    promised = ibis.coalesce(t.promised_workdays, t.legal_workdays)
    added = approved_days(ledgers, "service_case", t, "ext_workdays", "ext_approval_no")
    t = t.mutate(
        allowed=promised + added, done=ledgers.by_then(t.finish_date), as_of=ibis.literal(ledgers.as_of)
    )
    yield "unpromised", graded(t.filter(t.allowed.isnull()), "missing", "low")
    t = add_workdays(ledgers, t, t.accept_date, t.allowed, "due")
    # a result without its day: over, and nobody knows since when
    undated = t.finish_date.isnull() & t.result.notnull()
    yield "undated", graded(t.filter(undated & (t.due < t.as_of)), "missing", "low")
    yield "open", t.filter(~undated & t.done.isnull() & (t.due < t.as_of))
    yield "late", t.filter(t.done > t.due)


@rule("RX-07")
def grading(ledgers: Ledgers, p):
    t = ledgers.service_case
    t = t.filter(matches(t.service_item, p.grading) & (t.result == "准予"))
    t = t.filter(ledgers.by_then(t.finish_date).notnull() | t.finish_date.isnull())
    yield "basis", t.filter(t.event.isnull() | t.result_no.isnull())
    yield "alone", t.filter(same(t.handler_id, t.approver_id)).mutate(kind=ibis.literal("breach"))
    yield "unsigned", t.filter(t.handler_id.isnull() | t.approver_id.isnull())
    yield "unpublished", t.filter(t.publicity_start.isnull() | t.publicity_end.isnull())
    t = add_workdays(ledgers, t, t.publicity_start - ibis.interval(days=1), p.publicity_workdays, "until")
    yield "short", t.filter(t.publicity_end < t.until).mutate(kind=ibis.literal("breach"))
    yield "before", t.filter(t.finish_date < t.publicity_end).mutate(kind=ibis.literal("breach"))


@rule("RX-08")
def disclosure(ledgers: Ledgers, p):
    t = ledgers.disclosure
    t = t.mutate(done=ledgers.by_then(t.publish_date), as_of=ibis.literal(ledgers.as_of))
    t = add_workdays(ledgers, t, t.formed_date, p.workdays, "lawful")
    t = t.mutate(due=ibis.coalesce(t.due_date, t.lawful))
    t = t.mutate(date=t.due)
    yield "undated", graded(t.filter(t.due.isnull()), "missing", "low")
    yield "open", t.filter(t.done.isnull() & (t.due < t.as_of))
    yield "late", t.filter(t.done > t.due)
