"""What food cost against the market, item by item and line by line, and from whom the canteens bought it."""

import ibis
import pandas as pd

from mingjing.rules.canteen.accounts import measure, to_kilograms, with_market
from mingjing.stats import robust_scores


def odd_prices(audit, least: float = 3.5) -> pd.DataFrame:
    """Purchase lines whose price over the market series is unusual for the item: `unit item date measure price market score`.

    Yuan per `measure`: the kilogram, or the line's own unit where that is none of mass; the market price is the latest of the series, else the one noted on the line; lines
    without either take no part. Scores as in `mingjing.stats.robust_scores`, at least `least` either way, largest first.
    """
    columns = ["unit", "item", "date", "measure", "price", "market", "score"]
    ledgers, p = audit.ledgers, audit.params("ST-12")
    if "food_purchase" not in ledgers:
        return pd.DataFrame(columns=columns)
    t = ledgers.food_purchase.filter(lambda t: ledgers.in_period(t.purchase_date))
    one = to_kilograms(p, ibis.literal(1.0), t.uom)
    t = t.mutate(price=t.unit_price / one, noted=t.market_price / one, measure=measure(p, t.uom))
    t = with_market(ledgers, p, t) if ledgers.has("market_price") else t.mutate(market=t.noted)
    t = t.filter((t.price > 0) & (t.market > 0)).order_by("_rid").to_pandas()
    t = t[t.unit_id.isin(audit.units)] if audit.units else t
    t["score"] = pd.Series(robust_scores(t.price / t.market, t.item_name), index=t.index, dtype=float)
    t = t[t.score.abs() >= least].sort_values("score", key=abs, ascending=False, kind="stable")
    t = t.assign(unit=t.unit_id.map(lambda u: audit.names.get(u, u)), item=t.item_name, date=t.purchase_date)
    t = t.round({"price": 2, "market": 2, "score": 1})
    return t[columns].reset_index(drop=True)


def premiums(audit) -> pd.DataFrame:
    """Price paid against the market by item: `item paid market premium lines`, yuan per kilogram (or own unit) and %."""
    columns = ["item", "paid", "market", "premium", "lines"]
    ledgers = audit.ledgers
    if "food_purchase" not in ledgers:
        return pd.DataFrame(columns=columns)
    p = audit.params("ST-12")
    t = ledgers.food_purchase.filter(lambda t: ledgers.in_period(t.purchase_date))
    one = to_kilograms(p, t.qty, t.uom)
    t = t.select("unit_id", "item_name", "amount", kilograms=one, market=t.market_price * t.qty).to_pandas()
    t = t[t.unit_id.isin(audit.units)] if audit.units else t
    t = t.dropna(subset=["market"])
    g = t.groupby("item_name").agg(
        amount=("amount", "sum"),
        kilograms=("kilograms", "sum"),
        market=("market", "sum"),
        lines=("amount", "size"),
    )
    g = g.assign(
        paid=g.amount / g.kilograms, premium=(g.amount / g.market - 1) * 100, market=g.market / g.kilograms
    )
    frame = g.reset_index().rename(columns={"item_name": "item"})[columns].round(2)
    return frame.sort_values("premium", ascending=False, ignore_index=True)


def suppliers(audit) -> pd.DataFrame:
    """Purchases of the period by canteen and supplier: `unit supplier amount share`, yuan and share of the canteen's."""
    columns = ["unit", "supplier", "amount", "share"]
    ledgers = audit.ledgers
    if "food_purchase" not in ledgers:
        return pd.DataFrame(columns=columns)
    t = ledgers.food_purchase.filter(lambda t: ledgers.in_period(t.purchase_date)).to_pandas()
    t = t[t.unit_id.isin(audit.units)] if audit.units else t
    g = t.groupby(["unit_id", "supplier_name"], as_index=False).amount.sum()
    share = g.amount / g.groupby("unit_id").amount.transform("sum") * 100
    # one decimal; more where a small purchase would read as none
    g["share"] = share.round(1).where(
        (share == 0) | (share.abs() >= 0.1), share.map("{:.1g}".format).astype(float)
    )
    g["unit"] = g.unit_id.map(lambda unit: audit.names.get(unit, unit))
    g = g.rename(columns={"supplier_name": "supplier"}).sort_values(
        ["unit", "amount"], ascending=[True, False]
    )
    return g[columns].round({"amount": 2}).reset_index(drop=True)
