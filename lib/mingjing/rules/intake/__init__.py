"""Quality of the ledgers, and what reports claim. Each function is one rule of `catalogue/intake.toml`."""

from mingjing.rules.intake import claims, quality

__all__ = ["claims", "quality"]
