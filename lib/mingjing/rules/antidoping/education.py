"""Education, exams and letters of responsibility: who is covered, unit by unit and person by person."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import NotRun, entries, rule
from mingjing.rules.expr import active, add_months, graded, same, spanned, squeezed, under
from mingjing.rules.ledgers import Ledgers


def records(ledgers: Ledgers, *kinds: str) -> ir.Table:
    return entries(ledgers, "adop_record", "rec_type", *kinds)


def years(ledgers: Ledgers, p):
    """(name, first day, last day looked at, is over); NotRun where no year can be judged yet."""
    found = ledgers.years(p.warn_share)
    if not found:
        raise NotRun("unfinished")
    return [(name, first, min(last, ledgers.as_of), last <= ledgers.as_of) for name, first, last in found]


def bound(units: ir.Table, p) -> ir.Table:
    """Active units that the duty reaches: of these types, or with athletes."""
    units = active(units)
    return units.filter(units.unit_type.isin(p.unit_types) | units.has_athletes.fill_null(False))


def due_people(ledgers: Ledgers, p, last: date) -> ir.Table:
    """Who owes education in the year up to `last`: newcomers, leavers and athletes not in training do not."""
    roster = ledgers.athlete
    idle = (roster.role == "运动员") & ~roster.in_training.fill_null(True)
    roster = roster.filter(roster.role.isin(p.roles) & ~idle)
    since = ibis.literal(last - timedelta(days=p.new_days))
    return roster.filter(
        (roster.start_date <= since).fill_null(True) & (roster.end_date > last).fill_null(True)
    )


def sessions(ledgers: Ledgers) -> ir.Table:
    """`unit_id`, `day` of every education session on record, whichever ledger it is in."""
    held = records(ledgers, "教育培训").select("unit_id", day="rec_date")
    if "activity_log" not in ledgers:
        return held
    log = ledgers.activity_log
    log = log.filter(log.act_type == "反兴奋剂培训")
    return held.union(log.select("unit_id", day=log.act_time.date()))


@rule("FX-01")
def people_trained(ledgers: Ledgers, p):
    held = records(ledgers, "教育培训")
    for name, first, last, over in years(ledgers, p):
        due = due_people(ledgers, p, last)
        done = held.filter(held.rec_date.between(first, last))
        missed = due.anti_join(done.filter(done.ath_id.notnull()), "ath_id").group_by("unit_id")
        missed = missed.agg(
            _rids=lambda t: t._rid.collect(),
            names=lambda t: t.name.collect().sort(),
            missed=lambda t: t.count(),
        )
        total = due.group_by("unit_id").agg(due=lambda t: t.count())
        unnamed = done.filter(done.ath_id.isnull()).group_by("unit_id").agg(unnamed=lambda t: t.count())
        units = missed.inner_join(total, "unit_id").left_join(unnamed, "unit_id")
        units = spanned(units.mutate(trained=units.due - units.missed), name, last)
        short = units.filter(under(units.trained / units.due, p.t))
        sure = short.filter(short.unnamed.isnull())
        yield ("untrained", sure) if over else ("pending", graded(sure, "warning", "low"))
        yield "unnamed", graded(short.filter(short.unnamed.notnull()), "suspect", "medium")
    units = active(ledgers.unit)
    empty = units.filter(units.has_athletes).anti_join(ledgers.athlete, "unit_id")
    yield "roster", graded(empty, "missing", "medium").mutate(subject=empty.unit_id + "|roster")


@rule("FX-09")
def units_trained(ledgers: Ledgers, p):
    held, due = sessions(ledgers), bound(ledgers.unit, p)
    ledgers.judged = due.mutate(unit=due.unit_id)
    for name, first, last, over in years(ledgers, p):
        missed = due.anti_join(held.filter(held.day.between(first, last)), "unit_id")
        missed = spanned(missed, name, last)
        yield ("none", missed) if over else ("pending", graded(missed, "warning", "low"))


@rule("FX-03")
def letters(ledgers: Ledgers, p):
    signed = records(ledgers, "责任书")
    units = active(ledgers.unit)
    units = units.filter(units.has_athletes)
    for name, first, last, over in years(ledgers, p):
        mine = units.left_join(signed.filter(signed.rec_date.between(first, last)), "unit_id")
        mine = mine.group_by("unit_id", "_rid").agg(
            letters=lambda t: t.rec_id.count(),
            signers=lambda t: t.signer_id.count(),
            by_head=lambda t: same(t.signer_id, t.head_id).any(),
            head_id=lambda t: t.head_id.min(),
            signer=lambda t: t.signer_id.max(),
        )
        mine = spanned(mine, name, last)
        none, some = mine.filter(mine.letters == 0), mine.filter((mine.letters > 0) & ~mine.by_head)
        yield ("none", none) if over else ("pending", graded(none, "warning", "low"))
        if ledgers.has("adop_record", "signer_id"):
            yield "unsigned", some.filter(some.signers == 0)
            yield "signer", graded(some.filter((some.signers > 0) & some.head_id.notnull()), "suspect", "low")


def event_day(t: ir.Table) -> ir.DateValue:
    return ibis.coalesce(t.event_date, t.rec_date)


@rule("FX-02")
def admitted(ledgers: Ledgers, p):
    t = records(ledgers, "参赛报名")
    t = t.mutate(event=squeezed(t.event_name), day=event_day(t), as_of=ibis.literal(ledgers.as_of))
    t = t.filter(t.exam_required.fill_null(t.event_name.re_search(p.events)).fill_null(False))
    exams = ledgers.adop_record
    exams = exams.filter(exams.rec_type == "准入考试").select(
        "ath_id",
        event=squeezed(exams.event_name),
        held="rec_date",
        score="exam_score",
        attempt="attempt_no",
        # where the clerk wrote no score, what he wrote of the result
        good=ibis.coalesce(~under(exams.exam_score, p.pass_score), exams.result == "通过"),
    )
    sat = t.inner_join(exams, ["ath_id", "event", exams.held <= t.day])
    counted = sat.filter(sat.attempt.fill_null(1) <= p.max_try)
    passed = counted.filter(counted.good)
    best = sat.group_by("rec_id").agg(best=lambda g: g.score.max(), tries=lambda g: g.count())
    failed = t.filter(t.ath_id.notnull()).anti_join(passed, "rec_id").left_join(best, "rec_id")
    failed = failed.mutate(tries=failed.tries.fill_null(0))
    past = failed.filter(failed.day <= failed.as_of).mutate(date=failed.day)
    yield "none", past.filter(past.tries == 0)
    yield "failed", past.filter(past.tries > 0)
    yield "ahead", graded(failed.filter(failed.day > failed.as_of), "warning", "low")
    yield "nobody", graded(t.filter(t.ath_id.isnull()), "missing", "low")


@rule("FX-10")
def trained_before(ledgers: Ledgers, p):
    t = records(ledgers, "参赛报名")
    t = t.filter(t.ath_id.notnull())
    t = t.mutate(day=event_day(t), as_of=ibis.literal(ledgers.as_of))
    t = t.mutate(since=add_months(t.day, -p.months))
    held = ledgers.adop_record
    held = held.filter(held.rec_type == "教育培训").select("ath_id", held="rec_date")
    begins = ledgers.adop_record.agg(begins=lambda r: r.rec_date.min())
    untrained = t.anti_join(held, ["ath_id", held.held.between(t.since, t.day)]).cross_join(begins)
    past = untrained.filter(untrained.day <= untrained.as_of).mutate(date=untrained.day)
    yield "untrained", past.filter(past.begins <= past.since)
    # The ledger does not reach back far enough to know.
    yield "unknown", graded(past.filter(past.begins > past.since), "suspect", "low")
    yield "ahead", graded(untrained.filter(untrained.day > untrained.as_of), "warning", "low")


@rule("FX-11")
def signed_in(ledgers: Ledgers, p):
    acts = entries(ledgers, "activity_log", "act_type", "反兴奋剂培训")
    acts = acts.mutate(day=acts.act_time.date())
    people = records(ledgers, "教育培训")
    people = people.filter(people.ath_id.notnull())
    people = people.select("ath_id", rec_unit="unit_id", rec_day="rec_date", linked="act_id")
    by_number = same(people.linked, acts.act_id)
    by_day = people.linked.isnull() & (people.rec_unit == acts.unit_id) & (people.rec_day == acts.day)
    found = acts.inner_join(people, by_number | by_day)
    found = found.group_by("act_id").agg(recorded=lambda g: g.ath_id.nunique())
    acts = acts.left_join(found, "act_id").mutate(recorded=ibis._.recorded.fill_null(0))
    yield "differs", acts.filter((acts.attend_count - acts.recorded).abs() > p.tolerance)
    yield "uncounted", graded(acts.filter(acts.attend_count.isnull()), "missing", "low")
