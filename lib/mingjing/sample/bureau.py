"""The bureau that the sample ledgers describe, and the list of what was planted in them.

An area's module `sample/<area>.py` has one function `build(bureau)`: it adds a believable, clean year of that area's
ledgers, then plants each rule at least twice, each with a near miss beside it:

    rng = bureau.random("canteen")                      # seeded, its own stream: areas do not disturb one another
    for unit in bureau.units_with("has_canteen"):       # rows of the unit ledger; unit["unit_id"]
        staff = bureau.staff(unit["unit_id"])           # staff["head"][0], staff["buyer"][0]: person ids by role
        row = bureau.add("food_log", log_id=bureau.number("LY"), unit_id=unit["unit_id"], weight_g=125.0, …)
    bureau.plant("ST-02", row)                          # the rows the finding rests on, the one at fault first
    bureau.near_miss("ST-02", other)                    # must stay silent
    row.written["weight_g"] = "一百多克"                 # what the clerk wrote instead, for intake

The bureau's year is 2021 and the audit looks from its last day. Rows stay in the order they are added. People and
units are always given by id; the writer turns them into names where a ledger is kept by name. A planted row that trips
a second rule is planted for both. Values to add people for a plan of one's own: `bureau.person(unit_id, post=…)`.
"""

import importlib
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from typing import Any

from mingjing.areas import AREAS

Staff = dict[str, list[str]]


class Row(dict):
    """One row of a ledger: typed values by column. `written` holds cells that say something else than the value."""

    def __init__(self, table: str, values: dict[str, Any]):
        super().__init__(values)
        self.table, self.written = table, {}

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


class Bureau:
    """Ledgers by table name, in the order of the file, and the plan of what must and must not be found."""

    year = 2021

    def __init__(self, seed: int = 1, scale: int = 1):
        self.seed, self.scale = seed, scale
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.planted: list[tuple[str, tuple[Row, ...]]] = []
        self.near_misses: list[tuple[str, tuple[Row, ...]]] = []
        self.totals: dict[str, Row] = {}
        self._numbers: dict[str, int] = defaultdict(int)
        self._staff: dict[str, Staff] = defaultdict(lambda: defaultdict(list))
        self._names = _names(self.random("names"))
        self._by_key: dict[tuple[str, str], Row] = {}

    def random(self, stream: str) -> random.Random:
        """A random stream that depends on the seed and its own name only."""
        return random.Random(f"{self.seed}/{stream}")  # noqa: S311 (sample data, not a secret)

    def number(self, prefix: str) -> str:
        """The next number of a series: `LY00001`, `LY00002`, …"""
        self._numbers[prefix] += 1
        return f"{prefix}{self._numbers[prefix]:05d}"

    def name(self) -> str:
        """A person's name that nobody else in the bureau has."""
        return next(self._names)

    def add(self, table: str, **values: Any) -> Row:
        row = Row(table, values)
        self.rows[table].append(row)
        return row

    def plant(self, rule_id: str, *rows: Row) -> None:
        """The rule must find these rows."""
        self.planted.append((rule_id, rows))

    def near_miss(self, rule_id: str, *rows: Row) -> None:
        """The rule must pass over these rows."""
        self.near_misses.append((rule_id, rows))

    def total(self, table: str, error: float) -> Row:
        """A ledger's total line, whose sums the clerk got wrong by so many yuan; a ledger not named may have none."""
        self.totals[table] = Row(table, {"error": error})
        return self.totals[table]

    def unit(self, unit_id: str) -> Row:
        return self._by_key["unit", unit_id]

    def person_row(self, person_id: str) -> Row:
        return self._by_key["person", person_id]

    def units_with(self, flag: str) -> list[Row]:
        """Rows of the unit ledger whose flag (`has_canteen`, `has_armory`, …) is true."""
        return [row for row in self.rows["unit"] if row[flag]]

    def staff(self, unit_id: str) -> Staff:
        """Person ids of a unit by role: head deputy finance purchase hr clerk safety discipline, and where the unit has
        them keeper guard (armoury), buyer storekeeper acceptor cook manager (canteen), coach doctor (athletes)."""
        return self._staff[unit_id]

    def athletes(self, unit_id: str, role: str = "运动员") -> list[Row]:
        return [row for row in self.rows["athlete"] if row["unit_id"] == unit_id and row["role"] == role]

    def add_unit(self, **values: Any) -> Row:
        row = self.add("unit", **values)
        self._by_key["unit", row["unit_id"]] = row
        return row

    def person(self, unit_id: str, role: str = "clerk", **values: Any) -> Row:
        """A person on the staff list; what is not given is unremarkable."""
        usual = {
            "person_id": self.number("P"),
            "name": self.name(),
            "unit_id": unit_id,
            "dept": "综合科",
            "post": "科员",
            "post_level": "一般",
            "identity": "事业",
            "is_key_post": False,
            "key_area": None,
            "post_start_date": date(2019, 3, 1),
            "last_special_audit_date": None,
            "is_party_member": False,
            "auth_armory": False,
            "guard_cert_no": None,
            "status": "在岗",
            "status_date": None,
            "discipline_end_date": None,
        }
        row = self.add("person", **(usual | values))
        self._by_key["person", row["person_id"]] = row
        self._staff[unit_id][role].append(row["person_id"])
        return row

    def days(self, first: date | None = None, last: date | None = None, step: int = 1) -> Iterator[date]:
        """Days of the bureau's year, or between two days, both included."""
        day, end = first or date(self.year, 1, 1), last or date(self.year, 12, 31)
        while day <= end:
            yield day
            day += timedelta(days=step)


def build_bureau(seed: int = 1, scale: int = 1) -> Bureau:
    """The whole bureau: units and people, then every area that has a module here."""
    bureau = Bureau(seed, scale)
    for name in ("people", *AREAS):
        if find_spec(f"mingjing.sample.{name}"):
            importlib.import_module(f"mingjing.sample.{name}").build(bureau)
    return bureau


_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
)
_FIRST = "建志文明海国永晓春秀玉德金立成宏伟振家庆"
_SECOND = "军华平峰林强涛敏丽霞芳燕斌辉龙刚英梅杰鹏"


def _names(rng: random.Random) -> Iterator[str]:
    names = [s + a + b for s in _SURNAMES for a in _FIRST for b in _SECOND]
    rng.shuffle(names)
    return iter(names)
