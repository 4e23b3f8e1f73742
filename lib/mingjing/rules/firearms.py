"""Firearms and ammunition. Each function is one rule of `catalogue/firearms.toml`."""

import ibis

from mingjing.rules.engine import rule
from mingjing.rules.expr import any_null, hours_between, over, same
from mingjing.rules.ledgers import Ledgers


@rule("QD-01")
def balance(ledgers: Ledgers, p):
    t = ledgers.ammo_txn
    lot = ibis.window(
        group_by=[t.unit_id, t.storeroom, t.ammo_type, t.batch_no], order_by=[t.txn_time, t._rid]
    )
    t = t.mutate(previous=t.balance.lag().over(lot), sign=direction(t, p))
    t = t.mutate(expected=t.previous + t.sign * t.qty)
    yield "broken", t.filter(t.expected.notnull() & (t.balance != t.expected))
    yield "negative", t.filter(t.balance < 0)


def direction(t, p):
    """+1 or -1 by kind of entry; an opening balance sets the balance and has none."""
    return ibis.cases(*((t.txn_type == kind, ibis.literal(sign)) for kind, sign in p.sign.items()))


@rule("QD-02")
def rounds(ledgers: Ledgers, p):
    t = ledgers.gun_issue
    t = t.filter(ledgers.by_then(t.in_time).notnull())
    t = t.mutate(**{c: t[c].fill_null(0) for c in ("ammo_out", "ammo_used", "ammo_returned", "dud_count")})
    single = t.filter(t.slip_no.isnull())
    yield "row", single.filter(single.ammo_out != single.ammo_used + single.ammo_returned + single.dud_count)
    slips = (
        t.filter(t.slip_no.notnull())
        .group_by("unit_id", "slip_no")
        .agg(
            _rids=lambda s: s._rid.collect(),
            subject=lambda s: s.slip_no.min(),
            date=lambda s: s.out_time.min(),
            **{c: lambda s, c=c: s[c].sum() for c in ("ammo_out", "ammo_used", "ammo_returned", "dud_count")},
        )
    )
    yield "slip", slips.filter(slips.ammo_out != slips.ammo_used + slips.ammo_returned + slips.dud_count)


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
    yield "none", t.filter(any_null(t.approver_id, t.approve_time))
    yield "after", t.filter(t.approve_time > t.out_time)
    yield "keeper", t.filter(same(t.approver_id, t.keeper_out1) | same(t.approver_id, t.keeper_out2))


@rule("QD-14")
def transport(ledgers: Ledgers, p):
    t = ledgers.gun_issue.filter(ledgers.gun_issue.purpose == "外出参赛")
    yield "permit", t.filter(t.transport_permit_no.isnull())
    yield "escort", t.filter(t.escort_count.fill_null(0) < p.n_escort)
    yield "together", t.filter(~t.ammo_separate.fill_null(False))


@rule("QD-15")
def loss(ledgers: Ledgers, p):
    t = ledgers.gun.filter(ledgers.gun.status.isin(["丢失", "被盗"]))
    reported = ledgers.by_then(t.loss_report_time)
    t = t.mutate(
        reported=reported, hours=hours_between(t.loss_found_time, reported), as_of=ibis.literal(ledgers.as_of)
    )
    yield "silent", t.filter(t.reported.isnull())
    yield "late", t.filter(over(t.hours, p.h))
    yield "undated", t.filter(t.reported.notnull() & t.loss_found_time.isnull())
