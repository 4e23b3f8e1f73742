"""The same issue complained of again and again, whatever the channel, the unit or the wording."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import same
from mingjing.rules.feedback.hotline import counted, judge
from mingjing.rules.ledgers import Ledgers
from mingjing.rules.similar import matters
from mingjing.rules.workdays import add_workdays

# The first sentences carry the matter; the rest of a long letter only dilutes it.
_READ = 300


def issues(ledgers: Ledgers, least: float) -> ir.Table:
    """`_rid`, `issue` of every request that counts: the number of the first request about the same matter, by the
    clerk's own merging number or by wording (`similar.matters`)."""
    if not any(ledgers.has("hotline", column) for column in ("title", "content", "issue_key")):
        raise NotRun("column_missing", "hotline.title, hotline.content, hotline.issue_key")
    return ledgers.derived(f"issue_{least}", lambda: _issues(counted(ledgers), least))


def _issues(t: ir.Table, least: float) -> pa.Table:
    text = t.title.fill_null("") + "，" + t.content.fill_null("").left(_READ)
    t = t.order_by("accept_time", "ticket_no").select("_rid", "ticket_no", "issue_key", text=text)
    rows = t.to_pyarrow()
    first = matters(rows["text"].to_pylist(), least)
    merged: dict[str, int] = {}
    root = list(range(len(first)))

    def find(place: int) -> int:
        while root[place] != place:
            root[place] = place = root[root[place]]
        return place

    for place, key in enumerate(rows["issue_key"].to_pylist()):
        for other in (first[place], merged.setdefault(key, place) if key else place):
            low, high = sorted((find(other), find(place)))
            root[high] = low
    named = rows["ticket_no"].take(pa.array([find(place) for place in root], pa.int64()))
    return pa.table({"_rid": rows["_rid"], "issue": named})


@rule("RX-03")
def repeated(ledgers: Ledgers, p):
    t = counted(ledgers).join(issues(ledgers, p.similarity), "_rid")
    judge(ledgers, t, within=False)
    keyed = t.filter(t.issue_key.notnull())
    often = keyed.group_by("issue_key").agg(issue=keyed.issue.min(), n=keyed.count())
    often = often.filter(often.n > p.n)
    kept = ledgers.has("hotline", "leader_handle_id")
    yield from _unheard(
        ledgers, p, keyed.semi_join(often, "issue_key"), "breach" if kept else "missing", "high"
    )
    yield from _unheard(ledgers, p, t.anti_join(often, "issue"), "suspect", "medium")


def _unheard(ledgers: Ledgers, p, t: ir.Table, kind: str, severity: str):

    def due() -> ir.Table:
        found = by_issue(ledgers, p, t)
        return add_workdays(ledgers, found, found.nth, p.grace_workdays, "due")

    found = ledgers.materialised(f"often_{severity}", due)
    found = found.mutate(kind=ibis.literal(kind), severity=ibis.literal(severity))
    low = {"kind": ibis.literal("missing"), "severity": ibis.literal("low")}
    unheard = found.filter(found.head_time.isnull() & ~found.undated & ~found.unclear)
    due = unheard.filter(unheard.open & (unheard.due < unheard.as_of))
    yield "nobody", due.filter(due.other.isnull())
    yield "deputy", due.filter(due.other.notnull())
    # what a head did on a day nobody wrote may have been in time
    too_late = (found.head_time.date() > found.due).fill_null(False) & ~found.undated
    yield "late", found.filter(found.open & too_late)
    silent = found.head_time.isnull() & ~found.undated & ~found.unclear
    yield (
        "past",
        found.filter(~found.open & (found.last.date() > found.due) & (silent | too_late)).mutate(
            severity=ibis.literal("medium" if severity == "high" else "low")
        ),
    )
    in_time = (found.head_time.date() <= found.due).fill_null(False)
    yield "undated", found.filter(found.open & found.undated & ~in_time).mutate(**low)
    yield "unclear", found.filter(found.open & found.unclear & found.head_time.isnull()).mutate(**low)
    yield (
        "soon",
        unheard.filter(unheard.open & (unheard.due >= unheard.as_of)).mutate(
            kind=ibis.literal("warning"), severity=ibis.literal("low")
        ),
    )


