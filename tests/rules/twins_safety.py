"""Plain pandas twins of the safety rules: hazards, records, equipment."""

from datetime import date, datetime, time, timedelta

import pandas as pd
from twins import PEOPLE, day, each, later, moment, own, rows, twin

CHECKS = ["安全生产检查", "防火检查", "消防演练"]
AS_OF = (date(2021, 12, 31), date(2021, 10, 15), date(2022, 3, 31), date(2021, 6, 30))


found = lambda rng, row: day(rng, date(2021, 5, 1), 170)  # noqa: E731
hazards = rows(
    "hazard",
    120,
    found_date=found,
    is_accident=[True, False, False, None],
    deadline=later("found_date", 5, 15, 90),
    orig_deadline=later("found_date", 5, 15, null=0.6),
    extension_no=["Y1", None, None],
    rect_date=later("found_date", 5, 6, 15, 16, 90, 91, null=0.3),
    measure=["更换"] * 9 + [None],
    fund_amount=[0.0] * 9 + [None],
    plan_doc=["预案"] * 9 + [None],
    report_time=lambda rng, row: (
        None
        if rng.random() < 0.1
        else datetime.combine(row["found_date"], time(23, 59)) + timedelta(days=rng.choice([0, 1, 2, 60]))
    ),
    review_date=later("found_date", 5, 6, 15, 16, 91),
    evidence_ref=[f"E{n}" for n in range(60)] + [None] * 5,
)


@twin("AQ-01", hazard=hazards)
def aq01(d, p):
    t = d.hazard
    t = t[~t.is_accident.eq(True)]
    due = t.deadline.where(t.extension_no.notna() | t.orig_deadline.isna(), t.orig_deadline)
    due = due.fillna(t.found_date + pd.to_timedelta(t.hazard_level.map(p.d_days), unit="D"))
    done = d.known(t.rect_date)
    yield "open", own(t), done.isna() & (due < d.today)
    yield "late", own(t), done > due


@twin("AQ-02", hazard=hazards)
def aq02(d, p):
    t = d.hazard
    t = t[~t.is_accident.eq(True) & (t.hazard_level == "重大")]
    five = t[["measure", "fund_amount", "responsible_id", "deadline", "plan_doc"]]
    told = d.known(t.report_time)
    yield "elements", own(t), five.isna().any(axis=1)
    yield "unreported", own(t), told.isna() & ((d.today - t.found_date).dt.days > p.n_days)
    yield "late", own(t), (told.dt.normalize() - t.found_date).dt.days > p.n_days


@twin("AQ-03", hazard=hazards)
def aq03(d, p):
    t = d.hazard
    t = t[~t.is_accident.eq(True) & t.status.isin(["已整改", "已销号"]) & d.known(t.rect_date).notna()]
    yield "reviewer", own(t), t.reviewer_id.isna()
    yield "self", own(t), t.reviewer_id.notna() & (t.reviewer_id == t.responsible_id)
    yield "evidence", own(t), t.evidence_ref.isna()
    yield "early", own(t), t.review_date < t.rect_date
    days = t.groupby(["unit_id", "evidence_ref"]).found_date.transform("nunique")
    yield "reused", own(t), days > 1


@twin(
    "AQ-B02",
    hazard=rows(
        "hazard",
        60,
        found_date=lambda rng, row: day(rng, date(2020, 12, 20), 300),
        accident_know_time=lambda rng, row: (
            None if rng.random() < 0.2 else moment(rng, date(2021, 8, 20), 12)
        ),
        accident_report_time=lambda rng, row: (
            None
            if rng.random() < 0.2
            else (row["accident_know_time"] or moment(rng, date(2021, 8, 20), 12))
            + pd.Timedelta(minutes=rng.choice([0, 60, 61]))
        ),
    ),
)
def aq_b02(d, p):
    t = d.hazard
    t = t[t.is_accident.eq(True) & d.within(t.found_date)]
    told = d.known(t.accident_report_time)
    yield "silent", own(t), told.isna()
    yield "late", own(t), told - t.accident_know_time > pd.Timedelta(hours=p.h)
    yield "undated", own(t), told.notna() & t.accident_know_time.isna()


@twin(
    "AQ-15",
    activity_log=rows(
        "activity_log", 90, evidence_ref=[f"E{n}" for n in range(50)] + [None], round_id=["R1", None]
    ),
)
def aq15(d, p):
    t = d.activity_log
    t = t[t.act_type.isin(p.kinds)]
    event = t.round_id.where(t.round_id.notna(), t.act_time.dt.strftime("%Y-%m-%d"))
    groups = [(tuple(g.row), g) for _, g in t.assign(event=event).groupby("evidence_ref")]
    # a file belongs to the period its last record lies in
    hits = [
        g.event.nunique() > 1 and d.start <= g.act_time.max() < d.end + pd.Timedelta(days=1)
        for _, g in groups
    ]
    yield "reused", [key for key, _ in groups], hits


