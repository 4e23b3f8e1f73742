"""What the ledger of problems says beyond its rules: reported against registered, closing rates, survival."""

import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from mingjing.analyse import Screen
from mingjing.rules.rectification import items
from mingjing.wording import listed

# Rules whose finding on an item means that its closure does not hold.
_NOT_TRULY = ("ZG-03", "ZG-06", "ZG-08")


def ledger(audit) -> pd.DataFrame:
    """Every problem known on the day looked from: `closed` (day or empty), `is_closed`, `days` open until closed or
    until then, `truly` closed: closed and no rule denies it (evidence, recurrence, money)."""
    columns = [
        "item_id",
        "source_type",
        "batch_id",
        "unit_id",
        "feedback_date",
        "problem",
        "due",
        "closed",
        "is_closed",
    ]
    if "rectification" not in audit.ledgers:
        return pd.DataFrame(columns=[*columns, "days", "truly"])
    frame = items(audit.ledgers).order_by("feedback_date", "item_id").select(columns).execute()
    frame = frame[frame.unit_id.isin(audit.units)] if audit.units else frame
    found = audit.check("rectification").to_pandas()
    denied = set(found[found.rule_id.isin(_NOT_TRULY)].subject)
    frame["is_closed"] = frame.is_closed.fillna(False).astype(bool)
    until = pd.to_datetime(frame.closed).fillna(pd.Timestamp(audit.as_of))
    frame["days"] = (until - pd.to_datetime(frame.feedback_date)).dt.days
    frame["truly"] = frame.is_closed & ~frame.item_id.isin(denied)
    return frame


def closing_rates(audit, by: str = "source_type") -> pd.DataFrame:
    """One row per source (or `unit_id`): `k` closed of `n`, `truly` closed, `rate` and its Wilson 95% interval."""
    return rates_of(ledger(audit), by, truly=("truly", "sum"))


def rates_of(frame: pd.DataFrame, by: str, **more: tuple[str, str]) -> pd.DataFrame:
    """Share `is_closed` by group: `k` of `n`, `rate` and its Wilson 95% interval; `more` columns as pandas sums up."""
    table = frame.groupby(by).agg(k=("is_closed", "sum"), **more, n=("is_closed", "size")).reset_index()
    if table.empty:
        return table.assign(rate=[], low=[], high=[])
    low, high = proportion_confint(table.k, table.n, method="wilson")
    return (
        table.assign(rate=table.k / table.n, low=low, high=high)
        .sort_values(["rate", by])
        .reset_index(drop=True)
    )


def closing_told(rates: pd.DataFrame, by: str = "source_type") -> pd.DataFrame:
    """`closing_rates` for a reader: `n closed closing_rate interval truly` by source."""
    told = rates.assign(
        closed=rates.k,
        closing_rate=[f"{rate:.1%}" for rate in rates.rate],
        interval=[f"{low:.0%}–{high:.0%}" for low, high in zip(rates.low, rates.high, strict=True)],
    )
    return told[[by, "n", "closed", "closing_rate", "interval", "truly"]]


def halfway(curve: pd.DataFrame, by: str, lang: str) -> str:
    """The day by which half of each group was closed, in words; of `survival`. Empty without a curve."""
    half = curve[curve.open <= 0.5].groupby(by, sort=False).days.min()
    zh = lang == "zh"
    words = ("{}{:.0f}天", "{}不到一半") if zh else ("{} {:.0f} days", "{} not yet half")
    told = [
        words[0].format(name, half[name]) if name in half else words[1].format(name)
        for name in dict.fromkeys(curve[by])
    ]
    if not told:
        return ""
    return (
        ("半数销号用时：" + "，".join(told) + "。")
        if zh
        else "Half were closed within: " + ", ".join(told) + "."
    )


def said(frame: pd.DataFrame, by: str, lang: str) -> str:
    """The closing rates of `rates_of`, in words."""
    shares = [f"{name} {k}/{n}" for name, k, n in frame[[by, "k", "n"]].itertuples(index=False)]
    return ("已销号或了结：" if lang == "zh" else "Closed: ") + listed(shares, lang)


def left(frame: pd.DataFrame, by: str, lang: str) -> str:
    """How far down each curve of `survival_of` goes, in words."""
    last = frame.groupby(by, sort=False).tail(1)
    words = "{0}满{1:.0f}天还剩{2:.0%}" if lang == "zh" else "{0}: {2:.0%} left after {1:.0f} days"
    told = [words.format(*end) for end in last[[by, "days", "open"]].itertuples(index=False)]
    return listed(told, lang)


