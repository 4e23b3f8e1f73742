"""Runs that are killed or starved, again and again: what stands must stay whole. `make torture` prints the numbers.

    python tests/runs/torture.py [--kills N] [--seed N]

Nothing here is collected by pytest; `test_faults.py` uses the same pieces for a short version.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import closing
from pathlib import Path

from mingjing.runs.manifest import NAME, sha256, verify

ROOT = Path(__file__).parents[2]
HEAD = "记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人\n"
ROW = "L{0},射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉{0},124,2021-03-03 12:00,张三\n"


class Bureau:
    """A folder with one small ledger and the reports over it."""

    def __init__(self, folder: Path):
        self.ledger = folder / "ledgers" / "留样与温度记录表.csv"
        self.reports = folder / "reports"
        self.target = self.reports / "2021Q1"
        self.mark = uuid.uuid4().hex
        self.ledger.parent.mkdir(parents=True)
        self.rows = 0
        self.change()

    def change(self) -> None:
        """One more row, so that the next run has something new to say."""
        self.rows += 1
        lines = (ROW.format(number) for number in range(self.rows))
        self.ledger.write_text(HEAD + "".join(lines), "utf-8")

    def start(self, **more) -> subprocess.Popen:
        places = ["--data", self.ledger.parent, "--out", self.target, "--notebooks", ROOT / "notebooks"]
        command = [
            sys.executable,
            "-m",
            "mingjing",
            "run",
            "intake",
            "canteen",
            "--period",
            "2021Q1",
            *places,
        ]
        return subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"MINGJING_TORTURE": self.mark},
            **more,
        )

    def run(self, **more) -> tuple[int, str]:
        """Exit code and what was said on standard error."""
        process = self.start(**more)
        _, said = process.communicate()
        return process.returncode, said

    def seal(self) -> str:
        return sha256(self.target / NAME)

    def faults(self) -> list[str]:
        """What is not as it must be, whatever happened to the last run."""
        found = [f"report: {d.file} {d.what}" for d in verify(self.target, inputs=False)[0]]
        seen = {path.name for path in self.reports.iterdir() if not path.name.startswith(".")}
        found += [f"visible: {name}" for name in sorted(seen - {"2021Q1", "register.sqlite"} - _JOURNALS)]
        with closing(sqlite3.connect(self.reports / "register.sqlite")) as register:
            if (said := register.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                found.append(f"register: {said}")
            if lost := register.execute(_ORPHANS).fetchone()[0]:
                found.append(f"register: {lost} sightings without their run")
        return found

    def alive(self) -> int:
        """Processes of runs that outlived them, after a moment to notice."""
        until = time.monotonic() + 5
        while (count := sum(map(self._is_ours, Path("/proc").glob("[0-9]*")))) and time.monotonic() < until:
            time.sleep(0.05)
        return count

    def _is_ours(self, process: Path) -> bool:
        try:
            return self.mark.encode() in (process / "environ").read_bytes()
        except OSError:
            return False


_JOURNALS = {"register.sqlite-journal", "register.sqlite-wal", "register.sqlite-shm"}
_ORPHANS = "SELECT count(*) FROM sight WHERE number NOT IN (SELECT number FROM run)"


def kill_at(bureau: Bureau, seconds: float) -> str:
    """A run over changed ledgers, killed after so long. What stands then: `old`, `new`, or `done` before the kill."""
    before = bureau.seal()
    bureau.change()
    process = bureau.start()
    try:
        process.communicate(timeout=seconds)
        return "done"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    return "old" if bureau.seal() == before else "new"


def torture(kills: int, seed: int) -> int:
    """Kills runs at random moments; prints what was seen and gives the number of faults."""
    chance, seen, faults = random.Random(seed), Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        bureau = Bureau(Path(folder))
        assert bureau.run() == (0, "intake ✓\ncanteen ✓\n")
        bureau.change()
        start = time.monotonic()
        bureau.run()
        whole = time.monotonic() - start
        for number in range(kills):
            # every third one near the end, where the report takes its place
            share = chance.uniform(0.85, 1.05) if number % 3 == 0 else chance.uniform(0, 1)
            seen[kill_at(bureau, share * whole)] += 1
            faults += bureau.faults()
            if left := bureau.alive():
                faults.append(f"{left} processes outlived their run")
        code, said = bureau.run()
        if code or bureau.faults():
            faults.append(f"the next run did not succeed by itself: {said}")
    print(
        f"kills {kills}: report before kept {seen['old']}, new one in place {seen['new']}, done {seen['done']}"
    )
    print(f"faults {len(faults)}")
    for fault in sorted(set(faults)):
        print("  " + fault)
    return len(faults)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    sys.exit(1 if torture(args.kills, args.seed) else 0)
