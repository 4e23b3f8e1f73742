"""From a folder of ledgers to findings at their row, as a library and on the command line."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_server.config_manager import BaseJSONConfigManager
from jupyterlab.labapp import LabApp

from mingjing import Audit
from mingjing.cli import command_line, main
from mingjing.cli_options import notebook_folder
from mingjing.errors import InputError, UsageError
from mingjing.intake import read_folder
from mingjing.rules.catalogue import catalogue
from mingjing.runs.unchanged import fingerprint

LOG = """留样与温度记录表
记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
L1,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉,125,2021-03-03 12:00,张三
L2,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,=1+1,124,2021-03-03 12:00,张三
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "留样与温度记录表.csv").write_text(LOG, encoding="gb18030")
    (tmp_path / "单位信息.csv").write_text(
        "单位编号,单位名称,单位类型\nU1,射击中心,训练单位\n", encoding="utf-8"
    )
    return tmp_path


def test_a_finding_names_file_row_and_rule(folder):
    (finding,) = Audit.open(folder, "2021Q1").check("canteen")
    assert (finding["source_file"], finding["row"], finding["rule_id"], finding["unit"]) == (
        "留样与温度记录表.csv",
        4,
        "ST-02",
        "U1",
    )
    assert json.loads(finding["evidence"])["values"]["weight_g"] == 124


def test_rules_without_their_ledger_are_listed_as_not_run(folder):
    outcomes = Audit.open(folder, "2021Q1").outcomes("canteen").set_index("rule_id")
    assert outcomes.loc["ST-16", ["outcome", "reason"]].tolist() == ["not_run", "没有数据：评议评分表"]
    assert outcomes.loc["ST-02", ["outcome", "findings"]].tolist() == ["findings", 1]


def test_the_same_ledgers_give_the_same_findings_whatever_the_file_is_called(folder):
    first = Audit.open(folder, "2021Q1").check().to_pandas()
    (folder / "留样与温度记录表.csv").rename(folder / "食堂留样记录.csv")
    assert list(Audit.open(folder, "2021Q1").check().to_pandas().finding_id) == list(first.finding_id)


