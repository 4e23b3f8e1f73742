"""Office procurement. Each function is one rule of `catalogue/frugality_spending.toml`."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import days_between, graded, matches, over, same, under
from mingjing.rules.ledgers import Ledgers

SHOWN = ("amount", "contract_date", "supplier_name", "category_name")


def family(t: ir.Table, length: int) -> ir.StringValue:
    """Item family: the first characters of the code in the procurement classification."""
    return t.category_code.upper().left(length)


def firm(name: ir.StringValue) -> ir.StringValue:
    """A firm's name without spaces, punctuation, capitals and the words for its legal form."""
    plain = name.upper().re_replace(r"[^\pL\pN]+", "")
    return plain.re_replace("(股份)?有限(责任)?公司|公司$", "")


def call_off(t: ir.Table, self_bought: ir.BooleanValue) -> ir.BooleanValue:
    """A delivery under a contract that was itself procured: it names a framework, or a contract that is on the ledger
    with another method than buying by oneself. A number that only such purchases share excuses nothing."""
    procured = t.filter(~self_bought & t.contract_no.notnull()).select("contract_no").distinct()
    return t.framework_no.notnull() | t.contract_no.isin(procured.contract_no).fill_null(False)


def small_purchases(ledgers: Ledgers, p) -> ir.Table:
    """Own purchases that are no call-offs, with their `family` and `day` (days since 1970)."""
    t = ledgers.purchase
    own = t.method.isin(p.methods)
    t = t.mutate(own=own, called=call_off(t, own))
    t = t.filter(t.own & ~t.called & t.contract_date.notnull() & (t.amount > 0))
    day = days_between(ibis.date("1970-01-01"), t.contract_date)
    return t.mutate(family=family(t, p.code_prefix), day=day, vendor=firm(t.supplier_name))


def islands(t: ir.Table, by: str, window: int) -> ir.Table:
    """Rows of purchases below their `threshold` whose sum reaches it within `window` days: `_rid`, `island` (its first
    day). Purchases of one unit, family, `by` and threshold; windows that overlap make one island."""
    t = t.filter(under(t.amount, t.threshold) & t[by].notnull())
    group = ["unit_id", "family", by, "limit_name"]
    near = ibis.range_window(group_by=group, order_by="day", preceding=window, following=0)
    t = t.mutate(total=t.amount.sum().over(near), lines=t.count().over(near), start=t.day.min().over(near))
    ends = t.filter(~under(t.total, t.threshold) & (t.lines > 1))
    ends = ends.select(*group, "start", end=ends.day).distinct()
    order = ibis.window(group_by=group, order_by="end")
    ends = ends.mutate(new=(ends.start > ends.end.lag().over(order)).fill_null(True).cast("int64"))
    ends = ends.mutate(number=ends.new.sum().over(ibis.cumulative_window(group_by=group, order_by="end")))
    spans = ends.group_by(*group, "number").agg(island=_.start.min(), end=_.end.max())
    found = t.join(spans, [*group, t.day >= spans.island, t.day <= spans.end])
    return found.select(*SHOWN, *group, "_rid", "island", "threshold")


@rule("CG-01")
def tender_evaded(ledgers: Ledgers, p):
    t = ledgers.purchase
    tendered = t.method == "公开招标"
    t = t.mutate(tendered=tendered, called=call_off(t, t.method.isin(p.methods)))
    t = t.filter(~t.tendered & ~t.called & t.method_approval_no.isnull())
    kind = t.category_code.upper().left(1)
    limit = p.lookup("public_tender_yuan", kind, t.contract_date)
    t = t.mutate(
        threshold=ibis.coalesce(limit, p.lookup("public_tender_yuan", ibis.literal("A"), t.contract_date))
    )
    g = t.group_by("unit_id", "fiscal_year", "budget_project", "category_code").agg(
        _rids=_._rid.collect(),
        _rid=_._rid.min(),
        total=_.amount.sum(),
        lines=_.count(),
        threshold=_.threshold.min(),
        date=_.contract_date.max(),
        category_name=_.category_name.min(),
    )
    g = g.filter((g.lines > 1) & over(g.total, g.threshold))
    subject = [g.unit_id, g.fiscal_year.cast("string"), g.budget_project, g.category_code]
    yield "split", g.mutate(subject=ibis.literal("|").join(subject), amount=g.total.round(2))


