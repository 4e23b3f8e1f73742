"""Who is first and how sure that is; whether samples are kept; whether the canteens' books agree."""

import pandas as pd

from mingjing.analyse import Screen, ledger, rates
from mingjing.analyse.food_prices import premiums, suppliers
from mingjing.errors import UsageError
from mingjing.release import in_area, small
from mingjing.rules.canteen.food import meals, sampled
from mingjing.rules.canteen.scoring import scores
from mingjing.rules.expr import month_of, same
from mingjing.stats import facet_model, rank_with_uncertainty, smallest_change
from mingjing.wording import listed, plural

# which books each rule holds against one another
_BOOKS = {
    "ST-09": ("采购与入库", "purchases and stock-in"),
    "ST-10": ("库存收发存", "stock movements and balance"),
    "ST-11": ("伙食收支", "meals and money"),
    "ST-20": ("采购、发票与付款", "purchases, invoices and payments"),
}


def ranking(audit) -> pd.DataFrame:
    """One row per canteen of the period, best first: `unit place low high of_100 p_first raters`.

    Each rater's mean share of the points is freed of the rater's own severity; own and recused scores are set aside.
    `low` and `high` are the 95% interval of the place. One canteen alone has no place. Source: see `mingjing.stats.rank_with_uncertainty`.
    """
    columns = ["unit", "place", "low", "high", "of_100", "p_first", "raters"]
    table = _shares(audit)
    if len(table) < 2:
        return pd.DataFrame(columns=columns)
    found = rank_with_uncertainty(table.to_numpy())
    rows = [
        (
            audit.names.get(table.index[t], table.index[t]),
            found.ranks[t],
            found.intervals[t][0],
            found.intervals[t][1],
            round(found.scores[t], 2),
            round(found.p_firsts[t], 3) if found.p_firsts else None,
            int(table.iloc[t].notna().sum()),
        )
        for t in found.ranking
    ]
    return small(audit, pd.DataFrame(rows, columns=columns), ["raters"])


def chance(p: float, lang: str) -> str:
    """A probability as a reader should take it: none that was worked out from a few raters is a certainty."""
    if pd.isna(p):
        return "—"
    if p >= 0.995:
        return "99%以上" if lang == "zh" else "over 99%"
    if p < 0.005:
        return "不到1%" if lang == "zh" else "under 1%"
    return f"{p:.0%}"


def _shares(audit) -> pd.DataFrame:
    """Canteens × raters: the mean share of the points each rater gave in the period, own and recused scores set aside."""
    given = _given(audit)
    return given.pivot_table(
        index="target_id", columns="rater_id", values="share", aggfunc="mean"
    ).sort_index()


def _given(audit) -> pd.DataFrame:
    """Scores of the period that count: `target_id rater_id score max_score share`, the last in points of 100."""
    if "rating" not in audit.ledgers:
        return pd.DataFrame(columns=["target_id", "rater_id", "score", "max_score", "share"])
    t = scores(audit.ledgers)
    quarters = [name for name, _, _ in audit.ledgers.spans("quarter")]
    t = t.filter(t.quarter.isin(quarters) & ~t.recused.fill_null(False) & ~same(t.rater_unit_id, t.target_id))
    frame = (
        t.select("target_id", "rater_id", "score", "max_score")
        .to_pandas()
        .dropna(subset=["score", "max_score"])
    )
    frame = frame[frame.target_id.isin(audit.units)] if audit.units else frame
    return frame.assign(share=frame.score / frame.max_score * 100)


def overturn(audit) -> str:
    """How little one rater's mean score must change to bring another canteen level with the first, in a sentence."""
    table, zh = _shares(audit), audit.lang == "zh"
    found = smallest_change(table.to_numpy()) if len(table) > 1 else None
    if found is None:
        return "没有可比的名次。" if zh else "There is no order to overturn."
    rival, scored = (audit.names.get(table.index[t], table.index[t]) for t in (found.target, found.scored))
    rater = _called(audit, table.columns[found.judge])
    size = abs(found.change)
    if zh:
        way, level = "多" if found.change > 0 else "少", "它" if rival == scored else rival
        return f"{rater}给{scored}的平均分要{way}{size:.1f}分（百分制），{level}才与第一名持平。"
    way, level = "more" if found.change > 0 else "less", "it" if rival == scored else rival
    return (
        f"{rater} would have to give {scored} {size:.1f} points (of 100) {way} "
        f"for {level} to draw level with the first."
    )


