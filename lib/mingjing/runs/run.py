"""One run: notebooks executed by papermill, exported, written beside findings and manifest; whole or not at all."""

import importlib
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from mingjing.analyse import module_of
from mingjing.analyse.overview import Reported
from mingjing.audit import Audit
from mingjing.errors import UsageError, nearest
from mingjing.findings import Findings, neutralise
from mingjing.findings.register import Register
from mingjing.messages import tell
from mingjing.processes import ENDED, in_processes
from mingjing.report import svg
from mingjing.report.exporter import PUBLIC, ReportExporter
from mingjing.report.index import Line, Other, error_page, index_page
from mingjing.rules.catalogue import SEVERITIES
from mingjing.runs.beside import as_long, runs_beside
from mingjing.runs.manifest import NAME, Run, sha256, write_manifest
from mingjing.runs.notebooks import check_parameters, execute, notebooks, read_parameters
from mingjing.runs.publish import check_target, inputs_of, publish, record_of
from mingjing.runs.remember import Memory, kept, register_of, remember
from mingjing.runs.signature import sign
from mingjing.runs.swap import aside, swap

# the notebooks' parameters that decide what an audit finds; the others only say how it is shown
OPENED = ("as_of", "units", "lang", "config", "mapping", "audience")

_OPTIONS = ("data", "period", "out", "engine")


def run(
    areas: list[str],
    data: Path,
    period: str,
    out: Path | None,
    parameters: dict[str, Any],
    folder: Path,
    jobs: int = 1,
    written: dict[str, str] | None = None,
    register: str | None = None,
    fingerprint: str | None = None,
    sign_with: Path | None = None,
    engine: str = "duckdb",
) -> Run:
    """Executes the areas' notebooks over the data. `parameters` are those of the notebooks; blank ones are left out.

    folder: where the notebooks are. jobs: how many are executed at a time; the result does not depend on it.
    written: more parameters, as text that is read as the notebook's defaults are typed.
    register: file or URL of the register of findings, or `none`; by default `register.sqlite` beside the report.
    fingerprint: of all that this run is made from, for `unchanged.finished` to know it by.
    sign_with: SSH key that signs the manifest.
    engine: what evaluates the rules; the SQL shown as evidence is the engine's own.
    """
    for name in written or ():
        if name in _OPTIONS:  # else reports and findings would be of two minds
            raise UsageError(f"“{name}” is no parameter of a run", todo=f"Give it as --{name}")
    available = notebooks(folder)
    for area in areas:
        if area not in available:
            raise UsageError(f"no notebook for area “{area}”", todo=nearest(area, available))
    chosen = {area: available[area] for area in available if not areas or area in areas}
    given = {"data": str(data.resolve()), "period": period} | {
        k: v for k, v in parameters.items() if v not in (None, "", [])
    }
    for notebook in chosen.values():
        given |= read_parameters(notebook, written or {})
        check_parameters(notebook, given)
    audit = Audit.open(data, period, engine=engine, **{k: given[k] for k in OPENED if k in given})
    public = audit.release is not None
    target = out or Path("reports") / (f"{period}-public" if public else period)
    check_target(target, "public" if public else "internal")
    with aside(target) as building:
        known = None if public else register_of(register, target)
        report = building / "report"
        report.mkdir()
        result, memory = _build(audit, chosen, given, report, jobs, target, known, fingerprint, engine)
        if sign_with:
            for made in filter(Path.exists, (report, building / "record")):
                sign(made, sign_with)
        if public:
            swap(building / "record", record_of(target))
        with kept(memory, report, target):
            swap(report, target)
    result.folder = target
    return result


def _build(
    audit: Audit,
    chosen: dict[str, Path],
    given: dict[str, Any],
    building: Path,
    jobs: int,
    target: Path,
    register: Register | None,
    fingerprint: str | None,
    engine: str,
) -> tuple[Run, Memory | None]:
    started = datetime.now(UTC)
    result = Run(building)
    (building / "notebooks").mkdir()
    if audit.release:
        audit.release.journal = building.parent / "withheld.jsonl"
    # the overview alone tells of every area: their rules run all the same
    reported = [area for area in chosen if area != "overview"] or list(Reported.areas)
    preload(chosen)
    looked = None if "overview" in chosen else reported  # the overview speaks of every area
    with audit.shared(jobs, looked):
        memory = register and remember(register, audit, reported, looked)
        # the overview tells of the others: it is made last, in a process that knows how they went
        for last in (False, True):
            audit.reported = Reported(tuple(reported), tuple(result.failed.items()))
            part = {area: notebook for area, notebook in chosen.items() if (area == "overview") is last}
            result.failed |= _reports(part, given, building, audit.lang, jobs)
    result.failed |= {rule.rule_id: ENDED for _, rule in audit.results(reported) if rule.reason[0] == "ended"}
    everything = audit.check(reported)
    listed = Findings.of([*everything, *audit.resolved(reported)])
    listed.to_csv(building / "findings.csv")
    listed.to_parquet(building / "findings.parquet")
    _to_csv(audit.intake.rejected.drop(columns="_rid").map(neutralise), building / "rejected.csv")
    rules = audit.outcomes(reported)
    _to_csv(rules, building / "rules.csv")
    (building / "index.html").write_text(_index(audit, chosen, result, given, target), "utf-8")
    result.findings = len(everything)
    result.unreadable = [source.file for source in audit.intake.unreadable]
    result.highest = next((s for s in SEVERITIES if everything.count(s)), None)
    body = _body(audit, chosen, given, rules, result, started, target) | {"engine": engine}
    if audit.release:
        publish(audit, list(chosen.values()), building, building.parent / "record", body, target)
    else:
        write_manifest(building, body | {"fingerprint": fingerprint}, previous=target / NAME)
    return result, memory


