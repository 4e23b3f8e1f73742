"""Procurement: what breaks each rule, what just does not, and missing data; splits against a plain pandas twin."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest

from mingjing.errors import UsageError
from mingjing.rules import Params, configured, rules, run_rule


def bought(**more):
    return {
        "purchase_id": "C1",
        "unit_id": "U1",
        "fiscal_year": 2021,
        "budget_project": "办公运行",
        "category_code": "A05010201",
        "category_name": "办公桌",
        "item_name": "办公桌",
        "spec": "1.4米",
        "unit_price": 1000.0,
        "amount": 4000.0,
        "ref_price": 1000.0,
        "in_catalog": False,
        "method": "自行采购",
        "method_approval_no": None,
        "supplier_name": "甲商贸有限公司",
        "supplier_uscc": None,
        "supplier_legal_rep": "李大海",
        "requester_id": "P1",
        "approver_id": "P2",
        "buyer_id": "P3",
        "acceptor_id": "P4",
        "approval_date": date(2021, 3, 1),
        "contract_date": date(2021, 3, 1),
        "accept_date": date(2021, 3, 1),
        "pay_date": date(2021, 3, 1),
        "contract_no": None,
        "framework_no": None,
        "quote_count": 3,
        "quote2_supplier": "乙公司",
        "quote2_amount": 4000.0,
        "quote3_supplier": "丙公司",
        "quote3_amount": 4100.0,
    } | more


def lines(*changes):
    return [bought(**{"purchase_id": f"C{n}"} | change) for n, change in enumerate(changes)]


def cases(outcome):
    return {hit["case"] for hit in outcome.hits}


@pytest.mark.parametrize(
    ("amounts", "more", "found"),
    [
        ([1000000.0, 1000000.0], {}, 0),  # exactly the threshold
        ([1000000.0, 1000000.01], {}, 1),
        ([2000000.01], {}, 0),  # once is no splitting
        ([1000000.0, 1000000.01], {"method": "公开招标"}, 0),
        ([1000000.0, 1000000.01], {"method_approval_no": "鲁财采〔2021〕1号"}, 0),
        ([1000000.0, 1000000.01], {"budget_project": "另一项目"}, 0),
        ([1000000.0, 1000000.01], {"fiscal_year": 2020}, 0),
        ([1000000.0, 1000000.01], {"framework_no": "KJ-1"}, 0),
        ([1000000.0, 1000000.01], {"category_code": "B0101"}, 0),
    ],
)
def test_cg01_a_year_a_project_a_category_stays_within_the_threshold(check, amounts, more, found):
    rows = lines(*({"amount": amount} for amount in amounts))
    rows[-1] |= more
    outcome, findings = check("CG-01", purchase=rows)
    assert outcome.outcome == ("findings" if found else "passed") and len(findings) == found


def test_cg01_works_have_their_own_threshold(check):
    rows = lines(*({"category_code": "B0101", "amount": 2000000.0} for _ in range(2)))
    assert not len(check("CG-01", purchase=rows)[1])
    rows[0]["amount"] += 0.01
    assert len(check("CG-01", purchase=rows)[1]) == 1


@pytest.mark.parametrize(
    ("days", "amounts", "more", "found"),
    [
        ([0, 15, 30], [4000.0, 4000.0, 4000.0], {}, 1),
        ([0, 31, 62], [4000.0, 4000.0, 4000.0], {}, 0),
        ([0, 15, 31], [4000.0, 4000.0, 4000.0], {}, 0),
        ([0, 1], [4000.0, 6000.0], {}, 1),  # together the limit
        ([0, 1], [4000.0, 5999.99], {}, 0),
        ([0, 1], [4000.0, 10000.0], {}, 0),  # the second is no small purchase
        ([0, 1], [4000.0, 6000.0], {"supplier_name": "丁公司", "requester_id": "P9"}, 0),
        ([0, 1], [4000.0, 6000.0], {"supplier_name": "丁公司"}, 1),  # the same requester
        ([0, 1], [4000.0, 6000.0], {"requester_id": "P9"}, 1),  # the same vendor
        ([0, 1], [4000.0, 6000.0], {"supplier_name": "（甲）商贸", "requester_id": "P9"}, 1),
        ([0, 1], [4000.0, 6000.0], {"category_code": "A0601"}, 0),
        ([0, 1], [4000.0, 6000.0], {"category_code": "A05019999"}, 1),  # the same family
        ([0, 1], [4000.0, 6000.0], {"unit_id": "U2"}, 0),
        ([0, 1], [4000.0, 6000.0], {"method": "框架协议"}, 0),
        ([0, 1], [4000.0, 6000.0], {"framework_no": "KJ-1"}, 0),
        ([0, 1], [4000.0, 6000.0], {"contract_date": None}, 0),
    ],
)
def test_cg02_small_purchases_add_up_within_the_window(check, days, amounts, more, found):
    day = date(2021, 3, 1)
    rows = lines(
        *({"contract_date": day + timedelta(days=n), "amount": a} for n, a in zip(days, amounts, strict=True))
    )
    rows[-1] |= more
    outcome, findings = check("CG-02", purchase=rows)
    assert len(findings) == found
    if found:
        assert sorted(outcome.hits[0]["_rids"]) == list(range(2, 2 + len(rows)))


def test_cg02_names_the_highest_limit_and_one_lead_for_each_purchase(check):
    day = date(2021, 3, 1)
    rows = lines(*({"amount": 9000.0, "contract_date": day + timedelta(days=n)} for n in range(6)))
    outcome, findings = check("CG-02", purchase=rows)
    assert len(findings) == 1 and cases(outcome) == {"vendor"}
    assert outcome.hits[0]["e_threshold"] == 50000


def test_cg02_a_call_off_is_one_only_under_a_contract_that_was_procured(check):
    day = date(2021, 3, 1)
    rows = lines({"amount": 4000.0}, {"amount": 6000.0, "contract_date": day})
    for row in rows:
        row["contract_no"] = "HT-1"
    assert len(check("CG-02", purchase=rows)[1]) == 1  # a number they share excuses nothing
    parent = bought(purchase_id="T", method="公开招标", contract_no="HT-1", amount=900000.0)
    assert len(check("CG-02", purchase=[*rows, parent])[1]) == 0


def test_cg02_the_threshold_is_the_one_in_force_on_the_day(ledgers):
    steps = {
        "values": [{"value": {"限额": 10000}}, {"from": date(2021, 7, 1), "value": {"限额": 20000}}],
        "source": "省文件",
    }
    entry = configured({"CG-02": {"limits_yuan": steps}})["CG-02"]
    assert Params(entry).keys("limits_yuan") == ["限额"] and entry.params["limits_yuan"].source == "省文件"
    for month, found in ((3, 1), (8, 0)):
        rows = lines(*({"amount": 6000.0, "contract_date": date(2021, month, n)} for n in (1, 2)))
        outcome = run_rule(entry, rules()["CG-02"], ledgers(purchase=rows))
        assert len(outcome.hits) == found


@pytest.mark.parametrize("values", [3, [{"from": date(2021, 7, 1)}], [{"value": 7}], ["x"]])
def test_dated_values_of_the_configuration_are_checked(values):
    with pytest.raises(UsageError, match=r"CG-02\.limits_yuan"):
        configured({"CG-02": {"limits_yuan": {"values": values}}})


def splits(frame: pd.DataFrame, by: str, limit: float, window: int) -> set[frozenset]:
    """Rows of each island of overlapping windows, the slow way."""
    found = set()
    frame = frame[frame.amount < limit]
    for _, group in frame.groupby(["unit_id", "family", by]):
        spans = []
        for end in sorted(set(group.contract_date)):
            inside = group[
                (group.contract_date <= end) & (group.contract_date >= end - timedelta(days=window))
            ]
            if len(inside) > 1 and inside.amount.sum() >= limit - 1e-6:
                start = min(inside.contract_date)
                if spans and start <= spans[-1][1]:
                    spans[-1][1] = end
                else:
                    spans.append([start, end])
        for start, end in spans:
            found.add(frozenset(group[(group.contract_date >= start) & (group.contract_date <= end)]._rid))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_cg02_finds_what_a_plain_search_finds(ledgers, seed):
    rng = random.Random(seed)
    rows = lines(
        *(
            {
                "contract_date": date(2021, 1, 1) + timedelta(days=rng.randrange(300)),
                "amount": round(rng.uniform(500, 11000), 2),
                "supplier_name": rng.choice("甲乙丙"),
                "requester_id": f"P{rng.randrange(9)}",
                "category_code": rng.choice(("A05010201", "A0601")),
            }
            for _ in range(120)
        )
    )
    entry = configured({"CG-02": {"limits_yuan": {"限额": 10000}}})["CG-02"]
    outcome = run_rule(entry, rules()["CG-02"], ledgers(purchase=rows))
    frame = pd.DataFrame(rows).assign(_rid=range(2, 122))
    frame["family"] = frame.category_code.str[:5]
    vendor = {frozenset(hit["_rids"]) for hit in outcome.hits if hit["case"] == "vendor"}
    assert vendor == splits(frame, "supplier_name", 10000, 30) and vendor
    rest = frame[~frame._rid.isin({rid for rows in vendor for rid in rows})]
    requester = {frozenset(hit["_rids"]) for hit in outcome.hits if hit["case"] == "requester"}
    assert requester == splits(rest, "requester_id", 10000, 30)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, 1),
        ({"method": "框架协议"}, 0),
        ({"amount": 3999.99}, 0),
        ({"category_code": "A0601"}, 0),
        ({"in_catalog": True}, 1),
    ],
)
def test_cg03_the_catalogue_of_the_year_decides_not_the_tick(check, change, found):
    listed = [{"year": 2021, "category_code": "A0501", "category_name": "家具", "min_amount": 4000.0}]
    _, findings = check("CG-03", purchase=lines(change), procurement_catalog=listed)
    assert len(findings) == found


def test_cg03_without_the_catalogue_of_the_year_nothing_is_said(check):
    listed = [{"year": 2020, "category_code": "A0501", "category_name": "家具", "min_amount": None}]
    assert check("CG-03", purchase=lines({}), procurement_catalog=listed)[0].outcome == "not_run"
    assert check("CG-03", purchase=lines({}))[0].reason[0] == "no_data"


@pytest.mark.parametrize(
    ("rule", "change", "expected"),
    [
        ("CG-05", {}, set()),
        ("CG-05", {"requester_id": "P2"}, {"requester"}),
        ("CG-05", {"buyer_id": "P2"}, {"approver"}),
        ("CG-05", {"acceptor_id": "P3"}, {"acceptor"}),
        ("CG-05", {"acceptor_id": None}, {"nobody"}),
        ("CG-05", {"acceptor_id": None, "pay_date": None}, set()),
        ("CG-05", {"acceptor_id": None, "pay_date": date(2022, 1, 5)}, set()),
        ("CG-05", {"requester_id": None, "approver_id": None}, set()),
        ("CG-06", {"unit_price": 1100.0}, set()),
        ("CG-06", {"unit_price": 1100.01}, {"reference"}),
        ("CG-06", {"unit_price": 1100.01, "ref_price": None}, set()),
        ("CG-07", {"category_name": "台式计算机", "unit_price": 5000.0}, set()),
        ("CG-07", {"category_name": "台式计算机", "unit_price": 5000.01}, {"over"}),
        ("CG-07", {"category_name": "笔记本电脑", "unit_price": 7000.01}, {"over"}),
        ("CG-07", {"category_name": "台式计算机", "unit_price": 9000.0, "item_name": "图形工作站"}, set()),
        ("CG-09", {"amount": 10000.0, "quote2_amount": 10000.0, "quote3_amount": 10500.0}, set()),
        ("CG-09", {"amount": 9999.99, "quote_count": 1}, set()),
        (
            "CG-09",
            {"amount": 10000.0, "quote2_amount": None, "quote3_amount": None, "quote_count": 2},
            {"few"},
        ),
        (
            "CG-09",
            {"amount": 10000.0, "quote2_amount": None, "quote3_amount": None, "quote_count": None},
            {"few"},
        ),
        ("CG-09", {"amount": 10000.0, "quote2_amount": 9999.99, "quote3_amount": None}, {"dearer"}),
        (
            "CG-09",
            {
                "amount": 10000.0,
                "quote2_amount": None,
                "quote3_amount": None,
                "quote2_supplier": "甲商贸公司",
            },
            {"twice"},
        ),
        ("CG-09", {"amount": 20000.0, "method": "公开招标", "quote_count": None}, set()),
        ("CG-B03", {}, set()),
        ("CG-B03", {"approval_date": date(2021, 3, 2)}, {"approved"}),
        ("CG-B03", {"approval_date": None}, set()),
        ("CG-B03", {"contract_date": date(2021, 3, 2)}, {"accepted"}),
        ("CG-B03", {"accept_date": date(2021, 3, 2)}, {"paid"}),
        ("CG-B03", {"accept_date": None}, {"unaccepted"}),
        ("CG-B03", {"accept_date": None, "pay_date": None}, set()),
    ],
)
def test_a_purchase_is_judged_at_its_limits(check, rule, change, expected):
    others = {"category_name": "台式计算机"} if rule == "CG-07" else {}
    rows = [bought(purchase_id="C0", **others), bought(**change)]
    outcome, findings = check(rule, purchase=rows)
    assert cases(outcome) == expected and [f["row"] for f in findings] == ([3] if expected else [])


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("CG-05", {"acceptor_id": None, "pay_date": date(2021, 1, 5)}),
        ("CG-B03", {"accept_date": None, "pay_date": date(2021, 1, 5)}),
        ("CG-B03", {"accept_date": date(2021, 1, 6), "pay_date": date(2021, 1, 5)}),
        ("CG-B03", {"approval_date": date(2021, 1, 5)}),
    ],
)
def test_what_was_signed_before_the_period_and_went_wrong_in_it_is_found_in_it(check, rule, change):
    old = {"approval_date": date(2020, 12, 1), "contract_date": date(2020, 12, 2)}
    rows = [bought(purchase_id="C0"), bought(**(old | {"accept_date": None, "pay_date": None} | change))]
    for year, found in (("2020", []), ("2021", [3])):
        assert [f["row"] for f in check(rule, year, purchase=rows)[1]] == found


@pytest.mark.parametrize(("price", "lines_", "found"), [(1300.0, 5, 0), (1300.01, 5, 1), (1300.01, 4, 0)])
def test_cg06_the_median_of_the_same_specification_needs_five_purchases(check, price, lines_, found):
    rows = lines(*({"ref_price": None, "unit_id": f"U{n}"} for n in range(lines_ - 1)), {"ref_price": None})
    rows[-1]["unit_price"] = price
    outcome, findings = check("CG-06", purchase=rows)
    assert len(findings) == found and cases(outcome) == ({"peers"} if found else set())
    assert not len(check("CG-06", purchase=[row | {"spec": None} for row in rows])[1])


def test_cg07_names_the_standard_does_not_know_are_not_judged(check):
    outcome, _ = check("CG-07", purchase=lines({"unit_price": 90000.0}))
    assert outcome.outcome == "not_run" and outcome.reason == ("unknown_value", "purchase.category_name")


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("李大海", "U1", [("own", "medium")]),
        ("李 大海", "U1", [("own", "medium")]),
        ("李大海", "U2", [("other", "low")]),
        ("李大河", "U1", []),
    ],
)
def test_cg08_a_legal_representative_with_the_name_of_staff(check, name, unit, expected):
    staff = [{"person_id": "P7", "name": name, "unit_id": unit, "post": "会计"}]
    outcome, findings = check("CG-08", purchase=lines({}, {}), person=staff)
    assert [(hit["case"], f["severity"]) for hit, f in zip(outcome.hits, findings, strict=True)] == expected
    assert not len(check("CG-08", purchase=lines({"supplier_legal_rep": None}), person=staff)[1])


@pytest.mark.parametrize(
    ("first", "n", "found"), [(16000.0, 5, 0), (24000.0, 5, 0), (24000.01, 5, 1), (90000.0, 4, 0)]
)
def test_cgb04_one_supplier_takes_more_than_its_share(check, first, n, found):
    rows = lines({"amount": first}, *({"amount": 4000.0, "supplier_name": f"其他{k}"} for k in range(n - 1)))
    assert len(check("CG-B04", purchase=rows)[1]) == found


def test_cgb04_a_firm_is_one_whether_or_not_its_code_was_written(check):
    for name, found in (("某商行", 1), ("另一商行", 0)):
        first = {"supplier_name": "某商行", "supplier_uscc": "91A", "amount": 14000.0}
        rows = lines(first, {"supplier_name": name, "supplier_uscc": None, "amount": 14000.0})
        rows += lines(
            *({"supplier_name": f"其他{k}", "supplier_uscc": None, "amount": 4000.0} for k in range(4))
        )
        rows = [row | {"purchase_id": f"C{n}"} for n, row in enumerate(rows)]
        assert len(check("CG-B04", purchase=rows)[1]) == found


def test_a_ledger_without_the_column_is_not_a_pass(check):
    for rule, column in (("CG-01", "method"), ("CG-02", "contract_date"), ("CG-09", "quote_count")):
        row = bought()
        del row[column]
        assert check(rule, purchase=[row])[0].reason == ("column_missing", f"purchase.{column}")
