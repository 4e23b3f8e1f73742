"""What reports claim, held against the ledgers: each claim is supported, refuted, or cannot be judged."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import pyarrow as pa

from mingjing.rules.catalogue import catalogue
from mingjing.rules.engine import NotRun, could_pass, rule
from mingjing.rules.expr import EPSILON, graded
from mingjing.rules.intake.quality import gaps, owing
from mingjing.rules.intake.recompute import MEASURED, RECOMPUTE, Claim, figure_day
from mingjing.rules.ledgers import Ledgers
from mingjing.tables import tables
from mingjing.wording import listed, shortlist

SUPPORTED, REFUTED, OPEN = "supported", "refuted", "open"
_EVIDENCE = pa.schema(
    [
        ("_rid", pa.int64()),
        ("_rids", pa.list_(pa.int64())),
        ("unit", pa.string()),
        *((name, pa.string()) for name in ("claim_id", "claim_key", "claim_text", "uom", "uom_en")),
        ("value", pa.float64()),
        ("verdict", pa.string()),
        ("case", pa.string()),
        ("computed", pa.float64()),
        ("other", pa.float64()),
        ("figure_day", pa.date32()),
        ("rules", pa.list_(pa.string())),
        *((name, pa.string()) for name in ("rule_names", "rule_names_en")),
        *((name, pa.date32()) for name in ("period_start", "period_end")),
        *((name, pa.int64()) for name in ("hits", "n_rules")),
        ("percent", pa.float64()),
        *((name, pa.string()) for name in ("ledger", "ledger_en")),
    ]
)
_MOST_ROWS = 50
PERCENT = ("%", "％")
_ENDS = (("zh", ""), ("en", "_en"))
# counters of Chinese, which English does without, and measures
UOM_EN = dict.fromkeys("个名次人场项家起件条轮支所处") | {
    "平方米": "m²",
    "万平方米": "× 10,000 m²",
    "万人": "× 10,000 people",
    "元": "yuan",
}


@dataclass(frozen=True)
class Verdict:
    """`case` is the message that says why; `seen` what it is made of; `rids` the rows that refute."""

    verdict: str
    case: str
    seen: dict[str, Any] = field(default_factory=dict)
    rids: tuple[int, ...] = ()


def verdicts(ledgers: Ledgers, rule_id: str, p) -> ibis.Table:
    """One row per claim that the rule judges, `verdict` and `case` among its columns; NotRun where none is there."""
    return ledgers.derived(f"claims_{rule_id}", lambda: _table(ledgers, rule_id, p))


def _table(ledgers: Ledgers, rule_id: str, p) -> pa.Table:
    judge = {"DQ-04": _denials, "DQ-05": _figures}[rule_id](ledgers, p)
    rows = ledgers.report_claim.order_by("_rid").to_pyarrow().to_pylist()
    denials = set(ledgers.params("DQ-04").direct)
    lines = []
    for row in rows:
        if (row["claim_key"] in denials) != (rule_id == "DQ-04"):
            continue
        claim = _claim(ledgers, row, p)
        found = judge(claim) if claim else Verdict(OPEN, "scope")
        own = next(iter(claim.units)) if claim and claim.units else None
        line = {name: row[name] for name in ("claim_id", "claim_key", "claim_text", "value", "_rid")}
        uom = (row["uom"] or "").strip() or MEASURED.get(row["claim_key"], "")
        line |= {"unit": own, "verdict": found.verdict, "case": found.case}
        line |= {"uom": uom or None, "uom_en": UOM_EN.get(uom, uom)}
        line |= found.seen | {
            f"rule_names{end}": rules_in_words(found.seen.get("rules", []), lang) for lang, end in _ENDS
        }
        lines.append(line | {"_rids": [row["_rid"], *found.rids[:_MOST_ROWS]]})
    return pa.Table.from_pylist(lines, _EVIDENCE)


def rules_in_words(ids: Sequence[str], lang: str) -> str:
    """The first rules by name, for readers whom a number tells nothing."""
    return shortlist([catalogue()[rule_id].name(lang) for rule_id in ids], lang)


def _claim(ledgers: Ledgers, row: dict, p) -> Claim | None:
    """The claim as the rules understand it; nothing where nobody knows which units it speaks of."""
    scope, units = (row["unit_scope"] or "").strip(), None
    if scope and scope not in p.whole:
        unit = ledgers.unit.to_pyarrow().to_pylist() if "unit" in ledgers else []
        units = frozenset(u["unit_id"] for u in unit if scope in (u["unit_id"], u["unit_name"]))
        if len(units) != 1:
            return None
    dp = row["round_dp"] if row["round_dp"] is not None else _decimals(row["value"])
    return Claim(
        rid=row["_rid"],
        key=row["claim_key"],
        value=row["value"],
        percent=(row["uom"] or "").strip() in PERCENT,
        dp=dp,
        units=units,
        start=row["period_start"] or ledgers.start,
        end=row["period_end"] or ledgers.end,
    )


def _decimals(value: float | None) -> int:
    text = "" if value is None else f"{value:.6f}".rstrip("0")
    return len(text.partition(".")[2])


def _limited(ledgers: Ledgers, claim: Claim) -> bool:
    """The run looked at some units only, and the claim speaks of others too."""
    return bool(ledgers.units) and (claim.units is None or not claim.units <= set(ledgers.units))


def _denials(ledgers: Ledgers, p) -> Callable[[Claim], Verdict]:
    """“There was none”, by what the rules found and came to: asked for once, however many claims there are."""
    mapped = sorted({rule_id for named in (p.direct, p.bearing) for ids in named.values() for rule_id in ids})
    finding = ledgers.finding.filter(ledgers.finding.rule_id.isin(mapped)).to_pyarrow()
    outcome = ledgers.outcome.to_pyarrow()
    return lambda claim: denied(ledgers, claim, p, finding, outcome)


def _figures(ledgers: Ledgers, p) -> Callable[[Claim], Verdict]:
    return lambda claim: figure(ledgers, claim, p)


def denied(ledgers: Ledgers, claim: Claim, p, finding: pa.Table, outcome: pa.Table) -> Verdict:
    """“There was none”: refuted by a breach of that kind; supported only if everything was there to be seen.

    finding, outcome: as `found_so_far` gives them, of the mapped rules at least.
    """
    if claim.value is None or not math.isclose(claim.value, 0, abs_tol=EPSILON):
        return Verdict(OPEN, "admitted")
    if _limited(ledgers, claim):
        return Verdict(OPEN, "limited")
    direct, mapped = p.direct[claim.key], [*p.direct[claim.key], *p.bearing[claim.key]]
    inside, doubtful = _hits(ledgers, finding, claim, mapped)
    against = [h for h in inside if h["rule_id"] in direct and h["kind"] in p.refuting]
    if against:
        seen = {"rules": _ids(against), "hits": _subjects(against)}
        case = "refuted"
        if claim.start > ledgers.start or claim.end < ledgers.end:
            case, seen = "refuted_part", seen | {"period_start": claim.start, "period_end": claim.end}
        return Verdict(REFUTED, case, seen, tuple(h["_rid"] for h in against if h["_rid"] is not None))
    if claim.start < ledgers.start or claim.end > ledgers.end:
        return Verdict(OPEN, "period")
    came_to = dict(zip(outcome["rule_id"].to_pylist(), outcome["outcome"].to_pylist(), strict=True))
    if silent := [rule_id for rule_id in mapped if came_to.get(rule_id, "not_run") == "not_run"]:
        return Verdict(OPEN, "silent", {"rules": silent, "n_rules": len(silent)})
    if leads := [*inside, *doubtful]:
        return Verdict(OPEN, "leads", {"rules": _ids(leads), "hits": _subjects(leads)})
    if blind := [rule_id for rule_id in mapped if not _looked(ledgers, claim, rule_id)]:
        return Verdict(OPEN, "unseen", {"rules": blind, "n_rules": len(blind)})
    share, ledger = _coverage(ledgers, claim, p)
    if share is None or share < p.min_coverage - EPSILON:
        seen = {"ledger": tables()[ledger].zh, "ledger_en": tables()[ledger].en}
        if share is None:
            return Verdict(OPEN, "nothing_due", seen)
        return Verdict(OPEN, "gaps", seen | {"percent": math.floor(share * 1000) / 10})
    case = "holds_monthly" if p.monthly.get(claim.key) else "holds"
    return Verdict(SUPPORTED, case, {"n_rules": len(mapped)})


def _hits(ledgers: Ledgers, finding: pa.Table, claim: Claim, mapped: list[str]):
    """Hits of the mapped rules within the claim's units and days, and those nobody can place there or elsewhere."""
    order = [(name, "ascending") for name in ("_rid", "rule_id", "subject")]
    rows = [hit for hit in finding.sort_by(order).to_pylist() if hit["rule_id"] in mapped]
    all_of_it = claim.start <= ledgers.start and claim.end >= ledgers.end
    inside, doubtful = [], []
    for hit in rows:
        if hit["date"] and not claim.start <= hit["date"] <= claim.end:
            continue
        if claim.units is not None and hit["unit"] and hit["unit"] not in claim.units:
            continue
        placed = (hit["date"] or all_of_it) and (hit["unit"] or claim.units is None)
        (inside if placed else doubtful).append(hit)
    return inside, doubtful


