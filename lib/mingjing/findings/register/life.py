"""A finding's life from run to run, worked out from what each run saw. Plain values in and out; no database here.

A run is one look at the ledgers: from a day (`as_of`), at a period, for some units or all. Its findings are compared
with runs that looked from an earlier day; what it no longer finds is compared also with earlier runs of the same day,
period and units over other inputs, so that a corrected ledger shows as resolved and leaves the rest as it was.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

# What a run says of one finding. Only CLEARED resolves it: the others leave it as open as it was.
FOUND, CLEARED = "found", "cleared"
NOT_RUN, CHANGED, GONE = "not_run", "changed", "gone"
UNCHECKED: dict[str | None, tuple[str, str]] = {
    NOT_RUN: ("规则未运行", "the rule did not run"),
    CHANGED: ("规则或阈值已变，数据未变", "the rule or its thresholds changed"),
    GONE: ("所依据的行已不在台账中", "a row it rests on is no longer in the ledger"),
    None: ("不在本次检查范围内", "outside what this run looked at"),
}
STATUSES = {
    "new": ("新发现", "new"),
    "persisting": ("持续", "persisting"),
    "recurred": ("复发", "recurred"),
    "resolved": ("已消除", "resolved"),
}


@dataclass(frozen=True)
class Ran:
    """One rule within one run. terms: digest of its thresholds. bound: what it could find depends on the `period`; or
    only on dates, by which its hits were sorted out (`date`); or on neither (empty)."""

    outcome: str
    bound: str = "period"
    terms: str = ""


@dataclass(frozen=True)
class RunRecord:
    """One run as the register knows it. `end` is the last day looked at; `order` is when it was recorded, 1, 2, …,
    and that of a run still being made is the last of all."""

    period: str
    start: date
    end: date
    as_of: date
    units: tuple[str, ...]
    inputs: str
    rules: dict[str, Ran] = field(default_factory=dict, compare=False, repr=False)
    number: int = 0
    order: int = 2**31 - 1

    def after(self, other: "RunRecord") -> bool:
        return self.as_of > other.as_of

    def corrects(self, other: "RunRecord") -> bool:
        """The same look over other inputs."""
        same = (self.as_of, self.period, self.units) == (other.as_of, other.period, other.units)
        return same and self.inputs != other.inputs


@dataclass(frozen=True)
class Known:
    """A finding as some run saw it: its row as in the findings table, the keys of the rows it rests on."""

    row: dict
    rests_on: tuple[tuple[str, str], ...] = ()

    @property
    def finding_id(self) -> str:
        return self.row["finding_id"]


@dataclass(frozen=True)
class Sight:
    """What one run said of one finding. `known` only where it found it."""

    run: RunRecord
    what: str
    known: Known | None = None


@dataclass(frozen=True)
class Life:
    """A finding's life as far as the runs given tell it. Runs are those that first and last found it, and the one
    that then no longer did; `status` is what the last run to speak of it says."""

    first: RunRecord
    last: RunRecord
    known: Known
    times: int
    recurrences: int
    status: str
    resolved: RunRecord | None = None

    @property
    def is_open(self) -> bool:
        return self.resolved is None


def in_order(sights: Iterable[Sight]) -> list[Sight]:
    return sorted(sights, key=lambda sight: _place(sight.run))


def life(sights: Iterable[Sight]) -> Life | None:
    """None for a finding that none of these runs found."""
    first = last = known = resolved = None
    times = recurrences = 0
    status, before = "new", None  # before: how it stood when the present day's first run began
    day = None
    for sight in in_order(sights):
        if sight.run.as_of != day:
            day, before = sight.run.as_of, None if first is None else ("resolved" if resolved else "open")
        if sight.what == FOUND:
            recurrences += resolved is not None and before == "resolved"
            first, last, known, resolved = first or sight.run, sight.run, sight.known, None
            times += 1
            status = {None: "new", "open": "persisting", "resolved": "recurred"}[before]
        elif sight.what == CLEARED and first is not None and resolved is None:
            resolved, status = sight.run, "resolved"
    return first and Life(first, last, known, times, recurrences, status, resolved)


def silence(last: Life, run: RunRecord, lost: Callable[[tuple], bool]) -> str | None:
    """What it means that `run` does not find what `last` tells of; None when it did not look there at all.

    lost: whether a row among these keys is no longer in the ledgers.
    """
    rule_id, unit = last.known.row["rule_id"], last.known.row["unit"]
    ran, then = run.rules.get(rule_id), last.last
    if ran is None or run.as_of < then.as_of or (run.units and unit not in run.units):
        return None
    if ran.outcome == "not_run":
        return NOT_RUN
    if ran.bound == "period" and run.period != then.period:
        return None
    if ran.bound == "date" and not (run.start <= then.start and then.end <= run.end):
        return None
    same_data = (run.as_of, run.inputs) == (then.as_of, then.inputs)
    if same_data or ran.terms != then.rules[rule_id].terms:
        return CHANGED
    return GONE if lost(last.known.rests_on) else CLEARED


@dataclass(frozen=True)
class Comparison:
    """One run held against the register.

    lives: finding id → its life up to this run, for what the run found and for what earlier runs did. said: what the
    run says of each open finding that it does not find. previous: the last run that looked from an earlier day.
    corrected: the last run that looked the same way over ledgers since corrected; it may resolve findings, too.
    """

    run: RunRecord
    lives: dict[str, Life]
    said: dict[str, str]
    previous: RunRecord | None
    corrected: RunRecord | None = None

    @property
    def resolved(self) -> list[Life]:
        """Open until this run, which looked and no longer finds them."""
        return [life for life in self.lives.values() if life.resolved == self.run]

    @property
    def unchecked(self) -> list[tuple[Life, str | None]]:
        """Open from earlier runs, and this run says nothing of them; with the code of `UNCHECKED` why not."""
        return [
            (life, self.said.get(finding_id))
            for finding_id, life in self.lives.items()
            if life.is_open and life.last != self.run
        ]


def compare(
    run: RunRecord,
    found: Iterable[Known],
    sights: dict[str, list[Sight]],
    runs: Iterable[RunRecord],
    lost: Callable[[tuple], bool],
) -> Comparison:
    """Holds what a run found against what other runs saw. lost: see `silence`."""
    now = {known.finding_id: Sight(run, FOUND, known) for known in found}
    lives: dict[str, Life] = {}
    said: dict[str, str] = {}
    for finding_id in sorted(now.keys() | sights.keys()):
        earlier = [s for s in sights.get(finding_id, ()) if run.after(s.run) or run.corrects(s.run)]
        if finding_id in now:
            lives[finding_id] = life([*earlier, now[finding_id]])
        elif known := life(earlier):
            what = silence(known, run, lost) if known.is_open else None
            if what:
                said[finding_id] = what
            lives[finding_id] = life([*earlier, Sight(run, what)]) if what else known
    runs = list(runs)
    previous, corrected = ([r for r in runs if compared(r)] for compared in (run.after, run.corrects))
    return Comparison(run, lives, said, *(max(r, key=_place, default=None) for r in (previous, corrected)))


def _place(run: RunRecord) -> tuple:
    return run.as_of, run.order, run.number
