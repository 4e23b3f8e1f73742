"""Reception, vehicles, holidays, procurement, spending: a year of ledgers, with every rule of the area planted."""

from mingjing.sample.bureau import Bureau
from mingjing.sample.frugality import expenses, holidays, purchases, reception, reception_plants, vehicles


def build(bureau: Bureau) -> None:
    reception_plants.plant(bureau, reception.build(bureau))
    bureau.rows["reception"].sort(key=lambda row: (row["start_date"], row["reception_id"]))
    vehicles.build(bureau)
    holidays.build(bureau)
    purchases.build(bureau)
    expenses.build(bureau)
    bureau.rows["expense"].sort(key=lambda row: (row["voucher_date"], row["line_id"]))
    expenses.finish(bureau)
