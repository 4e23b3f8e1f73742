"""Spending: budgets, hidden receptions, allowances, controls. Each function is one rule of `frugality_spending.toml`."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.catalogue import catalogue
from mingjing.rules.engine import NotRun, entries, rule
from mingjing.rules.expr import differs, graded, matches, mentions, over, same
from mingjing.rules.frugality.holidays import presents
from mingjing.rules.ledgers import Ledgers

WHOLE_YEAR = "全年"


def budget_lines(ledgers: Ledgers) -> ir.Table:
    """Lines of the period's years with `number`: the month, 0 for the whole year, NULL where it cannot be read."""
    t = ledgers.budget_exec
    t = t.filter(t.fiscal_year.between(ledgers.start.year, ledgers.end.year))
    number = t.month.re_extract(r"(\d{1,2})\D*$", 1).nullif("").cast("int64")
    number = ibis.ifelse(number.between(1, 12), number, ibis.null("int64"))
    t = t.mutate(number=ibis.ifelse(t.month == WHOLE_YEAR, 0, number))
    return t.filter((t.fiscal_year < ledgers.end.year) | (t.number <= ledgers.end.month) | t.number.isnull())


def budgets(ledgers: Ledgers) -> ir.Table:
    """One line a unit, year and item: `approved`, the budget in force; `raised`, one that was raised without a document;
    `spent` so far, by the line of the whole year, else by those of the months; `missing`, how many of the months that
    are over have none; `gone`, the share of the year that is over."""
    t = budget_lines(ledgers)
    end = ibis.date(t.fiscal_year.cast("int32"), 12, 31)
    last = ibis.least(end, ibis.literal(ledgers.end))
    months_over = ibis.ifelse(last == end, 12, (last + ibis.interval(days=1)).month() - 1)
    t = t.mutate(last=last, gone=last.day_of_year() / end.day_of_year(), months_over=months_over)
    raised = (differs(t.adjusted_budget, t.budget_amount) & t.adjust_doc_no.isnull()).fill_null(False)
    state = ibis.struct(
        {
            "approved": ibis.ifelse(raised, t.budget_amount, t.adjusted_budget.fill_null(t.budget_amount)),
            "raised": ibis.ifelse(raised, t.adjusted_budget, ibis.null("float64")),
        }
    )
    g = (
        t.filter(t.number.notnull())
        .mutate(state=state)
        .group_by("unit_id", "fiscal_year", "item")
        .agg(
            _rids=_._rid.collect(),
            _rid=_._rid.min(),
            whole=_.actual_amount.sum(where=_.number == 0),
            monthly=_.actual_amount.sum(where=_.number > 0),
            months=_.number.nunique(where=_.number.between(1, _.months_over)),
            state=_.state.argmax(_.number),
            date=_["last"].max(),
            gone=_.gone.max(),
            months_over=_.months_over.max(),
        )
    )
    g = g.mutate(
        approved=g.state["approved"],
        raised=g.state["raised"],
        spent=ibis.coalesce(g.whole, g.monthly).round(2),
        missing=ibis.ifelse(g.whole.notnull(), 0, g.months_over - g.months),
    )
    subject = [g.unit_id, g.fiscal_year.cast("string"), g.item]
    return g.mutate(subject=ibis.literal("|").join(subject), amount=(g.spent - g.approved).round(2))


def against_budget(ledgers: Ledgers, p, items: ir.BooleanValue):
    """What budgets and spending of these items come to; before the year's end fast spending is only a warning."""
    t = budgets(ledgers).filter(items)
    too_much = over(t.spent, t.approved)
    # What would be within the raised budget only lacks the document; what is over that as well is over.
    papers = (over(t.raised, t.approved) & ~over(t.spent, t.raised)).fill_null(False)
    yield "over", t.filter(too_much & ~papers)
    yield "raised", t.filter(too_much & papers).mutate(kind=ibis.literal("missing"))
    fast = ~too_much & (t.gone < 1) & over(t.spent, t.approved * (t.gone + p.ahead))
    t = t.mutate(used=(t.spent / t.approved * 100).round(1), elapsed=(t.gone * 100).round(1))
    yield "fast", graded(t.filter(fast), "warning", "low")
    yield "gap", graded(t.filter(t.missing > 0), "missing", "low")
    unread = budget_lines(ledgers).filter(items & _.number.isnull())
    yield "unread", graded(unread, "missing", "low")


