"""What every plot is: a picture with its words and numbers, and the small things plots share."""

from dataclasses import dataclass, field
from html import escape

import pandas as pd
from matplotlib.figure import Figure

from mingjing.release import is_withheld
from mingjing.report import svg
from mingjing.report.findings import frame_panel, shares_told
from mingjing.report.lab import in_lab
from mingjing.report.labels import labelled
from mingjing.report.plots.narrow import narrowed, wide

# how the exporter knows a plot that could not be drawn
UNDRAWN = "data-undrawn"

WORDS = {
    "zh": {
        "numbers": "查看数字",
        "empty": "没有可以画出的数据。",
        "withheld": "不公布",
        "few": "数目过小、不公布",
        "unchecked": "未检查",
        "worse": "差于平均，超出偶然差异",
        "better": "好于平均，超出偶然差异",
        "limits": "控制限",
        "outside": "限外",
        "centre": "平均",
        "low": "控制下限",
        "high": "控制上限",
    },
    "en": {
        "numbers": "Show the numbers",
        "empty": "There is nothing to draw.",
        "withheld": "not published",
        "few": "too few to be published",
        "unchecked": "not checked",
        "worse": "worse by more than chance",
        "better": "better by more than chance",
        "limits": "limits",
        "outside": "outside",
        "centre": "mean",
        "low": "lower limit",
        "high": "upper limit",
    },
}
MAX_ROWS = 40


@dataclass(frozen=True)
class Plot:
    """A picture with its words and numbers, and a small one for a phone; shows itself in a notebook and in a report.

    `said` stands in the place of a picture that would show no more than one number.
    """

    picture: str
    title: str
    alt: str
    numbers: pd.DataFrame = field(compare=False)
    lang: str
    small: str = field(default="", compare=False)
    said: str = ""

    def _repr_html_(self) -> str:
        words = WORDS[self.lang]
        if not self.picture:
            told = escape(self.said) or words["withheld" if is_withheld(self.numbers) else "empty"]
            mark = "" if self.said else f" {UNDRAWN}"
            return in_lab(f"<p{mark}><strong>{escape(self.title)}</strong> {told}</p>")
        # the reader has opened the numbers already: a long table is not folded once more
        # a rate without its interval may be in percent already
        whole = {"low", "open"} & set(self.numbers)
        numbers = shares_told(self.numbers) if whole else self.numbers
        table = frame_panel(labelled(numbers, self.lang), self.title).html
        table = table.replace('<details class="long">', '<details class="long" open>', 1)
        return in_lab(
            f'<figure class="plot"><figcaption>{escape(self.title)}</figcaption>'
            f'<div role="img" aria-label="{escape(self.alt)}">{self.picture}'
            f'<div class="narrow" hidden>{self.small}</div></div>'
            f'<details class="numbers"><summary>{words["numbers"]}</summary>'
            f'<div class="wide" tabindex="0" role="region" aria-label="{escape(self.title)}">{table}</div></details></figure>'
        )

    def __repr__(self) -> str:
        return f"{self.title}: {self.alt}\n{self.numbers.to_string(index=False)}"


def made(drawn: Figure, title: str, alt: str, numbers: pd.DataFrame, lang: str) -> Plot:
    """The plot of a figure, drawn under `svg.style()`: at full width, and once more for a phone."""
    full = svg.to_svg(drawn)
    return Plot(full, title, alt, numbers, lang, svg.to_svg(narrowed(drawn)))


def drawn_columns(
    frame: pd.DataFrame, *columns: str | None, names: dict[str, str] | None = None
) -> pd.DataFrame:
    """The numbers behind a picture: the columns it was drawn from, as the legend names them."""
    used = list(dict.fromkeys(column for column in columns if column))
    return frame[used].rename(columns=names or {})


def with_unit(name: str, unit: str, lang: str) -> str:
    """The head of a column of numbers: what they are and their unit of measure, nothing where they have no name."""
    if not (name and unit):
        return name
    return f"{name}（{unit}）" if lang == "zh" else f"{name} ({unit})"


