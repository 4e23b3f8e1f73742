"""Plain pandas twins of the firearms rules: the guns' papers, outings, loss and disposal."""

from datetime import date, timedelta

import pandas as pd
from twins import PEOPLE, each, later, moment, own, rows, twin

GUNS = [f"G{n}" for n in range(12)]
SHOOTERS = [f"A{n}" for n in range(14)]


def issues(n: int, **columns):
    """Issues all through the year; some go on beyond the day looked from."""
    wanted = {"in_time": later("out_time", 0, 0, 0, 1, 90), "gun_no": GUNS, "borrower_id": SHOOTERS}
    return rows("gun_issue", n, **wanted | columns)


@twin(
    "QD-05",
    gun_issue=issues(
        120,
        gun_no=["G1", "G2"],
        return_gun_no=["G1", "G1", "G2", "G2", None],
        unload_check=[True, True, False, None],
    ),
)
def qd05(d, p):
    t = d.gun_issue
    t = t[d.within(t.out_time) & d.known(t.in_time).notna()]
    yield "number", own(t), t.return_gun_no != t.gun_no
    yield "unchecked", own(t), ~t.unload_check.eq(True)


@twin(
    "QD-07",
    gun_issue=issues(
        120,
        approver_id=["P1", "P2", "P3", None],
        keeper_out1=[*PEOPLE, None],
        keeper_out2=[*PEOPLE, None],
        approve_time=lambda rng, row: (
            None if rng.random() < 0.1 else row["out_time"] + timedelta(minutes=rng.choice([-60, 0, 1, 1440]))
        ),
    ),
)
def qd07(d, p):
    t = d.gun_issue
    t = t[d.within(t.out_time)]
    yield "none", own(t), t.approver_id.isna() & t.approve_time.isna()
    yield "nobody", own(t), t.approver_id.isna() & t.approve_time.notna()
    yield "undated", own(t), t.approver_id.notna() & t.approve_time.isna()
    by_day = t.out_time == t.out_time.dt.normalize()  # the hour was not written
    yield (
        "after",
        own(t),
        (t.approve_time > t.out_time) & ~(by_day & (t.approve_time.dt.normalize() == t.out_time)),
    )
    keeper = (t.approver_id == t.keeper_out1) | (t.approver_id == t.keeper_out2)
    yield "keeper", own(t), t.approver_id.notna() & keeper


@twin(
    "QD-14",
    gun_issue=issues(
        90,
        purpose=["训练", "外出参赛", "外出参赛"],
        transport_permit_no=["T", None],
        escort_count=[0, 1, 2, 3, None],
        ammo_separate=[True, False, None],
    ),
)
def qd14(d, p):
    t = d.gun_issue
    t = t[d.within(t.out_time) & (t.purpose == "外出参赛")]
    yield "permit", own(t), t.transport_permit_no.isna()
    yield "escort", own(t), ~(t.escort_count >= p.n_escort)
    yield "together", own(t), ~t.ammo_separate.eq(True)


looks = [date(2021, 12, 31), date(2021, 10, 15), date(2022, 3, 31), date(2021, 8, 31)]


def about(*days, years=0, null=0.1):
    """A date so many days from one of the days looked from."""

    def value(rng, row):
        if rng.random() < null:
            return None
        look = rng.choice(looks)
        return look.replace(year=look.year - years) + timedelta(days=rng.choice(days))

    return value


guns = rows(
    "gun",
    130,
    gun_no=[f"G{n}" for n in range(300)],
    permit_no=[f"N{n}" for n in range(300)] + [None] * 40,
    permit_expiry=about(-1, 0, 1, 60, 61),
    last_inspect_date=about(-1, 0, 1, 200, years=1),
    status=["在库", "在库", "在库", "送修", "封存", "外出", "报废", "上缴", "丢失", "被盗"],
    status_date=about(-1, 0, 1, null=0.3),
)


@twin("QD-08", gun=guns)
def qd08(d, p):
    t = d.gun
    gone = t.status.isin(["报废", "上缴", "丢失", "被盗"]) & ~(t.status_date > d.today)
    h = t[~gone]
    yield "none", own(h), h.permit_no.isna()
    yield "undated", own(h), h.permit_no.notna() & h.permit_expiry.isna()
    yield "expired", own(h), h.permit_expiry < d.today
    yield "soon", own(h), (h.permit_expiry - d.today).dt.days.between(0, p.warn_days)
    yield "never", own(h), h.last_inspect_date.isna()
    yield "overdue", own(h), h.last_inspect_date + pd.DateOffset(months=p.m_inspect) < d.today
    for case, column in (("same_permit", "permit_no"), ("same_number", "gun_no")):
        groups = [tuple(g.row) for _, g in t.groupby(column)]
        yield case, groups, [len(g) > 1 for g in groups]


@twin(
    "QD-15",
    gun=rows(
        "gun",
        90,
        status=["在库", "丢失", "被盗"],
        loss_found_time=lambda rng, row: (
            None
            if rng.random() < 0.2
            else moment(rng, *rng.choice([(date(2021, 7, 1), 270), (rng.choice(looks), 1)]))
        ),
        loss_report_time=lambda rng, row: (
            None
            if rng.random() < 0.2
            else (row["loss_found_time"] or moment(rng, date(2021, 7, 1), 270))
            + timedelta(minutes=rng.choice([0, 59, 60, 61, 90 * 1440]))
        ),
    ),
)
def qd15(d, p):
    t = d.gun
    t = t[t.status.isin(["丢失", "被盗"])]
    t = t[~(t.loss_found_time.fillna(t.status_date) >= d.tomorrow)]  # not lost yet
    told, day_only = d.known(t.loss_report_time), t.loss_found_time == t.loss_found_time.dt.normalize()
    since = t.loss_found_time + pd.to_timedelta(day_only.astype(int), unit="D")
    limit = pd.Timedelta(hours=p.h)
    yield "silent", own(t), told.isna() & ~(d.tomorrow - since <= limit)
    yield "late", own(t), told - since > limit
    yield "undated", own(t), told.notna() & t.loss_found_time.isna()


