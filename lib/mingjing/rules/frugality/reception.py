"""Official reception: letters, people at table, cost per head, what was served and where."""

import string

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import any_null, graded, matches, mentions, over, squeezed
from mingjing.rules.ledgers import Ledgers

DOMESTIC = "国内公务接待"
_PLAIN = string.digits + string.ascii_letters
_HEADS = ("guest_count", "companion_count", "meal_amount", "meal_type")


def receptions(ledgers: Ledgers) -> ir.Table:
    """Receptions with the kind they are judged by (a blank one is domestic) and `invited`: guests, but no more than
    the letter names, so that a longer guest list allows nothing."""
    t = ledgers.reception
    return t.mutate(
        kind_of=t.reception_kind.fill_null(DOMESTIC),
        invited=ibis.least(t.guest_count, t.letter_guest_count.nullif(0)),
    )


def meals(ledgers: Ledgers) -> ir.Table:
    """One row per meal the host paid: `_rid` of the reception, `_rids` with that of the meal, `invited`,
    `companions`, `meal_amount`, `meal_type`, `meal_day`, `meals` (how many such meals the row stands for),
    `charged` (what guests were charged, where it is not told meal by meal).

    A reception whose meals are not listed one by one stands for all its meals, at their mean cost.
    """
    r = receptions(ledgers)
    keep = (
        "_rid",
        "reception_id",
        "unit_id",
        "kind_of",
        "letter_unit",
        "visitor_unit",
        "letter_no",
        "start_date",
    )
    count = r.work_meal_count.fill_null(0)
    whole = r.select(
        *keep,
        _rids=ibis.array([r._rid]),
        guests=r.guest_count,
        invited=r.invited,
        companions=r.companion_count,
        meal_amount=r.meal_amount / ibis.greatest(count, 1),
        meal_type=r.meal_type,
        meal_day=r.start_date,
        meals=count,
        charged=r.guest_paid_amount.fill_null(0.0),
    )
    if "reception_meal" not in ledgers:
        return whole
    m = ledgers.reception_meal
    listed = m.distinct(on="reception_id").select("reception_id")
    m = m.filter(m.host_paid.fill_null(True)).select(
        "reception_id", "meal_date", **{f"meal_{n}": m[n] for n in _HEADS}, meal_rid=m._rid
    )
    t = r.inner_join(m, "reception_id")
    guests = ibis.coalesce(t.meal_guest_count, t.guest_count)
    detail = t.select(
        *keep,
        _rids=ibis.array([t._rid, t.meal_rid]),
        guests=guests,
        invited=ibis.least(guests, t.letter_guest_count.nullif(0)),
        companions=ibis.coalesce(t.meal_companion_count, t.companion_count),
        meal_amount=t.meal_meal_amount,
        meal_type=t.meal_meal_type,
        meal_day=t.meal_date,
        meals=ibis.literal(1, "int64"),
        charged=ibis.literal(0.0),
    )
    return whole.anti_join(listed, "reception_id").union(detail)


def domestic(t: ir.Table) -> ir.Table:
    return t.filter(t.kind_of == DOMESTIC)


@rule("JD-01")
def no_letter(ledgers: Ledgers, p):
    t = domestic(receptions(ledgers))
    yield "number", t.filter(t.letter_no.isnull())
    yield "letter", t.filter(t.letter_no.notnull() & ~t.has_letter.fill_null(True))


@rule("JD-02")
def companions(ledgers: Ledgers, p):
    t = domestic(meals(ledgers))
    t = t.filter(t.meals > 0)
    few = t.invited <= p.small_n
    t = t.mutate(most=ibis.ifelse(few, p.small_max, (t.invited / p.ratio_den).floor().cast("int64")))
    t = t.mutate(subject=t.reception_id, date=t.meal_day, amount=t.meal_amount)
    yield "many", _first_of(t.filter(t.companions > t.most))
    yield "unknown", _first_of(graded(t.filter(any_null(t.companions, t.invited)), "missing", "low"))


