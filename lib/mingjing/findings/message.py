"""What a finding says: a rule's message with its values in it, as the reader of each language writes them."""

import math
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from itertools import takewhile
from string import Formatter
from typing import Any

from mingjing.period import in_chinese, span_words
from mingjing.rules.catalogue import Entry, Params, catalogue
from mingjing.tables.words import in_english
from mingjing.wording import in_full, listed, number, plural, weekday, yuan

# Text is folded for comparing when it is read; what a Chinese sentence quotes has its own marks again.
_FOLDED = re.compile(r"(?<=[\u4e00-\u9fff”》）])[,;:?!](?=[\u4e00-\u9fff“《（])")
_WIDE = str.maketrans(",;:?!", "，；：？！")
_ONE_TIME = re.compile(r"(?<![\d.,/-])1 times\b")
_CODE = re.compile(r"(?:人员|编号|文字)-[A-Z2-7]{8}")
_LATIN = re.compile(r"[A-Za-z0-9]")
# a span that begins and ends on one day
_ONE_DAY = re.compile(r"(from )?(\d{4}-\d\d-\d\d)(?:至| to )\2(?!\d| \d\d:)")
_PART_OF_YEAR = re.compile(r"\d{4}[HQ]\d")


def plain(value: Any) -> Any:
    """A value as JSON and people can read it: no false precision, dates in ISO form."""
    if isinstance(value, float):
        value = round(value, 6)
        return int(value) if value == int(value) and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


# What in a message tells a span of time: a month 2021-05, a year.
_SPANS = ("month", "months", "quarter", "period", "span", "subject")
# Units of measure: a number that has none stands by itself.
_UOMS = ("uom", "uom_en", "measure")
# What names an honour: in its column “other” is enough, in a sentence it is not.
_HONOURS = ("honor_type", "praise")
_OTHER_HONOUR = ("其他荣誉", "another honour")
# What a Chinese message tells in yuan.
_MONEY = re.compile(r"\{(\w+)(?::\w+)?\}元")
_BEFORE_MARK = re.compile(r" (?=[ ,;)]|$)|(?<=[\d＊]) (?=%)")


class Words(dict):
    """Message values by name; what is blank reads as blank rather than `None`, what was worked out is rounded."""

    def __init__(self, values: Mapping[str, Any], lang: str, money: Collection[str] = ()):
        super().__init__(values)
        self.lang, self._zh, self._money = lang, lang == "zh", money

    def __getitem__(self, key: str) -> str:
        value = self._rounded(plain(super().__getitem__(key)))
        if key in _SPANS and isinstance(value, str) and self._zh:
            value = in_chinese(value)
        if value is None or value == "":
            if key in _UOMS:
                return ""
            return "未填" if self._zh else "blank"
        if isinstance(value, bool):
            return ("是" if value else "否") if self._zh else ("yes" if value else "no")
        if isinstance(value, list):
            return listed((self._one(key, part) for part in value), self.lang)
        return self._one(key, value)

    def _one(self, key: str, value: Any) -> str:
        if value == "其他" and key in _HONOURS:
            return _OTHER_HONOUR[not self._zh]
        if key == "example" and value in catalogue():  # a rule that others broke
            return f"“{catalogue()[value].name(self.lang)}”"
        if isinstance(value, str):
            return _chinese(value) if self._zh else in_english(span_words(value, "en"))
        if key in self._money:
            return yuan(value)
        return number(value, key) if isinstance(value, int | float) else str(value)

    def _rounded(self, value: Any) -> Any:
        """Hours, shares and ratios to two decimals (two digits where there is nothing before them), more where they would
        read like another number of the message, such as the limit. Nobody writes five decimals: fewer are a cell's own.
        """
        if isinstance(value, list):
            return [self._rounded(item) for item in value]
        if not isinstance(value, float) or round(value, 4) == value:
            return value
        others = [v for v in map(plain, self.values()) if isinstance(v, int | float) and v != value]
        first = max(2, 1 - math.floor(math.log10(abs(value))))
        for digits in range(first, 6):
            if round(value, digits) not in [round(other, digits) for other in others]:
                return round(value, digits)
        return value


