"""Firearms beyond rules: gun by gun, ammunition by kind, and the claim of zero error."""

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
    assert falls["5.6mm步枪弹", "deficit"] == -3


def test_a_gain_and_a_loss_do_not_come_to_nought_together(tmp_path):
    """Two rounds short in one line and two too many in the next: four rounds are unclear, and one line that follows adds none."""
    lines = ["期初,100,100", "领出,10,88", "领出,10,80", "退回,5,85"]
    rows = [
        f"L{day},2021-03-0{day} 09:00,射击中心,枪库,4.5mm气枪弹,21-12,{line}"
        for day, line in enumerate(lines, 1)
    ]
    head = "流水号,业务时间,单位,存放库室,弹种,批号,业务类型,数量,结存"
    (tmp_path / "弹药收发结存台账.csv").write_text("\n".join([head, *rows]) + "\n")
    audit = Audit.open(tmp_path, period="2021")
    steps = firearms.waterfall(audit).set_index("step").rounds
    assert (steps["gained"], steps["lost"]) == (2, -2) and steps.sum() == 2 * steps["closing"] == 170
    assert firearms.first_screen(audit).figures[1][2] == "4 / 20"


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


def test_issues_not_back_when_due_are_counted_once_each(audit):
    log = audit.table("gun_issue")
    overnight = log.in_time.isna() | (log.in_time.dt.normalize() > log.out_time.dt.normalize())
    kept, issues = firearms.kept_out(audit)
    assert 0 < kept <= overnight.sum() and issues == len(log)
    assert kept == audit.check("firearms").to_pandas().query("rule_id == 'QD-04'").subject.nunique()


def test_errors_refute_the_claim(audit):
    screen = firearms.first_screen(audit)
    assert "被推翻" in screen.zh and "refuted" in screen.en and len(screen.figures) == 3


def test_without_ledgers_the_claim_cannot_be_judged(tmp_path):
    (tmp_path / "运动枪支台账.csv").write_text(
        "枪号,枪种,口径,持枪单位,存放库室,状态\nG1,步枪,5.6,射击中心,枪库,在库\n"
    )
    screen = firearms.first_screen(Audit.open(tmp_path, period="2021"))
    assert "无法判断" in screen.zh and [value for *_, value in screen.figures] == ["—", "—", "—"]