@twin(
    "QD-B03",
    gun=rows(
        "gun",
        90,
        status=["在库", "报废", "报废"],
        status_date=about(-90, -31, -30, null=0.2),
        surrender_date=lambda rng, row: (
            None
            if rng.random() < 0.4
            else (row["status_date"] or date(2021, 6, 1)) + timedelta(days=rng.choice([0, 30, 31, 60]))
        ),
    ),
)
def qd_b03(d, p):
    t = d.gun
    # scrapped only after the day looked from: not scrapped yet
    t = t[(t.status == "报废") & ~(t.status_date > d.today)]
    given = d.known(t.surrender_date)
    yield "open", own(t), given.isna() & ((d.today - t.status_date).dt.days > p.n_days)
    yield "late", own(t), (given - t.status_date).dt.days > p.n_days
    yield "undated", own(t), given.isna() & t.status_date.isna()


@twin(
    "QD-13",
    gun_issue=issues(
        260,
        purpose=["训练", "比赛", "外出参赛", "检修", "调试"],
        borrower_id=[*SHOOTERS, *SHOOTERS, "X"],
        coach_id=[*SHOOTERS, None],
        out_time=lambda rng, row: moment(rng, date(2020, 12, 30), 8),
    ),
    athlete=each(
        "athlete",
        "ath_id",
        SHOOTERS,
        role=["运动员", "运动员", "教练员"],
        sport=["射击", "飞碟", "女子手枪", "田径"],
        in_training=[True, True, False, None],
        start_date=[date(2020, 1, 1), date(2021, 1, 2)],
        end_date=[None, None, date(2021, 1, 3)],
    ),
)
def qd13(d, p):
    t = d.gun_issue
    t = t[d.within(t.out_time) & t.purpose.isin(["训练", "比赛", "外出参赛"])]
    t = t.merge(
        d.athlete[["ath_id", "role", "sport", "in_training", "start_date", "end_date"]],
        "left",
        left_on="borrower_id",
        right_on="ath_id",
    )
    on, listed = t.out_time.dt.normalize(), t.ath_id.notna()
    yield "unknown", own(t), ~listed
    yield "sport", own(t), listed & ~t.sport.str.contains(p.sport, na=False)
    yield "dates", own(t), (on < t.start_date) | (on > t.end_date)
    yield "undated", own(t), t.in_training.eq(False) & t.end_date.isna()
    yield "coach", own(t), (t.role == "运动员") & (t.coach_id.isna() | (t.coach_id == t.borrower_id))


@twin(
    "QD-06",
    gun_issue=issues(
        40,
        out_time=lambda rng, row: moment(rng, date(2020, 12, 28), 8),
        in_time=later("out_time", 0, 1, 400),
        **{k: [*PEOPLE, "P9", None] for k in ("keeper_out1", "keeper_out2", "keeper_in1", "keeper_in2")},
    ),
    ammo_txn=rows(
        "ammo_txn",
        30,
        txn_time=lambda rng, row: moment(rng, date(2020, 12, 28), 8),
        txn_type=["期初", "领出", "退回"],
        handler1=[*PEOPLE, None],
        handler2=[*PEOPLE, None],
    ),
    person=each(
        "person",
        "person_id",
        PEOPLE,
        auth_armory=[True, False, None],
        post_start_date=[date(2020, 1, 1), date(2021, 1, 1), date(2021, 1, 2)],
        status=["在岗", "在岗", "调出"],
        status_date=[None, date(2020, 6, 1), date(2021, 1, 1), date(2021, 1, 2)],
    ),
)
def qd06(d, p):
    i, x, who = d.gun_issue, d.ammo_txn, d.person.set_index("person_id")
    signed = [*zip(i.row, i.out_time, i.keeper_out1, i.keeper_out2, strict=True)]
    signed += zip(i.row, d.known(i.in_time), i.keeper_in1, i.keeper_in2, strict=True)
    x = x[x.txn_type != "期初"]
    signed += zip(x.row, x.txn_time, x.handler1, x.handler2, strict=True)
    judged = {case: [] for case in ("none", "one", "unauthorised", "left", "stranger")}
    for row, when, *pair in signed:
        if pd.isna(when) or not d.start <= when < d.end + pd.Timedelta(days=1):
            continue
        names, when = {name for name in pair if pd.notna(name)}, when.normalize()
        judged["none"].append(((row,), not names))
        judged["one"].append(((row,), len(names) == 1))
        for name in names:
            judged["stranger"].append(((row,), name not in who.index))
            if name in who.index:
                one = who.loc[name]
                settled = one.post_start_date <= when and not one.status_date > when
                judged["unauthorised"].append(((row,), settled and one.auth_armory is False))
                judged["left"].append(((row,), one.status != "在岗" and one.status_date < when))
    for case, pairs in judged.items():
        yield case, [k for k, _ in pairs], [h for _, h in pairs]
