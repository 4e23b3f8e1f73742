"""The colour each unit and cadre should have, by the bureau's table (SS-01, SS-02), set against the cards on file."""

import json
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib import resources

import pandas as pd

from mingjing.analyse import ledger
from mingjing.analyse.colours import Card, Ground, Step, Table, Trigger, path
from mingjing.analyse.stretches import COLOURS, KINDS, Stretch, differences, stretches
from mingjing.areas import area_of
from mingjing.errors import UsageError
from mingjing.release import in_area
from mingjing.rules.engine import begins
from mingjing.rules.responsibility.cards import NEXT
from mingjing.wording import listed

STEPS = ["subject", "day", "event", "from_colour", "to_colour", "why", "ref"]
SPANS = "subject begins ends due_colour filed_colour difference days why finding".split()
_ASKING = ("trigger", "lapsed", "many")
_LOWER = {higher: lower for lower, higher in NEXT.items()}


@dataclass(frozen=True)
class Derived:
    """`steps`: every event of a subject in order, a row each. `spans`: the stretches of the period in which the colour due
    and the colour on file stayed the same, subjects with the worst difference first; `difference` is `none` (no card),
    `low` (a lower one), `open` (lifted without being put right), `high` (not lifted in time), `unsure`, or empty.
    `differences`: those with a difference, the colour due being the one that is missed. `issued`: cards of the period, `subject day color`. `not_run`: triggers nobody could judge.
    `units_only`: cards of people are left out, as for the public.
    """

    steps: pd.DataFrame
    spans: pd.DataFrame
    differences: pd.DataFrame
    issued: pd.DataFrame
    not_run: tuple[str, ...]
    units_only: bool = False


def table(audit) -> Table:
    """The bureau's table, from the thresholds of SS-01 and SS-02 and nowhere else."""
    due, raised = audit.params("SS-01"), audit.params("SS-02")
    days = raised.reset_days
    bad = [colour for colour in due.ranks if not isinstance(days.get(colour), int) or days[colour] < 0]
    if bad or not {*NEXT, *NEXT.values()} <= set(due.ranks):
        raise UsageError(
            f"SS-02.reset_days or SS-01.ranks says nothing of {', '.join(bad) or 'a colour'}",
            todo="Write a whole number for each of 蓝, 黄 and 红",
        )
    return Table(
        due.ranks,
        due.min_count,
        due.grace_days,
        *(raised.grace_days, raised.nb, raised.ny, raised.window_months),
        days,
    )


def derived(audit) -> Derived:
    """Subjects with any card or trigger up to `as_of`; the spans of the period."""
    rules, as_of = table(audit), audit.as_of
    filed, found = _cards(audit), _triggers(audit)
    public = bool(audit.release)
    if public:  # a duty or a record of the same area tells whose a card is, under whatever code
        units = set(ledger(audit, "unit").unit_id)
        filed = {subject: cards for subject, cards in filed.items() if subject in units}
    label, said, findings = _label(audit), _Said(audit, rules), _Findings(audit)
    steps, stood = [], []
    for subject in sorted({*filed, *found}):
        one = path(filed.get(subject, []), found.get(subject, []), rules, as_of)
        name, finding = label(subject), partial(findings.of, subject)
        steps += [(name, s.day, s.event, s.before, s.after, said(s), s.ref) for s in one.steps]
        if lived := stretches(one, audit.ledgers.start, audit.ledgers.end, rules):
            odd = differences(lived)
            spans = [_row(name, s, s.due, said, finding) for s in lived]
            stood.append(
                (_weight(lived, rules), spans, [_row(name, s, s.missed, said, finding) for s in odd])
            )
    stood.sort(key=lambda one: one[0])
    issued = [
        (label(subject), card.issued, card.colour)
        for subject, cards in filed.items()
        for card in cards
        if card.issued and audit.ledgers.start <= card.issued <= audit.ledgers.end
    ]
    return Derived(
        pd.DataFrame(steps, columns=STEPS),
        *(pd.DataFrame([row for one in stood for row in one[place]], columns=SPANS) for place in (1, 2)),
        pd.DataFrame(issued, columns=["subject", "day", "color"]),
        _not_run(audit),
        public,
    )


