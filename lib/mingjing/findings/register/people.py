"""What people do about a finding: owner, due date, measure, evidence, status, verdict. Every change is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from mingjing.errors import MingjingError, UsageError, nearest
from mingjing.findings.register import schema
from mingjing.findings.register.book import last_order
from mingjing.findings.register.schema import Store

STATES = {
    "open": ("待处理", "open"),
    "reported": ("已报告", "reported"),
    "rectifying": ("整改中", "rectifying"),
    "rectified": ("已整改", "rectified"),
    "verified": ("已核实", "verified"),
    "closed": ("已销号", "closed"),
    "withdrawn": ("已撤销", "withdrawn"),
}
VERDICTS = {
    "confirmed": ("查实", "confirmed"),
    "unfounded": ("不成立", "unfounded"),
    "pending": ("待核", "pending"),
}
FIELDS = {
    "status": ("处理状态", "Status"),
    "owner": ("责任人", "Owner"),
    "due": ("整改时限", "Due date"),
    "measure": ("整改措施", "Measure"),
    "evidence": ("佐证材料", "Evidence"),
    "verdict": ("核查结论", "Verdict"),
    "reason": ("结论理由", "Reason"),
    "until": ("结论有效期至", "Verdict until"),
}
DATES = ("due", "until")


@dataclass(frozen=True)
class Move:
    """One allowed move. `needs`: what must be filled in; `note` is the mover's own, `other` somebody not the owner.

    by_unit: the unit may make it in the workbook it is sent.
    """

    old: str
    new: str
    needs: tuple[str, ...]
    zh: str
    en: str
    by_unit: bool = False


MOVES = (
    Move("open", "reported", (), "报告主管领导", "reported to the leader in charge"),
    Move(
        "open", "rectifying", ("owner", "due"), "交责任人限时整改", "given to an owner with a deadline", True
    ),
    Move("open", "withdrawn", ("note",), "误报，撤销", "a false alarm, withdrawn"),
    Move(
        "reported",
        "rectifying",
        ("owner", "due"),
        "交责任人限时整改",
        "given to an owner with a deadline",
        True,
    ),
    Move("reported", "withdrawn", ("note",), "误报，撤销", "a false alarm, withdrawn"),
    Move(
        "rectifying",
        "rectified",
        ("measure", "evidence"),
        "责任人报告整改完成",
        "the owner reports it done",
        True,
    ),
    Move("rectifying", "withdrawn", ("note",), "误报，撤销", "a false alarm, withdrawn"),
    Move(
        "rectified", "verified", ("other",), "责任人以外的人核实", "verified by somebody who is not the owner"
    ),
    Move("rectified", "rectifying", ("note",), "核实不合格，退回", "not good enough, sent back"),
    Move("verified", "closed", (), "销号", "closed"),
    Move("verified", "rectifying", ("note",), "抽查不合格，退回", "a second look says no, sent back"),
    Move("closed", "open", ("note",), "回头看反弹，重新打开", "come back at the look-back, reopened"),
    Move("withdrawn", "open", ("note",), "撤销有误，重新打开", "wrongly withdrawn, reopened"),
)
_NEEDS = FIELDS | {
    "note": ("说明", "a note"),
    "other": ("由责任人以外的人办理", "done by somebody not the owner"),
}


class Conflict(MingjingError):
    """Somebody else changed the finding meanwhile; nothing was written."""


def moves_table() -> str:
    """The table of allowed moves as the documentation shows it."""
    lines = ["| from | to | needs | means | by the unit's workbook |", "| --- | --- | --- | --- | --- |"]
    for move in MOVES:
        old, new = (f"`{state}` {STATES[state][0]}" for state in (move.old, move.new))
        needs = "; ".join(_NEEDS[need][1].lower() for need in move.needs) or "–"
        unit = "yes" if move.by_unit else "no"
        lines.append(f"| {old} | {new} | {needs} | {move.en} {move.zh} | {unit} |")
    return "\n".join(lines)


def unit_steps(old: str, new: str) -> tuple[str, ...] | None:
    """The statuses a unit's workbook goes through from one to another, the last included; None: it may not."""
    if old == new:
        return ()
    ways = [
        (move.new, *rest)
        for move in MOVES
        if move.by_unit and move.old == old and (rest := unit_steps(move.new, new)) is not None
    ]
    return min(ways, key=len, default=None)


def assign(
    store: Store,
    finding_id: str,
    who: str,
    owner: str | None = None,
    due: date | None = None,
    measure: str | None = None,
    evidence: str | None = None,
    note: str | None = None,
    version: int | None = None,
) -> int:
    """Who sees to it until when, by what measure, with what evidence; what is None stays as it is."""
    values = {"owner": owner, "due": due, "measure": measure, "evidence": evidence}
    values = {name: value for name, value in values.items() if value is not None}
    if not values:
        raise UsageError("nothing to change", todo="Give owner, due, measure or evidence")
    return change(store, finding_id, who, values, note, version)


def move(
    store: Store, finding_id: str, who: str, status: str, note: str | None = None, version: int | None = None
) -> int:
    """To another status, where the table of moves allows it."""
    return change(store, finding_id, who, {"status": code_of(status, STATES)}, note, version)


def judge(
    store: Store,
    finding_id: str,
    who: str,
    verdict: str,
    reason: str | None = None,
    until: date | None = None,
    version: int | None = None,
) -> int:
    """The analyst's verdict: 查实, 不成立 or 待核. 不成立 holds until a day, then the finding stands again by itself."""
    values = {"verdict": code_of(verdict, VERDICTS), "reason": reason, "until": until}
    return change(store, finding_id, who, values, None, version)


