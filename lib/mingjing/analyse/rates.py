"""Rates of units of different size, a rate's change within the period, monthly counts: small tables that areas share."""

from datetime import timedelta

import pandas as pd

from mingjing.analyse.intake import silent_months
from mingjing.release import is_withheld, marked
from mingjing.stats import control_chart, funnel, rate_change
from mingjing.wording import listed

LEAST_MONTHS = 8
LEAST_ROWS = 3
_WITHHELD = (
    "有的单位数目过小、不公布，因此合计与比较也不公布。",
    "Some units have too few cases to be published, so neither the total nor the comparison is.",
)


def compare(frame: pd.DataFrame, k: str, n: str, unit: str = "unit") -> pd.DataFrame:
    """Units with a case against all together, largest first: `unit k n rate centre low high flagged small`.

    `low` and `high` are the 99.8% limits of a funnel, `flagged` holds the false discoveries at 5%, `small` is fewer than
    10 cases (see `mingjing.stats.funnel`). Empty with fewer than two units: there is nothing to compare; and where the
    counts of a unit are withheld: who is left adds up to no total and differs from no mean.
    """
    columns = ["unit", "k", "n", "rate", "centre", "low", "high", "flagged", "small"]
    if frame[[k, n]].isna().any(axis=None):
        return marked(pd.DataFrame(columns=columns))
    counted = frame[frame[n] > 0].sort_values([n, unit], ascending=[False, True], kind="stable")
    if len(counted) < 2:
        return pd.DataFrame(columns=columns)
    found = funnel(counted[k], counted[n])
    parts = (
        counted[unit],
        counted[k].astype(int),
        counted[n].astype(int),
        found.rates,
        [found.target] * len(counted),
    )
    rows = zip(*parts, found.low, found.high, found.flagged, found.small, strict=True)
    return pd.DataFrame(rows, columns=columns)


def said(compared: pd.DataFrame, lang: str) -> str:
    """What a comparison shows, in a sentence: who differs by more than chance, who is too small to be ranked."""
    zh = lang == "zh"
    if is_withheld(compared):
        return _WITHHELD[not zh]
    if compared.empty:
        return "可比的单位不足两个。" if zh else "Fewer than two units to compare."
    off = compared[compared.flagged]
    names = listed((_off(row, zh) for row in off.itertuples()), lang)
    units, small = len(compared), int(compared.small.sum())
    k, n = int(compared.k.sum()), int(compared.n.sum())
    if zh:
        first = f"{units}个单位合计{k}/{n}（{k / n:.1%}）；" + (
            f"超出偶然差异的{len(off)}个：{names}" if names else "没有单位超出偶然差异"
        )
        return first + (f"；{small}个总数不足10，不宜排名。" if small else "。")
    first = f"{units} units, {k} of {n} together ({k / n:.1%}); " + (
        f"beyond chance: {names}" if names else "none differs by more than chance"
    )
    return first + (f"; {small} with fewer than 10 cases, not to be ranked." if small else ".")


def _off(row, zh: bool) -> str:
    above = row.rate > row.centre
    if zh:
        return f"{row.unit}（{row.k}/{row.n}，{'高于' if above else '低于'}平均）"
    return f"{row.unit} ({row.k} of {row.n}, {'above' if above else 'below'} the mean)"


def halves(audit, days: pd.Series, hit: pd.Series) -> dict:
    """One rate in the first and the second half of the period: `k1 n1 k2 n2 change low high real`.

    Newcombe's interval of the change (see `mingjing.stats.rate_change`); the last four are None where a half has no case.
    """
    start, end = audit.ledgers.start, audit.ledgers.end
    middle = pd.Timestamp(start + timedelta(days=(end - start).days // 2 + 1))
    second = pd.to_datetime(days) >= middle
    k1, n1, k2, n2 = (
        int(part) for part in (hit[~second].sum(), (~second).sum(), hit[second].sum(), second.sum())
    )
    line = {"k1": k1, "n1": n1, "k2": k2, "n2": n2, "change": None, "low": None, "high": None, "real": None}
    return line | vars(rate_change(k1, n1, k2, n2)) if n1 and n2 else line


def halves_told(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Lines of `halves` for a reader, the answer first: `rate real change interval half1 half2`; change and interval in points
    of 100, a half as `83/90`; what is withheld is blank."""
    between = " 至 " if lang == "zh" else " to "

    def points(value) -> str:
        """One decimal; more where a bound near nought would read as nought."""
        told = f"{value:.1f}" if abs(value) >= 0.05 or not value else f"{value:.1g}"
        return told.replace("-", "−")

    def part(k, n) -> str:
        return "" if pd.isna(n) else f"{k:.0f}/{n:.0f}"

    rows = [
        (
            line.rate,
            line.real,
            points(line.change) if pd.notna(line.change) else "",
            f"{points(line.low)}{between}{points(line.high)}" if pd.notna(line.low) else "",
            part(line.k1, line.n1),
            part(line.k2, line.n2),
        )
        for line in frame.itertuples()
    ]
    return pd.DataFrame(rows, columns=["rate", "real", "change", "interval", "half1", "half2"])


def monthly(audit, days: pd.Series, ledger: str) -> pd.DataFrame:
    """Events by whole month of the period, with the chart of single values: `month count centre low high outside`.

    NaN, and no part of the chart, is a month in which the ledger has no row at all though it has `LEAST_ROWS` a month: then
    chance makes hardly one month in twenty empty, and no data is not zero. Chart and limits as `mingjing.stats.control_chart` (`xmr`, whose spread comes from the series itself, so that counts that
    come in bursts are not all alarms); empty limits with fewer than 8 months.
    """
    names = [name for name, first, _ in audit.ledgers.spans("month") if first >= audit.ledgers.start]
    counts = pd.to_datetime(days).dt.strftime("%Y-%m").value_counts().reindex(names, fill_value=0)
    frame = pd.DataFrame({"month": names, "count": counts.to_numpy()})
    unknown = frame.month.isin(silent_months(audit, ledger, LEAST_ROWS)) & (frame["count"] == 0)
    frame["count"] = frame["count"].mask(unknown) if unknown.any() else frame["count"]
    known = frame["count"].dropna()
    if len(known) < LEAST_MONTHS:
        return frame.assign(centre=None, low=None, high=None, outside=False)
    chart = control_chart(known)
    limits = {
        "centre": chart.centre,
        "low": max(chart.low[0], 0),
        "high": chart.high[0],
    }  # one for all points
    return frame.assign(**limits, outside=frame.index.isin(known.index[list(chart.outside)]))


def monthly_told(found: pd.DataFrame, lang: str) -> str:
    """What `monthly` shows: the months outside the limits, and those of which nothing is known."""
    beyond, unknown = (listed(found.month[rows], lang) for rows in (found.outside, found["count"].isna()))
    if lang == "zh":
        return f"限外月份：{beyond or '无'}" + (f"；{unknown}台账一行也没有，不当作零" if unknown else "")
    return f"Months outside: {beyond or 'none'}" + (
        f"; without a row in the ledger, which is not zero: {unknown}" if unknown else ""
    )
