"""Anti-doping beyond the rules: which units and roles are covered, which batches were tested, the year's events."""

import pandas as pd

from mingjing.analyse import Screen, ledger
from mingjing.release import few, is_withheld, marked, small, withheld
from mingjing.rules import Params
from mingjing.tables.words import in_english
from mingjing.wording import listed, plural

ISSUED = ("发放", "使用")
EVENTS = ("兴奋剂检查", "TUE", "错过检查", "行踪申报失败")
UNIT = {"zh": "单位", "en": "Unit"}


def _params(audit, rule_id: str) -> Params:
    return Params(audit._entries[rule_id])


def _year(audit, days: pd.Series) -> pd.Series:
    """Days of the year in which the period ends, up to `as_of`: education is counted by year."""
    first = pd.Timestamp(audit.ledgers.end.year, 1, 1)
    return pd.to_datetime(days).between(first, pd.Timestamp(audit.ledgers.end))


def units(audit) -> pd.DataFrame:
    """Units that education must reach, counties included, and whether it did: `unit_id`, `unit`, `covered`."""
    frame, kinds = ledger(audit, "unit"), _params(audit, "FX-09").unit_types
    frame = frame[~frame.active.eq(False) & (frame.unit_type.isin(kinds) | frame.has_athletes.eq(True))]
    held, log = ledger(audit, "adop_record"), ledger(audit, "activity_log")
    held = held[(held.rec_type == "教育培训") & _year(audit, held.rec_date)].unit_id
    log = log[
        (log.act_type == "反兴奋剂培训") & _year(audit, pd.to_datetime(log.act_time).dt.normalize())
    ].unit_id
    found = frame[["unit_id"]].assign(
        unit=frame.unit_id.map(audit.names).fillna(frame.unit_id),
        covered=frame.unit_id.isin(set(held) | set(log)),
    )
    return found.sort_values("unit_id").reset_index(drop=True)


def people(audit) -> pd.DataFrame:
    """Who is due for education, by unit and role: `due`, `trained`. Newcomers and athletes not in training are left out."""
    p, roster = _params(audit, "FX-01"), ledger(audit, "athlete")
    last = pd.Timestamp(audit.ledgers.end)
    since = last - pd.Timedelta(days=p.new_days)
    began, ended = pd.to_datetime(roster.start_date), pd.to_datetime(roster.end_date)
    idle = (roster.role == "运动员") & roster.in_training.eq(False)
    here = (began.isna() | (began <= since)) & (ended.isna() | (ended > last))
    roster = roster[roster.role.isin(p.roles) & ~idle & here]
    held = ledger(audit, "adop_record")
    held = held[(held.rec_type == "教育培训") & _year(audit, held.rec_date)]
    roster = roster.assign(trained=roster.ath_id.isin(held.ath_id.dropna()).astype(int))
    found = roster.groupby(["unit_id", "role"]).agg(due=("ath_id", "size"), trained=("trained", "sum"))
    return found.reset_index()


def coverage(audit) -> pd.DataFrame:
    """Unit × role, `percent` not trained, how many `people` that are, of how many, in brackets, and the same in short:
    `untrained`. The unit itself comes first, and says whether it held any, so that a county without a roster is seen."""
    whole, rows, held = units(audit), [], ("有", "无") if audit.lang == "zh" else ("yes", "no")
    roles = small(audit, people(audit), ["due", "trained"], by=["unit_id", "role"])
    order = [role for role in _params(audit, "FX-01").roles if role in set(roles.role)]
    for unit in whole.itertuples():
        rows.append((unit.unit, UNIT[audit.lang], 100.0 * (not unit.covered), "", held[not unit.covered]))
        mine = roles[roles.unit_id == unit.unit_id].set_index("role")
        for role in order:
            told = _untrained(mine.loc[role], audit.lang) if role in mine.index else (None, "", "")
            rows.append((unit.unit, role, *told))
    found = pd.DataFrame(rows, columns=["unit", "role", "percent", "people", "untrained"])
    return marked(found) if is_withheld(roles) else found


def _untrained(row: pd.Series, lang: str) -> tuple[float | None, str, str]:
    """Percent and people, also in short; none of them where the public is not told how many there are."""
    if pd.isna(row.due) or pd.isna(row.trained):
        return None, "", ""
    lacking, due = int(row.due - row.trained), int(row.due)
    told = f"（{lacking}/{due}）" if lang == "zh" else f" ({lacking} of {due})"
    return round(100.0 * lacking / due, 1), told, f"{lacking}/{due}"


def said(cover: pd.DataFrame, lang: str) -> str:
    """Whom education did not reach by `coverage`, as far as its numbers are told."""
    lacking, count, zh = cover[cover.percent > 0], cover.unit.nunique(), lang == "zh"
    some = listed(lacking.unit + "·" + lacking.role + lacking.people, lang) or ("无" if zh else "nobody")
    if is_withheld(cover):
        return (
            f"{count}个单位，公布的数中未受教育的：{some}"
            if zh
            else f"{count} units, without education by the figures published: {some}"
        )
    return f"{count}个单位，未受教育的：{some}" if zh else f"{count} units, without education: {some}"


