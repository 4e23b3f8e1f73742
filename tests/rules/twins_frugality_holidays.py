"""Plain pandas twins of the frugality rules: what is inspected, bought and paid around holidays."""

from datetime import date

import pandas as pd
from twins import day, each, flags, own, rows, twin

from mingjing.rules import catalogue
from mingjing.rules.catalogue import Params

# Days of rest by the notices of the State Council for 2021 and 2022 (Qingming is no festival of these rules).
RESTS = [
    ("2021|元旦", date(2021, 1, 1), date(2021, 1, 3)),
    ("2021|春节", date(2021, 2, 11), date(2021, 2, 17)),
    ("2021|五一", date(2021, 5, 1), date(2021, 5, 5)),
    ("2021|端午", date(2021, 6, 12), date(2021, 6, 14)),
    ("2021|中秋", date(2021, 9, 19), date(2021, 9, 21)),
    ("2021|国庆", date(2021, 10, 1), date(2021, 10, 7)),
    ("2022|元旦", date(2022, 1, 1), date(2022, 1, 3)),
]


def windows(p):
    """Name, first and last day of what lies around each festival."""
    before, after = pd.Timedelta(days=p.before_days), pd.Timedelta(days=p.after_days)
    return [(name, pd.Timestamp(a) - before, pd.Timestamp(b) + after) for name, a, b in RESTS]


def around(moments, p):
    day_ = moments.dt.normalize()
    return pd.concat([day_.between(a, b) for _, a, b in windows(p)], axis=1).any(axis=1)


def says(texts, words, harmless="") -> list[bool]:
    """One of the words, joined by bars, is left in the text when the harmless ones are taken out."""
    found = []
    for text in texts:
        text = text if isinstance(text, str) else ""
        for word in filter(None, harmless.split("|")):
            text = text.replace(word, " ")
        found.append(any(word in text for word in words.split("|")))
    return found


HOUSES = ["U1", "U2", "U3", "U4", "U5"]


# Every festival inspected by few, by all or by none.
def inspections(rng):
    made = []
    for _, first, _ in RESTS:
        some = rng.sample(HOUSES, rng.choice([0, 2, 4]))
        start = first - pd.Timedelta(days=rng.choice([16, 15, 14, 3]))
        columns = {
            "act_type": ["节日专项检查"] * 5 + ["明察暗访"],
            "act_time": lambda rng, row, on=start: pd.Timestamp(on).to_pydatetime(),
            "unit_id": some,
        }
        made += rows("activity_log", 6, **columns)(rng) if some else []
    early = rows(
        "activity_log", 3, act_type=["节日专项检查"], act_time=[pd.Timestamp(2020, 12, 17).to_pydatetime()]
    )
    return made + early(rng)


@twin(
    "JR-01",
    as_of=(date(2021, 12, 31), date(2021, 3, 31), date(2021, 5, 15), date(2021, 3, 31)),
    settings=({}, {"sampling_ok": False}),
    unit=each(
        "unit",
        "unit_id",
        HOUSES,
        unit_type=["机关", "训练单位", "训练单位", "场馆", "县市区部门"],
        active=[True, True, None, False],
    ),
    activity_log=inspections,
)
def jr01(d, p):
    t = d.activity_log
    t = t[t.act_type == "节日专项检查"]
    due = d.unit[~d.unit.active.eq(False)]
    due = due[due.unit_type.isin(["机关", "参公单位", "训练单位", "体校", "场馆", "其他事业单位"])]
    subjects, none, few, each, missed = [], [], [], [], []
    for name, opens, closes in windows(p):
        kept = opens >= d.start or d.activity_log.act_time.min().normalize() <= opens
        if not d.start <= closes <= d.end or not kept or not len(due):
            continue
        seen = t[t.act_time.dt.normalize().between(opens, closes)]
        seen = seen[seen.festival.isna() | (seen.festival == name[-2:])]
        reached = due.unit_id.isin(seen.unit_id)
        bureau = reached[due.unit_type == "机关"].all()
        subjects.append(name)
        none.append(not reached.any())
        few.append(reached.any() and (not bureau or reached.mean() < p.min_share))
        each += [f"{unit}|{name}" for unit in due.unit_id]
        missed += [*~reached]
    # either a sample will do, or every unit is asked for
    yield "none", subjects if p.sampling_ok else [], none if p.sampling_ok else []
    yield "few", subjects if p.sampling_ok else [], few if p.sampling_ok else []
    yield "unit", [] if p.sampling_ok else each, [] if p.sampling_ok else missed


