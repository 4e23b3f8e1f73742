"""A path held against the cards on file: the stretches of a period in which nothing changed, and where the two differ."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from mingjing.analyse.colours import NONE, Ground, Path, Step, Table

_DAY = timedelta(days=1)
COLOURS = {"蓝": ("蓝", "blue"), "黄": ("黄", "yellow"), "红": ("红", "red")}
KINDS = {
    "none": ("应亮未亮", "no card"),
    "low": ("应升未升", "not raised"),
    "open": ("未整改而解除", "lifted, not put right"),
    "high": ("应解未解", "not lifted"),
    "unsure": ("不能判断", "cannot be told"),
}


@dataclass(frozen=True)
class Stretch:
    """From `first` to the day before `until`: colour `due`, colour `held` on file, the colour `missed` (a trigger may still
    be within the days to issue a card, and is due but not missed), the kind of difference, what says so.
    """

    first: date
    until: date
    due: str
    held: str
    missed: str
    kind: str
    why: Ground | Step | None
    grounds: tuple[Ground, ...]

    @property
    def last(self) -> date:
        return self.until - _DAY

    @property
    def days(self) -> int:
        return (self.until - self.first).days

    def joined(self, other: "Stretch", *same: str) -> "Stretch | None":
        """One with the stretch that follows, where these are the same in both."""
        if self.until != other.first or any(getattr(self, name) != getattr(other, name) for name in same):
            return None
        grounds = dict.fromkeys((*self.grounds, *other.grounds))
        return replace(self, until=other.until, grounds=tuple(grounds))


def stretches(one: Path, start: date, end: date, table: Table) -> list[Stretch]:
    """The days from `start` to `end`; none where the subject has no colour in them and needs none."""
    after = end + _DAY
    cuts = {start, after}
    for ground in (*one.grounds, *one.held):
        cuts |= {ground.first, ground.owed, ground.end or after}
    for first, until in one.unsure:
        cuts |= {first, until or after}
    days = sorted(day for day in cuts if start <= day <= after)
    found = [_stand(one, first, until, table) for first, until in pairwise(days)]
    return (
        _joined(found, "due", "held", "kind", "why") if any(s.due or s.held or s.kind for s in found) else []
    )


def differences(found: list[Stretch]) -> list[Stretch]:
    """Those in which something is missed, too much or unknown."""
    return _joined([s for s in found if s.kind], "held", "missed", "kind", "why")


def _joined(found: list[Stretch], *same: str) -> list[Stretch]:
    kept: list[Stretch] = []
    for one in found:
        both = kept[-1].joined(one, *same) if kept else None
        kept[-1:] = [both] if both else [*kept[-1:], one]
    return kept


def _stand(one: Path, day: date, until: date, table: Table) -> Stretch:
    """How it stands on that day."""
    grounds = [g for g in one.grounds if g.on(day)]
    due, held = (table.highest(g.colour for g in found if g.on(day)) for found in (grounds, one.held))
    missed = [g for g in grounds if g.owed <= day and table.rank(g.colour) > table.rank(held)]
    why, kind = _worst(missed, table), NONE
    if why:
        kind = "open" if why.event == "card" else "low" if held else "none"
    elif any(first <= day and (end is None or day < end) for first, end in one.unsure):
        kind = "unsure"
        told = [s for s in one.steps if s.event in ("undated", "unsure") and (s.day is None or s.day <= day)]
        why = told[-1] if told else None
    elif table.rank(held) > table.rank(due):
        kind = "high"
        ended = [g for g in one.grounds if g.event == "card" and g.end and g.end <= day]
        last = max(ended, key=lambda g: (table.rank(g.colour), g.end), default=None)
        why = last and replace(last, event=last.closed)
    colour = table.highest(g.colour for g in missed) or due
    return Stretch(day, until, due, held, colour, kind, why, tuple(missed))


def _worst(missed: list[Ground], table: Table) -> Ground | None:
    """The highest; of these one that is no card of its own, and the first."""
    return max(
        missed, key=lambda g: (table.rank(g.colour), g.event != "card", -g.first.toordinal()), default=None
    )
