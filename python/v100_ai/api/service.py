"""All that a request may need, in one place; and how each resource looks from outside."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import anyio
from anyio.to_thread import run_sync

from v100_ai import clock, ids
from v100_ai.addresses import IP, SOURCES, Network, Resolver, refusal, shown, target
from v100_ai.api.authentication import Caller, Tickets
from v100_ai.api.idempotency import InFlight
from v100_ai.api.metrics import Metrics
from v100_ai.api.models import SessionShown
from v100_ai.api.offers import Offers
from v100_ai.api.problems import Problem, not_found
from v100_ai.bus import Bus
from v100_ai.config import Settings
from v100_ai.delivery import Dispatcher
from v100_ai.errors import AddressRefused, SettingRejected
from v100_ai.events.envelope import rfc3339
from v100_ai.hub import Hub, Media
from v100_ai.records import PLURAL, PREFIX, Json, Kind, SessionRecord
from v100_ai.session.session import Session
from v100_ai.store import Store
from v100_ai.worker.located import located

P = ParamSpec("P")
R = TypeVar("R")

HEARTBEAT: Final = 20.0
"""Seconds between two signs of life to whoever reads live events."""

BODY_SECONDS: Final = 30.0
"""How long a request's body may take to come."""

LOOK_UP: Final = 2.0
"""Seconds for a name to be looked up, when something is made that needs it later."""

REPORTS: Final = 2
"""Reports that are made at once."""


