"""Anti-doping. Each function is one rule of `catalogue/antidoping.toml`."""

from mingjing.rules.antidoping import education, goods, listed, persons

__all__ = ["education", "goods", "listed", "persons"]
