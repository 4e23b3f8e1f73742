"""Coverage: what was handed in by unit and month; grey where nobody can say."""

import math
from datetime import date

from mingjing import Audit
from mingjing.analyse.intake import coverage, covered_told, missing_ledgers

UNITS = (
    "单位编号,单位名称,单位类型,所在县市区,消防安全重点单位,公众聚集场所,设枪弹库,设食堂,有在训运动员,在用\n"
    "U1,射击中心,训练单位,某区,否,否,否,是,否,是\nU2,机关,机关,某区,否,否,否,否,否,是\n"
    "U3,旧馆,场馆,某区,否,否,否,是,否,否\n"
)
LOG = "记录编号,食堂所属单位,记录类型,记录时间\nL1,射击中心,晨检,2021-01-05\nL2,射击中心,晨检,2021-03-05\n"


def test_coverage_counts_the_ledgers_with_rows(tmp_path):
    (tmp_path / "单位信息.csv").write_text(UNITS, "utf-8")
    (tmp_path / "留样记录.csv").write_text(LOG, "utf-8")
    audit = Audit.open(tmp_path, "2021Q1")
    frame = coverage(audit)
    told = "2个在用单位中，1个须按月记台账；3个单位月中，1个没有记录，另2个缺部分台账"
    assert covered_told(audit, frame) == told, "a unit out of use is no unit in use"
    checked = audit.outcomes("intake").set_index("rule_id").rows_checked
    assert checked["DQ-03"] == 2, "the rule counts units as the report does"
    assert frame.values.tolist() == [
        ["射击中心", "2021-01", 1.0, 4],
        ["射击中心", "2021-02", 0.0, 4],
        ["射击中心", "2021-03", 1.0, 4],
    ]
    running = coverage(Audit.open(tmp_path, "2021Q1", as_of=date(2021, 3, 30)))
    assert math.isnan(running.ledgers[2]) and running.ledgers[1] == 0


def test_no_ledger_is_grey_and_is_named(tmp_path):
    (tmp_path / "单位信息.csv").write_text(UNITS, "utf-8")
    audit = Audit.open(tmp_path, "2021Q1")
    assert coverage(audit).ledgers.isna().all() and "food_log" in missing_ledgers(audit)


def test_without_a_unit_ledger_there_is_nothing_to_cover(tmp_path):
    (tmp_path / "留样记录.csv").write_text(LOG, "utf-8")
    assert coverage(Audit.open(tmp_path, "2021Q1")).empty