@dataclass(slots=True)
class Service:
    """The service as its requests see it."""

    settings: Settings
    store: Store
    hub: Hub
    bus: Bus
    dispatcher: Dispatcher
    metrics: Metrics
    open: bool
    """Whether there are no keys: whoever reaches it may do all."""
    allowed: Sequence[Network]
    """Networks that webhooks and sources may lead to beside the public ones."""
    resolver: Resolver
    stopping: anyio.Event = field(default_factory=anyio.Event)
    """Set when the server is about to stop: readers are sent away."""
    heartbeat: float = HEARTBEAT
    body_seconds: float = BODY_SECONDS
    wall: Callable[[], float] = clock.wall
    tickets: Tickets = field(default_factory=Tickets)
    in_flight: InFlight = field(default_factory=InFlight)
    _probing: asyncio.Future[None] | None = None
    media: Media | None = None
    """The media server, where there is one."""
    offers: Offers = field(default_factory=Offers)
    reports: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(REPORTS))
    """Whole logs are read for reports; whoever asks for something small need not wait for that."""

    def counts(self) -> dict[str, dict[str, float]]:
        """What the layers and the media server count themselves."""
        return {
            **self.hub.tally.sums(),
            **(self.media.counts() if self.media is not None else {}),
        }

    def now(self) -> dict[str, dict[str, float]]:
        """What of that goes up and down."""
        return {
            **self.hub.tally.now(),
            **(self.media.now() if self.media is not None else {}),
        }

    async def ask(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What the store says, without keeping the event loop waiting."""
        return await run_sync(partial(work, *args, **kwargs))

    async def probe(self, *, fresh: float) -> None:
        """Whether the database takes a write, unless one went well in the last `fresh` seconds.

        Whoever asks meanwhile waits for the same one. It goes on when nobody waits any more.

        Raises:
            StoreUnavailable: it does not.
        """
        health = self.store.health
        if health.outage is None and health.monotonic() - health.written < fresh:
            await self.ask(self.store.check)
            return
        if self._probing is None or self._probing.done():
            loop = asyncio.get_running_loop()
            self._probing = loop.run_in_executor(None, self.store.probe)
            # Where nobody waits for it any more, nobody misses its error: the store knows of it.
            self._probing.add_done_callback(_looked_at)
        await asyncio.shield(self._probing)

    async def reachable(self, url: str, schemes: Mapping[str, int]) -> None:
        """Refuse what leads where nothing may be; a name nobody knows yet may be known when it is needed.

        Raises:
            AddressRefused: a URL that can be read in more than one way, or leads to a closed network.
        """
        where = target(url, schemes=schemes)
        found: Sequence[IP] = () if where.ip is None else (where.ip,)
        if where.ip is None:
            with anyio.move_on_after(LOOK_UP), suppress(OSError, UnicodeError):
                found = [ip_address(each) for each in await self.resolver(where.host)]
        for ip in found:
            reason = refusal(ip, allow=self.allowed)
            if reason is not None:
                raise AddressRefused(shown(url), reason)

    async def readable(self, source: str) -> None:
        """Refuse what no worker may open, rather than begin what ends at once.

        Raises:
            AddressRefused: a URL that leads where nothing may be read.
            SettingRejected: a file outside the server's folder, or none.
        """
        if "://" in source:
            await self.reachable(source, SOURCES)
            return
        path = await self.ask(located, source, self.settings.files)
        if not await self.ask(Path(path).is_file):
            raise SettingRejected("expected a file in the server's folder, found none of that name")

    async def record(self, caller: Caller, kind: Kind, id: str) -> SessionRecord:  # noqa: A002
        """The session, if it exists for the caller. Raises `Problem`."""
        if ids.known(id, PREFIX[kind]) and caller.knows(id):
            record = await self.ask(self.store.session, id)
            if record is not None and record.tenant == caller.tenant and record.kind == kind:
                if record.forgotten is not None:
                    raise forgotten(record)
                return record
        raise not_found(kind)

    async def session(self, caller: Caller, kind: Kind, id: str) -> Session:  # noqa: A002
        """The session, live, if it exists for the caller. Raises `Problem`."""
        live = self.hub.live.get(id)
        if live is not None and not live.session.failed:
            # What is owned here need not be looked up: the same checks, without the database.
            known = live.session.record
            if caller.knows(id) and (known.tenant, known.kind) == (caller.tenant, kind):
                return live.session
        record = await self.record(caller, kind, id)
        return await self.hub.session(record.id)


def _looked_at(probe: asyncio.Future[None]) -> None:
    if not probe.cancelled():
        probe.exception()


def forgotten(record: SessionRecord) -> Problem:
    """410, the same on every route of a session whose time is over."""
    return Problem(
        410,
        "forgotten",
        "expected a session whose time is not over: nothing that was said or shown in it is kept",
        ended=moment(record.ended),
        forgotten=moment(record.forgotten),
    )


def moment(seconds: float | None) -> str | None:
    """Seconds since 1970 as RFC 3339."""
    return None if seconds is None else rfc3339(seconds)


def seconds(moment: datetime | None) -> float | None:
    """A moment as seconds since 1970."""
    return None if moment is None else moment.timestamp()


def _settings_shown(settings: Json) -> dict[str, Any]:
    """The settings, their URLs without what opens doors."""
    layers = {**settings["layers"], **_urls(settings["layers"], "webhook")}
    found = {**settings, **_urls(settings, "source", "reference"), "layers": layers}
    asked = settings.get("input")
    if asked:
        # Headers and cookies open doors as passwords do.
        found["input"] = {**asked, "options": dict.fromkeys(asked.get("options") or {}, "***")}
    return found


def _urls(settings: Json, *names: str) -> dict[str, str]:
    return {name: shown(settings[name]) for name in names if settings.get(name) is not None}


def session_shown(record: SessionRecord, **more: Any) -> SessionShown:
    """The session as it is told of."""
    home = f"/v1/{PLURAL[record.kind]}/{record.id}"
    return SessionShown(
        id=record.id,
        kind=record.kind,
        name=record.name,
        state=record.state,
        created=rfc3339(record.created),
        ended=moment(record.ended),
        reason=record.reason,
        seq=record.seq,
        epoch=record.epoch,
        settings=_settings_shown(record.settings),
        links={"self": home, "events": f"{home}/events", "report": f"{home}/report"},
        **more,
    )
