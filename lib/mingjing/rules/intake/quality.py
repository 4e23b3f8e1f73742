"""Quality of the ledgers themselves: cells, dates, gaps, totals."""

import ibis

from mingjing.rules.engine import NotRun, rule
from mingjing.rules.expr import month_of
from mingjing.tables import tables

# Nothing is missing where a cell says something that cannot be: it disagrees with the list, or with another row.
_KINDS = {"not_in_choices": "mismatch", "duplicate_key": "mismatch"}


@rule("DQ-01")
def structure(ledgers, p):
    """Cells and rows that cannot be used as they stand; a column wrong again and again is one finding."""
    issues = ledgers.intake_issue.filter(ledgers.intake_issue.problem.isin(p.kinds))
    group = ibis.window(group_by=["ledger", "column", "problem", (issues["_rid"] / 10**10).floor()])
    issues = issues.mutate(together=issues.count().over(group), source=(issues["_rid"] / 10**10).floor())
    for kind in p.kinds:
        found = issues.filter(issues.problem == kind).mutate(kind=ibis.literal(_KINDS.get(kind, "missing")))
        yield kind, found.filter(found.together <= p.most_single)
        many = found.filter(found.together > p.most_single)
        yield (
            f"{kind}_many",
            many.group_by(["ledger", "column", "source", "kind"]).aggregate(
                _rids=many["_rid"].collect(),
                count=many.count(),
                value=many.value.min(),
                reason_zh=many.reason_zh.min(),
                reason_en=many.reason_en.min(),
                subject=many.ledger.min() + "|" + many.sheet.min() + "|" + many.column.min(),
            ),
        )


@rule("DQ-02")
def date_order(ledgers, p):
    """A later step dated before the earlier one; where one of the two has no hour, days are compared."""
    judged = [step for step in p.pairs if ledgers.has(step[0], step[1], step[2])]
    if not judged:
        raise NotRun("no_data", ", ".join(dict.fromkeys(step[0] for step in p.pairs)))
    for name, first, last in judged:
        table = getattr(ledgers, name)
        start, end = table[first].cast("timestamp"), table[last].cast("timestamp")
        days = (start == start.truncate("D")) | (end == end.truncate("D"))
        wrong = days.ifelse(end.truncate("D") < start.truncate("D"), end < start)
        key = ibis.literal(f"{name}|{first}|{last}|")
        for column in _key(name):
            key = key + table[column].cast("string").fill_null("") + "|"
        yield (
            "inverted",
            table.filter(wrong).mutate(
                subject=key,
                first=table[first].cast("string"),
                last=table[last].cast("string"),
                **{
                    f"{step}_{lang}": ibis.literal(tables()[name].columns[column].label(lang))
                    for step, column in (("earlier", first), ("later", last))
                    for lang in ("zh", "en")
                },
                **_of(name, table),
            ),
        )


def _key(name: str) -> tuple[str, ...]:
    return tables()[name].key


def _of(name: str, table) -> dict:
    declared = tables()[name]
    found = {"ledger": ibis.literal(declared.zh), "ledger_en": ibis.literal(declared.en)}
    if declared.unit:
        found["unit"] = table[declared.unit]
    if declared.date:
        found["date"] = table[declared.date].cast("date")
    return found


@rule("DQ-03")
def coverage(ledgers, p):
    """Months over in which a unit that must keep the ledger has no row in it, no nil return and was open."""
    judged = {name: flag for name, flag in p.monthly.items() if name in ledgers and ledgers.has("unit", flag)}
    months = [(month, first, last) for month, first, last in ledgers.spans("month")]
    if not judged:
        raise NotRun("no_data", ", ".join(p.monthly))
    if not months:
        raise NotRun("unfinished")
    for name, flag in judged.items():
        yield "gap", gaps(ledgers, name, flag, [month for month, _, _ in months])


def owing(ledgers, flag: str):
    """Active units that owe a ledger: those for which this column of the unit ledger is true."""
    unit = ledgers.unit
    return unit.filter(unit[flag].fill_null(False) & unit.active.fill_null(True))


def gaps(ledgers, name: str, flag: str, months: list[str]):
    """One row `who months count` per unit that owes the ledger and has months without a row, nil return or closure."""
    declared = tables()[name]
    table = getattr(ledgers, name)
    kept = table.select(who=table[declared.unit], month=month_of(table[declared.date]))
    if "zero_report" in ledgers:
        names = [declared.zh, declared.en, name, *declared.aliases]
        nil = ledgers.zero_report.filter(ledgers.zero_report.ledger.isin(names))
        kept = kept.union(nil.select(who=nil.unit_id, month=_month(nil.month)))
    due = owing(ledgers, flag)
    due = due.select(who=due.unit_id, _rid=due["_rid"])
    grid = due.mutate(month=ibis.array(months).unnest())
    missing = grid.anti_join(kept, ["who", "month"])
    if "closed_period" in ledgers:
        shut = ledgers.closed_period
        shut = shut.select(
            closed_unit=shut.unit_id, first=month_of(shut.from_date), last=month_of(shut.to_date)
        )
        missing = missing.anti_join(
            shut, [missing.who == shut.closed_unit, missing.month >= shut.first, missing.month <= shut.last]
        )
    found = missing.group_by("who").aggregate(
        _rids=missing["_rid"].collect(), months=missing.month.collect().sort(), count=missing.count()
    )
    return found.mutate(
        unit=found.who,
        subject=found.who + f"|{name}|{months[0]}|{months[-1]}",
        ledger=ibis.literal(declared.zh),
        ledger_en=ibis.literal(declared.en),
        due=ibis.literal(len(months)),
    )


def _month(written):
    """2021-03, 2021年3月, 2021.3 and 202103 as the month they mean."""
    return written.re_extract(r"(\d{4})", 1) + "-" + written.re_extract(r"\d{4}\D*(\d{1,2})", 1).lpad(2, "0")


@rule("DQ-06")
def control_totals(ledgers, p):
    """A total line says something else than its rows add up to."""
    issues = ledgers.intake_issue
    yield "differs", issues.filter(issues.problem == "total_mismatch")
