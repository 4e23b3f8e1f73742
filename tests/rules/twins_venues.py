"""Plain pandas twins of the venue rules."""

import re
from datetime import date
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

import pandas as pd
from twins import by, each, own, rows, twin

COUNTIES = ["东城", "西城", "南城"]
STANDARD = [date(2020, 12, 31), date(2021, 12, 31), date(2021, 6, 30)]


def figures(n: int, **columns):
    return rows("region_stat", n, **{"county": [*COUNTIES, "全市"], "stat_date": STANDARD} | columns)


@twin(
    "CD-01",
    region_stat=figures(
        120,
        venue_area=[310.0, 155.0, 77.5],
        resident_pop=lambda rng, row: rng.choice([100.0, 100.16, 100.17, 99.8, 50.0, 25.0, 0.0, None]),
        per_capita_area=lambda rng, row: (
            rng.choice([3.1, 3.11, 3.12])
            if rng.random() < 0.3 or not row["resident_pop"]
            else round(row["venue_area"] / row["resident_pop"] + rng.choice([0, 0, 0.01]), 2)
        ),
    ),
)
def cd01(d, p):
    t, half = d.region_stat, {name: 0.5 * 10**-digits for name, digits in p.decimals.items()}
    known = t[t.resident_pop > half["population"]]
    fits = (known.venue_area + half["area"]) / (known.resident_pop - half["population"]) + half["per_head"]
    least = (known.venue_area - half["area"]) / (known.resident_pop + half["population"]) - half["per_head"]
    yield "differs", own(known), ~known.per_capita_area.between(least - 1e-6, fits + 1e-6)
    yield "population", own(t), ~(t.resident_pop > 0)


def counted(rng):
    """A figure for most counties on two days and a total for each day, not all of them as the list has it."""
    made = []
    for day in rng.sample(STANDARD, 2):
        parts = [
            {"county": county, "venue_count": rng.randrange(3, 6), "resident_pop": rng.choice([10.0, 20.0])}
            | {"venue_area": round(rng.choice([0.15, 0.2, 0.25]) + rng.choice([0, 0.004, 0.006]), 4)}
            for county in rng.sample(COUNTIES, rng.choice([2, 3, 3]))
        ]
        whole = {k: sum(part[k] for part in parts) for k in ("venue_count", "venue_area", "resident_pop")}
        whole["venue_count"] += rng.choice([0, 0, 1])
        for column in ("venue_area", "resident_pop"):
            whole[column] = round(whole[column] + rng.choice([0, 0.01, 0.015, 0.02]), 3)
        made += [part | {"stat_date": day, "is_total": rng.choice([False, None])} for part in parts]
        made.append(whole | {"stat_date": day, "is_total": True, "county": "全市"})
    return made


@twin(
    "CD-02",
    region_stat=counted,
    venue=rows(
        "venue",
        34,
        venue_id=[f"V{n}" for n in range(200)],
        county=[*COUNTIES, "北城"],
        area_m2=[500.0] * 9 + [None],
        status=["使用中", "使用中", "使用中", "停用"],
        stat_year=[2019, 2020, 2021, 2021],
    ),
)
def cd02(d, p):
    r, v = d.region_stat, d.venue[d.venue.status.isin(p.counted)]
    r = r.assign(year=r.stat_date.dt.year.astype(float))
    listed = v.groupby(["county", "stat_year"]).agg(n=("venue_id", "nunique"), area=("area_m2", "sum"))
    county = r[~r.is_total.eq(True) & r.year.isin(v.stat_year)]
    at = pd.MultiIndex.from_frame(county[["county", "year"]])
    mine = listed.reindex(at).fillna(0)
    yield "count", own(county), mine.n.values != county.venue_count
    yield "area", own(county), (mine.area.values / 1e4 - county.venue_area).abs() > p.tol_wan_m2 + 1e-6
    hits = {"city_count": [], "city_area": [], "city_population": []}
    totals = r[r.is_total.eq(True)]
    parts = {day: g for day, g in r[~r.is_total.eq(True)].groupby("stat_date")}
    for total in totals.itertuples():
        g = parts[total.stat_date]
        off = {c: abs(g[c].sum() - getattr(total, c)) for c in ("venue_count", "venue_area", "resident_pop")}
        hits["city_count"].append(off["venue_count"] > 0)
        hits["city_area"].append(off["venue_area"] > p.tol_wan_m2 * len(g) + 1e-6)
        hits["city_population"].append(off["resident_pop"] > p.tol_wan_persons * len(g) + 1e-6)
    for case, hit in hits.items():
        yield case, own(totals), hit
    reported = set(zip(r.county[~r.is_total.eq(True)], r.year[~r.is_total.eq(True)], strict=True))
    groups = [(g.county.iloc[0], g.stat_year.iloc[0], g) for _, g in by(v, "county", "stat_year")]
    groups = [(where, year, g) for where, year, g in groups if year in set(r.year)]
    yield "unlisted", [tuple(g.row) for *_, g in groups], [(w, y) not in reported for w, y, _ in groups]


