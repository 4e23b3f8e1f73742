"""`papermill --engine mingjing`: each notebook in a forked process of its own, the same outputs as a stock kernel.

A kernel spends most of its life starting, being asked over sockets and stopping; a fork of a process that has the
libraries loaded starts at once. Where forking is not to be had (other threads running, not Linux, not Python) the
notebook goes to stock nbclient.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import Engine, NBClientEngine

from mingjing.processes import ENDED, die_with

_SAVE_SECONDS = 5


class ForkEngine(Engine):
    """A papermill engine; registered as `mingjing`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, execution_timeout=None, **options):
        if not can_fork(kernel_name):
            NBClientEngine.execute_managed_notebook(
                nb_man, kernel_name, execution_timeout=execution_timeout, **options
            )
            return
        cells = [
            (index, cell.source)
            for index, cell in enumerate(nb_man.nb.cells)
            if cell.cell_type == "code"
            and cell.source.strip()
            and "skip-execution" not in cell.metadata.get("tags", [])
        ]
        tolerated = {
            index
            for index, cell in enumerate(nb_man.nb.cells)
            if "raises-exception" in cell.metadata.get("tags", [])
        }
        ours, theirs = multiprocessing.Pipe(duplex=False)
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            die_with(parent)
            _child(cells, theirs, ours, tolerated)
        theirs.close()
        try:
            _Watch(nb_man, ours, execution_timeout, tolerated).follow([index for index, _ in cells])
        finally:
            _end(child)
            ours.close()
        nb_man.nb.metadata["language_info"] = _language()


def can_fork(kernel_name: str | None) -> bool:
    """Forking is safe in a single-threaded process on Linux, and only Python cells can run in a fork of this one."""
    return sys.platform == "linux" and kernel_name in (None, "", "python3") and threading.active_count() == 1


def _child(cells, pipe: Connection, other: Connection, tolerated: set[int]) -> None:
    from mingjing.runs.cells import run_cells

    os.setpgid(0, 0)
    other.close()
    code = 1
    try:
        run_cells(cells, pipe, tolerated)
        code = 0
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def _end(child: int) -> None:
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    os.waitpid(child, 0)


class _Watch:
    """Turns what comes up the pipe into outputs of the notebook, cell by cell, with the truth about each."""

    def __init__(self, nb_man, pipe: Connection, timeout: float | None, tolerated: set[int]):
        self.nb_man, self.pipe, self.timeout, self.tolerated = nb_man, pipe, timeout, tolerated
        self.displays: dict[str, list[Any]] = {}
        self.clear = False
        self.path, self.saved = nb_man.output_path, time.monotonic()

    def follow(self, code: list[int]) -> None:
        for index, cell in enumerate(self.nb_man.nb.cells):
            self._told(self.nb_man.cell_start, cell, index)
            failed = False
            try:
                failed = index in code and self._cell(cell)
            except (CellTimeoutError, DeadKernelError):
                failed = True
                raise
            finally:
                if failed:
                    self.nb_man.cell_exception(cell, cell_index=index)
                self._told(self.nb_man.cell_complete, cell, index)
            if failed:
                return

    def _told(self, event: Callable, cell, index: int) -> None:
        """papermill writes the whole notebook before and after each cell, which took longer than the cells did: it does
        so once in a while, and when all is over."""
        due = time.monotonic() - self.saved >= _SAVE_SECONDS
        self.nb_man.output_path = self.path if due else None
        try:
            event(cell, cell_index=index)
        finally:
            self.nb_man.output_path = self.path
        if due:
            self.saved = time.monotonic()

    def _cell(self, cell) -> bool:
        self.clear = False
        while True:
            if not self.pipe.poll(self.timeout):
                raise CellTimeoutError.error_from_timeout_and_cell(
                    "Cell execution timed out", int(self.timeout), cell
                )
            try:
                kind, content = self.pipe.recv()
            except (EOFError, OSError):
                raise DeadKernelError(ENDED) from None
            if kind == "start":
                cell.execution_count = content["execution_count"]
            elif kind == "end":
                return content["failed"] and content["index"] not in self.tolerated
            else:
                self._output(cell, kind, content)

    def _output(self, cell, kind: str, content: dict[str, Any]) -> None:
        if kind == "clear_output":
            self.clear = content["wait"]
            if not self.clear:
                cell.outputs = []
            return
        if kind == "update_display_data":
            for output in self.displays.get(content["transient"].get("display_id", ""), ()):
                output["data"], output["metadata"] = content["data"], content["metadata"]
            return
        if self.clear:
            cell.outputs, self.clear = [], False
        last = cell.outputs[-1] if cell.outputs else None
        if kind == "stream" and last and last.output_type == "stream" and last.name == content["name"]:
            last["text"] += content["text"]
            return
        name = content.pop("transient", {}).get("display_id")
        output = nbformat.v4.new_output(kind, **content)
        if kind == "display_data" and name:
            self.displays.setdefault(name, []).append(output)
        cell.outputs.append(output)


def _language() -> dict[str, Any]:
    version = sys.version_info
    return {
        "name": "python",
        "version": f"{version.major}.{version.minor}.{version.micro}",
        "mimetype": "text/x-python",
        "codemirror_mode": {"name": "ipython", "version": version.major},
        "pygments_lexer": f"ipython{version.major}",
        "nbconvert_exporter": "python",
        "file_extension": ".py",
    }
