"""An audit as the public may see it: the rules have run on the true ledgers, and everything after this sees codes."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from mingjing.intake import Intake
from mingjing.intake.model import Source
from mingjing.release import claims
from mingjing.release.cells import marked
from mingjing.release.mask import Masker
from mingjing.release.outcomes import coded, paired, public_outcome, shown, withheld_ledgers
from mingjing.release.policy import Policy
from mingjing.rules import Entry, Outcome
from mingjing.tables import tables


class ReleasedIntake(Intake):
    """What was read, without files, sheets and rows: they name people and count guns."""

    def source_of(self, rid: int) -> tuple[str, str, str, None]:
        table, file, _, _ = super().source_of(rid)
        return table, file, "", None


@dataclass
class Release:
    """What the public audit is made of, and what only the run that publishes it looks at: `source`, the true intake;
    `known`, each value that became a code; `open_values`, texts shown as they stand; `log`, what was withheld; `ids`, the
    public and the true id of each finding.
    """

    intake: ReleasedIntake
    entries: dict[str, Entry]
    outcomes: dict[str, Outcome]
    worked_out: dict[str, pa.Table]
    policy: Policy
    source: Intake = field(repr=False)
    known: dict[str, str] = field(repr=False)
    open_values: list[str] = field(repr=False)
    log: list[tuple[str, str, str, int]] = field(repr=False)
    ids: list[tuple[str, str]] = field(repr=False)
    journal: Path | None = None

    def note(self, *line: Any) -> None:
        """Adds to the log; a process forked for a notebook writes to the journal, which the run reads back."""
        if self.journal is None:
            self.log.append(line)
            return
        with self.journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def suppressed(self) -> pd.DataFrame:
        """The log: `where`, `what`, `why`, `cells`; each line once."""
        lines = list(self.log)
        if self.journal is not None and self.journal.exists():
            lines += [tuple(json.loads(line)) for line in self.journal.read_text("utf-8").splitlines()]
        frame = pd.DataFrame(lines, columns=["where", "what", "why", "cells"])
        return frame.drop_duplicates().sort_values(["where", "what", "why"], ignore_index=True)


def release(
    intake: Intake,
    entries: dict[str, Entry],
    outcomes: dict[str, Outcome],
    worked_out: dict[str, pa.Table],
    policy: Policy,
    lang: str,
) -> Release:
    """Masks what was read and found. Every rule must have run: findings are those of the internal audit, one for one."""
    masker, log = Masker(intake, policy, lang), []
    public = {
        name: masker.table(name, table) for name, table in intake.tables.items() if not tables()[name].secret
    }
    for name, table in intake.tables.items():
        if name not in public:
            log.append((name, "ledger", "secret", len(table)))
        else:
            log += _changed(name, table, public[name])
    found = {
        rule_id: public_outcome(entries[rule_id], outcome, intake, masker, policy.smallest, log)
        for rule_id, outcome in outcomes.items()
    }
    kept = {name: masker.texts(table) for name, table in worked_out.items()}
    spoken = claims.Spoken(intake, lang)
    kept |= {
        name: claims.public(worked_out[name], kept[name], entries[rule_id], spoken, policy.smallest)
        for name, rule_id in claims.TABLES.items()
        if name in kept
    }
    masked = _intake(intake, public, masker)
    ids = sorted({pair for rule_id in found for pair in paired(outcomes[rule_id], found[rule_id], intake)})
    as_shown = {rule_id: shown(entry) for rule_id, entry in entries.items()}
    return Release(masked, as_shown, found, kept, policy, intake, masker.known, masker.open_values, log, ids)


def _changed(name: str, true: pa.Table, public: pa.Table) -> list[tuple[str, str, str, int]]:
    lines = []
    for column in true.column_names:
        if column in public.column_names and not true[column].equals(public[column]):
            empty = public[column].null_count > true[column].null_count
            pairs = zip(true[column].to_pylist(), public[column].to_pylist(), strict=True)
            lines.append((name, column, "emptied" if empty else "coded", sum(a != b for a, b in pairs)))
    return lines


def _intake(intake: Intake, public: dict[str, pa.Table], masker: Masker) -> ReleasedIntake:
    secret = withheld_ledgers()
    sources = [_source(source, masker, secret) for source in intake.sources]
    rejected = _without_files(intake.rejected, secret, ["values"], masker)
    zh, en = "必填内容缺失或无法读取", "a required value is missing or cannot be read"
    names = intake.names[~intake.names.table.isin(secret)]
    return ReleasedIntake(
        public,
        sources,
        rejected.assign(reason_zh=zh, reason_en=en),
        _without_files(intake.issues, secret, ["value", "reason_zh", "reason_en"], masker),
        _without_files(intake.totals, secret, [], masker),
        names.assign(
            written=names.written.map(masker.text), resolved=names.resolved.map(masker.text), candidates=""
        ),
        marked(intake.corrections.iloc[:0]),
        [],
        "",
    )


def _source(source: Source, masker: Masker, secret: frozenset[str]) -> Source:
    label = tables()[source.table].label(masker.lang) if source.table else masker.code("text", source.file)
    plain = replace(source, file=label, sheet="", sha256="", extra=(), notes=[])
    if source.table in secret:
        return replace(plain, rows_read=0, accepted=0, rejected=0, not_data=0, status="withheld")
    return plain


def _without_files(
    frame: pd.DataFrame, secret: frozenset[str], told: list[str], masker: Masker
) -> pd.DataFrame:
    """Lines of a report of intake: the ledger's name for its file, no sheet, no row, what cells say coded."""
    frame = frame[~frame["table"].isin(secret)].copy()
    labels = frame["table"].map(lambda name: tables()[name].label(masker.lang) if name in tables() else "")
    for column in told:
        frame[column] = [
            coded(column, text, masker) if isinstance(text, str) else text for text in frame[column]
        ]
    return frame.assign(source_file=labels, sheet="", row=pd.array([pd.NA] * len(frame), "Int64"))
