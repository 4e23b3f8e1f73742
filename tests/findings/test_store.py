"""A register that cannot be used is one line that names it, and never a password."""

import sqlite3

import pytest
import sqlalchemy as sa

from mingjing.errors import MingjingError
from mingjing.findings.register import schema
from mingjing.findings.register.schema import Store


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("mysql://x/y", "a register in mysql is not offered"),
        (
            "postgresql://u:secret@127.0.0.1:1/x",
            "postgresql+psycopg://u:***@127.0.0.1:1/x: the register cannot be used",
        ),
        ("://", "cannot be read"),
        ("sqlite://", "names no file"),
        ("no/such/folder/r.sqlite", "no/such/folder/r.sqlite: the register cannot be used: unable to open"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_line(where, said):
    with pytest.raises(MingjingError) as caught:
        Store.open(where)
    assert said in str(caught.value) and "secret" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_that_is_no_register_or_of_a_later_version_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("years of work " * 100)
    with pytest.raises(MingjingError, match="file is not a database"):
        Store.open(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text().startswith("years of work")
    store = Store.open(tmp_path / "later.sqlite")
    with store.write() as conn:
        conn.execute(sa.update(schema.about).values(version=99))
    with pytest.raises(MingjingError, match="version 99"):
        Store.open(tmp_path / "later.sqlite")


def test_a_register_that_somebody_holds_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(schema, "_WAIT_S", 0.05)
    store = Store.open(tmp_path / "r.sqlite")
    holder = sqlite3.connect(tmp_path / "r.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    for way in (store.read, store.write):
        with (
            pytest.raises(MingjingError, match=r"r\.sqlite: the register cannot be used: database is locked"),
            way() as conn,
        ):
            conn.execute(sa.select(schema.run))
    holder.close()


def test_what_fails_half_way_leaves_nothing(tmp_path):
    store = Store.open(tmp_path / "r.sqlite")
    with pytest.raises(ZeroDivisionError), store.write() as conn:
        conn.execute(schema.finding.insert(), {"finding_id": "a", "status": "open", "version": 0})
        _ = 1 / 0
    with store.read() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(schema.finding)) == 0
