"""Food safety. Each function is one rule of `catalogue/canteen.toml`."""

import ibis
import ibis.expr.types as ir
from ibis import _

from mingjing.rules.engine import rule
from mingjing.rules.expr import hours_between, matches, month_of, over, under
from mingjing.rules.ledgers import Ledgers


def meals(ledgers: Ledgers) -> ir.Table:
    """Meals that were served, one row a class of diners; the month's closing line is no meal."""
    t = ledgers.meal_ledger
    return t.filter((t.meal != "月结") & (t.diners > 0))


def sampled(ledgers: Ledgers, p) -> ir.Table:
    """Meals served, each with `short`: fewer samples kept than `p.coverage` of its dishes asks for."""
    served = (
        meals(ledgers)
        .group_by("unit_id", "ledger_date", "meal")
        .agg(rid=_._rid.min(), dishes=_.dish_count.max())
    )
    kept = ledgers.food_log.filter(ledgers.food_log.log_type == "留样")
    kept = kept.group_by("unit_id", "meal", ledger_date=kept.meal_date).agg(kept=kept.dish.nunique())
    t = served.left_join(kept, ["unit_id", "ledger_date", "meal"])
    # where nobody wrote how many dishes there were, one sample is the least
    short = under(t.kept.fill_null(0), ibis.coalesce(t.dishes, 1) * p.coverage)
    return t.mutate(short=short, month=month_of(t.ledger_date))


@rule("ST-01")
def samples(ledgers: Ledgers, p):
    t = sampled(ledgers, p)
    g = t.group_by("unit_id", "month").agg(
        _rids=_.rid.collect(where=_.short),
        missing=_.short.sum(),
        meals=_.count(),
        date=_.ledger_date.max(where=_.short),
    )
    g = g.filter(g.missing > 0)
    yield "missing", g.mutate(subject=g.unit_id + "|" + g.month, percent=(g.missing / g.meals * 100).round(1))


@rule("ST-02")
def retention(ledgers: Ledgers, p):
    t = ledgers.food_log.filter(ledgers.food_log.log_type == "留样")
    discarded = ledgers.by_then(t.discard_time)
    kept = t.mutate(hours=hours_between(t.log_time, discarded))
    waiting = t.filter(discarded.isnull()).mutate(
        hours=hours_between(t.log_time, ledgers.moment(ledgers.day_end))
    )
    yield "light", kept.filter(kept.weight_g.isnull() | under(kept.weight_g, p.w_g))
    yield "short", kept.filter(under(kept.hours, p.h))
    yield "kept", waiting.filter(over(waiting.hours, p.h_alert))


@rule("ST-03")
def temperatures(ledgers: Ledgers, p):
    t = ledgers.food_log
    cold = t.log_type == "冷藏温度"
    yield "cold", t.filter(cold & (under(t.temp_c, p.lo) | over(t.temp_c, p.hi)))
    yield "frozen", t.filter((t.log_type == "冷冻温度") & over(t.temp_c, p.frozen_max))
    yield "core", t.filter((t.log_type == "中心温度") & under(t.temp_c, p.core_min))
    yield "blank", t.filter(t.log_type.isin(["冷藏温度", "冷冻温度", "中心温度"]) & t.temp_c.isnull())
    yield "gaps", _cold_gaps(ledgers, t.filter(cold), p.n_per_day)


def _cold_gaps(ledgers: Ledgers, logs: ir.Table, least: int) -> ir.Table:
    """Canteens and months with days of service on which the cold store was read too seldom."""
    open_days = meals(ledgers).filter(lambda t: ledgers.in_period(t.ledger_date))
    open_days = open_days.select("unit_id", day="ledger_date").distinct()
    counts = logs.group_by("unit_id", day=logs.log_time.cast("date")).agg(logs=_.count())
    t = open_days.left_join(counts, ["unit_id", "day"]).drop("unit_id_right", "day_right")
    t = t.mutate(gap=t.logs.fill_null(0) < least, month=month_of(t.day))
    g = t.group_by("unit_id", "month").agg(gaps=_.gap.sum(), days=_.count(), date=_.day.max(where=_.gap))
    g = g.filter(g.gaps > 0).inner_join(ledgers.unit.select("_rid", "unit_id"), "unit_id")
    return g.mutate(subject=g.unit_id + "|" + g.month)


