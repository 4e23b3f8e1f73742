"""Plain pandas twins of the feedback rules: deadlines of requests and services, and what must be disclosed."""

from datetime import date, datetime, timedelta

import pandas as pd
from chinese_calendar import is_workday
from twins import PEOPLE, by, day, later, own, rows, twin

DAY = pd.Timedelta(days=1)


def workdays_after(start, n):
    """The n-th working day after a day."""
    if pd.isna(start) or pd.isna(n):
        return pd.NaT
    at = start.normalize()
    while n > 0:
        at += DAY
        n -= is_workday(at.date())
    return at


def nth_workday(starts, days):
    days = days if isinstance(days, pd.Series) else pd.Series(days, starts.index)
    return pd.Series(
        [workdays_after(s, n) for s, n in zip(starts, days, strict=True)],
        starts.index,
        dtype="datetime64[ns]",
    )


def accepted(rng, row):
    """Any minute, so that hardly two are the same; more around the holidays than at other times."""
    first, days = rng.choice([(date(2020, 12, 20), 400), (date(2021, 9, 10), 30), (date(2021, 2, 1), 20)])
    return datetime.combine(day(rng, first, days), datetime.min.time()) + timedelta(
        minutes=rng.randrange(1440)
    )


def requests(n: int, **columns):
    wanted = {
        "accept_time": accepted,
        "dispatch_time": later("accept_time", 0, 0, 1, 2, null=0.2),
        "reply_time": later("accept_time", *range(1, 16), 60, 400, null=0.15),
        "invalid_flag": [True] + [False] * 8 + [None],
    }
    return rows("hotline", n, **wanted | columns)


def counted(d):
    t = d.hotline
    t = t[~t.invalid_flag.eq(True)]
    return t.assign(replied=d.known(t.reply_time), sent=t.dispatch_time.fillna(t.accept_time))


@twin(
    "RX-01",
    hotline=requests(
        170,
        channel=["12345", "12345", "网上民声", "电视问政", "电视问政", "信访"],
        promised_date=later("accept_time", 1, 2, 3, 10, null=0.2),
        ext_days=[0, 1, 2, 5, None],
        ext_approval_no=["批1", None],
    ),
)
def rx01(d, p):
    t = counted(d)
    t = t[d.within(t.accept_time) & (t.channel != "信访")]
    on_air, replied = t.channel == "电视问政", t.replied.dt.normalize()
    promised = t.promised_date.dt.normalize()
    yield "promise_open", own(t), on_air & t.replied.isna() & (promised < d.today)
    yield "promise_late", own(t), on_air & (replied > promised)
    yield "unpromised", own(t), on_air & promised.isna()
    allowed = t.urgency.map({"紧急": 2, "一般": 5, "疑难": 15}).fillna(5)
    due = nth_workday(t.sent, allowed + t.ext_days.fillna(0).where(t.ext_approval_no.notna(), 0))
    yield "limit_open", own(t), ~on_air & t.replied.isna() & (due < d.today)
    yield "limit_late", own(t), ~on_air & (replied > due)


petitions = requests(
    150,
    channel=["信访", "信访", "12345"],
    notice_time=later("accept_time", 0, 14, 15, 16, 90, null=0.3),
    reply_time=later("accept_time", 30, 60, 61, 75, 76, 90, 91, 400, null=0.2),
    ext_days=[0, 15, 30, 31, None],
    ext_approval_no=["批1", None],
)


def some_keep_no_notice(rng):
    kept, made = rng.getrandbits(1), petitions(rng)
    return made if kept else [row | {"notice_time": None} for row in made]


@twin("RX-05", hotline=some_keep_no_notice)
def rx05(d, p):
    t = counted(d)
    t = t[d.within(t.accept_time) & (t.channel == "信访")]

    def took(moments):
        return (moments.fillna(d.today).dt.normalize() - t.accept_time.dt.normalize()).dt.days

    told = d.known(t.notice_time)
    kept = d.hotline.notice_time.notna().any()
    yield "notice_none" if kept else "notice_unkept", own(t), told.isna() & (took(told) > p.notice_days)
    yield "notice_late", own(t), told.notna() & (took(told) > p.notice_days)
    allowed = p.close_days + t.ext_days.fillna(0).clip(upper=p.ext_max_days).where(
        t.ext_approval_no.notna(), 0
    )
    yield "close_open", own(t), t.replied.isna() & (took(t.replied) > allowed)
    yield "close_late", own(t), t.replied.notna() & (took(t.replied) > allowed)


