"""What `leads`, `trace` and `rows` give, as a reader reads it: ledgers by name, the source in one column, a wide row upright."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mingjing.report.findings import decimals
from mingjing.report.labels import labelled, with_name
from mingjing.tables import tables

_PLACE = ["_file", "_sheet", "_row"]
# a few rows of more columns than a screen holds stand side by side, each header beside its cells
_WIDE, _FEW = 12, 4


def of_desk(frame: pd.DataFrame, lang: str, people: Mapping[str, str]) -> pd.DataFrame:
    """The frame with its columns named for the reader; ids of findings are no count of them. people: id → name."""
    if "_ledger" in frame:
        frame = frame.map(lambda cell: _in_words(cell, lang, people))
    known = [name for name in ("ledger", "_ledger") if name in frame]
    of_one = set(frame["_ledger"]) & set(tables()) if "_ledger" in frame else set()
    heads = {n: c.label(lang) for n, c in tables()[of_one.pop()].columns.items()} if len(of_one) == 1 else {}
    named = {
        name: [tables()[code].label(lang) if code in tables() else code for code in frame[name]]
        for name in known
    }
    listed = "findings" in frame and not pd.api.types.is_numeric_dtype(frame["findings"])
    told = frame.assign(**named).rename(columns=heads | ({"findings": "finding_ids"} if listed else {}))
    told = labelled(_placed(told, lang) if set(_PLACE) <= set(told) else told, lang)
    return (
        _upright(told, lang)
        if "_ledger" in frame and 0 < len(frame) <= _FEW < _WIDE < told.shape[1]
        else told
    )


def _in_words(cell: Any, lang: str, people: Mapping[str, str]) -> Any:
    """A cell of a ledger: yes and no, and a person by name and id."""
    if isinstance(cell, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][cell]
    return with_name(cell, lang, people) if isinstance(cell, str) else cell


def _placed(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """File, sheet and row in one column, as a finding tells them; a sheet named like its ledger is not said twice."""
    row = "第{}行" if lang == "zh" else "row {}"
    places = [
        " ".join([*(part for part in (file, sheet) if part), *([] if pd.isna(at) else [row.format(at)])])
        for file, sheet, at in frame[_PLACE].astype(object).itertuples(index=False)
    ]
    found = frame.drop(columns=_PLACE)
    found.insert(list(frame.columns).index("_file"), "_place", places)
    return found


def _upright(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """One line a column, one column a row."""
    cells = [decimals(frame.iloc[:, place]) for place in range(frame.shape[1])]
    head, row = ("项目", "内容") if lang == "zh" else ("Item", "Content")
    heads = [row] if len(frame) == 1 else [f"{row} {number}" for number in range(1, len(frame) + 1)]
    return pd.DataFrame(cells, columns=heads).assign(**{head: list(frame.columns)})[[head, *heads]]
