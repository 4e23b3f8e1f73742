"""What the venue figures say beyond their rules: the population they imply, and what rounding allows."""

from dataclasses import dataclass

import pandas as pd

from mingjing.analyse import Screen, ledger
from mingjing.rules.venues import latest

_COUNT, _AREA, _PER_HEAD, _PROVINCE = "场地数量", "场地面积", "人均场地面积", "全省人均场地面积"


@dataclass(frozen=True)
class Implied:
    """Population that an area and an area per head imply, in 10,000 persons: the point and what rounding allows."""

    point: float
    low: float
    high: float

    def allows(self, population: float) -> bool:
        """Whether a population (10,000 persons) fits the published figures."""
        return self.low <= population <= self.high


def implied_population(area: float, per_head: float, area_dp: int = 2, per_head_dp: int = 1) -> Implied:
    """Population implied by a published area (10,000 m²) and area per head (m²), each rounded to its decimals.

    2221.78 and 3.1 imply 716.7, and allow 705.3 to 728.5. ValueError where the area per head rounds to nothing.
    """
    half_area, half = 0.5 * 10**-area_dp, 0.5 * 10**-per_head_dp
    if per_head <= half:
        raise ValueError(f"area per head {per_head} cannot be told from zero at {per_head_dp} decimals")
    return Implied(
        area / per_head, (area - half_area) / (per_head + half), (area + half_area) / (per_head - half)
    )


def claims(audit) -> pd.DataFrame:
    """The venue figures claimed in reports: `claim_key`, `value`, `round_dp`, `doc_title`, `period_end`."""
    if "report_claim" not in audit.ledgers:
        return pd.DataFrame(columns=["claim_key", "value", "round_dp", "doc_title", "period_end"])
    c = audit.ledgers.report_claim
    c = c.filter(c.claim_key.isin([_COUNT, _AREA, _PER_HEAD, _PROVINCE]))
    return c.order_by("_rid").select("claim_key", "value", "round_dp", "doc_title", "period_end").execute()


def claimed(audit) -> dict[str, float]:
    """The first value claimed for each venue figure."""
    frame = claims(audit).dropna(subset=["value"]).drop_duplicates("claim_key")
    return dict(zip(frame.claim_key, frame.value, strict=True))


def arithmetic(audit) -> pd.DataFrame:
    """The report's own arithmetic: one row per quantity that follows from the figures claimed (`quantity`, `value`,
    `low`, `high`): implied population (10,000, in English a million), m² per venue, venues per 10,000 people, ratio to the province."""
    told = claimed(audit)
    rows = []
    if {_AREA, _PER_HEAD} <= told.keys():
        people = implied_population(told[_AREA], told[_PER_HEAD])
        ten_thousands = 100 if audit.lang == "en" else 1  # English has millions
        rows.append(
            (
                "implied_population",
                *(n / ten_thousands for n in (people.point, people.low, people.high)),
            )
        )
        if _COUNT in told:
            count = told[_COUNT]
            rows.append(("venues_per_10k", count / people.point, count / people.high, count / people.low))
    if {_AREA, _COUNT} <= told.keys():
        mean = told[_AREA] * 1e4 / told[_COUNT]
        rows.append(("m2_per_venue", mean, mean, mean))
    if {_PER_HEAD, _PROVINCE} <= told.keys():
        low, high = (
            (told[_PER_HEAD] - 0.05) / (told[_PROVINCE] + 0.005),
            (told[_PER_HEAD] + 0.05) / (told[_PROVINCE] - 0.005),
        )
        rows.append(("ratio_to_province", told[_PER_HEAD] / told[_PROVINCE], low, high))
    return pd.DataFrame(rows, columns=["quantity", "value", "low", "high"])


def counties(audit) -> pd.DataFrame:
    """One row per county of the latest figures: published `per_capita_area`, `recomputed` from area and population,
    and what rounding allows, `low` to `high`. An audit of county departments has their counties only."""
    columns = [
        "county",
        "venue_count",
        "venue_area",
        "resident_pop",
        "per_capita_area",
        "recomputed",
        "low",
        "high",
    ]
    if "region_stat" not in audit.ledgers:
        return pd.DataFrame(columns=columns)
    t = audit.ledgers.region_stat
    t = t.filter(t.stat_date == t.stat_date.max())
    frame = (
        t.order_by("county")
        .select("county", "is_total", "venue_count", "venue_area", "resident_pop", "per_capita_area")
        .execute()
    )
    frame = frame[~frame.is_total.fillna(False).astype(bool)].drop(columns="is_total").reset_index(drop=True)
    mine = _counties_of(audit)
    frame = frame[frame.county.isin(mine)].reset_index(drop=True) if mine else frame
    frame["recomputed"] = frame.venue_area / frame.resident_pop
    frame = frame.sort_values("recomputed", ascending=False, kind="stable", ignore_index=True)
    frame["low"] = (frame.venue_area - 0.005) / (frame.resident_pop + 0.005)
    frame["high"] = (frame.venue_area + 0.005) / (frame.resident_pop - 0.005)
    return frame


