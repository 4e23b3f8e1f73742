"""Responsibility: duties and work records, appraisal and honours, three-colour cards."""

from mingjing.rules.responsibility import appraisal, cards, duties

__all__ = ["appraisal", "cards", "duties"]
