"""What runs write into the register and read from it. One run is one transaction, and counts once its report stands."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mingjing.findings.register import schema
from mingjing.findings.register.life import FOUND, Comparison, Known, Ran, RunRecord, Sight, compare
from mingjing.findings.register.schema import Store


def digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _body(known: Known) -> str:
    row = {name: value for name, value in known.row.items() if name != "status"}
    return json.dumps(
        {"row": row, "rests_on": known.rests_on}, ensure_ascii=False, sort_keys=True, default=str
    )


@dataclass(frozen=True)
class Made:
    """A run as it is handed over: what it looked at, with its rules, and all it found."""

    run: RunRecord
    areas: tuple[str, ...]
    found: tuple[Known, ...]

    @property
    def identity(self) -> str:
        """The same look over the same inputs by the same rules with the same outcome is the same run."""
        r = self.run
        look = (r.period, r.start, r.end, r.as_of, r.units, r.inputs, self.areas)
        rules = sorted((rule_id, ran.outcome, ran.terms) for rule_id, ran in r.rules.items())
        return digest([look, rules, sorted(_body(known) for known in self.found)])


def against(conn: sa.Connection, made: Made, lost: Callable[[tuple], bool]) -> Comparison:
    """The run held against what the register knew before it; its own earlier record does not count."""
    runs = read_runs(conn, without=made.identity)
    return compare(made.run, made.found, read_sights(conn, runs), runs.values(), lost)


def record(store: Store, made: Made, lost: Callable[[tuple], bool], seal: str, folder: str, at: str) -> None:
    """Writes the run down, all or nothing. It counts from `place` on, once its report has taken its place.

    A run that is there already is not written again. seal: the manifest's. at: the moment it was made, ISO 8601.
    """
    with store.write() as conn:
        if conn.scalar(sa.select(schema.run.c.number).where(schema.run.c.identity == made.identity)):
            return
        said = against(conn, made, lost).said
        number = _next(conn, schema.run.c.number)
        look = made.run
        conn.execute(
            schema.run.insert(),
            {
                **{name: getattr(look, name) for name in ("period", "start", "end", "as_of", "inputs")},
                **{"units": list(look.units), "areas": list(made.areas), "number": number},
                **{"identity": made.identity, "order": _next(conn, schema.run.c.order), "at": at},
                **{"seal": seal, "folder": folder, "placed": False},
            },
        )
        _insert(
            conn,
            schema.ran,
            (
                {"number": number, "rule_id": r, "outcome": o.outcome, "bound": o.bound, "terms": o.terms}
                for r, o in look.rules.items()
            ),
        )
        bodies = {known.finding_id: _body(known) for known in made.found}
        digests = {finding_id: digest(body) for finding_id, body in bodies.items()}
        _add_new(conn, schema.content, {digests[i]: {"body": body} for i, body in bodies.items()})
        _add_new(conn, schema.finding, {i: {"status": "open", "version": 0} for i in bodies})
        found = [{"finding_id": i, "what": FOUND, "digest": digests[i]} for i in bodies]
        absent = [{"finding_id": i, "what": what, "digest": None} for i, what in said.items()]
        _insert(conn, schema.sight, ({"number": number, **line} for line in found + absent))


def place(store: Store, made: Made, seal: str, folder: str) -> None:
    """The run's report stands: from now on the run counts, and it is the last word of its day, period and units."""
    table = schema.run
    with store.write() as conn:
        mine = conn.execute(sa.select(table).where(table.c.identity == made.identity)).one()
        same = sa.and_(*(table.c[name] == getattr(mine, name) for name in ("period", "as_of")))
        orders = [
            row.order
            for row in conn.execute(sa.select(table).where(same, table.c.placed))
            if row.units == mine.units
        ]
        order = _next(conn, table.c.order) if max(orders, default=0) > mine.order else mine.order
        conn.execute(
            table.update()
            .where(table.c.number == mine.number)
            .values(placed=True, seal=seal, folder=folder, order=order)
        )


def settle(store: Store, seal_of: Callable[[str], str | None]) -> None:
    """After a kill between the report's taking its place and `place`: runs whose report stands count.

    seal_of: folder → seal of the report that stands there.
    """
    table = schema.run
    with store.read() as conn:
        pending = conn.execute(sa.select(table).where(~table.c.placed)).all()
    standing = [row.number for row in pending if seal_of(row.folder) == row.seal]
    if standing:
        with store.write() as conn:
            conn.execute(table.update().where(table.c.number.in_(standing)).values(placed=True))


def read_runs(conn: sa.Connection, without: str = "") -> dict[int, RunRecord]:
    """Every run whose report stands or stood, by number, without the one of that identity."""
    table = schema.run
    rows = conn.execute(
        sa.select(table).where(table.c.placed, table.c.identity != without).order_by(table.c.number)
    )
    runs = {
        row.number: RunRecord(
            row.period,
            row.start,
            row.end,
            row.as_of,
            tuple(row.units),
            row.inputs,
            {},
            row.number,
            row.order,
        )
        for row in rows
    }
    for line in conn.execute(sa.select(schema.ran)):
        if line.number in runs:
            runs[line.number].rules[line.rule_id] = Ran(line.outcome, line.bound, line.terms)
    return runs


def read_sights(
    conn: sa.Connection, runs: dict[int, RunRecord], finding_id: str | None = None
) -> dict[str, list[Sight]]:
    """Finding id → what each of these runs said of it."""
    s, c = schema.sight, schema.content
    query = sa.select(s, c.c.body).join_from(s, c, s.c.digest == c.c.digest, isouter=True)
    if finding_id is not None:
        query = query.where(s.c.finding_id == finding_id)
    known: dict[str, Known] = {}
    found: dict[str, list[Sight]] = {}
    for line in conn.execute(query.order_by(s.c.number, s.c.finding_id)):
        if line.number not in runs:
            continue
        if line.digest and line.digest not in known:
            body = json.loads(line.body)
            known[line.digest] = Known(body["row"], tuple(tuple(pair) for pair in body["rests_on"]))
        sight = Sight(runs[line.number], line.what, known.get(line.digest))
        found.setdefault(line.finding_id, []).append(sight)
    return found


def last_order(conn: sa.Connection) -> int:
    """The order of the last run that counts; 0 before the first."""
    table = schema.run
    return conn.scalar(sa.select(sa.func.max(table.c.order)).where(table.c.placed)) or 0


def _next(conn: sa.Connection, column: sa.Column) -> int:
    return (conn.scalar(sa.select(sa.func.max(column))) or 0) + 1


def _insert(conn: sa.Connection, table: sa.Table, lines: Iterable[dict]) -> None:
    lines = list(lines)
    if lines:
        conn.execute(table.insert(), lines)


def _add_new(conn: sa.Connection, table: sa.Table, rows: dict[str, dict]) -> None:
    (key,) = table.primary_key.columns
    there = set(conn.scalars(sa.select(key)))
    _insert(conn, table, ({key.name: name, **row} for name, row in rows.items() if name not in there))
