"""Hazards and accidents, from found to closed."""

import ibis

from mingjing.rules.engine import rule
from mingjing.rules.expr import (
    add_months,
    any_null,
    days_between,
    graded,
    hours_between,
    over,
    same,
    squeezed,
)
from mingjing.rules.ledgers import Ledgers


def hazards(ledgers: Ledgers):
    """Hazards proper: accidents share the ledger and have rules of their own."""
    return ledgers.hazard.filter(~ledgers.hazard.is_accident.fill_null(False))


@rule("AQ-01")
def overdue(ledgers: Ledgers, p):
    t = hazards(ledgers)
    default = t.found_date + p.lookup("d_days", t.hazard_level).as_interval("D")
    approved = ibis.ifelse(t.extension_no.notnull(), t.deadline, ibis.coalesce(t.orig_deadline, t.deadline))
    t = t.mutate(
        due=ibis.coalesce(approved, default),
        done=ledgers.by_then(t.rect_date),
        as_of=ibis.literal(ledgers.as_of),
    )
    yield "open", t.filter(t.done.isnull() & (t.due < t.as_of))
    yield "late", t.filter(t.done > t.due)


@rule("AQ-02")
def major(ledgers: Ledgers, p):
    t = hazards(ledgers)
    t = t.filter(t.hazard_level == "重大")
    reported = ledgers.by_then(t.report_time)
    yield "elements", t.filter(any_null(t.measure, t.fund_amount, t.responsible_id, t.deadline, t.plan_doc))
    yield (
        "unreported",
        t.filter(reported.isnull() & (days_between(t.found_date, ibis.literal(ledgers.as_of)) > p.n_days)),
    )
    yield "late", t.filter(days_between(t.found_date, reported) > p.n_days)


@rule("AQ-03")
def closure(ledgers: Ledgers, p):
    t = hazards(ledgers)
    t = t.filter(ledgers.by_then(t.rect_date).notnull() & t.status.isin(["已整改", "已销号"]))
    yield "reviewer", t.filter(t.reviewer_id.isnull())
    yield "self", t.filter(same(t.reviewer_id, t.responsible_id))
    yield "evidence", t.filter(t.evidence_ref.isnull())
    yield "early", t.filter(t.review_date < t.rect_date)
    # What was found on one day may be put right and documented in one go; on different days it may not.
    files = t.filter(t.evidence_ref.notnull()).group_by("unit_id", "evidence_ref")
    files = files.agg(days=lambda f: f.found_date.nunique())
    again = t.semi_join(files.filter(files.days > 1), ["unit_id", "evidence_ref"])
    yield "reused", graded(again, "suspect", "low")


@rule("AQ-B02")
def accident(ledgers: Ledgers, p):
    t = ledgers.hazard.filter(ledgers.hazard.is_accident.fill_null(False))
    reported = ledgers.by_then(t.accident_report_time)
    hours = hours_between(t.accident_know_time, reported)
    t = t.mutate(reported=reported, hours=hours, minutes=(hours * 60).round(0))
    yield "silent", t.filter(t.reported.isnull())
    yield "late", t.filter(over(t.hours, p.h))
    yield "undated", t.filter(t.reported.notnull() & t.accident_know_time.isnull())


@rule("AQ-11")
def recurred(ledgers: Ledgers, p):
    t = hazards(ledgers)
    t = t.filter(~t.hazard_type.isin(p.vague_types))
    old = t.mutate(closed=ledgers.by_then(t.rect_date))
    old = old.select(
        "unit_id",
        "hazard_type",
        "closed",
        *(old[c].name(f"old_{c}") for c in ("_rid", "site_id", "location")),
    )
    known = t.site_id.notnull() & old.old_site_id.notnull()
    place = ibis.ifelse(
        known, t.site_id == old.old_site_id, squeezed(t.location) == squeezed(old.old_location)
    )
    pairs = t.join(old, ["unit_id", "hazard_type", place, t.found_date > old.closed])
    pairs = pairs.filter(pairs.found_date <= add_months(pairs.closed, p.months))
    yield (
        "again",
        pairs.group_by("_rid", "unit_id", "hazard_id", "hazard_type", "location", "found_date").agg(
            _rids=lambda g: g.old__rid.collect().concat(ibis.array([g._rid.min()])),
            subject=lambda g: g.hazard_id.min(),
            closed=lambda g: g.closed.max(),
            times=lambda g: g.count(),
        ),
    )
