"""Procurement and spending beyond the rules: splits against their limit, payments side by side, digits, budgets, payees."""

import json

import pandas as pd

from mingjing.analyse import ledger
from mingjing.release import withheld
from mingjing.rules.frugality.digits import spent
from mingjing.rules.frugality.expenses import budget_lines, budgets
from mingjing.rules.frugality.purchases import small_purchases
from mingjing.stats import digit_test
from mingjing.stats.digits import MAD_LIMITS, DigitTest
from mingjing.wording import plural

# Why two payments were put side by side.
WHY = {
    "again": ("同一发票、同一金额再次入账", "same invoice, same amount again"),
    "parts": ("同一发票、金额不同", "same invoice, another amount"),
    "number_written": ("发票号只是写法不同", "invoice number written otherwise"),
    "number_swapped": ("发票号两位换位", "two digits of the number swapped"),
    "number_typed": ("发票号错一位", "one digit of the number differs"),
    "number_dropped": ("发票号多或少一位", "one digit of the number more or less"),
    "firm_written": ("收款方只是写法不同", "payee written otherwise"),
    "firm_ordered": ("收款方词序不同", "payee's name re-ordered"),
    "firm_shortened": ("收款方全称与简称", "payee's name shortened"),
    "firm_typed": ("收款方名称相近", "payee's names close"),
    "fen_swapped": ("金额两位换位", "two digits of the amount swapped"),
    "fen_shifted": ("金额小数点错位", "point of the amount shifted"),
    "blank": ("同收款方、金额、摘要，缺发票号", "same payee, amount, text; no number"),
}
_CONFORMITY = {
    "Close conformity": "密切符合",
    "Acceptable conformity": "可以接受",
    "Marginally acceptable conformity": "勉强可以接受",
    "Nonconformity": "不符合",
}
_PLACE = ["file", "sheet", "row"]


def _rows(audit, table: str, *rules: str) -> pd.DataFrame:
    """The rows that findings of these rules rest on, `order` 0 first, with `finding_id`, `case` and `e_` evidence."""
    found = audit.check("frugality").to_pandas()
    lines = []
    for finding in found[found.rule_id.isin(rules)].itertuples():
        evidence = json.loads(finding.evidence)
        given = {f"e_{name}": value for name, value in evidence["values"].items()}
        for order, row in enumerate(evidence["rows"]):
            if row["row"] is None:  # withheld from the public: a blank would be joined to every row
                continue
            place = {name: row[name] for name in _PLACE}
            lines.append(
                {"finding_id": finding.finding_id, "case": evidence["cases"][0], "order": order}
                | place
                | given
            )
    frame = pd.DataFrame(lines, columns=None if lines else ["finding_id", "case", "order", *_PLACE])
    if not lines:
        return frame
    held = audit.table(table).rename(columns={f"_{name}": name for name in _PLACE})
    return frame.merge(held, on=_PLACE, how="left")


def splits(audit) -> pd.DataFrame:
    """Purchases that look split: `lead unit supplier date amount days percent`, `days` since the first of the lead and
    `percent` of the limit that the sum has come to; in order of time, the largest lead first."""
    columns = ["lead", "unit", "supplier", "date", "amount", "days", "percent"]
    frame = _rows(audit, "purchase", "CG-02")
    if frame.empty:
        return withheld(audit, pd.DataFrame(columns=columns))
    frame["date"] = pd.to_datetime(frame.contract_date)
    frame = frame.sort_values(["finding_id", "date", "row"], kind="stable")
    lead = frame.groupby("finding_id")
    frame["days"] = (frame.date - lead.date.transform("min")).dt.days
    frame["percent"] = (lead.amount.cumsum() / frame.e_threshold * 100).round(1)
    frame["total"] = lead.amount.transform("sum")
    frame["unit"] = frame.unit_id.map(lambda unit: audit.names.get(unit, unit))
    frame["lead"] = frame.unit + " " + frame.category_name.fillna("") + " " + frame.e_first_date
    frame = frame.rename(columns={"supplier_name": "supplier"})
    frame = frame.sort_values(["total", "finding_id", "date", "row"], ascending=[False, True, True, True])
    return frame[columns].reset_index(drop=True)


