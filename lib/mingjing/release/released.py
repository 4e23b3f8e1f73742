"""An audit as the public may see it: the rules have run on the true ledgers, and everything after this sees codes."""

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from mingjing.findings import make_findings
from mingjing.intake import Intake
from mingjing.intake.model import ROWS_PER_SOURCE, Source
from mingjing.release import claims
from mingjing.release.cells import marked
from mingjing.release.mask import HIDDEN, OWN_WORDS, Masker
from mingjing.release.policy import Policy
from mingjing.rules import Entry, Outcome
from mingjing.tables import tables

# cases of findings that say no more than the rule's name, and why
_SECRET, _FEW = "withheld", "withheld_few"
_WITHHELD = {
    _SECRET: ("（细节不对外公布）", " (details are not public)"),
    _FEW: ("（数目过小，不公布）", " (too few to be published)"),
}


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
    shown = {rule_id: _shown(entry) for rule_id, entry in entries.items()}
    found = {
        rule_id: _outcome(entries[rule_id], outcome, intake, masker, policy.smallest, log)
        for rule_id, outcome in outcomes.items()
    }
    kept = {name: masker.texts(table) for name, table in worked_out.items()}
    kept |= {
        name: claims.public(worked_out[name], kept[name], policy.smallest)
        for name in claims.TABLES & kept.keys()
    }
    masked = _intake(intake, public, masker)
    ids = []
    for rule_id, outcome in outcomes.items():
        true = make_findings(entries[rule_id], outcome, intake.source_of)
        same = make_findings(shown[rule_id], found[rule_id], masked.source_of)
        ids += [(b["finding_id"], a["finding_id"]) for a, b in zip(true, same, strict=True)]
    return Release(
        masked, shown, found, kept, policy, intake, masker.known, masker.open_values, log, sorted(ids)
    )


def _changed(name: str, true: pa.Table, public: pa.Table) -> list[tuple[str, str, str, int]]:
    lines = []
    for column in true.column_names:
        if column in public.column_names and not true[column].equals(public[column]):
            empty = public[column].null_count > true[column].null_count
            pairs = zip(true[column].to_pylist(), public[column].to_pylist(), strict=True)
            lines.append((name, column, "emptied" if empty else "coded", sum(a != b for a, b in pairs)))
    return lines


def _secret(entry: Entry) -> bool:
    return entry.area == "firearms" or any(name in tables() and tables()[name].secret for name in entry.needs)


def _shown(entry: Entry) -> Entry:
    """The rule with its name for a message where nothing else can be told: how many rounds and which gun is nobody's
    business outside."""
    named = {case: {"zh": entry.zh + zh, "en": entry.en + en} for case, (zh, en) in _WITHHELD.items()}
    if _secret(entry):
        return replace(entry, messages=dict.fromkeys(entry.messages, named[_SECRET]), evidence=())
    return replace(entry, messages=entry.messages | named)


def _outcome(
    entry: Entry, outcome: Outcome, intake: Intake, masker: Masker, smallest: int, log: list
) -> Outcome:
    secret = _secret(entry)
    silent = [secret or _of_withheld_ledger(entry, hit, intake) for hit in outcome.hits]
    hits = [
        _hit(hit, intake, masker, hide) | ({"case": _SECRET} if hide and not secret else {})
        for hit, hide in zip(outcome.hits, silent, strict=True)
    ]
    hidden = sum(_few(entry, hit, smallest) for hit in hits)
    readings = entry.rule_id == claims.RULE and sum(_reading(hit, smallest) for hit in hits)
    for what, why, count in (
        ("evidence", "secret", sum(silent)),
        (", ".join(entry.people), "few people", hidden),
        ("computed, other", "of people", readings),
    ):
        if count:
            log.append((entry.rule_id, what, why, count))
    checked = None if secret else outcome.rows_checked
    # what a ledger calls a unit and the list of units does not may be anybody
    units = outcome.units & frozenset(masker.units)
    return replace(outcome, hits=hits, sql={}, rows_checked=checked, units=units)


