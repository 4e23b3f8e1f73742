"""What one run means to the register of findings, and what the register knows that the run's reports should say."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mingjing.audit import Audit
from mingjing.config import REGISTER
from mingjing.findings.register import Made, Register
from mingjing.findings.register.book import place, record, settle
from mingjing.findings.register.rows import Rows, made_of
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
    register = Register.open(where or target.parent / REGISTER)
    settle(register.store, _seal_of)
    return register


def remember(
    register: Register, audit: Audit, areas: Iterable[str], looked: Iterable[str] | None = None
) -> Memory:
    """Holds the audit against the register, so that its findings have their status; `areas` are to be written down.

    looked: the areas whose rules ran, if not all.
    """
    rows = Rows(audit.intake)
    audit.findings = Register(register.store, register.who, audit.lang)
    audit.past = register.against(made_of(audit, rows, looked and tuple(looked)), rows.lost)
    return Memory(register, made_of(audit, rows, tuple(areas)), rows)


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