def batches(audit) -> pd.DataFrame:
    """Lots of supplements, drugs and meat issued in the period, by class: `lots`, `cleared`, `uncleared`.

    A lot is uncleared where an issue of it has a finding of FX-05 or FX-07: no passing test, or no query, in time.
    """
    frame = ledger(audit, "intake_txn")
    when = pd.to_datetime(frame.txn_date)
    start, end = pd.Timestamp(audit.ledgers.start), pd.Timestamp(audit.ledgers.end)
    frame = frame[frame.txn_type.isin(ISSUED) & frame.item_class.ne("其他食品") & when.between(start, end)]
    found = audit.check("antidoping").to_pandas()
    bad = set(found[found.rule_id.isin(["FX-05", "FX-07"])].subject)
    lots = frame.assign(bad=frame.txn_id.isin(bad).astype(int))
    lots = (
        lots.groupby(["item_class", "unit_id", "item_name", "batch_no"], dropna=False).bad.max().reset_index()
    )
    table = lots.groupby("item_class").agg(lots=("bad", "size"), uncleared=("bad", "sum")).reset_index()
    table["cleared"] = table.lots - table.uncleared
    return table[["item_class", "lots", "cleared", "uncleared"]]


def events(audit) -> pd.DataFrame:
    """Whereabouts failures, tests and exemptions of the period: `date`, `unit`, `event`. Each is one person's, and the public
    is shown none."""
    frame = ledger(audit, "adop_record")
    when = pd.to_datetime(frame.rec_date)
    start, end = pd.Timestamp(audit.ledgers.start), pd.Timestamp(audit.ledgers.end)
    frame = frame[frame.rec_type.isin(EVENTS) & when.between(start, end)]
    zh = audit.lang == "zh"
    event = frame.rec_type.replace({"TUE": "治疗用药豁免" if zh else "exemption (TUE)"})
    event = event if zh else event.map(in_english)
    found = pd.DataFrame(
        {
            "date": pd.to_datetime(frame.rec_date).dt.date,
            "unit": frame.unit_id.map(audit.names).fillna(frame.unit_id),
            "event": event.where(frame.result != "阳性", event + ("·阳性" if zh else ", positive")),
            # a kind of event has the same mark in both languages
            "place": frame.rec_type.map(EVENTS.index),
        }
    )
    found = found.sort_values(["unit", "place", "event", "date"], kind="stable")
    return withheld(audit, found.drop(columns="place").reset_index(drop=True))


def events_told(found: pd.DataFrame, lang: str) -> str:
    """How many `events` are drawn; or that they are not for the public."""
    if is_withheld(found):
        return "涉及个人，不公布" if lang == "zh" else "of single persons, not published"
    return f"共{len(found)}件" if lang == "zh" else plural(f"{len(found)} event(s)")


def first_screen(audit) -> Screen:
    """Units covered and lacking by name; people untrained, lots issued uncleared, names found on the prohibited list."""
    whole = units(audit)
    if whole.empty and len(ledger(audit, "unit")):
        return Screen(
            "所选单位不在反兴奋剂教育应覆盖之列。" if audit.units else "单位表中没有应覆盖的单位。",
            "Education against doping is not due in the units asked for."
            if audit.units
            else "No unit on the list is due for education.",
            (),
        )
    if whole.empty:
        return Screen("没有单位表，覆盖率无法判断。", "No list of units: coverage cannot be judged.", ())
    roles, lots = people(audit), batches(audit)
    lacking = whole[~whole.covered].unit.tolist()
    total, covered = len(whole), int(whole.covered.sum())
    zh = f"应覆盖单位{total}个，已覆盖{covered}个" + (f"，缺{listed(lacking, 'zh')}。" if lacking else "。")
    en = f"{covered} of {total} units covered" + (f", lacking {listed(lacking, 'en')}." if lacking else ".")
    outcomes = audit.outcomes("antidoping").set_index("rule_id").loc[["FX-12", "FX-14", "FX-15"]]
    ran = outcomes[outcomes.outcome != "not_run"]
    hits = f"{ran.findings.sum()} / {ran.rows_checked.sum()}" if len(ran) else "—"
    return Screen(
        zh,
        en,
        (
            (
                "未受教育 / 应受教育（人）",
                "Untrained, of those due",
                few(audit, (roles.due - roles.trained).sum(), roles.due.sum()),
            ),
            (
                "未检未查即发放 / 发放（批）",
                "Lots issued uncleared, of all issued",
                f"{lots.uncleared.sum()} / {lots.lots.sum()}",
            ),
            (
                "名称命中目录 / 核对的记录",
                "Name hits on the prohibited list (leads) / records read",
                hits,
            ),
        ),
    )
