"""The one road to readers outside: what they may see of an audit, and the check that nothing else got out."""

from mingjing.release.cells import few, in_area, is_withheld, marked, small, withheld
from mingjing.release.leaks import LeakError, check_leaks, own_texts
from mingjing.release.mask import HIDDEN
from mingjing.release.policy import Policy, read_policy
from mingjing.release.released import Release, release

__all__ = [
    "HIDDEN",
    "LeakError",
    "Policy",
    "Release",
    "check_leaks",
    "few",
    "in_area",
    "is_withheld",
    "marked",
    "own_texts",
    "read_policy",
    "release",
    "small",
    "withheld",
]
