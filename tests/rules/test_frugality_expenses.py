"""Spending: what breaks each rule, what just does not, and missing data; sums and digits against plain pandas twins."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest

from mingjing.rules import configured, rules, run_rule
from mingjing.rules.frugality import digits as digit_rules
from mingjing.rules.frugality.alike import amounts, firms, invoices
from mingjing.stats import digit_test


def spent(**more):
    return {
        "line_id": "Z1",
        "voucher_no": "记-1",
        "voucher_date": date(2021, 3, 1),
        "fiscal_year": 2021,
        "unit_id": "U1",
        "econ_item_code": "30201",
        "econ_item": "办公费",
        "amount": 4380.5,
        "payee": "甲商贸有限公司",
        "invoice_no": "20418866",
        "summary": "购打印纸",
        "handler_id": "P1",
        "reviewer_id": "P2",
        "approver_id": "P3",
        "basis_doc_no": None,
    } | more


def entries(*changes):
    return [
        spent(**{"line_id": f"Z{n}", "voucher_no": f"记-{n}"} | change) for n, change in enumerate(changes)
    ]


def budget(**more):
    return {
        "unit_id": "U1",
        "fiscal_year": 2021,
        "item": "公务接待费",
        "month": "全年",
        "budget_amount": 10000.0,
        "adjusted_budget": None,
        "adjust_doc_no": None,
        "actual_amount": 10000.0,
    } | more


def cases(outcome):
    return {hit["case"] for hit in outcome.hits}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"actual_amount": 10000.01}, {"over"}),
        ({"actual_amount": 11000.0, "adjusted_budget": 11000.0, "adjust_doc_no": "批1"}, set()),
        ({"actual_amount": 11000.0, "adjusted_budget": 11000.0}, {"raised"}),
        ({"actual_amount": 11000.01, "adjusted_budget": 11000.0}, {"over"}),
        ({"actual_amount": 10000.01, "adjusted_budget": 9000.0}, {"over"}),
        ({"actual_amount": 9500.0, "adjusted_budget": 9000.0, "adjust_doc_no": "批1"}, {"over"}),
        ({"actual_amount": 9999.0, "adjusted_budget": 11000.0}, set()),
        ({"fiscal_year": 2020, "actual_amount": 99999.0}, set()),
        ({"month": "第一季"}, {"unread"}),
    ],
)
def test_jf01_spending_stays_within_the_approved_budget(check, change, expected):
    outcome, _ = check("JF-01", budget_exec=[budget(unit_id="U0"), budget(**change)])
    assert cases(outcome) == expected


@pytest.mark.parametrize("rule", ["JF-01", "JF-09"])
def test_each_item_is_judged_by_one_rule(check, rule):
    rows = [budget(actual_amount=10001.0), budget(actual_amount=10001.0, item="印刷费")]
    _, findings = check(rule, budget_exec=rows)
    assert [(f["row"], f["severity"]) for f in findings] == [
        (2, "high") if rule == "JF-01" else (3, "medium")
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["1", "2", "3"], {"fast"}),
        (["1月", "2月", "3月"], {"fast"}),
        (["2021-01", "2021年2月", "2021.03"], {"fast"}),
        (["1", "3"], {"gap"}),
        (["1", "2", "3", "4"], {"fast"}),  # April is not over, and not known yet
    ],
)
def test_jf01_months_add_up_and_before_the_years_end_speed_is_a_warning(check, written, expected):
    rows = [budget(month=month, actual_amount=1400.0) for month in written]
    outcome, findings = check("JF-01", period="2021", as_of=date(2021, 3, 31), budget_exec=rows)
    assert cases(outcome) == expected
    assert [(f["kind"], f["severity"]) for f in findings] == [
        ("warning", "low") if expected == {"fast"} else ("missing", "low")
    ]


def test_jf01_a_line_of_the_running_month_stands_for_no_month_before_it(check):
    for written, expected in ((["1", "3"], {"gap"}), (["1", "2", "3"], set()), (["1", "2"], set())):
        rows = [budget(month=month, actual_amount=100.0) for month in written]
        assert cases(check("JF-01", as_of=date(2021, 3, 15), budget_exec=rows)[0]) == expected


@pytest.mark.parametrize(("each", "found"), [(1300.0, 0), (1330.0, 1), (3333.34, 1)])
def test_jf01_ahead_of_time_by_more_than_the_share_allowed(check, each, found):
    rows = [budget(month=str(month), actual_amount=each) for month in (1, 2, 3)]
    _, findings = check("JF-01", as_of=date(2021, 3, 31), budget_exec=rows)
    assert len(findings) == found
    if each * 3 > 10000:
        assert [f["severity"] for f in findings] == ["high"]


def test_jf01_a_finished_year_with_months_missing_is_no_pass(check):
    rows = [budget(month=str(month), actual_amount=100.0) for month in range(1, 12)]
    assert cases(check("JF-01", budget_exec=rows)[0]) == {"gap"}
    assert check("JF-01", budget_exec=[*rows, budget(month="12", actual_amount=1.0)])[0].outcome == "passed"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, 0),
        ({"summary": "接待餐费"}, 1),
        ({"summary": "购餐具、餐桌"}, 0),
        ({"summary": "酒精消毒液、烟感探测器、油烟机清洗、茶水间改造"}, 0),
        ({"summary": "酒精及招待用茶"}, 1),
        ({"payee": "滨海大酒店"}, 1),
        ({"summary": "接待餐费", "econ_item": "公务接待费"}, 0),
        ({"summary": "会议用餐", "econ_item": "会议费"}, 1),
        ({"summary": "会议用餐", "econ_item": "会议费", "basis_doc_no": "会批1"}, 0),
        ({"summary": "接待餐费", "basis_doc_no": "会批1"}, 1),
        ({"summary": "接待餐费", "amount": -100.0}, 0),
        ({"summary": "接待餐费", "voucher_no": "记-9"}, 0),  # on the reception ledger
        ({"summary": None, "payee": None}, 0),
    ],
)
def test_jf02_receptions_under_other_items(check, change, found):
    receptions = [{"reception_id": "J1", "unit_id": "U1", "voucher_no": "记-9"}]
    _, findings = check("JF-02", expense=entries({}, change), reception=receptions)
    assert [f["row"] for f in findings] == [3] * found
    assert all(f["kind"] == "suspect" and f["severity"] == "medium" for f in findings)


@pytest.mark.parametrize(
    ("summary", "day", "told"),
    [
        ("购白酒两箱", date(2021, 9, 15), ["JR-02"]),  # before Mid-autumn
        ("购白酒两箱", date(2021, 8, 10), ["JF-02"]),
        ("购白酒两箱", None, ["JF-02"]),
        ("聚餐费", date(2021, 9, 15), ["JF-02"]),
        ("购白酒两箱", date(2031, 9, 15), ["JF-02"]),  # holidays not published
    ],
)
def test_a_payment_that_looks_like_a_gift_and_a_reception_is_one_lead(check, summary, day, told):
    rows = entries({}, {"summary": summary, "voucher_date": day})
    year = str(day.year) if day else "2021"
    assert [r for r in ("JF-02", "JR-02") if len(check(r, year, expense=rows)[1])] == told


def test_jf02_keeps_what_the_bureaus_own_days_take_from_jr02(ledgers):
    own = {"JR-02": {"before_days": 1}}
    wine = entries({"summary": "购白酒两箱", "voucher_date": date(2021, 9, 15)})
    data = ledgers("2021", settings=own, expense=wine)
    assert [run_rule(configured(own)[r], rules()[r], data).outcome for r in ("JF-02", "JR-02")] == [
        "findings",
        "passed",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([{}], []),
        ([{}, {}], [("again", 4380.5)]),
        ([{}, {"voucher_no": "记-0", "amount": 20.0}], []),  # entries of one voucher
        ([{}, {"amount": -4380.5}], []),  # one positive, one negative
        ([{}, {}, {"amount": -4380.5}], []),
        ([{}, {}, {}, {"amount": -4380.5}], [("again", 4380.5)]),
        ([{}, {"payee": "乙公司"}], []),  # another firm's number
        ([{}, {"payee": "甲商贸公司"}], [("again", 4380.5)]),
        ([{}, {"invoice_no": "2041-8866"}], [("again", 4380.5)]),
        ([{}, {"unit_id": "U2"}], [("again", 4380.5)]),
        ([{}, {"unit_id": "U2", "voucher_no": "记-0"}], [("again", 4380.5)]),
        ([{}, {"amount": 100.0}], [("parts", 4480.5)]),
        ([{"invoice_no": None}, {"invoice_no": None}], []),
        ([{}, {"voucher_date": date(2022, 1, 5)}], []),  # not known yet
    ],
)
def test_jf03_an_invoice_is_reimbursed_once(check, changes, expected):
    outcome, findings = check("JF-03", expense=entries(*changes))
    assert [(hit["case"], hit["amount"]) for hit in outcome.hits] == expected
    assert all(f["severity"] == ("high" if expected[0][0] == "again" else "low") for f in findings)


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("JF-04", {"econ_item": "奖金"}, {"undocumented"}),
        ("JF-04", {"econ_item": "年终奖励", "econ_item_code": "3010301"}, {"undocumented"}),
        ("JF-04", {"econ_item": "奖金", "basis_doc_no": "人社1号"}, set()),
        ("JF-04", {"econ_item": "福利费", "summary": "拨工会福利"}, set()),
        ("JF-04", {"econ_item": "奖金", "amount": -10.0}, set()),
        ("JF-04", {}, set()),
        ("JF-B04", {}, set()),
        ("JF-B04", {"approver_id": "P1"}, {"approver"}),
        ("JF-B04", {"reviewer_id": "P1"}, {"reviewer"}),
        ("JF-B04", {"approver_id": None}, {"unapproved"}),
        ("JF-B04", {"handler_id": None}, set()),
        ("JF-B06", {"summary": "购超市购物卡"}, {"card"}),
        ("JF-B06", {"payee": "某储值卡服务公司"}, {"card"}),
        ("JF-B06", {"summary": "加油卡充值"}, set()),
        ("JF-B06", {"summary": "加油卡充值及购物卡"}, {"card"}),
        ("JF-B06", {"summary": None, "payee": None}, set()),
    ],
)
def test_an_entry_is_judged_at_its_limits(check, rule, change, expected):
    outcome, findings = check(rule, expense=entries({}, change))
    assert cases(outcome) == expected and [f["row"] for f in findings] == ([3] if expected else [])


def account(*amounts_, **more):
    return entries(
        *({"econ_item_code": "3021701", "econ_item": "公务接待费", "amount": a} | more for a in amounts_)
    )


@pytest.mark.parametrize(
    ("rows", "expense", "expected"),
    [
        ([budget()], account(6000.0, 4000.0), []),
        ([budget()], account(6000.0, 3999.0), []),  # within a yuan
        ([budget()], account(6000.0, 3998.99), [1.01]),
        ([budget()], account(6000.0, 5000.0, -1000.0), []),
        ([budget()], entries({}), [10000.0]),  # no entry of the item at all
        ([budget()], entries({"unit_id": "U2"}), []),  # a unit that keeps no ledger
        ([budget()], account(10000.0, fiscal_year=2020), []),
        ([budget(item="专项经费")], entries({}), []),  # no code says which entries these are
        ([budget(month="1"), budget(month="2")], account(20000.0), []),  # months are missing: JF-01 says so
    ],
)
def test_jf05_the_budget_table_agrees_with_the_ledger(check, rows, expense, expected):
    outcome, _ = check("JF-05", budget_exec=rows, expense=expense)
    assert [hit["amount"] for hit in outcome.hits] == expected


@pytest.mark.parametrize("seed", range(3))
def test_jf05_and_the_budget_rules_find_what_pandas_finds(check, seed):
    rng = random.Random(seed)
    items = {"公务接待费": "30217", "会议费": "30215", "印刷费": "30202"}
    expense = entries(
        *(
            {
                "unit_id": f"U{rng.randrange(4)}",
                "econ_item_code": code,
                "econ_item": item,
                "amount": rng.randrange(1, 9000) / 4,
            }
            for item, code in items.items()
            for _ in range(60)
        )
    )
    books = pd.DataFrame(expense).groupby(["unit_id", "econ_item"]).amount.sum()
    rows = [
        budget(
            unit_id=unit,
            item=item,
            budget_amount=books[unit, item] + rng.choice([-1, 0, 1]),
            actual_amount=books[unit, item] + rng.choice([0, 0, 5]),
        )
        for unit, item in books.index
    ]
    frame = pd.DataFrame(rows)
    gap = {
        f"{r.unit_id}|2021|{r.item}"
        for r in frame.itertuples()
        if abs(r.actual_amount - books[r.unit_id, r.item]) > 1
    }
    over = {
        f"{r.unit_id}|2021|{r.item}" for r in frame.itertuples() if r.actual_amount > r.budget_amount + 1e-6
    }
    assert {h["subject"] for h in check("JF-05", budget_exec=rows, expense=expense)[0].hits} == gap
    found = {h["subject"] for rule in ("JF-01", "JF-09") for h in check(rule, budget_exec=rows)[0].hits}
    assert found == over


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("20418866", "2041 8866", "written"),
        ("0012345", "12345", "written"),
        ("INV-1O23", "INV1023", "written"),
        ("20418866", "20481866", "swapped"),
        ("20418866", "20418688", None),
        ("20418866", "20418876", None),  # one of a series
        ("20418866", "20418867", None),
        ("20418866", "20518866", "typed"),
        ("20418866", "2041866", "dropped"),
        ("20418866", "204188662", "dropped"),
        ("123", "132", None),  # too short to tell
        ("20418866", "99999999", None),
    ],
)
def test_invoice_numbers_a_slip_apart(a, b, expected):
    assert invoices(a, b) == invoices(b, a) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("甲商贸有限公司", "甲商贸（有限）公司", "shortened"),
        ("鑫源商贸有限公司", "鑫源商贸 公司", "written"),
        ("滨海鑫源商贸有限公司", "鑫源商贸（滨海）有限公司", "ordered"),
        ("天宇办公用品有限公司", "天宇办公", "shortened"),
        ("Office Depot Inc.", "Depot, Office", "ordered"),
        ("Ace Hardware Co", "ACE HARDWARE LLC", "written"),
        ("海山公司", "山海公司", None),
        ("滨海宾馆", "新华书店", None),
        ("永信印务有限公司", "永新印务有限公司", None),
        ("滨海市永信彩色印务有限公司", "滨海市永新彩色印务有限公司", "typed"),
    ],
)
def test_names_of_one_firm(a, b, expected):
    assert firms(a, b, 88) == firms(b, a, 88) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (4510.0, 4150.0, "swapped"),
        (4380.5, 438.05, "shifted"),
        (4380.5, 43.81, None),
        (5000.0, 50.0, "shifted"),
        (4510.0, 4511.0, None),
        (4510.0, 1540.0, None),
    ],
)
def test_amounts_a_slip_apart(a, b, expected):
    assert amounts(a, b) == amounts(b, a) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),  # the same invoice: JF-03
        ({"invoice_no": "20481866"}, {"number_swapped"}),
        ({"invoice_no": "20481866", "amount": 4380.51}, set()),
        ({"invoice_no": "20481866", "payee": "乙公司"}, set()),
        ({"invoice_no": "20481866", "voucher_no": "记-0"}, set()),
        ({"invoice_no": "20481866", "voucher_date": date(2021, 5, 30)}, {"number_swapped"}),
        ({"invoice_no": "20481866", "voucher_date": date(2021, 5, 31)}, set()),
        ({"invoice_no": "20418867"}, set()),
        ({"invoice_no": "20518866"}, {"number_typed"}),
        ({"payee": "甲商贸物流"}, {"firm_shortened"}),
        ({"payee": "（商贸）甲有限公司"}, set()),  # too short to tell
        ({"payee": "乙书店"}, set()),
        ({"amount": 4830.5}, {"fen_swapped"}),
        ({"amount": 438.05}, {"fen_shifted"}),
        ({"amount": 4000.0}, set()),
        ({"invoice_no": None}, {"blank"}),
        ({"invoice_no": None, "summary": "购墨盒"}, set()),
        ({"invoice_no": None, "voucher_date": date(2021, 3, 9)}, set()),
    ],
)
def test_jf06_two_of_three_agree_and_the_third_is_a_slip_apart(check, change, expected):
    outcome, findings = check("JF-06", expense=entries({}, change))
    assert cases(outcome) == expected
    assert [f["row"] for f in findings] == ([3] if expected else [])
    assert all(f["kind"] == "suspect" and f["severity"] != "high" for f in findings)


def test_jf06_a_weak_likeness_needs_a_sum_that_no_third_entry_shares(check):
    rows = entries({}, {"invoice_no": "20518866"}, {"invoice_no": "90000000"})
    assert not len(check("JF-06", expense=rows)[1])


def test_jf02_a_ledger_without_such_items_is_not_a_pass(check):
    outcome, _ = check("JF-02", expense=entries({"econ_item": "未分类"}))
    assert outcome.outcome == "not_run" and outcome.reason[0] == "no_entries"


def test_jf06_what_was_taken_back_is_not_compared(check):
    twice = entries({}, {"invoice_no": "20481866"}, {"invoice_no": "20481866", "amount": -4380.5})
    assert not len(check("JF-06", expense=twice)[1])


@pytest.mark.parametrize(("times", "found"), [(11, 1), (12, 0)])
def test_jf06_a_sum_paid_again_and_again_is_a_tariff(check, times, found):
    rows = [
        {"invoice_no": f"30{n:02d}7000", "voucher_date": date(2021, 1, 1) + timedelta(days=n)}
        for n in range(times - 1)
    ]
    pair = [{"invoice_no": "20418866"}, {"invoice_no": "20481866"}]
    far = [row | {"amount": 4380.5} for row in rows]
    _, findings = check("JF-06", expense=entries(*far, *pair))
    assert sum("换位" in f["message_zh"] and "20481866" in f["message_zh"] for f in findings) == found


@pytest.mark.parametrize("seed", range(3))
def test_jf06_finds_the_pairs_that_comparing_all_with_all_finds(check, seed):
    rng = random.Random(seed)
    rows = entries(
        *(
            {
                "invoice_no": rng.choice(["20418866", "20481866", "77120043", "7712043", None]),
                "payee": rng.choice(["鑫源商贸", "商贸鑫源有限公司", "永信印务", "滨海书店"]),
                "amount": rng.choice([4510.0, 4150.0, 415.0, 871.3]),
                "voucher_date": date(2021, 1, 1) + timedelta(days=rng.randrange(300)),
            }
            for _ in range(70)
        )
    )
    found = {hit["_rids"][0] for hit in check("JF-06", expense=rows)[0].hits}
    assert found == _all_with_all(rows, window=90, blank=7, tariff=12)


def _all_with_all(rows: list[dict], window: int, blank: int, tariff: int) -> set[int]:
    t = pd.DataFrame(rows).assign(_rid=range(2, len(rows) + 2)).astype({"invoice_no": object})
    t["firm"] = t.payee.str.replace("有限公司", "")
    t["invoice_no"] = t.invoice_no.where(t.invoice_no.notna(), None)
    often = {
        "number": t.groupby(["firm", "amount"])._rid.transform("size"),
        "firm": t.groupby(["invoice_no", "amount"])._rid.transform("size"),
        "fen": t.groupby(["firm", "invoice_no"])._rid.transform("size"),
        "blank": t.groupby(["firm", "amount", "summary"])._rid.transform("size"),
    }
    found = set()
    for i, a in t.iterrows():
        for _, b in t.iterrows():
            days = (a.voucher_date - b.voucher_date).days
            if not 0 <= days <= window or (days == 0 and a._rid <= b._rid):
                continue
            both = a.invoice_no is not None and b.invoice_no is not None
            firm_, number, sum_ = (
                a.firm == b.firm,
                both and a.invoice_no == b.invoice_no,
                a.amount == b.amount,
            )
            how = {
                "number": invoices(a.invoice_no, b.invoice_no)
                if firm_ and sum_ and both and not number
                else None,
                "firm": firms(a.payee, b.payee, 88) if sum_ and number and not firm_ else None,
                "fen": amounts(a.amount, b.amount) if firm_ and number and not sum_ else None,
                "blank": "blank" if firm_ and sum_ and not both and days <= blank else None,
            }
            slight = ("typed", "dropped", "blank")
            hit = any(h and often[n][i] <= (tariff if h not in slight else 2) for n, h in how.items())
            if hit:
                found.add(a._rid)
    return found


def natural(n: int, unit: str, shift: float = 0.0) -> list[dict]:
    """Amounts spread evenly over three orders of magnitude on the logarithmic scale: Benford's law itself."""
    return [
        {"unit_id": unit, "amount": round(10 ** (1 + 3 * ((i + shift) % n + 0.5) / n), 2)} for i in range(n)
    ]


