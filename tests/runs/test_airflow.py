"""The exported DAG: what its tasks do with Airflow taken away, and the whole of it in a real Airflow where there is one.

`MINGJING_AIRFLOW` names the Python of an environment with Airflow 3 and its papermill provider (docs/schedule.md).
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from jupyter_client.kernelspec import get_kernel_spec

from mingjing.runs.notebooks import check_parameters
from mingjing.runs.schedule.export import export
from mingjing.runs.schedule.plan import read_schedule

ROOT = Path(__file__).parents[2]
AIRFLOW = os.environ.get("MINGJING_AIRFLOW")
MORNING = "2022-01-04T06:15:00+08:00"
TWO_DUE = """\
start = 2022-01-01
[run]
data = "{data}"
notebooks = "notebooks"
[[job]]
name = "stock-take"
kind = "monthly"
zh = "枪弹每月盘点"
en = "Monthly stock-take"
areas = ["firearms", "venues"]
day = 3
"""


@pytest.fixture
def scheduled(tmp_path):
    """A schedule by which, on that morning, the notebooks of two areas are due; they are copies."""
    (tmp_path / "notebooks").mkdir()
    for area in ("06_venues", "07_firearms"):
        copy = tmp_path / "notebooks" / f"{area}.ipynb"
        copy.write_bytes((ROOT / "notebooks" / copy.name).read_bytes())
    (tmp_path / "schedule.toml").write_text(TWO_DUE.format(data=ROOT / "data/sample"), "utf-8")
    return read_schedule(tmp_path / "schedule.toml")


class Node:
    """A task as the DAG's text makes it: what it was told, and what comes after it."""

    def __init__(self, name, function=None, **told):
        self.name, self.function, self.told, self.after = name, function, told, []

    def __rshift__(self, other):
        self.after.append(other.name)
        return other


def loaded(text: str, monkeypatch) -> SimpleNamespace:
    """Runs the exported file with stand-ins for Airflow: `dag` what the DAG was told, `tasks` by name."""
    seen = SimpleNamespace(dag={}, tasks={})

    def dag(**told):
        seen.dag = told
        return lambda function: function

    def task(function=None, **told):
        def made():
            return seen.tasks.setdefault(function.__name__, Node(function.__name__, function, **told))

        return made if function else lambda function: task(function, **told)

    def partial(task_id, **told):
        def expand_kwargs(source):
            source.after.append(task_id)
            return seen.tasks.setdefault(task_id, Node(task_id, **told))

        return SimpleNamespace(expand_kwargs=expand_kwargs)

    papermill = {"PapermillOperator": SimpleNamespace(partial=partial)}
    for name, content in {
        "pendulum": {"datetime": lambda *day, tz: datetime(*day)},
        "airflow": {},
        "airflow.sdk": {"dag": dag, "task": task},
        "airflow.providers.papermill.operators.papermill": papermill,
    }.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setenv("JUPYTER_PATH", "")
    exec(compile(text, "mingjing_dag.py", "exec"), {"__name__": "mingjing_dag"})
    return seen


def test_the_dag_asks_what_is_due_runs_each_notebook_and_publishes_whatever_became_of_them(
    scheduled, monkeypatch
):
    seen = loaded(export(scheduled, "airflow"), monkeypatch)
    assert (seen.dag["schedule"], seen.dag["catchup"], seen.dag["max_active_runs"]) == (
        "15 6 * * *",
        False,
        1,
    )
    assert {name: task.after for name, task in seen.tasks.items()} == {
        "due": ["notebook"],
        "notebook": ["publish"],
        "publish": [],
    }
    # an alert is an exit of 1, too: tried again there would be nothing due, and nobody would hear of it
    assert seen.tasks["publish"].told["trigger_rule"] == "all_done"
    assert seen.tasks["publish"].told["retries"] == 0
    runs = seen.tasks["due"].function(data_interval_end=datetime(2022, 1, 3, 22, 15, tzinfo=UTC))
    assert [Path(run["input_nb"]).name for run in runs] == ["06_venues.ipynb", "07_firearms.ipynb"]
    for run in runs:
        check_parameters(Path(run["input_nb"]), run["parameters"])
        assert get_kernel_spec(run["kernel_name"]).argv[0] == sys.executable
        assert Path(run["output_nb"]).parent.is_dir()
    manual = SimpleNamespace(run_after=datetime(2022, 1, 3, 21, 59, tzinfo=UTC))  # triggered by hand
    assert seen.tasks["due"].function(data_interval_end=None, dag_run=manual) == []


def test_a_report_that_failed_fails_the_task_that_publishes_with_the_summary(scheduled, monkeypatch):
    scheduled.file.write_text(TWO_DUE.format(data="nowhere"), "utf-8")
    seen = loaded(export(scheduled, "airflow"), monkeypatch)
    with pytest.raises(RuntimeError, match=r"MINGJING WARNING: 到期 1 项，完成 0 项; stock-take-2021-12"):
        seen.tasks["publish"].function(data_interval_end=datetime(2022, 1, 3, 22, 15, tzinfo=UTC))


@pytest.mark.notebook
@pytest.mark.skipif(not AIRFLOW, reason="no Airflow: MINGJING_AIRFLOW names no Python that has one")
def test_airflow_makes_the_reports_once_and_a_broken_notebook_fails_its_run(scheduled, tmp_path):
    home = tmp_path / "airflow"
    (home / "dags").mkdir(parents=True)
    text = export(scheduled, "airflow").replace("minutes=10", "seconds=1")
    (home / "dags" / "mingjing_dag.py").write_text(text, "utf-8")
    settings = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    settings |= {"AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "300"}

    def airflow(*words: str) -> subprocess.CompletedProcess:
        command = [AIRFLOW, "-m", "airflow", *words]
        return subprocess.run(command, env=os.environ | settings, capture_output=True, text=True)

    assert airflow("db", "migrate").returncode == 0
    broken = tmp_path / "notebooks" / "06_venues.ipynb"
    whole = broken.read_bytes()
    book = nbformat.read(broken, 4)
    book.cells.append(nbformat.v4.new_code_cell("raise ValueError('broken on purpose')"))
    nbformat.write(book, broken)
    failed = airflow("dags", "test", "mingjing", MORNING)
    assert failed.returncode == 1 and "broken on purpose" in failed.stdout + failed.stderr
    state = tmp_path / "reports" / "schedule.state.json"
    assert json.loads(state.read_text())["stock-take-2021-12"]["done"] is False
    assert (tmp_path / "reports/papermill/stock-take-2021-12-firearms.ipynb").exists()

    broken.write_bytes(whole)
    caught_up = airflow("dags", "test", "mingjing", MORNING.replace("04T", "05T"))
    assert caught_up.returncode == 0, caught_up.stderr[-2000:]
    assert "到期 1 项，完成 1 项" in caught_up.stdout + caught_up.stderr
    for area in ("venues", "firearms"):
        assert (tmp_path / f"reports/stock-take-2021-12/{area}.html").exists()
    again = airflow("dags", "test", "mingjing", MORNING.replace("04T", "06T"))
    assert again.returncode == 0 and "到期 0 项，完成 0 项" in again.stdout + again.stderr