def _looked(ledgers: Ledgers, claim: Claim, rule_id: str) -> bool:
    """The rule, which ran, had rows of each unit that the claim names. It may have run on those of others alone."""
    entry = ledgers.entry(rule_id)
    return all(could_pass(entry, ledgers, (unit,)) for unit in sorted(claim.units or ()))


def _ids(hits: list[dict]) -> list[str]:
    return sorted({hit["rule_id"] for hit in hits})


def _subjects(hits: list[dict]) -> int:
    return len({(hit["rule_id"], hit["unit"], hit["subject"] or hit["_rid"]) for hit in hits})


def _coverage(ledgers: Ledgers, claim: Claim, p) -> tuple[float | None, str]:
    """The worst share of unit-months with rows among the ledgers that the claim rests on, and that ledger; no share for
    one that none of the claim's units owed."""
    months = [m for m, first, last in ledgers.spans("month") if first <= claim.end and last >= claim.start]
    worst: tuple[float, str] = (1.0, "")
    for name, flag in p.monthly.get(claim.key, {}).items():
        if name not in ledgers or not ledgers.has("unit", flag):
            return 0.0, name
        due = owing(ledgers, flag).filter(lambda u: ~u.unit_type.isin(p.elsewhere))
        due = due.filter(due.unit_id.isin(sorted(claim.units))) if claim.units is not None else due
        owed = int(due.count().execute()) * len(months)
        if not owed:
            return None, name
        missing = gaps(ledgers, name, flag, months).semi_join(due, [("who", "unit_id")])
        lacking = int(missing["count"].sum().fill_null(0).execute())
        worst = min(worst, (1 - lacking / owed, name))
    return worst


