"""A year of spending in every unit, its monthly budget table, and what is planted in both.

Amounts are spread evenly on the logarithmic scale, as prices of many kinds are, so that digits follow Benford's law
without any being chosen.
"""

import random
from collections import defaultdict
from datetime import date, timedelta

from mingjing.sample.bureau import Bureau, Row
from mingjing.sample.frugality.books import ITEMS, expense

# item, what was bought, from whom
_KINDS = (
    ("办公费", "购办公用品", ("永信商贸有限公司", "鑫源办公设备有限公司", "新华书店")),
    ("印刷费", "印制秩序册", ("天成印务有限公司", "大成图文店")),
    ("差旅费", "出差报销", ("市公务出行平台", "铁路客运服务公司")),
    ("会议费", "会议室租用", ("市会议中心", "文化馆")),
    ("培训费", "教练员培训资料", ("市委党校培训部", "省体育学会")),
    ("劳务费", "裁判员劳务", ("裁判员劳务代发户", "志愿者劳务代发户")),
    ("委托业务费", "场地检测", ("省检测中心", "市质量检验所", "中测技术服务有限公司")),
)
BIG, SMALL = 360, 60
_BUDGETED = ("公务接待费", "公务用车运行维护费", "因公出国(境)费", *(item for item, *_ in _KINDS))


def build(bureau: Bureau) -> None:
    units = bureau.rows["unit"]
    for number, unit in enumerate(units):
        _year(bureau, unit, 540 if number == 0 else BIG if number < 3 else SMALL)
    for unit in units[:4]:
        expense(
            bureau,
            unit["unit_id"],
            date(2021, 10, 21),
            "因公出国(境)费",
            38246.4,
            "参加国际赛事机票",
            payee="国际旅行社",
        )
    _plant_entries(bureau, units)
    _plant_twice(bureau, units)
    _plant_digits(bureau, units)


