"""Plots over time: events, series, sums by week, step curves."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from mingjing.report import svg
from mingjing.report.plots.base import MAX_ROWS, WORDS, Plot, dates, drawn_columns, made, rows, scale
from mingjing.report.plots.narrow import wide

# letters of a band's name that find room along the axis on a narrow screen
_LETTERS = 56


def timeline(
    frame: pd.DataFrame,
    time: str,
    lane: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    kind: str | None = None,
    end: str | None = None,
) -> Plot:
    """Events on lanes; `kind` tells marks apart by shape and colour, `end` makes an event a stretch of time. How many share one
    mark stands beside it."""
    shown = frame.dropna(subset=[time])
    if shown.empty:
        return Plot("", title, alt, frame, lang)
    lanes = list(dict.fromkeys(shown[lane]))[:MAX_ROWS]
    kinds = list(dict.fromkeys(shown[kind])) if kind else [""]
    marks = ("o", "s", "^", "D", "v", "P")
    with svg.style():
        drawn, axes = svg.figure(8, 1.4 + 0.34 * len(lanes))
        for number, name in enumerate(kinds):
            part = shown[shown[lane].isin(lanes) & ((shown[kind] == name) if kind else True)]
            places = [lanes.index(value) for value in part[lane]]
            moments = pd.to_datetime(part[time])
            colour = svg.SERIES[number % len(svg.SERIES)]
            if end:
                axes.hlines(
                    places, moments, pd.to_datetime(part[end]).fillna(moments), color=colour, linewidth=3
                )
            axes.plot(
                moments,
                places,
                marks[number % len(marks)],
                color=colour,
                markersize=6,
                label=str(name),
                linestyle="",
            )
            for at, n in Counter(zip(moments, places, strict=True)).items():
                if n > 1:
                    axes.annotate(str(n), at, xytext=(5, 3), textcoords="offset points", fontsize=9)
        rows(axes, pd.Series(lanes))
        axes.grid(axis="x", linewidth=0.6)
        dates(axes)
        if kind and kind != lane:  # the lanes say it already
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)
        return made(drawn, title, alt, drawn_columns(frame, time, end, lane, kind), lang)


def lines(
    frame: pd.DataFrame,
    time: str,
    series: Sequence[str],
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    names: Sequence[str] = (),
    bands: Sequence[tuple] = (),
    axis: str = "",
    limits: Sequence[str] = (),
    centre: str = "",
    marked: str | None = None,
) -> Plot:
    """Series over time; `bands` are (first, last, name) to shade, such as holidays. Of a control chart, `limits` are dashed
    and named once, `centre` is a thin line, and what is True in `marked` is outside: red."""
    if frame.empty:
        return Plot("", title, alt, frame, lang)
    dashes = ("-", "--", ":", "-.")
    with svg.style():
        drawn, axes = svg.figure(8, 3.6)
        moments = pd.to_datetime(frame[time])
        for number, (column, name) in enumerate(zip(series, names or series, strict=True)):
            mark = {"color": svg.SERIES[number % len(svg.SERIES)], "marker": "o", "markersize": 3}
            if column in limits or column == centre:
                name = WORDS[lang]["limits"] if column in limits[:1] else "" if column in limits else name
                mark = {"color": svg.SOFT, "linewidth": 1, "linestyle": "--" if column in limits else "-"}
            else:
                mark["linestyle"] = dashes[number % 4]
            axes.plot(moments, frame[column], label=name or None, **mark)
        if marked and frame[marked].any():
            _outside(axes, moments[frame[marked]], frame.loc[frame[marked], series[0]], lang)
        _bands(axes, bands, moments)
        # limits fall between whole numbers even where what they are limits of does not
        scale(axes.yaxis, frame[[name for name in series if name not in (*limits, centre)]].stack())
        axes.set_ylabel(axis)
        axes.grid(axis="y", linewidth=0.6)
        dates(axes)
        if len(series) > 1:
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)
        return made(
            drawn,
            title,
            alt,
            drawn_columns(frame, time, *series, names=dict(zip(series, names, strict=False))),
            lang,
        )


def _outside(axes, moments: pd.Series, values: pd.Series, lang: str) -> None:
    axes.plot(moments, values, "D", color=svg.HIGH, markersize=8, label=WORDS[lang]["outside"])


def columns(
    frame: pd.DataFrame,
    time: str,
    value: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    bands: Sequence[tuple] = (),
    marked: str | None = None,
    names: tuple[str, str] = ("", ""),
) -> Plot:
    """Sums of equal stretches of time, upright from the day each begins; `bands` as in `lines`. Those True in `marked` stand
    out, hatched; `names` are of these and of the others."""
    shown = frame.dropna(subset=[time, value])
    if shown.empty:
        return Plot("", title, alt, frame, lang)
    with svg.style():
        drawn, axes = svg.figure(8, 2.6)
        moments = pd.to_datetime(shown[time])
        width = 0.8 * moments.diff().min() if len(shown) > 1 else pd.Timedelta(days=5)
        chosen = shown[marked].astype(bool) if marked else pd.Series(False, index=shown.index)
        for part, name, colour, hatch in (
            (chosen, names[0], svg.SERIES[1], "///"),
            (~chosen, names[1], svg.SERIES[0], ""),
        ):
            looks = {"width": width, "align": "edge", "color": colour, "hatch": hatch, "linewidth": 0}
            if part.any():
                axes.bar(moments[part], shown[value][part], label=name or None, **looks)
        deep = _bands(axes, bands, moments)
        axes.margins(y=max(0.05, 0.17 * deep))  # room for the names of the bands, on a phone too
        scale(axes.yaxis, shown[value])
        axes.grid(axis="y", linewidth=0.6)
        dates(axes)
        if any(names):
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        return made(drawn, title, alt, drawn_columns(frame, time, value, marked), lang)


def _bands(axes, bands: Sequence[tuple], moments: pd.Series) -> int:
    """Shades and names the bands; on how many lines their names stand."""
    letter = (moments.max() - moments.min()) / _LETTERS
    levels = _levels(bands, letter)
    for (first, last, name), level in zip(bands, levels, strict=True):
        begins = pd.Timestamp(first)
        axes.axvspan(begins, pd.Timestamp(last), color=svg.GREY, alpha=0.25, linewidth=0)
        place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        axes.annotate(str(name), (begins, 1), xytext=(0, -11 * level), **place, fontsize=9, va="top")
    return 1 + max(levels, default=-1)


def _levels(bands: Sequence[tuple], letter: pd.Timedelta) -> list[int]:
    """How far down each band's name stands, so that it does not run into the name before; at most three deep."""
    ends, levels = [pd.Timestamp.min] * 3, []
    for first, _, name in bands:
        begins = pd.Timestamp(first)
        level = next((n for n, end in enumerate(ends) if end <= begins), ends.index(min(ends)))
        ends[level] = begins + letter * (wide(str(name)) + 1)
        levels.append(level)
    return levels


