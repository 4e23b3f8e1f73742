"""When a sanction surely ran."""

import ibis
import ibis.expr.types as ir

from mingjing.rules.expr import add_months
from mingjing.rules.ledgers import Ledgers


def on_file(ledgers: Ledgers) -> bool:
    """Whether the staff list tells of sanctions at all."""
    return any(ledgers.has("person", f"discipline_{end}_date") for end in ("start", "end"))


def ran(t: ir.Table, first: ir.DateValue, last: ir.DateValue, least_months: int) -> ir.BooleanValue:
    """The person's sanction ran on some day from first to last. A start or an end that nobody wrote is taken to lie as near
    to the other as the shortest sanction allows: what is only possible accuses nobody."""
    start, end = t.discipline_start_date, t.discipline_end_date
    began = ibis.coalesce(start, add_months(end, -least_months))
    ended = ibis.coalesce(end, add_months(start, least_months))
    return (began <= last) & (ended >= first)
