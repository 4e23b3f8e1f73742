"""Engines that run the rules' expressions: DuckDB in this process, or Spark on a cluster. A rule knows neither."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing.util import Finalize
from pathlib import Path
from shutil import which
from typing import NamedTuple

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends import BaseBackend

from mingjing.errors import UsageError

# Where Spark is and which folder all its workers see; by default Spark runs on this machine.
MASTER, FOLDER = "MINGJING_SPARK_MASTER", "MINGJING_SPARK_FOLDER"
_FOLDER = "spark.mingjing.folder"
# Rows of a group: no two workers read one, and by default a million rows would be one.
_GROUP = 100_000


def check_engine(engine: str) -> None:
    """UsageError where there is no such engine, or where this machine lacks what it needs."""
    if engine not in ("duckdb", "spark"):
        raise UsageError(f"engine “{engine}” is not offered", todo="Choose duckdb or spark")
    if engine == "spark" and (lacking := spark_lacks()):
        raise UsageError(f"the Spark engine needs {lacking}", todo="See docs/scale.md, or leave --engine out")


def connect(engine: str) -> BaseBackend:
    """A new DuckDB, or a new session of Spark. UsageError where it cannot be had."""
    check_engine(engine)
    if engine == "duckdb":
        return ibis.duckdb.connect()
    return spark(os.environ.get(MASTER, "local[*]"), os.environ.get(FOLDER))


def preload() -> None:
    """Loads what Ibis leaves until an engine is first asked for, so that processes forked from this one need not, each for
    itself. Nothing is connected: no thread starts."""
    _ = ibis.duckdb


def spark_lacks() -> str:
    """What Spark would need and is not on this machine; blank where nothing is missing."""
    java = which("java") or os.environ.get("JAVA_HOME")
    missing = (
        [] if find_spec("pyspark") else ["PySpark (pip install --require-hashes -r requirements-spark.lock)"]
    )
    return " and ".join([*missing, *([] if java else ["Java 17"])])


def spark(master: str, folder: str | None = None) -> BaseBackend:
    """A session of its own at a master URL. Ledgers go to it as Parquet in `folder`, a temporary one of this machine
    unless given."""
    from pyspark.sql import SparkSession

    quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    running = SparkSession.builder.master(master).appName("mingjing").config(map=quiet).getOrCreate()
    running.sparkContext.setLogLevel("ERROR")
    session = running.newSession()  # two audits in one process have ledgers of the same names
    session.conf.set(_FOLDER, tempfile.mkdtemp(prefix="mingjing-", dir=folder))
    # else it refuses a ledger with columns “Link” and “link”
    session.conf.set("spark.sql.caseSensitive", "true")
    if master.startswith("local"):  # 200 parts, the default, are for a cluster
        session.conf.set("spark.sql.shuffle.partitions", "2")
    Finalize(None, _leave, (session, session.conf.get(_FOLDER)), exitpriority=1)
    return ibis.pyspark.connect(session)


def _leave(session, folder: str) -> None:
    """No workers go on for a process that ends, and no ledger stays behind in the folder they share."""
    session.stop()
    shutil.rmtree(folder, ignore_errors=True)


def store(backend: BaseBackend, name: str, arrow: pa.Table) -> ir.Table:
    """Gives the engine a table."""
    _ENGINES[backend.name].store(backend, name, arrow)
    return backend.table(name)


def materialise(backend: BaseBackend, name: str, text: str, schema: ibis.Schema) -> ir.Table:
    """Works a query in the engine's own SQL out and gives the engine its rows as a table of this schema."""
    _ENGINES[backend.name].materialise(backend, name, text, schema)
    return backend.table(name)


def fetch(backend: BaseBackend, text: str) -> pa.Table:
    """The rows of a query in the engine's own SQL."""
    return _ENGINES[backend.name].fetch(backend, text)


def frame(backend: BaseBackend, text: str) -> pd.DataFrame:
    """The same for who reads on in pandas."""
    return _ENGINES[backend.name].frame(backend, text)


def asked(backend: BaseBackend, text: str) -> pd.DataFrame:
    """The same for a query that a person wrote: where DuckDB refuses it, its reason in one line."""
    try:
        return frame(backend, text)
    except duckdb.Error as error:
        raise UsageError(
            f"the query does not run: {str(error).split(chr(10) * 2)[0]}",
            todo="The ledgers' names are those of audit.tables",
        ) from None


@contextmanager
def starved() -> Iterator[None]:
    """Within it an engine that runs out of memory is like anything else that does: MemoryError."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise MemoryError(str(error)) from error


class _Engine(NamedTuple):
    store: Callable[[BaseBackend, str, pa.Table], object]
    materialise: Callable[[BaseBackend, str, str, ibis.Schema], object]
    fetch: Callable[[BaseBackend, str], pa.Table]
    frame: Callable[[BaseBackend, str], pd.DataFrame]


def _materialise(backend: BaseBackend, name: str, text: str, schema: ibis.Schema) -> None:
    # a sum of DuckDB is wider than ibis takes it for: left to itself the table would have other types than the query
    columns = ", ".join(
        f"{column.this.sql('duckdb')} {column.kind.sql('duckdb')}"
        for column in schema.to_sqlglot_column_defs("duckdb")
    )
    backend.con.execute(f'CREATE OR REPLACE TABLE "{name}" ({columns})')
    backend.con.execute(f'INSERT INTO "{name}" {text}')


def _write(backend: BaseBackend, name: str, arrow: pa.Table) -> None:
    session = backend._session
    path = Path(session.conf.get(_FOLDER)) / f"{name}.parquet"
    pq.write_table(arrow, path, row_group_size=_GROUP)
    session.read.parquet(str(path)).createOrReplaceTempView(f"`{name}`")


_ENGINES = {
    "duckdb": _Engine(
        # create_table of ibis 12 fails on DuckDB 2.0 (DROP VIEW without a name), so the Arrow table is registered.
        lambda backend, name, arrow: backend.con.register(name, arrow),
        _materialise,
        lambda backend, text: backend.con.sql(text).to_arrow_table(),
        lambda backend, text: backend.con.sql(text).df(),
    ),
    "pyspark": _Engine(
        _write,
        lambda backend, name, text, schema: (
            backend._session.sql(text).cache().createOrReplaceTempView(f"`{name}`")
        ),
        lambda backend, text: backend._session.sql(text).toArrow(),
        lambda backend, text: backend._session.sql(text).toPandas(),
    ),
}
