"""The gallery: statistics on public data whose answers are published, figure-skating panels and payments."""

from pathlib import Path

import numpy as np
import pandas as pd

from mingjing.stats import (
    digit_test,
    home_bias,
    panel_differences,
    rank_with_uncertainty,
    relative_size_factor,
)

_NAME = "figure_skating_{}"
_PANEL = [
    "performance",
    "event",
    "programme",
    "discipline",
    "skater",
    "nation",
    "judge",
    "country",
    "home",
    "points",
    "difference",
]


def at_hand(real: str | Path) -> bool:
    """Whether the folder of public data is there; without it every table of the gallery is empty."""
    return all((Path(real) / part).is_dir() for part in ("panel_scoring", "procurement"))


def panels(folder: str | Path) -> pd.DataFrame:
    """One row per senior performance and judge: `performance event programme skater nation judge country home points
    difference`; points are without deductions, `difference` is from the mean of the other judges of the performance.

    folder: the files of BuzzFeed News, 2018-02-figure-skating-analysis (data CC BY 4.0), each with `figure_skating_` before
    its name. Element: base value + grade of execution in points; component: factor × mark; each to 0.01 as the protocol
    has it. A component of 0 is a judge who was not there.
    """
    folder = Path(folder)
    if not folder.is_dir():
        return pd.DataFrame(columns=_PANEL)
    read = {
        name: pd.read_csv(folder / _NAME.format(file))
        for name, file in {
            "scores": "judge-scores.csv.gz", "aspects": "judged-aspects.csv.gz", "goe": "judge-goe.csv.gz",
            "performances": "performances.csv", "judges": "judges.csv", "countries": "judge-country.csv",
        }.items()
    }  # fmt: skip
    senior = read["performances"][~read["performances"].program.str.contains("JUNIOR")]
    marks = read["scores"].merge(read["aspects"], on="aspect_id").merge(senior, on="performance_id")
    marks = marks.merge(read["goe"], on=["aspect_id", "judge"], how="left")
    element = marks.section == "elements"
    marks = marks[element | (marks.score != 0)]
    points = marks.base_value.add(marks.judge_goe).where(element, marks.factor * marks.score).round(2)
    by = ["performance_id", "judge", "competition", "program", "name", "nation"]
    given = points.groupby([marks[column] for column in by]).sum().rename("points").reset_index()
    sat = read["judges"].merge(read["countries"], on="clean_judge_name")
    sat = sat.assign(judge="J" + sat.role.str.strip().str[-1])
    sat = sat[["competition", "program", "judge", "clean_judge_name", "judge_country"]]
    given = given.merge(sat, on=["competition", "program", "judge"], validate="many_to_one")
    return pd.DataFrame(
        {
            "performance": given.performance_id,
            "event": given.competition,
            "programme": np.where(given.program.str.contains("SHORT"), "short", "free"),
            "discipline": given.program,
            "skater": given.name,
            "nation": given.nation,
            "judge": given.clean_judge_name,
            "country": given.judge_country,
            "home": given.nation == given.judge_country,
            "points": given.points,
            "difference": panel_differences(given.points, given.performance_id),
        }
    )


def country_bias(frame: pd.DataFrame, least: int = 60) -> pd.DataFrame:
    """How much judges of each country favour their own, largest first: `country own others bias low high`.

    Countries with at least `least` scores of their own; points and interval as in `mingjing.stats.home_bias`.
    """
    rows = []
    for country, part in frame.groupby("country"):
        if part.home.sum() >= least:
            found = home_bias(part.difference, part.judge, part.home, part.programme)
            rows.append((country, found.n_home, found.n_away, found.bias, found.low, found.high))
    columns = ["country", "own", "others", "bias", "low", "high"]
    return (
        pd.DataFrame(rows, columns=columns).sort_values("bias", ascending=False, ignore_index=True).round(2)
    )