def _first_of(t: ir.Table) -> ir.Table:
    """One row per reception where several of its meals are at fault: the one furthest over."""
    order = (t.companions - t.most).fill_null(0).desc(), t.meal_day
    place = ibis.row_number().over(group_by="reception_id", order_by=order)
    return t.mutate(_place=place).filter(_._place == 0).drop("_place")


@rule("JD-03")
def vouchers(ledgers: Ledgers, p):
    t = receptions(ledgers)
    t = t.filter(over(t.total_amount, 0))
    yield "invoice", t.filter(~t.has_invoice.fill_null(False))
    t = domestic(t)
    listed = t.has_list.fill_null(False)
    yield "list", t.filter(~listed)
    yield "signer", t.filter(listed & t.list_signer_id.isnull())


@rule("JD-04")
def against_letter(ledgers: Ledgers, p):
    t = receptions(ledgers)
    t = t.mutate(visitor=_organisation(p, t.visitor_unit), sender=_organisation(p, t.letter_unit))
    known = t.visitor.startswith(t.sender) | t.sender.startswith(t.visitor)
    yield "unit", t.filter(~known)
    yield "guests", t.filter(t.guest_count > t.letter_guest_count)
    yield "days", t.filter((t.start_date < t.letter_start_date) | (t.end_date > t.letter_end_date))


def _organisation(p, name: ir.StringValue) -> ir.StringValue:
    """An organisation's name in full, without spaces, brackets and full-width forms; NULL where nothing is left."""
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in _PLAIN)
    name = name.translate(wide, _PLAIN).re_replace("[^0-9A-Za-z\u4e00-\u9fff]", "")
    for short, full in p.short_names.items():
        name = ibis.ifelse(name == short, full, name)
    return name.nullif("")


def _letter(ledgers: Ledgers, t: ir.Table, between: str) -> ir.StringValue:
    """The letter by sender and number, however a clerk spaced them; NULL where there is no number."""
    names = ledgers.params("JD-10")
    return (
        _organisation(names, ibis.coalesce(t.letter_unit, t.visitor_unit)) + between + squeezed(t.letter_no)
    )


@rule("JD-05")
def one_meal(ledgers: Ledgers, p):
    t = domestic(meals(ledgers))
    t = t.mutate(visit=ibis.coalesce(_letter(ledgers, t, " "), t.reception_id))
    g = t.group_by("unit_id", "visit").agg(
        _rid=t._rid.min(),
        _rids=t._rids.collect().flatten().unique(),
        meals=t.meals.sum(),
        charged=t.charged.max(),
        first=t.meal_day.min(),
        date=t.meal_day.max(),
        amount=(t.meal_amount * t.meals).sum(),
        records=t.reception_id.nunique(),
    )
    g = g.filter(g.meals > p.max_meals).mutate(subject=g.visit)
    yield "meals", g.filter(~over(g.charged, 0))
    yield "charged", graded(g.filter(over(g.charged, 0)), "suspect", "low")


@rule("JD-06")
def per_head(ledgers: Ledgers, p):
    t = meals(ledgers)
    t = t.filter(over(t.meal_amount, 0))
    named = p.lookup("std_yuan", t.kind_of + "·" + t.meal_type, t.meal_day)
    # A meal that is not named is held against the dearest of its kind: what exceeds that exceeds all.
    dearest = ibis.greatest(
        *(p.lookup("std_yuan", t.kind_of + "·" + m, t.meal_day) for m in ("早餐", "午餐", "晚餐"))
    )
    t = t.mutate(
        std=ibis.coalesce(named, dearest).cast("float64"),
        heads=t.invited + t.companions.fill_null(0),
        listed=t.guests + t.companions.fill_null(0),
        subject=t.reception_id + "|" + t.meal_day.strftime("%Y-%m-%d") + "|" + t.meal_type.fill_null(""),
        date=t.meal_day,
    )
    dear = t.filter((t.heads > 0) & over(t.meal_amount, t.heads * t.std))
    dear = dear.mutate(
        per_head=(dear.meal_amount / dear.heads).round(2),
        amount=(dear.meal_amount - dear.heads * dear.std).round(2),
    )
    padded = over(dear.meal_amount, dear.listed * dear.std)
    yield "listed", dear.filter(padded)
    yield "invited", dear.filter(~padded)
    yield "nobody", graded(t.filter(t.heads.isnull() | (t.heads == 0)), "missing", "medium")
    yield "standard", graded(t.filter((t.heads > 0) & t["std"].isnull()), "missing", "low")


