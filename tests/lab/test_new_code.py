"""What `mingjing new rule` and `new area` make passes, in a copy of the checkout and as it was made, the tests of what
it touched; until its draft mark is taken out, no audit runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mingjing.cli import main

ROOT = Path(__file__).parents[2]
SMALL = ("单位信息.csv", "单位编号,单位名称,单位类型\nU1,射击中心,训练单位\n")
FUEL = (
    "公务用油台账.csv",
    "记录编号,单位编号,日期,金额\nR1,射击中心,2021-03-01,101\nR2,射击中心,2021-04-01,100\n",
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of what the commands write to and the tests read."""
    root = tmp_path_factory.mktemp("checkout")
    for name in ("lib", "notebooks", "tests", "docs"):
        shutil.copytree(
            ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.png", "local")
        )
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture(scope="module")
def made(checkout):
    """A new rule in a package and a new area, whose rule stands in a module; the files each command names."""
    commands = {
        "ST-98": ["rule", "ST-98", "--ledger", "food_log", "--column", "weight_g"],
        "fuel": ["area", "fuel", "--zh", "公务用油", "--en", "Official fuel", "--prefix", "YY"],
    }
    named = {}
    for key, words in commands.items():
        named[key] = [Path(line) for line in call(checkout, "mingjing", "new", *words).splitlines()]
    return named


def call(root: Path, module: str, *words: str) -> str:
    """Standard output of a module run on the copy's own code."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "lib"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_what_is_made_passes_the_tests_as_it_was_made(checkout, made):
    tests = {str(path) for paths in made.values() for path in paths if path.name.startswith("test_")}
    assert tests == {f"tests/{name}.py" for name in ("rules/test_st_98", "rules/test_yy_01")} | {
        "tests/analyse/test_fuel_area.py"
    }
    others = ["tests/test_catalogue.py", "tests/docs/test_docs.py"]
    call(checkout, "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *sorted(tests), *others)


def test_what_is_made_stands_where_its_like_stands(checkout, made):
    library = "lib/mingjing"
    assert [str(path) for path in made["ST-98"]] == [
        f"{library}/rules/catalogue/canteen.toml",
        f"{library}/rules/canteen/food.py",
        "tests/rules/test_st_98.py",
        "docs/catalogue.md",
    ]
    last = max(int(path.stem[:2]) for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    assert Path(f"notebooks/{last + 1:02d}_fuel.ipynb") in made["fuel"]
    assert all((checkout / path).is_file() for paths in made.values() for path in paths)


def test_what_is_made_needs_no_formatting(checkout, made):
    code = sorted({str(path) for paths in made.values() for path in paths if path.suffix == ".py"})
    assert call(checkout, "ruff", "format", "--check", *code) and call(checkout, "ruff", "check", *code)


@pytest.mark.notebook
def test_a_new_areas_notebook_runs_and_says_that_its_rule_is_a_draft(checkout, made, tmp_path):
    for name, text in (SMALL, FUEL):
        (tmp_path / name).write_text(text, "utf-8")
    given = [
        "--data",
        str(tmp_path),
        "--period",
        "2021",
        "--out",
        str(tmp_path / "out"),
        "--register",
        "none",
    ]
    told = json.loads(call(checkout, "mingjing", "run", "fuel", *given, "--jobs", "1", "--json"))
    assert told["failed"] == {} and (tmp_path / "out" / "fuel.html").is_file()
    assert "YY-01,not_run,规则还是草稿" in (tmp_path / "out" / "rules.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rule", "ST-02"], "下一个空号是 ST-"),
        (["rule", "XX-01"], "是不是要写“RX”"),
        (["rule", "st-99"], "两个大写字母"),
        (["rule", "ST-99", "--ledger", "food_logs"], "“food_log”"),
        (["rule", "ST-99", "--ledger", "food_log", "--column", "weight"], "“weight_g”"),
        (["area", "canteen", "--zh", "食堂", "--prefix", "YY"], "请换一个名称"),
        (["area", "fuel", "--zh", "公务用油", "--prefix", "ST"], "canteen 已经用了"),
        (["area", "Fuel", "--zh", "公务用油"], "小写字母"),
        (["area", "fuel", "--zh", '公务"用油', "--prefix", "YY"], "文字、空格"),
    ],
)
def test_a_wrong_name_is_refused_with_what_would_do_and_nothing_is_written(checkout, words, told, capsys):
    before = {path: path.stat().st_mtime_ns for path in checkout.rglob("*") if path.is_file()}
    assert main(["new", *words, "--root", str(checkout)]) == 2
    assert told in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in checkout.rglob("*") if path.is_file()} == before


def test_outside_a_checkout_nothing_is_made(tmp_path, capsys):
    assert main(["new", "rule", "ST-99", "--root", str(tmp_path)]) == 2
    assert "不是本项目的文件夹" in capsys.readouterr().err and not list(tmp_path.iterdir())
