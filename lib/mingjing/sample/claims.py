"""What the bureau's report says of itself, sentence by sentence, beside a summary whose figures are right."""

from datetime import date
from typing import Any

from mingjing.rules import catalogue
from mingjing.sample.bureau import Bureau, Row

_REPORT, _SUMMARY = "党风廉政建设情况报告", "年度工作总结"
_OCTOBER = date(2021, 10, 31)
# figure, sentence, value, unit
_DENIALS = (
    ("超标准接待数", "严格公务接待，未发生超标准规定接待"),
    ("枪弹差错数", "实现枪弹管理“零差错”"),
    ("安全生产差错数", "做到生产安全差错“零容忍”"),
)
_FIGURES = (
    ("节日检查次数", "累计开展检查活动5次", 5, "次"),
    ("优秀共产党员人数", "表彰32名“优秀共产党员”", 32, "名"),
    ("优秀党务工作者人数", "10名“优秀党务工作者”", 10, "名"),
    ("先进基层党组织数", "1个“先进基层党组织”", 1, "个"),
    ("场地数量", "全市体育场地共建设12630个", 12630, "个"),
    ("场地面积", "总面积2221.78万平方米", 2221.78, "万平方米"),
    ("人均场地面积", "人均体育场地面积3.1平方米", 3.1, "平方米"),
    ("反兴奋剂培训覆盖率", "各县市区、市直训练单位反兴奋剂专题教育培训全覆盖", 100, "%"),
)
_OUTSIDE = (
    "经常参加体育锻炼人数比例位居全省前列",
    "各类体育设施覆盖城乡",
    "在省、市、区监管指导部门历次专项检查中，受到高度肯定",
    "参加各类比赛和平时训练不出现兴奋剂问题",
)


def plant(bureau: Bureau) -> None:
    _honours(bureau)
    for key, text in _DENIALS:
        bureau.plant("DQ-04", _claim(bureau, key, text, 0))
    right = _right(bureau)
    ours = {}
    for key, text, value, uom in _FIGURES:
        row = ours[key] = _claim(bureau, key, text, value, uom)
        fits = key not in right or value in right[key]
        (bureau.near_miss if fits else bureau.plant)("DQ-05", row)
    theirs = _claim(
        bureau,
        "全省人均场地面积",
        "高于全省2.58平方米的平均水平",
        2.58,
        "平方米",
        period_end=date(2020, 12, 31),
    )
    bureau.near_miss("DQ-05", theirs)
    bureau.plant("CD-05", ours["人均场地面积"], theirs)
    for text in _OUTSIDE:
        bureau.near_miss("DQ-05", _claim(bureau, "其他", text, None))
    _summary(bureau, right)


def _claim(
    bureau: Bureau, key: str, text: str, value: float | None, uom: str | None = None, **more: Any
) -> Row:
    usual = {
        "claim_id": bureau.number("HB"),
        "doc_title": _REPORT,
        "claim_key": key,
        "claim_text": text,
        "value": value,
        "uom": uom,
        "round_dp": None,
        "unit_scope": "全局",
        "period_start": date(2021, 1, 1),
        "period_end": _OCTOBER,
    }
    return bureau.add("report_claim", **(usual | more))


def _honours(bureau: Bureau) -> None:
    """As many members honoured as the report says, one party worker fewer, one organisation."""
    honoured = {row["subject_id"] for row in bureau.rows["honor"]}
    blamed = {row["subject_id"] for row in bureau.rows["tricolor"]}
    blamed |= {row.get("person_id") for row in bureau.rows["case_file"]}
    calm = (
        row["person_id"]
        for row in bureau.rows["person"]
        if row["is_party_member"]
        and not row["discipline_end_date"]
        and row["person_id"] not in honoured | blamed
    )
    for kind, wanted in (("优秀共产党员", 32), ("优秀党务工作者", 9)):
        for _ in range(wanted - _honoured(bureau, kind)):
            _honour(bureau, kind, "个人", next(calm))
    _honour(bureau, "先进基层党组织", "单位", bureau.rows["unit"][-1]["unit_id"])


def _honoured(bureau: Bureau, kind: str) -> int:
    return len({row["subject_id"] for row in bureau.rows["honor"] if row["honor_type"] == kind})


