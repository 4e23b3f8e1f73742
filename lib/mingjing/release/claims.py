"""Claims on people: the public is told the verdict, but not what was worked out to judge it where that is a share of people,
whose rest may be small whatever the share is, or a small count."""

from typing import Any

import pyarrow as pa

from mingjing.rules.intake.recompute import COUNTS_OF_PEOPLE, SHARES_OF_PEOPLE

RULE = "DQ-05"
TABLES = frozenset(("claims_DQ-04", "claims_DQ-05"))
TEXT, KEY = "e_claim_text", "e_claim_key"


def called(text: str, public: str, key: str) -> str:
    """A claim by its own words where they are public, else by the indicator that it is about."""
    return text if text == public else key


def withheld(claim: dict[str, Any], smallest: int, prefix: str = "") -> str | None:
    """The name of the reading that is not for the public, if any; prefix: of the names in `claim`."""
    key = claim[f"{prefix}claim_key"]
    name = SHARES_OF_PEOPLE.get(key) or COUNTS_OF_PEOPLE.get(key)
    value = name and claim.get(f"{prefix}{name}")
    if value is None or (key in COUNTS_OF_PEOPLE and not 0 < value < smallest):
        return None
    return f"{prefix}{name}"


def public(claims: pa.Table, masked: pa.Table, smallest: int) -> pa.Table:
    """Every claim judged, such readings empty; masked: the same table with its texts as codes."""
    rows = masked.to_pylist()
    for row, text in zip(rows, claims["claim_text"].to_pylist(), strict=True):
        row["claim_text"] = called(text, row["claim_text"], row["claim_key"])
        if name := withheld(row, smallest):
            row[name] = None
    return pa.Table.from_pylist(rows, claims.schema)