def payments(n=150, **columns):
    usual = {
        "voucher_date": lambda rng, row: rng.choice(
            [
                day(rng),
                day(rng, date(2021, 8, 18), 5),
                day(rng, date(2021, 9, 2), 50),
                day(rng, date(2021, 1, 1), 15),
            ]
        ),
        "amount": [-200.0, 0.0, 0.01, 300.0],
        "voucher_no": [f"V{n}" for n in range(20)],
    }
    return rows("expense", n, **(usual | columns))


gifts = {
    "summary": [
        *(
            "购月饼",
            "接待用酒水",
            "接待用茶叶、礼盒",
            "消毒酒精",
            "烟感探头",
            "烟感探头及香烟",
            "慰问困难职工年货",
        ),
        *("办公用纸", "工会购粽子", "会议用餐", "餐具", "招待餐", "油烟机", None),
    ],
    "econ_item": ["公务接待费", "办公费", "会议费", "福利费"],
    "payee": ["某商行", "云水酒店", "某酒精厂", "大众餐饮", None],
}
tables = rows("reception", 30, voucher_no=[f"V{n}" for n in range(20)])


def registered(d, t):
    """The voucher is one of the unit's on the reception ledger."""
    known = set(zip(d.reception.unit_id, d.reception.voucher_no, strict=True))
    return flags(t, [key in known for key in zip(t.unit_id, t.voucher_no, strict=True)])


def presents(d, p):
    """For each payment, whether it is a lead of JR-02."""
    t = d.expense
    named = flags(t, says(t.summary, p.words, p.exceptions)) & (t.amount > 0)
    excused = t.basis_doc_no.notna() & flags(t, says(t.summary, p.excused))
    beyond = flags(t, says(t.summary, p.words, f"{p.exceptions}|{p.served}"))
    served = registered(d, t) & (t.econ_item == p.item) & ~beyond
    return named & ~excused & ~served & around(t.voucher_date, p) & d.within(t.voucher_date)


@twin("JR-02", expense=payments(**gifts), reception=tables)
def jr02(d, p):
    yield "gift", own(d.expense), presents(d, p)


@twin("JF-02", expense=payments(**gifts), reception=tables)
def jf02(d, p):
    t = d.expense
    text = [
        a or b
        for a, b in zip(
            says(t.summary, p.words, p.not_words), says(t.payee, p.payee_words, p.not_words), strict=True
        )
    ]
    hit = flags(t, text) & t.econ_item.isin(p.items) & (t.amount > 0) & d.within(t.voucher_date)
    approved = t.econ_item.isin(["会议费", "培训费"]) & t.basis_doc_no.notna()
    # one lead a row: what JR-02 shows is not shown again
    yield "words", own(t), hit & ~approved & ~registered(d, t) & ~presents(d, Params(catalogue()["JR-02"]))


@twin(
    "JR-03",
    expense=payments(
        econ_item=["津贴补贴", "奖金", "福利费", "办公费"],
        summary=["中秋过节费", "节日补助", "慰问费", "交通补贴", None],
    ),
)
def jr03(d, p):
    t = d.expense
    t = t[(t.amount > 0) & d.within(t.voucher_date)]
    speaks = flags(t, says(t.summary, "过节|节日|慰问费|年货"))
    items = t.econ_item.isin(["津贴补贴", "奖金", "福利费"])
    yield "paid", own(t), items & speaks & t.basis_doc_no.notna() & around(t.voucher_date, p)


@twin(
    "JR-04",
    activity_log=rows(
        "activity_log",
        90,
        act_type=["节日专项检查", "明察暗访", "防火检查"],
        issue_count=[0, 1, 2, None],
        rect_ref=["rectification0", "rectification0、rectification1", "rectification1; X9", "X9", None, None],
        evidence_ref=["E1", None],
    ),
    rectification=rows("rectification", 2),
)
def jr04(d, p):
    t = d.activity_log
    t = t[t.act_type.isin(["节日专项检查", "明察暗访"]) & (t.issue_count > 0) & d.within(t.act_time)]
    yield "none", own(t), t.rect_ref.isna() & t.evidence_ref.isna()
    listed = set(d.rectification.item_id)
    named = t.rect_ref.fillna("").str.findall(r"\w+")
    yield "unknown", own(t), named.map(lambda ids: not set(ids) <= listed)
