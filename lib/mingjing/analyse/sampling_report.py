"""What the report of a sample shows: from what it is drawn, the plan in words, what was drawn, what came of it.

Plain tables and sentences; the arithmetic is `mingjing.analyse.sampling`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mingjing.analyse.places import dated_and_priced
from mingjing.analyse.sampling import Evaluation, Plan
from mingjing.errors import UsageError, nearest
from mingjing.tables import Column, Table, tables
from mingjing.wording import plural

_KINDS = {"monetary": ("货币单位抽样", "monetary units"), "attribute": ("属性抽样", "attributes")}
_SELECTIONS = {
    "fixed": ("固定间隔", "fixed interval"),
    "cell": ("每个间隔内随机", "at random within each interval"),
    "random": ("随机", "at random"),
}
_METHODS = {
    "poisson": ("泊松分布", "Poisson"),
    "binomial": ("二项分布", "binomial"),
    "hypergeometric": ("超几何分布", "hypergeometric"),
}


@dataclass(frozen=True)
class Population:
    """The rows a sample is drawn from: those of the units and the period asked for, out of `of` in the ledger.

    `undated` of the rows left out tell no day, so that they may belong to the period.
    """

    table: Table
    column: Column
    rows: pd.DataFrame
    of: int
    undated: int

    @property
    def amounts(self) -> pd.Series:
        return self.rows[self.column.name]

    def name(self, lang: str) -> str:
        """Ledger and column as a reader knows them."""
        table, column = self.table.label(lang), self.column.label(lang)
        return f"{table}“{column}”" if lang == "zh" else f"{table}, {column}"

    def places(self, drawn: pd.DataFrame) -> pd.DataFrame:
        """Key, file, sheet and row of each item drawn."""
        chosen = self.rows.iloc[drawn["item"]]
        keys = chosen[list(self.table.key)].astype(str).agg(" / ".join, axis=1)
        return chosen[["_file", "_sheet", "_row"]].assign(key=keys).reset_index(drop=True)


def population(audit, column: str) -> Population:
    """The rows of `column`, written ledger.column; UsageError with the nearest name for one that holds no numbers."""
    name, _, wanted = column.partition(".")
    frame = audit.table(name)
    declared = tables()[name]
    numeric = [c for c, spec in declared.columns.items() if spec.type in ("number", "int")]
    if wanted not in numeric or wanted not in frame:
        raise UsageError(f"“{column}” is no column of amounts", todo=nearest(wanted, numeric))
    unit, day, _ = dated_and_priced(audit, name)
    kept = frame[frame[unit].isin(audit.units)] if audit.units and unit else frame
    undated = 0
    if day:
        days, last = pd.to_datetime(kept[day]), audit.ledgers.end
        undated = int(days.isna().sum())
        kept = kept[
            (days >= pd.Timestamp(audit.ledgers.start)) & (days < pd.Timestamp(last) + pd.Timedelta(days=1))
        ]
    return Population(declared, declared.columns[wanted], kept.reset_index(drop=True), len(frame), undated)


def told(book: Population, plan: Plan, lang: str) -> str:
    """From what the sample is drawn and what was left out of it."""
    rows, out = len(book.rows), plan.left_out
    if lang == "zh":
        text = f"{book.name(lang)}：台账共{book.of:,}行，属于本次期间和单位的{rows:,}行"
        text += f"（另有{book.undated:,}行没有日期，不在其中）" if book.undated else ""
        text += f"，其中{out:,}行金额缺失、为零或为负，不参加抽取，另行检查" if out else ""
        return f"{text}；总体{plan.population:,}项，{plan.value:,.2f}元。"
    text = f"{book.name(lang)}: {rows:,} of {book.of:,} rows are of the period and the units asked for"
    text += f" ({book.undated:,} more tell no day and are not among them)" if book.undated else ""
    text += (
        f"; {out:,} of them are blank, zero or negative, cannot be drawn and are examined apart"
        if out
        else ""
    )
    return f"{text}. The whole is {plan.population:,} items, {plan.value:,.2f} yuan."


def answer(
    book: Population, plan: Plan, drawn: pd.DataFrame, found: Evaluation | None, lang: str
) -> tuple[str, str, list[tuple[str, str]]]:
    """The report's first screen: sentence, colour, figures. Before the sheet is back, what has to be examined."""
    zh = lang == "zh"
    examined, share = float(drawn.book.sum()), float(drawn.book.sum()) / plan.value if plan.value else 0
    sure = int(drawn.certain.sum())
    if found:
        text = f"{book.name(lang)}{'：' if zh else ': '}{found.sentence(lang)}"
        colour = "green" if found.accepted else "red" if found.likely >= found.limit else "amber"
    elif zh:
        must = f"，其中{sure}项金额大、必查" if sure else ""
        text = f"{book.name(lang)}：{plan.population:,}项中应查{len(drawn):,}项{must}。抽样表尚未交回，没有结论。"
        colour = "grey"
    else:
        must = f", {sure} of them for certain because they are large" if sure else ""
        text = (
            f"{book.name(lang)}: {len(drawn):,} of {plan.population:,} items are to be examined{must}. "
            "The sheet has not come back: no conclusion."
        )
        colour = "grey"
    heads = (
        ("应查项数 / 总体项数", f"应查金额 / 总体金额（元，占{share:.0%}）", f"可容忍的{_wrong(plan, lang)}")
        if zh
        else (
            "Items to examine, of all",
            f"To examine, of all (yuan, {share:.0%})",
            f"Tolerable {_wrong(plan, lang)}",
        )
    )
    values = (
        f"{len(drawn):,} / {plan.population:,}",
        f"{examined:,.0f} / {plan.value:,.0f}",
        _tolerable(plan, lang),
    )
    figures = list(zip(heads, values, strict=True))
    if found:
        head = "有差错的项数 / 抽查项数" if zh else "Items in error / examined"
        figures.insert(1, (head, f"{found.errors:,} / {found.items:,}"))
    return text, colour, figures


