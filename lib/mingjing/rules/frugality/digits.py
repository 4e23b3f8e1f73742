"""Digits and round sums of a unit's spending: where a sample is worth drawing, never more than that."""

import zlib
from collections.abc import Iterator

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis import _

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.ledgers import Ledgers
from mingjing.stats import digit_test, false_discoveries, funnel
from mingjing.stats.digits import CONFORMITY, MAD_LIMITS, DigitTest, digits_of, least_n

WHOLE = "ALL"
# Entries taken into memory at once, save those of one unit.
AT_ONCE = 500_000
_FOUND = pa.schema(
    [
        *(
            ("_rid", pa.int64()),
            ("_rids", pa.list_(pa.int64())),
            ("unit", pa.string()),
            ("case", pa.string()),
        ),
        *(("n", pa.int64()), ("mad", pa.float64()), ("limit", pa.float64()), ("digit", pa.string())),
        *(("seen", pa.int64()), ("percent", pa.float64()), ("expected", pa.float64())),
    ]
)


def spent(ledgers: Ledgers, p) -> ir.Table:
    """Positive entries of the period without pay and the like, whose sums are fixed: `_rid unit_id amount`."""
    t = ledgers.expense
    t = t.filter(ledgers.in_period(t.voucher_date) & (t.amount > 0) & t.econ_item.notin(p.fixed_items))
    return t.select("_rid", "unit_id", "amount")


