"""What public feedback says beyond its rules: repeats told as stories, rates with their uncertainty, evaluation."""

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from mingjing.analyse import Screen
from mingjing.analyse import rates as shared
from mingjing.errors import UsageError
from mingjing.release import few, marked, small
from mingjing.rules.feedback.evaluation import group_scores
from mingjing.rules.feedback.hotline import counted
from mingjing.rules.feedback.repeats import by_issue, issues
from mingjing.stats import icc, kendall_w

_REPEAT = ["issue", "ticket_no", "title", "accept_time", "channel", "unit_id", "outcome"]
_THREE = ("answered", "resolved", "satisfied")
_CONTENT = ["满意", "基本满意"]
_RATED = [*_CONTENT, "不满意"]


def repeats(audit) -> pd.DataFrame:
    """Every complaint of an issue complained of more often than the rule allows, issue by issue: `issue` (number of
    the first complaint), `title` of the first, `ticket_no`, `accept_time`, `channel`, `unit_id`, `outcome`. The public learns
    neither whose a complaint was nor what came of it: counted, they would narrow down a share that is withheld."""
    if not knowable(audit):
        return pd.DataFrame(columns=_REPEAT)
    p = audit.params("RX-03")
    t = counted(audit.ledgers).join(issues(audit.ledgers, p.similarity), "_rid")
    columns = ["issue", "ticket_no", "title", "accept_time", "channel", "unit_id", "resolved", "satisfaction"]
    frame = t.order_by("accept_time", "ticket_no").select(columns).execute()
    frame = frame[frame.groupby("issue").ticket_no.transform("size") > p.n].reset_index(drop=True)
    frame["title"] = frame.groupby("issue").title.transform("first")
    frame["outcome"] = "unresolved"
    frame.loc[frame.resolved.fillna(False).astype(bool), "outcome"] = "resolved"
    frame.loc[frame.satisfaction == "不满意", "outcome"] = "dissatisfied"
    frame = frame[frame.unit_id.isin(audit.units)] if audit.units else frame
    first = frame.groupby("issue").accept_time.transform("min")
    frame = frame.assign(_first=first).sort_values(["_first", "issue", "accept_time"], kind="stable")
    frame = frame[_REPEAT].reset_index(drop=True)
    return (
        frame if getattr(audit, "release", None) is None else marked(frame.assign(unit_id=None, outcome=None))
    )


def knowable(audit) -> bool:
    """Whether the ledger of requests is there and keeps something to know an issue by."""
    return any(audit.ledgers.has("hotline", column) for column in ("title", "content", "issue_key"))


def rates(audit) -> pd.DataFrame:
    """One row per unit over the period: `n` requests that count, and for `answered` (of n), `resolved` (of those with
    an outcome on record) and `satisfied` (of those rated): `_k`, `_n`, `_rate` and the Wilson 95% interval."""
    if "hotline" not in audit.ledgers:
        return pd.DataFrame(columns=["unit_id", "n"])
    t = counted(audit.ledgers)
    t = t.filter(audit.ledgers.in_period(t.accept_time))
    frame = t.select("unit_id", "replied", "resolved", "satisfaction").execute()
    frame = frame[frame.unit_id.isin(audit.units)] if audit.units else frame
    lines = []
    for unit, part in frame.groupby("unit_id"):
        line = {"unit_id": unit, "n": len(part)}
        solved = part.resolved.dropna().astype(bool)
        rated = part.satisfaction[part.satisfaction.isin(_RATED)]
        for name, k, n in (
            ("answered", int(part.replied.notna().sum()), len(part)),
            ("resolved", int(solved.sum()), len(solved)),
            ("satisfied", int(rated.isin(_CONTENT).sum()), len(rated)),
        ):
            line |= {f"{name}_k": k, f"{name}_n": n, f"{name}_rate": k / n if n else float("nan")}
            line[f"{name}_low"], line[f"{name}_high"] = wilson(k, n)
        lines.append(line)
    if not lines:
        return pd.DataFrame(columns=["unit_id", "n"])
    frame = pd.DataFrame(lines)
    for name in _THREE:
        shares = [f"{name}_{part}" for part in ("rate", "low", "high")]
        frame = small(audit, frame, [f"{name}_n", f"{name}_k"], shares)
    return frame


