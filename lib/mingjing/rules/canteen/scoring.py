"""Scoring, red flag and the canteen of the year. Each function is one rule of `catalogue/canteen.toml`."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import entries, rule
from mingjing.rules.expr import differs, over, same, shown, under
from mingjing.rules.ledgers import Ledgers

_QUARTERS = (("一", "1"), ("二", "2"), ("三", "3"), ("四", "4"))


def scores(ledgers: Ledgers) -> ir.Table:
    """On-site scores; `quarter` is 2021Q3 for a period written 2021Q3, 2021年三季度 or 2021-3季度."""
    t = ledgers.rating.filter(ledgers.rating.scheme == "食堂现场评分")
    plain = t.period
    for word, figure in _QUARTERS:
        plain = plain.replace(word + "季", figure + "季")
    year = plain.re_extract(r"(\d{4})", 1)
    number = ibis.coalesce(
        plain.re_extract(r"[Qq]([1-4])", 1).nullif(""), plain.re_extract(r"([1-4])季", 1).nullif("")
    )
    return t.mutate(quarter=year + "Q" + number)


def _named(t: ir.Table) -> ir.StringValue:
    """The quarter, written as every rule writes it; else what the ledger calls it."""
    return ibis.coalesce(t.quarter, t.period)


def totals(ledgers: Ledgers) -> ir.Table:
    """Mean of the raters' totals by quarter and canteen, raters of the same unit and those who stood aside left out;
    a rater who left an item blank has no total."""
    t = scores(ledgers)
    t = t.filter(~t.recused.fill_null(False) & ~same(t.rater_unit_id, t.target_id))
    each = t.group_by("quarter", "target_id", "rater_id").agg(
        total=_.score.sum(),
        full=_.max_score.sum(),
        whole=_.score.isnull().sum() == 0,
        rid=_._rid.min(),
        published=_.published_total.max(),
    )
    each = each.filter(each.whole)
    return each.group_by("quarter", "target_id").agg(
        _rid=_.rid.min(),
        mean=_.total.mean(),
        full=_.full.max(),
        raters=_.count(),
        published=_.published.max(),
    )


@rule("ST-15")
def systems(ledgers: Ledgers, p):
    # a ledger that scores none of the five is of another kind: nothing can be missing from it
    entries(ledgers, "rating", "item_group", *p.five_systems)
    t = scores(ledgers)
    first, last = f"{ledgers.start:%Y}Q1", f"{ledgers.end:%Y}Q4"
    t = t.filter(t.quarter.isnull() | t.quarter.between(first, last))
    for system in p.five_systems:
        g = t.group_by("period", "target_id").agg(
            _rid=_._rid.min(), scored=(_.item_group == system).sum(), quarter=_named(t).min()
        )
        g = g.filter(g.scored == 0)
        yield "missing", g.mutate(subject=g.target_id + "|" + g.period, system=ibis.literal(system))


@rule("ST-16")
def recusal(ledgers: Ledgers, p):
    t = scores(ledgers)
    own = same(t.rater_unit_id, t.target_id) & ~t.recused.fill_null(False) & t.score.notnull()
    yield "own", t.filter(own).mutate(quarter=_named(t))


@rule("ST-17")
def red_flag(ledgers: Ledgers, p):
    t = totals(ledgers)
    h = ledgers.honor.filter(ledgers.honor.honor_type == "流动红旗")
    number = ibis.cases(*((h.period == f"{word}季度", figure) for word, figure in _QUARTERS))
    h = h.select("honor_id", "subject_id", "year", flag="_rid", quarter=h.year.cast("string") + "Q" + number)
    over_quarters = [name for name, _first, _last in ledgers.spans("quarter")]
    t = t.filter(t.quarter.isin(over_quarters))
    best = t.group_by("quarter").agg(
        best=_.mean.max(), full=_.full.max(), _rid=_._rid.min(), canteens=_.count()
    )
    rivals = t.inner_join(best.select("quarter", "best"), "quarter")
    first = rivals.filter(rivals.mean == rivals.best).group_by("quarter").agg(top_unit=_.target_id.min())
    best = best.inner_join(first, "quarter")
    held = h.left_join(
        t.rename(own_rid="_rid", held="mean").drop("full"),
        [h.quarter == t.quarter, h.subject_id == t.target_id],
    )
    held = held.drop("quarter_right").inner_join(best.drop("_rid"), "quarter")
    held = held.mutate(
        _rid=held.flag,
        unit=held.subject_id,
        subject=held.quarter,
        mean=held.held.round(2),
        top=held.best.round(2),
    )
    yield "wrong", held.filter(held.held.isnull() | under(held.held, held.best - p.tol))
    ties = (
        rivals.filter(~under(rivals.mean, rivals.best - p.tol))
        .group_by("quarter")
        .agg(level=_.count(), top=_.best.max().round(2), full=_.full.max(), _rid=_._rid.min())
    )
    ties = ties.filter(ties.level > 1)
    yield "tie", ties.mutate(subject=ties.quarter, kind=ibis.literal("warning"), severity=ibis.literal("low"))
    none = best.filter(best.canteens > 1).anti_join(h, "quarter")
    yield "none", none.mutate(subject=none.quarter, top=none.best.round(2))
    off = t.filter(differs(t.published, t.mean, p.tol))
    yield (
        "published",
        off.mutate(subject=off.quarter + "|" + off.target_id, unit=off.target_id, mean=off.mean.round(2)),
    )


@rule("ST-B02")
def best_canteen(ledgers: Ledgers, p):
    h = ledgers.honor.filter(
        (ledgers.honor.honor_type == "先进食堂") & (ledgers.honor.year <= ledgers.period.end.year)
    )
    h = h.filter(h.year >= ledgers.period.start.year).mutate(unit=h.subject_id, subject=h.honor_id)
    if ledgers.has("hazard"):
        z = ledgers.hazard.filter(ledgers.hazard.hazard_type == "食品")
        z = z.filter(z.is_accident.fill_null(False) | (z.hazard_level == "重大"))
        z = z.select(hazard="_rid", subject_id="unit_id", found="found_date")
        bad = h.inner_join(z, "subject_id").filter(lambda t: t.found.year() == t.year)
        yield "hazard", bad.mutate(_rids=ibis.array([bad._rid, bad.hazard]))
    f = ledgers.finding.filter((ledgers.finding.prefix == "ST") & (ledgers.finding.severity == "high"))
    bad = h.inner_join(shown(f).rename(subject_id="unit"), "subject_id")
    yield "findings", bad.mutate(_rids=ibis.array([bad._rid, bad["first"]]))
    if ledgers.has("rating"):
        t = totals(ledgers)
        year = t.group_by("target_id", year=t.quarter.left(4).cast("int64")).agg(
            mean=_.mean.mean(), full=_.full.max()
        )
        year = year.mutate(rank=ibis.rank().over(group_by="year", order_by=ibis.desc("mean")) + 1)
        bad = h.inner_join(year, [h.subject_id == year.target_id, h.year == year.year])
        yield "rank", bad.filter(over(bad["rank"], p.top)).mutate(rank=bad["rank"], mean=bad["mean"].round(2))
