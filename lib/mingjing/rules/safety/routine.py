"""What must be done again and again: inspections, patrols, drills, training, the sweep of every site."""

from datetime import date

import ibis
import ibis.expr.types as ir

from mingjing.period import Period
from mingjing.rules.engine import NotRun, entries, rule
from mingjing.rules.expr import active, add_months, each_day, graded, spanned, under
from mingjing.rules.ledgers import Ledgers


def acts(ledgers: Ledgers, *kinds: str) -> ir.Table:
    return entries(ledgers, "activity_log", "act_type", *kinds)


def within(table: ir.Table, first: date, last: date) -> ir.Table:
    return table.filter(table.act_time.date().between(first, last))


def open_units(ledgers: Ledgers, first: date, last: date) -> ir.Table:
    """Active units, without those closed throughout the span."""
    units = active(ledgers.unit)
    if "closed_period" not in ledgers:
        return units
    shut = ledgers.closed_period
    return units.anti_join(shut.filter((shut.from_date <= first) & (shut.to_date >= last)), "unit_id")


@rule("AQ-04")
def inspected(ledgers: Ledgers, p):
    done = acts(ledgers, "防火检查")
    spans = {1: "month", 3: "quarter", 6: "half", 12: "year"}
    todo = [(m, span) for m in sorted(set(p.interval_months.values())) for span in ledgers.spans(spans[m])]
    if not todo:
        raise NotRun("unfinished")
    for months, (name, first, last) in todo:
        units = open_units(ledgers, first, last)
        units = units.filter(p.lookup("interval_months", units.unit_type) == months)
        yield "none", spanned(units.anti_join(within(done, first, last), "unit_id"), name, last)


@rule("AQ-12")
def patrolled(ledgers: Ledgers, p):
    done = acts(ledgers, "防火巡查")
    done = done.group_by("unit_id", day=done.act_time.date()).agg(rounds=lambda t: t.count())
    units = active(ledgers.unit)
    hourly = ibis.literal(p.open_hours / p.every_hours).ceil().cast("int64")
    need = ibis.cases((units.is_public_venue, hourly), (units.is_fire_key, 1), else_=0)
    units = units.filter(need > 0).select("_rid", "unit_id", need=need)
    ledgers.judged = units.mutate(unit=units.unit_id)
    days = units.cross_join(each_day(ledgers.start, ledgers.end))
    if "closed_period" in ledgers:
        shut = ledgers.closed_period
        off = (days.unit_id == shut.unit_id) & days.day.between(shut.from_date, shut.to_date)
        days = days.anti_join(shut, off)
    days = days.left_join(done, ["unit_id", "day"]).mutate(rounds=ibis._.rounds.fill_null(0))
    months = days.group_by("_rid", "unit_id", "need", span=days.day.strftime("%Y-%m")).agg(
        due=lambda t: t.count(),
        without=lambda t: (t.rounds == 0).sum(),
        sparse=lambda t: ((t.rounds > 0) & (t.rounds < t.need)).sum(),
        date=lambda t: t.day.max(),
    )
    months = months.mutate(subject=months.unit_id + "|" + months.span)
    yield "without", months.filter(months.without > 0)
    yield "sparse", months.filter(months.sparse > 0)


def too_few(ledgers: Ledgers, p, kind: str, need) -> ir.Table:
    """`short`: a year that is over has fewer than needed; `behind`: the running one is late for its share."""
    done = acts(ledgers, kind)
    running = ledgers.running("year")
    for name, first, last in [*ledgers.spans("year"), *([running] if running else [])]:
        over = last <= ledgers.as_of
        share = 1.0 if over else ((ledgers.as_of - first).days + 1) / ((last - first).days + 1)
        units = open_units(ledgers, first, last)
        times = within(done, first, last).group_by("unit_id").agg(times=lambda t: t.count())
        units = units.left_join(times, "unit_id")
        units = units.mutate(times=units.times.fill_null(0), need=need(units))
        late = units.filter(units.times < (units.need * share + 1e-9).floor())
        found = spanned(late, name, min(last, ledgers.as_of))
        yield ("short", found) if over else ("behind", graded(found, "warning", "low"))


@rule("AQ-05")
def drills(ledgers: Ledgers, p):
    yield from too_few(
        ledgers,
        p,
        "消防演练",
        lambda unit: ibis.ifelse(unit.is_fire_key.fill_null(False), p.need_key, p.need_other),
    )


@rule("AQ-06")
def training(ledgers: Ledgers, p):
    venue, other = 12 // p.venue_months, 12 // p.key_months
    yield from too_few(
        ledgers,
        p,
        "消防培训",
        lambda unit: ibis.ifelse(unit.is_public_venue.fill_null(False), venue, other),
    )
    staff = active(ledgers.unit).select("unit_id", "staff_count")
    for name, first, last in ledgers.spans("year"):
        held = within(acts(ledgers, "消防培训"), first, last).inner_join(staff, "unit_id")
        units = held.group_by("unit_id").agg(
            _rids=lambda t: t._rid.collect(),
            attended=lambda t: t.attend_count.sum(),
            unknown=lambda t: t.attend_count.isnull().sum(),
            due=lambda t: t.due_count.max().fill_null(t.staff_count.max()),
        )
        units = spanned(units, name, last)
        known = (units.unknown == 0) & units.due.notnull()
        # Every attendance counted as another person: who is missing even so was certainly not trained.
        yield "coverage", units.filter(known & under(units.attended, p.t * units.due))
        yield (
            "uncounted",
            graded(units.filter(~known), "missing", "low"),
        )


