"""Evaluation by leaders, peers, clients and the public."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import differs, same
from mingjing.rules.ledgers import Ledgers

SCHEME = "作风评议"


def ratings(ledgers: Ledgers) -> ir.Table:
    """Ratings of the four-way evaluation."""
    return ledgers.rating.filter(ledgers.rating.scheme == SCHEME)


def group_scores(ledgers: Ledgers) -> ir.Table:
    """One row per period, target and kind of rater: `items`, the mean of score over full mark of every item, and
    `raters`, the mean of each rater's total over total, in points of 100; those who recused themselves are out."""
    t = ratings(ledgers)
    t = t.filter(~t.recused.fill_null(False) & t.score.notnull() & (t.max_score > 0) & t.rater_type.notnull())
    keys = ["period", "target_id", "rater_type"]
    each = t.group_by(*keys, "rater_id").agg(
        total=t.score.sum() / t.max_score.sum() * 100,
        ratio=(t.score / t.max_score).sum() * 100,
        rows=t.count(),
    )
    return each.group_by(*keys).agg(
        items=each.ratio.sum() / each.rows.sum(), raters=each.total.mean(), people=each.count()
    )


def weighted(ledgers: Ledgers, p) -> ir.Table:
    """One row per period and target: the two totals, over the groups that rated, and the groups that did not."""
    g = group_scores(ledgers)
    g = g.mutate(weight=p.lookup("weights", g.rater_type))
    g = g.filter(g.weight.notnull())
    return g.group_by("period", "target_id").agg(
        by_item=(g.weight * g["items"]).sum() / g.weight.sum(),
        by_rater=(g.weight * g.raters).sum() / g.weight.sum(),
        groups=g.count(),
    )


@rule("PY-01")
def groups(ledgers: Ledgers, p):
    if abs(sum(p.weights.values()) - 1) > 1e-9:
        raise NotRun("weights")
    t = ratings(ledgers)
    heard = ~t.recused.fill_null(False) & t.score.notnull()
    found = t.group_by("period", "target_id").agg(
        _rids=t._rid.collect(),
        unnamed=t.count(where=t.rater_type.isnull()),
        **{
            f"g{i}": (heard & (t.rater_type == group).fill_null(False)).any()
            for i, group in enumerate(p.weights)
        },
    )
    lacking = [
        ibis.ifelse(found[f"g{i}"], ibis.null("string"), ibis.literal(group))
        for i, group in enumerate(p.weights)
    ]
    found = found.mutate(
        subject=found.period + "|" + found.target_id, absent=ibis.array(lacking).filter(lambda x: x.notnull())
    )
    yield "absent", found.filter(found.absent.length() > 0)
    yield "unnamed", found.filter(found.unnamed > 0)


@rule("PY-02")
def total(ledgers: Ledgers, p):
    t = ratings(ledgers)
    published = (
        t.filter(t.published_total.notnull())
        .group_by("period", "target_id")
        .agg(
            _rids=lambda s: s._rid.collect(),
            lowest=lambda s: s.published_total.min(),
            published=lambda s: s.published_total.max(),
        )
    )
    t = published.join(weighted(ledgers, p), ["period", "target_id"])
    t = t.mutate(subject=t.period + "|" + t.target_id, items=t.by_item.round(2), raters=t.by_rater.round(2))
    yield "several", t.filter(differs(t.lowest, t.published, p.tol))
    wrong = differs(t.published, t.by_item, p.tol) & differs(t.published, t.by_rater, p.tol)
    t = t.filter(wrong & ~differs(t.lowest, t.published, p.tol))
    yield "total", t.filter(t.groups == len(p.weights))
    yield "partial", t.filter(t.groups < len(p.weights)).mutate(kind=ibis.literal("suspect"))


@rule("PY-B02")
def own(ledgers: Ledgers, p):
    t = ratings(ledgers)
    yield (
        "own",
        t.filter(
            (t.rater_type == "科室互评") & same(t.rater_unit_id, t.target_id) & ~t.recused.fill_null(False)
        ),
    )