def assurance(plan: Plan, lang: str) -> str:
    """What a sample that finds no more than expected would show, and with what confidence."""
    sure, limit, wrong = f"{plan.confidence:.0%}", _tolerable(plan, lang), _wrong(plan, lang)
    some = _expected(plan, lang)
    if lang == "zh":
        found = f"查出的差错不超过预期（{some}）" if plan.expected else "抽中的项目全部无误"
        more = "查出更多的，按查出的多少推断总体" if plan.expected else "查出差错的，按差错推断总体"
        return f"如果{found}，就有{sure}的把握说总体的{wrong}低于{limit}；{more}。"
    found = f"no more is found wrong than expected ({some})" if plan.expected else "every item drawn is right"
    more = f"if {'more' if plan.expected else 'any error'} is found, the whole is judged by how much"
    return f"If {found}, one may say with {sure} confidence that {wrong} in the whole stays below {limit}; {more}."


def planned(book: Population, plan: Plan, drawn: pd.DataFrame, selection: str, lang: str) -> pd.DataFrame:
    """The plan, one line a part."""
    zh, at, money = lang == "zh", lang == "en", plan.kind == "monetary"
    way = _SELECTIONS[selection][at] if money else ("简单随机", "simple random")[at]
    design = ("，" if zh else ", ").join((_KINDS[plan.kind][at], way, _METHODS[plan.method][at]))
    if zh:
        whole = f"{plan.population:,}项，{plan.value:,.2f}元"
        times = f"{plan.n:,}次，每{plan.interval:,.2f}元一次" if money else f"{plan.n:,}项"
        items = f"{len(drawn):,}项（{_drawn(plan, drawn, zh)}）" if money else f"{len(drawn):,}项"
        heads = (
            "台账和列",
            "抽样方法",
            "总体",
            "把握程度",
            f"可容忍的{_wrong(plan, lang)}",
            "预期差错",
            "应抽",
            "应查",
        )
    else:
        whole = f"{plan.population:,} items, {plan.value:,.2f} yuan"
        times = f"{plan.n:,} draws, one each {plan.interval:,.2f} yuan" if money else f"{plan.n:,} items"
        items = f"{len(drawn):,} items ({_drawn(plan, drawn, zh)})" if money else f"{len(drawn):,} items"
        heads = (
            "Ledger and column",
            "Method",
            "The whole",
            "Confidence",
            f"Tolerable {_wrong(plan, lang)}",
            "Errors expected",
            "To be drawn",
            "To be examined",
        )
    values = (
        book.name(lang),
        design,
        whole,
        f"{plan.confidence:.0%}",
        _tolerable(plan, lang),
        _expected(plan, lang),
        times,
        items,
    )
    return pd.DataFrame({"label": heads, "detail": values})


def _drawn(plan: Plan, drawn: pd.DataFrame, zh: bool) -> str:
    """How the items come from the draws planned: what is certain is not drawn and stands for those left over."""
    sure, times = int(drawn.certain.sum()), int(drawn.times.sum())
    rest = len(drawn) - sure
    if not sure:
        return f"抽{times:,}次" if zh else plural(f"in {times:,} draw(s)")
    if zh:
        return f"必查{sure:,}项，不参加抽取，抵{plan.n - times:,}次；其余抽{times:,}次，抽中{rest:,}项"
    stand = "it stands" if sure == 1 else "they stand"
    return plural(
        f"{sure:,} certain, not drawn: {stand} for {plan.n - times:,} draw(s); {rest:,} from {times:,} draw(s) of the rest"
    )


