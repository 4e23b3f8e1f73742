"""`schedule.toml` and the occurrences it means. No clock in here: the day is always given."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mingjing.areas import check_area
from mingjing.config import check_keys, read_toml
from mingjing.errors import InputError, nearest
from mingjing.period import Period, month_end
from mingjing.rules.festivals import calendar_of, rests
from mingjing.runs.schedule.visits import read_terms, visits

_TOP = {"start", "run", "job", "mail"}
_RUN = {
    "data": str,
    "reports": str,
    "notebooks": str,
    "config": str,
    "mapping": str,
    "lang": str,
    "fail_on": str,
    "hour": int,
    "limit_hours": int,
}
_MAIL = {"to": list, "sender": str, "host": str, "port": int, "security": str, "user": str, "audience": str}
_KINDS = {
    "monthly": {"day": int},
    "quarterly": {"day": int},
    "yearly": {"day": int},
    "holidays": {"festivals": list, "before": int, "after": int},
    "visits": {"folder": str},
}
_JOB = {"name": str, "kind": str, "zh": str, "en": str, "areas": list}
_STEP = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True)
class Job:
    """One line of work that comes again. `options` are those of its kind."""

    name: str
    kind: str
    zh: str
    en: str
    areas: tuple[str, ...]
    options: dict[str, Any]

    def title(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Occurrence:
    """One time a job is to be done: on `due`, looking at `period`. `id` is the same whenever it is asked for."""

    id: str
    job: Job
    due: date
    period: str
    units: tuple[str, ...] = ()
    provisional: bool = False  # the official calendar of that year is not published yet


@dataclass(frozen=True)
class Schedule:
    file: Path
    start: date
    run: dict[str, Any]
    mail: dict[str, Any]
    jobs: tuple[Job, ...]

    def path(self, name: str, default: str) -> Path:
        """A path of section `run`, from the folder that holds the file."""
        return self.file.parent / str(self.run.get(name, default))


def read_schedule(path: Path) -> Schedule:
    """Every name and type checked, so that a misspelt job is met today and not in a year's night."""
    body = read_toml(path, "schedule")
    check_keys(body, _TOP, path, "the schedule")
    if type(body.get("start")) is not date:
        raise InputError(
            "“start” is no date", file=path, todo="Write start = 2022-01-01: nothing earlier is due"
        )
    run, mail = body.get("run", {}), body.get("mail", {})
    _typed(run, _RUN, path, "section “run”")
    _typed(mail, _MAIL, path, "section “mail”")
    jobs = tuple(_job(written, path) for written in body.get("job", []))
    names = [job.name for job in jobs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"two jobs are called “{twice[0]}”", file=path, todo="Name them apart")
    return Schedule(path.resolve(), body["start"], run, mail, jobs)


def _job(written: dict[str, Any], path: Path) -> Job:
    kind = written.get("kind") if isinstance(written, dict) else None
    if kind not in _KINDS:
        raise InputError(f"a job has the unknown kind “{kind}”", file=path, todo=nearest(str(kind), _KINDS))
    known = _JOB | _KINDS[kind]
    name = str(written.get("name", ""))
    _typed(written, known, path, f"job “{name}”")
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise InputError(
            f"job name “{name}” is not made of letters, digits and hyphens", file=path, todo="Rename it"
        )
    for area in written.get("areas", ()):
        check_area(area)
    options = {key: written[key] for key in _KINDS[kind] if key in written}
    if not 1 <= options.get("day", 1) <= 28:
        raise InputError(
            f"day of job “{name}” is not 1 to 28", file=path, todo="Choose a day every month has"
        )
    if kind == "holidays":
        _festivals(options.get("festivals", []), name, path)
    if kind == "visits" and "folder" not in options:
        raise InputError(f"job “{name}” names no folder of drawn visits", file=path, todo="Add folder = …")
    zh, en = written.get("zh", name), written.get("en", name)
    return Job(name, kind, zh, en, tuple(written.get("areas", ())), options)


