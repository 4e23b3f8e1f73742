"""A run of the notebooks: executed, exported, written whole or not at all."""

from mingjing.runs.run import Run, run

__all__ = ["Run", "run"]
