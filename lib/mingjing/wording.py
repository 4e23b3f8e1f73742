"""How numbers, lists and plurals are written, in messages, tables and reports alike."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

_GROUPED, _NAMES = 1_000, 10**9
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YEARS = range(1900, 2101)
_NUMBER = re.compile(r"\d[\d,.]*")
_TENS_OF_THOUSANDS = re.compile(r"(\d[\d,]*(?:\.\d+)?) × 10,000\b")


def number(value: float, name: str | None = None) -> str:
    """Thousands are grouped; whole numbers of ten digits and more name things, and a year is one too.

    name: of what the number is, such as `fiscal_year` or `amount`; where it is not known, 2021 stands as a year does.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    may_be_year = name is None or name.endswith("year")
    whole = isinstance(value, int)
    if not _GROUPED <= abs(value) or (whole and (abs(value) >= _NAMES or (may_be_year and value in YEARS))):
        return str(value)
    return f"{value:,}"


def yuan(value: Any) -> str:
    """An amount of money: fen are two digits, whole yuan have none. A price of less than a fen stands as it is."""
    if not isinstance(value, int | float):
        return str(value)
    fen = isinstance(value, float) and not value.is_integer() and round(value, 2) == value
    return f"{value:,.2f}" if fen else number(value, "amount")


def are_grouped(values: Iterable[int]) -> bool:
    """Whether a column of whole numbers is grouped: one long number and all are, years alone are names."""
    values = list(values)
    return any(_GROUPED <= abs(v) < _NAMES for v in values) and not all(v in YEARS for v in values)


def listed(parts: Iterable[Any], lang: str) -> str:
    """Things of equal rank one after the other."""
    return ("、" if lang == "zh" else ", ").join(map(str, parts))


def shortlist(names: Sequence[str], lang: str, most: int = 3) -> str:
    """The first names of a list, and that there are more."""
    more = len(names) > most
    if lang == "zh":
        return listed(names[:most], lang) + "等" * more
    return "; ".join(names[:most]) + "; …" * more


def first_of(title: str, shown: int, total: int, lang: str) -> str:
    """The title of a table; where it shows the first rows only, of how many."""
    if shown >= total:
        return title
    return (
        f"{title}（共{total:,}，列前{shown:,}）"
        if lang == "zh"
        else f"{title} (the first {shown:,} of {total:,})"
    )


def keywords(pattern: str, ending: str = "") -> list[str]:
    """The alternatives of a keyword pattern as people write them; `ending` stands before what is one only at a word's end."""
    return [
        ending * part.endswith("$") + part.removesuffix("$").replace("\\", "") for part in pattern.split("|")
    ]


def weekday(number: int, lang: str) -> str:
    """The day of a week, 1 to 7 from Monday, as it follows 星期 or stands in English."""
    return ("一二三四五六日" if lang == "zh" else _DAYS)[number - 1]


def in_full(text: str) -> str:
    """English without the tens of thousands that Chinese counts in: `6.38 × 10,000 m²` is 63,800 m²."""
    return _TENS_OF_THOUSANDS.sub(lambda found: f"{float(found[1].replace(',', '')) * 1e4:,.0f}", text)


def plural(text: str, mark: str = "(s)") -> str:
    """English with `day(s)` written as the number before it asks for: 1 day, 2 days."""
    first, *others = text.split(mark)
    told = first
    for other in others:
        numbers = _NUMBER.findall(told)
        told += ("" if numbers and numbers[-1].rstrip(",.") == "1" else "s") + other
    return told
