"""The store: everything that is kept, in one database."""

from collections.abc import Callable
from typing import Final, Self

from sqlalchemy import select

from v100_ai.errors import StoreUnavailable
from v100_ai.store import dialect, receipts
from v100_ai.store.answers import Answers
from v100_ai.store.database import Database
from v100_ai.store.endpoints import Endpoints
from v100_ai.store.gauges import Gauges
from v100_ai.store.health import Health
from v100_ai.store.history import History
from v100_ai.store.keys import Keys
from v100_ai.store.log import Log
from v100_ai.store.outbox import Outbox
from v100_ai.store.retention import Retention
from v100_ai.store.schema import SCHEMA
from v100_ai.store.sessions import Sessions

LARGE: Final = 256 * 1024
"""Bytes: on a full disk a small write may still find room in what the file has already."""


class Store(Sessions, Answers, Log, History, Endpoints, Outbox, Keys, Gauges, Retention):
    """Each method is one transaction, which is durable when it returns. Any thread may call any of them.

    Asynchronous code appends through a `Writer`, and reads with `anyio.to_thread.run_sync(store.read, ...)`.

    All raise `StoreUnavailable` when the database does not answer: `StoreBusy` where it may when asked again. What
    cannot be kept as it is, such as NaN, is a `ValueError`.
    """

    @classmethod
    def open(cls, url: str, *, wall: Callable[[], float]) -> Self:
        """The store at `sqlite:///path` or `postgresql://...`, whose tables are made if need be.

        `wall` returns the time in seconds since 1970.

        Raises:
            SettingRejected: the URL leads to no such database.
            ExtraMissing: what PostgreSQL needs is not installed.
            StoreUnavailable: the database cannot be reached or read, or is of a newer version.
        """
        database = Database(dialect.engine(url))
        try:
            database.migrate()
            with database.write() as db:
                receipts.clear(db, wall())
        except BaseException:
            database.close()
            raise
        return cls(database, wall)

    def close(self) -> None:
        """Let go of every connection."""
        self._database.close()

    def check(self) -> None:
        """Whether the database answers.

        Raises:
            StoreUnavailable: it does not.
        """
        with self._database.read() as db:
            db.execute(select(SCHEMA.c.version)).scalar_one()

    @property
    def health(self) -> Health:
        """What became of the writes so far."""
        return self._database.health

    def probe(self) -> None:
        """Write something small; as much as an append might need while writes fail.

        Raises:
            StoreUnavailable: nothing can be written.
        """
        with self._database.write() as db:
            receipts.probe(db, self.health.name, LARGE if self.health.outage else 0, self._wall())
        self.health.proved()

    def verify(self) -> None:
        """Whether the database's file is whole; it is read from end to end.

        Raises:
            StoreUnavailable: it is not, with what was found.
        """
        with self._database.read() as db:
            found = dialect.integrity(db)
        if found != "ok":
            raise StoreUnavailable(f"the database is damaged: {found}")
