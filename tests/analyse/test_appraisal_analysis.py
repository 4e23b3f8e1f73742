"""The groups of the annual appraisal as the report shows them are those that KH-01 judges."""

import pytest

from mingjing import Audit
from mingjing.analyse.responsibility import excellent

HEAD = "人员编号,年度,考核周期,考核方式,是否参加考核,优秀比例核算组,考核等次,提高比例批准文号\n"


def opened(folder, period="2021", own="", raised=""):
    """Ten people in each of two groups a year, two of them excellent; 2021 has three in the second group."""
    rows = ""
    for year in (2020, 2021):
        for group in ("机关", "中心"):
            best = 3 if (year, group) == (2021, "中心") else 2
            for n in range(10):
                grade, doc = "优秀" if n < best else "合格", raised if (n, group) == (9, "中心") else ""
                rows += f"P{group}{n},{year},年度,年度考核,是,{group},{grade},{doc}\n"
    data, config = folder / "data", folder / "own.toml"
    data.mkdir()
    (data / "干部考核结果表.csv").write_text(HEAD + rows, encoding="utf-8")
    config.write_text(own, encoding="utf-8")
    return Audit.open(data, period, config=config)


@pytest.mark.parametrize(
    ("own", "raised", "above"),
    [
        ("", "", {"中心"}),
        ("[rules.KH-01]\nbase = 0.1\n", "", {"机关", "中心"}),
        ('[rules.KH-01]\nrounding = "ceil"\n', "批1", set()),
    ],
)
def test_the_groups_above_their_cap_are_the_findings_of_kh01(tmp_path, own, raised, above):
    audit = opened(tmp_path, own=own, raised=raised)
    shown = excellent(audit)
    assert set(shown.group[shown.excellent > shown.cap]) == above and set(shown.people) == {10}
    found = audit.check("responsibility").where(rule_id="KH-01")
    assert {f["subject"] for f in found} == {f"2021|{group}" for group in above}


def test_a_group_of_several_years_is_named_with_each(tmp_path):
    shown = excellent(opened(tmp_path, "2020-01-01..2021-12-31"))
    assert shown[["group", "excellent", "cap"]].values.tolist() == [
        ["2021 中心", 3, 2],
        ["2020 中心", 2, 2],
        ["2020 机关", 2, 2],
        ["2021 机关", 2, 2],
    ]
