"""Values as the public may see them: a person, a number or a text becomes a code, the same everywhere; what is known to
be public stays. What nobody has declared public is a code: the default is to withhold."""

import base64
import hmac
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from mingjing.areas import AREAS
from mingjing.intake import Intake
from mingjing.intake.faults import NEXT, taken_apart
from mingjing.release.patterns import personal
from mingjing.release.policy import Policy
from mingjing.rules.catalogue import catalogue
from mingjing.rules.intake.claims import PERCENT, UOM_EN
from mingjing.tables import Column, Table, tables
from mingjing.tables.words import WORDS
from mingjing.wording import keywords

HIDDEN = "＊"
# messages say 批号, “batch”, 登记编号 before a number: its code repeats none of these words
LABELS = {
    "zh": {"person": "人员", "number": "代码", "text": "文字"},
    "en": {"person": "Person", "number": "Code", "text": "Text"},
}
_CODE = re.compile(
    f"({'|'.join(word for words in LABELS.values() for word in words.values())})-([A-Z2-7]{{8}})"
)
_ROSTERS = {"person": ("person_id", "name"), "athlete": ("ath_id", "name")}
_UNITS = ("unit_id", "unit_name")
_SPAN = re.compile(r"(19|20)\d{2}(Q[1-4]|H[12]|-(0[1-9]|1[0-2]))?")
# columns that rules fill with the workbook's own words: names of rules, verdicts, kinds of days, festivals with their days
OWN_WORDS = frozenset(
    "rule_names rule_names_en verdict occasion occasion_en window_zh window_en windows_zh windows_en".split()
)
# what rules work out: counts, rates, sums, days and moments
_WORKED_OUT = re.compile(
    r"-?(\d{1,7}|\d{1,3}(,\d{3})+)(\.\d+)?%?|\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?|\d\d:\d\d"
)
# the comma between thousands tells nothing apart
_APART = re.compile(r"((?:[|、，;；#/\s]|(?<!\d),|,(?!\d{3}(?!\d)))+)")
_WHY = re.compile(r"[A-Za-z0-9 ,;]*")