def _festivals(written: list[str], name: str, path: Path) -> None:
    known = {name for _, _, name in rests(2021)}
    for festival in written:
        if festival not in known:
            raise InputError(
                f"job “{name}”: no festival “{festival}”", file=path, todo=nearest(festival, known)
            )


def _typed(section: Any, known: dict[str, type], path: Path, where: str) -> None:
    check_keys(section, known, path, where)
    for key, value in section.items():
        if type(value) is not known[key]:
            raise InputError(
                f"“{key}” of {where} is {value!r}", file=path, todo=f"Write a {known[key].__name__} there"
            )


def occurrences(schedule: Schedule, until: date) -> list[Occurrence]:
    """Everything due from the schedule's start up to and with `until`, oldest first."""
    found = [
        o for job in schedule.jobs for o in _of(schedule, job, until) if schedule.start <= o.due <= until
    ]
    return sorted(found, key=lambda o: (o.due, [j.name for j in schedule.jobs].index(o.job.name), o.id))


def _of(schedule: Schedule, job: Job, until: date) -> Iterator[Occurrence]:
    if job.kind == "holidays":
        return _holidays(job, schedule.start.year - 1, until.year + 1)
    if job.kind == "visits":
        return _visits(schedule, job)
    return _periodic(job, schedule.start.year - 1, until.year)


def _periodic(job: Job, first_year: int, last_year: int) -> Iterator[Occurrence]:
    """The span that is over, looked at on the first working day on or after the day named."""
    step = _STEP[job.kind]
    for number in range(first_year * 12, (last_year + 1) * 12, step):
        year, month = divmod(number, 12)
        last = month_end(year + (month + step - 1) // 12, (month + step - 1) % 12 + 1)
        text = {1: f"{year}-{month + 1:02d}", 3: f"{year}Q{month // 3 + 1}", 12: str(year)}[step]
        due, known = _working(last + timedelta(days=job.options.get("day", 1)), 1)
        yield Occurrence(f"{job.name}-{text}", job, due, Period.parse(text).text, provisional=not known)


def _holidays(job: Job, first_year: int, last_year: int) -> Iterator[Occurrence]:
    """Before: on the last working day, over the days so far. After: once the window has closed, over all of it."""
    before, after = job.options.get("before", 15), job.options.get("after", 10)
    for year in range(first_year, last_year + 1):
        for start, end, name in rests(year):
            if name not in job.options.get("festivals", ()):
                continue
            eve, known = _working(start - timedelta(days=1), -1)
            opened, closed = start - timedelta(days=before), end + timedelta(days=after)
            yield Occurrence(
                f"{job.name}-{year}-{name}-before",
                job,
                eve,
                f"{min(opened, eve)}..{eve}",
                provisional=not known,
            )
            due, known = _working(closed + timedelta(days=1), 1)
            yield Occurrence(
                f"{job.name}-{year}-{name}-after", job, due, f"{opened}..{closed}", provisional=not known
            )


def _visits(schedule: Schedule, job: Job) -> Iterator[Occurrence]:
    folder = schedule.file.parent / job.options["folder"]
    for terms in sorted(folder.glob("*.committed.json")):
        for quarter, unit, day in visits(read_terms(terms)):
            period = f"{date(day.year, 3 * quarter - 2, 1)}..{day}"
            yield Occurrence(f"{job.name}-{day.year}Q{quarter}-{unit}-{day:%m%d}", job, day, period, (unit,))


def _working(day: date, step: int) -> tuple[date, bool]:
    """The first working day from `day` on in that direction, and whether the official calendar says so.

    A year not published yet: Monday to Friday, marked as provisional.
    """
    while True:
        known = calendar_of(day.year).get(day)
        if known[0] if known else day.weekday() < 5:
            return day, known is not None
        day += timedelta(days=step)


def working_days(year: int) -> list[date]:
    """The year's working days by the official calendar; empty while it is not published."""
    return [day for day, (work, _) in calendar_of(year).items() if work]
