"""Messages, requests, sanctions, statistics and courts read by the mappings kept in the project, with their known figures."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from mingjing import Audit
from mingjing.intake.files import read_file

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real files (../shared/real) are not here")


def opened(data: Path, period: str, mapping: str) -> Audit:
    audit = Audit.open(data, period, mapping=ROOT / "data" / "mappings" / f"{mapping}.toml")
    assert audit.intake.conservation().kept.all() and not audit.intake.unreadable
    return audit


def raw(path: str) -> pd.DataFrame:
    (sheet,) = read_file(REAL / path, path)
    head, *rows = sheet.rows
    return pd.DataFrame(rows, columns=head)


@pytest.fixture(scope="module")
def requests():
    return opened(REAL / "complaints", "2017", "complaints")


def test_the_reply_lag_of_citizens_messages(requests):
    """The known figures were counted over the 1,999 moments written as text; the one true date cell is read as well."""
    messages = requests.table("hotline").query("channel == '网上民声'")
    days = (messages.reply_time - messages.accept_time) / pd.Timedelta(days=1)
    assert (len(messages), days.notna().sum(), (days < 0).sum()) == (2000, 2000, 0)
    lag = days[messages["_row"] != 7]
    assert (round(lag.mean(), 2), round(lag.median(), 2), round(lag.max(), 2)) == (18.03, 11.87, 407.99)
    assert ((lag > 15).sum(), (lag > 30).sum()) == (783, 289)
    written = raw("complaints/cn_citizen_messages_with_replies_first2000.xlsx")["留言主题"]
    assert (written.duplicated().sum(), messages.title.duplicated().sum()) == (
        28,
        29,
    )  # one differs in blanks only
    assert round(days[messages["_row"] == 7].iloc[0], 2) == 31.06
    assert not messages.content.str.contains(r"[\n\t]").any()


def test_requests_to_san_francisco_and_those_closed_before_they_came(requests):
    asked = requests.table("hotline").query("channel == '其他'")
    days = (asked.reply_time - asked.accept_time) / pd.Timedelta(days=1)
    assert (len(asked), asked.reply_time.notna().sum(), asked.reply_time.isna().sum()) == (10000, 9630, 370)
    assert (round(days.median(), 2), round(days.min(), 2)) == (5.63, -333.41)
    assert asked.category.value_counts().iloc[[0]].to_dict() == {"Sewer Issues": 2947}
    closed = raw("complaints/sf311_requests.csv.gz")
    assert (asked.resolved.fillna(False)).sum() == (closed.status == "Closed").sum()
    place = closed[["latitude", "supervisor_district"]]
    assert ((place.latitude == "0.0").sum(), (place.supervisor_district == "").sum()) == (4264, 4271)


def test_requests_closed_before_they_came_are_findings(requests):
    found = requests.check("intake").to_pandas().query("rule_id == 'DQ-02'")
    assert len(found) == 17 and found.subject.str.startswith("hotline|accept_time|reply_time|SF-").all()


def test_doubtful_entries_of_san_franciscos_restaurants():
    visits = raw("food/sf_restaurants_inspections_plus.csv.gz")
    assert (visits.duplicated().sum(), visits.duplicated(["business_id", "date"]).sum()) == (187, 1719)
    assert (visits.date > "20171107").sum() == 2  # dated after the day they were published
    assert raw("food/sf_restaurants_violations_plus.csv.gz").duplicated().sum() == 41


def test_the_tree_of_categories_has_all_its_leaves():
    tree = raw("complaints/cn_message_category_tree_附件1.xlsx")
    assert tree.shape == (517, 3) and (tree.iloc[:, 2] != "").all()


def test_sanctions_without_a_date_are_rejected_and_the_others_dated_by_their_first_announcement():
    audit = opened(REAL / "antidoping", "2023", "antidoping")
    records, rejected = audit.table("adop_record"), audit.intake.rejected
    assert (len(records), len(rejected)) == (649, 288)
    names = [
        json.loads(values)["Athlete"] if "Athlete" in values else values for values in rejected["values"]
    ]
    assert all("Name Removed" in name for name in names)
    assert str(records.rec_date.min())[:10] == "2001-09-17" and str(records.rec_date.max())[:4] == "2023"
    updated = records[records["_row"] == 5].iloc[0]  # “Original: 3/20/2023; Updated: 12/01/2023”
    assert str(updated.rec_date)[:10] == "2023-03-20"
    everyone = raw("antidoping/usada_sanctions_2023-12-21_pseudonymised.csv")
    top = everyone.Sport.value_counts()
    assert (len(everyone), len(top), everyone.duplicated().sum()) == (937, 85, 47)
    known = {name: int(top[name]) for name in top.index[:4]}
    assert sorted(known.values()) == [141, 141, 174, 174]


def test_statistics_in_gbk_with_lines_above_and_notes_below():
    audit = opened(REAL / "chinese", "2024", "chinese")
    claims = audit.table("report_claim").set_index("claim_id").value
    assert len(claims) == 93 and claims["GDP-广东省"] == 141488.9e8
    assert claims["GDP-江苏省"] == 136696.9e8 and claims["GDP-北京市"] == 49670.2e8
    assert claims["POP65-北京市"] == 3703 and claims["FAI-北京市"] == -0.047
    for source in audit.intake.sources:
        assert source.status == "skipped" or (source.header_row, source.accepted) == (4, 31)
    days = raw("chinese/china_statutory_holidays_and_makeup_workdays.csv").kind.value_counts()
    assert (days["holiday"], days["makeup_workday"], days.sum()) == (621, 150, 922)


def test_courts_of_a_geojson_exported_as_a_table(tmp_path):
    features = json.loads((REAL / "venues" / "hk_basketball_venues_2025.geojson").read_text("utf-8"))[
        "features"
    ]
    rows = [feature["properties"] for feature in features]
    with open(tmp_path / "hk_basketball_venues.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        table.writeheader()
        table.writerows(rows)
    venues = opened(tmp_path, "2025", "venues").table("venue")
    assert venues.type_name.value_counts().to_dict() == {"街場": 242, "體育館": 98}
    assert venues.in_out.value_counts().to_dict() == {"室外": 242, "室内": 98}
    plain = [str(row["No__of_Basketball_Courts_TC"]).strip().isdecimal() for row in rows]
    assert (len(venues), venues.court_count[plain].sum(), venues.lon.isna().sum()) == (340, 521, 34)
    assert venues.court_count.sum() == 531  # with the ten that are told in words
    assert {"元朗", "鯉魚門"} <= set(venues.county) and "元朗區" not in set(venues.county)


def test_a_geojson_file_is_no_ledger_and_says_so_by_leaving_nothing_to_read():
    with pytest.raises(Exception, match=r"no \.xlsx"):
        Audit.open(REAL / "venues", "2025")
