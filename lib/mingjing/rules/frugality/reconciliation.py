"""The reception ledger held against the books, voucher by voucher."""

from typing import NamedTuple

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import rule
from mingjing.rules.expr import days_between, differs, graded, over, squeezed
from mingjing.rules.ledgers import Ledgers

CELL, ONE = ["unit_id", "voucher_no"], ["unit_id", "one"]


class Matching(NamedTuple):
    """Receptions that cost money and reception cost in the books, matched by unit and voucher.

    A cell of the reception ledger may name several vouchers; it is matched to their sum. `late`: no longer in transit
    on `as_of`. `early`: so near the ledger's first reception that it may belong to one before.
    """

    loose: ir.Table  # without a voucher: rows of the ledger, `late`
    missing: (
        ir.Table
    )  # voucher without reception cost: `registered lines held_on late`, `elsewhere items other_lines`
    extra: ir.Table  # reception cost of a voucher that the ledger lacks: `booked entries booked_on early`
    both: ir.Table  # `registered lines held_on booked entries fiscal_year`


def matching(ledgers: Ledgers, p) -> Matching:
    costly = ledgers.reception.filter(over(ledgers.reception.total_amount, 0))
    as_of = ibis.literal(ledgers.as_of)
    loose = costly.filter(costly.voucher_no.isnull())
    loose = loose.mutate(late=days_between(loose.start_date, as_of) > p.transit_days)

    named = costly.filter(costly.voucher_no.notnull())
    cells = named.group_by(CELL).agg(
        registered=_.total_amount.sum().round(2),
        lines=_._rid.collect(),
        line=_._rid.min(),
        held_on=_.start_date.max(),
    )
    cells = cells.mutate(late=days_between(cells.held_on, as_of) > p.transit_days)
    one = squeezed(cells.voucher_no).re_replace("[、，,;；]+", ";").split(";").unnest()
    links = cells.select(*CELL, one=one).distinct()

    e = ledgers.expense.mutate(one=squeezed(ledgers.expense.voucher_no))
    booked = _booked(e, p)
    found = (
        links.inner_join(booked, ONE)
        .group_by(CELL)
        .agg(
            booked=_.booked.sum().round(2),
            entries=_.entries.collect().flatten(),
            fiscal_year=_.fiscal_year.min(),
        )
    )
    other = (
        links.inner_join(e, ONE)
        .group_by(CELL)
        .agg(
            elsewhere=_.amount.sum().round(2),
            other_lines=_._rid.collect(),
            items=_.econ_item.collect().unique().sort(),
        )
    )
    missing = cells.anti_join(found, CELL).left_join(other, CELL).drop(f"{c}_right" for c in CELL)
    extra = booked.anti_join(links, ONE)
    opening = ledgers.reception.start_date.min().as_scalar()
    extra = extra.mutate(early=days_between(opening, extra.booked_on) <= p.transit_days)
    both = cells.inner_join(found, CELL)
    return Matching(loose, missing, extra, both.mutate(gap=(both.registered - both.booked).round(2)))


def _booked(e: ir.Table, p) -> ir.Table:
    """Reception cost in the books by unit and voucher, net of reversals."""
    e = e.filter((e.econ_item == p.item) | e.econ_item_code.startswith(p.code).fill_null(False))
    g = e.group_by(ONE).agg(
        voucher_no=_.voucher_no.min(),
        booked=_.amount.sum().round(2),
        entries=_._rid.collect(),
        entry=_._rid.min(),
        booked_on=_.voucher_date.min(),
        fiscal_year=_.fiscal_year.min(),
    )
    return g.filter(differs(g.booked, 0))


@rule("JD-11")
def reconciled(ledgers: Ledgers, p):
    found = matching(ledgers, p)
    late = found.loose.filter(found.loose.late)
    yield "unpaid", late.mutate(gap=late.total_amount, subject=late.unit_id + "|" + late.reception_id)

    missing = found.missing.filter(found.missing.late)
    missing = missing.mutate(gap=missing.registered, date=missing.held_on, _rid=missing.line)
    nowhere = missing.elsewhere.isnull()
    yield "unbooked", _of_voucher(missing.filter(nowhere).mutate(_rids=_.lines))
    yield "misbooked", _of_voucher(missing.filter(~nowhere).mutate(_rids=_.lines.concat(_.other_lines)))

    extra = found.extra.mutate(gap=_.booked, date=_.booked_on, _rid=_.entry, _rids=_.entries)
    yield "unregistered", _of_voucher(extra.filter(~extra.early))
    yield "earlier", graded(_of_voucher(extra.filter(extra.early)), "suspect", "low")

    both = found.both.mutate(date=_.held_on, _rid=_.line, _rids=_.lines.concat(_.entries))
    off = differs(both.gap, 0, p.tol_yuan)
    yield "differs", _of_voucher(both.filter(off))

    g = both.filter(~off & differs(both.gap, 0)).group_by("unit_id", "fiscal_year")
    g = g.agg(
        gap=_.gap.sum().round(2),
        registered=_.registered.sum().round(2),
        booked=_.booked.sum().round(2),
        vouchers=_.count(),
        _rids=_._rids.collect().flatten(),
        date=_.date.max(),
    )
    g = g.filter(differs(g.gap, 0, p.tol_yuan))
    yield "total", g.mutate(subject=g.unit_id + "|" + g.fiscal_year.cast("string"), amount=g.gap.abs())


def _of_voucher(t: ir.Table) -> ir.Table:
    return t.mutate(subject=t.unit_id + "|" + t.voucher_no, amount=t.gap.abs())
