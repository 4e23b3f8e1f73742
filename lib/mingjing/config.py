"""The bureau's own settings: one TOML file, data only, every name checked."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingjing.areas import MANIFEST
from mingjing.errors import InputError, nearest

REGISTER = "register.sqlite"  # the register of findings, beside the folders of the reports
MAX_BYTES = 16 * 1024**2
_SECTIONS = {"rules", "intake", "overview", "public"}
_FILES = {"mapping", "corrections", "aliases"}


def is_report(folder: Path) -> bool:
    """Whether this is the report of a run: what lies in it is no ledger, though it may stand among them."""
    return all((folder / name).is_file() for name in (MANIFEST, "findings.csv", "index.html"))


@dataclass(frozen=True)
class Config:
    """`rules`: thresholds by rule id; the catalogue checks names and types.

    `files`: the mapping file, the corrections register and the alias file, by these names. `public`: what
    `mingjing.release.read_policy` reads.

    `overview`: what the self-check index is made up of, as `analyse/overview.toml` has it.
    """

    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    public: dict[str, Any] = field(default_factory=dict)
    overview: dict[str, Any] = field(default_factory=dict)


def read_config(path: str | Path | None) -> Config:
    """Reads the file; None is the catalogue as it stands."""
    if not path:
        return Config()
    body = read_toml(Path(path), "configuration")
    check_keys(body, _SECTIONS, path, "the configuration")
    named = body.get("intake", {})
    check_keys(named, _FILES, path, "section “intake”")
    files = {name: beside(Path(path), name, file) for name, file in named.items()}
    return Config(body.get("rules", {}), files, body.get("public", {}), body.get("overview", {}))


def beside(config: Path, name: str, file: Any) -> Path:
    """The file named, which lies in the folder of the configuration or below: a stranger's file reads nothing else."""
    found = config.parent / str(file)
    if not isinstance(file, str) or not found.resolve().is_relative_to(config.parent.resolve()):
        raise InputError(
            f"{name} = {file!r} is outside the folder of the configuration",
            file=config,
            todo="Put the file beside it",
        )
    return found


def check_keys(body: Any, allowed: Iterable[str], path: str | Path, where: str) -> None:
    """InputError with the nearest name for a key that means nothing there."""
    if not isinstance(body, dict):
        raise InputError(f"{where} is not a table of names and values", file=path, todo="See the guide")
    for name in body:
        if name not in allowed:
            raise InputError(f"{where} has an unknown name “{name}”", file=path, todo=nearest(name, allowed))


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """One TOML file; missing or malformed is an InputError that says where."""
    try:
        if path.exists() and not (path.is_file() and path.stat().st_size <= MAX_BYTES):
            raise OSError(f"not a plain file of at most {MAX_BYTES >> 20} MB")
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{what} file not found", file=path, todo="Check the path") from None
    except (
        ValueError,
        RecursionError,
        OSError,
    ) as error:  # ValueError: TOML, encoding, numbers of 5,000 digits
        raise InputError(
            f"{what} cannot be read: {error}", file=path, todo="Correct the line named"
        ) from None
