"""Errors for people: one line that says where, what is wrong and what to do about it."""

import difflib
from collections.abc import Iterable


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


def printable(text: str) -> str:
    """The text on one line; what is invisible, or would steer a terminal, is written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def nearest(name: str, names: Iterable[str]) -> str:
    """Sentence that offers the nearest valid names, for an error's `todo`."""
    names = sorted(names)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"Did you mean “{close[0]}”?" if close else f"Valid: {', '.join(names)}"
