"""Figure-skating protocols of 2016 and 2017 as panels of judges: the gallery's example of published statistics."""

from pathlib import Path

import numpy as np
import pandas as pd

from mingjing.stats import panel_differences

_NAME = "figure_skating_{}"


def panels(folder: str | Path) -> pd.DataFrame:
    """One row per senior performance and judge: `performance event programme skater nation judge country home points
    difference`; points are without deductions, `difference` is from the mean of the other judges of the performance.

    folder: the files of BuzzFeed News, 2018-02-figure-skating-analysis (data CC BY 4.0), each with `figure_skating_` before
    its name. Element: base value + grade of execution in points; component: factor × mark; each to 0.01 as the protocol
    has it. A component of 0 is a judge who was not there.
    """
    folder = Path(folder)
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
