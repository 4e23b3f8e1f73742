"""A finding's life: new, persisting, resolved, recurred; never resolved by silence, never new twice by being run twice."""

import pytest
from tests.findings.conftest import AT, done, made

from mingjing.findings.register import Ran, Register
from mingjing.findings.register.book import place, record, settle

F = ("ST-02", "U01", "L1")
ID = "ST-02-U01-L1"
Q1, Q2, Q3 = (("2021Q1", "2021-03-31"), ("2021Q2", "2021-06-30"), ("2021Q3", "2021-09-30"))


def status(register, run, gone=()):
    past = register.against(run, lambda keys: any(key in gone for _table, key in keys))
    return past.comparison.lives[ID].status


def test_what_stays_persists_what_goes_is_resolved_and_what_returns_has_recurred(register):
    told = []
    for quarter, found in ((Q1, [F]), (Q2, [F]), (Q3, []), (("2021", "2021-12-31"), [F])):
        run = made(*quarter, found=found, inputs=quarter[0], ST_02="findings" if found else "passed")
        told.append(status(register, run))
        done(register, run)
    assert told == ["new", "persisting", "resolved", "recurred"]
    (line,) = register.list().to_dict("records")
    assert (line["life"], line["times"]) == ("recurred", 3)
    assert [r["said"] for r in register.show(ID)["runs"]] == ["新发现", "持续", "已消除", "复发"]


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (dict(ST_02="not_run"), "not_run"),
        (dict(), None),
        (dict(ST_02="passed", units=("U02",)), None),
        (dict(ST_02=Ran("passed", bound="date")), None),
        (dict(ST_02=Ran("passed", bound="", terms="other")), "changed"),
    ],
    ids=["did not run", "not asked", "another unit", "another period", "other thresholds"],
)
def test_silence_resolves_nothing(register, later, why):
    done(register, made(*Q1, found=[F]))
    comparison = register.against(made(*Q2, inputs="b", **later), lambda keys: False).comparison
    assert not comparison.resolved
    assert [(life.known.finding_id, reason) for life, reason in comparison.unchecked] == [(ID, why)]


def test_a_row_taken_out_of_the_ledger_resolves_nothing(register):
    done(register, made(*Q1, found=[F]))
    run = made(*Q2, inputs="b", ST_02="passed")
    assert status(register, run, gone={"L1"}) == "new"
    done(register, run, gone={"L1"})
    assert register.show(ID)["runs"][1]["said"] == "所依据的行已不在台账中"
    assert register.list(life="resolved").empty


@pytest.mark.parametrize(("bound", "later"), [("date", "resolved"), ("period", "new")])
def test_a_wider_period_resolves_what_was_only_sorted_out_by_date(register, bound, later):
    done(register, made(*Q1, found=[F], ST_02=Ran("findings", bound)))
    year = made("2021", "2021-12-31", inputs="b", ST_02=Ran("passed", bound))
    assert status(register, year) == later
    again = made("2021Q1", "2021-04-30", inputs="b", ST_02=Ran("passed", bound))
    assert status(register, again) == "resolved"


def test_the_same_run_twice_is_one_run_and_says_the_same(register):
    first, second = made(*Q1, found=[F]), made(*Q2, found=[F], inputs="b")
    for run in (first, second):
        done(register, run)
    assert [status(register, run) for run in (first, second)] == ["new", "persisting"]
    done(register, first)
    assert status(register, second) == "persisting"
    assert register.list().iloc[0].times == 2


def test_a_corrected_ledger_resolves_what_it_corrects_and_leaves_the_rest_as_new(register):
    other = ("ST-02", "U01", "L2")
    done(register, made(*Q1, found=[F, other]))
    run = made(*Q1, found=[other], inputs="corrected")
    lives = register.against(run, lambda keys: False).comparison.lives
    assert {i: life.status for i, life in lives.items()} == {ID: "resolved", "ST-02-U01-L2": "new"}


def test_a_rule_that_changed_over_the_same_ledgers_resolves_nothing(register):
    done(register, made(*Q1, found=[F]))
    done(register, made(*Q1, ST_02="passed"))
    assert register.list(life="resolved").empty and register.list(life="new").shape[0] == 1


def test_views_of_one_day_are_not_each_others_past(register):
    done(register, made("2021Q4", "2021-12-31", found=[F]))
    assert status(register, made("2021", "2021-12-31", found=[F])) == "new"


def test_a_run_of_an_earlier_day_made_later_takes_its_place_in_time(register):
    done(register, made(*Q3, found=[F]))
    run = made(*Q1, found=[F], inputs="b")
    assert status(register, run) == "new"
    done(register, run)
    line = register.list().iloc[0]
    assert (str(line.first_seen), str(line.last_seen), line.life) == (
        "2021-03-31",
        "2021-09-30",
        "persisting",
    )


def test_going_back_to_the_first_ledger_makes_it_the_last_word_again(register):
    as_was, corrected = made(*Q1, found=[F]), made(*Q1, inputs="corrected", ST_02="passed")
    for run in (as_was, corrected):
        done(register, run)
    assert register.list().iloc[0].life == "resolved"
    done(register, as_was)
    assert register.list().iloc[0].life == "new"


def test_a_run_counts_once_its_report_stands(register, where):
    run = made(*Q1, found=[F])
    record(register.store, run, lambda keys: False, "seal", "/report", AT)
    assert register.list().empty, "killed before the report took its place: nobody has seen it"
    settle(register.store, lambda folder: "another")
    assert register.list().empty
    settle(register.store, {"/report": "seal"}.get)
    assert len(register.list()) == 1, "killed after: the next one finds the report standing"
    place(register.store, run, "seal", "/report")
    assert len(Register.open(where, create=False).list()) == 1


def test_the_last_words_of_a_finding_are_kept_for_when_it_is_gone(register):
    done(register, made(*Q1, found=[(*F, "轻了1克")]))
    done(register, made(*Q2, found=[(*F, "轻了2克")], inputs="b"))
    past = register.against(made(*Q3, inputs="c", ST_02="passed"), lambda keys: False)
    (row,) = past.resolved()
    assert (row["message_zh"], row["status"]) == ("轻了2克", "resolved")
    assert not past.resolved(areas={"safety"})
