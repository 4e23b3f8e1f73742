"""Plain pandas twins of the feedback rules: the four-way evaluation, and one issue complained of again and again."""

from datetime import date

import pandas as pd
from twins import PEOPLE, UNITS, by, each, later, own, rows, twin
from twins_feedback import counted, requests, workdays_after

GROUPS = {"单位领导": 0.3, "科室互评": 0.2, "服务对象": 0.3, "基层群众": 0.2}


def ratings(n: int, **columns):
    wanted = {
        "scheme": ["作风评议"] * 5 + ["食堂现场评分"],
        "period": ["2021", "2021", "2020"],
        "target_id": [f"U{n}" for n in range(4)],
        "rater_id": [f"R{n}" for n in range(6)],
        "rater_type": [*GROUPS, *GROUPS, "检查组成员", None],
        "max_score": [5.0, 10.0],
        "score": lambda rng, row: (
            None if rng.random() < 0.1 else row["max_score"] * rng.choice([0.6, 0.8, 1.0])
        ),
        "recused": [True, False, False, False, None],
    }
    return rows("rating", n, **wanted | columns)


def evaluation(d):
    return d.rating[d.rating.scheme == "作风评议"]


def valid(t):
    return t[~t.recused.eq(True) & t.score.notna()]


@twin("PY-01", rating=ratings(80))
def py01(d, p):
    groups = [g for _, g in by(evaluation(d), "period", "target_id")]
    keys = [tuple(g.row) for g in groups]
    yield "absent", keys, [not set(GROUPS) <= set(valid(g).rater_type) for g in groups]
    yield "unnamed", keys, [g.rater_type.isna().any() for g in groups]


def published(rng):
    """Most totals are what one of the two ways to average gives, now and then a little off."""
    made = ratings(rng.choice([90, 170]))(rng)
    for period, target in {(row["period"], row["target_id"]) for row in made}:
        mine = [r for r in made if (r["period"], r["target_id"], r["scheme"]) == (period, target, "作风评议")]
        heard = [r for r in mine if r["rater_type"] in GROUPS and not r["recused"] and r["score"] is not None]
        if heard:
            total = totals(pd.DataFrame(heard))[rng.randrange(2)] + rng.choice([0, 0, 0.049, 0.051])
            for r in mine:
                r["published_total"] = rng.choice([None, total, total, total])
            mine[0]["published_total"] = total + rng.choice([0, 0, 0, 0.04, 0.06])
    return made


def totals(t):
    """The weighted mean over the groups that rated: by item and by rater."""
    by_item, by_rater, weights = 0, 0, 0
    for group, g in t.groupby("rater_type"):
        sums = g.groupby("rater_id")[["score", "max_score"]].sum()
        by_item += GROUPS[group] * (g.score / g.max_score).mean() * 100
        by_rater += GROUPS[group] * (sums.score / sums.max_score).mean() * 100
        weights += GROUPS[group]
    return by_item / weights, by_rater / weights


@twin("PY-02", rating=published)
def py02(d, p):
    judged = {"several": [], "total": [], "partial": []}
    for _, g in by(evaluation(d), "period", "target_id"):
        told, heard = g[g.published_total.notna()], valid(g)
        heard = heard[heard.rater_type.isin(GROUPS)]
        if not len(told) or not len(heard):
            continue
        key, low, high = tuple(told.row), told.published_total.min(), told.published_total.max()
        several = high - low > p.tol + 1e-6
        judged["several"].append((key, several))
        wrong = not several and all(abs(high - total) > p.tol + 1e-6 for total in totals(heard))
        judged["total" if heard.rater_type.nunique() == 4 else "partial"].append((key, wrong))
    for case, pairs in judged.items():
        yield case, [key for key, _ in pairs], [hit for _, hit in pairs]


@twin("PY-B02", rating=ratings(120, rater_unit_id=["U0", "U1", "U2", None]))
def py_b02(d, p):
    t = evaluation(d)
    t = t[t.rater_type == "科室互评"]
    yield "own", own(t), (t.rater_unit_id == t.target_id) & ~t.recused.eq(True)


# texts unlike each other: what is alike in wording is another test's matter
TITLES = ["游泳馆淋浴没有热水", "健身路径单杠断裂", "足球培训班退费难", "篮球场夜间灯光扰民"]


def complaints(n: int, keyed: int, **columns):
    return requests(
        n,
        issue_key=[f"K{n}" for n in range(keyed)] * 3 + [None],
        title=lambda rng, row: rng.choice(TITLES) if row["issue_key"] is None else None,
        content=[None],
        **columns,
    )


