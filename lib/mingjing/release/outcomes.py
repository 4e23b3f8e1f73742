"""What a rule came to, as the public may see it: its hits under codes, without small counts and without what the rule itself
declares private."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from mingjing.findings import finding_id
from mingjing.intake import Intake
from mingjing.intake.model import ROWS_PER_SOURCE
from mingjing.release import claims
from mingjing.release.mask import HIDDEN, OWN_WORDS, Masker, without_labels
from mingjing.rules import Entry, Outcome
from mingjing.rules.catalogue import placeholders
from mingjing.tables import tables

# cases of findings that say no more than the rule's name, and why
_SECRET, _FEW = "withheld", "withheld_few"
_WITHHELD = {
    _SECRET: ("（细节不对外公布）", " (details are not public)"),
    _FEW: ("（数目过小，不公布）", " (too few to be published)"),
}


def shown(entry: Entry) -> Entry:
    """The rule with its own messages for the public, and its name where nothing else can be told: how many rounds and which
    gun is nobody's business outside."""
    named = {case: {"zh": entry.zh + zh, "en": entry.en + en} for case, (zh, en) in _WITHHELD.items()}
    if _secret(entry):
        return replace(entry, messages=dict.fromkeys(entry.messages, named[_SECRET]) | named, evidence=())
    telling = {c for c, texts in entry.messages.items() if placeholders(texts["zh"]) & {*entry.private}}
    hidden = dict.fromkeys(telling, named[_SECRET])
    return replace(entry, messages=entry.messages | hidden | entry.public | named)


def public_outcome(
    entry: Entry, outcome: Outcome, intake: Intake, masker: Masker, smallest: int, log: list
) -> Outcome:
    """The outcome masked; what was withheld of it goes to the log."""
    secret = _secret(entry)
    silent = [secret or _of_withheld_ledger(entry, hit, intake) for hit in outcome.hits]
    hits = [
        _silent(entry, hit, intake, masker) if hide else _hit(entry, hit, intake, masker)
        for hit, hide in zip(outcome.hits, silent, strict=True)
    ]
    hidden = sum(_few(entry, hit, smallest) for hit in hits)
    readings = entry.rule_id == claims.RULE and sum(_reading(hit, smallest) for hit in hits)
    for what, why, count in (
        ("evidence", "secret", sum(silent)),
        (", ".join(entry.private), "private", len(hits) if entry.private else 0),
        (", ".join(entry.people), "few people", hidden),
        ("computed, other", "of people", readings),
    ):
        if count:
            log.append((entry.rule_id, what, why, count))
    checked = None if secret else outcome.rows_checked
    if checked and next(iter(entry.needs)) == "intake_sheet":
        checked -= sum(source.table in withheld_ledgers() for source in intake.sources)
    # what a ledger calls a unit and the list of units does not may be anybody; a rule whose units are private is of none
    units = frozenset() if "unit" in entry.private else outcome.units & frozenset(masker.units)
    return replace(outcome, hits=hits, sql={}, rows_checked=checked, units=units)


def paired(true: Outcome, public: Outcome, intake: Intake) -> Iterator[tuple[str, str]]:
    """The public and the true id of each finding; several may have one public id."""
    for hit, same in zip(true.hits, public.hits, strict=True):
        yield same["finding_id"], finding_id(true.rule_id, hit["unit"], _subject(hit, intake))


def coded(name: str, value: Any, masker: Masker) -> Any:
    """A value by the name of its column."""
    if name in OWN_WORDS:
        return value
    if name in ("reason_zh", "reason_en") and value:
        return masker.reason(value)
    return masker.value(value)


@cache
def withheld_ledgers() -> frozenset[str]:
    """Ledgers that are withheld whole."""
    return frozenset(name for name, table in tables().items() if table.secret)


def _secret(entry: Entry) -> bool:
    return entry.area == "firearms" or any(name in withheld_ledgers() for name in entry.needs)


