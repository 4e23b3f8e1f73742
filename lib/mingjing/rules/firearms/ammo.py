"""Ammunition: running balance, issues against use, cases, use against habit and plan."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import matches, month_of, over, under
from mingjing.rules.ledgers import Ledgers

ROUNDS = ("ammo_out", "ammo_used", "ammo_returned", "dud_count")


@rule("QD-01")
def balance(ledgers: Ledgers, p):
    t = carried(ledgers, p)
    yield "broken", t.filter(t.expected.notnull() & (t.balance != t.expected))
    yield "negative", t.filter(t.balance < 0)


def carried(ledgers: Ledgers, p) -> ir.Table:
    """The ammunition ledger with the balance before each entry, and the one expected after it."""
    t = ledgers.ammo_txn
    lot = ibis.window(
        group_by=[t.unit_id, t.storeroom, t.ammo_type, t.batch_no], order_by=[t.txn_time, t._rid]
    )
    t = t.mutate(
        previous=t.balance.lag().over(lot), previous_rid=t._rid.lag().over(lot), sign=direction(t, p.sign)
    )
    return t.mutate(expected=t.previous + t.sign * t.qty)


def direction(t: ir.Table, sign: dict[str, int]) -> ir.IntegerValue:
    """+1 or -1 by kind of entry; an opening balance sets the balance and has none."""
    return ibis.cases(*((t.txn_type == kind, ibis.literal(value)) for kind, value in sign.items()))


def draws(ledgers: Ledgers) -> ir.Table:
    """Returned issues: one row per slip where ammunition was drawn by slip, else one per issue. A slip of which one
    gun is still out is not over."""
    return alone(ledgers).union(together(ledgers))


def alone(ledgers: Ledgers) -> ir.Table:
    """Draws of one row: most of a large ledger, so they are read as they stand, not grouped."""
    t = _kept(ledgers)
    t = t.filter(~t.joined & t.back).anti_join(_again(ledgers), "issue_id")
    return t.select(
        "unit_id",
        subject="issue_id",
        case_=ibis.literal("row"),
        _rid="_rid",
        _rids=ibis.array([t._rid]),
        date="out_time",
        back="back",
        issues=ibis.array([t.issue_id]),
        drawer="drawer",
        ammo_type="ammo_type",
        types=t.ammo_type.notnull().cast("int64"),
        shell_returned="shell_returned",
        **{column: t[column].fill_null(0) for column in ROUNDS},
    )


def together(ledgers: Ledgers) -> ir.Table:
    """Draws by slip, and issues whose number stands twice."""
    return ledgers.materialised("draws", lambda: _together(ledgers))


def _together(ledgers: Ledgers) -> ir.Table:
    t = _kept(ledgers)
    t = t.filter(t.joined).union(t.filter(~t.joined).semi_join(_again(ledgers), "issue_id"))
    d = t.group_by("unit_id", "subject", "case_").agg(
        _rid=t._rid.min(),
        _rids=t._rid.collect(),
        date=t.out_time.min(),
        back=t.back.all(),
        issues=t.issue_id.collect(),
        drawer=t.drawer.min(),
        ammo_type=t.ammo_type.min(),
        types=t.ammo_type.nunique(),
        shell_returned=t.shell_returned.sum(),
        **{column: t[column].sum().fill_null(0) for column in ROUNDS},
    )
    return d.filter(d.back)


def _kept(ledgers: Ledgers) -> ir.Table:
    """The issue log; `joined` rows name a slip, or no number of their own."""
    t = ledgers.gun_issue
    return t.select(
        *("_rid", "unit_id", "issue_id", "out_time", "ammo_type", "shell_returned", *ROUNDS),
        subject=ibis.coalesce(t.slip_no, t.issue_id),
        case_=ibis.ifelse(t.slip_no.isnull(), "row", "slip"),
        joined=t.slip_no.notnull() | t.issue_id.isnull(),
        back=ledgers.by_then(t.in_time).notnull(),
        drawer=ibis.coalesce(t.coach_id, t.borrower_id),
    )


def _again(ledgers: Ledgers) -> ir.Table:
    """Numbers of issues that stand twice."""

    def build() -> ir.Table:
        t = ledgers.gun_issue
        t = t.filter(t.slip_no.isnull() & t.issue_id.notnull())
        return t.group_by("issue_id").agg(n=t.count()).filter(lambda g: g.n > 1).select("issue_id")

    return ledgers.materialised("issue_again", build)


@rule("QD-02")
def rounds(ledgers: Ledgers, p):
    t = draws(ledgers)
    broken = t.filter(t.ammo_out != t.ammo_used + t.ammo_returned + t.dud_count)
    for case in ("row", "slip"):
        yield case, broken.filter(broken.case_ == case)
    if ledgers.has("ammo_txn", "issue_id"):
        t = ledgers.materialised("booked", lambda: booked(ledgers))
        yield "booked_out", t.filter(t.booked_out != t.ammo_out)
        yield "booked_back", t.filter(_back_differs(t))


def booked(ledgers: Ledgers) -> ir.Table:
    """Draws whose rounds are others in the ammunition ledger, and all by slip; only where the ledger names the issue."""
    x = ledgers.ammo_txn
    x = x.filter(x.issue_id.notnull()).select("issue_id", "txn_type", "qty", txn_rid="_rid")
    # of so many groups as there are issues a double is half as large as DuckDB's sum of whole numbers, and as exact here
    sums = {
        name: lambda t, kind=kind: (
            t.qty.cast("float64").sum(where=t.txn_type == kind).fill_null(0).cast("int64")
        )
        for name, kind in (("booked_out", "领出"), ("booked_back", "退回"))
    }
    # lists of rows do not spill to disk: sums first, in few columns, and the rows of those that differ; one step after the
    # other, since groups and a join at once want twice the memory
    one = alone(ledgers)
    totals = ledgers.materialised("booked_sums", lambda: x.group_by("issue_id").agg(**sums))
    sides = one.select("_rid", *ROUNDS, issue_id="subject").join(totals, "issue_id")
    differs = (sides.booked_out != sides.ammo_out) | _back_differs(sides)
    apart = ledgers.materialised("booked_apart", lambda: sides.filter(differs).select("_rid"))
    t = one.semi_join(apart, "_rid").union(together(ledgers))
    lines = t.select("unit_id", "subject", "_rid", "_rids", "date", *ROUNDS, issue=t.issues.unnest())
    lines = lines.join(x, lines.issue == x.issue_id)
    return lines.group_by("unit_id", "subject", "_rid", "date", *ROUNDS).agg(
        _rids=lines._rids.first().concat(lines.txn_rid.collect()), **sums
    )


def _back_differs(t: ir.Table) -> ir.BooleanValue:
    return ~t.booked_back.between(t.ammo_returned, t.ammo_returned + t.dud_count)


@rule("QD-03")
def cases(ledgers: Ledgers, p):
    t = draws(ledgers)
    exempt, cased = matches(t.ammo_type, p.exempt), matches(t.ammo_type, p.cased)
    t = t.filter((t.ammo_used > 0) & ~(exempt & (t.types == 1)))
    t = t.mutate(known=cased & (t.types == 1))
    if t.count().execute() and not t.known.any().execute():
        raise NotRun("unknown_value", "gun_issue.ammo_type")
    known = t.filter(t.known)
    yield "blank", known.filter(known.shell_returned.isnull())
    yield "few", known.filter(under(known.shell_returned, known.ammo_used * p.ratio))
    unknown = t.filter(~t.known & ledgers.in_period(t.date))
    unknown = unknown.mutate(label=unknown.ammo_type.fill_null("—"))
    yield (
        "unknown",
        unknown.group_by("unit_id", subject="label")
        .agg(
            _rids=unknown._rids.collect().flatten(),
            date=unknown.date.min(),
            ammo_type=unknown.ammo_type.min(),
            n=unknown.count(),
        )
        .mutate(kind=ibis.literal("warning"), severity=ibis.literal("low")),
    )


@rule("QD-B04")
def abnormal(ledgers: Ledgers, p):
    a = ledgers.athlete.select("ath_id", "sport")
    t = ledgers.gun_issue
    t = t.left_join(a, t.borrower_id == a.ath_id)
    alike = ibis.window(group_by=[t.ammo_type, t.sport])
    t = t.mutate(usual=t.ammo_used.quantile(p.p).over(alike) * p.k, n=t.ammo_used.count().over(alike))
    yield "amount", t.filter(over(t.ammo_used, t.usual) & (t.n >= p.n_min))
    clock = t.out_time.strftime("%H:%M")
    yield "hours", t.filter((clock != "00:00") & ((clock < p.first_hour) | (clock > p.last_hour)))
    if ledgers.has("ammo_plan", "unit_id", "plan_month"):
        c = ledgers.calendar.filter(~ledgers.calendar.is_workday).select("cal_date")
        plan = ledgers.ammo_plan.select(planner="unit_id", planned=month_of(ledgers.ammo_plan.plan_month))
        t = t.mutate(month=month_of(t.out_time), day=t.out_time.date())
        # an issue that does not say whose it is may be of any unit's plan
        own = t.unit_id.isnull() | (t.unit_id == plan.planner)
        t = t.anti_join(plan.distinct(), [t.month == plan.planned, own])
        yield "day", t.semi_join(c, t.day == c.cal_date)


def unexplained(ledgers: Ledgers, p) -> ir.Table:
    """The ammunition ledger with `jump`: rounds by which each balance differs from what came before it. A later
    opening balance must repeat the last balance; a first entry that is no opening starts from nothing."""
    t = carried(ledgers, p)
    opening = t.txn_type == "期初"
    before = ibis.coalesce(t.previous, ibis.ifelse(opening, t.balance, 0))
    return t.mutate(jump=t.balance - before - ibis.ifelse(opening, 0, t.sign * t.qty))


@rule("QD-25")
def conserved(ledgers: Ledgers, p):
    t = unexplained(ledgers, p)
    jumps = t.filter((t.jump != 0) & ledgers.in_period(t.txn_time))
    lots = jumps.group_by("unit_id", "storeroom", "ammo_type", "batch_no").agg(
        _rids=jumps._rid.collect(), rounds=jumps.jump.sum(), n=jumps.count(), date=jumps.txn_time.min()
    )
    lots = lots.filter(lots.rounds != 0)
    yield "lot", lots.mutate(subject=lots.storeroom + "|" + lots.ammo_type + "|" + lots.batch_no)
    adjusted = t.filter(t.txn_type.isin(["盘盈", "盘亏"]))
    yield "adjusted", adjusted.mutate(kind=ibis.literal("suspect"), severity=ibis.literal("medium"))
    if ledgers.has("ammo_txn", "doc_no"):
        yield "destroyed", t.filter((t.txn_type == "报废") & t.doc_no.isnull())
    if ledgers.has("ammo_txn", "issue_id"):
        i = ledgers.gun_issue
        moved = t.filter(t.txn_type.isin(["领出", "退回"]))
        moved = moved.anti_join(i.select("issue_id"), "issue_id")
        yield "orphan", moved.anti_join(i.filter(i.slip_no.notnull()), moved.doc_no == i.slip_no)
    else:
        yield from monthly(ledgers)


def monthly(ledgers: Ledgers):
    """Where the ammunition ledger names no issue: rounds out and back by unit, kind and month in both books. Units or
    kinds that the issue log never writes are taken together."""
    x, i = ledgers.ammo_txn, ledgers.gun_issue
    for column in ("unit_id", "ammo_type"):
        if not ledgers.has("gun_issue", column):
            x, i = (t.mutate(**{column: ibis.null("string")}) for t in (x, i))
    moved = x.filter(x.txn_type.isin(["领出", "退回"]) & ledgers.in_period(x.txn_time))
    booked = moved.select(
        "unit_id",
        "ammo_type",
        "_rid",
        month=month_of(moved.txn_time),
        ledger=ibis.ifelse(moved.txn_type == "领出", moved.qty, -moved.qty),
        issued=ibis.literal(0, "int64"),
    )
    back = ledgers.by_then(i.in_time)
    out = i.select("unit_id", "ammo_type", "_rid", moment=i.out_time, issued=i.ammo_out)
    returned = i.select("unit_id", "ammo_type", "_rid", moment=back, issued=-i.ammo_returned)
    log = out.union(returned)
    log = log.filter(ledgers.in_period(log.moment) & (log.issued != 0))
    log = log.select(
        "unit_id",
        "ammo_type",
        "_rid",
        month=month_of(log.moment),
        ledger=ibis.literal(0, "int64"),
        issued="issued",
    )
    both = booked.union(log)
    t = both.group_by("unit_id", "ammo_type", "month").agg(
        _rids=both._rid.collect().unique(), ledger=both.ledger.sum(), issued=both.issued.sum()
    )
    t = t.filter(t.ledger != t.issued)
    yield "month", t.mutate(subject=t.month + "|" + t.ammo_type.fill_null(""), date=ibis.null("date"))
