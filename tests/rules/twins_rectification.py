"""Plain pandas twins of the rectification rules."""

import re
from datetime import date, timedelta

import pandas as pd
from twins import PEOPLE, by, day, each, later, own, rows, twin

BATCHES = {f"X{n}": ("巡察", "巡视", "审计", "自查")[n % 4] for n in range(12)}
STEPS = ["plan_submit_date", "progress_report_date", "head_report_date"]
LOOKS = [date(2021, 12, 31), date(2021, 10, 15), date(2022, 3, 31), date(2021, 8, 31)]
dates = (-1, 0, 14, 15, 16, 30, 200)


def problems(n: int, **columns):
    wanted = {
        "batch_id": [*BATCHES],
        "source_type": lambda rng, row: BATCHES[row["batch_id"]],
        "feedback_date": lambda rng, row: day(rng, date(2020, 10, 1), 430),
        "status": ["整改中", "基本完成", "已销号", "已销号"],
        "close_date": later("feedback_date", 20, 40, 60, 250, null=0.2),
        "is_long_term": [True, False, False, None],
    }
    return rows("rectification", n, **wanted | columns)


def closed(d):
    """Those closed by the day looked from, and the day of closure where that is known."""
    t = d.rectification
    t["closed"] = d.known(t.close_date)
    return t[(t.status == "已销号") & (t.close_date.isna() | t.closed.notna())]


def months_later(moments, months):
    return moments.map(lambda moment: moment + pd.DateOffset(months=months), na_action="ignore").astype(
        "datetime64[ns]"
    )


around = [
    date(2021, 11, 30),
    date(2021, 12, 31),
    date(2023, 12, 31),
    date(2024, 1, 31),
    date(2024, 2, 7),
    date(2024, 2, 8),
]


def batch_dates(null):
    return {
        "feedback_date": around,
        "plan_submit_date": later("feedback_date", 27, 28, 29, 30, 31, 32, null=null),
        "progress_report_date": later("feedback_date", 58, 59, 60, 61, 62, 181, 182, 183, null=null),
        "head_report_date": later("feedback_date", 58, 59, 60, 61, 62, 181, 182, 183, null=null),
    }


def batches_or_problems(name):
    table = rows(
        name,
        44,
        batch_id=[*BATCHES],
        source_type=lambda rng, row: BATCHES[row["batch_id"]],
        **batch_dates(0.3),
    )
    if name == "rectification":
        return table
    kept = each(
        "feedback_batch",
        "batch_id",
        [f"B{n}" for n in range(50)],
        source_type=["巡察", "巡视", "审计", None],
        plan_deadline=later("feedback_date", 28, 40, null=0.7),
        report_deadline=later("feedback_date", 60, 90, null=0.7),
        **batch_dates(0.3),
    )

    def build(rng):
        made = kept(rng)
        # some bureaus list the batches only, and keep their dates with each problem
        return [row | dict.fromkeys(STEPS) for row in made] if rng.random() < 0.5 else made

    return build


@twin(
    "ZG-01",
    as_of=(date(2024, 12, 31), date(2024, 3, 8), date(2024, 4, 7), date(2022, 1, 31)),
    rectification=batches_or_problems("rectification"),
    feedback_batch=batches_or_problems("feedback_batch"),
)
def zg01(d, p):
    b = d.feedback_batch
    if b.plan_submit_date.isna().all():
        b = d.rectification.groupby("batch_id").agg(
            {"row": tuple, "source_type": "first", "feedback_date": "min"} | dict.fromkeys(STEPS, "max")
        )
        b["plan_deadline"] = b["report_deadline"] = pd.NaT
    b = b[b.source_type.isin(["巡察", "巡视"])]
    keys = [row if isinstance(row, tuple) else (row,) for row in b.row]
    months = [6 if day >= pd.Timestamp(2024, 2, 8) else 2 for day in b.feedback_date]
    due = [day + pd.DateOffset(months=m) for day, m in zip(b.feedback_date, months, strict=True)]
    report_due = b.report_deadline.fillna(pd.Series(due, b.index))
    plan_due = b.plan_deadline.fillna(months_later(b.feedback_date, p.plan_m))
    for case, column, due in zip(
        ("plan", "report", "head"), STEPS, (plan_due, report_due, report_due), strict=True
    ):
        done = d.known(b[column])
        yield case, keys, done.isna() & (due < d.today)
        yield f"{case}_late", keys, done > due


