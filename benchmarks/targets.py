"""How every bench ends: a line for each target, `target | measured | wanted | met`, or what was not measured and why."""

import math
import re
from pathlib import Path


def say(
    target: str, measured: float | None, wanted: float, unit: str = "", least: bool = False, why: str = ""
) -> None:
    """Prints the line. `least`: the wanted is what it must at least be, else what it may at most be."""
    bound = f"at {'least' if least else 'most'} {wanted:g}{unit}"
    if measured is None:
        print(f"{target} | not measured: {why} | {bound} | -", flush=True)
        return
    met = measured >= wanted if least else measured <= wanted
    print(f"{target} | {measured:.3g}{unit} | {bound} | {'met' if met else 'missed'}", flush=True)


def peak_mb() -> float:
    """Most memory this process ever had; `ru_maxrss` also counts that of the process it was started from."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))[1]) / 1024


def exponent(sizes: list[float], seconds: list[float]) -> float | None:
    """How seconds grow with size from the least size to the greatest: 1 is in step with it, 2 with its square."""
    if len(sizes) < 2:
        return None
    (small, short), *_, (large, long) = sorted(zip(sizes, seconds, strict=True))
    return math.log(long / short) / math.log(large / small)
