"""A small bureau whose runs are killed: what must stand whatever happens, and where in a run a kill fell.

Nothing here is collected by pytest: `test_faults.py` kills a few, `torture.py` hundreds.
"""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from mingjing.cli import main
from mingjing.findings.register import Register
from mingjing.runs.manifest import NAME, SELF, read_manifest, sha256, verify

ROOT = Path(__file__).parents[2]
HEAD = "记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人\n"
ROW = "L{0},射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉{0},124,2021-03-03 12:00,张三\n"
GOOD = (0, "canteen ✓\n")
# what a run has made so far, latest first: the first of these files that is there tells the phase
PHASES = (
    ("report/manifest.json", "taking its place"),
    ("report/findings.csv", "sealing"),
    ("report/notebooks/*.ipynb", "reports"),
    ("report", "rules"),
    ("", "beginning"),
)


class Bureau:
    """A folder with one small ledger, the reports over it, and a register in which somebody has worked."""

    def __init__(self, folder: Path, fork: bool = False):
        """fork: runs are forks of this process, which is many times as cheap as to start Python for each."""
        self.fork, self.sessions = fork, set()
        self.ledger = folder / "ledgers" / "留样与温度记录表.csv"
        self.reports = folder / "reports"
        self.target = self.reports / "2021Q1"
        self.building = self.reports / ".2021Q1.building"
        self.ledger.parent.mkdir(parents=True)
        self.rows = 0
        self.change()

    def begin(self) -> None:
        """The first run, and somebody who answers for what it found."""
        assert self.run() == GOOD
        register = Register.open(self.reports / "register.sqlite", who="李四")
        found = list(register.list().finding_id)
        for finding_id in found:
            register.assign(finding_id, owner="王五")
        self.assigned = len(found)

    def change(self) -> None:
        """One more row, so that the next run has something new to say."""
        self.rows += 1
        lines = (ROW.format(number) for number in range(self.rows))
        self.ledger.write_text(HEAD + "".join(lines), "utf-8")
        self.written = hashlib.sha256(self.ledger.read_bytes()).hexdigest()

    def start(self, **more) -> "subprocess.Popen | Forked":
        places = ["--data", self.ledger.parent, "--out", self.target, "--notebooks", ROOT / "notebooks"]
        words = ["run", "canteen", "--period", "2021Q1", *map(str, places)]
        if self.fork:
            process = Forked(words)
        else:
            command = [sys.executable, "-m", "mingjing", *words]
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
            process = subprocess.Popen(command, start_new_session=True, **pipes, **more)
        self.sessions.add(process.pid)
        return process

    def run(self, **more) -> tuple[int, str]:
        """Exit code and what was said on standard error."""
        process = self.start(**more)
        _, said = process.communicate()
        return process.returncode, said

    def seal(self) -> str:
        return sha256(self.target / NAME)

    def phase(self) -> str:
        """How far a run that is still making its report has got."""
        return next((name for made, name in PHASES if self.has(made)), "reading")

    def has(self, made: str) -> bool:
        """Whether the run that is going on has made this file; what a killed one left is marked."""
        return not (self.building / _LEFT).exists() and any(self.reports.glob(f"{self.building.name}/{made}"))

    def faults(self) -> list[str]:
        """What is not as it must be, whatever happened to the last run."""
        found = [f"report: {d.file} {d.what}" for d in verify(self.target, inputs=False)[0]]
        seen = {path.name for path in self.reports.iterdir() if not path.name.startswith(".")}
        found += [f"visible: {name}" for name in sorted(seen - {"2021Q1", "register.sqlite"} - _JOURNALS)]
        if hashlib.sha256(self.ledger.read_bytes()).hexdigest() != self.written:
            found.append("the ledger was changed")
        return found + self._of_the_register()

    def _of_the_register(self) -> list[str]:
        found = []
        with closing(sqlite3.connect(self.reports / "register.sqlite")) as register:

            def ask(question: str, *given):
                return register.execute(question, given).fetchone()[0]

            if (said := ask("PRAGMA integrity_check")) != "ok":
                found.append(f"register: {said}")
            if register.execute("PRAGMA foreign_key_check").fetchall():
                found.append("register: rows that point nowhere")
            if not ask("SELECT count(*) FROM run WHERE seal = ?", read_manifest(self.target)[SELF]):
                found.append("register: it does not know the report that stands")
            if ask("SELECT count(*) FROM finding WHERE owner = '王五'") != self.assigned:
                found.append("register: what people wrote was lost")
        return found

    def alive(self) -> int:
        """Processes of runs that outlived them, after a moment to notice."""
        until = time.monotonic() + 5
        while (count := sum(map(self._is_ours, Path("/proc").glob("[0-9]*")))) and time.monotonic() < until:
            time.sleep(0.05)
        return count

    def _is_ours(self, process: Path) -> bool:
        try:
            # after the name, which may hold anything: state, parent, group, session
            state, _, _, session = (process / "stat").read_text().rpartition(")")[2].split()[:4]
            return int(session) in self.sessions and state != "Z"
        except OSError:
            return False


class Forked:
    """A run in a fork of this process; used as a `Popen` is."""

    def __init__(self, words: list[str]):
        self.returncode = None
        self._said = tempfile.TemporaryFile("w+")
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.setsid()
                os.dup2(self._said.fileno(), 2)
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                code = main(words)
            finally:
                os._exit(code)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def communicate(self) -> tuple[str, str]:
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self._said.seek(0)
        return "", self._said.read()


_LEFT = "left by a killed run"
_JOURNALS = {"register.sqlite-journal", "register.sqlite-wal", "register.sqlite-shm"}


def kill_when(bureau: Bureau, due: Callable[[float], bool]) -> tuple[str, str]:
    """A run over changed ledgers, killed once `due` says so of the seconds it has taken. The phase the kill fell in, and
    which report stands: `old` or `new`; `done` twice where the run ended before."""
    before = bureau.seal()
    bureau.change()
    if bureau.building.is_dir():
        (bureau.building / _LEFT).touch()
    process, start = bureau.start(), time.monotonic()
    while process.poll() is None and not due(time.monotonic() - start):
        time.sleep(0.001)
    if process.poll() is not None:
        process.communicate()
        return "done", "done"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    new = bureau.seal() != before
    return ("after" if new else bureau.phase()), ("new" if new else "old")


def kill_at(bureau: Bureau, seconds: float) -> tuple[str, str]:
    """`kill_when` so many seconds have passed."""
    return kill_when(bureau, lambda taken: taken >= seconds)


def kill_in(bureau: Bureau, made: str, seconds: float) -> tuple[str, str]:
    """`kill_when` so many seconds have passed since the run made this file."""
    seen = []

    def due(taken: float) -> bool:
        if not seen and bureau.has(made):
            seen.append(taken)
        return bool(seen) and taken - seen[0] >= seconds

    return kill_when(bureau, due)
