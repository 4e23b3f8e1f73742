"""Numbers in messages as people read them."""

from datetime import date

import pytest

from mingjing.findings import sentence
from mingjing.findings.message import told_in_yuan
from mingjing.findings.model import make_findings
from mingjing.report.labels import label, proof
from mingjing.report.rule_notes import rule_notes, threshold_value
from mingjing.rules import catalogue
from mingjing.rules.engine import Outcome


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (61 / 60, "发现后1.02小时"),
        (2 + 1 / 3, "发现后2.33小时"),
        (1 + 1 / 3600, "发现后1.0003小时"),  # never as long as the limit that it breaks
        (1.5, "发现后1.5小时"),
        (1.0625, "发现后1.0625小时"),  # so written
        (12345 + 1 / 3, "发现后12,345.33小时"),
        (1, "发现后1小时"),
    ],
)
def test_what_was_worked_out_is_rounded_but_never_to_the_limit(hours, told):
    assert told in sentence(
        catalogue()["QD-15"], "late", {"gun_no": "甲", "status": "丢失", "hours": hours}, "zh"
    )


@pytest.mark.parametrize(
    ("share", "told"),
    [(1 / 3, "0.33"), (0.000456789, "0.00046"), (0.04321987, "0.043"), (0.899999, "0.9"), (-2 / 3, "-0.67")],
)
def test_a_small_number_keeps_two_digits(share, told):
    entry = catalogue()["QD-15"]
    assert f" {told} h after" in sentence(entry, "late", {"gun_no": "甲", "status": "", "hours": share}, "en")


def test_two_numbers_that_differ_read_differently():
    said = sentence(
        catalogue()["QD-15"],
        "late",
        {"gun_no": "甲", "status": "", "hours": 3.141593, "other": 3.143333},
        "en",
    )
    assert "reported 3.142 h" in said


@pytest.mark.parametrize(
    ("first", "zh", "en"),
    [
        ("2021-04-29", "：2021-04-29安排工作餐2次", "2 working meals on 2021-04-29 (2 records)"),
        (
            "2021-04-28",
            "：2021-04-28至2021-04-29安排",
            "2 working meals from 2021-04-28 to 2021-04-29 (2 records)",
        ),
    ],
)
def test_a_span_of_one_day_is_that_day(first, zh, en):
    values = {"subject": "甲", "first": first, "date": "2021-04-29", "meals": 2, "records": 2}
    assert zh in sentence(catalogue()["JD-05"], "meals", values, "zh")
    assert en in sentence(catalogue()["JD-05"], "meals", values, "en")


def test_a_sentence_quotes_within_quotes_and_writes_marks_and_spans_as_chinese_does():
    entry, values = (
        catalogue()["DQ-05"],
        {
            "claim_text": "评出10名“优秀党务工作者”,公示到位",
            "value": 10,
            "uom": "名",
            "computed": 9,
            "figure_day": date(2021, 12, 31),
        },
    )
    told = sentence(entry, "differs", values, "zh")
    assert told == "“评出10名‘优秀党务工作者’，公示到位”：报告10名，台账截至2021-12-31复算9名"
    for lang, said in (
        ("zh", "报告10，台账截至2021-12-31复算9"),
        ("en", "reported 10, by the ledgers 9 as of 2021-12-31"),
    ):
        assert sentence(entry, "differs", values | {"uom": None, "uom_en": None}, lang).endswith(said)
    half = sentence(catalogue()["ZT-02"], "few", {"unit": "甲", "half": "2021H2", "meetings": 0}, "zh")
    assert half.startswith("甲2021年下半年专题研究0次")


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("2021Q3", "2021年第3季度", "Q3 2021"),
        ("2021H2", "2021年下半年", "second half of 2021"),
        ("2021-05", "2021年5月", "2021-05"),
        ("甲方", "甲方", "甲方"),
    ],
)
def test_what_proves_a_finding_names_spans_of_time_in_words(written, zh, en):
    for lang, told in (("zh", zh), ("en", en)):
        assert proof("quarter", written, {}, lang, {}) == told
        assert proof("months", [written], {}, lang, {}) == told
    values = {"unit": "甲", "half": written, "meetings": 0}
    en = {"一季度": "first quarter"}.get(en, en)  # a fixed word of the ledgers
    assert f" {en}" in sentence(catalogue()["ZT-02"], "few", values, "en")


