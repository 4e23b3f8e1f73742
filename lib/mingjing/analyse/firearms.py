"""Guns one by one, ammunition kind by kind, and whether “zero error” can be said of them."""

import pandas as pd

from mingjing.analyse import Screen
from mingjing.findings import sentence
from mingjing.rules import catalogue, found_so_far
from mingjing.rules.expr import month_of
from mingjing.rules.firearms.ammo import unexplained
from mingjing.rules.firearms.match import seen_guns
from mingjing.rules.intake.claims import denied, rules_in_words
from mingjing.rules.intake.recompute import Claim
from mingjing.wording import plural

CLAIM = "枪弹差错数"
STEPS = {
    "opening": ("期初", "Opening"),
    "in": ("入库调入", "Received"),
    "out": ("领出", "Issued"),
    "back": ("退回", "Returned"),
    "moved": ("调出", "Moved"),
    "destroyed": ("报废", "Scrapped"),
    "surplus": ("盘盈", "Surplus"),
    "deficit": ("盘亏", "Deficit"),
    "gained": ("不明增加", "Unclear +"),
    "lost": ("不明减少", "Unclear −"),
    "closing": ("期末", "Closing"),
}
# What should be nought; gains and losses stand apart, for together they may come to nought.
ODD = ("gained", "lost", "surplus", "deficit")
_STEP = {"入库": "in", "调入": "in", "领出": "out", "退回": "back", "调出": "moved", "报废": "destroyed"}
_STEP |= {"盘盈": "surplus", "盘亏": "deficit"}

_WITHHELD = (
    "枪弹台账不公开，“零差错”是否成立见内部报告。",
    "The ledgers of arms are withheld: whether “zero error” holds is for the report inside.",
)
_NOBODY_S = (
    "台账中没有所选单位的枪支、弹药和领用，“零差错”无从说起。",
    "The ledgers hold no guns, ammunition or issues of the units asked for: there is nothing that “zero error” could be said of.",
)


def match(audit) -> pd.DataFrame:
    """One row per registered gun: `gun_no unit storeroom status issues takes seen last_seen`. `takes` counts itemised
    stock-takes of the period at which it must have been in store, `seen` those that saw it. Empty without a register."""
    columns = "gun_no unit storeroom status issues takes seen last_seen".split()
    ledgers = audit.ledgers
    if "gun" not in ledgers:
        return pd.DataFrame(columns=columns)
    guns = ledgers.gun.select("gun_no", "unit_id", "storeroom", "status").to_pandas()
    guns = guns.rename(columns={"unit_id": "unit"}).drop_duplicates("gun_no")
    guns = guns[guns.unit.isin(audit.units)] if audit.units else guns
    if "gun_issue" in ledgers:
        issues = ledgers.gun_issue.filter(ledgers.in_period(ledgers.gun_issue.out_time)).to_pandas()
        guns["issues"] = guns.gun_no.map(issues.gun_no.value_counts()).fillna(0).astype(int)
    if ledgers.missing({"armory_check_item": (), "armory_check": (), "gun_issue": ()}):
        return guns.reindex(columns=columns).sort_values("gun_no", ignore_index=True)
    t = seen_guns(ledgers)
    t = t.filter(ledgers.in_period(t.start_time)).to_pandas()
    there = t[t.surely & ~t.possibly_out]
    saw = t[t.seen.eq(True)]
    guns["takes"] = guns.gun_no.map(there.gun_no.value_counts()).fillna(0).astype(int)
    guns["seen"] = guns.gun_no.map(there[there.seen.eq(True)].gun_no.value_counts()).fillna(0).astype(int)
    # no stock-take may have seen any gun, and then there is no day to map to
    guns["last_seen"] = saw.groupby("gun_no").start_time.max().reindex(guns.gun_no).array
    return guns[columns].sort_values("gun_no", ignore_index=True)


