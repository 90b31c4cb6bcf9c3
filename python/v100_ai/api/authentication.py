"""Who asks, and what they may: keys with scopes, each of one tenant; tickets; and without keys, from where."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from v100_ai import ids
from v100_ai.api.problems import Problem
from v100_ai.events import Role
from v100_ai.records import Key, Scope
from v100_ai.rooms.token import PREFIX as ROOM, Grant, TokenRefused, grant

if TYPE_CHECKING:
    from v100_ai.api.service import Service

PREFIX: Final = "v100_"
OPEN_TENANT: Final = "default"
SECRET_BYTES: Final = 32
LOCAL: Final = "localhost"
COOKIE: Final = "v100_key"
"""Where a browser that signed in keeps its key."""
TICKET_SECONDS: Final = 60.0
MOST_TICKETS: Final = 10_000
"""Tickets that wait; beyond it the oldest is void."""


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
    key: str | None = None
    """Their key's id."""
    participant: str | None = None
    """The only one they may be in a room: they have a room's token."""
    publishes: bool = False
    """Whether that token lets them publish."""
    role: Role = "participant"
    """What they may see of events: an administrator all of it, a key of another scope what everybody sees."""

    def may(self, scope: Scope) -> bool:
        """Whether that is allowed; an administrator may all of it."""
        return scope in self.scopes or "admin" in self.scopes

    def knows(self, session: str) -> bool:
        """Whether a session of their tenant exists for them."""
        return self.session in (None, session) and self.person is None


ANYBODY: Final = Caller(OPEN_TENANT, frozenset({"admin", "ingest", "read"}), role="administrator")
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
    role: Role = "administrator" if "admin" in key.scopes else "participant"
    return Caller(key.tenant, frozenset(key.scopes), key.session, key.digest, key=key.id, role=role)


def unauthorised(detail: str) -> Problem:
    """401, with what would do."""
    return Problem(401, "unauthorised", detail, headers={"www-authenticate": "Bearer"})


def forbidden(scope: Scope) -> Problem:
    """403: known, but not allowed that."""
    return Problem(403, "forbidden", f"expected a key with the scope {scope}", scope=scope)


def bearer(header: str | None) -> str | None:
    """The secret in an Authorization header; a program that puts the scheme before what was pasted with it says it twice."""
    words = (header or "").split()
    schemes, secrets = words[:-1], words[-1:]
    twice = len(schemes) in {1, 2} and all(each.lower() == "bearer" for each in schemes)
    return secrets[0] if twice else None


def granted(found: Grant) -> Caller:
    """Whoever a room's token stands for. Who may receive may also read what is told of the meeting."""
    return Caller(
        found.tenant,
        frozenset({"read"}) if found.subscribe else frozenset(),
        session=found.session,
        participant=found.participant,
        publishes=found.publish,
        role="participant",
    )


async def admitted(service: "Service", secret: str | None, headers: Mapping[str, str]) -> Caller:
    """Whoever the secret stands for. Raises `Problem`."""
    if secret is None:
        secret = _kept(headers)
    if secret is not None and secret.startswith(ROOM) and service.media is not None:
        try:
            return granted(grant(secret, service.media.secret, now=service.wall()))
        except TokenRefused as refused:
            raise unauthorised(str(refused)) from refused
    if secret is not None:
        found = digest(secret)
        return caller(await service.ask(service.store.key, found), service.wall())
    if service.open:
        service.open = not await service.ask(service.store.has_keys)
    if not service.open:
        raise unauthorised("expected a key: Authorization: Bearer v100_…")
    _from_here(headers, service.settings.origins)
    return ANYBODY


async def renewed(service: "Service", known: Caller) -> None:
    """Whether the key of somebody who was admitted is still good. Raises `Problem`."""
    if known.digest is not None:
        caller(await service.ask(service.store.key, known.digest), service.wall())


async def by_ticket(service: "Service", ticket: str) -> Caller:
    """Whoever the ticket stands for, which is void from now on. Raises `Problem`."""
    found = service.tickets.take(ticket, now=service.wall())
    if found is None:
        raise unauthorised("expected a ticket that was not used and has not expired")
    await renewed(service, found)
    return found


def _kept(headers: Mapping[str, str]) -> str | None:
    """The key in the cookie of a browser that signed in. Raises `Problem` for one that another page sends.

    Pages of neighbouring names count as the same site, so `SameSite` alone is not enough; what a browser says of the page
    that asks (`Sec-Fetch-Site`, else `Origin`) no script can change.
    """
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    if found is None or not found.value:
        return None
    site = headers.get("sec-fetch-site")
    origin = urlsplit(headers.get("origin", "")[:500]).netloc
    if site in {"same-origin", "none"} or (site is None and origin == headers.get("host", "")):
        return found.value
    raise Problem(403, "forbidden", "expected a page of this server")


def _from_here(headers: Mapping[str, str], origins: Collection[str]) -> None:
    """Without keys, no page from elsewhere may do or see anything through a browser on this machine.

    Its own name made to lead here would be told in `Host` (DNS rebinding); what it sends elsewhere has its
    `Origin`. An address cannot be made to lead anywhere.
    """
    host = headers.get("host", "")
    if not _local(host):
        raise Problem(
            403, "forbidden", f"expected Host to be {LOCAL} or an address", found=host[:100]
        )
    origin = headers.get("origin")
    if origin is None or origin in origins:
        return
    if urlsplit(origin[:500]).netloc != host:
        raise Problem(403, "forbidden", "expected a page of this server", found=origin[:100])


def _local(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == LOCAL or bool(ip_address(name))
    except ValueError:
        return False


@dataclass(slots=True)
class Tickets:
    """Kept in memory: one that is lost is asked for again."""

    _waiting: dict[str, tuple[float, Caller]] = field(
        default_factory=dict[str, tuple[float, Caller]]
    )

    def make(
        self,
        caller: Caller,
        *,
        now: float,
        session: str | None = None,
        person: str | None = None,
        role: Role | None = None,
    ) -> tuple[str, float]:
        """A ticket for reading one session as the caller may, or in a role, or one person's notifications; when it expires."""
        expires = now + TICKET_SECONDS
        for old in [key for key, (until, _) in self._waiting.items() if until <= now]:
            del self._waiting[old]
        if len(self._waiting) >= MOST_TICKETS:
            del self._waiting[next(iter(self._waiting))]
        ticket = "tkt_" + secrets.token_urlsafe(24)
        only = replace(
            caller,
            scopes=frozenset({"read"}),
            session=session,
            person=person,
            role=role or caller.role,
        )
        self._waiting[ticket] = (expires, only)
        return ticket, expires

    def take(self, ticket: str, *, now: float) -> Caller | None:
        """Who the ticket stands for; it is void from now on."""
        expires, caller = self._waiting.pop(ticket, (0.0, None))
        return caller if expires > now else None