def survival(audit, by: str = "source_type") -> pd.DataFrame:
    """Kaplan–Meier share of problems still open by days since feedback, per source: `days`, `open`, `at_risk`.

    Problems still open count until the day looked from (right-censored); those closed without a date are left out.
    Source: Kaplan and Meier 1958, by way of statsmodels.
    """
    return survival_of(ledger(audit), by)


def survival_of(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """As `survival`, of any frame with `days`, `is_closed` and `closed`."""
    order = rates_of(frame, by)[by]  # as the table of rates has them
    frame = frame[(~frame.is_closed | frame.closed.notna()) & (frame.days >= 0)]
    groups, parts = dict(list(frame.groupby(by))), []
    for source, part in ((source, groups[source]) for source in order if source in groups):
        curve = SurvfuncRight(part.days, part.is_closed.astype(int))
        at = pd.DataFrame({"days": curve.surv_times, "open": curve.surv_prob, "at_risk": curve.n_risk})
        start = pd.DataFrame({"days": [0], "open": [1.0], "at_risk": [len(part)]})
        steps, last = pd.concat([start, at[at.days > 0]]), part.days.max()
        if last > steps.days.max():  # as far as anything still open was watched
            end = {"days": last, "open": steps.open.iloc[-1], "at_risk": (part.days == last).sum()}
            steps = pd.concat([steps, pd.DataFrame([end])])
        parts.append(steps.assign(**{by: source}))
    columns = [by, "days", "open", "at_risk"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def registered(audit) -> pd.DataFrame:
    """One row per batch: `source_type` and `unit_id` of its problems, `reported` problems (empty where nobody wrote how many,
    and for some units only: a batch does not say whose they are), `registered`, `closed`, `truly`. Those that lost most on
    the way come first."""
    frame = ledger(audit)
    table = frame.groupby("batch_id").agg(
        source_type=("source_type", _in_one),
        unit_id=("unit_id", _in_one),
        registered=("item_id", "nunique"),
        closed=("is_closed", "sum"),
        truly=("truly", "sum"),
    )
    if "feedback_batch" in audit.ledgers and not audit.units:
        batches = audit.ledgers.feedback_batch.select("batch_id", reported="problem_count").execute()
        table = table.join(batches.set_index("batch_id"), how="outer")
    else:
        table["reported"] = float("nan")
    table[["registered", "closed", "truly"]] = table[["registered", "closed", "truly"]].fillna(0).astype(int)
    table[["source_type", "unit_id"]] = table[["source_type", "unit_id"]].fillna("")
    lost = table.reported.fillna(table.registered) - table.truly
    table = table.reset_index().assign(_lost=lost.to_numpy())
    table = table.sort_values(["_lost", "batch_id"], ascending=[False, True], ignore_index=True)
    return table[["batch_id", "reported", "registered", "closed", "truly", "source_type", "unit_id"]]


def _in_one(values: pd.Series) -> str:
    """What all problems of a batch say; blank where they differ."""
    known = values.dropna().unique()
    return known[0] if len(known) == 1 else ""


def first_screen(audit) -> Screen | None:
    """N reported, M registered, K truly closed."""
    if "rectification" not in audit.ledgers:
        return None
    batches, frame = registered(audit), ledger(audit)
    outcomes = audit.outcomes("rectification").set_index("rule_id").outcome
    hits = audit.check("rectification").to_pandas().groupby("rule_id").size()
    closed, total, truly = int(frame.is_closed.sum()), len(frame), int(frame.truly.sum())
    stated = batches.reported.notna()
    reported = int(batches.reported.sum()) if stated.any() else None

    def figure(rule_id: str, of: int) -> str:
        return "—" if outcomes[rule_id] == "not_run" else f"{hits.get(rule_id, 0)} / {of}"

    if reported is not None:
        zh = f"反馈{reported}个（{len(batches)}批中{int(stated.sum())}批写明），"
        en = f"{reported} reported (stated for {int(stated.sum())} of {len(batches)} batches), "
    elif audit.units:
        zh, en = "反馈问题数不分单位，", "How many were reported is not told by unit; "
    else:
        zh, en = "反馈问题数没有写明，", "How many were reported is not on record; "
    return Screen(
        f"{zh}登记{total}个，销号{closed}个，其中站得住的{truly}个。",
        f"{en}{total} registered, {closed} closed, {truly} of them truly.",
        (
            ("逾期或超期销号 / 登记的问题", "Overdue or closed late / on record", figure("ZG-02", total)),
            ("销号要件不全 / 已销号", "Closed on incomplete papers / closed", figure("ZG-03", closed)),
            ("反弹回潮 / 已销号", "Recurred / closed", figure("ZG-06", closed)),
        ),
    )
