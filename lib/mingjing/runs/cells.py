"""The child's side of the engine: cells run in an IPython shell without sockets; what they put out goes up a pipe.

Outputs are the ones a stock kernel gives for the same cells; `tests/runs/test_engine.py` holds the two side by side.
"""

import asyncio
import builtins
import io
import os
import random
import sys
import tempfile
import time
import warnings
from typing import Any

from ipykernel.compiler import XCachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type

Cell = tuple[int, str]
_HELD_SECONDS = 0.2


def _flush() -> None:
    """Standard output first, as a kernel does, whatever was written first."""
    sys.stdout.flush()
    sys.stderr.flush()


class _Publisher(DisplayPublisher):
    send = AnyTrait()

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_):
        _flush()
        kind = "update_display_data" if update else "display_data"
        self.send(kind, {"data": data, "metadata": metadata or {}, "transient": transient or {}})

    def clear_output(self, wait=False):
        _flush()
        self.send("clear_output", {"wait": wait})


class _Hook(DisplayHook):
    send = AnyTrait()

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self._data, self._metadata = format_dict, md_dict or {}

    def finish_displayhook(self):
        _flush()
        content = {"data": self._data, "metadata": self._metadata, "execution_count": self.prompt_count}
        self.send("execute_result", content)


class _Shell(InteractiveShell):
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    compiler_class = Type(XCachingCompiler)
    send = AnyTrait()

    def init_display_pub(self):
        super().init_display_pub()
        self.display_pub.send = self.send

    def init_displayhook(self):
        super().init_displayhook()
        self.displayhook.send = self.send

    def init_io(self):
        pass

    def ask_exit(self):
        pass

    def _showtraceback(self, etype, evalue, stb):
        _flush()
        content = {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb}
        self.send("error", content)


class _Stream(io.TextIOBase):
    """`sys.stdout` of the cells: held back briefly as a kernel does; what was written below Python goes first."""

    encoding = "utf-8"

    def __init__(self, name: str, send, descriptor: int):
        self.name, self._send, self._below = name, send, tempfile.TemporaryFile()
        self._descriptor, self._read = descriptor, 0
        self._held, self._since, self._owner = [], 0.0, os.getpid()
        os.dup2(self._below.fileno(), descriptor)

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._owner:  # a process that a cell forked
            os.write(self._descriptor, text.encode())
            return len(text)
        if not self._held:
            self._since = time.monotonic()
        self._held.append(text)
        if time.monotonic() - self._since > _HELD_SECONDS:
            self.flush()
        return len(text)

    def flush(self) -> None:
        size = os.fstat(self._below.fileno()).st_size
        if size > self._read:
            found = os.pread(self._below.fileno(), size - self._read, self._read)
            self._read = size
            self._send("stream", {"name": self.name, "text": found.decode("utf-8", "replace")})
        if text := "".join(self._held):
            self._held.clear()
            self._send("stream", {"name": self.name, "text": text})


class StdinNotImplementedError(NotImplementedError):
    """A cell asked for input where nobody can answer."""


def _no_input(prompt: str = "") -> str:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def _show_warning(message, category, filename, lineno, file=None, line=None) -> None:
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))


def run_cells(cells: list[Cell], pipe: Any, allowed_to_fail: set[int]) -> None:
    """Runs (index, source) in order until one fails; never returns to the caller's code: the process ends here."""
    parent = os.getpid()

    def send(kind: str, content: dict[str, Any]) -> None:
        if os.getpid() == parent:  # a process that a cell forked has nothing to say here
            pipe.send((kind, content))

    sys.stdout, sys.stderr = _Stream("stdout", send, 1), _Stream("stderr", send, 2)
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
    sys.stdin = open(os.devnull)
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcParams._set("backend", os.environ["MPLBACKEND"])
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    shell = _Shell.instance(send=send, colors="neutral")
    shell.history_manager.enabled = False
    shell.set_hook("show_in_pager", lambda *_, **__: None, 99)
    # a parent that records warnings must not swallow those of the cells
    warnings.showwarning = _show_warning
    builtins.input = _no_input
    shell.user_ns.pop("input", None)
    asyncio.run(_run(shell, cells, pipe, send, allowed_to_fail))


async def _run(shell: _Shell, cells: list[Cell], pipe, send, allowed_to_fail: set[int]) -> None:
    for index, source in cells:
        count = shell.execution_count
        pipe.send(("start", {"index": index, "execution_count": count}))
        result = await _one(shell, source)
        _flush()
        pipe.send(("end", {"index": index, "failed": not result.success}))
        if not result.success and index not in allowed_to_fail:
            return


async def _one(shell: _Shell, source: str):
    transformed, problem = source, None
    try:
        transformed = shell.transform_cell(source)
    except Exception:
        problem = sys.exc_info()
    if shell.should_run_async(source, transformed_cell=transformed, preprocessing_exc_tuple=problem):
        result = await shell.run_cell_async(
            source, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=problem
        )
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
        return result
    return shell.run_cell(source, store_history=True)