@twin(
    "ZG-02",
    rectification=problems(
        160,
        deadline=lambda rng, row: (
            None if rng.random() < 0.1 else rng.choice(LOOKS) + timedelta(rng.choice(dates))
        ),
        orig_deadline=lambda rng, row: (
            None if rng.random() < 0.5 else rng.choice(LOOKS) + timedelta(rng.choice(dates))
        ),
        extension_no=["批1", None],
        close_date=lambda rng, row: (
            None if rng.random() < 0.1 else rng.choice(LOOKS) + timedelta(rng.choice(dates))
        ),
    ),
)
def zg02(d, p):
    t = d.rectification
    t = t[~t.is_long_term.eq(True)]
    done = t.index.isin(closed(d).index)
    unapproved = t.orig_deadline.notna() & t.extension_no.isna()
    due = t.orig_deadline.where(unapproved, t.deadline.fillna(t.orig_deadline))
    yield "open", own(t), ~done & (due < d.today)
    yield "late", own(t), done & (d.known(t.close_date) > due)
    yield "soon", own(t), ~done & (due - d.today).dt.days.between(0, p.warn_days)


@twin(
    "ZG-03",
    rectification=problems(
        90, evidence_ref=["E", "E", None], acceptor_id=[*PEOPLE, None], leader_id=[*PEOPLE, None]
    ),
)
def zg03(d, p):
    t = closed(d)
    yield "evidence", own(t), t.evidence_ref.isna()
    yield "acceptor", own(t), t.acceptor_id.isna()
    yield "date", own(t), t.close_date.isna()
    yield "self", own(t), t.acceptor_id.notna() & (t.acceptor_id == t.leader_id)


@twin("ZG-04", rectification=problems(90, orig_deadline=later("feedback_date", 30, null=0.7)))
def zg04(d, p):
    t = d.rectification
    yield "measure", own(t), t.measure.isna()
    yield "leader", own(t), t.leader_id.isna()
    yield "dept", own(t), t.dept.isna()
    yield "deadline", own(t), t.deadline.isna() & t.orig_deadline.isna() & ~t.is_long_term.eq(True)


@twin(
    "ZG-05",
    rectification=problems(
        150,
        close_date=[
            date(2021, 2, 28),
            date(2021, 3, 31),
            date(2021, 4, 15),
            date(2021, 4, 16),
            date(2021, 6, 30),
            None,
        ],
        review_date=lambda rng, row: (
            None
            if rng.random() < 0.7
            else (row["close_date"] or date(2021, 6, 1)) + timedelta(days=rng.choice([-1, 0, 1, 200, 400]))
        ),
    ),
)
def zg05(d, p):
    t = closed(d)
    t = t[months_later(t.closed, p.months) <= d.today]
    # whoever looked before the closure did not look back at it
    t["seen"] = d.known(t.review_date) >= t.closed
    groups = [g for _, g in by(t, "batch_id")]
    keys = [tuple(g.row if g.seen.all() else g.row[~g.seen]) for g in groups]
    yield "batch", keys, [g.seen.sum() * 5 < len(g) for g in groups]


