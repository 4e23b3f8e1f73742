"""A new notebook from a template: the sections every notebook has, and cells that run as they stand."""

import re
from importlib import resources
from pathlib import Path

from mingjing.areas import AREAS
from mingjing.errors import UsageError

_NUMBERED = re.compile(r"(\d\d)_(\w+)")


def new_notebook(name: str, folder: Path) -> Path:
    """Writes `NN_<name>.ipynb` with the next free number; `mingjing run <name>` then runs it by itself. Gives its path.

    UsageError for a name that is an area's, is taken, or is not lower-case letters.
    """
    if not re.fullmatch(r"[a-z][a-z_]*", name):
        raise UsageError(f"“{name}” cannot be a notebook's name", todo="Use lower-case letters, such as fuel")
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder “{folder}”", todo="Name the folder of notebooks: --notebooks DIR"
        )
    taken = dict(m.groups()[::-1] for path in folder.glob("*.ipynb") if (m := _NUMBERED.fullmatch(path.stem)))
    if name in taken or name in AREAS:
        raise UsageError(f"there is a notebook “{name}” already", todo="Choose another name")
    number = max([len(AREAS) - 1, *map(int, taken.values())]) + 1
    template = resources.files(__package__).joinpath("notebook.json").read_text("utf-8")
    path = folder / f"{number:02d}_{name}.ipynb"
    path.write_text(template.replace("NAME", name), "utf-8")
    return path
