"""The ledgers as a rule sees them: typed Ibis tables of what was known on the day the audit looks from."""

import re
from collections.abc import Callable, Container, Iterable
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

import chinese_calendar
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mingjing.period import Period, month_end
from mingjing.rules import backends
from mingjing.rules.catalogue import Entry, Params, catalogue
from mingjing.rules.expr import active
from mingjing.tables import ARROW, Table, tables

_FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "五一",
    "Dragon Boat Festival": "端午",
    "Mid-autumn Festival": "中秋",
    "National Day": "国庆",
}

# Ibis keeps the columns that a query drops in a set: their order is another in each process
_DROPPED = re.compile(r"(?<=EXCLUDE )\([^()]*\)")
# and names what it unnests at random
_UNNESTED = re.compile(r"ibis_table_unnest_(?:column_)?[a-z0-9]{26}")
_NAME = re.compile(r'"[^"]*"')


class Ledgers:
    """Tables by attribute: `ledgers.food_log` has every declared column; a column nobody kept is all NULL.

    Rows dated after `as_of` are out of sight. `_rid` identifies the source row; it must survive into a hit as
    `_rid`, or, where a hit rests on several rows, as an array `_rids`. `period_asked` tells whether a rule looked
    at the period: what it then does not find in another period was not looked for there. `units`: the only ones
    looked at, or none for all. A ledger too large for memory is given as the path of its Parquet file, which the
    engine reads. `judged`: what a rule judges where that is not the rows of its first ledger, for counting.
    """

    def __init__(
        self,
        backend,
        data: dict[str, pa.Table | Path],
        period: Period,
        as_of: date,
        units: tuple[str, ...] = (),
        entries: dict[str, Entry] | None = None,
    ):
        self._entries = entries or {}
        self.backend, self.as_of, self._period, self.units = backend, as_of, period, units
        self.period_asked = False
        self.judged: ir.Table | None = None
        self._present: dict[str, set[str]] = {}
        self._filled: dict[str, set[str]] = {}
        self._arrow: dict[str, pa.Table | Path] = {}
        self._tables: dict[str, ir.Table] = {}
        self._derived: dict[str, tuple[ir.Table, bool]] = {}
        self._materialised: dict[str, tuple[str, list[str]]] = {}
        self._cut: set[str] = set()
        self.worked_out: dict[str, pa.Table] = {}
        self._counts: dict[tuple, int] = {}
        self._keepers: dict[tuple, frozenset[str]] = {}
        for name, arrow in data.items():
            self.add(name, arrow)

    @property
    def period(self) -> Period:
        self.period_asked = True
        return self._period

    def entry(self, rule_id: str) -> Entry:
        """Another rule as this audit has it, for a rule that leaves something to it."""
        return self._entries.get(rule_id) or catalogue()[rule_id]

    def params(self, rule_id: str) -> Params:
        """The thresholds of another rule."""
        return Params(self.entry(rule_id))

    @property
    def span(self) -> tuple[date, date]:
        """First and last day looked at, for who only sorts out by date what a rule found over all days."""
        return self._period.start, min(self._period.end, self.as_of)

    @property
    def start(self) -> date:
        return self.period.start

    @property
    def end(self) -> date:
        """The last day of the period, or `as_of` where that comes first."""
        return min(self.period.end, self.as_of)

    @property
    def finished(self) -> bool:
        return self.as_of >= self.period.end

    def add(self, name: str, arrow: pa.Table | Path) -> None:
        """One more table; the engine gets it when somebody first asks for it."""
        filled = _filled_in_file(arrow) if isinstance(arrow, Path) else _filled(arrow)
        self._present[name] = set(filled)
        self._filled[name] = {column for column, some in filled.items() if some}
        self._arrow[name] = arrow

    def everything(self) -> None:
        """Gives the engine every ledger, for who asks it in its own language."""
        for name in self._arrow:
            getattr(self, name)

    def _load(self, name: str) -> ir.Table:
        """Declared columns that nobody kept are there as NULL, and `has` still says they are absent."""
        arrow, declared = self._arrow[name], tables().get(name)
        columns = declared.columns.values() if declared else ()
        absent = {c.name: ARROW[c.type] for c in columns if c.name not in self._present[name]}
        if isinstance(arrow, Path):
            table = self.backend.read_parquet(str(arrow), table_name=name)
            table = table.mutate(**{c: ibis.null(ibis.dtype(type_)) for c, type_ in absent.items()})
            return self._known(table, declared)
        for column, type_ in absent.items():
            arrow = arrow.append_column(column, pa.nulls(len(arrow), type_))
        if declared and declared.date:
            arrow = self._known_rows(name, arrow, declared.date)
        return self.store(name, arrow)

    def store(self, name: str, arrow: pa.Table) -> ir.Table:
        """A table that a rule worked out itself, for its next step; it is no ledger and `has` does not know it."""
        return backends.store(self.backend, name, arrow)

    def _known_rows(self, name: str, arrow: pa.Table, column: str) -> pa.Table:
        """What `_known` leaves of a ledger in memory. Left to every query, this takes a tenth of all compiling."""
        type_ = arrow.schema.field(column).type
        end = pa.scalar(self.day_end.date() if pa.types.is_date(type_) else self.day_end, type_)
        known = pc.fill_null(pc.less(arrow[column], end), True)
        if pc.all(known, min_count=0).as_py():
            return arrow
        self._cut.add(name)
        return arrow.filter(known)

    def _known(self, table: ir.Table, declared: Table | None) -> ir.Table:
        if declared is None or declared.date is None:
            return table
        day = table[declared.date]
        return table.filter(day.isnull() | (day < self.day_end))

    def derived(self, name: str, build: Callable[[], pa.Table]) -> ir.Table:
        """A table that must be worked out in Python from the ledgers: built once, under its own name."""

        def made() -> ir.Table:
            self.worked_out[name] = build()
            plain = re.sub(r"\W", "_", name)  # Spark takes no name with a dash or a dot
            return self.store(f"derived_{plain}", self.worked_out[name])

        return self._once(name, made)

    def materialised(self, name: str, build: Callable[[], ir.Table]) -> ir.Table:
        """An expression that several queries start from: the engine works it out once, and `fetch` shows how."""

        def made() -> ir.Table:
            query = build()
            text = self._compiled(query)
            self._materialised[name] = text, self.rests_on(query)
            return backends.materialise(self.backend, name, text, query.schema())

        return self._once(name, made)

    def _once(self, name: str, make: Callable[[], ir.Table]) -> ir.Table:
        if name not in self._derived:
            asked, self.period_asked = self.period_asked, False
            table = make()
            self._derived[name] = table, self.period_asked
            self.period_asked |= asked
        table, asked = self._derived[name]
        self.period_asked |= asked
        return table

    def fetch(self, query: ir.Table, told: Container[str] = ()) -> tuple[str, pa.Table]:
        """The SQL of a query, led by that of the materialised tables in it which nobody `told` yet, and its rows. Compiled once: compiling
        takes several times as long as running. Ledgers whose later rows the query never saw are named above it."""
        text = self._compiled(query)
        rows = backends.fetch(self.backend, text).cast(query.schema().to_pyarrow())
        first = [
            f"CREATE TABLE {n} AS\n{self._materialised[n][0]};" for n in self.rests_on(query) if n not in told
        ]
        shown = "\n\n".join([*first, text])
        cut = [name for name in sorted(self._cut) if re.search(f'[`"]{name}[`"]', shown)]
        note = f"-- up to {self.as_of}: {', '.join(cut)}\n" if cut else ""
        return note + shown, rows

    def _compiled(self, query: ir.Table) -> str:
        text = str(self.backend.compile(query, pretty=True))
        numbers: dict[str, str] = {}
        text = _UNNESTED.sub(lambda name: numbers.setdefault(name[0], f"unnest_{len(numbers) + 1}"), text)
        return _DROPPED.sub(_in_order, text)

    def rests_on(self, query: ir.Table) -> list[str]:
        """Names of the materialised tables a query needs, each after those it needs itself."""
        used = {table.name for table in query.op().find(ops.DatabaseTable)}
        needed = [[*rests, name] for name, (_, rests) in self._materialised.items() if name in used]
        return list(dict.fromkeys(n for names in needed for n in names))

    def count(
        self,
        name: str,
        units: tuple[str, ...],
        within: bool,
        only: tuple[tuple[str, tuple], ...] | None = None,
    ) -> int:
        """How many rows of a ledger belong to these units (all if none are named), and `within` the period; `only`: of what
        is in use those with these values in these columns."""
        key = (name, units, within, only)
        if key not in self._counts:
            table, declared = getattr(self, name), tables().get(name)
            if only is not None and declared and "active" in declared.columns:
                table = active(table)
            for column, values in only or ():
                table = table.filter(table[column].isin(values))
            if declared and declared.date and within:
                table = table.filter(self.in_period(table[declared.date]))
            if units and declared and declared.unit:
                table = table.filter(table[declared.unit].isin(units))
            self._counts[key] = int(table.count().execute())
        return self._counts[key]

    def names(self) -> list[str]:
        """The ledgers that somebody handed in."""
        return [name for name in self._present if name in tables()]

    def kept_by(self, name: str, within: bool) -> frozenset[str]:
        """Units with rows in a ledger, and `within` the period; none where its rows belong to no unit."""
        declared = tables().get(name)
        if declared is None or not declared.unit or not self.has(name, declared.unit):
            return frozenset()
        key = (name, within)
        if key not in self._keepers:
            table = getattr(self, name)
            if declared.date and within:
                table = table.filter(self.in_period(table[declared.date]))
            units = table.select(table[declared.unit].name("who")).distinct().to_pyarrow()
            self._keepers[key] = frozenset(units["who"].drop_null().to_pylist())
        return self._keepers[key]

    @cached_property
    def calendar(self) -> ir.Table:
        """The official calendar of the years around the period, for the rules that ask for it."""
        last_year = max(self._period.end, self.as_of).year + 1
        return self.store("calendar", calendar_table(self._period.start.year - 2, last_year))

    @property
    def day_end(self) -> datetime:
        """The first moment after `as_of`."""
        return datetime.combine(self.as_of + timedelta(days=1), time())

    def moment(self, when: datetime) -> ir.TimestampScalar:
        """A Python moment as an expression."""
        return ibis.literal(when, type="timestamp")

    def __getattr__(self, name: str) -> ir.Table:
        if name not in self.__dict__.get("_arrow", ()):
            raise AttributeError(f"no ledger is called “{name}”")
        if name not in self._tables:
            self._tables[name] = self._load(name)
        return self._tables[name]

    def __dir__(self) -> list[str]:
        return [*self._arrow, *super().__dir__()]

    def __contains__(self, name: str) -> bool:
        return name in self._arrow

    def has(self, table: str, *columns: str) -> bool:
        """Whether somebody keeps this ledger and writes in every one of these columns: for choosing between ways."""
        return table in self._arrow and self._filled[table].issuperset(columns)

    def nameless(self, name: str) -> bool:
        """The ledger has rows, and none of them says which unit it belongs to."""
        declared = tables().get(name)
        kept = declared is not None and declared.unit is not None and self.has(name, declared.unit)
        return not kept and self.count(name, (), within=False) > 0

    def missing(self, needs: dict[str, Iterable[str]]) -> list[str]:
        """`table` or `table.column` for each thing a rule needs and nobody keeps. A column that is there and blank
        throughout is kept: that nobody filled it in is evidence."""
        lacking = [table for table in needs if table not in self._arrow]
        return lacking or [
            f"{t}.{c}" for t, names in needs.items() for c in names if c not in self._present[t]
        ]

    def in_period(self, day: ir.Value) -> ir.BooleanValue:
        """The day or moment lies in the period and not after `as_of`."""
        return (day >= self.start) & (day < datetime.combine(self.end + timedelta(days=1), time()))

    def by_then(self, day: ir.Value) -> ir.Value:
        """The date if it had happened by `as_of`, else NULL: a closure after `as_of` is still open."""
        return (day < self.day_end).ifelse(day, ibis.null(day.type()))

    def days(self) -> ir.Table:
        """Each day of the period up to `as_of`, from the official calendar of holidays and swapped workdays."""
        return self.calendar.filter(self.calendar.cal_date.between(self.start, self.end))

    def spans(self, unit: str) -> list[tuple[str, date, date]]:
        """(name, first day, last day) of each whole `month`, `quarter`, `half` or `year` that touches the period
        and had ended by `as_of`. Only what is over can have been missed."""
        return [span for span in self._touching(unit) if span[2] <= self.as_of]

    def running(self, unit: str) -> tuple[str, date, date] | None:
        """The span that touches the period and is not over on `as_of`: good for a warning, never for a breach."""
        return next((span for span in self._touching(unit) if span[1] <= self.as_of < span[2]), None)

    def years(self, share: float) -> list[tuple[str, date, date]]:
        """The years that are over on `as_of`, and the running one once this share of it has gone: to warn early."""
        running = self.running("year")
        late = running and (self.as_of - running[1]).days >= share * (running[2] - running[1]).days
        return [*self.spans("year"), *([running] if late else [])]

    def _touching(self, unit: str) -> list[tuple[str, date, date]]:
        step = {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
        first = self.start.year * 12 + (self.start.month - 1) // step * step
        found = []
        for m in range(first, self.period.end.year * 12 + self.period.end.month, step):
            year, month = divmod(m, 12)
            last_year, last_month = divmod(m + step - 1, 12)
            number = month // step + 1
            name = {1: f"{year}-{number:02d}", 3: f"{year}Q{number}", 6: f"{year}H{number}", 12: f"{year}"}[
                step
            ]
            found.append((name, date(year, month + 1, 1), month_end(last_year, last_month + 1)))
        return found


def _filled(arrow: pa.Table) -> dict[str, bool]:
    """Column → whether anything is written in it."""
    return {c: arrow.column(c).null_count < len(arrow) for c in arrow.column_names}


def _filled_in_file(path: Path) -> dict[str, bool]:
    """The same by the statistics of a Parquet file; a column without them counts as written in."""
    file, filled = pq.ParquetFile(path).metadata, {}
    for group in map(file.row_group, range(file.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            known = column.statistics
            some = not (known and known.has_null_count and known.null_count == column.num_values)
            filled[column.path_in_schema] = filled.get(column.path_in_schema, False) or some
    return filled or dict.fromkeys(file.schema.names, False)


def calendar_table(first_year: int, last_year: int) -> pa.Table:
    """One row per day: workday or not, why, and the festival it belongs to (State Council notices, by way of the
    `chinesecalendar` package). Years the package does not know are left out: a rule on them must not guess."""
    rows = []
    for year in range(first_year, last_year + 1):
        day = date(year, 1, 1)
        while day.year == year:
            try:
                off, name = chinese_calendar.get_holiday_detail(day)
            except NotImplementedError:
                break
            rows.append((day, not off, _day_type(day, off, name), _FESTIVALS.get(name) if off else None))
            day += timedelta(days=1)
    names = ["cal_date", "is_workday", "day_type", "holiday_name"]
    types = [pa.date32(), pa.bool_(), pa.string(), pa.string()]
    columns = zip(*rows, strict=True) if rows else ([], [], [], [])
    return pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})


def _day_type(day: date, off: bool, name: str | None) -> str:
    if off:
        return "法定假日" if name else "周末"
    return "调休上班" if day.weekday() >= 5 else "工作日"


def _in_order(dropped: re.Match) -> str:
    names = iter(sorted(_NAME.findall(dropped[0])))
    return _NAME.sub(lambda _: next(names), dropped[0])
