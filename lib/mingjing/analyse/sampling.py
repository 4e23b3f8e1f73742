"""The working cycle of a sample: plan it, draw it, evaluate what the auditor found, conclude in a sentence.

The sheet handed out and read back is `mingjing.analyse.sampling_sheet`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mingjing.errors import UsageError, nearest
from mingjing.stats import sample_size, select_mus, stringer_bound, upper_bound
from mingjing.stats.base import Result, numbers

KINDS = ("monetary", "attribute")


@dataclass(frozen=True)
class Plan(Result):
    """A sample planned: `n` draws; for monetary units one draw each `interval` yuan of `value`.

    `materiality` is the tolerable rate of error, `left_out` how many items have no positive amount and cannot be drawn.
    """

    kind: str
    n: int
    interval: float | None
    materiality: float
    confidence: float
    expected: float
    method: str
    population: int
    value: float
    left_out: int


def plan_sample(
    book: Iterable[float],
    materiality: float = 0.05,
    confidence: float = 0.95,
    expected: int | float = 0,
    kind: str = "monetary",
    method: str = "poisson",
) -> Plan:
    """Size of the sample that shows errors stay below materiality, if no more than `expected` of them are found.

    book: amount of each item; those missing, zero or negative have no monetary units and are `left_out` of `monetary`.
    Sizes as in `mingjing.stats.sample_size`, at most every item for `attribute`.
    """
    if kind not in KINDS:
        raise UsageError(f"there is no kind of sample “{kind}”", todo=nearest(str(kind), KINDS))
    amounts = numbers(book, "book", missing=True)
    positive = amounts[amounts > 0]
    population = int(positive.size if kind == "monetary" else amounts.size)
    if not population:
        raise UsageError(
            "there is no item to draw from", todo="Choose a ledger and column that hold amounts."
        )
    # monetary units are drawn from yuan, of which there is no lack where items are few
    most = population if kind == "attribute" or method == "hypergeometric" else None
    n = sample_size(materiality, confidence, expected, method, most)
    value = float(positive.sum())
    return Plan(
        kind=kind,
        n=n if kind == "monetary" else min(n, population),
        interval=value / n if kind == "monetary" else None,
        materiality=materiality,
        confidence=confidence,
        expected=expected,
        method=method,
        population=population,
        value=value,
        left_out=int(amounts.size - positive.size) if kind == "monetary" else 0,
    )


def draw(plan: Plan, book: Iterable[float], seed: int, selection: str = "fixed") -> pd.DataFrame:
    """Items drawn, in the order of the ledger: `item` (position from 0), `book`, `times`, `certain`.

    Monetary units: every item of an interval or more is `certain` and not drawn (`times` is 0); the rest is drawn by `fixed`,
    `cell` or `random` selection with the same interval. Attributes: simple random, without replacement.
    """
    amounts = numbers(book, "book", missing=True)
    if plan.kind == "attribute":
        items = np.sort(np.random.default_rng(seed).choice(amounts.size, plan.n, replace=False))
        return pd.DataFrame({"item": items, "book": amounts[items], "times": 1, "certain": False})
    certain = np.flatnonzero(amounts >= plan.interval)
    rest = np.flatnonzero((amounts > 0) & (amounts < plan.interval))
    times = np.zeros(amounts.size, dtype=int)
    if rest.size:
        interval = min(plan.interval, float(amounts[rest].sum()))
        drawn = select_mus(amounts[rest], interval=interval, method=selection, seed=seed)
        np.add.at(times, rest[drawn], 1)
    items = np.union1d(certain, np.flatnonzero(times))
    return pd.DataFrame(
        {
            "item": items,
            "book": amounts[items],
            "times": times[items],
            "certain": amounts[items] >= plan.interval,
        }
    )


@dataclass(frozen=True)
class Evaluation(Result):
    """What the sample says of the whole. Yuan for monetary units, rates for attributes.

    `likely` and `upper` are overstatement (or errors), `under_likely` and `under_upper` understatement by itself, never
    set off; an upper limit is None where no limit can be given. `limit` is the tolerable amount or rate.
    """

    plan: Plan
    items: int
    errors: int
    likely: float
    upper: float
    under_likely: float | None
    under_upper: float | None
    limit: float

    @property
    def accepted(self) -> bool:
        """Whether errors in either direction stay below what is tolerable, at the confidence planned."""
        sides = (self.upper,) if self.plan.kind == "attribute" else (self.upper, self.under_upper)
        return all(side is not None and side < self.limit for side in sides)

    def sentence(self, lang: str = "zh") -> str:
        """The conclusion in one sentence."""
        zh, plan = lang == "zh", self.plan
        sure = f"{plan.confidence:.0%}"
        if plan.kind == "attribute":
            text = (
                f"从{plan.population:,}项中抽查{self.items:,}项，{self.errors:,}项有差错；有{sure}的把握，差错率不超过{self.upper:.2%}，"
                f"可容忍{self.limit:.2%}"
                if zh
                else f"{self.errors:,} of {self.items:,} items examined, out of {plan.population:,}, are in error; at {sure} confidence "
                f"the rate is at most {self.upper:.2%}, tolerable {self.limit:.2%}"
            )
        else:
            text = (
                f"从{plan.population:,}项、{plan.value:,.2f}元中抽查{self.items:,}项，{self.errors:,}项有错报；最可能高估{self.likely:,.2f}元；"
                f"有{sure}的把握，高估不超过{self.upper:,.2f}元，{self._under(zh)}，可容忍{self.limit:,.2f}元"
                if zh
                else f"{self.errors:,} of {self.items:,} items examined, out of {plan.population:,} and {plan.value:,.2f} yuan, are "
                f"misstated; most likely overstated by {self.likely:,.2f} yuan; at {sure} confidence by at most {self.upper:,.2f}, "
                f"{self._under(zh)}, tolerable {self.limit:,.2f}"
            )
        if zh:
            return f"{text}：{'可以接受' if self.accepted else '不能据此接受，须扩大检查'}。"
        return f"{text}: {'acceptable' if self.accepted else 'not shown to be acceptable; examine more'}."

    def _under(self, zh: bool) -> str:
        if self.under_upper is None:
            return "低估没有上限" if zh else "understated without a limit"
        most = f"{self.under_upper:,.2f}"
        return f"低估不超过{most}元" if zh else f"understated by at most {most}"


def evaluate(plan: Plan, drawn: pd.DataFrame, audited: Iterable[float]) -> Evaluation:
    """Evaluates the items of `draw`; `audited`: their true amounts, or for `attribute` 1 (in error) and 0, same order.

    Monetary units: what items drawn for certain are misstated by, plus the Stringer bound of the rest (binomial unless
    planned with Poisson) times the yuan their draws stand for. Attributes: the upper bound of the method planned. UsageError for an item
    overstated by more than its book amount: judge it by itself.
    """
    found = numbers(audited, "audited")
    if found.size != len(drawn):
        raise UsageError(f"{found.size} results do not fit {len(drawn)} items drawn")
    if plan.kind == "attribute":
        if not np.isin(found, (0, 1)).all():
            raise UsageError("results of an attribute sample are 0 or 1")
        k = int(found.sum())
        upper = upper_bound(found.size, k, plan.confidence, plan.method, plan.population)
        return Evaluation(plan, found.size, k, k / found.size, upper, None, None, plan.materiality)
    book, sure = drawn.book.to_numpy(), drawn.certain.to_numpy(dtype=bool)
    over = book - found
    # each draw stands for an interval of yuan, as table C-1 of the guide is used; right on average over the starts
    step = min(plan.interval, plan.value - float(book[sure].sum()))
    taints = np.repeat(over[~sure] / book[~sure], drawn.times.to_numpy()[~sure])
    sides = []
    for sign in (1, -1):
        known = float(np.clip(sign * over[sure], 0, None).sum())
        sides.append(_side(plan, np.clip(sign * taints, 0, None), known, step, strict=sign == 1))
    (likely, upper), (under_likely, under_upper) = sides
    errors = int((np.abs(over) >= 0.005).sum())
    limit = plan.materiality * plan.value
    return Evaluation(plan, len(drawn), errors, likely, upper, under_likely, under_upper, limit)


def _side(
    plan: Plan, taints: np.ndarray, known: float, step: float, strict: bool
) -> tuple[float, float | None]:
    """Most likely misstatement and its upper limit, in one direction."""
    if not taints.size:
        return known, known
    likely = known + float(taints.sum()) * step
    if not strict and (taints > 1).any():
        return likely, None
    method = "poisson" if plan.method == "poisson" else "binomial"
    bound = stringer_bound(taints.size, taints[taints > 0], plan.confidence, method)
    return likely, known + bound * taints.size * step
