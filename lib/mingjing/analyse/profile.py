"""Any ledger at a glance: by month, top-N, ageing, blanks."""

from dataclasses import dataclass

import pandas as pd

from mingjing.analyse.places import dated_and_priced
from mingjing.errors import UsageError
from mingjing.tables import tables

_AGES = ((30, "≤30"), (90, "31–90"), (180, "91–180"), (365, "181–365"), (float("inf"), ">365"))
_GROUPS = 6


@dataclass(frozen=True, repr=False)
class Profile:
    """`blanks`: per column; `months`: rows and yuan by month; `ages`: by days before `as_of`; `top`: column → its N largest."""

    ledger: str
    rows: int
    blanks: pd.DataFrame
    months: pd.DataFrame
    ages: pd.DataFrame
    top: dict[str, pd.DataFrame]
    lang: str

    def parts(self) -> list[tuple[str, pd.DataFrame]]:
        """(heading, table), in the order of reading."""
        zh = self.lang == "zh"
        named = [("逐月", self.months), ("距今天数", self.ages), ("空白", self.blanks)]
        if not zh:
            named = [("By month", self.months), ("By age in days", self.ages), ("Blanks", self.blanks)]
        declared = tables()[self.ledger].columns
        tops = [
            (f"{declared[column].label(self.lang)}{'：最多的' if zh else ': the largest'}", frame)
            for column, frame in self.top.items()
        ]
        return [(head, frame) for head, frame in [*named, *tops] if not frame.empty]

    def __repr__(self) -> str:
        head = f"{tables()[self.ledger].label(self.lang)} ({self.ledger}): {self.rows}"
        return "\n\n".join(
            [head, *(f"{title}\n{frame.to_string(index=False)}" for title, frame in self.parts())]
        )

    def _repr_html_(self) -> str:
        from mingjing.report.desk import parts_html

        return parts_html(self.parts(), self.lang)


def profile(audit, name: str, top: int = 10) -> Profile:
    """Rows of every date and, where the audit has units, of theirs only. Yuan where the ledger has a column of amounts.

    `top`: the `top` largest values of the text columns in which values come back (at most 6 columns, the most telling
    first: the fewest different values per row), by yuan, else by rows.
    """
    if not isinstance(top, int) or top < 1:
        raise UsageError(
            f"top is {top!r}, no number of values to show", todo="Give a whole number, such as 10"
        )
    frame = audit.table(name)
    unit, day, amount = dated_and_priced(audit, name)
    if audit.units and unit:
        frame = frame[frame[unit].isin(audit.units)]
    yuan = frame[amount].astype("float64") if amount else None
    days = pd.to_datetime(frame[day]) if day else None
    declared = [column for column in tables()[name].columns if column in frame]
    blank = [
        (tables()[name].columns[c].label(audit.lang), c, int(frame[c].isna().sum()), len(frame))
        for c in declared
    ]
    blanks = pd.DataFrame([line for line in blank if line[2]], columns=["label", "column", "blank", "rows"])
    none = pd.DataFrame()
    return Profile(
        name,
        len(frame),
        blanks.sort_values("blank", ascending=False, kind="stable", ignore_index=True),
        none
        if days is None
        else _grouped(days.dt.strftime("%Y-%m"), yuan, "month").sort_values("month", ignore_index=True),
        none if days is None else _ages(days, yuan, pd.Timestamp(audit.as_of)),
        {c: _named(audit, _grouped(frame[c], yuan, "value").head(top)) for c in _telling(frame, declared)},
        audit.lang,
    )


def _grouped(by: pd.Series, yuan: pd.Series | None, name: str) -> pd.DataFrame:
    """`name`, rows and, where there are amounts, their sum; the largest first, blanks left out."""
    frame = pd.DataFrame({name: by, "rows": 1} | ({} if yuan is None else {"yuan": yuan}))
    sums = frame.groupby(name, sort=True, observed=True).sum().reset_index()
    return sums.sort_values(
        "rows" if yuan is None else "yuan", ascending=False, kind="stable", ignore_index=True
    )


def _ages(days: pd.Series, yuan: pd.Series | None, as_of: pd.Timestamp) -> pd.DataFrame:
    """By days from the row's date to `as_of`; what is dated later is left out."""
    age = (as_of - days).dt.days
    names = [name for _, name in _AGES]
    bins = [-1, *(limit for limit, _ in _AGES)]
    return _grouped(pd.cut(age, bins, labels=names), yuan, "days").sort_values("days", ignore_index=True)


def _telling(frame: pd.DataFrame, declared: list[str]) -> list[str]:
    texts = [c for c in declared if pd.api.types.is_string_dtype(frame[c]) and frame[c].notna().any()]
    shares = {c: frame[c].nunique() / frame[c].notna().sum() for c in texts if frame[c].nunique() > 1}
    return sorted((c for c, share in shares.items() if share <= 0.5), key=lambda c: (shares[c], c))[-_GROUPS:]


def _named(audit, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(value=frame["value"].map(lambda value: audit.names.get(value, value)))
