"""Plain pandas twins of the rules on duties, work records, tasks, cases and policies."""

import re
import unicodedata
from datetime import date, datetime

import pandas as pd
from rapidfuzz.distance import Levenshtein
from twins import UNITS, day, each, later, own, rows, twin
from twins_risk import on_post

some_day = lambda rng, row: None if rng.random() < 0.1 else day(rng)  # noqa: E731


@twin(
    "ZT-01",
    duty_record=rows(
        "duty_record",
        90,
        rec_type=["责任清单事项", "责任清单事项", "党课"],
        due_date=[
            date(2021, 8, 30),
            date(2021, 8, 31),
            date(2021, 10, 14),
            date(2021, 12, 30),
            date(2022, 3, 31),
            None,
        ],
        done_date=later("due_date", -1, 0, 1, 60, null=0.3),
    ),
)
def zt01(d, p):
    t = d.duty_record[d.duty_record.rec_type == "责任清单事项"]
    done = d.known(t.done_date)
    yield "open", own(t), done.isna() & (t.due_date < d.today)
    yield "late", own(t), done > t.due_date


HOUSES = [f"U{n}" for n in range(1, 9)]


@twin(
    "ZT-02",
    unit=each("unit", "unit_id", HOUSES, unit_type=["机关", "训练单位"], active=[True, True, None, False]),
    duty_record=rows(
        "duty_record", 40, unit_id=HOUSES, rec_type=["专题研究", "专题研究", "党课"], done_date=some_day
    ),
)
def zt02(d, p):
    t = d.duty_record[d.duty_record.rec_type == "专题研究"]
    bound = d.unit[(d.unit.unit_type == "机关") & ~d.unit.active.eq(False)]
    keys, hit = [], []
    for name, first, last in (("2021H1", "2021-01-01", "2021-06-30"), ("2021H2", "2021-07-01", "2021-12-31")):
        if pd.Timestamp(last) > d.today:
            continue
        met = t[t.done_date.between(first, last)].unit_id.value_counts()
        keys += [f"{unit}|{name}" for unit in bound.unit_id]
        hit += [met.get(unit, 0) < p.n for unit in bound.unit_id]
    yield "few", keys, hit


@twin(
    "ZT-03",
    person=each(
        "person",
        "person_id",
        [f"P{n}" for n in range(1, 25)],
        status=["在岗", "在岗", "退休"],
        status_date=[date(2021, 6, 30), date(2021, 7, 1), None],
        post_start_date=[date(2019, 1, 1), date(2021, 4, 1), date(2021, 4, 2)],
    ),
    duty_record=rows("duty_record", 60, subject_id=[f"P{n}" for n in range(1, 25)], done_date=some_day),
)
def zt03(d, p):
    keys, hit = [], []
    for name, first, last in d.quarters():
        if last > d.today:
            continue
        t = d.person
        t = t[
            t.post_level.isin(["班子正职", "班子副职", "中层"])
            & on_post(t, last)
            & (t.post_start_date <= first)
        ]
        wrote = set(d.duty_record[d.duty_record.done_date.between(first, last)].subject_id)
        keys += [f"{who}|{name}" for who in t.person_id]
        hit += [who not in wrote for who in t.person_id]
    yield "silent", keys, hit


tasks = rows(
    "task",
    120,
    orig_deadline=[date(2021, 8, 30), date(2021, 8, 31), date(2021, 10, 14), date(2021, 12, 30), None],
    deadline=later("orig_deadline", -10, 0, 0, 1, 60, null=0.3),
    change_no=["变1", None],
    done_date=later("orig_deadline", -1, 0, 1, 60, 61, null=0.3),
    requirement=["完成3次检查。", "完成３次检查", "培训覆盖率95%", None],
    local_requirement=["完成3次 检查", "完成1次检查", "培训覆盖率，95%", None],
)


@twin("ZT-05", task=tasks)
def zt05(d, p):
    t = d.task
    # the date first set stands, unless an approval moved it
    due = t.orig_deadline.fillna(t.deadline).where(t.change_no.isna(), t.deadline.fillna(t.orig_deadline))
    done = d.known(t.done_date)
    yield "open", own(t), done.isna() & (due < d.today)
    yield "late", own(t), done > due


