"""What a run was made of and what it made, with the hash of everything: written once, checked by anyone later."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingjing.areas import MANIFEST
from mingjing.errors import InputError
from mingjing.messages import tell

NAME = MANIFEST
SELF = "manifest_sha256"
SIGNATURE = NAME + ".sig"
RECORD = ".internal"


@dataclass
class Run:
    """What came of it. `failed` names the areas whose notebook did not finish, and the rules whose process was
    ended, with the reason; `unreadable` the files that the reports had to do without."""

    folder: Path
    findings: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    highest: str | None = None
    unreadable: list[str] = field(default_factory=list)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(body: dict[str, Any]) -> str:
    """SHA-256 of a manifest without its own seal, in the one form that JSON allows no choice about."""
    text = json.dumps(
        {k: v for k, v in body.items() if k != SELF},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def write_manifest(folder: Path, body: dict[str, Any], previous: Path | None = None) -> None:
    """Adds the hash of every file in the folder and of the report this one replaces, seals and writes it."""
    outputs = {p.relative_to(folder).as_posix(): sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    body = body | {
        "outputs": outputs,
        "previous": sha256(previous) if previous and previous.exists() else None,
    }
    body[SELF] = seal(body)
    (folder / NAME).write_text(json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / NAME if folder.is_dir() else folder
    try:
        body = json.loads(path.read_text("utf-8"))
        body["outputs"].items()
        return body
    except FileNotFoundError:
        raise InputError("no manifest here", file=path, todo="Name the folder of a finished run") from None
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, AttributeError, TypeError):
        raise InputError(
            "not a manifest that can be read", file=path, todo="Restore it from a copy"
        ) from None


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the manifest says. what: changed, missing, added, broken seal; where: output or input."""

    file: str
    what: str
    where: str

    def line(self, lang: str) -> str:
        return ("：" if lang == "zh" else ": ").join(
            (tell(self.where, lang), self.file, tell(self.what, lang))
        )


def verify(folder: Path, data: Path | None = None, inputs: bool = True) -> tuple[list[Difference], int, bool]:
    """Recomputes every hash. Gives what differs, how many files were compared, and whether the inputs were at hand.

    The report may have been moved; `data` is where the ledgers are now, by default where they were. Without `inputs`
    only what the run made is compared.
    """
    body = read_manifest(folder)
    found = [] if seal(body) == body.get(SELF) else [Difference(NAME, "broken seal", "manifest")]
    made = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {NAME, SIGNATURE}
    found += _compare(folder, body["outputs"], "output")
    found += [Difference(name, "added", "output") for name in sorted(made - body["outputs"].keys())]
    read = {line["file"]: line["sha256"] for line in body.get("inputs", ()) if line.get("sha256")}
    where = data or Path(body.get("parameters", {}).get("data", ""))
    at_hand = inputs and bool(read) and where.is_dir()
    if data and not at_hand:
        raise InputError("data folder not found", file=data, todo="Check --data")
    if at_hand:
        found += _compare(where, read, "input")
    public = folder.with_name(folder.name.removesuffix(RECORD))
    if "published" in body and public != folder and public.is_dir():
        found += _compare(public, body["published"], "published")
    return found, len(body["outputs"]) + (len(read) if at_hand else 0), at_hand


def chain(folder: Path, earlier: Iterable[Path]) -> tuple[list[Difference], str | None]:
    """Holds earlier manifests against the chain: each run names the SHA-256 of the manifest it replaced.

    Gives those that no later run names or that were changed, and the SHA-256 of the last link that was not given; None
    where the chain goes back to the first run.
    """
    held = {}
    for path in earlier:
        read_manifest(path)
        held[sha256(path / NAME if path.is_dir() else path)] = path
    found, link = [], read_manifest(folder).get("previous")
    while link in held:
        path = held.pop(link)
        body = read_manifest(path)
        if seal(body) != body.get(SELF):
            found.append(Difference(str(path), "broken seal", "chain"))
        link = body.get("previous")
    found += [
        Difference(str(p), "no later run in the chain names this manifest", "chain") for p in held.values()
    ]
    return found, link


def _compare(folder: Path, hashes: dict[str, str], where: str) -> Iterable[Difference]:
    root = folder.resolve()
    for name, known in sorted(hashes.items()):
        path = folder / name
        if not path.resolve().is_relative_to(root) or not path.is_file():
            yield Difference(name, "missing", where)
        elif sha256(path) != known:
            yield Difference(name, "changed", where)
