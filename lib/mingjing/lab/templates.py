"""The templates of `mingjing new`: real files beside this module, filled in by Jinja."""

import re
from importlib import resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from mingjing.areas import AREAS
from mingjing.errors import UsageError

_NUMBERED = re.compile(r"(\d\d)_(\w+)")


def filled(template: str, **values) -> str:
    """The template with these values; one that is not given is an error, not a blank."""
    text = resources.files(__package__).joinpath("templates", f"{template}.j2").read_text("utf-8")
    surroundings = Environment(
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  (Python, TOML and JSON are no HTML)
    )
    return surroundings.from_string(text).render(values)


def write_new(path: Path, text: str) -> Path:
    """Writes a file that is not there yet."""
    if path.exists():
        raise UsageError(f"{path} is there already", todo="Choose another name")
    path.write_text(text, "utf-8")
    return path


def checked_name(name: str, what: str) -> str:
    """UsageError for a name that is no lower-case word."""
    if not re.fullmatch(r"[a-z][a-z_]*", name):
        raise UsageError(f"“{name}” cannot be {what}", todo="Use lower-case letters, such as fuel")
    return name


def numbered(name: str, folder: Path) -> Path:
    """Where the notebook of this name goes: the next free number. UsageError for a name that is taken."""
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder “{folder}”", todo="Name the folder of notebooks: --notebooks DIR"
        )
    taken = dict(m.groups()[::-1] for path in folder.glob("*.ipynb") if (m := _NUMBERED.fullmatch(path.stem)))
    if name in taken or name in AREAS:
        raise UsageError(f"there is a notebook “{name}” already", todo="Choose another name")
    number = max([len(AREAS) - 1, *map(int, taken.values())]) + 1
    return folder / f"{number:02d}_{name}.ipynb"
