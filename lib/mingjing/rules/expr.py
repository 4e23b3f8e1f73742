"""Small expressions that many rules share, so that each rule reads like its sentence in the catalogue."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

# Money up to a billion yuan is exact to 1.2e-7 in a double: half of this is never a fen, nor a gram.
EPSILON = 1e-6


def over(value: ir.NumericValue, limit) -> ir.BooleanValue:
    """Strictly above the limit; equal is within it, whatever binary fractions do."""
    return value - limit > EPSILON


def under(value: ir.NumericValue, limit) -> ir.BooleanValue:
    """Strictly below the limit."""
    return limit - value > EPSILON


def differs(value: ir.NumericValue, other, tolerance=0) -> ir.BooleanValue:
    """The two are further apart than the tolerance."""
    return (value - other).abs() - tolerance > EPSILON


def same(a: ir.Value, b: ir.Value) -> ir.BooleanValue:
    """Both known and equal."""
    return (a == b).fill_null(False)


def any_null(*values: ir.Value) -> ir.BooleanValue:
    return ibis.or_(*(value.isnull() for value in values))


def hours_between(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.NumericValue:
    """Hours from start to end, to the second."""
    return (end.cast("timestamp").epoch_seconds() - start.cast("timestamp").epoch_seconds()) / 3600


def days_between(start: ir.Value, end: ir.Value) -> ir.IntegerValue:
    """Whole calendar days from start to end."""
    seconds = (
        end.cast("date").cast("timestamp").epoch_seconds()
        - start.cast("date").cast("timestamp").epoch_seconds()
    )
    return (seconds / 86400).round().cast("int64")


def add_months(day: ir.DateValue, months: int) -> ir.DateValue:
    """Calendar months, month end kept within the month: 31 January plus one month is 28 or 29 February."""
    return (day.cast("date") + ibis.interval(months=months)).cast("date")


def month_of(day: ir.Value) -> ir.StringValue:
    return day.strftime("%Y-%m")


def matches(text: ir.StringValue, pattern: str) -> ir.BooleanValue:
    """A keyword pattern of the catalogue is found in the text; unknown text matches nothing."""
    return text.re_search(pattern).fill_null(False)


def mentions(text: ir.StringValue, pattern: str | ir.StringValue, exceptions: str) -> ir.BooleanValue:
    """A keyword pattern is found in what is left of the text without the harmless words: “酒精” is no “酒”."""
    return text.re_replace(exceptions, " ").re_search(pattern).fill_null(False)


def in_turn(text: ir.StringValue, separator: str, *order: ir.Value) -> ir.StringValue:
    """The texts of a group after one another, ordered by what is never NULL. Spark cannot order while it joins them."""
    places = {f"at{place}": value for place, value in enumerate(order)}
    rows = ibis.struct({**places, "text": text}).collect().sort()
    return rows.map(lambda row: row["text"]).join(separator)


def squeezed(text: ir.StringValue) -> ir.StringValue:
    """Text without any white space, so that what clerks space differently compares equal."""
    return text.re_replace(r"\s+", "")


def each_day(first: date, last: date) -> ir.Table:
    """One row `day` for every day from first to last, both included."""
    moments = (ibis.timestamp(str(day)) for day in (first, last + timedelta(days=1)))
    days = ibis.range(*moments, ibis.interval(days=1)).cast("array<date>")
    return days.unnest().name("day").as_table()


def gathered(found: ir.Table, rows: ir.Table, key: list[str], rids: ibis.Deferred) -> ir.Table:
    """Groups that were found among rows, each with its `_rids`: lists do not spill to disk, so none is made of the rest."""
    few = rows.semi_join(found, [rows[column].identical_to(found[column]) for column in key])
    lists = few.group_by(key).agg(_rids=rids).rename({f"of_{column}": column for column in key})
    both = found.join(lists, [found[column].identical_to(lists[f"of_{column}"]) for column in key])
    return both.drop([f"of_{column}" for column in key])


def told_apart(found: ir.Table) -> ir.StringValue:
    """What makes hits of one unit one finding: the same rule on the same subject, or on the same row where there is none."""
    return found.rule_id + "|" + found.subject.fill_null(found._rid.cast("string").fill_null(""))


def shown(found: ir.Table) -> ir.Table:
    """The findings of each unit: `unit`, how many `findings`, and of one of them the rule, `example`, and the row, `first`."""
    by_rule = found.group_by("unit", "rule_id").agg(
        findings=told_apart(found).nunique(), row=found._rid.min()
    )
    # the first rule that has a row to show; where none has, the first rule
    order = ibis.ifelse(by_rule.row.isnull(), "~", "") + by_rule.rule_id
    return by_rule.group_by("unit").agg(
        findings=by_rule.findings.sum(),
        first=by_rule.row.argmin(order),
        example=by_rule.rule_id.argmin(order),
    )


def graded(table: ir.Table, kind: str, severity: str) -> ir.Table:
    """Findings of another kind and severity than the rule's own."""
    return table.mutate(kind=ibis.literal(kind), severity=ibis.literal(severity))


def spanned(table: ir.Table, name: str, last: date) -> ir.Table:
    """Findings about a unit and a span: the same unit and span is the same subject in every run."""
    return table.mutate(span=ibis.literal(name), date=ibis.literal(last), subject=table.unit_id + "|" + name)


def active(table: ir.Table) -> ir.Table:
    """Rows not marked as out of use."""
    return table.filter(table.active.fill_null(True))


def on_post(staff: ir.Table, day) -> ir.BooleanValue:
    """At work on that day: who is recorded as gone only later was still there."""
    return (staff.status == "在岗") | (staff.status_date > day).fill_null(False)
