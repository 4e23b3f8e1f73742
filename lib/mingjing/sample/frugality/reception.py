"""A year of official receptions and what the books say of them."""

from datetime import date, timedelta
from random import Random

import chinese_calendar

from mingjing.sample.bureau import Bureau, Row
from mingjing.sample.frugality.books import expense, voucher

_VISITORS = (
    ("省体育局", "鲁体字"),
    ("省射击自行车运动管理中心", "射运字"),
    ("临海市体育局", "临体字"),
    ("云州市体育局", "云体字"),
    ("省反兴奋剂中心", "反兴字"),
    ("江北市体育局", "江体字"),
    ("省全民健身服务中心", "健字"),
    ("南浦市教育体育局", "南教体字"),
)
_FIRMS = ("远航体育用品有限公司", "金石健身器材有限公司", "蓝湾赛事运营有限公司")
_WORK = ("调研青少年训练", "检查场馆安全", "商谈省运会筹备", "交流体教融合", "核查器材管理", "考察全民健身")
_MENUS = ("四菜一汤、米饭", "家常六菜一汤、水果", "自助工作餐", "本地家常菜、面食")
_PLACES = (("机关食堂", "机关食堂"), ("城西定点饭店", "定点饭店"), ("东湖餐厅", "一般饭店"))


def build(bureau: Bureau) -> list[Row]:
    """A year of each host unit; gives the units."""
    rng = bureau.random("reception")
    hosts = [row for row in bureau.rows["unit"] if row["unit_type"] != "县市区部门"]
    for unit in hosts:
        for month in range(1, 13):
            for number in range(2):
                day = workday(date(2021, month, 4 + 12 * number + rng.randrange(8)))
                business = number == 1 and month % 3 == 0
                reception(bureau, unit, day, rng, **(_business(rng) if business else {}))
    return hosts


def _business(rng: Random) -> dict:
    """A firm that comes about sponsoring: no letter is asked for, and another standard holds."""
    letter = ("letter_no", "letter_unit", "letter_start_date", "letter_end_date", "letter_guest_count")
    return {
        **dict.fromkeys(letter),
        "has_letter": False,
        "reception_kind": "商务接待",
        "visitor_unit": rng.choice(_FIRMS),
        "activity": "洽谈赛事赞助",
        "guest_count": 4,
        "companion_count": 2,
        "meal_amount": round(6 * rng.uniform(62.0, 138.0), 1),
    }


def workday(day: date) -> date:
    while not chinese_calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def reception(bureau: Bureau, unit: Row, day: date, rng: Random, book: bool = True, **more) -> Row:
    """One reception in order: letter, approval, a meal within the standard, a voucher some days later, booked."""
    visitor, sign = rng.choice(_VISITORS)
    staff = bureau.staff(unit["unit_id"])
    guests = more.get("guest_count", rng.randrange(3, 15))
    hosts = more.get("companion_count", rng.randrange(1, 4 if guests <= 10 else guests // 3 + 1))
    heads = min(guests, more.get("letter_guest_count") or guests) + hosts
    cost = more.get("meal_amount", round(heads * rng.uniform(31.0, 58.0), 1))
    place, kind = rng.choice(_PLACES)
    paid = day + timedelta(days=rng.randrange(8, 21))
    usual = {
        "reception_id": bureau.number("JD"),
        "unit_id": unit["unit_id"],
        "start_date": day,
        "end_date": day,
        "reception_kind": "国内公务接待",
        "visitor_unit": visitor,
        "letter_no": f"{sign}〔2021〕{int(bureau.number(sign)[-5:])}号",
        "letter_unit": visitor,
        "letter_start_date": day,
        "letter_end_date": day + timedelta(days=1),
        "letter_guest_count": guests,
        "approval_date": day - timedelta(days=rng.randrange(1, 4)),
        "approver_id": staff["deputy"][0],
        "guest_count": guests,
        "companion_count": hosts,
        "activity": rng.choice(_WORK),
        "venue": place,
        "venue_type": kind,
        "work_meal_count": 1,
        "meal_type": rng.choice(("午餐", "午餐", "晚餐")),
        "meal_amount": cost,
        "liquor_flag": False,
        "premium_liquor_flag": False,
        "tobacco_flag": False,
        "premium_dish_flag": False,
        "menu_text": rng.choice(_MENUS),
        "lodging_amount": None,
        "total_amount": cost,
        "guest_paid_amount": None,
        "has_invoice": True,
        "has_letter": True,
        "has_list": True,
        "list_signer_id": staff["head"][0],
        "pay_method": "公务卡",
        "voucher_no": voucher(bureau) if paid.year == bureau.year else None,
        "is_same_city": False,
    }
    row = bureau.add("reception", **(usual | more))
    if book and row["voucher_no"]:
        booked(bureau, row, paid)
    return row


def booked(
    bureau: Bureau, row: Row, day: date, item: str = "公务接待费", more_yuan: float = 0.0, **more
) -> Row:
    """The entry of a reception in the books, as it stands or `more_yuan` above."""
    given = {"payee": row["venue"], "voucher_no": row["voucher_no"]} | more
    amount = round(row["total_amount"] + more_yuan, 2)
    return expense(bureau, row["unit_id"], day, item, amount, f"接待{row['visitor_unit']}", **given)
