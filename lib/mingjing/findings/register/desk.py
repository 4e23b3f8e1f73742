"""The register as a person holds it in the hand: `audit.findings` in a notebook, `mingjing findings` on a terminal."""

import getpass
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from mingjing.config import REGISTER
from mingjing.errors import UsageError, nearest
from mingjing.findings.register import book, people
from mingjing.findings.register.book import Made
from mingjing.findings.register.life import (
    STATUSES,
    UNCHECKED,
    Comparison,
    Known,
    Life,
    Sight,
    in_order,
    life,
)
from mingjing.findings.register.schema import Store

# `life` is what the runs say: new persisting recurred resolved; `status` is how far people are.
COLUMNS = (
    "finding_id rule_id area severity kind unit unit_name subject message amount date life times first_seen last_seen "
    "resolved_on status owner due measure evidence verdict reason until in_force come_back version"
).split()
FILTERS = ("area", "unit", "rule_id", "severity", "life", "status", "owner", "verdict")
DONE = ("closed", "withdrawn")


@dataclass(frozen=True)
class Past:
    """What the register knows that bears on one run: lives up to it, and what people have done. See `Comparison`."""

    comparison: Comparison
    people: dict[str, dict[str, Any]]

    def status(self, finding_id: str, otherwise: str = "new") -> str:
        """new, persisting, recurred or resolved."""
        told = self.comparison.lives.get(finding_id)
        return told.status if told else otherwise

    def resolved(self, areas: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """Rows, as last found, of what this run no longer finds."""
        rows = [told.known.row | {"status": "resolved"} for told in self.comparison.resolved]
        rows = [row for row in rows if areas is None or row["area"] in areas]
        return [row | {"date": row["date"] and date.fromisoformat(row["date"])} for row in rows]

    def marks(self, lang: str) -> dict[str, str]:
        """Finding id → what people say of it in a few words: verdict in force on the run's day, status."""
        day = self.comparison.run.as_of
        marks = {i: _mark(state, day, lang) for i, state in self.people.items() if i in self.comparison.lives}
        return {finding_id: mark for finding_id, mark in marks.items() if mark}


class Register:
    """Findings from run to run and what people do about them. Make it with `Register.open`.

    The same functions as on the command line: `list`, `show`, `assign`, `move`, `judge`, `history`. `who` is whose name
    stands in the history, by default the user's of this machine.
    """

    def __init__(self, store: Store, who: str, lang: str = "zh"):
        self.store, self.who, self.lang = store, who, lang

    @classmethod
    def open(
        cls, where: str | Path, who: str | None = None, lang: str = "zh", create: bool = True
    ) -> "Register":
        """`where`: a file or a URL such as `postgresql://host/name`; made where there is none, if `create`."""
        return cls(Store.open(where, create), who or getpass.getuser(), lang)

    def __repr__(self) -> str:
        from mingjing.report.desk import register_panel

        return register_panel(self).text

    def _repr_html_(self) -> str:
        from mingjing.report.desk import register_panel

        return register_panel(self)._repr_html_()

    def list(self, overdue: bool = False, as_of: date | None = None, **equal: str) -> pd.DataFrame:
        """One row a finding, worst first. `equal`: columns of `FILTERS` and the value wanted.

        as_of: the day for overdue and expired verdicts; by default that of the last run. overdue: only those past
        their due date and not closed or withdrawn.
        """
        for name in equal:
            if name not in FILTERS:
                raise UsageError(f"findings cannot be filtered by “{name}”", todo=nearest(name, FILTERS))
        with self.store.read() as conn:
            runs = book.read_runs(conn)
            sights, states = book.read_sights(conn, runs), people.states(conn)
        day = as_of or max((run.as_of for run in runs.values()), default=date.min)
        lives = {finding_id: life(seen) for finding_id, seen in sights.items()}
        lines = [_line(lives[i], states[i], day, self.lang) for i in lives if lives[i]]
        frame = pd.DataFrame(lines, columns=COLUMNS, dtype=object)
        for name, value in equal.items():
            wanted = frame[name] == value
            frame = frame[wanted | (frame.unit_name == value) if name == "unit" else wanted]
        if overdue:
            late = frame.due.map(lambda due: due is not None and due < day).astype(bool)
            frame = frame[late & ~frame.status.isin(DONE)]
        rank = frame.severity.map({"high": 0, "medium": 1, "low": 2})
        order = frame.assign(_rank=rank).sort_values(["_rank", "rule_id", "unit", "finding_id"])
        return order.drop(columns="_rank").reset_index(drop=True)

    def show(self, finding_id: str) -> dict[str, Any]:
        """One finding: its row as last found, what each run said of it, what people keep, every change."""
        with self.store.read() as conn:
            runs = book.read_runs(conn)
            seen = book.read_sights(conn, runs, finding_id).get(finding_id, [])
            states = people.states(conn)
        told = life(seen)
        if told is None:
            raise UsageError(f"no finding is called “{finding_id}”", todo=nearest(finding_id, states))
        return {
            "finding": told.known.row,
            "life": told.status,
            "runs": _told(in_order(seen), self.lang),
            "people": {name: states[finding_id][name] for name in (*people.FIELDS, "version")},
            "history": people.history(self.store, finding_id),
        }

    def assign(self, finding_id: str, **values: Any) -> int:
        """owner, due, measure, evidence, note; gives the finding's version. See `people.assign`."""
        return people.assign(self.store, finding_id, self.who, **values)

    def move(self, finding_id: str, status: str, note: str | None = None, version: int | None = None) -> int:
        """To another status, in either language. See `people.MOVES`."""
        return people.move(self.store, finding_id, self.who, status, note, version)

    def judge(self, finding_id: str, verdict: str, **values: Any) -> int:
        """查实, 不成立 or 待核, with reason and, for 不成立, until. See `people.judge`."""
        return people.judge(self.store, finding_id, self.who, verdict, **values)

    def history(self, finding_id: str | None = None) -> pd.DataFrame:
        """Every change: when, who, which field, from what, to what, with what note."""
        names = ["finding_id", "version", "at", "who", "field", "old", "new", "note"]
        return pd.DataFrame(people.history(self.store, finding_id), columns=names, dtype=object)

    def last_found(self) -> Iterable[Known]:
        """Every finding any run made, as it was last found, with the keys of the rows it rests on."""
        with self.store.read() as conn:
            sights = book.read_sights(conn, book.read_runs(conn))
        lives = (life(seen) for _, seen in sorted(sights.items()))
        return [told.known for told in lives if told]

    def against(self, made: Made, lost: Callable[[tuple], bool]) -> Past:
        """One run held against what other runs saw; the run's own record does not count."""
        with self.store.read() as conn:
            return Past(book.against(conn, made, lost), people.states(conn))


def nearby() -> Path:
    """The register beside the reports, seen from where a run or a notebook works."""
    below = [Path("reports") / REGISTER, Path("..") / "reports" / REGISTER]
    return next((path for path in below if path.exists()), below[0])


def _line(told: Life, state: dict[str, Any], day: date, lang: str) -> tuple:
    row = told.known.row
    values = (
        {name: row[name] for name in ("finding_id", "rule_id", "area", "severity", "kind", "unit", "subject")}
        | {"unit_name": row.get("unit_name")}
        | {"message": row[f"message_{lang}"], "amount": row["amount"], "date": row["date"]}
        | {
            "life": told.status,
            "times": told.times,
            "first_seen": told.first.as_of,
            "last_seen": told.last.as_of,
        }
        | {"resolved_on": told.resolved and told.resolved.as_of}
        | state
        | {"in_force": in_force(state, day), "come_back": come_back(told, state)}
    )
    return tuple(values[name] for name in COLUMNS)


def in_force(state: dict[str, Any], day: date) -> bool:
    """Whether the verdict still holds on that day; 不成立 ends by itself."""
    return state["verdict"] is not None and (state["until"] is None or day <= state["until"])


def come_back(told: Life, state: dict[str, Any]) -> bool:
    """Closed by people, gone from a run, and found again by one made after the closing: 反弹."""
    return state["status"] in DONE and told.status == "recurred" and told.last.order > state["done_after"]


def _told(sights: list[Sight], lang: str) -> list[dict[str, Any]]:
    told, before = [], []
    for sight in sights:
        before.append(sight)
        so_far = life(before)
        words = UNCHECKED.get(sight.what) or (STATUSES[so_far.status] if so_far else ("", ""))
        said = words[lang == "en"]
        told.append(
            {
                "period": sight.run.period,
                "as_of": sight.run.as_of,
                "units": list(sight.run.units),
                "said": said,
            }
        )
    return told


def _mark(state: dict[str, Any], day: date, lang: str) -> str:
    zh, parts = lang == "zh", []
    if in_force(state, day):
        until = state["until"] and (f"（至{state['until']}）" if zh else f" (until {state['until']})")
        parts.append(f"{people.VERDICTS[state['verdict']][not zh]}{until or ''}")
    if state["status"] != "open":
        parts.append(people.STATES[state["status"]][not zh])
    return ("；" if zh else "; ").join(parts)
