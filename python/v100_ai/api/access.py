"""Who asks, and what they may: keys with scopes, each of one tenant."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from v100_ai import ids
from v100_ai.api.problems import Problem
from v100_ai.records import Key, Scope

PREFIX: Final = "v100_"
OPEN_TENANT: Final = "default"
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks. `session` is the only one they know of, if there is one."""

    tenant: str
    scopes: frozenset[Scope]
    session: str | None = None
    digest: str | None = None
    """Of their key's secret."""
    person: str | None = None
    """The address of the only one whose notifications they may read, and nothing else."""

    def may(self, scope: Scope) -> bool:
        """Whether that is allowed; an administrator may all of it."""
        return scope in self.scopes or "admin" in self.scopes

    def knows(self, session: str) -> bool:
        """Whether a session of their tenant exists for them."""
        return self.session in (None, session) and self.person is None


ANYBODY: Final = Caller(OPEN_TENANT, frozenset({"admin", "ingest", "read"}))
"""Whoever reaches a server that has no keys."""


def made(
    *,
    tenant: str,
    name: str,
    scopes: tuple[Scope, ...],
    now: float,
    session: str | None = None,
    expires: float | None = None,
) -> tuple[Key, str]:
    """A key, and its secret, which is told once."""
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    key = Key(
        id=ids.new("key", at=now),
        tenant=tenant,
        name=name,
        digest=digest(secret),
        scopes=scopes,
        created=now,
        session=session,
        expires=expires,
    )
    return key, secret


def digest(secret: str) -> str:
    """What is kept of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def caller(key: Key | None, now: float) -> Caller:
    """Who the key stands for. Raises `Problem` if for nobody, or nobody any more."""
    if key is None:
        raise unauthorised("expected a key that this server knows")
    if key.revoked is not None:
        raise unauthorised("expected a key that is not revoked")
    if key.expires is not None and key.expires <= now:
        raise unauthorised("expected a key that has not expired")
    return Caller(key.tenant, frozenset(key.scopes), key.session, key.digest)


def unauthorised(detail: str) -> Problem:
    """401, with what would do."""
    return Problem(401, "unauthorised", detail, headers={"www-authenticate": "Bearer"})


def forbidden(scope: Scope) -> Problem:
    """403: known, but not allowed that."""
    return Problem(403, "forbidden", f"expected a key with the scope {scope}", scope=scope)


def bearer(header: str | None) -> str | None:
    """The secret in an Authorization header."""
    kind, _, secret = (header or "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" and secret.strip() else None
