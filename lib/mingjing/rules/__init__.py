"""What is a breach: the catalogue (data), one function per rule, and the engine that runs them."""

from mingjing.rules.catalogue import Entry, Params, catalogue, configured
from mingjing.rules.engine import NotRun, Outcome, rule, rules, run_rule
from mingjing.rules.ledgers import Ledgers

__all__ = [
    "Entry",
    "Ledgers",
    "NotRun",
    "Outcome",
    "Params",
    "catalogue",
    "configured",
    "rule",
    "rules",
    "run_rule",
]
