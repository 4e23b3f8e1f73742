"""The reception ledger held against the books, voucher by voucher."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import rule
from mingjing.rules.expr import days_between, differs, graded, over
from mingjing.rules.ledgers import Ledgers

ON = ["unit_id", "voucher_no"]


def booked(ledgers: Ledgers, p) -> ir.Table:
    """Reception cost in the books by unit and voucher, net of reversals: `booked` (yuan), `entries`, `booked_on`."""
    e = ledgers.expense
    e = e.filter((e.econ_item == p.item) | e.econ_item_code.startswith(p.code).fill_null(False))
    g = e.group_by(ON).agg(
        booked=_.amount.sum().round(2),
        entries=_._rid.collect(),
        entry=_._rid.min(),
        booked_on=_.voucher_date.min(),
        fiscal_year=_.fiscal_year.min(),
    )
    return g.filter(differs(g.booked, 0))


def registered(ledgers: Ledgers) -> ir.Table:
    """Receptions by unit and voucher: `registered` (yuan), `lines`, `line`, `held_on` (the last day)."""
    r = ledgers.reception
    r = r.filter(r.voucher_no.notnull() & over(r.total_amount, 0))
    return r.group_by(ON).agg(
        registered=_.total_amount.sum().round(2),
        lines=_._rid.collect(),
        line=_._rid.min(),
        held_on=_.start_date.max(),
    )


@rule("JD-11")
def reconciled(ledgers: Ledgers, p):
    r, e = registered(ledgers), booked(ledgers, p)
    as_of = ibis.literal(ledgers.as_of)

    loose = ledgers.reception
    loose = loose.filter(loose.voucher_no.isnull() & over(loose.total_amount, 0))
    loose = loose.filter(days_between(loose.start_date, as_of) > p.transit_days)
    yield "unpaid", loose.mutate(gap=loose.total_amount, subject=loose.unit_id + "|" + loose.reception_id)

    missing = r.anti_join(e, ON)
    missing = missing.filter(days_between(missing.held_on, as_of) > p.transit_days)
    other = ledgers.expense.group_by(ON).agg(
        elsewhere=_.amount.sum().round(2),
        other_lines=_._rid.collect(),
        items=_.econ_item.collect().unique().sort(),
    )
    missing = missing.left_join(other, ON).drop("unit_id_right", "voucher_no_right")
    missing = missing.mutate(gap=missing.registered, date=missing.held_on, _rid=missing.line)
    nowhere = missing.elsewhere.isnull()
    yield "unbooked", _of_voucher(missing.filter(nowhere).mutate(_rids=_.lines))
    yield "misbooked", _of_voucher(missing.filter(~nowhere).mutate(_rids=_.lines.concat(_.other_lines)))

    extra = e.anti_join(r, ON).mutate(gap=_.booked, date=_.booked_on, _rid=_.entry, _rids=_.entries)
    opening = ledgers.reception.start_date.min().as_scalar()
    late = days_between(opening, extra.booked_on) <= p.transit_days
    yield "unregistered", _of_voucher(extra.filter(~late))
    yield "earlier", graded(_of_voucher(extra.filter(late)), "suspect", "low")

    both = r.inner_join(e, ON).mutate(gap=(_.registered - _.booked).round(2))
    both = both.mutate(date=both.held_on, _rid=both.line, _rids=both.lines.concat(both.entries))
    off = differs(both.registered, both.booked, p.tol_yuan)
    yield "differs", _of_voucher(both.filter(off))

    small = both.filter(~off & differs(both.gap, 0))
    g = small.group_by("unit_id", "fiscal_year").agg(
        gap=_.gap.sum().round(2),
        registered=_.registered.sum(),
        booked=_.booked.sum(),
        vouchers=_.count(),
        _rids=_._rids.collect().flatten(),
        date=_.date.max(),
    )
    g = g.filter(differs(g.gap, 0, p.tol_yuan))
    yield "total", g.mutate(subject=g.unit_id + "|" + g.fiscal_year.cast("string"), amount=g.gap.abs())


def _of_voucher(t: ir.Table) -> ir.Table:
    return t.mutate(subject=t.unit_id + "|" + t.voucher_no, amount=t.gap.abs())
