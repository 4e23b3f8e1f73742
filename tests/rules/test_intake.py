"""Rules on the ledgers' own quality: what breaks each, what just does not, and missing data."""

import json
from datetime import date, datetime

import pytest

from mingjing import Audit

HEAD = "隐患编号,责任单位,排查日期,部位,隐患内容,隐患类别,隐患等级,整改资金,状态,是否事故,整改完成日期\n"
GOOD = "H{n},射击中心,2021-03-01,库房,电线老化,用电,一般,100,未整改,否,\n"


def audit(tmp_path, *lines, rows=1):
    text = HEAD + "".join(GOOD.format(n=n) for n in range(rows)) + "".join(line + "\n" for line in lines)
    (tmp_path / "隐患台账.csv").write_text(text, "utf-8")
    return Audit.open(tmp_path, "2021")


def found(opened, rule):
    return [
        (f["row"], json.loads(f["evidence"])["cases"], f["message_zh"])
        for f in opened.check("intake")
        if f["rule_id"] == rule
    ]


@pytest.mark.parametrize(
    ("line", "cases"),
    [
        (GOOD.format(n=9).strip(), None),
        (GOOD.format(n=9).strip().replace(",100,", ",,"), None),
        (GOOD.format(n=9).strip().replace(",100,", ",约一万,"), ["unreadable"]),
        (GOOD.format(n=9).strip().replace("用电", "电气"), ["not_in_choices"]),
        (GOOD.format(n=0).strip(), ["duplicate_key"]),
        (GOOD.format(n=9).strip().replace("2021-03-01", "不详"), ["rejected"]),
        (GOOD.format(n=9).strip().replace("库房", ""), ["rejected"]),
    ],
)
def test_dq01_a_cell_or_row_that_cannot_be_used(tmp_path, line, cases):
    hits = found(audit(tmp_path, line), "DQ-01")
    assert [hit[:2] for hit in hits] == ([(3, cases)] if cases else [])


def test_dq01_only_what_is_not_there_or_cannot_be_read_is_missing(tmp_path):
    lines = [
        GOOD.format(n=7).strip().replace(",100,", ",约一万,"),
        GOOD.format(n=8).strip().replace("用电", "电气"),
        GOOD.format(n=0).strip(),
        GOOD.format(n=9).strip().replace("2021-03-01", "不详"),
    ]
    hits = audit(tmp_path, *lines).check("intake").where(rule_id="DQ-01")
    assert [f["kind"] for f in hits] == ["missing", "mismatch", "mismatch", "missing"]
    many = [GOOD.format(n=n + 100).strip().replace("用电", "电气") for n in range(21)]
    (one,) = audit(tmp_path, *many).check("intake").where(rule_id="DQ-01")
    assert one["kind"] == "mismatch"


def test_dq01_a_row_put_in_above_leaves_every_finding_what_it_was(tmp_path):
    bad = [
        GOOD.format(n=7).strip().replace(",100,", ",约一万,"),
        GOOD.format(n=7).strip(),
        GOOD.format(n=8).strip().replace("2021-03-01", "不详"),
        GOOD.format(n=9).strip().replace("用电", "电气").replace(",100,", ",约一万,"),
    ]

    def ids(folder, *lines):
        folder.mkdir()
        hits = [f for f in audit(folder, *lines).check("intake") if f["rule_id"] == "DQ-01"]
        return {f["finding_id"]: f["row"] for f in hits}

    before, after = ids(tmp_path / "a", *bad), ids(tmp_path / "b", GOOD.format(n=5).strip(), *bad)
    assert len(before) == 5 and before.keys() == after.keys()
    assert {after[name] - row for name, row in before.items()} == {1}


def test_dq01_a_row_without_a_key_is_named_by_where_it_stands(tmp_path):
    opened = audit(tmp_path, GOOD.format(n=8).strip().replace("H8", ""))
    assert [f["subject"] for f in opened.check("intake").where(rule_id="DQ-01")] == [
        "hazard|隐患台账.csv||3|hazard_id"
    ]


@pytest.mark.parametrize(("count", "findings"), [(20, 20), (21, 1)])
def test_dq01_a_column_wrong_again_and_again_is_one_finding(tmp_path, count, findings):
    lines = [GOOD.format(n=n + 100).strip().replace(",100,", ",约一万,") for n in range(count)]
    hits = found(audit(tmp_path, *lines), "DQ-01")
    assert len(hits) == findings and (findings > 1 or hits[0][2].startswith("21行"))


@pytest.mark.parametrize(
    ("total", "hit"), [("200", False), ("200.004", False), ("201", True), ("", False), ("不详", False)]
)
def test_dq06_a_total_is_held_against_its_rows(tmp_path, total, hit):
    hits = found(audit(tmp_path, f"合计,,,,,,,{total}", rows=2), "DQ-06")
    assert [h[0] for h in hits] == ([4] if hit else [])


def test_clean_ledgers_pass_and_say_how_much_was_looked_at(tmp_path):
    lines = audit(tmp_path).outcomes("intake").set_index("rule_id")
    assert lines.loc["DQ-01", ["outcome", "rows_checked"]].tolist() == ["passed", 1]
    assert lines.loc["DQ-03", "outcome"] == "not_run"


