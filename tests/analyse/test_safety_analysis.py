"""Safety analyses of the sample bureau agree with its ledgers, and say nothing where there is no ledger."""

import pandas as pd
import pytest

from mingjing import Audit
from mingjing.analyse import safety
from mingjing.sample import write_sample


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("bureau"))


@pytest.fixture(scope="module")
def audit(folder):
    return Audit.open(folder, period="2021")


def test_every_site_in_use_is_either_checked_or_not(audit):
    sites, listed = safety.sites(audit), audit.table("site")
    assert sites.sites.sum() == int((listed.active != False).sum())  # noqa: E712 (three-valued)
    assert (sites.checked + sites.unchecked == sites.sites).all() and sites.unchecked.sum() == 2


def test_hazards_flow_adds_up_to_what_is_open(audit):
    flow, opening = safety.flow(audit), safety.hazards(audit)
    before = opening[opening.found_date < pd.Timestamp(2021, 1, 1)]
    carried = int((~(before.closed < pd.Timestamp(2021, 1, 1))).sum())
    assert (carried + flow.found.fillna(0).cumsum() - flow.closed.cumsum() == flow.open).all()
    assert flow.open.iloc[-1] == len(safety.ageing(audit))


def test_what_the_months_do_not_show_is_said(audit):
    """64 hazards on record: those found before the year are not in its months."""
    months, hazards = safety.months(audit), safety.hazards(audit)
    earlier = len(hazards) - int(months["count"].sum())
    assert earlier == (hazards.found_date < pd.Timestamp(2021, 1, 1)).sum() > 0
    assert f"期前发现的{earlier}项不在图中" in safety.months_told(audit, months)


def test_a_closure_after_the_day_looked_from_is_still_open(folder):
    earlier = Audit.open(folder, period="2021", as_of="2021-09-10")
    hazards = safety.hazards(earlier)
    assert hazards.found_date.max() <= pd.Timestamp(2021, 9, 10)
    assert (hazards[hazards.rect_date > pd.Timestamp(2021, 9, 10)].is_open).all()


def test_the_first_screen_counts_with_denominators(audit):
    screen = safety.first_screen(audit)
    assert screen.zh == "登记隐患64项（事故3起另计），未销号1项；其中重大隐患3项，未销号0项。"
    assert [value.split(" / ")[0] for *_, value in screen.figures][1:] == ["1", "2"]


def test_activities_tell_none_from_not_kept(audit):
    grid = safety.activity(audit)
    assert (grid.times == 0).any() and grid[grid.activity != "防火巡查"].times.notna().all()


def test_a_unit_that_owes_no_patrols_has_no_nought_of_them(audit):
    patrols, units = safety.activity(audit), audit.table("unit")
    patrols = patrols[patrols.activity == "防火巡查"].set_index("unit").times
    owing = units[units.is_fire_key.eq(True) | units.is_public_venue.eq(True)].unit_name
    assert patrols[owing].notna().all() and (patrols[patrols.isna()].index.difference(owing)).size
    assert not (patrols.drop(owing) == 0).any()


def test_whoever_finds_something_is_told_by_name(audit):
    assert safety.inspectors(audit).checks.sum() > 0


def test_one_unit_is_looked_at_alone(folder):
    one = Audit.open(folder, period="2021", units=["U003"])
    assert set(safety.sites(one).unit) == set(safety.activity(one).unit) == {"市体育运动学校"}
