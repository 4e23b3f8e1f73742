"""Values change only by the register; names resolve only where the alias file leaves no doubt."""

import pytest

from mingjing import Audit
from mingjing.errors import InputError
from mingjing.intake import read_folder

CASH = "流水号,日期,单位,收支方向,金额,供货商,票据号\nE1,2021-1-1,U1,支出,358,鲁味公司,F1\nE2,2021-1-2,U1,支出,36,鲁味,F2\n"
WHY = '\nreason = "小数点错位"\nwho = "李会计"\ndate = 2021-10-08\n'
ENTRY = '[[correction]]\nfile = "食堂日记账.csv"\nrow = 2\ncolumn = "金额"\nexpect = "358"\nto = "35.8"' + WHY


@pytest.fixture
def read(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "食堂日记账.csv").write_text(CASH, "utf-8")

    def run(corrections="", aliases=""):
        (tmp_path / "c.toml").write_text(corrections, "utf-8")
        (tmp_path / "a.toml").write_text(aliases, "utf-8")
        return read_folder(data, corrections=tmp_path / "c.toml", aliases=tmp_path / "a.toml")

    return run


@pytest.mark.parametrize(
    ("where", "amounts"),
    [
        ("row = 2", [35.8, 36]),
        ('key = { entry_id = "E1" }', [35.8, 36]),
        ('key = { "流水号" = "E1" }', [35.8, 36]),
    ],
)
def test_a_correction_changes_one_cell_and_is_kept_on_record(read, where, amounts):
    intake = read(ENTRY.replace("row = 2", where))
    assert intake.tables["canteen_cash"]["amount"].to_pylist() == amounts
    (line,) = intake.corrections.to_dict("records")
    assert (line["row"], line["was"], line["now"], line["who"]) == (2, "358", "35.8", "李会计")
    assert [kind for kind, _, _ in intake.settings] == ["corrections", "aliases"]


def test_a_cell_may_be_blanked_and_a_row_rejected(read):
    blank = ENTRY.replace("row = 2", "row = 3").replace('"金额"', '"票据号"').replace('"358"', '"F2"')
    reject = '[[correction]]\nfile = "食堂日记账.csv"\nrow = 2\naction = "reject"' + WHY
    intake = read(blank.replace('to = "35.8"', 'action = "blank"') + reject)
    assert intake.tables["canteen_cash"]["entry_id"].to_pylist() == ["E2"]
    assert intake.tables["canteen_cash"]["invoice_no"].to_pylist() == [None]
    assert "小数点错位" in intake.rejected.reason_zh[0] and intake.conservation().kept.all()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"358"', '"359"', "says “358”, not “359”"),
        ("食堂日记账", "食堂流水账", "no ledger “食堂流水账.csv”"),
        ("row = 2", "row = 4", "not below the header"),
        ("row = 2", "row = 1", "not below the header"),
        ("row = 2", 'key = { entry_id = "E9" }', "no row has the key"),
        ("row = 2", 'key = { unit_id = "U1" }', "2 rows have the key"),
        ("row = 2", "", "either row or key"),
        ('"金额"', '"金颔"', "Did you mean “金额”"),
        ("column =", "colum =", "Did you mean “column”"),
        ('who = "李会计"', "", "“who” is missing"),
        ('reason = "小数点错位"', 'reason = " "', "“reason” is missing"),
        ('expect = "358"', "", "“expect” is missing"),
        ("date = 2021-10-08", 'date = "8 Oct"', "date is no date"),
        ('to = "35.8"', 'to = "35.8"\naction = "chnage"', "Did you mean “change”"),
    ],
)
def test_a_correction_that_does_not_fit_stops_the_run_in_one_line(read, old, new, said):
    with pytest.raises(InputError) as caught:
        read(ENTRY.replace(old, new))
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_suppliers_have_one_name_where_the_alias_file_says_so(read):
    intake = read(aliases='[supplier]\n"鲁味食品有限公司" = ["鲁味", "鲁味公司"]\n')
    assert set(intake.tables["canteen_cash"]["counterparty"].to_pylist()) == {"鲁味食品有限公司"}
    doubtful = read(aliases='[supplier]\n"鲁味食品有限公司" = ["鲁味"]\n"新鲁味" = ["鲁味"]\n')
    assert doubtful.tables["canteen_cash"]["counterparty"].to_pylist() == ["鲁味公司", "鲁味"]
    (line,) = doubtful.names.query("written == '鲁味'").to_dict("records")
    assert (line["how"], line["candidates"]) == ("ambiguous", "新鲁味, 鲁味食品有限公司")


def test_units_resolve_by_alias(read, tmp_path):
    (tmp_path / "data" / "单位信息.csv").write_text(
        "单位编号,单位名称,单位类型\nU7,射击中心,训练单位\n", "utf-8"
    )
    intake = read(aliases='[unit]\n"射击中心" = ["U1"]\n')
    assert set(intake.tables["canteen_cash"]["unit_id"].to_pylist()) == {"U7"}
    assert list(intake.names.query("column == 'unit_id' and table == 'canteen_cash'").how) == ["alias"]


def test_the_configuration_names_register_and_aliases(read, tmp_path):
    read(ENTRY)
    (tmp_path / "conf.toml").write_text('[intake]\ncorrections = "c.toml"\naliases = "a.toml"\n', "utf-8")
    audit = Audit.open(tmp_path / "data", "2021", config=tmp_path / "conf.toml")
    assert len(audit.intake.corrections) == 1
