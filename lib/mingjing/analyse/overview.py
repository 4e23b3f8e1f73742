"""The whole report on one page: what was checked, found, changed and not checked, unit by unit and area by area.

Everything here is made of findings, outcomes of rules, and what the area's own analyses say; no ledger is read.
"""

from dataclasses import dataclass
from importlib import resources
from typing import Any

import pandas as pd

from mingjing.analyse import Screen, rectification
from mingjing.analyse.claims import judged
from mingjing.analyse.lookback import compared, since
from mingjing.areas import AREAS, area_of
from mingjing.rules.catalogue import Threshold, overridden, read_thresholds

LEADS = ("suspect", "warning")
PARTS = {
    "soundness": ("得分", "points kept"),
    "self_found": ("问题由自查发现", "problems found by self-check"),
    "put_right": ("上次发现已消除", "earlier findings resolved"),
}


def terms(overrides: dict[str, Any] | None = None) -> dict[str, Threshold]:
    """What the index is made up of, with the bureau's own values in their place."""
    text = resources.files(__package__).joinpath("overview.toml").read_text("utf-8")
    return overridden("overview", read_thresholds(text), overrides or {})


@dataclass(frozen=True)
class Reported:
    """What one run reports on: areas by name, and the reason for each whose notebook failed."""

    areas: tuple[str, ...] = tuple(area for area in AREAS if area != "overview")
    failed: tuple[tuple[str, str], ...] = ()

    @property
    def absent(self) -> list[str]:
        """Areas of the report that are not in this run."""
        return [area for area in AREAS if area != "overview" and area not in self.areas]


def areas(audit) -> pd.DataFrame:
    """One row per area of the run: `area rules ran findings apart high new recurred resolved`; a public audit, which is held
    against no earlier run, and one that has none to be held against, end with `high`.

    A rule that did not run is not in `ran`; `findings` is missing where none of the area's rules ran; `apart` are those of no
    unit.
    """
    found, gone = (
        audit.check(audit.reported.areas).to_pandas(),
        audit.resolved(audit.reported.areas).to_pandas(),
    )
    lines = []
    for area in audit.reported.areas:
        outcomes, here = audit.outcomes(area), found[found.area == area]
        ran = int((outcomes.outcome != "not_run").sum())
        line = {"area": area, "rules": len(outcomes), "ran": ran, "findings": len(here) if ran else None}
        line |= {"apart": int(here.unit.isna().sum()) if ran else None}
        line |= {"high": int((here.severity == "high").sum()), "resolved": int((gone.area == area).sum())}
        lines.append(line | {name: int((here.status == name).sum()) for name in ("new", "recurred")})
    columns = ["area", "rules", "ran", "findings", "apart", "high"]
    columns += ["new", "recurred", "resolved"] if compared(audit) and not audit.release else []
    return pd.DataFrame(lines, columns=columns).astype({"findings": "Int64", "apart": "Int64"})


def unchecked(audit) -> pd.DataFrame:
    """Rules that did not run, grouped by reason, most first: `reason rules areas ids`; `rules` counts them."""
    outcomes = audit.outcomes(audit.reported.areas)
    silent = outcomes[outcomes.outcome == "not_run"]
    silent = silent.assign(area=[area_of(rule_id) for rule_id in silent.rule_id])
    lines = [
        (reason, len(part), list(dict.fromkeys(part.area)), part.rule_id.tolist())
        for reason, part in silent.groupby("reason")
    ]
    frame = pd.DataFrame(lines, columns=["reason", "rules", "areas", "ids"])
    return frame.sort_values(["rules", "reason"], ascending=[False, True], ignore_index=True)


def looked_at(audit) -> pd.DataFrame:
    """One row per unit and rule that had something of the unit to look at, or found fault with it: `unit rule_id area
    severity`."""
    lines = [
        (unit, entry.rule_id, entry.area, entry.severity)
        for entry, outcome in audit.results(audit.reported.areas)
        for unit in sorted({*outcome.units, *(hit["unit"] for hit in outcome.hits if hit["unit"])})
    ]
    return pd.DataFrame(lines, columns=["unit", "rule_id", "area", "severity"])


def board(audit) -> pd.DataFrame:
    """Findings by unit and area: `unit_id area findings`; missing where no rule of the area that ran had rows of the
    unit to look at: it was not checked, which is not the same as nothing found."""
    found = audit.check(audit.reported.areas).to_pandas()
    seen = looked_at(audit)
    counts = found.groupby(["unit", "area"]).size()
    checked = set(zip(seen.unit, seen.area, strict=True))
    units = sorted({unit for unit, _ in checked} | set(found.unit.dropna()))
    lines = [
        (unit, area, counts.get((unit, area), 0 if (unit, area) in checked else None))
        for unit in units
        for area in audit.reported.areas
    ]
    return pd.DataFrame(lines, columns=["unit_id", "area", "findings"]).astype({"findings": "Int64"})