class ByUnit:
    """What is `spent`, some units at a time: the entries of all may not fit into memory.

    units: `number unit_id n`, that of most entries first. The entries lie sorted by the number of their unit, so that the
    engine finds it without reading all; names, most of an entry, are no part of what is sorted.
    """

    def __init__(self, ledgers: Ledgers, p):
        of = f"{zlib.crc32('|'.join(p.fixed_items).encode()):08x}"
        units = ledgers.materialised(f"spent_units_{of}", lambda: _numbered(spent(ledgers, p)))
        self.units = units.order_by("number").to_pandas()
        self._entries = ledgers.materialised(
            f"spent_{of}",
            lambda: (
                spent(ledgers, p)
                .left_join(units, "unit_id")
                .select("_rid", "amount", "number")
                .order_by("number")
            ),
        )

    def parts(self, least: int) -> Iterator[tuple[str, pd.DataFrame]]:
        """Each unit of at least so many entries, with them: `_rid amount`."""
        units = self.units[self.units.n >= least]
        names = dict(zip(units.number, units.unit_id, strict=True))
        for _part, some in units.groupby(units.n.cumsum() // AT_ONCE):
            first, last = int(some.number.iloc[0]), int(some.number.iloc[-1])
            frame = self._entries.filter(_.number.between(first, last)).to_pandas()
            for number, part in frame.groupby("number"):
                yield names[number], part

    def of(self, unit: str) -> pd.DataFrame:
        """The entries of one unit."""
        number = int(self.units.number[self.units.unit_id == unit].iloc[0])
        return self._entries.filter(_.number == number).to_pandas()

    def whole(self) -> pd.DataFrame:
        """All entries, those of no unit too."""
        return self._entries.to_pandas()


def _numbered(t: ir.Table) -> ir.Table:
    units = t.filter(_.unit_id.notnull()).group_by("unit_id").agg(n=_.count())
    order = [units.n.desc(), units.unit_id]
    return units.mutate(number=ibis.row_number().over(order_by=order).cast("int32"))


def tested(t: ByUnit, *kinds: str) -> Iterator[tuple[str, pd.DataFrame, DigitTest]]:
    """Each unit whose amounts are fit for a test of these digits; where none has enough of them, all units together."""
    fit = set()
    for unit, part in t.parts(min(map(least_n, kinds))):
        for digits in kinds:
            if len(part) >= least_n(digits) and (test := digit_test(part.amount.to_numpy(), digits)).suitable:
                fit.add(digits)
                yield unit, part, test
    if len(t.units) > 1 and fit < set(kinds):
        every = t.whole()
        for digits in kinds:
            if digits not in fit and (test := digit_test(every.amount.to_numpy(), digits)).suitable:
                yield WHOLE, every, test


def _found(unit: str, case: str, rows: pd.DataFrame, most: int, **more) -> dict:
    """A finding about the largest of these entries, which a sample would be drawn from."""
    rows = rows.sort_values(["amount", "_rid"], ascending=[False, True])
    rids = [int(rid) for rid in rows._rid[:most]]
    return {"_rid": rids[0], "_rids": rids, "unit": None if unit == WHOLE else unit, "case": case, **more}


def _findings(ledgers: Ledgers, name: str, found: list[dict]) -> ir.Table:
    t = ledgers.store(name, pa.Table.from_pylist(found, _FOUND))
    subject = t.unit.fill_null(WHOLE) + "|" + t.case + "|" + str(ledgers.period)
    return t.mutate(subject=subject, date=ibis.literal(ledgers.end), amount=ibis.null("float64"))


@rule("JF-07")
def leading_digits(ledgers: Ledgers, p):
    kinds, fit = ("first", "first_two"), set()
    judged = {digits: [] for digits in kinds}
    for unit, part, test in tested(ByUnit(ledgers, p), *kinds):
        fit.add(unit)
        excess = _excess(unit, part, test, p) if _may_stand(test, p) else None
        judged[test.digits].append((test.p_value, excess))
    _says_something(ledgers, fit)
    found = []
    for tests in judged.values():
        stands = false_discoveries([p_value for p_value, _excess in tests], p.fdr)
        found += [excess for (_value, excess), real in zip(tests, stands, strict=True) if real and excess]
    t = _findings(ledgers, "leading_digits", found)
    for digits in kinds:
        yield digits, t.filter(t.case == digits)


def _says_something(ledgers: Ledgers, judged: set[str]) -> None:
    """What was tested of others, or of all together, says nothing of the units asked for."""
    if not (judged & set(ledgers.units) if ledgers.units else judged):
        raise NotRun("digits_unfit", "expense.amount")


def _may_stand(test: DigitTest, p) -> bool:
    """No value above the rate itself ever stands: of the many units that are near it nothing is kept."""
    return test.conformity == CONFORMITY[-1] and test.p_value <= p.fdr


def _excess(unit: str, part: pd.DataFrame, test: DigitTest, p) -> dict:
    """The digit that occurs most beyond what is expected."""
    place = int(np.argmax(np.where(np.array(test.counts) > test.n * np.array(test.expected), test.z, -1)))
    label = test.labels[place]
    rows = part[digits_of(part.amount.to_numpy(), test.digits) == label]
    return _found(
        unit,
        test.digits,
        rows,
        p.rows_listed,
        **_share(test, place),
        mad=round(test.mad, 5),
        limit=MAD_LIMITS[test.digits][-1],
    )


def _share(test: DigitTest, place: int) -> dict:
    width = len(str(test.labels[-1]))
    return {
        "n": test.n,
        "digit": f"{test.labels[place]:0{width}d}",
        "seen": test.counts[place],
        "percent": round(test.counts[place] / test.n * 100, 1),
        "expected": round(test.expected[place] * 100, 1),
    }


@rule("JF-08")
def round_sums(ledgers: Ledgers, p):
    t = ByUnit(ledgers, p)
    units, endings = _units(t, p), []
    judged = set(units.index) if len(units) >= p.min_units else set()
    for unit, part, test in tested(t, "last_two"):
        judged.add(unit)
        endings += _ending(unit, part, test, p)
    _says_something(ledgers, judged)
    t = _findings(ledgers, "round_sums", [*_round(t, units, p), *endings])
    for case in ("round", "ending"):
        yield case, t.filter(t.case == case)


def _units(t: ByUnit, p) -> pd.DataFrame:
    """Units with enough entries to be compared: how many of them are round (`sum`), how many there are (`size`)."""
    units = {unit: (int(_is_round(part, p).sum()), len(part)) for unit, part in t.parts(p.min_n)}
    return pd.DataFrame.from_dict(units, orient="index", columns=["sum", "size"])


def _is_round(frame: pd.DataFrame, p) -> pd.Series:
    return np.rint(frame.amount * 100) % round(p.step * 100) == 0


def _round(t: ByUnit, units: pd.DataFrame, p) -> Iterator[dict]:
    """Units with far more round sums than all units together."""
    if len(units) < p.min_units:
        return
    compared = funnel(units["sum"], units["size"], fdr=p.fdr)
    for (unit, (k, n)), flagged in zip(units.iterrows(), compared.flagged, strict=True):
        if flagged and k / n >= p.times * compared.target:
            rows = t.of(unit)
            rows = rows[_is_round(rows, p)]
            more = {"n": int(n), "seen": int(k), "percent": round(k / n * 100, 1)}
            yield _found(unit, "round", rows, p.rows_listed, **more, expected=round(compared.target * 100, 1))


def _ending(unit: str, part: pd.DataFrame, test: DigitTest, p) -> Iterator[dict]:
    """One ending of a unit's amounts that stands out; those of round sums and half yuan are no surprise."""
    usual = np.isin(test.labels, [int(ending) for ending in p.usual_endings])
    above = (np.array(test.counts) > test.n * np.array(test.expected)) & ~usual
    z = np.where(above, test.z, 0)
    if z.max() >= p.z_min:
        place = int(z.argmax())
        rows = part[digits_of(part.amount.to_numpy(), "last_two") == test.labels[place]]
        yield _found(unit, "ending", rows, p.rows_listed, **_share(test, place), mad=round(test.mad, 5))