def waterfall(audit) -> pd.DataFrame:
    """Rounds of the period by kind and step: `ammo_type step rounds`, steps in the order of `STEPS`; what left is
    negative. Opening plus all steps is closing."""
    ledgers = audit.ledgers
    if "ammo_txn" not in ledgers:
        return pd.DataFrame(columns=["ammo_type", "step", "rounds"])
    t = unexplained(ledgers, audit.params("QD-25")).to_pandas()
    t = t[t.unit_id.isin(audit.units)] if audit.units else t
    lot = ["unit_id", "storeroom", "ammo_type", "batch_no"]
    t = t.sort_values([*lot, "txn_time", "_rid"], kind="stable")
    day = t.txn_time.dt.date
    inside, before = day.between(ledgers.start, ledgers.end), day < ledgers.start
    opening = t[before].groupby(lot).balance.last().groupby("ammo_type").sum()
    first = t[inside & t.txn_type.eq("期初") & t.previous.isna()]
    parts = [opening, first.groupby("ammo_type").balance.sum()]
    lines = [part.rename("rounds").reset_index().assign(step="opening") for part in parts]
    moves = t[inside & t.sign.notna()]
    moves = moves.assign(step=moves.txn_type.map(_STEP), rounds=moves.sign * moves.qty)
    gained = t[inside].assign(step="gained", rounds=t.jump.clip(lower=0))
    lost = t[inside].assign(step="lost", rounds=t.jump.clip(upper=0))
    closing = t[inside | before].groupby(lot).balance.last().groupby("ammo_type").sum()
    lines += [moves, gained, lost, closing.rename("rounds").reset_index().assign(step="closing")]
    found = pd.concat(lines).groupby(["ammo_type", "step"], as_index=False).rounds.sum()
    found["rounds"] = found.rounds.astype(int)
    order = found.step.map(list(STEPS).index)
    return found.assign(_o=order).sort_values(["ammo_type", "_o"], ignore_index=True).drop(columns="_o")


def timeline(audit, gun_id: str) -> pd.DataFrame:
    """Everything the ledgers say of one gun up to `as_of`: `moment until event detail`, in order of time. `event` is
    `status issue seen absent`; `until` is the return of an issue, missing while the gun is out."""
    ledgers, parts = audit.ledgers, []
    columns = ["moment", "until", "event", "detail"]

    def add(table: str, **of: str) -> pd.DataFrame:
        t = getattr(ledgers, table)
        frame = t.filter(t.gun_no == gun_id).to_pandas()
        return frame.rename(columns={v: k for k, v in of.items()})

    if "gun" in ledgers:
        parts.append(add("gun", moment="status_date", detail="status").assign(event="status"))
    if "gun_issue" in ledgers:
        parts.append(
            add("gun_issue", moment="out_time", until="in_time", detail="issue_id").assign(event="issue")
        )
    if "armory_check_item" in ledgers:
        items = add("armory_check_item", moment="check_time", detail="check_id")
        parts.append(items.assign(event=items.present.map({True: "seen", False: "absent"}).fillna("seen")))
    found = pd.concat([part.reindex(columns=columns) for part in parts if len(part)] or [pd.DataFrame()])
    found = found.reindex(columns=columns)
    found["moment"], found["until"] = pd.to_datetime(found.moment), pd.to_datetime(found.until)
    return found.sort_values(["moment", "event", "detail"], kind="stable", ignore_index=True)


def coverage(audit) -> pd.DataFrame:
    """Stock-takes by unit and month: `unit month days counted`, days with an issue and those among them with a
    stock-take. A month without an issue has no row."""
    ledgers = audit.ledgers
    if ledgers.missing({"gun_issue": (), "armory_check": ()}):
        return pd.DataFrame(columns=["unit", "month", "days", "counted"])
    i, c = ledgers.gun_issue, ledgers.armory_check
    i = i.filter(ledgers.in_period(i.out_time))
    used = i.select(unit="unit_id", month=month_of(i.out_time), day=i.out_time.date()).distinct().to_pandas()
    kinds = audit.params("QD-10").daily
    c = c.filter(c.rec_type.isin(kinds))
    done = c.select(unit="unit_id", day=c.start_time.date()).distinct().to_pandas()
    used = used[used.unit.isin(audit.units)] if audit.units else used
    used = used.merge(done.assign(counted=1), on=["unit", "day"], how="left")
    found = used.groupby(["unit", "month"], as_index=False).agg(
        days=("day", "size"), counted=("counted", "sum")
    )
    return found.assign(counted=found.counted.astype(int))


def kept_out(audit) -> tuple[int, int] | None:
    """Issues of the period whose guns were not back when due, and all its issues; nothing without the log."""
    if "gun_issue" not in audit.ledgers:
        return None
    found = audit.check("firearms").to_pandas()
    late = set(found[found.rule_id == "QD-04"].subject)
    t = audit.ledgers.gun_issue
    issues = t.filter(audit.ledgers.in_period(t.out_time)).to_pandas()
    issues = issues[issues.unit_id.isin(audit.units)] if audit.units else issues
    return int(issues.issue_id.isin(late).sum()), len(issues)


