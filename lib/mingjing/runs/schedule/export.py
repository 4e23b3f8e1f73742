"""The schedule in the words of the scheduler a bureau already has. Each calls `run-due`, which knows what is due;
so that no file outside this machine shows on which day a canteen will be visited."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

from mingjing.errors import UsageError
from mingjing.runs.notebooks import notebooks
from mingjing.runs.schedule.plan import Occurrence, Schedule

ZONE = "Asia/Shanghai"
_KERNEL = "mingjing"


def export(schedule: Schedule, target: str) -> str:
    """Text of a crontab, systemd units or an Airflow DAG."""
    writers = {"crontab": _crontab, "systemd": _systemd, "airflow": _airflow}
    if target not in writers:
        raise UsageError(f"no export to “{target}”", todo=f"Choose {', '.join(writers)}")
    return writers[target](schedule)


def papermill_runs(schedule: Schedule, found: list[Occurrence]) -> list[dict[str, Any]]:
    """Arguments of one PapermillOperator for each notebook of each occurrence; their copies go beside the reports."""
    aside = _aside(schedule)
    _write_kernel(aside)
    runs = []
    for occurrence in found:
        given = {"data": str(schedule.path("data", "data")), "period": occurrence.period}
        given |= {"lang": schedule.run.get("lang", "zh"), "units": list(occurrence.units)}
        given |= {
            name: str(schedule.path(name, "")) for name in ("config", "mapping") if name in schedule.run
        }
        for area, path in notebooks(schedule.path("notebooks", "notebooks")).items():
            if area in occurrence.job.areas or not occurrence.job.areas:
                output = aside / f"{occurrence.id}-{area}.ipynb"
                kernel = {"kernel_name": _KERNEL, "language_name": "python"}
                runs.append({"input_nb": str(path), "output_nb": str(output), "parameters": given} | kernel)
    return runs


def _aside(schedule: Schedule) -> Path:
    return schedule.path("reports", "reports") / "papermill"


def _write_kernel(aside: Path) -> None:
    """A kernel of this environment, where Jupyter looks for it when JUPYTER_PATH names the folder."""
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    folder = aside / "kernels" / _KERNEL
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": _KERNEL, "language": "python"}), "utf-8"
    )


def _words(schedule: Schedule, *more: str) -> list[str]:
    return [sys.executable, "-m", "mingjing", "schedule", *more, "--schedule", str(schedule.file)]


def _hour(schedule: Schedule) -> int:
    return schedule.run.get("hour", 6)


def _limit(schedule: Schedule) -> int:
    return schedule.run.get("limit_hours", 6)


def _crontab(schedule: Schedule) -> str:
    # in a crontab a percent sign ends the command
    line = shlex.join(_words(schedule, "run-due")).replace("%", r"\%")
    folder = shlex.quote(str(schedule.file.parent)).replace("%", r"\%")
    return f"CRON_TZ={ZONE}\n15 {_hour(schedule)} * * * cd {folder} && {line}\n"


def _systemd(schedule: Schedule) -> str:
    words = " ".join(
        '"' + w.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") + '"'
        for w in _words(schedule, "run-due")
    )
    folder = str(schedule.file.parent).replace("%", "%%")
    return f"""# mingjing.service
[Unit]
Description=Mingjing: audits that are due

[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={words}

# mingjing.timer
[Unit]
Description=Mingjing: every morning

[Timer]
OnCalendar=*-*-* {_hour(schedule):02d}:15:00 {ZONE}
Persistent=true

[Install]
WantedBy=timers.target
"""


def _airflow(schedule: Schedule) -> str:
    return f'''"""Mingjing on Airflow 3: each notebook that is due is a papermill task; then the reports are published whole.

Airflow needs apache-airflow-providers-papermill and nothing of mingjing: notebooks and commands run in mingjing's own
environment, which all workers see, as they do the folder of the schedule.
"""

import json
import os
import subprocess
from datetime import timedelta

import pendulum
from airflow.providers.papermill.operators.papermill import PapermillOperator
from airflow.sdk import dag, task

MINGJING = {_words(schedule)[:4]!r}
SCHEDULE = ["--schedule", {str(schedule.file)!r}]
# `due` leaves the kernel there that the notebooks run on
os.environ["JUPYTER_PATH"] = {str(_aside(schedule))!r}


def moment(context):
    """The moment this run stands for, so that a run made again asks what the first one asked."""
    return ["--now", (context.get("data_interval_end") or context["dag_run"].run_after).isoformat()]


@dag(
    dag_id="mingjing",
    schedule="15 {_hour(schedule)} * * *",
    start_date=pendulum.datetime({schedule.start.year}, {schedule.start.month}, {schedule.start.day}, tz="{ZONE}"),
    catchup=False,  # mingjing itself knows what was missed and runs it once
    max_active_runs=1,
    default_args={{
        "retries": 1,
        "retry_delay": timedelta(minutes=10),
        "execution_timeout": timedelta(hours={_limit(schedule)}),
    }},
)
def mingjing():
    @task
    def due(**context):
        """One papermill run for each notebook of each occurrence that is due."""
        words = [*MINGJING, "due", "--json", "--papermill", *SCHEDULE, *moment(context)]
        return json.loads(subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout)

    # not tried twice: an alert is told once; what failed stays due, and the next run tries it again
    @task(trigger_rule="all_done", retries=0, execution_timeout=None)
    def publish(**context):
        """Findings, manifest and index, whole or not at all; writes down what is done."""
        done = subprocess.run([*MINGJING, "run-due", *SCHEDULE, *moment(context)], stdout=subprocess.PIPE, text=True)
        print(done.stdout)
        if done.returncode:
            raise RuntimeError(done.stdout.strip() or "mingjing could not begin: see the log above")

    PapermillOperator.partial(task_id="notebook").expand_kwargs(due()) >> publish()


mingjing()
'''
