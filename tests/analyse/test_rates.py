"""Units compared, halves compared, months charted: what is said is what the numbers carry."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from mingjing import Audit
from mingjing.analyse import canteen, feedback, food_prices, rates, responsibility, safety
from mingjing.sample import write_sample


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    return Audit.open(write_sample(tmp_path_factory.mktemp("bureau")), period="2021")


def year(months: int = 12) -> SimpleNamespace:
    spans = [(f"2021-{m:02d}", date(2021, m, 1), None) for m in range(1, months + 1)]
    ledgers = SimpleNamespace(start=date(2021, 1, 1), end=date(2021, 12, 31), spans=lambda unit: spans)
    return SimpleNamespace(ledgers=ledgers, intake=SimpleNamespace(tables={}))


class Release:
    """What a public audit knows of its policy."""

    policy = SimpleNamespace(smallest=5)

    def note(self, *line):
        pass


def units(*rows):
    return pd.DataFrame(rows, columns=["unit", "k", "n"])


def test_who_differs_by_more_than_chance_is_named_and_who_is_small_is_counted():
    found = rates.compare(
        units(("甲", 90, 200), ("乙", 40, 400), ("丙", 30, 300), ("丁", 3, 4), ("戊", 0, 0)), "k", "n"
    )
    assert list(found.unit) == ["乙", "丙", "甲", "丁"] and list(found.small) == [False, False, False, True]
    assert "甲" in rates.said(found, "zh") and "1个总数不足10，不宜排名" in rates.said(found, "zh")
    assert rates.said(found, "en").startswith(
        "4 units, 163 of 904 together (18.0%); beyond chance: 乙 (40 of 400, below the mean)"
    )


def test_units_alike_are_not_told_apart_and_one_unit_is_not_compared():
    same = rates.compare(units(("甲", 20, 200), ("乙", 41, 400)), "k", "n")
    assert "没有单位超出偶然差异" in rates.said(same, "zh") and "none differs" in rates.said(same, "en")
    alone = rates.compare(units(("甲", 20, 200), ("乙", 0, 0)), "k", "n")
    assert alone.empty and "不足两个" in rates.said(alone, "zh")


def test_halves_of_the_year_meet_at_the_second_of_july():
    days = pd.Series(pd.to_datetime(["2021-07-02"] * 50 + ["2021-07-03"] * 50))
    hit = pd.Series([True] * 20 + [False] * 30 + [True] * 45 + [False] * 5)
    found = rates.halves(year(), days, hit)
    assert (found["k1"], found["n1"], found["k2"], found["n2"], found["real"]) == (20, 50, 45, 50, True)
    none = rates.halves(year(), days[:50], hit[:50])
    assert none["n2"] == 0 and none["change"] is None


def test_halves_are_told_with_the_answer_first_and_a_bound_near_nought_is_not_nought():
    line = {"rate": "resolved", "k1": 83, "n1": 84, "k2": 83, "n2": 90}
    known = line | {"change": -6.6, "low": -14.1, "high": -0.0312, "real": True}
    unknown = line | {"n1": 0, "k1": 0, "change": None, "low": None, "high": None, "real": None}
    told = rates.halves_told(pd.DataFrame([known, unknown]), "zh")
    assert list(told.columns) == ["rate", "real", "change", "interval", "half1", "half2"]
    assert list(told.iloc[0])[1:] == [True, "−6.6", "−14.1 至 −0.03", "83/84", "83/90"]
    assert list(told.iloc[1])[2:] == ["", "", "0/0", "83/90"]


def test_the_public_gets_no_half_that_gives_a_small_rest_away():
    """79 of 82 and 87 of 87: the card says ＊ / 169, the halves must not say 166."""
    days = pd.Series(pd.to_datetime(["2021-03-01"] * 82 + ["2021-09-01"] * 87))
    requests = pd.DataFrame(
        {
            "accept_time": days,
            "replied": days.where(days.index % 2 == 0),
            "resolved": True,
            "satisfaction": ["不满意"] * 3 + ["满意"] * 166,
        }
    )
    audit, told = year(), {}
    for audit.release in (None, Release()):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(feedback, "_requests", lambda _: requests)
            told[audit.release is None] = rates.halves_told(feedback.change(audit), "zh").set_index("rate")
    assert list(told[True].loc["satisfied"])[3:] == ["79/82", "87/87"]
    assert list(told[False].loc["satisfied"])[1:] == [""] * 4
    for rate in ("answered", "resolved"):
        assert list(told[False].loc[rate]) == list(told[True].loc[rate])


def test_a_month_out_of_line_is_marked_and_a_short_series_has_no_limits():
    days = pd.Series([date(2021, m, d + 1) for m in range(1, 13) for d in range(4 + m % 2 + 20 * (m == 9))])
    found = rates.monthly(year(), days, "hazard")
    assert list(found[found.outside].month) == ["2021-09"] and found["count"].sum() == len(days)
    assert rates.monthly(year(3), days, "hazard").high.isna().all()
    assert rates.monthly(year(), pd.Series([], dtype="datetime64[ns]"), "hazard")["count"].sum() == 0


@pytest.mark.parametrize(("rows", "accidents", "known"), [(4, 0, False), (2, 0, True), (4, 1, True)])
def test_a_month_without_a_row_is_not_a_month_without_a_hazard(tmp_path, rows, accidents, known):
    """Of a ledger with rows enough each month, an empty December is unknown; with few, or with a row of another kind, 0."""
    days = [(f"H{m}-{n}", f"2021-{m:02d}-{n + 1:02d}", "否") for m in range(1, 12) for n in range(rows)]
    days += [(f"A{n}", f"2021-12-0{n + 1}", "是") for n in range(accidents)]
    lines = [f"{number},U1,{day},看台,电线裸露,用电,一般,未整改,{is_one}\n" for number, day, is_one in days]
    head = "隐患编号,责任单位,排查日期,部位,隐患内容,隐患类别,隐患等级,状态,是否事故\n"
    (tmp_path / "隐患排查治理台账.csv").write_text(head + "".join(lines), "utf-8")
    audit = Audit.open(tmp_path, period="2021")
    found = safety.months(audit)
    assert found["count"].iloc[-1] == 0 if known else pd.isna(found["count"].iloc[-1])
    assert (found.centre.iloc[-1] == rows) is not known and found.high.notna().all()
    assert ("一行也没有" in rates.monthly_told(found, "zh")) is not known
    assert safety.flow(audit).found.isna().any() is not known


@pytest.mark.parametrize(
    "table", [safety.lateness, responsibility.backdated, feedback.satisfaction, canteen.unsampled]
)
def test_every_area_compares_its_units(audit, table):
    found = table(audit)
    assert len(found) > 1 and (found.k <= found.n).all()
    assert list(found.n) == sorted(found.n, reverse=True) and list(found.small) == [n < 10 for n in found.n]


@pytest.mark.parametrize(
    "table",
    [safety.lateness, safety.months, responsibility.backdated, feedback.satisfaction, feedback.change, feedback.months,
     canteen.unsampled, canteen.severity, food_prices.odd_prices],
)  # fmt: skip
def test_without_its_ledger_a_table_is_empty_not_zero(table, tmp_path):
    (tmp_path / "单位基本信息表.csv").write_text("单位编号,单位名称,单位类型\nU1,甲,直属训练单位\n", "utf-8")
    found = table(Audit.open(tmp_path, period="2021"))
    counts = [column for column in ("k", "n", "n1", "n2", "count") if column in found]
    assert found.empty or not found[counts].to_numpy().any()


def test_meals_without_samples_are_those_of_the_rule(audit):
    found = canteen.unsampled(audit)
    hits = [hit["e_missing"] for hit in audit._run(audit._entries["ST-01"]).hits]
    assert found.k.sum() == sum(hits)


def test_records_entered_late_are_those_of_the_rule(audit):
    late = [hit for hit in audit._run(audit._entries["ZT-04"]).hits if hit["case"] == "late"]
    assert responsibility.backdated(audit).k.sum() == len(late) > 0


def test_severity_and_the_change_that_overturns_the_order_are_told(audit):
    strict = canteen.severity(audit)
    assert strict.effect.is_monotonic_decreasing and (strict.low < strict.effect).all()
    assert strict.effect.iloc[0] > 1 > -1 > strict.effect.iloc[-1]
    assert "才与第一名持平" in canteen.overturn(audit)


def test_a_price_planted_far_above_the_market_leads_the_odd_ones(audit):
    odd = food_prices.odd_prices(audit)
    dear = audit.outcome("ST-12").hits
    assert len(odd) and dear and (odd.score > 0).any()


def test_a_supplier_of_little_is_not_told_as_none(audit):
    found = food_prices.suppliers(audit)
    assert (found.share > 0).all() and (found.share < 0.1).any() and (found.amount > 0).all()
    assert (found.groupby("unit").share.sum() - 100).abs().max() < 0.5


def test_the_four_groups_of_the_sample_agree_but_not_wholly(audit):
    found = feedback.agreement(audit).iloc[0]
    assert 0.3 < found.w < 0.95 and found.left_out == 2
