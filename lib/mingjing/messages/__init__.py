"""What is said to people, in Chinese: English templates with their Chinese (`*.toml`), and the way from one to the other.

The code says each thing once, in English; where a person is told in Chinese, the finished sentence is held against the
templates. What none of them fits stays as it is. A hole marked `!t` in the Chinese holds a phrase that has a Chinese of its
own, `!l` a list of such, `!n` a list of names; every other hole is
somebody's value and is left alone. `:d` in the English: only digits fit.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

_LISTS = ("; ", ", ")
# a source in a column in an option in a message
_DEEPEST = 4
# no list of phrases is as long; a value with so many commas is somebody's
_MOST = 100


@dataclass(frozen=True)
class Template:
    """One entry. `literals` stand around the holes `names`: one more than these. `whole`: holes for whole numbers."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    whole: frozenset[str]
    zh: str

    @classmethod
    def of(cls, en: str, zh: str) -> "Template":
        names, literals, whole = [], [""], set()
        for text, name, kind, _ in Formatter().parse(en):
            literals[-1] += text
            if name is not None:
                names.append(name)
                literals.append("")
            if kind == "d":
                whole.add(name)
        return cls(tuple(literals), tuple(names), frozenset(whole), zh)

    def filled(self, text: str) -> dict[str, str] | None:
        """What this text has in the holes; None where it is no such text. Each literal is sought once, from left to right."""
        first, last = self.literals[0], self.literals[-1]
        if not self.names:
            return {} if text == first else None
        at, end = len(first), len(text) - len(last)
        if at > end or not (text.startswith(first) and text.endswith(last)):
            return None
        found = {}
        for name, literal in zip(self.names, (*self.literals[1:-1], ""), strict=True):
            stop = text.find(literal, at, end) if literal else end
            if stop < 0:
                return None
            found[name] = text[at:stop]
            at = stop + len(literal)
        return found if all(found[name].isdecimal() for name in self.whole) else None

    def told(self, holes: dict[str, str], deep: int) -> str:
        """The Chinese with the holes filled; phrases in them are told in their turn, so deep."""
        done = ""
        for text, name, _, mark in Formatter().parse(self.zh):
            value = holes[name] if name is not None else ""
            if mark == "t":
                value = _chinese(value, deep - 1)
            elif mark in ("l", "n"):
                value = _listed(value, deep - 1 if mark == "l" else 0)
            done = _beside(_beside(done, text), value)
        return done


def _listed(text: str, deep: int) -> str:
    parts = text.split(next((mark for mark in _LISTS if mark in text), _LISTS[-1]))
    return "、".join(parts if len(parts) > _MOST else [_chinese(part, deep) for part in parts])


def _beside(left: str, right: str) -> str:
    """One after the other, with the space that stands between a Latin word and a Chinese one."""
    meet = left[-1:].isalnum() and right[:1].isalnum() and left[-1].isascii() != right[0].isascii()
    return f"{left} {right}" if meet else left + right


@cache
def templates() -> tuple[Template, ...]:
    """All of them, those that leave least open first."""
    found = []
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        found += [Template.of(en, zh) for en, zh in tomllib.loads(file.read_text("utf-8")).items()]
    return tuple(sorted(found, key=lambda t: (-sum(map(len, t.literals)), len(t.names))))


def tell(text: str, lang: str) -> str:
    """A text of the code's as it is told in a language."""
    return _chinese(text, _DEEPEST) if lang == "zh" else text


def _chinese(text: str, deep: int) -> str:
    for template in templates() if deep else ():
        holes = template.filled(text)
        if holes is not None:
            return template.told(holes, deep)
    return text
