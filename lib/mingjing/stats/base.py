"""What every statistic shares: reading its input, and showing its result."""

import html
import math
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np

from mingjing.errors import UsageError


class Result:
    """Base of the small frozen results: a table in JupyterLab, everything in it escaped."""

    def _repr_html_(self) -> str:
        shown = ((item.name, getattr(self, item.name)) for item in fields(self) if item.repr)
        lines = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(_shown(value))}</td></tr>"
            for name, value in shown
        )
        return f"<table><caption>{html.escape(type(self).__name__)}</caption>{lines}</table>"


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, tuple | list):
        head = ", ".join(_shown(item) for item in value[:12])
        return f"{head}, … ({len(value)})" if len(value) > 12 else head
    return str(value)


def numbers(values: Iterable, what: str = "values", missing: bool = False) -> np.ndarray:
    """Flat float array; UsageError that names the first entry which is no finite number.

    `missing=True` lets None and NaN through, as NaN.
    """
    return _floats(values, what, missing, dimensions=1)


def matrix(values: Iterable, what: str = "scores", missing: bool = False) -> np.ndarray:
    """Float array of two dimensions, one row per target; errors as in `numbers`."""
    array = _floats(values, what, missing, dimensions=2)
    if array.size == 0:
        raise UsageError(f"{what} are empty", todo="Give one row per target and one column per judge.")
    return array


def _floats(values: Iterable, what: str, missing: bool, dimensions: int) -> np.ndarray:
    if not isinstance(values, Iterable):
        raise UsageError(f"{what} must be a list, not {values!r}", todo="Give it as [1, 2].")
    values = values if hasattr(values, "__array__") or isinstance(values, list | tuple) else list(values)
    try:
        array = np.asarray(values)
    except ValueError:
        raise UsageError(f"{what} have rows of different length", todo="Make every row as long.") from None
    if array.dtype.kind not in "biuf":
        array = np.vectorize(lambda cell: _float(cell, what), otypes=[float])(np.asarray(values, object))
    array = array.astype(float)
    if array.ndim != dimensions:
        if array.size:
            raise UsageError(f"{what} must have {dimensions} dimension(s), not {array.ndim}")
        array = array.reshape((0,) * dimensions)
    bad = np.isinf(array) if missing else ~np.isfinite(array)
    if bad.any():
        place = tuple(int(axis) for axis in np.argwhere(bad)[0])
        raise UsageError(
            f"{what}: entry {place[0] if dimensions == 1 else place} is {array[place]}, not a number",
            todo="Leave it out or correct it first (entries are counted from 0).",
        )
    return array


def _float(cell: Any, what: str) -> float:
    if cell is None:
        return math.nan
    if isinstance(cell, Real | Decimal):
        return float(cell)
    if str(cell) in ("<NA>", "NaT"):
        return math.nan
    raise UsageError(f"{what}: {str(cell)[:40]!r} is not a number", todo="Convert texts to numbers first.")


def fraction(value: Real | Decimal, what: str) -> Fraction:
    """Exact value of a number as it is written: 0.05 is 1/20, not the nearest double."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal) or not math.isfinite(value):
        raise UsageError(f"{what} must be a finite number, not {value!r}")
    return Fraction(value) if isinstance(value, Fraction | int) else Fraction(str(value))


def share(value: Real | Decimal, what: str) -> float:
    """A number strictly between 0 and 1: a confidence, a materiality."""
    if not 0 < fraction(value, what) < 1:
        todo = f"For {value} percent write {float(value) / 100:g}." if 1 < value < 100 else None
        raise UsageError(f"{what} must lie between 0 and 1, not {value}", todo=todo)
    return float(value)


def count(value: Any, what: str, least: int = 0) -> int:
    """A whole number, at least `least`."""
    whole = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    if not whole or value != int(value) or value < least:
        raise UsageError(f"{what} must be a whole number of at least {least}, not {value!r}")
    return int(value)


def generator(seed: int | None) -> np.random.Generator:
    """Random numbers that can be drawn again with the same seed; None draws others each time."""
    return np.random.default_rng(None if seed is None else count(seed, "seed"))
