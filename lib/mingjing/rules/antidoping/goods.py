"""Food, drugs and supplements at the gate: tested first, used afterwards, and every piece accounted for."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import entries, rule
from mingjing.rules.expr import any_null, differs, graded, matches, squeezed
from mingjing.rules.ledgers import Ledgers

ISSUED = ("发放", "使用")
LOT = ("unit_id", "item", "batch_no")


def moves(ledgers: Ledgers, *classes: str) -> ir.Table:
    t = ledgers.intake_txn
    t = t.filter(t.item_class.isin(classes))
    return t.mutate(item=squeezed(t.item_name))


def alike(item: ir.StringValue, other: ir.StringValue) -> ir.BooleanValue:
    """One name holds the other: the gate writes 牛肉 where the canteen writes 鲜牛肉."""
    return item.contains(other) | other.contains(item)


def good(t: ir.Table) -> ir.BooleanValue:
    """A test passed, with the number of its report."""
    return (t.test_result == "合格") & t.test_report_no.notnull()


def reports(ledgers: Ledgers, goods: ir.Table) -> ir.Table:
    """Test reports by batch, wherever the batch was tested: at the gate, or for meat when the canteen bought it."""
    columns = ("unit_id", "batch_no", "item", "test_report_no", "test_result", "test_date")
    found = goods.filter(goods.test_result.isin(["合格", "不合格"])).select(*columns)
    if ledgers.has("food_purchase", "batch_no", "test_result"):
        bought = ledgers.food_purchase
        bought = bought.mutate(item=squeezed(bought.item_name), test_date=bought.purchase_date)
        bought = bought.filter(bought.test_result == "合格").select(*columns)
        found = found.union(bought)
    return found


def tested(ledgers: Ledgers, goods: ir.Table) -> ir.Table:
    """Each issue with its own test or that of its batch: `failed`, `passed` in time, `later`, `undated`; `unbatched` where
    no batch is named and the unit had tested such goods before, so that nobody can tell."""
    issues = goods.filter(goods.txn_type.isin(ISSUED))
    own = issues.filter(issues.test_result.isin(["合格", "不合格"]))
    own = own.select("txn_id", "test_report_no", "test_result", "test_date", "txn_date")
    batch = reports(ledgers, goods).rename(tested_item="item")
    theirs = issues.select("txn_id", "txn_date", "unit_id", "batch_no", "item")
    theirs = theirs.inner_join(batch, ["unit_id", "batch_no", alike(theirs.item, batch.tested_item)])
    all_ = own.union(theirs.select(*own.columns), distinct=True)
    found = all_.group_by("txn_id").agg(
        failed=(all_.test_result == "不合格").any(),
        passed=(good(all_) & (all_.test_date <= all_.txn_date)).any(),
        later=(good(all_) & (all_.test_date > all_.txn_date)).any(),
        undated=(good(all_) & all_.test_date.isnull()).any(),
        tested_on=all_.test_date.min(),
    )
    flags = ("failed", "passed", "later", "undated", "unbatched")
    passing = batch.filter(good(batch))
    passing = passing.select("unit_id", "tested_item", passed_on="test_date")
    blank = issues.filter(issues.batch_no.isnull()).select("txn_id", "txn_date", "unit_id", "item")
    earlier = blank.inner_join(passing, ["unit_id", alike(blank.item, passing.tested_item)])
    earlier = earlier.filter(earlier.passed_on <= earlier.txn_date)
    earlier = earlier.select(blank_id="txn_id", unbatched=ibis.literal(True)).distinct()
    joined = (
        issues.drop("test_date")
        .left_join(found, "txn_id")
        .left_join(earlier, issues.txn_id == earlier.blank_id)
    )
    return joined.mutate(**{flag: joined[flag].fill_null(False) for flag in flags})


def untested(t: ir.Table):
    """What a tested lot may still lack, worst first; a lot is in one case only."""
    yield "failed", t.filter(t.failed)
    rest = t.filter(~t.failed & ~t.passed)
    yield "early", rest.filter(rest.later & ~rest.undated)
    yield "undated", graded(rest.filter(rest.undated), "missing", "medium")
    rest = rest.filter(~rest.later & ~rest.undated)
    yield "unbatched", graded(rest.filter(rest.unbatched), "missing", "medium")
    yield "untested", rest.filter(~rest.unbatched)


@rule("FX-05")
def checked_first(ledgers: Ledgers, p):
    found = ledgers.materialised("tested_supplement", lambda: tested(ledgers, moves(ledgers, "营养品")))
    yield from untested(found)
    t = moves(ledgers, "药品")
    asked = t.filter(t.query_date.notnull())
    issues = t.filter(t.txn_type.isin(ISSUED))
    own = asked.select("txn_id", asked="query_date")
    lot = asked.filter(asked.batch_no.notnull()).select(*LOT, asked="query_date")
    found = own.union(issues.inner_join(lot, LOT).select("txn_id", "asked"))
    found = issues.select("txn_id", "txn_date").inner_join(found, "txn_id")
    found = found.filter(found.asked <= found.txn_date)
    found = found.group_by("txn_id").agg(asked=lambda g: g.asked.max())
    issues = issues.left_join(found, "txn_id")
    without = issues.filter(issues.asked.isnull())
    blank = without.filter(without.batch_no.isnull())
    looked_up = asked.select("unit_id", "item", looked_up="query_date")
    before = blank.inner_join(looked_up, ["unit_id", "item"])
    before = before.filter(before.looked_up <= before.txn_date).select("txn_id").distinct()
    yield "unbatched_query", graded(blank.semi_join(before, "txn_id"), "missing", "medium")
    yield "unasked", without.anti_join(before, "txn_id")
    # A new list comes into force every first of January.
    yield "stale", issues.filter(issues.asked.year() < issues.txn_date.year())


@rule("FX-07")
def meat(ledgers: Ledgers, p):
    found = ledgers.materialised("tested_meat", lambda: tested(ledgers, moves(ledgers, "肉食品")))
    yield from untested(found)


@rule("FX-16")
def meat_bought(ledgers: Ledgers, p):
    units = ledgers.unit.filter(ledgers.unit.has_athletes)
    t = ledgers.food_purchase
    t = t.filter(t.food_category.isin(p.categories) & ~matches(t.item_name, p.not_meat)).semi_join(
        units, "unit_id"
    )
    t = t.filter(~good(t).fill_null(False))
    gate = moves(ledgers, "肉食品")
    gate = gate.filter(good(gate))
    gate = gate.select("unit_id", "item", lot="batch_no", day="txn_date")
    t = t.mutate(bought=squeezed(t.item_name))
    lot = (t.batch_no == gate.lot) | (t.batch_no.isnull() & (t.purchase_date == gate.day))
    yield "untested", t.anti_join(gate, ["unit_id", alike(t.bought, gate.item), lot])


@rule("FX-06")
def conserved(ledgers: Ledgers, p):
    t = moves(ledgers, "药品", "营养品", "肉食品", "其他食品")
    lot = ibis.window(group_by=[t[c] for c in LOT], order_by=[t.txn_date, t._rid])
    before = ibis.window(
        group_by=[t[c] for c in LOT], order_by=[t.txn_date, t._rid], preceding=(None, 1), following=None
    )
    t = t.mutate(
        previous=t.balance.lag().over(lot),
        previous_uom=t.uom.lag().over(lot),
        issued=(t.txn_type == "发放").any().over(before).fill_null(False),
        sign=ibis.cases(*((t.txn_type == kind, sign) for kind, sign in p.sign.items())),
    )
    t = t.mutate(expected=t.previous + t.sign * t.qty)
    yield "uom", graded(t.filter(t.uom != t.previous_uom), "mismatch", "low")
    t = t.filter((t.uom == t.previous_uom) | t.previous.isnull())
    # What was issued has already left the store: its use may, or may not, be entered a second time.
    twice = t.issued & (t.txn_type == "使用") & ~differs(t.balance, t.previous, p.tol)
    broken = t.filter(differs(t.balance, t.expected, p.tol) & ~twice)
    yield "broken", broken
    counted = t.filter((t.txn_type == "盘点") & differs(t.balance, t.previous, p.tol))
    yield "counted", graded(counted.mutate(expected=counted.previous), "mismatch", "medium")
    yield "negative", t.filter(t.balance < -p.tol)
    yield "unknown", graded(t.filter(any_null(t.qty, t.balance)), "missing", "low")


@rule("FX-B03")
def channel(ledgers: Ledgers, p):
    t = moves(ledgers, "药品", "营养品")
    t = t.filter(t.txn_type == "入库")
    yield "own", t.filter(t.purchase_channel == "自行采购")
    yield "gift", t.filter((t.purchase_channel == "赠送") & ~good(t).fill_null(False))
    yield "supplier", graded(t.filter(t.supplier.isnull()), "missing", "low")
    yield "channel", graded(t.filter(t.purchase_channel.isnull()), "missing", "low")


@rule("FX-13")
def paid_not_seen(ledgers: Ledgers, p):
    paid = ledgers.expense
    paid = paid.filter(
        matches(paid.summary, p.words) & ~matches(paid.summary, p.not_words) & (paid.amount > 0)
    )
    first = paid.voucher_date - ibis.interval(days=p.before_days)
    last = paid.voucher_date + ibis.interval(days=p.after_days)
    # Judged once the window is over, in the period in which it ends.
    paid = paid.mutate(first=first, last=last, date=last).filter(last <= ibis.literal(ledgers.as_of))
    seen = entries(ledgers, "intake_txn", "txn_type", "入库")
    seen = seen.filter(seen.item_class.isin(["营养品", "药品"])).select("unit_id", "txn_date", "supplier")
    same_seller = (squeezed(seen.supplier) == squeezed(paid.payee)).fill_null(True)
    yield (
        "unseen",
        paid.anti_join(seen, ["unit_id", seen.txn_date.between(paid.first, paid.last), same_seller]),
    )
