"""The new report takes the old one's place in one step, so that a reader never meets half of either."""

import ctypes
import errno
import os
import shutil
from pathlib import Path

_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


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
