"""Plots for reports. Each takes a table and the columns to show, and gives a `Plot`: picture, words, numbers.

    plots.bars(frame, "unit", "overdue", of="total", title="各单位逾期隐患", alt="…", lang=lang)

`frame` is a tidy DataFrame, one row a mark; columns are named, never positions. `title` and `alt` are in the
report's language: `alt` says what is seen, for those who do not see it ("射击中心逾期最多，5项中3项"); `extremes` makes
one of a table's highest and lowest. The numbers behind
the picture open below it. Marks differ by shape or hatching as well as by colour. An empty frame gives a sentence.

    bars       ranked horizontal bars; `of`: the denominator, written as k/n      stacked    parts of a whole by row
    intervals  a point and its interval by row                                    grid       rows × columns, None is unchecked
    waterfall  what was there, what came and went, what should be and what is     timeline   events by lane
    lines      one or more series over time, with shaded bands                    steps      step curves (survival)
    columns    sums by week or month, with shaded bands; `marked` stand out
    funnel     rates against size, with control limits                            matrix     5×5 likelihood × impact, with arrows
    against    what was seen as bars, what is expected as a curve                 paths      states by lane, due against filed
"""

from mingjing.report.labels import in_words
from mingjing.report.plots.base import Plot, extremes
from mingjing.report.plots.board import grid, matrix
from mingjing.report.plots.comparison import bars, funnel, intervals, stacked, waterfall
from mingjing.report.plots.course import columns, lines, steps, timeline
from mingjing.report.plots.paths import paths
from mingjing.report.plots.shares import against

__all__ = [
    "Plot",
    "against",
    "bars",
    "columns",
    "extremes",
    "funnel",
    "grid",
    "in_words",
    "intervals",
    "lines",
    "matrix",
    "paths",
    "stacked",
    "steps",
    "timeline",
    "waterfall",
]
