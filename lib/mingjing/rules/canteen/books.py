"""Stock, meals and money held against one another. Each function is one rule of `catalogue/canteen.toml`."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.canteen.accounts import measure, to_kilograms
from mingjing.rules.canteen.food import meals
from mingjing.rules.engine import rule
from mingjing.rules.expr import days_between, differs, month_of, over
from mingjing.rules.ledgers import Ledgers


@rule("ST-09")
def stocked(ledgers: Ledgers, p):
    s = ledgers.food_stock.filter(ledgers.food_stock.txn_type.isin(["入库", "退货"]))
    s = s.mutate(kg=to_kilograms(p, s.qty, s.uom), measure=measure(p, s.uom))
    back = s.txn_type == "退货"
    s = s.group_by("purchase_line_id").agg(
        stock=_._rid.collect(),
        gross=s.kg.sum(where=~back),
        returned=s.kg.sum(where=back),
        least=s.measure.min(),
        most=s.measure.max(),
        stock_uom=s.uom.collect(distinct=True).sort().join("、"),
    )
    t = ledgers.food_purchase
    t = t.mutate(kg=to_kilograms(p, t.qty, t.uom), measure=measure(p, t.uom))
    t = t.left_join(s, t.line_id == s.purchase_line_id)
    waited = days_between(t.purchase_date, ibis.literal(ledgers.as_of)) > p.grace_days
    yield "none", t.filter(t.gross.isnull() & waited)
    t = t.filter(t.gross.notnull()).mutate(_rids=ibis.array([t._rid]).concat(t.stock))
    unlike = (t.measure != t.least) | (t.measure != t.most)
    yield "unit", t.filter(unlike)
    gross, net = t.gross.round(4), (t.gross - t.returned.fill_null(0)).round(4)
    t = t.mutate(stocked=gross, net=net)
    # the purchase ledger is kept gross or net of what was sent back: either agrees
    off = t.filter(~unlike & differs(t.kg, gross, p.tol) & differs(t.kg, net, p.tol))
    gap = ibis.least((off.kg - off.stocked).abs(), (off.kg - off.net).abs())
    # what is off, at the price paid, and not all that was bought
    yield "differs", off.mutate(amount=(off.amount * gap / off.kg.nullif(0)).round(2))


@rule("ST-10")
def balance(ledgers: Ledgers, p):
    t = ledgers.food_stock
    t = t.mutate(item=ibis.coalesce(t.item_code, t.item_name), sign=p.lookup("signs", t.txn_type))
    order = ibis.window(group_by=["unit_id", "item"], order_by="_rid")
    stands = ibis.ifelse(t.txn_type == "盘点", ibis.coalesce(t.counted_qty, t.balance_qty), t.balance_qty)
    t = t.mutate(before=stands.lag().over(order), previous=t._rid.lag().over(order))
    t = t.mutate(expected=(t.before + t.sign * t.qty).round(6))
    broken = t.filter((t.txn_type != "期初") & differs(t.balance_qty, t.expected, p.tol))
    yield (
        "broken",
        broken.mutate(
            _rids=ibis.array([broken._rid, broken.previous]),
            gap=(broken.balance_qty - broken.expected).round(4),
        ),
    )
    count = t.filter(t.txn_type == "盘点")
    loss = (count.counted_qty - count.balance_qty).abs() / ibis.greatest(count.balance_qty, 1)
    yield "count", count.filter(over(loss, p.loss_tol)).mutate(percent=(loss * 100).round(1))
    yield "uncounted", count.filter(count.counted_qty.isnull())


@rule("ST-11")
def money(ledgers: Ledgers, p):
    t = meals(ledgers)
    t = t.mutate(
        month=month_of(t.ledger_date),
        due=t.diners * t.fee_standard,
        income=t.income_amount + t.subsidy_amount.fill_null(0),
        cost=t.food_cost + t.other_cost.fill_null(0),
    )
    g = t.group_by("unit_id", "diner_class", "month").agg(
        _rids=_._rid.collect(),
        due=_.due.sum(),
        had=_.income.sum(),
        known=(_.due.isnull() | _.income.isnull()).sum() == 0,
        date=_.ledger_date.max(),
    )
    g = g.filter(g.known & differs(g.due, g.had, p.tol_yuan))
    gap = (g.had - g.due).round(2)
    yield (
        "income",
        g.mutate(
            subject=g.unit_id + "|" + g.diner_class + "|" + g.month, gap=gap, amount=gap.abs(), month=g.month
        ),
    )
    for name, first, last in ledgers.spans("year"):
        yield (
            "surplus",
            _surplus(
                t.filter(t.ledger_date.between(first, last)).mutate(month=ibis.literal(name)), p.year_share
            ),
        )
    monthly = _surplus(t.filter(ledgers.in_period(t.ledger_date)), p.month_share)
    yield "month", monthly.mutate(kind=ibis.literal("warning"), severity=ibis.literal("low"))
    if ledgers.has("food_stock", "unit_cost"):
        yield "cost", _issued(ledgers, t, p)


def _surplus(t: ir.Table, share: float) -> ir.Table:
    """Units and months (or years, under `month`) whose surplus or loss is beyond its share of income."""
    g = t.group_by("unit_id", "month").agg(
        _rids=_._rid.collect(),
        had=_.income.sum(),
        spent=_.cost.sum(),
        known=(_.income.isnull() | _.cost.isnull()).sum() == 0,
        date=_.ledger_date.max(),
    )
    gap = (g.had - g.spent).round(2)
    g = g.filter(g.known & (g.had > 0) & over(((g.had - g.spent) / g.had).abs(), share))
    return g.mutate(
        subject=g.unit_id + "|" + g.month, gap=gap, amount=gap.abs(), percent=(gap / g.had * 100).round(1)
    )


def _issued(ledgers: Ledgers, t: ir.Table, p) -> ir.Table:
    """Units and months whose food cost is not what left the store."""
    s = ledgers.food_stock.filter(ledgers.food_stock.txn_type == "出库")
    s = s.group_by("unit_id", month=month_of(s.txn_date)).agg(
        issued=(_.qty * _.unit_cost).sum(), priced=_.unit_cost.isnull().sum() == 0
    )
    g = t.group_by("unit_id", "month").agg(
        _rids=_._rid.collect(),
        spent=_.food_cost.sum(),
        known=_.food_cost.isnull().sum() == 0,
        date=_.ledger_date.max(),
    )
    g = g.inner_join(s, ["unit_id", "month"])
    g = g.filter(g.known & g.priced & differs(g.issued, g.spent, p.tol2_yuan))
    gap = (g.spent - g.issued).round(2)
    return g.mutate(subject=g.unit_id + "|" + g.month, gap=gap, amount=gap.abs(), issued=g.issued.round(2))


@rule("ST-22")
def inflated(ledgers: Ledgers, p):
    m = meals(ledgers).filter(lambda t: t.diner_class != "客饭")
    m = m.group_by("unit_id", "ledger_date", "meal").agg(rid=_._rid.min(), diners=_.diners.sum())
    days = m.select("unit_id", "ledger_date").distinct()
    a = ledgers.athlete.filter(ledgers.athlete.in_training)
    a = a.select("ath_id", "unit_id", "start_date", "end_date")
    on = days.join(a, [days.unit_id == a.unit_id, a.start_date <= days.ledger_date])
    on = on.filter(on.end_date.isnull() | (on.end_date >= on.ledger_date))
    if ledgers.has("athlete_away"):
        w = ledgers.athlete_away.select("ath_id", "from_date", "to_date")
        gone = on.join(w, [on.ath_id == w.ath_id, on.ledger_date >= w.from_date, on.ledger_date <= w.to_date])
        on = on.anti_join(gone.select("ath_id", "ledger_date").distinct(), ["ath_id", "ledger_date"])
    roster = on.group_by("unit_id", "ledger_date").agg(training=_.count())
    t = m.left_join(roster, ["unit_id", "ledger_date"]).drop("unit_id_right", "ledger_date_right")
    t = t.inner_join(ledgers.unit.select("unit_id", "staff_count"), "unit_id")
    t = t.mutate(there=t.training.fill_null(0) + t.staff_count, month=month_of(t.ledger_date))
    t = t.filter(t.diners > t.there).mutate(excess=lambda t: t.diners - t.there)
    g = t.group_by("unit_id", "month").agg(
        _rids=_.rid.collect(),
        meals=_.count(),
        most=_.excess.max(),
        excess=_.excess.sum(),
        date=_.ledger_date.max(),
    )
    yield "over", g.mutate(subject=g.unit_id + "|" + g.month)


@rule("ST-B01")
def cost_per_diner(ledgers: Ledgers, p):
    s = ledgers.food_stock.filter(lambda t: (t.txn_type == "出库") & ledgers.in_period(t.txn_date))
    s = s.group_by("unit_id", week=s.txn_date.truncate("W").cast("date")).agg(
        _rids=_._rid.collect(),
        issued=(_.qty * _.unit_cost).sum(),
        priced=_.unit_cost.isnull().sum() == 0,
        date=_.txn_date.max(),
    )
    m = meals(ledgers).filter(lambda t: ledgers.in_period(t.ledger_date))
    m = m.group_by("unit_id", week=m.ledger_date.truncate("W").cast("date")).agg(
        diners=_.diners.sum(), days=_.ledger_date.nunique()
    )
    t = s.inner_join(m, ["unit_id", "week"]).filter(lambda t: t.priced & (t.days >= p.min_days))
    t = t.mutate(each=t.issued / t.diners)
    usual = t.group_by("unit_id").agg(usual=_.each.median(), weeks=_.count())
    t = t.inner_join(usual, "unit_id").mutate(off=lambda t: (t.each / t.usual - 1).abs())
    # 1.4826 × the median absolute deviation is the standard deviation of what varies normally.
    spread = t.group_by("unit_id").agg(spread=1.4826 * t.off.median())
    t = t.inner_join(spread, "unit_id")
    t = t.filter((t.weeks >= p.min_weeks) & over(t.off, p.p) & over(t.off, p.z * t.spread))
    yield (
        "unusual",
        t.mutate(
            subject=t.unit_id + "|" + t.week.cast("string"), each=t.each.round(2), usual=t.usual.round(2)
        ),
    )
