"""Equipment and certificates on the day looked from: at their limits, and without data."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest


def asset(kind, number="C1", **more):
    return {
        "ca_id": number,
        "ca_type": kind,
        "name": "设备",
        "unit_id": "U1",
        "holder_id": None,
        "location": "大厅",
        "subtype": "手提式干粉",
        "made_date": date(2015, 1, 1),
        "valid_from": date(2021, 1, 1),
        "valid_to": date(2022, 6, 30),
        "last_check_date": date(2021, 12, 20),
        "apply_date": date(2020, 11, 1),
        "status": "在用",
    } | more


UNITS = [{"unit_id": "U1", "is_public_venue": False}, {"unit_id": "U2", "is_public_venue": True}]
PEOPLE = [
    {"person_id": "P1", "status": "在岗", "status_date": None},
    {"person_id": "P2", "status": "退休", "status_date": date(2021, 12, 31)},
    {"person_id": "P3", "status": "退休", "status_date": date(2022, 1, 1)},
]
FULL = {"holder_id": "P9", "location": "他处", "valid_to": date(2030, 1, 1)}


@pytest.mark.parametrize(
    ("rule", "kind", "change", "found"),
    [
        ("AQ-07", "消防设施", {"last_check_date": date(2020, 12, 31)}, set()),
        ("AQ-07", "消防设施", {"last_check_date": date(2020, 12, 30)}, {"overdue"}),
        ("AQ-07", "消防设施", {"last_check_date": None}, {"never"}),
        ("AQ-07", "消防设施", {"last_check_date": None, "made_date": None}, {"never"}),
        ("AQ-07", "消防设施", {"last_check_date": None, "made_date": date(2020, 12, 31)}, set()),
        ("AQ-07", "消防设施", {"last_check_date": date(2022, 3, 1)}, set()),
        ("AQ-07", "消防设施", {"last_check_date": None, "status": "停用"}, set()),
        ("AQ-08", "灭火器", {"last_check_date": date(2021, 11, 30)}, {"unchecked"}),
        ("AQ-08", "灭火器", {"last_check_date": date(2021, 12, 1)}, set()),
        ("AQ-08", "灭火器", {"last_check_date": date(2021, 12, 1), "unit_id": "U2"}, {"unchecked"}),
        ("AQ-08", "灭火器", {"last_check_date": date(2021, 12, 15), "location": "地下室东"}, {"unchecked"}),
        ("AQ-08", "灭火器", {"last_check_date": date(2021, 12, 16), "location": "地下室东"}, set()),
        ("AQ-08", "灭火器", {"last_check_date": None}, {"unchecked"}),
        ("AQ-08", "灭火器", {"last_check_date": None, "made_date": date(2021, 12, 20)}, set()),
        ("AQ-08", "灭火器", {"made_date": date(2011, 12, 31)}, {"expired"}),
        ("AQ-08", "灭火器", {"made_date": date(2012, 1, 1)}, set()),
        ("AQ-08", "灭火器", {"made_date": date(2012, 1, 1), "subtype": "水基型"}, {"expired"}),
        ("AQ-08", "灭火器", {"made_date": None}, {"undated"}),
        ("AQ-08", "灭火器", {"subtype": "泡沫"}, {"undated"}),
        (
            "AQ-08",
            "灭火器",
            {"subtype": None, "location": None, "last_check_date": None},
            {"undated", "unchecked"},
        ),
        ("AQ-09", "特种设备", {"valid_to": date(2022, 1, 31)}, set()),
        ("AQ-09", "特种设备", {"valid_to": date(2022, 1, 30)}, {"unapplied"}),
        ("AQ-09", "特种设备", {"valid_to": date(2022, 1, 30), "apply_date": date(2021, 12, 30)}, set()),
        ("AQ-09", "特种设备", {"valid_to": date(2022, 1, 30), "apply_date": date(2021, 12, 31)}, {"late"}),
        ("AQ-09", "特种设备", {"valid_to": date(2022, 1, 30), "apply_date": date(2022, 1, 5)}, {"unapplied"}),
        ("AQ-09", "特种设备", {"valid_to": date(2021, 12, 31), "apply_date": date(2021, 11, 30)}, set()),
        (
            "AQ-09",
            "特种设备",
            {"valid_to": date(2021, 12, 30), "apply_date": date(2021, 11, 30)},
            {"expired"},
        ),
        ("AQ-09", "特种设备", {"valid_to": None}, {"undated"}),
        ("AQ-09", "特种设备", {"valid_to": date(2020, 1, 1), "status": "停用"}, set()),
        ("AQ-09", "特种设备", {"valid_to": date(2022, 1, 9), "valid_from": date(2022, 1, 1)}, set()),
        ("AQ-10", "救生员证", {"holder_id": "P1", "valid_to": date(2022, 2, 1)}, set()),
        ("AQ-10", "救生员证", {"holder_id": "P1", "valid_to": date(2021, 12, 30)}, {"expired"}),
        ("AQ-10", "救生员证", {"holder_id": "P2", "valid_to": date(2021, 12, 30)}, set()),
        ("AQ-10", "救生员证", {"holder_id": "P3", "valid_to": date(2021, 12, 30)}, {"expired"}),
        ("AQ-10", "救生员证", {"holder_id": "P8", "valid_to": date(2021, 12, 30)}, {"unknown"}),
        ("AQ-10", "救生员证", {"holder_id": None, "valid_to": date(2021, 12, 30)}, {"unknown"}),
        ("AQ-10", "救生员证", {"holder_id": "P1", "valid_to": date(2022, 1, 30)}, {"soon"}),
        ("AQ-10", "救生员证", {"holder_id": "P1", "valid_to": date(2022, 1, 31)}, set()),
        ("AQ-10", "救生员证", {"holder_id": "P1", "valid_to": None}, {"undated"}),
        ("AQ-10", "消防设施操作员证", {"holder_id": "P1", "valid_to": None}, set()),
        ("AQ-10", "健康证", {"holder_id": "P1", "valid_to": date(2021, 1, 1)}, set()),
    ],
)
def test_equipment_is_judged_at_its_limits(check, rule, kind, change, found):
    rows = [asset(kind, "C0", **FULL), asset(kind, **change)]
    outcome, findings = check(rule, cert_asset=rows, unit=UNITS, person=PEOPLE)
    assert {hit["case"] for hit in outcome.hits} == found
    assert [f["row"] for f in findings] == ([3] if found else [])


def test_aq08_gives_one_finding_a_building_with_every_extinguisher_in_it(check):
    rows = [asset("灭火器", f"C{i}", last_check_date=date(2021, 10, i + 1)) for i in range(3)]
    rows += [asset("灭火器", "C8", made_date=date(2010, 1, 1)), asset("灭火器", "C9", location="二楼")]
    _, (finding,) = check("AQ-08", cert_asset=rows, unit=UNITS)
    assert finding["subject"] == "U1|大厅" and finding["evidence"].count('"row"') == 4
    assert finding["message_zh"] == "U1大厅灭火器4具，3具超期未检查；1具已到报废年限"


def test_aq08_agrees_with_pandas_on_random_extinguishers(check):
    rng = random.Random(3)
    kinds = {"水基": 6, "干粉": 10, "二氧化碳": 12}
    rows = [
        asset(
            "灭火器",
            f"C{i}",
            location=f"{rng.randint(1, 5)}楼",
            unit_id=rng.choice(["U1", "U2"]),
            subtype=rng.choice(list(kinds)),
            made_date=date(2008, 1, 1) + timedelta(days=rng.randint(0, 5000)),
            last_check_date=date(2021, 11, 20) + timedelta(days=rng.randint(0, 40)),
        )
        for i in range(200)
    ]
    frame, as_of = pd.DataFrame(rows), pd.Timestamp(2021, 12, 31)
    checked, made = pd.to_datetime(frame.last_check_date), pd.to_datetime(frame.made_date)
    limit = (checked + pd.Timedelta(days=15)).where(frame.unit_id == "U2", checked + pd.DateOffset(months=1))
    retire = pd.Series([m + pd.DateOffset(years=kinds[k]) for m, k in zip(made, frame.subtype, strict=True)])
    frame["unchecked"], frame["expired"] = limit < as_of, retire <= as_of
    expected = {
        (case, f"{unit}|{place}"): int(n)
        for case in ("unchecked", "expired")
        for (unit, place), n in frame.groupby(["unit_id", "location"])[case].sum().items()
        if n
    }
    outcome, _ = check("AQ-08", cert_asset=rows, unit=UNITS)
    assert {(h["case"], h["subject"]): h["e_hits"] for h in outcome.hits} == expected


@pytest.mark.parametrize("rule", ["AQ-07", "AQ-08", "AQ-09", "AQ-10"])
def test_without_data_nothing_passes(check, rule):
    outcome, _ = check(rule, rating=[{"rating_id": "R1"}])
    assert (outcome.outcome, outcome.reason[0]) == ("not_run", "no_data")
