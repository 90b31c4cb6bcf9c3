"""What SQLite and PostgreSQL do differently; nothing else in this room knows which one it is."""

import shutil
import sqlite3
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Insert,
    Table,
    create_engine,
    event,
    func,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from v100_ai.errors import ExtraMissing, SettingRejected, Unwritten

PATIENCE: Final = 5.0
"""Seconds to wait for another process that writes the same SQLite file, or for PostgreSQL to be reached."""

OPENINGS: Final = 40
"""Connections beside the pool's own: as many as there are threads that wait for a database."""

TIMEOUTS: Final = {
    "idle_in_transaction_session_timeout": 5,
    "lock_timeout": 10,
    "statement_timeout": 60,
}
"""Seconds that PostgreSQL waits: a process that is stopped within a transaction must not keep its locks."""

MIGRATION: Final = 0x76313030
"""The advisory lock of PostgreSQL that one process holds while it makes the tables."""

PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PROTOCOL,  # another process was stopped while it took a lock
    }
)


ENDED: Final = frozenset({"25P03", "25P04"})
"""PostgreSQL ended the transaction of a process that was stopped within it (appendix A): nothing of it is written."""


def engine(url: str) -> Engine:
    """The engine of `sqlite:///path` or `postgresql://...`.

    Raises:
        SettingRejected: it is neither.
        ExtraMissing: the driver is not installed.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise _refused("something that is no URL") from None
    match address.get_backend_name():
        case "sqlite":
            return _sqlite(address)
        case "postgresql":
            return _postgresql(address)
        case other:
            raise _refused(f"{other}://")


def _refused(found: str) -> SettingRejected:
    return SettingRejected(f"database: expected sqlite:///path or postgresql://..., found {found}")


def _sqlite(address: URL) -> Engine:
    if address.database in {None, "", ":memory:"}:
        raise _refused("a database in memory, which would not outlive the process")
    made = create_engine(
        address.set(drivername="sqlite+pysqlite"),
        connect_args={"isolation_level": None}
        | ({} if "timeout" in address.query else {"timeout": PATIENCE}),
        max_overflow=OPENINGS,
        hide_parameters=True,
    )

    @event.listens_for(made, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # WAL: readers and the writer do not wait for each other. FULL: a commit is on the disk when it returns.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # What is forgotten is overwritten, also where SQLite was not built to.
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that begins as a reader could not become a writer once another one has written.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return made


def _postgresql(address: URL) -> Engine:
    given = address.query.get("options", ())
    options = [
        *(f"-c{name}={seconds * 1000}" for name, seconds in TIMEOUTS.items()),
        # Of two that say the same the last one counts: the URL's.
        *((given,) if isinstance(given, str) else given),
    ]
    try:
        return create_engine(
            address.set(drivername="postgresql+psycopg"),
            connect_args={
                "connect_timeout": round(PATIENCE),
                "tcp_user_timeout": 10_000,
                "application_name": "v100_ai",
                "options": " ".join(options),
            },
            max_overflow=OPENINGS,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    except ImportError:
        raise ExtraMissing("postgres", "psycopg") from None


def writes_alone(made: Engine) -> bool:
    """Whether the database lets one transaction write at a time."""
    return made.dialect.name == "sqlite"


def alone(db: Connection) -> None:
    """Keeps all others from making tables until the transaction ends; a writer of SQLite is alone anyway."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION})


def upsert(
    db: Connection, table: Table, *, keys: Collection[str], changes: Collection[str]
) -> Insert:
    """An insert that changes these columns to the new values where a row with the keys is there already."""
    if db.dialect.name == "sqlite":
        small = sqlite.insert(table)
        return small.on_conflict_do_update(
            index_elements=list(keys), set_={name: small.excluded[name] for name in changes}
        )
    large = postgresql.insert(table)
    return large.on_conflict_do_update(
        index_elements=list(keys), set_={name: large.excluded[name] for name in changes}
    )


def add_missing(db: Connection, table: Table) -> Insert:
    """An insert that leaves rows alone which are there already."""
    if db.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def passing(error: DBAPIError) -> bool:
    """Whether it may go well when tried again: the file is locked, the server is away or starting."""
    found = error.orig
    if isinstance(found, sqlite3.Error):
        # The extended codes have the plain one in their lowest byte.
        return getattr(found, "sqlite_errorcode", 0) & 0xFF in PASSING
    ended = getattr(found, "sqlstate", None) in ENDED
    return ended or isinstance(error, OperationalError | InterfaceError)


Codes = frozenset[int | str]

FULL: Final[Codes] = frozenset({sqlite3.SQLITE_FULL, "53100"})
LOCKED: Final[Codes] = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, "55P03", "57014"})
READ_ONLY: Final[Codes] = frozenset(
    {
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_CANTOPEN,
        "25006",
        "42501",
    }
)
BROKEN: Final[Codes] = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}
)
REASONS: Final[Mapping[Unwritten, Codes]] = {
    "full": FULL,
    "locked": LOCKED,
    "read_only": READ_ONLY,
    "broken": BROKEN,
    "interrupted": frozenset(ENDED),
}
"""By SQLite's result codes and PostgreSQL's states (appendix A)."""


def reason(error: DBAPIError) -> Unwritten:
    """Why the database did not do it."""
    found = error.orig
    if isinstance(found, sqlite3.Error):
        code: int | str | None = getattr(found, "sqlite_errorcode", 0) & 0xFF
    else:
        code = getattr(found, "sqlstate", None)
    return next((why for why, codes in REASONS.items() if code in codes), "away")


def holds(db: Connection, column: ColumnElement[bytes], found: bytes) -> ColumnElement[bool]:
    """Whether the bytes occur in the column's."""
    if db.dialect.name == "sqlite":
        return func.instr(column, found) > 0
    return func.strpos(func.encode(column, "escape"), found.decode()) > 0


def fold(db: Connection) -> None:
    """Empty SQLite's log into its file, as far as nobody reads from it; PostgreSQL looks after its own."""
    if db.dialect.name == "sqlite":
        # Within a transaction it would do nothing.
        plain: sqlite3.Connection | None = db.connection.driver_connection
        if plain is not None:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def size(db: Connection) -> dict[str, int]:
    """Bytes of the database; with SQLite also of its log that is not folded in, and what the disk has left."""
    if db.dialect.name == "postgresql":
        whole = db.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        return {"database": int(whole)}
    path = Path(db.engine.url.database or "")
    log = path.with_name(path.name + "-wal")
    return {
        "database": path.stat().st_size,
        "wal": log.stat().st_size if log.exists() else 0,
        "free": shutil.disk_usage(path.parent).free,
    }


def integrity(db: Connection) -> str:
    """`ok`, or what SQLite finds wrong with its file; PostgreSQL checks its pages by itself."""
    if db.dialect.name == "sqlite":
        return str(db.execute(text("PRAGMA integrity_check(1)")).scalar_one())
    return "ok"
