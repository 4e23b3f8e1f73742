"""What reports claim and what the ledgers say to it: a verdict for each claim, whatever it is."""

from collections.abc import Sequence

import pandas as pd

from mingjing.findings import sentence
from mingjing.rules import catalogue
from mingjing.rules.intake.claims import verdicts

# counters of Chinese, which English does without, and measures
_ENGLISH = dict.fromkeys("个名次人场项家起件条轮支所处", "") | {
    "平方米": "m²",
    "万平方米": "× 10,000 m²",
    "万人": "× 10,000",
    "元": "yuan",
}
_NO_UNIT = "\0"
_NAMED = 3
COLUMNS = ["claim_id", "rule_id", "claim_text", "value", "verdict", "why"]


def judged(audit) -> pd.DataFrame:
    """One row per claim, in the order of the ledger: `claim_id rule_id claim_text value verdict why`.

    verdict: supported, refuted or open (it cannot be judged). why: the sentence that says so, in the audit's language.
    """
    if "report_claim" not in audit.ledgers:
        return pd.DataFrame(columns=COLUMNS)
    ledgers, lines = audit.found_ledgers(), []
    for rule_id in ("DQ-04", "DQ-05"):
        for row in verdicts(ledgers, rule_id, audit.params(rule_id)).to_pyarrow().to_pylist():
            why = _why(rule_id, row, audit.lang)
            lines.append(
                (row["_rid"], row["claim_id"], rule_id, row["claim_text"], row["value"], row["verdict"], why)
            )
    return pd.DataFrame(sorted(lines), columns=["_rid", *COLUMNS]).drop(columns="_rid")


def _why(rule_id: str, row: dict, lang: str) -> str:
    told = row | {"rules": rules_in_words(row["rules"] or [], lang)}
    if lang == "zh":
        return sentence(catalogue()[rule_id], row["case"], told, lang)
    uom = (row["uom"] or "").strip()
    # a blank would be called one
    uom = _ENGLISH.get(uom, uom) or _NO_UNIT
    return sentence(catalogue()[rule_id], row["case"], told | {"uom": uom}, lang).replace(f" {_NO_UNIT}", "")


def rules_in_words(ids: Sequence[str], lang: str) -> str:
    """The first rules by name, for readers whom a number tells nothing."""
    names = [catalogue()[rule_id].name(lang) for rule_id in ids[:_NAMED]]
    more = len(ids) > _NAMED
    return "、".join(names) + "等" * more if lang == "zh" else "; ".join(names) + "; …" * more