class Masker:
    """Built from everything that was read; `known` holds each value of a ledger that became a code."""

    def __init__(self, intake: Intake, policy: Policy, lang: str):
        self._policy, self._labels, self.lang = policy, LABELS[lang], lang
        data = intake.tables
        self.units = set(_values(data, "unit", _UNITS))
        self._people = self._rosters(data)
        self._safe = {word for word in _vocabulary() | self.units if not personal(word)} - self._people.keys()
        opened = self._opened(data)
        self._safe |= opened
        self.open_values = sorted(opened | self.units)
        self.known: dict[str, str] = {}
        for kind in ("number", "text"):
            for name, table in data.items():
                for column in tables()[name].columns.values():
                    if column.type == "text" and column.name in table.column_names:
                        if _kind(tables()[name], column) == kind:
                            self._learn(table.column(column.name), kind)
        # cells that could not be read as their column wants; a total is an amount like any other
        issues, secret = intake.issues, [name for name, table in tables().items() if table.secret]
        amount = (issues["kind"] == "total_mismatch") & ~issues["table"].isin(secret)
        for text in issues["value"][~amount]:
            if isinstance(text, str) and text not in self._safe:
                self.known.setdefault(text, self.code("text", text))
        self.known |= self._people

    def code(self, kind: str, text: str) -> str:
        """A code of 40 bits that only the key leads back to: `人员-7KQ2M4XA`."""
        return f"{self._labels[kind]}-{_code(self._policy.key, text)}"

    def in_area(self, area: str, value: Any) -> Any:
        """The value with people under codes that only the findings of this area use."""
        return in_area(self._policy.key, area, value)

    def table(self, name: str, arrow: pa.Table) -> pa.Table:
        """A ledger with every text declared or coded; personal or secret dates, numbers and flags are empty."""
        for column in tables()[name].columns.values():
            if column.name not in arrow.column_names:
                continue
            place, held = arrow.column_names.index(column.name), arrow.column(column.name)
            if column.secret or (column.pii and column.type != "text"):
                arrow = arrow.set_column(place, column.name, pa.nulls(len(arrow), held.type))
            elif column.type == "text":
                known = self.units if column.ref == "unit.unit_id" else ()
                shown = _mapped(
                    held, lambda text, as_is=known: text if text in as_is else self.known.get(text, text)
                )
                arrow = arrow.set_column(place, column.name, shown)
        key, label = _ROSTERS.get(name, ("", ""))
        if {key, label} <= set(
            arrow.column_names
        ):  # here, and only here, it is known which of two bearers is meant
            arrow = arrow.set_column(arrow.column_names.index(label), label, arrow.column(key))
        return arrow

    def texts(self, arrow: pa.Table) -> pa.Table:
        """A table that a rule worked out: every text in it taken by itself."""
        for place, field in enumerate(arrow.schema):
            if pa.types.is_string(field.type) and field.name not in OWN_WORDS:
                arrow = arrow.set_column(place, field.name, _mapped(arrow.column(place), self.text))
        return arrow

    def value(self, value: Any) -> Any:
        """A value of any kind; texts within lists and mappings too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        return value

    def text(self, text: str) -> str:
        """A text that a rule put together: parts that are public or known stay or become their code, others a new one."""
        if text in self.known:
            return self.known[text]
        if not text or text in self._safe or _WORKED_OUT.fullmatch(text) or _SPAN.fullmatch(text):
            return text
        parts = _APART.split(text)
        if len(parts) > 1 and not personal(text):
            return "".join(part if place % 2 else self.text(part) for place, part in enumerate(parts))
        return self.code("text", text)

    def reason(self, text: str) -> str:
        """What intake says is wrong with a row, in its own words; what a cell says in it, and where another row is, are not
        shown."""
        parts = NEXT.split(text)
        return "".join(part if place % 2 else self._fault(part) for place, part in enumerate(parts))

    def _fault(self, text: str) -> str:
        form, said = taken_apart(text) or ("{text}", {"text": self.text(text)})
        if "column" in said:  # a cell that talks like intake names no column
            said["column"] = self.text(said["column"])
        if "value" in said:
            cell = said["value"]
            said["value"] = cell if cell in self._safe else self.known.get(cell) or self.code("text", cell)
        if "place" in said:
            said["place"] = "another row" if form.isascii() else "另一"
        # where Python tells more than words, it may quote the cell
        if not _WHY.fullmatch(said.get("why", "")):
            said["why"] = HIDDEN
        return form.format(**said)

    def subject(self, text: str) -> str:
        """The key of the thing at fault; whatever it is, never itself unless it is a unit."""
        found = self.text(text)
        return found if text in self.units or found != text else self.code("number", text)

    def _rosters(self, data: dict[str, pa.Table]) -> dict[str, str]:
        """People by id and by name, both with the code of the id; a name that several bear has a code of its own."""
        found: dict[str, str] = {}
        for name, (key, label) in _ROSTERS.items():
            if name in data and {key, label} <= set(data[name].column_names):
                pairs = list(zip(data[name][key].to_pylist(), data[name][label].to_pylist(), strict=True))
                bearers = Counter(label for _, label in pairs)
                for person, written in pairs:
                    found[person] = self.code("person", person)
                    if written and written not in found:
                        found[written] = self.code("person", person if bearers[written] == 1 else written)
        for name, table in data.items():
            for column in tables()[name].columns.values():
                if column.name in table.column_names and _kind(tables()[name], column) == "person":
                    for text in _distinct(table.column(column.name)):
                        if text not in self.units:
                            found.setdefault(text, self.code("person", text))
        return found

    def _opened(self, data: dict[str, pa.Table]) -> set[str]:
        """Values of columns declared open, but for those that hold a personal number or a name."""
        found, lengths = set(), {len(text) for text in self._people if len(text) > 1}

        def named(text: str) -> bool:
            return any(text[i : i + n] in self._people for n in lengths for i in range(len(text) - n + 1))

        for name, table in data.items():
            for column in tables()[name].columns.values():
                if not column.open or column.name not in table.column_names:
                    continue
                for text, times in Counter(table.column(column.name).to_pylist()).items():
                    if text is None or personal(text) or text in self._people:
                        continue
                    often = times >= self._policy.smallest and not named(text)
                    if column.open == "always" or often:
                        found.add(text)
        return found

    def _learn(self, column: pa.ChunkedArray, kind: str) -> None:
        for text in _distinct(column):
            if text not in self._safe and not _SPAN.fullmatch(text):
                self.known.setdefault(text, self.code(kind, text))


def _code(key: bytes, text: str) -> str:
    return base64.b32encode(hmac.digest(key, text.encode(), "sha256")[:5]).decode()


def in_area(key: bytes, area: str, value: Any) -> Any:
    """A masked value with codes of people made anew for one area: who is known by what one area tells, such as who heads a
    unit, is not known by it in the others."""

    def anew(found: re.Match) -> str:
        person = found[1] in (words["person"] for words in LABELS.values())
        return f"{found[1]}-{_code(key, area + chr(31) + found[2])}" if person else found[0]

    if isinstance(value, str):
        return _CODE.sub(anew, value)
    if isinstance(value, list):
        return [in_area(key, area, part) for part in value]
    return value


def without_labels(text: str) -> str:
    """Codes without the word before them, which is another in each language."""
    return _CODE.sub(r"\2", text)


def _kind(table: Table, column: Column) -> str:
    """What a text column holds: `person`, `number` (keys and references), `text`."""
    target = (column.ref or "").split(".")[0]
    if target in _ROSTERS or (table.name in _ROSTERS and column.name in _ROSTERS[table.name]):
        return "person"
    if column.pii and column.type == "text" and not column.name.endswith("_no"):
        return "person"
    return "number" if column.ref or column.name in table.key or column.name.endswith("_no") else "text"


def _values(data: dict[str, pa.Table], name: str, columns: Iterable[str]) -> Iterable[str]:
    for column in columns:
        if name in data and column in data[name].column_names:
            yield from _distinct(data[name].column(column))


def _distinct(column: pa.ChunkedArray) -> list[str]:
    return [text for text in column.unique().to_pylist() if text is not None]


def _mapped(column: pa.ChunkedArray, one) -> pa.ChunkedArray:
    if pa.types.is_null(column.type):
        return column
    answers = {text: one(text) for text in _distinct(column)}
    return pa.chunked_array([pa.array([answers.get(t) for t in column.to_pylist()], column.type)])


def _vocabulary() -> set[str]:
    """Words that are the workbook's own: choices of columns, names of ledgers and columns, what thresholds list, each
    keyword of a pattern by itself, what claims are counted in."""
    found = {area.title(lang) for area in AREAS.values() for lang in ("zh", "en")} | {
        HIDDEN,
        *"一二三四五六日",
        *PERCENT,
        *UOM_EN,
        *UOM_EN.values(),
        *WORDS,
        *WORDS.values(),
    }
    for table in tables().values():
        found |= {table.name, table.zh, table.en}
        for column in table.columns.values():
            found |= {column.name, column.zh, column.en, *column.choices}
    for entry in catalogue().values():
        found |= {entry.rule_id, *entry.messages}
        for threshold in entry.params.values():
            for _, value in threshold.values:
                found |= set(_words(value))
    return {word for word in found if word}


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
        yield from keywords(value)
    elif isinstance(value, dict):
        yield from value
        yield from _words(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _words(item)
