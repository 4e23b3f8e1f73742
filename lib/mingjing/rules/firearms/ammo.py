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
    t = ledgers.gun_issue
    t = t.mutate(
        subject=ibis.coalesce(t.slip_no, t.issue_id),
        case_=ibis.ifelse(t.slip_no.isnull(), "row", "slip"),
        back=ledgers.by_then(t.in_time).notnull(),
    )
    d = t.group_by("unit_id", "subject", "case_").agg(
        _rids=t._rid.collect(),
        date=t.out_time.min(),
        back=t.back.all(),
        issues=t.issue_id.collect(),
        ammo_type=t.ammo_type.min(),
        types=t.ammo_type.nunique(),
        shell_returned=t.shell_returned.sum(),
        **{column: t[column].sum().fill_null(0) for column in ROUNDS},
    )
    return d.filter(d.back)


@rule("QD-02")
def rounds(ledgers: Ledgers, p):
    t = draws(ledgers)
    broken = t.filter(t.ammo_out != t.ammo_used + t.ammo_returned + t.dud_count)
    for case in ("row", "slip"):
        yield case, broken.filter(broken.case_ == case)
    if ledgers.has("ammo_txn", "issue_id"):
        yield from booked(ledgers, t)


def booked(ledgers: Ledgers, t: ir.Table):
    """The same rounds in the ammunition ledger; only where the ledger names the issue."""
    x = ledgers.ammo_txn
    x = x.filter(x.issue_id.notnull()).select("issue_id", "txn_type", "qty", txn_rid="_rid")
    lines = t.select("unit_id", "subject", "_rids", "date", *ROUNDS, issue=t.issues.unnest())
    lines = lines.join(x, lines.issue == x.issue_id)
    t = lines.group_by("unit_id", "subject", "date", *ROUNDS).agg(
        _rids=lines._rids.first().concat(lines.txn_rid.collect()),
        booked_out=lines.qty.sum(where=lines.txn_type == "领出").fill_null(0),
        booked_back=lines.qty.sum(where=lines.txn_type == "退回").fill_null(0),
    )
    yield "booked_out", t.filter(t.booked_out != t.ammo_out)
    yield (
        "booked_back",
        t.filter(~t.booked_back.between(t.ammo_returned, t.ammo_returned + t.dud_count)),
    )


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
    unknown = unknown.mutate(label=unknown.ammo_type.fill_null(""))
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
        plan = ledgers.ammo_plan.select("unit_id", month=month_of(ledgers.ammo_plan.plan_month))
        t = t.mutate(month=month_of(t.out_time), day=t.out_time.date())
        yield "day", t.semi_join(c, t.day == c.cal_date).anti_join(plan, ["unit_id", "month"])