def _called(audit, rater: str) -> str:
    return in_area(audit, "canteen", audit.names.get(rater, rater))


def severity(audit) -> pd.DataFrame:
    """Raters, most lenient first: `rater scores effect low high`, points of 100 above the mean with a 95% interval.

    Shrunken effects of a model with canteens and raters (see `mingjing.stats.facet_model`): a rater with few scores stays
    near the mean. Empty where the scores do not carry the model.
    """
    columns = ["rater", "scores", "effect", "low", "high"]
    given = _given(audit)
    each = given.groupby(["target_id", "rater_id"], as_index=False).share.mean()
    try:
        found = facet_model(each.share, {"target": each.target_id, "rater": each.rater_id})
    except UsageError:  # one rater, all scores equal: there is no severity to speak of
        return pd.DataFrame(columns=columns)
    times = given.rater_id.value_counts()
    rows = [
        (
            _called(audit, rater),
            int(times[rater]),
            effect,
            effect - 1.96 * error,
            effect + 1.96 * error,
        )
        for rater, (effect, error) in found.effects["rater"].items()
    ]
    return (
        pd.DataFrame(rows, columns=columns).sort_values("effect", ascending=False, ignore_index=True).round(2)
    )


def unsampled(audit) -> pd.DataFrame:
    """Meals without the samples their dishes ask for, by canteen against all: see `mingjing.analyse.rates.compare`."""
    ledgers = audit.ledgers
    if "meal_ledger" not in ledgers or "food_log" not in ledgers:
        return rates.compare(pd.DataFrame(columns=["unit", "k", "n"]), "k", "n")
    t = sampled(ledgers, audit.params("ST-01")).filter(lambda t: ledgers.in_period(t.ledger_date))
    g = t.group_by("unit_id").agg(k=t.short.cast("int64").sum(), n=t.count()).to_pandas()
    g = g[g.unit_id.isin(audit.units)] if audit.units else g
    return rates.compare(g.assign(unit=g.unit_id.map(lambda u: audit.names.get(u, u))), "k", "n")


def money(audit) -> pd.DataFrame:
    """Income, food cost and what left the store by month, all canteens: `month income food issued other`, yuan."""
    columns = ["month", "income", "food", "issued", "other"]
    ledgers = audit.ledgers
    if "meal_ledger" not in ledgers:
        return pd.DataFrame(columns=columns)
    t = meals(ledgers).filter(lambda t: ledgers.in_period(t.ledger_date)).to_pandas()
    t = t[t.unit_id.isin(audit.units)] if audit.units else t
    t["month"] = pd.to_datetime(t.ledger_date).dt.strftime("%Y-%m")
    t["income"] = t.income_amount.fillna(0) + t.subsidy_amount.fillna(0)
    frame = t.groupby("month").agg(
        income=("income", "sum"), food=("food_cost", "sum"), other=("other_cost", "sum")
    )
    if ledgers.has("food_stock", "unit_cost"):
        s = ledgers.food_stock.filter(lambda s: (s.txn_type == "出库") & ledgers.in_period(s.txn_date))
        s = s.select("unit_id", month=month_of(s.txn_date), value=s.qty * s.unit_cost).to_pandas()
        s = s[s.unit_id.isin(audit.units)] if audit.units else s
        frame["issued"] = s.groupby("month")["value"].sum()
    return frame.reindex(columns=columns[1:]).round(2).reset_index()


