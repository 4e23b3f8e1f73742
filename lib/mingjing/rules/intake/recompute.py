"""The figures that reports claim, worked out again from the ledgers: one function per `claim_key`.

Each takes the ledgers and a claim and gives one or two readings of what the claim may mean; NotRun where the ledgers
cannot say. Shares are fractions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from mingjing.rules.antidoping.education import bound, due_people, records, sessions
from mingjing.rules.catalogue import Params
from mingjing.rules.engine import NotRun, entries
from mingjing.rules.feedback.hotline import counted, rated
from mingjing.rules.ledgers import Ledgers
from mingjing.rules.rectification import items


@dataclass(frozen=True)
class Claim:
    """One sentence of a report. `units`: the ids it speaks of, None for the whole bureau; `dp`: decimals as printed."""

    rid: int
    key: str
    value: float | None
    percent: bool
    dp: int
    units: frozenset[str] | None
    start: date
    end: date

    def within(self, t: ir.Table, unit: str, day: str) -> ir.Table:
        """Rows of the units and days that the claim speaks of."""
        after = ibis.literal(self.end + timedelta(days=1))
        t = t.filter((t[day] >= ibis.literal(self.start)) & (t[day] < after))
        return t.filter(t[unit].isin(sorted(self.units))) if self.units is not None else t


def need(ledgers: Ledgers, **tables: tuple[str, ...]) -> None:
    """NotRun where nobody keeps one of these ledgers or columns."""
    if missing := ledgers.missing(tables):
        code = "column_missing" if any("." in name for name in missing) else "no_data"
        raise NotRun(code, ", ".join(missing))


def _count(t: ir.Table) -> int:
    return int(t.count().execute())


def _share(k: int, n: int, ledger: str) -> float:
    if n == 0:
        raise NotRun("no_rows", ledger)
    return k / n


def festival_checks(ledgers: Ledgers, claim: Claim, p) -> list[float]:
    """By round, where every check names its round, and by single check."""
    need(ledgers, activity_log=("act_type", "act_time"))
    t = entries(ledgers, "activity_log", "act_type", p.festival_check)
    if _count(claim.within(ledgers.activity_log, "unit_id", "act_time")) == 0:
        raise NotRun("no_rows", "activity_log")
    t = claim.within(t, "unit_id", "act_time")
    checks = int(t.act_id.nunique().execute())
    if _count(t.filter(t.round_id.isnull())):
        if claim.value is not None and checks < claim.value:
            return [checks]  # there cannot be more rounds than checks
        if claim.value == checks:
            return [checks]
        raise NotRun("column_missing", "activity_log.round_id")
    return [int(t.round_id.nunique().execute()), checks]


def honours(ledgers: Ledgers, claim: Claim, p) -> list[float]:
    """Persons or units honoured in the years of the claim."""
    need(ledgers, honor=("honor_type", "subject_id", "year"))
    whole(claim)
    t = entries(ledgers, "honor", "honor_type", p.honours[claim.key])
    t = t.filter(t.year.between(claim.start.year, claim.end.year))
    return [int(t.subject_id.nunique().execute())]


def venues(ledgers: Ledgers, claim: Claim, p) -> list[float]:
    row = _city(ledgers, claim, p)
    per_head = row["venue_area"] / row["resident_pop"] if row["venue_area"] and row["resident_pop"] else None
    value = {"场地数量": row["venue_count"], "场地面积": row["venue_area"], "人均场地面积": per_head}[
        claim.key
    ]
    if value is None:
        raise NotRun("no_rows", "region_stat")
    return [value]


def _city(ledgers: Ledgers, claim: Claim, p) -> dict:
    """The city's line of the venue figures nearest before the day the claim speaks of."""
    need(ledgers, region_stat=("is_total", "venue_count", "venue_area", "resident_pop"))
    whole(claim)
    t = ledgers.region_stat
    last, first = ibis.literal(claim.end), ibis.literal(claim.end - timedelta(days=p.days_apart))
    t = t.filter(t.is_total.fill_null(False) & t.stat_date.between(first, last))
    rows = t.order_by(t.stat_date.desc()).limit(1).to_pyarrow().to_pylist()
    if not rows:
        raise NotRun("no_rows", "region_stat")
    return rows[0]


