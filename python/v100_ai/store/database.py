"""The database behind the store: transactions, and its errors in our own words."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

from sqlalchemy import Connection, Engine, insert, inspect, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from v100_ai.errors import StoreBusy, StoreUnavailable
from v100_ai.store import dialect, migrations
from v100_ai.store.health import Health
from v100_ai.store.schema import METADATA, SCHEMA, VERSION

WRITING: Final = {"writes": True}


class Database:
    """Hands out transactions; every error of the database leaves as `StoreUnavailable`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.health = Health()
        # Within one process writers of SQLite queue here: its own waiting is a poll with pauses up to 100 ms.
        self._turn = threading.Lock() if dialect.writes_alone(engine) else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of things."""
        began = self.health.monotonic()
        try:
            with self._translated(), self._engine.connect() as db, db.begin():
                yield db
        except StoreUnavailable as error:
            # What cannot be read cannot be written either; that it can be read again shows nothing.
            self.health.refused(began, error)
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is durable when the block ends, or did not happen."""
        began = self.health.monotonic()
        try:
            with self._turn, self._translated(), self._engine.connect() as db:
                db.execution_options(**WRITING)
                with db.begin():
                    yield db
        except StoreUnavailable as error:
            self.health.refused(began, error)
            raise
        self.health.succeeded(began)

    def migrate(self) -> None:
        """Make the tables where they are not yet, and those of an earlier program into ours, in one transaction.

        Raises:
            StoreUnavailable: they are those of a newer program.
        """
        with self.write() as db:
            dialect.alone(db)
            if inspect(db).has_table(SCHEMA.name):
                migrations.run(db, db.execute(select(SCHEMA.c.version)).scalar_one())
                return
            METADATA.create_all(db)
            db.execute(insert(SCHEMA), {"version": VERSION})

    def fold(self) -> None:
        """Fold SQLite's log into its file, as far as nobody needs it, and empty it."""
        with self._turn, self._translated(), self._engine.connect() as db:
            dialect.fold(db)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DataError, IntegrityError) as error:
            raise ValueError(f"the database cannot keep this: {_said(error)}") from None
        except OverflowError as error:
            raise ValueError(f"the database cannot keep this: {error}") from None
        except DBAPIError as error:
            kind = StoreBusy if dialect.passing(error) else StoreUnavailable
            reason = dialect.reason(error)
            raise kind(f"{self._engine.url!r}: {_said(error)}", reason) from None
        except SQLAlchemyError as error:
            raise StoreUnavailable(f"{self._engine.url!r}: {error}") from None


def _said(error: DBAPIError) -> str:
    """The driver's own first line: further ones may quote what was to be written."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


class Part:
    """What each part of the store stands on: the database, and the time as a function."""

    def __init__(self, database: Database, wall: Callable[[], float]) -> None:
        self._database = database
        self._wall = wall
