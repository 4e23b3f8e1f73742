"""What reports claim held against the ledgers: refuted, supported, or not to be judged; what just fits and what just does not."""

from datetime import date, datetime

import pytest

from mingjing.rules import catalogue
from mingjing.rules.catalogue import Params
from mingjing.rules.intake.claims import verdicts
from mingjing.tables import tables

DIRECT = catalogue()["DQ-04"].params["direct"].value
BEARING = catalogue()["DQ-04"].params["bearing"].value


def claim(key, value, **more):
    return {
        "claim_id": "C1",
        "doc_title": "报告",
        "claim_key": key,
        "claim_text": "原文",
        "value": value,
        "uom": None,
        "round_dp": None,
        "unit_scope": None,
        "period_start": None,
        "period_end": None,
    } | more


@pytest.fixture
def verdict(ledgers):
    """(verdict, case) that a rule gives the one claim."""

    def judge(rule_id, the_claim, units=(), period="2021", as_of=None, settings=None, **data):
        held = ledgers(period, as_of, settings, report_claim=[the_claim], **data)
        held.units = units
        (row,) = verdicts(held, rule_id, Params(catalogue()[rule_id])).to_pyarrow().to_pylist()
        return row["verdict"], row["case"]

    return judge


# DQ-05: figures ------------------------------------------------------------------------------------------------------


def region(**more):
    return {
        "stat_date": date(2021, 10, 31),
        "county": "全市",
        "resident_pop": 100.0,
        "pop_date": date(2021, 10, 31),
        "venue_count": 12630,
        "venue_area": 310.0,
        "is_total": True,
    } | more


OCTOBER = {"period_start": date(2021, 1, 1), "period_end": date(2021, 10, 31)}


@pytest.mark.parametrize(
    ("key", "value", "change", "expected"),
    [
        ("人均场地面积", 3.1, {"venue_area": 305.0}, "supported"),
        ("人均场地面积", 3.1, {"venue_area": 315.0}, "supported"),
        ("人均场地面积", 3.1, {"venue_area": 304.9}, "refuted"),
        ("人均场地面积", 3.1, {"venue_area": 315.1}, "refuted"),
        ("人均场地面积", 3.1, {"resident_pop": None}, "open"),
        ("场地数量", 12630, {}, "supported"),
        ("场地数量", 12630, {"venue_count": 12629}, "refuted"),
        ("场地面积", 2221.78, {"venue_area": 2221.785}, "supported"),
        ("场地面积", 2221.78, {"venue_area": 2221.79}, "refuted"),
        ("场地面积", 2221.78, {"is_total": False}, "open"),
        ("场地数量", 12630, {"stat_date": date(2021, 9, 30)}, "supported"),
        ("场地数量", 12630, {"stat_date": date(2021, 9, 29)}, "open"),
        ("场地数量", 12630, {"stat_date": date(2021, 11, 1)}, "open"),
        ("全省人均场地面积", 2.58, {}, "open"),
        ("其他", 1, {}, "open"),
        ("场地数量", None, {}, "open"),
    ],
)
def test_dq05_venue_figures_within_half_a_unit_of_the_last_digit(verdict, key, value, change, expected):
    found = verdict("DQ-05", claim(key, value, **OCTOBER), region_stat=[region(**change)])
    assert found[0] == expected


@pytest.mark.parametrize(
    ("key", "day"), [("场地数量", date(2021, 9, 30)), ("优秀共产党员人数", date(2021, 12, 31))]
)
def test_dq05_says_of_which_day_its_figure_is(check, key, day):
    """The line of the venues has a day of its own; honours are kept by the year."""
    honour = {"honor_id": "H1", "honor_type": "优秀共产党员", "year": 2021, "subject_id": "P1"}
    rows = [claim(key, 5000.0, **OCTOBER)]
    outcome, findings = check(
        "DQ-05", report_claim=rows, region_stat=[region(stat_date=date(2021, 9, 30))], honor=[honour]
    )
    assert [hit["e_figure_day"] for hit in outcome.hits] == [day]
    assert f"台账截至{day}复算" in next(iter(findings))["message_zh"]


def test_dq05_decimals_as_printed_decide_where_the_clerk_wrote_them_down(verdict):
    rows = [region(venue_area=303.0)]
    assert (
        verdict("DQ-05", claim("人均场地面积", 3.0, round_dp=1, **OCTOBER), region_stat=rows)[0]
        == "supported"
    )
    assert (
        verdict("DQ-05", claim("人均场地面积", 3.0, round_dp=2, **OCTOBER), region_stat=rows)[0] == "refuted"
    )


