"""One finding, a run's findings."""

from mingjing.findings.message import sentence
from mingjing.findings.model import COLUMNS, Findings, finding_id, make_findings, neutralise

__all__ = ["COLUMNS", "Findings", "finding_id", "make_findings", "neutralise", "sentence"]