@rule("CG-02")
def split(ledgers: Ledgers, p):
    t = small_purchases(ledgers, p)
    limits = [
        ibis.struct(
            {"name": key, "yuan": p.lookup("limits_yuan", ibis.literal(key), t.contract_date).cast("float64")}
        )
        for key in p.keys("limits_yuan")
    ]
    t = t.mutate(limits=ibis.array(limits)).unnest("limits")
    t = t.mutate(limit_name=t.limits["name"], threshold=t.limits["yuan"])
    for by in ("vendor", "requester_id"):
        rows = islands(t, by, p.window_days)
        highest = rows.threshold.max().over(ibis.window(group_by="_rid"))
        rows = rows.mutate(highest=highest).filter(_.threshold == _.highest)
        yield by.removesuffix("_id"), _summed(rows, by)
        # One lead for a purchase: what the vendor's view found is not looked at again by requester.
        t = t.anti_join(rows, "_rid")


def _summed(rows: ir.Table, by: str) -> ir.Table:
    """One line an island that still reaches its limit."""
    g = rows.group_by("unit_id", "family", by, "island", "limit_name", "threshold").agg(
        _rids=_._rid.collect(),
        _rid=_._rid.min(),
        total=_.amount.sum(),
        lines=_.count(),
        first_date=_.contract_date.min(),
        date=_.contract_date.max(),
        supplier_name=_.supplier_name.min(),
        category_name=_.category_name.min(),
    )
    g = g.filter(~under(g.total, g.threshold) & (g.lines > 1))
    subject = [g.unit_id, g.family, g[by], g.first_date.cast("string")]
    return g.mutate(subject=ibis.literal("|").join(subject), amount=g.total.round(2))


@rule("CG-03")
def outside_channel(ledgers: Ledgers, p):
    t, listed = ledgers.purchase, ledgers.procurement_catalog
    years = listed.select("year").distinct()
    known = t.semi_join(years, t.fiscal_year == years.year)
    if known.count().execute() == 0:
        raise NotRun("no_entries", "procurement_catalog.year")
    codes = listed.select("year", "min_amount", code=listed.category_code.upper().re_replace("(00)+$", ""))
    hit = known.join(
        codes, [known.fiscal_year == codes.year, known.category_code.upper().startswith(codes.code)]
    )
    hit = hit.filter(~under(hit.amount, hit.min_amount.fill_null(0)))
    yield "own", hit.filter(hit.method == "自行采购")


@rule("CG-05")
def separated(ledgers: Ledgers, p):
    t = ledgers.purchase
    yield "requester", t.filter(same(t.requester_id, t.approver_id))
    yield "approver", t.filter(same(t.buyer_id, t.approver_id))
    yield "acceptor", t.filter(same(t.buyer_id, t.acceptor_id))
    paid = t.mutate(date=ledgers.by_then(t.pay_date))
    yield "nobody", paid.filter(paid.acceptor_id.isnull() & paid.date.notnull())


@rule("CG-06")
def dear(ledgers: Ledgers, p):
    t = ledgers.purchase
    yield (
        "reference",
        t.filter(over(t.unit_price, t.ref_price * (1 + p.ref_tol))).mutate(reference=t.ref_price),
    )
    key = ["category_code", "spec", "fiscal_year"]
    peers = t.filter(t.spec.notnull()).group_by(key).agg(reference=_.unit_price.median(), seen=_.count())
    t = t.inner_join(peers, key)
    high = t.filter((t.seen >= p.min_n) & over(t.unit_price, t.reference * (1 + p.peer_tol)))
    yield "peers", high.mutate(reference=high.reference.round(2))


@rule("CG-07")
def over_configuration(ledgers: Ledgers, p):
    t = ledgers.purchase
    written = t.category_name.strip()
    item = ibis.coalesce(p.lookup("names", written), written)
    t = t.mutate(item=item, cap=p.lookup("cap_yuan", item, t.contract_date))
    known = t.filter(t.cap.notnull())
    if known.count().execute() == 0:
        raise NotRun("unknown_value", "purchase.category_name")
    special = matches(known.item_name, p.special) | matches(known.spec, p.special)
    yield "over", known.filter(over(known.unit_price, known.cap) & ~special)


