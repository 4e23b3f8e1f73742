"""How the lab's objects show themselves: escaped, in words, with names to complete."""

from pathlib import Path

import nbformat
import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter

from mingjing import Audit
from mingjing.errors import InputError, UsageError
from mingjing.findings.register import Register
from mingjing.report.lab import in_page
from mingjing.runs.notebooks import execute
from mingjing.runs.run import run

ROOT = Path(__file__).parents[2]
LOG = """记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,菜品,留样重量,留样销毁时间,记录人
{}
"""
HOSTILE = "<img src=x onerror=alert(1)>"


def write(folder, *lines):
    text = LOG.format("\n".join(lines))
    (folder / "留样与温度记录表.csv").write_text(text, encoding="utf-8")
    return folder


def line(number, weight=125, dish="鱼", day="2021-03-01"):
    return f"L{number},射击中心,留样,{day} 12:00,{day},午餐,{dish},{weight},2021-12-31 12:00,张三"


@pytest.fixture
def audit(tmp_path):
    return Audit.open(
        write(tmp_path, line(1), line(2, 124, HOSTILE), line(3, dish=HOSTILE)), "2021", lang="en"
    )


def test_an_audit_tells_what_it_looks_at_without_running_a_rule(audit):
    assert "as of 2021-12-31" in repr(audit) and "food_log" in audit._repr_html_()
    assert not audit._outcomes


def test_names_of_ledgers_and_rules_are_completed_and_the_nearest_is_offered(audit):
    assert audit.tables._ipython_key_completions_() == dir(audit.tables) == ["food_log"]
    assert audit.tables.food_log.equals(audit.table("food_log"))
    assert "ST_02" in dir(audit.rules) and audit.rules.ST_02 == audit.rules["ST-02"] == audit.explain("ST-02")
    with pytest.raises(UsageError, match="food_log"):
        audit.tables["foodlog"]
    with pytest.raises(AttributeError, match="food_log"):
        _ = audit.tables.foodlog


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("audit.tables.", "food_log"), ("audit.rules.ST_0", "ST_02"), ('audit.rules["ST', "ST-02")],
)
def test_ipython_completes_what_is_typed(audit, typed, offered):
    completer = IPCompleter(namespace={"audit": audit})
    with provisionalcompleter():
        assert offered in [found.text for found in completer.completions(typed, len(typed))]


def test_a_rule_prints_as_text_and_shows_itself_as_the_report_does(audit):
    told = audit.explain("ST-02")
    assert "SELECT" in told and repr(told) == str(told)
    assert "<details open" in told._repr_html_() and "SELECT" in told._repr_html_()


def test_pieces_bring_their_colours_into_a_notebook_and_a_page_has_them_once(audit):
    shown = audit.profile("food_log")._repr_html_()
    assert "--series-1:" in shown and "[data-jp-theme-light=false] .mingjing" in shown
    small = shown.split("@container (max-width:44rem)")[1]
    assert "container-type:inline-size" in shown and ".plot .narrow{display:block" in small
    assert ".findings>tbody>tr{display:block" in small.replace(".findings,.findings>tbody,", "")
    assert '<table class="findings" lang="en"' in audit.check("canteen")._repr_html_(), "not JupyterLab's"
    assert ".verdict{" in shown and "@media" not in shown, "the rules of pieces, and none of the page's"
    listed = audit.rules._repr_html_()
    assert in_page(listed).startswith("<ul class=shelf><li><code>") and ".shelf{columns:" in listed
    assert in_page(shown).startswith("<div class=parts><section><h4>") and in_page(shown).count("</table>")


def test_an_expected_error_is_one_line_in_a_notebook(audit):
    with pytest.raises(UsageError) as caught:
        audit.rules["ST-2"]
    (told,) = caught.value._render_traceback_()
    assert told == "UsageError: no rule is called “ST-2”. Did you mean “ST-02”?"
    with pytest.raises(UsageError, match=r"query does not run: .*nowhere does not exist"):
        audit.sql("SELECT * FROM nowhere")


@pytest.mark.parametrize("call", ["table", "profile", "explain", "params", "what_if", "rows", "trace"])
def test_a_blank_variable_is_an_expected_error_and_no_traceback(audit, call):
    with pytest.raises(UsageError) as caught:
        getattr(audit, call)(None)
    assert len(str(caught.value)) < 500


def test_an_engine_that_is_not_offered_is_refused_at_once(tmp_path):
    with pytest.raises(UsageError, match="engine “x” is not offered"):
        Audit.open(write(tmp_path, line(1)), "2021", engine="x")


def test_an_amount_is_traced_as_a_number_too(audit):
    assert audit.trace(124, rules=False)._row.tolist() == audit.trace("124", rules=False)._row.tolist() != []


