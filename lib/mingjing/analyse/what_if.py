"""What a rule would find if its thresholds were others."""

from dataclasses import dataclass, replace
from typing import Any

import ibis

from mingjing.analyse.places import inside
from mingjing.errors import UsageError
from mingjing.findings import Findings, make_findings
from mingjing.intake.ledgers import intake_ledgers
from mingjing.rules import Entry, Ledgers, Outcome, rules, run_rule
from mingjing.rules.catalogue import catalogue, overridden
from mingjing.rules.reasons import reason_text


@dataclass(frozen=True, repr=False)
class WhatIf:
    """`now` and `then` are all findings, `gained` and `lost` the difference. `not_run`: why nothing can be said, or empty.

    false_alarms: what the catalogue expects where nothing is wrong, at the thresholds it has now; empty where it states none.
    """

    rule_id: str
    changed: dict[str, tuple[Any, Any]]
    now: Findings
    then: Findings
    gained: Findings
    lost: Findings
    not_run: str
    false_alarms: str
    lang: str

    def __repr__(self) -> str:
        zh = self.lang == "zh"
        change = ("，" if zh else ", ").join(
            f"{self._named(name)} {old} → {new}" for name, (old, new) in self.changed.items()
        )
        if self.not_run:
            return f"{self.rule_id} {change}{'：' if zh else ': '}{self.not_run}"
        counts = (len(self.now), len(self.then), len(self.gained), len(self.lost))
        words = (
            "现有{}条，改后{}条：新增{}条，减少{}条。"
            if zh
            else "{} findings now, {} then: {} gained, {} lost."
        )
        told = f"{self.rule_id} {change}{'：' if zh else ': '}{words.format(*counts)}"
        warning = "（误报数按现行阈值测得，改后须重测。）" if zh else " (Measured at the present thresholds.)"
        return f"{told}\n{self.false_alarms}{warning}" if self.false_alarms else told

    def _named(self, name: str) -> str:
        """The threshold as reports call it, its unit, and the word to type."""
        from mingjing.report.labels import unit_label

        zh, threshold = self.lang == "zh", catalogue()[self.rule_id].params[name]
        unit = unit_label(threshold.unit, self.lang)
        told = "，".join(filter(None, (name, unit))) if zh else ", ".join(filter(None, (name, unit)))
        return f"{threshold.zh}（{told}）" if zh else f"{threshold.en} ({told})"

    def _repr_html_(self) -> str:
        from mingjing.report.desk import what_if_html

        return what_if_html(self)


def what_if(audit, rule_id: str, **thresholds: Any) -> WhatIf:
    """Runs the rule once more with these thresholds, on ledgers of its own: what was worked out before may rest on the old.

    A threshold that changed with the law gets one value for every day. UsageError for an unknown name or another type.
    """
    inside(audit, "what_if()")
    entry = audit.entry(rule_id)
    if not thresholds:
        raise UsageError(
            "no threshold is given",
            todo=f"{rule_id} has: {', '.join(f'{n}={t.value!r}' for n, t in entry.params.items()) or 'none'}",
        )
    other = replace(entry, params=overridden(rule_id, entry.params, thresholds))
    first = audit.outcome(rule_id)
    second = run_rule(other, rules()[rule_id], _ledgers(audit, other), audit.units)
    now, then = (_findings(audit, e, o) for e, o in ((entry, first), (other, second)))
    ids = [set(found.to_pandas().finding_id) for found in (now, then)]
    reasons = [reason_text(o.reason, audit.lang) for o in (first, second) if o.outcome == "not_run"]
    return WhatIf(
        rule_id,
        {name: (entry.params[name].value, other.params[name].value) for name in thresholds},
        now,
        then,
        _only(then, ids[1] - ids[0]),
        _only(now, ids[0] - ids[1]),
        reasons[0] if reasons else "",
        entry.false_alarms.sentence(audit.lang) if entry.false_alarms else "",
        audit.lang,
    )


def _ledgers(audit, entry: Entry) -> Ledgers:
    data = audit.intake.tables | intake_ledgers(audit.intake)
    if entry.meta:
        data |= audit.found_tables()
    entries = audit._entries | {entry.rule_id: entry}
    return Ledgers(ibis.duckdb.connect(), data, audit.period, audit.as_of, audit.units, entries)


def _findings(audit, entry: Entry, outcome: Outcome) -> Findings:
    rows = make_findings(
        entry, outcome, audit.intake.source_of, lambda written: audit.names.get(written, written)
    )
    return Findings.of(rows, audit.lang, ran={entry.rule_id: (entry, outcome.sql)}, unit_names=audit.names)


def _only(found: Findings, ids: set[str]) -> Findings:
    frame = found.to_pandas()
    kept = frame[frame.finding_id.isin(ids)].reset_index(drop=True)
    return Findings(kept, found.lang, found.marks, found.ran, found.unit_names)
