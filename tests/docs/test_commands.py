"""Every command in the documents is one the program takes, and the tutorials are walked through."""

import re
import shlex
from pathlib import Path

import pytest

from mingjing.cli import _parser, main
from mingjing.config import read_config
from mingjing.release import read_policy
from mingjing.rules import configured

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TUTORIALS = [path for path in sorted((ROOT / "docs" / "tutorials").glob("*.md")) if path.stem != "README"]
SYNOPSIS = ("…", "[", "|")
# seconds each over data/sample; what makes reports or writes to a register is held to the parser only
LIGHT = ("check", "rules", "trace", "slips")


def blocks(path: Path) -> list[str]:
    """The lines of code of a document: indented by four or fenced, comments taken off."""
    lines, fenced = [], False
    for line in path.read_text("utf-8").splitlines():
        if line.strip().startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            lines.append(re.sub(r"\s+#\s.*$", "", line).strip())
    return [line for line in lines if line]


def commands() -> list[tuple[str, list[str]]]:
    """(document, words) of each command written out in full."""
    found = []
    for path in DOCUMENTS:
        for line in blocks(path):
            line = line.removeprefix("$ ").removeprefix(".venv/bin/")
            if line.startswith(("mingjing ", "make ")) and not any(mark in line for mark in SYNOPSIS):
                found.append((path.name, shlex.split(line)))
    return found


@pytest.mark.parametrize(
    ("document", "words"), commands(), ids=lambda v: v if isinstance(v, str) else " ".join(v)
)
def test_a_command_in_a_document_is_one_the_program_takes(document, words):
    if words[0] == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
        assert [word for word in words[1:] if "=" not in word and word not in targets] == []
    else:
        _parser().parse_known_args(words[1:])


LIGHT_ONES = sorted(
    {tuple(words[1:]) for _, words in commands() if words[1] in LIGHT and "data/sample" in words}
)


@pytest.mark.parametrize("words", LIGHT_ONES, ids=" ".join)
def test_a_light_command_in_a_document_does_what_it_says(words, tmp_path, monkeypatch, capsys):
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    assert main(list(words)) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize(
    "path", [p for p in TUTORIALS if any("audit" in b for b in blocks(p))], ids=lambda p: p.stem
)
def test_the_python_of_a_tutorial_runs_in_its_order(path, tmp_path, monkeypatch):
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for line in blocks(path):
        if not line.startswith(("mingjing ", "make ")):
            exec(line, names)
    assert len(names["audit"].intake.tables) > 30


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