@pytest.mark.parametrize(
    ("written", "told", "en"),
    [
        ("2021-05", "2021年5月", "2021-05"),
        ("2021Q3", "2021年第3季度", "Q3 2021"),
        ("2021", "2021年", "2021"),
        ("五月", "五月", "五月"),
    ],
)
def test_a_span_of_time_reads_as_people_write_it(written, told, en):
    entry, seen = catalogue()["ST-01"], {"meals": 22, "missing": 1, "percent": 4.5}
    assert sentence(entry, "missing", seen | {"month": written}, "zh").startswith(f"{told}供餐22餐次")
    assert sentence(entry, "missing", seen | {"month": written}, "en").startswith(f"{en}: 1 of 22 meals")


def test_an_english_message_has_the_fixed_words_of_ledgers_in_english():
    values = {
        "ammo_type": "4.5mm气枪弹",
        "batch_no": "21-12",
        "previous": 17806,
        "txn_type": "退回",
        "qty": 1,
    }
    told = sentence(catalogue()["QD-01"], "broken", values | {"expected": 17807, "balance": 17806}, "en")
    assert told.endswith("previous balance 17,806, 1 round returned: 17,807 expected, 17,806 recorded")


@pytest.mark.parametrize(
    ("n", "told"), [(1, "stock-take, once"), (11, "stock-take, 11 times"), (2, "stock-take, 2 times")]
)
def test_what_was_one_time_was_once(n, told):
    assert sentence(catalogue()["QD-24"], "absent", {"subject": "甲", "n": n}, "en").endswith(told)


@pytest.mark.parametrize(("n", "told"), [(1, ": 1 escort,"), (0, ": 0 escorts,"), (11, ": 11 escorts,")])
def test_an_english_noun_goes_by_its_number(n, told):
    assert told in sentence(catalogue()["QD-14"], "escort", {"subject": "LQ1", "escort_count": n}, "en")


def test_an_id_and_the_day_or_number_after_it_are_told_apart():
    entry = catalogue()["FX-B05"]
    values = {"ath_id": "A00006", "date": date(2021, 8, 4)}
    assert sentence(entry, "silent", values, "zh").startswith("A00006 2021-08-04")
    assert sentence(entry, "silent", values | {"ath_id": "邓明华"}, "zh").startswith("邓明华2021-08-04")


def test_thresholds_that_are_yes_or_no_or_fixed_words_are_told_in_words():
    allowed = next(p for p in catalogue()["JD-07"].params.values() if p.name == "liquor_allowed")
    assert threshold_value(allowed, "zh") == "是；否（2025-05-02起）"
    assert threshold_value(allowed, "en") == "yes; no (from 2025-05-02)"
    signs = next(p for p in catalogue()["QD-01"].params.values() if p.name == "sign")
    assert threshold_value(signs, "en").startswith("received: 1, moved in: 1, returned: 1")


def test_a_threshold_that_lists_rules_names_them():
    matrix = catalogue()["SS-01"].params["matrix"]
    assert "黄：RX-03“同一问题投诉超两次未由主要领导过问”；红" in threshold_value(matrix, "zh")
    assert threshold_value(matrix, "en").startswith(
        "blue: ZG-02 “Problem closed late or open past its deadline”"
    )


