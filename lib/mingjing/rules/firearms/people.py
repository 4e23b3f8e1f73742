"""Who holds the keys and who stands guard."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import active, hours_between, matches, month_of, over, same
from mingjing.rules.ledgers import Ledgers


def pairs(ledgers: Ledgers) -> ir.Table:
    """Each handing over that takes two: `first`, `second`, when, and the entry it is recorded in."""
    t = ledgers.gun_issue
    key = {"unit": t.unit_id, "subject": t.issue_id}
    found = t.select(t._rid, date=t.out_time, first=t.keeper_out1, second=t.keeper_out2, **key)
    back = ledgers.by_then(t.in_time)
    returned = t.select(t._rid, date=back, first=t.keeper_in1, second=t.keeper_in2, **key)
    found = found.union(returned.filter(returned.date.notnull()))
    if ledgers.has("ammo_txn", "handler1"):
        x = ledgers.ammo_txn.filter(ledgers.ammo_txn.txn_type != "期初")
        found = found.union(
            x.select(
                x._rid,
                date=x.txn_time,
                first=x.handler1,
                second=x.handler2,
                unit=x.unit_id,
                subject=x.txn_id,
            )
        )
    return found


def each(t: ir.Table, first: str, second: str) -> ir.Table:
    """One row per person named in either column."""
    rest = [column for column in t.columns if column not in (first, second)]
    both = t.select(*rest, person_id=first).union(t.select(*rest, person_id=second))
    return both.filter(both.person_id.notnull())


@rule("QD-06")
def two_persons(ledgers: Ledgers, p):
    t = pairs(ledgers)
    yield "none", t.filter(t.first.isnull() & t.second.isnull())
    yield "one", t.filter((t.first.isnull() != t.second.isnull()) | same(t.first, t.second))
    who = ledgers.person.select("person_id", "auth_armory", "post_start_date", "status", "status_date")
    t = each(t, "first", "second").left_join(who, "person_id")
    day = t.date.date()
    # the staff list knows today's authority only: it speaks for the day if post and status are older than it
    settled = (t.post_start_date <= day) & (t.status_date.isnull() | (t.status_date <= day))
    yield "unauthorised", t.filter(settled & ~t.auth_armory)
    yield "left", t.filter((t.status != "在岗") & (t.status_date < day))
    yield "stranger", t.filter(t.person_id_right.isnull()).mutate(kind=ibis.literal("suspect"))


def duty(ledgers: Ledgers) -> ir.Table:
    """Duty rows with `begins` and `ends`; a duty without an end lasts until the next one of its store begins."""
    t = ledgers.armory_check.filter(ledgers.armory_check.rec_type == "值班")
    store = ibis.window(group_by=[t.unit_id, t.storeroom], order_by=[t.start_time, t._rid])
    ends = ibis.coalesce(t.end_time, t.start_time.lead().over(store))
    # nobody stands guard for no time: both ends at midnight is a day without hours
    ends = ibis.ifelse(ends == t.start_time, ends + ibis.interval(days=1), ends)
    return t.mutate(begins=t.start_time, ends=ends)


def gaps(ledgers: Ledgers) -> ir.Table:
    """Stretches of the period when nobody was on duty in a store that has a duty roster."""
    t = duty(ledgers)
    store = {"group_by": [t.unit_id, t.storeroom], "order_by": [t.begins, t._rid]}
    t = t.mutate(reach=t.ends.max().over(ibis.cumulative_window(**store)))
    first, last = (ibis.literal(day, type="timestamp") for day in (ledgers.start, ledgers.end))
    last = last + ibis.interval(days=1)
    before = ibis.window(**store)
    inner = t.select(
        "unit_id",
        "storeroom",
        gap_from=ibis.greatest(t.reach.lag().over(before).fill_null(first), first),
        gap_to=ibis.least(t.begins, last),
        _rids=ibis.array([t._rid.lag().over(before), t._rid]),
    )
    final = t.group_by("unit_id", "storeroom").agg(
        gap_from=ibis.greatest(t.ends.max().fill_null(t.begins.max()), first),
        gap_to=last,
        _rids=ibis.array([t._rid.argmax(t.begins)]),
    )
    found = inner.union(final)
    return found.filter(found.gap_to > found.gap_from)


def months(ledgers: Ledgers) -> ir.Table:
    """Months of the period up to `as_of`: `month`, its first moment and the first moment after it."""
    t = ledgers.days()
    m = t.group_by(month=month_of(t.cal_date)).agg(opens=t.cal_date.min(), closes=t.cal_date.max())
    return m.mutate(
        opens=m.opens.cast("timestamp"), closes=m.closes.cast("timestamp") + ibis.interval(days=1)
    )


@rule("QD-11")
def guarded(ledgers: Ledgers, p):
    t = duty(ledgers)
    if not t.count().execute():
        raise NotRun("no_rows", "armory_check.rec_type")
    u = active(ledgers.unit).filter(lambda u: u.has_armory)
    here = t.filter(ledgers.in_period(t.begins))
    yield (
        "none",
        u.anti_join(here, "unit_id").mutate(
            unit="unit_id", subject="unit_id", date=ibis.literal(ledgers.start)
        ),
    )
    yield "gap", by_month(ledgers, p)
    n = t.person1.notnull().cast("int") + (t.person2.notnull() & ~same(t.person1, t.person2)).cast("int")
    few = t.mutate(month=month_of(t.begins), few=n < p.min_persons).filter(ledgers.in_period(t.begins))
    few = few.group_by("unit_id", "storeroom", "month").agg(
        _rids=few._rid.collect(where=few.few), n=few.few.sum(), total=few.count(), date=few.begins.min()
    )
    few = few.mutate(subject=few.storeroom + "|" + few.month)
    yield "few", few.filter(few.n > 0)
    yield "endless", t.filter(t.end_time.isnull()).mutate(kind=ibis.literal("missing"))


def by_month(ledgers: Ledgers, p) -> ir.Table:
    """Gaps of each store and month together, with the share of the month that was guarded."""
    t = gaps(ledgers)
    if "closed_period" in ledgers:
        c = ledgers.closed_period.filter(matches(ledgers.closed_period.reason, p.handed_over))
        c = c.select("unit_id", "from_date", after=c.to_date + ibis.interval(days=1))
        t = t.anti_join(c, [t.unit_id == c.unit_id, c.from_date <= t.gap_from, c.after >= t.gap_to])
    t = t.filter(over(hours_between(t.gap_from, t.gap_to) * 60, p.gap_minutes))
    m = months(ledgers)
    t = t.join(m, [t.gap_from < m.closes, t.gap_to > m.opens])
    begins, ends = ibis.greatest(t.gap_from, t.opens), ibis.least(t.gap_to, t.closes)
    t = t.mutate(date=begins, hours=hours_between(begins, ends), whole=hours_between(t.opens, t.closes))
    t = t.group_by("unit_id", "storeroom", "month").agg(
        _rids=t._rids.collect().flatten(),
        n=t.count(),
        hours=t.hours.sum().round(1),
        percent=((1 - t.hours.sum() / t.whole.max()) * 100).round(2),
        date=t.date.min(),
    )
    return t.mutate(subject=t.storeroom + "|" + t.month)


def on_duty(ledgers: Ledgers) -> ir.Table:
    """One row per guard and duty with known hours, in the period."""
    t = duty(ledgers).filter(lambda d: d.end_time.notnull() & ledgers.in_period(d.begins))
    t = t.select("_rid", "unit_id", "storeroom", "begins", "ends", "person1", "person2")
    return each(t, "person1", "person2").distinct()


def with_hours(t: ir.Table) -> ir.Table:
    """Duties whose clerk wrote the hours: midnight to midnight says the day only."""
    return t.filter((t.begins != t.begins.truncate("D")) | (t.ends != t.ends.truncate("D")))


@rule("QD-19")
def full_time_guards(ledgers: Ledgers, p):
    t = duty(ledgers).filter(lambda d: ledgers.in_period(d.begins))
    t = each(t.select("_rid", "unit_id", "begins", "person1", "person2"), "person1", "person2")
    guards = t.group_by("person_id").agg(
        unit=t.unit_id.min(), _rids=t._rid.collect().unique(), n_duties=t.count(), date=t.begins.min()
    )
    guards = guards.mutate(subject="person_id")
    s = pairs(ledgers)
    s = each(s.filter(ledgers.in_period(s.date)), "first", "second")
    # the finding shows the first row signed, and has its day
    s = s.group_by("person_id", "_rid").agg(signed=s.date.min(), times=s.count())
    s = s.group_by("person_id").agg(
        date=s.signed.argmin(s._rid), rows=s._rid.collect(), n_signed=s.times.sum(), _rid=s._rid.min()
    )
    keeper = guards.drop("date").join(s, "person_id")
    yield "keeper", keeper.mutate(_rids=keeper._rids.concat(keeper.rows))
    if ledgers.has("person", "guard_cert_no"):
        who = ledgers.person.filter(ledgers.person.guard_cert_no.isnull()).select("person_id")
        yield "certificate", guards.semi_join(who, "person_id")
    stranger = guards.anti_join(ledgers.person, "person_id")
    yield "stranger", stranger.mutate(kind=ibis.literal("suspect"))


@rule("QD-20")
def rested(ledgers: Ledgers, p):
    t = with_hours(on_duty(ledgers))
    order = {"group_by": t.person_id, "order_by": [t.begins, t._rid]}
    t = t.mutate(reach=t.ends.max().over(ibis.cumulative_window(**order)))
    t = t.mutate(reach=t.reach.lag().over(ibis.window(**order)))
    fresh = over(hours_between(t.reach, t.begins) * 60, p.gap_minutes).fill_null(True)
    t = t.mutate(stint=fresh.cast("int").sum().over(ibis.cumulative_window(**order)))
    t = t.group_by("person_id", "stint").agg(
        _rids=t._rid.collect(),
        unit=t.unit_id.min(),
        begins=t.begins.min(),
        ends=t.ends.max(),
        date=t.begins.min(),
    )
    t = t.mutate(hours=hours_between(t.begins, t.ends))
    t = t.filter(over(t.hours, p.h))
    t = t.mutate(hours=t.hours.round(2))
    yield "long", t.mutate(subject=t.person_id + "|" + t.begins.strftime("%Y-%m-%d %H:%M"))


@rule("QD-21")
def one_place(ledgers: Ledgers, p):
    a = with_hours(on_duty(ledgers))
    b = a.view()
    elsewhere = (a.unit_id != b.unit_id) | (a.storeroom != b.storeroom)
    t = a.join(
        b,
        [a.person_id == b.person_id, a._rid < b._rid, a.begins < b.ends, b.begins < a.ends, elsewhere],
        rname="{name}_other",
    )
    t = t.mutate(
        _rids=ibis.array([t._rid, t._rid_other]),
        unit=t.unit_id,
        subject=t.person_id + "|" + ibis.greatest(t.begins, t.begins_other).strftime("%Y-%m-%d %H:%M"),
        date=t.begins,
    )
    yield "both", t
