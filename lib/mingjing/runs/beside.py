"""Finished runs that stand beside one another, as far as they can be compared."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingjing.areas import area_of
from mingjing.errors import InputError, UsageError
from mingjing.period import Period
from mingjing.runs.manifest import NAME, RECORD, read_manifest

_ALIKE = {"lang": "zh", "audience": "internal", "units": [], "config": "", "mapping": ""}
_DAYS_APART = 3  # months have 28 to 31 days, quarters 90 to 92, years 365 or 366


@dataclass(frozen=True)
class Beside:
    """Another run: its folder's name, its period, findings by area."""

    folder: str
    period: Period
    findings: dict[str, int]


def runs_beside(target: Path, parameters: dict[str, Any]) -> list[Beside]:
    """Runs in the folders next to `target` over other periods, in order of time, shown as this one is.

    Same language, audience, units, configuration and mapping; a folder that holds no readable run is passed over.
    """
    found = []
    for folder in sorted(
        path for path in target.parent.iterdir() if (path / NAME).is_file() and path.suffix != RECORD
    ):
        try:
            body = read_manifest(folder)
            given = body["parameters"]
            period = Period.parse(given["period"])
            alike = all(given.get(k, v) == parameters.get(k, v) for k, v in _ALIKE.items())
            if folder.name != target.name and alike and period.text != parameters["period"]:
                found.append(Beside(folder.name, period, _by_area(body["rules"])))
        except (InputError, UsageError, KeyError, TypeError, AttributeError):
            continue
    return sorted(found, key=lambda run: (run.period.start, run.period.end, run.folder))


def as_long(runs: list[Beside], period: Period) -> list[Beside]:
    """Those before `period` whose own is as long: years with years, quarters with quarters."""
    days = (period.end - period.start).days
    return [
        run
        for run in runs
        if run.period.end < period.start
        and abs((run.period.end - run.period.start).days - days) <= _DAYS_APART
    ]


def _by_area(rules: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in rules:
        area = area_of(line["rule_id"])
        found[area] = found.get(area, 0) + line["findings"]
    return found
