"""Why two payments may be one: invoice numbers a slip apart, a firm's name written in two ways, digits swapped.

Each function gives the kind of likeness, or None. Consecutive numbers are not alike: a firm that bills a fixed sum
every month numbers its invoices so.
"""

import re
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

_CONFUSED = str.maketrans("OQILSBZ", "0011582")
_PUNCTUATION = re.compile(r"[\W_]+")
_LEGAL_FORM = re.compile(
    r"(股份)?有限(责任)?公司|公司$|\b(INC|LLC|LTD|LIMITED|CO|CORP|CORPORATION|COMPANY|PLC)\b"
)
# Below this many characters one slip is as likely to make another true number.
SHORTEST = 4
# Characters at the end of a number that differ between neighbours in a series.
RUNNING = 2


def invoices(a: str, b: str) -> str | None:
    """`written` (spaces, marks, leading zeros, O for 0), `swapped`, `typed` (one digit), `dropped` (one digit)."""
    a, b = _number(a), _number(b)
    if a == b:
        return "written"
    if min(len(a), len(b)) < SHORTEST or OSA.distance(a, b, score_cutoff=1) != 1:
        return None
    if len(a) != len(b):
        return "dropped"
    place = next(i for i in range(len(a)) if a[i] != b[i])
    if Levenshtein.distance(a, b) == 2:
        return "swapped"
    return "typed" if place < len(a) - RUNNING else None


def firms(a: str, b: str, least: float) -> str | None:
    """`written` (legal form, punctuation), `ordered` (the same parts in another order), `shortened`, `typed` (alike
    to `least` of 100)."""
    (a, parts_a), (b, parts_b) = _firm(a), _firm(b)
    if not a or not b:
        return None
    if a == b:
        return "written"
    if parts_a == parts_b or (len(a) >= SHORTEST and sorted(a) == sorted(b)):
        return "ordered"
    short, long = sorted((a, b), key=len)
    if len(short) >= 3 and _within(short, long):
        return "shortened"
    return "typed" if fuzz.ratio(a, b) >= least else None


def amounts(a: float, b: float) -> str | None:
    """`swapped` (two neighbouring digits), `shifted` (the point one or two places off)."""
    low, high = sorted((round(a * 100), round(b * 100)))
    if low > 0 and high in (low * 10, low * 100):
        return "shifted"
    one, other = str(low), str(high)
    if len(one) == len(other) and OSA.distance(one, other) == 1 and Levenshtein.distance(one, other) == 2:
        return "swapped"
    return None


@lru_cache(maxsize=100_000)
def _number(written: str) -> str:
    return _PUNCTUATION.sub("", written.upper()).translate(_CONFUSED).lstrip("0")


@lru_cache(maxsize=100_000)
def _firm(written: str) -> tuple[str, tuple[str, ...]]:
    parts = _PUNCTUATION.sub(" ", _LEGAL_FORM.sub(" ", written.upper())).split()
    return "".join(parts), tuple(sorted(parts))


def _within(short: str, long: str) -> bool:
    """All characters of the one occur in the other, in the same order, from the first on."""
    rest = iter(long)
    return short[0] == long[0] and all(letter in rest for letter in short)
