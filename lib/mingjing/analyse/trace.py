"""One thing (supplier, person, invoice, gun, batch, plate, amount, day) followed across all ledgers."""

import json
import unicodedata

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mingjing.analyse.places import dated_and_priced, findings_by_row, inside
from mingjing.errors import UsageError
from mingjing.intake.values import read_date, read_number
from mingjing.tables import tables

COLUMNS = ["date", "ledger", "column", "how", "written", "amount", "unit", "_file", "_sheet", "_row"]
_NAMED = (("unit", "unit_id", "unit_name"), ("person", "person_id", "name"), ("athlete", "ath_id", "name"))
_CENT = 0.005


def trace(audit, text: str, rules: bool = True) -> pd.DataFrame:
    """Every cell of every ledger that holds the text, by day.

    `how`: `exact` (the whole cell, or the same amount or day), `name` (the cell holds the id that the text is resolved to,
    or the name of the id that the text is: by name or alias), `part` (somewhere in the cell), `rejected` (in a row that
    intake rejected). Amounts match to the cent. Rows of every date and unit are looked at. With `rules` the column
    `findings` lists the ids of the findings that rest on the row, which runs every rule once.
    """
    inside(audit, "trace()")
    wanted = _fold(text)
    if len(wanted) < 2:
        raise UsageError(f"“{text}” is too short to look for", todo="Give at least two characters")
    same = _same(audit, wanted)
    lines = [line for name in audit.intake.tables for line in _in_ledger(audit, name, wanted, same)]
    lines += _in_rejected(audit.intake.rejected, {wanted} | same)
    frame = pd.DataFrame(lines, columns=COLUMNS)
    frame = frame.sort_values(["date", "ledger", "_file", "_sheet", "_row"], kind="stable", ignore_index=True)
    if rules:
        resting = findings_by_row(audit)
        places = zip(frame._file, frame._sheet, frame._row, strict=True)
        frame["findings"] = [", ".join(dict.fromkeys(resting.get(place, ()))) for place in places]
    return frame


def _fold(text: str) -> str:
    """Full-width letters and digits as plain ones, in one case: as people mean them."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _same(audit, wanted: str) -> set[str]:
    """Ids and names that stand for the same unit, person, athlete or supplier."""
    found: set[str] = set()
    for table, key, name in _NAMED:
        arrow = audit.intake.tables.get(table)
        if arrow is not None and {key, name} <= set(arrow.column_names):
            for pair in zip(arrow[key].to_pylist(), arrow[name].to_pylist(), strict=True):
                folded = {_fold(part) for part in pair if part}
                found |= folded if wanted in folded else set()
    for line in audit.intake.names.to_dict("records"):
        if line["how"] in ("alias", "name", "name+unit") and _fold(line["written"]) == wanted:
            found.add(_fold(line["resolved"]))
    return found - {wanted}


def _in_ledger(audit, name: str, wanted: str, same: set[str]) -> list[tuple]:
    table = audit.intake.tables[name]
    unit, day, amount = (table[c] if c else None for c in dated_and_priced(audit, name))
    lines = []
    for column in table.column_names:
        if column == "_rid":
            continue
        for how, at in _matches(table[column], wanted, same):
            ledger, file, sheet, row = audit.intake.source_of(table["_rid"][at].as_py())
            when, yuan, who = (c[at].as_py() if c is not None else None for c in (day, amount, unit))
            written = str(table[column][at].as_py())
            who = audit.names.get(who, who)
            lines.append(
                (
                    _day(when),
                    ledger,
                    _label(name, column, audit.lang),
                    how,
                    written,
                    yuan,
                    who,
                    file,
                    sheet,
                    row,
                )
            )
    return lines


def _matches(cells: pa.ChunkedArray, wanted: str, same: set[str]) -> list[tuple[str, int]]:
    """(how, position) of each cell that holds it."""
    kind = cells.type
    if pa.types.is_string(kind):
        folded = pc.utf8_lower(pc.utf8_normalize(cells, form="NFKC"))
        part = pc.indices_nonzero(pc.fill_null(pc.match_substring(folded, wanted), False)).to_pylist()
        meant = pc.indices_nonzero(pc.is_in(folded, pa.array(sorted(same), pa.string()))).to_pylist()
        how = dict.fromkeys(part, "part") | dict.fromkeys(meant, "name")
        return sorted(
            ((("exact" if folded[at].as_py() == wanted else how[at]), at) for at in how), key=lambda m: m[1]
        )
    hit = None
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        number = _read(read_number, wanted)
        if number is not None:
            hit = pc.less(pc.abs(pc.subtract(pc.cast(cells, "float64"), number)), _CENT)
    elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        day = (
            None if wanted.isdecimal() and len(wanted) != 8 else _read(read_date, wanted)
        )  # 44000 is an amount
        if day is not None:
            hit = pc.equal(pc.cast(cells, "date32", safe=False), pa.scalar(day, pa.date32()))
    return (
        [("exact", at) for at in pc.indices_nonzero(pc.fill_null(hit, False)).to_pylist()]
        if hit is not None
        else []
    )


def _read(reader, text: str):
    try:
        return reader(text)
    except ValueError:
        return None


def _in_rejected(rejected: pd.DataFrame, terms: set[str]) -> list[tuple]:
    lines = []
    for row in rejected.to_dict("records"):
        for head, cell in json.loads(row["values"]).items():
            if any(term in _fold(cell) for term in terms):
                place = (row["source_file"], row["sheet"], row["row"])
                lines.append((None, row["table"], head, "rejected", cell, None, None, *place))
    return lines


def _day(when):
    return when.date() if hasattr(when, "hour") else when


def _label(table: str, column: str, lang: str) -> str:
    declared = tables()[table].columns.get(column)
    return declared.label(lang) if declared else column.removeprefix("x_")
