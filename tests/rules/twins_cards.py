"""Plain pandas twins of the rules on three-colour cards."""

from datetime import date

from twins import day, each, later, own, rows, twin
from twins_appraisal import MONTHS

WHO = [f"P{n}" for n in range(1, 13)]


def cards(n=90, **columns):
    usual = {
        "subject_type": ["个人", "单位"],
        "subject_id": WHO,
        "issue_date": lambda rng, row: day(rng),
        "exemption_no": ["R1", None, None, None],
        "consequence": ["取消评优", None],
    }
    return rows("tricolor", n, **(usual | columns))


def in_force(d):
    return d.tricolor[d.tricolor.exemption_no.isna()]


@twin("SS-03", tricolor=cards())
def ss03(d, p):
    t = in_force(d)
    t = t[t.color.isin(["黄", "红"])]
    yield "unused", own(t), t.consequence.isna() & ((d.today - t.issue_date).dt.days > 60)


@twin(
    "SS-04",
    appointment=rows("appointment", 40, person_id=[*WHO, "P99"], decided_date=lambda rng, row: day(rng)),
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
