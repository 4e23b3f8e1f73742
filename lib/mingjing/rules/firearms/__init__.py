"""Firearms and ammunition. Each function is one rule of `catalogue/firearms.toml`."""

from mingjing.rules.firearms import ammo, checks, guns, habits, inspections, match, people

__all__ = ["ammo", "checks", "guns", "habits", "inspections", "match", "people"]
