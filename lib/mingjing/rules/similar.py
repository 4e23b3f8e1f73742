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
from functools import cache, cached_property
from importlib import resources

from rapidfuzz import fuzz

# How many of the matters that share most with a text are scored, and how many a single pair of characters proposes.
CANDIDATES, BUCKET = 12, 40
_NOISE = re.compile(r"\d{2,4}年|\d+月|\d+日|\d{5,}")


@dataclass(frozen=True)
class Text:
    """A normalised text: its words without courtesies, synonyms unified; what is wrong; the places it names; and
    `rest`, the words without those places."""

    words: str
    problems: frozenset[str]
    places: dict[str, set[str]]
    rest: str

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Every two neighbouring characters of one word."""
        return _pairs(self.words)

    @cached_property
    def matter(self) -> frozenset[str]:
        """The pairs that are not the name of a place."""
        return _pairs(self.rest)

    def contradicts(self, other: "Text") -> bool:
        """Both name a problem, or a place of one kind, and none of it is common to both."""
        if self.problems and other.problems and not self.problems & other.problems:
            return True
        return any(
            not names & other.places[kind] for kind, names in self.places.items() if kind in other.places
        )


def likeness(a: Text, b: Text) -> float:
    """0 to 100: how much of the wording is shared, in any order; 0 when the two contradict each other. Unless both name
    one problem, the names of places do not count: one venue has many matters."""
    if a.contradicts(b):
        return 0.0
    mine, other = (a.pairs, b.pairs) if a.problems & b.problems else (a.matter, b.matter)
    return fuzz.token_set_ratio(" ".join(sorted(mine)), " ".join(sorted(other)))


def matters(written: Sequence[str], least: float) -> list[int]:
    """For each text the place of the first text of its matter, its own where it is the first.

    written: texts in order of time; a blank one stands alone. least: likeness, 0 to 100, from which two are one.
    """
    texts = [read(text) for text in written]
    shared = Counter(pair for text in texts for pair in text.pairs)
    known: dict[str, list[int]] = defaultdict(list)
    first: list[int] = []
    for place, text in enumerate(texts):
        votes = Counter()
        for pair in sorted(text.pairs):
            for leader in known[pair][-BUCKET:] if shared[pair] > 1 else ():
                votes[leader] += 1 / shared[pair]
        best = max(
            ((likeness(texts[leader], text), -leader) for leader, _ in votes.most_common(CANDIDATES)),
            default=(0.0, 0),
        )
        if best[0] >= least:
            first.append(-best[1])
            continue
        first.append(place)
        for pair in text.pairs:
            known[pair].append(place)
    return first


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
            names = (common.sub("", match)[-2:] for match in pattern.findall(rest))
            places[group] |= {name for name in names if len(name) == 2}
            rest = rest.replace(kind, " ") if len(kind) > 1 else rest
        without = numbered.sub(" ", named_place.sub(" ", words))
        return Text(words, wrong, {kind: names for kind, names in places.items() if names}, without)

    return normalise


def _pairs(words: str) -> frozenset[str]:
    return frozenset(w[i : i + 2] for w in words.split() for i in range(max(1, len(w) - 1)))


def _unified(lines: str) -> dict[str, str]:
    """Word → the first word of its line."""
    return {word: line.split()[0] for line in lines.strip().splitlines() for word in line.split()}


def _longest_first(words: list[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


def _any_of(words: list[str]) -> re.Pattern:
    return re.compile("|".join(map(re.escape, _longest_first(words))))
