"""Work safety. Each function is one rule of `catalogue/safety.toml`."""

from mingjing.rules.safety import equipment, hazards, logs, routine

__all__ = ["equipment", "hazards", "logs", "routine"]