@pytest.mark.parametrize(
    ("key", "value", "more", "case", "measure"),
    [
        ("人均场地面积", 3.0, {}, "agrees_rounded", ("平方米", "m²")),
        ("人均场地面积", 3.03, {"uom": "平方米"}, "agrees", ("平方米", "m²")),
        ("人均场地面积", 3.05, {}, "differs", ("平方米", "m²")),
        ("场地面积", 303, {}, "agrees", ("万平方米", "× 10,000 m²")),
        ("场地数量", 12630, {"uom": "处"}, "agrees", ("处", None)),
    ],
)
def test_dq05_says_what_is_measured_and_where_the_figure_was_rounded(
    ledgers, key, value, more, case, measure
):
    held = ledgers(report_claim=[claim(key, value, **more | OCTOBER)], region_stat=[region(venue_area=303.0)])
    (row,) = verdicts(held, "DQ-05", Params(catalogue()["DQ-05"])).to_pyarrow().to_pylist()
    assert (row["case"], row["uom"], row["uom_en"]) == (case, *measure)


def checks(rounds, units, festival="节日专项检查", **more):
    return [
        {
            "act_id": f"A{r}{u}",
            "act_type": festival,
            "act_time": datetime(2021, 5, 1 + r),
            "unit_id": f"U{u}",
            "round_id": f"R{r}",
        }
        | more
        for r in range(rounds)
        for u in range(units)
    ]


@pytest.mark.parametrize(
    ("value", "rows", "expected"),
    [
        (5, checks(5, 20), ("supported", "agrees_checks")),
        (100, checks(5, 20), ("supported", "agrees_checks")),
        (20, checks(5, 20), ("refuted", "differs_checks")),
        (5, checks(4, 20), ("refuted", "differs_checks")),
        (5, checks(5, 1, round_id=None), ("supported", "agrees")),
        (5, checks(4, 1, round_id=None), ("refuted", "differs")),
        (5, checks(5, 20, round_id=None), ("open", "column_missing")),
        (5, checks(5, 20, "防火检查"), ("open", "no_entries")),
        (5, checks(5, 20, act_time=datetime(2020, 5, 1)), ("open", "no_rows")),
    ],
)
def test_dq05_five_rounds_at_twenty_units_are_five_checks_and_a_hundred(verdict, value, rows, expected):
    assert verdict("DQ-05", claim("节日检查次数", value), activity_log=rows) == expected


def honour(number, **more):
    return {
        "honor_id": f"H{number}",
        "year": 2021,
        "honor_type": "优秀共产党员",
        "subject_id": f"P{number}",
    } | more


@pytest.mark.parametrize(
    ("rows", "scope", "expected"),
    [
        ([honour(n) for n in range(32)], None, "supported"),
        ([honour(n) for n in range(32)], "全局", "supported"),
        ([honour(n) for n in range(32)], "射击中心", "open"),
        ([honour(n) for n in range(31)], None, "refuted"),
        ([*(honour(n) for n in range(31)), honour(99, subject_id="P1")], None, "refuted"),
        ([*(honour(n) for n in range(31)), honour(99, year=2020)], None, "refuted"),
        ([honour(n, honor_type="其他") for n in range(32)], None, "open"),
        (None, None, "open"),
    ],
)
def test_dq05_persons_honoured_are_counted_once(verdict, rows, scope, expected):
    data = {"honor": rows} if rows else {}
    assert verdict("DQ-05", claim("优秀共产党员人数", 32, unit_scope=scope), **data)[0] == expected


def problem(number, **more):
    return {
        "item_id": f"Z{number}",
        "unit_id": "U1",
        "feedback_date": date(2021, 3, 1),
        "deadline": date(2021, 6, 1),
        "status": "已销号",
        "close_date": date(2021, 5, 1),
    } | more


PARTLY = [problem(1), problem(2), problem(3, status="整改中", close_date=None)]


@pytest.mark.parametrize(
    ("value", "more", "expected"),
    [
        (66.7, {"uom": "%"}, "supported"),
        (66.6, {"uom": "%"}, "refuted"),
        (0.67, {}, "supported"),
        (100, {"uom": "％"}, "refuted"),
        (50, {"uom": "%", "unit_scope": "U2"}, "open"),
        (0, {"uom": "%", "period_end": date(2021, 4, 30)}, "supported"),
        (66.7, {"uom": "%", "period_start": date(2021, 4, 1)}, "open"),
        (66.7, {"uom": "%", "period_end": date(2022, 1, 1)}, "open"),
    ],
)
def test_dq05_share_of_problems_closed_by_the_end_of_the_days_claimed(verdict, value, more, expected):
    unit = [{"unit_id": "U2", "unit_name": "水上中心"}]
    assert (
        verdict("DQ-05", claim("整改完成率", value, **more), rectification=PARTLY, unit=unit)[0] == expected
    )


