"""Meetings and streams, and who owns each: a lease that runs out, and an epoch that fences off its last owner."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from v100_ai.records import Endpoint, Json, Kind, SessionRecord, SessionState
from v100_ai.store import deliveries, dialect
from v100_ai.store.answers import Idempotent, remember
from v100_ai.store.database import Part
from v100_ai.store.schema import OWNERS, SESSIONS

GONE: Final = 86_400.0
"""Seconds after its lease for which an owner is remembered."""


class Sessions(Part):
    """The part of the store that keeps sessions and their owners."""

    def add_session(
        self,
        session: SessionRecord,
        *,
        endpoint: Endpoint | None = None,
        idempotent: Idempotent | None = None,
    ) -> Idempotent | None:
        """Keep a new session and, with it, an endpoint for its events and the answer that tells of it.

        If that answer's key has one already, it comes back and no session is made.

        Raises:
            ValueError: there is a session with this id.
        """
        with self._database.write() as db:
            if idempotent is not None:
                earlier = remember(db, idempotent, self._wall())
                if earlier is not None:
                    return earlier
            db.execute(
                insert(SESSIONS).values(
                    {column.name: getattr(session, column.name) for column in SESSIONS.c}
                )
            )
            if endpoint is not None:
                deliveries.add_endpoint(db, endpoint)
            return None

    def session(self, id: str) -> SessionRecord | None:  # noqa: A002
        """The session as it is now."""
        with self._database.read() as db:
            return _found(db, id)

    def sessions(
        self,
        tenant: str,
        kind: Kind | None = None,
        *,
        limit: int,
        after: str | None = None,
        state: SessionState | None = None,
    ) -> list[SessionRecord]:
        """A tenant's sessions that are not forgotten, the newest first; `after` is the last id of the page before."""
        query = select(SESSIONS).where(SESSIONS.c.tenant == tenant, SESSIONS.c.forgotten.is_(None))
        if kind is not None:
            query = query.where(SESSIONS.c.kind == kind)
        if after is not None:
            query = query.where(SESSIONS.c.id < after)
        if state is not None:
            query = query.where(SESSIONS.c.state == state)
        with self._database.read() as db:
            found = db.execute(query.order_by(SESSIONS.c.id.desc()).limit(limit))
            return [_session(row) for row in found]

    def change_session(
        self,
        id: str,  # noqa: A002
        *,
        name: str | None = None,
        settings: Json | None = None,
    ) -> SessionRecord | None:
        """The session with its new name or settings; None where there is none."""
        changes = {"name": name, "settings": settings}
        values = {key: value for key, value in changes.items() if value is not None}
        with self._database.write() as db:
            if values:
                db.execute(update(SESSIONS).where(SESSIONS.c.id == id).values(values))
            return _found(db, id)

    def claim(self, id: str, owner: str, ttl: float, *, dead: Collection[str] = ()) -> int | None:  # noqa: A002
        """Own the session for `ttl` seconds: its new epoch, which fences off whoever owned it before.

        None while another owner's lease runs who is not among the `dead`, and for sessions that have ended.
        """
        now = self._wall()
        free = or_(
            SESSIONS.c.owner.is_(None),
            _lapsed(now),
            SESSIONS.c.owner == owner,
            SESSIONS.c.owner.in_(list(dead)),
        )
        with self._database.write() as db:
            return db.execute(
                update(SESSIONS)
                .where(SESSIONS.c.id == id, SESSIONS.c.state == "active", free)
                .values(owner=owner, lease=now + ttl, epoch=SESSIONS.c.epoch + 1)
                .returning(SESSIONS.c.epoch)
            ).scalar_one_or_none()

    def renew(
        self, owner: str, held: Mapping[str, int], ttl: float, *, thorough: bool = True
    ) -> set[str]:
        """Own sessions for `ttl` more seconds, given with their epochs: those that are still the owner's.

        It is one row, however many sessions there are. Whether they still are the owner's is looked at only where that
        is asked for, or may be otherwise because its lease had run out; whoever took one fences its writes off anyway.
        """
        now = self._wall()
        with self._database.write() as db:
            before = db.execute(
                select(OWNERS.c.lease).where(OWNERS.c.owner == owner)
            ).scalar_one_or_none()
            renewed = dialect.upsert(db, OWNERS, keys=["owner"], changes=["lease"])
            db.execute(renewed, {"owner": owner, "lease": now + ttl})
            db.execute(delete(OWNERS).where(OWNERS.c.lease < now - GONE))
            if before is not None and before > now and not thorough:
                return set(held)
            ours = select(SESSIONS.c.id, SESSIONS.c.epoch).where(
                SESSIONS.c.owner == owner, SESSIONS.c.state == "active"
            )
            epochs = {row.id: row.epoch for row in db.execute(ours)}
        return {id for id, epoch in held.items() if epochs.get(id) == epoch}  # noqa: A001

    def release(self, id: str, epoch: int) -> None:  # noqa: A002
        """Let go of the session, if this epoch still is the one: anybody may claim it at once."""
        with self._database.write() as db:
            db.execute(
                update(SESSIONS)
                .where(SESSIONS.c.id == id, SESSIONS.c.epoch == epoch)
                .values(owner=None, lease=0.0)
            )

    def leave(self, owner: str) -> None:
        """Say that an owner is gone, and owns nothing any more."""
        with self._database.write() as db:
            db.execute(delete(OWNERS).where(OWNERS.c.owner == owner))

    def orphans(self, limit: int, *, dead: Collection[str] = ()) -> list[SessionRecord]:
        """Active sessions that nobody owns, or one of the `dead`; those first whose lease ran out first."""
        free = or_(_lapsed(self._wall()), SESSIONS.c.owner.in_(list(dead)))
        query = (
            select(SESSIONS)
            .where(SESSIONS.c.state == "active", free)
            .order_by(SESSIONS.c.lease, SESSIONS.c.id)
            .limit(limit)
        )
        with self._database.read() as db:
            return [_session(row) for row in db.execute(query)]

    def owners(self) -> set[str]:
        """Who owns active sessions, also with a lease that has run out."""
        query = select(SESSIONS.c.owner).where(
            SESSIONS.c.state == "active", SESSIONS.c.owner.is_not(None)
        )
        with self._database.read() as db:
            return set(db.execute(query.distinct()).scalars())


def _lapsed(now: float) -> ColumnElement[bool]:
    """Whether nobody says any more that they own the session: neither when it was claimed, nor since."""
    lives = exists().where(OWNERS.c.owner == SESSIONS.c.owner, OWNERS.c.lease > now)
    return and_(SESSIONS.c.lease <= now, ~lives)


def _found(db: Connection, id: str) -> SessionRecord | None:  # noqa: A002
    row = db.execute(select(SESSIONS).where(SESSIONS.c.id == id)).one_or_none()
    return None if row is None else _session(row)


def _session(row: Row[Any]) -> SessionRecord:
    return SessionRecord(**row._asdict())
