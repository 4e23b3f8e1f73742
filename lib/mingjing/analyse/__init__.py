"""What the ledgers say beyond the rules: one module per area, plain tables out, no rendering.

A module `analyse/<area>.py` may define `first_screen(audit) -> Screen`: the sentence and the three figures that an
area's report opens with.
"""

import importlib
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType

import pandas as pd

from mingjing.tables import tables


@dataclass(frozen=True)
class Screen:
    """The answer of one area. `figures` are (label zh, label en, value with its denominator)."""

    zh: str
    en: str
    figures: tuple[tuple[str, str, str], ...]

    def verdict(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


def first_screen(audit, area: str) -> Screen | None:
    """The area's own answer, where it has one."""
    module = module_of(area)
    return module.first_screen(audit) if hasattr(module, "first_screen") else None


def module_of(area: str) -> ModuleType | None:
    """The area's module, where it has one."""
    name = f"mingjing.analyse.{area}"
    return importlib.import_module(name) if find_spec(name) else None


def headed(frame: pd.DataFrame, heads: dict[str, tuple[str, str]], lang: str) -> pd.DataFrame:
    """The columns that `heads` knows, in its order and by its words (zh, en)."""
    here = {name: told[lang == "en"] for name, told in heads.items() if name in frame}
    return frame[list(here)].rename(columns=here)


def ledger(audit, name: str) -> pd.DataFrame:
    """One ledger as known on `as_of`, limited to the audit's units; empty where nobody handed it in."""
    declared = tables()[name]
    if name not in audit.ledgers:
        return pd.DataFrame(columns=[*declared.columns, "_rid"])
    frame = getattr(audit.ledgers, name).to_pandas()
    if audit.units and declared.unit:
        frame = frame[frame[declared.unit].isin(audit.units)]
    return frame.reset_index(drop=True)
