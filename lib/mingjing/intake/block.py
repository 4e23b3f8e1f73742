"""A stretch of a sheet's rows, seen by columns: a sheet of a million rows is never held as Python objects at once."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain, islice, zip_longest
from typing import Any

import pyarrow as pa

from mingjing.intake.values import clean

BLOCK = 500  # fewer lists than Python's collector of cycles waits for (700), and they stay in the processor's cache
_ALIKE = {bool, int, float}
_REMARK = re.compile(r"[(\[][^)\]\n]*[)\]]")
# UTF-8 of Chinese letters (U+4000 to U+9FFF) and of what ASCII prints but blanks, brackets, `#`, `*` and `:`
_SMOOTH = bytes({*range(0x21, 0x7F), *range(0x80, 0xC0), *range(0xE4, 0xEA)} - set(b"#*:()[]"))


class Cells:
    """One column of a block."""

    def __init__(self, cells: list[Any]):
        self.cells = cells

    @cached_property
    def text(self) -> pa.Array | None:
        """The column as Arrow has it, where it is text throughout."""
        if not isinstance(self.cells[0], str):
            return None
        try:
            return pa.array(self.cells, pa.string())
        except (pa.ArrowException, UnicodeEncodeError):
            return None

    @cached_property
    def smooth(self) -> bytes | None:
        """All of the text in lower case, where nothing in it is for cleaning, to be left out in comparing, or a failed formula.

        Half of the work on a sheet is to see that there is nothing to do: this sees it in one pass over the bytes.
        """
        if self.text is None or (said := self.text.buffers()[2]) is None:
            return None
        said = said.to_pybytes()
        return None if said.translate(None, _SMOOTH) else said.lower()

    def may_say(self, words: Iterable[str]) -> bool:
        """Whether one of the words, in lower case, may be what a cell says, compared as headers are."""
        if self.smooth is not None:
            return any(word.encode() in self.smooth for word in words)
        return any(word in self.pressed for word in words)

    @cached_property
    def kinds(self) -> set[type]:
        return set(map(type, self.cells))

    @cached_property
    def found(self) -> list[str]:
        """Each different text that is not empty."""
        if str not in self.kinds:
            return []
        alone = len(self.kinds) == 1
        texts = set(self.cells) if alone else {cell for cell in self.cells if isinstance(cell, str)}
        return list(texts - {""})

    @cached_property
    def cleaned(self) -> list[str]:
        """The same, cleaned; the very list where cleaning changes nothing."""
        return clean_all(self.found)

    @property
    def uncleaned(self) -> bool:
        """Whether cleaning changes any of its texts."""
        return self.smooth is None and self.cleaned is not self.found

    @cached_property
    def joined(self) -> str:
        """All cleaned texts, one a line, in lower case and without spaces: to see at once what is not among them."""
        return "\n".join(self.cleaned).replace(" ", "").lower()

    @cached_property
    def pressed(self) -> str:
        """The same without stars, colons and bracketed remarks, as headers are compared."""
        text = self.joined.replace("*", "").replace(":", "")
        return _REMARK.sub("", text) if "(" in text or "[" in text else text

    def without_blanks(self) -> "Cells":
        """The column with None for what is empty."""
        if "" not in self.cells:
            return self
        return Cells([None if cell == "" else cell for cell in self.cells])

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
    if len(set(map(len, rows))) > 1:
        return [Cells(list(column)) for column in zip_longest(*rows)]
    width, cells = len(rows[0]), list(chain.from_iterable(rows))
    return [Cells(cells[place::width]) for place in range(width)]


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