@twin(
    "ZG-07",
    rectification=problems(40, batch_id=[*BATCHES][:9], feedback_date=[date(2021, 3, 1), date(2021, 9, 15)]),
    feedback_batch=each(
        "feedback_batch",
        "batch_id",
        [f"X{n}" for n in range(4, 12)],
        feedback_date=[date(2021, 3, 1), date(2021, 9, 15), date(2021, 12, 31)],
        problem_count=[0, 2, 3, 4, 5, 6, None],
    ),
)
def zg07(d, p):
    t, b = d.rectification, d.feedback_batch
    mine = [t[t.batch_id == batch] for batch in b.batch_id]
    n = pd.Series([g.item_id.nunique() for g in mine], b.index)
    keys = [(row, *g.row) for row, g in zip(b.row, mine, strict=True)]
    yield "fewer", keys, n < b.problem_count
    yield "more", keys, n > b.problem_count
    yield "unstated", keys, b.problem_count.isna()
    t = t[t.source_type.isin(p.sources)]
    groups = [(key, tuple(g.row)) for key, g in by(t, "batch_id")]
    yield "stray", [rows for _, rows in groups], [key not in set(b.batch_id) for key, _ in groups]


@twin(
    "ZG-08",
    rectification=problems(
        90, due_yuan=[0.0, 100.0, 100.0, None], recovered_yuan=[0.0, 99.99, 100.0, 100.01, None]
    ),
)
def zg08(d, p):
    t = closed(d)
    t = t[t.due_yuan > 0]
    yield "short", own(t), t.due_yuan - t.recovered_yuan > 1e-6
    yield "unrecorded", own(t), t.recovered_yuan.isna()


@twin(
    "ZG-09",
    rectification=problems(
        60, measure=["召开会议", "印发通知，追缴退款", "组织学习传达", "已维修", "重申纪律、建立台账", None]
    ),
)
def zg09(d, p):
    t = d.rectification
    words = [
        (re.search(p.paper, m), re.search(p.action, m)) if pd.notna(m) else (None, None) for m in t.measure
    ]
    yield "paper", own(t), [bool(paper) and not deed for paper, deed in words]


@twin(
    "ZG-B02",
    rectification=problems(
        90,
        batch_id=[*BATCHES][:6],
        status=["已销号", "已销号", "已销号", "整改中"],
        close_date=lambda rng, row: rng.choice(
            [date(2021, 6, 1 + int(row["batch_id"][1:]))] * 2 + [date(2021, 9, 9), date(2022, 1, 5), None]
        ),
        finish_date=lambda rng, row: (
            date(2021, 5, 1 + (0 if row["batch_id"] in ("X0", "X3") else rng.randrange(3)))
            if rng.random() < 0.8
            else None
        ),
    ),
)
def zg_b02(d, p):
    t = closed(d)
    t = t[t.closed.notna()].assign(finished=lambda t: t.finish_date.fillna(t.closed))
    keys, hit = [], []
    for _, g in by(t, "batch_id"):
        per_day = g.closed.value_counts()
        k = per_day.max()
        keys.append(tuple(g.row[g.closed == per_day[per_day == k].index.min()]))
        enough = k >= p.share * len(g) and g.finished.value_counts().max() >= p.share * len(g)
        hit.append(k >= p.min_n and enough)
    yield "massed", keys, hit


@twin(
    "ZG-06",
    rectification=problems(
        90,
        # texts unlike each other: what is alike in wording is another test's matter
        problem=["食堂采购未验收", "公车加油无登记", "消防通道堆放杂物", "党员教育记录缺失"],
        close_date=later("feedback_date", -5, 20, 40, 60, 90, null=0.2),
        review_date=later("feedback_date", 100, 300, null=0.4),
    ),
)
def zg06(d, p):
    t, done = d.rectification, closed(d)
    yield "declared", own(done), done.review_result.isin(p.came_back) & ~(done.review_date > d.today)
    keys, hit = [], []
    for old in done[done.closed.notna()].itertuples():
        until = old.closed + pd.DateOffset(months=p.months)
        again = t[(t.unit_id == old.unit_id) & (t.problem == old.problem) & (t.row != old.row)]
        again = again[(again.feedback_date > old.closed) & (again.feedback_date <= until)].sort_values(
            "feedback_date"
        )
        keys.append((old.row, *again.row[:1]))
        hit.append(len(again) > 0)
    yield "measured", keys, hit
