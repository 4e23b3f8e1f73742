"""One notebook: its parameters checked before a kernel starts, then executed, with the truth about every cell."""

import json
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from mingjing.areas import AREAS
from mingjing.errors import InputError, UsageError, nearest
from mingjing.runs.engine import ForkEngine

TIMEOUT = 600
# the entry point says the same to papermill's own command; a run must not depend on how the package was installed
papermill_engines.register("mingjing", ForkEngine)


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
        expected = _type_of(default)
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
            raise UsageError(
                f"parameter “{name}” is {value!r}, not of the type of its default {default}",
                todo="Give a value like the default",
            )


def read_parameters(notebook: Path, written: dict[str, str]) -> dict[str, Any]:
    """Values from the command line as the notebook's defaults are typed; what cannot be read so stays text."""
    known = papermill.inspect_notebook(str(notebook))
    return {
        name: _read(text, _type_of(known[name]["default"].strip())) if name in known else text
        for name, text in written.items()
    }


def _type_of(default: str) -> Any:
    if default.startswith("["):
        return list
    if default[:1] in "\"'":
        return str
    return bool if default in ("True", "False") else (int, float)


def _read(text: str, kind: Any) -> Any:
    if kind is str:
        return text
    try:
        value = json.loads(text.lower() if kind is bool else text)
    except json.JSONDecodeError:
        return text
    return value


def execute(
    notebook: Path,
    target: Path,
    parameters: dict[str, Any],
    timeout: int = TIMEOUT,
    engine: str | None = None,
) -> str:
    """Runs one notebook; an empty text when every cell truly ran, else the reason in one line.

    engine: a papermill engine by name; stock nbclient unless given.
    """
    try:
        papermill.execute_notebook(
            str(notebook),
            str(target),
            parameters,
            engine_name=engine,
            cwd=str(notebook.parent),
            progress_bar=False,
            execution_timeout=timeout,
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as error:
        # an expected error has no more than a line to show, in the language of the notebook
        told = error.traceback[0] if len(error.traceback) == 1 else ""
        return told if told.startswith(f"{error.ename}: ") else f"{error.ename}: {error.evalue}"
    except DeadKernelError as error:
        return f"DeadKernelError: {_one_line(error)}"
    except Exception as error:  # a time-out must cost one report, not the run
        return f"{type(error).__name__}: {_one_line(error)}"
    done = nbformat.read(target, 4)
    silent = [
        c for c in done.cells if c.cell_type == "code" and c.source.strip() and c.execution_count is None
    ]
    wrong = [o for c in done.cells for o in c.get("outputs", []) if o.output_type == "error"]
    return "a cell never ran or ended in an error" if silent or wrong else ""


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