def coverage(book: Population, plan: Plan, drawn: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Items and yuan drawn out of all, by size of amount, the largest first: a power of ten each, above them what is certain."""
    amounts = book.amounts.to_numpy(dtype=float)
    table = pd.DataFrame({"amount": amounts, "picked": np.isin(np.arange(amounts.size), drawn["item"])})
    lines = []
    for name, here in _bands(amounts, plan, lang):
        inside = table[here]
        got, total = inside.amount[inside.picked].sum(), inside.amount.sum()
        percent = round(100 * got / total, 1) if total > 0 else np.nan
        lines.append((name, inside.picked.sum(), len(inside), round(got, 2), round(total, 2), percent))
    heads = ["size_band", "drawn", "population", "book_drawn", "book_total", "money_percent"]
    found = pd.DataFrame(lines, columns=heads)
    return found[found.population > 0].reset_index(drop=True)


def listed(book: Population, drawn: pd.DataFrame) -> pd.DataFrame:
    """Each item drawn with its place: what the sheet asks for. What is certain was not drawn any number of times."""
    places = book.places(drawn)
    return pd.DataFrame(
        {
            "key": places.key,
            "file": places["_file"],
            "sheet": places["_sheet"],
            "row": places["_row"],
            "book": drawn.book.to_numpy(),
            "draws": drawn.times.astype("Int64").mask(drawn.certain).array,
            "certain": drawn.certain.to_numpy(),
        }
    )


def wrong(book: Population, plan: Plan, drawn: pd.DataFrame, audited: list[float] | None) -> pd.DataFrame:
    """Items that the auditor found misstated, the most first; of attributes those in error."""
    table = listed(book, drawn).drop(columns=["draws", "certain"])
    if audited is None:
        return table.head(0)
    if plan.kind == "attribute":
        return table[np.asarray(audited) > 0]
    table = table.assign(audited=audited).assign(misstated=lambda t: (t.book - t.audited).round(2))
    off = table[table.misstated.abs() >= 0.005]
    return off.sort_values("misstated", key=abs, ascending=False, kind="stable")


def limits(found: Evaluation | None, lang: str) -> pd.DataFrame:
    """Most likely error and its upper limit in each direction, beside what is tolerable; blank where there is no limit."""
    heads = ["side", "likely", "upper", "tolerable"]
    if found is None:
        return pd.DataFrame(columns=heads)
    at = lang == "en"
    if found.plan.kind == "attribute":
        rates = (100 * found.likely, 100 * found.upper, 100 * found.limit)
        return pd.DataFrame([(("差错率（%）", "in error (%)")[at], *rates)], columns=heads).round(2)
    over = (("高估（元）", "too high (yuan)")[at], found.likely, found.upper, found.limit)
    under = (("低估（元）", "too low (yuan)")[at], found.under_likely, found.under_upper, found.limit)
    return pd.DataFrame([over, under], columns=heads).astype(dict.fromkeys(heads[1:], float)).round(2)


def _bands(amounts: np.ndarray, plan: Plan, lang: str) -> list[tuple[str, np.ndarray]]:
    """Name and rows of each band, the largest amounts first; of attributes also what has no positive amount."""
    zh, largest = lang == "zh", float(np.nanmax(amounts, initial=0))
    top = plan.interval if plan.kind == "monetary" else np.inf
    edges = [0.0, *(edge for edge in 10.0 ** np.arange(2, 13) if edge < min(top, largest))]
    bands = []
    for low, high in zip(edges, [*edges[1:], top], strict=True):
        if np.isinf(high):
            name = f"{low:,.0f}元以上" if zh else f"{low:,.0f}+"
        elif low:
            name = f"{low:,.0f}至{high:,.0f}元" if zh else f"{low:,.0f}–{high:,.0f}"
        else:
            name = f"不到{high:,.0f}元" if zh else f"below {high:,.0f}"
        bands.append((name, (amounts > 0) & (amounts >= low) & (amounts < high)))
    if np.isfinite(top):
        name = f"必查：{top:,.0f}元以上" if zh else f"Certain: {top:,.0f}+"
        return [(name, amounts >= top), *bands[::-1]]
    blank = "缺失、为零或为负" if zh else "Blank, zero or negative"
    return [*bands[::-1], (blank, ~(amounts > 0))]


def _wrong(plan: Plan, lang: str) -> str:
    if plan.kind == "attribute":
        return "差错率" if lang == "zh" else "rate of errors"
    return "错报" if lang == "zh" else "misstatement"


def _tolerable(plan: Plan, lang: str) -> str:
    rate = f"{plan.materiality * 100:.4g}%"
    if plan.kind == "attribute":
        return rate
    yuan = f"{plan.materiality * plan.value:,.2f}"
    return f"{yuan}元（{rate}）" if lang == "zh" else f"{yuan} yuan ({rate})"


def _expected(plan: Plan, lang: str) -> str:
    if isinstance(plan.expected, float) and plan.expected:
        return f"{plan.expected * 100:.4g}%"
    return f"{plan.expected:g}处" if lang == "zh" else f"{plan.expected:g}"
