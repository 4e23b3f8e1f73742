"""The analyst's hour after the first findings: follow one thing, one lead a row, from a finding to its rows, what if."""

from datetime import date
from types import SimpleNamespace

import pytest

from mingjing import Audit
from mingjing.analyse.leads import _lead, leads
from mingjing.analyse.places import rows_of
from mingjing.analyse.trace import trace
from mingjing.analyse.what_if import what_if
from mingjing.cli import main
from mingjing.errors import UsageError

UNITS = "单位编号,单位名称,单位类型\nU1,射击中心,训练单位\nU2,游泳中心,训练单位\n"
LOG = """记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
L1,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉,125,2021-03-03 12:00,张三
L2,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,青菜,124,2021-03-03 12:00,张三
L3,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,豆腐,190,2021-03-03 12:00,李四
"""
SPENDING = """分录编号,记账凭证号,凭证日期,会计年度,单位编号,部门经济分类编码,经济分类名称,金额,收款方,摘要
E1,记-0001,2021-03-02,2021,U1,30201,办公费,1250.50,ＡＢＣ商贸,办公用品
E2,记-0002,2021-04-02,2021,U2,30202,印刷费,980,东方印刷厂,印刷abc商贸画册
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "单位信息.csv").write_text(UNITS, encoding="utf-8")
    (tmp_path / "留样与温度记录表.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "经费支出明细账.csv").write_text(SPENDING, encoding="utf-8")
    return tmp_path


@pytest.fixture
def audit(folder):
    return Audit.open(folder, "2021")


def test_a_text_is_found_as_a_whole_cell_and_as_part_of_one_whatever_its_width_and_case(audit):
    found = audit.trace("abc商贸", rules=False)
    assert found[["ledger", "how", "_row", "amount"]].values.tolist() == [
        ["expense", "exact", 2, 1250.5],
        ["expense", "part", 3, 980.0],
    ]


def test_a_unit_is_followed_by_name_and_by_id(audit):
    by_name, by_id = (audit.trace(text, rules=False) for text in ("游泳中心", "U2"))
    assert set(by_name.ledger) == set(by_id.ledger) == {"unit", "expense"}
    assert by_name[by_name.ledger == "expense"].how.tolist() == ["name"]


def test_an_alias_leads_to_what_it_stands_for(folder, tmp_path_factory):
    config = tmp_path_factory.mktemp("config") / "bureau.toml"
    config.with_name("aliases.toml").write_text('[unit]\n"射击中心" = ["射击队"]\n', encoding="utf-8")
    config.write_text('[intake]\naliases = "aliases.toml"\n', encoding="utf-8")
    (folder / "经费支出明细账.csv").write_text(SPENDING.replace("U1", "射击队"), encoding="utf-8")
    found = Audit.open(folder, "2021", config=config).trace("射击队", rules=False)
    assert "expense" in set(found.ledger) and "food_log" in set(found.ledger)


@pytest.mark.parametrize("text, rows", [("1,250.50", [2]), ("1250.51", []), ("2021年4月2日", [3])])
def test_an_amount_is_followed_to_the_cent_and_a_day_as_people_write_it(audit, text, rows):
    assert audit.trace(text, rules=False)._row.tolist() == rows


def test_a_trace_tells_which_findings_rest_on_the_row(audit):
    found = audit.trace("青菜")
    assert found.findings.tolist()[0].startswith("ST-02-") and found.date.tolist() == [date(2021, 3, 1)]


def test_a_rejected_row_is_followed_too(folder):
    (folder / "经费支出明细账.csv").write_text(SPENDING.replace("2021-04-02", ""), encoding="utf-8")
    found = Audit.open(folder, "2021").trace("东方印刷", rules=False)
    assert found[["how", "_row"]].values.tolist() == [["rejected", 3]]


def test_one_character_is_no_trace(audit):
    with pytest.raises(UsageError, match="two"):
        audit.trace("张")


def test_from_a_finding_to_its_source_rows(audit):
    (finding,) = audit.check("canteen").where(rule_id="ST-02", subject="L2")
    rows = audit.rows(finding["finding_id"])
    assert rows[["_ledger", "_file", "_row", "weight_g"]].values.tolist() == [
        ["food_log", "留样与温度记录表.csv", 3, 124.0]
    ]
    with pytest.raises(UsageError, match="no finding"):
        audit.rows("ST-02-0000000000")


def test_what_is_at_fault_in_one_row_is_one_lead(folder):
    log = LOG.replace("124,2021-03-03 12:00", "124,2021-03-01 13:00")
    (folder / "留样与温度记录表.csv").write_text(log, encoding="utf-8")
    found = Audit.open(folder, "2021").leads("canteen")
    assert not found.duplicated(["_file", "_sheet", "_row"]).any()
    lead = found[found._row == 3].iloc[0]
    assert "ST-02" in lead.rules and lead.findings == len(lead.finding_ids.split(", "))
    assert found.weight.is_monotonic_decreasing


def test_more_money_weighs_more_and_no_amount_still_counts(check):

    base = dict(
        rule_id="X", unit="U", date=None, message_zh="", finding_id="X-1", source_file="", sheet="", row=1
    )
    audit = SimpleNamespace(lang="zh", names={})
    weights = [
        _lead([base | {"severity": severity, "amount": amount}], audit)[0]
        for severity, amount in (
            ("high", 1e6),
            ("high", None),
            ("medium", 1e4),
            ("medium", 10.0),
            ("low", None),
        )
    ]
    assert weights == [54.0, 9.0, 12.0, 3.9, 1.0]


def test_what_a_rule_would_find_with_another_threshold(audit):
    answer = audit.what_if("ST-02", w_g=200)
    assert (len(answer.now), len(answer.then)) == (1, 3)
    assert set(answer.gained.to_pandas().subject) == {"L1", "L3"} and len(answer.lost) == 0
    assert "125 → 200" in repr(answer) and "新增2条" in repr(answer)
    assert len(audit.check("canteen").where(rule_id="ST-02")) == 1, "the audit itself stays as it was"


def test_what_if_without_data_says_so_and_a_wrong_threshold_is_refused(audit):
    assert "没有数据" in repr(audit.what_if("ST-10", **_any(audit, "ST-10")))
    with pytest.raises(UsageError, match="w_g"):
        audit.what_if("ST-02", w=1)
    with pytest.raises(UsageError, match="w_g=125"):
        audit.what_if("ST-02")


def _any(audit, rule_id):
    return {name: threshold.value for name, threshold in list(audit.entry(rule_id).params.items())[:1]}


def test_the_public_is_shown_no_rows():
    public = SimpleNamespace(release=object())
    for asked in (
        lambda: trace(public, "张三"),
        lambda: leads(public),
        lambda: rows_of(public, "ST-02-0000000000"),
        lambda: what_if(public, "ST-02", w_g=200),
    ):
        with pytest.raises(UsageError, match="public"):
            asked()


def test_trace_on_the_command_line_is_one_line_a_cell(folder, capsys):
    assert main(["trace", "东方印刷厂", "--data", str(folder), "--quick"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split("\t")[:5] == ["2021-04-02", "经费支出明细账", "收款方", "完全相同", "东方印刷厂"]
    assert main(["trace", "西方印刷厂", "--data", str(folder), "--quick"]) == 0
    assert "不在任何台账里" in capsys.readouterr().err
