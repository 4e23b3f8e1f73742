"""What a rule says: names, severity, thresholds with their source, legal basis, the ledgers it needs.

The catalogue is data, one TOML file per area under `catalogue/`; the logic is one function per rule in the
module of the same area. A threshold lives here or in the bureau's own configuration, never in code.
"""

import string
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import ibis
import ibis.expr.types as ir

from mingjing.areas import area_of
from mingjing.errors import UsageError, nearest

SEVERITIES = ("high", "medium", "low")
KINDS = ("breach", "missing", "suspect", "mismatch", "warning")
STATUSES = ("confirmed", "content", "practice", "memory", "design", "report")
SCOPES = ("period", "as_of")


@dataclass(frozen=True)
class Basis:
    """One legal or institutional basis and the days of conduct it governs (both ends included)."""

    zh: str
    en: str
    status: str
    start: date | None = None
    end: date | None = None

    def governs(self, day: date | None) -> bool:
        return day is None or (
            (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
        )


@dataclass(frozen=True)
class Threshold:
    """One parameter of a rule. `values` are (first day in force, value); one entry when it never changed."""

    name: str
    values: tuple[tuple[date | None, Any], ...]
    zh: str
    en: str
    source: str
    status: str
    unit: str | None = None
    local: bool = False

    @property
    def value(self) -> Any:
        """The value in force today as far as the catalogue knows: the latest."""
        return self.values[-1][1]

    def where_from(self, lang: str) -> str:
        """Its source; what a bureau wrote in its configuration as written."""
        return self.source if lang == "zh" else sources().get(self.source, self.source)


@dataclass(frozen=True)
class FalseAlarms:
    """How many hits of a statistical rule to expect where nothing is wrong: `expected` per exposure `per`, as measured by
    `benchmarks/false_alarms.py` on data that are as `clean` says. Texts by language."""

    expected: float
    per: dict[str, str]
    clean: dict[str, str]

    def sentence(self, lang: str) -> str:
        if lang == "zh":
            return f"仅提示核查方向，不是结论：没有问题时，每{self.per['zh']}预计误报{self.expected:g}条（模拟：{self.clean['zh']}）。"
        return (
            f"A place to look, not a conclusion: where nothing is wrong, expect {self.expected:g} false alarms per "
            f"{self.per['en']} (simulated: {self.clean['en']})."
        )


@dataclass(frozen=True, repr=False)
class Entry:
    """One rule of the catalogue. `needs` maps each ledger to the columns without which the rule cannot run.

    A `meta` rule runs after the others and may look at what they found: `ledgers.finding`, `ledgers.outcome`.
    `people` names the evidence that counts people, `shares` what is worked out from it: small counts are not for the
    public. `private` names evidence, or the finding's own unit, day or amount, that is not for the public because it tells
    who is meant; `public` are the messages said to the public in place of those that name it. `only` says which rows of the
    first ledger it judges, by column: the values, or the name of the threshold that lists them. Others are not counted, and
    where none is left nothing can pass. `counted`: how a report says the number of what it judges where that is no row. A
    `draft` is written but not yet meant: audits say that they did not run it.
    """

    rule_id: str
    zh: str
    en: str
    severity: str
    kind: str
    needs: dict[str, tuple[str, ...]]
    how: dict[str, str]
    messages: dict[str, dict[str, str]]
    basis: tuple[Basis, ...]
    params: dict[str, Threshold] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    scope: str = "period"
    statistical: bool = False
    false_alarms: FalseAlarms | None = None
    meta: bool = False
    people: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    public: dict[str, dict[str, str]] = field(default_factory=dict)
    only: dict[str, tuple | str] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)
    verify: dict[str, str] = field(default_factory=dict)
    boundary: dict[str, str] = field(default_factory=dict)
    draft: bool = False

    def __repr__(self) -> str:
        return f"{self.rule_id} {self.zh} / {self.en} ({self.severity} {self.kind})"

    @property
    def area(self) -> str:
        return area_of(self.rule_id)

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def words(self, lang: str) -> str:
        """The rule in words; for a statistical one also how many false alarms to expect."""
        if not self.false_alarms:
            return self.how[lang]
        return f"{self.how[lang]}{'。' if lang == 'zh' else '. '}{self.false_alarms.sentence(lang)}"

    def judges(self) -> tuple[tuple[str, tuple], ...]:
        """Column and values of the rows of the first ledger that it judges; empty where it judges all."""
        chosen = {c: self.params[v].value if isinstance(v, str) else v for c, v in self.only.items()}
        return tuple((column, tuple(values)) for column, values in chosen.items())

    def basis_on(self, day: date | None, lang: str) -> str:
        """The basis in force on the day of the conduct, in one sentence."""
        return ("；" if lang == "zh" else "; ").join(
            basis.zh if lang == "zh" else basis.en for basis in self.basis if basis.governs(day)
        )


