"""Armouries: guns, issues, ammunition, duty and stock-takes, with every rule of the area planted."""

from mingjing.sample.bureau import Bureau
from mingjing.sample.firearms.armoury import Armoury
from mingjing.sample.firearms.checks import checks, duty, inspections, plans
from mingjing.sample.firearms.plants import books, issues, register


def build(bureau: Bureau) -> None:
    for unit in bureau.units_with("has_armory"):
        armoury = Armoury(bureau, unit)
        register(armoury)
        issues(armoury)
        books(armoury)
        duty(armoury)
        checks(armoury)
        inspections(armoury)
        plans(armoury)