def said(found: Derived, lang: str) -> str:
    """How many subjects have a colour that is not the one on file, in a sentence, and what could not be judged."""
    zh, odd = lang == "zh", found.differences
    subjects = found.spans.subject.nunique()
    counts = odd.groupby("difference").subject.nunique()
    kinds = [(kind, int(counts[kind])) for kind in KINDS if kind in counts]
    parts = listed((f"{KINDS[kind][not zh]} {n}" for kind, n in kinds), lang)
    if counts.sum() > odd.subject.nunique():  # one subject may differ first in one way, then in another
        parts += "，有的不止一种" if zh else "; some in more ways than one"
    missing = listed(found.not_run, lang)
    if zh:
        whom = "单位" if found.units_only else "对象"
        text = f"{subjects}个{whom}应有颜色或有牌在册，{odd.subject.nunique()}个两者不一致" + (
            f"（{parts}）" if parts else ""
        )
        return text + (f"；触发规则{missing}没有运行，应有颜色可能更高。" if missing else "。")
    whom = "Units" if found.units_only else "Subjects"
    text = f"{whom} with a colour due or on file: {subjects}; the two differ for {odd.subject.nunique()}"
    text += f" ({parts})" if parts else ""
    return text + (f"; {missing} did not run, the colour due may be higher." if missing else ".")


def _cards(audit) -> dict[str, list[Card]]:
    frame = ledger(audit, "tricolor")
    if audit.units:
        people = set(ledger(audit, "person").person_id)
        frame = frame[frame.subject_id.isin({*audit.units, *people})]
    found: dict[str, list[Card]] = {}
    # a word that is no colour of the table has no rank
    for row in frame[frame.color.isin(list(COLOURS))].to_dict("records"):
        days = [
            _day(row.get(name)) for name in ("issue_date", "rect_due_date", "rect_done_date", "lifted_date")
        ]
        issued, due, *ended = days
        done, lifted = (day if day and day <= audit.as_of else None for day in ended)
        previous, exempt = (row.get(name) for name in ("prev_card_id", "exemption_no"))
        card = Card(
            row["card_id"], row["color"], issued, due, done, lifted,
            previous if isinstance(previous, str) else None, isinstance(exempt, str),
        )  # fmt: skip
        found.setdefault(row["subject_id"], []).append(card)
    return found


def _day(value) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _triggers(audit) -> dict[str, list[Trigger]]:
    """What SS-01's matrix looks at: findings of its rules, by unit."""
    colours = {rule: colour for colour, rules in audit.params("SS-01").matrix.items() for rule in rules}
    found: dict[str, list[Trigger]] = {}
    for row in audit.found(sorted({area_of(rule) for rule in colours})):
        if row["rule_id"] in colours and row["unit"] and (not audit.units or row["unit"] in audit.units):
            day = begins(_day(row["date"]), _due(row))
            one = Trigger(row["finding_id"], row["rule_id"], colours[row["rule_id"]], day)
            if day is None or day <= audit.as_of:  # what falls due later triggers nothing yet
                found.setdefault(row["unit"], []).append(one)
    return found


def _due(found: dict) -> date | None:
    """The day by which what was found should have been done, where it had one."""
    due = json.loads(found["evidence"])["values"].get("due")
    return date.fromisoformat(due) if isinstance(due, str) else None


def _not_run(audit) -> tuple[str, ...]:
    wanted = {rule for rules in audit.params("SS-01").matrix.values() for rule in rules}
    ran = audit.outcomes(sorted({area_of(rule) for rule in wanted}))
    return tuple(sorted(set(ran[ran.outcome == "not_run"].rule_id) & wanted))


