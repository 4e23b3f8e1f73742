"""Plain pandas twins of the anti-doping rules: education, exams, letters, and what befalls a person."""

import re
from datetime import date, timedelta

import pandas as pd
from twins import PEOPLE, UNITS, day, each, later, own, rows, twin

ATHLETES = [f"A{n}" for n in range(10)]
MANY = [f"U{n}" for n in range(1, 10)]
YEAR = (date(2021, 12, 31), date(2021, 10, 15), date(2022, 3, 31), date(2021, 11, 30))
EVENTS = ["省运会", "第十四届 全运会", "市锦标赛", "友谊赛", None]


def records(n: int, **columns):
    wanted = {"ath_id": [*ATHLETES, None], "rec_date": lambda rng, row: day(rng), "unit_id": UNITS}
    return rows("adop_record", n, **wanted | columns)


def squeezed(text):
    return None if pd.isna(text) else re.sub(r"\s+", "", text)


def judgements(judged):
    for case, pairs in judged.items():
        yield case, [key for key, _ in pairs], [hit for _, hit in pairs]


@twin(
    "FX-02",
    adop_record=records(
        330,
        rec_type=["参赛报名", "准入考试", "准入考试", "教育培训"],
        ath_id=[*ATHLETES] * 3 + [None],
        event_name=lambda rng, row: (
            rng.choice(EVENTS)
            if row["rec_type"] != "准入考试"
            else rng.choice(["省 运会", "第十四届全运会", "市锦标赛"])
        ),
        event_date=later("rec_date", 0, 5, 40, 200, null=0.2),
        exam_score=[60.0, 79.0, 79.9, 80.0, 100.0, None],
        attempt_no=[1, 2, 3, 4, None],
        result=["通过", "未通过", None, None],
        exam_required=[True, False, None, None],
    ),
)
def fx02(d, p):
    t = d.adop_record
    exams = t[t.rec_type == "准入考试"].assign(event=lambda e: e.event_name.map(squeezed))
    judged = {case: [] for case in ("none", "failed", "ahead", "nobody")}
    for entry in t[t.rec_type == "参赛报名"].itertuples():
        named = pd.notna(entry.event_name) and re.search(p.events, entry.event_name)
        if not (entry.exam_required if pd.notna(entry.exam_required) else named):
            continue
        here = d.within(entry.rec_date)
        judged["nobody"].append(((entry.row,), here and pd.isna(entry.ath_id)))
        if pd.isna(entry.ath_id):
            continue
        on = entry.event_date if pd.notna(entry.event_date) else entry.rec_date
        sat = exams[
            (exams.ath_id == entry.ath_id)
            & (exams.event == squeezed(entry.event_name))
            & (exams.rec_date <= on)
        ]
        counted = sat[~(sat.attempt_no > p.max_try)]
        good = (counted.exam_score >= p.pass_score) | (counted.exam_score.isna() & (counted.result == "通过"))
        passed, over = good.any(), on <= d.today
        judged["ahead"].append(((entry.row,), here and not over and not passed))
        judged["none"].append(((entry.row,), d.within(on) and over and not len(sat)))
        judged["failed"].append(((entry.row,), d.within(on) and over and len(sat) > 0 and not passed))
    yield from judgements(judged)


def of_the_year(d):
    return min(pd.Timestamp(2021, 12, 31), d.today), d.as_of >= date(2021, 12, 31)


@twin(
    "FX-03",
    as_of=YEAR,
    unit=each(
        "unit",
        "unit_id",
        MANY,
        has_athletes=[True, True, False],
        active=[True, True, None, False],
        head_id=[*PEOPLE[:2], None],
    ),
    adop_record=records(
        18, unit_id=MANY, rec_type=["责任书", "责任书", "教育培训"], signer_id=[*PEOPLE[:3], *[None] * 4]
    ),
)
def fx03(d, p):
    last, over = of_the_year(d)
    letters = d.adop_record[
        (d.adop_record.rec_type == "责任书") & d.adop_record.rec_date.between("2021-01-01", last)
    ]
    judged = {case: [] for case in ("none", "pending", "unsigned", "signer")}
    for unit in d.unit[d.unit.has_athletes.eq(True) & ~d.unit.active.eq(False)].itertuples():
        mine, key = letters[letters.unit_id == unit.unit_id], (unit.row,)
        judged["none" if over else "pending"].append((key, not len(mine)))
        if len(mine):
            signers = set(mine.signer_id.dropna())
            judged["unsigned"].append((key, not signers))
            judged["signer"].append(
                (key, bool(signers) and pd.notna(unit.head_id) and unit.head_id not in signers)
            )
    yield from judgements(judged)


@twin(
    "FX-09",
    as_of=YEAR,
    unit=each(
        "unit",
        "unit_id",
        MANY,
        unit_type=["县市区部门", "训练单位", "体校", "机关", "机关"],
        has_athletes=[True, False, False],
        active=[True, True, None, False],
    ),
    adop_record=records(9, unit_id=MANY, rec_type=["教育培训", "责任书"]),
    activity_log=rows("activity_log", 6, unit_id=MANY, act_type=["反兴奋剂培训", "消防培训"]),
)
def fx09(d, p):
    last, over = of_the_year(d)
    r, a, u = d.adop_record, d.activity_log, d.unit[~d.unit.active.eq(False)]
    held = r.unit_id[(r.rec_type == "教育培训") & r.rec_date.between("2021-01-01", last)]
    days = a.act_time.dt.normalize()
    logged = a.unit_id[(a.act_type == "反兴奋剂培训") & days.between("2021-01-01", last)]
    u = u[u.unit_type.isin(p.unit_types) | u.has_athletes.eq(True)]
    yield "none" if over else "pending", own(u), ~u.unit_id.isin([*held, *logged])


