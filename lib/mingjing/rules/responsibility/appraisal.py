"""Appraisals and honours. Each function is one rule of `catalogue/responsibility.toml`."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import any_null, over, shown
from mingjing.rules.ledgers import Ledgers
from mingjing.rules.responsibility.cards import cards, placed, staff_units
from mingjing.rules.responsibility.sanctions import on_file, ran
from mingjing.rules.workdays import published


def groups(ledgers: Ledgers, p) -> ir.Table:
    """Each year's groups: `people` appraised, how many the `best`, the `cap` and the `percent` it comes from."""
    t = _annual(ledgers)
    best = (t.grade == "优秀").fill_null(False)
    g = t.group_by("year", "quota_group").agg(
        _rids=t._rid.collect(where=best),
        people=t.count(),
        best=best.sum(),
        raised=t.quota_raise_doc.count() > 0,
    )
    rate = ibis.ifelse(g.raised, p.raised, p.base)
    quota = g.people * rate + 1e-9
    cap = {"floor": quota.floor(), "round": quota.round(), "ceil": (quota - 2e-9).ceil()}[p.rounding]
    return g.mutate(cap=cap, percent=rate * 100, subject=g.year.cast("string") + "|" + g.quota_group)


def _annual(ledgers: Ledgers) -> ir.Table:
    """Annual appraisals that count, of the years of the period."""
    t = ledgers.appraisal
    return t.filter((t.type == "年度考核") & t.eligible & _in_years(ledgers, t.year))


@rule("KH-01")
def excellent(ledgers: Ledgers, p):
    g = groups(ledgers, p)
    yield "over", _of_one_unit(ledgers, g.filter(over(g.best, g.cap)))


def _of_one_unit(ledgers: Ledgers, g: ir.Table) -> ir.Table:
    """Adds the unit of each group whose people the staff list has all in one unit: a group may be of several."""
    if not ledgers.has("person", "unit_id"):
        return g
    t = _annual(ledgers).left_join(staff_units(ledgers), "person_id")
    units = t.group_by("year", "quota_group").agg(
        first=t.of.min(), last=t.of.max(), known=t.of.count(), people=t.count()
    )
    one = units.filter((units.first == units.last) & (units.known == units.people))
    return g.left_join(one.select("year", "quota_group", unit="first"), ["year", "quota_group"]).drop(
        "year_right", "quota_group_right"
    )


@rule("KH-02")
def irregular(ledgers: Ledgers, p):
    t = ledgers.appraisal
    usual = t.filter(t.type == "平时考核").group_by("person_id", "year").agg(had=_.count())
    annual = _annual(ledgers).left_join(usual, ["person_id", "year"]).drop("person_id_right", "year_right")
    annual = annual.mutate(times=annual.had.fill_null(0))
    few = _with_unit(ledgers, annual.filter(annual.times < p.n))
    over_by = ledgers.as_of.year + ((ledgers.as_of.month, ledgers.as_of.day) == (12, 31))
    done = few.year < over_by
    yield "few", few.filter(done)
    yield "progress", few.filter(~done).mutate(kind=ibis.literal("warning"), severity=ibis.literal("low"))


@rule("KH-03")
def praised(ledgers: Ledgers, p):
    praise = _praise(ledgers)
    if not on_file(ledgers) and not ledgers.has("tricolor"):
        raise NotRun("no_data", "person.discipline_end_date, tricolor")
    person = ledgers.person
    first, last = _year_ends(praise.year)
    t = praise.inner_join(person.drop("_rid"), "person_id")
    known = t.discipline_start_date.isnull() | (t.discipline_start_date <= ledgers.as_of)
    sanctioned = ran(t, first, last, p.least_months)
    yield "disciplined", t.filter(sanctioned & known).mutate(unit=t.unit_id)
    if ledgers.has("tricolor"):
        c = cards(ledgers).filter(lambda c: c.color == "红")
        c = c.select("issue_date", card="_rid", person_id="subject_id")
        t = praise.inner_join(c, "person_id").inner_join(
            person.select("person_id", unit="unit_id"), "person_id"
        )
        carded = t.filter(t.issue_date.year() == t.year)
        yield "carded", carded.mutate(_rids=ibis.array([carded._rid, carded.card]))


def _praise(ledgers: Ledgers):
    """One row a person and year that was graded excellent or honoured: person_id, year, praise, subject, _rid."""
    t = ledgers.appraisal
    t = t.filter((t.type == "年度考核") & (t.grade == "优秀"))
    praise = t.select("_rid", "person_id", "year", praise="grade")
    if ledgers.has("honor"):
        h = ledgers.honor.filter(ledgers.honor.subject_type == "个人")
        praise = praise.union(h.select("_rid", person_id="subject_id", year="year", praise="honor_type"))
    praise = praise.filter(_in_years(ledgers, praise.year))
    return praise.mutate(subject=praise.person_id + "|" + praise.year.cast("string"))


def _year_ends(year: ir.IntegerValue) -> tuple[ir.DateValue, ir.DateValue]:
    return ibis.date(year, ibis.literal(1), ibis.literal(1)), ibis.date(
        year, ibis.literal(12), ibis.literal(31)
    )


def _in_years(ledgers: Ledgers, year: ir.IntegerValue) -> ir.BooleanValue:
    return year.between(ledgers.period.start.year, ledgers.period.end.year)


def _with_unit(ledgers: Ledgers, t: ir.Table) -> ir.Table:
    """Adds the unit of each person whom the staff list, where it is there, has in one unit only."""
    if not ledgers.has("person", "unit_id"):
        return t
    return t.left_join(staff_units(ledgers).rename(unit="of"), "person_id").drop("person_id_right")


@rule("KH-04")
def no_member(ledgers: Ledgers, p):
    h = ledgers.honor.filter(
        ledgers.honor.honor_type.isin(p.honours) & _in_years(ledgers, ledgers.honor.year)
    )
    person = ledgers.person.select("is_party_member", unit="unit_id", subject_id="person_id")
    t = h.inner_join(person, "subject_id")
    yield "outside", t.filter(~t.is_party_member).mutate(subject=t.honor_id)


@rule("KH-B04")
def unpublished(ledgers: Ledgers, p):
    t = ledgers.honor.filter(_in_years(ledgers, ledgers.honor.year))
    calendar = published(ledgers, ledgers.period.end)
    days = calendar.filter(calendar.is_workday)
    public = t.join(days, days.cal_date.between(t.publicity_start, t.publicity_end))
    counts = public.group_by("honor_id").agg(days=public.count())
    t = t.left_join(counts, "honor_id").drop("honor_id_right")
    t = placed(ledgers, t.mutate(days=t.days.fill_null(0)))
    yield "blank", t.filter(any_null(t.publicity_start, t.publicity_end))
    # working days that are not published yet cannot be counted
    counted = t.publicity_start.isin(calendar.cal_date) & t.publicity_end.isin(calendar.cal_date)
    yield "short", t.filter(counted & (t.days < p.n_workdays))


@rule("KH-05")
def honoured_unit(ledgers: Ledgers, p):
    h = ledgers.honor.filter((ledgers.honor.subject_type == "单位") & _in_years(ledgers, ledgers.honor.year))
    seen = shown(ledgers.finding.filter(ledgers.finding.severity == "high"))
    t = h.inner_join(seen.rename(subject_id="unit"), "subject_id")
    yield "open", t.mutate(_rids=ibis.array([t._rid, t["first"]]), subject=t.honor_id, unit=t.subject_id)
