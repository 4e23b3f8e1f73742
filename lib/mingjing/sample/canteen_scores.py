"""Quarterly scores, red flags, the canteen of the year, and visits."""

from datetime import date, datetime

from mingjing.sample.bureau import Bureau, Row

_GROUPS = ("采购验收", "出入库", "成本核算", "账目公开", "民主监督", "食品安全")
# points an item by which each rater is more lenient, or stricter, than the others
_LENIENCY = (1.0, -0.5, 0.5, -1.0, 0.5)
_QUARTERS = ("一季度", "二季度", "三季度", "四季度")
# weekday and month of a canteen's four visits: never evenly spaced, not all on one weekday
_VISITS = ((date(2021, 2, 3), 9), (date(2021, 5, 25), 10), (date(2021, 8, 12), 9), (date(2021, 12, 10), 15))
_TUESDAYS = ((date(2021, 1, 12), 9), (date(2021, 3, 16), 9), (date(2021, 6, 29), 10), (date(2021, 11, 2), 9))


def build(bureau: Bureau, canteens: list[str]) -> None:
    """`canteens` are unit ids; the third is the best in every quarter."""
    office = bureau.rows["unit"][0]["unit_id"]
    raters = [(person, office) for person in bureau.staff(office)["clerk"][:3]]
    raters += [(bureau.staff(unit)["finance"][0], unit) for unit in canteens[:2]]
    firsts = {}
    for quarter in _QUARTERS:
        for place, unit in enumerate(canteens):
            firsts[quarter, unit] = _score(bureau, quarter, unit, place, raters)
    _flags(bureau, canteens, firsts)
    _plant_scores(bureau, canteens, raters, firsts)
    _visits(bureau, canteens)


def _score(bureau: Bureau, quarter: str, unit: str, place: int, raters: list[tuple[str, str]]) -> list[Row]:
    """Every rater's sheet; the canteen's own rater stands aside."""
    rng = bureau.random(f"scores/{quarter}/{unit}")
    base = (12.5, 13.0, 14.5)[place] if place < 3 else 12.0
    rows, totals = [], []
    for number, (rater, home) in enumerate(raters):
        own = home == unit
        values = [base + rng.randint(-4, 4) / 2 + _LENIENCY[number] for _ in _GROUPS]
        totals += [] if own else [sum(values)]
        for group, value in zip(_GROUPS, values, strict=True):
            rows.append(
                bureau.add(
                    "rating",
                    rating_id=bureau.number("PF"),
                    scheme="食堂现场评分",
                    period=f"2021年{quarter}",
                    target_id=unit,
                    rater_id=rater,
                    rater_type="检查组成员",
                    rater_unit_id=home,
                    item=group,
                    item_group=group,
                    max_score=20.0,
                    score=None if own else value,
                    recused=own,
                    published_total=None,
                )
            )
    shown = round(sum(totals) / len(totals), 2)
    for row in rows:
        row["published_total"] = shown
    return [row for row in rows if not row["recused"]]


def _flags(bureau: Bureau, canteens: list[str], firsts: dict) -> None:
    best = canteens[2]
    for quarter in _QUARTERS:
        unit = canteens[0] if quarter == "二季度" else best
        row = _honour(bureau, unit, "流动红旗", quarter)
        (bureau.plant if unit != best else bureau.near_miss)("ST-17", row)
    for row in firsts["三季度", canteens[1]]:
        row["published_total"] += 1
    bureau.plant("ST-17", firsts["三季度", canteens[1]][0])
    for unit in canteens[:3]:
        row = _honour(bureau, unit, "先进食堂", "年度")
        (bureau.plant if unit != best else bureau.near_miss)("ST-B02", row)


def _honour(bureau: Bureau, unit: str, kind: str, period: str) -> Row:
    return bureau.add(
        "honor",
        honor_id=bureau.number("RY"),
        year=2021,
        period=period,
        honor_type=kind,
        subject_type="单位",
        subject_id=unit,
        publicity_start=date(2021, 12, 1),
        publicity_end=date(2021, 12, 10),
        doc_no="市体发〔2021〕38号",
    )


def _plant_scores(bureau: Bureau, canteens: list[str], raters: list[tuple[str, str]], firsts: dict) -> None:
    for unit in canteens[:2]:
        own = next(
            r
            for r in bureau.rows["rating"]
            if r["scheme"] == "食堂现场评分" and r["target_id"] == unit and r["rater_unit_id"] == unit
        )
        own["score"], own["recused"] = 19.0, False
        bureau.plant("ST-16", own)
        aside = next(
            r
            for r in bureau.rows["rating"]
            if r["target_id"] == unit and r["rater_unit_id"] == unit and r["recused"]
        )
        bureau.near_miss("ST-16", aside)
    for unit, quarter in ((canteens[0], "一季度"), (canteens[1], "四季度")):
        rows = [
            r
            for r in bureau.rows["rating"]
            if r["scheme"] == "食堂现场评分" and r["target_id"] == unit and r["period"] == f"2021年{quarter}"
        ]
        for row in rows:
            if row["item_group"] == "民主监督":
                row["item_group"] = "环境卫生"
        bureau.plant("ST-15", rows[0])
    bureau.near_miss("ST-15", firsts["一季度", canteens[2]][0])


def _visits(bureau: Bureau, canteens: list[str]) -> None:
    rows: dict[tuple[str, int], Row] = {}
    for place, unit in enumerate(canteens):
        plan = _TUESDAYS if place in (1, 2) else _VISITS
        for quarter, (day, hour) in enumerate(plan):
            if (place, quarter) == (0, 1):
                continue
            moment = datetime(day.year, day.month, day.day, hour, 30)
            rows[unit, quarter] = bureau.add(
                "activity_log",
                act_id=bureau.number("HD"),
                act_type="食堂检查",
                act_time=moment,
                unit_id=unit,
                leader_id=bureau.rows["unit"][0]["head_id"],
                issue_count=1,
                notice_time=moment,
                arrive_time=moment,
                inspect_level="本级",
                evidence_ref=bureau.number("ZL"),
            )
    a, b, c = canteens[:3]
    bureau.plant("ST-18", bureau.unit(a))
    # two of the four Tuesdays fall into the first quarter and none into the third
    for unit in (b, c):
        bureau.plant("ST-18", bureau.unit(unit))
        bureau.plant("ST-24", *(rows[unit, quarter] for quarter in range(4)))
    for unit, quarter in ((a, 2), (b, 3)):
        rows[unit, quarter]["notice_time"] = rows[unit, quarter]["arrive_time"].replace(hour=8)
        bureau.plant("ST-23", rows[unit, quarter])
    bureau.near_miss("ST-23", rows[c, 3])
    bureau.near_miss("ST-24", *(rows[a, quarter] for quarter in (0, 2, 3)))
    if len(canteens) > 3:
        bureau.near_miss("ST-18", bureau.unit(canteens[3]))
    else:
        bureau.near_miss("ST-18", bureau.rows["unit"][0])
