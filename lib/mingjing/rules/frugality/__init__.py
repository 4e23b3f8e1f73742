"""Reception, official vehicles, holidays; procurement and spending. Each function is one rule of
`catalogue/frugality.toml` or `catalogue/frugality_spending.toml`."""

from mingjing.rules.frugality import (
    digits,
    duplicates,
    expenses,
    holidays,
    purchases,
    reception,
    reconciliation,
    vehicles,
)

__all__ = [
    "digits",
    "duplicates",
    "expenses",
    "holidays",
    "purchases",
    "reception",
    "reconciliation",
    "vehicles",
]
