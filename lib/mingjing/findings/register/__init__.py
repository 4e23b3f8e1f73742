"""The register: findings live from run to run, and what people do about them is kept."""

from mingjing.findings.register.book import Made, digest
from mingjing.findings.register.desk import Past, Register, nearby
from mingjing.findings.register.life import Known, Life, Ran, RunRecord

__all__ = ["Known", "Life", "Made", "Past", "Ran", "Register", "RunRecord", "digest", "nearby"]
