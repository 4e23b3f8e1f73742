"""What a notebook holds in its hand: the ledgers, the rules over them, and what was found."""

import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa

from mingjing.analyse.claims import judged
from mingjing.analyse.completeness import Completeness, completeness
from mingjing.analyse.leads import leads
from mingjing.analyse.overview import Reported, terms
from mingjing.analyse.places import rows_of
from mingjing.analyse.profile import Profile, profile
from mingjing.analyse.trace import trace
from mingjing.analyse.what_if import WhatIf, what_if
from mingjing.areas import check_area
from mingjing.config import read_config
from mingjing.errors import InputError, UsageError, each_of, nearest, path_of, speak
from mingjing.findings import Findings, make_findings
from mingjing.findings.register import Past, Register, nearby
from mingjing.findings.register.rows import Rows, made_of
from mingjing.intake import Intake, read_folder
from mingjing.intake.files import ledgers_at
from mingjing.intake.ledgers import intake_ledgers
from mingjing.papers.slips import slips
from mingjing.papers.workpaper import workpaper
from mingjing.period import Period, parse_as_of
from mingjing.processes import in_processes
from mingjing.release import Policy, Release, read_policy, release
from mingjing.report import onepage, panels
from mingjing.report.desk import Explanation, Shelf, audit_panel
from mingjing.report.findings import Panel
from mingjing.report.look_back import look_back
from mingjing.rules import (
    Entry,
    Ledgers,
    Outcome,
    Params,
    backends,
    configured,
    found_so_far,
    rules,
    run_rule,
)
from mingjing.rules.reasons import reason_text
from mingjing.tables import PROVENANCE, tables

