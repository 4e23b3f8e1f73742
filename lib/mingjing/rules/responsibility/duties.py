"""Duties, work records, tasks, cases and policies. Each function is one rule of `catalogue/responsibility.toml`."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _
from rapidfuzz.distance import Levenshtein

from mingjing.rules.engine import rule
from mingjing.rules.expr import active, days_between, on_post
from mingjing.rules.ledgers import Ledgers


@rule("ZT-01")
def overdue(ledgers: Ledgers, p):
    t = ledgers.duty_record.filter(ledgers.duty_record.rec_type == "责任清单事项")
    t = t.mutate(as_of=ibis.literal(ledgers.as_of), done=ledgers.by_then(t.done_date), date=t.due_date)
    yield "open", t.filter(t.done.isnull() & (t.due_date < t.as_of))
    yield "late", t.filter(t.done > t.due_date)


@rule("ZT-02")
def studied(ledgers: Ledgers, p):
    d = ledgers.duty_record.filter(ledgers.duty_record.rec_type == "专题研究")
    units = active(ledgers.unit).filter(_.unit_type.isin(p.unit_types))
    for name, first, last in ledgers.spans("half"):
        counts = d.filter(d.done_date.between(first, last)).group_by("unit_id").agg(had=_.count())
        t = units.left_join(counts, "unit_id").drop("unit_id_right")
        t = t.mutate(meetings=t.had.fill_null(0), half=ibis.literal(name))
        yield "few", t.filter(t.meetings < p.n).mutate(subject=t.unit_id + "|" + name)


def owing(ledgers: Ledgers, p):
    """Quarter by quarter the leaders on post throughout, who each owe a record: name, first day, last day, people."""
    leaders = ledgers.person.filter(ledgers.person.post_level.isin(p.levels))
    for name, first, last in ledgers.spans("quarter"):
        there = on_post(leaders, last) & (leaders.post_start_date <= first)
        yield name, first, last, leaders.filter(there)


@rule("ZT-03")
def silent(ledgers: Ledgers, p):
    d = ledgers.duty_record
    for name, first, last, leaders in owing(ledgers, p):
        written = d.filter(d.done_date.between(first, last)).select(person_id="subject_id").distinct()
        t = leaders.anti_join(written, "person_id")
        yield "silent", t.mutate(subject=t.person_id + "|" + name, quarter=ibis.literal(name))


@rule("ZT-04")
def backdated(ledgers: Ledgers, p):
    t = ledgers.duty_record
    entered = ledgers.by_then(t.entry_time)
    t = t.mutate(
        lag=days_between(t.done_date, entered), entry_day=entered.cast("date"), date=entered.cast("date")
    )
    yield "late", t.filter(t.lag > p.lag_days)
    bulk = t.group_by("subject_id", "entry_day").agg(
        _rids=t._rid.collect(), records=t.count(), unit=t.unit_id.min(), date=t.date.min()
    )
    bulk = bulk.filter(bulk.entry_day.notnull() & (bulk.records >= p.bulk))
    yield "bulk", bulk.mutate(subject=bulk.subject_id + "|" + bulk.entry_day.cast("string"))


@rule("ZT-05")
def task_overdue(ledgers: Ledgers, p):
    t = ledgers.task
    # an approval that sets no date changed something else
    moved = ibis.ifelse(t.change_no.notnull(), t.deadline, ibis.null("date"))
    t = t.mutate(
        due=ibis.coalesce(moved, t.orig_deadline, t.deadline),
        done=ledgers.by_then(t.done_date),
        as_of=ibis.literal(ledgers.as_of),
    )
    yield "open", t.filter(t.done.isnull() & (t.due < t.as_of))
    yield "late", t.filter(t.done > t.due)


@rule("ZT-06")
def task_bent(ledgers: Ledgers, p):
    t = ledgers.task.filter(ledgers.task.change_no.isnull())
    yield "date", t.filter(t.deadline > t.orig_deadline)
    yield "requirement", t.filter(_wording(t.requirement) != _wording(t.local_requirement))


@rule("ZT-07")
def case_idle(ledgers: Ledgers, p):
    t = ledgers.case_file
    due = (t.received_date + ibis.interval(months=p.months)).cast("date")
    t = t.mutate(due=due, proposed=ledgers.by_then(t.proposal_date))
    yield "open", t.filter(t.proposed.isnull() & (t.due < ledgers.as_of))
    yield "late", t.filter(t.proposed > t.due)


@rule("ZT-08")
def sanction_idle(ledgers: Ledgers, p):
    t = ledgers.case_file
    t = t.mutate(executed=ledgers.by_then(t.executed_date))
    waited = days_between(t.sanction_date, ibis.literal(ledgers.as_of))
    yield "open", t.filter(t.executed.isnull() & (waited > p.n_days))
    yield "late", t.filter(days_between(t.sanction_date, t.executed) > p.n_days)


@rule("ZT-09")
def outdated(ledgers: Ledgers, p):
    t = ledgers.policy
    current = t.filter(ledgers.by_then(t.repealed_date).isnull())
    for law, changed in p.laws.items():
        day = ibis.literal(changed)
        behind = current.filter(
            current.upper_basis.contains(law)
            & (current.effective_date < day)
            & (days_between(day, ibis.literal(ledgers.as_of)) > p.grace_days)
        )
        yield "behind", behind.mutate(law=ibis.literal(law), changed=day)


@rule("ZT-10")
def undocumented(ledgers: Ledgers, p):
    t = ledgers.policy.filter(ledgers.policy.revised_claim.fill_null(False))
    yield "nothing", t.filter(t.doc_no.isnull())
    year = ledgers.period.end.year
    yield (
        "old",
        t.filter(t.doc_no.notnull() & (t.effective_date.year() < year)).mutate(year=ibis.literal(year)),
    )


@rule("ZT-B01")
def copied(ledgers: Ledgers, p):
    t = ledgers.duty_record
    t = t.select("_rid", "rec_id", "unit_id", "subject_id", "done_date", "content", words=_plain(t.content))
    t = t.filter(t.words.length() >= p.min_len)
    # a copy keeps its beginning or its end: only such pairs are measured, so the work stays linear
    heads = t.mutate(block=t.words.left(p.block)).union(t.mutate(block=t.words.right(p.block)), distinct=True)
    earlier = heads.rename(lambda name: f"first_{name}")
    pairs = heads.join(
        earlier,
        [
            heads.unit_id == earlier.first_unit_id,
            heads.block == earlier.first_block,
            heads._rid > earlier.first__rid,
        ],
    )
    pairs = pairs.filter(
        (pairs.done_date != pairs.first_done_date) | (pairs.subject_id != pairs.first_subject_id)
    )
    pairs = pairs.select(
        "_rid",
        "rec_id",
        "unit_id",
        "subject_id",
        "done_date",
        "words",
        "first__rid",
        "first_rec_id",
        "first_words",
    ).distinct()
    close = _alike(pairs.to_pyarrow(), p.s)
    if close.num_rows:
        yield "copied", ledgers.store("copied_records", close)


def _alike(pairs: pa.Table, least: float) -> pa.Table:
    """Each later record with the earliest one it is like. Measured in characters, which SQL engines do not agree on."""
    best: dict[int, dict] = {}
    for pair in pairs.sort_by([("_rid", "ascending"), ("first__rid", "ascending")]).to_pylist():
        likeness = Levenshtein.normalized_similarity(pair["words"], pair["first_words"])
        if likeness >= least - 1e-9 and pair["_rid"] not in best:
            best[pair["_rid"]] = {
                "_rids": [pair["first__rid"], pair["_rid"]],
                "subject": pair["rec_id"],
                "unit": pair["unit_id"],
                "subject_id": pair["subject_id"],
                "date": pair["done_date"],
                "first_id": pair["first_rec_id"],
                "percent": round(likeness * 100),
            }
    return pa.Table.from_pylist(list(best.values()))


def _wording(text: ir.StringValue) -> ir.StringValue:
    """Text without spaces and punctuation. Figures stay: three inspections made one are a requirement bent."""
    return text.translate("０１２３４５６７８９", "0123456789").re_replace(r"[\s\p{P}]", "")


def _plain(text: ir.StringValue) -> ir.StringValue:
    """Text without figures, spaces and punctuation, which is what a copyist changes."""
    return text.re_replace(r"[\d\s\p{P}]", "")
