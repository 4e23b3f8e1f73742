"""Visits that nobody can foretell and everybody can check afterwards.

Before the year begins four random seeds are drawn, one a quarter, and only their hashes are published together with the
units, the days that qualify and the number of visits. A quarter's visits follow from its seed; once the quarter is over
the seed is revealed, and anyone recomputes both hash and draw. Each seed is its own, so that revealing one tells
nothing of the next. No unit is skipped over the year: a quarter takes in as many units not yet seen as would otherwise
no longer fit, and draws the rest from all units, so that a visit behind one is never a guarantee of peace.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from mingjing.errors import InputError, UsageError

Visit = tuple[int, str, date]
_SECRET, _TERMS = ".secret.json", ".committed.json"


def commit(folder: Path, year: int, units: list[str], each_quarter: int, days: list[date]) -> Path:
    """Draws the seeds, keeps them readable by the owner only, and writes what is to be published."""
    units = sorted(set(units))
    if not units:
        raise UsageError("no units to visit", todo="Name them with --unit")
    if not 1 <= each_quarter <= len(units) or each_quarter * 4 < len(units):
        raise UsageError(
            f"{each_quarter} visits a quarter cannot see each of {len(units)} units once a year",
            todo=f"Choose {-(-len(units) // 4)} to {len(units)}",
        )
    if not days:
        raise UsageError(f"the holidays of {year} are not published", todo="Commit once they are")
    public, secret = folder / f"{year}{_TERMS}", folder / f"{year}{_SECRET}"
    if public.exists() or secret.exists():
        raise UsageError(
            f"the visits of {year} are committed already", todo="A second draw would prove nothing"
        )
    folder.mkdir(parents=True, exist_ok=True)
    seeds = {str(quarter): secrets.token_hex(32) for quarter in range(1, 5)}
    terms = {
        "year": year,
        "units": units,
        "each_quarter": each_quarter,
        "days": [d.isoformat() for d in days],
    }
    hashes = {quarter: _hash(terms, quarter, seed) for quarter, seed in seeds.items()}
    with os.fdopen(os.open(secret, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump(seeds, file)
    public.write_text(
        json.dumps({"terms": terms, "sha256": hashes}, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    return public


def read_terms(public: Path) -> dict[str, Any]:
    """The published terms with the seeds at hand here: the secret file's, or those revealed. Every seed is checked."""
    body = _json(public)
    try:
        terms, hashes = body["terms"], body["sha256"]
        seeds = dict(body.get("revealed", {}))
    except (KeyError, TypeError):
        raise InputError(
            "not a commitment to visits", file=public, todo="Restore the published file"
        ) from None
    secret = public.with_name(public.name.replace(_TERMS, _SECRET))
    if secret.exists():
        seeds = _json(secret) | seeds
    for quarter, seed in seeds.items():
        if hashes.get(quarter) != _hash(terms, quarter, seed):
            raise InputError(
                f"the seed of quarter {quarter} is not the one committed",
                file=public,
                todo="Do not trust this draw",
            )
    return {"terms": terms, "seeds": seeds}


def reveal(public: Path, today: date) -> list[str]:
    """Adds the seeds of the quarters that are over to the published file; gives those quarters."""
    known = read_terms(public)
    year = known["terms"]["year"]
    over = [q for q in sorted(known["seeds"]) if (today.year, (today.month - 1) // 3 + 1) > (year, int(q))]
    body = _json(public) | {"revealed": {q: known["seeds"][q] for q in over}}
    public.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return over


def visits(known: dict[str, Any]) -> Iterator[Visit]:
    """(quarter, unit, day) as the seeds decide; stops at the first quarter whose seed is not at hand."""
    terms, unseen = known["terms"], set(known["terms"]["units"])
    days = [date.fromisoformat(day) for day in terms["days"]]
    for quarter in range(1, 5):
        seed = known["seeds"].get(str(quarter))
        if seed is None:
            return
        draw = _Draw(bytes.fromhex(seed))
        must = max(0, len(unseen) - terms["each_quarter"] * (4 - quarter))
        chosen = draw.some(sorted(unseen), must)
        others = [unit for unit in terms["units"] if unit not in chosen]
        chosen += draw.some(others, terms["each_quarter"] - must)
        unseen -= set(chosen)
        eligible = [day for day in days if (day.month - 1) // 3 + 1 == quarter]
        drawn = [(quarter, unit, eligible[draw.below(len(eligible))]) for unit in sorted(chosen)]
        yield from sorted(drawn, key=lambda visit: (visit[2], visit[1]))


class _Draw:
    """Numbers from HMAC-SHA256 of a counter: the same on every machine and in every version of every language."""

    def __init__(self, seed: bytes):
        self._seed, self._count = seed, 0

    def below(self, n: int) -> int:
        limit = 2**64 - 2**64 % n
        while True:
            block = hmac.digest(self._seed, str(self._count).encode(), "sha256")
            self._count += 1
            number = int.from_bytes(block[:8], "big")
            if number < limit:  # else the low remainders would come up a little too often
                return number % n

    def some(self, items: list[str], n: int) -> list[str]:
        items = list(items)
        return [items.pop(self.below(len(items))) for _ in range(n)]


def _hash(terms: dict[str, Any], quarter: str, seed: str) -> str:
    text = json.dumps([terms, quarter, seed], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise InputError("cannot be read as JSON", file=path, todo="Restore it from a copy") from None
