"""What people do about findings: allowed moves only, every change kept, nobody's work lost."""

import multiprocessing
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.findings.conftest import done, made

from mingjing.errors import UsageError
from mingjing.findings.register import Register, schema
from mingjing.findings.register.people import FIELDS, MOVES, STATES, Conflict, moves_table, replay

F, ID = ("ST-02", "U01", "L1"), "ST-02-U01-L1"
DUE = date(2022, 3, 31)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def found(register):
    done(register, made("2021Q1", "2021-03-31", found=[F]))
    return register


def test_a_finding_goes_its_way_to_closure_and_every_step_is_kept(found):
    found.assign(ID, owner="王五", due=DUE)
    found.move(ID, "整改中")
    found.assign(ID, measure="换秤", evidence="佐证1号")
    for step in ("rectified", "verified", "closed"):
        found.move(ID, step)
    line = found.list().iloc[0]
    assert (line.status, line.owner, line.due, line.version) == ("closed", "王五", DUE, 6)
    history = found.history(ID)
    assert history.new[history.field == "status"].tolist() == [
        "rectifying",
        "rectified",
        "verified",
        "closed",
    ]
    assert set(history.who) == {"分析员"} and history["at"].str.len().min() >= 19
    assert history.old[history.field == "status"].tolist()[0] == "open"


def test_moves_that_the_table_does_not_have_are_refused_and_nothing_is_written(found):
    allowed = {(move.old, move.new) for move in MOVES}
    assert {state for pair in allowed for state in pair} == set(STATES)
    for new in STATES.keys() - {new for old, new in allowed if old == "open"} - {"open"}:
        with pytest.raises(UsageError, match="Allowed from open"):
            found.move(ID, new)
    assert found.history().empty


@pytest.mark.parametrize(
    ("step", "lacks"),
    [("rectifying", "owner, due date"), ("withdrawn", "a note")],
)
def test_a_move_waits_for_what_it_needs(found, step, lacks):
    with pytest.raises(UsageError, match=lacks):
        found.move(ID, step)


def test_nobody_verifies_his_own_work(found):
    found.assign(ID, owner=found.who, due=DUE, measure="m", evidence="e")
    for step in ("rectifying", "rectified"):
        found.move(ID, step)
    with pytest.raises(UsageError, match="not the owner"):
        found.move(ID, "verified")
    Register(found.store, "核实人").move(ID, "verified")


def test_a_verdict_has_its_reason_and_unfounded_its_end(found):
    for verdict, values in (
        ("查实", {}),
        ("不成立", {"reason": "r"}),
        ("查实", {"reason": "r", "until": DUE}),
    ):
        with pytest.raises(UsageError):
            found.judge(ID, verdict, **values)
    found.judge(ID, "不成立", reason="备用秤误差", until=DUE)
    assert found.list(as_of=DUE).in_force.tolist() == [True]
    assert found.list(as_of=date(2022, 4, 1)).in_force.tolist() == [False], "it stands again by itself"
    assert len(found.list()) == 1, "it is never hidden"


def test_who_saw_an_older_state_is_told_what_changed_since(found):
    found.assign(ID, owner="甲")
    with pytest.raises(Conflict, match="owner – → 甲 by 分析员"):
        found.assign(ID, owner="乙", version=0)
    assert found.list().iloc[0].owner == "甲"


@pytest.mark.parametrize("change", [lambda r: r.assign("ST-02-U01-L9", owner="x"), lambda r: r.show("ST-02")])
def test_an_unknown_finding_is_one_line_with_the_nearest(found, change):
    with pytest.raises(UsageError, match=r"Did you mean|Valid"):
        change(found)


def test_history_cannot_be_rewritten(found):
    found.assign(ID, owner="甲")
    for statement in (schema.history.delete(), schema.history.update().values(who="nobody")):
        with pytest.raises(sa.exc.DBAPIError, match="only added to"), found.store.write() as conn:
            conn.execute(statement)
    assert len(found.history()) == 1


def test_closed_by_people_and_found_again_after_it_was_gone_has_come_back(found):
    found.assign(ID, owner="甲", due=DUE, measure="m", evidence="e")
    for step in ("rectifying", "rectified", "verified", "closed"):
        found.move(ID, step)
    assert not found.list().come_back[0]
    done(found, made("2021Q2", "2021-06-30", inputs="b", ST_02="passed"))
    done(found, made("2021Q3", "2021-09-30", found=[F], inputs="c"))
    assert found.list().come_back[0]


def _work(where, name, rounds):
    """Assigns again and again, looking before each change; how often somebody was faster."""
    register, late = Register.open(where, who=name), 0
    for number in range(rounds):
        while True:
            seen = int(register.list().iloc[0].version)
            try:
                register.assign(ID, measure=f"{name}-{number}", version=seen)
                break
            except Conflict:
                late += 1
    return late


def _runs(where, rounds):
    register = Register.open(where, who="run")
    for number in range(rounds):
        done(register, made("2021Q2", "2021-06-30", found=[F], inputs=str(number)))


def test_two_people_and_a_scheduled_run_at_once_lose_nothing(found, where):
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("fork")) as pool:
        people = [pool.submit(_work, where, name, 8) for name in ("甲", "乙")]
        run = pool.submit(_runs, where, 8)
        for job in [*people, run]:
            job.result(120)
    history = found.history(ID)
    assert sorted(history.new) == sorted(f"{name}-{n}" for name in ("甲", "乙") for n in range(8))
    assert history.version.tolist() == list(range(1, 17))
    assert history.old.tolist()[1:] == history.new.tolist()[:-1], "each saw what the one before wrote"
    assert found.list().iloc[0].times == 9


_KILLED = """
import sys
sys.path[:0] = [{root!r}]
from mingjing.findings.register import Register
from tests.findings.conftest import done, made
register = Register.open({where!r}, who="run")
many = [("ST-02", "U01", f"L{{n}}") for n in range(300)]
print("ready", flush=True)
for number in range(10_000):
    done(register, made("2021Q2", "2021-06-30", found=many, inputs=str(number)))
    register.assign("ST-02-U01-L1", measure=str(number))
"""


def test_a_kill_at_any_moment_leaves_whole_runs_only(found, where):
    code = _KILLED.format(root=str(ROOT), where=where)
    for wait in (0.05, 0.11, 0.23, 0.4):
        job = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
        job.stdout.readline()
        time.sleep(wait)
        job.send_signal(signal.SIGKILL)
        job.wait()
    with found.store.read() as conn:
        sights = conn.execute(
            sa.select(sa.func.count()).select_from(schema.sight).group_by(schema.sight.c.number)
        )
        assert {count for (count,) in sights} <= {1, 300}
    assert found.list().finding_id.is_unique
    line, last = found.list(rule_id="ST-02").set_index("finding_id").loc[ID], found.history(ID)
    assert line.version == len(last) and (last.empty or line.measure == last.new.iloc[-1])
    done(found, made("2021Q3", "2021-09-30", found=[F], inputs="after"))


def test_history_replays_to_any_version(found):
    for name in ("甲", "乙", "丙"):
        found.assign(ID, owner=name)
    entries = found.history(ID).to_dict("records")
    assert [replay(entries, n)["owner"] for n in range(4)] == [None, "甲", "乙", "丙"]
    assert set(replay(entries)) == set(FIELDS)


def test_the_documented_moves_are_those_of_the_code():
    assert moves_table() in (ROOT / "docs" / "findings.md").read_text("utf-8")
