"""Anti-doping analyses of the sample bureau agree with its rules, counties without a roster included."""

import pytest

from mingjing import Audit
from mingjing.analyse import antidoping
from mingjing.sample import write_sample


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    return Audit.open(write_sample(tmp_path_factory.mktemp("bureau")), period="2021")


def test_units_without_education_are_those_the_rule_finds(audit):
    units = antidoping.units(audit)
    found = audit.check("antidoping").where(rule_id="FX-09").to_pandas()
    assert len(units) == 11 and set(units[~units.covered].unit_id) == set(found.unit)


def test_people_untrained_are_those_the_rule_counts(audit):
    people = antidoping.people(audit)
    assert (people.due - people.trained).groupby(people.unit_id).sum().to_dict() == {
        "U002": 0,
        "U003": 2,
        "U004": 1,
    }


def test_coverage_shows_the_unit_first_and_leaves_blank_who_has_no_roster(audit):
    grid = antidoping.coverage(audit)
    county = grid[grid.unit == "清河县教育体育局"]
    assert county.role.iloc[0] == "单位" and county.percent.notna().sum() == 1
    assert county.untrained.tolist()[0] == "有" and set(county.untrained[1:]) == {""}
    school = grid[(grid.unit == audit.names["U003"]) & grid.percent.eq(100)]
    assert school.untrained.str.fullmatch(r"(\d+)/\1").all() and len(school), (
        "a share has its people beside it"
    )
    assert grid[grid.role.eq("单位") & grid.percent.eq(100)].untrained.eq("无").all()


def test_lots_are_cleared_or_not(audit):
    lots = antidoping.batches(audit).set_index("item_class")
    assert (lots.cleared + lots.uncleared == lots.lots).all()
    assert lots.uncleared.to_dict() == {"肉食品": 2, "药品": 1, "营养品": 1}


def test_the_first_screen_names_who_is_lacking(audit):
    screen = antidoping.first_screen(audit)
    assert screen.zh == "应覆盖单位11个，已覆盖9个，缺东城区教育体育局、西城区教育体育局。"
    assert [value.split(" / ")[0] for *_, value in screen.figures] == ["3", "4", "6"]
    assert len(antidoping.events(audit)) > 0


def test_events_stand_in_one_order_in_both_languages(audit, monkeypatch):
    zh = antidoping.events(audit)
    monkeypatch.setattr(audit, "lang", "en")
    en = antidoping.events(audit)
    told = dict(zip(zh.event, en.event, strict=True))
    assert (zh.date == en.date).all() and told["治疗用药豁免"] == "exemption (TUE)"
    assert told["兴奋剂检查·阳性"] == "doping test, positive" and list(told) == list(dict.fromkeys(zh.event))
