"""A folder of files → typed tables, with every row accounted for."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from mingjing.errors import InputError
from mingjing.intake.corrections import CORRECTIONS, Corrections
from mingjing.intake.faults import DUPLICATE
from mingjing.intake.files import Aside, RawSheet, list_files, read_file
from mingjing.intake.headers import Header, find_header
from mingjing.intake.mapped import mapped_header
from mingjing.intake.mapping import Mapping, read_mapping
from mingjing.intake.model import ISSUES, REJECTED, ROWS_PER_SOURCE, TOTALS, Intake, Source
from mingjing.intake.names import NAMES, Aliases, resolve
from mingjing.intake.sheet import SheetData, issue_line, read_sheet, set_status
from mingjing.tables import tables

Found = tuple[RawSheet, Header | None]


def read_folder(
    data: str | Path,
    mapping: str | Path | None = None,
    corrections: str | Path | None = None,
    aliases: str | Path | None = None,
) -> Intake:
    """Reads every ledger in the folder; InputError when there is nothing that can be read.

    mapping, corrections, aliases: files that say how (see the modules of these names).
    """
    folder = Path(data)
    plan, register, known = read_mapping(mapping), Corrections(corrections), Aliases(aliases)
    paths, aside = list_files(folder)
    if not paths:
        raise InputError(
            "no .xlsx, .xls, .csv or .parquet file here", file=folder, todo="Put the ledgers into it"
        )
    _check_mapping(plan, mapping, [file for _, file in paths])
    return _assemble(_found(paths, aside, plan), register, known, plan)


def _found(paths: list[tuple[Path, str]], aside: list[Aside], plan: Mapping) -> Iterator[Found | Source]:
    """Each sheet with its header, or what became of a file instead, by file and sheet; one file is held at a time."""
    waiting = {file: Source(0, file, "", status="skipped", notes=[(zh, en)]) for file, zh, en in aside}
    paths_of = {file: path for path, file in paths}
    for file in sorted({*waiting, *paths_of}):
        if file in waiting:
            yield waiting[file]
        elif plan.ignores(file):
            note = ("映射文件注明不读", "the mapping file sets it aside")
            yield Source(0, file, "", status="skipped", notes=[note])
        else:
            yield from _sheets(paths_of[file], file, plan)


def _sheets(path: Path, file: str, plan: Mapping) -> Iterator[Found | Source]:
    try:
        sheets = read_file(path, file, **plan.options(file))
    except InputError as error:
        note = (f"无法读取：{error.advice('zh')}", str(error))
        yield Source(0, file, "", status="unreadable", notes=[note])
        return
    for sheet in sorted(sheets, key=lambda sheet: sheet.name):
        yield from _headed(sheet, plan)


def _headed(sheet: RawSheet, plan: Mapping) -> list[Found]:
    """The sheet with the header found in it; one that a mapping gives to several ledgers, once for each."""
    maps = plan.of(sheet.file, sheet.name)
    if maps:
        return [(sheet, mapped_header(source, sheet)) for source in maps]
    return [(sheet, find_header(sheet.file, sheet.name, sheet.rows, sheet.merged))]


def _check_mapping(plan: Mapping, mapping: str | Path | None, files: list[str]) -> None:
    for source in plan.sources:
        if not any(source.fits(file) for file in files):
            raise InputError(
                f"no file of the data folder is called “{', '.join(source.files)}”",
                file=mapping,
                todo="Correct files, or take the source out",
            )


def _assemble(
    raw: Iterable[Found | Source], register: Corrections, aliases: Aliases, plan: Mapping
) -> Intake:
    sources: list[Source] = []
    parts: list[SheetData] = []
    for number, item in enumerate(raw, start=1):
        if isinstance(item, Source):
            item.source_id = number
            sources.append(item)
            continue
        sheet, header = item
        source = Source(number, sheet.file, sheet.name, sheet.sha256, rows_read=len(sheet.rows))
        sources.append(source)
        if sheet.hidden:
            source.notes.append(("隐藏的工作表，已读取", "a hidden sheet; read all the same"))
        if header is None:
            _unrecognised(source, sheet)
            continue
        sheet, set_aside = register.apply(source, sheet, header)
        parts.append(read_sheet(source, sheet, header, set_aside))
    register.check_all_used()
    data = {
        name: pa.concat_tables([p.table for p in found], promote_options="default")
        for name, found in _by_table(parts).items()
    }
    issues = [issue for part in parts for issue in part.issues] + _duplicates(data, sources)
    wrong: dict[int, set[int]] = {}
    for issue in issues:
        wrong.setdefault(issue[-1] // ROWS_PER_SOURCE, set()).add(issue[2])
    for part in parts:
        set_status(part.source, wrong.get(part.source.source_id, set()))
    typed, names = resolve(data, aliases)
    return Intake(
        typed,
        sources,
        pd.DataFrame([line for part in parts for line in part.rejected], columns=REJECTED),
        pd.DataFrame(issues, columns=ISSUES).sort_values("_rid", kind="stable", ignore_index=True),
        pd.DataFrame([line for part in parts for line in part.totals], columns=TOTALS),
        pd.DataFrame(names, columns=NAMES),
        pd.DataFrame(register.done, columns=CORRECTIONS),
        plan.settings + register.settings + aliases.settings,
        _digest(sources),
    )


def _unrecognised(source: Source, sheet: RawSheet) -> None:
    source.status = "unrecognised" if any(map(any, sheet.rows)) else "empty"
    source.not_data = len(sheet.rows)
    source.notes.append(("认不出是哪张台账，未作为数据", "not recognised as any ledger; not used as data"))


def _by_table(parts: list[SheetData]) -> dict[str, list[SheetData]]:
    found: dict[str, list[SheetData]] = {}
    for part in parts:
        if part.table is not None:
            found.setdefault(part.source.table, []).append(part)
    return found


def _duplicates(data: dict[str, pa.Table], sources: list[Source]) -> list[list[Any]]:
    """An issue for every row whose key an earlier row of the same ledger has, in whatever file."""
    issues = []
    for name, table in data.items():
        key = tables()[name].key
        if table.group_by(list(key), use_threads=False).aggregate([]).num_rows == table.num_rows:
            continue
        columns = [table.column(c).to_pylist() for c in key]
        first: dict[tuple, int] = {}
        for rid, values in zip(table.column("_rid").to_pylist(), zip(*columns, strict=True), strict=True):
            seen = first.setdefault(values, rid)
            if seen == rid:
                continue
            source, other = sources[rid // ROWS_PER_SOURCE - 1], sources[seen // ROWS_PER_SOURCE - 1]
            where = "" if source is other else f"{other.file}[{other.sheet}]"
            row, (zh, en) = seen % ROWS_PER_SOURCE, DUPLICATE
            zh = zh.format(place=f"{where}第{row}")
            en = en.format(place=f"{where + ' ' if where else ''}row {row}")
            declared = tables()[name]
            issues.append(
                issue_line(
                    source, declared, rid % ROWS_PER_SOURCE, key[0], values[0], "duplicate_key", zh, en
                )
            )
    return issues


def _digest(sources: list[Source]) -> str:
    lines = dict.fromkeys(f"{s.file}\t{s.sheet}\t{s.sha256}" for s in sources)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
