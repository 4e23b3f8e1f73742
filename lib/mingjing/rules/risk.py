"""Integrity risks. Each function is one rule of `catalogue/risk.toml`."""

from datetime import date

import ibis

from mingjing.rules.engine import rule
from mingjing.rules.expr import active, add_months, any_null, on_post, shown
from mingjing.rules.ledgers import Ledgers
from mingjing.tables import tables

# what a risk point in force has to tell
_ELEMENTS = ("power_item", "risk_desc", "risk_level", "controls", "person_id", "leader_id")


def register(ledgers: Ledgers, p=None):
    """Risk points in force; with a rule's thresholds, their level in one scale (`level`: 高 中 低)."""
    t = ledgers.risk_register.filter(ledgers.risk_register.status == "有效")
    return t.mutate(level=ibis.coalesce(p.lookup("alias", t.risk_level), t.risk_level)) if p else t


@rule("LZ-01")
def incomplete(ledgers: Ledgers, p):
    t = register(ledgers)
    t = t.filter(any_null(*(t[column] for column in _ELEMENTS)))
    yield "blank", t.mutate(missing_zh=_lacking(t, "zh"), missing_en=_lacking(t, "en"))


def _lacking(t, lang: str):
    """The headers of the elements that a row leaves blank."""
    heads = {column: tables()["risk_register"].columns[column].label(lang) for column in _ELEMENTS}
    said = [ibis.ifelse(t[column].isnull(), head, ibis.null("string")) for column, head in heads.items()]
    return ibis.array(said).filter(lambda head: head.notnull())


@rule("LZ-02")
def misrated(ledgers: Ledgers, p):
    t = register(ledgers, p)
    t = t.filter(t.level.notnull())
    inside = t.likelihood.between(1, p.scale) & t.impact.between(1, p.scale)
    points = t.likelihood * t.impact
    band = ibis.cases((points >= p.high_min, "高"), (points >= p.mid_min, "中"), else_="低")
    t = t.mutate(points=points, band=band, inside=inside)
    yield "unscored", t.filter(any_null(t.likelihood, t.impact)).mutate(severity=ibis.literal("low"))
    yield "scale", t.filter(~t.inside)
    yield "band", t.filter(t.inside & (t.level != t.band))


@rule("LZ-03")
def uncontrolled(ledgers: Ledgers, p):
    t = register(ledgers, p)
    t = t.filter(t.level == "高")
    leaders = ledgers.person.select(leader_id="person_id", leader_level="post_level")
    yield "few", t.filter(t.control_count < p.min_controls)
    t = t.inner_join(leaders, "leader_id")
    yield "leader", t.filter(t.leader_level.notin(p.leaders))


@rule("LZ-04")
def unreviewed(ledgers: Ledgers, p):
    t = register(ledgers, p)
    seen = ibis.coalesce(ledgers.by_then(t.last_review_date), t.identified_date)
    due = (seen + p.lookup("cycle_months", t.level).as_interval("M")).cast("date")
    t = t.mutate(seen=seen, due=due)
    yield "overdue", t.filter(t.due < ledgers.as_of)


@rule("LZ-05")
def blank_area(ledgers: Ledgers, p):
    covered = register(ledgers).select("unit_id", "key_area").distinct()
    units = active(ledgers.unit)
    for area, flag in p.areas.items():
        # an area that binds every unit in use binds one of which nobody wrote whether it is
        bound = units.filter(units[flag].fill_null(flag == "active")).mutate(key_area=ibis.literal(area))
        gap = bound.anti_join(covered, ["unit_id", "key_area"])
        yield "gap", gap.mutate(subject=gap.unit_id + "|" + gap.key_area)


@rule("LZ-06")
def rotation(ledgers: Ledgers, p):
    t = ledgers.person
    t = t.filter(t.is_key_post.fill_null(False) & on_post(t, ledgers.as_of))
    long = add_months(t.post_start_date, 12 * p.max_years) < ledgers.as_of
    audited = ledgers.by_then(t.last_special_audit_date)
    recent = (add_months(audited, p.audit_months) >= ledgers.as_of).fill_null(False)
    yield "long", t.filter(long & ~recent)


@rule("LZ-07")
def talks(ledgers: Ledgers, p):
    for _name, first, last in ledgers.spans("year"):
        posts = _talked(ledgers, p, first, last)
        yield "few", posts.filter(posts.talks < posts.need)
    if running := ledgers.running("year"):
        posts = _talked(ledgers, p, running[1], ledgers.as_of)
        none = posts.filter(posts.talks == 0)
        yield "progress", none.mutate(kind=ibis.literal("warning"), severity=ibis.literal("low"))


def _talked(ledgers: Ledgers, p, first: date, last: date):
    """Key posts held all through the span, with the talks they had in it and the number they need."""
    d = ledgers.duty_record
    d = d.filter(d.rec_type.isin(p.kinds) & d.done_date.between(first, last))
    counts = d.group_by(person_id="target_person_id").agg(had=d.count())
    t = ledgers.person
    t = t.filter(t.is_key_post.fill_null(False) & on_post(t, last) & (t.post_start_date <= first))
    t = t.left_join(counts, "person_id").drop("person_id_right")
    need = ibis.literal(p.min_per_year)
    if ledgers.has("risk_register", "risk_level", "person_id"):
        r = register(ledgers, p)
        high = r.filter(r.level == "高").select("person_id").distinct()
        need = ibis.ifelse(t.person_id.isin(high.person_id), p.high_risk_min_per_year, p.min_per_year)
    return t.mutate(talks=t.had.fill_null(0), need=need, year=ibis.literal(first.year))


@rule("LZ-B02")
def underrated(ledgers: Ledgers, p):
    t = register(ledgers, p)
    t = t.filter(t.level.notnull()).mutate(rank=p.lookup("ranks", t.level))
    highest = t.group_by("unit_id", "key_area").agg(highest=t.rank.max())
    low = t.inner_join(highest, ["unit_id", "key_area"])
    low = low.filter(low.highest == p.ranks["低"])
    f = ledgers.finding.filter(ledgers.finding.severity == "high")
    for area, prefixes in p.prefixes.items():
        seen = shown(f.filter(f.prefix.isin(prefixes))).rename(unit_id="unit")
        hit = low.filter(low.key_area == area).inner_join(seen, "unit_id")
        yield "underrated", hit.mutate(_rids=ibis.array([hit._rid, hit["first"]]))
