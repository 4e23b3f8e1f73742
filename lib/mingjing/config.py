"""The bureau's own settings: one TOML file, data only, every name checked."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingjing.errors import InputError, nearest

_SECTIONS = {"rules"}


@dataclass(frozen=True)
class Config:
    """`rules`: thresholds by rule id; the catalogue checks names and types."""

    rules: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_config(path: str | Path | None) -> Config:
    """Reads the file; None is the catalogue as it stands."""
    if not path:
        return Config()
    body = read_toml(Path(path), "configuration")
    for section in body:
        if section not in _SECTIONS:
            raise InputError(f"unknown section “{section}”", file=path, todo=nearest(section, _SECTIONS))
    return Config(body.get("rules", {}))


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """One TOML file; missing or malformed is an InputError that says where."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{what} file not found", file=path, todo="Check the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(
            f"{what} cannot be read: {error}", file=path, todo="Correct the line named"
        ) from None
