"""Plots on a board: rows × columns, likelihood × impact."""

import re
from collections.abc import Sequence
from textwrap import fill

import pandas as pd

from mingjing.findings.model import SEVERITY_WORDS
from mingjing.release import is_withheld
from mingjing.report import svg
from mingjing.report.findings import decimals
from mingjing.report.plots.base import WORDS, Plot, drawn_columns, drawn_number, made, patch, short
from mingjing.report.plots.narrow import folded, wide

# colours and how deep they are, low to high: in grey print the depth alone tells the bands apart
_BANDS = ((svg.LOW, 0.1), (svg.MEDIUM, 0.25), (svg.HIGH, 0.42))
_MONTH = re.compile(r"\d{4}-\d{2}")


def grid(
    frame: pd.DataFrame,
    row: str,
    column: str,
    value: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    text: bool = True,
    good: bool = False,
    hatched: str = "",
    limit: float | None = None,
    apart: bool = False,
    words: dict[float, str] | None = None,
    written: str = "",
) -> Plot:
    """Rows × columns, darker for more, in the colour of harm or, where more is `good`, of none; a combination without a value
    is hatched: it was not checked, or what `hatched` says. limit: what is not above it harms nobody either. apart: columns
    count different things, and the most of each is the darkest; in one row there is nothing to compare. words: what values
    are called, where they are no counts. written: the column of what stands in the cells, where the value only colours them.
    """
    if frame.empty:
        return Plot("", title, alt, frame, lang)
    table = frame.pivot(index=row, columns=column, values=value)
    table = table.reindex(index=list(dict.fromkeys(frame[row])), columns=list(dict.fromkeys(frame[column])))
    darkest = float("inf") if apart and len(table) == 1 else table.max().max()
    most = table.max() if apart and len(table) > 1 else pd.Series(darkest, index=table.columns)
    heads, year = _months(table.columns)
    slanted = sum(wide(head) + 2 for head in heads) > 90
    leaning = 0.05 * max(min(wide(head), 32) for head in heads) if slanted else 0
    with svg.style():
        drawn, axes = svg.figure(8, 1.1 + leaning + 0.28 * len(table))
        columns = [table.iloc[:, x] for x in range(table.shape[1])]
        told_in = [list(cells.map(words)) if words else decimals(cells) for cells in columns]
        if written:
            texts = frame.pivot(index=row, columns=column, values=written).reindex_like(table).fillna("")
            told_in = [list(texts.iloc[:, x]) for x in range(table.shape[1])]
        for y, (_, line) in enumerate(table.iterrows()):
            for x, cell in enumerate(line):
                fine = good or (limit is not None and not pd.isna(cell) and cell <= limit)
                told = told_in[x][y] if text else ""
                _cell(axes, x, y, cell, most.iloc[x], told, svg.LOW if fine else svg.HIGH)
        axes.set_xlim(-0.5, len(table.columns) - 0.5)
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.set_yticks(range(len(table)), [short(name) for name in table.index])
        room = max(8, 90 // len(heads) - 4)
        axes.set_xticks(
            range(len(heads)), [short(head, 16) if slanted else _folded(head, room) for head in heads]
        )
        axes.set_xlabel(year)
        axes.xaxis.set_label_position("top")
        axes.tick_params(length=0)
        axes.xaxis.tick_top()
        if slanted:
            for label in axes.get_xticklabels():  # each begins over its own column
                label.set(rotation=45, ha="left", rotation_mode="anchor")
        axes.spines[["left", "bottom"]].set_visible(False)
        if table.isna().any().any():
            told = hatched or WORDS[lang]["unchecked"]
            if is_withheld(frame):
                told += f"，或{WORDS[lang]['few']}" if lang == "zh" else f", or {WORDS[lang]['few']}"
            drawn.legend([patch()], [told], loc="outside lower right")
        frame = frame.assign(**{value: frame[value].map(words)}) if words else frame
        return made(drawn, title, alt, drawn_columns(frame, row, column, written or value), lang)


def _months(columns) -> tuple[list[str], str]:
    """Heads of the columns; months of one year go by their number, and the year stands beside them."""
    names = [str(name) for name in columns]
    years = {name[:4] for name in names}
    if len(years) == 1 and all(_MONTH.fullmatch(name) for name in names):
        return [name[5:] for name in names], years.pop()
    return names, ""


def _folded(head: str, room: int) -> str:
    """A head on the lines that its words need; Chinese, which has no words to part, on lines of one length."""
    if " " in head:
        return fill(head, room)
    return folded(short(head, 16), max(10, room))


def _cell(axes, x: int, y: int, cell: float, most: float, text: str, deep: str) -> None:
    if pd.isna(cell):
        axes.add_patch(patch((x - 0.48, y - 0.45), 0.96, 0.9))
        return
    strength = 0.0 if not most else float(cell) / float(most)
    colour = deep if strength > 0 else svg.BAND
    depth = 0.1 + 0.3 * strength if strength > 0 else 1.0  # no deeper: the figure is read in grey print too
    axes.add_patch(patch((x - 0.48, y - 0.45), 0.96, 0.9, colour, depth))
    if text:
        axes.text(x, y, text, ha="center", va="center", fontsize=9)


def matrix(
    frame: pd.DataFrame,
    x: str,
    y: str,
    count: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    axes_names: tuple[str, str] = ("", ""),
    bands: tuple[int, int] = (8, 15),
    arrows: Sequence[tuple[float, float, float, float]] = (),
) -> Plot:
    """Counts on a 5×5 board, the score in the corner of each cell, warmer and darker towards the upper right; `bands` are the
    scores from which a risk is medium and high; arrows are (x, y, to x, to y)."""
    if frame.empty:
        return Plot("", title, alt, frame, lang)
    with svg.style():
        drawn, axes = svg.figure(8, 3.5)
        for i in range(1, 6):
            for j in range(1, 6):
                look = _BANDS[sum(i * j >= least for least in bands)]
                axes.add_patch(patch((i - 0.48, j - 0.48), 0.96, 0.96, *look))
                axes.text(i + 0.44, j + 0.4, str(i * j), ha="right", va="top", fontsize=8)
        for _, row in frame.iterrows():
            axes.text(row[x], row[y], drawn_number(row[count]), ha="center", va="center", fontsize=12)
        for x0, y0, x1, y1 in arrows:
            axes.annotate(
                "", (x1, y1), (x0, y0), arrowprops={"arrowstyle": "->", "color": svg.HIGH, "linewidth": 1.6}
            )
        axes.set_xlim(0.5, 5.5)
        axes.set_ylim(0.5, 5.5)
        axes.set_xticks(range(1, 6))
        axes.set_yticks(range(1, 6))
        axes.set_xlabel(axes_names[0])
        axes.set_ylabel(axes_names[1])
        axes.legend(
            [patch((0, 0), 1, 1, *look) for look in _BANDS],
            _band_names(bands, lang),
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=3,
        )
        return made(drawn, title, alt, drawn_columns(frame, x, y, count), lang)


def _band_names(bands: tuple[int, int], lang: str) -> list[str]:
    """Low, medium and high with the scores they stand for."""
    zh, (medium, high) = lang == "zh", bands
    spans = [f"1–{medium - 1}", f"{medium}–{high - 1}", f"{high}–25"]
    words = [SEVERITY_WORDS[name][not zh] for name in ("low", "medium", "high")]
    return [
        f"{word} {span} 分" if zh else f"{word} ({span})" for word, span in zip(words, spans, strict=True)
    ]
