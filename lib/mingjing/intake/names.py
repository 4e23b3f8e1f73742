"""People and units by the names ledgers use: resolved to ids where there is one answer, shown where there is not."""

from collections import defaultdict

import pyarrow as pa

from mingjing.intake.headers import bare
from mingjing.tables import tables

_NAMED = {"unit": ("unit_id", "unit_name"), "person": ("person_id", "name"), "athlete": ("ath_id", "name")}
NAMES = ["table", "column", "written", "resolved", "how", "candidates", "count"]


def resolve(data: dict[str, pa.Table]) -> tuple[dict[str, pa.Table], list[list]]:
    """The tables with names replaced by ids, and one line per name: (…, how: id name name+unit ambiguous unknown).

    What is ambiguous or unknown keeps its text. Units come first, since a person is told apart by their unit.
    """
    report: list[list] = []
    for target in ("unit", "person", "athlete"):
        if target in data:
            for name in data:
                data[name] = _resolve_table(name, data[name], target, data[target], report)
    return data, report


def _resolve_table(
    name: str, table: pa.Table, target: str, directory: pa.Table, report: list[list]
) -> pa.Table:
    key, label = _NAMED[target]
    ids = set(directory.column(key).to_pylist())
    by_name = defaultdict(set)
    by_unit = defaultdict(set)
    for row in directory.to_pylist():
        by_name[bare(row.get(label) or "")].add(row[key])
        by_unit[bare(row.get(label) or ""), row.get("unit_id")].add(row[key])
    declared = tables()[name]
    units = (
        table.column(declared.unit).to_pylist()
        if declared.unit in table.column_names
        else [None] * len(table)
    )
    for column in declared.columns.values():
        if column.ref != f"{target}.{key}" or column.name not in table.column_names:
            continue
        seen: dict[tuple, list] = {}
        values = []
        for written, unit in zip(table.column(column.name).to_pylist(), units, strict=True):
            answer, how, candidates = _one(written, unit, ids, by_name, by_unit)
            values.append(answer)
            if written is not None:
                line = seen.setdefault(
                    (written, how, answer), [name, column.name, written, answer, how, candidates, 0]
                )
                line[-1] += 1
        report += seen.values()
        place = table.column_names.index(column.name)
        table = table.set_column(place, column.name, pa.array(values, pa.string()))
    return table


def _one(written, unit, ids, by_name, by_unit) -> tuple[str | None, str, str]:
    if written is None or written in ids:
        return written, "id", ""
    found = by_name.get(bare(written), set())
    if len(found) == 1:
        return next(iter(found)), "name", ""
    here = by_unit.get((bare(written), unit), set())
    if len(here) == 1:
        return next(iter(here)), "name+unit", ""
    return written, "ambiguous" if found else "unknown", ", ".join(sorted(found))
