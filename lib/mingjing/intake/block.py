"""A stretch of a sheet's rows, seen by columns: a sheet of a million rows is never held as Python objects at once."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice, zip_longest
from typing import Any

from mingjing.intake.values import clean

BLOCK = 2_000
_ALIKE = {bool, int, float}
_REMARK = re.compile(r"[(\[][^)\]\n]*[)\]]")


class Cells:
    """One column of a block."""

    plain = False  # whether all cells are clean texts; known once `texts` is

    def __init__(self, cells: list[Any]):
        self.cells = cells

    @cached_property
    def kinds(self) -> set[type]:
        return set(map(type, self.cells))

    @cached_property
    def texts(self) -> dict[str, str]:
        """Each different text → the same, cleaned."""
        if str not in self.kinds:
            return {}
        alone = len(self.kinds) == 1
        found = list(set(self.cells) if alone else {cell for cell in self.cells if isinstance(cell, str)})
        cleaned = clean_all(found)
        self.plain = alone and cleaned is found
        return dict(zip(found, cleaned, strict=True))

    @cached_property
    def joined(self) -> str:
        """All cleaned texts, one a line, in lower case and without spaces: to see at once what is not among them."""
        return "\n".join(self.texts.values()).replace(" ", "").lower()

    @cached_property
    def pressed(self) -> str:
        """The same without stars, colons and bracketed remarks, as headers are compared."""
        text = self.joined.replace("*", "").replace(":", "")
        return _REMARK.sub("", text) if "(" in text or "[" in text else text

    def read(self, reader: Callable[[Any], Any], start: dict[Any, Any] | None = None):
        """(values, place → why for each cell that cannot be read). Equal cells are read once.

        start: what some cells are already known to mean.
        """
        if len(self.kinds & _ALIKE) > 1:  # 1, 1.0 and True are equal, but not the same to a reader
            known = Cells(list(zip(map(type, self.cells), self.cells, strict=True)))
            return known.read(lambda pair: reader(pair[1]))
        meaning = dict(start or ())
        faults: dict[Any, str] = {}
        for cell in set(self.cells).difference(meaning):
            try:
                meaning[cell] = reader(cell)
            except (ValueError, OverflowError) as error:
                meaning[cell], faults[cell] = None, str(error)
        bad = {p: faults[cell] for p, cell in enumerate(self.cells) if cell in faults} if faults else {}
        return list(map(meaning.__getitem__, self.cells)), bad


def clean_all(texts: list[str]) -> list[str]:
    """`[clean(text) for text in texts]`, all at once where no text has a line break or an unprintable character.

    The list given is returned where cleaning changes nothing.
    """
    joined = given = "\n".join(texts)
    if joined.count("\n") != len(texts) - 1:
        return list(map(clean, texts))
    if not unicodedata.is_normalized("NFKC", joined):
        joined = unicodedata.normalize("NFKC", joined)
    if not joined.replace("\n", "").isprintable():
        return list(map(clean, texts))
    if "  " in joined or " \n" in joined or "\n " in joined or joined[:1] == " " or joined[-1:] == " ":
        return [" ".join(text.split()) for text in joined.split("\n")]
    return texts if joined is given else joined.split("\n")


class Block:
    """Some rows one after the other; `start` is the number of the first as the clerk sees it."""

    def __init__(self, start: int, rows: list[list[Any]]):
        self.start, self.rows = start, rows
        self.columns = columns_of(rows)


def columns_of(rows: list[list[Any]]) -> list[Cells]:
    return [Cells(list(column)) for column in zip_longest(*rows)]


def blocks(rows: Iterable[list[Any]], first: int) -> Iterator[Block]:
    """The rows from number `first` on (1 is the sheet's first), block by block."""
    rest = islice(rows, first - 1, None)
    while found := list(islice(rest, BLOCK)):
        yield Block(first, found)
        first += len(found)


class Filler:
    """Cells merged downwards, filled as people read them: each row has the text, but no row has the others' amount.

    merged: ((first row, first column), (last row, last column)) from 0, as the workbook lists them.
    """

    def __init__(self, merged: Iterable[tuple], header: int, amounts: Iterable[int]):
        self._from: dict[int, list[tuple[int, int]]] = {}
        amounts = set(amounts)
        for (top, left), (bottom, _) in merged:
            if bottom > top >= header and left not in amounts:
                self._from.setdefault(top + 1, []).append((left, bottom + 1))

    def notes(self) -> list[tuple[str, str]]:
        count = sum(map(len, self._from.values()))
        zh = f"{count}处跨行合并单元格：文字填到每一行，金额只记首行"
        en = f"{count} cells merged over rows: texts stand for every row, amounts for the first only"
        return [(zh, en)] if count else []

    def fill(self, rows: Iterable[list[Any]]) -> Iterable[list[Any]]:
        return self._fill(rows) if self._from else rows

    def _fill(self, rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
        held: dict[int, tuple[int, Any]] = {}
        for number, cells in enumerate(rows, start=1):
            held = {left: kept for left, kept in held.items() if kept[0] >= number} if held else held
            blank = [left for left in held if left < len(cells) and cells[left] in ("", None)]
            cells = list(cells) if blank else cells
            for left in blank:
                cells[left] = held[left][1]
            for left, last in self._from.get(number, ()):
                held[left] = (last, cells[left] if left < len(cells) else None)
            yield cells
