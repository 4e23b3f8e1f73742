"""Claims of reports: the public is told the indicator, the unit, the days and the figure claimed, and the verdict; neither the
claim's own words, nor what was worked out where that is a share of people, whose rest may be small whatever the share is, or
a small count, nor how many findings on arms refute one."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from mingjing.areas import area_of
from mingjing.intake import Intake
from mingjing.rules import Entry
from mingjing.rules.catalogue import catalogue, placeholders
from mingjing.rules.intake.claims import MEASURED, PERCENT, UOM_EN
from mingjing.rules.intake.recompute import COUNTS_OF_PEOPLE, SHARES_OF_PEOPLE
from mingjing.tables.words import in_english
from mingjing.wording import number

DENIALS, RULE = "DQ-04", "DQ-05"
TABLES = {f"claims_{rule_id}": rule_id for rule_id in (DENIALS, RULE)}
TEXT, KEY = "claim_text", "claim_key"
OTHER = {"其他": ("其他说法", "another statement")}
# what tells how many findings on arms there are, and the case that says the same without them
_COUNTED = ("hits", "percent", "rules", "rule_names", "rule_names_en")
_ON_ARMS = {"refuted": "refuted_arms", "refuted_part": "refuted_arms"} | dict.fromkeys(
    ("leads", "unseen", "gaps"), "leads_arms"
)


class Spoken:
    """What the public is told of each claim in place of its own words."""

    def __init__(self, intake: Intake, lang: str):
        data = intake.tables
        self._rows = {row["_rid"]: row for row in _rows(data.get("report_claim"))}
        named = {
            unit["unit_id"]: unit.get("unit_name") or unit["unit_id"] for unit in _rows(data.get("unit"))
        }
        self._units, self._lang = named | {name: name for name in named.values()}, lang

    def of(self, rid: int, key: str, entry: Entry, case: str) -> str:
        """The indicator with what the case's message does not say by itself of: figure, unit, days."""
        row, said = self._rows.get(rid, {}), placeholders(entry.messages[case]["zh"])
        zh = self._lang == "zh"
        name = OTHER[key][not zh] if key in OTHER else key if zh else in_english(key)
        value = None if "value" in said or (on_arms(key) and row.get("value")) else row.get("value")
        uom = (row.get("uom") or "").strip() or MEASURED.get(key, "")
        uom = uom if uom in PERCENT else uom if zh and uom in UOM_EN else UOM_EN.get(uom) or ""
        figure = (
            "" if value is None else number(value) + (uom if zh or uom in PERCENT else f" {uom}").rstrip()
        )
        days = [row.get(end) for end in ("period_start", "period_end")]
        span = "" if "period_start" in said or None in days else ("至" if zh else " to ").join(map(str, days))
        beside = [part for part in (self._units.get((row.get("unit_scope") or "").strip()), span) if part]
        name += f"为{figure}" * bool(figure) if zh else f": {figure}" * bool(figure)
        if not beside:
            return name
        return f"{name}（{'，'.join(beside)}）" if zh else f"{name} ({', '.join(beside)})"


def on_arms(key: str) -> bool:
    """Whether nothing but rules on arms judge such a claim."""
    rules = catalogue()[DENIALS].params["direct"].value.get(key, ())
    return bool(rules) and all(area_of(rule_id) == "firearms" for rule_id in rules)


def told(claim: dict[str, Any], rid: int, entry: Entry, spoken: Spoken, prefix: str = "") -> dict[str, Any]:
    """The claim as the public reads it; prefix: of the names in `claim`."""
    key, case = claim[f"{prefix}{KEY}"], claim["case"]
    new = {f"{prefix}{TEXT}": spoken.of(rid, key, entry, case)}
    if on_arms(key) and case in _ON_ARMS:
        new |= {"case": _ON_ARMS[case]} | {f"{prefix}{name}": None for name in _COUNTED}
    return claim | new


def withheld(claim: dict[str, Any], smallest: int, prefix: str = "") -> str | None:
    """The name of the reading that is not for the public, if any; prefix: of the names in `claim`."""
    key = claim[f"{prefix}claim_key"]
    name = SHARES_OF_PEOPLE.get(key) or COUNTS_OF_PEOPLE.get(key)
    value = name and claim.get(f"{prefix}{name}")
    if value is None or (key in COUNTS_OF_PEOPLE and not 0 < value < smallest):
        return None
    return f"{prefix}{name}"


def public(claims: pa.Table, masked: pa.Table, entry: Entry, spoken: Spoken, smallest: int) -> pa.Table:
    """Every claim judged, such readings empty; masked: the same table with its texts as codes."""
    rows = []
    for row in masked.to_pylist():
        row = told(row, row["_rid"], entry, spoken)
        if name := withheld(row, smallest):
            row[name] = None
        rows.append(row)
    return pa.Table.from_pylist(rows, claims.schema)


def _rows(table: pa.Table | None) -> Iterable[dict[str, Any]]:
    return table.to_pylist() if table is not None else ()
