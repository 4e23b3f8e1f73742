"""`mingjing findings …`: one line for each finding, one line for each error."""

import json

import pytest
from tests.findings.conftest import done, made

from mingjing.cli import main
from mingjing.findings.register import Register

ID = "ST-02-U01-L1"


@pytest.fixture
def call(tmp_path, capsys):
    path = tmp_path / "register.sqlite"
    register = Register.open(path, who="x")
    done(
        register,
        made("2021Q1", "2021-03-31", found=[("ST-02", "U01", "L1", "a\x1b[31m\nb"), ("ST-02", "U02", "L2")]),
    )

    def run(*words, code=0):
        assert main(["findings", *words, "--register", str(path), "--who", "分析员"]) == code
        return capsys.readouterr()

    return run


def test_a_finding_is_listed_assigned_moved_judged_and_told(call):
    listed = call("list").out.splitlines()
    assert [line.split("\t")[0] for line in listed] == [ID, "ST-02-U02-L2"] and "\x1b" not in listed[0]
    assert listed[0].split("\t")[1:5] == ["高", "U01", "新发现", "待处理"]
    nothing = call("list", "--severity", "low")
    assert nothing.out == "" and "没有符合条件的发现" in nothing.err
    assert call("assign", ID, "--owner", "王五", "--due", "2022-03-31").out == f"{ID}\t第 1 版\n"
    call("move", ID, "整改中", "--if-version", "1")
    call("judge", ID, "查实", "--reason", "有照片")
    (line,) = json.loads(call("list", "--status", "整改中", "--json").out)
    assert (line["owner"], line["due"], line["verdict"], line["amount"]) == (
        "王五",
        "2022-03-31",
        "confirmed",
        None,
    )
    told = json.loads(call("show", ID, "--json").out)
    assert [run["said"] for run in told["runs"]] == ["新发现"] and len(told["history"]) == 5
    assert "责任人\t– → 王五" in call("history", ID).out and "处理状态\t整改中" in call("show", ID).out
    assert (
        call("list", "--overdue").out == "" and ID in call("list", "--overdue", "--as-of", "2022-04-01").out
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["move", ID, "closed"],
            "现为“待处理”，不能改为“已销号”。从“待处理”可以改为：已报告、整改中、已撤销",
        ),
        (["move", ID, "closd"], "是不是要写“closed”？"),
        (["assign", ID], "没有要改的内容"),
        (["assign", ID, "--due", "soon"], "--due 的“soon”不是日期"),
        (["assign", "ST-02-U01-L9", "--owner", "x"], "没有编号为“ST-02-U01-L9”的发现"),
        (["assign", ID, "--owner", "x", "--if-version", "4"], "已被别人改动"),
        (["import", "nowhere.xlsx"], "nowhere.xlsx：没有这份工作簿"),
    ],
)
def test_a_mistake_is_one_clear_line(call, words, said):
    err = call(*words, code=2).err
    assert said in err and err.count("\n") == 1 and err.startswith("mingjing: ")


def test_a_register_that_is_not_there_is_not_made(tmp_path, capsys):
    assert main(["findings", "list", "--register", str(tmp_path / "none.sqlite")]) == 2
    assert "请先运行 mingjing run" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_workbook_goes_out_and_comes_back(call, tmp_path):
    (path,) = call("export", "--out", str(tmp_path / "sent"), "--unit", "U01").out.split()
    assert (
        call("import", path, "--dry-run").out
        == "写入 0 行，未变 1 行，冲突 0 行，退回 0 行（只是试算，没有写入）\n"
    )


@pytest.mark.parametrize("action", ["list", "show", "assign", "move", "judge", "history", "export", "import"])
def test_every_action_helps_with_an_example(action, capsys):
    with pytest.raises(SystemExit):
        main(["findings", action, "--help"])
    assert f"example: mingjing findings {action}" in " ".join(capsys.readouterr().out.split())
