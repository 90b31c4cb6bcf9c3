"""Deliveries: which endpoint gets which event, under an id that is the same each time it is worked out."""

import hashlib
from base64 import b32hexencode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select

from v100_ai.records import Delivery, Endpoint, Stored
from v100_ai.store.schema import DELIVERIES, ENDPOINTS

ENABLED: Final = select(ENDPOINTS).where(
    ENDPOINTS.c.tenant.in_(bindparam("tenants", expanding=True)), ENDPOINTS.c.disabled.is_(None)
)

TIME: Final = slice(4, 14)
"""Of an id: the digits that hold when it was made, behind the prefix of four characters."""


def delivery_id(event: str, endpoint: str) -> str:
    """The delivery's id: when its event was made, so that deliveries sort by it, then a digest of both ids."""
    digest = hashlib.sha256(f"{event} {endpoint}".encode()).digest()
    return f"dlv_{event[TIME]}{b32hexencode(digest[:10]).decode().lower()}"


def wants(endpoint: Endpoint, *, session: str, type: str) -> bool:  # noqa: A002
    """Whether the endpoint is for such events."""
    return (not endpoint.types or type in endpoint.types) and endpoint.session in {None, session}


def enqueue(db: Connection, events: Sequence[Stored], tenants: Mapping[str, str]) -> None:
    """A delivery for each event and each endpoint that wants it; `tenants` are those of the sessions."""
    found = db.execute(ENABLED, {"tenants": sorted(set(tenants.values()))})
    endpoints = [endpoint(row) for row in found]
    if not endpoints:
        return
    rows = [
        pending(event, each, now=event.time)
        for event in events
        for each in endpoints
        if each.tenant == tenants[event.session]
        and wants(each, session=event.session, type=event.type)
    ]
    if rows:
        db.execute(insert(DELIVERIES), rows)


def pending(
    event: Stored, to: Endpoint, *, now: float, body: bytes | None = None
) -> dict[str, Any]:
    """The row of a delivery that is due at once; `body` only where the log does not hold the event."""
    return {
        "id": delivery_id(event.id, to.id),
        "endpoint": to.id,
        "event": event.id,
        "type": event.type,
        "session": event.session,
        "seq": event.seq,
        "created": event.time,
        "state": "pending",
        "attempts": 0,
        "due": now,
        "body": body,
    }


def add_endpoint(db: Connection, new: Endpoint) -> None:
    """Keep a new endpoint."""
    db.execute(insert(ENDPOINTS).values(endpoint_row(new)))


def endpoint_row(kept: Endpoint) -> dict[str, Any]:
    """The endpoint's row."""
    return {column.name: getattr(kept, column.name) for column in ENDPOINTS.c}


def endpoint(row: Row[Any]) -> Endpoint:
    """The endpoint in a row."""
    fields = row._asdict()
    return Endpoint(
        **{**fields, "types": tuple(fields["types"]), "secrets": tuple(fields["secrets"])}
    )


def read(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Delivery]:
    """The deliveries in rows that hold their columns."""
    found = []
    for row in rows:
        fields = row._asdict()
        del fields["claimed"]
        found.append(Delivery(**{**fields, "body": fields["body"] or b""}))
    return found
