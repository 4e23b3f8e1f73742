"""Gun by gun: register, itemised stock-take and issue log."""

from datetime import date, datetime

import pytest

AT = datetime(2021, 3, 5, 12)


def gun(number, **more):
    base = {"gun_no": f"G{number}", "unit_id": "U1", "storeroom": "枪库", "status": "在库"}
    return base | {"status_date": None, "surrender_date": None} | more


def item(number, present=True, **more):
    base = {"check_id": "C1", "unit_id": "U1", "gun_no": f"G{number}", "check_time": AT}
    return base | {"storeroom": None, "present": present} | more


def issue(number=1, **more):
    out = {"issue_id": "I1", "unit_id": "U1", "gun_no": f"G{number}", "out_time": datetime(2021, 3, 5, 9)}
    return out | {"in_time": datetime(2021, 3, 5, 17)} | more


CHECK = {"check_id": "C1", "unit_id": "U1", "storeroom": "枪库", "rec_type": "周清点", "start_time": AT}
IN = [item(2), item(3)]


GUNS = [gun(1), gun(2), gun(3)]
BACK = issue(3, issue_id="I0", out_time=datetime(2021, 2, 1, 9), in_time=datetime(2021, 2, 1, 11))
ISSUES = [issue()]


def cases(check, items=IN, guns=GUNS, issues=ISSUES, take=CHECK):
    data = {"armory_check_item": items, "gun": guns, "gun_issue": [BACK, *issues], "armory_check": [take]}
    outcome, findings = check("QD-24", **data)
    return sorted((hit["case"], hit["subject"]) for hit in outcome.hits), findings


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (IN, []),
        ([*IN, item(1, False)], []),
        ([*IN, item(1)], [("out", "G1")]),
        ([item(2), item(3, False)], [("absent", "G3")]),
        ([item(2)], [("unlisted", "G3")]),
        ([*IN, item(9)], [("unregistered", "G9")]),
        ([item(2), item(3, None)], [("blank", "G3")]),
        ([item(2, storeroom="枪库"), item(3, storeroom="二号库")], [("elsewhere", "G3")]),
    ],
)
def test_a_stocktake_is_matched_gun_by_gun(check, items, expected):
    assert cases(check, items)[0] == expected


@pytest.mark.parametrize("kind", ["上级检查", "日清点"])
def test_a_sample_need_not_name_every_gun(check, kind):
    assert cases(check, [item(2)], take=CHECK | {"rec_type": kind})[0] == []


@pytest.mark.parametrize(
    ("out", "back", "expected"),
    [
        (AT, datetime(2021, 3, 5, 13), [("out", "G1")]),
        (datetime(2021, 3, 5, 9), AT, []),
        (datetime(2021, 3, 5), datetime(2021, 3, 5), []),
        (datetime(2021, 3, 4), None, [("out", "G1")]),
    ],
)
def test_touching_hours_and_dates_without_hours_accuse_nobody(check, out, back, expected):
    row = issue(out_time=out, in_time=back)
    assert cases(check, [*IN, item(1)], issues=[row])[0] == expected


@pytest.mark.parametrize(
    ("change", "present", "expected"),
    [
        ({"status": "上缴", "status_date": date(2021, 3, 4)}, True, [("gone", "G3")]),
        ({"status": "上缴", "status_date": date(2021, 3, 4)}, False, []),
        ({"status": "上缴", "status_date": date(2021, 3, 5)}, True, []),
        ({"status": "上缴", "status_date": date(2021, 3, 6)}, False, [("absent", "G3")]),
        ({"status": "送修"}, False, []),
        ({"status": "外出", "status_date": date(2021, 3, 4)}, False, [("idle", "G3")]),
    ],
)
def test_the_register_speaks_for_the_day_of_the_stocktake(check, change, present, expected):
    assert cases(check, [item(2), item(3, present)], guns=[gun(1), gun(2), gun(3, **change)])[0] == expected


@pytest.mark.parametrize(
    ("out", "expected"),
    [(datetime(2021, 3, 5, 12, 3), []), (datetime(2021, 3, 5, 12, 6), [("absent", "G3")])],
)
def test_a_gun_issued_while_the_stocktake_was_going_on_is_not_missed(check, out, expected):
    items = [item(2), item(3, False, check_time=datetime(2021, 3, 5, 12, 5))]
    issues = [issue(), issue(3, issue_id="I3", out_time=out)]
    assert cases(check, items, issues=issues)[0] == expected


def test_a_gun_issued_but_never_registered_is_found(check):
    assert cases(check, issues=[issue(), issue(8, issue_id="I8")])[0] == [("issued", "G8")]


def test_many_moments_of_one_gun_are_one_finding(check):
    later = [
        row | {"check_id": "C2", "check_time": datetime(2021, 3, 12, 12)} for row in (item(2), item(3, False))
    ]
    takes = [CHECK, CHECK | {"check_id": "C2"}]
    data = {"armory_check_item": [item(2), item(3, False), *later], "gun": [gun(1), gun(2), gun(3)]}
    _, findings = check("QD-24", **data, gun_issue=[issue()], armory_check=takes)
    three = [f for f in findings if f["subject"] == "G3"]
    assert len(three) == 1 and "2次" in three[0]["message_zh"]


def test_a_list_without_ticks_names_the_guns_that_were_seen(check):
    rows = [{k: v for k, v in row.items() if k != "present"} for row in (*IN, item(1))]
    assert cases(check, rows)[0] == [("out", "G1")]


def test_an_open_issue_explains_a_gun_that_is_away(check):
    away = gun(1, status="外出", status_date=date(2021, 3, 5))
    assert cases(check, guns=[away, gun(2), gun(3)], issues=[issue(in_time=None)])[0] == []


def test_without_an_itemised_stocktake_nothing_is_matched(check):
    outcome, _ = check("QD-24", gun=[gun(1)], gun_issue=[issue()], armory_check=[CHECK])
    assert outcome.reason == ("no_data", "armory_check_item")
