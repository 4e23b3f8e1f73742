"""Three-colour cards. Each function is one rule of `catalogue/responsibility.toml`."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import days_between, month_of, told_apart
from mingjing.rules.ledgers import Ledgers
from mingjing.rules.responsibility.sanctions import on_file, ran

# What a card becomes that was not put right, or was one too many; only these two are raised.
NEXT = {"蓝": "黄", "黄": "红"}


def cards(ledgers: Ledgers) -> ir.Table:
    """Cards without an exemption on file; `unit` where the card was given to one."""
    t = ledgers.tricolor.filter(ledgers.tricolor.exemption_no.isnull())
    return t.mutate(unit=_itself(t))


def _itself(t: ir.Table) -> ir.StringValue:
    """The subject where it is a unit."""
    return ibis.ifelse(t.subject_type == "单位", t.subject_id, ibis.null("string"))


def staff_units(ledgers: Ledgers) -> ir.Table:
    """`person_id`, `of`: the unit of each person whom the staff list has in one unit only."""
    staff = ledgers.person.group_by("person_id").agg(of=_.unit_id.min(), last=_.unit_id.max())
    return staff.filter(staff.of == staff.last).drop("last")


def placed(ledgers: Ledgers, t: ir.Table) -> ir.Table:
    """`unit` of each row: the subject where it is a unit, else the unit that the staff list has for the person, if it has one."""
    itself = t.mutate(unit=_itself(t))
    if not ledgers.has("person", "unit_id"):
        return itself
    staff = staff_units(ledgers).rename(subject_id="person_id")
    joined = itself.left_join(staff, "subject_id").drop("subject_id_right")
    return joined.mutate(unit=joined.unit.fill_null(joined.of)).drop("of")


@rule("SS-01")
def no_card(ledgers: Ledgers, p):
    f = ledgers.finding
    f = f.filter(f.since.isnull() | (f.since <= ledgers.as_of))  # what falls due later triggers nothing yet
    given = cards(ledgers).select("unit", "color", "issue_date")
    for colour, rules in p.matrix.items():
        enough = p.ranks[colour]
        triggers = f.filter(f.rule_id.isin(rules) & f.unit.notnull())
        # the rule that the message names is that of the first row it shows
        row = triggers._rid.cast("string").lpad(20, "0").fill_null("~")
        triggers = triggers.mutate(place=row + triggers.rule_id, finding=told_apart(triggers))
        g = triggers.group_by("unit").agg(
            _rids=_._rid.collect(),
            events=_.finding.nunique(),
            start=_.since.min(),
            example=_.rule_id.argmin(_.place),
        )
        g = g.filter(g.events >= p.min_count)
        high = given.filter(p.lookup("ranks", given.color) >= enough)
        answered = g.join(high, (g.unit == high.unit) & (g.start.isnull() | (high.issue_date >= g.start)))
        open_ = g.anti_join(answered.select("unit").distinct(), "unit")
        last = (open_.start + ibis.interval(days=p.grace_days)).cast("date")
        open_ = open_.filter(open_.start.isnull() | (last < ledgers.as_of))
        yield "none", open_.mutate(colour=ibis.literal(colour), subject=open_.unit + "|" + colour)


@rule("SS-02")
def not_escalated(ledgers: Ledgers, p):
    t = placed(ledgers, cards(ledgers))
    done = ledgers.by_then(t.rect_done_date)
    latest = (t.rect_due_date + ibis.interval(days=p.grace_days)).cast("date")
    lapsed = t.filter(
        t.color.isin(list(NEXT)) & ((done.isnull() & (latest < ledgers.as_of)) | (done > latest))
    )
    raised = t.filter(t.color.isin(list(NEXT.values()))).select(card_id="prev_card_id", step="color")
    # one more card of the same colour raises nothing
    answered = lapsed.inner_join(raised, "card_id").filter(_.color != _.step)
    yield "lapsed", lapsed.anti_join(answered, "card_id")
    blue = t.filter(t.color == "蓝")
    quarter = blue.mutate(
        quarter=blue.issue_date.year().cast("string") + "Q" + blue.issue_date.quarter().cast("string")
    )
    many = quarter.group_by("subject_id", "unit", "quarter").agg(
        _rids=quarter._rid.collect(),
        cards=quarter.count(),
        date=quarter.issue_date.max(),
        start=quarter.issue_date.min(),
    )
    many = many.filter(many.cards >= p.nb).mutate(color=ibis.literal("蓝"), higher=ibis.literal(NEXT["蓝"]))
    yield "many", _without(many, t, ["黄", "红"])
    yellow = t.filter(t.color == "黄")
    later = yellow.select("subject_id", other="_rid", later="issue_date")
    pair = yellow.inner_join(later, "subject_id")
    window = (pair.issue_date + ibis.interval(months=p.window_months)).cast("date")
    near = pair.filter((pair.later >= pair.issue_date) & (pair.later <= window))
    many = near.group_by("subject_id", "unit", "card_id").agg(
        _rids=near.other.collect(), cards=near.count(), date=near.later.max(), start=near.issue_date.min()
    )
    many = many.filter(many.cards >= p.ny).mutate(color=ibis.literal("黄"), higher=ibis.literal(NEXT["黄"]))
    yield "many", _without(many, t, ["红"])


def _without(many: ir.Table, cards: ir.Table, colours: list[str]) -> ir.Table:
    """Those without a higher card of the same subject since the first of them."""
    higher = cards.filter(cards.color.isin(colours)).select("subject_id", raised="issue_date")
    answered = many.join(higher, [many.subject_id == higher.subject_id, higher.raised >= many.start])
    open_ = many.anti_join(answered.select("subject_id", "start").distinct(), ["subject_id", "start"])
    return open_.mutate(subject=open_.subject_id + "|" + open_.color + "|" + month_of(open_.start))


@rule("SS-03")
def unused(ledgers: Ledgers, p):
    t = placed(ledgers, cards(ledgers))
    t = t.filter(t.color.isin(["黄", "红"]))
    waited = days_between(t.issue_date, ibis.literal(ledgers.as_of))
    yield "unused", t.filter(t.consequence.isnull() & (waited > p.n_days))


@rule("SS-04")
def promoted(ledgers: Ledgers, p):
    t = ledgers.appointment
    known = False
    if on_file(ledgers):
        known = True
        person = ledgers.person.select("person_id", "discipline_start_date", "discipline_end_date")
        s = t.inner_join(person, "person_id")
        yield "sanction", s.filter(ran(s, s.decided_date, s.decided_date, p.least_months))
    if ledgers.has("tricolor"):
        known = True
        c = cards(ledgers).filter(lambda c: c.color.isin(p.colours))
        c = c.select("issue_date", "lifted_date", "color", card="_rid", person_id="subject_id")
        s = t.inner_join(c, "person_id")
        s = s.filter(
            (s.issue_date <= s.decided_date) & (s.lifted_date.isnull() | (s.lifted_date > s.decided_date))
        )
        yield "card", s.mutate(_rids=ibis.array([s._rid, s.card]))
    if not known:
        raise NotRun("no_data", "person.discipline_end_date, tricolor")
