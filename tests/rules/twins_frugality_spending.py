"""Plain pandas twins of the frugality rules: budgets, allowances, invoices, controls."""

import re
from itertools import product

import pandas as pd
from twins import flags, own, twin
from twins_frugality_holidays import payments, says

THREE = ["公务接待费", "公务用车购置费", "公务用车运行维护费", "因公出国(境)费"]
HOUSES = [f"U{n}" for n in range(1, 9)]
WRITTEN = ("{}", "{}月", "2021年{}月", "2021-{:02d}", "2021{:02d}")


def budget(*items):
    """For each unit, item and year a line of the whole year, or lines of most of its months, written in many ways."""

    def build(rng):
        made = []
        for unit, item, year in product(HOUSES, items, (2020, 2021)):
            whole = rng.random() < 0.3
            months = [m for m in range(1, 13) if rng.random() < 0.97]
            written = ["全年"] if whole else [rng.choice(WRITTEN).format(m) for m in months]
            written += ["第三季"] if rng.random() < 0.1 else []
            rate = rng.choice([0.5, 1.0, 1.0, 1.2, 1.2, 1.3])
            changed = rng.choice([None, None, 600.0, 1200.0, 1500.0, 1500.0])
            common = {"unit_id": unit, "fiscal_year": year, "item": item, "budget_amount": 1200.0}
            common |= {"adjusted_budget": changed, "adjust_doc_no": rng.choice(["批1", None])}
            spent = 1200.0 * rate if whole else 100.0 * rate
            extra = rng.choice([0.0, 0.0, 0.01])
            made += [
                common | {"month": month, "actual_amount": spent + (extra if n == 0 else 0)}
                for n, month in enumerate(written)
            ]
        return made

    return build


def against_budget(d, p, asked):
    t = d.budget_exec
    t = t[asked(t["item"]) & (t.fiscal_year == 2021)]
    end = d.end.month
    number = {form.format(m): m for form in WRITTEN for m in range(1, 13)} | {"全年": 0}
    t["number"] = t.month.map(number)
    gone = d.end.dayofyear / 365
    over_by = end if d.end.is_month_end else end - 1
    found = {case: ([], []) for case in ("over", "raised", "fast", "gap")}
    for _, g in t[t.number <= end].groupby(["unit_id", "item"]):
        whole, last = g[g.number == 0], g.loc[g.number.idxmax()]
        spent = round((whole if len(whole) else g).actual_amount.sum(), 2)
        # without a document the budget is what it was
        by_document = pd.notna(last.adjusted_budget) and pd.notna(last.adjust_doc_no)
        approved = last.adjusted_budget if by_document else last.budget_amount
        # what stays within a budget raised without one is a document that is missing
        excused = not by_document and last.adjusted_budget > approved and spent <= last.adjusted_budget
        missing = 0 if len(whole) else len({*range(1, over_by + 1)} - {*g.number})
        verdict = {
            "over": spent > approved and not excused,
            "raised": spent > approved and excused,
            "fast": spent <= approved and gone < 1 and spent > approved * (gone + p.ahead) + 1e-6,
            "gap": missing > 0,
        }
        for case, hit in verdict.items():
            found[case][0].append(tuple(g.row))
            found[case][1].append(hit)
    yield from ((case, keys, hits) for case, (keys, hits) in found.items())
    yield "unread", own(t), t.number.isna()


@twin("JF-01", budget_exec=budget(*THREE, "会议费"))
def jf01(d, p):
    yield from against_budget(d, p, lambda item: item.isin(THREE))


@twin("JF-09", budget_exec=budget("会议费", "办公费", "劳务费", *THREE[:2]))
def jf09(d, p):
    yield from against_budget(d, p, lambda item: ~item.isin(THREE))


FIRMS = {"甲商贸有限公司": "甲", "甲商贸 公司": "甲", "甲商贸": "甲", "乙饭店": "乙", "乙饭店（东店）": "丙"}


@twin(
    "JF-03",
    expense=payments(
        60,
        payee=list(FIRMS),
        invoice_no=["10001", "1000-1", "10002", "１０００3", *[f"2{n}" for n in range(15)], "-", None],
        amount=[100.0, 100.0, -100.0, 50.0, 0.0],
        voucher_no=[f"V{n}" for n in range(9)],
    ),
)
def jf03(d, p):
    t = d.expense
    t["firm"] = t.payee.map(FIRMS)
    t["number"] = t.invoice_no.map(lambda n: re.sub(r"[^0-9A-Z１０]", "", n) if n else None)
    judged = {"again": [], "parts": []}
    for _, bill in t[t.number.notna() & (t.number != "")].groupby(["firm", "number"]):
        # the entries of one voucher count once; a voucher is one unit's
        papers = [(v.amount.sum(), v.row) for _, v in bill.groupby(["unit_id", "voucher_no"])]
        single = []
        for yuan in {abs(a) for a, _ in papers} - {0}:
            alike = [(a, r) for a, r in papers if abs(a) == yuan]
            net, lines = sum(1 if a > 0 else -1 for a, _ in alike), tuple(r for _, s in alike for r in s)
            judged["again"].append((lines, net > 1))
            single += [lines] if net == 1 else []
        judged["parts"].append((sum(single, ()), len(single) > 1))
    date_of = t.set_index("row").voucher_date
    for case, pairs in judged.items():
        seen = [(k, h) for k, h in pairs if k and d.start <= date_of[max(k)] <= d.end]
        yield case, [k for k, _ in seen], [h for _, h in seen]


@twin(
    "JF-04",
    expense=payments(
        econ_item=["津贴补贴", "福利费", "办公费", "其他"],
        econ_item_code=["30102", "3010203", "30201", "30299"],
        summary=["工会慰问", "交通补贴", None],
    ),
)
def jf04(d, p):
    t = d.expense
    t = t[d.within(t.voucher_date) & (t.amount > 0)]
    welfare = t.econ_item.isin(p.items) | t.econ_item_code.str[:5].isin(p.codes)
    yield "undocumented", own(t), welfare & t.basis_doc_no.isna() & ~flags(t, says(t.summary, "工会"))


@twin("JF-B04", expense=payments(90))
def jf_b04(d, p):
    t = d.expense[d.within(d.expense.voucher_date)]
    yield "approver", own(t), t.handler_id.notna() & (t.handler_id == t.approver_id)
    yield "reviewer", own(t), t.handler_id.notna() & (t.handler_id == t.reviewer_id)
    yield "unapproved", own(t), t.approver_id.isna()


@twin(
    "JF-B06",
    expense=payments(
        summary=["购物卡", "加油卡充值", "加油卡充值、提货券", "办公用纸", None],
        payee=["某商场", "预付卡公司", None],
    ),
)
def jf_b06(d, p):
    t = d.expense[d.within(d.expense.voucher_date)]
    cards = flags(t, says(t.summary, p.words, p.not_words)) | flags(t, says(t.payee, p.words, p.not_words))
    yield "card", own(t), cards & (t.amount > 0)
