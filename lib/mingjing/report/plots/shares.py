"""What was seen against what is expected."""

import pandas as pd

from mingjing.report import svg
from mingjing.report.plots.base import Plot, drawn_columns, made, with_unit


def against(
    frame: pd.DataFrame,
    label: str,
    seen: str,
    expected: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    names: tuple[str, str] = ("", ""),
    axis: str = "",
) -> Plot:
    """Upright bars of what was seen with the curve of what is expected, in the order of the frame."""
    if frame.empty:
        return Plot("", title, alt, frame, lang)
    with svg.style():
        drawn, axes = svg.figure(8, 3.6)
        places = range(len(frame))
        axes.bar(places, frame[seen], width=0.7, color=svg.SERIES[0], label=names[0])
        axes.plot(places, frame[expected], "--", color=svg.HIGH, linewidth=1.6, label=names[1])
        names_of = [str(name) for name in frame[label]]
        # many digits are read by tens
        shown = [p for p in places if len(frame) <= 20 or names_of[p].endswith("0")]
        axes.set_xticks(shown, [names_of[p] for p in shown])
        axes.set_ylabel(axis)
        axes.grid(axis="y", linewidth=0.6)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        told = {seen: with_unit(names[0], axis, lang), expected: with_unit(names[1], axis, lang)}
        told = {column: name for column, name in told.items() if name}
        return made(drawn, title, alt, drawn_columns(frame, label, seen, expected, names=told), lang)
