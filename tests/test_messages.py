"""Whatever the program tells a person has its Chinese, and each Chinese belongs to something that is said."""

import ast
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing import errors
from mingjing.errors import InputError, UsageError, nearest, speak
from mingjing.findings.register.people import FIELDS, STATES
from mingjing.messages import Template, tell, templates

LIB = Path(errors.__file__).parent
CLASSES = {"MingjingError", "UsageError", "InputError", "NotebookError", "LeakError", "Conflict"}
NEAREST = {
    "nearest": "errors.py",
    "_near": "findings/register/people.py",
}  # what they give is read where they stand
HOLE = None
# what cannot be followed from the source, and why that is no gap
ELSEWHERE = {
    ("intake/corrections.py", "todo"): "handed on by Correction.error, whose callers are read",
    ("intake/files.py", "error.what"): "an InputError raised again with the file's name",
    ("intake/files.py", "error.todo"): "the same",
    ("cli.py", "str(error.strerror)"): "the system's own words, of which the usual ones are told",
    ("cli.py", "reason"): "the same as in run.py",
    ("cli_findings.py", "e['field']"): "a name of FIELDS",
    ("cli_findings.py", "name"): "the same",
    ("cli_findings.py", "value"): "a name of STATES or VERDICTS",
    ("findings/register/sheet.py", "words"): "made of what was told already",
    ("findings/register/sheet.py", "self.what"): "one of the four that Answer names",
    ("findings/register/sheet.py", "str(error)"): "of _filled, whose one text is in the catalogue",
    ("runs/manifest.py", "self.where"): "the few words of Difference",
    ("runs/manifest.py", "self.what"): "the same",
    ("runs/run.py", "reason"): "of a notebook: what its own error said, or one of the phrases of runs",
    ("runs/schedule/due.py", "last.removeprefix('mingjing: ')"): "what a run said, in its language already",
}

Literals = tuple[str | None, ...]


def joined(parts: list[str | None]) -> Literals:
    """Texts and holes in a row; texts that meet are one."""
    found: list[str | None] = []
    for part in parts:
        if part and found and found[-1] is not HOLE:
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


class Module:
    """One file of the library: what it gives to errors and to `tell`, as templates."""

    def __init__(self, path: Path):
        self.name = path.relative_to(LIB).as_posix()
        self.tree = ast.parse(path.read_text("utf-8"))
        self.above = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def told(self) -> Iterator[tuple[ast.expr, list[Literals] | None]]:
        for node in ast.walk(self.tree):
            for text in self._texts_of(node):
                yield text, self.templates(text)

    def _texts_of(self, call: ast.AST) -> list[ast.expr]:
        if isinstance(call, ast.FunctionDef) and NEAREST.get(call.name) == self.name:
            return [line.value for line in ast.walk(call) if isinstance(line, ast.Return)]
        if not isinstance(call, ast.Call):
            return []
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name in CLASSES:
            return call.args[:1] + [k.value for k in call.keywords if k.arg == "todo"]
        if name == "tell" and self.name != "errors.py":
            return call.args[:1]
        return call.args if ast.unparse(call.func) in ("self.error", "entry.error") else []

    def templates(self, node: ast.expr) -> list[Literals] | None:
        """Every text that this may be; None where that cannot be read off the source."""
        if isinstance(node, ast.Constant | ast.JoinedStr):
            return written(node)
        if isinstance(node, ast.IfExp):
            return self._all([node.body, node.orelse])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.templates(node.left), self.templates(node.right)
            return None if left is None or right is None else [joined([*a, *b]) for a in left for b in right]
        if isinstance(node, ast.Name):
            return self._all(self._assigned(node)) if self._assigned(node) else None
        return [] if isinstance(node, ast.Call) and ast.unparse(node.func) in NEAREST else None

    def _all(self, nodes: list[ast.expr]) -> list[Literals] | None:
        found = [self.templates(node) for node in nodes]
        return None if None in found else [each for several in found for each in several]

    def _assigned(self, name: ast.Name) -> list[ast.expr]:
        """What is assigned to a name in the function around it, else in the module."""
        node: ast.AST = name
        while node in self.above:
            node = self.above[node]
            within = node.body if isinstance(node, ast.Module) else ast.walk(node)
            if isinstance(node, ast.FunctionDef | ast.Module) and (
                found := [
                    line.value
                    for line in within
                    if isinstance(line, ast.Assign) and name.id in map(ast.unparse, line.targets)
                ]
            ):
                return found
        return []


def written(node: ast.AST) -> list[Literals]:
    if isinstance(node, ast.JoinedStr):
        return [joined([v.value if isinstance(v, ast.Constant) else HOLE for v in node.values])]
    return (
        [(node.value,)]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value
        else []
    )