def segment(frame: pd.DataFrame, event: str, discipline: str) -> pd.DataFrame:
    """Skaters × judges, points of one segment, best mean first. Skaters are named by nation and order, judges by country."""
    part = frame[(frame.event == event) & (frame.discipline == discipline)]
    if part.empty:
        return pd.DataFrame()
    table = part.pivot(index="performance", columns="judge", values="points")
    table = table.loc[table.mean(axis=1).sort_values(ascending=False).index]
    nation, country = (
        part.drop_duplicates(key).set_index(key)[of]
        for key, of in (("performance", "nation"), ("judge", "country"))
    )
    table.index = [f"{nation[p]} {place}" for place, p in enumerate(table.index, start=1)]
    table.columns = [f"J{number} {country[j]}" for number, j in enumerate(table.columns, start=1)]
    return table


def places(table: pd.DataFrame, without: int | None = None) -> pd.DataFrame:
    """Places of a segment with their 95% intervals: `target place low high score p_first`; one judge may be left out."""
    columns = ["target", "place", "low", "high", "score", "p_first"]
    if table.empty:
        return pd.DataFrame(columns=columns)
    kept = table if without is None else table.drop(columns=table.columns[without])
    found = rank_with_uncertainty(kept.to_numpy())
    rows = [
        (
            kept.index[t],
            found.ranks[t],
            *found.intervals[t],
            round(found.scores[t], 2),
            round(found.p_firsts[t], 3),
        )
        for t in found.ranking
    ]
    return pd.DataFrame(rows, columns=columns)


def payments(folder: str | Path) -> pd.DataFrame:
    """Corporate payments of 2010 (Nigrini 2012): `party day document amount`, in dollars; credits are negative."""
    path, columns = (
        Path(folder) / "nigrini_corporate_payments_2010.csv.gz",
        ["party", "day", "document", "amount"],
    )
    if not path.exists():
        return pd.DataFrame(columns=columns)
    return pd.read_csv(path).set_axis(columns, axis=1)


def cards(folder: str | Path) -> pd.DataFrame:
    """Purchasing cards of 2010 (Nigrini 2012): `party` (the card), `day`, `amount`; written 26.910,00 $."""
    path = Path(folder) / "nigrini_purchasing_cards_2010.csv.gz"
    if not path.exists():
        return pd.DataFrame(columns=["party", "day", "amount"])
    frame = pd.read_csv(path, dtype=str)
    amount = frame.AMOUNT.str.replace(r"[$.\s]", "", regex=True).str.replace(",", ".").astype(float)
    day = pd.to_datetime(frame.DATE, dayfirst=True)
    return pd.DataFrame({"party": frame.CARDNUM, "day": day, "amount": amount})


def digits(amounts: pd.Series) -> pd.DataFrame:
    """First two digits of positive amounts, most excessive first: `digits count expected excess z`."""
    found = digit_test(amounts.to_numpy(), "first_two")
    expected = np.array(found.expected) * found.n
    frame = pd.DataFrame({"digits": found.labels, "count": found.counts, "expected": expected, "z": found.z})
    frame["excess"] = frame["count"] - frame.expected
    return frame.sort_values("excess", ascending=False, ignore_index=True).round(1)


def size_factors(frame: pd.DataFrame, least: int = 5) -> pd.DataFrame:
    """Parties whose largest amount is far above their second, largest factor first: `party entries largest factor`."""
    kept = frame[frame.amount > 0]
    sizes = kept.groupby("party").amount.size()
    groups = kept[kept.party.isin(sizes[sizes >= least].index)].groupby("party").amount
    rows = [(party, part.size, part.max(), relative_size_factor(part.to_numpy())) for party, part in groups]
    found = pd.DataFrame(rows, columns=["party", "entries", "largest", "factor"])
    return found.sort_values(["factor", "largest"], ascending=False, ignore_index=True).round(
        {"factor": 1, "largest": 2}
    )


def repeats(frame: pd.DataFrame) -> pd.DataFrame:
    """Entries that agree in every column with another one, largest sum first: the columns, `times`, `excess` (all but one)."""
    kept = frame[frame.amount > 0]
    found = kept.groupby(list(kept.columns), dropna=False).size().rename("times").reset_index()
    found = found[found.times > 1].assign(excess=lambda f: f.amount * (f.times - 1))
    return found.sort_values("excess", ascending=False, kind="stable", ignore_index=True)
