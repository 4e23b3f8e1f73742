"""Problems put right, from every source. Each function is one rule of `catalogue/rectification.toml`."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import add_months, graded, matches, over, same
from mingjing.rules.ledgers import Ledgers
from mingjing.rules.similar import matters

CLOSED = "已销号"
_REPORTS = ("plan_submit_date", "progress_report_date", "head_report_date")


def items(ledgers: Ledgers) -> ir.Table:
    """Problems as they stood on the day looked from. `closed` is the day of closure known by then; `is_closed` is
    true also where the ledger says closed and gives no day. `due` moves only with an approval number."""
    t = ledgers.rectification
    moved = t.orig_deadline.notnull() & t.extension_no.isnull()
    closed = ledgers.by_then(t.close_date)
    return t.mutate(
        due=ibis.ifelse(moved, t.orig_deadline, ibis.coalesce(t.deadline, t.orig_deadline)),
        closed=closed,
        is_closed=(t.status == CLOSED) & (t.close_date.isnull() | closed.notnull()),
        lasting=t.is_long_term.fill_null(False),
        as_of=ibis.literal(ledgers.as_of),
    )


@rule("ZG-01")
def reports(ledgers: Ledgers, p):
    batches = _batches(ledgers)
    batches = batches.filter(batches.source_type.isin(p.sources))
    ledgers.judged = batches
    months = p.at("report_m", batches.feedback_date)
    batches = batches.mutate(
        plan_due=ibis.coalesce(batches.plan_deadline, add_months(batches.feedback_date, p.plan_m)),
        report_due=ibis.coalesce(
            batches.report_deadline, (batches.feedback_date + months.as_interval("M")).cast("date")
        ),
        as_of=ibis.literal(ledgers.as_of),
    )
    for case, column, due in zip(
        ("plan", "report", "head"), _REPORTS, ("plan_due", "report_due", "report_due"), strict=True
    ):
        done = ledgers.by_then(batches[column])
        yield case, batches.filter(done.isnull() & (batches[due] < batches.as_of))
        yield f"{case}_late", batches.filter(done > batches[due])


def _batches(ledgers: Ledgers) -> ir.Table:
    """One row per batch: from the ledger of batches where it gives the dates, else from the rows of its problems."""
    t = ledgers.rectification
    own = ledgers.has("feedback_batch", "plan_submit_date")
    if not own and not ledgers.has("rectification", "plan_submit_date"):
        raise NotRun("column_missing", "rectification.plan_submit_date")
    if own:
        return ledgers.feedback_batch.mutate(
            subject=ledgers.feedback_batch.batch_id, unit=ledgers.feedback_batch.unit_id
        )
    found = t.group_by("batch_id").agg(
        _rids=t._rid.collect(),
        source_type=t.source_type.min(),
        unit=t.unit_id.min(),
        feedback_date=t.feedback_date.min(),
        **{column: t[column].max() for column in _REPORTS},
    )
    nothing = ibis.null("date")
    return found.mutate(
        subject=found.batch_id, date=found.feedback_date, plan_deadline=nothing, report_deadline=nothing
    )


@rule("ZG-02")
def overdue(ledgers: Ledgers, p):
    t = items(ledgers)
    t = t.filter(~t.lasting)
    running = t.filter(~t.is_closed)
    yield "open", running.filter(running.due < running.as_of)
    yield "late", t.filter(t.is_closed & (t.closed > t.due))
    near = running.due.between(running.as_of, running.as_of + ibis.interval(days=p.warn_days))
    yield "soon", graded(running.filter(near), "warning", "low")


@rule("ZG-03")
def closure(ledgers: Ledgers, p):
    t = items(ledgers)
    t = t.filter(t.is_closed)
    yield "evidence", t.filter(t.evidence_ref.isnull())
    yield "acceptor", t.filter(t.acceptor_id.isnull())
    yield "date", t.filter(t.close_date.isnull())
    yield "self", t.filter(same(t.acceptor_id, t.leader_id))


@rule("ZG-04")
def elements(ledgers: Ledgers, p):
    t = items(ledgers)
    yield "measure", t.filter(t.measure.isnull())
    yield "leader", t.filter(t.leader_id.isnull())
    yield "dept", t.filter(t.dept.isnull())
    yield "deadline", t.filter(t.deadline.isnull() & t.orig_deadline.isnull() & ~t.lasting)


@rule("ZG-05")
def look_back(ledgers: Ledgers, p):
    t = items(ledgers)
    ripe = t.filter(t.is_closed & (add_months(t.closed, p.months) <= t.as_of))
    # who looked before the closure did not look back at it
    ripe = ripe.mutate(seen=(ledgers.by_then(ripe.review_date) >= ripe.closed).fill_null(False))
    found = ripe.group_by("batch_id").agg(
        _rids=ripe._rid.collect(where=~ripe.seen),
        unit=ripe.unit_id.min(where=~ripe.seen),
        k=ripe.seen.cast("int64").sum(),
        n=ripe.count(),
        date=ripe.closed.min(where=~ripe.seen),
    )
    found = found.mutate(subject=found.batch_id, wanted=(found.n * p.share).ceil().cast("int64"))
    yield "batch", found.filter(found.k < found.wanted)


def recurrences(ledgers: Ledgers, least: float) -> ir.Table:
    """`_rid`, `matter` of every problem: the number of the first problem of the same unit worded alike."""
    return ledgers.derived(f"matter_{least}", lambda: _recurrences(ledgers, least))


def _recurrences(ledgers: Ledgers, least: float) -> pa.Table:
    t = ledgers.rectification.order_by("feedback_date", "item_id").select(
        "_rid", "item_id", "unit_id", "problem"
    )
    rows = t.to_pyarrow().to_pylist()
    named: dict[int, str] = {}
    for unit in dict.fromkeys(row["unit_id"] for row in rows):
        mine = [row for row in rows if row["unit_id"] == unit]
        first = matters([row["problem"] or "" for row in mine], least)
        named |= {row["_rid"]: mine[place]["item_id"] for row, place in zip(mine, first, strict=True)}
    return pa.table(
        {"_rid": pa.array(list(named), pa.int64()), "matter": pa.array(list(named.values()), pa.string())}
    )


@rule("ZG-06")
def recurred(ledgers: Ledgers, p):
    t = items(ledgers).join(recurrences(ledgers, p.similarity), "_rid")
    closed = t.filter(t.is_closed)
    looked = closed.review_date.isnull() | ledgers.by_then(closed.review_date).notnull()
    yield "declared", closed.filter(closed.review_result.isin(p.came_back) & looked)
    later = t.select(
        "matter", again_no="item_id", again="feedback_date", again_problem="problem", _again="_rid"
    )
    pairs = closed.join(later, "matter")
    pairs = pairs.filter(pairs._again != pairs._rid)
    pairs = pairs.filter((pairs.again > pairs.closed) & (pairs.again <= add_months(pairs.closed, p.months)))
    once = pairs.group_by("_rid").agg(
        _again=pairs._again.argmin(pairs.again),
        again_no=pairs.again_no.argmin(pairs.again),
        again_problem=pairs.again_problem.argmin(pairs.again),
        again=pairs.again.min(),
    )
    once = closed.join(once, "_rid")
    yield "measured", once.mutate(_rids=ibis.array([once._again, once._rid]))


@rule("ZG-07")
def registered(ledgers: Ledgers, p):
    t, b = ledgers.rectification, ledgers.feedback_batch
    rows = t.group_by("batch_id").agg(rows=t.item_id.nunique(), _items=t._rid.collect())
    b = b.left_join(rows, "batch_id").drop("batch_id_right")
    b = b.mutate(
        rows=b.rows.fill_null(0),
        _rids=ibis.array([b._rid]).concat(ibis.coalesce(b._items, ibis.literal([], type="array<int64>"))),
    )
    yield "fewer", b.filter(b.rows < b.problem_count)
    yield "more", graded(b.filter(b.rows > b.problem_count), "mismatch", "low")
    yield "unstated", graded(b.filter(b.problem_count.isnull()), "missing", "low")
    strays = t.anti_join(ledgers.feedback_batch, "batch_id")
    strays = strays.filter(strays.source_type.isin(p.sources))
    strays = strays.group_by("batch_id").agg(
        _rids=strays._rid.collect(),
        rows=strays.count(),
        unit_id=strays.unit_id.min(),
        feedback_date=strays.feedback_date.min(),
    )
    yield "stray", graded(strays, "missing", "medium")


@rule("ZG-08")
def money(ledgers: Ledgers, p):
    t = items(ledgers)
    t = t.filter(t.is_closed & over(t.due_yuan, 0))
    t = t.mutate(amount=t.due_yuan - t.recovered_yuan.fill_null(0))
    yield "short", t.filter(t.recovered_yuan.notnull() & over(t.amount, 0))
    yield "unrecorded", graded(t.filter(t.recovered_yuan.isnull()), "missing", "medium")


@rule("ZG-09")
def paper(ledgers: Ledgers, p):
    t = items(ledgers)
    yield "paper", t.filter(t.measure.notnull() & matches(t.measure, p.paper) & ~matches(t.measure, p.action))


@rule("ZG-B02")
def same_day(ledgers: Ledgers, p):
    t = items(ledgers)
    t = t.filter(t.is_closed & t.closed.notnull()).mutate(
        finished=lambda s: ibis.coalesce(s.finish_date, s.closed)
    )
    total = t.group_by("batch_id").agg(n=t.count())

    def busiest(column: str) -> ir.Table:
        days = t.group_by("batch_id", day=t[column]).agg(
            k=lambda s: s.count(), _rids=lambda s: s._rid.collect(), unit=lambda s: s.unit_id.min()
        )
        place = ibis.row_number().over(
            ibis.window(group_by=days.batch_id, order_by=[days.k.desc(), days.day])
        )
        return days.mutate(place=place).filter(lambda s: s.place == 0).drop("place")

    found = busiest("closed").join(total, "batch_id")
    done = busiest("finished").select("batch_id", finished_k="k")
    found = found.join(done, "batch_id")
    found = found.mutate(subject=found.batch_id, date=found.day, percent=(found.k / found.n * 100).round(1))
    # items finished on their own days and accepted at one meeting are ordinary
    massed = ~(p.share > found.k / found.n) & ~(p.share > found.finished_k / found.n)
    yield "massed", found.filter(massed & (found.k >= p.min_n))
