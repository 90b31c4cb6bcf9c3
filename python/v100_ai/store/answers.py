"""Answers to requests that carry an `Idempotency-Key`: the same request again gets the same answer."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, select

from v100_ai.store import dialect
from v100_ai.store.database import Part
from v100_ai.store.schema import ANSWERS

KEPT: Final = 24 * 3600.0
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotent:
    """What was answered to the request with this key; `fingerprint` tells whether it is the same request."""

    tenant: str
    key: str
    fingerprint: str
    status: int
    body: bytes
    created: float


class Answers(Part):
    """The part of the store that remembers answers for a day."""

    def idempotent(self, tenant: str, key: str) -> Idempotent | None:
        """What was answered to this key, if that is not a day ago."""
        with self._database.read() as db:
            return recall(db, tenant, key, self._wall())

    def keep_answer(self, answer: Idempotent) -> Idempotent | None:
        """Keep the answer to work that is done, unless there is one for its key: then that one comes back."""
        with self._database.write() as db:
            return remember(db, answer, self._wall())


def recall(db: Connection, tenant: str, key: str, now: float) -> Idempotent | None:
    """The answer, while it counts."""
    found = db.execute(
        select(ANSWERS).where(
            ANSWERS.c.tenant == tenant, ANSWERS.c.key == key, ANSWERS.c.created > now - KEPT
        )
    ).one_or_none()
    return None if found is None else Idempotent(**found._asdict())


def remember(db: Connection, answer: Idempotent, now: float) -> Idempotent | None:
    """Keep the answer, unless there is one for its key: then that one comes back."""
    db.execute(delete(ANSWERS).where(ANSWERS.c.created <= now - KEPT))
    added = db.execute(
        dialect.add_missing(db, ANSWERS)
        .returning(ANSWERS.c.key)
        .values(
            tenant=answer.tenant,
            key=answer.key,
            fingerprint=answer.fingerprint,
            status=answer.status,
            body=answer.body,
            created=answer.created,
        )
    )
    return None if added.one_or_none() else recall(db, answer.tenant, answer.key, now)
