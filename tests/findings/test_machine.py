"""Runs and people in any order: history replays to the present, no move is illegal, nothing is resolved by silence."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.findings.conftest import done, made

from mingjing.errors import MingjingError
from mingjing.findings.register import Ran, Register
from mingjing.findings.register.people import FIELDS, MOVES, STATES, VERDICTS, replay

UNITS, SUBJECTS, RULES = ("U01", "U02"), ("L1", "L2"), ("ST-02", "ST-04")
FAULTS = [(r, u, s) for r in RULES for u in UNITS for s in SUBJECTS]
OUTCOMES = st.fixed_dictionaries({r: st.sampled_from(["ran", "not_run", "not_asked"]) for r in RULES})


class Bureau(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.register = Register.open(Path(self.folder.name) / "register.sqlite", who="甲")
        self.runs: dict[date, tuple] = {}
        self.day = date(2021, 1, 1)
        self.inputs = 0

    def teardown(self):
        self.folder.cleanup()

    @rule(
        days=st.integers(0, 40),
        outcomes=OUTCOMES,
        units=st.sampled_from([(), ("U01",)]),
        there=st.sets(st.sampled_from(FAULTS)),
        twice=st.booleans(),
    )
    def run(self, days, outcomes, units, there, twice):
        self.day += timedelta(days=days)
        self.inputs += 1
        ran = {r: Ran("passed", "") for r, how in outcomes.items() if how == "ran"}
        ran |= {r: Ran("not_run", "") for r, how in outcomes.items() if how == "not_run"}
        found = [f for f in sorted(there) if outcomes[f[0]] == "ran" and (not units or f[1] in units)]
        made_run = made("2021", str(self.day), found=found, inputs=str(self.inputs), units=units)
        made_run.run.rules.update({r: o for r, o in ran.items() if r not in made_run.run.rules})
        done(self.register, made_run)
        self.runs[self.inputs] = (self.day, outcomes, units, set(found))
        if twice:
            before = self.register.list()
            done(self.register, made_run)
            assert before.equals(self.register.list()), "the same run twice is one run"

    @rule(
        who=st.sampled_from(["甲", "乙"]),
        pick=st.integers(0, 7),
        status=st.sampled_from(list(STATES)),
        verdict=st.sampled_from([None, *VERDICTS]),
        note=st.sampled_from([None, "说明"]),
        given=st.booleans(),
        stale=st.booleans(),
    )
    def work(self, who, pick, status, verdict, note, given, stale):
        listed = self.register.list()
        if listed.empty:
            return
        line = listed.iloc[pick % len(listed)]
        register = Register(self.register.store, who)
        version = int(line.version) - stale
        try:
            if given:
                register.assign(line.finding_id, owner="甲", due=date(2022, 1, 1), measure="m", evidence="e")
            elif verdict:
                register.judge(
                    line.finding_id, verdict, reason=note, until=date(2022, 1, 1) if note else None
                )
            else:
                register.move(line.finding_id, status, note, version)
                assert not stale or line.status == status, "a stale view never writes"
        except MingjingError:
            assert self.register.list().version.sum() == listed.version.sum(), "refused means untouched"

    @invariant()
    def history_replays_to_the_present(self):
        history = self.register.history()
        for line in self.register.list().to_dict("records"):
            mine = history[history.finding_id == line["finding_id"]].to_dict("records")
            now = {name: None if line[name] is None else str(line[name]) for name in FIELDS}
            assert replay(mine) == now
            assert line["version"] == max((entry["version"] for entry in mine), default=0)

    @invariant()
    def every_move_is_in_the_table(self):
        history = self.register.history()
        moved = history[history.field == "status"]
        assert set(zip(moved.old, moved.new, strict=True)) <= {(move.old, move.new) for move in MOVES}

    @invariant()
    def resolved_only_where_its_rule_looked_again_and_found_nothing(self):
        for line in self.register.list(life="resolved").to_dict("records"):
            fault = (line["rule_id"], line["unit"], line["subject"])
            looked = [
                fault not in found
                for day, outcomes, units, found in self.runs.values()
                if day == line["resolved_on"]
                and outcomes[fault[0]] == "ran"
                and (not units or fault[1] in units)
            ]
            assert any(looked), "some run of that day looked and did not find it"

    @invariant()
    def nothing_found_is_ever_lost(self):
        seen = {"-".join(fault) for _day, _outcomes, _units, found in self.runs.values() for fault in found}
        assert set(self.register.list().finding_id) == seen


TestBureau = Bureau.TestCase
TestBureau.settings = settings(
    max_examples=10,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
