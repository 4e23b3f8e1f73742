"""Festivals by the official calendar: the days of rest of each, and the windows around them."""

from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import ibis.expr.types as ir
import pyarrow as pa

from mingjing.rules.engine import NotRun
from mingjing.rules.expr import in_turn
from mingjing.rules.ledgers import Ledgers, calendar_table
from mingjing.tables.words import WORDS

# The seven are holidays since 2008-01-01 (State Council orders 270 and 513); before, three were.
_SINCE = 2008
# in the order of the year
ENGLISH = {name: WORDS[name] for name in ("元旦", "春节", "清明", "五一", "端午", "中秋", "国庆")}


class Rest(NamedTuple):
    """The days off around one festival, both ends included; weekends that join them belong to it."""

    first: date
    last: date
    festival: str


class Window(NamedTuple):
    """The days around one festival that a rule looks at, both ends included."""

    year: int
    festival: str
    opens: date
    closes: date
    rest_first: date
    rest_last: date

    def name(self, lang: str) -> str:
        return self.festival if lang == "zh" else ENGLISH[self.festival]

    def label(self, lang: str) -> str:
        """The window named and dated."""
        if lang == "zh":
            return f"{self.year}年{self.festival}（{self.opens}至{self.closes}）"
        return f"{ENGLISH[self.festival]} {self.year} ({self.opens} to {self.closes})"


@cache
def calendar_of(year: int) -> dict[date, tuple[bool, str | None]]:
    """Day → (working day or not, festival or nothing); empty while the year is not published."""
    table = calendar_table(year, year)
    columns = (table[name].to_pylist() for name in ("cal_date", "is_workday", "holiday_name"))
    return {day: (work, name) for day, work, name in zip(*columns, strict=True)}


@cache
def rests(year: int) -> list[Rest]:
    """Every festival of the year in order; none while the year is not published.

    New Year's rest may begin in the old year. Two festivals in one rest both have all of it, also where the notice
    names the days after one of them only, as for Mid-Autumn and National Day of 2020.
    """
    if not calendar_of(year):
        return []
    days = calendar_of(year - 1) | calendar_of(year) | calendar_of(year + 1)
    named: dict[str, date] = {}
    for day, (_, name) in sorted(days.items()):
        if name and (day + timedelta(days=3 if name == "元旦" else 0)).year == year:
            named.setdefault(name, day)
    if year >= _SINCE:
        named.setdefault("中秋", named["国庆"])
    found = [Rest(_reach(days, day, -1), _reach(days, day, 1), name) for name, day in named.items()]
    return sorted(found, key=lambda rest: (rest.first, rest.last, list(ENGLISH).index(rest.festival)))


def _reach(days: dict, day: date, step: int) -> date:
    while not days.get(day + timedelta(days=step), (True, None))[0]:
        day += timedelta(days=step)
    return day


def windows(ledgers: Ledgers, before: int, after: int, festivals: tuple[str, ...] = ()) -> list[Window]:
    """Windows that touch the period, from `before` days ahead of the rest to `after` days behind it.

    NotRun where the holidays of a year of the period are not published: a window must not be guessed. The New Year
    that follows is on 1 January whatever is published later.
    """
    years = range(ledgers.start.year, ledgers.end.year + 1)
    if not all(rests(year) for year in years):
        raise NotRun("no_calendar")
    found = []
    for year in range(years[0] - 1, years[-1] + 2):
        known = rests(year) or [Rest(date(year, 1, 1), date(year, 1, 1), "元旦")]
        for first, last, name in known:
            opens, closes = first - timedelta(days=before), last + timedelta(days=after)
            if closes >= ledgers.start and opens <= ledgers.end and (not festivals or name in festivals):
                found.append(Window(year, name, opens, closes, first, last))
    return found


def within(ledgers: Ledgers, t: ir.Table, day: ir.Value, before: int, after: int, festivals) -> ir.Table:
    """Rows whose day lies in a window, with `windows_zh` and `windows_en`: each window named and dated."""
    spans = windows(ledgers, before, after, festivals)
    # Spark names tables in plain letters only
    places = (str(place) for place, name in enumerate(ENGLISH) if name in festivals)
    w = ledgers.derived("_".join(("windows", str(before), str(after), *places)), lambda: _table(spans))
    t = t.mutate(_day=day.cast("date"))
    joined = t.inner_join(w, [t._day >= w.opens, t._day <= w.closes])
    found = joined.group_by("_rid").agg(
        windows_zh=in_turn(joined.window_zh, "、", joined.window_order),
        windows_en=in_turn(joined.window_en, ", ", joined.window_order),
    )
    return t.inner_join(found, "_rid").drop("_day")


def _table(spans: list[Window]) -> pa.Table:
    fields = {"window_order": pa.int64(), "window_zh": pa.string(), "window_en": pa.string()}
    fields |= {"opens": pa.date32(), "closes": pa.date32()}
    rows = [(place, w.label("zh"), w.label("en"), w.opens, w.closes) for place, w in enumerate(spans)]
    return pa.Table.from_pylist([dict(zip(fields, row, strict=True)) for row in rows], pa.schema(fields))
