"""Paths of subjects through states: the state due above, the state on file below."""

from collections.abc import Sequence

import pandas as pd

from mingjing.report import svg
from mingjing.report.plots.base import Plot, dates, drawn_columns, made, patch, rows
from mingjing.wording import plural

MOST = 20
_WORDS = {
    "zh": ("发牌", "不一致", "不能判断", "另有{}个对象，见数字"),
    "en": ("card issued", "differs", "cannot be told", "{} more subject(s): see the numbers"),
}
_CARD = "^"
_LOOKS = ((svg.LOW, 0.1, ""), (svg.MEDIUM, 0.25, "////"), (svg.HIGH, 0.42, "xxx"))
_LEAST = 0.022  # of the width, for a letter to have room in its stretch


def paths(
    frame: pd.DataFrame,
    lane: str,
    begins: str,
    ends: str,
    due: str,
    filed: str,
    *,
    title: str,
    alt: str,
    states: dict[str, str],
    names: tuple[str, str],
    differs: str,
    marks: pd.DataFrame | None = None,
    lang: str = "zh",
) -> Plot:
    """Stretches of days on lanes, `due` in the upper half and `filed` in the lower; the first 20 lanes are drawn.

    states: state → its name, whose first letter marks it, the mildest first; an empty state is drawn as nothing. differs: column that is
    empty where the two agree, and `unsure` where it cannot be told. marks: `lane` and `day` of cards, drawn below the lower half.
    """
    if frame.empty:
        return Plot("", title, alt, frame, lang)
    lanes = list(dict.fromkeys(frame[lane]))
    shown = frame[frame[lane].isin(lanes[:MOST])]
    start, end = (pd.to_datetime(frame[column]) for column in (begins, ends))
    width = max((end.max() - start.min()).days + 1, 1)
    margin = 0.012 * width  # what begins or ends on the first or last day is seen whole
    words, order = _WORDS[lang], list(states)
    with svg.style():
        drawn, axes = svg.figure(8, 1.4 + 0.38 * len(lanes[:MOST]))
        for place, name in enumerate(lanes[:MOST]):
            part = shown[shown[lane] == name]
            for column, low, height in ((due, place - 0.44, 0.36), (filed, place + 0.04, 0.32)):
                for state, first, days in _stretches(part, begins, ends, column):
                    letter = _letter(states[state]) if days / width >= _LEAST else ""
                    _stretch(axes, first, low, days, height, order.index(state), letter)
            for kind, first, days in _stretches(part, begins, ends, differs):
                if kind == "unsure":
                    axes.add_patch(patch((first, place - 0.44), days, 0.36))
                else:
                    axes.hlines(place - 0.02, first, first + days, color=svg.INK, linewidth=2.5)
        drawn_marks = _marks(axes, lane, marks, lanes[:MOST])
        rows(axes, pd.Series(lanes[:MOST]))
        axes.set_xlim(_number(start.min()) - margin, _number(start.min()) + width + margin)
        axes.xaxis_date()
        dates(axes)
        axes.grid(axis="x", linewidth=0.6)
        axes.set_axisbelow(True)
        if len(lanes) > MOST:
            axes.set_xlabel(plural(words[3].format(len(lanes) - MOST)))
        _legend(axes, [*states.values()], names, words, bool((shown[differs] == "unsure").any()), drawn_marks)
        return made(drawn, title, alt, drawn_columns(frame, lane, begins, ends, due, filed, differs), lang)


def _letter(name: str) -> str:
    return name[0].upper()


def _stretches(part: pd.DataFrame, begins: str, ends: str, column: str) -> list[tuple[str, float, float]]:
    """State, first day and number of days of each stretch; neighbours in one state are one, those in none are left out."""
    found: list[tuple[str, float, float]] = []
    for state, first, last in zip(part[column], part[begins], part[ends], strict=True):
        start, days = _number(first), _number(last) - _number(first) + 1
        if found and found[-1][0] == state and found[-1][1] + found[-1][2] == start:
            start, days = found[-1][1], found.pop()[2] + days
        found.append((state, start, days))
    return [stretch for stretch in found if stretch[0]]


def _number(day) -> float:
    return (pd.Timestamp(day) - pd.Timestamp(0)).days


def _look(place: int) -> dict:
    """The colour, how deep it is and its hatching: in grey print the depth tells the states apart at a glance."""
    colour, depth, hatch = _LOOKS[min(place, 2)]
    return {"colour": colour, "depth": depth, "hatch": hatch}


def _stretch(axes, x: float, y: float, width: float, height: float, place: int, letter: str) -> None:
    from matplotlib.patches import Rectangle

    look = _look(place)
    axes.add_patch(patch((x, y), width, height, look["colour"], look["depth"]))
    edge = {"facecolor": "none", "edgecolor": look["colour"], "linewidth": 0.8, "hatch": look["hatch"]}
    axes.add_patch(Rectangle((x, y), width, height, **edge))
    if letter:
        axes.text(x + width / 2, y + height / 2, letter, ha="center", va="center", fontsize=8)


def _marks(axes, lane: str, marks: pd.DataFrame | None, lanes: Sequence[str]) -> bool:
    part = marks[marks[lane].isin(lanes)] if marks is not None else []
    if len(part):
        x, y = [_number(day) for day in part["day"]], [lanes.index(name) + 0.46 for name in part[lane]]
        axes.plot(x, y, _CARD, color=svg.INK, markersize=5, linestyle="", clip_on=False)
    return len(part) > 0


def _legend(axes, states: list[str], names: tuple[str, str], words, unsure: bool, marked: bool) -> None:
    from matplotlib.colors import to_rgba
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries = []
    for place, name in enumerate(states):
        look, letter = _look(place), _letter(name)
        label = name if letter == name else f"{letter} {name}"
        entries.append(
            (
                Patch(
                    facecolor=to_rgba(look["colour"], look["depth"]),
                    edgecolor=look["colour"],
                    hatch=look["hatch"],
                ),
                label,
            )
        )
    entries.append((Line2D([], [], color=svg.INK, linewidth=3), words[1]))
    if marked:
        entries.append((Line2D([], [], color=svg.INK, marker=_CARD, linestyle="", markersize=5), words[0]))
    if unsure:
        entries.append((patch(), words[2]))
    axes.legend(
        *zip(*entries, strict=True),
        title=" / ".join(names),
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=6,
    )