def _hit(hit: dict[str, Any], intake: Intake, masker: Masker, secret: bool) -> dict[str, Any]:
    # the same words as `make_findings` uses for a hit without a subject
    subject = hit["subject"] or "#".join(
        str(part) for rid in hit["_rids"][:1] for part in intake.source_of(rid)[1:]
    )
    evidence = {
        name: HIDDEN if name[2:] in _personal_columns() and value is not None else value
        for name, value in hit.items()
        if name.startswith("e_")
    }
    rest = {name: value for name, value in hit.items() if name not in evidence}
    shown = {} if secret else {name: _coded(name[2:], value, masker) for name, value in evidence.items()}
    if {claims.TEXT, claims.KEY} <= shown.keys():
        shown[claims.TEXT] = claims.called(evidence[claims.TEXT], shown[claims.TEXT], evidence[claims.KEY])
    unit = hit["unit"] if hit["unit"] in masker.units else hit["unit"] and masker.text(hit["unit"])
    amount = None if secret else hit["amount"]
    rows = _rows(hit["_rids"], intake, secret)
    return rest | shown | {"_rids": rows, "subject": masker.subject(subject), "unit": unit, "amount": amount}


def _coded(name: str, value: Any, masker: Masker) -> Any:
    if name in OWN_WORDS:
        return value
    if name in ("reason_zh", "reason_en") and value:
        return masker.reason(value)
    return masker.value(value)


@cache
def _withheld_ledgers() -> frozenset[str]:
    return frozenset(name for name, table in tables().items() if table.secret)


def _of_withheld_ledger(entry: Entry, hit: dict[str, Any], intake: Intake) -> bool:
    """Whether what intake noticed is about a cell or row of one: rules on intake look at every ledger and name none."""
    rids = hit["_rids"][:1] if entry.area == "intake" else []
    return any(intake.source_of(rid)[0] in _withheld_ledgers() for rid in rids)


def _rows(rids: list[int], intake: Intake, secret: bool) -> list[int]:
    """The rows a finding rests on; of a ledger that is withheld, its sheet for all of them, since their number is withheld
    too."""
    hidden = _withheld_ledgers()
    whole = [rid if intake.source_of(rid)[0] not in hidden else rid - rid % ROWS_PER_SOURCE for rid in rids]
    return [rid - rid % ROWS_PER_SOURCE for rid in rids[:1]] if secret else list(dict.fromkeys(whole))


@cache
def _personal_columns() -> frozenset[str]:
    """Days and numbers that are personal: evidence of the same name is not shown."""
    columns = [column for table in tables().values() for column in table.columns.values()]
    return frozenset(
        column.name for column in columns if column.secret or (column.pii and column.type != "text")
    )


def _few(entry: Entry, hit: dict[str, Any], smallest: int) -> bool:
    """Hides every count of people of a finding when one of them, or the rest that it leaves, is small: the others give it
    away. What its message would have said is not much of a sentence without them."""
    names = [f"e_{name}" for name in entry.people if isinstance(hit.get(f"e_{name}"), int | float)]
    counts = [hit[name] for name in names]
    rests = [abs(a - b) for a in counts for b in counts]
    if not any(0 < count < smallest for count in counts + rests):
        return False
    for name in names:
        hit[name] = HIDDEN
    for name in entry.shares:
        hit[f"e_{name}"] = HIDDEN
    hit["case"] = _FEW
    return True


def _reading(hit: dict[str, Any], smallest: int) -> bool:
    """Hides what a claim on people was held against."""
    name = claims.withheld(hit, smallest, "e_") if claims.KEY in hit else None
    if name:
        hit[name] = HIDDEN
    return bool(name)


def _intake(intake: Intake, public: dict[str, pa.Table], masker: Masker) -> ReleasedIntake:
    secret = _withheld_ledgers()
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
    frame: pd.DataFrame, secret: frozenset[str], coded: list[str], masker: Masker
) -> pd.DataFrame:
    """Lines of a report of intake: the ledger's name for its file, no sheet, no row, what cells say coded."""
    frame = frame[~frame["table"].isin(secret)].copy()
    labels = frame["table"].map(lambda name: tables()[name].label(masker.lang) if name in tables() else "")
    for column in coded:
        frame[column] = [
            _coded(column, text, masker) if isinstance(text, str) else text for text in frame[column]
        ]
    return frame.assign(source_file=labels, sheet="", row=pd.array([pd.NA] * len(frame), "Int64"))
