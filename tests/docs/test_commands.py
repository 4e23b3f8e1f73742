"""Every command in the documents is run in its order over a few small ledgers, or is listed here with why not."""

import argparse
import io
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from mingjing.cli import command_line, main
from mingjing.config import read_config
from mingjing.release import read_policy
from mingjing.rules import configured

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TUTORIALS = [path for path in sorted((ROOT / "docs" / "tutorials").glob("*.md")) if path.stem != "README"]
SYNOPSIS = ("…", "[", "|")
PROGRAMS = ("mingjing ", "make ", "pip ", "python ")
# What is not run here, and why. Each is still held against what the program or the Makefile takes.
NOT_RUN = {
    "make audit": "builds an environment from a package index and takes minutes: tests/runs run the same",
    "make lab": "a server that stays until it is stopped",
    "make test": "this very suite, which .ci/run calls by it",
    "python -m venv airflow && airflow/bin/pip install apache-airflow==3.3.2 apache-airflow-providers-papermill": (
        "downloads more packages than the project has itself: tests/runs/test_airflow.py is skipped without"
    ),
    "pip install --require-hashes -r requirements-spark.lock": "downloads 400 MB; .ci/run does it by make spark",
    "mingjing run --data ledgers --period 2021 --engine spark": "needs Java and PySpark: tests/rules/test_spark.py",
    "mingjing run canteen --data ../shared/real/food --mapping data/mappings/food.toml --period 2014": (
        "real files that are not in the repository: tests/intake/test_real.py"
    ),
    "mingjing schedule run-due": "every report due since the schedule's start: tests/runs/test_schedule.py",
    "python -m pytest tests/rules/test_st_41.py -n0": "tests/lab/test_new_code.py runs the test of a new rule",
}
# Sheets of the sample bureau that the documents look at, and how many of their rows.
SHEETS = {
    "数据受理台账.xlsx": {"单位基本信息表": None, "人员花名册": None},
    "四风与巡察整改台账.xlsx": {"整改问题台账": None, "反馈批次表": None},
    "群众诉求与评议台账.xlsx": {"公开台账": None},
    "食堂台账.xlsx": {"食堂采购验收台账": 120, "留样与温度记录表": 120},
}
MAPPING = """
[[source]]
files = "反馈批次表.csv"
table = "feedback_batch"
[source.columns]
batch_id = "批次编号"
unit_id = "被反馈单位"
feedback_date = "反馈日期"
"""
# What a reader puts in place of these.
PLACES = {"DIR": "data/sample", "目录": "data/sample", "ledgers": "data/sample"}


def blocks(path: Path) -> list[str]:
    """The lines of code of a document: indented by four or fenced, comments taken off."""
    lines, fenced = [], False
    for line in path.read_text("utf-8").splitlines():
        if line.strip().startswith("```"):
            fenced = "toml" if line.strip() == "```toml" else not fenced
        elif fenced is True or (not fenced and line.startswith("    ")):
            lines.append(re.sub(r"\s+#\s.*$", "", line).strip().removeprefix("$ ").removeprefix(".venv/bin/"))
    return [line for line in lines if line]


def commands(path: Path) -> list[str]:
    """The commands of a document that are written out in full."""
    found = [line for line in blocks(path) if line.startswith(PROGRAMS)]
    return [line for line in found if not any(mark in line for mark in SYNOPSIS)]


def placed(lines: list[str]) -> list[str]:
    """The lines as a reader types them."""
    return [" ".join(PLACES.get(word, word) for word in line.split(" ")) for line in lines]


EVERY = sorted({line for path in DOCUMENTS for line in commands(path)})
RUN = [line for line in EVERY if line.startswith("mingjing ") and line not in NOT_RUN]
# The two READMEs say the same: what one document's lines are another's too is walked once.
WALKED = {tuple(placed(blocks(path))): path for path in reversed(DOCUMENTS) if {*commands(path)} & {*RUN}}


def test_what_is_not_run_is_there_and_is_a_command_that_exists():
    assert set(NOT_RUN) <= set(EVERY)
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    for line in NOT_RUN:
        words = shlex.split(line)
        if words[0] == "make":
            assert words[1] in targets
        elif words[0] == "mingjing":
            assert command_line().parse_known_args(words[1:])[1] == [], line