def _reports(
    chosen: dict[str, Path], given: dict[str, Any], building: Path, lang: str, jobs: int
) -> dict[str, str]:
    """Every report; the areas whose notebook did not finish, with the reason. A process that is ended costs the report it
    was making and no other."""
    reasons = {}
    tasks = [(area, notebook, given, building, lang) for area, notebook in chosen.items()]
    for (area, *_), reason in in_processes(_report, tasks, jobs):
        if reason is None:
            reason = ENDED
            (building / f"{area}.html").write_text(
                error_page(area, _told(reason, given, lang), lang), "utf-8"
            )
        print(f"{area} {'✗ ' + tell(reason, lang) if reason else '✓'}", file=sys.stderr, flush=True)
        reasons |= {area: reason} if reason else {}
    return reasons


def preload(areas: Iterable[str]) -> None:
    """What the notebooks will import is loaded once, before the processes fork that run them."""
    for area in areas:
        module_of(area)
    for name in ("mingjing.report.plots", "mingjing.runs.cells"):
        importlib.import_module(name)
    svg.preload()


def _report(area: str, notebook: Path, given: dict[str, Any], building: Path, lang: str) -> str:
    """One notebook executed and exported; the reason why not, or an empty text."""
    executed = building / "notebooks" / f"{area}.ipynb"
    if reason := execute(notebook, executed, given, engine="mingjing"):
        document = error_page(area, _told(reason, given, lang), lang)
    else:
        document, _ = ReportExporter().from_filename(str(executed))
    (building / f"{area}.html").write_text(document, "utf-8")
    return reason


def _told(reason: str, given: dict[str, Any], lang: str) -> str:
    """An error may repeat what it stumbled over: the public is not told."""
    return "" if given.get("audience") == "public" else tell(reason, lang)


def _to_csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _body(
    audit: Audit,
    chosen: dict[str, Path],
    given: dict[str, Any],
    rules: pd.DataFrame,
    result: Run,
    started: datetime,
    target: Path,
) -> dict:
    return inputs_of(audit.intake) | {
        "areas": list(chosen),
        "beside": {
            run.folder: sha256(target.parent / run.folder / NAME) for run in runs_beside(target, given)
        },
        "notebooks": {area: sha256(path) for area, path in chosen.items()},
        "parameters": given | {"as_of": audit.as_of.isoformat()},
        "rules": json.loads(rules.to_json(orient="records")),
        "failed": result.failed,
        "findings": result.findings,
        "highest": result.highest,
        "versions": {
            name: version(name)
            for name in ("mingjing", "duckdb", "ibis-framework", "pandas", "papermill", "nbconvert")
        },
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 2),
    }


def _index(audit: Audit, chosen: dict[str, Path], result: Run, given: dict[str, Any], target: Path) -> str:
    beside = runs_beside(target, given)
    earlier = as_long(beside, audit.period)
    lines = []
    for area in chosen:
        if area in result.failed:
            lines.append(Line(area, None))
            continue
        found, outcomes = audit.check(area), audit.outcomes(area)
        history = [
            (run.period.words(audit.lang), run.findings[area]) for run in earlier if area in run.findings
        ]
        lines.append(
            Line(
                area,
                audit.headline(area),
                {severity: found.count(severity) for severity in SEVERITIES},
                int((outcomes.outcome == "not_run").sum()),
                len(outcomes),
                [*history, (audit.period.words(audit.lang), len(found))],
            )
        )
    others = [
        Other(r.period.words(audit.lang), f"../{quote(r.folder)}/index.html", sum(r.findings.values()))
        for r in beside
    ]
    units = [audit.names.get(unit, unit) for unit in audit.units]
    note = PUBLIC[audit.lang] if audit.release else ""
    return index_page(audit.period.words(audit.lang), lines, others, units, audit.lang, note, audit.as_of)
