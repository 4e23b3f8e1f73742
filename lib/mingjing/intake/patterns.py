"""Patterns of a mapping file, matched by RE2: in time linear to the text, whatever pattern a stranger wrote."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from mingjing.errors import InputError

_GROUP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?!\?)")


class Pattern:
    """One pattern (https://github.com/google/re2/wiki/Syntax); InputError where it is none."""

    def __init__(self, text: str, path: object):
        named = _GROUP.sub(lambda m: f"(?P<g{m.start()}>" if m[0] == "(" else m[0], text)
        self._named = named if "(?P<" in named else f"(?P<g>{named})"
        try:
            self.extract("")
        except pa.ArrowInvalid as error:
            why = str(error).splitlines()[0]
            raise InputError(
                f"pattern “{text}” cannot be used ({why})", file=path, todo="Correct it"
            ) from None

    def matches(self, text: str) -> bool:
        """Whether it is found anywhere in the text."""
        return self.extract(text) is not None

    def extract(self, text: str) -> str | None:
        """What its last group that matched holds, or the whole match where it has no group; None for no match."""
        found = pc.extract_regex(pa.scalar(text), pattern=self._named).as_py()
        return None if found is None else next((part for part in reversed(found.values()) if part), "")