@rule("JF-01")
def three_public(ledgers: Ledgers, p):
    yield from against_budget(ledgers, p, _.item.isin(p.items))


@rule("JF-09")
def other_items(ledgers: Ledgers, p):
    yield from against_budget(ledgers, p, _.item.notin(p.items))


@rule("JF-05")
def reconciled(ledgers: Ledgers, p):
    t = ledgers.expense
    item = ibis.coalesce(p.lookup("map", t.econ_item_code.left(5)), t.econ_item)
    t = t.mutate(item=item).filter(t.fiscal_year.between(ledgers.start.year, ledgers.end.year))
    booked = t.group_by("unit_id", "fiscal_year", "item").agg(
        booked=_.amount.sum(), lines=_._rid.collect(), vouchers=_.count()
    )
    kept = t.select("unit_id", "fiscal_year").distinct()
    # A unit that keeps no account of the year has nothing to be held against.
    b = (
        budgets(ledgers)
        .filter(_.item.isin(list(dict.fromkeys(p.map.values()))))
        .semi_join(kept, ["unit_id", "fiscal_year"])
    )
    b = b.filter(b.missing <= 0)
    b = b.left_join(booked, ["unit_id", "fiscal_year", "item"])
    b = b.mutate(booked=b.booked.fill_null(0).round(2), vouchers=b.vouchers.fill_null(0))
    b = b.mutate(gap=(b.spent - b.booked).round(2))
    off = b.filter(differs(b.spent, b.booked, p.tol_yuan))
    yield "gap", off.mutate(amount=off.gap.abs())


@rule("JF-02")
def hidden_reception(ledgers: Ledgers, p):
    t = entries(ledgers, "expense", "econ_item", *p.items).filter(_.amount > 0)
    t = t.filter(mentions(t.summary, p.words, p.not_words) | mentions(t.payee, p.payee_words, p.not_words))
    t = t.filter(~(t.econ_item.isin(p.approved_items) & t.basis_doc_no.notnull()))
    if ledgers.has("reception", "voucher_no"):
        # A reception on the ledger is not hidden: whether it is booked rightly, the rules on receptions say.
        t = t.anti_join(ledgers.reception, ["unit_id", "voucher_no"])
    yield "words", _without_presents(ledgers, t)


def _without_presents(ledgers: Ledgers, t: ir.Table) -> ir.Table:
    """One lead a row: what JR-02 shows as a gift around a festival is not shown again, unless JR-02 cannot judge."""
    if ledgers.missing(catalogue()["JR-02"].needs):
        return t
    try:
        return t.anti_join(presents(ledgers, ledgers.params("JR-02")).select("_rid"), "_rid")
    except NotRun:
        return t


@rule("JF-04")
def allowances(ledgers: Ledgers, p):
    t = ledgers.expense
    item = t.econ_item.isin(p.items) | t.econ_item_code.left(5).isin(p.codes)
    yield (
        "undocumented",
        t.filter(item & (t.amount > 0) & t.basis_doc_no.isnull() & ~matches(t.summary, p.not_words)),
    )


@rule("JF-B04")
def separated(ledgers: Ledgers, p):
    t = ledgers.expense
    yield "approver", t.filter(same(t.handler_id, t.approver_id))
    yield "reviewer", t.filter(same(t.handler_id, t.reviewer_id))
    yield "unapproved", t.filter(t.approver_id.isnull()).mutate(kind=ibis.literal("missing"))


@rule("JF-B06")
def prepaid(ledgers: Ledgers, p):
    t = ledgers.expense
    written = t.summary.fill_null("") + " " + t.payee.fill_null("")
    yield "card", t.filter((t.amount > 0) & mentions(written, p.words, p.not_words))
