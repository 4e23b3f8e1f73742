"""Canteen: food safety, the five systems, scoring. Each function is one rule of `catalogue/canteen.toml`."""

from mingjing.rules.engine import rule
from mingjing.rules.expr import any_null, hours_between, over, same, under
from mingjing.rules.ledgers import Ledgers


@rule("ST-02")
def retention(ledgers: Ledgers, p):
    samples = ledgers.food_log.filter(ledgers.food_log.log_type == "留样")
    discarded = ledgers.by_then(samples.discard_time)
    kept = samples.mutate(hours=hours_between(samples.log_time, discarded))
    waiting = samples.filter(discarded.isnull()).mutate(
        hours=hours_between(samples.log_time, ledgers.moment(ledgers.day_end))
    )
    yield "light", kept.filter(kept.weight_g.isnull() | under(kept.weight_g, p.w_g))
    yield "short", kept.filter(under(kept.hours, p.h))
    yield "kept", waiting.filter(over(waiting.hours, p.h_alert))


@rule("ST-07")
def expired(ledgers: Ledgers, p):
    bought = ledgers.food_purchase.select(purchase_line_id="line_id", expiry_date="expiry_date")
    issued = ledgers.food_stock.filter(ledgers.food_stock.txn_type == "出库").inner_join(
        bought, "purchase_line_id"
    )
    yield "expired", issued.filter(issued.txn_date > issued.expiry_date)


@rule("ST-08")
def acceptance(ledgers: Ledgers, p):
    t = ledgers.food_purchase
    yield "buyer", t.filter(same(t.buyer_id, t.acceptor1_id) | same(t.buyer_id, t.acceptor2_id))
    yield "single", t.filter(any_null(t.acceptor1_id, t.acceptor2_id) | same(t.acceptor1_id, t.acceptor2_id))


@rule("ST-16")
def recusal(ledgers: Ledgers, p):
    t = ledgers.rating.filter(ledgers.rating.scheme == "食堂现场评分")
    own = same(t.rater_unit_id, t.target_id) & ~t.recused.fill_null(False) & t.score.notnull()
    yield "own", t.filter(own)
