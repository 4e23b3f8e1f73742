"""Correction slips (退回科室更正单): for each unit one workbook that names file, sheet, row, column and what to do."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pandas as pd

from mingjing.analyse.places import inside
from mingjing.errors import path_of
from mingjing.papers.book import Book
from mingjing.tables import tables

NO_UNIT = "单位不明"
_HEADS = ("序号", "文件", "工作表", "行", "列", "原填内容", "问题", "怎样更正", "更正后填写", "更正依据")
_WIDTHS = (16, 20, 16, 7, 14, 22, 26, 30, 18, 16)
_TODO = {
    "rejected": "补填或改正后重报此行；此行目前未计入任何核查",
    "unreadable": "按表头要求重填此格；目前按空白处理",
    "not_in_choices": "改填台账规定的选项之一：{choices}",
    "duplicate_key": "核对是否重复登记：重复的删除，不同的改编号",
    "total_mismatch": "核对明细与合计，查明差额，改正错的一方",
    "unknown": "写明全名或编号；若是曾用名、简称，告知检查部门列入别名表",
    "ambiguous": "同名不止一个，写明编号或所在单位",
}


def slips(audit, folder: str | Path) -> list[Path]:
    """Writes `<unit>.xlsx` for each unit with something to correct, and one for what names no unit. Gives their paths.

    From intake: rejected rows, doubtful cells, totals that do not add up, names nobody knows. In Chinese, since it goes to
    the office that keeps the ledger. Only the audit's units, where it has some.
    """
    inside(audit, "slips()")
    folder = path_of(folder, "the folder of slips()")
    by_unit = defaultdict(list)
    for unit, line in _lines(audit):
        if not audit.units or unit in audit.units:
            by_unit[unit].append(line)
    paths = []
    for unit, lines in sorted(by_unit.items(), key=lambda pair: pair[0] or ""):
        name = audit.names.get(unit, unit) or NO_UNIT
        path = folder / (re.sub(r"[^\w-]+", "_", "_".join(filter(None, ("更正单", unit, name)))) + ".xlsx")
        _write(
            path, audit, unit, name, sorted(lines, key=lambda line: (line[0], line[1], line[2] or 0, line[3]))
        )
        paths.append(path)
    return paths


def _lines(audit):
    """(unit id or None, [file, sheet, row, column, as written, what is wrong, what to do])."""
    units = {}
    for name, table in audit.intake.tables.items():
        if tables()[name].unit in table.column_names:
            units |= dict(zip(table["_rid"].to_pylist(), table[tables()[name].unit].to_pylist(), strict=True))
    one = _one_unit_a_sheet(audit, units)
    for line in audit.intake.rejected.to_dict("records"):
        unit = _unit_written(audit, line) or one.get((line["source_file"], line["sheet"]))
        columns = [_zh(line["table"], column) for column in line["column"].split(", ")]
        values = json.loads(line["values"])
        written = "；".join(f"{c}：{values.get(c) or '（未填）'}" for c in columns)
        yield unit, [*_place(line), "、".join(columns), written, line["reason_zh"], _TODO["rejected"]]
    for line in audit.intake.issues.to_dict("records"):
        unit = units.get(line["_rid"]) or one.get((line["source_file"], line["sheet"]))
        todo = _TODO.get(line["kind"], "核对后重填").format(choices=_choices(line))
        yield (
            unit,
            [*_place(line), _zh(line["table"], line["column"]), line["value"], line["reason_zh"], todo],
        )
    yield from _unresolved(audit, units)


def _place(line: dict) -> list:
    return [line["source_file"], line["sheet"], None if pd.isna(line["row"]) else int(line["row"])]


def _zh(table: str, column: str) -> str:
    declared = tables()[table].columns.get(column) if table in tables() else None
    return declared.zh if declared else column


def _choices(line: dict) -> str:
    declared = tables()[line["table"]].columns.get(line["column"]) if line["table"] in tables() else None
    return "、".join(declared.choices) if declared else ""


def _unit_written(audit, line: dict) -> str | None:
    """The unit that a rejected row names under the header of the ledger's unit column."""
    column = tables()[line["table"]].unit if line["table"] in tables() else None
    written = json.loads(line["values"]).get(_zh(line["table"], column)) if column else None
    found = [i for i in _unit_ids(audit) if written in (i, audit.names.get(i))]
    return found[0] if len(found) == 1 else None


def _unit_ids(audit) -> list[str]:
    table = audit.intake.tables.get("unit")
    return table["unit_id"].to_pylist() if table is not None else []


def _one_unit_a_sheet(audit, units: dict[int, str]) -> dict[tuple[str, str], str]:
    """The unit of each sheet whose rows all belong to one."""
    seen = defaultdict(set)
    for rid, unit in units.items():
        seen[audit.intake.source_of(rid)[1:3]].add(unit)
    return {sheet: next(iter(found)) for sheet, found in seen.items() if len(found) == 1}


def _unresolved(audit, units: dict[int, str]):
    names = audit.intake.names
    for line in names[names.how.isin(["unknown", "ambiguous"])].to_dict("records"):
        table = audit.intake.tables[line["table"]]
        cells = zip(table["_rid"].to_pylist(), table[line["column"]].to_pylist(), strict=True)
        why = "名册中没有此名" if line["how"] == "unknown" else f"名册中同名：{line['candidates']}"
        for rid, cell in cells:
            if cell == line["resolved"]:
                place = audit.intake.source_of(rid)[1:]
                column = _zh(line["table"], line["column"])
                yield units.get(rid), [*place, column, line["written"], why, _TODO[line["how"]]]


def _write(path: Path, audit, unit: str | None, name: str, lines: list[list]) -> None:
    with Book(path) as book:
        form = book.form("更正单", "台账退回更正单", _WIDTHS, landscape=True)
        form.boxes(("编号", f"更正-{audit.period.text}-{unit or '00'}"), ("退回单位（科室）", name))
        form.boxes(("所属期", audit.period.words("zh")), ("核对截至", audit.as_of.isoformat()))
        form.boxes(("退回日期", ""), ("更正期限", ""))
        form.line(
            f"你单位报送的台账经核对，有以下{len(lines)}处须更正。请在原台账上更正后重新报送，不要只改本单；"
            "“更正后填写”“更正依据”两栏填好后随单退回。确认原填无误的，在“更正依据”栏说明并附凭证。"
        )
        form.table(_HEADS, ([number, *line, "", ""] for number, line in enumerate(lines, start=1)))
        form.line("")
        form.boxes(("退回人（签字）", ""), ("日期", ""), height=32)
        form.boxes(("更正人（签字）", ""), ("日期", ""), height=32)
        form.boxes(("科室负责人（签字）", ""), ("单位（盖章）", ""), height=48)
