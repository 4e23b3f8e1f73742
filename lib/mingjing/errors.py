"""Errors for people: one line that says where, what is wrong and what to do about it."""

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path

# names that an error lists; more are for no one line
_LISTED = 24


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
        zh: str | None = None,
    ):
        """zh: all of it in Chinese, where a report will say it too."""
        self.what, self.file, self.sheet, self.row, self.column, self.todo, self.zh = (
            what,
            file,
            sheet,
            row,
            column,
            todo,
            zh,
        )
        places = [
            str(file) if file else "",
            f"sheet “{sheet}”" if sheet else "",
            f"row {row}" if row else "",
            f"column “{column}”" if column else "",
        ]
        where = ", ".join(place for place in places if place)
        text = f"{where}: {what}" if where else what
        line = " ".join((f"{text}. {todo}" if todo else text).split())
        super().__init__(printable(line))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the line, without the library's insides. The cell above it says where."""
        return [f"{type(self).__name__}: {self}"]


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


def printable(text: str) -> str:
    """The text on one line; what is invisible, or would steer a terminal, is written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def nearest(name: object, names: Iterable[str]) -> str:
    """Sentence that offers the nearest valid names, for an error's `todo`."""
    names, close = sorted(names), []
    if isinstance(name, str):
        close = [valid for valid in names if _bare(valid) == _bare(name)]
        close = close or difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean “{close[0]}”?"
    rest = f", … ({len(names)} in all)" if len(names) > _LISTED else ""
    return f"Valid: {', '.join(names[:_LISTED])}{rest}"


def _bare(name: str) -> str:
    """What is left of a name without marks, case and noughts before a number: st2 is ST-02 and not ST-25."""
    return re.sub(r"[\W_]|(?<!\d)0+(?=\d)", "", name).casefold()
