"""The colour a subject should have, day by day: worked out from its cards and triggers by a table of rules.

Every ground holds the subject at a colour from one day up to another: a trigger until it is answered by a card, a card until
it is lifted, a card that lapsed or was one too many until it is raised or lifted. The colour of a day is the highest
that a ground holds on it, so that the order in which rows were entered does not matter. Steps tell how it changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

import pandas as pd

from mingjing.rules.responsibility.cards import NEXT

NONE = ""
# On one day the worse comes first.
_ORDER = (
    *("lapsed", "trigger", "counted", "answered", "exempt", "card", "many"),
    *("unsure", "restart", "refused", "lifted", "expired", "closed"),
)
_ENDS = ("lifted", "expired", "closed")
_DAY = timedelta(days=1)
End = tuple[date | None, str]


@dataclass(frozen=True)
class Card:
    """A card on file; `accepted` the day it was lifted, `exempt` whether an exemption is on file."""

    card_id: str
    colour: str
    issued: date | None
    due: date | None = None
    done: date | None = None
    lifted: date | None = None
    previous: str | None = None
    exempt: bool = False


@dataclass(frozen=True)
class Trigger:
    """A finding that asks for a colour; `ref` its id."""

    ref: str
    rule_id: str
    colour: str
    day: date | None


@dataclass(frozen=True)
class Table:
    """What a bureau's rule says: see SS-01 and SS-02 of the catalogue, where its numbers come from."""

    ranks: dict[str, int]
    min_count: int
    answer_days: int
    grace_days: int
    nb: int
    ny: int
    window_months: int
    reset_days: dict[str, int]

    def rank(self, colour: str) -> int:
        return self.ranks.get(colour, 0)

    def highest(self, colours) -> str:
        return max(colours, key=self.rank, default=NONE)


@dataclass(frozen=True)
class Step:
    """One event and what it did. `day` is None where nobody wrote it down: then nothing can be said from it."""

    day: date | None
    event: str
    before: str
    after: str
    ref: str
    colour: str = NONE
    count: int = 0
    rule_id: str = ""


@dataclass(frozen=True)
class Ground:
    """Holds the subject at `colour` from `first` to the day before `end`, when it was `closed` so; a card of that colour is
    missed from `owed` on."""

    colour: str
    first: date
    end: date | None
    closed: str
    event: str
    ref: str
    owed: date
    count: int = 0
    rule_id: str = ""

    def on(self, day: date) -> bool:
        return self.first <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Path:
    """`unsure`: stretches (first, end) in which the colour is at least this, and may be higher."""

    steps: tuple[Step, ...]
    grounds: tuple[Ground, ...]
    held: tuple[Ground, ...]
    unsure: tuple[tuple[date, date | None], ...]


def path(cards: Sequence[Card], triggers: Sequence[Trigger], table: Table, as_of: date) -> Path:
    """The path of one subject, as far as is known on `as_of`: rows dated later must not be handed in."""
    said = [Step(None, "undated", NONE, NONE, t.ref, t.colour, 0, t.rule_id) for t in triggers if not t.day]
    said += [Step(None, "undated", NONE, NONE, c.card_id, c.colour) for c in cards if not c.issued]
    said += [
        Step(c.issued, "exempt", NONE, NONE, c.card_id, c.colour) for c in cards if c.issued and c.exempt
    ]
    unsure = [(date.min, None)] if any(step.event == "undated" for step in said) else []
    counted = sorted(
        (_possible(c) for c in cards if c.issued and not c.exempt), key=lambda c: (c.issued, c.card_id)
    )
    events = sorted({*(c.issued for c in counted), *(t.day for t in triggers if t.day)})
    grounds = _triggered(triggers, counted, table, said)
    for card in counted:
        wanted = [card.colour, *([NEXT[card.colour]] if card.colour in NEXT else [])]
        ends = {colour: _reset(card, colour, events, table, as_of, said) for colour in wanted}
        grounds.append(_ground(card, card.colour, card.issued, ends[card.colour], "card"))
        if card.colour in NEXT and card.due is None and (card.done is None or card.done > card.issued):
            said.append(Step(card.issued, "unsure", NONE, NONE, card.card_id, card.colour))
            unsure.append((card.issued, ends[card.colour][0]))
        grounds += _raised(card, counted, table, as_of, ends)
    brief = [g for g in grounds if g.end and g.end <= g.first]
    said += [Step(g.first, g.event, NONE, NONE, g.ref, g.colour, g.count, g.rule_id) for g in brief]
    grounds = [g for g in grounds if g not in brief]
    held = [_ground(c, c.colour, c.issued, (c.lifted, "lifted"), "card") for c in counted]
    held = [g for g in held if g.end != g.first]
    return Path(_told(grounds, said, table), tuple(grounds), tuple(held), tuple(unsure))


def _possible(card: Card) -> Card:
    """A card cannot have been lifted before it was issued: that day is not known."""
    return replace(card, lifted=None) if card.lifted and card.lifted < card.issued else card


