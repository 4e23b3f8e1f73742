"""The numeric firearms rules against plain pandas on random ledgers."""

import json
import random
from datetime import datetime, timedelta

import pandas as pd
import pytest

SEEDS = range(4)
START = datetime(2021, 3, 1)


def moment(rng, days=20):
    return START + timedelta(days=rng.randrange(days), minutes=rng.choice([0, 480, 540, 600, 1020, 1439]))


def maybe(rng, value, share=0.1):
    return None if rng.random() < share else value


def issues(rng, n=120):
    rows = []
    for number in range(n):
        out, drawn = moment(rng), rng.randrange(0, 5)
        used = rng.randrange(0, drawn + 1)
        back = out + timedelta(minutes=rng.choice([0, 60, 600, 1500]))
        rows.append(
            {
                "issue_id": f"I{number}",
                "unit_id": rng.choice(["U1", "U2"]),
                "slip_no": rng.choice([None, None, "S1", "S2", "S3", "S4"]),
                "gun_no": f"G{rng.randrange(40)}",
                "purpose": rng.choice(["训练", "外出参赛"]),
                "borrower_id": "A1",
                "coach_id": None,
                "ammo_type": maybe(rng, rng.choice(["5.6mm步枪弹", "4.5mm气枪弹", "土制弹"])),
                "out_time": out,
                "planned_return_date": maybe(rng, (out + timedelta(days=1)).date(), 0.5),
                "transport_permit_no": maybe(rng, "T", 0.5),
                "in_time": maybe(rng, back),
                "ammo_out": maybe(rng, drawn),
                "ammo_used": maybe(rng, used),
                "ammo_returned": maybe(rng, drawn - used),
                "dud_count": maybe(rng, 0, 0.5),
                "shell_returned": maybe(rng, used - rng.randrange(2)),
            }
        )
    return rows


def frame(rows):
    return pd.DataFrame(rows).assign(row=range(2, len(rows) + 2)).astype({"row": int})


def found(findings):
    """(subject, rows) of each finding."""
    return {
        (f["subject"], tuple(sorted(r["row"] for r in json.loads(f["evidence"])["rows"]))) for f in findings
    }


