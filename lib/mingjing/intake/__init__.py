"""Files → typed tables, with provenance, rejected rows and issues."""

from mingjing.intake.folder import Intake, Source, read_folder

__all__ = ["Intake", "Source", "read_folder"]