_SHARED: dict[tuple, "Audit"] = {}
# Whether an engine has run here: its threads, which Python does not count, survive no fork.
_CONNECTED: list[bool] = []


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
        # no properties: IPython completes the names of what stands on a thing, and asks no property for it
        ledgers = {name: tables()[name].label(lang) for name in intake.tables}
        self.tables = Shelf(ledgers, self.table, "ledger")
        """The ledgers handed in, by name: `audit.tables.food_log`."""
        self.rules = Shelf(
            {rule_id: entry.name(lang) for rule_id, entry in entries.items()}, self.explain, "rule"
        )
        """The rules, by id: `audit.rules["ST-02"]`, `audit.rules.ST_02`."""
        self._outcomes: dict[str, Outcome] = {}
        self._worked_out: dict[str, pa.Table] = {}
        self._asked: tuple = ()
        self.reading: dict[str, str | Path] = {}
        self.engine = "duckdb"
        self.reported, self.overview_terms = Reported(), terms()
        self._register: str | Path | None = None
        self.release: Release | None = None

    @classmethod
    def open(
        cls,
        data: str | Path,
        period: str = "2021",
        as_of: str | date | None = None,
        units: Iterable[str] = (),
        lang: str = "zh",
        config: str | Path | None = None,
        mapping: str | Path | None = None,
        register: str | Path | None = None,
        audience: str = "internal",
        engine: str = "duckdb",
    ) -> "Audit":
        """Reads the folder. `units` are ids or names; `as_of` is the last day of the period unless given.

        mapping: how to read somebody else's ledgers, in place of the one the configuration may name.
        register: file or URL of the register of findings, to hold this audit against; `findings` alone finds the one
        beside the reports by itself.
        audience: `internal`, or `public`: the same findings, with codes for people, numbers and texts (docs/trust.md).
        engine: what evaluates the rules, `duckdb` or `spark` (docs/scale.md); they find the same.
        """
        if lang not in ("zh", "en"):
            raise UsageError(f"language “{lang}” is not offered", todo="Choose zh or en")
        speak(lang)
        if audience not in ("internal", "public"):
            raise UsageError(f"audience “{audience}” is not offered", todo="Choose internal or public")
        if any(key[-1] == "public" for key in _SHARED):
            audience = "public"  # whatever a notebook asks for: a public run shows nobody anything else
        for path, what in ((config, "config"), (mapping, "mapping"), (register, "register")):
            if path:
                path_of(path, what)
        data = ledgers_at(path_of(data, "the folder of ledgers"))
        files = tuple(str(path or "") for path in (config, mapping))
        units = tuple(each_of(units))
        asked = (str(Path(data).resolve()), period, str(as_of or ""), units, lang, *files, audience)
        if asked in _SHARED:
            return _SHARED[asked]
        backends.check_engine(engine)
        span = Period.parse(period)
        settings = read_config(config)
        entries = configured(settings.rules)
        reading = settings.files | ({"mapping": mapping} if mapping else {})
        intake = read_folder(data, **reading)
        if not intake.tables:
            raise InputError(
                "no ledger could be read", file=data, todo="Run mingjing check to see why, file by file"
            )
        audit = cls(intake, span, parse_as_of(as_of, span), (), lang, entries)
        audit._asked, audit._register, audit.engine = asked, register or None, engine
        audit.reading = reading
        audit.overview_terms = terms(settings.overview)
        audit.units = tuple(audit._unit_id(unit) for unit in units)
        return audit.public(read_policy(settings.public, config, data)) if audience == "public" else audit

    def public(self, policy: Policy) -> "Audit":
        """This audit as the public may see it, once every rule has run on the true ledgers."""
        self._run_all()
        found = release(self.intake, self._entries, self._outcomes, self._worked_out, policy, self.lang)
        audit = Audit(found.intake, self.period, self.as_of, self.units, self.lang, found.entries)
        audit.release, audit._outcomes, audit._worked_out = found, found.outcomes, found.worked_out
        audit._asked, audit.overview_terms = self._asked, self.overview_terms
        return audit

    @cached_property
    def ledgers(self) -> Ledgers:
        """The ledgers as rules see them: Ibis tables of what was known on `as_of`."""
        data = self.intake.tables | intake_ledgers(self.intake)
        _CONNECTED.append(True)
        engine = backends.connect(self.engine)
        ledgers = Ledgers(engine, data, self.period, self.as_of, self.units, self._entries)
        for name, table in self._worked_out.items():
            ledgers.derived(name, lambda table=table: table)
        return ledgers

    @cached_property
    def names(self) -> dict[str, str]:
        """Id → name, of units and people; code → code for people in a public audit."""
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

    @contextmanager
    def shared(self, jobs: int = 1, areas: Iterable[str] | None = None) -> Iterator[None]:
        """Within it, processes forked from this one that open the same audit get this one, its rules already run.

        The rules run in processes of their own, `jobs` at a time: an engine's threads do not survive a fork. Spark has
        workers itself and gets one; what notebooks ask beside the rules is answered by DuckDB in theirs. Where
        `areas` are named, only theirs run, unless one of them looks at what the others found.
        """
        wanted = self._area(areas)
        if any(entry.meta for entry in wanted):
            wanted = self._area(None)
        wanted.sort(key=lambda entry: entry.meta)
        _SHARED[self._asked] = self
        backends.preload()
        rules()
        try:
            workers = jobs if self.engine == "duckdb" else 1
            # meta rules look at what the others found; one process has found that itself, and Spark starts but once
            for now in [(False,), (True,)] if workers > 1 else [(False, True)]:
                entries = [e.rule_id for e in wanted if e.meta in now and e.rule_id not in self._outcomes]
                tasks = [(self._asked, rule_id) for rule_id in entries]
                for (_, rule_id), done in in_processes(_run_shared, tasks, workers):
                    ended = Outcome(rule_id, "not_run", ("ended", "")), {}
                    self._outcomes[rule_id], worked_out = done or ended
                    self._worked_out |= worked_out
            self.engine = "duckdb"
            yield
        finally:
            del _SHARED[self._asked]

    def _run_all(self) -> None:
        """Every rule, in processes of their own where they may be forked."""
        if sys.platform == "linux" and threading.active_count() == 1 and not _CONNECTED:
            with self.shared(os.cpu_count() or 1):
                return
        for entry in self._entries.values():
            self._run(entry)
        self._worked_out |= self.ledgers.worked_out

    def check(self, area: str | Iterable[str] | None = None) -> Findings:
        """Runs every rule of the area or areas, or of all, once; gives what they found."""
        ran = {entry.rule_id: (entry, outcome.sql) for entry, outcome in self.results(area)}
        return Findings.of(self.found(area), self.lang, self.past, ran=ran, unit_names=self.names)

    def found(self, area: str | Iterable[str] | None = None) -> list[dict]:
        """The rows of `check` as the rules alone give them."""
        rows = []
        for entry, outcome in self.results(area):
            rows += make_findings(
                entry, outcome, self.intake.source_of, lambda written: self.names.get(written, written)
            )
        # held against no earlier run, a public finding is not said to be new
        return [row | {"status": ""} for row in rows] if self.release else rows

    def results(self, area: str | Iterable[str] | None = None) -> Iterator[tuple[Entry, Outcome]]:
        """Each rule of the area or areas, or of all, with what it came to."""
        for entry in self._area(area):
            yield entry, self._run(entry)

    def resolved(self, area: str | Iterable[str] | None = None) -> Findings:
        """What earlier runs found and this one, whose rules looked there again, does not; by the register."""
        areas = {entry.area for entry in self._area(area)}
        return Findings.of(self.past.resolved(areas) if self.past else [], self.lang, self.past)

    @cached_property
    def past(self) -> Past | None:
        """What the register knows that bears on this audit; None where none was named. Runs every rule once."""
        if self._register is None:
            return None
        rows = Rows(self.intake)
        return self.findings.against(made_of(self, rows), rows.lost)

    @cached_property
    def findings(self) -> Register:
        """The register of findings: list, show, assign, move, judge, history."""
        if self.release:
            raise UsageError(
                "the register of findings is for readers inside", todo="Leave --audience public out"
            )
        return Register.open(self._register or nearby(), lang=self.lang, create=False)

    def outcomes(self, area: str | Iterable[str] | None = None) -> pd.DataFrame:
        """One line a rule: passed, findings, or not run and why. No data is never passed; `rows_checked` is missing where
        their number is not for the public."""
        lines = []
        for entry, outcome in self.results(area):
            lines.append(
                (
                    entry.rule_id,
                    outcome.outcome,
                    reason_text(outcome.reason, self.lang),
                    outcome.rows_checked,
                    len({(h["unit"], h["subject"]) for h in outcome.hits}),
                )
            )
        columns = ["rule_id", "outcome", "reason", "rows_checked", "findings"]
        return pd.DataFrame(lines, columns=columns).astype({"rows_checked": "Int64"})

    def explain(self, rule_id: str) -> Explanation:
        """The rule in words, its threshold, its legal basis, and the SQL that ran."""
        return Explanation.of(self, rule_id)

    def entry(self, rule_id: str) -> Entry:
        """A rule as configured; UsageError with the nearest id for an unknown one."""
        if rule_id not in self._entries:
            raise UsageError(f"no rule is called “{rule_id}”", todo=nearest(rule_id, self._entries))
        return self._entries[rule_id]

    def outcome(self, rule_id: str) -> Outcome:
        """What one rule came to."""
        return replace(self._run(self.entry(rule_id)), lang=self.lang)

    def found_tables(self) -> dict[str, pa.Table]:
        """What the rules found, as meta rules see it: `finding` and `outcome`."""
        first = {e.rule_id: self._run(e) for e in self._entries.values() if not e.meta}
        return found_so_far(first, self._entries)

    def found_ledgers(self) -> Ledgers:
        """The ledgers and, beside them, `found_tables`."""
        if "finding" not in self.ledgers:
            for name, table in self.found_tables().items():
                self.ledgers.add(name, table)
        return self.ledgers

    def rows(self, finding_id: str) -> pd.DataFrame:
        """The source rows a finding rests on, with file, sheet and row."""
        return rows_of(self, finding_id)

    def leads(self, area: str | Iterable[str] | None = None) -> pd.DataFrame:
        """All findings at fault in one source row as one lead, by money × severity."""
        return leads(self, area)

    def trace(self, text: str | float, rules: bool = True) -> pd.DataFrame:
        """One supplier, person, invoice, gun, batch, plate, amount or day followed across all ledgers."""
        return trace(self, "" if text is None else str(text), rules)

    def what_if(self, rule_id: str, **thresholds) -> WhatIf:
        """What a rule finds with other thresholds: `audit.what_if("ST-02", w_g=200)`."""
        return what_if(self, rule_id, **thresholds)

    def slips(self, folder: str | Path) -> list[Path]:
        """退回科室更正单: a workbook for each unit with something to correct in its ledgers."""
        return slips(self, folder)

    def workpaper(self, finding_ids: str | Iterable[str], folder: str | Path) -> Path:
        """审计取证单 and 工作底稿 of these findings in one workbook with a numbered index."""
        return workpaper(self, finding_ids, folder)

    def completeness(self, before: str | Path | None = None) -> Completeness:
        """Gaps in numbers, empty months, missing ledgers; what vanished or changed since `before`: the folder of last
        time's ledgers (row by row) or of last time's report (ledger by ledger). Where the audit was opened with a register,
        also the rows that earlier findings rest on and that are gone."""
        return completeness(self, before, self.findings if self._register else None)

    def profile(self, name: str, top: int = 10) -> Profile:
        """One ledger at a glance: by month, by age, blanks, the largest."""
        return profile(self, name, top)

    def params(self, rule_id: str) -> Params:
        """A rule's thresholds, with the bureau's own values where it has set them."""
        return Params(self.entry(rule_id))

    def headline(self, area: str) -> Panel:
        """The area's answer first: what was found, out of how many rules, and what could not be judged."""
        return panels.headline_of(self, area)

    def data_quality(self, area: str | None = None) -> Panel:
        """What was read from each sheet: rows read = accepted + rejected + not data; of one area's ledgers, or of all."""
        return panels.data_quality(self, area)

    def rejected(self) -> Panel:
        """Each rejected row with its reason."""
        return panels.rejected(self)

    def claims(self) -> Panel:
        """What reports claim: supported, refuted or not to be judged, and why."""
        return panels.claims(judged(self), self.lang)

    def one_page(self) -> Panel:
        """Every area of the run on one page: units by area, what was not checked, claims."""
        return onepage.one_page(self)

    def rules_run(self, area: str) -> Panel:
        """Every rule of the area and what it came to."""
        return panels.rules_run(self.outcomes(area), self._entries, self.lang)

    def look_back(self, area: str | None = None) -> Panel:
        """What changed since the last time, by the register of findings."""
        return look_back(self, area)

    def show(self, frame: pd.DataFrame, caption: str = "") -> Panel:
        """Any table as a report shows it: columns in the report's language, cells made harmless."""
        return panels.table(self, frame, caption)

    def sql(self, query: str) -> pd.DataFrame:
        """Any question to the same tables, in SQL."""
        self.ledgers.everything()
        return backends.asked(self.ledgers.backend, str(query))

    def __repr__(self) -> str:
        return audit_panel(self).text

    def _repr_html_(self) -> str:
        return audit_panel(self)._repr_html_()

    def _area(self, area: str | Iterable[str] | None) -> list[Entry]:
        wanted = None if area is None else each_of(area)
        for name in wanted or ():
            check_area(name)
        return [entry for entry in self._entries.values() if wanted is None or entry.area in wanted]

    def _run(self, entry: Entry) -> Outcome:
        if entry.rule_id not in self._outcomes:
            self._outcomes[entry.rule_id] = self._came_to(entry)
        return self._outcomes[entry.rule_id]

    def _came_to(self, entry: Entry) -> Outcome:
        if entry.draft:
            return Outcome(entry.rule_id, "not_run", ("draft", ""))
        ledgers = self.found_ledgers() if entry.meta else self.ledgers
        return run_rule(entry, rules()[entry.rule_id], ledgers, self.units)

    def _unit_id(self, written: str) -> str:
        ids = [unit for unit, name in self.names.items() if written in (unit, name)]
        if not self.names:
            raise UsageError(
                f"there is no unit ledger to find unit “{written}” in",
                todo="Put it into the folder, or leave the unit out",
            )
        if len(ids) != 1:
            raise UsageError(
                f"unit “{written}” is not in the unit ledger", todo=nearest(written, self.names.values())
            )
        return ids[0]


def _run_shared(asked: tuple, rule_id: str) -> tuple[Outcome, dict[str, pa.Table]]:
    """What the rule came to, and the tables that it worked out on the way; MemoryError whoever lacked it."""
    audit = _SHARED[asked]
    known = set(audit.ledgers.worked_out)
    with backends.starved():
        outcome = audit._run(audit._entries[rule_id])
    return outcome, {k: table for k, table in audit.ledgers.worked_out.items() if k not in known}
