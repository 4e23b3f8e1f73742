"""Runs rules over the ledgers: what was found, or why nothing could be said.

A rule is a generator of `(case, expression)`: the expression selects the violating rows. Columns it may carry
besides evidence: `_rid` or `_rids` (required; with both, `_rid` is the row at fault and comes first), `subject`, `unit`, `date`, `amount`, `severity`, `kind`; what it
leaves out is taken from the ledger's definition (its key, unit, date and amount columns).
"""

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.util import find_spec
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from mingjing.areas import AREAS
from mingjing.rules.catalogue import Entry, Params
from mingjing.rules.ledgers import Ledgers
from mingjing.tables import tables

RuleFunction = Callable[[Ledgers, Params], Iterator[tuple[str, ir.Table]]]
_RULES: dict[str, RuleFunction] = {}


def rule(rule_id: str) -> Callable[[RuleFunction], RuleFunction]:
    """Registers the function as the logic of a catalogue entry."""

    def register(function: RuleFunction) -> RuleFunction:
        if rule_id in _RULES:
            raise ValueError(f"{rule_id} has two functions")
        _RULES[rule_id] = function
        return function

    return register


def rules() -> dict[str, RuleFunction]:
    """Every rule function, by id: those of the module or package named after each area."""
    for area in AREAS:
        if find_spec(f"mingjing.rules.{area}"):
            importlib.import_module(f"mingjing.rules.{area}")
    return dict(sorted(_RULES.items()))


@dataclass(frozen=True, repr=False)
class Outcome:
    """What one rule came to. `reason`: (code, what was missing) where `outcome` is `not_run`, or `unplaced` where rows
    without a unit break the rule beside those of the units asked for; else empty. `units`: those with rows in a ledger of
    the rule's own area.

    rows_checked: None where their number is not for the public. period_bound: its logic asked for the period, so that another period's run says nothing about what it found.
    lang: only for showing.
    """

    rule_id: str
    outcome: str
    reason: tuple[str, str] = ("", "")
    rows_checked: int | None = 0
    hits: list[dict[str, Any]] = field(default_factory=list)
    sql: dict[str, str] = field(default_factory=dict)
    period_bound: bool = True
    units: frozenset[str] = frozenset()
    lang: str = field(default="zh", compare=False)

    def __repr__(self) -> str:
        from mingjing.report.desk import outcome_panel

        return outcome_panel(self).text

    def _repr_html_(self) -> str:
        from mingjing.report.desk import outcome_panel

        return outcome_panel(self)._repr_html_()


FINDING = pa.schema(
    [
        ("_rid", pa.int64()),
        *((name, pa.string()) for name in ("rule_id", "prefix", "severity", "kind", "unit", "subject")),
        ("date", pa.date32()),
        ("since", pa.date32()),
    ]
)
OUTCOME = pa.schema([("rule_id", pa.string()), ("outcome", pa.string())])


def begins(day: date | None, due: Any) -> date | None:
    """The day on which a breach began: the one after the day by which something was `due`, where there was such a day, else the
    day of what happened."""
    return due + timedelta(days=1) if isinstance(due, date) else day


def found_so_far(outcomes: dict[str, Outcome], entries: dict[str, Entry]) -> dict[str, pa.Table]:
    """What meta rules look at: `finding`, a row for each hit (`since`: the day on which the breach began), and `outcome`, a row
    for each rule that was asked."""
    hits = [
        {
            "_rid": min(hit["_rids"], default=None),
            "rule_id": rule_id,
            "prefix": rule_id.split("-")[0],
            "severity": hit["severity"] or entries[rule_id].severity,
            "kind": hit["kind"] or entries[rule_id].kind,
            "unit": hit["unit"],
            "subject": hit["subject"],
            "date": hit["date"],
            "since": begins(hit["date"], hit.get("e_due")),
        }
        for rule_id, outcome in outcomes.items()
        for hit in outcome.hits
    ]
    asked = [{"rule_id": rule_id, "outcome": outcome.outcome} for rule_id, outcome in outcomes.items()]
    return {
        "finding": pa.Table.from_pylist(hits, FINDING),
        "outcome": pa.Table.from_pylist(asked, OUTCOME),
    }


