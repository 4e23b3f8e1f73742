"""One run: notebooks executed by papermill, exported, written beside findings and manifest; whole or not at all."""

import hashlib
import html
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import papermill
from papermill.exceptions import PapermillExecutionError

from mingjing.areas import AREAS
from mingjing.audit import Audit
from mingjing.errors import InputError, UsageError, nearest
from mingjing.findings import neutralise
from mingjing.report.exporter import ReportExporter
from mingjing.report.page import page
from mingjing.rules.catalogue import SEVERITIES


@dataclass
class Run:
    """What came of it. `failed` names the areas whose notebook did not finish, with the reason."""

    folder: Path
    findings: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    highest: str | None = None


def notebooks(folder: Path) -> dict[str, Path]:
    """Area → notebook, in reading order; only areas that have one."""
    paths = {path.stem.split("_", 1)[1]: path for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}
    return {area: paths[area] for area in AREAS if area in paths}


def check_parameters(notebook: Path, given: dict[str, Any]) -> None:
    """Refuses, before a kernel starts, what papermill would run wrongly: no tagged cell, a misspelt name, a wrong type."""
    cells = [c for c in nbformat.read(notebook, 4).cells if "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        raise InputError(
            "the notebook has no single cell tagged “parameters”",
            file=notebook,
            todo="Tag the cell that holds the defaults",
        )
    known = papermill.inspect_notebook(str(notebook))
    for name, value in given.items():
        if name not in known:
            raise UsageError(f"{notebook.stem} has no parameter “{name}”", todo=nearest(name, known))
        default = known[name]["default"].strip()
        expected = (
            list
            if default.startswith("[")
            else str
            if default[:1] in "\"'"
            else bool
            if default in ("True", "False")
            else (int, float)
        )
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
            raise UsageError(
                f"parameter “{name}” is {value!r}, not of the type of its default {default}",
                todo="Give a value like the default",
            )