def steps(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    by: str | None = None,
    axes_names: tuple[str, str] = ("", ""),
    line: float | None = None,
) -> Plot:
    """Step curves, such as the share of problems still open by days since they were found; `line` marks a limit. On one day only
    there is no curve yet."""
    if frame[x].nunique() < 2:
        return Plot("", title, alt, frame, lang)
    from matplotlib.ticker import PercentFormatter

    dashes = ("-", "--", ":", "-.")
    with svg.style():
        drawn, axes = svg.figure(8, 4)
        for number, (name, part) in enumerate(frame.groupby(by, sort=False) if by else [("", frame)]):
            axes.step(
                part[x],
                part[y],
                dashes[number % 4],
                where="post",
                color=svg.SERIES[number % len(svg.SERIES)],
                linewidth=2,
                label=str(name),
            )
        if line is not None:
            axes.axhline(line, color=svg.HIGH, linestyle="--", linewidth=1)
        axes.set_xlabel(axes_names[0])
        axes.set_ylabel(axes_names[1])
        axes.set_ylim(bottom=0)
        if frame[y].between(0, 1).all():
            axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.grid(linewidth=0.6)
        if by:
            long = any(len(str(name)) > 18 for name in frame[by])
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2 if long else 4)
        return made(drawn, title, alt, drawn_columns(frame, by, x, y), lang)