def _label(audit):
    """Subject → its name, with its id where two bear the name."""
    twice = {name for name, bearers in Counter(audit.names.values()).items() if bearers > 1}

    def told(subject: str) -> str:
        name = audit.names.get(subject, subject)
        name = f"{name} {subject}" if name in twice and name != subject else name
        return in_area(audit, "responsibility", name)

    return told


class _Said:
    """A step or a ground in the report's words."""

    def __init__(self, audit, rules: Table):
        self._audit, self._rules, self.lang = audit, rules, audit.lang

    def __call__(self, what) -> str:
        rules, zh = self._rules, self._audit.lang == "zh"
        rule = self._audit.entry(what.rule_id).name(self._audit.lang) if what.rule_id else ""
        colour, lower = what.colour, _LOWER.get(what.colour, "")
        numbers = {"reset_days": rules.reset_days.get(colour, ""), "min_count": rules.min_count}
        untold = what.event == "undated" and self._audit.release and self._withheld(what.rule_id)
        told = _words()["untold" if untold else what.event][self._audit.lang].format(
            rule_id=what.rule_id, rule=rule, count=what.count, grace_days=rules.grace_days,
            colour=COLOURS[colour][not zh], lower=COLOURS[lower][not zh] if lower else "", **numbers,
        )  # fmt: skip
        # what asks for more than the subject then had was answered before it began
        settled = (
            isinstance(what, Step) and what.event in _ASKING and rules.rank(what.after) < rules.rank(colour)
        )
        return told + _words()["settled"][self._audit.lang] if settled else told

    def _withheld(self, rule_id: str) -> bool:
        """Whether findings of the rule have no day for the public, so that a blank is no gap of the ledger."""
        return area_of(rule_id) == "firearms" or "date" in self._audit.entry(rule_id).private


@cache
def _words() -> dict:
    return tomllib.loads(resources.files(__package__).joinpath("cards.toml").read_text("utf-8"))


class _Findings:
    """The finding that says what a ground says: of SS-01 where a card is missing, of SS-02 where one was to be raised."""

    def __init__(self, audit):
        self._called = partial(in_area, audit, "responsibility")
        self._due: dict[tuple[str, str], str] = {}
        self._lapsed: dict[str, str] = {}
        self._many: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in audit.found("responsibility"):
            parts = row["subject"].split("|")
            if row["rule_id"] == "SS-01":  # its subject is a code in a public audit
                colour = json.loads(row["evidence"])["values"]["colour"]
                self._due[row["unit"], colour] = row["finding_id"]
            elif row["rule_id"] == "SS-02" and len(parts) == 3:
                self._many.setdefault((parts[0], parts[1]), []).append((parts[2], row["finding_id"]))
            elif row["rule_id"] == "SS-02":
                self._lapsed[row["subject"]] = row["finding_id"]

    def of(self, subject: str, ground: Ground) -> str:
        if ground.event == "trigger":
            return self._due.get((subject, ground.colour), "")
        if ground.event == "lapsed":
            return self._lapsed.get(ground.ref, "")
        months = self._many.get((self._called(subject), _LOWER.get(ground.colour, "")), [])
        before = [one for one in months if one[0] <= f"{ground.first:%Y-%m}"]
        return max(before)[1] if before and ground.event == "many" else ""


def _row(name: str, one: Stretch, colour: str, said: _Said, finding: Callable[[Ground], str]) -> tuple:
    findings = dict.fromkeys(found for ground in one.grounds if (found := finding(ground)))
    why = said(one.why) if one.why else ""
    return (
        name,
        one.first,
        one.last,
        colour,
        one.held,
        one.kind,
        one.days,
        why,
        listed(sorted(findings), said.lang),
    )


def _weight(found: list[Stretch], rules: Table) -> tuple:
    """How far the worst colour missed is above the one on file, for how many days, and days of other differences; the
    worst is the least, to sort by."""
    missed = [s for s in found if s.grounds]
    widest = max((rules.rank(s.missed) - rules.rank(s.held) for s in missed), default=0)
    other = sum(s.days for s in found if s.kind and not s.grounds)
    return -widest, -sum(s.days for s in missed), -other
