"""Tickets: what a browser opens a WebSocket with, since it can send no header: once, and soon."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from v100_ai.api.access import Caller

LASTS: Final = 60.0
MOST: Final = 10_000
"""Tickets that wait; beyond it the oldest is void."""


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
    ) -> tuple[str, float]:
        """A ticket for reading one session as the caller may, or one person's notifications; when it expires."""
        expires = now + LASTS
        for old in [key for key, (until, _) in self._waiting.items() if until <= now]:
            del self._waiting[old]
        if len(self._waiting) >= MOST:
            del self._waiting[next(iter(self._waiting))]
        ticket = "tkt_" + secrets.token_urlsafe(24)
        only = replace(caller, scopes=frozenset({"read"}), session=session, person=person)
        self._waiting[ticket] = (expires, only)
        return ticket, expires

    def take(self, ticket: str, *, now: float) -> Caller | None:
        """Who the ticket stands for; it is void from now on."""
        expires, caller = self._waiting.pop(ticket, (0.0, None))
        return caller if expires > now else None