def test_jf07_says_where_to_sample_and_only_where_the_law_applies(check):
    plain = natural(600, "U1")
    spiked = natural(600, "U2") + [{"unit_id": "U2", "amount": 4900.0 + n} for n in range(90)]
    outcome, findings = check("JF-07", expense=entries(*plain, *spiked))
    assert cases(outcome) == {"first", "first_two"}
    # No unit has enough amounts for the first two digits, all together have.
    assert {(hit["unit"], hit["e_digit"]) for hit in outcome.hits} == {("U2", "4"), (None, "49")}
    assert all(f["severity"] == "low" and f["kind"] == "suspect" for f in findings)
    twin = digit_test([row["amount"] for row in (*plain, *spiked)], "first_two")
    hit = next(hit for hit in outcome.hits if hit["case"] == "first_two")
    assert (hit["e_mad"], hit["e_seen"]) == (round(twin.mad, 5), twin.counts[39])
    assert len(hit["_rids"]) == 30


def test_jf07_too_few_or_too_even_amounts_are_not_run(check):
    few, even = natural(200, "U1"), [{"amount": 500.0 + n / 7} for n in range(800)]
    for rows in (few, even):
        outcome, _ = check("JF-07", expense=entries(*rows))
        assert outcome.outcome == "not_run" and outcome.reason[0] == "digits_unfit"