def _subject(hit: dict[str, Any], intake: Intake) -> str:
    """The same words as `make_findings` uses for a hit without a subject."""
    return hit["subject"] or "#".join(
        str(part) for rid in hit["_rids"][:1] for part in intake.source_of(rid)[1:]
    )


def _unit(hit: dict[str, Any], masker: Masker) -> str | None:
    return hit["unit"] if hit["unit"] in masker.units else hit["unit"] and masker.text(hit["unit"])


def _identified(entry: Entry, hit: dict[str, Any]) -> dict[str, Any]:
    """The hit with the id of its finding, which is made of codes and is the same in every language."""
    unit, subject = (without_labels(hit[name] or "") for name in ("unit", "subject"))
    return hit | {"finding_id": finding_id(entry.rule_id, unit, subject)}


def _silent(entry: Entry, hit: dict[str, Any], intake: Intake, masker: Masker) -> dict[str, Any]:
    """A hit on arms: all of a rule in a unit are one finding without a day, since how often and when a guard was missing
    tells when the armoury can be entered."""
    kept = {name: hit[name] for name in ("severity", "kind")}
    subject = masker.code("number", "\x1f".join((entry.rule_id, hit["unit"] or "")))
    unit = None if "unit" in entry.private else _unit(hit, masker)
    told = {"case": _SECRET, "unit": unit, "subject": subject, "date": None, "amount": None}
    rids = hit["_rids"][:1]
    return _identified(entry, kept | told | {"_rids": [rid - rid % ROWS_PER_SOURCE for rid in rids]})


def _hit(entry: Entry, hit: dict[str, Any], intake: Intake, masker: Masker) -> dict[str, Any]:
    subject = _subject(hit, intake)
    evidence = {
        name: HIDDEN if name[2:] in _personal_columns() and value is not None else value
        for name, value in hit.items()
        if name.startswith("e_")
    }
    rest = {name: value for name, value in hit.items() if name not in evidence}
    told = {name: coded(name[2:], value, masker) for name, value in evidence.items()}
    if f"e_{claims.KEY}" in told:
        spoken = claims.Spoken(intake, masker.lang)
        told = claims.told(told | {"case": hit["case"]}, next(iter(hit["_rids"]), -1), entry, spoken, "e_")
    told |= {"subject": masker.subject(subject), "unit": _unit(hit, masker)}
    if entry.private:
        told["subject"] = masker.code("number", "\x1f".join((entry.rule_id, hit["unit"] or "", subject)))
    told = {name: masker.in_area(entry.area, value) for name, value in told.items()}
    for name in entry.private:
        rest.pop(name, None)
        told.pop(f"e_{name}", None)
    gone = {name: None for name in ("unit", "date", "amount") if name in entry.private}
    return _identified(entry, rest | told | gone | {"_rids": _rows(hit["_rids"], intake)})


def _of_withheld_ledger(entry: Entry, hit: dict[str, Any], intake: Intake) -> bool:
    """Whether what intake noticed is about a cell or row of one, or its months without any: rules on intake look at every
    ledger and need none."""
    if entry.area != "intake" or f"e_{claims.KEY}" in hit:
        return False
    named = {name for ledger in withheld_ledgers() for name in (ledger, tables()[ledger].zh)}
    sources = {intake.source_of(rid)[0] for rid in hit["_rids"][:1]}
    return hit.get("e_ledger") in named or not sources.isdisjoint(withheld_ledgers())


def _rows(rids: list[int], intake: Intake) -> list[int]:
    """The rows a finding rests on; of a ledger that is withheld, its sheet for all of them, since their number is withheld
    too."""
    hidden = withheld_ledgers()
    whole = [rid if intake.source_of(rid)[0] not in hidden else rid - rid % ROWS_PER_SOURCE for rid in rids]
    return list(dict.fromkeys(whole))


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
    name = claims.withheld(hit, smallest, "e_") if f"e_{claims.KEY}" in hit else None
    if name:
        hit[name] = HIDDEN
    return bool(name)
