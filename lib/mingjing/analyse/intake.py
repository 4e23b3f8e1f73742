"""What was handed in, month by month, and what was changed: whether the data can carry a conclusion."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mingjing.intake.model import ROWS_PER_SOURCE
from mingjing.release import withheld
from mingjing.rules import catalogue
from mingjing.tables import tables
from mingjing.wording import listed, plural

COVERAGE = ["unit", "month", "ledgers", "due"]
SUITABILITY = ["file", "sheet", "ledger", "quality", "why", "suitable", "rules"]
_NUMBERED = ("voucher_no", "slip_no", "doc_no")
GAPS = ["ledger", "column", "numbers_there", "missing", "first_five"]


def unresolved(audit) -> pd.DataFrame:
    """Names of people and units that no roster resolves, by `how` and as `written`, with their `rows`."""
    names = audit.intake.names
    found = names[names.how.isin(["ambiguous", "unknown"])].groupby(["how", "written"])["count"].sum()
    return withheld(audit, found.rename("rows").reset_index())


def units_in_use(audit) -> pd.DataFrame:
    """The ledger of units (of those asked for) without those out of use, as the rules count them."""
    units = audit.intake.tables.get("unit")
    if units is None:
        return pd.DataFrame(columns=["unit_id", "active"])
    frame = units.to_pandas()
    frame = frame.reindex(columns=list(dict.fromkeys([*frame, "active"])))
    frame = frame[frame.unit_id.isin(audit.units)] if audit.units else frame
    return frame[~frame.active.eq(False)]


def coverage(audit) -> pd.DataFrame:
    """One row per unit and month of the period: of the `due` monthly ledgers, in how many (`ledgers`) the unit has rows.

    NaN where the month was not over on the day looked from, or nobody handed in any of the ledgers due. The duties are
    those of DQ-03. Units that owe no monthly ledger are left out.
    """
    monthly = audit.params("DQ-03").monthly
    flags = units_in_use(audit).reindex(columns=["unit_id", *dict.fromkeys(monthly.values())])
    kept = {name: _months(audit, name) for name in monthly if name in audit.intake.tables}
    over = {name for name, _, last in audit.ledgers.spans("month") if last <= audit.as_of}
    lines = []
    for unit in flags.sort_values("unit_id").to_dict("records"):
        owed = [name for name, flag in monthly.items() if unit[flag] is True]
        judged = [name for name in owed if name in kept]
        for month in audit.period.months() if owed else ():
            found = sum((unit["unit_id"], month) in kept[name] for name in judged)
            seen = float(found) if judged and month in over else float("nan")
            lines.append((audit.names.get(unit["unit_id"], unit["unit_id"]), month, seen, len(owed)))
    return pd.DataFrame(lines, columns=COVERAGE)


def covered_told(audit, covered: pd.DataFrame) -> str:
    """Which units `coverage` is of, among all in use, and how many of their months are without a row."""
    silent, owing = int((covered.ledgers == 0).sum()), covered.unit.nunique()
    short = int(((covered.ledgers > 0) & (covered.ledgers < covered.due)).sum())
    used = len(units_in_use(audit))
    if not owing:
        zh = f"所查的在用单位（{used}个）没有须按月记的台账"
        return zh if audit.lang == "zh" else f"of the units in use ({used}) none owes a monthly ledger"
    if audit.lang == "zh":
        lacking = f"中，{silent}个没有记录" if silent else "都有记录"
        partly = f"，{'另' if silent else '其中'}{short}个缺部分台账" if short else ""
        return f"{used}个在用单位中，{owing}个须按月记台账；{len(covered)}个单位月{lacking}{partly}"
    lacking = f"{silent} of {len(covered)} unit months have no row" if silent else "every unit month has rows"
    partly = f", {short} of {len(covered)} not in every ledger due" if short else ""
    return f"{owing} of {used} units in use owe monthly ledgers; {lacking}{partly}"


def _months(audit, name: str) -> set[tuple[str, str]]:
    """(unit, month) pairs that have a row in the ledger."""
    declared = tables()[name]
    frame = audit.intake.tables[name].to_pandas()
    if not {declared.unit, declared.date} <= set(frame):
        return set()
    months = pd.to_datetime(frame[declared.date]).dt.strftime("%Y-%m")
    return set(zip(frame[declared.unit], months, strict=True))


def rows_of_units(audit) -> dict[int, int]:
    """Accepted rows of the audit's units by `source_id` of the sheet; sheets of a ledger that names no unit are left out."""
    found: dict[int, int] = {}
    for name, table in audit.intake.tables.items():
        unit = tables()[name].unit
        if unit not in table.column_names:
            continue
        found |= {source.source_id: 0 for source in audit.intake.sources if source.table == name}
        mine = table.filter(_of_units(audit, table, unit))["_rid"]
        sheets, counts = np.unique(mine.to_numpy() // ROWS_PER_SOURCE, return_counts=True)
        found |= dict(zip(sheets.tolist(), counts.tolist(), strict=True))
    return found


def _of_units(audit, table: pa.Table, unit: str) -> pa.Array:
    return pc.is_in(table[unit], value_set=pa.array(audit.units, pa.string()))


def rows_by_sheet(audit) -> pd.DataFrame:
    """Where the rows of each sheet went, the longest first: `label accepted rejected not_data`. In English a sheet goes by
    its ledger's name.

    Of an audit of some units the sheets that tell units, and whose rows they have: `label mine others`.
    """
    sheets = audit.intake.conservation()
    # a file of one table has no sheet: its name stands among names of sheets, which have no suffix
    stem = sheets.file.astype(str).str.replace(r"(\.csv)?\.\w+$", "", regex=True)
    sheets["label"] = sheets.sheet.where(sheets.sheet != "", stem)
    if audit.lang == "en":
        sheets["label"] = sheets.table.map(lambda name: tables()[name].label("en"), na_action="ignore")
    columns = ["accepted", "rejected", "not_data"]
    if audit.units:
        counts = rows_of_units(audit)
        sheets["mine"] = [counts.get(s.source_id) for s in audit.intake.sources if s.status != "withheld"]
        sheets["others"] = sheets.accepted - sheets.mine
        columns = ["mine", "others"]
    kept = sheets[sheets.table.notna()].dropna(subset=columns)
    return kept.sort_values(columns[0], ascending=False, kind="stable")[["label", *columns]]


def whose(audit) -> str:
    """What of the page is not of the units asked for alone."""
    if audit.lang == "zh":
        return "台账能否支撑结论、合计行、断号、退回的行和对应不上的写法分不到单位，按全部单位列出；其余只列所选单位。"
    return (
        "What a ledger can carry, totals, missing numbers, rejected rows and names that could not be resolved belong to no "
        "unit and are those of all; the rest is of those asked for."
    )


def whose_totals(audit) -> str:
    """Of whom the totals are, and why the findings of an audit of some units say nothing of them."""
    if audit.lang == "zh":
        return "合计行分不到单位：下面的差是全部单位的，不在只报所选单位的“发现”中。"
    return "A total belongs to no unit: the differences below are of all units, and the findings, which are of those asked for, do not hold them."


def missing_ledgers(audit) -> list[str]:
    """Ledgers that rules need and nobody handed in, by English name."""
    needed = {table for entry in catalogue().values() for table in entry.needs if table in tables()}
    return sorted(needed - set(audit.intake.tables))


def suitability(audit) -> pd.DataFrame:
    """One row per sheet read as a ledger: how well it was read, and how many rules it can carry, each with the reason.

    `quality` and `suitable` are green, amber or red. Quality: no row, some, or more than one in ten wrong. Suitability:
    every rule that needs the ledger finds its columns, some lack one, or all do (or no row was accepted).
    """
    zh, lines = audit.lang == "zh", []
    doubtful = audit.intake.issues.drop_duplicates("_rid").groupby(["source_file", "sheet"]).size()
    for source in audit.intake.sources:
        if not source.table or source.status == "withheld":
            continue
        cells = int(doubtful.get((source.file, source.sheet), 0))
        needs = [e.needs[source.table] for e in catalogue().values() if source.table in e.needs]
        lacking = [c for c in source.missing if any(c in columns for columns in needs)]
        short = sum(any(c in columns for c in lacking) for columns in needs)
        colour = "green" if not short else "red" if short == len(needs) else "amber"
        colour = colour if source.accepted else "red"
        columns = tables()[source.table].columns
        lacked = listed((columns[c].label(audit.lang) for c in lacking), audit.lang)
        if zh:
            why = f"退回{source.rejected}行，另有{cells}行存疑" if source.rejected or cells else "逐行可读"
            fit = f"{len(needs)}条规则用到" if needs else "没有规则非用不可，只作参考"
            fit += f"，{short}条缺列：{lacked}" if short else "，列齐全" if needs else ""
        else:
            why = (
                plural(f"{source.rejected} row(s) rejected, {cells} doubtful")
                if source.rejected or cells
                else "every row read"
            )
            fit = "1 rule uses it" if len(needs) == 1 else f"{len(needs)} rules use it"
            fit = fit if needs else "no rule depends on it; for reference"
            fit += f", {short} cannot run without: {lacked}" if short else ""
        ledger = tables()[source.table].label(audit.lang)
        lines.append((source.file, source.sheet, ledger, source.status, why, colour, fit))
    return pd.DataFrame(lines, columns=SUITABILITY)


def serial_gaps(audit) -> pd.DataFrame:
    """Runs of numbers (`记-000123`) in keys and voucher numbers from which some are missing: a lead, not a finding.

    Judged are runs of at least 20 different numbers with one prefix of which at least four in five are there; what
    begins anew every month under the same prefix is one run. `first_five` are the first missing. Withheld from the public,
    for whom numbers are codes.
    """
    lines = []
    for name, table in audit.intake.tables.items():
        declared = tables()[name].columns
        for column in (c for c in table.column_names if c in _NUMBERED or c in tables()[name].key):
            if declared[column].ref or declared[column].pii:
                continue
            written = table[column].cast("string").to_pandas().dropna().astype(str)
            parts = written.str.extract(r"^(?P<prefix>.*?)(?P<number>\d{1,12})$").dropna()
            for prefix, group in parts.groupby("prefix"):
                numbers = set(group.number.astype("int64"))
                low, high = min(numbers), max(numbers)
                absent = high - low + 1 - len(numbers)
                if len(numbers) < 20 or not absent or absent > len(numbers) / 4:
                    continue
                first = sorted(set(range(low, high + 1)) - numbers)[:5]
                label = declared[column].label(audit.lang)
                width = group.number.str.len().min()
                shown = listed((f"{prefix}{number:0{width}d}" for number in first), audit.lang)
                lines.append((tables()[name].label(audit.lang), label, len(numbers), absent, shown))
    return withheld(audit, pd.DataFrame(lines, columns=GAPS))


def empty_months(audit) -> pd.DataFrame:
    """`silent_months` of each ledger that has any."""
    silent = {name: silent_months(audit, name) for name in audit.intake.tables}
    lines = [
        (tables()[name].label(audit.lang), len(months), listed(months, audit.lang))
        for name, months in silent.items()
        if months
    ]
    return pd.DataFrame(lines, columns=["ledger", "count", "months"])


def silent_months(audit, name: str, least: float = 0) -> list[str]:
    """Months of the period that are over and in which a ledger has no row at all, though it has rows in others.

    A ledger with rows in fewer than half of these months, or fewer than `least` a month on average, is not kept by the
    month and has none. Of some units their rows count; a ledger that names no unit has none then.
    """
    declared, table = tables()[name], audit.intake.tables.get(name)
    if table is None or declared.date not in table.column_names:
        return []
    if audit.units:
        if declared.unit not in table.column_names:
            return []
        table = table.filter(_of_units(audit, table, declared.unit))
    months = [month for month, _, last in audit.ledgers.spans("month") if last <= audit.as_of]
    dated = pd.to_datetime(table[declared.date].to_pandas()).dt.strftime("%Y-%m")
    empty = [month for month in months if month not in set(dated)]
    kept = len(empty) <= len(months) / 2 and dated.isin(months).sum() >= least * len(months)
    return empty if kept else []
