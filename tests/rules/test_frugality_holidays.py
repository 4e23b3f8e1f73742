"""Holiday rules: windows by the official calendar, what lies in them, and missing data."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from mingjing.rules import NotRun, configured, rules, run_rule
from mingjing.rules.festivals import rests, windows

PUBLISHED = Path(__file__).parents[3] / "shared" / "rules" / "festivals.csv"


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published list of festivals is not there")
def test_rests_are_those_of_the_notices_from_2020_to_2026():
    with PUBLISHED.open(encoding="utf-8-sig") as stream:
        for line in csv.DictReader(stream):
            found = {name: (str(first), str(last)) for first, last, name in rests(int(line["year"]))}
            assert found[line["festival"]] == (line["rest_start"], line["rest_end"]), line


def test_two_festivals_in_one_rest_both_have_all_of_it():
    for year in (2020, 2025):
        found = {name: (first, last) for first, last, name in rests(year)}
        assert found["中秋"] == found["国庆"] == (date(year, 10, 1), date(year, 10, 8))


def test_before_2008_there_were_four():
    assert [name for _, _, name in rests(2005)] == ["元旦", "春节", "五一", "国庆"]


def test_a_year_not_published_has_no_windows(ledgers):
    assert rests(2035) == []
    with pytest.raises(NotRun, match="no_calendar"):
        windows(ledgers("2035"), 15, 3)


def test_new_year_after_the_last_published_year_is_on_its_day(ledgers):
    last = next(year for year in range(2026, 2100) if not rests(year + 1))
    found = windows(ledgers(str(last)), 15, 3)
    assert (found[-1].festival, found[-1].opens) == ("元旦", date(last, 12, 17))


def test_windows_touch_the_period_only(ledgers):
    found = windows(ledgers("2021Q2"), 15, 3)
    assert [(w.year, w.festival) for w in found] == [(2021, "清明"), (2021, "五一"), (2021, "端午")]


def spend(**more):
    return {
        "line_id": "F1",
        "voucher_no": "记1",
        "voucher_date": date(2021, 9, 10),
        "fiscal_year": 2021,
        "unit_id": "U1",
        "econ_item_code": "30201",
        "econ_item": "办公费",
        "amount": 3000.0,
        "payee": "某商行",
        "summary": "购月饼",
        "basis_doc_no": None,
    } | more


OTHER = spend(line_id="F0", summary="打印纸", basis_doc_no="文0")
PAY = {"econ_item": "福利费", "summary": "中秋过节费", "basis_doc_no": "局发3号"}


@pytest.mark.parametrize(
    ("rule", "change", "hit"),
    [
        ("JR-02", {"voucher_date": date(2021, 9, 3)}, False),
        ("JR-02", {"voucher_date": date(2021, 9, 4)}, True),
        ("JR-02", {"voucher_date": date(2021, 10, 10)}, True),
        ("JR-02", {"voucher_date": date(2021, 10, 11)}, False),
        ("JR-02", {"voucher_date": date(2021, 3, 25)}, False),
        ("JR-02", {"summary": "消毒酒精、餐具、茶水间维修、油烟机、烟感"}, False),
        ("JR-02", {"summary": "消毒酒精、中华烟"}, True),
        ("JR-02", {"amount": -3000.0}, False),
        ("JR-02", {"summary": "中秋慰问困难职工月饼", "basis_doc_no": "局发2号"}, False),
        ("JR-02", {"summary": "中秋慰问困难职工月饼"}, True),
        ("JR-02", {"summary": None}, False),
        ("JR-03", PAY, True),
        ("JR-03", PAY | {"voucher_date": date(2021, 8, 20)}, True),
        ("JR-03", PAY | {"voucher_date": date(2021, 8, 19)}, False),
        ("JR-03", PAY | {"voucher_date": date(2021, 10, 17)}, True),
        ("JR-03", PAY | {"voucher_date": date(2021, 10, 18)}, False),
        ("JR-03", PAY | {"basis_doc_no": None}, False),
        ("JR-03", PAY | {"summary": "九月交通补贴"}, False),
        ("JR-03", PAY | {"econ_item": "办公费"}, False),
    ],
)
def test_spending_is_judged_at_the_edges_of_the_windows(check, rule, change, hit):
    outcome, findings = check(rule, expense=[OTHER, spend(**change)])
    assert outcome.outcome in ("passed", "findings")
    assert [finding["row"] for finding in findings] == ([3] if hit else [])


def test_jr02_names_and_dates_every_window_it_lies_in(check):
    _, findings = check("JR-02", expense=[spend(voucher_date=date(2021, 9, 20))])
    finding = next(iter(findings))
    assert (
        "2021年中秋（2021-09-04至2021-09-24）、2021年国庆（2021-09-16至2021-10-10）" in finding["message_zh"]
    )
    assert "Mid-Autumn 2021 (2021-09-04 to 2021-09-24)" in finding["message_en"]
    assert finding["severity"] != "high"


def test_jr02_leaves_drinks_of_registered_receptions_to_their_rules(check):
    row = {"reception_id": "J1", "unit_id": "U1", "voucher_no": "记1"}
    wine = spend(econ_item="公务接待费", summary="接待用餐含酒水")
    for held, change, hits in (
        (row, {}, 0),
        (row | {"unit_id": "U2"}, {}, 1),
        (row, {"summary": "接待用餐含酒水、赠礼盒"}, 1),
        (row, {"econ_item": "办公费"}, 1),
    ):
        assert len(check("JR-02", expense=[OTHER, wine | change], reception=[held])[0].hits) == hits


@pytest.mark.parametrize("rule", ["JR-02", "JR-03"])
def test_a_year_without_published_holidays_is_not_judged(check, rule):
    row = spend(voucher_date=date(2035, 9, 10), basis_doc_no="文1")
    assert check(rule, "2035", expense=[row])[0].reason[0] == "no_calendar"


UNITS = [
    {"unit_id": f"U{n}", "unit_name": f"单位{n}", "unit_type": kind, "active": True}
    for n, kind in enumerate(("机关", "训练单位", "体校", "场馆", "县市区部门"), start=1)
]


def visit(unit="U1", day=date(2021, 4, 28), festival="五一", **more):
    usual = {"act_id": f"A{unit}{day}{festival}", "act_type": "节日专项检查", "unit_id": unit}
    return usual | {"act_time": datetime(day.year, day.month, day.day, 9), "festival": festival} | more


START = visit("U2", date(2021, 1, 1), None, act_type="其他")


def judge(check, *visits, period="2021-05"):
    outcome, _ = check("JR-01", period, unit=UNITS, activity_log=[START, *visits])
    return outcome, [(h["case"], h["subject"]) for h in outcome.hits]


def test_jr01_a_sample_with_the_bureau_in_it_will_do(check):
    assert judge(check, visit(), visit("U2"))[1] == []
    assert judge(check, visit())[1] == [("few", "2021|五一")]
    assert judge(check, visit("U2"), visit("U3"))[1] == [("few", "2021|五一")]
    assert judge(check, visit(), visit("U5"))[1] == [("few", "2021|五一")]
    outcome, found = judge(check, visit(), visit("U2", date(2021, 4, 15)))
    assert found == [("few", "2021|五一")]  # a day too early
    assert outcome.hits[0]["_rids"] == [3, 4, 5]
    assert judge(check, visit(), visit("U2", date(2021, 4, 16)))[1] == []
    assert judge(check, visit(festival="春节"))[1] == [("none", "2021|五一")]


def test_jr01_shows_rounds_and_visits(check):
    rows = [visit(round_id="R1"), visit("U2", festival=None, round_id="R1"), visit("U5", round_id="R2")]
    few = judge(check, rows[0], rows[2])[0].hits[0]
    assert (few["e_rounds"], few["e_visits"], few["e_reached"], few["e_units"]) == (2, 1, 1, 4)
    assert judge(check, *rows)[1] == []


def test_jr01_one_inspection_counts_for_two_festivals_of_one_rest(check):
    rows = [visit(unit, date(2025, 9, 28), "国庆") for unit in ("U1", "U2")]
    assert judge(check, *rows, period="2025-10")[1] == []
    assert [s for _, s in judge(check, visit(), period="2025-10")[1]] == ["2025|中秋", "2025|国庆"]


def test_jr01_without_sampling_names_each_unit(ledgers):
    entry = configured({"JR-01": {"sampling_ok": False}})["JR-01"]
    data = {"unit": UNITS, "activity_log": [START, visit(), visit("U2")]}
    outcome = run_rule(entry, rules()["JR-01"], ledgers("2021-05", **data))
    assert [(h["case"], h["unit"]) for h in outcome.hits] == [("unit", "U3"), ("unit", "U4")]


def test_jr01_judges_no_window_that_is_not_over_or_before_the_ledger(check):
    assert judge(check, visit(), period="2021-04")[0].reason[0] == "unfinished"
    reaching, short = visit(day=date(2021, 4, 16)), visit(day=date(2021, 4, 17))
    for row, outcome in ((reaching, "findings"), (short, "not_run")):
        assert check("JR-01", "2021-05", unit=UNITS, activity_log=[row])[0].outcome == outcome


def test_jr01_without_such_inspections_or_units_is_not_run(check):
    assert judge(check)[0].reason[0] == "no_entries"
    assert check("JR-01", activity_log=[visit()])[0].reason[0] == "no_data"
    assert check("JR-01", "2035", unit=UNITS, activity_log=[visit()])[0].reason[0] == "no_calendar"


@pytest.mark.parametrize(
    ("change", "cases"),
    [
        ({"issue_count": 0}, []),
        ({"issue_count": None}, []),
        ({"issue_count": 2}, ["none"]),
        ({"issue_count": 2, "evidence_ref": "Z1"}, []),
        ({"issue_count": 2, "rect_ref": "ZG1"}, []),
        ({"issue_count": 2, "rect_ref": "ZG1、ZG2"}, ["unknown"]),
        ({"issue_count": 2, "rect_ref": "ZG8；ZG9"}, ["unknown"]),
        ({"issue_count": 2, "act_type": "防火检查"}, []),
    ],
)
def test_jr04_problems_found_are_entered(check, change, cases):
    row = visit(rect_ref=None, evidence_ref=None, issue_count=0) | change
    outcome, findings = check("JR-04", activity_log=[row], rectification=[{"item_id": "ZG1"}])
    assert [h["case"] for h in outcome.hits] == cases
    assert len(findings) == len(cases)


@pytest.mark.parametrize("rule", ["JR-02", "JR-03", "JR-04"])
def test_without_its_ledger_or_its_columns_a_rule_does_not_run(check, rule):
    assert check(rule)[0].reason[0] == "no_data"
    bare = {
        "expense": [{"line_id": "F1"}],
        "activity_log": [{"act_id": "A1"}],
        "rectification": [{"item_id": "Z"}],
    }
    assert check(rule, **bare)[0].reason[0] == "column_missing"
