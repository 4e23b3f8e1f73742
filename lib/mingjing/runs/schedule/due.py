"""Running what is due: each occurrence once, missed ones caught up, never two at a time, one line for monitoring."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mingjing.errors import InputError, MingjingError
from mingjing.messages import tell
from mingjing.runs.notebooks import notebooks
from mingjing.runs.schedule.mail import send
from mingjing.runs.schedule.plan import Occurrence, Schedule, occurrences

_STATE = "schedule.state.json"
_STUCK_HOURS = 12


@dataclass
class Summary:
    """What one call of `run-due` did."""

    due: int = 0
    done: list[str] = field(default_factory=list)
    late: int = 0
    findings: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    alerts: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    busy: str = ""
    stuck: bool = False
    following: str = ""

    @property
    def exit_code(self) -> int:
        return 1 if self.failed or self.alerts or self.unreadable or self.stuck else 0

    def line(self, lang: str) -> str:
        """One line as monitoring plug-ins write it: a word, a sentence, figures after the bar."""
        word = "WARNING" if self.exit_code else "OK"
        parts = [tell(f"{len(self.done)} of {self.due} due done", lang)]
        parts += [tell(f"another run is going on since {self.busy}", lang)] if self.busy else []
        parts += [tell(f"failed {name}: {reason}", lang) for name, reason in self.failed.items()]
        parts += [tell(f"severity reached in {', '.join(self.alerts)}", lang)] if self.alerts else []
        parts += (
            [tell(f"cannot be read: {', '.join(sorted(self.unreadable))}", lang)] if self.unreadable else []
        )
        parts += [tell(f"next {self.following}", lang)] if self.following else []
        figures = f"due={self.due} done={len(self.done)} failed={len(self.failed)} late={self.late}"
        return f"MINGJING {word}: {'; '.join(parts)} | {figures} findings={self.findings}"


def due(schedule: Schedule, now: datetime) -> list[Occurrence]:
    """What should have been done by `now` and was not, oldest first."""
    reached = now.date() if now.hour >= schedule.run.get("hour", 6) else now.date() - timedelta(days=1)
    done = _read_state(schedule)
    return [o for o in occurrences(schedule, reached) if not done.get(o.id, {}).get("done")]


def coming(schedule: Schedule, now: datetime, count: int) -> list[Occurrence]:
    """The next `count` that lie after today."""
    later = occurrences(schedule, now.date() + timedelta(days=400))
    return [o for o in later if o.due > now.date()][:count]


def run_due(schedule: Schedule, now: datetime) -> Summary:
    """Does everything due, one after the other; what failed stays due and is tried again at the next call."""
    summary = Summary()
    with _lock(schedule, now, summary) as mine:
        if not mine:
            return summary
        waiting = due(schedule, now)
        summary.due = len(waiting)
        for occurrence in waiting:
            print(f"{occurrence.id} {occurrence.period}", file=sys.stderr)
            _one(schedule, occurrence, now, summary)
    following = coming(schedule, now, 1)
    summary.following = f"{following[0].due} {following[0].id}" if following else ""
    return summary


def _one(schedule: Schedule, occurrence: Occurrence, now: datetime, summary: Summary) -> None:
    state = _read_state(schedule)
    line = {
        "tried": state.get(occurrence.id, {}).get("tried", 0) + 1,
        "at": now.isoformat(timespec="seconds"),
    }
    try:
        made = _run(schedule, occurrence, "internal")
        summary.findings += made["findings"]
        summary.alerts += [occurrence.id] if made["alert"] else []
        summary.unreadable |= set(made["unreadable"])
        if schedule.mail.get("to"):
            audience = schedule.mail.get("audience", "public")
            shown = made if audience == "internal" else _run(schedule, occurrence, "public")
            send(
                schedule.mail,
                occurrence,
                Path(shown["index"]).parent,
                shown["findings"],
                schedule.run.get("lang", "zh"),
            )
        summary.done.append(occurrence.id)
        summary.late += now.date() > occurrence.due
        line |= {
            "done": True,
            "index": os.path.relpath(made["index"], schedule.file.parent),
            "findings": made["findings"],
        }
    except MingjingError as error:
        summary.failed[occurrence.id] = error.told(schedule.run.get("lang", "zh"))
        line |= {"done": False, "reason": str(error)}
    _write_state(schedule, state | {occurrence.id: line})


def _run(schedule: Schedule, occurrence: Occurrence, audience: str) -> dict[str, Any]:
    """One `mingjing run` in a process of its own: a crash or a leak there costs one report, not the night."""
    limit = schedule.run.get("limit_hours", 6)
    try:
        made = subprocess.run(  # noqa: S603
            command(schedule, occurrence, audience), capture_output=True, text=True, timeout=limit * 3600
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"not done after {limit} hours and stopped", todo="See limit_hours") from None
    try:
        result = json.loads(made.stdout)
    except ValueError:
        last = (made.stderr.strip().splitlines() or ["no word why"])[-1]
        raise InputError(last.removeprefix("mingjing: ")) from None
    if result["failed"]:
        name, reason = next(iter(result["failed"].items()))
        raise InputError(f"notebook {name}: {reason}")
    return result | {"alert": made.returncode == 1}


def command(schedule: Schedule, occurrence: Occurrence, audience: str = "internal") -> list[str]:
    """The command line of one occurrence, as a person would type it."""
    folder = schedule.path("notebooks", "notebooks")
    areas = [area for area in notebooks(folder) if area in occurrence.job.areas]
    if occurrence.job.areas and not areas:
        raise InputError(f"no notebook for {', '.join(occurrence.job.areas)}", file=folder, todo="See areas")
    name = occurrence.id + ("" if audience == "internal" else f"-{audience}")
    words = [sys.executable, "-m", "mingjing", "run", *areas, "--json", "--audience", audience]
    words += ["--data", str(schedule.path("data", "data")), "--period", occurrence.period]
    words += ["--out", str(schedule.path("reports", "reports") / name), "--notebooks", str(folder)]
    for option in ("config", "mapping"):
        words += [f"--{option}", str(schedule.path(option, ""))] if option in schedule.run else []
    words += ["--lang", schedule.run.get("lang", "zh")]
    words += ["--fail-on", schedule.run["fail_on"]] if "fail_on" in schedule.run else []
    for unit in occurrence.units:
        words += ["--unit", unit]
    return words


@contextmanager
def _lock(schedule: Schedule, now: datetime, summary: Summary) -> Iterator[bool]:
    """Held by the system for as long as the process lives, so that a crash leaves nothing to clear away."""
    path = _state_file(schedule).with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            summary.busy = file.read().strip() or "a moment ago"
            try:
                began = datetime.fromisoformat(summary.busy)
                summary.stuck = now - began > timedelta(hours=_STUCK_HOURS)
            except (ValueError, TypeError):
                summary.stuck = False
            yield False
            return
        file.truncate(0)
        file.write(now.isoformat(timespec="seconds"))
        file.flush()
        yield True


def _state_file(schedule: Schedule) -> Path:
    return schedule.path("reports", "reports") / _STATE


def _read_state(schedule: Schedule) -> dict[str, Any]:
    path = _state_file(schedule)
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        raise InputError(
            "the record of what was done cannot be read", file=path, todo="Restore it or delete it"
        ) from None


def _write_state(schedule: Schedule, state: dict[str, Any]) -> None:
    path = _state_file(schedule)
    aside = path.with_suffix(".new")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(state, file, ensure_ascii=False, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
