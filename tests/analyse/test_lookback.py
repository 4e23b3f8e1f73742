"""What changed since the last time, and how long findings have lived, by the register."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.findings.conftest import done, made

from mingjing.analyse import lookback
from mingjing.cli import main
from mingjing.findings.register import Register

TODAY = date(2021, 9, 30)


@pytest.fixture
def register(tmp_path):
    """Two quarters: L1 stays, L2 goes, L3 is new, L4 is of a unit nobody asks for again, L5 was withdrawn."""
    register = Register.open(tmp_path / "register.sqlite", who="分析员")
    first = [("ST-02", "U01", name) for name in ("L1", "L2", "L5")] + [("ST-02", "U02", "L4")]
    done(register, made("2021Q1", "2021-03-31", found=first, inputs="a"))
    done(register, made("2021Q2", "2021-06-30", found=first[:3], inputs="b", units=("U01",)))
    register.move("ST-02-U01-L5", "withdrawn", note="误报")
    return register


def looked(register, lang="zh"):
    run = made(
        "2021Q3", str(TODAY), found=[("ST-02", "U01", n) for n in ("L1", "L3")], inputs="c", units=("U01",)
    )
    past = register and register.against(run, lambda keys: False)
    seen = {"past": past, "lang": lang, "as_of": TODAY, "units": ("U01",), "names": {"U02": "射击中心"}}
    return SimpleNamespace(release=None, **seen)


def test_the_numbers_of_a_change_are_lists_of_findings(register):
    audit = looked(register)
    (line,) = lookback.changes(audit).to_dict("records")
    assert line == {
        "area": "canteen",
        "new": 1,
        "persisting": 1,
        "recurred": 0,
        "resolved": 2,
        "unchecked": 1,
    }
    for change in lookback.COUNTS:
        assert len(lookback.changed(audit, change)) == line[change]
    (left,) = lookback.changed(audit, "unchecked").to_dict("records")
    assert (left["finding_id"], left["why"]) == ("ST-02-U02-L4", "不在本次检查范围内")
    assert lookback.changes(audit, "safety").empty


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "与2021年第2季度（2021-06-30）相比：新发现1条，持续1条"),
        ("en", "Since Q2 2021 (2021-06-30): 1 new, 1 persisting"),
    ],
)
def test_the_change_is_one_sentence_that_says_what_was_not_checked(register, lang, words):
    said = lookback.sentence(looked(register, lang))
    assert said.startswith(words) and ("不等于已经解决" in said or "not a solution" in said)


@pytest.mark.parametrize("empty", [True, False], ids=["empty register", "no register"])
def test_without_an_earlier_run_nothing_is_said_of_changes(tmp_path, empty):
    audit = looked(Register.open(tmp_path / "register.sqlite") if empty else None)
    assert (
        not lookback.compared(audit)
        and lookback.since(audit) is None
        and "无法说明变化" in lookback.sentence(audit)
    )
    assert lookback.lives(audit).shape[0] == (2 if empty else 0)
    for table in (lookback.ageing, lookback.closing_rates, lookback.survival, lookback.changes):
        assert table(audit).empty is not empty


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_corrected_ledger_resolved_is_told_beside_that_no_earlier_day_is_on_record(tmp_path, lang):
    register = Register.open(tmp_path / "register.sqlite")
    found = [("ST-02", "U01", name) for name in ("L1", "L2", "L3")]
    done(register, made("2021Q3", str(TODAY), found=found, inputs="b", units=("U01",)))
    audit = looked(register, lang)
    said, gone = lookback.sentence(audit), len(audit.past.comparison.resolved)
    assert lookback.since(audit) is None and lookback.compared(audit) and gone == 1
    assert ("已消除1条" if lang == "zh" else "1 resolved") in said
    assert "无法说明" not in said and "nothing can be said" not in said


def test_ageing_counts_the_open_ones_from_the_day_they_were_first_seen(register):
    table = lookback.ageing(looked(register), by="unit").set_index("unit")
    assert table.loc["U01", ["0-30", "181+", "oldest"]].tolist() == [1, 1, 183]
    assert table.loc["射击中心", "181+"] == 1


def test_the_closing_rate_leaves_out_what_was_withdrawn_and_has_its_interval(register):
    line = lookback.closing_rates(looked(register), by="unit").set_index("unit").loc["U01"]
    assert (line.k, line.n) == (1, 3) and 0 < line.low < line.rate < line.high < 1


def test_survival_steps_on_the_day_that_no_longer_found_it(register):
    curve = lookback.survival(looked(register))
    assert curve.days.tolist()[:1] == [0] and curve.open.iloc[0] == 1.0
    assert curve.set_index("days").open[183] == pytest.approx(1 - 1 / 3), (
        "of L1, L2 and L4, L2 is gone after 183 days"
    )


def test_what_people_closed_counts_as_closed_until_it_comes_back(register):
    register.assign("ST-02-U01-L1", owner="甲", due=TODAY, measure="m", evidence="e")
    for step in ("rectifying", "rectified", "verified", "closed"):
        register.move("ST-02-U01-L1", step)
    frame = lookback.lives(looked(register)).set_index("finding_id")
    assert frame.is_closed["ST-02-U01-L1"] and frame.change["ST-02-U01-L1"] == "persisting"


@pytest.mark.notebook
def test_a_first_run_says_in_one_line_that_there_is_nothing_to_compare_with(tmp_path):
    root = Path(__file__).parents[2]
    given = {"--data": root / "data/sample", "--out": tmp_path / "a", "--notebooks": root / "notebooks"}
    asked = ["run", "rectification", "--period", "2021", *map(str, sum(given.items(), ()))]
    assert main(asked) == 0
    page = (tmp_path / "a" / "rectification.html").read_text("utf-8")
    section = page[page.index("工作簿自己的发现：回头看</h2>") :].split("<h2")[0]
    assert "无法说明变化" in section and not re.search("没有可以画出|<table|<h3", section)
