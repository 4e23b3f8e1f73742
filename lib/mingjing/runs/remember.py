"""What one run means to the register of findings, and what the register knows that the run's reports should say."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mingjing.audit import Audit
from mingjing.findings.model import plain
from mingjing.findings.register import FILE, Known, Made, Ran, Register, RunRecord, digest
from mingjing.findings.register.book import place, record, settle
from mingjing.findings.register.rows import Rows
from mingjing.rules import Params
from mingjing.runs.manifest import NAME, SELF


@dataclass(frozen=True)
class Memory:
    """A run about to be written into a register."""

    register: Register
    made: Made
    rows: Rows


def register_of(where: str | None, target: Path) -> Register | None:
    """The register to use: the one named, none for `none`, else the file beside the report's folder."""
    if where == "none":
        return None
    register = Register.open(where or target.parent / FILE)
    settle(register.store, _seal_of)
    return register


def remember(register: Register, audit: Audit, areas: Iterable[str]) -> Memory:
    """Holds the audit against the register, so that its findings have their status; `areas` are to be written down."""
    rows = Rows(audit.intake)
    audit.findings = Register(register.store, register.who, audit.lang)
    audit.past = register.against(_made(audit, rows, None), rows.lost)
    return Memory(register, _made(audit, rows, tuple(areas)), rows)


@contextmanager
def kept(memory: Memory | None, report: Path, target: Path) -> Iterator[None]:
    """Within it the report takes its place. The run is written down before, and counts once the report stands: a kill
    in between leaves a run that the next one finds standing, or never counts."""
    if memory is None:
        yield
        return
    store, folder, seal = memory.register.store, str(target.resolve()), _seal_of(report) or ""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    record(store, memory.made, memory.rows.lost, seal, folder, at)
    yield
    place(store, memory.made, seal, folder)


def _seal_of(folder: str | Path) -> str | None:
    try:
        return json.loads((Path(folder) / NAME).read_text("utf-8"))[SELF]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _made(audit: Audit, rows: Rows, areas: tuple[str, ...] | None) -> Made:
    span, end = audit.period, min(audit.period.end, audit.as_of)
    inputs = digest([audit.intake.digest, audit.intake.settings])
    rules = {
        entry.rule_id: Ran(outcome.outcome, outcome.period_bound, digest(plain(Params(entry).as_dict())))
        for entry, outcome in audit.results(areas)
    }
    run = RunRecord(span.text, span.start, end, audit.as_of, tuple(sorted(audit.units)), inputs, rules)
    found = [
        Known(row, rows.keys(json.loads(row["evidence"])["rows"]))
        for row in map(_row, audit.check(areas).to_pandas().to_dict("records"))
    ]
    return Made(run, areas or (), tuple(found))


def _row(finding: dict[str, Any]) -> dict[str, Any]:
    return {name: None if pd.isna(value) else plain(value) for name, value in finding.items()}
