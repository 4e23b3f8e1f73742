"""Names on the prohibited list of the year, looked for in what was taken in, bought and paid: leads only."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import matches, squeezed
from mingjing.rules.ledgers import Ledgers

_CJK = "[\u4e00-\u9fff]"


def latin(text: ir.StringValue) -> ir.StringValue:
    """Words in small letters between single blanks: `EPO注射液` becomes ` epo `, so that words match whole."""
    return ibis.literal(" ") + text.lower().re_replace(r"[^0-9a-z]+", " ").strip() + " "


def names(ledgers: Ledgers, p) -> ir.Table:
    """Every name and alias of each year's list, as (`year`, `substance`, `in_competition_only`, `word`, `whole`)."""
    t = ledgers.prohibited_list
    years = range(ledgers.start.year, ledgers.end.year + 1)
    if not set(years) & set(t.year.execute()):
        raise NotRun("no_rows", "prohibited_list")
    keep = ("year", "substance", "in_competition_only")
    parts = [t.select(*keep, word=t[c]) for c in ("substance", "name_en")]
    for column in ("aliases_zh", "aliases_en"):
        parts.append(t.select(*keep, word=t[column].re_replace(r"[、，;；/|]+", ";").split(";").unnest()))
    words = ibis.union(*parts)
    chinese = words.word.re_search(_CJK)
    words = words.mutate(
        chinese=chinese, word=ibis.ifelse(chinese, squeezed(words.word).lower(), latin(words.word))
    )
    shortest = ibis.ifelse(words.chinese, p.least_chinese, p.least_latin + 2)
    return words.filter(words.word.length() >= shortest).distinct()


def on_list(ledgers: Ledgers, p, table: ir.Table, text: ir.StringValue, day: ir.DateValue) -> ir.Table:
    """Rows whose text holds a name of the list in force that year, each with the `names` found."""
    t = table.mutate(text=text.fill_null(""), day=day.cast("date"))
    t = t.filter(~matches(t.text, p.not_words) & ledgers.in_period(t.day))
    words = names(ledgers, p).rename(list_year="year", listed_word="word")
    there = ibis.ifelse(
        words.chinese,
        squeezed(t.text).lower().contains(words.listed_word),
        latin(t.text).contains(words.listed_word),
    )
    found = t.inner_join(words, [t.day.year() == words.list_year, there])
    found = found.group_by("_rid").agg(
        names=lambda g: g.substance.collect().unique().sort(),
        in_competition_only=lambda g: g.in_competition_only.fill_null(False).all(),
    )
    return t.inner_join(found, "_rid")


@rule("FX-12")
def taken_in(ledgers: Ledgers, p):
    t = ledgers.intake_txn
    t = t.filter(~t.contains_banned.fill_null(False))
    found = on_list(ledgers, p, t, t.item_name, t.txn_date)
    yield (
        "unticked",
        found.group_by("unit_id", "item_name", "batch_no").agg(
            _rids=lambda g: g._rid.collect(),
            subject=lambda g: (
                g.unit_id.min() + "|" + g.item_name.min() + "|" + g.batch_no.min().fill_null("")
            ),
            names=lambda g: g.names.first(),
            in_competition_only=lambda g: g.in_competition_only.all(),
            date=lambda g: g.txn_date.min(),
        ),
    )


@rule("FX-14")
def bought(ledgers: Ledgers, p):
    t = ledgers.purchase
    text = ibis.literal(" ").join([t.item_name.fill_null(""), t.spec.fill_null("")])
    day = ibis.coalesce(t.contract_date, t.approval_date, t.pay_date)
    found = on_list(ledgers, p, t, text, day)
    yield "bought", found.mutate(date=found.day)


@rule("FX-15")
def paid(ledgers: Ledgers, p):
    t = ledgers.expense
    yield "paid", on_list(ledgers, p, t, t.summary, t.voucher_date)
