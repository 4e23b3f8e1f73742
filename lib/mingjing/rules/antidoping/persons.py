"""What befalls a person: drugs that need a prescription or an exemption, whereabouts failures, positive tests."""

import ibis

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import add_months, any_null, graded, hours_between, over
from mingjing.rules.ledgers import Ledgers

ISSUED = ("发放", "使用")


@rule("FX-04")
def dispensed(ledgers: Ledgers, p):
    t = ledgers.intake_txn
    banned = t.contains_banned.fill_null(False)
    t = t.filter(t.txn_type.isin(ISSUED) & (banned | t.caution_flag.fill_null(False)))
    yield "prescription", t.filter(t.prescription_no.isnull())
    tue = ledgers.adop_record
    tue = tue.filter((tue.rec_type == "TUE") & (tue.result == "批准"))
    tue = tue.select("ref_no", "valid_from", "valid_to", athlete="ath_id")
    t = t.filter(t.contains_banned.fill_null(False))
    theirs = (tue.athlete == t.receiver_id).fill_null(True)
    papers = t.inner_join(tue, [t.tue_no == tue.ref_no, theirs])
    valid = papers.filter(papers.txn_date.between(papers.valid_from, papers.valid_to))
    undated = papers.filter(any_null(papers.valid_from, papers.valid_to))
    t = t.anti_join(valid, "txn_id")
    yield "tue", t.anti_join(undated, "txn_id")
    yield "undated", graded(t.semi_join(undated, "txn_id"), "missing", "medium")


@rule("FX-08")
def whereabouts(ledgers: Ledgers, p):
    pool = ledgers.athlete
    pool = pool.filter(pool.test_pool.isin(p.pools))
    if pool.count().execute() == 0:
        raise NotRun("no_entries", ", ".join(f"athlete.{name}" for name in p.pools))
    failures = ledgers.adop_record
    failures = failures.filter(failures.rec_type.isin(p.failures))
    t = failures.semi_join(pool, "ath_id")
    t = t.select("_rid", "ath_id", "unit_id", "rec_date", since=add_months(t.rec_date, -p.window_months))
    earlier = t.select("ath_id", other_rid="_rid", other_date="rec_date").view()
    pairs = t.inner_join(earlier, "ath_id")
    before = (pairs.other_date < pairs.rec_date) | (
        (pairs.other_date == pairs.rec_date) & (pairs.other_rid <= pairs._rid)
    )
    counted = pairs.filter((pairs.other_date > pairs.since) & before)
    counted = counted.group_by("ath_id", "unit_id", "_rid", "rec_date")
    counted = counted.agg(
        _rids=lambda g: g.other_rid.collect(), n=lambda g: g.count(), since=lambda g: g.other_date.min()
    )
    counted = counted.filter(ledgers.in_period(counted.rec_date))
    # The worst moment of each person in the period speaks for all of it.
    order = ibis.window(group_by="ath_id", order_by=[counted.n.desc(), counted.rec_date.desc(), counted._rid])
    worst = counted.mutate(place=ibis.row_number().over(order))
    worst = worst.filter(worst.place == 0).mutate(subject=worst.ath_id, date=worst.rec_date)
    red, yellow = p.levels["红"], p.levels["黄"]
    yield "red", worst.filter(worst.n >= red).mutate(kind=ibis.literal("breach"))
    yield "yellow", graded(worst.filter((worst.n >= yellow) & (worst.n < red)), "warning", "medium")
    yield "blue", graded(worst.filter(worst.n < yellow), "warning", "low")
    yield "stranger", graded(failures.anti_join(ledgers.athlete, "ath_id"), "missing", "low")


@rule("FX-B05")
def reported(ledgers: Ledgers, p):
    t = ledgers.adop_record
    t = t.filter((t.rec_type == "兴奋剂检查") & (t.result == "阳性"))
    # The hour of the result is not on record: the clock starts at the end of that day.
    start = t.rec_date.cast("timestamp") + ibis.interval(days=1)
    known = ledgers.by_then(t.report_time)
    end = known.fill_null(ledgers.moment(ledgers.day_end))
    t = t.mutate(known=known, hours=hours_between(start, end))
    late = t.filter(over(t.hours, p.h))
    yield "late", late.filter(late.known.notnull())
    yield "silent", late.filter(late.known.isnull())
