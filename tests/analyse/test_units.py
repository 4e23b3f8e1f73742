"""What is asked for one unit shows that unit: nobody else's people, no other unit's rates."""

from functools import partial
from pathlib import Path

import pyarrow.compute as pc
import pytest

from mingjing import Audit
from mingjing.analyse import (
    canteen,
    cards,
    feedback,
    first_screen,
    intake,
    ledger,
    rectification,
    responsibility,
    venues,
)
from mingjing.report import panels
from mingjing.rules import catalogue
from mingjing.tables import tables

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
UNIT = "U002"


@pytest.fixture(scope="module")
def audits():
    """Of all units and of one. Rules that look at what all others found, which is slow, are left out."""
    made = Audit.open(SAMPLE, "2021"), Audit.open(SAMPLE, "2021", units=[UNIT])
    for audit in made:
        audit.results = partial(_results, audit)
    return made


def _results(audit: Audit, area: str):
    asked = (entry for entry in catalogue().values() if entry.area == area and not entry.meta)
    return [(entry, audit.outcome(entry.rule_id)) for entry in asked]


@pytest.mark.parametrize(
    "told",
    [
        lambda audit: cards.derived(audit).spans,
        lambda audit: cards.derived(audit).issued,
        responsibility.excellent,
        feedback.rates,
        feedback.repeats,
        feedback.evaluation,
        intake.coverage,
    ],
)
def test_one_unit_sees_only_itself_and_its_own_people(audits, told):
    every, mine = audits
    person = every.table("person")
    others = set(person[person.unit_id != UNIT].name) - set(person[person.unit_id == UNIT].name)
    unit = every.table("unit")
    others |= set(unit[unit.unit_id != UNIT].unit_name) | set(unit[unit.unit_id != UNIT].unit_id)

    def named(audit):
        return others & {str(cell) for cell in told(audit).to_numpy().ravel()}

    assert named(every), "the test could not fail"
    assert not named(mine)


@pytest.fixture(scope="module")
def alone(audits):
    """The unit's audit over ledgers that hold no other unit's rows. Its rules are taken to say the same."""
    _, mine = audits
    audit = Audit.open(SAMPLE, "2021", units=[UNIT])
    for name, table in list(audit.intake.tables.items()):
        unit = tables()[name].unit
        if name != "unit" and unit in table.column_names:
            audit.intake.tables[name] = table.filter(pc.equal(table[unit], UNIT))

    audit.results = mine.results
    return audit


@pytest.mark.parametrize(
    "area", ["rectification", "responsibility", "feedback", "canteen", "safety", "antidoping"]
)
def test_the_first_screen_counts_nothing_of_other_units(audits, alone, area):
    _, mine = audits
    assert first_screen(mine, area) == first_screen(alone, area)


def test_one_unit_has_no_place_and_what_is_not_told_by_unit_is_said_so(audits):
    _, mine = audits
    assert canteen.first_screen(mine).zh.endswith("只看一个单位，不评名次。")
    assert rectification.first_screen(mine).zh.startswith("反馈问题数不分单位，登记14个")
    assert rectification.registered(mine).reported.isna().all()


def test_the_venues_of_a_county_department_are_its_county_s_and_the_rest_is_said_to_be_the_city_s(audits):
    every, mine = audits
    county = Audit.open(SAMPLE, "2021", units=["东城区教育体育局"])
    assert len(venues.counties(every)) == 8 and list(venues.counties(county).county) == ["东城区"]
    assert venues.whose(every) == "" and venues.whose(county).endswith("只列东城区。")
    assert len(venues.counties(mine)) == 8 and venues.whose(mine).endswith("也是全市的。")


def test_where_no_rule_can_be_told_by_unit_the_headline_does_not_say_that_data_are_missing(audits, tmp_path):
    _, mine = audits
    assert set(mine.outcomes("venues").outcome) == {"not_run"}
    assert "没有可就所选单位作出判断的记录" in mine.headline("venues").text
    assert (
        mine.headline("venues").text.count(":") == 1 and "已运行规则: 0 / 5" in mine.headline("venues").text
    )
    (tmp_path / "单位表.csv").write_text(f"单位编号,单位名称\n{UNIT},甲中心\n", "utf-8")
    bare = Audit.open(tmp_path, "2021", units=[UNIT])
    assert "没有可用数据" in bare.headline("venues").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_intake_of_one_unit_counts_its_own_rows_and_says_whose_the_others_are(audits, lang):
    every, _ = audits
    mine = Audit.open(SAMPLE, "2021", units=[UNIT], lang=lang)
    counts, kept = intake.rows_of_units(mine), 0
    for name, table in every.intake.tables.items():
        unit = tables()[name].unit
        kept += pc.sum(pc.equal(table[unit], UNIT)).as_py() or 0 if unit in table.column_names else 0
    assert 0 < sum(counts.values()) == kept < sum(table.num_rows for table in every.intake.tables.values())
    assert ("工作表" in mine.data_quality("canteen").text) is False
    head = "其中所选单位" if lang == "zh" else "Of those asked for"
    assert head in mine.data_quality().html and head not in every.data_quality().html
    figures = dict(panels.of_units(mine)[1])
    (rejected,) = (label for label in figures if "退回" in label or "rejected" in label)
    assert "各单位" in rejected or "all units" in rejected
    rows = intake.rows_by_sheet(mine)
    assert rows.mine.sum() == kept and (rows.others >= 0).all() and rows.mine.is_monotonic_decreasing
    assert "退回的行" in intake.whose(mine) if lang == "zh" else "rejected rows" in intake.whose(mine)


def test_an_empty_month_of_one_unit_is_one_without_a_row_of_its_own(audits):
    every, mine = audits
    assert "留样与温度记录表" not in set(intake.empty_months(every).ledger)
    own = intake.empty_months(mine).set_index("ledger").months
    assert own["留样与温度记录表"] == "2021-11"


def test_a_unit_without_a_canteen_is_told_so_and_not_that_scores_are_lacking(audits):
    every, mine = audits
    units, fed = ledger(every, "unit"), set(ledger(every, "meal_ledger").unit_id)
    none = units[units.has_canteen.eq(False) & ~units.unit_id.isin(fed)].unit_id.iloc[0]
    audit = Audit.open(SAMPLE, "2021", units=[none])
    audit.results = partial(_results, audit)
    assert "不设食堂" in canteen.first_screen(audit).zh and "评分" not in canteen.first_screen(audit).zh
    assert not canteen.keeps_none(every) and not canteen.keeps_none(mine)


def test_a_ledger_that_no_rule_needs_is_not_said_to_be_used_by_none(audits):
    told = intake.suitability(audits[0]).set_index("ledger").rules
    assert told[tables()["market_price"].label("zh")] == "没有规则非用不可，只作参考"
    assert not told.str.startswith("0").any()


def test_one_canteen_is_not_drawn_as_the_first(audits):
    every, mine = audits
    assert len(canteen.ranking(every)) > 1 and canteen.ranking(mine).empty
