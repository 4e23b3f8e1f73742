"""Reception, official vehicles, holidays. Each function is one rule of `catalogue/frugality.toml`."""

from mingjing.rules.frugality import holidays, reception, reconciliation, vehicles

__all__ = ["holidays", "reception", "reconciliation", "vehicles"]