def _year(bureau: Bureau, unit: Row, n: int) -> None:
    rng = bureau.random(f"expense/{unit['unit_id']}")
    powers = [1.7 + 3 * (place + rng.random()) / n for place in range(n)]
    rng.shuffle(powers)
    for place, power in enumerate(powers):
        yuan = round(10**power, 2)
        # One in forty is a round sum, as advances and fees are.
        yuan = round(yuan, -3) if place % 40 == 0 and yuan >= 1000 else yuan
        item, text, payees = _KINDS[place % len(_KINDS)]
        day = date(2021, 1, 4) + timedelta(days=place * 355 // n)
        entry(bureau, unit, day, item, yuan, text, rng.choice(payees), rng)


def entry(
    bureau: Bureau,
    unit: Row,
    day: date,
    item: str,
    yuan: float,
    text: str,
    payee: str,
    rng: random.Random,
    **more,
) -> Row:
    number = f"{rng.randrange(10**7, 10**8)}"
    given = {"payee": payee, "invoice_no": number, "pay_method": "转账", "budget_project": "日常运行"}
    return expense(bureau, unit["unit_id"], day, item, yuan, text, **(given | more))


def _plant_entries(bureau: Bureau, units: list[Row]) -> None:
    rng = bureau.random("expense/plants")

    def add(unit: int, day: date, item: str, yuan: float, text: str, payee: str, **more) -> Row:
        return entry(bureau, units[unit], day, item, yuan, text, payee, rng, **more)

    approved = {"basis_doc_no": "市体办〔2021〕31号"}
    for rule, row, plan in (
        (
            "JF-02",
            add(1, date(2021, 7, 20), "会议费", 2467.3, "座谈会后用餐招待", "滨江会务公司"),
            bureau.plant,
        ),
        ("JF-02", add(5, date(2021, 11, 16), "办公费", 1893.6, "购办公用品一批", "聚仙酒楼"), bureau.plant),
        (
            "JF-02",
            add(2, date(2021, 7, 21), "会议费", 3128.5, "会议用餐", "滨江会务公司", **approved),
            bureau.near_miss,
        ),
        (
            "JF-02",
            add(3, date(2021, 11, 17), "办公费", 716.2, "酒精、餐具及茶水间用品", "净美用品店"),
            bureau.near_miss,
        ),
        ("JF-04", add(2, date(2021, 6, 24), "奖金", 26400.0, "发放半年考核奖", "本单位职工"), bureau.plant),
        ("JF-04", add(6, date(2021, 7, 26), "津贴补贴", 8630.0, "发放加班补贴", "本单位职工"), bureau.plant),
        (
            "JF-04",
            add(4, date(2021, 6, 25), "津贴补贴", 8745.0, "发放高温津贴", "本单位职工", **approved),
            bureau.near_miss,
        ),
        ("JF-B06", add(7, date(2021, 3, 16), "办公费", 3215.0, "购书城储值卡", "新华书店"), bureau.plant),
        (
            "JF-B06",
            add(10, date(2021, 11, 24), "办公费", 2764.0, "购生日蛋糕提货券", "麦香食品店"),
            bureau.plant,
        ),
        ("JF-B06", add(8, date(2021, 3, 17), "办公费", 3147.0, "购储值税票", "税务代征点"), bureau.near_miss),
    ):
        plan(rule, row)
    own, nobody, good = (
        add(unit, date(2021, 8, 18), "劳务费", 2318.4 + unit, "裁判员劳务", "裁判员劳务代发户")
        for unit in (3, 9, 10)
    )
    own["approver_id"] = own["handler_id"]
    nobody["approver_id"] = None
    good["handler_id"] = None
    bureau.plant("JF-B04", own)
    bureau.plant("JF-B04", nobody)
    bureau.near_miss("JF-B04", good)


def _plant_twice(bureau: Bureau, units: list[Row]) -> None:
    rng = bureau.random("expense/twice")

    def pair(unit: int, yuan: float, first: dict, second: dict, days: int = 24) -> list[Row]:
        day = date(2021, 5, 12 + unit)
        common = {"payee": "永信商贸有限公司", "invoice_no": f"{rng.randrange(10**7, 10**8)}"}
        return [
            entry(
                bureau,
                units[unit],
                day + timedelta(days=later),
                "办公费",
                yuan,
                "购办公用品",
                rng=rng,
                **(common | more),
            )
            for later, more in ((0, first), (days, second))
        ]

    first, again = pair(1, 3574.2, {}, {})
    bureau.plant("JF-03", again, first)
    first, again = pair(6, 2936.8, {}, {})
    bureau.plant("JF-03", again, first)
    first, again = pair(7, 2846.9, {}, {})
    again["amount"] = -2846.9
    bureau.near_miss("JF-03", first, again)
    first, again = pair(8, 2745.6, {}, {}, days=0)
    again["voucher_no"] = first["voucher_no"]
    bureau.near_miss("JF-03", first, again)
    for unit, yuan, one, other, plan in (
        (2, 4127.35, {"invoice_no": "20418866"}, {"invoice_no": "20481866"}, bureau.plant),
        (9, 3318.4, {"payee": "滨海鑫源商贸有限公司"}, {"payee": "鑫源商贸（滨海）公司"}, bureau.plant),
        (10, 2254.7, {"payee": "天宇办公用品有限公司"}, {"payee": "天宇办公"}, bureau.plant),
        (11, 1866.0, {"invoice_no": "30551201"}, {"invoice_no": "30551202"}, bureau.near_miss),
        (
            12,
            1745.3,
            {"invoice_no": "30661201"},
            {"invoice_no": "30616201", "payee": "新华书店"},
            bureau.near_miss,
        ),
    ):
        first, again = pair(unit, yuan, one, other)
        plan("JF-06", again, first)


def _plant_digits(bureau: Bureau, units: list[Row]) -> None:
    """Sums that stay just below a limit, made-up endings, round sums: added to what is natural."""
    rng = bureau.random("expense/digits")
    for unit, low in ((1, 4880.0), (2, 9720.0)):
        for n in range(50):
            day = date(2021, 2, 1) + timedelta(days=5 * n)
            entry(
                bureau,
                units[unit],
                day,
                "劳务费",
                round(low + 2.07 * n, 2),
                "裁判员劳务",
                "裁判员劳务代发户",
                rng,
            )
    for n in range(45):
        day = date(2021, 2, 3) + timedelta(days=6 * n)
        yuan = round(10 ** (2.2 + 2 * (n + 0.5) / 45)) + 0.88
        entry(bureau, units[0], day, "办公费", yuan, "购办公用品", "新华书店", rng)
    for unit, times in ((5, 14), (4, 3)):
        for n in range(times):
            day = date(2021, 3, 2) + timedelta(days=17 * n)
            entry(bureau, units[unit], day, "委托业务费", 1000.0 * (n % 9 + 1), "场地检测", "省检测中心", rng)


def finish(bureau: Bureau) -> None:
    """Once every entry is in its place: which rows the tests of digits will name, and the budget table."""
    units = [row["unit_id"] for row in bureau.rows["unit"]]
    bureau.plant("JF-07", _largest(bureau, units[1], lambda fen: str(fen)[0] == "4"))
    bureau.plant("JF-07", _largest(bureau, units[2], lambda fen: str(fen)[0] == "9"))
    bureau.near_miss("JF-07", _largest(bureau, units[0], lambda fen: str(fen)[0] == "4"))
    bureau.plant("JF-08", _largest(bureau, units[5], lambda fen: fen % 100000 == 0))
    bureau.plant("JF-08", _largest(bureau, units[0], lambda fen: fen % 100 == 88))
    bureau.near_miss("JF-08", _largest(bureau, units[4], lambda fen: fen % 100000 == 0))
    _budget(bureau, units)


def _largest(bureau: Bureau, unit: str, fits) -> Row:
    rows = [
        r
        for r in bureau.rows["expense"]
        if r["unit_id"] == unit and r["econ_item"] not in ("津贴补贴", "奖金")
    ]
    return max(
        (r for r in rows if r["amount"] > 0 and fits(round(r["amount"] * 100))), key=lambda r: r["amount"]
    )


def _budget(bureau: Bureau, units: list[str]) -> None:
    spent: dict[tuple, float] = defaultdict(float)
    codes = {code: item for item, code in ITEMS.items()}
    for row in bureau.rows["expense"]:
        spent[row["unit_id"], codes[row["econ_item_code"]], row["voucher_date"].month] += row["amount"]
    lines: dict[tuple, list[Row]] = {}
    for unit in units:
        for item in _BUDGETED:
            months = [round(spent.get((unit, item, month), 0.0), 2) for month in range(1, 13)]
            if not any(months):
                continue
            plan = float(int(sum(months) * 1.12 / 1000) + 1) * 1000
            lines[unit, item] = [
                bureau.add(
                    "budget_exec",
                    unit_id=unit,
                    fiscal_year=bureau.year,
                    item=item,
                    month=f"{month}月",
                    budget_amount=plan,
                    adjusted_budget=None,
                    adjust_doc_no=None,
                    actual_amount=yuan,
                )
                for month, yuan in enumerate(months, start=1)
            ]
    _plant_budget(bureau, units, lines)


def _plant_budget(bureau: Bureau, units: list[str], lines: dict[tuple, list[Row]]) -> None:
    def limit(rule: str, unit: int, item: str, less: float, plan, **more) -> None:
        rows = lines[units[unit], item]
        budget = round(sum(row["actual_amount"] for row in rows) - less, 2)
        for row in rows:
            row.update(budget_amount=budget, **more)
        plan(rule, *rows)

    raised = {"adjusted_budget": 60000.0}
    abroad = "因公出国(境)费"
    limit("JF-01", 1, abroad, 246.4, bureau.plant)
    limit("JF-01", 0, abroad, 246.4, bureau.plant, **raised)
    limit("JF-01", 2, abroad, 0.0, bureau.near_miss)
    limit("JF-01", 3, abroad, 246.4, bureau.near_miss, **raised, adjust_doc_no="市财预〔2021〕88号")
    limit("JF-09", 5, "印刷费", 320.0, bureau.plant)
    limit("JF-09", 8, "委托业务费", 0.01, bureau.plant)
    limit("JF-09", 9, "印刷费", 0.0, bureau.near_miss)
    for unit, item, more, plan in (
        (3, "会议费", 480.0, bureau.plant),
        (7, "差旅费", -260.0, bureau.plant),
        (10, "培训费", 0.9, bureau.near_miss),
    ):
        rows = lines[units[unit], item]
        month = max(rows, key=lambda row: row["actual_amount"])
        month["actual_amount"] = round(month["actual_amount"] + more, 2)
        plan("JF-05", *rows)
