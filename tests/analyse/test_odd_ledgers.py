"""Ledgers that hold next to nothing, or only odd days: no notebook stops over them, whatever it can still say."""

import ast
import csv
from datetime import date, datetime
from pathlib import Path

import nbformat
import pytest

from mingjing import Audit
from mingjing.analyse import feedback
from mingjing.rules import Outcome, catalogue, found_so_far
from mingjing.runs.notebooks import notebooks
from mingjing.sample.bureau import build_bureau
from mingjing.tables import Table, tables

NOTEBOOKS = notebooks(Path(__file__).parents[2] / "notebooks")
USUAL = {
    "date": date(2021, 3, 1),
    "datetime": datetime(2021, 3, 1, 9),
    "int": 12,
    "number": 1200.5,
    "bool": True,
}


def needed(table: Table, row: dict) -> dict:
    """Only what a row is rejected without."""
    return {name: value for name, value in row.items() if table.columns[name].required or name in table.key}


def later(table: Table, row: dict) -> dict:
    """After everything the audit looks at."""
    return {
        name: value.replace(year=2199, day=min(value.day, 28)) if isinstance(value, date) else value
        for name, value in row.items()
    }


SHAPES = {
    "no row": lambda table, rows: [],
    "one row": lambda table, rows: rows[:1],
    "only what is required": lambda table, rows: [needed(table, row) for row in rows[:30]],
    "later days": lambda table, rows: [later(table, row) for row in rows[:30]],
}


def write(folder: Path, shape) -> None:
    bureau = build_bureau(1)
    for name, table in tables().items():
        if name.startswith("intake_"):
            continue
        usual = {c: USUAL[column.type] for c, column in table.columns.items() if column.type in USUAL}
        rows = [{c: row.get(c) for c in table.columns} for row in bureau.rows.get(name, [usual])]
        rows = rows if name == "unit" else shape(table, rows)
        with (folder / f"{table.zh}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(column.zh for column in table.columns.values())
            out.writerows([text(row.get(c)) for c in table.columns] for row in rows)


def text(value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


@pytest.fixture(scope="module", params=SHAPES)
def audit(request, tmp_path_factory):
    """An audit over them whose rules, which have tests of their own, found nothing."""
    folder = tmp_path_factory.mktemp("odd")
    write(folder, SHAPES[request.param])
    made = Audit.open(folder, "2021")

    outcomes = {rule_id: Outcome(rule_id, "passed") for rule_id in catalogue()}
    if not feedback.knowable(made):
        outcomes["RX-03"] = Outcome("RX-03", "not_run", ("column_missing", ""))

    def results(areas=None):
        wanted = [areas] if isinstance(areas, str) else areas
        return [(e, outcomes[i]) for i, e in catalogue().items() if not wanted or e.area in wanted]

    made.results, made.outcome = results, outcomes.get
    made.found_tables = lambda: found_so_far(outcomes, catalogue())
    return made


@pytest.mark.parametrize("area", NOTEBOOKS)
def test_a_notebook_comes_to_its_end(audit, area, monkeypatch):
    monkeypatch.setattr(Audit, "open", lambda *_, **__: audit)
    shown = []

    def display(value):
        shown.append(value._repr_html_() if hasattr(value, "_repr_html_") else repr(value))

    names = {"display": display}
    for cell in nbformat.read(NOTEBOOKS[area], 4).cells:
        if cell.cell_type != "code":
            continue
        lines = ast.parse(cell.source).body
        last = lines.pop() if lines and isinstance(lines[-1], ast.Expr) else None
        exec(compile(ast.Module(lines, []), area, "exec"), names)
        if last:
            display(eval(compile(ast.Expression(last.value), area, "eval"), names))
    assert len(shown) > 3
