"""A run that would give what stands there already is not made again: told by content, never by a file's date."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from importlib.metadata import requires, version
from pathlib import Path
from platform import python_version
from typing import Any

from packaging.requirements import Requirement

import mingjing
from mingjing.config import REGISTER, is_report
from mingjing.errors import InputError
from mingjing.runs.manifest import SELF, Run, read_manifest, sha256, verify

_LIBRARY = Path(mingjing.__file__).parent


def fingerprint(
    data: Path, notebooks: Iterable[Path], settings: Iterable[Path], asked: dict[str, Any]
) -> str:
    """SHA-256 over all that decides what a run gives: ledgers, notebooks, library, versions and what was asked.

    settings: files that say how ledgers are read, and whatever else a report takes in. A missing one counts as such.
    """
    parts = {
        "asked": asked,
        "data": _hashes(data),
        "notebooks": {path.name: sha256(path) for path in notebooks},
        "settings": [sha256(path) if path.is_file() else None for path in settings],
        "library": _hashes(_LIBRARY),
        "versions": _versions(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def finished(target: Path, mark: str, register: str | None = None) -> Run | None:
    """The run with this fingerprint, if it stands at `target` whole, unfailed and untouched, and nobody has written into
    the register of findings since. register: as `mingjing run` takes it; only a file can be asked so quickly."""
    try:
        body = read_manifest(target)
    except InputError:
        return None
    if body.get("fingerprint") != mark or body.get("failed") or _moved(target, register, body[SELF]):
        return None
    differences, _, _ = verify(target, inputs=False)
    unreadable = [line["file"] for line in body.get("inputs", ()) if line["status"] == "unreadable"]
    return None if differences else Run(target, body["findings"], {}, body["highest"], unreadable)


_LAST_WORD = """SELECT r.seal = ? AND NOT EXISTS (SELECT 1 FROM history WHERE after_run >= r."order")
FROM run r WHERE r.placed ORDER BY r."order" DESC LIMIT 1"""


def _moved(target: Path, register: str | None, seal: str) -> bool:
    """Whether the register knows more than it did when the run with this seal was made."""
    if register == "none":
        return False
    file = Path(register or target.parent / REGISTER)
    if not file.is_file():
        return True
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            last = connection.execute(_LAST_WORD, (seal,)).fetchone()
        except sqlite3.DatabaseError:
            return True
    return not last or not last[0]


def _hashes(folder: Path) -> dict[str, str]:
    found = {}
    for root, folders, files in os.walk(folder):
        folders[:] = [n for n in folders if n != "__pycache__" and not is_report(Path(root, n))]
        for name in files:
            path = Path(root, name)
            if path.is_file() and name != REGISTER:
                # one that may not be opened is told of when the ledgers are read
                found[path.relative_to(folder).as_posix()] = sha256(path) if os.access(path, os.R_OK) else ""
    return found


def _versions() -> dict[str, str]:
    wanted = map(Requirement, requires("mingjing") or ())
    names = sorted(r.name for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""}))
    return {"python": python_version()} | {name: version(name) for name in names}
