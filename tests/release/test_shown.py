"""What the public reads in findings: the workbook's own words in full, and neither small counts nor rows of withheld ledgers."""

import json
import re
from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from mingjing import Audit
from mingjing.analyse import frugality
from mingjing.analyse.claims import judged
from mingjing.findings import Findings, make_findings
from mingjing.intake import read_folder
from mingjing.release import Policy, claims, release
from mingjing.release.mask import OWN_WORDS, Masker
from mingjing.report import findings_table, panels
from mingjing.report.labels import label
from mingjing.rules import Outcome, catalogue
from mingjing.tables import tables

POLICY = Policy(b"a key of twenty bytes")
LEDGERS = {
    "单位信息": "单位编号,单位名称,单位类型\nU1,射击中心,机关\nU2,水上中心,训练单位\n",
    "人员花名册": "人员编号,姓名,所在单位\nP1,高峰,U1\nP2,李二,U2\n",
    "预算执行表": "单位编号,年度,项目,月份,年初预算数,实际支出数\n"
    + "".join(f"U1,2021,公务接待费,{m}月,1200,100\n" for m in range(1, 13)),
    "公务接待台账": "接待编号,接待单位,接待开始日期,接待结束日期,来访单位,接待对象人数,公务活动内容,安排工作餐次数,餐费金额,接待费合计,菜单或小票明细,公函文号\n"
    + "".join(f"J{n},U1,2021-03-0{n},2021-03-0{n},某市局,3,调研,1,300,300,茅台两瓶,\n" for n in range(1, 4))
    + "J4,U1,2021-04-01,2021-04-01,某省局,3,调研,1,300,300,白菜,某函1号\n",
    "公务用车使用登记表": "派车单号,车牌号,单位编号,用途,目的地,出车时间,回车时间,起始里程,终止里程,审批单号\n"
    "T1,鲁A12345,U1,公务出行,某处,2021-09-11 09:00,2021-09-11 12:00,100,120,\n",
    "检查培训演练活动台账": "活动编号,活动类型,节点,活动时间,被检查或组织单位,检查轮次\n"
    "A0,节日专项检查,元旦,2021-01-02 09:00,U1,R1\nA1,节日专项检查,国庆,2021-09-28 09:00,U1,R2\n",
    "评先树优名单": "表彰编号,年度,周期,荣誉类型,对象类型,对象编号\nH1,2021,年度,优秀共产党员,个人,P1\n",
    "汇报材料数字表": "条目编号,材料名称,指标键,原文,数值,单位\nC1,总结,优秀共产党员人数,表彰一人,1,人\n",
    "运动枪支台账": "枪号,枪种,口径,持枪单位,存放库室,状态,民用枪支持枪证号,持枪证有效期至,最近公安查验日期\n"
    + "".join(f"G{n},步枪,5.6,U1,一库,在库,证{n},2021-03-01,2021-03-01\n" for n in range(3)),
    "留样与温度记录表": "记录编号,食堂所属单位,记录类型,记录时间,供餐日期,餐次,留样重量\n"
    "L1,U1,留样,2021-03-01 12:00,2021-03-01,半夜,约；“高峰”未填\n"
    "L1,U1,留样,高峰来的那天,2021-03-02,午餐,125\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    data = tmp_path_factory.mktemp("ledgers")
    for name, text in LEDGERS.items():
        (data / f"{name}.csv").write_text(text, "utf-8")
    return data


@pytest.fixture(scope="module")
def intake(folder):
    return read_folder(folder)


@pytest.fixture(scope="module")
def public(folder):
    return Audit.open(folder, "2021", audience="public")


def shown(intake, rule_id, *hits, **worked_out):
    """Findings of one rule as the public has them."""
    plain = {"_rids": [], "unit": "U1", "date": None, "amount": None, "severity": None, "kind": None}
    outcome = Outcome(rule_id, "findings", rows_checked=7, hits=[plain | hit for hit in hits])
    found = release(intake, catalogue(), {rule_id: outcome}, worked_out, POLICY, "zh")
    rows = make_findings(found.entries[rule_id], found.outcomes[rule_id], found.intake.source_of)
    return rows, found.outcomes[rule_id]


def rows_of(intake, table):
    return intake.tables[table]["_rid"].to_pylist()


def test_how_many_rows_of_a_withheld_ledger_a_finding_rests_on_is_withheld(intake):
    """Under a rule on firearms whatever the ledger, and under any rule where its rows are the fault, or add to it."""
    guns, claim = rows_of(intake, "gun"), rows_of(intake, "report_claim")
    assert len(guns) > 2
    of_arms, outcome = shown(intake, "QD-19", {"subject": "a", "_rids": guns, "case": "keeper"})
    assert outcome.rows_checked is None
    total = {"e_reason_zh": "“数量”合计行写1,200，各行相加为1，差1,199", "e_count": 1200}
    of_cells, _ = shown(intake, "DQ-06", {"subject": "b", "_rids": guns, "case": "differs"} | total)
    refuted = {"subject": "c", "_rids": [*claim, *guns], "case": "refuted", "e_claim_text": "零差错"}
    of_claim, outcome = shown(intake, "DQ-04", refuted)
    assert outcome.rows_checked == 7
    for found, rows in ((of_arms, 1), (of_cells, 1), (of_claim, 2)):
        places = json.loads(found[0]["evidence"])["rows"]
        assert len(places) == rows and {place["row"] for place in places} == {None}
    assert of_cells[0]["message_zh"] == "合计与明细不符（细节不对外公布）" and "1200" not in str(of_cells)


def test_of_a_rule_on_arms_a_unit_has_one_finding_without_number_or_day(intake):
    """How often and when a guard was missing tells when an armoury can be entered."""
    hits = [
        {"subject": subject, "_rids": [rid], "case": case, "date": date(2021, 3, day), "unit": unit}
        for subject, rid, case, day, unit in zip(
            "abc",
            rows_of(intake, "gun"),
            ["gap", "gap", "few"],
            (17, 18, 19),
            ["U1", "U1", "U2"],
            strict=True,
        )
    ]
    found, outcome = shown(intake, "QD-11", *hits)
    assert [(row["unit"], row["date"]) for row in found] == [("U1", None), ("U2", None)]
    assert {row["message_zh"] for row in found} == {"枪弹库值班断档或不足两人（细节不对外公布）"}
    assert {str(json.loads(row["evidence"])["cases"]) for row in found} == {"['withheld']"}
    assert len({row["finding_id"] for row in found}) == 2 and "2021-03" not in str(outcome.hits)


def test_a_sanction_is_told_without_what_tells_whose_it_is(intake):
    """Appointments and honours are announced: with the day, the unit or the post everybody knows whom it was."""
    told = {"e_person_id": "P1", "e_new_post": "主任", "e_decided_date": date(2021, 5, 20)}
    told |= {"e_discipline_start_date": date(2021, 1, 1), "date": date(2021, 5, 20)}
    (row,), outcome = shown(intake, "SS-04", {"subject": "P1|2021-05-20", "case": "sanction"} | told)
    assert row["message_zh"] == "1名人员在处分影响期内被提拔任用（细节不对外公布）"
    assert row["unit"] is None and row["date"] is None and "2021" not in str(outcome.hits) + row["subject"]
    honoured = {"e_person_id": "P1", "e_year": 2021, "e_praise": "优秀"}
    (row,), outcome = shown(intake, "KH-03", {"subject": "P1|2021", "case": "disciplined"} | honoured)
    assert "优秀或受表彰（细节不对外公布）" in row["message_zh"] and "人员-" not in str(outcome.hits)
    assert "＊" not in row["message_zh"] + row["message_en"] and outcome.units == frozenset()


def test_a_lead_on_somebody_is_of_no_unit(intake):
    """That a unit has a sanction not carried out narrows whose it is; two units stay two findings."""
    hit = {"subject": "C1", "case": "open", "e_person_id": "P1", "date": date(2021, 5, 20)}
    found, outcome = shown(intake, "ZT-08", hit, hit | {"unit": "U2"})
    assert [row["unit"] for row in found] == [None, None] and outcome.units == frozenset()
    assert len({row["finding_id"] for row in found}) == 2 and "P1" not in str(outcome.hits)


@pytest.mark.parametrize("rule_id", [e.rule_id for e in catalogue().values() if e.private])
def test_what_a_rule_declares_private_stands_in_none_of_its_public_messages(intake, rule_id):
    entry = catalogue()[rule_id]
    marks = {name: f"不可{place}说" for place, name in enumerate(entry.evidence)}
    kept = {name for name in entry.evidence if name not in entry.private}
    for case in entry.messages:
        hit = {"subject": "不可9说", "case": case, "date": date(2021, 3, 1)} | {
            f"e_{name}": mark for name, mark in marks.items()
        }
        (row,), _ = shown(intake, rule_id, hit)
        assert set(json.loads(row["evidence"])["values"]) <= kept and "未填" not in row["message_zh"]
        assert "blank" not in row["message_en"] and row["message_en"] and "不可" not in str(row)


def test_people_have_a_code_of_their_own_in_each_area(intake):
    """Who is known by what one area tells is not known by it in another; within one the codes are the same."""
    codes = {}
    for rule_id, case in (("ZT-B01", "copied"), ("ZT-04", "bulk"), ("LZ-07", "few"), ("AQ-16", "leader")):
        who = dict.fromkeys(("e_subject_id", "e_person_id", "e_who"), "P1")
        (row,), _ = shown(intake, rule_id, {"subject": "x", "case": case} | who)
        codes[rule_id] = re.search("人员-[A-Z2-7]{8}", row["message_zh"])[0]
    assert codes["ZT-B01"] == codes["ZT-04"] and len(set(codes.values())) == 3


def test_ids_are_the_same_in_both_languages(folder):
    ids = [
        set(Audit.open(folder, "2021", audience="public", lang=lang).check().to_pandas().finding_id)
        for lang in ("zh", "en")
    ]
    assert ids[0] == ids[1] and len(ids[0]) > 10


@pytest.mark.parametrize(
    ("claim", "zh", "en"),
    [
        (
            ("C1", "U2", "安全生产差错数", "0", ""),
            "安全生产差错数为0（水上中心）",
            "accidents and safety failures: 0 (水上中心)",
        ),
        (("C1", "全局", "枪弹差错数", "2", "起"), "枪弹差错数", "faults with arms"),
        (("C1", "全局", "枪弹差错数", "0", ""), "枪弹差错数为0", "faults with arms: 0"),
        (
            ("C1", "全局", "场地面积", "52.4", "万平方米"),
            "场地面积为52.4万平方米",
            "area of venues: 52.4 × 10,000 m²",
        ),
        (
            ("C1", "", "优秀共产党员人数", "32", "名"),
            "优秀共产党员人数为32名",
            "outstanding Party members: 32",
        ),
        (("C1", "高峰", "其他", "", ""), "其他说法", "another statement"),
    ],
)
def test_a_claim_is_told_by_what_it_speaks_of(tmp_path, claim, zh, en):
    """Unit, figure and days are no secret; its own words and units nobody knows may be anything."""
    head = "条目编号,单位范围,指标键,数值,单位,材料名称,原文\n"
    (tmp_path / "汇报材料数字表.csv").write_text(head + ",".join(claim) + ",总结,高峰说没有\n", "utf-8")
    (tmp_path / "单位信息.csv").write_text(LEDGERS["单位信息"], "utf-8")
    read = read_folder(tmp_path)
    (rid,) = rows_of(read, "report_claim")
    case = "period" if claim[2].endswith("差错数") else "outside"
    entry = catalogue()["DQ-04" if case == "period" else "DQ-05"]
    assert [claims.Spoken(read, lang).of(rid, claim[2], entry, case) for lang in ("zh", "en")] == [zh, en]


def test_how_many_findings_on_arms_refute_a_claim_is_withheld(intake):
    seen = {
        "e_claim_key": "枪弹差错数",
        "e_claim_text": "零差错",
        "e_hits": 12,
        "e_rule_names": "枪支当日未归库",
    }
    rids = [*rows_of(intake, "report_claim"), *rows_of(intake, "gun")]
    (row,), _ = shown(intake, "DQ-04", {"subject": "c", "_rids": rids, "case": "refuted_part"} | seen)
    assert row["message_zh"].endswith("被推翻（细节不对外公布）") and "12" not in str(row["evidence"])


def test_claims_of_which_the_same_is_told_stand_on_one_line():
    frame = pd.DataFrame(
        {"claim_id": list("abc"), "rule_id": "DQ-05", "verdict": "open", "why": ["甲", "甲", "乙"]}
    )
    lines = panels.claims(frame, "zh").text.splitlines()
    assert len(lines) == 3 and "甲（2条）" in lines[1] and "c" in lines[2]


def test_a_message_without_its_small_counts_is_a_sentence(intake):
    counts = {"e_span": "2021", "e_due": 9, "e_trained": 7, "e_missed": 2, "e_names": ["高峰", "李二"]}
    (few,), _ = shown(intake, "FX-01", {"subject": "U1|2021", "case": "untrained"} | counts)
    assert few["message_zh"] == "反兴奋剂教育未全覆盖（数目过小，不公布）" and "＊" not in few["message_en"]
    many = counts | {"e_due": 30, "e_trained": 20, "e_missed": 10}
    (told,), _ = shown(intake, "FX-01", {"subject": "U1|2021", "case": "untrained"} | many)
    assert "应受训30人" in told["message_zh"] and "高峰" not in told["message_zh"]


@pytest.mark.parametrize(("lang", "told"), [("zh", r"（批号代码-\w{8}）"), ("en", r"\(batch Code-\w{8}\)")])
def test_a_code_does_not_repeat_the_word_before_it(intake, lang, told):
    hit = {"_rids": rows_of(intake, "person")[:1], "unit": "U1", "subject": "T1", "case": "untested"}
    hit |= {"date": date(2021, 5, 10), "amount": None, "severity": None, "kind": None}
    outcome = Outcome("FX-05", "findings", hits=[hit | {"e_item_name": "蛋白粉", "e_batch_no": "某函1号"}])
    found = release(intake, catalogue(), {"FX-05": outcome}, {}, POLICY, lang)
    (row,) = make_findings(found.entries["FX-05"], found.outcomes["FX-05"], found.intake.source_of)
    assert re.search(told, row[f"message_{lang}"]), row[f"message_{lang}"]


def test_what_is_of_one_persons_tests_has_neither_unit_nor_day(intake):
    """One positive of a unit on a day is somebody, whatever code stands for the name; two units stay two findings."""
    rid = rows_of(intake, "person")[0]
    told = {"subject": "P1|x", "_rids": [rid], "date": date(2021, 8, 4), "e_ath_id": "P1"}
    told |= {"e_report_time": "2021-08-06 00:30", "case": "late"}
    found, outcome = shown(intake, "FX-B05", told, told | {"unit": "U2"})
    assert len(found) == 2 and len({row["finding_id"] for row in found}) == 2
    for row in found:
        assert (row["unit"], row["date"], json.loads(row["evidence"])["values"]) == (None, None, {})
        assert row["message_zh"] == "阳性或违规事件未及时上报（细节不对外公布）"
    assert not {"U1", "U2", "2021-08-04"} & set(str(outcome.hits).replace("'", " ").split())


def test_what_a_claim_on_people_was_held_against_is_withheld(intake):
    """78 of 81 trained: 96.3% with the 81 that stand elsewhere gives the 3 left. Units are not people."""
    trained = {
        "e_claim_key": "反兴奋剂培训覆盖率",
        "e_computed": 87.5,
        "e_figure_day": date(2021, 12, 31),
        "e_other": 96.3,
        "e_value": 100.0,
        "e_uom": "%",
    }
    rate = {
        "e_claim_key": "满意率",
        "e_computed": 98.2,
        "e_figure_day": date(2021, 12, 31),
        "e_value": 99.0,
        "e_uom": "%",
    }
    few, many = (
        {
            "e_claim_key": "优秀共产党员人数",
            "e_computed": n,
            "e_figure_day": date(2021, 12, 31),
            "e_value": 9.0,
            "e_uom": "人",
        }
        for n in (2.0, 20.0)
    )
    hits = [
        {"subject": str(place), "case": "differs_training" if "e_other" in seen else "differs"} | seen
        for place, seen in enumerate((trained, rate, few, many))
    ]
    told = [row["message_zh"] for row in shown(intake, "DQ-05", *hits)[0]]
    assert "按单位为87.5%、按人员为＊%" in told[0] and "台账截至2021-12-31复算＊%" in told[1]
    assert "台账截至2021-12-31复算＊人" in told[2] and "台账截至2021-12-31复算20人" in told[3]
    table = pa.Table.from_pylist(
        [
            {"claim_text": "汇报", "_rid": 0, "case": "differs"}
            | {name[2:]: seen.get(name) for name in trained}
            for seen in (trained, rate, few, many)
        ]
    )
    empty = claims.public(table, table, catalogue()["DQ-05"], claims.Spoken(intake, "zh"), 5).to_pandas()
    assert empty.computed.isna().tolist() == [False, True, True, False] and empty.other.isna().all()


def test_a_claim_judged_is_told_with_its_verdict(public):
    (claim,) = judged(public).itertuples()
    assert claim.verdict == "supported" and "得到支撑：台账截至2021-12-31复算＊人" in claim.why
    assert "不公开" not in public.claims().text


def test_intake_says_what_is_wrong_in_its_own_words_and_not_in_those_of_the_cell(intake):
    masker = Masker(intake, POLICY, "zh")
    issues = intake.issues.set_index("kind")
    zh, en = (
        {kind: masker.reason(reason) for kind, reason in issues[f"reason_{lang}"].items()}
        for lang in ("zh", "en")
    )
    assert zh["not_in_choices"].startswith("“餐次”不在规定选项内：文字-")
    assert zh["unreadable"].startswith("“留样重量”读不懂：文字-") and en["unreadable"].endswith(
        " (not a number)"
    )
    (rejected,) = intake.rejected.itertuples()
    assert masker.reason(rejected.reason_zh).startswith("“记录时间”读不懂：文字-")
    assert not any(
        word in masker.reason(reason)
        for reason in (*issues.reason_zh, *issues.reason_en, rejected.reason_en)
        for word in ("高峰", "半夜")
    )
    assert masker.reason("与另一表.xlsx[高峰]第7行重复") == "与另一行重复"
    assert masker.reason("same key as a.xlsx[高峰] row 7") == "same key as another row"
    assert masker.reason("“金额”读不懂：高峰；必填项“单位编号”未填").endswith("；必填项“单位编号”未填")
    assert "高峰" not in masker.reason("“Amount” cannot be read: x (time data '高峰' is none)")
    assert "高峰" not in masker.reason("高峰来过") + masker.reason("“金额”不在规定选项内：；“高峰”未填")


def test_a_grouped_number_is_one_number(intake):
    masker = Masker(intake, POLICY, "zh")
    total = "“金额”合计行写1,928,099.75，各行相加为1,928,000，差99.75"
    for said in (total, total.replace("，", "元，") + "元"):
        assert masker.reason(said) == said
    assert masker.text("1,928,099.75") == "1,928,099.75"
    assert masker.text("U1,U2") == "U1,U2" and masker.text("2021,高峰").startswith("2021,人员-")


def test_months_quarters_days_festivals_and_keywords_are_the_workbooks_own_words(public, intake):
    assert list(public.table("budget_exec").month) == [f"{m}月" for m in range(1, 13)]
    found = public.check("frugality").to_pandas().groupby("rule_id").message_zh.agg("".join)
    assert "（周末）" in found["GC-01"] and "出现“茅台”" in found["JD-07"]
    assert "年端午（2021-" in found["JR-01"]
    flag = {"subject": "2021Q2", "case": "wrong", "e_quarter": "2021Q2", "e_mean": 90.0, "e_top": 91.0}
    assert shown(intake, "ST-17", flag)[0][0]["message_zh"].startswith("2021年第2季度流动红旗授予")
    assert not OWN_WORDS & {column for table in tables().values() for column in table.columns}


def test_receptions_in_breach_are_counted_without_their_places(folder, public):
    true = frugality.first_screen(Audit.open(folder, "2021")).figures[0][2]
    assert frugality.first_screen(public).figures[0][2] == true == "3 / 4"


def test_rows_checked_by_a_withheld_rule_are_not_said_to_be_none(public):
    outcomes = public.outcomes("firearms")
    ran = outcomes[outcomes.outcome != "not_run"]
    assert len(ran) and ran.rows_checked.isna().all()
    assert "不公布" in public.rules_run("firearms").text and "不公布" not in public.rules_run("canteen").text


def test_sheets_of_withheld_ledgers_are_not_counted_among_those_checked(folder, public):
    inside = Audit.open(folder, "2021")
    for rule_id in ("DQ-01", "DQ-02"):
        assert public.outcome(rule_id).rows_checked == inside.outcome(rule_id).rows_checked - 1


def test_months_without_a_row_in_a_ledger_of_arms_are_withheld(intake):
    gap = {"case": "gap", "e_months": ["2021-03"], "e_count": 1, "e_due": 12}
    arms, food = (
        {"subject": name, "e_ledger": name} | gap for name in ("枪弹库清点值班记录表", "留样与温度记录表")
    )
    told = [row["message_zh"] for row in shown(intake, "DQ-03", arms, food)[0]]
    assert told[0].endswith("（细节不对外公布）") and "留样与温度记录表：应有12个月，缺1个月" in told[1]


def test_two_codes_side_by_side_are_told_apart(intake):
    seen = {
        "e_location": "某处暗间",
        "e_name": "某台机器",
        "e_valid_to": "2021-11-30",
        "e_as_of": "2021-12-31",
    }
    (row,), _ = shown(intake, "AQ-09", {"subject": "x", "case": "expired"} | seen)
    assert re.match("文字-[A-Z2-7]{8} 文字-[A-Z2-7]{8}检验有效期", row["message_zh"])
    (row,), _ = shown(intake, "AQ-09", {"subject": "x", "case": "expired"} | seen | {"e_name": "客梯"})
    assert re.match("文字-[A-Z2-7]{8} 客梯检验有效期", row["message_zh"])


def test_rows_that_the_public_is_not_told_are_not_said_to_be_in_the_csv(intake, monkeypatch):
    monkeypatch.setattr(findings_table, "SHOWN_ROWS", 2)
    rids = rows_of(intake, "budget_exec")
    rows, _ = shown(
        intake, "JF-01", {"subject": "x", "_rids": rids, "case": next(iter(catalogue()["JF-01"].messages))}
    )
    html = findings_table.findings_table(Findings.of(rows))
    assert "findings.csv" not in html and html.count("<dt>依据的台账<dd>预算执行表<dt>") == 1


@pytest.mark.parametrize(
    ("rule_id", "name", "zh"),
    [
        ("KH-01", "best", "优秀（人）"),
        ("AQ-13", "missed", "未检查的部位（个）"),
        ("DQ-04", "claim_text", "说法"),
        ("ST-02", "best", "最高或优秀"),
    ],
)
def test_a_value_is_named_by_what_the_rule_means_by_it(rule_id, name, zh):
    assert label(name, "zh", rule_id) == zh
