"""One cell as people mean it: full-width digits, thousands separators, 万元, every form of a date.

Each reader takes a raw cell (text, number, date as the file gave it) and returns the typed value, None for a
cell that says nothing, or raises ValueError when the cell says something that cannot be read.
"""

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

NULLS = {"", "无", "/", "-", "—", "——", "n/a", "na", "null", "none", "待补"}
_TRUE = {"是", "有", "√", "✓", "y", "yes", "true", "1", "对"}
_FALSE = {"否", "无", "×", "✗", "x", "n", "no", "false", "0", "错"}
SCALES = {"万元": 1e4, "千元": 1e3, "亿元": 1e8, "元": 1.0}
_SUFFIXES = SCALES | {"万": 1e4, "%": 0.01}
_OWN_UNIT = re.compile(f"({'|'.join([*SCALES, '万'])})[)]?$")
_INVISIBLE = {"Cc", "Cf"}
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(e[+-]?\d+)?", re.I)
_DATE = re.compile(r"(\d{4})\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})\s*日?")
_MONTH = re.compile(r"(\d{4})\s*[年./\-]\s*(\d{1,2})\s*月?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(
    r"[T\s]*(\d{1,2})[:：时](\d{1,2})?(?:[:：分](\d{1,2})(?:\.\d+)?)?[分秒]?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?"
)
EPOCH_1900, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
MAX_EXACT = 10**15


def clean(value: Any) -> str:
    """Text for comparing: NFKC, no control or bidirectional marks, single spaces, trimmed."""
    text = str(value)
    if text.isprintable() and unicodedata.is_normalized("NFKC", text):
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text)
    text = "".join(
        " " if c in "\t\r\n" else c
        for c in text
        if c in "\t\r\n" or unicodedata.category(c) not in _INVISIBLE
    )
    return " ".join(text.split())


def is_null(value: Any) -> bool:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and clean(value).lower() in NULLS


def read_text(value: Any) -> str | None:
    """Text; a whole number stands without `.0`; a number too long for a double has lost digits and is unreadable."""
    if is_null(value):
        return None
    if isinstance(value, float) and value.is_integer():
        if abs(value) >= MAX_EXACT:
            raise ValueError("a number of more than 15 digits has lost its last ones; store it as text")
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return clean(value) if isinstance(value, str) else str(value)


def read_number(value: Any) -> float | None:
    """Number in the column's own unit: `1,234.5`, `（12）` and `-12`, `3.2万元`, `￥5`."""
    if isinstance(value, bool):
        raise ValueError("a yes or no, not a number")
    if is_null(value):
        return None
    if isinstance(value, int | float):
        if math.isinf(value):
            raise ValueError("not a finite number")
        return float(value)
    if not isinstance(value, str):
        raise ValueError("a date, not a number")
    text = clean(value).replace(" ", "").lstrip("¥$￥")
    sign = -1.0 if text.startswith("(") and text.endswith(")") else 1.0
    text = text.strip("()").lstrip("¥$￥").replace("，", ",")
    scale = 1.0
    for suffix, factor in _SUFFIXES.items():
        if text.endswith(suffix):
            text, scale = text.removesuffix(suffix), factor
            break
    match = _NUMBER.fullmatch(text)
    if not match or not (match[2] or match[3]):
        raise ValueError("not a number")
    number = sign * scale * float(text.replace(",", ""))
    if math.isinf(number):
        raise ValueError("not a finite number")
    return round(number, 6) if scale != 1.0 else number


def scaled(number: float | None, value: Any, scale: float) -> float | None:
    """The number in the column's own unit; a cell that says 万元 itself is not scaled by its header again."""
    if number is None or scale == 1.0 or (isinstance(value, str) and _OWN_UNIT.search(clean(value))):
        return number
    return round(number * scale, 6)


def read_int(value: Any) -> int | None:
    number = read_number(value)
    if number is None:
        return None
    if number != int(number):
        raise ValueError("not a whole number")
    if abs(number) >= 2**63:
        raise ValueError("a whole number too large to be a count")
    return int(number)


def read_bool(value: Any) -> bool | None:
    """Yes or no; here 无 is an answer, not a blank."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    word = clean(value).lower() if value is not None else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if is_null(value):
        return None
    raise ValueError("neither yes nor no")


def read_datetime(value: Any, epoch: datetime = EPOCH_1900) -> datetime | None:
    """Moment; a bare day is its midnight, a month its first day, a serial counts from the workbook's epoch."""
    if isinstance(value, bool):
        raise ValueError("a yes or no, not a date")
    if is_null(value):
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, int | float):
        return _serial(float(value), epoch)
    if isinstance(value, str):
        return _written(clean(value), epoch)
    raise ValueError("not a date")


def read_date(value: Any, epoch: datetime = EPOCH_1900) -> date | None:
    moment = read_datetime(value, epoch)
    return moment.date() if moment else None


def _serial(number: float, epoch: datetime) -> datetime:
    if number == int(number) and (match := _COMPACT.fullmatch(str(int(number)))):
        return datetime(int(match[1]), int(match[2]), int(match[3]))
    if not 367 <= number < 2958466:
        raise ValueError("a number that is no date")
    return epoch + timedelta(seconds=round(number * 86400))


def _written(text: str, epoch: datetime) -> datetime:
    if match := _COMPACT.fullmatch(text):
        return datetime(int(match[1]), int(match[2]), int(match[3]))
    if match := _DATE.match(text):
        return datetime(int(match[1]), int(match[2]), int(match[3]), *clock(text[match.end() :]))
    if match := _MONTH.fullmatch(text):
        return datetime(int(match[1]), int(match[2]), 1)
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _serial(float(text), epoch)
    raise ValueError("no date with a year")


def clock(rest: str) -> tuple[int, int, int]:
    if not rest.strip():
        return 0, 0, 0
    match = _TIME.fullmatch(rest)
    if not match:
        raise ValueError("no time of day after the date")
    return int(match[1]), int(match[2] or 0), int(match[3] or 0)


READERS = {"text": read_text, "number": read_number, "int": read_int, "bool": read_bool}
DATED = {"date": read_date, "datetime": read_datetime}