class Params:
    """A rule's thresholds as its function sees them: `p.w_g`, or `p.at("std_yuan", t.start_date)` by date."""

    def __init__(self, entry: Entry):
        self._params = entry.params

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._params:
            raise AttributeError(f"no threshold “{name}”. {nearest(name, self.__dict__.get('_params', ()))}")
        return self._params[name].value

    def __dir__(self) -> list[str]:
        return [*self._params, *super().__dir__()]

    def __repr__(self) -> str:
        return "\n".join(f"{t.name} = {t.value!r}\t{t.zh} / {t.en}" for t in self._params.values())

    def at(self, name: str, day: ir.DateValue) -> ir.Value:
        """The value in force on `day`, as an expression; before the first dated value, the first."""
        values = self._params[name].values
        expr = ibis.literal(values[0][1])
        for start, value in values[1:]:
            expr = ibis.ifelse(day.cast("date") >= ibis.literal(start), ibis.literal(value), expr)
        return expr

    def lookup(self, name: str, key: ir.Value, day: ir.DateValue | None = None) -> ir.Value:
        """A threshold that differs by category (`{"早餐" = 20, …}`), the table in force on `day` where one is given:
        NULL where the category has none."""
        first, *later = self._params[name].values if day is not None else self._params[name].values[-1:]
        expr = _of_category(first[1], key)
        for start, table in later:
            expr = ibis.ifelse(day.cast("date") >= ibis.literal(start), _of_category(table, key), expr)
        return expr

    def keys(self, name: str) -> list[str]:
        """Every category such a threshold ever had, in the order of the catalogue."""
        return list(dict.fromkeys(key for _, table in self._params[name].values for key in table))

    def as_dict(self) -> dict[str, Any]:
        return {name: threshold.value for name, threshold in self._params.items()}


def _of_category(table: dict[str, Any], key: ir.Value) -> ir.Value:
    return ibis.cases(*((key == category, ibis.literal(value)) for category, value in table.items()))


def read_catalogue(text: str) -> dict[str, Entry]:
    """Entries of one TOML text; anything incomplete is a TypeError or ValueError that names the rule."""
    return {rule_id: _entry(rule_id, body) for rule_id, body in tomllib.loads(text).items()}


def _entry(rule_id: str, body: dict) -> Entry:
    try:
        entry = Entry(
            rule_id=rule_id,
            needs={table: tuple(columns) for table, columns in body.pop("needs").items()},
            basis=tuple(_basis(**item) for item in body.pop("basis")),
            params={name: _threshold(name, **spec) for name, spec in body.pop("params", {}).items()},
            **{name: tuple(body.pop(name, ())) for name in ("evidence", "people", "shares", "private")},
            only={c: v if isinstance(v, str) else tuple(v) for c, v in body.pop("only", {}).items()},
            false_alarms=FalseAlarms(**alarms) if (alarms := body.pop("false_alarms", None)) else None,
            **body,
        )
    except (KeyError, TypeError) as error:
        raise TypeError(f"{rule_id}: {error}") from None
    _validate(entry)
    return entry


def _basis(zh: str, en: str, status: str, **days: date) -> Basis:
    return Basis(zh, en, status, days.pop("from", None), days.pop("until", None), **days)


def _threshold(name: str, zh: str, en: str, source: str, status: str, **spec: Any) -> Threshold:
    return Threshold(name, _values(spec), zh, en, source, status, **spec)


def _values(spec: dict[str, Any]) -> tuple[tuple[date | None, Any], ...]:
    """`value`, or `values` as a list of `{from, value}`, taken out of the spec."""
    dated = spec.pop("values", None)
    return (
        tuple((step.get("from"), step["value"]) for step in dated) if dated else ((None, spec.pop("value")),)
    )


