"""What a rule came to, and why it did not run, in the reader's words."""

from mingjing.processes import ENDED
from mingjing.rules.catalogue import Entry
from mingjing.tables import tables
from mingjing.tables.words import in_english
from mingjing.wording import listed, number, plural

OUTCOMES = {
    "passed": ("通过", "passed"),
    "findings": ("有发现", "findings"),
    "not_run": ("未运行", "not run"),
}
_REASONS = {
    "no_data": ("没有数据：{}", "no data: {}"),
    "column_missing": ("缺列：{}", "column missing: {}"),
    "unknown_value": ("取值都不在目录中：{}", "no value is in the catalogue: {}"),
    "no_rows": ("本期没有记录：{}", "no rows in the period: {}"),
    "no_entries": ("台账中没有这类记录：{}", "the ledger holds no such entry: {}"),
    "none_such": ("所查范围内没有这类记录：{}", "no such entry among those looked at: {}"),
    "no_unit": (
        "无法按单位判断：有关记录没有单位",
        "cannot be told by unit: the rows it looks at name none",
    ),
    "not_by_unit": (
        "无法按单位判断：所查台账不按单位登记",
        "cannot be told by unit: the ledger it looks at is not kept by unit",
    ),
    "of_no_unit": (
        "无法按单位判断：查出的情况不限于一个单位，或没有写明单位",
        "cannot be told by unit: what it found is of several units, or of none that is named",
    ),
    "unplaced": (
        "另查出不限于一个单位或没有写明单位的情况，是否涉及所选单位无法判断",
        "it also found what is of several units, or of none that is named; whether it concerns those asked for cannot be told",
    ),
    "unfinished": ("所判断的期间尚未结束{}", "the span it judges is not over yet{}"),
    "no_calendar": (
        "当年的放假调休安排尚未公布，无法推算工作日和节日",
        "the holidays of the year are not published; working days and festivals cannot be told",
    ),
    "no_evidence": ("没有可以用台账判断的表述", "no claim that the ledgers could judge"),
    "digits_unfit": (
        "笔数太少，或金额跨度不足两个数量级，不宜做数字检验：{}",
        "too few amounts, or within two orders of magnitude: unfit for a test of digits: {}",
    ),
    "draft": ("规则还是草稿，没有启用", "the rule is a draft and not in force yet"),
    "engine": ("所选的计算引擎不能运行这条规则", "the engine chosen cannot run this rule"),
    "ended": ("运行这条规则的进程中途终止，可能是内存不足", ENDED),
    "weights": ("配置的权重之和不为一", "the weights configured do not add up to one"),
}
# ledgers whose rows are things that a reader counts by another name
_THINGS = {
    "intake_sheet": {"zh": "{}张表", "en": "{} sheet(s)"},
    "unit": {"zh": "{}个单位", "en": "{} unit(s)"},
}


def things(entry: Entry, lang: str) -> str:
    """How the number of what a rule checked is said; empty where these are rows."""
    return (entry.counted or _THINGS.get(next(iter(entry.needs), ""), {})).get(lang, "")


def checked(count: int | None, entry: Entry, lang: str, rows: str = "{}") -> str:
    """How much a rule checked, in what a reader counts; `rows` says it of rows."""
    if count is None:
        return "不公布" if lang == "zh" else "not public"
    return plural((things(entry, lang) or rows).format(number(count, "rows")))


def reason_text(reason: tuple[str, str], lang: str) -> str:
    """`(code, what was missing)` of an outcome as one phrase; an empty text when the rule ran."""
    code, what = reason
    zh, en = _REASONS.get(code, ("{}", "{}") if what else (code, code))
    return (zh if lang == "zh" else en).format(_labels(what, lang))


def _labels(what: str, lang: str) -> str:
    """`food_log.weight_g, food_log.dish, rating` as the reader knows them: 留样与温度记录表（留样重量、菜品）、评议评分表."""
    columns: dict[str, list[str]] = {}
    for table, _, column in (part.partition(".") for part in what.split(", ") if part):
        columns.setdefault(table, []).extend([column] if column else [])
    return listed((_label(table, names, lang) for table, names in columns.items()), lang)


def _label(table: str, columns: list[str], lang: str) -> str:
    declared = tables()[table]
    known = declared.columns
    names = [known[c].label(lang) if c in known else c if lang == "zh" else in_english(c) for c in columns]
    if not names:
        return declared.label(lang)
    return declared.label(lang) + (
        f"（{listed(names, lang)}）" if lang == "zh" else f" ({listed(names, lang)})"
    )