def test_no_threshold_shows_a_name_of_the_code():
    told = {
        (entry.rule_id, p.name, lang): threshold_value(p, lang)
        for entry in catalogue().values()
        for p in entry.params.values()
        for lang in ("zh", "en")
    }
    assert not {key: value for key, value in told.items() if "_" in value}
    assert told["DQ-02", "pairs", "zh"].startswith("公务接待台账（")
    assert told["ST-24", "min_rounds", "zh"] == "3 轮" and told["ST-03", "hi", "en"] == "8 °C"


@pytest.mark.parametrize(
    ("rule_id", "name", "zh", "en"),
    [
        ("RX-B04", "share", "10%", "10%"),
        ("KH-01", "raised", "25%", "25%"),
        (
            "RX-02",
            "target",
            "按时响应：100%、解决：90%、满意：85%",
            "response: 100%, resolution: 90%, satisfaction: 85%",
        ),
        ("QD-22", "levels", "省级、市级、区级", "province, city, district"),
        ("DQ-04", "min_coverage", "100%", "100%"),
    ],
)
def test_shares_are_told_in_percent_and_a_word_once(rule_id, name, zh, en):
    threshold = catalogue()[rule_id].params[name]
    assert (threshold_value(threshold, "zh"), threshold_value(threshold, "en")) == (zh, en)


def test_a_message_tells_a_difference_without_its_sign_and_a_share_in_percent():
    gap = {"fiscal_year": 2021, "item": "会议费", "spent": 1, "booked": 261, "vouchers": 2, "gap": -1260.5}
    assert "相差1,260.50元" in sentence(catalogue()["JF-05"], "gap", gap, "zh")
    assert "1,260.50 yuan apart" in sentence(catalogue()["JF-05"], "gap", gap, "en")
    month = sentence(catalogue()["ST-11"], "month", {"month": "2021-03", "gap": -90.0, "percent": -4.0}, "zh")
    assert "盈亏-90元（-4%），预警线3%" in month


@pytest.mark.parametrize(
    ("rule_id", "cases", "values", "zh", "en"),
    [
        (
            "ST-B02",
            [{"case": "rank", "e_rank": 2, "e_mean": 78.1, "e_full": 120}, {"case": "hazard"}],
            {"e_year": 2021, "e_honor_type": "先进食堂"},
            "甲校获2021年“先进食堂”，全年均分78.1（满分120），排第2；当年有食品事故或重大隐患",
            "; a food accident or major hazard in that year",
        ),
        (
            "KH-03",
            [{"case": "carded", "e_praise": "优秀"}, {"case": "carded", "e_praise": "优秀共产党员"}],
            {"e_person_id": "张三", "e_year": 2021, "e_issue_date": date(2021, 2, 1)},
            "张三：2021年获优秀，2021-02-01被亮红牌；2021年获优秀共产党员，2021-02-01被亮红牌",
            "; outstanding Party member in 2021, red card of 2021-02-01",
        ),
    ],
)
def test_a_sentence_on_the_same_subject_does_not_name_it_again(rule_id, cases, values, zh, en):
    bare = dict.fromkeys(("date", "amount", "severity", "kind")) | {
        "_rids": [],
        "unit": "甲校",
        "subject": "一",
    }
    hits = [bare | values | case for case in cases]
    (found,) = make_findings(catalogue()[rule_id], Outcome(rule_id, "findings", hits=hits), lambda rid: rid)
    assert found["message_zh"] == zh and found["message_en"].endswith(en)


def test_a_share_claimed_has_its_sign_at_the_number():
    values = {"claim_text": "整改完成率98.6%", "computed": 98.649, "figure_day": "2021-12-31"}
    values |= {"uom": "%", "uom_en": "%"}
    told = [sentence(catalogue()["DQ-05"], "agrees_rounded", values, lang) for lang in ("zh", "en")]
    assert "复算98.649%，按汇报的位数取整一致" in told[0] and "give 98.649% as of" in told[1]