@twin(
    "AQ-16",
    activity_log=rows(
        "activity_log",
        60,
        act_type=CHECKS,
        leader_id=[*PEOPLE, None],
        act_time=lambda rng, row: moment(rng, date(2020, 12, 25), 30),
    ),
    staff_leave=rows(
        "staff_leave",
        6,
        person_id=PEOPLE,
        from_date=[date(2020, 12, 28), date(2021, 1, 5)],
        to_date=[date(2021, 1, 5), date(2021, 1, 9)],
    ),
    hazard=rows(
        "hazard",
        40,
        found_date=[date(2020, 12, 20)],
        reviewer_id=[*PEOPLE, None],
        review_date=lambda rng, row: day(rng, date(2020, 12, 25), 30),
    ),
)
def aq16(d, p):
    for case, t, who, when in (
        ("leader", d.activity_log, "leader_id", "act_time"),
        ("reviewer", d.hazard, "reviewer_id", "review_date"),
    ):
        pairs = t.merge(d.staff_leave, left_on=who, right_on="person_id", suffixes=("", "_leave"))
        day_ = pairs[when].dt.normalize()
        yield (
            case,
            list(zip(pairs.row, pairs.row_leave, strict=True)),
            day_.between(pairs.from_date, pairs.to_date) & d.within(day_),
        )


ages = [
    date(2020, 6, 29),
    date(2020, 6, 30),
    date(2020, 10, 14),
    date(2020, 10, 15),
    date(2020, 12, 31),
    date(2021, 3, 30),
    date(2021, 3, 31),
    None,
]


@twin(
    "AQ-07",
    as_of=AS_OF,
    cert_asset=rows("cert_asset", 60, ca_type=["消防设施", "灭火器"], last_check_date=ages, made_date=ages),
)
def aq07(d, p):
    t = d.cert_asset
    t = t[(t.ca_type == "消防设施") & (t.status == "在用")]
    since = t.last_check_date.fillna(t.made_date)
    late = since.isna() | (since + pd.DateOffset(months=p.m) < d.today)
    yield "overdue", own(t), late & t.last_check_date.notna()
    yield "never", own(t), late & t.last_check_date.isna()


ends = [
    date(2021, 6, 29),
    date(2021, 6, 30),
    date(2021, 7, 30),
    date(2021, 10, 15),
    date(2021, 11, 14),
    date(2021, 11, 15),
    date(2022, 1, 30),
    date(2022, 4, 30),
    None,
]


@twin(
    "AQ-09",
    as_of=AS_OF,
    cert_asset=rows(
        "cert_asset",
        110,
        ca_type=["特种设备", "灭火器"],
        valid_from=[date(2020, 1, 1), date(2021, 7, 1), None],
        valid_to=ends,
        apply_date=[
            date(2019, 12, 1),
            date(2021, 5, 30),
            date(2021, 6, 30),
            date(2021, 10, 14),
            date(2021, 12, 30),
            None,
        ],
    ),
)
def aq09(d, p):
    t = d.cert_asset
    t = t[(t.ca_type == "特种设备") & (t.status == "在用") & ~(t.valid_from > d.today)]
    asked = d.known(t.apply_date)
    asked = asked.where(~(asked <= t.valid_from))  # that one was for the cycle before
    by = t.valid_to - pd.DateOffset(months=p.apply_before_months)
    yield "expired", own(t), t.valid_to < d.today
    yield "undated", own(t), t.valid_to.isna()
    yield "late", own(t), asked > by
    yield "unapplied", own(t), asked.isna() & (by < d.today) & (t.valid_to >= d.today)


@twin(
    "AQ-10",
    as_of=AS_OF,
    cert_asset=rows(
        "cert_asset",
        130,
        ca_type=["特种设备作业证", "消防设施操作员证", "健康证"],
        valid_from=[date(2020, 1, 1), date(2021, 7, 1), None],
        valid_to=ends,
        holder_id=[*PEOPLE, "P9", None],
    ),
    person=each(
        "person",
        "person_id",
        PEOPLE,
        status=["在岗", "在岗", "调出"],
        status_date=[date(2021, 5, 1), date(2021, 10, 15), date(2021, 12, 1), None],
    ),
)
def aq10(d, p):
    t = d.cert_asset
    t = t[t.ca_type.isin(p.kinds) & (t.status == "在用") & ~(t.valid_from > d.today)]
    t = t.merge(
        d.person[["person_id", "status", "status_date"]],
        "left",
        left_on="holder_id",
        right_on="person_id",
        suffixes=("", "_of"),
    )
    left = t.status_of.notna() & (t.status_of != "在岗") & ~(t.status_date > d.today)
    expired = (t.valid_to < d.today) & ~left
    yield "expired", own(t), expired & t.status_of.notna()
    yield "unknown", own(t), expired & t.status_of.isna()
    yield "undated", own(t), t.valid_to.isna() & t.ca_type.isin(p.dated) & ~left
    yield "soon", own(t), (t.valid_to - d.today).dt.days.between(0, p.warn_days) & ~left