def figure_day(ledgers: Ledgers, claim: Claim, p) -> date:
    """Up to which day what stands against the claim was counted: honours are kept by year, figures of venues by the day of
    their line."""
    recompute = RECOMPUTE[claim.key]
    if recompute is venues:
        return _city(ledgers, claim, p)["stat_date"]
    return min(ledgers.as_of, date(claim.end.year, 12, 31)) if recompute is honours else claim.end


def closed(ledgers: Ledgers, claim: Claim, _p) -> list[float]:
    """Share of the problems fed back in the period that were closed by its end."""
    need(ledgers, rectification=("feedback_date", "status"))
    t = claim.within(items(ledgers), "unit_id", "feedback_date")
    done = t.filter(t.is_closed & (t.closed.isnull() | (t.closed <= ibis.literal(claim.end))))
    return [_share(_count(done), _count(t), "rectification")]


_RATES = {
    "响应率": ("response", ("responded",)),
    "解决率": ("resolution", ("resolved",)),
    "满意率": ("satisfaction", ("satisfaction",)),
}


# Claims that are shares of people, and counts of them, each with the reading (`claims._EVIDENCE`) that is.
SHARES_OF_PEOPLE = dict.fromkeys(_RATES, "computed") | {"反兴奋剂培训覆盖率": "other"}
COUNTS_OF_PEOPLE = dict.fromkeys(("优秀共产党员人数", "优秀党务工作者人数"), "computed")


def hotline(ledgers: Ledgers, claim: Claim, _p) -> list[float]:
    """The rate as RX-02 defines it, over the whole period of the claim."""
    name, columns = _RATES[claim.key]
    need(ledgers, hotline=columns)
    t = claim.within(counted(ledgers), "unit_id", "accept_time")
    rows, hit = rated(t, ledgers.params("RX-02"))[name]
    return [_share(_count(rows.filter(hit)), _count(rows), "hotline")]


def trained(ledgers: Ledgers, claim: Claim, _p) -> list[float]:
    """By unit (FX-09), and by person where there is a roster (FX-01)."""
    need(ledgers, adop_record=("rec_type", "rec_date"), unit=("unit_type",))
    units = bound(ledgers.unit, ledgers.params("FX-09"))
    if claim.units is not None:
        units = units.filter(units.unit_id.isin(sorted(claim.units)))
    held = claim.within(sessions(ledgers), "unit_id", "day")
    reached = units.semi_join(held, "unit_id")
    readings = [_share(_count(reached), _count(units), "unit")]
    if ledgers.has("athlete", "ath_id") and ledgers.has("adop_record", "ath_id"):
        due = due_people(ledgers, ledgers.params("FX-01"), claim.end)
        due = due.filter(due.unit_id.isin(sorted(claim.units))) if claim.units is not None else due
        taught = claim.within(records(ledgers, "教育培训"), "unit_id", "rec_date")
        done = due.semi_join(taught.filter(taught.ath_id.notnull()), "ath_id")
        if total := _count(due):
            readings.append(_count(done) / total)
    return readings


def whole(claim: Claim) -> None:
    """NotRun for a figure of a single unit that is only kept for the whole bureau."""
    if claim.units is not None:
        raise NotRun("scope")


# what a figure is counted or measured in where the clerk left that blank; shares may be written either way
MEASURED = {
    "节日检查次数": "次",
    **dict.fromkeys(("优秀共产党员人数", "优秀党务工作者人数"), "名"),
    "先进基层党组织数": "个",
    "场地数量": "个",
    "场地面积": "万平方米",
    "人均场地面积": "平方米",
}
RECOMPUTE: dict[str, Callable[[Ledgers, Claim, Params], list[float]]] = {
    "节日检查次数": festival_checks,
    **dict.fromkeys(("优秀共产党员人数", "优秀党务工作者人数", "先进基层党组织数"), honours),
    **dict.fromkeys(("场地数量", "场地面积", "人均场地面积"), venues),
    "整改完成率": closed,
    **dict.fromkeys(_RATES, hotline),
    "反兴奋剂培训覆盖率": trained,
}
