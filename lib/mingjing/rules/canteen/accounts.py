"""Canteen accounts: purchases, invoices, payments, prices. Each function is one rule of `catalogue/canteen.toml`."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import rule
from mingjing.rules.expr import any_null, days_between, differs, mentions, month_of, over, same, under
from mingjing.rules.ledgers import Ledgers


def to_kilograms(p, quantity: ir.NumericValue, uom: ir.StringValue) -> ir.NumericValue:
    """Quantity in kilograms where the unit is one of mass, else as it stands."""
    return quantity * p.lookup("kilograms", uom).fill_null(1.0)


@rule("ST-05")
def vouchers(ledgers: Ledgers, p):
    t = ledgers.food_purchase
    yield "licence", t.filter(~t.license_flag.fill_null(False))
    yield "certificate", t.filter(t.food_category.isin(p.cert_required) & t.cert_no.isnull())
    yield "invoice", t.filter(t.invoice_no.isnull())


@rule("ST-08")
def acceptance(ledgers: Ledgers, p):
    t = ledgers.food_purchase
    yield "buyer", t.filter(same(t.buyer_id, t.acceptor1_id) | same(t.buyer_id, t.acceptor2_id))
    yield "single", t.filter(any_null(t.acceptor1_id, t.acceptor2_id) | same(t.acceptor1_id, t.acceptor2_id))


def measure(p, uom: ir.StringValue) -> ir.StringValue:
    """What a quantity can be compared in: kilograms for every unit of mass, else the unit itself."""
    return ibis.ifelse(p.lookup("kilograms", uom).notnull(), "公斤", uom)


def with_market(ledgers: Ledgers, p, t: ir.Table) -> ir.Table:
    """Purchases that have a market price of the same item and measure, no older than `p.max_days`: that of the latest
    day, `market`, per kilogram or own unit; where sources differ on that day, the highest."""
    t, m = t.mutate(measure=measure(p, t.uom)), ledgers.market_price
    m = m.select(
        "item_name",
        "price_date",
        market=m.price / to_kilograms(p, ibis.literal(1.0), m.uom),
        measure=measure(p, m.uom),
    )
    near = t.join(m, ["item_name", "measure", m.price_date <= t.purchase_date])
    near = near.filter(days_between(near.price_date, near.purchase_date) <= p.max_days)
    near = near.group_by("_rid", "price_date").agg(market=_.market.max())
    return t.inner_join(near.group_by("_rid").agg(market=_.market.argmax(_.price_date)), "_rid")


@rule("ST-12")
def prices(ledgers: Ledgers, p):
    t = ledgers.food_purchase
    t = t.mutate(
        kg_price=t.unit_price / to_kilograms(p, ibis.literal(1.0), t.uom),
        measure=measure(p, t.uom),
        month=month_of(t.purchase_date),
    )
    yield "noted", t.filter(over(t.unit_price, t.market_price * (1 + p.p))).mutate(reference=t.market_price)
    if ledgers.has("market_price"):
        dear = with_market(ledgers, p, t)
        yield (
            "market",
            dear.filter(over(dear.kg_price, dear.market * (1 + p.p))).mutate(reference=dear.market.round(4)),
        )
    alike = ["item_name", "measure", "month"]
    medians = t.group_by(alike).agg(reference=_.kg_price.median(), seen=_.count())
    dear = t.inner_join(medians, alike)
    high = (dear.seen >= p.n_median) & over(dear.kg_price, dear.reference * (1 + p.q))
    yield "median", dear.filter(high).mutate(reference=dear.reference.round(4))


@rule("ST-13")
def bulk(ledgers: Ledgers, p):
    t = ledgers.food_purchase.filter(ledgers.food_purchase.method == "自行采购")
    t = t.filter(ledgers.in_period(t.purchase_date)) if not ledgers.spans("year") else t
    g = t.group_by("unit_id", "food_category", year=t.purchase_date.year()).agg(
        _rids=_._rid.collect(), total=_.amount.sum(), lines=_.count(), date=_.purchase_date.max()
    )
    g = g.filter(~under(g.total, p.L_yuan))
    yield (
        "bulk",
        g.mutate(subject=g.unit_id + "|" + g.food_category + "|" + g.year.cast("string"), amount=g.total),
    )


@rule("ST-14")
def posting(ledgers: Ledgers, p):
    t = ledgers.food_purchase
    as_of = ibis.literal(ledgers.as_of)
    posted = ledgers.by_then(t.posted_date)
    t = t.mutate(posted=posted, days=days_between(t.purchase_date, ibis.coalesce(posted, as_of)))
    yield "posted", t.filter(t.posted.notnull() & (t.days > p.n_days))
    yield "unposted", t.filter(t.posted.isnull() & (t.days > p.n_days))
    m = ledgers.meal_ledger.filter(ledgers.meal_ledger.meal == "月结")
    month_end = m.ledger_date.truncate("M") + ibis.interval(months=1) - ibis.interval(days=1)
    shown = ledgers.by_then(m.publicity_date)
    m = m.mutate(
        due=(month_end + ibis.interval(days=p.m_days)).cast("date"),
        shown=shown,
        month=month_of(m.ledger_date),
    )
    m = m.mutate(
        unit=m.unit_id, date=m.ledger_date, subject=m.unit_id + "|" + m.month, amount=ibis.null("float64")
    )
    yield "late", m.filter(m.shown > m.due)
    yield "hidden", m.filter(m.shown.isnull() & (m.due < as_of))


@rule("ST-19")
def reception(ledgers: Ledgers, p):
    t = ledgers.food_purchase
    yield "hidden", t.filter(mentions(t.item_name, p.words, p.exceptions))


@rule("ST-20")
def three_way(ledgers: Ledgers, p):
    bought = ledgers.food_purchase
    bought = bought.filter(bought.invoice_no.notnull())
    invoices, cash = ledgers.canteen_payable, ledgers.canteen_cash
    on = ["invoice_no", "supplier_name"]
    received = bought.group_by(on).agg(received=_.amount.sum(), lines=_._rid.collect())
    t = invoices.left_join(received, on).drop("invoice_no_right", "supplier_name_right")
    t = t.mutate(
        subject=t.supplier_name + "|" + t.invoice_no,
        unit=t.unit_id,
        amount=t.invoice_amount,
        date=t.invoice_date,
    )
    yield "unreceived", t.filter(t.received.isnull())
    off = t.filter(differs(t.invoice_amount, t.received, p.tol_yuan))
    gap = (off.invoice_amount - off.received).round(2)
    yield (
        "differs",
        off.mutate(_rids=ibis.array([off._rid]).concat(off.lines), gap=gap, amount=gap.abs()),
    )
    late = bought.filter(days_between(bought.purchase_date, ibis.literal(ledgers.as_of)) > p.grace_days)
    yield "uninvoiced", late.anti_join(invoices, on)
    out = cash.filter((cash.direction == "支出") & cash.invoice_no.notnull())
    paid = out.group_by("invoice_no", supplier_name=out.counterparty).agg(
        paid=_.amount.sum(), entries=_._rid.collect()
    )
    t = t.inner_join(paid, on)
    twice = t.filter(over(t.paid, t.invoice_amount + p.tol_yuan))
    gap = (twice.paid - twice.invoice_amount).round(2)
    yield (
        "overpaid",
        twice.mutate(_rids=ibis.array([twice._rid]).concat(twice.entries), gap=gap, amount=gap),
    )
    loose = out.mutate(supplier_name=out.counterparty).anti_join(invoices, on)
    yield "unmatched", loose.mutate(subject=loose.entry_id, unit=loose.unit_id, date=loose.entry_date)


@rule("ST-21")
def concentration(ledgers: Ledgers, p):
    t = ledgers.food_purchase.filter(lambda t: ledgers.in_period(t.purchase_date))
    g = t.group_by("unit_id", "supplier_name").agg(
        _rids=_._rid.collect(), bought=_.amount.sum(), date=_.purchase_date.max()
    )
    whole = g.group_by("unit_id").agg(total=_.bought.sum(), suppliers=_.count())
    g = g.inner_join(whole, "unit_id")
    g = g.filter((g.total >= p.min_yuan) & over(g.bought / g.total, p.share))
    name = ibis.literal(str(ledgers.period))
    yield (
        "share",
        g.mutate(
            subject=g.unit_id + "|" + g.supplier_name + "|" + name,
            percent=(g.bought / g.total * 100).round(1),
            amount=g.bought.round(2),
        ),
    )
