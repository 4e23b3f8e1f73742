"""The register's tables, on SQLite or PostgreSQL, and the two ways to reach them: to read, and to write alone.

One writer at a time on both: SQLite by BEGIN IMMEDIATE, PostgreSQL by locking the history table first. So whoever
writes has read what the last one wrote, and a killed writer leaves nothing behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from mingjing.errors import InputError, UsageError

VERSION = 1
_WAIT_S = 60
metadata = sa.MetaData()

run = sa.Table(
    "run",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("identity", sa.String(64), unique=True, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("start", sa.Date, nullable=False),
    sa.Column("end", sa.Date, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("units", sa.JSON, nullable=False),
    sa.Column("areas", sa.JSON, nullable=False),
    sa.Column("inputs", sa.String(64), nullable=False),
    sa.Column("order", sa.Integer, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("placed", sa.Boolean, nullable=False),
)
ran = sa.Table(
    "ran",
    metadata,
    sa.Column("number", sa.ForeignKey("run.number"), primary_key=True),
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("bound", sa.Text, nullable=False),
    sa.Column("terms", sa.String(64), nullable=False),
)
finding = sa.Table(
    "finding",
    metadata,
    sa.Column("finding_id", sa.Text, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("due", sa.Date),
    sa.Column("measure", sa.Text),
    sa.Column("evidence", sa.Text),
    sa.Column("verdict", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("until", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
)
content = sa.Table(
    "content",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
sight = sa.Table(
    "sight",
    metadata,
    sa.Column("number", sa.ForeignKey("run.number"), primary_key=True),
    sa.Column("finding_id", sa.ForeignKey("finding.finding_id"), primary_key=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("digest", sa.ForeignKey("content.digest")),
)
history = sa.Table(
    "history",
    metadata,
    sa.Column("entry", sa.Integer, primary_key=True),
    sa.Column("finding_id", sa.ForeignKey("finding.finding_id"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("old", sa.Text),
    sa.Column("new", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("after_run", sa.Integer, nullable=False),
)
about = sa.Table("register", metadata, sa.Column("version", sa.Integer, primary_key=True))

# History is only ever added to, whoever holds the file.
for _verb in ("UPDATE", "DELETE"):
    sa.event.listen(
        history,
        "after_create",
        sa.DDL(
            f"CREATE TRIGGER history_no_{_verb.lower()} BEFORE {_verb} ON history "
            "BEGIN SELECT RAISE(ABORT, 'history is only added to'); END"
        ).execute_if(dialect="sqlite"),
    )
sa.event.listen(
    history,
    "after_create",
    sa.DDL(
        "CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'history is only added to'; END$$; "
        "CREATE TRIGGER history_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON history "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept()"
    ).execute_if(dialect="postgresql"),
)


class Store:
    """A register's database. Make it with `Store.open`; no connection is kept between two uses, so it may be forked."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    @classmethod
    def open(cls, where: str | Path, create: bool = True) -> "Store":
        """`where`: a file, or a URL such as `postgresql://host/name`. create: make the tables where there are none.

        InputError that names the place: cannot be reached, is no register, is of a later version, is not there.
        """
        url = _url(where)
        file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        if file and not create and not file.exists():
            raise InputError("no register here", file=file, todo="Run mingjing run first, or name it")
        engine = sa.create_engine(url, poolclass=NullPool, connect_args=_connect_args(url))
        if file:
            sa.event.listen(engine, "connect", _on_connect)
            sa.event.listen(engine, "begin", _on_begin)
        store = cls(engine)
        try:
            store._prepare(create)
        except sa.exc.DatabaseError as error:
            said = " ".join(str(error.orig).split())
            raise InputError(f"the register cannot be used: {said}", file=store, todo=_TODO) from None
        return store

    def _prepare(self, create: bool) -> None:
        with self.read() as conn:
            ready = sa.inspect(conn).has_table("register")
        if not ready and not create:
            raise InputError("no register here", file=self, todo="Run mingjing run first, or name it")
        if not ready:
            with self._alone(lock="SELECT pg_advisory_xact_lock(3141592)") as conn:
                if not sa.inspect(conn).has_table("register"):
                    metadata.create_all(conn)
                    conn.execute(about.insert(), {"version": VERSION})
        with self.read() as conn:
            version = conn.scalar(sa.select(sa.func.max(about.c.version)))
        if version != VERSION:
            raise InputError(
                f"the register is of version {version}, this program writes version {VERSION}",
                file=self,
                todo="Use the program that wrote it",
            )

    def __str__(self) -> str:
        """Where it is, without a password."""
        url = self._engine.url
        return (url.database or "") if url.get_backend_name() == "sqlite" else url.render_as_string()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One consistent view."""
        options = {} if self._sqlite else {"isolation_level": "REPEATABLE READ"}
        engine = self._engine.execution_options(reading=True, **options)
        with self._in_one_line(), engine.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """The only writer; all of it is kept at the end, or nothing."""
        with self._alone(lock="LOCK TABLE history IN EXCLUSIVE MODE") as conn:
            yield conn

    @contextmanager
    def _alone(self, lock: str) -> Iterator[sa.Connection]:
        with self._in_one_line(), self._engine.begin() as conn:
            if not self._sqlite:
                conn.exec_driver_sql(lock)
            yield conn

    @contextmanager
    def _in_one_line(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.OperationalError as error:
            said = " ".join(str(error.orig).split())
            raise InputError(f"the register cannot be used: {said}", file=self, todo=_TODO) from None

    @property
    def _sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"


_TODO = "Check the place, the rights to it and whether somebody else holds it"


def _url(where: str | Path) -> sa.URL:
    text = str(where)
    if "://" not in text:
        return sa.URL.create("sqlite", database=text)
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError:
        raise UsageError("the register's address cannot be read", todo=_FORMS) from None
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise UsageError(f"a register in {backend} is not offered", todo=_FORMS)
    if backend == "sqlite" and not url.database:
        raise UsageError("the register's address names no file", todo=_FORMS)
    return url.set(drivername="postgresql+psycopg") if backend == "postgresql" else url


_FORMS = "Write a file name, sqlite:///file or postgresql://user@host/name"


def _connect_args(url: sa.URL) -> dict:
    return {"timeout": _WAIT_S} if url.get_backend_name() == "sqlite" else {"connect_timeout": 10}


def _on_connect(connection, _record) -> None:
    connection.isolation_level = None  # begin is ours, below
    connection.execute("PRAGMA foreign_keys = ON")


def _on_begin(conn: sa.Connection) -> None:
    reading = conn.get_execution_options().get("reading")
    conn.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