def test_a_formula_in_a_cell_is_harmless_in_the_csv(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("out") / "findings.csv"
    findings = Audit.open(folder, "2021Q1").check()
    findings.to_csv(path)
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf") and b",'=1+1" in text and b",=1+1" not in text


def test_only_the_units_asked_for_are_checked(folder):
    assert len(Audit.open(folder, "2021Q1", units=["射击中心"]).check()) == 1
    with pytest.raises(UsageError, match="射击中心"):
        Audit.open(folder, "2021Q1", units=["射击队"])


def test_a_table_is_typed_and_says_where_each_row_came_from(folder):
    table = Audit.open(folder).table("food_log")
    assert table[["_file", "_row"]].values.tolist() == [
        ["留样与温度记录表.csv", 3],
        ["留样与温度记录表.csv", 4],
    ]
    assert table.weight_g.tolist() == [125.0, 124.0]


def test_explain_gives_words_threshold_law_and_query(folder):
    text = Audit.open(folder, "2021Q1", lang="en").explain("ST-02")
    assert "125" in text and "Food safety practice" in text and "SELECT" in text


def test_an_unknown_name_offers_the_nearest(folder):
    audit = Audit.open(folder)
    with pytest.raises(UsageError, match="canteen"):
        audit.check("cantene")
    with pytest.raises(UsageError, match="food_log"):
        audit.table("foodlog")
    with pytest.raises(InputError, match="nobody handed in"):
        audit.table("gun")


def test_check_prints_what_became_of_each_sheet(folder, capsys):
    assert main(["check", "--data", str(folder), "--json"]) == 0
    sources = json.loads(capsys.readouterr().out)["sources"]
    assert [(s["table"], s["accepted"], s["kept"]) for s in sources] == [
        ("unit", 1, True),
        ("food_log", 2, True),
    ]


def test_check_speaks_the_readers_language_and_its_columns_stand_under_their_heads(folder, capsys):
    assert main(["check", "--data", str(folder)]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["台账", "状态", "读入行", "接受", "退回", "非数据", "工作表", "文件"]
    ends = {len(text[: text.rindex("  ")].encode("gb18030")) for text in (head, *lines[:2])}
    assert len(ends) == 1, (
        "a Chinese character takes two columns of a terminal, as it takes two bytes of GB18030"
    )
    assert lines[2].startswith("共2张表，读入") and "[]" not in "".join(lines)
    assert main(["check", "--data", str(folder), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Ledger") and "usable" in told and "2 sheets" in told


def test_check_of_a_damaged_file_exits_2_with_one_line(folder, capsys):
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04")
    assert main(["check", "--data", str(folder), "--lang", "en"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_missing_folder_exits_2_with_one_line(tmp_path, capsys):
    assert main(["check", "--data", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err == f"mingjing: {tmp_path / 'nowhere'}：找不到数据文件夹。请检查 --data\n"
    assert main(["check", "--data", str(tmp_path / "nowhere"), "--lang", "en"]) == 2
    assert capsys.readouterr().err.endswith("nowhere: data folder not found. Check --data\n")


def test_a_file_given_as_the_folder_is_called_a_file(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("a,b\n", "utf-8")
    assert main(["check", "--data", str(tmp_path / "a.csv"), "--lang", "en"]) == 2
    assert "a.csv: a file, not a folder. Give --data the folder" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "reproduce", "lab"])
def test_a_folder_without_notebooks_is_refused_before_anything_is_run(tmp_path, capsys, command):
    words = {"run": ["--data", ".", "--period", "2021"], "reproduce": ["manifest.json"], "lab": []}[command]
    assert main([command, *words, "--notebooks", str(tmp_path)]) == 2
    assert f"{tmp_path}：这里没有笔记本。请检查 --notebooks" in capsys.readouterr().err


def test_the_lab_opens_at_its_start_page_and_asks_the_network_for_nothing(monkeypatch):
    called = []
    environment = {}
    monkeypatch.setattr("os.execve", lambda _, words, env: called.extend(words) or environment.update(env))
    main(["lab", "--no-browser"])
    assert called[1:3] == ["-m", "jupyterlab"]
    app = LabApp()
    app.parse_command_line(called[3:])
    assert app.default_url == "/lab/tree/start.ipynb" and not app.open_browser
    folder = Path(environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)[-1])
    settings = BaseJSONConfigManager(config_dir=str(folder / "labconfig")).get("default_setting_overrides")
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert app.extension_manager == "readonly"
    assert app.news_url is None and app.check_for_updates_class.__name__ == "NeverCheckForUpdate"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--period", "9999"], "期间“9999”不在 1900 年至 2199 年之内。请改正年份"),
        (["--period", "2021", "--as-of", "9999-12-31"], "截止日“9999-12-31”不在 1900 年至 2199 年之内"),
        (["--period", "2021", "--unit", "U1"], "没有单位台账，查不到单位“U1”"),
    ],
)
def test_what_no_ledger_can_answer_is_refused_in_one_line(folder, tmp_path, capsys, words, said):
    (folder / "单位信息.csv").unlink()
    assert main(["run", "canteen", "--data", str(folder), "--out", str(tmp_path / "out"), *words]) == 2
    assert said in capsys.readouterr().err


def test_names_in_chinese_are_read_where_python_was_told_to_know_no_utf8(folder):
    env = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    words = [sys.executable, "-m", "mingjing", "check", "--data", str(folder)]
    told = subprocess.run(words, env=env, capture_output=True, check=True)
    assert "留样与温度记录表.csv" in told.stdout.decode("utf-8")


@pytest.mark.parametrize("jobs", ["-1", "x", "1.5"])
def test_a_number_of_jobs_that_cannot_be_is_wrong_use(capsys, jobs):
    with pytest.raises(SystemExit, match="2"):
        main(["run", "--data", ".", "--period", "2021", f"--jobs={jobs}"])
    assert f"“{jobs}” is no whole number from 0" in capsys.readouterr().err


def test_the_notebooks_default_is_the_sample_wherever_the_kernel_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(Audit.open("../data/sample", "2021Q3").table("unit")) > 0
    with pytest.raises(InputError, match="data folder not found"):
        Audit.open("../data/simple", "2021Q3")


@pytest.mark.notebook
def test_stock_papermill_runs_a_notebook_from_the_root_as_the_contract_writes_it(tmp_path):
    words = ["notebooks/06_venues.ipynb", str(tmp_path / "out.ipynb"), "-p", "period", "2021Q3"]
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "papermill", *words], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-500:]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
def test_what_is_printed_comes_out_whatever_the_terminal_can_show(encoding):
    words = [sys.executable, "-m", "mingjing", "rules", "canteen"]
    done = subprocess.run(words, env=os.environ | {"PYTHONIOENCODING": encoding}, capture_output=True)
    shown = {"ascii": "留样".encode(), "gbk": "留样".encode("gbk"), "latin-1": rb"\u7559\u6837"}[encoding]
    assert done.returncode == 0 and shown in done.stdout, done.stderr[-300:]


@pytest.mark.notebook
def test_a_report_among_the_ledgers_is_no_ledger(folder):
    words = [
        "run",
        "canteen",
        "--data",
        str(folder),
        "--period",
        "2021Q1",
        "--out",
        str(folder / "reports" / "Q1"),
    ]
    before = [source.file for source in read_folder(folder).sources]
    mark = fingerprint(folder, [], [], {})
    assert main(words) == 0
    assert [source.file for source in read_folder(folder).sources] == before
    assert fingerprint(folder, [], [], {}) == mark


def test_one_unit_may_be_asked_for_without_a_list(folder):
    assert Audit.open(folder, "2021Q1", units="U1").units == ("U1",)
    with pytest.raises(UsageError, match="unit “U9” is not in the unit ledger"):
        Audit.open(folder, "2021Q1", units="U9")


@pytest.mark.parametrize(
    "asked",
    [
        lambda a, folder: Audit.open(None),
        lambda a, folder: Audit.open(folder, config=5),
        lambda a, folder: Audit.open(folder, register=5),
        lambda a, folder: Audit.open(folder, units=5),
        lambda a, folder: a.slips(None),
        lambda a, folder: a.workpaper("ST-02-0000000000", None),
        lambda a, folder: a.workpaper(None, folder),
        lambda a, folder: a.completeness(before=5),
        lambda a, folder: a.profile("food_log", top="x"),
        lambda a, folder: a.show(None),
    ],
)
def test_what_is_no_path_no_table_and_no_number_is_told_in_one_line(folder, asked):
    with pytest.raises(UsageError):
        asked(Audit.open(folder, "2021Q1"), folder)


def test_ctrl_c_is_one_line(folder, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("mingjing.intake.read_folder", interrupted)
    assert main(["check", "--data", str(folder)]) == 130
    assert capsys.readouterr().err == "mingjing: 已中断。原有的内容没有改动\n"


def test_away_from_the_checkout_its_notebooks_are_used_all_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (notebook_folder(None) / "09_canteen.ipynb").is_file()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "20_mine.ipynb").touch()
    assert notebook_folder(None) == Path("notebooks")


def test_the_bureau_sets_its_own_threshold_and_a_wrong_name_is_refused(folder, tmp_path_factory, capsys):
    config = tmp_path_factory.mktemp("config") / "bureau.toml"
    config.write_text('[rules.ST-02]\nw_g = { value = 200, source = "本局食堂办法" }\n', encoding="utf-8")
    assert len(Audit.open(folder, "2021Q1", config=config).check()) == 2
    config.write_text("[rules.ST-02]\nw = 1\n", encoding="utf-8")
    assert main(["rules", "--config", str(config)]) == 2
    assert "w_g" in capsys.readouterr().err


def test_rules_lists_the_catalogue_in_both_languages(capsys):
    assert main(["rules", "canteen", "--json", "--lang", "en"]) == 0
    lines = json.loads(capsys.readouterr().out)
    rules = {line["rule_id"]: line for line in lines}
    assert rules["ST-02"]["thresholds"]["w_g"] == 125
    assert main(["rules"]) == main(["rules", "--json"]) == 0
    *listed, whole = capsys.readouterr().out.splitlines()
    assert (
        [line.split("\t")[0] for line in listed]
        == [rule["rule_id"] for rule in json.loads(whole)]
        == [*catalogue()]
    )


@pytest.mark.parametrize("written", ["食堂", "CANTEEN", "cantene"])
def test_an_area_is_offered_in_whichever_language_it_was_meant(written, capsys):
    assert main(["rules", written]) == 2
    assert "“canteen”？" in capsys.readouterr().err


def test_explaining_a_rule_names_its_thresholds_as_the_report_does(folder):
    assert "blue: 90, yellow: 180, red: 365 days" in Audit.open(folder, "2021Q1", lang="en").explain("SS-02")
    assert "黄、红" in Audit.open(folder, "2021Q1").explain("SS-04")


def test_once_an_engine_has_run_here_a_public_audit_forks_no_more(folder, monkeypatch):
    """Its threads survive no fork: rules in forked processes would wait for ever."""
    audit = Audit.open(folder, "2021Q1")
    assert len(audit.ledgers.names()) == 2
    monkeypatch.setattr(Audit, "shared", lambda *_: pytest.fail("forked"))
    monkeypatch.setattr(Audit, "_run", lambda *_: None)
    audit._run_all()


def _commands(part, name="mingjing"):
    inner = [a for a in part._actions if isinstance(a, argparse._SubParsersAction)]
    if not inner:
        return {name: part}
    return {k: v for a in inner for n, p in a.choices.items() for k, v in _commands(p, f"{name} {n}").items()}


def test_every_command_has_an_example_and_every_option_says_what_it_is():
    commands = _commands(command_line())
    assert len(commands) > 20 and all("example: " + name in p.epilog for name, p in commands.items())
    silent = [(name, a.dest) for name, p in commands.items() for a in p._actions if not a.help]
    assert not silent