def test_a_command_named_in_a_sentence_has_the_parts_and_options_it_is_named_with():
    for path in DOCUMENTS:
        for span in re.findall(r"`(mingjing [^`]+)`", path.read_text("utf-8")):
            parser, words = command_line(), span.replace("\\|", "|").replace(" | ", "|").split()[1:]
            while parts := [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]:
                if not words or words[0] == "…":
                    break
                named = words.pop(0).split("|")
                assert set(named) <= set(parts[0].choices), (path.name, span)
                parser = parts[0].choices[named[0]]
            options = set(re.findall(r"--?[a-z][a-z-]*", " ".join(words)))
            assert options <= set(parser._option_string_actions), (path.name, span)


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory):
    """A few of the sample's ledgers, as sheets of CSV."""
    folder = tmp_path_factory.mktemp("ledgers")
    for file, sheets in SHEETS.items():
        book = CalamineWorkbook.from_path(ROOT / "data" / "sample" / file)
        for name, rows in sheets.items():
            pd.DataFrame(book.get_sheet_by_name(name).to_python()[:rows]).to_csv(
                folder / f"{name}.csv", header=False, index=False, encoding="utf-8"
            )
    return folder


@pytest.fixture
def desk(ledgers, tmp_path, monkeypatch):
    """A checkout as far as commands touch it, with the small ledgers in the sample's place."""
    for name in ("lib", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
    (tmp_path / "tests" / "rules").mkdir(parents=True)
    (tmp_path / "tests" / "analyse").mkdir()
    (tmp_path / "notebooks").mkdir()
    shutil.copytree(ledgers, tmp_path / "data" / "sample")
    shutil.copy(ROOT / "schedule.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str) -> None:
    """One command as a shell would take it; a schedule's at a moment at which the document makes sense. Reports are made
    in a process of their own, since theirs are forked and an engine's threads do not survive that."""
    written, _, target = line.partition(" > ")
    words = shlex.split(*placed([written]))[1:]
    if words[0] == "schedule" and words[1] in ("next", "due", "commit"):
        words += ["--now", "2022-01-05T08:00"]
    out = io.StringIO()
    if words[0] == "run":
        done = subprocess.run(
            [sys.executable, "-m", "mingjing", *words], capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, (line, done.stderr)
        out.write(done.stdout)
    else:
        with redirect_stdout(out):
            assert main(words) == 0, line
    assert out.getvalue().strip() or "findings" in words, line
    if target:
        Path(target).write_text(out.getvalue(), "utf-8")


@pytest.mark.notebook
@pytest.mark.parametrize("path", sorted(WALKED.values()), ids=lambda p: p.name)
def test_a_document_is_walked_through_in_its_order(path, desk):
    # reports of the areas named are made, and of one where none is
    named = {area for line in commands(path) for area in re.findall(r"^mingjing run ([a-z]+)", line)}
    for book in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"):
        if book.stem[3:] in (named or {"rectification"}):
            shutil.copy(book, desk / "notebooks")
    (desk / "aliases.toml").write_text('[unit]\n"射击中心" = ["射击队"]\n', "utf-8")
    (desk / "corrections.toml").write_text("", "utf-8")
    (desk / "mapping.toml").write_text(MAPPING, "utf-8")
    for written in re.findall(r"```toml\n(.*?)```", path.read_text("utf-8"), re.S):
        (desk / "bureau.toml").write_text(written, "utf-8")
    names: dict = {}
    for line in blocks(path):
        if line in RUN:
            run(line)
        elif re.match(r"from mingjing|audit\.|(audit|leads|first) = ", line):
            exec(line, names)


def test_every_command_is_run_or_is_said_not_to_be():
    walked = {line for path in WALKED.values() for line in placed(commands(path))}
    assert set(placed(EVERY)) - walked - {*placed(list(NOT_RUN))} == set()


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda p: p.stem)
def test_a_tutorial_has_the_steps_it_counts_and_the_pictures_it_shows(path):
    text = path.read_text("utf-8")
    index = (path.parent / "README.md").read_text("utf-8")
    (counted,) = re.findall(rf"\({path.name}\).*\| (\d+) \|", index)
    assert len(re.findall(r"^\d+\. ", text, re.M)) == int(counted)
    for picture in re.findall(r"!\[[^]]+\]\(([^)]+)\)", text):
        assert 1000 < (path.parent / picture).stat().st_size < 200_000


def test_the_configuration_in_the_recipes_is_one_the_program_takes(tmp_path):
    text = (ROOT / "docs" / "recipes.md").read_text("utf-8")
    (written,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    (tmp_path / "bureau.toml").write_text(written, "utf-8")
    settings = read_config(tmp_path / "bureau.toml")
    assert configured(settings.rules)["ST-02"].params["w_g"].value == 200
    assert read_policy(settings.public, tmp_path / "bureau.toml", ROOT / "data" / "sample").smallest == 5
