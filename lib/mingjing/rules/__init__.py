"""What is a breach: the catalogue (data), one function per rule, and the engine that runs them."""

from mingjing.rules.catalogue import Entry, Params, catalogue, configured
from mingjing.rules.engine import NotRun, Outcome, found_so_far, rule, rules, run_rule
from mingjing.rules.ledgers import Ledgers

__all__ = [
    "Entry",
    "Ledgers",
    "NotRun",
    "Outcome",
    "Params",
    "catalogue",
    "configured",
    "found_so_far",
    "rule",
    "rules",
    "run_rule",
]