def test_keywords_of_a_pattern_stand_as_a_list():
    words, cased = catalogue()["ST-19"].params["words"], catalogue()["QD-03"].params["cased"]
    assert threshold_value(words, "zh").startswith("香烟、卷烟、…烟、白酒")
    assert threshold_value(cased, "en").startswith("5.6, .22, 7.62, 9mm")


def test_a_mapping_tells_each_pair_once_and_two_numbers_as_a_range():
    box = threshold_value(catalogue()["QD-17"].params["box"], "zh")
    assert box.startswith("气枪、4.5：500；5.6、.22：50；") and "；7.62：20" in box and "|" not in box
    masses = threshold_value(catalogue()["ST-09"].params["kilograms"], "zh")
    assert "公斤：1、千克：1、克：0.001、吨：1,000" in masses and masses.count("公斤：1") == 1
    sizes = catalogue()["CD-04"].params["range_m2"]
    assert threshold_value(sizes, "zh").startswith("篮球场：364至1,000、三人制篮球场：150至420、")
    assert "：2,000至3,700、" in threshold_value(sizes, "zh"), "2000 is no year here"


def test_what_is_from_memory_is_said_once():
    told = rule_notes(["ST-03", "ST-02"], {}, "zh")
    assert "（凭记忆）" in told and "（凭记忆） <small>" not in told
    assert "<small>" in rule_notes(["QD-01"], {}, "zh")


def test_a_law_has_the_days_that_it_governs():
    assert "2023-01-01起：《体育法》" in rule_notes(["FX-B05"], {}, "zh")
    assert "Until 2023-02-28: " in rule_notes(["AQ-08"], {}, "en")


def test_what_chinese_counts_in_tens_of_thousands_has_its_unit_and_is_full_in_english():
    assert label("venue_area", "zh", "CD-01") == "场地面积（万平方米）"
    assert proof("venue_area", 6.38, {}, "zh", {}) == "6.38"
    assert proof("venue_area", 6.38, {}, "en", {}) == "63,800 m²"
    tolerance = catalogue()["CD-02"].params["tol_wan_m2"]
    assert threshold_value(tolerance, "en") == "50 m²"


def test_the_day_of_a_week_has_its_name():
    entry, values = catalogue()["ST-24"], {"visits": 4, "weekday": 2}
    assert "都在星期二" in sentence(entry, "weekday", values, "zh")
    assert "all on a Tuesday" in sentence(entry, "weekday", values, "en")
    assert (proof("weekday", 7, values, "zh", {}), proof("weekday", 7, values, "en", {})) == (
        "日",
        "Sunday",
    )


def test_a_rule_may_call_a_value_by_a_name_of_its_own():
    assert label("issued", "zh", "ST-11") == "出库金额（元）" != label("issued", "zh")


def test_a_threshold_nobody_has_set_says_so():
    names = next(p for p in catalogue()["JD-04"].params.values() if p.name == "short_names")
    assert (threshold_value(names, "zh"), threshold_value(names, "en")) == ("未设置", "not set")


def test_money_in_messages_and_values_has_two_digits_of_fen_or_none():
    values = {"voucher_no": "记7", "registered": 2201.4, "booked": 2202.0, "amount": -0.6}
    entry = catalogue()["JD-11"]
    assert sentence(entry, "differs", values, "zh") == "凭证记7：台账2,201.40元，账上2,202元，相差0.60元"
    assert "2,201.40 yuan" in sentence(entry, "differs", values, "en")
    assert proof("booked", 0.5, values, "zh", {}, told_in_yuan(entry)) == "0.50"
    assert proof("times", 0.5, values, "zh", {}, told_in_yuan(entry)) == "0.5"


def test_a_fixed_word_that_proves_an_english_finding_is_english():
    assert proof("claim_key", "超标准接待数", {}, "en", {}) == "receptions above standard"
    assert proof("claim_key", "超标准接待数", {}, "zh", {}) == "超标准接待数"
    assert proof("unit", "食堂", {}, "en", {"食堂": "一食堂"}) == "一食堂 (食堂)"
