"""What a bureau decides about its public reports: the key of the codes, the smallest count shown, words that are no names."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingjing.config import beside, check_keys
from mingjing.errors import InputError
from mingjing.intake.files import list_files

SMALLEST = 5
_NAMES = {"key_file", "smallest", "words"}
_SHORTEST_KEY = 16


@dataclass(frozen=True)
class Policy:
    """`key` makes the codes; counts of people below `smallest` are withheld; `words` are never taken for names."""

    key: bytes
    smallest: int = SMALLEST
    words: frozenset[str] = frozenset()


def read_policy(section: dict[str, Any], config: str | Path | None, data: str | Path) -> Policy:
    """The `[public]` section of the configuration.

    Without a `key_file` the key comes from the bytes of the ledgers: as secret as they are, and another one as soon as
    they change, so that nobody can be followed from one report to the next.
    """
    check_keys(section, _NAMES, config or "", "section “public”")
    smallest, words = section.get("smallest", SMALLEST), section.get("words", [])
    if not isinstance(smallest, int) or isinstance(smallest, bool) or smallest < 2:
        raise InputError("public.smallest is not a whole number of 2 or more", file=config, todo="Write 5")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InputError("public.words is not a list of words", file=config, todo='Write ["高峰"]')
    named = section.get("key_file")
    key = _key(beside(Path(config or ""), "key_file", named)) if named else _key_of(Path(data))
    return Policy(key, smallest, frozenset(words))


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes().strip()
    except OSError:
        raise InputError(
            "the key file cannot be read", file=path, todo="Make one: openssl rand -hex 32"
        ) from None
    if len(key) < _SHORTEST_KEY:
        raise InputError(
            f"the key has {len(key)} bytes, at least {_SHORTEST_KEY} are needed",
            file=path,
            todo="Make one: openssl rand -hex 32",
        )
    return key


def _key_of(data: Path) -> bytes:
    # SHA-512, since the SHA-256 of each file may be written down in a manifest
    digest = hashlib.sha512(b"mingjing public codes")
    for path, _ in list_files(data)[0]:
        with path.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha512").digest())
    return digest.digest()