def _counties_of(audit) -> list[str]:
    """The counties of the units asked for, where these are departments of counties."""
    frame = ledger(audit, "unit")
    return sorted(set(frame[frame.unit_type == "县市区部门"].county)) if audit.units else []


def whose(audit) -> str:
    """Whose figures an audit of some units shows here: venues are kept by county, and not by unit."""
    mine, zh = _counties_of(audit), audit.lang == "zh"
    if not audit.units:
        return ""
    if zh:
        part = f"各县市区一节只列{'、'.join(mine)}" if mine else "各县市区一节也是全市的"
        return f"场地台账按县市区登记，不分单位：汇报材料的算术是全市的，{part}。"
    part = f"the table of counties has {', '.join(mine)} only" if mine else "and so is the table of counties"
    return (
        f"Venues are kept by county and not by unit: the report's own arithmetic is the whole city's, {part}."
    )


def first_screen(audit) -> Screen | None:
    """Whether the area per head can be recomputed from what is on file."""
    told, ledgers = claimed(audit), audit.ledgers
    if "region_stat" not in ledgers and "venue" not in ledgers:
        return None
    count, area = "—", "—"
    if (
        "venue" in ledgers
        and ledgers.venue.filter(ledgers.venue.stat_year <= ledgers.end.year).count().execute()
    ):
        frame = latest(ledgers).select("status", "area_m2").execute()
        used = frame[frame.status.isin(audit.params("CD-02").counted)]
        count = f"{len(used):,} / {len(frame):,}"
        area = f"{_area(used.area_m2.sum(), audit.lang)} / {_area(told[_AREA] * 1e4, audit.lang) if _AREA in told else '—'}"
    implied = implied_population(told[_AREA], told[_PER_HEAD]) if {_AREA, _PER_HEAD} <= told.keys() else None
    people = f"{implied.low:,.1f}–{implied.high:,.1f}" if implied else "—"
    if implied and audit.lang == "en":
        people = f"{implied.low / 100:,.2f}–{implied.high / 100:,.2f}"
    figures = (
        ("使用中的场地 / 登记", "Venues in use / on the list", count),
        ("登记面积 / 汇报面积（万平方米）", "Area listed / claimed (m²)", area),
        (
            "汇报数隐含人口（万人）",
            "Population the report implies (million)",
            people,
        ),
    )
    zh, en = _verdict(audit, implied, told.get(_PER_HEAD))
    return Screen(zh, en, figures)


def _area(square_metres: float, lang: str) -> str:
    """In tens of thousands of square metres for Chinese, in full for English."""
    return f"{square_metres / 1e4:,.2f}" if lang == "zh" else f"{square_metres:,.0f}"


def _verdict(audit, implied: Implied | None, per_head: float | None) -> tuple[str, str]:
    population = None
    if "region_stat" in audit.ledgers:
        t = audit.ledgers.region_stat
        t = t.filter(t.is_total.fill_null(False) & t.resident_pop.notnull()).order_by(t.stat_date.desc())
        population = next(iter(t.select("resident_pop").limit(1).execute().resident_pop), None)
    if implied is None:
        return (
            "汇报材料没有面积和人均数，人均面积无从复算。",
            "The reports claim no area and area per head; there is nothing to recompute.",
        )
    if population is None:
        return (
            f"没有全市常住人口，人均{per_head}平方米不能复算。",
            f"Without the city's resident population {per_head} m² per head cannot be recomputed.",
        )
    if implied.allows(population):
        return (
            f"人均{per_head}平方米可以复算：常住人口{population:g}万人在四舍五入允许的范围内。",
            f"{per_head} m² per head can be recomputed: a population of {population * 1e4:,.0f} is within what rounding allows.",
        )
    return (
        f"人均{per_head}平方米复算对不上：常住人口{population:g}万人，要{implied.low:.1f}至{implied.high:.1f}万人才对得上。",
        f"{per_head} m² per head does not hold when worked out again: the population is {population * 1e4:,.0f}, and it would take {implied.low / 100:.2f} to {implied.high / 100:.2f} million.",
    )
