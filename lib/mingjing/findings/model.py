"""One finding, and a run's findings as an analyst holds them in the hand."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from mingjing.errors import UsageError, nearest
from mingjing.findings.message import message, plain
from mingjing.rules.catalogue import KINDS, SEVERITIES, Entry, Params
from mingjing.rules.engine import Outcome

if TYPE_CHECKING:
    from mingjing.findings.register import Past

COLUMNS = (
    "finding_id rule_id area severity kind unit subject message_zh message_en amount date table source_file sheet "
    "row evidence basis status"
).split()
SEVERITY_WORDS = {"high": ("高", "high"), "medium": ("中", "medium"), "low": ("低", "low")}
# What `where` may be asked for; a wrong word would otherwise give nothing, as if there were nothing.
_CHOICES = {"severity": SEVERITIES, "kind": KINDS}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def finding_id(rule_id: str, unit: str | None, subject: str) -> str:
    """The same rule on the same subject has the same id in every run."""
    text = "\x1f".join((rule_id, unit or "", subject))
    return f"{rule_id}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def make_findings(
    entry: Entry,
    outcome: Outcome,
    source_of: Callable[[int], tuple[str, str, str, int]],
    name_of: Callable[[str], str] = lambda written: written,
) -> list[dict[str, Any]]:
    """Findings of one rule: hits on the same subject are one finding that says everything at once.

    source_of: `_rid` → (table, file, sheet, row). name_of: unit or person id → name for messages.
    """
    merged: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for hit in outcome.hits:
        subject = hit["subject"] or "#".join(
            str(part) for rid in hit["_rids"][:1] for part in source_of(rid)[1:]
        )
        merged.setdefault((hit["unit"] or "", subject), []).append(hit)
    return [
        _finding(entry, unit, subject, hits, source_of, name_of) for (unit, subject), hits in merged.items()
    ]


def _finding(entry, unit, subject, hits, source_of, name_of) -> dict[str, Any]:
    rows = [source_of(rid) for rid in dict.fromkeys(rid for hit in hits for rid in hit["_rids"])]
    table, file, sheet, row = rows[0] if rows else ("", "", "", None)
    day = min((h["date"] for h in hits if h["date"]), default=None)
    amounts = [h["amount"] for h in hits if h["amount"] is not None]
    values = {k[2:]: v for hit in hits for k, v in hit.items() if k.startswith("e_") and v is not None}
    evidence = {
        "cases": list(dict.fromkeys(hit["case"] for hit in hits)),
        "values": plain(values),
        "rows": [dict(zip(("table", "file", "sheet", "row"), r, strict=True)) for r in rows],
        "thresholds": plain(Params(entry).as_dict()),
    }
    return {
        # masked hits carry the id of their finding
        "finding_id": hits[0].get("finding_id") or finding_id(entry.rule_id, unit, subject),
        "rule_id": entry.rule_id,
        "area": entry.area,
        "severity": min((h["severity"] or entry.severity for h in hits), key=SEVERITIES.index),
        "kind": min((h["kind"] or entry.kind for h in hits), key=KINDS.index),
        "unit": unit or None,
        "subject": subject,
        "message_zh": message(entry, hits, unit, subject, name_of, "zh"),
        "message_en": message(entry, hits, unit, subject, name_of, "en"),
        "amount": max(amounts) if amounts else None,
        "date": day,
        "table": table,
        "source_file": file,
        "sheet": sheet,
        "row": row,
        "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True),
        "basis": entry.basis_on(day, "zh"),
        "status": "new",
    }


class Findings:
    """A run's findings: `len()`, iteration over rows, `.to_pandas()`, and a table in JupyterLab.

    `marks`: finding id → what people have said of it, in a few words. `ran`: rule id → (entry as configured, case → SQL);
    `unit_names`: id → name, of units and people. These three are only for showing.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        lang: str = "zh",
        marks: Mapping[str, str] | None = None,
        ran: Mapping[str, tuple[Entry, Mapping[str, str]]] | None = None,
        unit_names: Mapping[str, str] | None = None,
    ):
        self._frame, self.lang, self.marks = frame, lang, marks or {}
        self.ran, self.unit_names = ran or {}, unit_names or {}

    @classmethod
    def of(
        cls, rows: list[dict[str, Any]], lang: str = "zh", past: "Past | None" = None, **shown: Mapping
    ) -> "Findings":
        """In the order of a report. past: what the register knows, for `status` and `marks`; without it all are new."""
        if past:
            rows = [row | {"status": past.status(row["finding_id"], row["status"])} for row in rows]
        frame = pd.DataFrame(rows, columns=COLUMNS)
        rank = frame["severity"].map(SEVERITIES.index)
        order = frame.assign(_rank=rank).sort_values(
            ["area", "_rank", "rule_id", "source_file", "sheet", "row", "finding_id"], kind="stable"
        )
        frame = order.drop(columns="_rank").reset_index(drop=True)
        frame["row"] = frame["row"].astype("Int64")
        frame["amount"] = frame["amount"].astype("float64").round(2)
        return cls(frame, lang, past and past.marks(lang), **shown)

    def __len__(self) -> int:
        return len(self._frame)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._frame.to_dict("records"))

    def to_pandas(self) -> pd.DataFrame:
        return self._frame.copy()

    def where(self, **equal: str) -> "Findings":
        """Those whose columns equal the given values: `findings.where(rule_id="ST-02", severity="high")`; units by id or name."""
        frame = self._frame
        for column, value in equal.items():
            if column not in frame:
                raise UsageError(f"findings have no column “{column}”", todo=nearest(column, COLUMNS))
            if value not in (known := _CHOICES.get(column, (value,))):
                raise UsageError(f"no {column} is called “{value}”", todo=nearest(str(value), known))
            values = self._units(value) if column == "unit" else [value]
            frame = frame[frame[column].isin(values)]
        return Findings(frame.reset_index(drop=True), self.lang, self.marks, self.ran, self.unit_names)

    def _units(self, written: str) -> list[str]:
        """The ids meant: a name may be written for an id, and one that nobody has is no unit without findings."""
        ids = {written} | {unit for unit, name in self.unit_names.items() if name == written}
        here = set(self._frame["unit"].dropna())
        if not ids & (self.unit_names.keys() | here):
            named = [self.unit_names.get(unit, unit) for unit in here]
            raise UsageError(f"no unit is called “{written}”", todo=nearest(written, named))
        return sorted(ids)

    def count(self, severity: str | None = None) -> int:
        return len(self._frame) if severity is None else int((self._frame["severity"] == severity).sum())

    def to_csv(self, path) -> None:
        """UTF-8 with BOM, cells that a spreadsheet would run as formulas made harmless."""
        self._frame.map(neutralise).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")

    def to_parquet(self, path) -> None:
        frame = self._frame.assign(date=pd.to_datetime(self._frame["date"]).dt.date)
        frame.to_parquet(path, index=False)

    def _repr_html_(self) -> str:
        from mingjing.report.findings_table import findings_table
        from mingjing.report.lab import in_lab

        return in_lab(findings_table(self))

    def __repr__(self) -> str:
        return f"Findings({len(self)}: " + ", ".join(f"{s} {self.count(s)}" for s in SEVERITIES) + ")"


def neutralise(value: Any) -> Any:
    """A text that begins like a formula gets a leading apostrophe."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value
