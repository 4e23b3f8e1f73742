"""Forked processes that end with the one that made them, however that one ends."""

import ctypes
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress

_PR_SET_PDEATHSIG = 1


def forked(workers: int) -> ProcessPoolExecutor:
    """Workers that have all this process holds from the start, and from which an engine can fork again."""
    return ProcessPoolExecutor(
        max(workers, 1),
        mp_context=multiprocessing.get_context("fork"),
        initializer=die_with,
        initargs=(os.getpid(),),
    )


def die_with(parent: int) -> None:
    """Asks Linux to kill this process when its parent ends; elsewhere orphans end when their pipe closes."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
