"""Notebooks that are no area (`sampling`, `gallery`): run by themselves when asked by name, into a folder of their own."""

from pathlib import Path
from typing import Any

from mingjing.areas import AREAS
from mingjing.audit import Audit
from mingjing.errors import NotebookError, UsageError
from mingjing.report.exporter import ReportExporter
from mingjing.runs.manifest import NAME, sha256, write_manifest
from mingjing.runs.notebooks import check_parameters, execute, read_parameters
from mingjing.runs.publish import check_target, inputs_of
from mingjing.runs.swap import aside, swap


def apart(areas: list[str], folder: Path) -> Path | None:
    """The notebook asked for, when it is no area; UsageError when areas are asked for with it."""
    others = {path.stem.split("_", 1)[1]: path for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}
    asked = [area for area in areas if area in others and area not in AREAS]
    if asked and len(areas) > 1:
        raise UsageError(f"“{asked[0]}” runs by itself", todo=f"Ask for it alone: mingjing run {asked[0]}")
    return others[asked[0]] if asked else None


def run_apart(
    notebook: Path,
    data: Path,
    period: str,
    out: Path | None,
    parameters: dict[str, Any],
    written: dict[str, str],
) -> Path:
    """Executes and exports it; gives the page. Default folder: `reports/<period>-<name>`. A manifest seals what is in it,
    the selection sheet included; NotebookError when the notebook does not run to its end."""
    name = notebook.stem.split("_", 1)[1]
    if parameters.get("audience") == "public":
        raise UsageError(f"“{name}” is for readers inside only", todo="Leave --audience out")
    target = out or Path("reports") / f"{period}-{name}"
    given = {"data": str(data.resolve()), "period": period} | {
        key: value for key, value in parameters.items() if value not in (None, "", [])
    }
    # a notebook runs in its own folder, so that a file named on the command line must not depend on where it was typed
    given |= {key: _found(value) for key, value in read_parameters(notebook, written).items()}
    check_parameters(notebook, given)
    check_target(target, "internal")
    with aside(target) as building:
        report = building / "report"
        report.mkdir()
        executed = report / f"{name}.ipynb"
        if reason := execute(notebook, executed, given | {"out": str(report)}, engine="mingjing"):
            raise NotebookError(
                f"{name} did not finish: {reason}", todo="Mend what it names and run it again"
            )
        document, _ = ReportExporter().from_filename(str(executed))
        (report / f"{name}.html").write_text(document, "utf-8")
        audit = Audit.open(data, period, **{k: given[k] for k in ("config", "mapping") if k in given})
        body = {"areas": [name], "notebooks": {name: sha256(notebook)}, "parameters": given}
        write_manifest(report, inputs_of(audit.intake) | body, previous=target / NAME)
        swap(report, target)
    return target / f"{name}.html"


def _found(value: Any) -> Any:
    return str(Path(value).resolve()) if isinstance(value, str) and value and Path(value).exists() else value
