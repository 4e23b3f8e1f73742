"""Armouries: guns, issues, ammunition, duty and stock-takes, with every rule of the area planted."""

from mingjing.sample.bureau import Bureau
from mingjing.sample.firearms.armoury import Armoury
from mingjing.sample.firearms.checks import checks, duty, inspections, plans
from mingjing.sample.firearms.plants import books, issues, register


def build(bureau: Bureau) -> None:
    for unit in bureau.units_with("has_armory"):
        hired(bureau, unit["unit_id"])
        armoury = Armoury(bureau, unit)
        register(armoury)
        issues(armoury)
        books(armoury)
        duty(armoury)
        checks(armoury)
        inspections(armoury)
        plans(armoury)


def hired(bureau: Bureau, unit_id: str) -> None:
    """Guards of a security company for the second store."""
    post = {"dept": "枪弹科", "post": "专职守护员", "identity": "外包"}
    for _ in range(3):
        bureau.person(unit_id, "guard", **post, guard_cert_no=bureau.number("BA"))