def figure(ledgers: Ledgers, claim: Claim, p) -> Verdict:
    """A number: refuted only where no reading of it comes within half a unit of its last digit."""
    if claim.key not in RECOMPUTE:
        return Verdict(OPEN, "outside")
    if claim.value is None:
        return Verdict(OPEN, "blank")
    if _limited(ledgers, claim):
        return Verdict(OPEN, "limited")
    if claim.end > ledgers.as_of:
        return Verdict(OPEN, "period")
    try:
        readings = RECOMPUTE[claim.key](ledgers, claim, p)
    except NotRun as reason:
        code, what = reason.args
        names = [tables()[part.partition(".")[0]] for part in what.split(", ") if part]
        seen = {f"ledger{end}": listed((t.label(lang) for t in names), lang) for lang, end in _ENDS}
        return Verdict(OPEN, code, seen)
    scaled = [100 * r if claim.percent else r for r in readings]
    fits = any(abs(r - claim.value) <= 0.5 * 10**-claim.dp + EPSILON for r in scaled)
    shown = [round(r, claim.dp + 2) for r in scaled]
    seen = {"computed": shown[0], "other": shown[1] if len(shown) > 1 else None}
    seen["figure_day"] = figure_day(ledgers, claim, p)
    twice = {"节日检查次数": "_checks", "反兴奋剂培训覆盖率": "_training"}.get(claim.key, "")
    case = ("agrees" if fits else "differs") + (twice if len(shown) > 1 else "")
    if case == "agrees" and not math.isclose(scaled[0], claim.value, abs_tol=EPSILON):
        case = "agrees_rounded"
    return Verdict(SUPPORTED if fits else REFUTED, case, seen)


def _judged(t: ibis.Table) -> ibis.Table:
    """The claims that the rule may judge, whichever unit they speak of: not those that speak of units not looked at."""
    return t.filter(t.case != "limited").drop("unit")


@rule("DQ-04")
def denials(ledgers: Ledgers, p):
    t = verdicts(ledgers, "DQ-04", p)
    ledgers.judged = _judged(t)
    if t.filter(t.case.notin(["limited", "admitted"])).count().execute() == 0:
        raise NotRun("no_evidence")
    for case in ("refuted", "refuted_part"):
        yield case, t.filter(t.case == case)
    for case in ("period", "silent", "leads", "unseen", "gaps", "nothing_due", "scope"):
        yield case, graded(t.filter((t.verdict == OPEN) & (t.case == case)), "warning", "low")


@rule("DQ-05")
def figures(ledgers: Ledgers, p):
    t = verdicts(ledgers, "DQ-05", p)
    ledgers.judged = _judged(t)
    if t.filter(t.verdict != OPEN).count().execute() == 0:
        raise NotRun("no_evidence")
    for case in ("differs", "differs_checks", "differs_training"):
        yield case, t.filter(t.case == case)
