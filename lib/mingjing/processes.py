"""Forked processes that end with the one that made them, however that one ends."""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import zip_longest
from typing import Any

ENDED = "its process ended before it was done; memory may have run out"
_PR_SET_PDEATHSIG = 1
# jsonschema checks IRIs with it where it is there; it builds its grammar when loaded, a fourth of all loading, and no notebook
# has an IRI to check
_GRAMMAR = "rfc3987_syntax"


@contextmanager
def loading() -> Iterator[None]:
    """Within it libraries are loaded to stay: the garbage collector does not look through them again and again."""
    gc.disable()
    spared = _GRAMMAR not in sys.modules
    if spared:
        sys.modules[_GRAMMAR] = None  # to import it is an ImportError now, as where it is not installed
    try:
        yield
    finally:
        if spared:
            del sys.modules[_GRAMMAR]
        gc.enable()


def in_processes(function: Callable, tasks: Sequence[tuple], jobs: int) -> Iterator[tuple[tuple, Any]]:
    """Each task with what `function(*task)` gives in a forked process; None where memory ran out or the process was ended
    from outside. One that ends takes those beside it along: whatever was lost is tried once more, by itself."""
    lost = []
    for task, result in _side_by_side(function, tasks, jobs):
        if result is None:
            lost.append(task)
        else:
            yield task, result
    for task in lost:
        yield from _side_by_side(function, [task], 1)


def _side_by_side(function: Callable, tasks: Sequence[tuple], jobs: int) -> Iterator[tuple[tuple, Any]]:
    with _forked(min(jobs, len(tasks))) as workers:
        futures = []
        with suppress(BrokenProcessPool):  # one may end while others are still being handed out
            for task in tasks:
                futures.append(workers.submit(function, *task))
        for task, future in zip_longest(tasks, futures):
            result = None
            with suppress(BrokenProcessPool, MemoryError):
                result = future and future.result()
            yield task, result


def _forked(workers: int) -> ProcessPoolExecutor:
    """Workers that have all this process holds from the start, and from which an engine can fork again."""
    return ProcessPoolExecutor(
        max(workers, 1),
        mp_context=multiprocessing.get_context("fork"),
        initializer=die_with,
        initargs=(os.getpid(),),
    )


def die_with(parent: int) -> None:
    """Asks Linux to kill this process when its parent ends; elsewhere orphans end when their pipe closes. What it was born
    with stays: the garbage collector need not look for it."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches all: the parent alone has something to say
    gc.freeze()