def agreement(audit, lang: str) -> str:
    """Whether the canteens' books agree with one another, in a sentence: which do not, in how many places, and which nobody
    could compare."""
    zh, outcomes = lang == "zh", audit.outcomes("canteen").set_index("rule_id").outcome
    ran = [rule_id for rule_id in _BOOKS if outcomes.get(rule_id, "not_run") != "not_run"]
    if not ran:
        return ""
    hits = audit.check("canteen").to_pandas().rule_id.value_counts()
    off = {_BOOKS[rule_id][not zh]: int(hits[rule_id]) for rule_id in ran if rule_id in hits}
    silent = [_BOOKS[rule_id][not zh] for rule_id in _BOOKS if rule_id not in ran]
    if zh:
        told = f"账目有{sum(off.values())}处对不上：" if off else f"核对的{len(ran)}组账目都对得上"
        told += "，".join(f"{name}{n}处" for name, n in off.items())
        return told + (f"；{listed(silent, lang)}未能核对。" if silent else "。")
    told = (
        plural(f"The books disagree in {sum(off.values())} place(s): ")
        if off
        else f"The {len(ran)} sets of books compared agree"
    )
    told += "; ".join(f"{name} {n}" for name, n in off.items())
    return told + (f"; not compared: {listed(silent, lang)}." if silent else ".")


def keeps_none(audit) -> bool:
    """Whether the units asked for have no canteen, by the list of units, and nothing in a canteen's books."""
    if not audit.units:
        return False
    kept = ledger(audit, "unit").has_canteen
    books = ("food_purchase", "food_stock", "meal_ledger")
    return bool(len(kept) and kept.eq(False).all() and all(ledger(audit, name).empty for name in books))


def first_screen(audit) -> Screen:
    """Whether the books agree; the first place and how sure it is; money that does not agree, meals with too many diners, price premium."""
    bought = suppliers(audit).amount.sum()
    order = ranking(audit)
    found = audit.check("canteen").to_pandas()
    if keeps_none(audit):
        zh, en = (
            "所选单位不设食堂，也没有食堂账目。",
            "Those asked for keep no canteen, and no books of one.",
        )
    elif order.empty and len(_shares(audit)) == 1:
        zh = "只看一个单位，不评名次。" if audit.units else "只有一个食堂有评分，不评名次。"
        en = f"One {'unit' if audit.units else 'canteen'} by itself has no place in an order."
    elif order.empty:
        zh, en = "没有评分记录，不能评出第一名。", "No scores on record: no first place can be named."
    elif order.p_first.isna().all():
        zh, en = (
            f"第一名是{order.unit[0]}，把握无法估计。",
            f"First place: {order.unit[0]}; how sure cannot be told.",
        )
    else:
        sure = order.p_first[0]
        certain = sure >= 0.95
        zh = f"第一名是{order.unit[0]}，把握{chance(sure, 'zh')}" + ("。" if certain else "，名次并不确定。")
        en = f"First place: {order.unit[0]}, {chance(sure, 'en')} certain" + (
            "." if certain else "; the order is not settled."
        )
    off = found[found.rule_id.isin(_BOOKS)].amount.sum()
    units = ledger(audit, "meal_ledger").unit_id.nunique()
    crowded = found[found.rule_id == "ST-22"].unit.nunique()
    prices = premiums(audit)
    lines = int(prices.lines.sum())
    premium = (
        "—"
        if prices.empty
        else f"{((prices.paid * prices.lines).sum() / (prices.market * prices.lines).sum() - 1) * 100:+.1f}%"
    )
    return Screen(
        agreement(audit, "zh") + zh,
        " ".join(filter(None, (agreement(audit, "en"), en))),
        (
            (
                "账目差额 / 采购总额（元，不含只差数量的）",
                "Yuan off / purchased (stock, off by quantity, left out)",
                f"{off:,.0f} / {bought:,.0f}",
            ),
            (
                "就餐人次多于在册的食堂 / 全部食堂",
                "Canteens with more diners than people on the roll / all",
                f"{crowded} / {units}",
            ),
            (f"比市场价（{lines}笔采购）", f"Against market price ({lines} purchases)", premium),
        ),
    )
