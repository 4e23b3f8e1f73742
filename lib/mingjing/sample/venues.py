"""A year's list of venues, and the figures by county that are drawn from it."""

from datetime import date

from mingjing.sample.bureau import Bureau, Row

_TYPES = (
    ("101", "篮球场", 420, 800),
    ("102", "网球场", 300, 650),
    ("301", "健身路径", 40, 900),
    ("201", "田径场", 4000, 9000),
)
_TOWNS = ("城关镇", "新华街道", "河口镇", "东风街道", "青山乡")


def build(bureau: Bureau) -> None:
    counties = sorted({row["county"] for row in bureau.rows["unit"]})
    lists = {county: _venues(bureau, place, county) for place, county in enumerate(counties)}
    _duplicates(bureau, lists[counties[0]])
    _areas(bureau, lists[counties[1]])
    _figures(bureau, {county: bureau_rows(bureau, county) for county in counties})


def bureau_rows(bureau: Bureau, county: str) -> list[Row]:
    return [row for row in bureau.rows["venue"] if row["county"] == county and row["status"] == "使用中"]


def _venues(bureau: Bureau, place: int, county: str) -> list[Row]:
    rng = bureau.random(f"venues/{county}")
    rows = []
    for number in range(40 * bureau.scale):
        code, name, low, high = _TYPES[number % len(_TYPES)]
        town = _TOWNS[number % len(_TOWNS)]
        rows.append(
            bureau.add(
                "venue",
                venue_id=bureau.number("CD"),
                venue_name=f"{town}{number + 1}号{name}",
                county=county,
                township=town,
                address=f"{town}健康路{number + 1}号",
                type_code=code,
                type_name=name,
                system=("体育", "教育", "其他")[number % 3],
                area_m2=float(rng.randint(low, high)),
                court_count=1,
                in_out="室外",
                built_year=2000 + number % 20,
                status="停用" if number % 20 == 19 else "使用中",
                stat_year=2021,
                lon=117.0 + place * 0.2 + number * 0.001,
                lat=36.0 + number * 0.001,
            )
        )
    return rows


def _copy(bureau: Bureau, row: Row, **changes) -> Row:
    return bureau.add("venue", **{**row, "venue_id": bureau.number("CD"), **changes})


def _duplicates(bureau: Bureau, rows: list[Row]) -> None:
    first, second, third, fourth = rows[0], rows[1], rows[4], rows[5]
    bureau.plant("CD-03", first, _copy(bureau, first, lon=first["lon"] + 0.05))
    bureau.plant(
        "CD-03",
        second,
        _copy(
            bureau,
            second,
            address="无门牌",
            lat=second["lat"] + 0.0002,
            venue_name=second["venue_name"] + "灯光",
        ),
    )
    bureau.near_miss(
        "CD-03",
        third,
        _copy(bureau, third, address="体育路1号", venue_name="城关镇甲号篮球场", lat=third["lat"] + 0.0002),
    )
    bureau.near_miss("CD-03", fourth, _copy(bureau, fourth, address="体育路2号", lat=fourth["lat"] + 0.001))


def _areas(bureau: Bureau, rows: list[Row]) -> None:
    for row, area, courts in ((rows[0], None, 1), (rows[4], 1900.0, 1)):
        row["area_m2"], row["court_count"] = area, courts
        bureau.plant("CD-04", row)
    for row, area, courts in ((rows[8], 1000.0, 1), (rows[12], 1900.0, 2)):
        row["area_m2"], row["court_count"] = area, courts
        bureau.near_miss("CD-04", row)


def _figures(bureau: Bureau, lists: dict[str, list[Row]]) -> None:
    figures = []
    for place, (county, rows) in enumerate(lists.items()):
        area = round(sum(row["area_m2"] or 0 for row in rows) / 1e4, 2)
        figures.append(_figure(bureau, county, len(rows), area, round(area / 3.0 + place * 0.01, 2)))
    wrong_count, wrong_area, high, low, allowed = figures[2], figures[3], figures[4], figures[5], figures[6]
    wrong_count["venue_count"] += 1
    wrong_area["venue_area"] = round(wrong_area["venue_area"] + 0.02, 2)
    wrong_area["per_capita_area"] = round(wrong_area["venue_area"] / wrong_area["resident_pop"], 2)
    for row in (wrong_count, wrong_area):
        bureau.plant("CD-02", row)
    bureau.near_miss("CD-02", figures[0])
    high["per_capita_area"] = round(high["per_capita_area"] + 0.2, 2)
    low["per_capita_area"] = round(low["per_capita_area"] - 0.2, 2)
    for row in (high, low):
        bureau.plant("CD-01", row)
    bureau.near_miss("CD-01", allowed)
    count = sum(row["venue_count"] for row in figures)
    area = round(sum(row["venue_area"] for row in figures), 2)
    people = round(sum(row["resident_pop"] for row in figures), 2)
    bureau.near_miss("CD-05", _figure(bureau, "全市", count, area, people, is_total=True))
    early = date(2021, 10, 31)  # the day a report of October speaks of
    midyear = {"stat_date": early, "pop_date": early, "is_total": True}
    bureau.plant("CD-05", _figure(bureau, "全市", count - 3, area, people, **midyear))
    old = {
        "pop_source": "部门估算",
        "stat_date": date(2020, 12, 31),
        "pop_date": date(2020, 12, 31),
        "is_total": True,
    }
    bureau.plant("CD-05", _figure(bureau, "全市", count - 9, area, people, **old))


def _figure(bureau: Bureau, county: str, count: int, area: float, people: float, **more) -> Row:
    usual = {
        "stat_date": date(2021, 12, 31),
        "county": county,
        "resident_pop": people,
        "pop_date": date(2021, 12, 31),
        "pop_source": "统计公报",
        "venue_count": count,
        "venue_area": area,
        "per_capita_area": round(area / people, 2),
        "is_total": False,
    }
    return bureau.add("region_stat", **(usual | more))
