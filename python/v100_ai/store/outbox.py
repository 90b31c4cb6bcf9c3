"""The outbox: deliveries are claimed for a while, sent elsewhere, and settled."""

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, null, select, true, update

from v100_ai.records import Attempt, Delivery, DeliveryState, Endpoint, Stored
from v100_ai.store import deliveries, dialect
from v100_ai.store.database import Part
from v100_ai.store.schema import DELIVERIES, ENDPOINTS, EVENTS, SESSIONS

# A delivery carries a body of its own only when the log does not hold its event.
WHOLE: Final = select(
    *(column for column in DELIVERIES.c if column.name != "body"),
    func.coalesce(DELIVERIES.c.body, EVENTS.c.body).label("body"),
).select_from(DELIVERIES.outerjoin(EVENTS, EVENTS.c.id == DELIVERIES.c.event))

EARLIEST: Final = (
    select(func.min(DELIVERIES.c.due))
    .where(DELIVERIES.c.endpoint == ENDPOINTS.c.id, DELIVERIES.c.state == "pending")
    .scalar_subquery()
)
WAITING: Final = (
    select(ENDPOINTS.c.id)
    .where(ENDPOINTS.c.disabled.is_(None), bindparam("now") >= EARLIEST)
    .order_by(EARLIEST)
    # Two dispatchers that count one endpoint's share at once would both take it.
    .with_for_update(skip_locked=True, of=ENDPOINTS)
)
OUT: Final = select(func.count()).where(
    DELIVERIES.c.endpoint == bindparam("endpoint"), DELIVERIES.c.claimed > bindparam("now")
)
DUE: Final = (
    select(DELIVERIES.c.id)
    .where(
        DELIVERIES.c.endpoint == bindparam("endpoint"),
        DELIVERIES.c.state == "pending",
        DELIVERIES.c.due <= bindparam("now"),
    )
    .order_by(DELIVERIES.c.due, DELIVERIES.c.id)
    .limit(bindparam("share"))
    .with_for_update(skip_locked=True)
)
CLAIM: Final = (
    update(DELIVERIES)
    .where(DELIVERIES.c.id.in_(bindparam("ids", expanding=True)))
    .values(due=bindparam("until"), claimed=bindparam("until"))
)
SETTLE: Final = (
    update(DELIVERIES)
    .where(DELIVERIES.c.id == bindparam("delivery"), DELIVERIES.c.state == "pending")
    .values(
        state=bindparam("new_state"),
        status=bindparam("new_status"),
        error=bindparam("new_error"),
        due=bindparam("new_due"),
        attempts=DELIVERIES.c.attempts + 1,
        claimed=None,
    )
)
RECALL: Final = (
    update(DELIVERIES)
    .where(
        DELIVERIES.c.state == "pending",
        DELIVERIES.c.attempts == 0,
        DELIVERIES.c.due > bindparam("beyond"),
    )
    .values(due=bindparam("now"), claimed=None)
)
"""First attempts are due at once, or once a claim runs out: later ones were made by a clock that ran ahead."""

AT_ONCE: Final = 500
"""Rows by id in one statement: SQLite takes no more than a number of parameters."""


