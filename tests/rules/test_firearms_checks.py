"""Stock-takes: how often, and whether the count agrees with what the ledgers give."""

from datetime import date, datetime, time, timedelta

import pytest


def gun(number, **more):
    base = {"gun_no": f"G{number}", "unit_id": "U1", "storeroom": "枪库", "status": "在库"}
    return base | {"status_date": None, "surrender_date": None} | more


def entry(number, kind, qty, balance, **more):
    return {
        "txn_id": f"X{number}",
        "unit_id": "U1",
        "storeroom": "弹库",
        "ammo_type": "5.6mm步枪弹",
        "batch_no": "B1",
        "txn_time": datetime(2021, 3, number, 10),
        "txn_type": kind,
        "qty": qty,
        "balance": balance,
    } | more


BOOK = [entry(1, "期初", 500, 500), entry(3, "领出", 100, 400), entry(2, "期初", 50, 50, batch_no="B2")]
GUNS = [gun(1), gun(2), gun(3)]
OUT = {
    "issue_id": "I1",
    "gun_no": "G1",
    "unit_id": "U1",
    "out_time": datetime(2021, 3, 5, 9),
    "in_time": datetime(2021, 3, 5, 17),
}


def count(what, book, actual, when=datetime(2021, 3, 4, 17), **more):
    return {
        "check_id": "C1",
        "unit_id": "U1",
        "storeroom": "枪库" if what == "枪支" else "弹库",
        "rec_type": "周清点",
        "start_time": when,
        "object_type": what,
        "ammo_type": None,
        "batch_no": None,
        "book_qty": book,
        "actual_qty": actual,
    } | more


def cases(check, row, guns=GUNS, issues=(OUT,), book=BOOK):
    right = count("弹药", 450, 450, check_id="C0")
    outcome, _ = check("QD-09", armory_check=[right, row], gun=guns, gun_issue=list(issues), ammo_txn=book)
    return {hit["case"] for hit in outcome.hits}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (count("弹药", 450, 450), set()),
        (count("弹药", 450, 449), {"differ"}),
        (count("弹药", 449, 449), {"book"}),
        (count("弹药", 550, 550, datetime(2021, 3, 3, 9, 59)), set()),
        (count("弹药", 450, 450, datetime(2021, 3, 3, 10)), set()),
        (count("弹药", 550, 550, datetime(2021, 3, 3)), set()),
        (count("弹药", 450, 450, datetime(2021, 3, 3)), set()),
        (count("弹药", 551, 551, datetime(2021, 3, 3)), {"between"}),
        (count("弹药", 400, 400, batch_no="B1"), set()),
        (count("弹药", 450, 450, batch_no="B1"), {"book"}),
        (count("弹药", 450, 450, ammo_type="5.6mm手枪弹"), {"unknown"}),
        (count("弹药", None, 450), {"blank"}),
        (count("弹药", None, 449), {"blank", "book"}),
        (count("弹药", 450, None), {"blank"}),
        (count(None, 450, 450), {"blank"}),
        (count("枪支", 3, 3), set()),
        (count("枪支", 3, 2), {"differ"}),
        (count("枪支", 2, 2), {"book"}),
        (count("枪支", 2, 2, datetime(2021, 3, 5, 9)), set()),
        (count("枪支", 3, 3, datetime(2021, 3, 5, 9)), {"book"}),
        (count("枪支", 3, 3, datetime(2021, 3, 5, 17)), set()),
        (count("枪支", 2, 2, datetime(2021, 3, 5)), set()),
        (count("枪支", 3, 3, datetime(2021, 3, 5)), set()),
        (count("枪支", 3, 3, storeroom="二号库"), {"unknown"}),
        (count("枪支", 9, 9, rec_type="值班"), set()),
    ],
)
def test_qd09_works_the_book_out_for_itself(check, row, expected):
    assert cases(check, row) == expected


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ({"status": "送修", "status_date": date(2021, 3, 3)}, {2}),
        ({"status": "送修", "status_date": date(2021, 3, 4)}, {2, 3}),
        ({"status": "送修", "status_date": date(2021, 3, 5)}, {3}),
        ({"status": "送修"}, {2, 3}),
        ({"status": "报废", "status_date": date(2021, 1, 1)}, {3}),
        ({"status": "报废", "surrender_date": date(2021, 3, 3)}, {2}),
        ({"status": "外出", "status_date": date(2021, 3, 1)}, {2, 3}),
        ({"status_date": date(2021, 3, 9)}, {2, 3}),
        ({"status": "封存"}, {3}),
    ],
)
def test_qd09_judges_the_past_by_dated_status(check, change, right):
    guns = [gun(1), gun(2), gun(3, **change)]
    rows = [count("枪支", n, n, check_id=str(n)) for n in range(5)]
    outcome, _ = check("QD-09", armory_check=rows, gun=guns, gun_issue=[OUT], ammo_txn=BOOK)
    assert set(range(5)) - {int(hit["subject"]) for hit in outcome.hits} == right