@rule("CG-08")
def own_staff(ledgers: Ledgers, p):
    t, staff = ledgers.purchase, ledgers.person
    plain = staff.name.re_replace(r"\s+", "")
    staff = staff.select("person_id", "post", plain=plain, own_unit="unit_id", person_rid="_rid")
    t = t.filter(t.supplier_legal_rep.notnull()).mutate(plain=t.supplier_legal_rep.re_replace(r"\s+", ""))
    t = t.inner_join(staff, "plain")
    # One line of the ledger is enough to look at the firm; every purchase from it is listed.
    g = t.group_by("unit_id", "supplier_name", "person_id").agg(
        _rids=_._rid.collect(),
        _rid=_._rid.min(),
        total=_.amount.sum(),
        lines=_.count(),
        date=_.contract_date.max(),
        post=_.post.min(),
        own=(_.own_unit == _.unit_id).any(),
        person_rid=_.person_rid.min(),
    )
    g = g.mutate(
        _rids=g._rids.concat(ibis.array([g.person_rid])),
        subject=g.unit_id + "|" + g.supplier_name + "|" + g.person_id,
        amount=g.total.round(2),
    )
    yield "own", g.filter(g.own)
    yield "other", g.filter(~g.own).mutate(severity=ibis.literal("low"))


@rule("CG-09")
def quotes(ledgers: Ledgers, p):
    t = ledgers.purchase
    t = t.filter(t.method.isin(p.methods) & ~under(t.amount, p.at("min_yuan", t.contract_date)))
    least = ibis.least(t.quote2_amount.fill_null(t.amount), t.quote3_amount.fill_null(t.amount))
    names = [firm(t[c]) for c in ("supplier_name", "quote2_supplier", "quote3_supplier")]
    t = t.mutate(
        least=least,
        twice=same(names[0], names[1]) | same(names[0], names[2]) | same(names[1], names[2]),
    )
    yield "few", graded(t.filter(t.quote_count.fill_null(0) < p.n), "missing", "medium")
    yield "dearer", t.filter(over(t.amount, t.least))
    yield "twice", graded(t.filter(t.twice), "suspect", "medium")


@rule("CG-B03")
def out_of_order(ledgers: Ledgers, p):
    t = ledgers.purchase
    t = t.mutate(**{step: ledgers.by_then(t[step]) for step in ("approval_date", "accept_date", "pay_date")})
    # The later of two steps is when they were out of order: signed in one year, paid in the next is of the next.
    yield "approved", t.filter(t.approval_date > t.contract_date).mutate(date=_.approval_date)
    yield "accepted", t.filter(t.contract_date > t.accept_date)
    yield "paid", t.filter(t.accept_date > t.pay_date).mutate(date=_.accept_date)
    yield "unaccepted", t.filter(t.pay_date.notnull() & t.accept_date.isnull()).mutate(date=_.pay_date)


@rule("CG-B04")
def concentration(ledgers: Ledgers, p):
    t = ledgers.purchase
    t = t.filter((t.method == "自行采购") & ledgers.in_period(t.contract_date))
    # A firm's code may be on some of its lines only: the others go by its name.
    name = firm(t.supplier_name)
    code = t.supplier_uscc.max().over(group_by=name)
    t = t.mutate(vendor=ibis.coalesce(t.supplier_uscc, code, name))
    g = t.group_by("unit_id", "fiscal_year", "vendor").agg(
        _rids=_._rid.collect(),
        _rid=_._rid.min(),
        bought=_.amount.sum(),
        lines=_.count(),
        supplier_name=_.supplier_name.min(),
        date=_.contract_date.max(),
    )
    whole = g.group_by("unit_id", "fiscal_year").agg(total=_.bought.sum(), all_lines=_.lines.sum())
    g = g.inner_join(whole, ["unit_id", "fiscal_year"])
    g = g.filter((g.all_lines >= p.min_n) & over(g.bought, g.total * p.share))
    yield (
        "share",
        g.mutate(
            subject=g.unit_id + "|" + g.vendor + "|" + g.fiscal_year.cast("string"),
            percent=(g.bought / g.total * 100).round(1),
            amount=g.bought.round(2),
        ),
    )
