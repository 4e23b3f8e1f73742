"""Around holidays: inspections that reached the units, gifts, allowances, what inspections led to."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import NotRun, entries, rule
from mingjing.rules.expr import active, matches, mentions, over, under
from mingjing.rules.festivals import Window, windows, within
from mingjing.rules.ledgers import Ledgers

CHECK = "节日专项检查"
BUREAU = "机关"


def judged(ledgers: Ledgers, p) -> list[Window]:
    """Windows of inspection that closed in the period and lie in the ledger's time: only those can have been missed."""
    reach = ledgers.activity_log.act_time.min().execute()
    if reach != reach:  # NaT: nothing of the ledger had happened by then
        raise NotRun("no_rows", "activity_log")
    return [
        window
        for window in windows(ledgers, p.before_days, p.after_days, p.festivals)
        if ledgers.start <= window.closes <= ledgers.end
        and (window.opens >= ledgers.start or reach.date() <= window.opens)
    ]


def inspections(ledgers: Ledgers, p, window: Window) -> ir.Table:
    """Inspections of one festival; where two share one rest, an inspection of either is one of both."""
    rest = (window.rest_first, window.rest_last)
    all_windows = windows(ledgers, p.before_days, p.after_days)
    named = [w.festival for w in all_windows if (w.rest_first, w.rest_last) == rest]
    t = entries(ledgers, "activity_log", "act_type", CHECK)
    t = t.filter(t.act_time.date().between(window.opens, window.closes))
    return t.filter(t.festival.isin(named) | t.festival.isnull())


def reached(ledgers: Ledgers, p, window: Window) -> ir.Table:
    """Units due, each with the `visits` it had for this festival (NULL for none)."""
    checks = inspections(ledgers, p, window).group_by("unit_id").agg(visits=_.count())
    due = active(ledgers.unit).filter(_.unit_type.isin(p.unit_types))
    return due.left_join(checks, "unit_id").drop("unit_id_right")


@rule("JR-01")
def inspected(ledgers: Ledgers, p):
    entries(ledgers, "activity_log", "act_type", CHECK)
    spans = judged(ledgers, p)
    if not spans:
        raise NotRun("unfinished")
    for window in spans:
        t = reached(ledgers, p, window)
        t = t.mutate(window_zh=ibis.literal(window.label("zh")), window_en=ibis.literal(window.label("en")))
        t = t.mutate(date=ibis.literal(window.closes))
        name = f"{window.year}|{window.festival}"
        if not p.sampling_ok:
            missed = t.filter(t.visits.isnull())
            yield "unit", missed.mutate(subject=missed.unit_id + "|" + name)
            continue
        seen = t.visits.notnull()
        rounds = inspections(ledgers, p, window).round_id.nunique().as_scalar()
        g = t.group_by("window_zh", "window_en", "date").agg(
            _rids=t._rid.collect(where=~seen),
            units=t.count(),
            reached=seen.sum(),
            visits=t.visits.sum().fill_null(0),
            skipped=((t.unit_type == BUREAU) & ~seen).any(),
            missed=t.unit_name.collect(where=~seen).sort(),
        )
        g = g.mutate(rounds=rounds, subject=ibis.literal(name))
        yield "none", g.filter(g.reached == 0)
        few = g.skipped | under(g.reached / g.units, p.min_share)
        yield "few", g.filter((g.reached > 0) & few)


def _around_holidays(ledgers: Ledgers, p, t: ir.Table) -> ir.Table:
    return within(ledgers, t, t.voucher_date, p.before_days, p.after_days, p.festivals)


@rule("JR-02")
def gifts(ledgers: Ledgers, p):
    yield "gift", presents(ledgers, p)


def presents(ledgers: Ledgers, p) -> ir.Table:
    """Payments around a rest whose summary names gifts, tobacco or alcohol; JF-02 leaves them to JR-02."""
    t = ledgers.expense
    t = t.filter(over(t.amount, 0) & mentions(t.summary, p.words, p.exceptions))
    t = t.filter(~(t.basis_doc_no.notnull() & matches(t.summary, p.excused)))
    if "reception" in ledgers:  # what was drunk and smoked at a registered reception is judged there
        dined = t.filter(t.econ_item == p.item).semi_join(ledgers.reception, ["unit_id", "voucher_no"])
        taken = dined.filter(~mentions(dined.summary, p.words, p.exceptions + "|" + p.served))
        t = t.anti_join(taken, "_rid")
    return _around_holidays(ledgers, p, t)


@rule("JR-03")
def allowances(ledgers: Ledgers, p):
    t = ledgers.expense
    t = t.filter(t.econ_item.isin(p.items) & over(t.amount, 0) & matches(t.summary, p.words))
    t = t.filter(t.basis_doc_no.notnull())  # without a document it is JF-04, whatever the day
    yield "paid", _around_holidays(ledgers, p, t)


@rule("JR-04")
def followed_up(ledgers: Ledgers, p):
    t = ledgers.activity_log
    t = t.filter(t.act_type.isin(p.kinds) & (t.issue_count > 0))
    yield "none", t.filter(t.rect_ref.isnull() & t.evidence_ref.isnull())
    named = t.filter(t.rect_ref.notnull())
    named = named.mutate(item_id=named.rect_ref.re_replace(r"[\s、，,;；]+", ";").split(";").unnest())
    unknown = named.filter(named.item_id != "").anti_join(ledgers.rectification, "item_id")
    yield "unknown", unknown.distinct(on="_rid")
