"""Plain pandas twins of the rules on the ledgers themselves: cells, dates, gaps, totals."""

from datetime import date, datetime, timedelta
from itertools import count

import pandas as pd
from twins import UNITS, day, later, moment, rows, twin, unit_list

KINDS = ["unreadable", "not_in_choices", "duplicate_key", "rejected"]
SHEET = lambda rng: [{"_rid": 1, "ledger": "hazard"}]  # noqa: E731


def issues(rng):
    """Two columns of two ledgers in two files, most of the trouble in one of each."""
    made, number = [], count(2)
    for kind in (*KINDS, "total_mismatch"):
        for _ in range(rng.choice([38, 44])):
            source, column = rng.choice([1, 1, 1, 2]), rng.choice(["状态", "状态", "状态", "整改资金"])
            ledger = rng.choice(["hazard"] * 9 + ["venue"])
            row = next(number)
            made.append(
                {
                    "_rid": source * 10**10 + row,
                    "unit": None,
                    "ledger": ledger,
                    "column": column,
                    "value": rng.choice(["约", "/", ""]),
                    "problem": kind,
                    "reason_zh": f"第{row}行读不懂",
                    "reason_en": f"row {row} cannot be read",
                    "sheet": f"{source}.xlsx|一",
                    "subject": f"{ledger}|{row}|{column}",
                }
            )
    return made


@twin("DQ-01", intake_sheet=SHEET, intake_issue=issues)
def dq01(d, p):
    t = d.intake_issue
    for kind in KINDS:
        groups = [g for _, g in t[t.problem == kind].groupby(["ledger", "column", "sheet"])]
        alone = {rid for g in groups if len(g) <= 20 for rid in g["_rid"]}
        some = t[t.problem == kind]["_rid"]
        yield kind, [(rid,) for rid in some], [rid in alone for rid in some]
        yield f"{kind}_many", [tuple(g["_rid"]) for g in groups], [len(g) > 20 for g in groups]


@twin("DQ-06", intake_sheet=SHEET, intake_issue=issues)
def dq06(d, p):
    t = d.intake_issue
    yield "differs", [(rid,) for rid in t["_rid"]], t.problem == "total_mismatch"


@twin(
    "DQ-02",
    intake_sheet=SHEET,
    hazard=rows("hazard", 40, found_date=lambda rng, row: day(rng), rect_date=later("found_date", -1, 0, 1)),
    gun_issue=rows(
        "gun_issue",
        60,
        out_time=lambda rng, row: moment(rng),
        in_time=lambda rng, row: (
            None
            if rng.random() < 0.1
            else rng.choice(
                [
                    row["out_time"] + timedelta(minutes=rng.choice([-1, 0, 1, -1440])),
                    datetime.combine(
                        row["out_time"].date() - timedelta(days=rng.choice([0, 1])), datetime.min.time()
                    ),
                ]
            )
        ),
    ),
    reception=rows(
        "reception", 40, start_date=lambda rng, row: day(rng), end_date=later("start_date", -1, 0, 1)
    ),
)
def dq02(d, p):
    keys, hit = [], []
    pairs = (
        ("hazard", "found_date", "rect_date"),
        ("gun_issue", "out_time", "in_time"),
        ("reception", "start_date", "end_date"),
    )
    for name, first, last in pairs:
        t = getattr(d, name)
        for key, a, b in zip(t.iloc[:, 0], t[first], t[last], strict=True):
            if pd.isna(a) or pd.isna(b):
                continue
            hours = a != a.normalize() and b != b.normalize()
            keys.append(f"{name}|{first}|{last}|{key}|")
            hit.append(b < a if hours else b.normalize() < a.normalize())
    yield "inverted", keys, hit


@twin(
    "DQ-03",
    unit=unit_list(has_canteen=[True, True, None, False], has_armory=[True, False]),
    food_log=rows("food_log", 90, log_time=lambda rng, row: moment(rng)),
    ammo_txn=rows("ammo_txn", 90, txn_time=lambda rng, row: moment(rng)),
    zero_report=rows(
        "zero_report",
        60,
        unit_id=UNITS,
        ledger=["留样与温度记录表", "留样记录", "ammo_txn", "隐患台账"],
        month=[
            f.format(m) for m in range(1, 13) for f in ("2021-{:02d}", "2021年{}月", "2021.{}", "2021{:02d}")
        ],
        report_date=[date(2021, 7, 1), date(2021, 11, 1)],
    ),
    closed_period=rows(
        "closed_period",
        12,
        from_date=[date(2020, 12, 20), date(2021, 4, 30), date(2021, 7, 31)],
        to_date=later("from_date", 0, 1, 40, null=0),
    ),
)
def dq03(d, p):
    over = [m for m in pd.period_range("2021-01", "2021-12", freq="M") if m.end_time.normalize() <= d.today]
    keys, hit = [], []
    nil, shut = d.zero_report, d.closed_period
    told = nil.month.str.extract(r"(?P<year>\d{4})\D*(?P<month>\d+)").astype(int)
    for name, named, when, flag in (
        ("food_log", ["留样记录", "留样与温度记录表"], "log_time", "has_canteen"),
        ("ammo_txn", ["ammo_txn"], "txn_time", "has_armory"),
    ):
        t = getattr(d, name)
        for unit in d.unit[d.unit[flag].eq(True) & ~d.unit.active.eq(False)].unit_id:
            written = set(t[t.unit_id == unit][when].dt.to_period("M"))
            mine = told[(nil.unit_id == unit) & nil.ledger.isin(named)]
            written |= {pd.Period(year=y, month=m, freq="M") for y, m in mine.itertuples(index=False)}
            for c in shut[shut.unit_id == unit].itertuples():
                written |= {*pd.period_range(c.from_date, c.to_date, freq="M")}
            keys.append(f"{unit}|{name}|{over[0]}|{over[-1]}")
            hit.append(not set(over) <= written)
    yield "gap", keys, hit