def by_issue(ledgers: Ledgers, p, t: ir.Table) -> ir.Table:
    """One row per issue with more than `n` complaints: since when, where it stands, and who of the leaders acted."""
    unit = ledgers.unit
    above = unit.select(parent_id="unit_id", above_id="head_id")
    heads = unit.select("unit_id", "head_id", "parent_id").left_join(above, "parent_id")
    t = t.left_join(heads.select("unit_id", "head_id", "above_id"), "unit_id")
    in_time = ibis.window(group_by="issue", order_by=[t.accept_time, t.ticket_no])
    back = ibis.window(group_by="issue", order_by=[t.accept_time.desc(), t.ticket_no.desc()])
    acted = ledgers.by_then(t.leader_handle_time)
    t = t.mutate(
        place=ibis.row_number().over(in_time) + 1,
        back=ibis.row_number().over(back) + 1,
        open=unsettled(t),
        acted=acted,
        by_head=same(t.leader_handle_id, t.head_id) | same(t.leader_handle_id, t.above_id),
        named=t.leader_handle_id.notnull() & (t.leader_handle_time.isnull() | acted.notnull()),
    )
    found = t.group_by("issue").agg(
        _rids=t._rid.collect(),
        subject=t.ticket_no.min(where=t.place == 1),
        title=ibis.coalesce(t.title, t.issue_key, t.ticket_no).min(where=t.place == 1),
        unit=t.unit_id.min(where=t.back == 1),
        times=t.count(),
        nth=t.accept_time.min(where=t.place == p.n + 1),
        last=t.accept_time.max(),
        open=t.open.any(where=t.back == 1),
        head_time=t.acted.min(where=t.by_head),
        undated=(t.by_head & t.leader_handle_time.isnull()).any(),
        unclear=(t.named & ~t.by_head & t.head_id.isnull()).any(),
        other=t.leader_handle_id.min(where=t.named & ~t.by_head),
        as_of=t.as_of.max(),
    )
    return found.filter(found.times > p.n).mutate(date=lambda s: s.nth)


def unsettled(t: ir.Table) -> ir.BooleanValue:
    """Nothing on file shows the request to be settled: no reply, not resolved, the citizen unsatisfied or, called
    back, denying it. A reply without a word on the outcome leaves it open unless the citizen was content."""
    denied = (t.satisfaction == "不满意").fill_null(False) | (~t.revisit_resolved).fill_null(False)
    content = t.satisfaction.isin(["满意", "基本满意"]).fill_null(False) | t.revisit_resolved.fill_null(False)
    return t.replied.isnull() | denied | ~t.resolved.fill_null(content)


@rule("RX-04")
def falsely_closed(ledgers: Ledgers, p):
    t = counted(ledgers).join(issues(ledgers, p.similarity), "_rid")
    judge(ledgers, t)
    closed = t.filter(t.resolved.fill_null(False))
    answered = closed.filter(closed.replied.notnull())
    yield "unanswered", closed.filter(closed.reply_time.isnull())
    yield "dissatisfied", answered.filter(answered.satisfaction == "不满意")
    yield "denied", answered.filter(~answered.revisit_resolved)
    yield "again", complained_again(t, answered, p.days)


def complained_again(t: ir.Table, answered: ir.Table, days: int) -> ir.Table:
    """Answered requests, each with the next one about the same issue, if it came within so many days of the reply. Read
    off the order of requests and replies: all pairs of an issue would grow with its square."""
    nobody, never = ibis.null("int64"), ibis.null(t.accept_time.type())
    asked = t.select(
        "issue", moment="accept_time", place=ibis.literal(0), again_time="accept_time", _rid=nobody
    )
    reply = ibis.greatest(answered.replied, answered.accept_time).cast(never.type())
    told = answered.select("issue", moment=reply, place=ibis.literal(1), again_time=never, _rid="_rid")
    both = asked.union(told)
    onward = ibis.cumulative_window(group_by="issue", order_by=[both.moment.desc(), both.place.desc()])
    found = both.mutate(again_time=both.again_time.min().over(onward)).filter(_._rid.notnull())
    found = answered.join(found.select("_rid", "again_time"), "_rid")
    found = found.filter(found.again_time <= found.replied + ibis.interval(days=days))
    later = t.select("issue", again_no="ticket_no", again_time="accept_time", again="_rid")
    once = found.select("issue", "again_time").distinct().join(later, ["issue", "again_time"])
    once = once.group_by("issue", "again_time").agg(again=_.again.min(), again_no=_.again_no.argmin(_.again))
    found = found.join(once, ["issue", "again_time"])
    return found.mutate(_rids=ibis.array([found._rid, found.again]))