def three_rates(audit) -> pd.DataFrame:
    """`rates` for a reader: `unit_id n answered_rate resolved_rate satisfied_rate`, each rate as `24/25, 96% (80–99%)`."""
    frame, told = rates(audit), {}
    for name in _THREE:
        columns = [f"{name}_{part}" for part in ("k", "n", "rate", "low", "high")]
        told[f"{name}_rate"] = [
            _rate(audit.lang, *line) for line in frame.reindex(columns=columns).itertuples(index=False)
        ]
    return frame[["unit_id", "n"]].assign(**told)


def _rate(lang: str, k, n, rate, low, high) -> str:
    if pd.isna(rate):
        return ""
    told, between = f"{k:.0f}/{n:.0f}", f"{low * 100:.0f}–{high:.0%}"
    return f"{told}，{rate:.0%}（{between}）" if lang == "zh" else f"{told}, {rate:.0%} ({between})"


def satisfaction(audit) -> pd.DataFrame:
    """Satisfied of those rated, by unit against all: see `mingjing.analyse.rates.compare`."""
    frame = rates(audit).reindex(columns=["unit_id", "satisfied_k", "satisfied_n"])
    frame = frame.assign(unit=frame.unit_id.map(lambda unit: audit.names.get(unit, unit)))
    return shared.compare(frame, "satisfied_k", "satisfied_n")


def change(audit) -> pd.DataFrame:
    """`answered`, `resolved`, `satisfied` in the first and the second half of the period: see `rates.halves`; what
    changed in points of 100. A rate with a small count in one of the halves is withheld from the public in both."""
    lines, frame = [], _requests(audit)
    for name, known, hit in (
        ("answered", frame.accept_time.notna(), frame.replied.notna()),
        ("resolved", frame.resolved.notna(), frame.resolved.eq(True)),
        ("satisfied", frame.satisfaction.isin(_RATED), frame.satisfaction.isin(_CONTENT)),
    ):
        lines.append({"rate": name} | shared.halves(audit, frame.accept_time[known], hit[known]))
    found, points = pd.DataFrame(lines), ["change", "low", "high"]
    found[points] = (found[points].astype(float) * 100).round(4)
    parts = [found[["rate", f"k{half}", f"n{half}"]].set_axis(["rate", "k", "n"], axis=1) for half in (1, 2)]
    shown = small(audit, pd.concat(parts, ignore_index=True), ["n", "k"], by=["rate"])
    if shown.n.isna().any():
        hidden = found.rate.isin(shown.rate[shown.n.isna()])
        counts = ["k1", "n1", "k2", "n2", *points]
        found[counts] = found[counts].astype(float).mask(hidden)
    return found


def months(audit) -> pd.DataFrame:
    """Requests by month of acceptance, with control limits: see `rates.monthly`."""
    return shared.monthly(audit, _requests(audit).accept_time, "hotline")


def _requests(audit) -> pd.DataFrame:
    """Requests of the period that count: `accept_time channel replied resolved satisfaction`."""
    columns = ["accept_time", "channel", "replied", "resolved", "satisfaction"]
    if "hotline" not in audit.ledgers:
        return pd.DataFrame(columns=columns)
    t = counted(audit.ledgers)
    t = t.filter(audit.ledgers.in_period(t.accept_time))
    t = t.filter(t.unit_id.isin(audit.units)) if audit.units else t
    return t.select(columns).execute()


def wilson(k: int, n: int) -> tuple[float, float]:
    """95% interval of a proportion (Wilson 1927); not a number where nothing was counted."""
    return proportion_confint(k, n, method="wilson") if n else (float("nan"), float("nan"))


