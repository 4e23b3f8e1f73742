"""What follows from the other areas' plants: cards that were due, honours that were not, risks rated too low."""

from datetime import date

from mingjing.rules import catalogue
from mingjing.sample import claims, intake_plants
from mingjing.sample.bureau import Bureau, Row
from mingjing.tables import tables


def build(bureau: Bureau) -> None:
    _cards(bureau)
    _honours(bureau)
    _risks(bureau)
    intake_plants.plant(bureau)
    claims.plant(bureau)


def _units(bureau: Bureau, rules: set[str]) -> dict[str, list[Row]]:
    """Units with a planted finding of these rules, and the rows."""
    found: dict[str, list[Row]] = {}
    for rule_id, rows in bureau.planted:
        unit = _unit_of(bureau, rows[0])
        if rule_id in rules and unit:
            found.setdefault(unit, []).append(rows[0])
    return dict(sorted(found.items()))


def _unit_of(bureau: Bureau, row: Row) -> str | None:
    """The unit a row speaks of: its own, or that of the person it names."""
    column = tables()[row.table].unit
    if column and row.get(column):
        return row[column]
    people = {person["person_id"]: person["unit_id"] for person in bureau.rows["person"]}
    return people.get(row.get("person_id") or row.get("subject_id"))


def _cards(bureau: Bureau) -> None:
    """Every unit that met a trigger got its card but the first two of each colour."""
    for colour, rules in catalogue()["SS-01"].params["matrix"].value.items():
        for place, (unit, rows) in enumerate(_units(bureau, set(rules)).items()):
            if place < 2:
                bureau.plant("SS-01", *rows)
                continue
            card = bureau.add(
                "tricolor",
                card_id=bureau.number("SP"),
                subject_type="单位",
                subject_id=unit,
                color=colour,
                trigger_type="任务逾期",
                trigger_ref=None,
                issue_date=date(2021, 12, 30),
                rect_due_date=date(2022, 1, 20),
                rect_done_date=None,
                lifted_date=None,
                prev_card_id=None,
                consequence=None,
                exemption_no=None,
            )
            bureau.near_miss("SS-01", card)


def _high(prefix: str | None = None) -> set[str]:
    rules = catalogue().values()
    return {
        r.rule_id for r in rules if r.severity == "high" and (not prefix or r.rule_id.split("-")[0] == prefix)
    }


def _honours(bureau: Bureau) -> None:
    high = list(_units(bureau, _high()))
    calm = [row["unit_id"] for row in bureau.rows["unit"] if row["unit_id"] not in high]
    for row in bureau.rows["honor"]:
        if row["subject_type"] == "单位":
            (bureau.plant if row["subject_id"] in high else bureau.near_miss)("KH-05", row)
    for unit in [*high[:2], *calm[:1]]:
        row = bureau.add(
            "honor",
            honor_id=bureau.number("RY"),
            year=2021,
            period="年度",
            honor_type="其他",
            subject_type="单位",
            subject_id=unit,
            publicity_start=date(2021, 12, 1),
            publicity_end=date(2021, 12, 10),
            doc_no="市体发〔2021〕40号",
        )
        bureau.plant("KH-05", row) if unit in high else bureau.near_miss("KH-05", row)


def _risks(bureau: Bureau) -> None:
    """Two units rate an area low in which they have a finding of high severity; one has it rated medium."""
    planted = 0
    taken = {id(row) for _, rows in bureau.planted for row in rows}
    for area, prefixes in catalogue()["LZ-B02"].params["prefixes"].value.items():
        for unit in [unit for prefix in prefixes for unit in _units(bureau, _high(prefix))]:
            rows = [r for r in bureau.rows["risk_register"] if r["unit_id"] == unit and r["key_area"] == area]
            if len(rows) != 1 or id(rows[0]) in taken or rows[0]["status"] != "有效":
                continue
            taken.add(id(rows[0]))
            if planted < 2:
                rows[0]["likelihood"], rows[0]["impact"], rows[0]["risk_level"] = 1, 2, "低"
                bureau.plant("LZ-B02", rows[0])
                planted += 1
            else:
                bureau.near_miss("LZ-B02", rows[0])