def test_leads_and_their_rows_are_shown_in_words(tmp_path):
    audit = Audit.open(write(tmp_path, line(1), line(2, 124)), "2021")
    leads = audit.leads("canteen")
    first = leads[leads.rules == "ST-02"].finding_ids.iloc[0]
    told = repr(audit.show(leads))
    assert "发现编号" in told and "中" in told and "medium" not in told
    assert "出处" in told and "留样与温度记录表.csv 第3行" in told and "工作表" not in told, "one column"
    assert "留样重量" in repr(audit.show(audit.rows(first))), "by the header of its own ledger"
    assert "完全相同" in repr(audit.show(audit.trace("L2"))) and "发现编号" in repr(
        audit.show(audit.trace("L2"))
    )


def test_a_row_of_many_columns_stands_upright_each_header_beside_its_cell(tmp_path):
    head, cells = LOG.format(line(2, 124)).strip().split("\n")
    more = [f"备注{number}" for number in range(8)]
    text = "\n".join([",".join([head, *more]), ",".join([cells, *more])])
    (tmp_path / "留样与温度记录表.csv").write_text(text, encoding="utf-8")
    audit = Audit.open(tmp_path, "2021")
    (found,) = audit.check("canteen").where(rule_id="ST-02")
    told = audit.show(audit.rows(found["finding_id"]))._repr_html_()
    assert "内容</th></tr></thead>" in told and told.count("<tr>") > 12
    assert "<td class=w>留样重量" in told and "第2行" in told
    rows = audit.rows(found["finding_id"]).assign(person="P1", flag=False)
    audit.names["P1"] = "张三"
    told = repr(audit.show(rows))
    assert "张三（P1）" in told and "否" in told and "False" not in told


def test_nothing_in_a_cell_becomes_markup(audit):
    shown = [audit.profile("food_log"), audit.completeness(), audit.check("canteen"), audit]
    assert any("onerror" in thing._repr_html_() for thing in shown), "the cell is shown"
    assert not any("<img" in thing._repr_html_() for thing in shown)


def test_an_outcome_says_what_a_rule_came_to_with_its_hits_and_query(audit):
    told = audit.outcome("ST-02")
    assert repr(told).startswith("ST-02 findings: 3 rows checked, 1 hits") and "124" in repr(told)
    assert "Show the query" in told._repr_html_() and "SELECT" in told._repr_html_()
    silent = audit.outcome("ST-10")
    assert "not run" in repr(silent) and "no data" in silent._repr_html_()


def test_what_if_shows_what_would_be_found_more_and_less(audit):
    more = audit.what_if("ST-02", w_g=126)._repr_html_()
    assert "1 findings now, 3 then: 2 gained, 0 lost" in more and "Gained 2" in more and "Lost" not in more
    assert "onerror" in more and "<img" not in more
    assert "Lost 1" in audit.what_if("ST-02", w_g=100)._repr_html_()


def test_thresholds_are_completed_and_the_nearest_is_offered(audit):
    p = audit.params("ST-02")
    assert "w_g" in dir(p) and "w_g = 125" in repr(p)
    with pytest.raises(AttributeError, match="Did you mean “w_g”"):
        _ = p.wg
    with pytest.raises(UsageError, match="w_g"):
        audit.what_if("ST-02", wg=100)


def test_a_wrong_word_in_a_filter_is_refused_with_the_nearest(audit):
    found = audit.check("canteen")
    with pytest.raises(UsageError, match="“severity”"):
        found.where(severty="high")
    with pytest.raises(UsageError, match="“high”"):
        found.where(severity="hihg")
    assert len(found.where(unit="射击中心")) == len(found.where(unit=found.to_pandas().unit.iloc[0])) > 0
    with pytest.raises(UsageError, match="no unit is called “射击”"):
        found.where(unit="射击")


def test_what_is_read_and_a_rule_print_in_a_few_lines(audit):
    assert len(repr(audit.intake).splitlines()) == 2 and "food_log" in repr(audit.intake)
    assert repr(audit.entry("ST-02")).startswith("ST-02 ") and len(repr(audit.entry("ST-02"))) < 200
    assert "food_log" in dir(audit.ledgers)


def test_the_register_shows_how_many_findings_stand_where(tmp_path):
    register = Register.open(tmp_path / "register.sqlite", "tester", "en")
    assert repr(register).startswith("Register of findings") and "judge(" in register._repr_html_()


def test_a_profile_counts_by_month_age_blank_and_largest(tmp_path):
    lines = [line(1), line(2, day="2021-12-20"), line(3, "", day="2021-12-21")]
    told = Audit.open(write(tmp_path, *lines), "2021").profile("food_log")
    assert told.months.values.tolist() == [["2021-03", 1], ["2021-12", 2]]
    assert told.ages[["days", "rows"]].astype(str).values.tolist()[0] == ["≤30", "2"]
    assert told.blanks[told.blanks.column == "weight_g"].blank.tolist() == [1]
    assert "空白</th>" in told._repr_html_() and "blank" not in told._repr_html_()
    assert "unit_id" not in told.top, "one value throughout tells nothing"


