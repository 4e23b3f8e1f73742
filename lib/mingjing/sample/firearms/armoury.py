"""One unit's armoury through the year: who draws which gun when, and what that does to the stock."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count

from mingjing.sample.bureau import Bureau, Row

RIFLE, PISTOL, AIR = "5.6mm步枪弹", "5.6mm手枪弹", "4.5mm气枪弹"
KINDS = {RIFLE: ("小口径步枪", "5.6"), PISTOL: ("小口径手枪", "5.6"), AIR: ("气步枪", "4.5")}
GUNS, RESERVE, AMMO = "1号枪库", "2号枪库", "弹药库"
SIGN = {"入库": 1, "退回": 1, "领出": -1, "报废": -1, "盘亏": -1}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


class Armoury:
    """`issues` are added through `issue`, ammunition entries through `entry`; `book` writes the ledger in the end."""

    def __init__(self, bureau: Bureau, unit: Row):
        self.bureau, self.unit, self.unit_id = bureau, unit, unit["unit_id"]
        self.rng = bureau.random(f"firearms/{self.unit_id}")
        self.staff = bureau.staff(self.unit_id)
        self.coaches = [row["ath_id"] for row in bureau.athletes(self.unit_id, "教练员")]
        self.shooters = [row["ath_id"] for row in bureau.athletes(self.unit_id)]
        self.guns: list[Row] = []
        self.issues: list[Row] = []
        self.entries: list[dict] = []
        self.balances: dict[tuple[str, str], list[tuple[datetime, int]]] = defaultdict(list)
        self._order = count()

    def gun(self, kind: str, store: str, cabinet: str, **more) -> Row:
        name, caliber = KINDS[kind]
        usual = {
            "gun_no": self.bureau.number("QZ"),
            "gun_type": name,
            "caliber": caliber,
            "unit_id": self.unit_id,
            "permit_no": self.bureau.number("ZJ"),
            "permit_expiry": date(2023, 6, 30),
            "last_inspect_date": date(2021, 6, 8),
            "storeroom": store,
            "cabinet_no": cabinet,
            "status": "在库",
            "status_date": date(2020, 1, 6),
            "loss_found_time": None,
            "loss_report_time": None,
            "surrender_date": None,
        }
        row = self.bureau.add("gun", **(usual | more))
        self.guns.append(row)
        return row

    def specify(self, gun: Row, kind: str, day: date, coach: int, out: int, used: int, **more) -> dict:
        """What one issue says, unremarkable unless `more` says otherwise; a list of these is sorted and then added."""
        keepers = self.staff["keeper"]
        return {
            "unit_id": self.unit_id,
            "slip_no": None,
            "gun_no": gun["gun_no"],
            "ammo_type": kind,
            "borrower_id": self.shooters[self.guns.index(gun) % len(self.shooters)],
            "coach_id": self.coaches[coach],
            "purpose": "训练",
            "approver_id": self.staff["deputy"][0],
            "approve_time": at(day - timedelta(days=1), 17),
            "out_time": at(day, 8, 30),
            "planned_return_date": None,
            "in_time": at(day, 11, 30),
            "ammo_out": out,
            "ammo_used": used,
            "ammo_returned": out - used,
            "dud_count": 0,
            "shell_returned": None if kind == AIR else used,
            "return_gun_no": gun["gun_no"],
            "unload_check": True,
            "keeper_out1": keepers[0],
            "keeper_out2": keepers[1],
            "keeper_in1": keepers[1],
            "keeper_in2": keepers[0],
            "transport_permit_no": None,
            "escort_count": None,
            "ammo_separate": None,
        } | more

    def issue(self, values: dict) -> Row:
        row = self.bureau.add("gun_issue", issue_id=self.bureau.number("LQ"), **values)
        self.issues.append(row)
        return row

    def lot(self, kind: str, day: date) -> str:
        return f"{day.year % 100}-{1 if day.month < 7 else 2}{list(KINDS).index(kind)}"

    def entry(self, when: datetime, kind: str, lot: str, what: str, qty: int, **more) -> dict:
        """One ammunition entry to be booked; `slip` is by how much the clerk writes a wrong balance."""
        keepers = self.staff["keeper"]
        usual = {"storeroom": AMMO, "cabinet_no": "D1", "issue_id": None, "slip": 0}
        signed = {"handler1": keepers[0], "handler2": keepers[1], "doc_no": self.bureau.number("DJ")}
        spec = {"txn_time": when, "ammo_type": kind, "batch_no": lot, "txn_type": what, "qty": qty}
        self.entries.append(spec | usual | signed | {"_order": next(self._order)} | more)
        return self.entries[-1]

    def book(self) -> None:
        """Writes the ammunition ledger in order of time; each spec gets its `row`."""
        balance: dict[tuple, int] = defaultdict(int)
        for spec in sorted(self.entries, key=lambda e: (e["txn_time"], e["_order"])):
            lot = (spec["storeroom"], spec["ammo_type"], spec["batch_no"])
            if spec["txn_type"] == "期初":
                balance[lot] = spec["qty"]
            else:
                balance[lot] += SIGN[spec["txn_type"]] * spec["qty"] + spec["slip"]
            values = {k: v for k, v in spec.items() if k not in ("slip", "_order")}
            values |= {"txn_id": self.bureau.number("DY"), "unit_id": self.unit_id, "balance": balance[lot]}
            if spec["storeroom"] == AMMO:
                self.balances[lot[1:]].append((spec["txn_time"], balance[lot]))
            spec["row"] = self.bureau.add("ammo_txn", **values)

    def rounds(self, kind: str, when: datetime) -> int:
        """What the ledger says of one kind of ammunition at a moment."""
        lots = [lines for (of, _), lines in self.balances.items() if of == kind]
        return sum(next((b for t, b in reversed(lines) if t <= when), 0) for lines in lots)

    def held(self, store: str, when: datetime) -> Iterator[tuple[Row, bool]]:
        """Each gun of the store on the register at that moment, and whether it is out."""
        out = {
            row["gun_no"]
            for row in self.issues
            if row["out_time"] <= when and (row["in_time"] is None or row["in_time"] > when)
        }
        for gun in self.guns:
            gone = gun["status"] in ("丢失", "被盗", "上缴") and gun["status_date"] <= when.date()
            if gun["storeroom"] == store and not gone:
                yield gun, gun["gun_no"] in out
