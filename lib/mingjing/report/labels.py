"""What a reader is told instead of a name of the code."""

import tomllib
from functools import cache
from importlib import resources

import pandas as pd

from mingjing.analyse.stretches import COLOURS, KINDS
from mingjing.rules.catalogue import catalogue
from mingjing.tables import tables
from mingjing.tables.schema import Column
from mingjing.tables.words import WORDS, in_english
from mingjing.wording import weekday

# the code words of cards, by column
_CARDS = dict.fromkeys(
    ("due_colour", "filed_colour", "from_colour", "to_colour"), {"": ("无", "none")} | COLOURS
) | {"difference": KINDS}


def label(name: str, lang: str, rule_id: str | None = None) -> str:
    """A value's or column's name in the report's language; a name that nobody knows stands as it is.

    rule_id: the ledgers of this rule are asked first, since two ledgers may head one column differently.
    """
    own = _headers(rule_id) if rule_id else {}
    if name in own:
        return own[name].label(lang)
    stem = name.removesuffix("_zh").removesuffix("_en")
    for names in (_texts()["rules"].get(rule_id, {}), _texts()["names"]):
        if stem in names:
            return names[stem][lang == "en"]
    column = _headers(None).get(name)
    return column.label(lang) if column else name


def labelled(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The table with its columns named for the reader, and yes and no in words."""
    columns = _texts()["columns"]
    names = {
        name: columns[name][lang == "en"] if name in columns else label(str(name), lang)
        for name in frame.columns
    }
    if lang == "en":
        names = {name: WORDS.get(told, told) for name, told in names.items()}
    truth = {True: "是", False: "否"} if lang == "zh" else {True: "yes", False: "no"}
    words = {name: frame[name].map(truth) for name in frame.columns if frame[name].dtype == bool}
    for name, codes in (_texts()["values"] | _CARDS).items():
        if name in frame.columns:
            told = {code: pair[lang == "en"] for code, pair in codes.items()}
            words[name] = frame[name].map(lambda value, told=told: told.get(value, value))
    if lang == "en":
        names = {
            name: told[:1].upper() + told[1:] if told[:2].isalpha() else told for name, told in names.items()
        }
    return frame.assign(**words).rename(columns=names)


def value_label(name: str, value, values: dict, lang: str):
    """A value that proves a finding: where it names a ledger or a column, that name as the reader knows it."""
    if name in ("table", "ledger") and isinstance(value, str) and value in tables():
        return tables()[value].label(lang)
    if name == "column":
        ledger = tables().get(values.get("table") or values.get("ledger"))
        return ledger.columns[value].label(lang) if ledger and value in ledger.columns else label(value, lang)
    if name == "weekday" and isinstance(value, int):
        return weekday(value, lang)
    if name == "example" and value in catalogue():
        return f"{value} {catalogue()[value].name(lang)}"
    return value


def key_label(key: str, lang: str) -> str:
    """A key or value inside a threshold: what it stands for, a ledger by its name, a fixed word of the ledgers."""
    if key in tables():
        return tables()[key].label(lang)
    return (_texts()["keys"] | COLOURS).get(key, (key, in_english(key)))[lang == "en"]


def in_words(frame: pd.DataFrame, lang: str, *columns: str) -> pd.DataFrame:
    """The table with what its ledgers write in Chinese by a fixed word (roles, kinds of goods and of inspections) in English
    in an English report; parts joined by “·” each by its own. What is no fixed word stands as it is."""
    if lang == "zh":
        return frame
    return frame.assign(
        **{
            name: frame[name].map(lambda value: in_english(value) if isinstance(value, str) else value)
            for name in columns
        }
    )


def unit_label(unit: str, lang: str) -> str:
    """A threshold's unit of measure."""
    if lang == "zh":
        return _texts()["units"].get(unit, unit)
    return _texts()["units_en"].get(unit, unit.replace("_", " "))


@cache
def _texts() -> dict:
    return tomllib.loads(resources.files(__package__).joinpath("labels.toml").read_text("utf-8"))


@cache
def _headers(rule_id: str | None) -> dict[str, Column]:
    chosen = tables() if rule_id is None else [n for n in catalogue()[rule_id].needs if n in tables()]
    found: dict[str, Column] = {}
    for table in chosen:
        found = tables()[table].columns | found
    return found
