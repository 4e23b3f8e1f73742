"""Errors for people: one line that says where, what is wrong and what to do about it."""

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from mingjing.messages import tell

# names that an error lists; more are for no one line
_LISTED = 24
_SHEET = {"zh": "工作表“{}”", "en": "sheet “{}”"}
_ROW = {"zh": "第 {} 行", "en": "row {}"}
_COLUMN = {"zh": "列“{}”", "en": "column “{}”"}
_AND, _COLON, _STOP = {"zh": "，", "en": ", "}, {"zh": "：", "en": ": "}, {"zh": "。", "en": ". "}
_spoken = ["zh"]


def speak(lang: str) -> None:
    """From here on errors stand in this language in a notebook: that of the audit opened last."""
    _spoken[0] = lang


class MingjingError(Exception):
    """An expected error. Printed as one line, exit 2, never as a traceback."""

    exit_code = 2

    def __init__(
        self,
        what: str,
        *,
        file: object = None,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        todo: str | None = None,
    ):
        self.what, self.file, self.sheet, self.row, self.column, self.todo = (
            what,
            file,
            sheet,
            row,
            column,
            todo,
        )
        super().__init__(self.told("en"))

    def told(self, lang: str) -> str:
        """The line as people read it. `str(error)` is the English one whatever the language."""
        places = [
            str(self.file) if self.file else "",
            _SHEET[lang].format(self.sheet) if self.sheet else "",
            _ROW[lang].format(self.row) if self.row else "",
            _COLUMN[lang].format(self.column) if self.column else "",
        ]
        where = _AND[lang].join(place for place in places if place)
        return _one_line(f"{where}{_COLON[lang]}{self.advice(lang)}" if where else self.advice(lang))

    def advice(self, lang: str) -> str:
        """What is wrong and what to do, without the place: for a page that names it already."""
        parts = [tell(part, lang) for part in (self.what, self.todo) if part]
        return _one_line(_STOP[lang].join(parts))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the line, without the library's insides. The cell above it says where."""
        return [f"{type(self).__name__}: {self.told(_spoken[0])}"]


class UsageError(MingjingError):
    """Wrong parameter, option or name."""


class InputError(MingjingError):
    """A file, mapping, configuration or corrections register that cannot be used as it is."""


class NotebookError(MingjingError):
    """A notebook failed; the rest of the run still comes out."""

    exit_code = 1


def path_of(given: object, what: str) -> Path:
    """A file or folder as an analyst names it; UsageError for what is no path."""
    if not isinstance(given, str | os.PathLike):
        raise UsageError(f"{what} is {given!r}, no path", todo='Write it in quotes, such as "data/sample"')
    return Path(given)


def each_of(asked: object) -> list[str]:
    """What was asked for where one thing may be named or several: a text is one."""
    return list(asked) if isinstance(asked, Iterable) and not isinstance(asked, str) else [str(asked)]


def printable(text: str) -> str:
    """The text on one line; what is invisible, or would steer a terminal, is written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def nearest(name: object, names: Iterable[str]) -> str:
    """Sentence that offers the nearest valid names, for an error's `todo`."""
    names, close = sorted(names), []
    if isinstance(name, str):
        close = [valid for valid in names if _bare(valid) == _bare(name)]
        close = close or difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean “{close[0]}”?"
    valid = ", ".join(names[:_LISTED])
    return f"Valid: {valid}, … ({len(names)} in all)" if len(names) > _LISTED else f"Valid: {valid}"


def _bare(name: str) -> str:
    """What is left of a name without marks, case and noughts before a number: st2 is ST-02 and not ST-25."""
    return re.sub(r"[\W_]|(?<!\d)0+(?=\d)", "", name).casefold()
