"""What reports claim and what the ledgers say to it: a verdict for each claim, whatever it is."""

import pandas as pd

from mingjing.findings import sentence
from mingjing.release import HIDDEN
from mingjing.rules.intake.claims import verdicts

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
            if audit.release:  # a claim that was judged has a reading; one that is missing is withheld
                row |= {name: HIDDEN for name in ("computed", "other") if row[name] is None}
            why = sentence(audit.entry(rule_id), row["case"], row, audit.lang)
            lines.append(
                (row["_rid"], row["claim_id"], rule_id, row["claim_text"], row["value"], row["verdict"], why)
            )
    return pd.DataFrame(sorted(lines), columns=["_rid", *COLUMNS]).drop(columns="_rid")
