"""The guns themselves: papers, outings, transport, loss, disposal."""

import ibis

from mingjing.rules.engine import rule
from mingjing.rules.expr import (
    add_months,
    days_between,
    hours_between,
    matches,
    over,
    same,
)
from mingjing.rules.firearms.stock import AWAY, edges
from mingjing.rules.ledgers import Ledgers

USE = ["训练", "比赛", "外出参赛"]


@rule("QD-04")
def overnight(ledgers: Ledgers, p):
    t = ledgers.gun_issue
    excused = (
        (t.purpose == "外出参赛") & t.transport_permit_no.notnull() & t.planned_return_date.notnull()
    ).fill_null(False)
    due = ibis.ifelse(excused, t.planned_return_date, t.out_time.date())
    t = t.mutate(due=due, back=ledgers.by_then(t.in_time), as_of=ibis.literal(ledgers.as_of))
    yield "out", t.filter(t.back.isnull() & (t.due < t.as_of))
    yield "late", t.filter(t.back.date() > t.due)


@rule("QD-05")
def handover(ledgers: Ledgers, p):
    t = ledgers.gun_issue
    t = t.filter(ledgers.by_then(t.in_time).notnull())
    yield "number", t.filter(~same(t.return_gun_no, t.gun_no))
    yield "unchecked", t.filter(~t.unload_check.fill_null(False))


@rule("QD-07")
def approval(ledgers: Ledgers, p):
    t = ledgers.gun_issue
    nobody, undated = t.approver_id.isnull(), t.approve_time.isnull()
    yield "none", t.filter(nobody & undated)
    yield "nobody", t.filter(nobody & ~undated)
    yield "undated", t.filter(undated & ~nobody)
    # an issue written by its day only may have waited for an approval of that day
    out_to = edges(t.out_time)[1]
    yield "after", t.filter((t.approve_time > t.out_time) & (t.approve_time >= out_to))
    yield "keeper", t.filter(same(t.approver_id, t.keeper_out1) | same(t.approver_id, t.keeper_out2))


@rule("QD-08")
def papers(ledgers: Ledgers, p):
    as_of = ibis.literal(ledgers.as_of)
    t = ledgers.gun
    gone = t.status.isin(["报废", "上缴", "丢失", "被盗"]) & (t.status_date <= as_of).fill_null(True)
    t = t.mutate(as_of=as_of, inspect_by=add_months(t.last_inspect_date, p.m_inspect), gone=gone)
    held = t.filter(~t.gone)
    yield "none", held.filter(held.permit_no.isnull())
    yield "undated", held.filter(held.permit_no.notnull() & held.permit_expiry.isnull())
    yield "expired", held.filter(held.permit_expiry < as_of)
    days = days_between(as_of, held.permit_expiry)
    soon = held.mutate(days=days, kind=ibis.literal("warning"), severity=ibis.literal("low"))
    yield "soon", soon.filter((soon.days >= 0) & (soon.days <= p.warn_days))
    yield "never", held.filter(held.last_inspect_date.isnull())
    yield "overdue", held.filter(held.inspect_by < as_of)
    for case, column in (("same_permit", "permit_no"), ("same_number", "gun_no")):
        alike = t.group_by(subject=column).agg(
            _rids=t._rid.collect(), unit=t.unit_id.min(), n=t.count(), guns=t.gun_no.collect()
        )
        yield case, alike.filter(alike.subject.notnull() & (alike.n > 1))


@rule("QD-13")
def borrowers(ledgers: Ledgers, p):
    a = ledgers.athlete
    a = a.select("ath_id", "role", "sport", "in_training", "start_date", "end_date")
    t = ledgers.gun_issue
    t = t.filter(t.purpose.isin(USE)).left_join(a, t.borrower_id == a.ath_id)
    day = t.out_time.date()
    yield "unknown", t.filter(t.ath_id.isnull())
    yield "sport", t.filter(t.ath_id.notnull() & ~matches(t.sport, p.sport))
    yield "dates", t.filter((day < t.start_date) | (day > t.end_date))
    doubtful = t.filter(~t.in_training & t.end_date.isnull())
    yield "undated", doubtful.mutate(kind=ibis.literal("suspect"), severity=ibis.literal("medium"))
    yield "coach", t.filter((t.role == "运动员") & (t.coach_id.isnull() | same(t.coach_id, t.borrower_id)))


@rule("QD-14")
def transport(ledgers: Ledgers, p):
    t = ledgers.gun_issue.filter(ledgers.gun_issue.purpose == "外出参赛")
    yield "permit", t.filter(t.transport_permit_no.isnull())
    yield "escort", t.filter(t.escort_count.fill_null(0) < p.n_escort)
    yield "together", t.filter(~t.ammo_separate.fill_null(False))


@rule("QD-15")
def loss(ledgers: Ledgers, p):
    t = ledgers.gun.filter(ledgers.gun.status.isin(["丢失", "被盗"]))
    # a loss that came out after the day looked from was nobody's to report yet
    known = ibis.coalesce(t.loss_found_time, t.status_date.cast("timestamp"))
    t = t.filter(known.isnull() | (known < ledgers.day_end))
    reported = ledgers.by_then(t.loss_report_time)
    # the clock runs from the end of a day that is written without its hour
    until = ibis.coalesce(reported, ledgers.moment(ledgers.day_end))
    hours = hours_between(edges(t.loss_found_time)[1], until)
    t = t.mutate(reported=reported, hours=hours, as_of=ibis.literal(ledgers.as_of))
    exceeded = over(t.hours, p.h)
    yield "silent", t.filter(t.reported.isnull() & exceeded.fill_null(True))
    yield "late", t.filter(t.reported.notnull() & exceeded)
    yield "undated", t.filter(t.reported.notnull() & t.loss_found_time.isnull())


@rule("QD-B02")
def twice(ledgers: Ledgers, p):
    t = ledgers.gun_issue
    earlier = ibis.window(group_by=t.gun_no, order_by=[t.out_time, t._rid], preceding=1, following=0)
    back = ibis.coalesce(ledgers.by_then(t.in_time), ibis.literal(ledgers.day_end, type="timestamp"))
    t = t.mutate(back=back)
    t = t.mutate(
        before=t.back.lag().over(earlier),
        before_id=t.issue_id.lag().over(earlier),
        before_rid=t._rid.lag().over(earlier),
    )
    yield "overlap", t.filter(t.before > t.out_time).mutate(_rids=ibis.array([t._rid, t.before_rid]))
    g = ledgers.gun.filter(ledgers.gun.status.isin([*AWAY, "封存", "报废"]))
    g = g.select("gun_no", "status", "status_date", gun_rid="_rid")
    t = ledgers.gun_issue.join(g, "gun_no")
    repair = (t.status == "送修") & t.purpose.isin(["检修", "调试"])
    t = t.filter((t.out_time.date() > t.status_date) & ~repair)
    yield "status", t.mutate(_rids=ibis.array([t._rid, t.gun_rid]))


@rule("QD-B03")
def surrender(ledgers: Ledgers, p):
    t = ledgers.gun.filter(ledgers.gun.status == "报废")
    as_of = ibis.literal(ledgers.as_of)
    given = ledgers.by_then(t.surrender_date)
    t = t.mutate(as_of=as_of, days=days_between(t.status_date, ibis.coalesce(given, as_of)), given=given)
    yield "open", t.filter(t.given.isnull() & (t.days > p.n_days))
    yield "late", t.filter(t.given.notnull() & (t.days > p.n_days))
    yield "undated", t.filter(t.given.isnull() & t.status_date.isnull())