def ticket(number, **more):
    return {
        "ticket_no": f"T{number}",
        "channel": "12345",
        "accept_time": datetime(2021, 3, 1),
        "reply_time": datetime(2021, 3, 2),
        "unit_id": "U1",
        "responded": True,
        "resolved": True,
        "satisfaction": "满意",
        "invalid_flag": False,
    } | more


@pytest.mark.parametrize(
    ("key", "change", "expected"),
    [
        ("响应率", {"responded": False}, "supported"),
        ("解决率", {"resolved": False}, "supported"),
        ("满意率", {"satisfaction": "不满意"}, "supported"),
        ("满意率", {}, "refuted"),
        ("满意率", {"satisfaction": "未评价"}, "refuted"),
        ("解决率", {"invalid_flag": True, "resolved": False}, "refuted"),
    ],
)
def test_dq05_rates_of_public_requests_as_rx02_defines_them(verdict, key, change, expected):
    rows = [ticket(1), ticket(2), ticket(3), ticket(4, **change)]
    assert verdict("DQ-05", claim(key, 75, uom="%"), hotline=rows)[0] == expected


def test_dq05_takes_the_bureaus_own_thresholds_of_the_rules_it_leans_on(verdict):
    rows = [ticket(n, satisfaction="基本满意" if n == 4 else "满意") for n in (1, 2, 3, 4)]
    own = {"RX-02": {"satisfied": ["满意"]}}
    for settings, expected in ((None, "refuted"), (own, "supported")):
        assert verdict("DQ-05", claim("满意率", 75, uom="%"), settings=settings, hotline=rows)[0] == expected
    data = {"adop_record": [lesson("U1")], "unit": [unit | {"has_athletes": False} for unit in UNITS]}
    data["unit"][1] |= {"unit_type": "场馆"}
    own = {"FX-09": {"unit_types": ["县市区部门", "场馆"]}}
    for settings, expected in ((None, "supported"), (own, "refuted")):
        told = verdict("DQ-05", claim("反兴奋剂培训覆盖率", 100, uom="%"), settings=settings, **data)
        assert told[0] == expected


def test_what_is_a_denial_is_the_bureaus_to_say(verdict):
    own = {"DQ-04": {"direct": {"枪弹差错数": ["QD-01"]}}}
    assert verdict("DQ-05", claim("安全生产差错数", 0), settings=own) == ("open", "outside")


UNITS = [
    {
        "unit_id": f"U{n}",
        "unit_name": f"单位{n}",
        "unit_type": "县市区部门",
        "has_athletes": n == 1,
        "active": True,
    }
    for n in (1, 2)
]
ROSTER = [
    {
        "ath_id": f"A{n}",
        "name": f"甲{n}",
        "role": "运动员",
        "unit_id": "U1",
        "in_training": True,
        "start_date": date(2019, 1, 1),
    }
    for n in (1, 2)
]


def lesson(unit, person=None):
    return {
        "rec_id": f"{unit}{person}",
        "rec_type": "教育培训",
        "rec_date": date(2021, 4, 1),
        "unit_id": unit,
        "ath_id": person,
    }


@pytest.mark.parametrize(
    ("value", "records", "expected"),
    [
        (100, [lesson("U1", "A1"), lesson("U2")], ("supported", "agrees_training")),
        (50, [lesson("U1", "A1"), lesson("U2")], ("supported", "agrees_training")),
        (100, [lesson("U1", "A1"), lesson("U1", "A2")], ("supported", "agrees_training")),
        (100, [lesson("U1", "A1")], ("refuted", "differs_training")),
        (75, [lesson("U1", "A1"), lesson("U2")], ("refuted", "differs_training")),
    ],
)
def test_dq05_training_covers_units_or_persons(verdict, value, records, expected):
    data = {"adop_record": records, "unit": UNITS, "athlete": ROSTER}
    assert verdict("DQ-05", claim("反兴奋剂培训覆盖率", value, uom="%"), **data) == expected


