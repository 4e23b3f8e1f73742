"""A run of all notebooks over data/sample: stock tools, mingjing, and the floor that forking sets. Ratios within one run.

    python benchmarks/runs.py [--repeats N] [--jobs N] [AREA …]

stock      `papermill` and `jupyter nbconvert --to html` for each notebook in turn, as their own guides have it
mingjing   `mingjing run --force`, reports, findings, register and manifest included
floor      the same cells as plain scripts, forked from a parent that has the libraries loaded, on as many workers
unchanged  `mingjing run` again with nothing changed
The variants alternate; each line gives the least and the greatest of the repeats, ratios are of the least.
"""

import argparse
import ast
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from targets import say

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
BIN = Path(sys.executable).parent


def stock(paths: list[Path], folder: Path, jobs: int) -> None:
    """One after the other, whatever `jobs`: a loop is what is done."""
    for path in paths:
        done = folder / path.name
        _call([BIN / "papermill", path, done, "--cwd", path.parent, "-p", "period", "2021"])
        _call([BIN / "jupyter", "nbconvert", "--to", "html", done])


def mingjing(paths: list[Path], folder: Path, jobs: int) -> None:
    _mingjing(paths, folder, jobs, "--force")


def unchanged(paths: list[Path], folder: Path, jobs: int) -> None:
    _mingjing(paths, folder, jobs)


def _mingjing(paths: list[Path], folder: Path, jobs: int, *more: str) -> None:
    areas = [path.stem.split("_", 1)[1] for path in paths]
    places = ["--data", SAMPLE, "--out", folder / "report", "--notebooks", ROOT / "notebooks"]
    command = [sys.executable, "-m", "mingjing", "run", *areas, "--period", "2021", "--jobs", str(jobs)]
    _call([*command, *places, *more])


def floor(paths: list[Path], folder: Path, jobs: int) -> None:
    """In a process of its own, so that what it loads is counted and this one stays as it is."""
    _call([sys.executable, __file__, "--floor", "--jobs", str(jobs), *(path.stem for path in paths)])


def _floor(names: list[str], jobs: int) -> None:
    from mingjing.areas import AREAS
    from mingjing.rules import backends
    from mingjing.runs.run import preload

    preload(AREAS)
    backends.preload()
    with ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("fork"), max_tasks_per_child=None
    ) as workers:
        list(workers.map(_script, [ROOT / "notebooks" / f"{name}.ipynb" for name in names]))


def _script(path: Path) -> None:
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert status == 0, path
        return
    try:
        os.chdir(path.parent)
        names = {"display": _shown}
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "code":
                _cell(cell.source, names)
        os._exit(0)
    finally:
        os._exit(1)


def _cell(source: str, names: dict) -> None:
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)  # noqa: S102
    if last:
        _shown(eval(compile(ast.Expression(last.value), "cell", "eval"), names))  # noqa: S307


def _shown(*values: object) -> None:
    """What is shown must be made, as a script that writes its report would."""
    for value in values:
        if hasattr(value, "_repr_html_"):
            value._repr_html_()


def _call(command: list) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[:4]}: {done.stderr.strip()[-500:]}")


def seconds(what: Callable, *args) -> float:
    start = time.perf_counter()
    what(*args)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("areas", nargs="*", metavar="AREA")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.floor:
        _floor(args.areas, args.jobs)
        return
    from mingjing.areas import AREAS
    from mingjing.runs.notebooks import notebooks

    available = notebooks(ROOT / "notebooks")
    paths = [available[area] for area in args.areas or AREAS]
    variants = [stock, mingjing, unchanged, floor]
    times: dict[str, list[float]] = {v.__name__: [] for v in variants}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(args.repeats):
            for variant in variants:
                took = seconds(variant, paths, Path(folder), args.jobs)
                times[variant.__name__].append(took)
                print(f"{variant.__name__} {took:.2f} s", file=sys.stderr, flush=True)
    print(f"{len(paths)} notebooks, {args.jobs} workers, {os.cpu_count()} cores, {args.repeats} repeats")
    for name, took in times.items():
        print(f"{name:10} {min(took):7.2f} – {max(took):7.2f} s")
    least = {name: min(took) for name, took in times.items()}
    say("Run: stock tools / mingjing", least["stock"] / least["mingjing"], 8, least=True)
    say("Run: mingjing / floor", least["mingjing"] / least["floor"], 1.5)
    say("Run: nothing changed", least["unchanged"], 1, " s")


if __name__ == "__main__":
    main()
