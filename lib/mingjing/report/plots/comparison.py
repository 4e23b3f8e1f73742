"""Plots that compare: bars, intervals, parts of a whole, steps from opening to closing, rates against size."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mingjing.report import svg
from mingjing.report.findings import decimals
from mingjing.report.plots.base import (
    MAX_ROWS,
    WORDS,
    Plot,
    drawn_columns,
    drawn_number,
    made,
    percent_ticks,
    rows,
    scale,
    shares,
    short,
    with_unit,
    withheld_rows,
)
from mingjing.wording import listed

# Points of a funnel no more than these are all named.
NAMED = 6


def bars(
    frame: pd.DataFrame,
    label: str,
    value: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    of: str | None = None,
    unit: str = "",
    limit: str | None = None,
    limit_name: str = "",
) -> Plot:
    """Ranked bars, longest first; with `of`, each is written as k/n; with `limit`, a stroke stands where each may end. One bar
    compares nothing: it is said in words."""
    shown = frame.sort_values(value, ascending=False, kind="stable").head(MAX_ROWS)
    if shown.empty:
        return Plot("", title, alt, frame, lang)
    texts = (
        decimals(shown[value])
        if of is None
        else shown[value].map(drawn_number) + "/" + shown[of].map(drawn_number)
    )
    if len(frame) == 1 and not shown[value].isna().any():
        numbers = drawn_columns(frame, label, value, of, limit)
        return Plot(
            "",
            title,
            alt,
            numbers,
            lang,
            said=_only(shown, label, next(iter(texts)) + unit, limit, limit_name, lang),
        )
    with svg.style():
        drawn, axes = svg.figure(8, 0.5 + 0.36 * len(shown))
        places = range(len(shown))
        axes.barh(places, shown[value], color=svg.SERIES[0], height=0.65)
        ends = shown[value]
        if limit:
            ends = shown[[value, limit]].max(axis=1)
            axes.plot(shown[limit], places, "|", color=svg.BAND, markersize=17, markeredgewidth=6)
            stroke = {"color": svg.INK, "markersize": 20, "markeredgewidth": 2.5, "label": limit_name}
            axes.plot(shown[limit], places, "|", **stroke)
            axes.legend(loc="lower right")
        hidden = withheld_rows(axes, shown, value, lang)
        for place, x, text, blank in zip(places, ends, texts, hidden, strict=True):
            told = "" if blank else f"{text}{unit}"
            axes.annotate(told, (max(x, 0), place), xytext=(4, 0), textcoords="offset points", va="center")
        rows(axes, shown[label])
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.margins(x=0.15)
        return made(drawn, title, alt, drawn_columns(frame, label, value, of, limit), lang)


def _only(shown: pd.DataFrame, label: str, text: str, limit: str | None, limit_name: str, lang: str) -> str:
    row, zh = shown.iloc[0], lang == "zh"
    more = f"{limit_name} {drawn_number(row[limit])}" if limit else ""
    told = f"{row[label]}：{text}" if zh else f"{row[label]}: {text}"
    return told + (f"（{more}）" if zh else f" ({more})") * bool(limit)


def intervals(
    frame: pd.DataFrame,
    label: str,
    point: str,
    low: str,
    high: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    axis: str = "",
    line: float | None = None,
    line_name: str = "",
    percent: bool = False,
) -> Plot:
    """A point and its interval in each row, in the order of the frame; `line` marks a reference value, `line_name` says what it is. percent: shares, on an
    axis from 0 to 100%."""
    if frame.empty:
        return Plot("", title, alt, frame, lang)
    with svg.style():
        drawn, axes = svg.figure(8, 1.1 + 0.36 * len(frame))
        places = list(range(len(frame)))
        axes.hlines(places, frame[low], frame[high], color=svg.SERIES[0], linewidth=2.5)
        axes.plot(frame[point], places, "o", color=svg.INK, markersize=6)
        withheld_rows(axes, frame, point, lang)
        if line is not None:
            axes.axvline(line, color=svg.HIGH, linestyle="--", linewidth=1, label=line_name)
        if line_name and line is not None:
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
        rows(axes, frame[label])
        scale(axes.xaxis, [*frame[low], *frame[high]])
        if percent:
            shares(axes.xaxis)
        axes.set_xlabel(axis)
        axes.grid(axis="x", linewidth=0.6)
        return made(drawn, title, alt, drawn_columns(frame, label, point, low, high), lang)


def stacked(
    frame: pd.DataFrame,
    label: str,
    parts: Sequence[str],
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    names: Sequence[str] = (),
    axis: str = "",
) -> Plot:
    """Bars made of parts, one row each; parts differ by hatching too, and stand in figures at the end: one of thousands is
    too little to be seen."""
    if frame.empty:
        return Plot("", title, alt, frame, lang)
    shown = frame.head(MAX_ROWS)
    with svg.style():
        drawn, axes = svg.figure(8, 1.3 + 0.32 * len(shown))
        left = pd.Series(0.0, index=shown.index)
        for turn, (part, name) in enumerate(zip(parts, names or parts, strict=True)):
            axes.barh(
                range(len(shown)),
                shown[part],
                left=left,
                height=0.65,
                label=name,
                color=svg.SERIES[turn % len(svg.SERIES)],
                hatch=svg.HATCHES[turn % len(svg.HATCHES)],
            )
            left = left + shown[part].fillna(0)
        for place, end in enumerate(left):
            told = " + ".join(drawn_number(shown[part].iloc[place]) for part in parts)
            axes.annotate(
                told, (end, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9
            )
        rows(axes, shown[label])
        scale(axes.xaxis, shown[list(parts)].stack())
        axes.set_xlabel(axis)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=min(len(parts), 4))
        return made(
            drawn,
            title,
            alt,
            drawn_columns(frame, label, *parts, names=dict(zip(parts, names, strict=False))),
            lang,
        )


def waterfall(
    frame: pd.DataFrame,
    label: str,
    value: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    totals: Sequence[str] = (),
    unit: str = "",
    odd: Sequence[str] = (),
) -> Plot:
    """Steps from an opening to a closing figure; rows named in `totals` stand on the ground, the others float. Steps named in
    `odd` should be nought: where they are not, their figure stands out."""
    if frame.empty:
        return Plot("", title, alt, frame, lang)
    with svg.style():
        drawn, axes = svg.figure(8, 4)
        level = 0.0
        for place, (name, step) in enumerate(zip(frame[label], frame[value], strict=True)):
            total = name in totals
            start, level = (0.0, float(step)) if total else (level, level + float(step))
            wrong = name in odd and step != 0
            colour = svg.HIGH if wrong else svg.SERIES[0] if total or step >= 0 else svg.SERIES[1]
            axes.bar(
                place,
                level - start,
                bottom=start,
                color=colour,
                width=0.65,
                hatch="" if total or step >= 0 else "///",
            )
            if step and not total:  # two rounds of twenty thousand are no height at all, and must be seen
                axes.hlines(level, place - 0.325, place + 0.325, color=colour, linewidth=1.5)
            falls = not total and step < 0
            # a fall's figure stands under it: above, it would run into the rise beside it
            axes.annotate(
                f"{drawn_number(step)}{unit}",
                (place, min(start, level) if falls else max(start, level)),
                xytext=(0, -3 if falls else 3),
                textcoords="offset points",
                ha="center",
                va="top" if falls else "bottom",
                **({"color": svg.HIGH, "fontweight": "bold"} if wrong else {}),
            )
        axes.set_xticks(range(len(frame)), [short(name, 8) for name in frame[label]])
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.axhline(0, color=svg.SOFT, linewidth=0.8)
        axes.margins(y=0.12)
        return made(drawn, title, alt, drawn_columns(frame, label, value), lang)


def _limit(axes, sizes: pd.Series, limit: pd.Series) -> None:
    if sizes.nunique() == 1:  # one size alone makes no curve
        axes.axhline(limit.iloc[0], color=svg.SOFT, linestyle="--", linewidth=1)
    else:
        # between two units the limit is a curve: it falls as one over the root of the size
        between = np.linspace(sizes.min(), sizes.max(), 120)
        curve = np.interp(-(between**-0.5), -(sizes.astype(float) ** -0.5), limit)
        axes.plot(between, curve, "--", color=svg.SOFT, linewidth=1)


def _funnel_legend(axes, lang: str, limits: bool, centre: bool, marked: dict[str, str]) -> None:
    looks = {name: {"marker": "D", "color": colour, "linestyle": ""} for name, colour in marked.items()}
    looks |= {"centre": {"color": svg.SOFT, "linestyle": "-", "linewidth": 1}} if centre else {}
    looks |= {"limits": {"color": svg.SOFT, "linestyle": "--", "linewidth": 1}} if limits else {}
    lines = [axes.plot([], [], label=WORDS[lang][name], **look)[0] for name, look in looks.items()]
    if lines:
        axes.legend(
            handles=lines,
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=len(lines) if len(lines) < 4 else 2,
        )


def funnel(
    frame: pd.DataFrame,
    size: str,
    rate: str,
    label: str,
    *,
    title: str,
    alt: str,
    lang: str = "zh",
    low: str | None = None,
    high: str | None = None,
    centre: float | None = None,
    marked: str | None = None,
    good: bool = False,
    axes_names: tuple[str, str] = ("", ""),
) -> Plot:
    """Rates against the size they rest on; `low` and `high` are the limits at each size; who lies outside is named, or
    who is True in `marked`; so is everybody where they are few. Red is who is worse than all together: above them, or
    below where a high rate is `good`."""
    if frame.empty:
        return Plot("", title, alt, frame, lang)
    shown = frame.sort_values(size)
    with svg.style():
        drawn, axes = svg.figure(8, 3.8)
        outside = pd.Series(False, index=shown.index)
        for limit, column in (("<", low), (">", high)):
            if column:
                _limit(axes, shown[size], shown[column])
                outside |= shown[rate] < shown[column] if limit == "<" else shown[rate] > shown[column]
        if marked:
            outside = shown[marked].astype(bool)
        if centre is not None:
            axes.axhline(centre, color=svg.SOFT, linewidth=1)
        axes.plot(shown[size], shown[rate], "o", color=svg.SERIES[0], markersize=6)
        middle = shown[rate].mean() if centre is None else centre
        worse = (shown[rate] < middle) if good else (shown[rate] > middle)
        sides = {"worse": (outside & worse, svg.HIGH), "better": (outside & ~worse, svg.SERIES[0])}
        sides = {name: (rows, colour) for name, (rows, colour) in sides.items() if rows.any()}
        for rows, colour in sides.values():
            axes.plot(shown[size][rows], shown[rate][rows], "D", color=colour, markersize=8)
        named = shown if len(shown) <= NAMED else shown[outside]
        span, below, before = shown[size].max() - shown[size].min(), False, None
        for (n, share), group in named.groupby([size, rate], sort=False):
            right = n > shown[size].min() + 0.6 * span
            # a name stands away from the mean, and of two neighbours one above and one below
            near, last = before is not None and n - before < 0.3 * span, below
            below = centre is not None and share < centre
            below, before = not last if near else below, n
            axes.annotate(
                short(listed(group[label], lang), 36),
                (n, share),
                xytext=(-8 if right else 8, -5 if below else 5),
                va="top" if below else "bottom",
                ha="right" if right else "left",
                textcoords="offset points",
            )
        percent_ticks(axes.yaxis)
        axes.margins(y=0.12)
        below, above = axes.get_ylim()
        axes.set_ylim(max(below, -0.03), min(above, 1.03))
        colours = {name: colour for name, (_, colour) in sides.items()}
        _funnel_legend(axes, lang, bool(low or high), centre is not None, colours)
        axes.set_xlabel(axes_names[0])
        axes.set_ylabel(axes_names[1])
        return made(
            drawn, title, alt, _in_percent(frame, label, size, rate, low, high, axes_names, lang), lang
        )


def _in_percent(
    frame: pd.DataFrame,
    label: str,
    size: str,
    rate: str,
    low: str | None,
    high: str | None,
    axes_names: tuple[str, str],
    lang: str,
) -> pd.DataFrame:
    """The numbers behind a funnel as its axes read: rates and limits in percent, under the axes' names."""
    told = {size: axes_names[0], rate: axes_names[1], low: WORDS[lang]["low"], high: WORDS[lang]["high"]}
    names = {
        column: with_unit(name, "" if column == size else "%", lang)
        for column, name in told.items()
        if column
    }
    numbers = drawn_columns(frame, label, size, rate, low, high)
    percent = {column: (numbers[column] * 100).round(1) for column in (rate, low, high) if column}
    return numbers.assign(**percent).rename(columns={column: name for column, name in names.items() if name})
