"""Firearms beyond rules: gun by gun, ammunition by kind, and the claim of zero error."""

from datetime import date

import pandas as pd
import pytest

from mingjing import Audit
from mingjing.analyse import firearms
from mingjing.sample import write_sample


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("bureau"))


@pytest.fixture(scope="module")
def audit(folder):
    return Audit.open(folder, period="2021")


def test_opening_and_steps_make_closing_for_each_kind(audit):
    falls = firearms.waterfall(audit).set_index(["ammo_type", "step"]).rounds
    book = audit.table("ammo_txn").sort_values(["txn_time", "_row"])
    last = book.groupby(["storeroom", "ammo_type", "batch_no"]).balance.last().groupby("ammo_type").sum()
    for kind, steps in falls.groupby(level=0):
        assert steps.sum() - steps[kind, "closing"] == steps[kind, "closing"] == last[kind]
    assert falls["5.6mm步枪弹", "adjusted"] == -3


def test_a_quarter_opens_with_what_the_last_one_closed_with(folder):
    quarters = [firearms.waterfall(Audit.open(folder, period=f"2021Q{q}")) for q in (1, 2)]
    first, second = (q.set_index(["ammo_type", "step"]).rounds for q in quarters)
    assert first.xs("closing", level=1).equals(second.xs("opening", level=1))


def test_a_gun_absent_once_was_seen_one_time_less(audit):
    guns = firearms.match(audit)
    absent = guns[guns.takes > guns.seen]
    assert len(absent) == 1 and int((absent.takes - absent.seen).iloc[0]) == 1


def test_a_timeline_tells_status_issues_and_stocktakes_in_order(audit):
    gun = firearms.match(audit).query("takes > seen").gun_no.iloc[0]
    told = firearms.timeline(audit, gun)
    assert told.moment.is_monotonic_increasing and set(told.event) == {"status", "issue", "seen", "absent"}
    assert firearms.timeline(audit, "没有这支枪").empty


def test_coverage_misses_the_day_without_a_stocktake(audit):
    days = firearms.coverage(audit)
    assert list(days[days.counted < days.days].month) == ["2021-09"]


def test_nights_are_counted_to_the_day_the_audit_looks_from(audit):
    nights, issues = firearms.nights_out(audit)
    open_ = audit.table("gun_issue").query("in_time.isna()").out_time.dt.normalize()
    assert nights == 1 + (pd.Timestamp(date(2021, 12, 31)) - open_).dt.days.sum()
    assert issues == len(audit.table("gun_issue"))


def test_errors_refute_the_claim(audit):
    screen = firearms.first_screen(audit)
    assert "被推翻" in screen.zh and "refuted" in screen.en and len(screen.figures) == 3


def test_without_ledgers_the_claim_cannot_be_judged(tmp_path):
    (tmp_path / "运动枪支台账.csv").write_text(
        "枪号,枪种,口径,持枪单位,存放库室,状态\nG1,步枪,5.6,射击中心,枪库,在库\n"
    )
    screen = firearms.first_screen(Audit.open(tmp_path, period="2021"))
    assert "无法判断" in screen.zh and [value for *_, value in screen.figures] == ["—", "—", "—"]
