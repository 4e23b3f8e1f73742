"""Leads (线索): what an analyst follows up. All findings at fault in one source row are one lead, the heaviest first."""

import math
from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from mingjing.analyse.places import inside
from mingjing.rules.catalogue import SEVERITIES

COLUMNS = "weight severity amount rules findings unit date message _file _sheet _row finding_ids".split()
# An order of magnitude of money and a step of severity weigh about the same. The order of reading, not a judgement.
_WEIGHTS = {"high": 9, "medium": 3, "low": 1}


def leads(audit, area: str | Iterable[str] | None = None) -> pd.DataFrame:
    """One row a lead: the findings whose row at fault is the same (file, sheet, row); one without a row stands alone.

    `weight` = severity (high 9, medium 3, low 1) × log10(10 + yuan at stake): money × severity, where a finding without
    an amount still counts. `amount` is the largest of the lead, since rules look at the same money. Runs every rule of the
    area.
    """
    inside(audit, "leads()")
    groups = defaultdict(list)
    for finding in audit.check(area):
        row = finding["row"]
        place = (
            (finding["source_file"], finding["sheet"], row) if not pd.isna(row) else (finding["finding_id"],)
        )
        groups[place].append(finding)
    frame = pd.DataFrame([_lead(found, audit) for found in groups.values()], columns=COLUMNS)
    frame["_row"] = frame["_row"].astype("Int64")
    order = ["weight", "findings", "_file", "_sheet", "_row", "finding_ids"]
    return frame.sort_values(order, ascending=[False, False, *[True] * 4], ignore_index=True)


def _lead(found: list[dict], audit) -> tuple:
    severity = min((f["severity"] for f in found), key=SEVERITIES.index)
    yuan = max((f["amount"] for f in found if not pd.isna(f["amount"])), default=None)
    first = found[0]
    between = "；" if audit.lang == "zh" else "; "
    return (
        round(max(_WEIGHTS[f["severity"]] * math.log10(10 + abs(_or_zero(f["amount"]))) for f in found), 2),
        severity,
        yuan,
        ", ".join(sorted({f["rule_id"] for f in found})),
        len(found),
        audit.names.get(first["unit"], first["unit"]),
        min((f["date"] for f in found if f["date"] is not None and not pd.isna(f["date"])), default=None),
        between.join(dict.fromkeys(f[f"message_{audit.lang}"] for f in found)),
        first["source_file"],
        first["sheet"],
        first["row"],
        ", ".join(sorted(f["finding_id"] for f in found)),
    )


def _or_zero(amount: float | None) -> float:
    return 0.0 if amount is None or pd.isna(amount) else amount
