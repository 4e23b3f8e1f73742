"""The overview: counted from findings and outcomes alone; what was not looked at is blank, never clean."""

from types import SimpleNamespace

import pandas as pd
import pytest
from tests.findings.conftest import done, made

from mingjing import Audit
from mingjing.analyse import overview
from mingjing.errors import UsageError
from mingjing.findings.model import COLUMNS
from mingjing.findings.register import Register
from mingjing.report import onepage
from mingjing.rules import Outcome, catalogue

UNITS = (
    "单位编号,单位名称,单位类型,所在县市区,消防安全重点单位,公众聚集场所,设枪弹库,设食堂,有在训运动员,在用\n"
    "U1,射击中心,训练单位,某区,否,否,否,是,否,是\nU2,机关,机关,某区,否,否,否,否,否,是\n"
)
LOG = """记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
L1,射击中心,留样,2021-03-01 12:00,2021-03-01,午餐,红烧肉,124,2021-03-03 12:00,张三
"""


@pytest.fixture
def audit(tmp_path):
    (tmp_path / "留样记录.csv").write_text(LOG, "utf-8")
    (tmp_path / "单位信息.csv").write_text(UNITS, "utf-8")
    opened = Audit.open(tmp_path, "2021")
    opened.reported = overview.Reported(("canteen", "safety"))
    return opened


def test_a_unit_without_rows_is_blank_and_one_with_rows_is_counted(audit):
    board = overview.board(audit).set_index(["unit_id", "area"]).findings
    assert board["U1", "canteen"] >= 1 and pd.isna(board["U1", "safety"])
    assert "U2" not in board.index.get_level_values(0) or pd.isna(board["U2", "canteen"])


def test_an_area_none_of_whose_rules_ran_has_no_count(audit):
    lines = overview.areas(audit).set_index("area")
    assert lines.loc["canteen", "findings"] == len(audit.check("canteen"))
    assert lines.loc["canteen", "ran"] < lines.loc["canteen", "rules"]
    assert lines.loc["safety", "ran"] == 0 or lines.loc["safety", "findings"] is not pd.NA


def test_findings_of_units_and_of_none_are_all_findings(audit, tmp_path):
    wrong = (
        LOG
        + "L2,射击中心,留样,2021-03-02 12:00,2021-03-02,午餐,豆腐,130,2021-03-05 12:00,张三\n合计,,,,,,,5,,\n"
    )
    (tmp_path / "留样记录.csv").write_text(wrong, "utf-8")
    told = Audit.open(tmp_path, "2021")
    told.reported = overview.Reported(("canteen", "intake"))
    board, lines = overview.board(told).findings.sum(), overview.areas(told)
    assert lines.apart.sum() > 0 and board + lines.apart.sum() == lines.findings.sum()


def test_rules_that_did_not_run_are_grouped_by_reason_and_none_is_lost(audit):
    groups, outcomes = overview.unchecked(audit), audit.outcomes(["canteen", "safety"])
    assert groups.rules.sum() == (outcomes.outcome == "not_run").sum() == sum(map(len, groups.ids))
    assert groups.rules.is_monotonic_decreasing and groups.reason.is_unique


def test_the_overview_speaks_of_changes_only_where_there_is_a_run_to_compare_with(audit, tmp_path):
    assert "新发现" not in overview.first_screen(audit).zh and not audit.headline("overview").changed
    register = tmp_path / "register.sqlite"
    done(Register.open(register), made("2020Q4", "2020-12-31", inputs="a"))
    later = Audit.open(tmp_path, "2021", register=str(register))
    later.reported = audit.reported
    new = f"新发现{len(later.check(later.reported.areas))}条"
    assert new in overview.first_screen(later).zh and new in later.headline("overview").changed


def test_too_few_rules_give_no_index(audit):
    frame = overview.index(audit).set_index("unit_id")
    assert frame.loc["U1", "rules"] < 10 and pd.isna(frame.loc["U1", "index"])


def test_the_page_says_what_is_not_in_the_run_and_prints_text_without_html(audit):
    panel = onepage.one_page(audit)
    assert "不在本次运行" in panel.html and "运动枪弹" in panel.html and 'class="unchecked"' in panel.html
    assert "<" not in panel.text


def test_the_public_page_names_no_unit_that_is_not_on_the_list_of_units(tmp_path):
    (tmp_path / "留样记录.csv").write_text(
        LOG + LOG.splitlines()[1].replace("射击中心", "王小二") + "\n", "utf-8"
    )
    (tmp_path / "单位信息.csv").write_text(UNITS, "utf-8")
    inside, outside = (Audit.open(tmp_path, "2021", audience=a) for a in ("internal", "public"))
    assert "王小二" in onepage.one_page(inside).html
    assert "王小二" not in onepage.one_page(outside).html and "射击中心" in onepage.one_page(outside).html


# The parts of the index, on rows made up for it ----------------------------------------------------------------------