def test_dq05_finds_the_refuted_claim_at_its_row_and_none_judged_is_not_run(check):
    claims = [
        claim("场地数量", 1, claim_id="C1", **OCTOBER),
        claim("场地数量", 12630, claim_id="C2", **OCTOBER),
    ]
    outcome, found = check("DQ-05", report_claim=claims, region_stat=[region()])
    assert [hit["_rids"] for hit in outcome.hits] == [[2]] and "12,630" in next(iter(found))["message_zh"]
    outcome, _ = check("DQ-05", report_claim=[claim("其他", 1)])
    assert outcome.outcome == "not_run"
    outcome, _ = check("DQ-05", hotline=[ticket(1)])
    assert outcome.reason == ("no_data", "report_claim")


# DQ-04: there was none -----------------------------------------------------------------------------------------------


def hit(rule_id="AQ-01", **more):
    return {
        "_rid": 99,
        "rule_id": rule_id,
        "prefix": rule_id.split("-")[0],
        "severity": "high",
        "kind": "breach",
        "unit": "U1",
        "subject": "H1",
        "date": date(2021, 5, 1),
    } | more


def ran(key="安全生产差错数", but=()):
    mapped = [*DIRECT[key], *BEARING[key]]
    return [{"rule_id": r, "outcome": "not_run" if r in but else "passed"} for r in mapped]


SAFE = claim("安全生产差错数", 0)
BUREAU = [
    {"unit_id": u, "unit_name": f"单位{u}", "unit_type": "训练单位", "has_armory": True, "active": True}
    for u in ("U1", "U2")
]


def kept(key="安全生产差错数", units=("U1", "U2")):
    """A row of each unit in every ledger that the rules mapped to the claim read, blank but for unit and day."""
    needs = {}
    for rule_id in [*DIRECT[key], *BEARING[key]]:
        for name, columns in catalogue()[rule_id].needs.items():
            needs.setdefault(name, set()).update(columns)
    rows = {}
    for name in needs.keys() - {"unit"}:
        table, blank = tables()[name], dict.fromkeys(needs[name])
        own = {table.date: datetime(2021, 5, 1)} if table.date else {}
        rows[name] = [blank | own | {table.unit: unit} for unit in units]
    return rows


@pytest.mark.parametrize(
    ("the_claim", "hits", "outcomes", "expected"),
    [
        (SAFE, [], ran(), ("supported", "holds")),
        (SAFE, [hit()], ran(), ("refuted", "refuted")),
        (SAFE, [hit(kind="mismatch")], ran(), ("refuted", "refuted")),
        (SAFE, [hit(kind="suspect")], ran(), ("open", "leads")),
        (SAFE, [hit(kind="warning")], ran(), ("open", "leads")),
        (SAFE, [hit("AQ-B03", kind="missing")], ran(), ("open", "leads")),
        (SAFE, [hit("AQ-03")], ran(), ("open", "leads")),
        (SAFE, [hit("AQ-05")], ran(), ("supported", "holds")),
        (SAFE, [hit(date=None)], ran(), ("refuted", "refuted")),
        (SAFE, [], ran(but=["AQ-B02"]), ("open", "silent")),
        (SAFE, [], ran()[1:], ("open", "silent")),
        (SAFE, [hit()], ran(but=["AQ-B02"]), ("refuted", "refuted")),
        (SAFE | {"value": None}, [hit()], ran(), ("open", "admitted")),
        (SAFE | {"value": 1}, [hit()], ran(), ("open", "admitted")),
        (SAFE | {"period_end": date(2021, 4, 30)}, [hit()], ran(), ("supported", "holds")),
        (SAFE | {"period_end": date(2021, 5, 1)}, [hit()], ran(), ("refuted", "refuted_part")),
        (SAFE | {"period_end": date(2021, 4, 30)}, [hit(date=None)], ran(), ("open", "leads")),
        (SAFE | {"period_start": date(2020, 12, 31)}, [], ran(), ("open", "period")),
        (SAFE | {"period_end": date(2022, 1, 1)}, [], ran(), ("open", "period")),
        (SAFE | {"unit_scope": "U2"}, [hit()], ran(), ("supported", "holds")),
        (SAFE | {"unit_scope": "单位U1"}, [hit()], ran(), ("refuted", "refuted")),
        (SAFE | {"unit_scope": "U2"}, [hit(unit=None)], ran(), ("open", "leads")),
        (SAFE | {"unit_scope": "某处"}, [], ran(), ("open", "scope")),
    ],
)
def test_dq04_a_denial_is_refuted_supported_or_cannot_be_judged(verdict, the_claim, hits, outcomes, expected):
    found = verdict("DQ-04", the_claim, unit=BUREAU, finding=hits, outcome=outcomes, **kept())
    assert found == expected


