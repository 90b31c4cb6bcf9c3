"""What is removed of a session: all of it when it is deleted, all that a person could be known by when its time is over."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Final

from sqlalchemy import Connection, Table, delete, exists, select, update

from v100_ai.store import dialect, history
from v100_ai.store.answers import KEPT
from v100_ai.store.database import Part
from v100_ai.store.schema import (
    ANSWERS,
    DELIVERIES,
    ENDPOINTS,
    EVENTS,
    JOURNAL,
    KEYS,
    SESSIONS,
    STATE,
)

AT_ONCE: Final = 10
"""Sessions that one transaction forgets: others can write in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How much was removed, by what it was."""

    sessions: int = 0
    events: int = 0
    journal: int = 0
    """What its layers would have gone on from."""
    state: int = 0
    deliveries: int = 0
    """Webhooks on their way, made or dead."""
    endpoints: int = 0
    """Those that were for this session alone."""
    answers: int = 0
    """Kept answers to requests with an `Idempotency-Key`."""

    def __add__(self, other: "Removed") -> "Removed":
        names = [each.name for each in fields(self)]
        return Removed(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(slots=True)
class _Tally:
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def remove(self, db: Connection, name: str, table: Table, session: str) -> None:
        """Rows of the session."""
        gone = db.execute(delete(table).where(table.c.session == session)).rowcount
        self.counts[name] = self.counts.get(name, 0) + gone


def _nobody(session: str) -> None:
    """Nothing is kept elsewhere."""


class Retention(Part):
    """The part of the store that forgets."""

    def remove_session(self, id: str) -> Removed | None:  # noqa: A002
        """Remove the session with all of its rows, whatever its state; None where there is none."""
        with self._database.write() as db:
            # The session's own row goes first: whoever appends waits on it, and then finds it gone.
            row = db.execute(
                delete(SESSIONS).where(SESSIONS.c.id == id).returning(SESSIONS.c.tenant)
            ).one_or_none()
            tally = _Tally()
            for name, table in (
                ("events", EVENTS), ("journal", JOURNAL), ("state", STATE),
                ("deliveries", DELIVERIES), ("endpoints", ENDPOINTS),
            ):  # fmt: skip
                tally.remove(db, name, table, id)
            if row is None:
                return None
            answers = _forget_answers(db, row.tenant, id)
            return Removed(sessions=1, answers=answers, **tally.counts)

    def expire(self, before: float, told: Callable[[str], None] = _nobody) -> Removed:
        """Forget sessions that ended before that time, ten at most; call again until it is none.

        What stays is that there was one: its id, tenant, when it was, how many events it had. Deliveries that are
        still tried keep their event's body until they are over; the next call removes them. `told` gets the sessions' ids,
        before it is for good, so that what is kept of them elsewhere goes first.
        """
        query = (
            select(SESSIONS.c.id, SESSIONS.c.tenant)
            .where(
                SESSIONS.c.state == "ended",
                SESSIONS.c.ended < before,
                SESSIONS.c.forgotten.is_(None),
            )
            .limit(AT_ONCE)
        )
        with self._database.write() as db:
            removed = _leftovers(db)
            db.execute(delete(ANSWERS).where(ANSWERS.c.created <= self._wall() - KEPT))
            for row in sorted(db.execute(query), key=lambda row: str(row.id)):
                removed += self._forget(db, row.id, row.tenant)
                told(row.id)
            return removed

    def _forget(self, db: Connection, session: str, tenant: str) -> Removed:
        tally = _Tally()
        events = history.forget(db, session)
        for name, table in (("journal", JOURNAL), ("state", STATE)):
            tally.remove(db, name, table, session)
        db.execute(update(KEYS).where(KEYS.c.session == session).values(name=""))
        db.execute(
            update(SESSIONS)
            .where(SESSIONS.c.id == session)
            .values(name="", settings={}, reason=None, forgotten=self._wall())
        )
        answers = _forget_answers(db, tenant, session)
        return Removed(sessions=1, events=events, answers=answers, **tally.counts) + _leftovers(db)

    def fold(self) -> None:
        """Have what was removed leave SQLite's log too, where nobody reads an earlier state of things."""
        self._database.fold()


def _leftovers(db: Connection) -> Removed:
    """What was still on its way when its session was forgotten, and is not any more."""
    forgotten = select(SESSIONS.c.id).where(SESSIONS.c.forgotten.is_not(None))
    deliveries = db.execute(
        delete(DELIVERIES).where(
            DELIVERIES.c.state != "pending", DELIVERIES.c.session.in_(forgotten)
        )
    ).rowcount
    waits = exists().where(DELIVERIES.c.endpoint == ENDPOINTS.c.id, DELIVERIES.c.state == "pending")
    endpoints = db.execute(
        delete(ENDPOINTS).where(ENDPOINTS.c.session.in_(forgotten), ~waits)
    ).rowcount
    return Removed(deliveries=deliveries, endpoints=endpoints)


def _forget_answers(db: Connection, tenant: str, session: str) -> int:
    """Answers that told of the session: that which made it repeats its title and whom it was for."""
    told = dialect.holds(db, ANSWERS.c.body, session.encode())
    return db.execute(delete(ANSWERS).where(ANSWERS.c.tenant == tenant, told)).rowcount
