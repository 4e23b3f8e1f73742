"""Somebody else's ledger read by a mapping file, and what is wrong in one said in one line."""

import gzip
import json

import pytest

from mingjing import Audit
from mingjing.cli import main
from mingjing.errors import InputError
from mingjing.intake import read_folder

CSV = """Weekly export;;;;;
Who;Day;Kind;Cost;Text;No
Caf\u00e9;3/4/2021;P;1.234,50;temp 4.5 C;1
Caf\u00e9;4/4/2021;X;-7,25;none;2
Bar;13/4/2021;skip;9;temp 5 C;3
"""
MAP = """
[[source]]
files = "export*.csv*"
table = "canteen_cash"
encoding = "cp1252"
decimal = ","
dayfirst = true
drop = [{ column = "Kind", is = "skip" }]
[source.columns]
entry_id = { join = ["Who", "No", "#row"], with = "/" }
unit_id = { from = ["Unit", "Who"] }
entry_date = "Day"
amount = { from = "Cost", scale = 1000 }
direction = { from = "Kind", recode = { P = "支出" }, otherwise = "收入" }
account = { constant = "银行" }
summary = { from = 5, extract = 'temp ([0-9.]+)' }
"""


@pytest.fixture
def folder(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "export.csv.gz").write_bytes(gzip.compress(CSV.encode("cp1252")))
    (tmp_path / "map.toml").write_text(MAP, "utf-8")
    return tmp_path


def test_every_kind_of_rule_of_a_mapping(folder):
    intake = read_folder(folder / "data", folder / "map.toml")
    rows = intake.tables["canteen_cash"].to_pylist()
    assert [r["entry_id"] for r in rows] == ["Café/1/3", "Café/2/4"]
    assert [r["unit_id"] for r in rows] == ["Café", "Café"]
    assert [str(r["entry_date"]) for r in rows] == ["2021-04-03", "2021-04-04"]
    assert [r["amount"] for r in rows] == [1234500.0, -7250.0]
    assert [(r["direction"], r["account"]) for r in rows] == [("支出", "银行"), ("收入", "银行")]
    assert [r["summary"] for r in rows] == ["4.5", None]
    (source,) = intake.sources
    assert (source.header_row, source.rows_read, source.accepted, source.not_data) == (2, 5, 2, 3)
    assert source.notes[0][1] == "1 rows set aside by the mapping file"
    assert intake.settings[0][:2] == ("mapping", "map.toml")


def test_one_sheet_may_feed_several_ledgers_each_with_every_row_accounted_for(folder):
    second = MAP.replace("canteen_cash", "food_log").split("[source.columns]")[0]
    second += '[source.columns]\nlog_id = "No"\nlog_time = "Day"\nlog_type = { constant = "晨检" }\nunit_id = "Who"\n'
    (folder / "map.toml").write_text(MAP + second, "utf-8")
    intake = read_folder(folder / "data", folder / "map.toml")
    assert sorted(intake.tables) == ["canteen_cash", "food_log"] and intake.conservation().kept.all()
    assert intake.source_of(intake.tables["food_log"]["_rid"][0].as_py()) == (
        "food_log",
        "export.csv.gz",
        "",
        3,
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('table = "canteen_cash"', 'table = "canteen_cahs"', "canteen_cash"),
        ("encoding =", "encodng =", "Did you mean “encoding”"),
        ("entry_date =", "entry_dat =", "Did you mean “entry_date”"),
        ("scale = 1000", "scal = 1000", "Did you mean “scale”"),
        ("scale = 1000", 'scale = "1000"', "wrong type"),
        ('"Day"', '"Days"', "Did you mean “Day”"),
        (', is = "skip"', "", "a condition needs"),
        ("export*", "exprot*", "no file of the data folder"),
        ('encoding = "cp1252"', 'encoding = "cp12522"', "encoding"),
        ("([0-9.]+)", "([0-9.]+", "cannot be used"),
        ('account = { constant = "银行" }', "account = { }", "give one of"),
        ("[[source]]", "[[source", "cannot be read"),
        ("[source.columns]", "[source.column]", "Did you mean “columns”"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_one_line(folder, old, new, said):
    (folder / "map.toml").write_text(MAP.replace(old, new), "utf-8")
    with pytest.raises(InputError) as caught:
        intake = read_folder(folder / "data", folder / "map.toml")
        raise InputError(intake.sources[0].notes[0][1])
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_the_library_and_the_command_take_it(folder, capsys):
    audit = Audit.open(folder / "data", "2021", mapping=folder / "map.toml")
    assert list(audit.table("canteen_cash").amount) == [1234500.0, -7250.0]
    (folder / "config.toml").write_text('[intake]\nmapping = "map.toml"\n', "utf-8")
    for option in (["--mapping", "map.toml"], ["--config", "config.toml"]):
        assert (
            main(["check", "--data", str(folder / "data"), option[0], str(folder / option[1]), "--json"]) == 0
        )
        (source,) = json.loads(capsys.readouterr().out)["sources"]
        assert (source["table"], source["accepted"]) == ("canteen_cash", 2)


def test_a_misspelt_setting_is_named(folder):
    (folder / "config.toml").write_text('[intake]\nmappings = "map.toml"\n', "utf-8")
    with pytest.raises(InputError, match="Did you mean “mapping”"):
        Audit.open(folder / "data", "2021", config=folder / "config.toml")