MODULES = [Module(path) for path in sorted(LIB.rglob("*.py"))]
TOLD = [(module.name, node, found) for module in MODULES for node, found in module.told()]
NEEDED = {literals: f"{name}:{node.lineno}" for name, node, found in TOLD for literals in found or ()}


def key(template: Template) -> Literals:
    first, *rest = template.literals
    return joined([first, *(part for literal in rest for part in (HOLE, literal))])


KNOWN = {key(template): template for template in templates()}


def test_each_error_and_each_line_for_people_has_its_chinese():
    assert len(NEEDED) > 400
    assert not {place: literals for literals, place in NEEDED.items() if literals not in KNOWN}


def test_what_the_source_does_not_tell_is_listed_with_its_reason():
    assert {(name, ast.unparse(node)) for name, node, found in TOLD if found is None} == set(ELSEWHERE)


def test_each_chinese_belongs_to_a_text_of_the_source_and_stands_once():
    texts = {literals for module in MODULES for node in ast.walk(module.tree) for literals in written(node)}
    texts |= {(names[1].lower(),) for names in FIELDS.values()}
    system = {(os.strerror(code),) for code in errno.errorcode}
    assert not {literals for literals in KNOWN if literals not in texts | system | NEEDED.keys()}
    assert len(KNOWN) == len(templates())


def test_the_holes_of_the_chinese_are_those_of_the_english():
    for template in templates():
        filled = template.told(dict.fromkeys(template.names, "7"), deep=1)  # KeyError for a hole of its own
        assert "{" not in filled.replace("{ ", "") and "您" not in filled and not filled.endswith("。"), (
            filled
        )
        assert all(template.literals[1:-1]), "two holes that meet cannot be told apart"


def test_a_text_is_taken_for_the_one_it_was_made_from():
    for template in templates():
        holes = {
            name: str(number) if name in template.whole else f"{number}号"
            for number, name in enumerate(template.names)
        }
        text = "".join(a + b for a, b in zip(template.literals, [*holes.values(), ""], strict=True))
        assert tell(text, "zh") == template.told(holes, deep=4) and tell(text, "en") == text


def test_an_error_stands_in_the_language_asked_for_and_names_its_place_in_it():
    error = InputError(
        "the column is not where it was", file="a.xlsx", sheet="甲", row=5, column="乙", todo="Correct it"
    )
    assert str(error) == error.told("en")
    assert (
        error.told("en")
        == "a.xlsx, sheet “甲”, row 5, column “乙”: the column is not where it was. Correct it"
    )
    assert error.told("zh") == "a.xlsx，工作表“甲”，第 5 行，列“乙”：列不在原来的位置。请改正"
    assert error.advice("zh") == "列不在原来的位置。请改正"


@pytest.mark.parametrize(
    ("what", "todo", "told"),
    [
        ("correction 3: no row has the key {'a': 1}", None, "第 3 条更正：没有一行有键 {'a': 1}"),
        ("source 2, column “x”: dates is not a text or a list of texts", None, "第 2 个来源的列“x”的 dates 不是"),
        ("X-1 cannot become rectified without: due date, a note", None, "X-1 还不能改为“已整改”，缺：整改时限、说明"),
        ("no area is called “x”", nearest("ab", ["ac"]), "没有名为“x”的领域。是不是要写“ac”？"),
        ("no area is called “x”", nearest("x", map(str, range(10, 40))), "、32、33……（共 30 个）"),
        ("something nobody translated", "Check --data", "something nobody translated。请检查 --data"),
    ],
)  # fmt: skip
def test_what_stands_within_a_message_is_told_in_its_turn(what, todo, told):
    assert told in UsageError(what, todo=todo).told("zh")


@given(st.text())
def test_any_value_comes_through_on_one_line_and_steers_nothing(value):
    told = UsageError(f"no ledger is called “{value}”", todo=nearest(value, [value])).told("zh")
    assert told.isprintable() and told.startswith("没有名为“")


def test_a_value_made_to_look_like_many_messages_is_told_at_once():
    deep, wide = "correction 1: " * 50_000, "no area is called “" * 50_000
    assert tell(f"{deep}x", "zh").count("第 1 条更正") == 4
    assert tell(f"no ledger is called “{wide}”", "zh") == f"没有名为“{wide}”的台账"
    assert tell(f"Valid: {'a, ' * 50_000}", "zh").startswith("可用：a")


def test_states_and_fields_are_called_what_the_register_calls_them():
    for code, (zh, en) in (STATES | FIELDS).items():
        assert tell(code, "zh") == zh and tell(en.lower(), "zh") in (zh, en.lower())


def test_in_a_notebook_an_error_has_the_language_of_the_audit_opened_last():
    error = UsageError("no ledger could be read")
    for lang, told in (
        ("en", "UsageError: no ledger could be read"),
        ("zh", "UsageError: 没有一份台账能读入"),
    ):
        speak(lang)
        assert error._render_traceback_() == [told]
