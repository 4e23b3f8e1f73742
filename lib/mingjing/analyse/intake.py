"""What was handed in, month by month, and what was changed: whether the data can carry a conclusion."""

import pandas as pd

from mingjing.rules import catalogue
from mingjing.tables import tables

COVERAGE = ["unit", "month", "ledgers", "due"]


def coverage(audit) -> pd.DataFrame:
    """One row per unit and month of the period: of the `due` monthly ledgers, in how many (`ledgers`) the unit has rows.

    NaN where the month was not over on the day looked from, or nobody handed in any of the ledgers due. The duties are
    those of DQ-03. Units that owe no monthly ledger are left out.
    """
    monthly = catalogue()["DQ-03"].params["monthly"].value
    units = audit.intake.tables.get("unit")
    if units is None:
        return pd.DataFrame(columns=COVERAGE)
    flags = units.to_pandas().reindex(columns=["unit_id", "active", *dict.fromkeys(monthly.values())])
    kept = {name: _months(audit, name) for name in monthly if name in audit.intake.tables}
    over = {name for name, _, last in audit.ledgers.spans("month") if last <= audit.as_of}
    lines = []
    for unit in flags.sort_values("unit_id").to_dict("records"):
        owed = [name for name, flag in monthly.items() if unit[flag] is True and unit["active"] is not False]
        judged = [name for name in owed if name in kept]
        for month in audit.period.months() if owed else ():
            found = sum((unit["unit_id"], month) in kept[name] for name in judged)
            seen = float(found) if judged and month in over else float("nan")
            lines.append((audit.names.get(unit["unit_id"], unit["unit_id"]), month, seen, len(owed)))
    return pd.DataFrame(lines, columns=COVERAGE)


def _months(audit, name: str) -> set[tuple[str, str]]:
    """(unit, month) pairs that have a row in the ledger."""
    declared = tables()[name]
    frame = audit.intake.tables[name].to_pandas()
    if not {declared.unit, declared.date} <= set(frame):
        return set()
    months = pd.to_datetime(frame[declared.date]).dt.strftime("%Y-%m")
    return set(zip(frame[declared.unit], months, strict=True))


def missing_ledgers(audit) -> list[str]:
    """Ledgers that rules need and nobody handed in, by English name."""
    needed = {table for entry in catalogue().values() for table in entry.needs if table in tables()}
    return sorted(needed - set(audit.intake.tables))
