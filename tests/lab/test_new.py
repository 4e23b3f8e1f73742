"""What `mingjing new` makes passes the tests that every notebook passes, as it was made."""

from pathlib import Path

import nbformat
import pytest

from mingjing.cli import main
from mingjing.runs.notebooks import check_parameters, execute

ROOT = Path(__file__).parents[2]


@pytest.fixture
def made(tmp_path, capsys):
    """A new notebook beside copies of the project's own."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        (folder / path.name).write_bytes(path.read_bytes())
    assert main(["new", "notebook", "fuel", "--notebooks", str(folder)]) == 0
    return Path(capsys.readouterr().out.strip())


def test_a_new_notebook_has_the_next_number_and_holds_to_the_rules_of_notebooks(made):
    last = max(int(path.stem[:2]) for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    assert made.name == f"{last + 1:02d}_fuel.ipynb"
    code = [cell for cell in nbformat.read(made, 4).cells if cell.cell_type == "code"]
    assert all(not cell.outputs and len(cell.source.splitlines()) <= 15 for cell in code)
    assert any("audience=audience" in cell.source for cell in code)
    check_parameters(made, {"data": "x", "period": "2021Q3", "units": ["U001"]})


@pytest.mark.notebook
def test_a_new_notebook_runs_as_it_was_made(made, tmp_path):
    given = {"data": str(ROOT / "data" / "sample"), "lang": "en"}
    assert execute(made, tmp_path / "out.ipynb", given, timeout=120) == ""


@pytest.mark.parametrize("name", ["canteen", "sampling", "Fuel", "../x", "fuel"])
def test_a_name_that_is_taken_or_no_name_is_refused(made, name, capsys):
    before = sorted(made.parent.iterdir())
    assert main(["new", "notebook", name, "--notebooks", str(made.parent)]) == 2
    assert "请换一个名称" in (err := capsys.readouterr().err) or "小写字母" in err
    assert sorted(made.parent.iterdir()) == before