def draws(rows):
    t = frame(rows)
    t["subject"] = t.slip_no.fillna(t.issue_id)
    return [
        (unit, subject, g)
        for (unit, subject), g in t.groupby(["unit_id", "subject"])
        if g.in_time.notna().all()
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_qd02_like_pandas(check, seed):
    rows = issues(random.Random(seed))
    expected = set()
    for _, subject, g in draws(rows):
        n = g[["ammo_out", "ammo_used", "ammo_returned", "dud_count"]].fillna(0).sum()
        if n.ammo_out != n.ammo_used + n.ammo_returned + n.dud_count:
            expected.add((subject, tuple(g.row)))
    assert found(check("QD-02", gun_issue=rows)[1]) == expected != set()


@pytest.mark.parametrize("seed", SEEDS)
def test_qd03_like_pandas(check, seed):
    rows = issues(random.Random(seed))
    expected, unknown = set(), {}
    for unit, subject, g in draws(rows):
        kinds = set(g.ammo_type.dropna())
        if not g.ammo_used.fillna(0).sum() or kinds == {"4.5mm气枪弹"}:
            continue
        if kinds != {"5.6mm步枪弹"}:
            unknown.setdefault((unit, min(kinds, default="—")), []).extend(g.row)
        elif g.shell_returned.isna().all() or g.shell_returned.sum() < g.ammo_used.sum():
            expected.add((subject, tuple(g.row)))
    expected |= {(kind, tuple(sorted(rows))) for (_, kind), rows in unknown.items()}
    assert found(check("QD-03", gun_issue=rows)[1]) == expected != set()


@pytest.mark.parametrize("seed", SEEDS)
def test_qd04_like_pandas(check, seed):
    rows = issues(random.Random(seed))
    t = frame(rows)
    due = t.out_time.dt.normalize()
    trip = t.purpose.eq("外出参赛") & t.transport_permit_no.notna() & t.planned_return_date.notna()
    due = due.where(~trip, pd.to_datetime(t.planned_return_date))
    late = t.in_time.dt.normalize().fillna(pd.Timestamp(2021, 12, 31)) > due
    expected = {(i, (r,)) for i, r in zip(t.issue_id[late], t.row[late], strict=True)}
    assert found(check("QD-04", gun_issue=rows)[1]) == expected != set()


@pytest.mark.parametrize("seed", SEEDS)
def test_qd_b02_like_pandas(check, seed):
    rows = issues(random.Random(seed))
    t = frame(rows).sort_values(["gun_no", "out_time", "row"])
    back = t.in_time.fillna(pd.Timestamp(2022, 1, 1))
    before, at = back.groupby(t.gun_no).shift(), t.row.groupby(t.gun_no).shift()
    hit = before > t.out_time
    expected = {
        (i, tuple(sorted((r, int(b))))) for i, r, b in zip(t.issue_id[hit], t.row[hit], at[hit], strict=True)
    }
    outcome = check(
        "QD-B02", gun_issue=rows, gun=[{"gun_no": "X", "status": "封存", "status_date": START.date()}]
    )
    assert found(outcome[1]) == expected != set()


def book(rng, n=80):
    balance, rows = {}, []
    for number in range(n):
        lot = (
            rng.choice(["弹库", "二号库"]),
            rng.choice(["5.6mm步枪弹", "4.5mm气枪弹"]),
            rng.choice(["B1", "B2"]),
        )
        kind, qty = rng.choice(["入库", "领出", "退回", "盘亏"]), rng.randrange(1, 9)
        kind = kind if lot in balance else "期初"
        sign = {"入库": 1, "退回": 1, "领出": -1, "盘亏": -1}.get(kind)
        balance[lot] = balance[lot] + sign * qty if sign else 60
        balance[lot] += rng.choice([0] * 9 + [1, -1])
        rows.append(
            dict(zip(("storeroom", "ammo_type", "batch_no"), lot, strict=True))
            | {
                "txn_id": f"X{number}",
                "unit_id": "U1",
                "txn_time": START + timedelta(hours=7 * number + 1),
                "txn_type": kind,
                "qty": qty,
                "balance": balance[lot],
            }
        )
    order = list(range(n))
    rng.shuffle(order)
    return [rows[place] for place in order]


@pytest.mark.parametrize("seed", SEEDS)
def test_qd01_like_pandas(check, seed):
    rows = book(random.Random(seed))
    t = frame(rows).sort_values("txn_time")
    previous = t.groupby(["storeroom", "ammo_type", "batch_no"]).balance.shift()
    change = t.qty * t.txn_type.map({"入库": 1, "退回": 1, "领出": -1, "盘亏": -1})
    hit = (previous.notna() & change.notna() & (t.balance != previous + change)) | (t.balance < 0)
    expected = {(i, (r,)) for i, r in zip(t.txn_id[hit], t.row[hit], strict=True)}
    assert found(check("QD-01", ammo_txn=rows)[1]) == expected != set()


@pytest.mark.parametrize("seed", SEEDS)
def test_qd09_counts_ammunition_like_pandas(check, seed):
    rng = random.Random(seed)
    rows = book(rng)
    t, counts, expected = frame(rows).sort_values("txn_time"), [], set()
    for number in range(25):
        when = START + timedelta(hours=rng.randrange(10, 600), minutes=30)
        store, kind = rng.choice(["弹库", "二号库"]), maybe(rng, "5.6mm步枪弹", 0.3)
        known = t[(t.txn_time <= when) & (t.storeroom == store) & (t.ammo_type.eq(kind) | (kind is None))]
        right = int(known.groupby(["ammo_type", "batch_no"]).balance.last().sum())
        said = right + rng.choice([0, 0, 1])
        if said != right and len(known):
            expected.add((f"C{number}", (number + 2,)))
        more = {"storeroom": store, "ammo_type": kind, "book_qty": said, "actual_qty": said}
        base = {"check_id": f"C{number}", "unit_id": "U1", "rec_type": "周清点", "start_time": when}
        counts.append(base | {"object_type": "弹药", "batch_no": None} | more)
    guns = [{"gun_no": "G", "unit_id": "U1", "storeroom": "枪库", "status": "在库"}]
    outcome = check("QD-09", armory_check=counts, ammo_txn=rows, gun=guns, gun_issue=issues(rng, 3))
    wrong = [hit for hit in outcome[0].hits if hit["case"] == "book"]
    assert {(hit["subject"], tuple(hit["_rids"])) for hit in wrong} == expected != set()


@pytest.mark.parametrize("seed", SEEDS)
def test_qd11_hours_unguarded_like_minutes_counted_one_by_one(check, seed):
    rng = random.Random(seed)
    rows, minutes = [], set()
    for number in range(70):
        begins = START + timedelta(minutes=rng.randrange(0, 31 * 1440, 30) + 1)
        ends = begins + timedelta(minutes=rng.randrange(300, 1500, 30))
        first = int((begins - START).total_seconds() // 60)
        minutes |= set(range(first, first + int((ends - begins).total_seconds() // 60)))
        rows.append(
            {
                "check_id": f"D{number}",
                "unit_id": "U1",
                "storeroom": "枪库",
                "rec_type": "值班",
                "start_time": begins,
                "end_time": ends,
                "person1": "P1",
                "person2": "P2",
            }
        )
    free, run, gaps = sorted(set(range(31 * 1440)) - minutes), [], []
    for minute in free:
        run = [*run, minute] if run and run[-1] == minute - 1 else [minute]
        if minute + 1 not in set(free[-1:]) and (minute + 1 in minutes or minute + 1 == 31 * 1440):
            gaps.append(len(run))
    unit = {"unit_id": "U1", "has_armory": True, "active": True}
    outcome, _ = check("QD-11", period="2021-03", armory_check=rows, unit=[unit])
    (hit,) = outcome.hits
    assert hit["e_n"] == sum(gap > 15 for gap in gaps) > 0
    assert hit["e_hours"] == pytest.approx(sum(gap for gap in gaps if gap > 15) / 60, abs=0.06)
