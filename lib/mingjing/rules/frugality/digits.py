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
    """Positive entries of the period without pay and the like, whose sums are fixed: `_rid unit_id amount number`,
    sorted by the number of the unit, so that the engine finds a unit without reading all; the unit of most entries comes
    first."""

    def build() -> ir.Table:
        t = ledgers.expense
        t = t.filter(ledgers.in_period(t.voucher_date) & (t.amount > 0) & t.econ_item.notin(p.fixed_items))
        units = t.filter(_.unit_id.notnull()).group_by("unit_id").agg(entries=_.count())
        order = [units.entries.desc(), units.unit_id]
        units = units.mutate(number=ibis.row_number().over(order_by=order))
        return t.left_join(units, "unit_id").select("_rid", "unit_id", "amount", "number").order_by("number")

    return ledgers.materialised(f"spent_{zlib.crc32('|'.join(p.fixed_items).encode()):08x}", build)


def sizes(t: ir.Table) -> pd.DataFrame:
    """How many entries each unit has: `number n`."""
    return t.filter(_.number.notnull()).group_by("number").agg(n=_.count()).order_by("number").to_pandas()


def parts(t: ir.Table, units: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The entries of whole units, the first so many of `sizes`, some units at a time, since those of all may not fit into
    memory."""
    for _part, some in units.groupby(units.n.cumsum() // AT_ONCE):
        yield t.filter(_.number.between(int(some.number.iloc[0]), int(some.number.iloc[-1]))).to_pandas()


def tested(t: ir.Table, digits: str) -> Iterator[tuple[str, pd.DataFrame, DigitTest]]:
    """Each unit whose amounts are fit for the test; where none has enough of them, all units together."""
    units, fit = sizes(t), 0
    for frame in parts(t, units[units.n >= least_n(digits)]):
        for unit, part in frame.groupby("unit_id"):
            test = digit_test(part.amount.to_numpy(), digits)
            fit += test.suitable
            if test.suitable:
                yield unit, part, test
    if len(units) > 1 and not fit:
        frame = t.to_pandas()
        test = digit_test(frame.amount.to_numpy(), digits)
        if test.suitable:
            yield WHOLE, frame, test


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
    t, found, ran = spent(ledgers, p), [], False
    for digits in ("first", "first_two"):
        judged = [
            (test.p_value, _excess(unit, digits, part, test, p) if _may_stand(test, p) else None)
            for unit, part, test in tested(t, digits)
        ]
        ran |= bool(judged)
        stands = false_discoveries([p_value for p_value, _found in judged], p.fdr)
        found += [excess for (_value, excess), real in zip(judged, stands, strict=True) if real and excess]
    if not ran:
        raise NotRun("digits_unfit", "expense.amount")
    t = _findings(ledgers, "leading_digits", found)
    for digits in ("first", "first_two"):
        yield digits, t.filter(t.case == digits)


def _may_stand(test: DigitTest, p) -> bool:
    """No value above the rate itself ever stands: of the many units that are near it nothing is kept."""
    return test.conformity == CONFORMITY[-1] and test.p_value <= p.fdr


def _excess(unit: str, digits: str, part: pd.DataFrame, test: DigitTest, p) -> dict:
    """The digit that occurs most beyond what is expected."""
    place = int(np.argmax(np.where(np.array(test.counts) > test.n * np.array(test.expected), test.z, -1)))
    label = test.labels[place]
    rows = part[digits_of(part.amount.to_numpy(), digits) == label]
    return _found(
        unit,
        digits,
        rows,
        p.rows_listed,
        **_share(test, place),
        mad=round(test.mad, 5),
        limit=MAD_LIMITS[digits][-1],
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
    t = spent(ledgers, p)
    units, fit, endings = _units(t, p), False, []
    for unit, part, test in tested(t, "last_two"):
        fit = True
        endings += _ending(unit, part, test, p)
    if len(units) < p.min_units and not fit:
        raise NotRun("digits_unfit", "expense.amount")
    t = _findings(ledgers, "round_sums", [*_round(t, units, p), *endings])
    for case in ("round", "ending"):
        yield case, t.filter(t.case == case)


def _units(t: ir.Table, p) -> pd.DataFrame:
    """Units with enough entries to be compared: how many of them are round (`sum`), how many there are (`size`)."""
    every = sizes(t)
    units = {
        unit: (int(is_round.sum()), len(is_round))
        for frame in parts(t, every[every.n >= p.min_n])
        for unit, is_round in _is_round(frame, p).groupby(frame.unit_id)
    }
    return pd.DataFrame.from_dict(units, orient="index", columns=["sum", "size"])


def _is_round(frame: pd.DataFrame, p) -> pd.Series:
    return np.rint(frame.amount * 100) % round(p.step * 100) == 0


def _round(t: ir.Table, units: pd.DataFrame, p) -> Iterator[dict]:
    """Units with far more round sums than all units together."""
    if len(units) < p.min_units:
        return
    compared = funnel(units["sum"], units["size"], fdr=p.fdr)
    for (unit, (k, n)), flagged in zip(units.iterrows(), compared.flagged, strict=True):
        if flagged and k / n >= p.times * compared.target:
            rows = t.filter(t.unit_id == unit).to_pandas()
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