@rule("ST-04")
def certificates(ledgers: Ledgers, p):
    c = ledgers.cert_asset
    licence = c.filter(c.ca_type == "食品经营许可证").group_by("unit_id").agg(until=_.valid_to.max())
    units = ledgers.unit.filter(ledgers.unit.has_canteen & ledgers.unit.active.fill_null(True))
    yield from _until(
        ledgers, units.left_join(licence, "unit_id").drop("unit_id_right"), "licence", p.warn_licence
    )
    health = c.filter(c.ca_type == "健康证").group_by(person_id="holder_id").agg(until=_.valid_to.max())
    people = ledgers.person
    handles = (people.key_area == "食堂").fill_null(False) | matches(people.post, p.posts)
    people = people.filter(handles & (people.status == "在岗"))
    people = people.left_join(health, "person_id").drop("person_id_right")
    people = people.mutate(unit=people.unit_id, subject=people.person_id)
    yield from _until(ledgers, people, "health", p.warn_health)


def _until(ledgers: Ledgers, t: ir.Table, what: str, warn_days: int):
    as_of = ibis.literal(ledgers.as_of)
    yield f"{what}_none", t.filter(t.until.isnull())
    yield f"{what}_over", t.filter(t.until < as_of)
    soon = t.filter(t.until.between(as_of, as_of + ibis.interval(days=warn_days)))
    yield f"{what}_soon", soon.mutate(kind=ibis.literal("warning"), severity=ibis.literal("low"))


@rule("ST-07")
def expired(ledgers: Ledgers, p):
    bought = ledgers.food_purchase.select(purchase_line_id="line_id", expiry_date="expiry_date")
    issued = ledgers.food_stock.filter(ledgers.food_stock.txn_type == "出库").inner_join(
        bought, "purchase_line_id"
    )
    yield "expired", issued.filter(issued.txn_date > issued.expiry_date)


@rule("ST-25")
def invented(ledgers: Ledgers, p):
    t = ledgers.food_log
    t = t.mutate(month=month_of(t.log_time), minute=t.log_time.truncate("m"))
    read = t.filter(t.log_type.isin(["冷藏温度", "冷冻温度"]))
    same = read.group_by("unit_id", "log_type", "device_no", "month").agg(
        _rids=_._rid.collect(),
        readings=_.temp_c.count(),
        values=_.temp_c.nunique(),
        date=_.log_time.max(),
        temp=_.temp_c.max(),
    )
    same = same.filter((same.readings >= p.n_same) & (same["values"] == 1))
    yield (
        "same",
        same.mutate(
            subject=same.unit_id + "|" + same.log_type + "|" + same.device_no.fill_null("") + "|" + same.month
        ),
    )
    burst = t.filter(t.log_type.isin(["冷藏温度", "冷冻温度", "中心温度", "消毒"])).group_by(
        "unit_id", "person_id", "minute"
    )
    burst = burst.agg(
        _rids=_._rid.collect(), entries=_.count(), days=_.log_type.nunique(), date=_.log_time.max()
    )
    burst = burst.filter(burst.person_id.notnull() & (burst.entries >= p.n_minute))
    yield (
        "minute",
        burst.mutate(subject=burst.unit_id + "|" + burst.person_id + "|" + burst.minute.cast("string")),
    )
    if ledgers.has("staff_leave"):
        away = ledgers.staff_leave.select("from_date", "to_date", leave="_rid", person_id="person_id")
        day = t.log_time.cast("date")
        on_leave = t.join(away, [t.person_id == away.person_id, day >= away.from_date, day <= away.to_date])
        yield "leave", on_leave.mutate(_rids=ibis.array([on_leave._rid, on_leave.leave]))
