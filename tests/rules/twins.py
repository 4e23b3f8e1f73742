"""Plain pandas twins of the rules: an independent computation from the words of the catalogue, on random ledgers.

A twin is `def st05(d, p)`: `d.food_purchase` is the ledger as a pandas frame (rows dated after `as_of` are gone), `p`
the thresholds. It yields `(case, keys, hit)`: what was judged, each a tuple of source rows or a subject, and whether it
breaks the rule. Findings of the rule must be exactly those that hit, case by case.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd

from mingjing.rules import catalogue, configured
from mingjing.rules.catalogue import Params
from mingjing.tables import tables

UNITS = ["U1", "U2", "U3"]
PEOPLE = ["P1", "P2", "P3", "P4", "P5"]
TWINS: dict[str, "Twin"] = {}


@dataclass(frozen=True)
class Twin:
    judge: Callable
    ledgers: dict[str, Callable]
    as_of: tuple[date, ...]
    free: frozenset[str] = field(default_factory=frozenset)
    settings: tuple[dict, ...] = ({},)


def twin(rule_id: str, *, as_of=None, one_sided=(), settings=({},), **ledgers: Callable):
    """`ledgers`: for each, a function of the random source that gives its rows. `one_sided`: cases for which nothing is
    judged but what hits. `settings`: thresholds as a bureau sets them, from seed to seed."""

    def register(judge):
        assert rule_id not in TWINS
        days = as_of or (date(2021, 12, 31), date(2021, 10, 15), date(2022, 3, 31), date(2021, 8, 31))
        TWINS[rule_id] = Twin(judge, ledgers, days, frozenset(one_sided), settings)
        return judge

    return register


def day(rng, first=date(2020, 12, 1), days=430) -> date:
    return first + timedelta(days=rng.randrange(days))


def moment(rng, first=date(2020, 12, 1), days=430) -> datetime:
    minutes = rng.choice([0, 1, 480, 539, 540, 720, 1380, 1439])
    return datetime.combine(day(rng, first, days), datetime.min.time()) + timedelta(minutes=minutes)


def later(column: str, *days, null=0.1):
    """So many days after another column of the row, in that column's own type."""

    def value(rng, row):
        if row[column] is None or rng.random() < null:
            return None
        return row[column] + timedelta(days=rng.choice(days))

    return value


def rows(table: str, n: int, **columns) -> Callable:
    """Random rows of a ledger. A column is a list to choose from, a function of (random source, row), or left to its declared
    type; a column that need not be filled in is blank now and then."""
    declared = tables()[table].columns

    def value(rng, row, number, column):
        wanted = columns.get(column.name)
        if callable(wanted):
            return wanted(rng, row)
        if wanted is not None:
            return rng.choice(wanted)
        if column.name in tables()[table].key[:1] and not column.ref:
            return f"{table}{number}"
        if not column.required and rng.random() < 0.15:
            return None
        by_type = {"date": day, "datetime": moment, "bool": lambda r: r.random() < 0.5}
        numbers = {"number": lambda r: float(r.randrange(0, 50)), "int": lambda r: r.randrange(0, 50)}
        if make := (by_type | numbers).get(column.type):
            return make(rng)
        refs = {"unit.unit_id": UNITS, "person.person_id": PEOPLE}
        return rng.choice(list(column.choices or refs.get(column.ref, ["甲", "乙", "丙"])))

    def build(rng):
        made = []
        for number in range(n):
            row = {}
            for column in sorted(declared.values(), key=lambda c: callable(columns.get(c.name))):
                row[column.name] = value(rng, row, number, column)
            made.append(row)
        return made

    return build


def each(table: str, key: str, names, **columns) -> Callable:
    """One random row for each of these names."""

    def build(rng):
        return [
            row | {key: name}
            for row, name in zip(rows(table, len(names), **columns)(rng), names, strict=True)
        ]

    return build


def unit_list(**columns) -> Callable:
    """The units; those out of use, or not said to be in use, among them."""
    return each("unit", "unit_id", UNITS, active=[True, True, None, False], **columns)


def month(moments: pd.Series) -> pd.Series:
    return moments.dt.strftime("%Y-%m")


def by(t: pd.DataFrame, *columns: str) -> list[tuple[str, pd.DataFrame]]:
    """The key, joined by bars, and the rows of each group; rows with a blank in the key belong to none."""
    return [("|".join(map(str, key)), g) for key, g in t.groupby(list(columns))]


def flags(t: pd.DataFrame, values) -> pd.Series:
    """One truth for each row, also where there is no row."""
    return pd.Series(list(values), t.index, dtype=bool)


class Book:
    """The ledgers as a twin sees them on `as_of`."""

    def __init__(self, data: dict[str, list[dict]], as_of: date):
        self.as_of, self.today = as_of, pd.Timestamp(as_of)
        self.tomorrow = self.today + pd.Timedelta(days=1)
        self.start, self.end = pd.Timestamp(2021, 1, 1), min(pd.Timestamp(2021, 12, 31), self.today)
        self._frames = {name: self._frame(name, rows) for name, rows in data.items()}

    def _frame(self, name, rows):
        t = pd.DataFrame(rows, dtype=object)
        if name not in tables():  # what intake noticed
            return t
        t["row"] = [*range(2, len(t) + 2)]
        for column in tables()[name].columns.values():
            if column.name not in t:
                t[column.name] = None
            if column.type in ("date", "datetime"):
                t[column.name] = pd.to_datetime(t[column.name])
            elif column.type in ("int", "number"):
                t[column.name] = t[column.name].astype(float)
        dated = tables()[name].date
        return t if not dated else t[t[dated].isna() | (t[dated] < self.tomorrow)].reset_index(drop=True)

    def __getattr__(self, name):
        return self._frames[name].copy()

    def known(self, moments: pd.Series) -> pd.Series:
        """Blank where it had not happened by `as_of`."""
        return moments.where(moments < self.tomorrow)

    def within(self, moments: pd.Series) -> pd.Series:
        return (moments >= self.start) & (moments < self.end + pd.Timedelta(days=1))

    def quarters(self):
        """(name, first day, last day) of the quarters of the period."""
        return [
            (str(q), q.start_time, q.end_time.normalize())
            for q in pd.period_range("2021Q1", "2021Q4", freq="Q")
        ]


def own(t: pd.DataFrame) -> list[tuple]:
    """Each row as a key of its own."""
    return [(row,) for row in t.row]


def judged(rule_id: str, seed: int):
    """The rule as set, random ledgers, the day looked from, what the twin finds by case, and the cases in which something
    passed."""
    twin, rng = TWINS[rule_id], random.Random(f"{rule_id}{seed}")
    data = {name: build(rng) for name, build in twin.ledgers.items()}
    as_of = twin.as_of[seed % len(twin.as_of)]
    own = twin.settings[seed % len(twin.settings)]
    entry = configured({rule_id: own})[rule_id] if own else catalogue()[rule_id]
    expected, passed = {}, set(twin.free)
    for case, keys, hit in twin.judge(Book(data, as_of), Params(entry)):
        keys = [tuple(sorted(set(k))) if isinstance(k, tuple) else k for k in keys]
        chosen = {k for k, h in zip(keys, hit, strict=True) if pd.notna(h) and h}
        expected[case] = expected.get(case, set()) | chosen
        if len(chosen) < len(set(keys)):
            passed.add(case)
    return entry, data, as_of, expected, passed