def zero_error(audit, lang: str) -> str:
    """Whether “zero error” is borne out, refuted or not to be judged: what DQ-04 says where a report claims it."""
    ledgers, p = audit.ledgers, audit.params("DQ-04")
    units = frozenset(audit.units) or None
    claim = Claim(0, CLAIM, 0, False, 0, units, ledgers.start, ledgers.end)
    entries = {entry.rule_id: entry for entry, _ in audit.results("firearms")}
    outcomes = {outcome.rule_id: outcome for _, outcome in audit.results("firearms")}
    found = found_so_far(outcomes, entries)
    verdict = denied(ledgers, claim, p, found["finding"], found["outcome"])
    if verdict.case in ("unseen", "gaps") and audit.release:  # the ledgers are withheld, not missing
        return _WITHHELD[0 if lang == "zh" else 1]
    if verdict.case == "refuted":
        return _refuted(verdict.seen, audit.period.words(lang), lang, bool(audit.release))
    if not audit.release and _keeps_none(audit):
        return _NOBODY_S[0 if lang == "zh" else 1]
    said = {"claim_text": "零差错" if lang == "zh" else "Zero error", **verdict.seen}
    named = "rule_names" if lang == "zh" else "rule_names_en"
    said[named] = rules_in_words(verdict.seen.get("rules", []), lang)
    return sentence(catalogue()["DQ-04"], verdict.case, said, lang) + ("。" if lang == "zh" else ".")


def keeps_none(audit) -> bool:
    """Whether there is nothing to show, and the first screen says why: the ledgers are withheld, or the units asked for
    have neither guns nor ammunition nor issues in them."""
    return bool(audit.release) or _keeps_none(audit)


def _keeps_none(audit) -> bool:
    return bool(
        audit.units and match(audit).empty and waterfall(audit).empty and not (kept_out(audit) or (0, 0))[1]
    )


def _refuted(seen: dict, span: str, lang: str, public: bool) -> str:
    """The verdict by the names of the rules: their numbers tell a leader nothing. A report's claim may speak of fewer days
    than the audit, and then the overview counts fewer: the days are told. How many hits there are is not for the public."""
    ids, hits = seen["rules"], seen["hits"]
    names = rules_in_words(ids, lang)
    if lang == "zh":
        if public:
            return f"{span}的“零差错”被{len(ids)}条规则推翻（{names}）。"
        return f"{span}的“零差错”被推翻：{len(ids)}条规则查出{hits}处（{names}）。"
    if public:
        return plural(f"“Zero error” in {span} is refuted by {len(ids)} rule(s) ({names}).")
    counted = plural(f"{hits} hit(s) of {len(ids)} rule(s)")
    return f"“Zero error” in {span} is refuted: {counted} ({names})."


def first_screen(audit) -> Screen:
    """What DQ-04 would say of the claim of zero error; guns seen, rounds unexplained, guns kept out."""
    zh, en = (zero_error(audit, lang) for lang in ("zh", "en"))
    guns, falls, issues = match(audit), waterfall(audit), kept_out(audit)
    held = guns[~guns.status.isin(["上缴", "丢失", "被盗"])]
    seen = f"{int((held.last_seen.notna()).sum())} / {len(held)}" if guns.takes.notna().any() else "—"
    rounds = falls.groupby("step").rounds.agg(lambda r: int(r.abs().sum()))
    odd = int(rounds.reindex(list(ODD), fill_value=0).sum())
    unexplained_ = f"{odd} / {int(rounds.get('out', 0))}" if len(falls) else "—"
    out = f"{issues[0]} / {issues[1]}" if issues else "—"
    return Screen(
        zh,
        en,
        (
            (
                "期内清点见过的枪 / 在册的枪（上缴、丢失、被盗的除外）",
                "Guns seen at some stock-take / registered (without those handed in, lost or stolen)",
                seen,
            ),
            ("说不清的弹 / 领出的弹（发）", "Rounds unexplained / issued", unexplained_),
            ("没有按时归库的领用 / 全部领用（次）", "Issues not back when due / all issues", out),
        ),
    )
