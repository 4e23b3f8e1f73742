"""Plain pandas twins of the rules on appraisals and honours."""

from datetime import date, timedelta
from math import floor

import pandas as pd
from twins import UNITS, each, later, own, rows, twin
from twins_risk import findings

MANY = [f"P{n}" for n in range(1, 25)]


def appraisals(n, **columns):
    usual = {"year": [2020, 2021, 2021, 2021], "eligible": [True, True, True, False]}
    return rows("appraisal", n, **(usual | columns))


@twin(
    "KH-01",
    appraisal=appraisals(
        300,
        type=["年度考核", "年度考核", "平时考核"],
        quota_group=["机关", "训练中心", "体校", "场馆"],
        grade=["优秀", "合格", "合格", "合格", None],
        quota_raise_doc=[None] * 40 + ["批1"],
    ),
)
def kh01(d, p):
    t = d.appraisal
    t = t[(t.type == "年度考核") & t.eligible.eq(True) & (t.year == 2021)]
    keys, hit = [], []
    for group, g in t.groupby("quota_group"):
        rate = 0.25 if g.quota_raise_doc.notna().any() else 0.2
        keys.append(f"2021|{group}")
        hit.append((g.grade == "优秀").sum() > floor(len(g) * rate + 1e-9))
    yield "over", keys, hit


@twin("KH-02", appraisal=appraisals(260, person_id=MANY, type=["平时考核", "平时考核", "年度考核"]))
def kh02(d, p):
    t = d.appraisal[d.appraisal.year == 2021]
    had = t[t.type == "平时考核"].person_id.value_counts()
    t = t[(t.type == "年度考核") & t.eligible.eq(True)]
    few, whole = t.person_id.map(had).fillna(0) < 4, d.as_of >= date(2021, 12, 31)
    yield "few", own(t), few & whole
    yield "progress", own(t), few & (not whole)


MONTHS = pd.DateOffset(months=6)
honours = rows(
    "honor",
    60,
    year=[2020, 2021, 2021, 2021],
    subject_type=["个人", "个人", "单位"],
    subject_id=[*MANY, "P99"],
)
bounds = [
    *(date(2020, 6, 30), date(2020, 7, 1), date(2022, 6, 30), date(2022, 7, 1)),
    date(2020, 12, 31),
    date(2021, 1, 1),
    date(2021, 9, 1),
    date(2021, 12, 31),
    date(2022, 1, 1),
    None,
]
people = each(
    "person",
    "person_id",
    MANY,
    is_party_member=[True, False, None],
    discipline_start_date=bounds,
    discipline_end_date=bounds,
)


@twin(
    "KH-03",
    appraisal=rows(
        "appraisal", 25, person_id=MANY, year=[2021, 2021, 2020], type=["年度考核"], grade=["优秀", "合格"]
    ),
    honor=honours,
    person=people,
    tricolor=rows(
        "tricolor",
        25,
        subject_type=["个人", "单位"],
        subject_id=[*MANY],
        issue_date=[date(2020, 12, 31), date(2021, 1, 1), date(2021, 8, 1), date(2021, 12, 31)],
        exemption_no=["R1", None, None],
    ),
)
def kh03(d, p):
    praise = pd.concat(
        [
            d.appraisal.query("type == '年度考核' and grade == '优秀' and year == 2021"),
            d.honor.query("subject_type == '个人' and year == 2021").rename(
                columns={"subject_id": "person_id"}
            ),
        ]
    )
    who = d.person.set_index("person_id")
    praise = praise[praise.person_id.isin(who.index)]
    began = praise.person_id.map(who.discipline_start_date)
    ended = praise.person_id.map(who.discipline_end_date)
    known = ~(began > d.today)
    # a sanction lasts six months at least
    began, ended = began.fillna(ended - MONTHS), ended.fillna(began + MONTHS)
    yield (
        "disciplined",
        [f"{who}|2021" for who in praise.person_id],
        known & (began <= "2021-12-31") & (ended >= "2021-01-01"),
    )
    red = d.tricolor.query("color == '红' and exemption_no.isna()")
    pairs = praise.merge(red, left_on="person_id", right_on="subject_id", suffixes=("", "_card"))
    yield "carded", list(zip(pairs.row, pairs.row_card, strict=True)), pairs.issue_date.dt.year == 2021


@twin("KH-04", honor=honours, person=people)
def kh04(d, p):
    t = d.honor
    t = t[t.honor_type.isin(["优秀共产党员", "优秀党务工作者"]) & (t.year == 2021)]
    member = t.subject_id.map(d.person.set_index("person_id").is_party_member)
    yield "outside", own(t), member.eq(False)


# Around the National Day of 2021: 26 September was a Sunday that was worked, 1 to 7 October were off, 9 October was worked.
OFF = [date(2021, 9, 25), date(2021, 10, 10), *(date(2021, 10, n) for n in range(1, 8))]
AUTUMN = [date(2021, 9, 22) + timedelta(days=n) for n in range(18)]


@twin(
    "KH-B04",
    honor=rows(
        "honor",
        90,
        year=[2020, 2021, 2021],
        publicity_start=AUTUMN,
        publicity_end=later("publicity_start", -1, 4, 5, 6, 11),
    ),
)
def kh_b04(d, p):
    t = d.honor[d.honor.year == 2021]
    known = t.publicity_start.notna() & t.publicity_end.notna()
    yield "blank", own(t), ~known
    off = pd.to_datetime(OFF)
    worked = [
        sum(on not in off and (on.weekday() < 5 or on.day in (26, 9)) for on in pd.date_range(a, b))
        if ok
        else 0
        for a, b, ok in zip(t.publicity_start, t.publicity_end, known, strict=True)
    ]
    yield "short", own(t), known & (pd.Series(worked, t.index) < 5)


@twin("KH-05", honor=rows("honor", 30, year=[2020, 2021], subject_id=UNITS), finding=findings)
def kh05(d, p):
    t, found = d.honor, d.finding[d.finding.severity == "high"]
    t = t[(t.subject_type == "单位") & (t.year == 2021)]
    first = t.subject_id.map(found.sort_values(["rule_id", "_rid"]).groupby("unit")["_rid"].first())
    yield "open", list(zip(t.row, first.fillna(0).astype(int), strict=True)), first.notna()
