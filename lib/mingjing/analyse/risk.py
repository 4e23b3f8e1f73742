"""Risk on paper against risk seen: the register's points, and what the findings of all areas say about them."""

import json

import pandas as pd

from mingjing.analyse import Screen, ledger
from mingjing.rules.risk import register
from mingjing.tables.words import in_english
from mingjing.wording import listed, shortlist


def points(audit) -> pd.DataFrame:
    """Each risk point in force with the findings of its area in its unit: `unit area likelihood impact level findings
    high evidence`. `evidence` is False, and `findings` blank, where no rule of that area looked at rows of the
    unit: silence is not safety."""
    p = audit.params("LZ-B02")
    columns = ["unit", "area", "likelihood", "impact", "level", "findings", "high", "evidence"]
    if "risk_register" not in audit.ledgers:
        return pd.DataFrame(columns=columns)
    t = register(audit.ledgers, p).select("unit_id", "key_area", "likelihood", "impact", "level").to_pandas()
    t = t[t.unit_id.isin(audit.units)] if audit.units else t
    found = audit.check().to_pandas()
    prefix = found.rule_id.str.split("-").str[0]
    looked = {
        (unit, entry.rule_id.split("-")[0]) for entry, came_to in audit.results() for unit in came_to.units
    }
    looked |= set(zip(found.unit, prefix, strict=True))
    rows = []
    t = t.sort_values("unit_id", kind="stable")
    for unit, area, likelihood, impact, level in t.itertuples(index=False):
        rules = p.prefixes.get(area, [])
        here = found[(found.unit == unit) & prefix.isin(rules)]
        seen = any((unit, group) in looked for group in rules)
        high = int((here.severity == "high").sum())
        rows.append(
            (
                audit.names.get(unit, unit),
                area,
                likelihood,
                impact,
                level,
                len(here) if seen else None,
                high,
                seen,
            )
        )
    return pd.DataFrame(rows, columns=columns)


def board(audit) -> pd.DataFrame:
    """Number of points by likelihood and impact: `likelihood impact points`."""
    scored = points(audit).dropna(subset=["likelihood", "impact"])
    return scored.groupby(["likelihood", "impact"], as_index=False).size().rename(columns={"size": "points"})


def scored(board: pd.DataFrame, lang: str) -> str:
    """What the board shows, in words: how many points, and how high the highest score is."""
    points = (board.likelihood * board.impact).astype(float)
    most, total = points.max(), int(board.points.sum())
    if not total:
        return "没有有评分的风险点" if lang == "zh" else "no scored points"
    there = int(board.points[points == most].sum())
    zh = f"共{total}个有评分的风险点，得分最高{most:.0f}分，有{there}个"
    return zh if lang == "zh" else f"{total} scored points; the highest score is {most:.0f}, of {there}"


def counted(audit, lang: str) -> str:
    """How the points of the board are counted: in force of those on the register, rated high and high by their score."""
    if "risk_register" not in audit.ledgers:
        return (
            "没有交来风险点登记，无从计数。"
            if lang == "zh"
            else "No register of risks was handed in to count."
        )
    rows, p = ledger(audit, "risk_register"), audit.params("LZ-02")
    live = rows[rows.status == "有效"]
    rated = int((live.risk_level.replace(p.alias) == "高").sum())
    high = int((live.likelihood.astype(float) * live.impact.astype(float) >= p.high_min).sum())
    if lang == "zh":
        return (
            f"台账登记风险点{len(rows)}个，其中有效的{len(live)}个，矩阵和首页只计有效的。"
            f"等级登记为高的{rated}个，按得分为高的{high}个；等级与得分不符的见LZ-02的发现。"
        )
    return (
        f"Points on the register: {len(rows)}, in force: {len(live)}; the matrix and the first screen count those in force. "
        f"Rated high: {rated}, high by their score: {high}; where rating and score differ, see the findings of LZ-02."
    )


def seen_by_area(audit) -> pd.DataFrame:
    """`unit area findings` where risks are on paper, units in the order of their list."""
    return points(audit).groupby(["unit", "area"], as_index=False, sort=False).findings.max()


def drawn(seen: pd.DataFrame) -> pd.DataFrame:
    """Of `seen_by_area`, the areas that were looked at in some unit: a column that is blank throughout shows nothing."""
    return seen[seen.findings.notna().groupby(seen.area).transform("any")]


def not_drawn(seen: pd.DataFrame, lang: str) -> str:
    """The areas left out of the plot, in a sentence; empty where there are none."""
    areas = [area for area in dict.fromkeys(seen.area) if area not in set(drawn(seen).area)]
    if not areas:
        return ""
    if lang == "zh":
        return f"{listed(areas, lang)}登记有风险点，但所查单位都没有记录可查，图中不列，不等于没有问题。"
    named = listed([in_english(area) for area in areas], lang)
    return f"On the register but not drawn, as the units looked at have no record there, which is not a pass: {named}."


def most_seen(seen: pd.DataFrame, lang: str) -> str:
    """Where most findings are, of `unit area findings`, and how many cells nobody could look at."""
    blank, known = int(seen.findings.isna().sum()), seen.dropna(subset=["findings"])
    if known.empty:
        return "没有一格检查过" if lang == "zh" else "no cell was checked"
    top = known.loc[known.findings.astype(float).idxmax()]
    if lang == "zh":
        return f"最多的是{top.unit}的{top.area}，{top.findings:.0f}条；登记了风险点而没有检查的{blank}格"
    return (
        f"Most in {top.unit}, {top.area}: {top.findings:.0f}; {blank} cells on the register were not checked"
    )


def first_screen(audit) -> Screen:
    """High risks that the register rates too low; high without control, reviews overdue, points without evidence."""
    every = points(audit)
    found = audit.check("risk").to_pandas()
    count = found.rule_id.value_counts()
    high = int((every.level == "高").sum())
    without = int((~every.evidence.astype(bool)).sum()) if len(every) else 0
    return Screen(
        *_underrated(audit, found[found.rule_id == "LZ-B02"]),
        (
            (
                "防控不足 / 高风险点",
                "Without enough control / high-risk points",
                f"{count.get('LZ-03', 0)} / {high}",
            ),
            ("复核逾期 / 风险点", "Reviews overdue / risk points", f"{count.get('LZ-04', 0)} / {len(every)}"),
            ("没有证据可对照 / 风险点", "Without evidence / risk points", f"{without} / {len(every)}"),
        ),
    )


def _underrated(audit, found: pd.DataFrame) -> tuple[str, str]:
    """Which points are rated low where the other areas found something grave, in a sentence of either language."""
    if found.empty:
        return (
            "登记为低的风险点，别的检查没有在那里查出程度高的问题。",
            "No point rated low has findings of high severity.",
        )
    told = [
        (audit.names.get(unit, unit), json.loads(evidence)["values"]["key_area"])
        for unit, evidence in zip(found.unit, found.evidence, strict=True)
    ]
    zh = shortlist([f"{unit}（{area}）" for unit, area in told], "zh")
    en = shortlist([f"{unit} ({in_english(area)})" for unit, area in told], "en")
    points = "1 risk point is" if len(told) == 1 else f"{len(told)} risk points are"
    return (
        f"有{len(told)}个风险点登记为低，别的检查却在那里查出了程度高的问题：{zh}。",
        f"{points} rated low where other checks made findings of high severity: {en}.",
    )
