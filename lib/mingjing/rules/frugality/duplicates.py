"""Payments made twice: the same invoice again, and payments that differ by a slip only.

Candidates share all but one of payee, invoice number and amount and are proposed by joins in the engine; only those
pairs are compared letter by letter. A sum that a payee is paid again and again is a tariff and proposes nothing, so
the work stays proportional to the ledger.
"""

from functools import partial

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from mingjing.rules.engine import rule
from mingjing.rules.expr import days_between, graded, squeezed
from mingjing.rules.frugality.alike import amounts, firms, invoices
from mingjing.rules.frugality.purchases import firm
from mingjing.rules.ledgers import Ledgers

# What may differ → what both entries share; "blank": one of them has no invoice number at all.
BLOCKS = {
    "number": ("firm", "fen"),
    "firm": ("number", "fen"),
    "fen": ("firm", "number"),
    "blank": ("firm", "fen", "text"),
}
CASES = (
    *("number_written", "number_swapped", "number_typed", "number_dropped"),
    *("firm_written", "firm_ordered", "firm_shortened", "firm_typed"),
    *("fen_swapped", "fen_shifted", "blank"),
)
WEAK = ("number_typed", "number_dropped", "firm_typed", "blank")


def payments(ledgers: Ledgers) -> ir.Table:
    """Entries that share payee and number, or one of them and the sum (of either sign), with another entry, and with them
    all that the rules need: `number` (invoice number, bare), `firm` (payee, bare), `fen`, `day` (since 1970), `text`."""
    return ledgers.materialised("payment", lambda: _payments(ledgers))


def _payments(ledgers: Ledgers) -> ir.Table:
    t = ledgers.expense.semi_join(_alike_by_key(ledgers), "_rid")
    return t.select(
        *("_rid", "line_id", "unit_id", "voucher_no", "voucher_date", "payee", "invoice_no", "amount"),
        number=_bare(t.invoice_no).nullif(""),
        firm=firm(t.payee),
        fen=_fen(t.amount),
        day=days_between(ibis.date("1970-01-01"), t.voucher_date),
        text=squeezed(t.summary),
    )


def _alike_by_key(ledgers: Ledgers) -> ir.Table:
    """`_rid` of these entries. Few of a large ledger are: told by hashes, as the names of all would fill the memory, and
    two texts with one hash only make it a few more. Each key is counted by itself: at once, the three fill it too."""
    t = ledgers.materialised("payment_key", lambda: _keys(ledgers.expense))
    keys = [
        (t.numbered, ("firm", "number")),
        (t.numbered, ("number", "sum")),
        (t.named, ("firm", "sum")),
    ]
    found = []
    for known, key in keys:
        kept = t.filter(known)
        shared = ledgers.materialised(f"payment_{'_'.join(key)}", partial(_shared, kept, key))
        found.append(kept.semi_join(shared, key).select("_rid"))
    return ibis.union(*found)


def _shared(t: ir.Table, key: tuple[str, ...]) -> ir.Table:
    return t.group_by(key).agg(entries=_.count()).filter(_.entries > 1).select(key)


def _keys(t: ir.Table) -> ir.Table:
    number, name = _bare(t.invoice_no), firm(t.payee)
    return t.select(
        "_rid",
        number=number.hash(),
        firm=name.hash(),
        sum=_fen(t.amount).abs(),
        numbered=number > "",
        named=name.notnull(),
    )


def _bare(number: ir.StringValue) -> ir.StringValue:
    return number.upper().re_replace(r"[^\pL\pN]+", "")


def _fen(amount: ir.NumericValue) -> ir.IntegerValue:
    return (amount * 100).round().cast("int64")


@rule("JF-03")
def paid_again(ledgers: Ledgers, p):
    t = payments(ledgers)
    t = t.filter(t.number.notnull())
    several = t.group_by("firm", "number").agg(entries=_.count()).filter(_.entries > 1)
    t = t.semi_join(several, [t.firm.identical_to(several.firm), t.number == several.number])
    # Each unit numbers its own vouchers: one number in two units is two vouchers.
    vouchers = t.group_by("firm", "number", "unit_id", "voucher_no").agg(
        fen=_.fen.sum(), rids=_._rid.collect()
    )
    same_sum = vouchers.group_by("firm", "number", absolute=vouchers.fen.abs()).agg(
        net=vouchers.fen.sign().sum(), rids=vouchers.rids.collect().flatten()
    )
    again = same_sum.filter((same_sum.net > 1) & (same_sum.absolute > 0))
    again = again.mutate(amount=(again.net - 1) * again.absolute / 100)
    yield "again", _found(again, t)
    left = same_sum.filter((same_sum.net == 1) & (same_sum.absolute > 0))
    parts = left.group_by("firm", "number").agg(
        net=_.count(), rids=_.rids.collect().flatten(), amount=_.absolute.sum() / 100
    )
    yield "parts", graded(_found(parts.filter(_.net > 1), t), "suspect", "low")


