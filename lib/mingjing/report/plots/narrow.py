"""The same figure for a narrow screen: less wide, its words folded, its ticks and legend set anew."""

import re
from collections.abc import Iterable
from itertools import pairwise

from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, MaxNLocator

# A phone shows this many inches at four fifths: letters of 11 points are then some 12 pixels high.
WIDTH = 4.7
# Letters of a line beside an axis, of a note in the plot, of all that stands along the lower axis, in halves of a
# Chinese character; and how many lines these may have.
BESIDE, WITHIN, ALONG, LINES = 16, 28, 46, 3
_CHINESE = re.compile("([\u3400-\u9fff]+)")


def narrowed(drawn: Figure) -> Figure:
    """The figure itself, changed; it has been written at its full width before."""
    drawn.set_size_inches(WIDTH, min(drawn.get_figheight(), 0.8 * WIDTH + 0.3 * _rows(drawn)))
    for axes in drawn.axes:
        for axis in (axes.xaxis, axes.yaxis):
            _ticks(axis)
        _fold(axes.yaxis, BESIDE)
        for note in axes.texts:
            if isinstance(note, Annotation):
                note.set_text(folded(note.get_text(), WITHIN))
        if legend := axes.get_legend():
            _legend(axes, legend)
        if _beside(axes):
            drawn.set_figheight(drawn.get_figheight() + 0.6)
    return drawn


def folded(text: str, most: int) -> str:
    """On as few lines as `most` halves of a Chinese character allow, all about as long; words stay whole where they fit."""
    plain, lines = " ".join(text.split("\n")), max(1, -(-wide(text) // most))
    room = least = -(-wide(text) // lines)
    words = _pieces(_paired(plain), most)
    while room <= most:
        if len(parts := _lines(words, room)) <= lines:
            return "\n".join(parts)
        room += 1
    room, pieces = least, _pieces(plain, most)
    while len(parts := _lines(pieces, room)) > lines:
        room += 1
    return "\n".join(parts)


def _paired(text: str) -> list[str]:
    """Letters, and Chinese by twos from the end of each run, the first with one before it: most words have two characters."""
    parts: list[str] = []
    for run in _CHINESE.split(text):
        odd = len(run) % 2
        chinese = _CHINESE.fullmatch(run) and len(run) > 1
        parts += [run[: 2 + odd], *re.findall("..", run[2 + odd :])] if chinese else list(run)
    return parts


def _lines(pieces: list[str], room: int) -> list[str]:
    parts = [""]
    for piece in pieces:
        if parts[-1] and wide(parts[-1] + piece.rstrip()) > room:
            parts.append("")
        parts[-1] += piece
    return [part.rstrip() for part in parts]


def wide(text: str) -> int:
    """In halves of a Chinese character."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def _pieces(text: Iterable[str], most: int) -> list[str]:
    """What a line may end after: a Chinese character or word, a word with its space or hyphen, or any letter of a word too long."""
    pieces, word = [], ""
    for c in text:
        if ord(c[0]) > 0x2E7F:
            pieces, word = [*pieces, *([word] if word else []), c], ""
        else:
            word += c
            if c in " -·" or wide(word) >= most:
                pieces, word = [*pieces, word], ""
    return [*pieces, word] if word else pieces


def _rows(drawn: Figure) -> int:
    return max((len(axes.get_yticks()) for axes in drawn.axes), default=0)


def _ticks(axis) -> None:
    locator = axis.get_major_locator()
    if isinstance(locator, AutoDateLocator):
        # with fewer of the finest it finds no step for some stretches of days
        locator.minticks, locator.maxticks = 2, dict.fromkeys(locator.maxticks, 5)
    elif isinstance(locator, MaxNLocator):
        locator.set_params(nbins=4)


def _named(axis) -> list[str]:
    """The words of an axis that has words and not a scale."""
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return []
    return [label.get_text() for label in axis.get_ticklabels()]


def _fold(axis, most: int) -> None:
    if names := _named(axis):
        axis.set_ticks(axis.get_ticklocs(), [folded(name, most) for name in names])
        axis.set_tick_params(labelsize=10)


def _legend(axes, legend) -> None:
    """In as many columns as have room beside one another, with their marks."""
    names = [folded(text.get_text(), ALONG) for text in legend.get_texts()]
    widest = max((wide(line) for name in names for line in name.split("\n")), default=0) + 9
    columns = max(1, min(len(names), 66 // widest))
    entries = list(zip(legend.legend_handles, names, strict=True))
    # matplotlib fills column after column; people read row after row
    by_rows = [entry for place in range(columns) for entry in entries[place::columns]]
    axes.legend(
        *zip(*by_rows, strict=True),
        title=legend.get_title().get_text() or None,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=columns,
    )


def _beside(axes) -> bool:
    """Words below or above an axis that would run into one another stand on several lines or, where that is not enough, lean:
    these take more of the height."""
    names = _named(axes.xaxis)
    leaning = any(label.get_rotation() for label in axes.get_xticklabels())
    if not leaning:
        widths = [max(map(wide, name.split("\n"))) + 1 for name in names]
        # words stand at equal distances: two long neighbours meet though all together have room
        apart = all((a + b) / 2 * len(names) <= ALONG for a, b in pairwise(widths))
        if apart and sum(widths) <= ALONG:
            return False
        room = max(2, ALONG // len(names) - 1)
        lines = [folded(name, room) for name in names]
        whole = all(wide(word) <= room for name in names for word in name.split() if word.isascii())
        if whole and max(line.count("\n") for line in lines) < LINES:
            axes.set_xticks(axes.get_xticks(), lines)
            return False
    top = axes.xaxis.get_ticks_position() == "top"
    for label in axes.get_xticklabels():
        label.set(rotation=45, ha="left" if top else "right", rotation_mode="anchor")
    return True
