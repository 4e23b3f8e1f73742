"""What hostile ledgers, kills and planted secrets come to, counted. `make torture` prints the numbers of docs/trust.md.

    python tests/runs/torture.py [--kills N] [--seed N] [--only kills|hostile|planted]

Exit 1 where anything was not as promised.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "intake"), str(HERE.parent / "release")]

import hostile  # noqa: E402
import planted  # noqa: E402
from kills import GOOD, PHASES, ROOT, Bureau, kill_at, kill_in  # noqa: E402

from mingjing.runs.manifest import sha256  # noqa: E402
from mingjing.runs.run import preload  # noqa: E402

LATE = [pattern for pattern, _ in PHASES[:2]]


def kills(wanted: int, seed: int) -> list[str]:
    """Kills runs at random moments until so many were killed; the faults found."""
    chance, fell, faults, tries = random.Random(seed), Counter(), [], 0
    preload(("canteen",))
    with tempfile.TemporaryDirectory() as folder:
        bureau = Bureau(Path(folder), fork=True)
        bureau.begin()
        while sum(n for (phase, _), n in fell.items() if phase != "done") < wanted:
            if (
                tries % 20 == 0
            ):  # by itself, after whatever the kills have left; how long a run takes here and now
                bureau.change()
                start = time.monotonic()
                if bureau.run() != GOOD:
                    faults.append("the next run did not succeed by itself")
                whole = time.monotonic() - start
            # every third one in the last moments, where the report takes its place
            if tries % 3 == 0:
                fell[kill_in(bureau, chance.choice(LATE), chance.uniform(0, 0.03 * whole))] += 1
            else:
                fell[kill_at(bureau, chance.uniform(0, 1) * whole)] += 1
            tries += 1
            faults += bureau.faults()
            if left := bureau.alive():
                faults.append(f"{left} processes outlived their run")
        if bureau.run() != GOOD or bureau.faults():
            faults.append("the last run did not succeed by itself")
    print(f"kills {wanted}; runs that ended before theirs {fell.pop(('done', 'done'), 0)}")
    for phase in ("reading", *(name for _, name in reversed(PHASES)), "after"):
        old, new = fell[phase, "old"], fell[phase, "new"]
        print(f"  {phase}: {old + new} (report before kept {old}, new one in place {new})")
    print(f"  after each one: report, register, ledger and processes looked at; faults {len(faults)}")
    return faults


def hostile_inputs() -> list[str]:
    """Reads every hostile input; the faults found."""
    ends, faults = Counter(), []
    for case in hostile.cases():
        with tempfile.TemporaryDirectory() as folder:
            end = hostile.outcome(case, Path(folder))
        ends[case.kind, end] += 1
        if end not in case.expected:
            faults.append(f"{case.kind}, {case.name}: {end}")
    print(f"hostile inputs {sum(ends.values())}; bytes of each the same afterwards")
    for kind in dict.fromkeys(kind for kind, _ in ends):
        print(f"  {kind}: " + ", ".join(f"{end} {n}" for (k, end), n in sorted(ends.items()) if k == kind))
    print(f"  faults {len(faults)}")
    return faults


def planted_values() -> list[str]:
    """Public runs over marked values, all reports in both languages; those that got out."""
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "ledgers"
        marks = set(planted.write_planted(data).planted)
        before = {path: sha256(path) for path in data.iterdir()}
        for lang in ("zh", "en"):
            out = Path(folder) / lang
            words = ["--audience", "public", "--lang", lang, "--data", data, "--period", "2021", "--out", out]
            command = [sys.executable, "-m", "mingjing", "run", *words, "--notebooks", ROOT / "notebooks"]
            done = subprocess.run([*map(str, command)], capture_output=True, text=True)
            if done.returncode:
                faults.append(f"the public run failed: {done.stderr}")
                continue
            faults += [f"leaked: {value}" for value in planted.leaks(planted.published(out), marks)]
        if {path: sha256(path) for path in data.iterdir()} != before:
            faults.append("a ledger was changed")
    print(f"planted values {len(marks)}, reports in two languages; faults {len(faults)}")
    return faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("kills", "hostile", "planted"))
    args = parser.parse_args()
    parts = {"hostile": hostile_inputs, "planted": planted_values}
    parts["kills"] = lambda: kills(args.kills, args.seed)
    found = [fault for name, part in parts.items() if args.only in (None, name) for fault in part()]
    for fault in sorted(set(found)):
        print("fault: " + fault)
    sys.exit(1 if found else 0)
