"""Deadlines and rates of public requests."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import rule
from mingjing.rules.expr import days_between, graded, month_of, over, under
from mingjing.rules.ledgers import Ledgers
from mingjing.rules.workdays import add_workdays


def counted(ledgers: Ledgers) -> ir.Table:
    """Requests that count: those a clerk has not taken out. `replied` is the reply known on the day looked from."""
    t = ledgers.hotline
    t = t.filter(~t.invalid_flag.fill_null(False))
    return t.mutate(
        replied=ledgers.by_then(t.reply_time),
        sent=ibis.coalesce(t.dispatch_time, t.accept_time),
        as_of=ibis.literal(ledgers.as_of),
    )


def judge(ledgers: Ledgers, t: ir.Table, within: bool = True) -> None:
    """Say that a rule looks at these requests, `within` the period, and not at every row of the ledger."""
    t = t.filter(ledgers.in_period(t.accept_time)) if within else t
    ledgers.judged = t.mutate(unit=t.unit_id)


def approved_days(ledgers: Ledgers, table: str, t: ir.Table, days: str, number: str) -> ir.Value:
    """Days added to a deadline: only with an approval number, where the ledger has a place for one."""
    kept = ledgers.has(table, number)
    return ibis.ifelse(t[number].notnull() | ibis.literal(not kept), t[days].fill_null(0), 0)


@rule("RX-01")
def late(ledgers: Ledgers, p):
    t = counted(ledgers)
    t = t.filter(t.channel != "信访")
    judge(ledgers, t)
    added = approved_days(ledgers, "hotline", t, "ext_days", "ext_approval_no")
    limit = p.lookup("limit_workdays", t.urgency).fill_null(p.unstated)
    t = t.mutate(
        allowed=limit + added,
        kind=ibis.ifelse(t.urgency.isnull(), ibis.literal("suspect"), ibis.null("string")),
    )
    broadcast = t.channel == "电视问政"
    yield from _overdue(
        ledgers,
        "promise",
        t.filter(broadcast & t.promised_date.notnull()).mutate(due=lambda s: s.promised_date),
    )
    yield "unpromised", graded(t.filter(broadcast & t.promised_date.isnull()), "missing", "low")
    yield from _overdue(
        ledgers, "limit", add_workdays(ledgers, t.filter(~broadcast), t.sent, t.allowed, "due")
    )


def _overdue(ledgers: Ledgers, which: str, t: ir.Table):
    yield f"{which}_open", t.filter(t.replied.isnull() & (t.due < ledgers.as_of))
    yield f"{which}_late", t.filter(t.replied.date() > t.due)


@rule("RX-02")
def rates(ledgers: Ledgers, p):
    t = counted(ledgers)
    judge(ledgers, t)
    for case, (rows, hit) in rated(t.filter(ledgers.in_period(t.accept_time)), p).items():
        yield case, _below(ledgers, p, case, rows, hit)


def rated(t: ir.Table, p) -> dict[str, tuple[ir.Table, Callable]]:
    """The three rates over requests that count: name → (the denominator's rows, what makes one a success)."""
    # an open request is a failure only once it has had time to be answered
    t = t.filter(t.replied.notnull() | (days_between(t.sent, t.as_of) > p.ripe_days))
    t = t.mutate(month=month_of(t.sent), answered=t.replied.notnull() & t.resolved.fill_null(False))
    asked = t.filter((t.category != p.enquiry).fill_null(True) & (t.replied.isnull() | t.resolved.notnull()))
    return {
        "response": (t.filter(t.responded.notnull()), lambda s: s.responded),
        "resolution": (asked, lambda s: s.answered),
        "satisfaction": (
            t.filter(t.satisfaction.isin(["满意", "基本满意", "不满意"])),
            lambda s: s.satisfaction.isin(p.satisfied),
        ),
    }


def _below(ledgers: Ledgers, p, case: str, t: ir.Table, hit) -> ir.Table:
    """One row per unit and month whose rate is under target; the rows it rests on are those that failed."""
    t = t.mutate(hit=hit)
    found = t.group_by("unit_id", "month").agg(
        k=t.hit.cast("int64").sum(),
        n=t.count(),
        _rids=t._rid.collect(where=~t.hit),
        date=t.accept_time.min(),
    )
    rate = (found.k / found.n).round(4)
    found = found.mutate(
        subject=found.unit_id + "|" + found.month,
        percent=(rate * 100).round(1),
        target=ibis.literal(p.target[case] * 100).round(1),
    )
    return found.filter((found.n >= p.small_n) & under(found.k / found.n, p.target[case]))


@rule("RX-05")
def petition(ledgers: Ledgers, p):
    t = counted(ledgers)
    t = t.filter(t.channel == "信访")
    extra = ibis.ifelse(t.ext_approval_no.notnull(), ibis.least(t.ext_days.fill_null(0), p.ext_max_days), 0)
    t = t.mutate(told=ledgers.by_then(t.notice_time), allowed=p.close_days + extra)
    t = t.mutate(
        notice_took=days_between(t.accept_time, ibis.coalesce(t.told.date(), t.as_of)),
        close_took=days_between(t.accept_time, ibis.coalesce(t.replied.date(), t.as_of)),
    )
    kept = ledgers.has("hotline", "notice_time")
    silent = t.filter(t.told.isnull() & over(t.notice_took, p.notice_days))
    if not kept:
        silent = graded(silent, "missing", "low")
    yield "notice_none" if kept else "notice_unkept", silent
    yield "notice_late", t.filter(t.told.notnull() & over(t.notice_took, p.notice_days))
    yield "close_open", t.filter(t.replied.isnull() & over(t.close_took, t.allowed))
    yield "close_late", t.filter(t.replied.notnull() & over(t.close_took, t.allowed))


@rule("RX-B03")
def rework(ledgers: Ledgers, p):
    t = counted(ledgers)
    judge(ledgers, t, within=False)
    t = t.filter(t.satisfaction == "不满意")
    t = t.mutate(known=ibis.coalesce(t.revisit_time, t.reply_time), done=ledgers.by_then(t.rework_done_time))
    yield "undated", graded(t.filter(t.known.isnull() & t.done.isnull()), "missing", "low")
    t = add_workdays(ledgers, t, t.known, p.workdays, "due")
    yield "open", t.filter(t.done.isnull() & (t.due < t.as_of))
    yield "late", t.filter(t.done.date() > t.due)


@rule("RX-B04")
def excluded(ledgers: Ledgers, p):
    t = ledgers.hotline
    t = t.mutate(out=t.invalid_flag.fill_null(False))
    yield "unapproved", t.filter(t.out & t.invalid_approval_no.isnull())
    t = t.filter(ledgers.in_period(t.accept_time))
    share = t.group_by("unit_id").agg(
        k=t.out.cast("int64").sum(), n=t.count(), _rids=t._rid.collect(where=t.out), date=t.accept_time.max()
    )
    share = share.mutate(subject=share.unit_id, percent=(share.k / share.n * 100).round(1))
    yield "share", share.filter((share.n >= p.small_n) & over(share.k / share.n, p.share))
