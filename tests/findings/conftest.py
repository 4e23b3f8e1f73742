"""Registers to try things on: a file, and a PostgreSQL server of our own where one is installed."""

import os
import shutil
import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from mingjing.findings.register import Known, Made, Ran, Register, RunRecord
from mingjing.findings.register.book import place, record

AT = "2026-01-01T00:00:00+00:00"


def made(
    period="2021", as_of="2021-12-31", found=(), inputs="a", units=(), areas=("canteen",), **rules
) -> Made:
    """A run by hand. `found`: (rule, unit, subject) or (rule, unit, subject, message); rules: `ST_02="passed"` or a `Ran`."""
    start, end = {"2021": (date(2021, 1, 1), date(2021, 12, 31))}.get(period) or (
        date(2021, 3 * int(period[-1]) - 2, 1),
        date.fromisoformat(as_of),
    )
    ran = {
        name.replace("_", "-"): value if isinstance(value, Ran) else Ran(value, bound="")
        for name, value in rules.items()
    }
    ran |= {f[0]: Ran("findings", bound="") for f in found if f[0] not in ran}
    run = RunRecord(
        period, start, min(end, date.fromisoformat(as_of)), date.fromisoformat(as_of), units, inputs, ran
    )
    return Made(run, areas, tuple(known(*f) for f in found))


def known(rule_id, unit, subject, message="不合规") -> Known:
    row = {
        "finding_id": f"{rule_id}-{unit}-{subject}",
        "rule_id": rule_id,
        "area": "canteen",
        "severity": "high",
        "kind": "breach",
        "unit": unit,
        "subject": subject,
        "message_zh": message,
        "message_en": "against the rule",
        "amount": None,
        "date": None,
    }
    return Known(row, (("food_log", subject),))


def done(register: Register, run: Made, gone=()) -> None:
    """The run written down and its report in place. gone: keys no longer in the ledgers."""
    record(register.store, run, lambda keys: any(key in gone for _table, key in keys), "seal", "/nowhere", AT)
    place(register.store, run, "seal", "/nowhere")


@pytest.fixture(scope="session")
def postgres():
    """URL of a server started for the tests; skipped where PostgreSQL is not installed."""
    found = shutil.which("pg_ctl") or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))), None
    )
    if not found:
        pytest.skip("PostgreSQL is not installed")
    binaries = Path(found).resolve().parent
    folder = Path(tempfile.mkdtemp(prefix="mj-pg-"))
    user = {"user": "nobody", "group": "nogroup"} if os.getuid() == 0 else {}
    if user:
        shutil.chown(folder, *user.values())

    def call(program, *args):
        subprocess.run([binaries / program, *args], check=True, capture_output=True, cwd=folder, **user)

    data, options = folder / "data", f"-F -k {folder} -c listen_addresses=''"
    call("initdb", "-D", data, "-U", "tester", "-A", "trust", "-N")
    subprocess.run(
        [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **user,
    )
    try:
        yield f"postgresql://tester@/{{}}?host={folder}"
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request, tmp_path):
    """Where an empty register may be: a file, or a database of its own."""
    if request.param == "sqlite":
        return str(tmp_path / "register.sqlite")
    url = request.getfixturevalue("postgres")
    name = f"register_{time.time_ns()}"
    engine = sa.create_engine(
        url.format("postgres").replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as conn:
        conn.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.format(name)


@pytest.fixture
def register(where):
    return Register.open(where, who="分析员")
