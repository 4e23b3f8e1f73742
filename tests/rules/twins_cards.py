"""Plain pandas twins of the rules on three-colour cards."""

from datetime import date

import pandas as pd
from twins import day, each, flags, later, own, rows, twin
from twins_appraisal import MONTHS

WHO = [f"P{n}" for n in range(1, 13)]


def cards(n=90, **columns):
    usual = {
        "subject_type": lambda rng, row: "单位" if row["subject_id"] in WHO[:4] else "个人",
        "subject_id": WHO,
        "issue_date": lambda rng, row: day(rng),
        "exemption_no": ["R1", None, None, None],
        "consequence": ["取消评优", None],
    }
    return rows("tricolor", n, **(usual | columns))


def in_force(d):
    return d.tricolor[d.tricolor.exemption_no.isna()]


@twin(
    "SS-02",
    tricolor=cards(
        45,
        color=["蓝", "蓝", "黄", "黄", "黄", "红"],
        issue_date=[
            *(date(2021, 1, 1), date(2021, 2, 28), date(2021, 3, 31), date(2021, 4, 1), date(2021, 7, 1)),
            *(date(2021, 8, 1), date(2021, 9, 1), date(2021, 10, 2), date(2021, 12, 1)),
        ],
        rect_due_date=later("issue_date", 10, 25, 30),
        rect_done_date=later("rect_due_date", 0, 5, 6, null=0.4),
        prev_card_id=[*(f"tricolor{n}" for n in range(45)), *[None] * 10],
    ),
)
def ss02(d, p):
    t = in_force(d)
    above = {"蓝": ["黄", "红"], "黄": ["红"]}
    low = t[t.color.isin(above)]
    step = [
        ((t.prev_card_id == card) & t.color.isin(above[colour])).any()
        for card, colour in zip(low.card_id, low.color, strict=True)
    ]
    done, latest = d.known(low.rect_done_date), low.rect_due_date + pd.Timedelta(days=p.grace_days)
    late = (done > latest) | (done.isna() & (latest < d.today))
    yield "lapsed", own(low), late & ~flags(low, step)
    keys, hit = [], []
    for _, g in t.groupby("subject_id"):
        blue, yellow = g[g.color == "蓝"], g[g.color == "黄"]
        sets = [(q, ["黄", "红"], p.nb) for _, q in blue.groupby(blue.issue_date.dt.to_period("Q"))]
        # each yellow card opens half a year
        for first in yellow.issue_date:
            until = first + pd.DateOffset(months=p.window_months)
            sets.append((yellow[yellow.issue_date.between(first, until)], ["红"], p.ny))
        for cards_, higher, most in sets:
            first = cards_.issue_date.min()
            answered = (g.color.isin(higher) & (g.issue_date >= first)).any()
            keys.append(tuple(cards_.row))
            hit.append(len(cards_) >= most and not answered)
    yield "many", keys, hit


@twin(
    "SS-03",
    tricolor=cards(
        issue_date=[
            date(2021, 11, 1),
            date(2021, 10, 31),
            date(2021, 8, 16),
            date(2021, 8, 15),
            date(2021, 7, 2),
        ]
    ),
)
def ss03(d, p):
    t = in_force(d)
    t = t[t.color.isin(["黄", "红"])]
    yield "unused", own(t), t.consequence.isna() & ((d.today - t.issue_date).dt.days > 60)


# First and last days of sanctions, the shortest of them, days on which cards were given and lifted, and their neighbours.
DECIDED = [
    *(date(2021, 1, 31), date(2021, 2, 1), date(2021, 2, 20), date(2021, 2, 21), date(2021, 3, 1)),
    *(
        date(2021, 3, 2),
        date(2021, 6, 1),
        date(2021, 6, 21),
        date(2021, 8, 1),
        date(2021, 9, 1),
        date(2021, 9, 2),
    ),
]


@twin(
    "SS-04",
    appointment=rows("appointment", 40, person_id=[*WHO, "P99"], decided_date=DECIDED),
    person=each(
        "person",
        "person_id",
        WHO,
        discipline_start_date=[date(2020, 9, 1), date(2021, 3, 1), date(2021, 8, 1), None],
        discipline_end_date=[date(2021, 1, 31), date(2021, 9, 1), date(2022, 3, 1), None],
    ),
    tricolor=cards(
        20, issue_date=[date(2021, 2, 1), date(2021, 6, 1)], lifted_date=later("issue_date", 20, 90)
    ),
)
def ss04(d, p):
    t = d.appointment[d.within(d.appointment.decided_date)]
    who = d.person.set_index("person_id")
    began, ended = t.person_id.map(who.discipline_start_date), t.person_id.map(who.discipline_end_date)
    # a sanction lasts six months at least
    began, ended = began.fillna(ended - MONTHS), ended.fillna(began + MONTHS)
    yield "sanction", own(t), (began <= t.decided_date) & (ended >= t.decided_date)
    barred = in_force(d).query("color in ('黄', '红')")
    pairs = t.merge(barred, left_on="person_id", right_on="subject_id", suffixes=("", "_card"))
    open_ = ~(pairs.lifted_date <= pairs.decided_date)
    yield (
        "card",
        list(zip(pairs.row, pairs.row_card, strict=True)),
        (pairs.issue_date <= pairs.decided_date) & open_,
    )


TRIGGERS = {"蓝": ["ZG-02", "AQ-01", "RX-01"], "黄": ["RX-03"], "红": ["QD-04", "ST-07", "FX-04"]}


def triggers(rng):
    """What the other rules found in some units, triggers and not."""
    found = rng.choices([*(name for rules in TRIGGERS.values() for name in rules), "JD-01", "RX-03"], k=16)
    return [
        {
            "_rid": 1000 + n,
            "rule_id": rule_id,
            "unit": rng.choice([*WHO[:4], None]),
            "since": rng.choice(
                [
                    *(date(2021, 3, 1), date(2021, 8, 20), date(2021, 8, 21), date(2021, 12, 20)),
                    *(date(2022, 1, 1), None),
                ]
            ),
        }
        for n, rule_id in enumerate(found)
    ]


@twin(
    "SS-01",
    tricolor=cards(20, issue_date=[date(2021, 2, 28), date(2021, 3, 1), date(2021, 9, 1)]),
    finding=triggers,
)
def ss01(d, p):
    given = in_force(d)
    given = given[given.subject_type == "单位"]
    found = d.finding.assign(since=pd.to_datetime(d.finding.since))
    found = found[~(found.since > d.today)]
    keys, hit = [], []
    for place, (colour, rules) in enumerate(TRIGGERS.items()):
        for unit, g in found[found.rule_id.isin(rules)].groupby("unit"):
            first = g.since.min()
            enough = given[(given.subject_id == unit) & given.color.isin(list(TRIGGERS)[place:])]
            answered = (enough.issue_date >= first).any() or (pd.isna(first) and len(enough) > 0)
            waiting = first + pd.Timedelta(days=p.grace_days) >= d.today
            keys.append(f"{unit}|{colour}")
            hit.append(len(g) >= p.min_count and not answered and not waiting)
    yield "none", keys, hit
