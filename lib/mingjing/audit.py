"""What a notebook holds in its hand: the ledgers, the rules over them, and what was found."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path

import ibis
import pandas as pd

from mingjing.areas import AREAS
from mingjing.config import read_config
from mingjing.errors import InputError, UsageError, nearest
from mingjing.findings import Findings, make_findings
from mingjing.intake import Intake, read_folder
from mingjing.period import Period, parse_as_of
from mingjing.rules import Entry, Ledgers, Outcome, configured, rules, run_rule
from mingjing.tables import PROVENANCE, tables

_REASONS = {
    "no_data": ("没有数据：{}", "no data: {}"),
    "column_missing": ("缺列：{}", "column missing: {}"),
    "no_rows": ("本期没有记录：{}", "no rows in the period: {}"),
}


class Audit:
    """One folder of ledgers looked at over one period. Make it with `Audit.open`."""

    def __init__(
        self,
        intake: Intake,
        period: Period,
        as_of: date,
        units: tuple[str, ...],
        lang: str,
        entries: dict[str, Entry],
    ):
        self.intake, self.period, self.as_of, self.units, self.lang = intake, period, as_of, units, lang
        self._entries = entries
        self._outcomes: dict[str, Outcome] = {}

    @classmethod
    def open(
        cls,
        data: str | Path,
        period: str = "2021",
        as_of: str | date | None = None,
        units: Iterable[str] = (),
        lang: str = "zh",
        config: str | Path | None = None,
    ) -> "Audit":
        """Reads the folder. `units` are ids or names; `as_of` is the last day of the period unless given."""
        if lang not in ("zh", "en"):
            raise UsageError(f"language “{lang}” is not offered", todo="Choose zh or en")
        span = Period.parse(period)
        entries = configured(read_config(config).rules)
        intake = read_folder(data)
        if not intake.tables:
            raise InputError(
                "no ledger could be read", file=data, todo="Run mingjing check to see why, file by file"
            )
        audit = cls(intake, span, parse_as_of(as_of, span), (), lang, entries)
        audit.units = tuple(audit._unit_id(unit) for unit in units)
        return audit

    @cached_property
    def ledgers(self) -> Ledgers:
        """The ledgers as rules see them: Ibis tables of what was known on `as_of`."""
        return Ledgers(ibis.duckdb.connect(), self.intake.tables, self.period, self.as_of)

    @cached_property
    def names(self) -> dict[str, str]:
        """Id → name, of units and people."""
        found = {}
        for table, key, name in (
            ("unit", "unit_id", "unit_name"),
            ("person", "person_id", "name"),
            ("athlete", "ath_id", "name"),
        ):
            arrow = self.intake.tables.get(table)
            if arrow is not None and {key, name} <= set(arrow.column_names):
                found |= dict(zip(arrow[key].to_pylist(), arrow[name].to_pylist(), strict=True))
        return found

    def table(self, name: str) -> pd.DataFrame:
        """One ledger, typed, with `_file`, `_sheet` and `_row` of each row. Rows of every date are in it."""
        if name not in tables():
            raise UsageError(f"no ledger is called “{name}”", todo=nearest(name, tables()))
        if name not in self.intake.tables:
            raise InputError(
                f"nobody handed in the ledger “{tables()[name].zh}” ({name})",
                todo="Add its file to the data folder",
            )
        frame = self.intake.tables[name].to_pandas()
        places = [self.intake.source_of(rid)[1:] for rid in frame.pop("_rid")]
        return frame.assign(**dict(zip(PROVENANCE, zip(*places, strict=True), strict=True)) if places else {})

    def check(self, area: str | None = None) -> Findings:
        """Runs every rule of the area, or of all, once; gives what they found."""
        rows = []
        for entry in self._area(area):
            outcome = self._run(entry)
            rows += make_findings(
                entry, outcome, self.intake.source_of, lambda written: self.names.get(written, written)
            )
        return Findings.of(rows, self.lang)

    def outcomes(self, area: str | None = None) -> pd.DataFrame:
        """One line a rule: passed, findings, or not run and why. No data is never passed."""
        lines = []
        for entry in self._area(area):
            outcome = self._run(entry)
            lines.append(
                (
                    entry.rule_id,
                    outcome.outcome,
                    self._reason(outcome),
                    outcome.rows_checked,
                    len({(h["unit"], h["subject"]) for h in outcome.hits}),
                )
            )
        return pd.DataFrame(lines, columns=["rule_id", "outcome", "reason", "rows_checked", "findings"])

    def explain(self, rule_id: str) -> str:
        """The rule in words, its threshold, its legal basis, and the SQL that ran."""
        if rule_id not in self._entries:
            raise UsageError(f"no rule is called “{rule_id}”", todo=nearest(rule_id, self._entries))
        entry, zh = self._entries[rule_id], self.lang == "zh"
        outcome = self._run(entry)
        lines = [f"{rule_id} {entry.name(self.lang)}", entry.how[self.lang]]
        lines += [
            f"{p.zh if zh else p.en}: {p.value} {p.unit or ''} ({p.source})".replace(
                " (", "（" if zh else " ("
            )
            for p in entry.params.values()
        ]
        lines += [basis.zh if zh else basis.en for basis in entry.basis]
        lines += [self._reason(outcome)] if outcome.outcome == "not_run" else list(outcome.sql.values())
        return "\n\n".join(lines)

    def sql(self, query: str) -> pd.DataFrame:
        """Any question to the same tables, in SQL."""
        return self.ledgers.backend.con.sql(query).df()

    def _area(self, area: str | None) -> list[Entry]:
        if area is not None and area not in AREAS:
            raise UsageError(f"no area is called “{area}”", todo=nearest(area, AREAS))
        return [entry for entry in self._entries.values() if area in (None, entry.area)]

    def _run(self, entry: Entry) -> Outcome:
        if entry.rule_id not in self._outcomes:
            self._outcomes[entry.rule_id] = run_rule(entry, rules()[entry.rule_id], self.ledgers, self.units)
        return self._outcomes[entry.rule_id]

    def _reason(self, outcome: Outcome) -> str:
        code, what = outcome.reason
        zh, en = _REASONS.get(code, ("{}", "{}") if what else (code, code))
        return (zh if self.lang == "zh" else en).format(what)

    def _unit_id(self, written: str) -> str:
        ids = [unit for unit, name in self.names.items() if written in (unit, name)]
        if len(ids) != 1:
            raise UsageError(
                f"unit “{written}” is not in the unit ledger", todo=nearest(written, self.names.values())
            )
        return ids[0]
