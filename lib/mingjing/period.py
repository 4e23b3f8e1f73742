"""The period audited and the day it is looked at from."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime

from mingjing.errors import UsageError

_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"(\d{4})[Qq]([1-4])")
_HALF = re.compile(r"(\d{4})[Hh]([12])")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_NAMED = re.compile(r"(\d{4})(?:-(\d\d)|H([12])|Q([1-4]))?")
_SPAN = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")


def in_chinese(text: str) -> str:
    """A span of time as Chinese readers write it: 2021年, 2021年上半年, 2021年第3季度, 2021年5月; other text as it stands."""
    if not (named := _NAMED.fullmatch(text)):
        return text
    year, month, half, quarter = named.groups()
    if month:
        return f"{year}年{int(month)}月"
    if half:
        return f"{year}年{'上下'[int(half) - 1]}半年"
    return f"{year}年第{quarter}季度" if quarter else f"{year}年"


def span_words(text: str, lang: str) -> str:
    """A span of time as readers write it; in English a quarter and a half year, while a month 2021-05 is read as it stands."""
    if lang == "zh":
        return in_chinese(text)
    if match := _QUARTER.fullmatch(text):
        return f"Q{match[2]} {match[1]}"
    if match := _HALF.fullmatch(text):
        return f"{'first' if match[2] == '1' else 'second'} half of {match[1]}"
    return text


@dataclass(frozen=True)
class Period:
    """First and last day, both included. `text` is as the user wrote it, normalised."""

    start: date
    end: date
    text: str

    @classmethod
    def parse(cls, text: str) -> "Period":
        """`2021`, `2021Q3`, `2021-10` or `2021-09-15..2021-10-15`; anything else is a UsageError."""
        written = str(text).strip()
        try:
            period = cls._read(written)
        except ValueError as error:
            raise UsageError(f"period “{written}” names no real dates ({error})", todo=_FORMS) from None
        if period is None:
            raise UsageError(f"period “{written}” cannot be read", todo=_FORMS)
        if period.start > period.end:
            raise UsageError(f"period “{written}” ends before it begins", todo="Swap the two dates")
        _within(period.start, f"period “{written}”")
        _within(period.end, f"period “{written}”")
        return period

    @classmethod
    def _read(cls, written: str) -> "Period | None":
        if match := _YEAR.fullmatch(written):
            year = int(match[1])
            return cls(date(year, 1, 1), date(year, 12, 31), written)
        if match := _QUARTER.fullmatch(written):
            year, quarter = int(match[1]), int(match[2])
            return cls(date(year, 3 * quarter - 2, 1), month_end(year, 3 * quarter), f"{year}Q{quarter}")
        if match := _MONTH.fullmatch(written):
            year, month = int(match[1]), int(match[2])
            return cls(date(year, month, 1), month_end(year, month), f"{year}-{month:02d}")
        if match := _SPAN.fullmatch(written):
            return cls(date.fromisoformat(match[1]), date.fromisoformat(match[2]), written)
        return None

    def months(self) -> list[str]:
        """`YYYY-MM` of each month the period touches."""
        first, last = self.start.year * 12 + self.start.month - 1, self.end.year * 12 + self.end.month - 1
        return [f"{m // 12}-{m % 12 + 1:02d}" for m in range(first, last + 1)]

    def words(self, lang: str) -> str:
        """As a reader writes it: 2021年第3季度, Q3 2021."""
        if lang == "zh":
            return f"{self.start}至{self.end}" if _SPAN.fullmatch(self.text) else in_chinese(self.text)
        if _MONTH.fullmatch(self.text):
            return f"{self.start:%B %Y}"
        return f"{self.start} to {self.end}" if _SPAN.fullmatch(self.text) else span_words(self.text, lang)

    def __str__(self) -> str:
        return self.text


_FORMS = "Write 2021, 2021Q3, 2021-10 or 2021-09-15..2021-10-15"


YEARS = 1900, 2199


def _within(day: date, named: str) -> date:
    """The day; UsageError where deadlines reckoned from it would leave the calendar of the machine."""
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise UsageError(f"{named} lies outside {YEARS[0]} to {YEARS[1]}", todo="Correct the year")
    return day


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def parse_as_of(text: str | date | None, period: Period) -> date:
    """The day the audit looks from; by default the last day of the period, never today."""
    if text is None or text == "":
        return period.end
    if isinstance(text, datetime):
        text = text.date()
    if isinstance(text, date):
        return _within(text, f"as-of date “{text}”")
    try:
        return _within(date.fromisoformat(str(text).strip()), f"as-of date “{text}”")
    except ValueError:
        raise UsageError(f"as-of date “{text}” cannot be read", todo="Write it as 2021-10-31") from None