def evaluation(audit) -> pd.DataFrame:
    """One row per period and target: a column for each group's score of 100 (empty where it gave none), `total` by
    weight over the groups that rated, `weight` they carry together. Below 1 a group is missing, and `total` is scaled."""
    weights = audit.params("PY-01").weights
    if "rating" not in audit.ledgers:
        return pd.DataFrame(columns=["period", "target_id", *weights, "total", "weight"])
    frame = group_scores(audit.ledgers).execute()
    frame = frame[frame.target_id.isin(audit.units)] if audit.units else frame
    table = frame.pivot_table(index=["period", "target_id"], columns="rater_type", values="raters")
    table = table.reindex(columns=list(weights))
    weight = table.notna().mul(pd.Series(weights)).sum(axis=1)
    return table.assign(total=table.mul(pd.Series(weights)).sum(axis=1) / weight, weight=weight).reset_index()


def agreement(audit) -> pd.DataFrame:
    """How far the groups agree on the targets, one row per period: `groups` compared, `targets` all of them rated,
    `left_out` targets that a group did not rate, Kendall's `w` with its `p_value`, `icc` (ICC(2,1)).

    A group that rated nobody in the period is not compared. Figures are empty with fewer than 2 groups or targets, or
    where no group tells the targets apart.
    """
    table, lines = evaluation(audit), []
    names = [column for column in table if column not in ("period", "target_id", "total", "weight")]
    for period, part in table.groupby("period"):
        scores = part[names].dropna(axis=1, how="all")
        whole = scores.dropna()
        line = {"period": period, "groups": scores.shape[1], "targets": len(whole)}
        line |= {"left_out": len(scores) - len(whole), "w": None, "p_value": None, "icc": None}
        try:
            found = kendall_w(whole.to_numpy(dtype=float))
            line |= {"w": found.w, "p_value": found.p_value, "icc": icc(whole.to_numpy(dtype=float)).icc2}
        except UsageError:  # the statistics refuse what they cannot judge: the figure stays empty
            pass
        lines.append(line)
    return pd.DataFrame(lines, columns=["period", "groups", "targets", "left_out", "w", "p_value", "icc"])


def first_screen(audit) -> Screen | None:
    """How many issues stand over the limit of complaints unresolved, and how many without the head."""
    outcomes = audit.outcomes("feedback").set_index("rule_id").outcome
    if "hotline" not in audit.ledgers:
        return None
    found = audit.check("feedback").to_pandas()
    # what has no promised date on record is a gap of the ledger, and nobody can call it late
    hits = found[found.kind != "missing"].groupby("rule_id").size()
    requests = _requests(audit)
    # petitions have deadlines of their own: RX-01 does not judge them
    total, timed = len(requests), int((requests.channel.notna() & requests.channel.ne("信访")).sum())
    rated = requests.satisfaction[requests.satisfaction.isin(_RATED)]
    k, n = int(rated.isin(_CONTENT).sum()), len(rated)

    def figure(rule_id: str, of: int) -> str:
        return "—" if outcomes[rule_id] == "not_run" else f"{hits.get(rule_id, 0)} / {of}"

    figures = (
        ("满意 / 参评", "Satisfied / rated", few(audit, k, n)),
        (
            "超期办结或逾期未结 / 工单（信访除外）",
            "Closed after the deadline, or overdue / cases but petitions",
            figure("RX-01", timed),
        ),
        ("虚假办结线索 / 工单", "Falsely closed, leads / cases", figure("RX-04", total)),
    )
    if outcomes["RX-03"] == "not_run":
        return Screen(
            "同一问题是否多次投诉未解决，无法判断。",
            "Whether issues stand unresolved over and over cannot be judged.",
            figures,
        )
    p = audit.params("RX-03")
    grouped = counted(audit.ledgers).join(issues(audit.ledgers, p.similarity), "_rid")
    over = by_issue(audit.ledgers, p, grouped).select("unit", "open", "head_time").execute()
    over = over[over.unit.isin(audit.units)] if audit.units else over
    standing = over[over.open.astype(bool)]
    alone = int(standing.head_time.isna().sum())
    if standing.empty:
        zh, en = (
            f"没有问题被投诉超过{p.n}次仍未解决。",
            f"No issue complained of more than {p.n} times is unresolved.",
        )
        return Screen(zh, en, figures)
    return Screen(
        f"{len(standing)}个问题被投诉超过{p.n}次仍未解决，其中{alone}个没有主要领导过问记录。",
        f"{len(standing)} issues complained of more than {p.n} times are unresolved, {alone} of them without a record that the head took them up.",
        figures,
    )
