"""Public payments, purchase cards and procurement plans read by the mapping kept in the project: known figures come out."""

from pathlib import Path

import pandas as pd
import pytest

from mingjing import Audit
from mingjing.intake.files import read_file
from mingjing.intake.values import read_number
from mingjing.stats import digit_test

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real" / "procurement"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real files (../shared/real) are not here")


@pytest.fixture(scope="module")
def audit():
    audit = Audit.open(REAL, "2010", config=ROOT / "data" / "mappings" / "procurement_limits.toml")
    assert audit.intake.conservation().kept.all() and not audit.intake.unreadable
    return audit


@pytest.fixture(scope="module")
def payments(audit):
    frame = audit.table("expense")
    return frame[frame._file.str.contains("corporate")]


@pytest.fixture(scope="module")
def cards(audit):
    frame = audit.table("expense")
    return frame[frame._file.str.contains("cards_2010")]


def test_the_payments_as_published(payments):
    yuan = payments.amount
    assert (len(payments), payments.payee.nunique(), (yuan < 0).sum(), (yuan == 0).sum()) == (
        189470,
        26166,
        4264,
        123,
    )
    key = ["payee", "invoice_no", "amount"]
    assert (
        payments.duplicated([*key, "voucher_date"]).sum() == 2482 and payments.duplicated(key).sum() == 2739
    )
    assert (yuan == 50).sum() == 6022


def test_digits_of_the_payments_as_published(payments):
    two, one = digit_test(payments.amount, "first_two"), digit_test(payments.amount, "first")
    assert (two.n, round(two.mad, 9), two.conformity) == (185083, 0.002336614, "Nonconformity")
    assert two.chi2 == pytest.approx(32094, rel=0.001)
    assert (round(one.mad, 6), round(one.chi2, 1)) == (0.013211, 4317.3)
    off = {
        d: round(abs(c - two.n * e), 2) for d, c, e in zip(two.labels, two.counts, two.expected, strict=True)
    }
    assert {d: off[d] for d in (50, 11, 10, 14, 98)} == {
        50: 5938.25,
        11: 3331.98,
        10: 2811.92,
        14: 1043.68,
        98: 889.95,
    }


def test_purchase_cards_with_decimal_commas_and_the_day_first(audit, cards):
    assert (len(cards), round(cards.amount.sum(), 2), cards.amount.max()) == (95076, 39037422.06, 3102000.0)
    assert cards.summary.nunique() == 1634
    seen = cards[["summary", "voucher_date", "payee", "amount", *(c for c in cards if c.startswith("x_"))]]
    assert seen.duplicated().sum() == 6474
    days = pd.to_datetime(cards.voucher_date)
    assert (days.min(), days.max()) == (pd.Timestamp("2010-01-01"), pd.Timestamp("2010-12-31"))
    assert ((cards.amount == 3.62).sum(), (cards.amount == 3.67).sum()) == (4283, 1620)
    assert round(digit_test(cards.amount, "first_two").mad, 7) == 0.0024452
    sheets = audit.intake.conservation()
    bought = sheets[(sheets.table == "purchase") & sheets.file.str.contains("cards")].iloc[0]
    assert (bought.accepted, bought.not_data) == (
        95076 - 3352,
        3352 + 1,
    )  # without a merchant's number; the header


@pytest.mark.parametrize(
    ("file", "rows", "total", "negatives", "repeats", "rejected"),
    [("february", 3959, 735975.49, 81, 135, 1), ("sept-2017", 4598, 1348361.50, 191, 138, 3)],
)
def test_birmingham_cards_whose_headers_drift(audit, file, rows, total, negatives, repeats, rejected):
    path = next(path for path in REAL.glob("birmingham*.xls") if file in path.name)
    sheet = next(sheet for sheet in read_file(path, path.name) if sheet.name == "Sheet1")
    head, *lines = sheet.rows
    gross = [read_number(line[head.index("ORIGINAL GROSS AMT")]) for line in lines]
    assert (len(lines), round(sum(gross), 2), sum(value < 0 for value in gross)) == (rows, total, negatives)
    assert len(lines) - len(set(map(tuple, lines))) == repeats
    frame = audit.table("expense")
    frame = frame[frame._file == path.name]
    assert len(frame) == rows - rejected and "Adults & Comms" not in set(frame.unit_id)
    assert {"Corporate Resources", "Local Services", "Development"} <= set(frame.unit_id)


def test_procurement_plans_of_shandong_without_the_scrapers_accidents(audit):
    frame = audit.table("purchase")
    for part, rows, yuan in (("clean_layout", 45, 83209160.0), ("mixed", 22, 29454700.0)):
        plan = frame[frame._file.str.contains(part)]
        assert (len(plan), round(plan.amount.sum(), 2)) == (rows, yuan)
        assert set(plan.fiscal_year) == {2026} and plan.item_name.is_unique
    assert "山东师范大学第二附属中学" in set(frame.unit_id)


def test_a_supplier_table_with_a_column_a_week_adds_up():
    path = next(REAL.glob("cumcm2021*"))
    sums = []
    for sheet in read_file(path, path.name):
        lines = [line for line in sheet.rows[1:] if line[0]]
        assert len(lines) == 402
        sums.append(sum(read_number(cell) for line in lines for cell in line[2:]))
    assert sums == [5829423, 5862550]


def test_rules_on_the_payments_say_what_pandas_says(audit, payments):
    found = audit.check("frugality").to_pandas()
    paid = payments[payments.amount != 0].assign(
        number=lambda t: t.invoice_no.str.upper().str.replace(r"[\W_]+", "", regex=True)
    )
    paid = paid[paid.number.notna() & (paid.number != "")]
    net = (
        paid.assign(sign=(paid.amount > 0) * 2 - 1, size=paid.amount.abs())
        .groupby(["payee", "number", "size"])
        .sign.sum()
    )
    again = {"|".join(key[:2]) for key in net[net > 1].index}
    assert {f.subject for f in found[found.rule_id == "JF-03"].itertuples() if "again" in f.evidence} == again
    digits = found[(found.rule_id == "JF-07") & (found.unit == "PAYMENTS")]
    assert digits.message_en.str.contains("begin with 50").any()
    split = found[found.rule_id == "CG-02"]
    assert len(split) and split.unit.str.startswith("CARD-").all()