@pytest.mark.parametrize(
    ("unit", "without", "expected"),
    [
        ("U1", (), ("refuted", "refuted")),
        ("U2", (), ("supported", "holds")),
        ("U2", ("hazard",), ("open", "unseen")),
        ("U2", ("site",), ("open", "unseen")),
        ("U2", ("hazard", "site"), ("open", "unseen")),
        ("U1", ("hazard", "site"), ("refuted", "refuted")),
        (None, ("hazard",), ("refuted", "refuted")),
    ],
)
def test_dq04_a_denial_of_a_unit_that_no_rule_looked_at_is_not_supported(verdict, unit, without, expected):
    rows = kept() | {name: kept(units=("U3",))[name] for name in without}
    data = {"unit": BUREAU, "finding": [hit()], "outcome": ran()}
    assert verdict("DQ-04", SAFE | {"unit_scope": unit}, **data, **rows) == expected


def test_dq04_warns_that_rules_had_no_rows_of_the_unit_and_names_them(check):
    data = {"report_claim": [SAFE | {"unit_scope": "U2"}], "unit": BUREAU, "finding": [], "outcome": ran()}
    outcome, found = check("DQ-04", **data, **kept(units=("U1",)))
    assert [(h["case"], h["severity"], h["kind"], h["unit"]) for h in outcome.hits] == [
        ("unseen", "low", "warning", "U2")
    ]
    (told,) = found
    assert "5条规则没有所说单位的记录可查（隐患逾期整改或未整改" in told["message_zh"]
    assert "rules with no rows of the unit to look at: 5" in told["message_en"]


def month_rows(table, months, unit="U1"):
    day = tables()[table].date
    return [{tables()[table].unit: unit, day: datetime(2021, m, 5)} for m in months]


@pytest.mark.parametrize(
    ("months", "more", "expected"),
    [
        (range(1, 13), {}, ("supported", "holds_monthly")),
        (range(1, 12), {}, ("open", "gaps")),
        (range(1, 12), {"period_end": date(2021, 11, 30)}, ("supported", "holds_monthly")),
    ],
)
def test_dq04_a_month_without_a_row_leaves_the_denial_open(verdict, months, more, expected):
    key = "枪弹差错数"
    rows = {t: month_rows(t, months) for t in ("ammo_txn", "armory_check")}
    found = verdict("DQ-04", claim(key, 0, **more), unit=BUREAU[:1], finding=[], outcome=ran(key), **rows)
    assert found == expected


def test_dq04_a_ledger_that_nobody_owed_is_not_complete(verdict):
    key = "枪弹差错数"
    units = [BUREAU[0] | {"has_armory": False}]
    found = verdict("DQ-04", claim(key, 0), unit=units, finding=[], outcome=ran(key), **kept(key))
    assert found == ("open", "nothing_due")


def test_dq04_without_the_ledgers_it_rests_on_a_denial_is_open(verdict):
    key = "枪弹差错数"
    assert verdict("DQ-04", claim(key, 0), unit=BUREAU, finding=[], outcome=ran(key)) == ("open", "gaps")


@pytest.mark.parametrize(
    ("rule_id", "the_claim"), [("DQ-04", SAFE), ("DQ-05", claim("整改完成率", 100, uom="%"))]
)
def test_a_run_over_some_units_cannot_judge_a_claim_about_all(verdict, rule_id, the_claim):
    data = {"unit": BUREAU, "finding": [hit()], "outcome": ran(), "rectification": PARTLY}
    assert verdict(rule_id, the_claim, units=("U1",), **data) == ("open", "limited")
    mine = verdict(rule_id, the_claim | {"unit_scope": "U1"}, units=("U1",), **data)
    assert mine[0] == "refuted"


def test_dq04_gives_the_refuting_rows_and_warns_of_what_is_open(check):
    claims = [SAFE | {"claim_id": "C1"}, claim("枪弹差错数", 0, claim_id="C2")]
    outcome, found = check("DQ-04", report_claim=claims, finding=[hit()], outcome=ran())
    assert [(h["_rids"], h["case"], h["severity"]) for h in outcome.hits] == [
        ([2, 99], "refuted", None),
        ([3], "silent", "low"),
    ]
    assert [f["severity"] for f in found] == ["high", "low"]


def test_dq04_without_a_denial_is_not_run(check):
    outcome, _ = check("DQ-04", report_claim=[claim("场地数量", 0)], finding=[], outcome=ran())
    assert outcome.outcome == "not_run"
