"""Reception rules: a row that breaks each, a row that just does not, and missing data."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from mingjing.rules import catalogue, configured, rules, run_rule

DAY = date(2021, 5, 12)


def reception(**more):
    return {
        "reception_id": "J1",
        "unit_id": "U1",
        "start_date": DAY,
        "end_date": DAY,
        "reception_kind": "国内公务接待",
        "visitor_unit": "省体育局",
        "letter_no": "体函〔2021〕1号",
        "letter_unit": "省体育局",
        "letter_start_date": DAY,
        "letter_end_date": DAY,
        "letter_guest_count": None,
        "approval_date": DAY,
        "approver_id": "P1",
        "guest_count": 8,
        "companion_count": 2,
        "venue": "机关食堂",
        "venue_type": "机关食堂",
        "work_meal_count": 1,
        "meal_type": "午餐",
        "meal_amount": 600.0,
        "liquor_flag": False,
        "premium_liquor_flag": False,
        "tobacco_flag": False,
        "premium_dish_flag": False,
        "menu_text": "家常菜",
        "total_amount": 600.0,
        "guest_paid_amount": None,
        "has_invoice": True,
        "has_letter": True,
        "has_list": True,
        "list_signer_id": "P2",
        "voucher_no": "记1",
    } | more


OTHER = reception(
    reception_id="J0", letter_no="体函〔2021〕0号", start_date=date(2021, 3, 1), end_date=date(2021, 3, 1)
)
OTHER |= {"letter_start_date": date(2021, 3, 1), "letter_end_date": date(2021, 3, 1), "approval_date": DAY}
OTHER |= {"approval_date": date(2021, 2, 28), "letter_guest_count": 8, "guest_paid_amount": 0.0}


@pytest.mark.parametrize(
    ("rule", "change", "cases"),
    [
        ("JD-01", {}, set()),
        ("JD-01", {"letter_no": None}, {"number"}),
        ("JD-01", {"has_letter": False}, {"letter"}),
        ("JD-01", {"has_letter": None}, set()),
        ("JD-01", {"letter_no": None, "reception_kind": "外事接待"}, set()),
        ("JD-01", {"letter_no": None, "reception_kind": None}, {"number"}),
        ("JD-02", {"guest_count": 10, "companion_count": 3}, set()),
        ("JD-02", {"guest_count": 10, "companion_count": 4}, {"many"}),
        ("JD-02", {"guest_count": 11, "companion_count": 3}, set()),
        ("JD-02", {"guest_count": 11, "companion_count": 4}, {"many"}),
        ("JD-02", {"guest_count": 12, "companion_count": 4}, set()),
        ("JD-02", {"guest_count": 13, "companion_count": 5}, {"many"}),
        ("JD-02", {"guest_count": 15, "companion_count": 5, "letter_guest_count": 9}, {"many"}),
        ("JD-02", {"guest_count": 15, "companion_count": 5, "letter_guest_count": 15}, set()),
        ("JD-02", {"guest_count": 8, "companion_count": 9, "work_meal_count": 0}, set()),
        ("JD-02", {"companion_count": None}, {"unknown"}),
        ("JD-03", {}, set()),
        ("JD-03", {"has_invoice": False}, {"invoice"}),
        ("JD-03", {"has_invoice": None}, {"invoice"}),
        ("JD-03", {"has_list": False, "list_signer_id": None}, {"list"}),
        ("JD-03", {"list_signer_id": None}, {"signer"}),
        ("JD-03", {"has_letter": False, "letter_no": None}, set()),
        ("JD-03", {"has_invoice": False, "total_amount": 0.0}, set()),
        ("JD-03", {"has_list": False, "reception_kind": "商务接待"}, set()),
        ("JD-04", {}, set()),
        ("JD-04", {"letter_unit": " 省体育局 "}, set()),
        ("JD-04", {"visitor_unit": "省体育局群体处"}, set()),
        ("JD-04", {"visitor_unit": "省教育体育局"}, {"unit"}),
        ("JD-04", {"visitor_unit": "省体育局（１组）", "letter_unit": "省体育局(1组)"}, set()),
        ("JD-04", {"letter_guest_count": 7}, {"guests"}),
        ("JD-04", {"letter_guest_count": 8}, set()),
        ("JD-04", {"end_date": date(2021, 5, 13)}, {"days"}),
        ("JD-04", {"start_date": date(2021, 5, 11)}, {"days"}),
        ("JD-04", {"letter_start_date": None, "letter_end_date": None, "letter_unit": None}, set()),
        ("JD-05", {"work_meal_count": 1}, set()),
        ("JD-05", {"work_meal_count": 2}, {"meals"}),
        ("JD-05", {"work_meal_count": 2, "guest_paid_amount": 50.0}, {"charged"}),
        ("JD-05", {"work_meal_count": 2, "reception_kind": "商务接待"}, set()),
        ("JD-05", {"work_meal_count": None}, set()),
        ("JD-06", {"meal_amount": 600.0}, set()),
        ("JD-06", {"meal_amount": 601.0}, {"listed"}),
        ("JD-06", {"meal_amount": 601.0, "meal_type": None}, {"listed"}),
        ("JD-06", {"meal_amount": 201.0, "meal_type": "早餐"}, {"listed"}),
        ("JD-06", {"meal_amount": 1200.0, "work_meal_count": 2}, set()),
        ("JD-06", {"meal_amount": 601.0, "letter_guest_count": 7}, {"listed"}),
        ("JD-06", {"meal_amount": 600.0, "letter_guest_count": 7}, {"invited"}),
        ("JD-06", {"meal_amount": 540.0, "letter_guest_count": 7}, set()),
        ("JD-06", {"meal_amount": 600.0, "letter_guest_count": 0}, set()),
        ("JD-06", {"meal_amount": 1500.0, "reception_kind": "商务接待"}, set()),
        ("JD-06", {"meal_amount": 1500.01, "reception_kind": "商务接待"}, {"listed"}),
        ("JD-06", {"guest_count": 0, "companion_count": 0}, {"nobody"}),
        ("JD-06", {"meal_amount": 0.0, "guest_count": 0, "companion_count": 0}, set()),
        ("JD-07", {}, set()),
        ("JD-07", {"tobacco_flag": True}, {"tobacco"}),
        ("JD-07", {"premium_dish_flag": True}, {"dishes"}),
        ("JD-07", {"premium_liquor_flag": True}, {"liquor"}),
        ("JD-07", {"liquor_flag": True, "menu_text": "白酒"}, set()),
        ("JD-07", {"menu_text": "海参捞饭"}, {"menu"}),
        ("JD-07", {"menu_text": "料酒烧肉、杏鲍鱼菇"}, set()),
        ("JD-07", {"menu_text": None, "tobacco_flag": None}, set()),
        ("JD-07", {"premium_liquor_flag": True, "reception_kind": "外事接待"}, set()),
        ("JD-08", {}, set()),
        ("JD-08", {"venue_type": "私人会所", "venue": "某会所"}, {"type"}),
        ("JD-08", {"venue_type": "一般饭店", "venue": "湖滨度假酒店"}, {"name"}),
        ("JD-08", {"venue_type": None, "venue": "职工食堂"}, set()),
        ("JD-09", {}, set()),
        ("JD-09", {"approval_date": date(2021, 5, 13)}, {"late"}),
        ("JD-09", {"approval_date": None}, {"date"}),
        ("JD-09", {"approver_id": None}, {"approver"}),
    ],
)
def test_a_reception_is_judged_at_its_limits(check, rule, change, cases):
    outcome, findings = check(rule, reception=[OTHER, reception(**change)])
    assert outcome.outcome in ("passed", "findings")
    assert {hit["case"] for hit in outcome.hits} == cases
    assert [finding["row"] for finding in findings] == ([3] if cases else [])


@pytest.mark.parametrize("rule", [f"JD-{n:02d}" for n in range(1, 12)])
def test_without_its_ledger_or_its_columns_a_rule_does_not_run(check, rule):
    assert check(rule)[0].reason[0] == "no_data"
    bare = {"reception_id": "J1", "unit_id": "U1", "visitor_unit": "省体育局"}
    outcome, _ = check(rule, reception=[bare], expense=[{"line_id": "F1"}])
    assert outcome.outcome == "not_run"


def test_jd07_takes_the_law_of_the_day(check):
    """Ordinary spirits were no breach on 1 May 2025 and are one on 2 May."""
    for day, cases in ((date(2025, 5, 1), set()), (date(2025, 5, 2), {"liquor"})):
        row = reception(start_date=day, end_date=day, liquor_flag=True, menu_text="白酒两瓶")
        assert {h["case"] for h in check("JD-07", "2025", reception=[row])[0].hits} == cases
    row = reception(start_date=date(2025, 5, 2), end_date=date(2025, 5, 2), menu_text="啤酒鸭、白酒一瓶")
    outcome, findings = check("JD-07", "2025", reception=[row])
    assert [h["case"] for h in outcome.hits] == ["menu"]
    assert "“白酒”" in next(iter(findings))["message_zh"]
    assert (next(iter(findings))["severity"], next(iter(findings))["kind"]) == ("medium", "suspect")


def test_jd07_and_jd08_need_one_of_their_columns_only(check):
    ticks = {k: v for k, v in reception(tobacco_flag=True).items() if k not in ("menu_text", "venue_type")}
    assert [h["case"] for h in check("JD-07", reception=[ticks])[0].hits] == ["tobacco"]
    named = {"reception_id": "J1", "unit_id": "U1", "start_date": DAY, "venue": "某某会所"}
    assert [h["case"] for h in check("JD-08", reception=[named])[0].hits] == ["name"]
    assert check("JD-07", reception=[named])[0].reason[0] == "column_missing"


def meal(**more):
    usual = {"reception_id": "J1", "meal_date": DAY, "meal_type": "午餐", "guest_count": 8}
    return usual | {"companion_count": 2, "meal_amount": 600.0, "host_paid": True} | more


def test_jd05_counts_the_meals_the_host_paid(check):
    rows = [reception(work_meal_count=2, guest_paid_amount=480.0)]
    own = meal(meal_type="晚餐", host_paid=False)
    assert not check("JD-05", reception=rows, reception_meal=[meal(), own])[0].hits
    outcome, _ = check("JD-05", reception=rows, reception_meal=[meal(), meal(meal_type="晚餐")])
    assert [h["case"] for h in outcome.hits] == ["meals"]


def test_jd05_adds_up_records_of_one_letter(check):
    again = reception(reception_id="J2", start_date=date(2021, 5, 13), end_date=date(2021, 5, 13))
    outcome, findings = check("JD-05", reception=[reception(), again])
    assert [h["case"] for h in outcome.hits] == ["meals"]
    assert len(findings) == 1
    spaced = {"letter_no": f" {again['letter_no']}", "letter_unit": f"{again['letter_unit']} "}
    assert [h["case"] for h in check("JD-05", reception=[reception(), again | spaced])[0].hits] == ["meals"]
    none = {"letter_no": None}
    assert not check("JD-05", reception=[reception(**none), again | none])[0].hits


def test_jd06_judges_meal_by_meal_where_meals_are_listed(check):
    rows = [reception(work_meal_count=2, meal_amount=1200.0)]
    listed = [meal(meal_amount=500.0), meal(meal_amount=700.0, meal_type="晚餐")]
    outcome, findings = check("JD-06", reception=rows, reception_meal=listed)
    assert [(h["amount"], h["subject"]) for h in outcome.hits] == [(100.0, "J1|2021-05-12|晚餐")]
    assert next(iter(findings))["row"] == 2


def test_jd06_takes_the_standard_of_the_year_and_of_the_bureau(ledgers):
    table = catalogue()["JD-06"].params["std_yuan"].value
    dearer = {kind: value + 10 for kind, value in table.items()}
    spec = {
        "values": [{"value": table}, {"from": date(2022, 1, 1), "value": dearer}],
        "source": "市财〔2021〕1号",
    }
    entry = configured({"JD-06": {"std_yuan": spec}})["JD-06"]
    row = reception(meal_amount=700.0)
    later = row | {"start_date": date(2022, 5, 12), "end_date": date(2022, 5, 12)}
    for year, rows, hits in (("2021", [row], 1), ("2022", [later], 0)):
        assert len(run_rule(entry, rules()["JD-06"], ledgers(year, reception=rows)).hits) == hits


def test_jd06_a_kind_without_a_standard_is_said_to_be_unjudged(ledgers):
    entry = configured({"JD-06": {"std_yuan": {"国内公务接待·午餐": 60}}})["JD-06"]
    rows = [reception(meal_amount=5000.0, reception_kind="外事接待"), reception(reception_id="J2")]
    hits = run_rule(entry, rules()["JD-06"], ledgers("2021", reception=rows)).hits
    assert [(h["case"], h["kind"], h["_rids"]) for h in hits] == [("standard", "missing", [2])]


def test_jd10_sees_one_letter_across_host_units(check):
    a = reception(voucher_no="记1")
    b = reception(reception_id="J2", unit_id="U2", voucher_no="记2", letter_no="体函〔2021〕1 号")
    outcome, _ = check("JD-10", reception=[a, b])
    assert [(h["case"], h["_rids"], h["unit"]) for h in outcome.hits] == [("vouchers", [2, 3], "U1")]
    b |= {"voucher_no": "记1"}  # a number of its own unit
    assert [h["case"] for h in check("JD-10", reception=[a, b])[0].hits] == ["vouchers"]
    b |= {"unit_id": "U1"}
    assert [h["case"] for h in check("JD-10", reception=[a, b])[0].hits] == ["days"]
    b |= {"start_date": date(2021, 5, 13), "end_date": date(2021, 5, 13)}
    assert not check("JD-10", reception=[a, b])[0].hits
    blank = {"letter_no": None}
    assert not check("JD-10", reception=[a | blank, b | blank | {"voucher_no": "记9"}])[0].hits
    assert not check("JD-10", reception=[a, b | {"voucher_no": "记9", "letter_unit": "市水利局"}])[0].hits


def entry(**more):
    usual = {"line_id": "F1", "unit_id": "U1", "voucher_no": "记1", "voucher_date": date(2021, 5, 20)}
    usual |= {"fiscal_year": 2021, "econ_item_code": "30217", "econ_item": "公务接待费", "amount": 600.0}
    return usual | {"payee": "机关食堂", "summary": "接待费"} | more


FIRST = reception(reception_id="J9", voucher_no="记9", start_date=date(2021, 1, 5), end_date=date(2021, 1, 5))
BOOKED = entry(line_id="F9", voucher_no="记9", voucher_date=date(2021, 1, 8))


@pytest.mark.parametrize(
    ("change", "book", "cases"),
    [
        ({}, [entry()], set()),
        ({}, [entry(amount=601.0)], set()),
        ({}, [entry(amount=601.01)], {"differs"}),
        ({}, [entry(amount=598.99)], {"differs"}),
        ({}, [entry(amount=400.0), entry(line_id="F2", amount=200.0)], set()),
        ({}, [entry(amount=900.0), entry(line_id="F2", amount=-300.0)], set()),
        ({}, [], {"unbooked"}),
        ({}, [entry(econ_item="会议费", econ_item_code="30215")], {"misbooked"}),
        ({}, [entry(econ_item="接待支出", econ_item_code="3021701")], set()),
        ({}, [entry(), entry(line_id="F2", voucher_no="记2")], {"unregistered"}),
        ({}, [entry(), entry(line_id="F2", voucher_no="记2", voucher_date=date(2021, 3, 6))], {"earlier"}),
        (
            {},
            [entry(), entry(line_id="F2", voucher_no="记2", voucher_date=date(2021, 3, 7))],
            {"unregistered"},
        ),
        ({}, [entry(), entry(line_id="F2", voucher_no="记2", amount=0.0)], set()),
        (
            {"voucher_no": "记1、 记2"},
            [entry(amount=400.0), entry(line_id="F2", voucher_no="记2", amount=200.0)],
            set(),
        ),
        ({"voucher_no": "记1、记2"}, [entry(amount=400.0)], {"differs"}),
        ({"voucher_no": "记 1"}, [entry()], set()),
        ({"voucher_no": None}, [], {"unpaid"}),
        ({"voucher_no": None, "start_date": date(2021, 10, 31)}, [], {"unpaid"}),
        ({"voucher_no": None, "start_date": date(2021, 11, 1)}, [], set()),
        ({"start_date": date(2021, 11, 1)}, [], set()),
        ({}, [entry(unit_id="U2")], {"unbooked", "unregistered"}),
        ({"voucher_no": None, "total_amount": 0.0}, [], set()),
    ],
)
def test_jd11_holds_ledger_and_books_together_by_voucher(check, change, book, cases):
    outcome, _ = check("JD-11", reception=[FIRST, reception(**change)], expense=[BOOKED, *book])
    assert {hit["case"] for hit in outcome.hits} == cases


def test_jd11_adds_up_what_is_small_voucher_by_voucher(check):
    rows = [reception(reception_id=f"J{n}", voucher_no=f"记{n}") for n in range(1, 3)]
    for gap, cases in ((0.5, []), (0.51, ["total"])):
        book = [entry(line_id=f"F{n}", voucher_no=f"记{n}", amount=600 - gap) for n in range(1, 3)]
        outcome, _ = check("JD-11", reception=[FIRST, *rows], expense=[BOOKED, *book])
        assert [h["case"] for h in outcome.hits] == cases


def test_jd02_and_jd06_agree_with_plain_pandas_on_random_ledgers(check):
    rng = np.random.default_rng(4)
    n = 400
    kinds = ["国内公务接待", "商务接待", "外事接待", None]
    frame = pd.DataFrame(
        {
            "reception_id": [f"J{i}" for i in range(n)],
            "unit_id": "U1",
            "start_date": [DAY] * n,
            "visitor_unit": "省体育局",
            "reception_kind": rng.choice(np.array(kinds, object), n),
            "guest_count": rng.integers(0, 30, n),
            "letter_guest_count": [None if g > 24 else int(g) for g in rng.integers(1, 30, n)],
            "companion_count": rng.integers(0, 12, n),
            "work_meal_count": rng.integers(0, 3, n),
            "meal_type": rng.choice(np.array(["早餐", "午餐", "晚餐", None], object), n),
            "meal_amount": (rng.integers(0, 3000, n) / 2).astype(float),
        }
    )
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    invited = frame[["guest_count", "letter_guest_count"]].astype(float).min(axis=1)
    home = frame.reception_kind.fillna("国内公务接待").eq("国内公务接待")
    most = np.where(invited <= 10, 3, invited // 3)
    many = home & (frame.work_meal_count > 0) & (frame.companion_count > most)
    outcome, _ = check("JD-02", reception=rows)
    assert {h["_rids"][0] - 2 for h in outcome.hits} == set(np.flatnonzero(many))

    table = catalogue()["JD-06"].params["std_yuan"].value
    best = {kind: max(v for k, v in table.items() if k.startswith(kind)) for kind in kinds[:3]}
    kind = frame.reception_kind.fillna("国内公务接待")
    std = [table.get(f"{k}·{m}", best[k]) for k, m in zip(kind, frame.meal_type, strict=True)]
    heads, cost = invited + frame.companion_count, frame.meal_amount / frame.work_meal_count.clip(lower=1)
    dear = (cost > 0) & ((heads == 0) | (cost - heads * np.array(std) > 1e-6))
    outcome, _ = check("JD-06", reception=rows)
    assert {h["_rids"][0] - 2 for h in outcome.hits} == set(np.flatnonzero(dear))


def test_jd11_agrees_with_plain_pandas_on_random_books(check):
    rng = np.random.default_rng(11)
    days = [date(2021, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 365, 300)]
    names = np.array([*(f"记{n}" for n in range(120)), *[None] * 12], object)
    ledger = pd.DataFrame(
        {"reception_id": [f"J{n}" for n in range(150)], "unit_id": rng.choice(["U1", "U2"], 150)}
    )
    ledger = ledger.assign(
        start_date=days[:150], voucher_no=rng.choice(names, 150), total_amount=rng.integers(0, 9, 150) * 0.5
    )
    books = pd.DataFrame({"line_id": [f"F{n}" for n in range(150)], "unit_id": rng.choice(["U1", "U2"], 150)})
    books = books.assign(
        voucher_no=rng.choice(names[:120], 150),
        voucher_date=days[150:],
        fiscal_year=2021,
        econ_item=rng.choice(["公务接待费", "公务接待费", "会议费"], 150),
        econ_item_code=None,
        amount=rng.integers(-2, 9, 150) * 0.5,
    )
    rows = ledger.astype(object).where(ledger.notna(), None).to_dict("records")
    outcome, _ = check("JD-11", reception=rows, expense=books.to_dict("records"))

    costly, last, on = ledger[ledger.total_amount > 0], date(2021, 12, 31), ["unit_id", "voucher_no"]
    old = costly.start_date.map(lambda day: (last - day).days > 60)
    expected = {
        ("unpaid", f"{r.unit_id}|{r.reception_id}")
        for r in costly[old & costly.voucher_no.isna()].itertuples()
    }
    held = (
        costly.dropna(subset=["voucher_no"])
        .groupby(on)
        .agg(a=("total_amount", "sum"), day=("start_date", "max"))
    )
    cost = (
        books[books.econ_item == "公务接待费"]
        .groupby(on)
        .agg(b=("amount", "sum"), first=("voucher_date", "min"))
    )
    cost, known = cost[cost.b.abs() > 1e-6], set(books.groupby(on).groups)
    small = {}
    for key, a, day, b, first in held.join(cost, how="outer").itertuples():
        subject = "|".join(key)
        if pd.isna(b) and (last - day).days > 60:
            expected.add(("misbooked" if key in known else "unbooked", subject))
        elif pd.isna(a):
            near = (first - ledger.start_date.min()).days <= 60
            expected.add(("earlier" if near else "unregistered", subject))
        elif abs(a - b) > 1 + 1e-6:
            expected.add(("differs", subject))
        elif not pd.isna(b):
            small[key[0]] = small.get(key[0], 0) + a - b
    expected |= {("total", f"{unit}|2021") for unit, gap in small.items() if abs(gap) > 1 + 1e-6}
    assert {(h["case"], h["subject"]) for h in outcome.hits} == expected
    assert {case for case, _ in expected} >= {"unpaid", "unbooked", "misbooked", "unregistered", "differs"}
