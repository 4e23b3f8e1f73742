"""Firearms and ammunition. Each function is one rule of `catalogue/firearms.toml`."""

from mingjing.rules.firearms import ammo, checks, guns, people

__all__ = ["ammo", "checks", "guns", "people"]
