"""API keys, found by the digest of their secret."""

from typing import Any

from sqlalchemy import Row, exists, insert, select, update

from v100_ai.records import Key
from v100_ai.store.database import Part
from v100_ai.store.schema import KEYS


class Keys(Part):
    """The part of the store that keeps API keys."""

    def add_key(self, key: Key) -> None:
        """Keep a new key.

        Raises:
            ValueError: there is one with this id or digest.
        """
        with self._database.write() as db:
            db.execute(
                insert(KEYS).values({column.name: getattr(key, column.name) for column in KEYS.c})
            )

    def key(self, digest: str) -> Key | None:
        """The key with this digest, also one that is revoked or has expired."""
        with self._database.read() as db:
            row = db.execute(select(KEYS).where(KEYS.c.digest == digest)).one_or_none()
            return None if row is None else _key(row)

    def keys(self, tenant: str) -> list[Key]:
        """A tenant's keys, the newest first."""
        query = select(KEYS).where(KEYS.c.tenant == tenant).order_by(KEYS.c.id.desc())
        with self._database.read() as db:
            return [_key(row) for row in db.execute(query)]

    def revoke(self, id: str) -> Key | None:  # noqa: A002
        """The key, which from now on is revoked; None where there is none."""
        with self._database.write() as db:
            db.execute(
                update(KEYS)
                .where(KEYS.c.id == id, KEYS.c.revoked.is_(None))
                .values(revoked=self._wall())
            )
            row = db.execute(select(KEYS).where(KEYS.c.id == id)).one_or_none()
            return None if row is None else _key(row)

    def has_keys(self) -> bool:
        """Whether a key was ever made: a service does not open up because its last key is revoked."""
        with self._database.read() as db:
            return bool(db.execute(select(exists().where(KEYS.c.id.is_not(None)))).scalar_one())


def _key(row: Row[Any]) -> Key:
    fields = row._asdict()
    return Key(**{**fields, "scopes": tuple(fields["scopes"])})