@twin(
    "RX-B03",
    hotline=requests(
        130,
        satisfaction=["不满意", "不满意", "满意", None],
        reply_time=later("accept_time", 1, 9, 400, null=0.5),
        revisit_time=later("accept_time", 2, 12, 400, null=0.5),
        rework_done_time=later("accept_time", 5, 8, 9, 16, 19, 20, 21, 400, null=0.5),
    ),
)
def rx_b03(d, p):
    t = counted(d)
    t = t[t.satisfaction == "不满意"]
    known, done = t.revisit_time.fillna(t.reply_time), d.known(t.rework_done_time)
    due = nth_workday(known, p.workdays)
    yield "undated", own(t), known.isna() & done.isna()
    yield "open", own(t), done.isna() & (due < d.today)
    yield "late", own(t), done.dt.normalize() > due


@twin(
    "RX-B04",
    hotline=requests(
        75, unit_id=["U1", "U1", "U2", "U2", "U3", "U4", "U5"], invalid_flag=[True] + [False] * 8 + [None]
    ),
)
def rx_b04(d, p):
    t = d.hotline[d.within(d.hotline.accept_time)]
    out = t.invalid_flag.eq(True)
    yield "unapproved", own(t), out & t.invalid_approval_no.isna()
    keys, hit = [], []
    for _, g in by(t, "unit_id"):
        k = g.invalid_flag.eq(True)
        keys.append(tuple(g.row[k] if k.any() else g.row))
        hit.append(len(g) >= p.small_n and k.sum() * 10 > len(g))
    yield "share", keys, hit


@twin(
    "RX-06",
    service_case=rows(
        "service_case",
        150,
        accept_date=lambda rng, row: accepted(rng, row).date(),
        promised_workdays=[1, 3, 5, None],
        legal_workdays=[5, 20, None],
        ext_workdays=[0, 2, None],
        ext_approval_no=["批1", None],
        finish_date=later("accept_date", *range(1, 12), 28, 400, null=0.3),
        result=["准予", "撤回", None, None],
    ),
)
def rx06(d, p):
    t = d.service_case[d.within(d.service_case.accept_date)]
    allowed = t.promised_workdays.fillna(t.legal_workdays)
    allowed += t.ext_workdays.fillna(0).where(t.ext_approval_no.notna(), 0)
    done, due = d.known(t.finish_date), nth_workday(t.accept_date, allowed)
    unknown = t.finish_date.isna() & t.result.notna()  # over, and nobody knows since when
    yield "unpromised", own(t), allowed.isna()
    yield "undated", own(t), unknown & (due < d.today)
    yield "open", own(t), ~unknown & done.isna() & (due < d.today)
    yield "late", own(t), done > due


@twin(
    "RX-07",
    service_case=rows(
        "service_case",
        150,
        service_item=["运动员等级认定", "裁判员审批", "场地开放"],
        accept_date=lambda rng, row: accepted(rng, row).date(),
        result=["准予", "准予", "不予", None],
        handler_id=[*PEOPLE, None],
        approver_id=[*PEOPLE, None],
        publicity_start=later("accept_date", 1, 10),
        publicity_end=lambda rng, row: (
            None
            if rng.random() < 0.1
            else (row["publicity_start"] or row["accept_date"])
            + timedelta(days=rng.choice([3, 4, 5, 6, 7, 11, 12]))
        ),
        finish_date=later("accept_date", *range(4, 24), 200),
    ),
)
def rx07(d, p):
    t = d.service_case
    t = t[d.within(t.accept_date) & t.service_item.str.contains("等级|裁判") & (t.result == "准予")]
    t = t[~(t.finish_date >= d.tomorrow)]
    yield "basis", own(t), t.event.isna() | t.result_no.isna()
    yield "alone", own(t), t.handler_id.notna() & (t.handler_id == t.approver_id)
    yield "unsigned", own(t), t.handler_id.isna() | t.approver_id.isna()
    yield "unpublished", own(t), t.publicity_start.isna() | t.publicity_end.isna()
    enough = nth_workday(t.publicity_start - DAY, p.publicity_workdays)
    yield "short", own(t), t.publicity_end < enough
    yield "before", own(t), t.finish_date < t.publicity_end


@twin(
    "RX-08",
    disclosure=rows(
        "disclosure",
        120,
        formed_date=lambda rng, row: None if rng.random() < 0.2 else accepted(rng, row).date(),
        due_date=lambda rng, row: None if rng.random() < 0.7 else day(rng),
        publish_date=lambda rng, row: (
            None
            if rng.random() < 0.3
            else (row["due_date"] or row["formed_date"] or date(2021, 5, 1))
            + timedelta(days=rng.choice([0, 1, *range(26, 37), 300]))
        ),
    ),
)
def rx08(d, p):
    t = d.disclosure
    due, done = t.due_date.fillna(nth_workday(t.formed_date, p.workdays)), d.known(t.publish_date)
    yield "undated", own(t), due.isna()
    yield "open", own(t), d.within(due) & done.isna() & (due < d.today)
    yield "late", own(t), d.within(due) & (done > due)
