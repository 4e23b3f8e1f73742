"""What a reader is told instead of a name of the code."""

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources

import pandas as pd

from mingjing.analyse.stretches import COLOURS, KINDS
from mingjing.period import span_words
from mingjing.rules.catalogue import catalogue
from mingjing.tables import tables
from mingjing.tables.schema import Column
from mingjing.tables.words import WORDS, in_english
from mingjing.wording import listed, number, weekday, yuan

# what tells a span of time among the values that prove a finding
_SPANS = ("month", "months", "quarter", "half", "period", "span")
# the code words of cards, by column
_CARDS = dict.fromkeys(
    ("due_colour", "filed_colour", "from_colour", "to_colour"), {"": ("无", "none")} | COLOURS
) | {"difference": KINDS}


def label(name: str, lang: str, rule_id: str | None = None) -> str:
    """A value's or column's name in the report's language; a name that nobody knows stands as it is.

    rule_id: what is said for this rule comes first, then its own ledgers, since two may head one column differently.
    """
    stem, own = name.removesuffix("_zh").removesuffix("_en"), _headers(rule_id) if rule_id else {}
    said = _texts()["rules"].get(rule_id, {})
    if stem in said:
        return said[stem][lang == "en"]
    if name in own:
        told = own[name].label(lang)
        return f"{told}（{_texts()['units'][own[name].unit]}）" if lang == "zh" and name in _full() else told
    if stem in _texts()["names"]:
        return _texts()["names"][stem][lang == "en"]
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
        frame = frame.assign(
            **{name: (frame[name] * 1e4).round(4) for name in frame.columns if name in _full()}
        )
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


def proof(
    name: str, value, told: Mapping, lang: str, who: Mapping[str, str], money: Collection[str] = ()
) -> str:
    """A value that proves a finding, as the reader knows it: a ledger, a column or a rule by its name, a span of time in
    words, a unit or a person by name and id. told: all values of the finding; who: id → name; money: names of those in yuan."""
    if isinstance(value, list):
        return listed((proof(name, part, told, lang, who, money) for part in value), lang)
    if isinstance(value, bool):
        return (("否", "是") if lang == "zh" else ("no", "yes"))[value]
    if isinstance(value, int | float):
        if name == "weekday":
            return weekday(int(value), lang)
        if name in money:
            return yuan(value)
        if lang == "en" and name in _full():
            return f"{number(round(value * 1e4), name)} {_full()[name]}"
        # hours and ratios that were worked out; nobody writes more
        whole = isinstance(value, int) or abs(value) < 1
        return number(value if whole else round(value, 3), name)
    if value is None:
        return "未填" if lang == "zh" else "blank"
    return _named(name, str(value), told, lang, who)


def _named(name: str, text: str, told: Mapping, lang: str, who: Mapping[str, str]) -> str:
    if name in ("table", "ledger") and text in tables():
        return tables()[text].label(lang)
    if name == "column":
        ledger = tables().get(told.get("table") or told.get("ledger"))
        return ledger.columns[text].label(lang) if ledger and text in ledger.columns else label(text, lang)
    if name == "example" and text in catalogue():
        return f"{text} {catalogue()[text].name(lang)}"
    if name in _SPANS:
        return span_words(text, lang)
    named = with_name(text, lang, who)
    return in_english(text) if lang == "en" and named == text else named


def with_name(text: str, lang: str, who: Mapping[str, str]) -> str:
    """An id with the name it stands for; any other text as it is."""
    known = who.get(text)
    if not known or known == text:
        return text
    return f"{known}（{text}）" if lang == "zh" else f"{known} ({text})"


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


def _full() -> dict[str, str]:
    """What the ledgers count in tens of thousands and English writes in full: name → unit of measure."""
    return _texts()["in_full"]


@cache
def _headers(rule_id: str | None) -> dict[str, Column]:
    chosen = tables() if rule_id is None else [n for n in catalogue()[rule_id].needs if n in tables()]
    found: dict[str, Column] = {}
    for table in chosen:
        found = tables()[table].columns | found
    return found