class Outbox(Part):
    """The part of the store that events leave through."""

    _latest: float = math.inf
    """The latest time that was seen; before the first look nobody knows what the clock did."""

    def claim_due(
        self,
        limit: int,
        *,
        lease: float,
        per_endpoint: int,
        skip: Collection[str] = (),
    ) -> list[Delivery]:
        """Take deliveries that are due, with their bodies: for `lease` seconds nobody else gets them.

        Those that are not settled by then come back by themselves. Of each endpoint at most `per_endpoint` are out
        at a time, of all dispatchers together; of the endpoints in `skip` none are taken.
        """
        now = self._wall()
        with self._database.write() as db:
            if now < self._latest - lease:
                # It went back since: what was made in between would wait until it is as late again.
                db.execute(RECALL, {"now": now, "beyond": now + 2 * lease})
            self._latest = now
            taken: list[str] = []
            for endpoint in db.execute(WAITING, {"now": now}).scalars().all():
                if endpoint in skip or len(taken) == limit:
                    continue
                # Counted only now that the endpoint is locked.
                out = db.execute(OUT, {"endpoint": endpoint, "now": now}).scalar_one()
                share = min(per_endpoint - out, limit - len(taken))
                if share > 0:
                    values = {"endpoint": endpoint, "now": now, "share": share}
                    taken += db.execute(DUE, values).scalars()
            return _claim(db, taken, now + lease)

    def settle(self, attempts: Sequence[Attempt]) -> None:
        """Keep how deliveries went. One that is settled for good by now, stays as it is."""
        rows = [
            {
                "delivery": attempt.delivery,
                "new_state": attempt.state,
                "new_status": attempt.status,
                "new_error": attempt.error,
                "new_due": attempt.due,
            }
            for attempt in sorted(attempts, key=lambda attempt: attempt.delivery)
        ]
        if rows:
            with self._database.write() as db:
                db.execute(SETTLE, rows)

    def next_due(self) -> float | None:
        """When the next delivery is due, which may be in the past."""
        query = select(func.min(EARLIEST)).where(ENDPOINTS.c.disabled.is_(None))
        with self._database.read() as db:
            found: float | None = db.execute(query).scalar_one()
            return found

    def deliveries(
        self,
        endpoint: str,
        *,
        limit: int,
        after: str | None = None,
        state: DeliveryState | None = None,
    ) -> list[Delivery]:
        """An endpoint's deliveries with their bodies, the newest event first; `after` is the last id of a page."""
        query = WHOLE.where(DELIVERIES.c.endpoint == endpoint)
        if after is not None:
            query = query.where(DELIVERIES.c.id < after)
        if state is not None:
            query = query.where(DELIVERIES.c.state == state)
        with self._database.read() as db:
            return deliveries.read(db.execute(query.order_by(DELIVERIES.c.id.desc()).limit(limit)))

    def add_test(self, endpoint: str, event: Stored) -> str | None:
        """Send an event that no log holds: its delivery's id; None where there is no such endpoint."""
        with self._database.write() as db:
            to = _endpoint(db, endpoint)
            if to is None:
                return None
            row = deliveries.pending(event, to, now=self._wall(), body=event.body)
            db.execute(dialect.add_missing(db, DELIVERIES), row)
            return str(row["id"])

    def replay(
        self,
        endpoint: str,
        *,
        events: Collection[str] = (),
        since: float | None = None,
        until: float | None = None,
    ) -> int:
        """Send again, from the first attempt on: how many deliveries that makes.

        Either of the events with these ids, or of those from `since` to `until`, in seconds since 1970; also of those
        that were never on their way to it, if it is for them.

        Raises:
            ValueError: neither is given.
        """
        if not events and since is None and until is None:
            raise ValueError("expected ids of events or a range of time, found neither")
        now = self._wall()
        with self._database.write() as db:
            to = _endpoint(db, endpoint)
            if to is None:
                return 0
            ids = set[str]()
            for chunk in _chunks(events):
                ids |= _known(db, to, DELIVERIES.c.event.in_(chunk))
                ids |= _made(db, to, EVENTS.c.id.in_(chunk), now)
            if not events:
                ids |= _known(db, to, _within(DELIVERIES.c.created, since, until))
                ids |= _made(db, to, _within(EVENTS.c.time, since, until), now)
            _revive(db, ids, now)
            return len(ids)


def _claim(db: Connection, ids: Sequence[str], until: float) -> list[Delivery]:
    found: dict[str, Delivery] = {}
    for chunk in _chunks(ids):
        db.execute(CLAIM, {"ids": chunk, "until": until})
        rows = db.execute(WHOLE.where(DELIVERIES.c.id.in_(chunk)))
        found |= {delivery.id: delivery for delivery in deliveries.read(rows)}
    return [found[id] for id in ids]  # noqa: A001


def _endpoint(db: Connection, id: str) -> Endpoint | None:  # noqa: A002
    row = db.execute(select(ENDPOINTS).where(ENDPOINTS.c.id == id)).one_or_none()
    return None if row is None else deliveries.endpoint(row)


def _within(
    column: ColumnElement[float], since: float | None, until: float | None
) -> ColumnElement[bool]:
    return and_(
        true() if since is None else column >= since, true() if until is None else column <= until
    )


def _known(db: Connection, to: Endpoint, which: ColumnElement[bool]) -> set[str]:
    """Deliveries to the endpoint that were made before."""
    query = select(DELIVERIES.c.id).where(DELIVERIES.c.endpoint == to.id, which)
    return set(db.execute(query).scalars())


def _made(db: Connection, to: Endpoint, which: ColumnElement[bool], now: float) -> set[str]:
    """Deliveries of all such events that the endpoint is for; they are made where they are missing."""
    query = (
        select(*(column for column in EVENTS.c if column.name != "body"), null().label("body"))
        .join(SESSIONS, SESSIONS.c.id == EVENTS.c.session)
        .where(SESSIONS.c.tenant == to.tenant, which)
    )
    if to.types:
        query = query.where(EVENTS.c.type.in_(to.types))
    if to.session is not None:
        query = query.where(EVENTS.c.session == to.session)
    rows = [deliveries.pending(Stored(**row._asdict()), to, now=now) for row in db.execute(query)]
    if rows:
        db.execute(dialect.add_missing(db, DELIVERIES), rows)
    return {str(row["id"]) for row in rows}


def _revive(db: Connection, ids: Collection[str], now: float) -> None:
    for chunk in _chunks(ids):
        db.execute(
            update(DELIVERIES)
            .where(DELIVERIES.c.id.in_(chunk))
            .values(state="pending", attempts=0, due=now, claimed=None, status=None, error=None)
        )


def _chunks(ids: Collection[str]) -> Iterator[list[str]]:
    rest = list(dict.fromkeys(ids))
    for start in range(0, len(rest), AT_ONCE):
        yield rest[start : start + AT_ONCE]
