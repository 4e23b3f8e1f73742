"""What a leader reads first: words and not numbers of rules, nothing said twice, nothing of what a unit does not have."""

from copy import copy
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from mingjing import Audit
from mingjing.analyse import antidoping, canteen, claims, firearms, overview, risk, venues
from mingjing.report import onepage
from mingjing.rules.intake.claims import rules_in_words

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def found():
    """What all rules found; it is the same in both languages."""
    return Audit.open(SAMPLE, "2021")


@pytest.fixture(params=["zh", "en"])
def audit(request, found):
    told = copy(found)
    told.lang = request.param
    return told


def test_claims_are_judged_in_words(audit):
    told = "\n".join(claims.judged(audit).why)
    assert "QD-01" not in told and "JD-02" not in told
    first = "弹药结存不连续（守恒）" if audit.lang == "zh" else "Ammunition running balance broken"
    assert first in told and "blank" not in told
    if audit.lang == "en":
        assert "reported 10, by the ledgers 9 as of 2021-12-31\n" in told and "3.1 m²" in told


def test_a_finding_says_what_the_overview_says_of_the_claim(audit):
    """The same sentence in both, with the days a claim speaks of where they are not all of the audit's."""
    found = audit.check("intake").to_pandas()
    found = found[found.rule_id.isin(["DQ-04", "DQ-05"]) & (found.kind == "mismatch")]
    told = set(found[f"message_{audit.lang}"])
    judged = claims.judged(audit)
    assert told == set(judged[judged.verdict == "refuted"].why)
    assert any(
        ("2021-01-01至2021-10-31" if audit.lang == "zh" else "2021-01-01 to 2021-10-31") in line
        for line in told
    )
    span = "2021年的“零差错”被推翻" if audit.lang == "zh" else "“Zero error” in 2021 is refuted"
    assert firearms.zero_error(audit, audit.lang).startswith(span)


def test_a_unit_that_the_board_hatches_is_not_said_to_be_without_fault(audit):
    board = overview.board(audit).set_index(["unit_id", "area"]).findings
    told = claims.judged(audit).set_index("claim_text")
    verdicts = {}
    for unit in ("石桥市教育体育局", "市体育局机关第三党组"):
        unit_id = next(i for i, name in audit.names.items() if name == unit)
        seen = (unit_id, "safety") in board.index and pd.notna(board[unit_id, "safety"])
        verdicts[unit] = seen, told.verdict[f"{unit}安全生产无差错"]
    assert list(verdicts.values()) == [(True, "supported"), (False, "open")]
    assert overview.verdicts(audit) == {"refuted": 10, "open": 8, "supported": 7}
    assert overview.first_screen(audit).figures[1][2] == "10 / 25"


def test_the_index_and_its_parts_are_columns_of_numbers(audit):
    html = onepage.index_panel(audit).html
    assert html.count('<th scope="col" class=n>') == 5 and html.count("(%)") + html.count("（%）") == 2
    zh, en = "得分（按程度加权，%）", "Points kept (rules weighted by severity, %)"
    assert (zh if audit.lang == "zh" else en) in html
    told = onepage.formula(audit)
    assert ("得分0.6" in told) if audit.lang == "zh" else ("points kept 0.6" in told)


def test_rules_are_named_up_to_three():
    ids = ["QD-01", "QD-02", "QD-04", "QD-05"]
    assert rules_in_words(ids, "zh").endswith("枪支当日未归库等")
    assert "等" not in rules_in_words(ids[:3], "zh") and rules_in_words([], "en") == ""


def test_the_points_of_the_matrix_are_told_by_register_by_rating_and_by_score(tmp_path):
    (tmp_path / "廉政风险点登记表.csv").write_text(
        "风险点编号,单位编号,科室,岗位,重点领域,发生可能性,危害程度,风险等级,排查日期,状态\n"
        "F1,U1,办公室,会计,财务,3,5,一级,2021-01-04,有效\n"
        "F2,U1,办公室,会计,采购,3,5,中,2021-01-04,有效\n"
        "F3,U1,办公室,会计,食堂,,5,低,2021-01-04,有效\n"
        "F4,U1,办公室,会计,人事,5,5,高,2021-01-04,已撤销\n",
        "utf-8",
    )
    small = Audit.open(tmp_path, "2021")
    told = risk.counted(small, "zh")
    assert "登记风险点4个，其中有效的3个" in told and "登记为高的1个，按得分为高的2个" in told
    assert "register: 4, in force: 3" in risk.counted(small, "en")


def test_the_population_is_said_in_whole_people_and_millions():
    english = venues.first_screen(Audit.open(SAMPLE, "2021", lang="en"))
    assert "is 177,500, and it would take 7.05 to 7.28 million" in english.en
    assert english.figures[2][2] == "7.05–7.28"


def test_a_unit_without_arms_and_athletes_is_told_so():
    bureau = Audit.open(SAMPLE, "2021", units=["U001"])
    assert "没有所选单位的枪支" in firearms.zero_error(bureau, "zh")
    assert antidoping.first_screen(bureau).zh == "所选单位不在反兴奋剂教育应覆盖之列。"
    told = bureau.headline("firearms").text
    assert "—" not in told and "0 / 0" not in told and "QD-" not in told


def test_the_canteens_verdict_says_which_books_disagree_before_who_is_first(audit):
    told = canteen.first_screen(audit).verdict(audit.lang)
    found = audit.check("canteen").to_pandas().rule_id
    places = int(found.isin(["ST-09", "ST-10", "ST-11", "ST-20"]).sum())
    zh = f"账目有{places}处对不上：采购与入库{(found == 'ST-09').sum()}处，"
    assert told.startswith(zh if audit.lang == "zh" else f"The books disagree in {places} places: purchases")


def test_books_that_nobody_compared_do_not_agree():
    """Two rules found nothing, the others had no ledger: the verdict says both."""
    outcomes = pd.DataFrame(
        {"rule_id": ["ST-09", "ST-10", "ST-11"], "outcome": ["passed", "passed", "not_run"]}
    )
    found = SimpleNamespace(to_pandas=lambda: pd.DataFrame({"rule_id": []}))
    told = SimpleNamespace(outcomes=lambda area: outcomes, check=lambda area: found)
    assert canteen.agreement(told, "zh") == "核对的2组账目都对得上；伙食收支、采购、发票与付款未能核对。"
    assert "not compared: meals and money, purchases, invoices" in canteen.agreement(told, "en")


def test_a_cell_that_cannot_be_read_is_told_by_the_words_of_its_column(found):
    told = found.intake.issues.reason_en
    assert told.str.startswith("“Built year” cannot be read").any() and not told.str.contains("_").any()
