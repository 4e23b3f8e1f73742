"""Holidays of the year: rounds of inspection, and what was bought and paid around them."""

from datetime import date

from mingjing.sample.bureau import Bureau, Row
from mingjing.sample.frugality.books import expense
from mingjing.sample.safety import act

# Festival, day of the round, how many units it reached (the bureau first), whether it began at the bureau.
_ROUNDS = (
    ("春节", date(2021, 2, 3), 6, True),
    ("五一", date(2021, 4, 27), 3, True),
    ("中秋", date(2021, 9, 14), 3, False),
    ("国庆", date(2021, 9, 28), 5, True),
)


def build(bureau: Bureau) -> None:
    hosts = [row for row in bureau.rows["unit"] if row["unit_type"] != "县市区部门"]
    _rounds(bureau, hosts)
    _gifts(bureau, hosts)
    _allowances(bureau, hosts)


def _rounds(bureau: Bureau, hosts: list[Row]) -> None:
    """Four rounds for five festivals: Dragon Boat was left out, Mid-Autumn passed by the bureau, May Day is a sample."""
    size = len(hosts) // bureau.scale
    for festival, day, reach, bureau_too in _ROUNDS:
        place = [n for n in range(len(hosts)) if n % size < reach] if bureau_too else []
        place = place or [n for n in range(len(hosts)) if n % size >= size - reach]
        visits = [_visit(bureau, hosts[n], festival, day) for n in place]
        missed = [unit for n, unit in enumerate(hosts) if n not in place]
        if festival == "中秋":
            bureau.plant("JR-01", *missed)
        if festival == "五一":
            bureau.near_miss("JR-01", *visits)
            visits[0].update(issue_count=2, evidence_ref="JR0427")
            bureau.near_miss("JR-04", visits[0])
            visits[1].update(issue_count=1)
            bureau.plant("JR-04", visits[1])
            visits[2].update(issue_count=1, rect_ref="ZG-2020-117")
            bureau.plant("JR-04", visits[2])
    bureau.plant("JR-01", *hosts)


def _visit(bureau: Bureau, unit: Row, festival: str, day: date) -> Row:
    leader = bureau.staff(bureau.rows["unit"][0]["unit_id"])["discipline"][0]
    return act(
        bureau,
        unit,
        "节日专项检查",
        day,
        "14:30",
        festival=festival,
        round_id=f"{festival}{day:%m%d}",
        leader_id=leader,
        issue_count=0,
        rect_ref=None,
    )


def _gifts(bureau: Bureau, hosts: list[Row]) -> None:
    for unit, day, yuan, summary, payee in (
        (hosts[0], date(2021, 9, 10), 3864.0, "购月饼礼盒", "市食品一厂门市部"),
        (hosts[2], date(2021, 2, 3), 2790.5, "购年货", "城东副食商行"),
        (hosts[4], date(2021, 9, 17), 1985.6, "购大闸蟹礼盒", "湖畔水产行"),
    ):
        row = expense(bureau, unit["unit_id"], day, "办公费", yuan, summary, payee=payee)
        bureau.plant("JR-02", row)
    soap = {
        "item": "专用材料费",
        "amount": 742.3,
        "summary": "购消毒酒精、更换烟感探头",
        "payee": "康民医药器械行",
    }
    bureau.near_miss("JR-02", expense(bureau, hosts[1]["unit_id"], date(2021, 9, 15), **soap))
    early = {"item": "办公费", "amount": 634.8, "summary": "购月饼模具展示样品", "payee": "市食品一厂门市部"}
    bureau.near_miss("JR-02", expense(bureau, hosts[3]["unit_id"], date(2021, 8, 31), **early))


def _allowances(bureau: Bureau, hosts: list[Row]) -> None:
    for unit, day, yuan, summary, plan in (
        (hosts[1], date(2021, 9, 6), 18650.0, "发放中秋过节费", bureau.plant),
        (hosts[3], date(2021, 1, 20), 9340.0, "春节慰问费", bureau.plant),
        (hosts[5], date(2021, 7, 14), 7425.0, "补发节日值班补助", bureau.near_miss),
    ):
        given = {"basis_doc_no": f"市体办〔2021〕{day.month}号", "payee": "本单位职工", "pay_method": "转账"}
        plan("JR-03", expense(bureau, unit["unit_id"], day, "福利费", yuan, summary, **given))
