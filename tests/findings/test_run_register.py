"""`mingjing run` writes its findings into the register, and its reports say how each stands since the last time."""

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from tests.findings.conftest import done

from mingjing import Audit
from mingjing.cli import main
from mingjing.findings.register import Register
from mingjing.rules import catalogue, rules, run_rule
from mingjing.runs.remember import remember

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
HEAD = "记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人\n"
ROW = "{id},射击中心,留样,2021-0{m}-01 12:00,2021-0{m}-01,午餐,红烧肉,{w},2021-0{m}-03 12:00,张三\n"


def write(folder, *rows):
    folder.mkdir(exist_ok=True)
    text = HEAD + "".join(ROW.format(id=i, m=month, w=weight) for i, month, weight in rows)
    (folder / "留样与温度记录表.csv").write_text(text, encoding="utf-8")
    return folder


def run(folder, out, period, *more):
    options = ["--data", str(folder), "--period", period, "--out", str(out), "--notebooks", str(NOTEBOOKS)]
    assert main(["run", "canteen", *options, *more]) == 0
    found = pd.read_csv(out / "findings.csv")
    return dict(zip(found.subject, found.status, strict=True))


def made_by(folder):
    """Every table and report; the index also names the reports beside it."""
    files = [p for p in folder.iterdir() if p.suffix in (".csv", ".html", ".parquet") and p.stem != "index"]
    return {p.name: p.read_bytes() for p in files}


@pytest.mark.notebook
def test_findings_live_from_run_to_run(tmp_path, capsys):
    ledgers = write(tmp_path / "ledgers", ("L1", 1, 120), ("L2", 2, 119), ("L3", 3, 125))
    out = tmp_path / "reports"
    assert run(ledgers, out / "2021Q1", "2021Q1") == {"L1": "new", "L2": "new"}
    before = made_by(out / "2021Q1")
    write(ledgers, ("L1", 1, 120), ("L2", 2, 125), ("L3", 3, 125), ("L4", 5, 1))
    assert run(ledgers, out / "2021", "2021") == {"L1": "persisting", "L2": "resolved", "L4": "new"}
    write(ledgers, ("L1", 1, 120), ("L2", 2, 119), ("L3", 3, 125))
    assert run(ledgers, out / "2021Q1", "2021Q1") == {"L1": "new", "L2": "new"}
    after = made_by(out / "2021Q1")
    assert before == after, "the same inputs give the same bytes, whatever was recorded since"
    told = Register.open(out / "register.sqlite", create=False).list().set_index("subject")
    assert told.life.to_dict() == {"L1": "persisting", "L2": "resolved", "L4": "new"}


@pytest.mark.notebook
def test_a_run_that_names_no_register_leaves_none(tmp_path, capsys):
    ledgers = write(tmp_path / "ledgers", ("L1", 1, 120))
    assert run(ledgers, tmp_path / "reports" / "2021Q1", "2021Q1", "--register", "none") == {"L1": "new"}
    assert [p.name for p in (tmp_path / "reports").iterdir()] == ["2021Q1"]
    options = ["--data", str(ledgers), "--period", "2021", "--register", "mysql://x/y"]
    assert main(["run", "canteen", *options, "--notebooks", str(NOTEBOOKS)]) == 2
    assert "登记簿不能放在 mysql 里" in capsys.readouterr().err


def test_a_row_deleted_between_two_looks_is_not_a_fault_put_right(tmp_path, register):
    found = []
    for rows, as_of in (
        ([("L1", 1, 120), ("L2", 1, 120)], "2021-03-31"),
        ([("L2", 1, 125)], "2021-06-30"),
    ):
        audit = Audit.open(write(tmp_path / "ledgers", *rows), "2021", as_of=as_of)
        memory = remember(register, audit, ["canteen"])
        found.append(
            {life.known.row["subject"]: life.status for life in audit.past.comparison.lives.values()}
        )
        done(register, memory.made)
    assert found == [{"L1": "new", "L2": "new"}, {"L1": "new", "L2": "resolved"}]
    assert [reason for _life, reason in audit.past.comparison.unchecked] == ["gone"]
    assert audit.resolved("canteen").to_pandas().subject.tolist() == ["L2"]


def test_a_rule_is_bound_to_its_period_when_it_looked_at_it(ledgers):
    row = {"item_id": "P1", "source_type": "巡察", "batch_id": "B1", "unit_id": "U01", "status": "整改中"}
    planned = {"leader_id": "张三", "measure": "补签", "dept": "办公室", "deadline": date(2021, 5, 1)}
    view = ledgers(rectification=[row | planned])
    outcome = run_rule(catalogue()["ZG-04"], rules()["ZG-04"], view)
    assert outcome.outcome == "passed" and not outcome.period_bound
    assert view.derived("asks", lambda: view.start and pa.table({"a": [1]})) is not None
    view.period_asked = False
    view.derived("asks", None)
    assert view.period_asked, "who uses what another worked out from the period has looked at the period too"


def test_an_analyst_holds_an_audit_against_the_register_and_works_on_it_from_the_notebook(tmp_path, register):
    ledgers = write(tmp_path / "ledgers", ("L1", 1, 120), ("L2", 2, 120))
    first = Audit.open(ledgers, "2021", as_of="2021-03-31")
    done(register, remember(register, first, ["canteen", "intake"]).made)
    audit = Audit.open(ledgers, "2021", as_of="2021-12-31", register=str(register.store))
    found = audit.check("canteen")
    assert found.to_pandas().status.tolist() == ["persisting", "persisting"] and not found.marks
    finding_id = found.to_pandas().finding_id[0]
    audit.findings.judge(finding_id, "不成立", reason="秤误差", until=date(2022, 1, 31))
    said = Audit.open(ledgers, "2021", as_of="2022-01-31", register=str(register.store))
    assert (
        said.check("canteen").marks == {finding_id: "不成立（至2022-01-31）"}
        and len(said.check("canteen")) == 2
    )
    later = Audit.open(ledgers, "2021", as_of="2022-02-01", register=str(register.store))
    assert not later.check("canteen").marks, "it stands again by itself"
    panel = audit.look_back("canteen")
    assert panel.text.startswith("与2021年（2021-03-31）相比：新发现0条，持续2条") and "食堂" in panel.html
    assert "无法说明变化" in Audit.open(ledgers, "2021").look_back().text


def test_what_rules_are_bound_to_is_true_of_the_sample():
    """A year and its last quarter agree on what is free of the period, and within the quarter on what goes by date."""
    folder, areas = Path(__file__).parents[2] / "data" / "sample", ("rectification", "safety")
    year, quarter = (Audit.open(folder, period) for period in ("2021", "2021Q4"))
    kinds = set()
    for (entry, whole), (_entry, part) in zip(year.results(areas), quarter.results(areas), strict=True):
        if "not_run" in (whole.outcome, part.outcome) or whole.period_bound:
            continue
        by_date = entry.scope == "period"
        kinds.add(by_date)
        expected = [
            h for h in whole.hits if not by_date or h["date"] is None or h["date"] >= date(2021, 10, 1)
        ]
        assert [(h["unit"], h["subject"], h["case"]) for h in part.hits] == [
            (h["unit"], h["subject"], h["case"]) for h in expected
        ], entry.rule_id
    assert kinds == {True, False}