def bare(text):
    return "" if pd.isna(text) else re.sub(r"[\W_]+", "", text).lower()


def metres(a, b):
    up, across = radians(b.lat - a.lat), radians(b.lon - a.lon)
    half = sin(up / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(across / 2) ** 2
    return 2 * 6_371_000 * asin(sqrt(half))


@twin(
    "CD-03",
    venue=each(
        "venue",
        "venue_id",
        [f"V{n:03}" for n in range(150)],
        venue_name=["人民篮球场", "人民 篮球场", "人民（东）篮球场", "人民1号篮球场", "学校操场", "……"],
        county=COUNTIES[:2],
        address=["人民路1号", "人民路 1号", "学府路2号", None],
        type_code=["101", "102"],
        area_m2=[500.0, 500.0, 475.0, 476.0, None],
        stat_year=[2020, 2021, 2021, 2022],
        lon=[117.0, 117.0002, 117.0005, 117.0006, 117.3, 0.0, None],
        lat=[36.0, 36.0002, 36.0004, 36.00044, 36.00045, 36.2],
    ),
)
def cd03(d, p):
    t = d.venue[d.venue.stat_year <= d.end.year]
    t = t[t.stat_year == t.stat_year.max()].sort_values("venue_id")
    tells_apart = re.compile("[0-9a-z一二三四五六七八九十东西南北甲乙丙丁]")
    pairs, name, near = [], [], []
    for a, b in combinations(t.itertuples(), 2):
        pairs.append((a.row, b.row))
        same_name, same_street = bare(a.venue_name) == bare(b.venue_name), bare(a.address) == bare(b.address)
        known = bare(a.venue_name) and bare(a.address)
        name.append(a.county == b.county and bool(known) and same_name and same_street)
        numbers = [tells_apart.findall(bare(v.venue_name)) for v in (a, b)]
        placed = all(v.lon and v.lat and pd.notna(v.lon) and pd.notna(v.lat) for v in (a, b))
        alike = a.county == b.county and a.type_code == b.type_code and numbers[0] == numbers[1]
        close = alike and placed and metres(a, b) < p.d_m and abs(a.area_m2 - b.area_m2) < p.share * a.area_m2
        near.append(bool(close) and not (same_name and same_street and pd.notna(a.address)))
    yield "name", pairs, name
    yield "near", pairs, near


@twin(
    "CD-04",
    venue=rows(
        "venue",
        120,
        type_name=["篮球场", "乒乓球场", "冰场"],
        area_m2=[-1.0, 0.0, 39.9, 40.0, 120.0, 120.1, 364.0, 363.9, 728.0, 1000.0, 1000.1, 2000.1, None],
        court_count=[0, 1, 1, 2, None],
        stat_year=[2020, 2021, 2022],
    ),
)
def cd04(d, p):
    t = d.venue[d.venue.stat_year == 2021]
    courts = t.court_count.where(t.court_count > 0, 1)
    low, high = (
        t.type_name.map({name: ends[n] for name, ends in p.range_m2.items()}) * courts for n in (0, 1)
    )
    yield "blank", own(t), t.area_m2.isna()
    yield "nothing", own(t), t.area_m2 <= 0
    yield "small", own(t), (t.area_m2 > 0) & (t.area_m2 < low - 1e-6)
    yield "large", own(t), t.area_m2 > high + 1e-6


@twin(
    "CD-05",
    region_stat=figures(
        40, pop_date=STANDARD, pop_source=["统计公报", "人口普查", "统计年鉴", "估算"], is_total=[True, False]
    ),
    report_claim=rows(
        "report_claim",
        30,
        doc_title=[f"报告{n}" for n in range(6)],
        claim_key=["人均场地面积", "全省人均场地面积", "场地数量"],
        period_end=[*STANDARD, None],
    ),
)
def cd05(d, p):
    t = d.region_stat[d.region_stat.is_total.eq(True)]
    yield "midyear", own(t), ~((t.stat_date.dt.month == 12) & (t.stat_date.dt.day == 31))
    yield "population", own(t), t.pop_date != t.stat_date
    yield "source", own(t), ~t.pop_source.isin(["统计公报", "人口普查", "统计年鉴"])
    c = d.report_claim
    both = c[c.claim_key == "人均场地面积"].merge(
        c[c.claim_key == "全省人均场地面积"], on="doc_title", suffixes=("", "_their")
    )
    known = both.period_end.notna() & both.period_end_their.notna()
    keys = list(zip(both.row, both.row_their, strict=True))
    yield "province", keys, known & (both.period_end != both.period_end_their)
