"""Days by the official calendar: which day is the n-th working day after another."""

from datetime import date

import ibis
import ibis.expr.types as ir

from mingjing.rules.engine import NotRun
from mingjing.rules.ledgers import Ledgers


def add_workdays(ledgers: Ledgers, t: ir.Table, start: ir.Value, days, name: str) -> ir.Table:
    """`t` with a column `name`: the day that is `days` (1 or more) working days after `start`, counting from the day
    after it. NULL where either is unknown. Swapped working days count, holidays on weekdays do not.

    NotRun when the arrangement of holidays is not yet published for the year the audit looks from.
    """
    calendar = published(ledgers, ledgers.end)
    numbered = ledgers.materialised("workday", lambda: _numbered(calendar))
    before = numbered.select(_start="cal_date", _number="number")
    after = numbered.filter(numbered.is_workday).select(_nth="number", _due="cal_date")
    t = t.mutate(_start=start.cast("date"), _days=ibis.literal(days) if isinstance(days, int) else days)
    t = t.left_join(before, "_start").drop("_start_right")
    t = t.mutate(_nth=t._number + t._days)
    t = t.left_join(after, "_nth").drop("_nth_right")
    return t.mutate(t._due.name(name)).drop("_start", "_days", "_number", "_nth", "_due")


def published(ledgers: Ledgers, day: date) -> ir.Table:
    """The calendar. NotRun when the arrangement of holidays is not yet published for the year of that day."""
    calendar = ledgers.calendar
    if calendar.filter(calendar.cal_date == day).count().execute() == 0:
        raise NotRun("no_calendar")
    return calendar


def _numbered(calendar: ir.Table) -> ir.Table:
    """Each day with the number of working days up to it."""
    order = ibis.window(order_by=calendar.cal_date, following=0)
    return calendar.mutate(number=calendar.is_workday.cast("int64").sum().over(order))