@twin(
    "FX-10",
    adop_record=records(
        150,
        rec_type=["参赛报名", "参赛报名", "教育培训"],
        ath_id=[f"A{n}" for n in range(40)] + [None],
        rec_date=lambda rng, row: day(rng, date(2020, 7, 20), 540),
        event_date=later("rec_date", 0, 5, 40, 200, null=0.3),
    ),
)
def fx10(d, p):
    t = d.adop_record
    judged = {case: [] for case in ("untrained", "unknown", "ahead")}
    for entry in t[(t.rec_type == "参赛报名") & t.ath_id.notna()].itertuples():
        on = entry.event_date if pd.notna(entry.event_date) else entry.rec_date
        since = on - pd.DateOffset(months=p.months)
        mine = t[(t.rec_type == "教育培训") & (t.ath_id == entry.ath_id)]
        lacks = not mine.rec_date.between(since, on).any()
        key, reaches_back = (entry.row,), t.rec_date.min() <= since
        if on > d.today:
            judged["ahead"].append((key, lacks and d.within(entry.rec_date)))
        elif d.within(on):
            judged["untrained" if reaches_back else "unknown"].append((key, lacks))
    yield from judgements(judged)


@twin(
    "FX-11",
    activity_log=rows(
        "activity_log",
        40,
        act_type=["反兴奋剂培训", "反兴奋剂培训", "消防培训"],
        act_time=lambda rng, row: (
            pd.Timestamp(day(rng, date(2020, 12, 25), 20)).to_pydatetime() + timedelta(hours=9)
        ),
        attend_count=[0, 1, 2, 3, None],
    ),
    adop_record=records(
        130,
        rec_type=["教育培训"] * 4 + ["责任书"],
        act_id=[f"activity_log{n}" for n in range(45)] + [None] * 30,
        rec_date=lambda rng, row: day(rng, date(2020, 12, 25), 20),
    ),
)
def fx11(d, p):
    a = d.activity_log
    a, r = a[(a.act_type == "反兴奋剂培训") & d.within(a.act_time)], d.adop_record
    r = r[(r.rec_type == "教育培训") & r.ath_id.notna()]
    there = []
    for act in a.itertuples():
        that_day = r.act_id.isna() & (r.unit_id == act.unit_id) & (r.rec_date == act.act_time.normalize())
        there.append(r.ath_id[(r.act_id == act.act_id) | that_day].nunique())
    yield "differs", own(a), (a.attend_count - pd.Series(there, a.index)).abs() > p.tolerance
    yield "uncounted", own(a), a.attend_count.isna()


@twin(
    "FX-04",
    intake_txn=rows(
        "intake_txn",
        150,
        txn_type=["发放", "使用", "入库"],
        contains_banned=[True, True, False, None],
        caution_flag=[True, False, None],
        prescription_no=["C1", "C1", None],
        tue_no=[f"T{n}" for n in range(14)] + [None],
        receiver_id=[*ATHLETES[:3], None],
    ),
    adop_record=records(
        40,
        rec_type=["TUE", "TUE", "责任书"],
        ath_id=[*ATHLETES[:3], None],
        ref_no=[f"T{n}" for n in range(14)],
        result=["批准", "批准", "未批准", None],
        valid_from=[date(2020, 6, 1), date(2021, 3, 1), None],
        valid_to=[date(2021, 8, 1), date(2022, 6, 1), None],
    ),
)
def fx04(d, p):
    t = d.intake_txn
    t = t[t.txn_type.isin(["发放", "使用"]) & d.within(t.txn_date)]
    t = t[t.contains_banned.eq(True) | t.caution_flag.eq(True)]
    yield "prescription", own(t), t.prescription_no.isna()
    r, judged = d.adop_record, {"tue": [], "undated": []}
    r = r[(r.rec_type == "TUE") & (r.result == "批准")]
    for issue in t[t.contains_banned.eq(True)].itertuples():
        theirs = r.ath_id.isna() | (r.ath_id == issue.receiver_id) | pd.isna(issue.receiver_id)
        paper = r[(r.ref_no == issue.tue_no) & theirs]
        valid = ((paper.valid_from <= issue.txn_date) & (issue.txn_date <= paper.valid_to)).any()
        undated = paper[["valid_from", "valid_to"]].isna().any(axis=None)
        judged["tue"].append(((issue.row,), not valid and not undated))
        judged["undated"].append(((issue.row,), not valid and undated))
    yield from judgements(judged)


@twin(
    "FX-B05",
    adop_record=records(
        130,
        rec_type=["兴奋剂检查", "兴奋剂检查", "TUE"],
        result=["阳性", "阳性", "阴性", None],
        rec_date=lambda rng, row: rng.choice(
            [day(rng), *(look - timedelta(days=rng.randrange(3)) for look in YEAR)]
        ),
        report_time=lambda rng, row: (
            None
            if rng.random() < 0.3
            else pd.Timestamp(row["rec_date"]).to_pydatetime()
            + timedelta(minutes=rng.choice([600, 2880, 2881, 90 * 1440]))
        ),
    ),
)
def fx_b05(d, p):
    t = d.adop_record
    t = t[(t.rec_type == "兴奋剂检查") & (t.result == "阳性") & d.within(t.rec_date)]
    told, limit = d.known(t.report_time), pd.Timedelta(hours=24 + p.h)
    yield "late", own(t), told - t.rec_date > limit
    yield "silent", own(t), told.isna() & (d.tomorrow - t.rec_date > limit)
