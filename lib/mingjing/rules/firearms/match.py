"""Gun by gun: the register, the stock-take and the issue log tell the same story."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import rule
from mingjing.rules.firearms.stock import guns_at, outings
from mingjing.rules.ledgers import Ledgers


def items(ledgers: Ledgers) -> ir.Table:
    """Each gun of each itemised stock-take, with its store and kind of stock-take from the stock-take's own row."""
    t = ledgers.armory_check_item
    seen = t.present if ledgers.has("armory_check_item", "present") else ibis.literal(True)
    t = t.select("check_id", "unit_id", "check_time", "gun_no", "_rid", present=seen, item_store="storeroom")
    c = ledgers.armory_check.select("check_id", "rec_type", check_store="storeroom")
    t = t.left_join(c, "check_id")
    return t.mutate(storeroom=ibis.coalesce(t.item_store, t.check_store)).drop("check_id_right")


def seen_guns(ledgers: Ledgers) -> ir.Table:
    """Each gun of the store at each itemised stock-take: what the ledgers say (`guns_at`), and what was `seen`: TRUE,
    FALSE, or NULL where no line names it (then `item_rid` is NULL too)."""
    return ledgers.materialised("seen_gun", lambda: _seen_guns(ledgers))


def _seen_guns(ledgers: Ledgers) -> ir.Table:
    t = items(ledgers)
    takes = t.group_by("check_id", "unit_id", "storeroom", "rec_type").agg(
        start_time=t.check_time.min(), until=t.check_time.max(), _rid=t._rid.min()
    )
    state = guns_at(ledgers, takes).rename(take="_rid")
    state = state.join(takes.select("check_id", "rec_type", take="_rid"), "take")
    lines = t.select("check_id", "gun_no", item_rid="_rid", seen="present")
    return state.left_join(lines, ["check_id", "gun_no"])


def per_gun(t: ir.Table, *rids: str) -> ir.Table:
    """All the moments of one gun together; the first of `rids` is the row at fault."""
    rows = ibis.array([t[rid] for rid in rids]).collect().flatten().unique()
    return t.group_by("gun_no", unit="unit_id", subject="gun_no").agg(
        _rid=t[rids[0]].min(), _rids=rows, n=t.count(), date=t.moment.min()
    )


@rule("QD-24")
def three_way(ledgers: Ledgers, p):
    known = ledgers.gun.select("gun_no", "storeroom", gun_rid="_rid")
    lines = items(ledgers).rename(moment="check_time")
    lines = lines.filter(ledgers.in_period(lines.moment))
    yield "unregistered", per_gun(lines.anti_join(known, "gun_no"), "_rid")
    issues = ledgers.gun_issue.rename(moment="out_time")
    issues = issues.filter(ledgers.in_period(issues.moment))
    yield "issued", per_gun(issues.anti_join(known, "gun_no"), "_rid")
    t = seen_guns(ledgers).rename(moment="start_time")
    t = t.filter(ledgers.in_period(t.moment))
    there = t.surely & ~t.possibly_out
    full = t.rec_type.isin(p.full).fill_null(False)
    yield "unlisted", per_gun(t.filter(there & full & t.item_rid.isnull()), "gun_rid", "take")
    yield "absent", per_gun(t.filter(there & ~t.seen), "gun_rid", "item_rid")
    yield "out", per_gun(t.filter(t.surely_out & t.seen), "gun_rid", "item_rid")
    yield "gone", per_gun(t.filter(~t.possibly & t.seen), "gun_rid", "item_rid")
    moved = lines.join(known, "gun_no", rname="{name}_known")
    moved = moved.filter(moved.present & (moved.storeroom != moved.storeroom_known))
    yield "elsewhere", per_gun(moved, "gun_rid", "_rid").mutate(kind=ibis.literal("suspect"))
    blank = per_gun(lines.filter(lines.present.isnull()), "_rid")
    yield "blank", blank.mutate(kind=ibis.literal("missing"), severity=ibis.literal("medium"))
    yield "idle", away_without_issue(ledgers)


def away_without_issue(ledgers: Ledgers) -> ir.Table:
    """Registered as away on the day the audit looks from, and no issue is open."""
    o = outings(ledgers)
    g = ledgers.gun
    g = g.filter((g.status == "外出") & (g.status_date.isnull() | (g.status_date <= ledgers.as_of)))
    g = g.anti_join(o.filter(o.back_from.isnull()), g.gun_no == o.issue_gun)
    g = g.mutate(unit=g.unit_id, subject=g.gun_no, date=ibis.literal(ledgers.end))
    return g.mutate(kind=ibis.literal("suspect"))