def leads_told(audit, split: pd.DataFrame) -> str:
    """How many leads `splits` holds, and how many there are beside them: sums of a year above the limit of tender."""
    leads, tender = split.lead.nunique(), len(audit.check("frugality").where(rule_id="CG-01"))
    if audit.lang == "zh":
        told = f"滚动期内{leads}条线索，{len(split)}笔采购"
        return told + (f"；另有{tender}条是全年合计超过公开招标限额的，不在图中" if tender else "")
    told = plural(f"{leads} lead(s) within the window, {len(split)} purchase(s)")
    return told + (
        plural(f"; not drawn: {tender} lead(s) by a year's sum above the limit of tender") if tender else ""
    )


def by_year(audit) -> pd.DataFrame:
    """Own purchases of a unit, item family and year that reach a limit together which none reaches alone, whatever the
    time between them: `unit family year lines total largest limit`, yuan, largest total first."""
    columns = ["unit", "family", "year", "lines", "total", "largest", "limit"]
    ledgers, p = audit.ledgers, audit.params("CG-02")
    needs = ("category_code", "contract_date", "method", "amount", "supplier_name")
    if ledgers.missing({"purchase": needs}):
        return pd.DataFrame(columns=columns)
    t = small_purchases(ledgers, p).filter(lambda t: ledgers.in_period(t.contract_date)).to_pandas()
    t = t[t.unit_id.isin(audit.units)] if audit.units else t
    t = t.assign(year=pd.to_datetime(t.contract_date).dt.year)
    g = t.groupby(["unit_id", "family", "year"], as_index=False).agg(
        lines=("amount", "size"),
        total=("amount", "sum"),
        largest=("amount", "max"),
        name=("category_name", "min"),
    )
    limits = sorted(p.limits_yuan.values())
    g["limit"] = [
        max((limit for limit in limits if largest < limit <= total + 1e-6), default=None)
        for largest, total in zip(g.largest, g.total, strict=True)
    ]
    g["unit"] = g.unit_id.map(lambda unit: audit.names.get(unit, unit))
    g["family"] = g.family + " " + g["name"].fillna("")
    g = g.dropna(subset=["limit"]).sort_values(["total", "unit_id", "family"], ascending=[False, True, True])
    return g[columns].round(2).reset_index(drop=True)


def side_by_side(audit) -> pd.DataFrame:
    """Payments made twice or nearly: `why unit` and `payee invoice amount date place` of the later and the earlier (`_2`)."""
    shown = ["payee", "invoice", "amount", "date", "place"]
    columns = ["why", "unit", *shown, *(f"{name}_2" for name in shown)]
    frame = _rows(audit, "expense", "JF-03", "JF-06")
    if frame.empty:
        return withheld(audit, pd.DataFrame(columns=columns))
    frame = frame[frame.order < 2].rename(columns={"invoice_no": "invoice", "voucher_date": "date"})
    where, zh = frame.sheet.where(frame.sheet.fillna("") != "", frame.file), audit.lang == "zh"
    frame["place"] = where + frame.row.map(lambda row: f" 第{row}行" if zh else f" row {row}")
    later, earlier = (frame[frame.order == n] for n in (0, 1))
    both = later.merge(earlier[["finding_id", *shown]], on="finding_id", suffixes=("", "_2"))
    both["why"] = both.case.map(lambda case: WHY[case][0 if audit.lang == "zh" else 1])
    both["unit"] = both.unit_id.map(lambda unit: audit.names.get(unit, unit))
    return both[columns].reset_index(drop=True)


def in_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """`side_by_side` with the earlier payment below the later: `pair why payee invoice amount date unit place`."""
    shown = ["payee", "invoice", "amount", "date", "place"]
    pairs = pairs.assign(pair=range(1, len(pairs) + 1))
    earlier = pairs[["pair", "why", "unit", *(f"{name}_2" for name in shown)]]
    both = pd.concat([pairs, earlier.set_axis(["pair", "why", "unit", *shown], axis=1)], ignore_index=True)
    both = both.sort_values("pair", kind="stable", ignore_index=True)
    return both[["pair", "why", "payee", "invoice", "amount", "date", "unit", "place"]]


def digits(audit, kind: str = "first_two") -> DigitTest | None:
    """The digit test of all positive amounts of the period, pay and the like aside; None without a ledger."""
    ledgers = audit.ledgers
    if ledgers.missing({"expense": ("amount", "econ_item", "voucher_date")}):
        return None
    t = spent(ledgers, audit.params("JF-07"))
    t = t.filter(t.unit_id.isin(audit.units)) if audit.units else t
    return digit_test(t.to_pandas().amount.to_numpy(), kind)


