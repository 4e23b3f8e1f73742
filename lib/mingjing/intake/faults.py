"""What intake says of a cell, a row or a total line: filled in where it is said, and taken apart again where its own words
may be shown and those of the ledger may not."""

import re
from functools import cache

UNREADABLE = ("“{column}”读不懂：{value}", "“{column}” cannot be read: {value} ({why})")
STRANGE = ("“{column}”不在规定选项内：{value}", "“{column}” is none of the allowed values: {value}")
BLANK = ("必填项“{column}”未填", "required “{column}” is blank")
NO_KEY = ("缺主键列“{column}”", "key column “{column}” is missing")
CORRECTED = ("更正登记：{value}", "corrections register: {value}")
DUPLICATE = ("与{place}行重复", "same key as {place}")
TOTAL = (
    "“{column}”合计行写{stated}，各行相加为{computed}，差{apart}",
    "The total of “{column}” says {stated}, its rows add up to {computed}, {apart} apart",
)
BETWEEN = ("；", "; ")
# where one fault of a row ends and the next begins: a cell may hold a semicolon of its own
NEXT = re.compile("(；|; (?=“|required |key column |corrections register: ))")
_FORMS = (UNREADABLE, STRANGE, BLANK, NO_KEY, CORRECTED, DUPLICATE, TOTAL)
_PARTS = {"column": "[^”]*", "value": ".*", "why": "[^()]*", "place": ".*"}
_AMOUNT = r"-?[\d,]*\.?\d+(?:元| yuan)?"


def taken_apart(fault: str) -> tuple[str, dict[str, str]] | None:
    """The form of one fault and what it was filled with; None for what intake does not say."""
    for form, pattern in _patterns():
        if match := pattern.fullmatch(fault):
            return form, match.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern], ...]:
    return tuple((form, _pattern(form)) for pair in _FORMS for form in pair)


def _pattern(form: str) -> re.Pattern:
    parts = re.split(r"\{(\w+)\}", form)
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = [f"(?P<{name}>{_PARTS.get(name, _AMOUNT)})" for name in parts[1::2]]
    return re.compile("".join(parts), re.DOTALL)