class NotRun(Exception):
    """Raised inside a rule that finds it cannot judge: the reason is shown, and nothing counts as passed."""

    def __init__(self, code: str, what: str = ""):
        super().__init__(code, what)


def entries(ledgers: Ledgers, table: str, column: str, *kinds: str) -> ir.Table:
    """Rows of these kinds. Where the whole ledger holds none of them, they are kept elsewhere, if at all: NotRun."""
    t = getattr(ledgers, table)
    t = t.filter(t[column].isin(kinds))
    if t.count().execute() == 0:
        raise NotRun("no_entries", ", ".join(f"{table}.{kind}" for kind in kinds))
    return t


def run_rule(entry: Entry, function: RuleFunction, ledgers: Ledgers, units: Iterable[str] = ()) -> Outcome:
    """Runs one rule. `units` limits what is checked and what is reported to these unit ids."""
    missing = ledgers.missing(entry.needs)
    if missing:
        code = "column_missing" if any("." in m for m in missing) else "no_data"
        return Outcome(entry.rule_id, "not_run", (code, ", ".join(missing)))
    units = tuple(units)
    if _rows(entry, ledgers, units) == 0:
        first = next(iter(entry.needs), "")
        nameless = units and ledgers.nameless(first)
        return Outcome(entry.rule_id, "not_run", ("no_unit", "") if nameless else ("no_rows", first))
    checked = _rows(entry, ledgers, units, entry.judges())
    hits: list[dict[str, Any]] = []
    sql: dict[str, str] = {}
    told: set[str] = set()
    ledgers.period_asked, ledgers.judged = entry.meta, None
    try:
        for case, expr in function(ledgers, Params(entry)):
            query = _finish(entry, expr, ledgers, units)
            text, rows = ledgers.fetch(query, told)
            told.update(ledgers.rests_on(query))
            sql[case] = sql[case] + "\n\n" + text if case in sql else text
            # some at a time: findings are many where ledgers are large, and each is here twice for a moment
            parts = (_settled(part).to_pylist() for part in rows.to_batches(max_chunksize=10_000))
            hits += [row | {"case": case} for part in parts for row in part]
    except NotRun as reason:
        return Outcome(entry.rule_id, "not_run", reason.args, checked)
    except Exception as error:
        if ledgers.backend.name == "duckdb":
            raise
        # another engine may refuse what DuckDB runs: that rule is not judged, and the others are
        print(f"{entry.rule_id}: {' '.join(str(error).split())[:200]}", file=sys.stderr)
        return Outcome(entry.rule_id, "not_run", ("engine", ""), checked)
    if ledgers.judged is not None:
        checked = _of_units(ledgers.judged, units)
    placed = [hit for hit in hits if hit["unit"]] if units else hits
    if not placed and (why := _no_pass(entry, units, checked, hits, ledgers.judged is not None)):
        return Outcome(entry.rule_id, "not_run", why, checked)
    outcome, bound = "findings" if placed else "passed", ledgers.period_asked
    reason = ("unplaced", "") if len(placed) < len(hits) else ("", "")
    seen = _units_seen(entry, ledgers, units)
    return Outcome(entry.rule_id, outcome, reason, checked, _in_order(placed), sql, bound, seen)


def _settled(part: pa.RecordBatch) -> pa.RecordBatch:
    """Doubles without their last digits: those of a sum depend on the order in which an engine, or its threads, met the
    rows. 13 digits are fen up to a hundred billion yuan."""
    for place, column in enumerate(part.schema):
        if pa.types.is_floating(column.type):
            values = [None if v is None else float(f"{v:.13g}") for v in part.column(place).to_pylist()]
            part = part.set_column(place, column, pa.array(values, column.type))
    return part


def _no_pass(
    entry: Entry, units: tuple[str, ...], checked: int, hits: list, told: bool = False
) -> tuple[str, str] | None:
    """Why finding nothing on these units is no pass; None where it is one. `told`: the rule has said what it judges, by the
    columns that it needs."""
    if not checked:
        first = next(iter(entry.needs))
        kinds = [v if isinstance(v, str) else column for column, values in entry.judges() for v in values]
        return "none_such", ", ".join(
            f"{first}.{kind}" for kind in kinds or (entry.needs[first] if told else ["active"])
        )
    if not units:
        return None
    if not _by_unit(entry):
        return "not_by_unit", ""
    return ("of_no_unit", "") if hits else None