def sweeps(ledgers: Ledgers, p) -> list[tuple[str, date, date]]:
    """The sweep a bureau has set, or each year that is over; the running one once most of it has gone."""
    if p.sweep_period:
        sweep = Period.parse(p.sweep_period)
        return [(sweep.text, sweep.start, sweep.end)] if sweep.start <= ledgers.as_of else []
    return ledgers.years(p.warn_share)


def swept(ledgers: Ledgers, p):
    """(name, last day, is over, checks made) of each sweep; NotRun where no sweep can be judged yet."""
    checks = acts(ledgers, *p.kinds)
    found = sweeps(ledgers, p)
    if not found:
        raise NotRun("unfinished")
    for name, first, last in found:
        over = last <= ledgers.as_of
        yield (
            name,
            min(last, ledgers.as_of),
            over,
            open_units(ledgers, first, last),
            within(checks, first, last),
        )


@rule("AQ-B03")
def swept_units(ledgers: Ledgers, p):
    for name, last, over, units, checks in swept(ledgers, p):
        missed = spanned(units.anti_join(checks, "unit_id"), name, last)
        yield ("none", missed) if over else ("pending", graded(missed, "warning", "low"))


@rule("AQ-13")
def swept_sites(ledgers: Ledgers, p):
    for name, last, over, units, checks in swept(ledgers, p):
        sites = active(ledgers.site).semi_join(units, "unit_id")
        total = sites.group_by("unit_id").agg(sites=lambda t: t.count())
        unnamed = checks.filter(checks.site_id.isnull()).group_by("unit_id").agg(unnamed=lambda t: t.count())
        missed = sites.anti_join(checks.filter(checks.site_id.notnull()), "site_id")
        missed = missed.group_by("unit_id").agg(
            _rids=lambda t: t._rid.collect(),
            names=lambda t: t.site_name.collect().sort(),
            missed=lambda t: t.count(),
            risky=lambda t: t.is_high_risk.fill_null(False).any(),
        )
        missed = missed.inner_join(total, "unit_id").left_join(unnamed, "unit_id")
        missed = spanned(missed.mutate(unnamed=missed.unnamed.fill_null(0)), name, last)
        judged = missed.filter(missed.unnamed == 0)
        judged = judged.mutate(severity=ibis.ifelse(judged.risky, "high", "medium"))
        yield ("site", judged) if over else ("pending", graded(judged, "warning", "low"))
        doubt = missed.filter(missed.unnamed > 0)
        yield "unnamed", graded(doubt, "suspect", "low")


def inspectors(ledgers: Ledgers, checks: ir.Table) -> ir.Table:
    """One row per check and person who made it: the leader and each name in the list of checkers."""
    names = checks.checker_ids.re_replace(r"[、,，;；/\s]+", ",").split(",").unnest()
    keep = ["_rid", "act_time", "issue_count"]
    written = checks.select(*keep, who=names)
    if ledgers.has("person", "name"):
        unique = ledgers.person.group_by("name").agg(
            n=lambda t: t.count(), person_id=lambda t: t.person_id.min()
        )
        unique = unique.filter(unique.n == 1)
        written = written.left_join(unique, written.who == unique.name)
        written = written.select(*keep, who=ibis.coalesce(written.person_id, written.who))
    people = checks.select(*keep, who=checks.leader_id).union(written)
    return people.filter(people.who.notnull() & (people.who != "")).distinct()


@rule("AQ-B04")
def never_finds(ledgers: Ledgers, p):
    checks = acts(ledgers, *p.kinds)
    since = add_months(ibis.literal(ledgers.as_of), -p.months)
    # A check whose number of problems is blank says nothing either way.
    checks = checks.filter((checks.act_time.date() > since) & checks.issue_count.notnull())
    all_checks = checks.agg(all_checks=checks.count(), all_found=(checks.issue_count > 0).sum())

    def silent(table, key):
        found = table.group_by(subject=table[key]).agg(
            _rids=lambda t: t._rid.collect(),
            checks=lambda t: t.count(),
            found=lambda t: t.issue_count.sum(),
            date=lambda t: t.act_time.max().date(),
        )
        found = found.filter((found.checks >= p.n) & (found.found == 0)).cross_join(all_checks)
        return found.mutate(others=found.all_checks - found.checks)

    people = silent(inspectors(ledgers, checks), "who")
    yield "person", people.mutate(who=people.subject)
    units = silent(checks, "unit_id")
    yield "unit", units.mutate(unit=units.subject)
