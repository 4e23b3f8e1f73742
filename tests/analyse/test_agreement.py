"""How far the four groups agree; groups and targets that are missing are told, not filled in."""

import pandas as pd
import pytest

from mingjing.analyse import feedback
from mingjing.stats import icc, kendall_w


@pytest.fixture
def judged(monkeypatch):
    def run(rows):
        columns = ["period", "target_id", "领导", "同级", "服务对象", "total", "weight"]
        monkeypatch.setattr(feedback, "evaluation", lambda audit: pd.DataFrame(rows, columns=columns))
        return feedback.agreement(None)

    return run


def test_agreement_is_kendalls_and_shrout_and_fleiss(judged):
    found = judged(
        [
            ("H1", t, *scores, 0, 1)
            for t, scores in zip("abc", [(90, 80, 85), (80, 70, 76), (70, 75, 60)], strict=False)
        ]
    )
    table = [[90, 80, 85], [80, 70, 76], [70, 75, 60]]
    line = found.iloc[0]
    assert (line.groups, line.targets, line.left_out) == (3, 3, 0)
    assert line.w == kendall_w(table).w and line.icc == pytest.approx(icc(table).icc2)


def test_a_target_without_a_group_is_left_out_and_counted(judged):
    found = judged(
        [("H1", "a", 90, 80, 85, 0, 1), ("H1", "b", 80, 70, 76, 0, 1), ("H1", "c", 70, None, 60, 0, 1)]
    )
    assert (found.targets[0], found.left_out[0]) == (2, 1)


def test_a_group_that_rated_nobody_is_not_compared(judged):
    found = judged([("H1", "a", 90, 80, None, 0, 1), ("H1", "b", 80, 70, None, 0, 1)])
    assert (found.groups[0], found.targets[0], found.w[0]) == (2, 2, 1.0)


def test_one_target_says_nothing_of_agreement(judged):
    assert pd.isna(judged([("H1", "a", 90, 80, 85, 0, 1)]).w[0])
    assert judged([]).empty