def written(text):
    """The words and figures of a text, however they are spaced, dotted and typed."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)) if text else None


@twin("ZT-06", task=tasks)
def zt06(d, p):
    t = d.task[d.task.change_no.isna()]
    yield "date", own(t), t.deadline > t.orig_deadline
    above, here = t.requirement.map(written), t.local_requirement.map(written)
    yield "requirement", own(t), above.notna() & here.notna() & (above != here)


cases = rows(
    "case_file",
    120,
    received_date=[
        date(2020, 12, 20),
        date(2021, 1, 31),
        date(2021, 7, 30),
        date(2021, 7, 31),
        date(2021, 9, 15),
    ],
    proposal_date=later("received_date", 0, 28, 30, 31, 32, null=0.3),
    sanction_date=later("received_date", 1, 30, 60, 200, null=0.3),
    executed_date=later("received_date", 30, 60, 61, 91, 260, null=0.4),
)


@twin("ZT-07", case_file=cases)
def zt07(d, p):
    t = d.case_file
    due, told = t.received_date + pd.DateOffset(months=1), d.known(t.proposal_date)
    yield "open", own(t), told.isna() & (due < d.today)
    yield "late", own(t), told > due


@twin("ZT-08", case_file=cases)
def zt08(d, p):
    t = d.case_file
    done = d.known(t.executed_date)
    yield "open", own(t), done.isna() & ((d.today - t.sanction_date).dt.days > 30)
    yield "late", own(t), (done - t.sanction_date).dt.days > 30


policies = rows(
    "policy",
    120,
    unit_id=UNITS,
    upper_basis=["《预算法实施条例》第3条", "安全生产法、预算法实施条例", "《信访工作条例》", None],
    effective_date=[
        date(2020, 9, 30),
        date(2020, 10, 1),
        date(2020, 12, 31),
        date(2021, 1, 1),
        date(2022, 1, 1),
        None,
    ],
    repealed_date=[date(2021, 8, 31), date(2021, 11, 1), *[None] * 5],
)


@twin("ZT-09", policy=policies)
def zt09(d, p):
    t = d.policy
    t = t[d.known(t.repealed_date).isna()]
    hit = pd.Series(False, t.index)
    for law, revised in (("预算法实施条例", "2020-10-01"), ("安全生产法", "2021-09-01")):
        rests_on = t.upper_basis.fillna("").str.contains(law)
        late = (d.today - pd.Timestamp(revised)).days > 180
        hit |= rests_on & (t.effective_date < revised) & late
    yield "behind", own(t), hit


@twin("ZT-10", policy=policies)
def zt10(d, p):
    t = d.policy[d.policy.revised_claim.eq(True)]
    yield "nothing", own(t), t.doc_no.isna()
    yield "old", own(t), t.doc_no.notna() & (t.effective_date < "2021-01-01")


ENTERED = [datetime(2021, 7, d, h, 30) for d in (1, 2, 8, 9) for h in (0, 23)] + [
    None,
    datetime(2020, 12, 31),
]


@twin(
    "ZT-04",
    duty_record=rows(
        "duty_record",
        110,
        done_date=[date(2020, 12, 25), date(2021, 7, 1), date(2021, 7, 2), date(2021, 11, 1), None],
        entry_time=lambda rng, row: rng.choice(ENTERED),
    ),
)
def zt04(d, p):
    t = d.duty_record
    entered = d.known(t.entry_time)
    t["day"] = entered.dt.normalize()
    seen = d.within(entered)
    yield "late", own(t), seen & ((t.day - t.done_date).dt.days > 7)
    groups = [g for _, g in t[seen].groupby(["subject_id", "day"])]
    yield "bulk", [tuple(g.row) for g in groups], [len(g) >= 5 for g in groups]


TEXTS = [
    "召开专题会议研究部署重点领域廉政风险防控工作并逐项听取各科室负责人汇报有关情况",
    "赴训练中心检查食堂采购验收和枪弹保管制度执行情况并当场指出存在问题要求限期整改",
    "与新任职干部谈话提醒",
]


def retold(rng, row):
    """A text with some characters of its middle or an end changed, and with other figures and marks."""
    text = list(rng.choice(TEXTS))
    for place in rng.sample(range(9, len(text) - 8), rng.choice([0, 2, 3, 4, 5])) if len(text) > 20 else ():
        text[place] = "某"
    if rng.random() < 0.3:
        text[rng.choice([0, -1])] = "改"
    return f"2021年{rng.randrange(1, 13)}月，{''.join(text)}。"


@twin(
    "ZT-B01",
    duty_record=rows(
        "duty_record",
        45,
        subject_id=["P1", "P2"],
        done_date=[date(2021, 3, 1), date(2021, 3, 2), None],
        content=retold,
    ),
)
def zt_b01(d, p):
    t = d.duty_record
    t["words"] = t.content.str.replace(r"[\d\W]", "", regex=True)
    said = [r for r in t.itertuples() if len(r.words) >= 30]
    keys, hit = [], []
    for n, later_ in enumerate(said):
        likes = (
            first
            for first in said[:n]
            if first.unit_id == later_.unit_id
            and (first.subject_id != later_.subject_id or abs((first.done_date - later_.done_date).days) > 0)
            and (first.words[:8] == later_.words[:8] or first.words[-8:] == later_.words[-8:])
            and 1 - Levenshtein.distance(first.words, later_.words) / max(len(first.words), len(later_.words))
            >= 0.9
        )
        like = next(likes, None)
        keys.append((later_.row, like.row) if like else (later_.row,))
        hit.append(like is not None)
    yield "copied", keys, hit
