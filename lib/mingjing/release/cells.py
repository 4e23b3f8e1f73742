"""Small counts of people: withheld together with the cells that would give them away.

Cell suppression as official statistics practise it: a primary cell is below the smallest count shown, or what it leaves
of its total is; in every row and column of the table with exactly one cell withheld, the next smallest goes with it
(complementary suppression), until nothing can be had by subtraction.
"""

from collections.abc import Sequence

import pandas as pd

from mingjing.release import mask
from mingjing.release.mask import HIDDEN

# pandas carries it through what is done to a table on its way to the page
_MARK = "withheld"


def small(
    audit, frame: pd.DataFrame, people: Sequence[str], shares: Sequence[str] = (), by: Sequence[str] = ()
) -> pd.DataFrame:
    """The frame with small counts empty, and `shares` worked out from them; unchanged for readers inside.

    people: columns that count people, parts and their total. by: columns whose groups have a total that is known
    elsewhere; the whole frame where none is named.
    """
    found = getattr(audit, "release", None)
    if found is None or frame.empty:
        return frame
    hidden = _primary(frame, people, found.policy.smallest)
    while (more := _complementary(frame, people, by, hidden)) is not None:
        hidden[more] = True
    if hidden.any():
        frame = frame.astype(dict.fromkeys([*people, *shares], "float64"))
        frame.loc[hidden, [*people, *shares]] = None
        found.note(", ".join(map(str, frame.columns)), ", ".join(people), "few people", int(hidden.sum()))
        frame = marked(frame)
    return frame


def withheld(audit, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as it is; for the public without its rows, and marked: a table or a plot of it says that it is not published,
    not that there is nothing."""
    return frame if getattr(audit, "release", None) is None else marked(frame.iloc[:0])


def marked(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, with a mark that something of it is withheld."""
    frame = frame.copy()
    frame.attrs[_MARK] = True
    return frame


def in_area(audit, area: str, name: str) -> str:
    """A person's name as it is; for the public the code that findings of this area, and of no other, have for the person."""
    found = getattr(audit, "release", None)
    return mask.in_area(found.policy.key, area, name) if found else name


def is_withheld(frame: pd.DataFrame) -> bool:
    """Whether something of the frame is withheld, or all of it where it is empty."""
    return bool(frame.attrs.get(_MARK))


def few(audit, count: int, total: int) -> str:
    """`count / total` of people, with the count hidden from the public where it, or what it leaves, is small."""
    found = getattr(audit, "release", None)
    small_ = found and any(0 < n < found.policy.smallest for n in (count, total - count, total))
    return (
        f"{HIDDEN} / {HIDDEN if total < found.policy.smallest else total}" if small_ else f"{count} / {total}"
    )


def _primary(frame: pd.DataFrame, people: Sequence[str], smallest: int) -> pd.Series:
    hidden = pd.Series(False, index=frame.index)
    for place, one in enumerate(people):
        hidden |= frame[one].between(1, smallest - 1)
        for other in people[place + 1 :]:
            hidden |= (frame[one] - frame[other]).abs().between(1, smallest - 1)
    return hidden


def _complementary(frame: pd.DataFrame, people: Sequence[str], by: Sequence[str], hidden: pd.Series):
    """The next row to withhold: in a group with one row withheld, the one with the fewest people left."""
    groups = [list(rows) for column in by for rows in frame.groupby(column, sort=True).groups.values()]
    for rows in groups or [list(frame.index)]:
        left = [row for row in rows if not hidden[row] and pd.notna(frame[people[0]][row])]
        if sum(hidden[rows]) == 1 and left:
            return min(left, key=lambda row: (frame[people[0]][row], row))
    return None