def code_of(written: str, codes: dict[str, tuple[str, str]]) -> str:
    """The code of a status or verdict written in either language; UsageError with the nearest otherwise."""
    for code, names in codes.items():
        if written in (code, *names):
            return code
    raise UsageError(f"“{written}” is not among {', '.join(codes)}", todo=nearest(written, codes))


def change(
    store: Store,
    finding_id: str,
    who: str,
    values: dict[str, Any],
    note: str | None = None,
    version: int | None = None,
) -> int:
    """Any change of what people keep, and its history; gives the finding's version after it.

    version: the one the person had seen. Conflict where it is no longer that one; UsageError where the finding is not
    known, the move is not allowed, or something it needs is missing. Nothing is written then.
    """
    if not who.strip():
        raise UsageError("nobody is named as making the change", todo="Say who")
    with store.write() as conn:
        return change_within(conn, finding_id, who, values, note, version)


def change_within(conn, finding_id, who, values, note=None, version=None) -> int:
    """`change`, inside a transaction that is open already."""
    table = schema.finding
    now = conn.execute(sa.select(table).where(table.c.finding_id == finding_id)).mappings().one_or_none()
    if now is None:
        ids = conn.scalars(sa.select(table.c.finding_id)).all()
        raise UsageError(f"no finding is called “{finding_id}”", todo=_near(finding_id, ids))
    if version is not None and now["version"] != version:
        raise Conflict(
            f"{finding_id} was changed meanwhile: {_since(conn, finding_id, version)}",
            todo="Look at it again, then repeat",
        )
    changed = {name: value for name, value in values.items() if now[name] != value}
    if not changed:
        return now["version"]
    check(dict(now) | changed, now["status"], who, note, finding_id)
    after = now["version"] + 1
    done = conn.execute(
        table.update()
        .where(table.c.finding_id == finding_id, table.c.version == now["version"])
        .values(**changed, version=after)
    )
    if done.rowcount != 1:
        raise Conflict(f"{finding_id} was changed meanwhile", todo="Look at it again, then repeat")
    at, order = datetime.now(UTC).isoformat(timespec="seconds"), last_order(conn)
    common = {"finding_id": finding_id, "version": after, "at": at, "who": who, "note": note}
    conn.execute(
        schema.history.insert(),
        [
            {**common, "field": name, "old": text(now[name]), "new": text(value), "after_run": order}
            for name, value in changed.items()
        ],
    )
    return after


def check(after: dict[str, Any], status: str, who: str, note: str | None, finding_id: str) -> None:
    """UsageError where the finding may not become so: `status` is the one before, `after` everything as it would be."""
    if after["verdict"] in ("confirmed", "unfounded") and not after["reason"]:
        raise UsageError(f"{finding_id}: a verdict needs its reason", todo="Give the reason")
    if (after["verdict"] == "unfounded") != (after["until"] is not None):
        raise UsageError(
            f"{finding_id}: 不成立 holds until a day, other verdicts for good",
            todo="Give --until with 不成立 only",
        )
    if after["status"] == status:
        return
    allowed = {move.new: move for move in MOVES if move.old == status}
    if after["status"] not in allowed:
        raise UsageError(
            f"{finding_id} is {status}: it cannot become {after['status']}",
            todo=f"Allowed from {status}: {', '.join(allowed)}",
        )
    there = after | {"note": note, "other": bool(after["owner"]) and after["owner"] != who}
    lacking = [need for need in allowed[after["status"]].needs if not there[need]]
    if lacking:
        words = ", ".join(_NEEDS[need][1].lower() for need in lacking)
        raise UsageError(
            f"{finding_id} cannot become {after['status']} without: {words}", todo="Fill that in first"
        )


def history(store: Store, finding_id: str | None = None) -> list[dict[str, Any]]:
    """Every change, oldest first: entry, finding_id, version, at, who, field, old, new, note."""
    table = schema.history
    query = sa.select(table).order_by(table.c.entry)
    if finding_id is not None:
        query = query.where(table.c.finding_id == finding_id)
    with store.read() as conn:
        return [dict(row) for row in conn.execute(query).mappings()]


def states(conn: sa.Connection) -> dict[str, dict[str, Any]]:
    """Finding id → what people keep of it, its `version`, and `done_after`: the order of the last run that counted
    when it last changed its status (0: never did)."""
    table, moved = schema.finding, schema.history
    query = sa.select(moved.c.finding_id, sa.func.max(moved.c.after_run)).where(moved.c.field == "status")
    done_after = {row[0]: row[1] for row in conn.execute(query.group_by(moved.c.finding_id))}
    rows = conn.execute(sa.select(table).order_by(table.c.finding_id)).mappings()
    return {row["finding_id"]: {**row, "done_after": done_after.get(row["finding_id"], 0)} for row in rows}


def replay(entries: Iterable[dict[str, Any]], version: int | None = None) -> dict[str, str | None]:
    """One finding's fields as text after these entries of its history, up to a version."""
    state: dict[str, str | None] = dict.fromkeys(FIELDS) | {"status": "open"}
    for entry in entries:
        if version is None or entry["version"] <= version:
            state[entry["field"]] = entry["new"]
    return state


def text(value: Any) -> str | None:
    return None if value is None else str(value)


def _since(conn, finding_id: str, version: int) -> str:
    table = schema.history
    query = sa.select(table).where(table.c.finding_id == finding_id, table.c.version > version)
    lines = conn.execute(query.order_by(table.c.entry)).all()
    return "; ".join(f"{e.field} {e.old or '–'} → {e.new or '–'} by {e.who}" for e in lines)


def _near(finding_id: str, ids: Iterable[str]) -> str:
    ids = list(ids)
    return nearest(finding_id, ids) if len(ids) < 20 else "Run mingjing findings list to see them"