def could_pass(entry: Entry, ledgers: Ledgers, units: tuple[str, ...]) -> bool:
    """Whether the rule has rows of these units to judge: without them finding nothing is no pass."""
    if ledgers.missing(entry.needs):
        return False
    return _no_pass(entry, units, _rows(entry, ledgers, units, entry.judges()), []) is None


def _by_unit(entry: Entry) -> bool:
    """Whether finding nothing on some units says anything: not where the ledger that is counted names no unit. Rules on
    intake look at everything handed in, and on a claim only if it speaks of these units."""
    declared = tables().get(next(iter(entry.needs), ""))
    return declared is None or declared.unit is not None or entry.area == "intake"


def _rows(entry: Entry, ledgers: Ledgers, units: tuple[str, ...], only: tuple | None = None) -> int:
    """Rows of the ledger that is counted; `only` those that the rule judges."""
    if not entry.needs:
        return 1
    return ledgers.count(next(iter(entry.needs)), units, entry.scope == "period", only)


def _of_units(judged: ir.Table, units: tuple[str, ...]) -> int:
    """How many of the things that a rule says it judged are of these units, or of all; all where they are of no unit."""
    of_units = units and "unit" in judged.columns
    return int((judged.filter(judged.unit.isin(units)) if of_units else judged).count().execute())


def _units_seen(entry: Entry, ledgers: Ledgers, units: tuple[str, ...]) -> frozenset[str]:
    """Units with rows in a ledger of the rule's own area: to be on the list of units, or to keep a ledger that many
    areas share, is not to have had this area looked at. Rules on intake look at everything handed in."""
    if "intake_sheet" in entry.needs:
        names = ledgers.names()
    else:
        names = [name for name in entry.needs if name in tables() and tables()[name].area == entry.area]
    seen = frozenset().union(*(ledgers.kept_by(name, entry.scope == "period") for name in names))
    return seen & frozenset(units) if units else seen


def _finish(entry: Entry, expr: ir.Table, ledgers: Ledgers, units: tuple[str, ...]) -> ir.Table:
    """The expression in the shape findings are made of, within the scope and units asked for or of no unit."""
    declared = tables().get(next(iter(entry.needs), ""))
    has = set(expr.columns)

    def pick(name: str, default: str | None, type_: str) -> ir.Value:
        column = name if name in has else default
        value = expr[column] if column in has else ibis.null(type_)
        return value.cast(type_).name(name)

    key = [
        expr[column].cast("string").fill_null("")
        for column in (declared.key if declared else ())
        if column in has
    ]
    subject = (
        expr.subject.cast("string") if "subject" in has else (_joined(key) if key else ibis.null("string"))
    )
    rids = expr["_rids"] if "_rids" in has else ibis.array([expr["_rid"]])
    evidence = {f"e_{name}": expr[name] for name in entry.evidence if name in has}
    query = expr.select(
        rids.name("_rids"),
        (expr["_rid"] if "_rid" in has else ibis.null("int64")).name("_rid"),
        subject.name("subject"),
        pick("unit", declared.unit if declared else None, "string"),
        pick("date", declared.date if declared else None, "date"),
        pick("amount", declared.amount if declared else None, "float64"),
        pick("severity", None, "string"),
        pick("kind", None, "string"),
        **evidence,
    )
    if entry.scope == "period":
        query = query.filter(query.date.isnull() | query.date.between(*ledgers.span))
    return query.filter(query.unit.isnull() | query.unit.isin(units)) if units else query


def _joined(parts: list[ir.StringValue]) -> ir.StringValue:
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + "|" + part
    return joined


def _in_order(hits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for hit in hits:
        at_fault = hit.pop("_rid")
        hit["_rids"] = sorted(
            {rid for rid in hit["_rids"] or () if rid is not None}, key=lambda r: (r != at_fault, r)
        )
    return sorted(hits, key=lambda h: (h["_rids"], h["subject"] or "", h["case"]))
