"""What intake itself must notice, planted in ledgers that other areas have filled: cells, rows, dates, gaps, totals."""

from datetime import date, timedelta

from mingjing.sample.bureau import Bureau, Row

_LEAVE = date(2021, 8, 23)


def plant(bureau: Bureau) -> None:
    _cells(bureau)
    _rows(bureau)
    _dates(bureau)
    _gaps(bureau)
    for table, error in (("canteen_payable", 100.0), ("canteen_cash", -0.1)):
        bureau.plant("DQ-06", bureau.total(table, error))
    bureau.near_miss("DQ-06", bureau.total("food_purchase", 0.0))


def _cells(bureau: Bureau) -> None:
    for row, text in zip(bureau.rows["venue"][-2:], ("八十年代", "建国初"), strict=True):
        row.written["built_year"] = text
        bureau.plant("DQ-01", row)
    blank = bureau.rows["venue"][-3]
    blank["built_year"] = None
    bureau.near_miss("DQ-01", blank)
    unit = bureau.rows["unit"][0]
    strange, known = _disclosure(bureau, unit, "党建"), _disclosure(bureau, unit, None)
    bureau.plant("DQ-01", strange)
    bureau.near_miss("DQ-01", known)


def _disclosure(bureau: Bureau, unit: Row, category: str | None) -> Row:
    return bureau.add(
        "disclosure",
        disclosure_no=bureau.number("GK"),
        title="机关党建工作情况",
        category=category,
        unit_id=unit["unit_id"],
        formed_date=date(2021, 11, 1),
        publish_date=date(2021, 11, 5),
        channel="单位网站",
    )


def _rows(bureau: Bureau) -> None:
    """A row without what it must have is rejected; a key written twice is a question, another day's is none."""
    nameless = _disclosure(bureau, bureau.rows["unit"][1], "政务公开")
    nameless["title"] = None
    bureau.plant("DQ-01", nameless)
    clerks = bureau.staff(bureau.rows["unit"][0]["unit_id"])["clerk"]
    unit = bureau.rows["unit"][0]["unit_id"]
    _, again, other = [
        bureau.add("staff_leave", person_id=p, unit_id=unit, from_date=day, to_date=day, leave_type="年休假")
        for p, day in ((clerks[2], _LEAVE), (clerks[2], _LEAVE), (clerks[2], _LEAVE + timedelta(days=7)))
    ]
    bureau.plant("DQ-01", again)
    bureau.near_miss("DQ-01", other)


def _dates(bureau: Bureau) -> None:
    taken = {id(row) for _, rows in bureau.planted for row in rows}
    done = [r for r in bureau.rows["rectification"] if r.get("finish_date") and id(r) not in taken]
    for row in done[-3:-1]:
        row["finish_date"] = row["feedback_date"] - timedelta(days=1)
        bureau.plant("DQ-02", row)
    done[-1]["finish_date"] = done[-1]["feedback_date"]
    bureau.near_miss("DQ-02", done[-1])


def _gaps(bureau: Bureau) -> None:
    """Two canteens without a log for November: meals without samples as well, and cold stores nobody read."""
    first, second, third = [row["unit_id"] for row in bureau.units_with("has_canteen")][:3]
    log = bureau.rows["food_log"]
    for unit in (first, second):
        bureau.rows["food_log"] = log = [r for r in log if r["unit_id"] != unit or r["log_time"].month != 11]
        meals = [
            r for r in bureau.rows["meal_ledger"] if r["unit_id"] == unit and r["ledger_date"].month == 11
        ]
        bureau.plant("DQ-03", bureau.unit(unit))
        bureau.plant("ST-01", *(r for r in meals if r["diner_class"] == "运动员"))
        bureau.plant("ST-03", bureau.unit(unit))
    bureau.near_miss("DQ-03", bureau.unit(third))
