"""Real files read by the mappings kept in the project: every figure published or counted for them comes out."""

from pathlib import Path

import pandas as pd
import pytest

from mingjing import Audit
from mingjing.analyse import canteen
from mingjing.intake.files import read_file
from mingjing.intake.values import read_number

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real files (../shared/real) are not here")


def opened(area: str, period: str, mapping: str | None = None) -> Audit:
    audit = Audit.open(REAL / area, period, mapping=ROOT / "data" / "mappings" / f"{mapping or area}.toml")
    assert audit.intake.conservation().kept.all() and not audit.intake.unreadable
    return audit


@pytest.fixture(scope="module")
def food():
    return opened("food", "2014")


@pytest.fixture(scope="module")
def firearms():
    return opened("firearms", "2000")


@pytest.fixture(scope="module")
def fires():
    audit = opened("safety", "2024")
    hazards = audit.table("hazard").assign(closed=lambda t: t.rect_date, opened=lambda t: t.found_date)
    others = audit.table("activity_log").assign(
        closed=lambda t: t.x_inspections_closeddate, opened=lambda t: t.act_time
    )
    both = pd.concat([hazards, others])
    days = (pd.to_datetime(both.closed) - pd.to_datetime(both.opened)).dt.days
    return len(hazards), len(others), both.assign(days=days)


def test_chicago_results_and_critical_rates_by_inspector_group(food):
    visits = food.table("activity_log")
    assert visits.conclusion.value_counts().to_dict() == {
        "合格": 18494,
        "不合格": 5455,
        "整改后合格": 3651,
    }
    assert visits.checker_ids.isna().sum() == 5200 and visits.unit_id.nunique() == 12367
    critical = visits.x_criticalCount.astype(int) > 0
    assert critical.groupby(visits.checker_ids).mean().round(3).to_dict() == {
        "purple": 0.382,
        "blue": 0.227,
        "orange": 0.126,
        "green": 0.091,
        "yellow": 0.056,
        "brown": 0.023,
    }


def test_the_canteen_report_ranks_kitchens_and_tells_the_lenient_from_the_strict_inspectors(food):
    raters = canteen.severity(food).rater.tolist()
    assert (raters[0], raters[-1], len(raters)) == (
        "brown",
        "purple",
        6,
    )  # the ends of the published coefficients
    order = canteen.ranking(food)
    assert order.unit.tolist()[0] == "School" and (order.raters == 6).all() and order.p_first[0] < 0.95


def test_the_published_test_window_of_chicagos_model():
    visits = opened("food", "2014", "food_model").table("activity_log")
    window = visits[visits.act_time.between("2014-09-02", "2014-10-31")]
    critical = (window.conclusion == "有关键项违规").sum()
    assert (len(window), critical, round(critical / len(window), 3)) == (1637, 258, 0.158)
    assert (visits.x_Train == "True").sum() == 17075 and (visits.x_Test == "True").sum() == 1637


def test_san_francisco_scores_and_risks(food):
    ratings = food.table("rating").query("rating_id.str.startswith('SF-')")
    score = ratings.score
    assert (len(ratings), score.isna().sum(), score.count()) == (25863, 12081, 13782)
    assert (round(score.mean(), 2), score.median(), score.min(), score.max()) == (90.67, 92, 47, 100)
    bands = pd.cut(score, [0, 70, 85, 90, 100]).value_counts(sort=False)
    assert bands.tolist() == [370, 2703, 2722, 7987]
    risks = food.table("hazard").x_risk_category.value_counts().to_dict()
    assert risks == {"Low Risk": 18826, "Moderate Risk": 13629, "High Risk": 5510}
    units = food.table("unit")
    assert len(units) == 6359 and units.unit_name.str.contains("TROPISUEÑO").any()
    assert set(ratings.target_id) <= set(units.unit_id)


def test_orders_reconcile_with_their_lines(food):
    lines = food.table("food_stock")
    sums = (lines.qty * lines.unit_cost).groupby(lines.x_order_id).sum()
    orders = food.table("canteen_cash").set_index("entry_id").amount
    both = pd.DataFrame({"order": orders, "lines": sums.reindex(orders.index)})
    agree = (both.order - both.lines).abs() < 0.005
    assert (len(lines), len(orders)) == (10037, 945)
    assert (agree.sum(), both.lines.isna().sum(), (~agree & both.lines.notna()).sum()) == (941, 3, 1)


def test_weapons_become_a_register_and_equal_rows_stay(firearms):
    guns = firearms.table("gun")
    assert len(guns) == 729 and guns.gun_no.is_unique
    assert guns.gun_type.value_counts().to_dict() == {"RIFLE": 666, "PISTOL": 60, "SHOTGUN": 2, "REVOLVER": 1}
    assert str(guns.status_date.min())[:4] >= "1990" and guns.status_date.notna().all()


def test_the_whole_loan_file_adds_up():
    path = REAL / "firearms" / "leso_1033_Massachusetts_raw.csv"
    (sheet,) = read_file(path, path.name)
    head, *rows = sheet.rows
    value, count = head.index("Acquisition Value"), head.index("Quantity")
    assert len(rows) == 1117 and sum(read_number(row[count]) for row in rows) == 3019
    assert round(sum(read_number(row[value]) for row in rows), 2) == 7466557.62


@pytest.mark.parametrize(
    ("title", "rows"),
    [("atf_10-FFL-total", 41), ("atf_07-form-type", 26), ("atf_08-registration-by-state", 52)],
)
def test_published_totals_cross_foot(firearms, title, rows):
    claims = firearms.table("report_claim").query("doc_title == @title")
    parts = claims[[c for c in claims if c.startswith("x_")]].dropna(axis=1, how="all")
    sums = parts.map(lambda cell: read_number(cell) or 0).sum(axis=1)
    assert len(claims) == rows and (sums == claims.value).all()
    if title == "atf_08-registration-by-state":
        assert claims.value.sum() == 4436096


def test_printed_percentages_that_differ_from_their_own_counts(firearms):
    claims = firearms.table("report_claim").query("doc_title == 'atf_13-FFL-inspections'")
    done, all_ = (claims[f"x_{name}"].map(read_number) for name in ("Inspections", "Total Licensees"))
    differs = (done / all_ * 100).round(1) != (claims.value * 100).round(1)
    assert (len(claims), differs.sum()) == (41, 12)
    assert differs[claims.claim_id == "INSP-2015"].all()


def test_toronto_fire_inspections(fires):
    hazards, others, both = fires
    assert (hazards, others) == (9829, 3364)
    enforced = both.x_enforcement_proceedings == "Yes"
    assert (enforced.sum(), both.days.median(), both.days.max(), (both.days > 365).sum()) == (
        362,
        91,
        1679,
        1714,
    )
    assert (both.days[enforced].median(), both.days[~enforced].median()) == (729, 87)