def _found(g: ir.Table, t: ir.Table) -> ir.Table:
    """Groups of entries as findings about their last entry."""
    g = g.mutate(_rid=g.rids.maxs(), _rids=g.rids)
    last = t.select("_rid", "payee", "invoice_no", unit="unit_id", date="voucher_date")
    g = g.inner_join(last, "_rid")
    return g.mutate(subject=g.firm + "|" + g.number, times=g.net)


def open_payments(ledgers: Ledgers) -> ir.Table:
    """Positive entries that no negative one of the same payee, number and amount has taken back."""
    return ledgers.materialised("open_payment", lambda: _open_payments(payments(ledgers)))


def _open_payments(t: ir.Table) -> ir.Table:
    # neither a bare number nor a bare name holds a dash: it stands for none, which joins would leave out
    t = t.mutate(of_firm=t.firm.fill_null("-"), of_number=t.number.fill_null("-"), sum=t.fen.abs())
    key = ["of_firm", "of_number", "sum"]
    back = t.filter(t.fen < 0).select(key).distinct()
    touched = t.semi_join(back, key)
    left = touched.group_by(key).agg(net=touched.fen.sign().sum()).filter(_.net > 0)
    kept = t.anti_join(back, key).union(touched.semi_join(left, key))
    return kept.filter((_.fen > 0) & _.day.notnull()).drop(key)


def block(t: ir.Table, differ: str, most: int) -> ir.Table:
    """Entries that share all but `differ` with 1 to `most` - 1 others; what more of them share is a tariff."""
    shared = BLOCKS[differ]
    t = t.filter(ibis.and_(*(t[column].notnull() for column in shared)))
    sizes = t.group_by(shared).agg(size=_.count()).filter(_.size.between(2, most))
    return t.inner_join(sizes, shared)


def pairs(t: ir.Table, differ: str, window: int, most: int) -> ir.Table:
    """`_rid` of the later entry, `other` of the earlier, `days` between them, both sides of what differs, and the `size`
    of their block."""
    shared, kept = BLOCKS[differ], block(t, differ, most)
    value = {"number": kept.invoice_no, "firm": kept.payee, "fen": kept.amount, "blank": kept.invoice_no}[
        differ
    ]
    kept = kept.select(
        *shared,
        "_rid",
        "day",
        "voucher_no",
        "size",
        compared=kept[{"blank": "number"}.get(differ, differ)],
        value=value,
    )
    other = kept.rename(lambda column: column if column in shared else f"other_{column}")
    both = kept.join(other, [*shared, kept.voucher_no != other.other_voucher_no])
    days = both.day - both.other_day
    both = both.filter(days.between(0, window) & ((days > 0) | (both._rid > both.other__rid)))
    unknown = both.compared.isnull() | both.other_compared.isnull()
    both = both.filter(unknown if differ == "blank" else both.compared != both.other_compared)
    return both.select(
        "_rid", "value", "other_value", "size", other="other__rid", days=both.day - both.other_day
    )


def _alike(differ: str, pair: dict, p) -> str | None:
    """The case of a pair, or None where the two are simply different. A weak likeness needs a block of its own: among
    many equal sums two numbers that are close are no surprise."""
    how = {
        "number": invoices,
        "firm": lambda a, b: firms(a, b, p.firm_likeness),
        "fen": amounts,
        "blank": lambda a, b: "blank",
    }[differ](pair["value"], pair["other_value"])
    case = how if how in (None, "blank") else f"{differ}_{how}"
    return None if case in WEAK and pair["size"] > p.weak_times else case


def near(ledgers: Ledgers, p) -> ir.Table:
    """Each entry that looks like an earlier one, once, with the earliest it resembles for the strongest reason."""
    return ledgers.derived(f"near_{p.window_days}_{p.tariff_times}", lambda: _near(ledgers, p))


def _near(ledgers: Ledgers, p) -> pa.Table:
    t, best = open_payments(ledgers), {}
    for differ in BLOCKS:
        window = p.blank_days if differ == "blank" else p.window_days
        for pair in pairs(t, differ, window, p.tariff_times).to_pyarrow().to_pylist():
            if case := _alike(differ, pair, p):
                rank = (CASES.index(case), pair["other"])
                best[pair["_rid"]] = min(
                    best.get(pair["_rid"], (rank, pair)), (rank, pair), key=lambda x: x[0]
                )
    rows = [
        {"_rid": rid, "case": CASES[rank[0]], **{k: pair[k] for k in ("other", "days")}}
        for rid, (rank, pair) in sorted(best.items())
    ]
    types = [("_rid", pa.int64()), ("case", pa.string()), ("other", pa.int64()), ("days", pa.int64())]
    return pa.Table.from_pylist(rows, pa.schema(types))


@rule("JF-06")
def nearly_paid_again(ledgers: Ledgers, p):
    t, found = payments(ledgers), near(ledgers, p)
    other = t.select(
        other="_rid",
        other_payee="payee",
        other_invoice="invoice_no",
        other_amount="amount",
        other_date="voucher_date",
    )
    t = t.inner_join(found, "_rid").inner_join(other, "other")
    t = t.mutate(_rids=ibis.array([t._rid, t.other]))
    for case in CASES:
        hit = t.filter(t.case == case)
        yield case, graded(hit, "suspect", "low") if case in WEAK else hit
