"""The list goes to a unit as a workbook and comes back: nothing is overwritten, every row that is not taken says why."""

import re
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import load_workbook
from tests.findings.conftest import done, made

from mingjing.errors import InputError, UsageError
from mingjing.findings.register import Register
from mingjing.findings.register.sheet import COLUMNS, SHEET, export, merge

ID = "ST-02-U01-L1"
FILLED = {
    "status": "已整改",
    "owner": "王五",
    "due": "2022年3月31日",
    "measure": "换秤",
    "evidence": "佐证1号",
}


@pytest.fixture
def register(tmp_path):
    register = Register.open(tmp_path / "register.sqlite", who="分析员")
    found = [("ST-02", "U01", "L1", "=HYPERLINK('x')"), ("ST-02", "U01", "L2"), ("ST-02", "U02", "L3")]
    done(register, made("2021Q1", "2021-03-31", found=found))
    return register


@pytest.fixture
def sent(register, tmp_path):
    paths = export(register, tmp_path / "sent", register.list())
    assert [path.name for path in paths] == ["U01.xlsx", "U02.xlsx"]
    return paths[0]


def fill(path, subject="L1", **cells):
    book = load_workbook(path)
    sheet = book[SHEET]
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 1).value.endswith(subject))
    for name, value in cells.items():
        sheet.cell(row, list(COLUMNS).index(name) + 1).value = value
    book.save(path)
    return row


def whats(answers):
    return [answer.what for answer in answers]


def test_the_workbook_shows_what_is_locked_and_offers_only_what_a_unit_may_choose(sent, register, tmp_path):
    book = load_workbook(sent)
    sheet = book[SHEET]
    assert sheet.print_title_rows == "$1:$1" and sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0 and sheet.oddHeader.right.text, "the unit stands above"
    assert "单位负责人（签字）" in sheet.oddFooter.left.text
    assert sheet.protection.sheet and sheet["A2"].protection.locked
    assert not sheet.cell(2, list(COLUMNS).index("owner") + 1).protection.locked
    choices = {v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}
    assert choices == {'"待处理,整改中,已整改"'}
    cells = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert not [text for text in cells if text.startswith(("=", "+", "-", "@"))]
    guide = [row[0].value for row in book.worksheets[1].iter_rows() if row[0].value]
    assert (
        len(guide) == 12 and sum(text.isascii() or ("“" in text and "。" not in text) for text in guide) == 6
    )
    again = export(register, tmp_path / "again", register.list())[0]
    assert again.read_bytes() == sent.read_bytes()


def test_what_the_unit_did_comes_back_step_by_step_and_only_once(register, sent):
    fill(sent, **FILLED)
    assert whats(merge(register, [sent], dry=True)) == ["applied", "unchanged"]
    assert register.history().empty, "a dry run writes nothing"
    assert whats(merge(register, [sent])) == ["applied", "unchanged"]
    line = register.list().set_index("finding_id").loc[ID]
    assert (line.status, line.owner, line.due) == ("rectified", "王五", date(2022, 3, 31))
    history = register.history(ID)
    assert history.new[history.field == "status"].tolist() == ["rectifying", "rectified"]
    assert history.note.str.contains("U01.xlsx 2").all()
    assert whats(merge(register, [sent])) == ["unchanged", "unchanged"]


def test_what_changed_on_both_sides_is_a_conflict_and_stays_as_it_is(register, sent):
    register.assign(ID, owner="赵六")
    row = fill(sent, owner="王五", measure="换秤")
    answer = merge(register, [sent])[0]
    assert (answer.what, answer.row) == ("conflict", row)
    assert answer.detail == "责任人原为 –，登记簿现为 赵六，表中填 王五"
    assert register.list().set_index("finding_id").measure[ID] is None


def test_what_changed_elsewhere_meanwhile_is_no_conflict(register, sent):
    register.assign(ID, owner="赵六")
    fill(sent, measure="换秤")
    assert whats(merge(register, [sent])) == ["applied", "unchanged"]
    line = register.list().set_index("finding_id").loc[ID]
    assert (line.owner, line.measure) == ("赵六", "换秤")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"finding_id": "ST-02-U09-L1"}, "登记簿里没有这项发现"),
        ({"version": 7}, "登记簿没有“7.0”这一版"),
        ({"due": "下月底"}, "整改时限 Due date”填的是“下月底”"),
        ({"status": "搞定了"}, "“搞定了”不在可选之列"),
        ({"status": "已销号"}, "单位不能把“待处理”改为“已销号”"),
        ({"status": "整改中"}, "缺：责任人、整改时限"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_the_others_are_taken(register, sent, cells, why):
    fill(sent, "L2", owner="王五")
    row = fill(sent, "L1", **cells)
    refused, taken = merge(register, [sent])
    assert (refused.what, taken.what) == ("refused", "applied")
    assert why in refused.line("zh") and refused.line("zh").startswith(
        f"U01.xlsx，工作表“整改清单”，第 {row} 行："
    )


@pytest.mark.parametrize("spoil", ["sheet", "column"])
def test_a_workbook_that_is_not_the_one_sent_is_refused_whole(register, sent, spoil):
    book = load_workbook(sent)
    if spoil == "sheet":
        book[SHEET].title = "别的"
    else:
        book[SHEET].delete_cols(3)
    book.save(sent)
    with pytest.raises(InputError, match=r"no sheet|not where it was"):
        merge(register, [sent])


def test_dates_and_texts_come_back_as_excel_keeps_them(register, sent):
    fill(sent, owner="=1+1", due=datetime(2022, 3, 31), measure="  '@秤 ")
    merge(register, [sent])
    line = register.list().set_index("finding_id").loc[ID]
    assert line.due == date(2022, 3, 31) and line.measure == "'@秤"
    assert line.owner is None, "a formula without a value is no name"


def test_what_a_unit_filled_in_is_never_written_over(register, sent):
    export(register, sent.parent, register.list())
    fill(sent, owner="王五")
    filled = sent.read_bytes()
    with pytest.raises(UsageError, match=r"U01\.xlsx is there already and differs"):
        export(register, sent.parent, register.list())
    assert sent.read_bytes() == filled and len(list(sent.parent.iterdir())) == 2


def test_a_row_is_as_high_as_its_words_need_and_grows_when_the_unit_writes_more(register, tmp_path):
    found = register.list()
    found.loc[found.index[0], "message"] = "食堂" * 60
    (path, *_) = export(register, tmp_path / "sent", found)
    written = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    row = re.findall(r"<row [^>]*>", written)[1]
    assert float(re.search(r' ht="([\d.]+)"', row)[1]) > 6 * 15 and "customHeight" not in row