@rule("JD-07")
def served(ledgers: Ledgers, p):
    flags = ("tobacco_flag", "premium_dish_flag", "premium_liquor_flag", "liquor_flag")
    if not any(ledgers.has("reception", column) for column in (*flags, "menu_text")):
        raise NotRun("column_missing", ", ".join(f"reception.{column}" for column in (*flags, "menu_text")))
    t = domestic(receptions(ledgers))
    yes = {column: t[column].fill_null(False) for column in flags}
    banned = ~p.at("liquor_allowed", t.start_date)
    drinks = yes["premium_liquor_flag"] | (banned & yes["liquor_flag"])
    ticked = yes["tobacco_flag"] | yes["premium_dish_flag"] | drinks
    yield "tobacco", t.filter(yes["tobacco_flag"])
    yield "dishes", t.filter(yes["premium_dish_flag"])
    yield "liquor", t.filter(drinks)
    words = p.at("words", t.start_date)
    rest = t.menu_text.re_replace(p.exceptions, " ")
    found = t.filter(~ticked & mentions(t.menu_text, words, p.exceptions)).mutate(
        words=rest.re_extract(words, 0)
    )
    yield "menu", graded(found, "suspect", "medium")


@rule("JD-08")
def places(ledgers: Ledgers, p):
    if not any(ledgers.has("reception", column) for column in ("venue_type", "venue")):
        raise NotRun("column_missing", "reception.venue_type, reception.venue")
    t = domestic(receptions(ledgers))
    banned = t.venue_type.isin(p.venue_types).fill_null(False)
    yield "type", t.filter(banned)
    yield "name", graded(t.filter(~banned & matches(t.venue, p.words)), "suspect", "medium")


@rule("JD-09")
def approval(ledgers: Ledgers, p):
    t = receptions(ledgers)
    latest = (t.start_date + ibis.interval(days=p.grace_days)).cast("date")
    yield "date", t.filter(t.approval_date.isnull())
    yield "approver", t.filter(t.approver_id.isnull())
    yield "late", t.filter(t.approval_date > latest)


@rule("JD-10")
def letter_again(ledgers: Ledgers, p):
    t = receptions(ledgers)
    t = t.mutate(letter=_letter(ledgers, t, "|"))
    t = t.filter(t.letter.notnull())
    # each unit numbers its vouchers itself
    t = t.mutate(voucher=t.unit_id + "|" + t.voucher_no)
    other = t.select("letter", other="_rid", begins="start_date", ends="end_date")
    pairs = t.inner_join(other, "letter")
    meets = (pairs.start_date <= pairs.ends) & (pairs.begins <= pairs.end_date)
    clash = pairs.filter(meets & (pairs._rid != pairs.other)).distinct(on="letter").select("letter")
    g = t.group_by("letter").agg(
        _rids=_._rid.collect(),
        records=_.count(),
        vouchers=_.voucher.nunique(),
        units=_.unit_id.nunique(),
        unit=_.unit_id.argmin(_._rid),
        date=_.start_date.max(),
        amount=_.total_amount.sum(),
    )
    days = g.filter(g.vouchers <= 1).semi_join(clash, "letter")
    for case, found in (("vouchers", g.filter(g.vouchers > 1)), ("days", days)):
        yield case, found.mutate(subject=found.letter, letter=found.letter.replace("|", " "))