def test_qd09_tells_the_derived_figure_or_the_range_it_lies_in(check):
    rows = [
        count("弹药", 449, 449, check_id="C1"),
        count("弹药", 99999, 99999, datetime(2021, 3, 3), check_id="C2"),
    ]
    book = [line | {"balance": line["balance"] + 20000} for line in BOOK]
    _, found = check("QD-09", armory_check=rows, gun=GUNS, gun_issue=[OUT], ammo_txn=book)
    told = {finding["subject"]: finding["message_zh"] for finding in found}
    assert "应为40,450" in told["C1"] and "应在40,450至40,550发之间" in told["C2"]


def test_qd09_warns_once_for_a_store_the_ledgers_do_not_know(check):
    rows = [count("枪支", 3, 3, storeroom="二号库", check_id=f"C{n}") for n in range(9)]
    _, (finding,) = check("QD-09", armory_check=rows, gun=GUNS, gun_issue=[OUT], ammo_txn=BOOK)
    assert finding["kind"] == "warning" and "9次" in finding["message_zh"]


UNIT = {"unit_id": "U1", "has_armory": True, "active": True}


def stocktakes(kind="周清点", step=7, leader="L"):
    first = datetime(2021, 3, 1, 17)
    return [
        {
            "check_id": f"{kind}{n}",
            "unit_id": "U1",
            "rec_type": kind,
            "start_time": first + timedelta(days=n),
            "leader_id": leader,
        }
        for n in range(0, 31, step)
    ]


FULL = [*stocktakes("周清点"), *stocktakes("月清点", 30), *stocktakes("日清点", 1)]


def found(check, rows, as_of=None, unit=UNIT):
    data = {"armory_check": rows, "gun_issue": [OUT], "unit": [unit]}
    outcome, findings = check("QD-10", period="2021-03", as_of=as_of, **data)
    return {hit["case"] for hit in outcome.hits}, findings


def test_qd10_passes_where_every_stocktake_was_made(check):
    assert found(check, FULL)[0] == set()


@pytest.mark.parametrize(
    ("without", "cases"),
    [("日清点4", {"daily"}), ("日清点5", set()), ("周清点7", {"weekly"}), ("周清点28", set())],
)
def test_qd10_names_the_missed_day_or_whole_week(check, without, cases):
    rows = [row for row in FULL if row["check_id"] != without]
    assert found(check, rows)[0] == cases


@pytest.mark.parametrize(
    ("first", "cases"), [(None, set()), (date(2021, 3, 29), {"weekly"}), (date(2021, 3, 30), set())]
)
def test_qd10_judges_a_week_that_began_before_the_period_if_the_ledger_reaches_back(check, first, cases):
    """The week from Monday 29 March to Sunday 4 April belongs to April."""
    take = FULL[0] | {"rec_type": "月清点"}
    takes = [take | {"check_id": f"{day}", "start_time": datetime(2021, 4, day, 9)} for day in (5, 12, 19)]
    if first:
        begun = datetime.combine(first, time(9))
        takes.append(take | {"rec_type": "日清点", "check_id": "1", "start_time": begun})
    data = {"armory_check": takes, "gun_issue": [OUT], "unit": [UNIT]}
    outcome, _ = check("QD-10", period="2021-04", as_of=date(2021, 4, 25), **data)
    assert {hit["case"] for hit in outcome.hits} == cases


