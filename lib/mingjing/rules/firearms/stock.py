"""What must have been in an armoury at a moment, from the register, the issues and the ammunition ledger.

A clerk who writes the day only leaves the hour open, and a register knows only today's status. So each answer is a
range: what was surely there and what may have been.
"""

import ibis
import ibis.expr.types as ir

from mingjing.rules.ledgers import Ledgers

AWAY = ["送修", "上缴", "丢失", "被盗"]


def edges(moment: ir.Value) -> tuple[ir.TimestampValue, ir.TimestampValue]:
    """Earliest and latest moment it can have been: at midnight sharp nobody wrote the hour."""
    start = moment.cast("timestamp")
    return start, ibis.ifelse(start == start.truncate("D"), start + ibis.interval(days=1), start)


def outings(ledgers: Ledgers) -> ir.Table:
    """Each issue as an interval with fuzzy ends; `back_*` is NULL while the gun is out."""
    t = ledgers.gun_issue
    out_from, out_to = edges(t.out_time)
    back_from, back_to = edges(ledgers.by_then(t.in_time))
    return t.select(
        issue_gun="gun_no",
        issue_rid="_rid",
        out_from=out_from,
        out_to=out_to,
        back_from=back_from,
        back_to=back_to,
    )


def guns_at(ledgers: Ledgers, checks: ir.Table) -> ir.Table:
    """One row per stock-take (`_rid`, `unit_id`, `storeroom`, from `start_time` to `until`, if it has that) and gun of
    its store: `surely` there throughout, `possibly` there, `surely_out`, `possibly_out`, and the gun's own row `gun_rid`."""
    g = ledgers.gun
    left = ibis.cases(
        (g.status == "上缴", ibis.coalesce(g.surrender_date, g.status_date)),
        (g.status == "报废", ledgers.by_then(g.surrender_date)),
        (g.status.isin(AWAY), g.status_date),
    )
    g = g.select(
        "gun_no", "unit_id", "storeroom", "status", "status_date", gun_rid="_rid", left=left.cast("date")
    )
    until = checks.until if "until" in checks.columns else checks.start_time
    t = checks.select(
        "_rid",
        "unit_id",
        "storeroom",
        "start_time",
        first=edges(checks.start_time)[0],
        last=edges(until)[1],
        last_day=until.date(),
    )
    t = t.join(g, ["unit_id", "storeroom"])
    day = t.first.date()
    away = t.status.isin(AWAY)
    settled = (t.status_date.isnull() | (t.status_date <= day)) & (t.status != "外出")
    t = t.mutate(
        surely=ibis.ifelse(away | (t.status == "报废"), (t.left > t.last_day).fill_null(~away), settled),
        possibly=(t.left >= day).fill_null(True),
    )
    o = outings(ledgers)
    t = t.left_join(
        o,
        [t.gun_no == o.issue_gun, o.out_from <= t["last"], (o.back_to > t["first"]) | o.back_to.isnull()],
    )
    surely_out = (t.out_to <= t["first"]) & (t.back_from.isnull() | (t.back_from > t["last"]))
    return t.group_by(
        "_rid", "gun_rid", "gun_no", "unit_id", "storeroom", "start_time", "surely", "possibly"
    ).agg(
        surely_out=surely_out.any().fill_null(False),
        possibly_out=t.issue_rid.count() > 0,
    )


def rounds_at(ledgers: Ledgers, checks: ir.Table) -> ir.Table:
    """`_rid` of each ammunition count and the `low` and `high` its ledger allows at that moment."""
    first, last = edges(checks.start_time)
    c = checks.select(
        check_rid="_rid",
        unit="unit_id",
        store="storeroom",
        kind="ammo_type",
        lot="batch_no",
        first=first,
        last=last,
    )
    t = ledgers.ammo_txn
    entry_from, entry_to = edges(t.txn_time)
    t = t.mutate(
        entry_from=entry_from,
        entry_to=entry_to,
        place=ibis.row_number().over(ibis.window(order_by=[t.txn_time, t._rid])),
    )
    t = c.join(
        t,
        [
            c.unit == t.unit_id,
            c.store == t.storeroom,
            c.kind.isnull() | (c.kind == t.ammo_type),
            c.lot.isnull() | (c.lot == t.batch_no),
            t.entry_from <= c["last"],
        ],
    )
    lots = t.group_by("check_rid", "ammo_type", "batch_no").agg(
        before=t.balance.argmax(t.place, where=t.entry_to <= t["first"]).fill_null(0),
        after=t.balance.argmax(t.place),
    )
    sums = lots.group_by("check_rid").agg(before=lots.before.sum(), after=lots.after.sum())
    return sums.select(
        _rid="check_rid",
        low=ibis.least(sums.before, sums.after),
        high=ibis.greatest(sums.before, sums.after),
    )