def _validate(entry: Entry) -> None:
    area_of(entry.rule_id)
    checks = [
        (entry.severity in SEVERITIES, f"severity {entry.severity}"),
        (entry.kind in KINDS, f"kind {entry.kind}"),
        (entry.scope in SCOPES, f"scope {entry.scope}"),
        (bool(entry.basis), "no basis"),
        (
            all(b.status in STATUSES for b in (*entry.basis, *entry.params.values())),
            "status of a basis or threshold",
        ),
        (
            all(
                m.keys() >= {"zh", "en"}
                for m in (
                    entry.how,
                    *entry.messages.values(),
                    *entry.public.values(),
                    *filter(None, (entry.verify, entry.boundary, entry.counted)),
                )
            ),
            "a text lacks zh or en",
        ),
        (
            {*entry.private} <= {*entry.evidence, "unit", "date", "amount", "subject"}
            and not {*entry.private}
            & {n for m in entry.public.values() for n in placeholders(m["zh"] + m["en"])},
            "private names no evidence, or a message for the public tells it",
        ),
        (not entry.statistical or entry.severity != "high", "a statistical hit is never of high severity"),
        (entry.statistical or not entry.false_alarms, "false alarms are stated of statistical rules only"),
    ]
    for good, what in checks:
        if not good:
            raise ValueError(f"{entry.rule_id}: {what}")


def placeholders(template: str) -> set[str]:
    """Names a message template takes its values from."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@cache
def sources() -> dict[str, str]:
    """What the catalogue names as a threshold's source → the same in English."""
    return tomllib.loads(resources.files(__package__).joinpath("sources.toml").read_text("utf-8"))


@cache
def catalogue() -> dict[str, Entry]:
    """The whole catalogue, by rule id, in order."""
    entries: dict[str, Entry] = {}
    for file in resources.files(__package__).joinpath("catalogue").iterdir():
        if file.name.endswith(".toml"):
            entries |= read_catalogue(file.read_text("utf-8"))
    return dict(sorted(entries.items()))


def configured(overrides: dict[str, dict[str, Any]]) -> dict[str, Entry]:
    """The catalogue with the bureau's own values: `{"ST-02": {"w_g": 200}}`, `{"value": …, "source": …}`, or where
    it changed `{"values": [{"value": …}, {"from": day, "value": …}], "source": …}`."""
    entries = dict(catalogue())
    for rule_id, values in overrides.items():
        if rule_id not in entries:
            raise UsageError(f"configuration names no known rule: {rule_id}", todo=nearest(rule_id, entries))
        params = overridden(rule_id, entries[rule_id].params, values)
        entries[rule_id] = replace(entries[rule_id], params=params)
    return entries


def read_thresholds(text: str) -> dict[str, Threshold]:
    """Thresholds of one TOML text that belong to no rule, by name."""
    return {name: _threshold(name, **spec) for name, spec in tomllib.loads(text).items()}


def overridden(owner: str, params: dict[str, Threshold], values: dict[str, Any]) -> dict[str, Threshold]:
    """Thresholds with the bureau's own values in their place; UsageError for a name or type that does not fit."""
    params = dict(params)
    for name, given in values.items():
        if name not in params:
            raise UsageError(f"{owner} has no threshold “{name}”", todo=nearest(name, params))
        spec = (
            dict(given)
            if isinstance(given, dict) and given.keys() & {"value", "values"}
            else {"value": given}
        )
        try:
            values = _values(spec)
        except (AttributeError, KeyError, TypeError):
            raise UsageError(
                f"{owner}.{name}: “values” is no list of values with the day each came into force",
                todo="Write values = [{ value = 1 }, { from = 2022-01-01, value = 2 }]",
            ) from None
        for _, value in values:
            if not _same_type(params[name].value, value):
                raise UsageError(
                    f"{owner}.{name}: {value!r} is not of the type of {params[name].value!r}",
                    todo="Write the value as the catalogue has it",
                )
        params[name] = replace(
            params[name],
            values=values,
            source=str(spec.get("source", "bureau configuration")),
            local=True,
        )
    return params


def _same_type(old: Any, new: Any) -> bool:
    if isinstance(old, bool) or isinstance(new, bool):
        return type(old) is type(new)
    number = (int, float)
    return type(old) is type(new) or (isinstance(old, number) and isinstance(new, number))
