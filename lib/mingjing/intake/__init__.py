"""Files → typed tables, with provenance, rejected rows and issues."""

from mingjing.intake.folder import read_folder
from mingjing.intake.model import Intake, Source

__all__ = ["Intake", "Source", "read_folder"]