@pytest.mark.parametrize(
    ("table", "first", "last", "hit"),
    [
        ("hazard", ("found_date", date(2021, 3, 2)), ("rect_date", date(2021, 3, 1)), True),
        ("hazard", ("found_date", date(2021, 3, 2)), ("rect_date", date(2021, 3, 2)), False),
        ("hazard", ("found_date", date(2021, 3, 2)), ("rect_date", None), False),
        ("gun_issue", ("out_time", datetime(2021, 3, 2, 9)), ("in_time", datetime(2021, 3, 2, 8, 59)), True),
        ("gun_issue", ("out_time", datetime(2021, 3, 2, 9)), ("in_time", datetime(2021, 3, 2)), False),
        ("gun_issue", ("out_time", datetime(2021, 3, 2, 9)), ("in_time", datetime(2021, 3, 1)), True),
    ],
)
def test_dq02_steps_in_order(check, monkeypatch, table, first, last, hit):
    key = {"hazard": "hazard_id", "gun_issue": "issue_id"}[table]
    rows = [{key: "A", first[0]: datetime(2021, 1, 1), last[0]: datetime(2021, 1, 2)}]
    rows = [
        {k: v.date() if table == "hazard" and isinstance(v, datetime) else v for k, v in r.items()}
        for r in rows
    ]
    outcome = run("DQ-02", **{table: [*rows, {key: "B", first[0]: first[1], last[0]: last[1]}]})
    assert [h["_rids"] for h in outcome.hits] == ([[3]] if hit else [])


def run(rule_id, period="2021Q1", as_of=None, **data):
    """One rule over plain rows and one recognised sheet."""
    import ibis
    import pyarrow as pa
    from tests.conftest import arrow_of

    from mingjing.period import Period
    from mingjing.rules import Ledgers, catalogue, rules, run_rule

    span = Period.parse(period)
    sheet = {"intake_sheet": pa.table({"ledger": ["x"], "_rid": [1]})}
    arrow = {name: arrow_of(name, rows) for name, rows in data.items()} | sheet
    ledgers = Ledgers(ibis.duckdb.connect(), arrow, span, as_of or span.end)
    return run_rule(catalogue()[rule_id], rules()[rule_id], ledgers)


UNIT = {"unit_id": "U1", "has_canteen": True, "active": True}
LOGS = [{"log_id": f"L{m}", "unit_id": "U1", "log_time": datetime(2021, m, 5)} for m in (1, 2, 3)]


@pytest.mark.parametrize(
    ("change", "as_of", "months"),
    [
        ({}, None, []),
        ({"food_log": LOGS[:2]}, None, ["2021-03"]),
        ({"food_log": LOGS[1:2]}, None, ["2021-01", "2021-03"]),
        ({"food_log": LOGS[:2]}, date(2021, 3, 30), []),
        (
            {
                "food_log": LOGS[:2],
                "unit": [UNIT | {"has_canteen": False}, UNIT | {"unit_id": "U2", "active": False}],
            },
            None,
            [],
        ),
        ({"food_log": LOGS[:2], "zero_report": [("留样与温度记录表", "2021-03")]}, None, []),
        ({"food_log": LOGS[:2], "zero_report": [("留样与温度记录表", "2021年3月")]}, None, []),
        ({"food_log": LOGS[:2], "zero_report": [("留样记录", "202103")]}, None, []),
        ({"food_log": LOGS[:2], "zero_report": [("留样与温度记录表", "2021-02")]}, None, ["2021-03"]),
        ({"food_log": LOGS[:2], "zero_report": [("留样与温度记录表", "2021年")]}, None, ["2021-03"]),
        ({"food_log": LOGS[:2], "closed_period": [(date(2021, 2, 20), date(2021, 4, 2))]}, None, []),
        (
            {"food_log": LOGS[:2], "closed_period": [(date(2021, 2, 20), date(2021, 2, 28))]},
            None,
            ["2021-03"],
        ),
    ],
)
def test_dq03_months_without_a_row(change, as_of, months):
    data = {"unit": [UNIT], "food_log": LOGS} | change
    if "zero_report" in data:
        (ledger, month) = data["zero_report"][0]
        data["zero_report"] = [
            {
                "report_id": "Z",
                "unit_id": "U1",
                "ledger": ledger,
                "month": month,
                "report_date": date(2021, 3, 1),
            }
        ]
    if "closed_period" in data:
        (first, last) = data["closed_period"][0]
        data["closed_period"] = [{"unit_id": "U1", "from_date": first, "to_date": last}]
    outcome = run("DQ-03", as_of=as_of, **data)
    assert [m for h in outcome.hits for m in h["e_months"]] == months
    assert all(h["_rids"] == [2] and h["unit"] == "U1" for h in outcome.hits)


def test_dq03_a_ledger_nobody_handed_in_is_not_judged():
    assert run("DQ-03", unit=[UNIT]).outcome == "not_run"
    assert run("DQ-02", unit=[UNIT]).outcome == "not_run"