def row(finding_id, **more):
    usual = dict.fromkeys(COLUMNS) | {"finding_id": finding_id, "rule_id": "ST-02", "area": "canteen"}
    return usual | {"severity": "high", "kind": "breach", "unit": "U1", "status": "new"} | more


class Told:
    """An audit that says what it is told: outcomes by rule → units looked at, findings, what is resolved."""

    lang, names, past = "zh", {}, None
    reported = overview.Reported(("canteen",))

    def __init__(self, seen, found=(), gone=(), problems=(), **own):
        self.seen, self.overview_terms = seen, overview.terms(own)
        self.found = pd.DataFrame(list(found), columns=list(COLUMNS))
        self.gone = pd.DataFrame(list(gone), columns=list(COLUMNS))
        self.problems = pd.DataFrame(list(problems), columns=["unit_id", "source_type"])

    def check(self, _areas):
        return SimpleNamespace(to_pandas=lambda: self.found)

    def resolved(self, _areas):
        return SimpleNamespace(to_pandas=lambda: self.gone)

    def results(self, _areas):
        for rule_id, units in self.seen.items():
            hits = [{"unit": unit} for unit in self.found[self.found.rule_id == rule_id].unit]
            yield catalogue()[rule_id], Outcome(rule_id, "passed", hits=hits, units=frozenset(units))


@pytest.fixture
def index(monkeypatch):
    monkeypatch.setattr(overview.rectification, "ledger", lambda audit: audit.problems)

    def of(seen, **told):
        told = {"min_rules": 1} | told
        return overview.index(Told(seen, **told)).set_index("unit_id")

    return of


# ST-10 is of high severity (5 points), ST-02 of medium (2)
@pytest.mark.parametrize(
    ("found", "soundness"),
    [
        ([], 1.0),
        ([row("a", rule_id="ST-10")], 2 / 7),
        ([row("a", rule_id="ST-10", kind="suspect")], 4.5 / 7),
        ([row("a", rule_id="ST-10"), row("b", rule_id="ST-10")], 2 / 7),
        ([row("a", severity="medium")], 5 / 7),
        ([row("a", severity="high")], 5 / 7),
        ([row("a", rule_id="ST-10", unit="U2")], 1.0),
        ([row("a", rule_id="ST-10", unit=None)], 1.0),
    ],
)
def test_soundness_is_the_share_of_points_not_lost(index, found, soundness):
    assert catalogue()["ST-10"].severity == "high" and catalogue()["ST-02"].severity == "medium"
    frame = index({"ST-10": ["U1"], "ST-02": ["U1"]}, found=found)
    assert frame.loc["U1", "soundness"] == pytest.approx(soundness)
    assert frame.loc["U1", "index"] == pytest.approx(100 * soundness)


def test_parts_that_cannot_be_known_are_left_out_and_the_others_scaled(index):
    seen = {"ST-10": ["U1", "U2"]}
    problems = [("U1", "自查"), ("U1", "巡察"), ("U1", "巡察"), ("U1", "巡察")]
    frame = index(seen, problems=problems)
    assert frame.loc["U1", "index"] == pytest.approx(100 * (0.6 * 1 + 0.2 * 0.25) / 0.8)
    assert frame.loc["U2", "index"] == 100 and pd.isna(frame.loc["U2", "self_found"])
    told = index(
        seen, found=[row("a", rule_id="ST-10", status="persisting")], gone=[row("b"), row("c"), row("d")]
    )
    assert told.loc["U1", "put_right"] == 0.75
    assert told.loc["U1", "index"] == pytest.approx(100 * (0.6 * 0 + 0.2 * 0.75) / 0.8)


@pytest.mark.parametrize(("least", "known"), [(2, True), (3, False)])
def test_a_unit_that_few_rules_looked_at_has_no_index_rather_than_a_good_one(index, least, known):
    frame = index({"ST-10": ["U1"], "ST-02": ["U1"]}, min_rules=least)
    assert pd.notna(frame.loc["U1", "index"]) is known


def test_the_worst_come_first_and_those_without_index_last(index):
    seen = {"ST-10": ["U1", "U2"], "ST-02": ["U1", "U2", "U3"]}
    frame = index(seen, found=[row("a", rule_id="ST-10", unit="U2")], min_rules=2)
    assert list(frame.index) == ["U2", "U1", "U3"] and pd.isna(frame.loc["U3", "index"])


def test_the_bureau_sets_the_weights_and_a_wrong_name_is_refused(index):
    frame = index({"ST-10": ["U1"]}, problems=[("U1", "巡察")], weights={"soundness": 0.5, "self_found": 0.5})
    assert frame.loc["U1", "index"] == 50
    with pytest.raises(UsageError, match="weights"):
        overview.terms({"weight": 1})


def test_a_run_knows_what_it_leaves_out():
    assert overview.Reported(("canteen",)).absent[0] == "intake" and overview.Reported().absent == []