def shares(test: DigitTest | None) -> pd.DataFrame:
    """Share of each digit in percent: `digit seen expected`; nothing of amounts that are not fit for the test."""
    if test is None or not test.suitable:
        return pd.DataFrame(columns=["digit", "seen", "expected"])
    seen = [round(count / test.n * 100, 2) for count in test.counts]
    expected = [round(share * 100, 2) for share in test.expected]
    return pd.DataFrame({"digit": [str(label) for label in test.labels], "seen": seen, "expected": expected})


def verdict(test: DigitTest | None, lang: str) -> str:
    """What the test comes to, in a sentence that accuses nobody; or that it does not apply."""
    zh = lang == "zh"
    if test is None:
        return "没有支出明细账，未检验。" if zh else "No ledger of spending: not tested."
    if not test.suitable:
        return (
            f"{test.n:,}笔金额不适合这项检验（笔数太少，或跨度不足两个数量级），不作判断。"
            if zh
            else f"{test.n:,} amounts are not fit for this test ({test.reason}); nothing is said."
        )
    limit = MAD_LIMITS[test.digits][-1]
    return (
        f"{test.n:,}笔，平均绝对偏差{test.mad:.5f}（界限{limit}），按Nigrini的分级为“{_CONFORMITY[test.conformity]}”。"
        "偏离只说明从哪里抽样，符合也不说明没有问题。"
        if zh
        else f"{test.n:,} amounts, mean absolute deviation {test.mad:.5f} (limit {limit}): {test.conformity.lower()} on Nigrini's "
        "scale. A departure says where to draw a sample; conformity says nothing is proven clean."
    )


def budget_course(audit) -> pd.DataFrame:
    """Cumulated spending in percent of the year's budget, all units: `item month percent`; None where no month is held."""
    columns = ["item", "month", "percent"]
    if audit.ledgers.missing({"budget_exec": ("item", "budget_amount", "actual_amount")}):
        return pd.DataFrame(columns=columns)
    t = budget_lines(audit.ledgers).filter(lambda t: t.number > 0).to_pandas()
    t = t[t.unit_id.isin(audit.units)] if audit.units else t
    total = budget_totals(audit).set_index("item").budget
    by_month = t.pivot_table(index="item", columns="number", values="actual_amount", aggfunc="sum")
    percent = by_month.cumsum(axis=1).div(total.reindex(by_month.index), axis=0) * 100
    frame = percent.round(1).rename_axis(columns="month").stack().rename("percent").reset_index()
    return frame.sort_values(["item", "month"], ignore_index=True)


def budget_totals(audit) -> pd.DataFrame:
    """Budget and spending by item, all units and years of the period: `item budget spent percent over units`."""
    columns = ["item", "budget", "spent", "percent", "over", "units"]
    if audit.ledgers.missing({"budget_exec": ("item", "budget_amount", "actual_amount")}):
        return pd.DataFrame(columns=columns)
    t = budgets(audit.ledgers).to_pandas()
    t = t[t.unit_id.isin(audit.units)] if audit.units else t
    t["is_over"] = t.spent > t.approved + 1e-6
    g = t.groupby("item", as_index=False).agg(
        budget=("approved", "sum"),
        spent=("spent", "sum"),
        over=("is_over", "sum"),
        units=("unit_id", "nunique"),
    )
    g["percent"] = (g.spent / g.budget * 100).round(1)
    return g[columns].round(2).sort_values("percent", ascending=False, ignore_index=True)


def payees(audit, most: int = 15) -> pd.DataFrame:
    """Who was paid most in the period: `payee amount entries units percent`, yuan net of reversals, percent of all."""
    columns = ["payee", "amount", "entries", "units", "percent"]
    frame = ledger(audit, "expense")
    day = pd.to_datetime(frame.voucher_date)
    frame = frame[day.between(pd.Timestamp(audit.ledgers.start), pd.Timestamp(audit.ledgers.end))]
    if frame.empty:
        return pd.DataFrame(columns=columns)
    g = frame.groupby("payee", as_index=False).agg(
        amount=("amount", "sum"), entries=("amount", "size"), units=("unit_id", "nunique")
    )
    g["percent"] = (g.amount / frame.amount.sum() * 100).round(1)
    g = g.sort_values(["amount", "payee"], ascending=[False, True], ignore_index=True)
    return g[columns].round(2).head(most)