def test_jf07_small_units_are_tested_together(check):
    rows = [row for k in range(6) for row in natural(120, f"U{k}", k / 6)]
    assert check("JF-07", expense=entries(*rows))[0].outcome == "passed"
    spike = [{"unit_id": f"U{n % 6}", "amount": 4900.0 + n} for n in range(90)]
    outcome, _ = check("JF-07", expense=entries(*rows, *spike))
    assert {(hit["unit"], hit["subject"].split("|")[0]) for hit in outcome.hits} == {(None, "ALL")}


def test_digits_of_units_taken_some_at_a_time_are_those_of_all(check, monkeypatch):
    rows = [row for unit in ("U1", "U2", "U3") for row in natural(400, unit)]
    rows += [{"unit_id": "U2", "amount": 4900.0 + n} for n in range(90)]
    rows += [{"unit_id": "U3", "amount": 3000.0 + 0.88} for _ in range(90)]
    found = {rule: check(rule, expense=entries(*rows))[0].hits for rule in ("JF-07", "JF-08")}
    assert all(found.values())
    monkeypatch.setattr(digit_rules, "AT_ONCE", 300)
    assert {rule: check(rule, expense=entries(*rows))[0].hits for rule in found} == found


@pytest.mark.parametrize(("more", "found"), [(0, set()), (6, set()), (60, {"round"})])
def test_jf08_round_sums_against_all_units_together(check, more, found):
    rows = [row for unit in ("U1", "U2", "U3", "U4") for row in natural(100, unit)]
    rows += [{"unit_id": "U4", "amount": 3000.0} for _ in range(more)]
    rows += [{"unit_id": unit, "amount": 2000.0} for unit in ("U1", "U2", "U3") for _ in range(6)]
    outcome, findings = check("JF-08", expense=entries(*rows))
    assert cases(outcome) == found and all(f["unit"] == "U4" for f in findings)


@pytest.mark.parametrize(
    ("ending", "times", "found"), [(0.88, 60, {"ending"}), (0.88, 10, set()), (0.5, 60, set())]
)
def test_jf08_an_ending_that_stands_out_those_of_round_sums_aside(check, ending, times, found):
    rng = random.Random(5)
    rows = [{"amount": rng.randrange(10000, 900000) / 100} for _ in range(900)]
    rows += [{"amount": 100.0 + 37 * n + ending} for n in range(times)]
    assert cases(check("JF-08", expense=entries(*rows))[0]) == found


def test_jf08_one_small_unit_is_not_run(check):
    assert check("JF-08", expense=entries({}, {}))[0].reason[0] == "digits_unfit"


def test_a_ledger_without_the_column_is_not_a_pass(check):
    for rule, column in (("JF-03", "invoice_no"), ("JF-04", "basis_doc_no"), ("JF-B04", "approver_id")):
        row = spent()
        del row[column]
        assert check(rule, expense=[row])[0].reason == ("column_missing", f"expense.{column}")
    assert check("JF-05", expense=[spent()])[0].reason[0] == "no_data"