def _ground(card: Card, colour: str, first: date, end: End, event: str, count: int = 0) -> Ground:
    return Ground(colour, first, *end, event, card.card_id, first, count)


def _first(*ends: End) -> End:
    return min((end for end in ends if end[0]), default=(None, ""), key=lambda end: end[0])


def _answer(colour: str, since: date, cards: Sequence[Card], table: Table, of: str | None = None) -> End:
    """The first card of that colour or above since that day, or the first that says it comes `of` a card."""
    days = (
        c.issued
        for c in cards
        if table.rank(c.colour) >= table.rank(colour) and (c.previous == of if of else c.issued >= since)
    )
    return next(days, None), "closed"


def _triggered(
    triggers: Sequence[Trigger], cards: Sequence[Card], table: Table, said: list[Step]
) -> list[Ground]:
    """A ground from the trigger that makes their number full, and from each after it, until a card answers it."""
    grounds = []
    for colour in table.ranks:
        mine = sorted((t for t in triggers if t.colour == colour and t.day), key=lambda t: (t.day, t.ref))
        for place, one in enumerate(mine, start=1):
            if place < table.min_count:
                said.append(Step(one.day, "counted", NONE, NONE, one.ref, colour, place, one.rule_id))
                continue
            end = _answer(colour, mine[place - table.min_count].day, cards, table)
            missed = one.day + (table.answer_days + 1) * _DAY
            grounds.append(Ground(colour, one.day, *end, "trigger", one.ref, missed, place, one.rule_id))
    return grounds


def _raised(
    card: Card, cards: Sequence[Card], table: Table, as_of: date, ends: dict[str, End]
) -> list[Ground]:
    """What a card should have become: it lapsed, or it was one too many."""
    higher = NEXT.get(card.colour)
    if higher is None:
        return []
    grounds = []
    lapse = card.due and card.due + (table.grace_days + 1) * _DAY
    if lapse and lapse <= as_of and (card.done is None or card.done >= lapse):
        linked = _answer(higher, lapse, cards, table, of=card.card_id)
        end = _first(linked, _answer(higher, lapse, cards, table), ends[higher])
        grounds.append(_ground(card, higher, lapse, end, "lapsed"))
    same = [c for c in cards if c.colour == card.colour and _near(c, card, table)]
    most = table.nb if card.colour == "蓝" else table.ny
    if len(same) >= most:
        end = _first(_answer(higher, same[-most].issued, cards, table), ends[higher])
        grounds.append(_ground(card, higher, card.issued, end, "many", len(same)))
    return grounds


def _near(earlier: Card, card: Card, table: Table) -> bool:
    """The earlier card counts together with this one: the same quarter for blue, within the window for yellow."""
    if (earlier.issued, earlier.card_id) > (card.issued, card.card_id):
        return False
    if card.colour == "蓝":
        return _quarter(earlier.issued) == _quarter(card.issued)
    window = pd.Timestamp(earlier.issued) + pd.DateOffset(months=table.window_months)
    return pd.Timestamp(card.issued) <= window


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def _reset(
    card: Card, colour: str, events: Sequence[date], table: Table, as_of: date, said: list[Step]
) -> End:
    """The day from which a card holds its subject at that colour no longer: lifted once it was put right, or by the time of
    the table without a new event; a new event starts that time again."""
    if card.done is None:
        if card.lifted and colour == card.colour:
            said.append(Step(card.lifted, "refused", NONE, NONE, card.card_id, colour))
        return None, ""
    start = max(card.done, card.issued)
    accepted = max(card.lifted, start) if card.lifted else None
    while True:
        end = start + table.reset_days[colour] * _DAY
        newer = [day for day in events if start < day <= end]
        if accepted and accepted <= (newer[0] if newer else end):
            return accepted, "lifted"
        if not newer:
            return (end, "expired") if end <= as_of else (None, "")
        start = newer[0]
        if colour == card.colour:
            said.append(Step(start, "restart", NONE, NONE, card.card_id, colour))


def _told(grounds: Sequence[Ground], said: Sequence[Step], table: Table) -> tuple[Step, ...]:
    """Every event in order of time, with the colour before and after it."""
    moves = [(g.first, _ORDER.index(g.event), g.ref, g) for g in grounds]
    moves += [(g.end, _ORDER.index(g.closed), g.ref, g) for g in grounds if g.end]
    moves += [(s.day, _ORDER.index(s.event), s.ref, s) for s in said if s.day]
    moves.sort(key=lambda move: move[:3])
    steps, active, colour = [step for step in said if step.day is None], [], NONE
    for (day, order, ref), group in groupby(moves, key=lambda move: move[:3]):
        event, what = _ORDER[order], [move[3] for move in group]
        before, own = colour, [one for one in what if isinstance(one, Ground)]
        active = [g for g in active if g not in own] if event in _ENDS else active + own
        colour = table.highest(g.colour for g in active)
        if event != "closed" or colour != before:  # what a card answers needs no step beside the card's own
            first = what[0]
            steps.append(Step(day, event, before, colour, ref, first.colour, first.count, first.rule_id))
    return tuple(steps)