def issues(d):
    """Requests that count, each with the issue it belongs to: the clerk's number, else the same words."""
    t = counted(d).sort_values(["accept_time", "ticket_no"])
    return t.assign(issue=t.issue_key.fillna(t.title))


def settled(t):
    """A reply, and nothing that denies it; without a word on the outcome only where the citizen was content."""
    denied = (t.satisfaction == "不满意") | t.revisit_resolved.eq(False)
    content = t.satisfaction.isin(["满意", "基本满意"]) | t.revisit_resolved.eq(True)
    return t.replied.notna() & ~denied & (t.resolved.eq(True) | (t.resolved.isna() & content))


@twin(
    "RX-03",
    as_of=(date(2021, 12, 31), date(2021, 10, 7), date(2021, 10, 3), date(2021, 11, 15)),
    hotline=complaints(
        120,
        34,
        unit_id=[*UNITS, "U4"],
        leader_handle_id=[*PEOPLE, None, None, None, None, None, None],
        leader_handle_time=later("accept_time", 1, 4, 60, 400, null=0.2),
        resolved=[True, True, False, None],
    ),
    unit=each(
        "unit",
        "unit_id",
        [*UNITS, "U4"],
        head_id=["P1", "P2", None],
        parent_id=["U1", "U4", None],
        active=[True],
    ),
)
def rx03(d, p):
    cases = ("nobody", "deputy", "late", "past", "undated", "unclear", "soon")
    judged, unit = {case: [] for case in cases}, d.unit.set_index("unit_id")
    head = unit.head_id
    above = unit.parent_id.map(head)
    t = issues(d).assign(settled=lambda t: settled(t), acted=lambda t: d.known(t.leader_handle_time))
    for _, g in t.groupby("issue"):
        if len(g) <= p.n:
            continue
        due = workdays_after(g.accept_time.iloc[p.n], p.grace_workdays)
        last, by_whom = g.iloc[-1], g.leader_handle_id
        at_head = by_whom.notna() & ((by_whom == g.unit_id.map(head)) | (by_whom == g.unit_id.map(above)))
        heads = g.acted[at_head].min()
        in_time = pd.notna(heads) and heads.normalize() <= due
        whenever = (at_head & g.leader_handle_time.isna()).any()
        others = by_whom.notna() & ~at_head & (g.leader_handle_time.isna() | g.acted.notna())
        nameless = (others & g.unit_id.map(head).isna()).any()
        open_, too_late = not last.settled, pd.notna(heads) and not in_time
        silent = pd.isna(heads) and not whenever and not nameless
        found = {
            "nobody": open_ and silent and due < d.today and not others.any(),
            "deputy": open_ and silent and due < d.today and others.any(),
            "soon": open_ and silent and due >= d.today,
            "late": open_ and too_late and not whenever,
            "past": not open_
            and last.accept_time.normalize() > due
            and (silent or (too_late and not whenever)),
            "undated": open_ and whenever and not in_time,
            "unclear": open_ and nameless and pd.isna(heads),
        }
        for case, hit in found.items():
            judged[case].append((tuple(g.row), hit))
    for case, pairs in judged.items():
        yield case, [key for key, _ in pairs], [hit for _, hit in pairs]


@twin(
    "RX-04",
    hotline=complaints(
        150,
        40,
        resolved=[True, True, False, None],
        satisfaction=["满意", "满意", "满意", "不满意", None],
        reply_time=later("accept_time", -1, *range(1, 16), 400, null=0.15),
    ),
)
def rx04(d, p):
    t = issues(d)
    done = t[t.resolved.eq(True) & d.within(t.accept_time)]
    yield "unanswered", own(done), done.reply_time.isna()
    done = done[done.replied.notna()]
    yield "dissatisfied", own(done), done.satisfaction == "不满意"
    yield "denied", own(done), done.revisit_resolved.eq(False)
    keys, hit = [], []
    for ticket in done.itertuples():
        since = t.accept_time - ticket.replied
        again = t[
            (t.issue == ticket.issue)
            & (t.row != ticket.row)
            & since.between(pd.Timedelta(0), pd.Timedelta(days=p.days), "right")
        ]
        keys.append((ticket.row, again.row.iloc[0]) if len(again) else (ticket.row,))
        hit.append(len(again) > 0)
    yield "again", keys, hit