def test_qd10_wants_a_leaders_signature_each_month(check):
    rows = [row | {"leader_id": None} if row["rec_type"] == "月清点" else row for row in FULL]
    keep = rows[0] | {"rec_type": "日清点"}
    cases, (finding,) = found(check, [keep, *rows])
    assert cases == {"monthly"} and finding["subject"] == "2021-03"


def test_qd10_reminds_in_a_month_that_is_not_over(check):
    rows = [row for row in FULL if row["rec_type"] != "月清点"]
    cases, (finding,) = found(check, rows, as_of=date(2021, 3, 30))
    assert cases == {"pending"} and finding["kind"] == "warning"


def test_qd10_takes_a_month_that_ends_today_as_over(check):
    rows = [row for row in FULL if row["rec_type"] != "月清点"]
    outcome, _ = check("QD-10", as_of=date(2021, 3, 31), armory_check=rows, gun_issue=[OUT], unit=[UNIT])
    assert [h["case"] for h in outcome.hits if h["subject"] == "2021-03"] == ["monthly"]


def test_qd10_finds_the_stocktake_of_an_issue_that_names_no_unit(check):
    nameless = {name: value for name, value in OUT.items() if name != "unit_id"}
    for rows, missed in ((FULL, False), (FULL[:-27], True)):
        outcome, _ = check("QD-10", period="2021-03", armory_check=rows, gun_issue=[nameless], unit=[UNIT])
        assert ("daily" in {h["case"] for h in outcome.hits}) == missed


def test_qd10_asks_nothing_of_a_unit_without_an_armoury(check):
    assert found(check, stocktakes("日清点", 1), unit=UNIT | {"has_armory": False})[0] == set()


def test_qd10_asks_it_of_a_unit_not_said_to_be_out_of_use(check):
    rows = [row for row in FULL if row["check_id"] != "周清点7"]
    assert found(check, rows, unit=UNIT | {"active": None})[0] == {"weekly"}
    assert found(check, rows, unit=UNIT | {"active": False})[0] == set()


@pytest.mark.parametrize(
    ("lot", "case"),
    [
        ({"storeroom": "枪库", "cabinet_no": "1"}, {"cabinet"}),
        ({"storeroom": "枪库", "cabinet_no": "2"}, set()),
        ({"storeroom": "枪库", "cabinet_no": None}, {"room"}),
        ({"storeroom": "弹库", "cabinet_no": "1"}, set()),
        ({"storeroom": "枪库", "cabinet_no": "1", "balance": 0}, set()),
    ],
)
def test_qd12_keeps_guns_and_ammunition_apart(check, lot, case):
    book = [entry(1, "期初", 9, 9, cabinet_no="1", storeroom="枪库"), entry(2, "领出", 1, 8) | lot]
    if lot["storeroom"] == "弹库":
        book = book[1:]
    outcome, _ = check("QD-12", gun=[gun(1, cabinet_no="1")], ammo_txn=book)
    assert {hit["case"] for hit in outcome.hits} == case


@pytest.mark.parametrize("change", [{"status": "送修"}, {"status_date": date(2022, 1, 1)}])
def test_qd12_looks_only_at_guns_that_were_there(check, change):
    book = [entry(1, "期初", 9, 9, cabinet_no="1", storeroom="枪库")]
    guns = [gun(1, cabinet_no="1", **change)]
    assert check("QD-12", gun=guns, ammo_txn=book)[0].outcome == "passed"


@pytest.mark.parametrize("rule", ["QD-09", "QD-10", "QD-12"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
