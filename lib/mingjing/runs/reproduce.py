"""The run of a manifest once more, held against it byte for byte."""

import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mingjing.errors import InputError
from mingjing.intake.files import list_files
from mingjing.runs.manifest import NAME, Difference, read_manifest, seal, sha256
from mingjing.runs.notebooks import notebooks
from mingjing.runs.run import run

# what a run holds of its own hour and machine
_OWN = (NAME, "notebooks/")


@dataclass(frozen=True)
class Reproduced:
    """How many files were compared, what differs, and what was not as it was: versions, notebooks, configuration."""

    compared: int
    differences: list[Difference]
    circumstances: list[Difference]


def reproduce(manifest: Path, data: Path | None, folder: Path, jobs: int) -> Reproduced:
    """Runs again with the parameters recorded. InputError where the ledgers are not those of the manifest.

    data: where the ledgers are now, by default where they were. folder: where the notebooks are.
    """
    body = read_manifest(manifest)
    _check(body, manifest)
    given = dict(body["parameters"])
    where = data or Path(given.pop("data", ""))
    given.pop("data", None)
    _check_inputs(body, where, manifest)
    expected = {n: h for n, h in body.get("published", body["outputs"]).items() if not n.startswith(_OWN)}
    with tempfile.TemporaryDirectory(prefix="mingjing-") as aside:
        out = Path(aside) / "report"
        _beside(body, manifest, Path(aside))
        engine = body.get("engine", "duckdb")
        run(
            body["areas"],
            where,
            given.pop("period"),
            out,
            given,
            folder,
            jobs,
            register="none",
            engine=engine,
        )
        made = {p.relative_to(out).as_posix(): sha256(p) for p in out.rglob("*") if p.is_file()}
    found = [
        Difference(name, "missing" if name not in made else "differs", "output")
        for name, known in sorted(expected.items())
        if made.get(name) != known
    ]
    found += [
        Difference(n, "added", "output") for n in sorted(made) if n not in expected and not n.startswith(_OWN)
    ]
    return Reproduced(len(expected), found, _circumstances(body, manifest, folder))


def _beside(body: dict[str, Any], manifest: Path, aside: Path) -> None:
    """The runs that stood beside it, where they still stand: the index speaks of them."""
    report = manifest if manifest.is_dir() else manifest.parent
    for name in body.get("beside", ()):
        if (report.parent / name / NAME).is_file():
            (aside / name).symlink_to((report.parent / name).resolve())


def _check(body: dict[str, Any], manifest: Path) -> None:
    if seal(body) != body.get("manifest_sha256"):
        raise InputError(
            "the manifest was changed after the run", file=manifest, todo="Restore it from a copy"
        )
    if "areas" not in body or "period" not in body.get("parameters", {}):
        raise InputError(
            "the manifest does not say what was run", file=manifest, todo="It is of an older version"
        )
    if not body.get("inputs"):
        raise InputError(
            "the manifest names no input; that of a public report never does",
            file=manifest,
            todo="Name the manifest in the folder …/<report>.internal",
        )


def _check_inputs(body: dict[str, Any], data: Path, manifest: Path) -> None:
    if not data.is_dir():
        raise InputError("the ledgers of the run are not there", file=data, todo="Name them with --data")
    known = {line["file"]: line["sha256"] for line in body["inputs"] if line.get("sha256")}
    held = {name: path for path, name in list_files(data)[0]}
    unread = {line["file"] for line in body["inputs"]}
    for name in sorted(known.keys() | held.keys()):
        if name not in held:
            what = "is missing"
        elif name not in unread:
            what = "was not there at the time"
        elif name in known and sha256(held[name]) != known[name]:
            what = "has changed since"
        else:
            continue
        raise InputError(
            f"{what}; the run of {manifest} cannot be reproduced from other ledgers",
            file=data / name,
            todo="Name the ledgers as they were with --data",
        )


def _circumstances(body: dict[str, Any], manifest: Path, folder: Path) -> list[Difference]:
    found = []
    for name, then in sorted(body.get("versions", {}).items()):
        try:
            now = version(name)
        except PackageNotFoundError:
            now = "not installed"
        if now != then:
            found.append(Difference(name, f"{then} then, {now} now", "version"))
    report = manifest if manifest.is_dir() else manifest.parent
    for name, known in sorted(body.get("beside", {}).items()):
        other = report.parent / name / NAME
        if not other.is_file() or sha256(other) != known:
            found.append(Difference(name, "changed or missing", "run beside it"))
    available = notebooks(folder)
    for area, known in sorted(body.get("notebooks", {}).items()):
        if area not in available or sha256(available[area]) != known:
            found.append(Difference(area, "changed", "notebook"))
    for line in body.get("read_by", ()):
        path = Path(body["parameters"].get(line["kind"], ""))
        if path.is_file() and sha256(path) != line["sha256"]:
            found.append(Difference(line["file"], "changed", line["kind"]))
    return found