def execute(notebook: Path, target: Path, parameters: dict[str, Any], timeout: int = 600) -> str:
    """Runs one notebook; an empty text when every cell truly ran, else the reason in one line."""
    try:
        papermill.execute_notebook(
            str(notebook),
            str(target),
            parameters,
            cwd=str(notebook.parent),
            progress_bar=False,
            execution_timeout=timeout,
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    except Exception as error:  # a dead kernel or a time-out must cost one report, not the run
        return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    done = nbformat.read(target, 4)
    silent = [
        c for c in done.cells if c.cell_type == "code" and c.source.strip() and c.execution_count is None
    ]
    wrong = [o for c in done.cells for o in c.get("outputs", []) if o.output_type == "error"]
    return "a cell never ran or ended in an error" if silent or wrong else ""


def run(
    areas: list[str],
    data: Path,
    period: str,
    out: Path | None,
    parameters: dict[str, Any],
    folder: Path,
) -> Run:
    """Executes the areas' notebooks over the data. `parameters` are as_of, units, lang, config and any of the notebooks' own."""
    available = notebooks(folder)
    for area in areas:
        if area not in available:
            raise UsageError(f"no notebook for area “{area}”", todo=nearest(area, available))
    chosen = {area: available[area] for area in available if not areas or area in areas}
    given = {"data": str(data.resolve()), "period": period} | {
        k: v for k, v in parameters.items() if v not in (None, "", [])
    }
    for notebook in chosen.values():
        check_parameters(notebook, given)
    opened = {k: given[k] for k in ("as_of", "units", "lang", "config") if k in given}
    audit = Audit.open(data, period, **opened)
    target = out or Path("reports") / period
    if target.exists() and not (target / "manifest.json").exists() and any(target.iterdir()):
        raise UsageError(f"{target} holds something that is not a report", todo="Choose another --out")
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}.building-", dir=target.parent))
    try:
        report = building / "report"
        report.mkdir()
        result = _build(audit, chosen, given, report)
        _swap(report, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    result.folder = target
    return result


def _build(audit: Audit, chosen: dict[str, Path], given: dict[str, Any], building: Path) -> Run:
    started = datetime.now(UTC)
    result = Run(building)
    (building / "notebooks").mkdir()
    for area, notebook in chosen.items():
        print(f"{area} …", file=sys.stderr)
        executed = building / "notebooks" / f"{area}.ipynb"
        if reason := execute(notebook, executed, given):
            result.failed[area] = reason
            document = _error_page(area, reason, audit.lang)
        else:
            document, _ = ReportExporter().from_filename(str(executed))
        (building / f"{area}.html").write_text(document, "utf-8")
    reported = [area for area in chosen if area != "overview"]
    frames = [audit.check(area) for area in reported]
    everything = type(frames[0]).of([row for found in frames for row in found], audit.lang)
    everything.to_csv(building / "findings.csv")
    everything.to_parquet(building / "findings.parquet")
    audit.intake.rejected.map(neutralise).to_csv(
        building / "rejected.csv", index=False, encoding="utf-8-sig", lineterminator="\n"
    )
    outcomes = [audit.outcomes(area) for area in reported]
    rules = pd.concat(outcomes, ignore_index=True)
    rules.to_csv(building / "rules.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
    (building / "index.html").write_text(_index(audit, chosen, result), "utf-8")
    result.findings = len(everything)
    result.highest = next((s for s in SEVERITIES if everything.count(s)), None)
    _manifest(audit, given, rules, result, building, started)
    return result


def _manifest(
    audit: Audit, given: dict[str, Any], rules, result: Run, building: Path, started: datetime
) -> None:
    outputs = {
        p.relative_to(building).as_posix(): sha256(p) for p in sorted(building.rglob("*")) if p.is_file()
    }
    body = {
        "inputs": [
            {
                "file": s.file,
                "sheet": s.sheet,
                "sha256": s.sha256,
                "table": s.table,
                "status": s.status,
                "rows_read": s.rows_read,
                "accepted": s.accepted,
                "rejected": s.rejected,
                "not_data": s.not_data,
            }
            for s in audit.intake.sources
        ],
        "parameters": given | {"as_of": audit.as_of.isoformat()},
        "rules": json.loads(rules.to_json(orient="records")),
        "failed": result.failed,
        "versions": {
            name: version(name)
            for name in ("mingjing", "duckdb", "ibis-framework", "pandas", "papermill", "nbconvert")
        },
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 2),
        "outputs": outputs,
    }
    (building / "manifest.json").write_text(
        json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True), "utf-8"
    )


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _swap(building: Path, target: Path) -> None:
    """The new report takes the old one's place; the old one is gone only once the new one stands."""
    aside = target.with_name(f".{target.name}.previous-{os.getpid()}")
    if target.exists():
        target.rename(aside)
    building.rename(target)
    shutil.rmtree(aside, ignore_errors=True)


def _error_page(area: str, reason: str, lang: str) -> str:
    title = AREAS[area].title(lang)
    text = (
        "本篇未能生成，结论缺失，不等于没有问题。"
        if lang == "zh"
        else "This report could not be made. That is not a pass."
    )
    return page(title, f'<p class="verdict red">{text}</p><pre>{html.escape(reason)}</pre>', lang)


def _index(audit: Audit, chosen: dict[str, Path], result: Run) -> str:
    zh = audit.lang == "zh"
    parts = []
    for area in chosen:
        link = f'<h2><a href="{area}.html">{html.escape(AREAS[area].title(audit.lang))}</a></h2>'
        failed = "未能生成" if zh else "could not be made"
        parts.append(
            link
            + (f'<p class="verdict red">{failed}</p>' if area in result.failed else audit.headline(area).html)
        )
    title = f"明镜 {audit.period}" if zh else f"Mingjing {audit.period}"
    return page(title, "".join(parts), audit.lang)