def withheld_rows(axes, frame: pd.DataFrame, value: str, lang: str) -> pd.Series:
    """True for rows whose value is withheld; in each of them it says so, where a blank would read as nought."""
    hidden = frame[value].isna() & is_withheld(frame)
    for place in hidden.to_numpy().nonzero()[0]:
        axes.annotate(
            WORDS[lang]["withheld"],
            (0, place),
            xytext=(4, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
        )
    return hidden


def rows(axes, labels: pd.Series) -> None:
    axes.set_yticks(range(len(labels)), [short(name) for name in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def dates(axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    first, last = axes.dataLim.intervalx
    if first == last:  # one moment alone spans nothing that ticks could be set by
        axes.set_xlim(first - 1, last + 1)
    locator = AutoDateLocator(maxticks=8)
    formats = ["%Y", "%Y-%m", "%m-%d", "%m-%d %H:%M", "%H:%M", "%H:%M"]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(
            locator, formats=formats, zero_formats=formats, offset_formats=[""] * 6, show_offset=False
        )
    )


def scale(axis, values) -> None:
    """Ticks as people write numbers, all with as many decimals; whole ones where there are only whole numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    def told(value: float, _) -> str:
        ticks = axis.get_majorticklocs()
        decimals = max((len(drawn_number(round(tick, 6)).partition(".")[2]) for tick in ticks), default=0)
        return f"{round(value, 6) + 0:,.{decimals}f}"

    whole = all(pd.isna(value) or float(value).is_integer() for value in values)
    axis.set_major_locator(MaxNLocator(nbins=6, integer=whole))
    axis.set_major_formatter(FuncFormatter(told))


def shares(axis) -> None:
    """Ticks from 0 to 100%."""
    from matplotlib.ticker import MultipleLocator, PercentFormatter

    axis.set_major_locator(MultipleLocator(0.2))
    axis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.axes.set_xlim(-0.02, 1.02)


def percent_ticks(axis) -> None:
    """Ticks of shares in percent, on whatever stretch the axis shows."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    axis.set_major_locator(MaxNLocator(nbins=6))
    axis.set_major_formatter(PercentFormatter(1, decimals=None))


def extremes(frame: pd.DataFrame, label: str, value: str, lang: str, unit: str = "") -> str:
    """What a ranking or a series shows, in a sentence: how many, the highest and the lowest by name."""
    known = frame.dropna(subset=[value])
    if known.empty:
        return WORDS[lang]["withheld" if is_withheld(frame) else "empty"]
    known = known.sort_values(value, ascending=False, kind="stable")
    first, *_, last = [(row[label], f"{drawn_number(row[value])}{unit}") for _, row in known.iterrows()] * 2
    if is_withheld(frame) and len(known) < len(frame):
        if lang == "zh":
            return f"公布的{len(known)}项中，最高{first[0]}（{first[1]}），最低{last[0]}（{last[1]}）"
        return f"of those published ({len(known)}), highest {first[0]} ({first[1]}), lowest {last[0]} ({last[1]})"
    if len(known) == 1:
        return f"只有{first[0]}：{first[1]}" if lang == "zh" else f"only {first[0]}: {first[1]}"
    if lang == "zh":
        return f"共{len(known)}项，最高{first[0]}（{first[1]}），最低{last[0]}（{last[1]}）"
    return f"{len(known)} in all, highest {first[0]} ({first[1]}), lowest {last[0]} ({last[1]})"


def drawn_number(value) -> str:
    """A number as a picture has room for: two decimals at most, and a dash for none; `wording.number` is for texts."""
    if pd.isna(value):
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0").rstrip(".")


def short(name, most: int = 18) -> str:
    """No wider than `most` Chinese characters, which are two letters wide."""
    text = str(name)
    if wide(text) <= 2 * most:
        return text
    while wide(text) > 2 * most - 2:
        text = text[:-1]
    return text + "…"


def patch(xy=(0, 0), width=1.0, height=1.0, colour: str | None = None, alpha: float = 1.0):
    from matplotlib.patches import Rectangle

    if colour is None:
        return Rectangle(xy, width, height, facecolor="none", edgecolor=svg.GREY, hatch="////", linewidth=0)
    return Rectangle(xy, width, height, facecolor=colour, edgecolor="none", alpha=alpha)
