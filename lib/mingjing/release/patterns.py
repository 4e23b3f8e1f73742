"""Personal numbers that can be told by their shape: identity cards, phones, plates, bank cards, addresses of e-mail."""

import re
import unicodedata

_ALONE = (r"(?<![0-9A-Za-z.])", r"(?![0-9A-Za-z])")
_SHAPES = (
    r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]",  # identity card, 18 characters
    r"[1-9]\d{7}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}",  # identity card, 15 digits
    r"(?:\+?86)?1[3-9]\d{9}",  # mobile phone
    r"0\d{2,3}-\d{7,8}",  # landline
    r"[3-6]\d{15,18}",  # bank card or account
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
)
_PLATE = r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·・ ]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"
_PERSONAL = re.compile("|".join([*(_ALONE[0] + shape + _ALONE[1] for shape in _SHAPES), _PLATE]))
_GROUPED = re.compile(r"(?<=\d)[ \u3000-](?=\d{4}(?!\d)|\d{4}[ \u3000-])")


def personal(text: str) -> list[str]:
    """The personal numbers in a text, written in full width or in groups of four as well."""
    plain = unicodedata.normalize("NFKC", text)
    found = _PERSONAL.findall(plain)
    joined = _GROUPED.sub("", plain)
    return found if joined == plain else found + _PERSONAL.findall(joined)
