"""Tables that a rule has worked out once for several queries."""

from dataclasses import replace
from datetime import date, datetime

import ibis
import pyarrow as pa

from mingjing.period import Period
from mingjing.rules import Ledgers, catalogue, run_rule


def made(**columns) -> Ledgers:
    table = pa.table({"_rid": pa.array([1, 2, 3], pa.int64()), **columns})
    return Ledgers(ibis.duckdb.connect(), {"gun_issue": table}, Period.parse("2021"), date(2021, 12, 31))


def test_a_materialised_table_keeps_the_types_of_its_query_and_nulls_where_ibis_expects_none():
    ledgers = made(ammo_out=pa.array([50, None, 25], pa.int64()))
    issues = ledgers.gun_issue

    def build():
        return issues.group_by(kind=ibis.literal("row")).agg(
            out=issues.ammo_out.sum(), rids=issues._rid.collect(), none=issues.ammo_used.max()
        )

    _, rows = ledgers.fetch(ledgers.materialised("drawn", build))
    assert rows.to_pylist() == [{"kind": "row", "out": 75, "rids": [1, 2, 3], "none": None}]
    assert rows.schema == build().schema().to_pyarrow()


def test_a_query_is_shown_with_the_tables_it_rests_on_each_after_those_it_needs():
    ledgers = made(gun_no=pa.array(["G1", "G1", "G2"]))
    first = ledgers.materialised("pairs", lambda: ledgers.gun_issue.select("gun_no").distinct())
    second = ledgers.materialised("counted", lambda: first.agg(n=first.count()))
    ledgers.materialised("other", lambda: ledgers.gun_issue.limit(1))
    text, rows = ledgers.fetch(second.filter(second.n > 1))
    assert rows.to_pylist() == [{"n": 2}]
    assert text.index("CREATE TABLE pairs AS") < text.index("CREATE TABLE counted AS") < text.rindex("SELECT")
    assert "CREATE TABLE other" not in text


def test_who_takes_a_table_worked_out_by_asking_for_the_period_has_asked_for_it():
    ledgers = made(out_time=pa.array([datetime(2021, 5, 1), None, None], pa.timestamp("us")))

    def within():
        return ledgers.gun_issue.filter(ledgers.in_period(ledgers.gun_issue.out_time))

    for _ in range(2):
        ledgers.period_asked = False
        assert ledgers.materialised("within", within).count().execute() == 1
        assert ledgers.period_asked


def test_rows_after_the_day_looked_from_are_out_of_sight_and_a_query_that_never_saw_them_says_so():
    moments = [datetime(2021, 12, 31, 23, 59, 59), datetime(2022, 1, 1), None]
    ledgers = made(out_time=pa.array(moments, pa.timestamp("us")), gun_no=pa.array(["G1", "G2", "G3"]))
    text, rows = ledgers.fetch(ledgers.gun_issue.select("gun_no"))
    assert rows["gun_no"].to_pylist() == ["G1", "G3"]
    assert text.startswith("-- up to 2021-12-31: gun_issue\nSELECT")
    whole = made(out_time=pa.array([moments[0], None, None], pa.timestamp("us")))
    assert whole.fetch(whole.gun_issue.select("_rid"))[0].startswith("SELECT")


def test_the_order_in_which_an_engine_adds_is_not_seen_in_a_finding():
    def total(ledgers, _p):
        t = ledgers.purchase
        yield "split", t.group_by("unit_id").agg(_rid=t._rid.min(), total=t.amount.sum(), n=t.count())

    def found(*amounts):
        table = pa.table({"_rid": [1, 2, 3], "unit_id": ["U1"] * 3, "amount": amounts})
        ledgers = Ledgers(
            ibis.duckdb.connect(), {"purchase": table}, Period.parse("2021"), date(2021, 12, 31)
        )
        entry = catalogue()["CG-02"]
        entry = replace(entry, scope="snapshot", needs={"purchase": ("amount",)}, evidence=("total", "n"))
        return run_rule(entry, total, ledgers).hits

    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    assert found(0.1, 0.2, 0.3) == found(0.3, 0.2, 0.1)
    assert found(99_999_999_999.98, 0.01, 0.0)[0]["e_total"] == 99_999_999_999.99


def test_what_an_earlier_query_of_the_rule_told_is_not_told_again():
    ledgers = made(gun_no=pa.array(["G1", "G1", "G2"]))
    pairs = ledgers.materialised("pairs", lambda: ledgers.gun_issue.select("gun_no").distinct())
    assert ledgers.rests_on(pairs) == ["pairs"]
    text, rows = ledgers.fetch(pairs.filter(pairs.gun_no == "G2"), told={"pairs"})
    assert text.startswith("SELECT") and rows.to_pylist() == [{"gun_no": "G2"}]
