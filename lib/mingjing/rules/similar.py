"""Finds texts about one matter, however they are worded.

Two texts are about one matter when the problems they name overlap, the places they name do not contradict each
other, and the rest of their wording is alike. Each is compared with the first text of every matter known so far
that shares uncommon pairs of characters with it, never with all: the work grows with the number of texts, not with
its square. Precision and recall are measured in `tests/rules/test_similar.py`.
"""

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import nlargest
from importlib import resources
from sys import intern

from rapidfuzz import fuzz

# How many of the matters that share most with a text are scored, and how many a single pair of characters proposes.
CANDIDATES, BUCKET = 12, 40
_NOISE = re.compile(r"\d{2,4}年|\d+月|\d+日|\d{5,}")


@dataclass(frozen=True, slots=True)
class Text:
    """A normalised text, in little memory, as many stay until the last has been read: what is wrong; the names of its
    places by kind; every two neighbouring characters of one word, courtesies left out and synonyms unified (`whole`),
    and those that are not the name of a place (`matter`), both in order, spelled for comparison."""

    problems: frozenset[str]
    places: tuple[tuple[str, tuple[str, ...]], ...]
    whole: str
    matter: str

    @property
    def pairs(self) -> list[str]:
        # the same few thousand pairs stand in all texts: one copy of each
        return list(map(intern, self.whole.split()))

    def contradicts(self, other: "Text") -> bool:
        """Both name a problem, or a place of one kind, and none of it is common to both."""
        if self.problems and other.problems and not self.problems & other.problems:
            return True
        return any(
            kind == theirs and not any(name in others for name in names)
            for kind, names in self.places
            for theirs, others in other.places
        )


def likeness(a: Text, b: Text, least: float = 0) -> float:
    """0 to 100: how much of the wording is shared, in any order; 0 when the two contradict each other or it is under
    `least`. Unless both name one problem, the names of places do not count: one venue has many matters."""
    if a.contradicts(b):
        return 0.0
    mine, other = (a.whole, b.whole) if a.problems & b.problems else (a.matter, b.matter)
    return fuzz.token_set_ratio(mine, other, score_cutoff=least)


def matters(written: Sequence[str], least: float) -> list[int]:
    """For each text the place of the first text of its matter, its own where it is the first.

    written: texts in order of time; a blank one stands alone. least: likeness, 0 to 100, from which two are one.
    """
    shared: Counter[str] = Counter()
    for text in written:
        shared.update(read(text).pairs)
    known: dict[str, list[int]] = {}
    leaders: dict[int, Text] = {}
    first: list[int] = []
    for place, text in enumerate(map(read, written)):
        pairs = [pair for pair in text.pairs if shared[pair] > 1]
        best = _likest(text, _proposed(pairs, shared, known), leaders, least)
        if best is not None:
            first.append(best)
            continue
        first.append(place)
        leaders[place] = text
        for pair in pairs:
            _keep(known.setdefault(pair, []), place)
    return first


def _keep(leaders: list[int], place: int) -> None:
    """Most pairs lead to one matter or two: a deque, even of one, would be 600 bytes."""
    leaders.append(place)
    if len(leaders) > BUCKET:
        del leaders[0]


def _proposed(pairs: list[str], shared: Counter[str], known: dict[str, list[int]]) -> list[int]:
    """The first texts of the matters that share most with these pairs; uncommon pairs count for more."""
    votes: dict[int, float] = {}
    for pair in pairs:
        if leaders := known.get(pair):
            weight = 1 / shared[pair]
            for leader in leaders:
                votes[leader] = votes.get(leader, 0) + weight
    return nlargest(CANDIDATES, votes, key=votes.__getitem__)


def _likest(text: Text, proposed: list[int], leaders: dict[int, Text], least: float) -> int | None:
    """The proposed text that is most alike, and at least so much; the earliest of several."""
    best, found = least, None
    for leader in proposed:
        score = likeness(leaders[leader], text, best)
        if score >= best and (score > best or found is None or leader < found):
            best, found = score, leader
    return found


@lru_cache(maxsize=50_000)
def read(written: str) -> Text:
    """The text normalised by `wording.toml`."""
    return _wording()(written)


@cache
def _wording() -> Callable[[str], Text]:
    body = tomllib.loads(resources.files(__package__).joinpath("wording.toml").read_text("utf-8"))
    problems, things = _unified(body["problems"]), _unified(body["things"])
    synonym, filler = _any_of([*problems, *things]), _any_of(body["filler"].split())
    sites, common = set(body["sites"].split()), _any_of(body["common"].split())
    kinds = _longest_first([*sites, *body["regions"].split()])
    named = [("site" if kind in sites else kind, kind, re.compile(rf"(\w{{2,6}}){kind}")) for kind in kinds]
    named_place = re.compile(rf"\w{{2,14}}?({'|'.join(kinds)})")
    seen: dict[frozenset[str], frozenset[str]] = {}
    numbered = re.compile(rf"([0-9a-z一二三四五六七八九十]+)({'|'.join(body['numbered'].split())})")

    def normalise(written: str) -> Text:
        plain = _NOISE.sub(" ", unicodedata.normalize("NFKC", written).lower())
        wrong = frozenset(problems[m[0]] for m in synonym.finditer(plain) if m[0] in problems)
        words = synonym.sub(lambda m: things.get(m[0]) or f" {problems[m[0]]} ", plain)
        words = re.sub(r"\W+", " ", filler.sub(" ", words)).strip()
        places = defaultdict(set)
        for number, kind in numbered.findall(words):
            places[kind].add(number)
        rest = words
        for group, kind, pattern in named:
            if kind not in rest:
                continue
            names = (common.sub("", match)[-2:] for match in pattern.findall(rest))
            places[group] |= {name for name in names if len(name) == 2}
            rest = rest.replace(kind, " ") if len(kind) > 1 else rest
        without = numbered.sub(" ", named_place.sub(" ", words))
        named_so = tuple((kind, tuple(sorted(names))) for kind, names in places.items() if names)
        return Text(seen.setdefault(wrong, wrong), named_so, _pairs(words), _pairs(without))

    return normalise


def _pairs(words: str) -> str:
    pairs = {w[i : i + 2] for w in words.split() for i in range(max(1, len(w) - 1))}
    return " ".join(sorted(pairs))


def _unified(lines: str) -> dict[str, str]:
    """Word → the first word of its line."""
    return {word: line.split()[0] for line in lines.strip().splitlines() for word in line.split()}


def _longest_first(words: list[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


def _any_of(words: list[str]) -> re.Pattern:
    return re.compile("|".join(map(re.escape, _longest_first(words))))