def _chinese(text: str) -> str:
    """Text as a Chinese sentence holds it: marks between Chinese characters are full-width, spans are named."""
    if _PART_OF_YEAR.fullmatch(text):
        return in_chinese(text)
    return _FOLDED.sub(lambda mark: mark[0].translate(_WIDE), text)


def message(entry, hits, unit, subject, name_of, lang) -> str:
    sentences = []
    for hit in hits:
        values = {name: hit.get(f"e_{name}") for name in entry.evidence}
        values = {k: name_of(v) if isinstance(v, str) else v for k, v in values.items()}
        values |= {"unit": name_of(unit) if unit else "", "subject": name_of(subject)}
        sentences.append(
            sentence(entry, hit["case"], values | {"date": hit["date"], "amount": hit["amount"]}, lang)
        )
    return ("；" if lang == "zh" else "; ").join(_told_once(list(dict.fromkeys(sentences)), lang))


def _told_once(sentences: list[str], lang: str) -> list[str]:
    """Sentences on one subject, without the subject and the clauses that the first has said already."""
    marks = "，：" if lang == "zh" else (", ", ": ")
    first, *others = sentences
    found = [first]
    for other in others:
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first, other, strict=False))
        alike = "".join(character for character, _ in pairs)
        said = max(alike.rfind(mark) + len(mark) if mark in alike else 0 for mark in marks)
        found.append(other[said:])
    return found


def sentence(entry: Entry, case: str, values: Mapping[str, Any], lang: str) -> str:
    """One of a rule's messages with its values in it, as the reader of that language writes them."""
    words = Words(Params(entry).as_dict() | dict(values), lang, told_in_yuan(entry, case))
    template = _example(entry.messages[case][lang], values)
    told = _ONE_DAY.sub(lambda span: f"{'on ' * bool(span[1])}{span[2]}", _quoted(_filled(template, words)))
    for kind in _OTHER_HONOUR:  # no name of an honour, which alone is quoted
        told = told.replace(f"“{kind}”", kind)
    return told if lang == "zh" else _counted(_BEFORE_MARK.sub("", told))


def _example(template: str, values: Mapping[str, Any]) -> str:
    """Where the number told is one, what is named beside it is no example of it but the thing itself."""
    if any(f"{{{name}}}" in template and values.get(name) == 1 for name in ("findings", "events")):
        return template.replace("（如{example}）", "（{example}）").replace(
            "(such as {example})", "({example})"
        )
    return template


def told_in_yuan(entry: Entry, *cases: str) -> set[str]:
    """Names of the values that a rule's messages, or some of them, tell in yuan."""
    return {name for case in cases or entry.messages for name in _MONEY.findall(entry.messages[case]["zh"])}


def _filled(template: str, words: Words) -> str:
    """The template with its values; where one that ends in a Latin letter or digit is followed at once by one that begins
    with such, a space tells them apart: `XS00002 2021-01-31`, not `XS000022021-01-31`; so it does where one of two values
    is a code of a report for the public. What stands after a colon in the braces is the form of a number."""
    text = ""
    for literal, name, form, _ in Formatter().parse(template):
        text += literal
        if name is not None:
            value = _formed(words[name], form, words.lang)
            latin = _LATIN.match(text[-1:]) and _LATIN.match(value)
            text += " " * bool(not literal and text and (latin or _coded(text[-11:], value))) + value
    return text


def _coded(before: str, value: str) -> bool:
    return bool(_CODE.fullmatch(before) or _CODE.match(value))


def _formed(value: str, form: str, lang: str) -> str:
    """A number as its place in the template wants it: `size` without its sign, `percent` of one in hundredths, `weekday`
    of 1 to 7 by name."""
    if form == "weekday":
        return weekday(int(value), lang)
    if form == "percent":
        return f"{float(value) * 100:g}"
    return value.removeprefix("-") if form == "size" else value


def _counted(text: str) -> str:
    """What an English message writes as `visit(s)` goes by the number before it; what was one time was once, and tens of
    thousands are written out."""
    return _ONE_TIME.sub("once", plural(in_full(text)))


def _quoted(text: str) -> str:
    """Quotations within quotations take the single marks."""
    depth, told = 0, []
    for mark in text:
        depth += mark == "“"
        told.append({"“": "‘", "”": "’"}.get(mark, mark) if depth > 1 else mark)
        depth -= mark == "”" and depth > 0
    return "".join(told)