def index(audit) -> pd.DataFrame:
    """Self-check index of each unit, lowest first: `unit_id index rules soundness self_found put_right`.

    soundness = 1 − points lost ÷ points of the rules that looked at the unit's rows (points by severity; a suspect or a
    warning loses part of them). self_found: share of its problems on the rectification ledger that self-checks found.
    put_right: share of its earlier findings that are gone, of those whose rules looked again. index = 100 × weighted
    mean of the parts that can be known. Missing for a unit that fewer than `min_rules` rules looked at.
    """
    p = audit.overview_terms
    seen = looked_at(audit)
    found = audit.check(audit.reported.areas).to_pandas()
    parts = pd.DataFrame(
        {"rules": seen.groupby("unit").rule_id.nunique(), "soundness": _soundness(seen, found, p)}
    )
    parts = parts.join(
        pd.DataFrame({"self_found": _self_found(audit, p), "put_right": _put_right(audit, found)})
    )
    weights = pd.Series(p["weights"].value)
    shares = parts[list(weights.index)].astype("float64")
    told = shares.notna().mul(weights).sum(axis=1)
    parts["index"] = (100 * shares.mul(weights).sum(axis=1) / told).where(parts.rules >= p["min_rules"].value)
    parts = parts.rename_axis("unit_id").reset_index().sort_values(["index", "unit_id"], na_position="last")
    return parts[["unit_id", "index", "rules", *PARTS]].reset_index(drop=True)


def _soundness(seen: pd.DataFrame, found: pd.DataFrame, p) -> pd.Series:
    worth = p["severity"].value
    points = seen.assign(points=seen.severity.map(worth).astype("float64"))
    cost = found[found.unit.notna()]
    share = cost.kind.map(lambda kind: p["lead_share"].value if kind in LEADS else 1.0).astype("float64")
    cost = cost.assign(lost=cost.severity.map(worth).astype("float64") * share)
    lost = cost.groupby(["unit", "rule_id"]).lost.max().rename("lost")
    both = points.set_index(["unit", "rule_id"]).join(lost).fillna({"lost": 0.0})
    both["lost"] = both[["lost", "points"]].min(axis=1)
    total = both.groupby("unit")[["lost", "points"]].sum()
    return 1 - total.lost / total.points


def _self_found(audit, p) -> pd.Series:
    problems = rectification.ledger(audit)
    return problems.source_type.isin(p["self_sources"].value).groupby(problems.unit_id).mean()


def _put_right(audit, found: pd.DataFrame) -> pd.Series:
    """Of the findings that earlier runs made and this run looked for again, the share that is gone."""
    gone = audit.resolved(audit.reported.areas).to_pandas().groupby("unit").size()
    stay = found[found.status.isin(["persisting", "recurred"])].groupby("unit").size()
    units = gone.index.union(stay.index)
    gone, stay = gone.reindex(units, fill_value=0), stay.reindex(units, fill_value=0)
    return gone / (gone + stay)


def self_found(audit) -> tuple[int, int]:
    """Problems on the rectification ledger that self-checks found, and all of them."""
    problems = rectification.ledger(audit)
    return int(problems.source_type.isin(audit.overview_terms["self_sources"].value).sum()), len(problems)


def verdicts(audit) -> dict[str, int]:
    """How many claims of reports are `refuted`, `open` (not to be judged) and `supported`."""
    counts = judged(audit).verdict.value_counts()
    return {name: int(counts.get(name, 0)) for name in ("refuted", "open", "supported")}


def first_screen(audit) -> Screen:
    """What is new and what is resolved, where there is a run to compare with; confirmed high, recurred, found by self-check."""
    found = audit.check(audit.reported.areas).to_pandas()
    gone = len(audit.resolved(audit.reported.areas))
    new = int((found.status == "new").sum())
    high = found[found.severity == "high"]
    people = audit.past.people if audit.past else {}
    confirmed = sum(people.get(i, {}).get("verdict") == "confirmed" for i in high.finding_id)
    mine, problems = self_found(audit)
    checked = (
        "自查发现 / 登记的问题",
        "Found by self-check / on record",
        f"{mine} / {problems}" if problems else "—",
    )
    if audit.release:
        return Screen(
            "对外报告不与以前各期比较。",
            "A report for the public is not held against earlier ones.",
            (("程度高 / 全部发现", "High / all findings", f"{len(high)} / {len(found)}"), checked),
        )
    changed = (
        "复发 / 全部发现",
        "Recurred / all findings",
        f"{int((found.status == 'recurred').sum())} / {len(found)}",
    )
    told = verdicts(audit)
    claimed = (
        "被推翻 / 汇报的说法",
        "Refuted / claims of reports",
        f"{told['refuted']} / {sum(told.values())}",
    )
    zh = [f"新发现{new}条"] * bool(since(audit)) + [f"已消除{gone}条"] * compared(audit)
    en = [f"{new} new"] * bool(since(audit)) + [f"{gone} resolved"] * compared(audit)
    return Screen(
        (f"{'，'.join(zh)}。" if zh else "") + _gravest(high, "zh"),
        " ".join(filter(None, (f"{', '.join(en)}." if en else "", _gravest(high, "en")))),
        (
            ("程度高：已核实 / 全部", "High: confirmed / all", f"{confirmed} / {len(high)}"),
            changed if compared(audit) else claimed,
            checked,
        ),
    )


def _gravest(high: pd.DataFrame, lang: str) -> str:
    """The two areas with most findings of high severity, where there are several."""
    counts = high.area.value_counts(sort=False).sort_values(ascending=False, kind="stable")
    if len(counts) < 3:
        return ""
    named = [(AREAS[area].title(lang), n) for area, n in counts.head(2).items()]
    if lang == "zh":
        return f"程度高的最多在{'和'.join(f'{area}（{n}条）' for area, n in named)}。"
    return f"High severity is most frequent in {' and '.join(f'{area} ({n})' for area, n in named)}."
