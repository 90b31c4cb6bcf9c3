"""Reading the log, and what is forgotten of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, update

from v100_ai.records import Json, Stored
from v100_ai.store.database import Part
from v100_ai.store.schema import DELIVERIES, EVENTS, JOURNAL, NOTIFIED, SESSIONS, STATE

PAGE: Final = (
    select(EVENTS)
    .where(EVENTS.c.session == bindparam("session"), EVENTS.c.seq > bindparam("after"))
    .order_by(EVENTS.c.seq)
    .limit(bindparam("page"))
)
PAGE_OF_TYPES: Final = PAGE.where(EVENTS.c.type.in_(bindparam("types", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The events of a session that are kept: `first` to `last`; `first` is `last + 1` when there are none."""

    first: int
    last: int
    epoch: int


class History(Part):
    """The part of the store that is read and forgotten."""

    def read(
        self, session: str, *, after: int, limit: int, types: Collection[str] = ()
    ) -> list[Stored]:
        """The next events after that number, at most `limit`; with `types` only those."""
        values: dict[str, Any] = {"session": session, "after": after, "page": limit}
        query = PAGE
        if types:
            query, values = PAGE_OF_TYPES, {**values, "types": list(types)}
        with self._database.read() as db:
            return [Stored(**row._asdict()) for row in db.execute(query, values)]

    def notifications(self, tenant: str, *, after: str = "", limit: int) -> list[Stored]:
        """The next events of all of a tenant's sessions that are for somebody absent, by id."""
        query = (
            select(EVENTS)
            .join(SESSIONS, SESSIONS.c.id == EVENTS.c.session)
            .where(NOTIFIED, EVENTS.c.id > after, SESSIONS.c.tenant == tenant)
            .order_by(EVENTS.c.id)
            .limit(limit)
        )
        with self._database.read() as db:
            return [Stored(**row._asdict()) for row in db.execute(query)]

    def span(self, session: str) -> Span | None:
        """Which events there are; None where there is no session."""
        first = select(func.min(EVENTS.c.seq)).where(EVENTS.c.session == session).scalar_subquery()
        query = select(SESSIONS.c.seq, SESSIONS.c.epoch, first.label("first"))
        with self._database.read() as db:
            row = db.execute(query.where(SESSIONS.c.id == session)).one_or_none()
        if row is None:
            return None
        return Span(
            first=row.seq + 1 if row.first is None else row.first, last=row.seq, epoch=row.epoch
        )

    def epoch_at(self, session: str, seq: int) -> int | None:
        """The epoch that an event was written under; None when it is not kept."""
        query = select(EVENTS.c.epoch).where(EVENTS.c.session == session, EVENTS.c.seq == seq)
        with self._database.read() as db:
            return db.execute(query).scalar_one_or_none()

    def journal(self, session: str) -> list[Json]:
        """What the layers of a session resume from, in order."""
        query = select(JOURNAL.c.record).where(JOURNAL.c.session == session)
        with self._database.read() as db:
            return list(db.execute(query.order_by(JOURNAL.c.number)).scalars())

    def state(self, session: str) -> dict[str, Json]:
        """The newest value of each key."""
        query = select(STATE.c.key, STATE.c.value).where(STATE.c.session == session)
        with self._database.read() as db:
            return {row.key: row.value for row in db.execute(query.order_by(STATE.c.key))}

    def purge(self, session: str, before_seq: int) -> int:
        """Forget the events of a session before that number: how many there were."""
        with self._database.write() as db:
            return forget(db, session, EVENTS.c.seq < before_seq)


def forget(db: Connection, session: str, *which: ColumnElement[bool]) -> int:
    """Remove events; a delivery that may still be sent keeps its event's body for itself."""
    gone = select(EVENTS.c.id).where(EVENTS.c.session == session, *which)
    db.execute(
        update(DELIVERIES)
        .where(
            DELIVERIES.c.session == session,
            DELIVERIES.c.state != "delivered",
            DELIVERIES.c.event.in_(gone),
        )
        .values(
            body=select(EVENTS.c.body).where(EVENTS.c.id == DELIVERIES.c.event).scalar_subquery()
        )
    )
    db.execute(
        delete(DELIVERIES).where(
            DELIVERIES.c.session == session,
            DELIVERIES.c.state == "delivered",
            DELIVERIES.c.event.in_(gone),
        )
    )
    return db.execute(delete(EVENTS).where(EVENTS.c.session == session, *which)).rowcount
