"""People and units by the names ledgers use: resolved to ids where there is one answer, shown where there is not."""

import hashlib
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow as pa

from mingjing.config import check_keys, read_toml
from mingjing.errors import InputError
from mingjing.intake.headers import bare
from mingjing.tables import tables

_NAMED = {"unit": ("unit_id", "unit_name"), "person": ("person_id", "name"), "athlete": ("ath_id", "name")}
_SUPPLIERS = ("supplier_name", "counterparty", "supplier")
NAMES = ["table", "column", "written", "resolved", "how", "candidates", "count"]


class Aliases:
    """Other ways of writing a unit, person, athlete or supplier: `[unit]`, then `"射击中心" = ["射击队"]`."""

    def __init__(self, path: str | Path | None = None):
        self.settings: list[tuple[str, str, str]] = []
        self._known: dict[str, dict[str, set[str]]] = {}
        body = read_toml(Path(path), "alias") if path else {}
        check_keys(body, {*_NAMED, "supplier"}, path or "", "the alias file")
        for kind, entries in body.items():
            check_keys(entries, entries if isinstance(entries, dict) else {}, path, f"section “{kind}”")
            for name, written in entries.items():
                self._add(kind, name, written, path)
        if path:
            digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
            self.settings.append(("aliases", Path(path).name, digest))

    def _add(self, kind: str, name: str, written, path) -> None:
        if not isinstance(written, list) or not all(isinstance(text, str) for text in written):
            raise InputError(
                f"“{name}” is not followed by a list of names", file=path, todo='Write ["one", "another"]'
            )
        for text in written:
            self._known.setdefault(kind, defaultdict(set)).setdefault(bare(text), set()).add(name)

    def of(self, kind: str, written: str) -> list[str]:
        """The names this writing stands for: none, one, or several and then nobody knows which."""
        return sorted(self._known.get(kind, {}).get(bare(written), ()))


def resolve(
    data: dict[str, pa.Table], aliases: Aliases | None = None
) -> tuple[dict[str, pa.Table], list[list]]:
    """The tables with names replaced by ids, and one line per name: (…, how: id name name+unit alias ambiguous unknown).

    What is ambiguous or unknown keeps its text. Units come first, since a person is told apart by their unit.
    """
    aliases = aliases or Aliases()
    report: list[list] = []
    for target in ("unit", "person", "athlete"):
        if target in data:
            known = _Directory(target, data[target], aliases)
            for name in data:
                for column in tables()[name].columns.values():
                    if column.ref == f"{target}.{known.key}" and column.name in data[name].column_names:
                        data[name] = _resolve_column(data[name], name, column.name, known.one, report)
    for name in data:
        for column in _SUPPLIERS:
            if column in data[name].column_names:
                data[name] = _resolve_column(data[name], name, column, _supplier(aliases), report)
    return data, report


class _Directory:
    """Ids of one ledger of units or people, by name, by name and unit, and by alias."""

    def __init__(self, kind: str, table: pa.Table, aliases: Aliases):
        self.kind, self.aliases = kind, aliases
        self.key, label = _NAMED[kind]
        self.ids = set(table.column(self.key).to_pylist())
        self.by_name, self.by_unit = defaultdict(set), defaultdict(set)
        for row in table.to_pylist():
            name = bare(row.get(label) or "")
            self.by_name[name].add(row[self.key])
            self.by_unit[name, row.get("unit_id")].add(row[self.key])

    def one(self, written: str, unit: str | None) -> tuple[str, str, list[str]]:
        """(id or the text as it was, how it was found, candidates)."""
        if written in self.ids:
            return written, "id", []
        meant = self.aliases.of(self.kind, written) or [written]
        found = {i for name in meant for i in ({name} & self.ids or self.by_name.get(bare(name), set()))}
        if len(found) == 1:
            return next(iter(found)), "name" if meant == [written] else "alias", []
        here = found & {i for name in meant for i in self.by_unit.get((bare(name), unit), set())}
        if len(here) == 1:
            return next(iter(here)), "name+unit", []
        return written, "ambiguous" if found else "unknown", sorted(found)


def _supplier(aliases: Aliases):
    def one(written: str, unit: str | None) -> tuple[str, str, list[str]]:
        found = aliases.of("supplier", written)
        if len(found) == 1:
            return found[0], "alias", []
        return written, "ambiguous" if found else "", found

    return one


def _resolve_column(table: pa.Table, name: str, column: str, one, report: list[list]) -> pa.Table:
    written = table.column(column).to_pylist()
    unit = tables()[name].unit
    same = unit is None or unit not in table.column_names
    units = [None] * len(written) if same else table.column(unit).to_pylist()
    pairs = list(zip(written, units, strict=True))
    counts = Counter(pair for pair in pairs if pair[0] is not None)
    answers = {pair: one(*pair) for pair in counts}
    lines: dict[tuple, list] = {}
    for (text, unit_id), count in counts.items():
        answer, how, candidates = answers[text, unit_id]
        if how:
            line = [name, column, text, answer, how, ", ".join(candidates), 0]
            lines.setdefault((text, how, answer), line)[-1] += count
    report += lines.values()
    values = [answers[pair][0] if pair[0] is not None else None for pair in pairs]
    return table.set_column(table.column_names.index(column), column, pa.array(values, pa.string()))
