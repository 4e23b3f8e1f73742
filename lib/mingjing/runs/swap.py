"""A report is made aside and takes the old one's place in one step, so that a reader never meets half of either."""

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mingjing.errors import UsageError

try:
    import fcntl
except ImportError:  # no POSIX locks: two runs at once are not kept apart there
    fcntl = None

_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """An empty folder beside `target`, held by this run alone; what a killed run left in it is gone, and so is the folder
    afterwards. UsageError while another run holds it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.with_name(f".{target.name}.building")
    handle = _hold(folder, target)
    try:
        for left in list(folder.iterdir()):
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _hold(folder: Path, target: Path) -> int:
    while True:
        folder.mkdir(exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
        try:
            if fcntl:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(FileNotFoundError):  # the run that held it may have removed it meanwhile
                if os.path.samestat(os.fstat(handle), folder.stat()):
                    return handle
        except BlockingIOError:
            os.close(handle)
            raise UsageError(
                f"another run is making {target}", todo="Wait for it, or choose another --out"
            ) from None
        os.close(handle)


def swap(building: Path, target: Path) -> None:
    """Moves the finished folder to `target`; what stood there is removed once the new one stands."""
    if not target.exists():
        building.rename(target)
        return
    if not _exchange(building, target):
        # no exchange on this system: two renames, and the old report comes back if the second one fails
        aside = target.with_name(f".{target.name}.previous-{os.getpid()}")
        target.rename(aside)
        try:
            building.rename(target)
        except OSError:
            aside.rename(target)
            raise
        building = aside
    shutil.rmtree(building, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Linux's renameat2 with RENAME_EXCHANGE; False where system or file system has it not."""
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    if function(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))