def test_what_changed_since_last_time_is_told_by_key_whatever_the_order(tmp_path):
    before, now = tmp_path / "before", tmp_path / "now"
    before.mkdir(), now.mkdir()
    write(before, line(1), line(2, 124), line(3))
    write(now, line(3), line(1), line(2, 126), line(4))
    found = Audit.open(now, "2021").completeness(before=before).changes
    assert found.drop(columns=["file", "sheet"]).values.tolist() == [
        ["food_log", "changed", "L2", "weight_g", "124.0", "126.0", 4]
    ]


def test_a_row_that_is_gone_is_told_with_where_it_stood(tmp_path):
    before, now = tmp_path / "before", tmp_path / "now"
    before.mkdir(), now.mkdir()
    write(before, line(1), line(2), line(3))
    write(now, line(1), line(3))
    found = Audit.open(now, "2021").completeness(before=before).changes
    assert found[["what", "key", "row"]].values.tolist() == [["vanished", "L2", 3]]


def test_an_alias_known_to_the_configuration_is_no_change(tmp_path):
    before, now = tmp_path / "before", tmp_path / "now"
    before.mkdir(), now.mkdir()
    for folder, unit in ((before, "射击队"), (now, "射击中心")):
        write(folder, line(1).replace("射击中心", unit))
        units = "单位编号,单位名称,单位类型\nU1,射击中心,训练单位\n"
        (folder / "单位信息.csv").write_text(units, encoding="utf-8")
    (tmp_path / "aliases.toml").write_text('[unit]\n"射击中心" = ["射击队"]\n', encoding="utf-8")
    config = tmp_path / "bureau.toml"
    config.write_text('[intake]\naliases = "aliases.toml"\n', encoding="utf-8")
    assert Audit.open(now, "2021", config=config).completeness(before=before).changes.empty
    assert len(Audit.open(now, "2021").completeness(before=before).changes) == 1


def test_without_an_earlier_folder_nothing_is_said_of_changes(audit):
    told = audit.completeness()
    assert told.changes is None and "Since last time" not in repr(told)


def report(folder, *lines, lang="zh"):
    """The report of a run over these lines, and the register beside it."""
    data = folder / "data"
    data.mkdir(parents=True)
    write(data, *lines)
    run(["canteen"], data, "2021", folder / "reports" / "2021", {"lang": lang}, ROOT / "notebooks", 1)
    return folder / "reports" / "2021"


@pytest.mark.notebook
def test_what_vanished_is_told_by_the_last_report_and_by_the_register(tmp_path):
    last = report(tmp_path / "last", line(1), line(2, 124), line(3), line(4, 100))
    now = tmp_path / "now"
    now.mkdir()
    write(now, line(1), line(2, 124))
    assert Audit.open(now, "2021").completeness().changes is None
    assert "行数减少" in Audit.open(now, "2021").completeness(before=last)._repr_html_()
    found = Audit.open(now, "2021").completeness(before=last).changes
    assert found[["ledger", "what", "before", "now"]].values.tolist() == [["food_log", "fewer", "4", "2"]]
    audit = Audit.open(now, "2021", register=last.parent / "register.sqlite")
    found = audit.completeness().changes
    assert found[["ledger", "what", "key", "row"]].values.tolist() == [["food_log", "vanished", "L4", 5]]
    assert found.before[0].startswith("ST-02-")
    write(now, *(line(n, 126) for n in (1, 2, 3, 4)))
    assert Audit.open(now, "2021").completeness(before=last).changes.what.tolist() == ["rewritten"]
    write(now, *(line(n) for n in (1, 2, 3, 4, 5)))
    assert Audit.open(now, "2021").completeness(before=last).changes.empty, "more rows are what one expects"
    (last / "manifest.json").write_text("{}", "utf-8")
    with pytest.raises(InputError, match="not a manifest"):
        Audit.open(now, "2021").completeness(before=last)


def test_a_key_that_stands_twice_is_told_and_not_matched(tmp_path):
    before, now = tmp_path / "before", tmp_path / "now"
    before.mkdir(), now.mkdir()
    write(before, line(1), line(1))
    write(now, line(1))
    found = Audit.open(now, "2021").completeness(before=before).changes
    assert found.what.tolist() == ["unmatched"]


@pytest.mark.notebook
def test_the_start_page_runs_from_top_to_bottom(tmp_path):
    target = tmp_path / "start.ipynb"
    assert execute(ROOT / "notebooks" / "start.ipynb", target, {}, timeout=300) == ""
    outputs = [o for c in nbformat.read(target, 4).cells for o in c.get("outputs", [])]
    assert len([o for o in outputs if "text/html" in o.get("data", {})]) >= 7
