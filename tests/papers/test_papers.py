"""What is handed over on paper: slips that send cells back, 取证单 and 底稿 that rest on rows and articles."""

import openpyxl
import pytest

from mingjing import Audit
from mingjing.cli import main
from mingjing.errors import UsageError
from mingjing.papers.book import Book
from mingjing.papers.slips import slips
from mingjing.papers.workpaper import workpaper

LOG = """记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
L1,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉,半斤左右,2021-03-03 12:00,张三
L2,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,=1+1,124,2021-03-03 12:00,张三
,射击中心,留样,2021-03-02 12:00,,晚餐,青菜,130,2021-03-04 12:00,张三
L4,游泳队,留样,2021-03-01 12:00,2021-03-01,午餐,豆腐,130,2021-03-03 12:00,张三
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "留样与温度记录表.csv").write_text(LOG, encoding="utf-8")
    units = "单位编号,单位名称,单位类型\nU1,射击中心,训练单位\nU2,游泳中心,训练单位\n"
    (tmp_path / "单位信息.csv").write_text(units, encoding="utf-8")
    return tmp_path


@pytest.fixture
def audit(folder):
    return Audit.open(folder, "2021Q1")


def cells(path, sheet=0):
    book = openpyxl.load_workbook(path)
    found = book.worksheets[sheet] if isinstance(sheet, int) else book[sheet]
    assert not any(cell.data_type == "f" for sheet in book for row in sheet for cell in row), "no formula"
    return [[cell.value for cell in row if cell.value not in (None, "")] for row in found.iter_rows()]


def test_a_slip_names_file_sheet_row_column_the_text_as_written_and_what_to_do(audit, tmp_path):
    paths = slips(audit, tmp_path / "out")
    lines = cells(next(path for path in paths if "U1" in path.name))
    assert ["1", "留样与温度记录表.csv", "2", "留样重量", "半斤左右"] == next(
        r for r in lines if r[0] == "1"
    )[:5]
    flat = [text for line in lines for text in line]
    assert (
        "台账退回更正单" in flat
        and "射击中心" in flat
        and "更正人（签字）" in flat
        and "单位（盖章）" in flat
    )


def test_a_name_nobody_knows_is_sent_back_with_its_row(audit, tmp_path):
    written = [line for path in slips(audit, tmp_path / "out") for line in cells(path)]
    (line,) = [line for line in written if "游泳队" in line and line[0].isdigit()]
    assert "5" in line and "名册中没有此名" in line


def test_what_was_rejected_is_on_a_slip(folder, tmp_path_factory):
    log = LOG.replace("L2,射击中心,留样", "L2,射击中心,")
    (folder / "留样与温度记录表.csv").write_text(log, encoding="utf-8")
    audit = Audit.open(folder, "2021Q1")
    assert len(audit.intake.rejected) >= 1
    out = tmp_path_factory.mktemp("out")
    (path,) = [path for path in slips(audit, out) if "U1" in path.name]
    assert any("补填或改正后重报此行" in cell for line in cells(path) for cell in line)


def test_nothing_wrong_means_no_slip(folder, tmp_path):
    (folder / "留样与温度记录表.csv").unlink()
    assert slips(Audit.open(folder, "2021Q1"), tmp_path / "out") == []


def test_the_same_ledgers_give_the_same_bytes(audit, tmp_path):
    one, two = slips(audit, tmp_path / "a"), slips(audit, tmp_path / "b")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_a_finding_becomes_an_indexed_evidence_sheet_and_working_paper(audit, tmp_path):
    (finding,) = audit.check("canteen").where(rule_id="ST-02", subject="L2")
    path = workpaper(audit, finding["finding_id"], tmp_path / "out")
    index, evidence, paper = (cells(path, sheet) for sheet in (0, 1, 2))
    assert index[2][:3] == ["001", finding["finding_id"], "ST-02 " + audit.entry("ST-02").zh]
    (row,) = [line for line in evidence if line and "第3行" in line[0]]
    assert (
        row[0] == "留样与温度记录表.csv\n第3行"
        and "=1+1" in row[-1]
        and "124" in row[-1]
        and "射击中心（U1）" in row[-1]
    )
    flat = {text for line in evidence + paper for text in line}
    assert {"审计取证单", "审计工作底稿", "证据提供单位意见", "审核人员（签字）", finding["basis"]} <= flat
    assert any("125" in text for line in paper for text in line), "the threshold"
    assert any("SELECT" in text for line in cells(path, "查询ST-02") for text in line), "the query"


def test_a_query_is_whole_however_long_and_no_row_is_higher_than_excel_has_them(audit, tmp_path):
    found = audit.check("canteen").where(rule_id="ST-02", subject="L2")
    (finding,) = found
    book = openpyxl.load_workbook(workpaper(audit, finding["finding_id"], tmp_path / "out"))
    (name,) = [name for name in book.sheetnames if name.startswith("查询")]
    told = [line[1].value for line in book[name] if str(line[0].value).startswith("查询 ")]
    assert len(told) > 1 and "\n".join(told) == "\n".join(audit.outcome("ST-02").sql.values())
    assert max(row.height for sheet in book for row in sheet.row_dimensions.values()) < 409
    assert book["底稿001"].cell(3, 2).value == "2021年第1季度廉政自查"


def test_paper_carries_the_heads_of_a_table_on_each_sheet_and_amounts_in_groups(audit, tmp_path):
    (path,) = [path for path in slips(audit, tmp_path / "out") if "U1" in path.name]
    sheet = openpyxl.load_workbook(path).active
    (head,) = [line[0].row for line in sheet.iter_rows() if line[0].value == "序号"]
    assert sheet.print_title_rows == f"${head}:${head}" and sheet.page_setup.fitToHeight == 0
    with Book(tmp_path / "book.xlsx") as book:
        book.form("表", "表", (10, 20)).table(("项目", "金额（元）"), [("甲", 1234567.5), ("乙", None)])
    assert cells(tmp_path / "book.xlsx")[2] == ["甲", "1,234,567.50"]


def test_a_paper_that_people_filled_in_is_not_written_over(audit, tmp_path):
    (finding,) = audit.check("canteen").where(rule_id="ST-02", subject="L2")
    path = workpaper(audit, finding["finding_id"], tmp_path / "out")
    assert workpaper(audit, finding["finding_id"], tmp_path / "out") == path, "the same again"
    book = openpyxl.load_workbook(path)
    book["底稿001"]["B12"] = "已核对原始凭证"
    book.save(path)
    with pytest.raises(UsageError, match="what people wrote into it would be lost"):
        workpaper(audit, finding["finding_id"], tmp_path / "out")
    assert openpyxl.load_workbook(path)["底稿001"]["B12"].value == "已核对原始凭证"
    assert list(path.parent.iterdir()) == [path]


def test_a_finding_that_is_not_there_is_refused(audit, tmp_path):
    with pytest.raises(UsageError, match="no finding"):
        workpaper(audit, "ST-02-0000000000", tmp_path)
    with pytest.raises(UsageError, match="between"):
        workpaper(audit, [], tmp_path)


def test_papers_from_the_command_line(folder, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["slips", "--data", str(folder), "--out", str(out)]) == 0
    assert all(line.endswith(".xlsx") for line in capsys.readouterr().out.splitlines())
    given = ["--data", str(folder), "--period", "2021Q1", "--out", str(out)]
    assert main(["workpaper", "--rule", "ST-02", *given]) == 0
    assert capsys.readouterr().out.strip().endswith("取证单与底稿_2021Q1.xlsx")
    assert main(["workpaper", *given]) == 2


def test_a_slip_names_the_choices_where_the_cell_is_none_of_them(folder, tmp_path_factory):
    (folder / "留样与温度记录表.csv").write_text(LOG.replace("午餐,豆腐", "下午茶,豆腐"), encoding="utf-8")
    out = tmp_path_factory.mktemp("out")
    found = [
        cell for path in slips(Audit.open(folder, "2021Q1"), out) for line in cells(path) for cell in line
    ]
    assert any(cell.startswith("改填台账规定的选项之一：早餐、午餐、") for cell in found), found


def test_code_goes_on_in_the_next_row_before_a_cell_is_cut_short(tmp_path):
    lines = [f"{n:03d} {'x' * 100}" for n in range(60)]
    with Book(tmp_path / "a.xlsx") as book:
        book.form("查询", "查询", (18, 90)).text("查询 1", "\n".join(lines), look="code")
    told = [line[1] for line in cells(tmp_path / "a.xlsx") if line and line[0].startswith("查询 1")]
    assert len(told) > 1 and "\n".join(told).split("\n") == lines