def _honour(bureau: Bureau, kind: str, subject_type: str, subject: str) -> None:
    bureau.add(
        "honor",
        honor_id=bureau.number("RY"),
        year=2021,
        period="年度",
        honor_type=kind,
        subject_type=subject_type,
        subject_id=subject,
        publicity_start=date(2021, 6, 15),
        publicity_end=date(2021, 6, 22),
        doc_no="市体党〔2021〕8号",
    )


def _right(bureau: Bureau) -> dict[str, tuple[float, ...]]:
    """What the ledgers give for each figure, worked out by hand; a figure that nobody can work out is not in it."""
    city = next(row for row in bureau.rows["region_stat"] if row["stat_date"] == _OCTOBER)
    right = {
        "场地数量": (city["venue_count"],),
        "场地面积": (city["venue_area"],),
        "人均场地面积": (round(city["venue_area"] / city["resident_pop"], 1),),
        "反兴奋剂培训覆盖率": (),
    }
    for key, kind in catalogue()["DQ-05"].params["honours"].value.items():
        right[key] = (_honoured(bureau, kind),)
    checks = [
        row
        for row in bureau.rows["activity_log"]
        if row["act_type"] == "节日专项检查" and row["act_time"].date() <= _OCTOBER
    ]
    if checks and all(row.get("round_id") for row in checks):
        right["节日检查次数"] = (len({row["round_id"] for row in checks}), len(checks))
    return right


def _summary(bureau: Bureau, right: dict[str, tuple[float, ...]]) -> None:
    """The same figures as the ledgers have them, a rate a little too good, and a denial nobody can fault."""
    for key, uom in (("场地数量", "个"), ("场地面积", "万平方米"), ("人均场地面积", "平方米")):
        row = _claim(
            bureau,
            key,
            f"{key}{right[key][0]}{uom}",
            right[key][0],
            uom,
            doc_title=_SUMMARY,
            round_dp=2 if key == "场地面积" else None,
        )
        bureau.near_miss("DQ-05", row)
    _claim(bureau, "全省人均场地面积", "全省人均2.58平方米", 2.58, "平方米", doc_title=_SUMMARY)
    bureau.near_miss("CD-05", bureau.rows["report_claim"][-2])
    problems = bureau.rows["rectification"]
    rate = round(100 * sum(row["status"] == "已销号" for row in problems) / len(problems), 1)
    for value, put in ((rate, bureau.near_miss), (100, bureau.plant)):
        row = _claim(
            bureau,
            "整改完成率",
            f"整改完成率{value}%",
            value,
            "%",
            doc_title=_SUMMARY,
            period_end=date(2021, 12, 31),
        )
        put("DQ-05", row)
    safe, unseen = _safe_units(bureau)
    bureau.near_miss("DQ-04", _safe(bureau, safe["unit_name"]))
    bureau.plant("DQ-04", _safe(bureau, unseen["unit_name"]))
    told = _claim(bureau, "枪弹差错数", "查处枪弹管理差错2起", 2, "起", doc_title=_SUMMARY)
    bureau.near_miss("DQ-04", told)


def _safe(bureau: Bureau, unit: str) -> Row:
    key, text = "安全生产差错数", f"{unit}安全生产无差错"
    return _claim(bureau, key, text, 0, doc_title=_SUMMARY, unit_scope=unit)


def _safe_units(bureau: Bureau) -> tuple[Row, Row]:
    """The last unit that no rule on which the denial rests finds fault with, and the last at which none has anything to
    look at."""
    params = catalogue()["DQ-04"].params
    mapped = {*params["direct"].value["安全生产差错数"], *params["bearing"].value["安全生产差错数"]}
    faulty = {row.get("unit_id") for rule_id, rows in bureau.planted if rule_id in mapped for row in rows}
    kept = [{row["unit_id"] for row in bureau.rows[name]} for name in ("hazard", "site")]
    calm = [row for row in bureau.rows["unit"] if row["unit_id"] not in faulty]
    seen = [row for row in calm if all(row["unit_id"] in units for units in kept)]
    return seen[-1], [row for row in calm if not any(row["unit_id"] in units for units in kept)][-1]
