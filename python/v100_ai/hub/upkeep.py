"""What runs beside a hub: leases renewed, what others left taken up, time passing for every session."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from types import MappingProxyType
from typing import Any, Final

import anyio
import structlog
from anyio.to_thread import run_sync

from v100_ai import clock
from v100_ai.addresses import Network
from v100_ai.bus import Bus
from v100_ai.config import Settings
from v100_ai.errors import StoreUnavailable, V100Error
from v100_ai.hub import owner
from v100_ai.hub.hub import Hub
from v100_ai.session.session import Session
from v100_ai.store import Store, Writer

NONE: Final[Mapping[str, Any]] = MappingProxyType({})
TICK: Final = 0.1
NAP: Final = 1.0
"""Seconds for which it is worth while to let a session sleep."""
RENEWALS: Final = 3
"""How often a lease is renewed within its time."""
FEW: Final = 100
"""Sessions of which it is looked up each time whether they still are ours."""
THOROUGH: Final = 10
TWICE: Final = (0, 1)
"""Of so many renewals, these look at more than that too."""
ORPHANS: Final = 100
"""Sessions taken up in one go."""

log = structlog.get_logger("v100_ai.hub")


@dataclass(slots=True)
class Upkeep:
    """Keeps a hub's claim on its sessions, and makes time pass in them."""

    hub: Hub
    _sleeping: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    """When sessions that sleep wake by themselves: a heap."""
    _renewed: int = 0

    async def run(self) -> None:
        """Until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._renewing)
            group.start_soon(self._ticking)
            if self.hub.settings.idle_end_seconds is not None:
                group.start_soon(self._ending, self.hub.settings.idle_end_seconds)

    async def _renewing(self) -> None:
        while True:
            try:
                if self.hub.live or not self.hub.draining:
                    await self.renew()
                if self.hub.store.health.outage is not None:
                    await run_sync(self.hub.store.probe)
                if not self.hub.draining:
                    await self.take_up()
            except StoreUnavailable as failed:
                await log.adebug("lease.unrenewed", error=str(failed))
            except V100Error as failed:
                await log.awarning("lease.unrenewed", error=str(failed))
            await anyio.sleep(self.hub.settings.lease_seconds / RENEWALS)

    async def renew(self) -> None:
        """Claim what is held for as long again; what somebody else has by now is let go of."""
        hub = self.hub
        held = {one: live.session.record.epoch for one, live in hub.live.items()}
        self._renewed += 1
        thorough = len(held) <= FEW or self._renewed % THOROUGH in TWICE
        ours = await run_sync(
            partial(hub.store.renew, hub.me, held, hub.settings.lease_seconds, thorough=thorough)
        )
        for lost in held.keys() - ours:
            live = hub.live.get(lost)
            if live is not None and live.session.record.epoch == held[lost]:
                del hub.live[lost]
                hub.befell.lost += 1
                live.session.failed = True
                live.stop()
                await log.awarning("session.lost", session=lost)

    async def take_up(self) -> None:
        """Active sessions whose owner is gone, and those of ours that failed."""
        hub = self.hub
        gone = frozenset(filter(owner.dead, await run_sync(hub.store.owners)))
        orphans = await run_sync(partial(hub.store.orphans, ORPHANS, dead=gone))
        left = [one for one in orphans if one.id not in hub.live]
        room = max(0, hub.settings.workers - hub.sources)
        sourced = [one.id for one in left if one.settings.get("source") is not None][:room]
        plain = [one.id for one in left if one.settings.get("source") is None]
        failed = [key for key, one in hub.live.items() if one.session.failed]
        for id_ in [*failed, *plain, *sourced]:
            try:
                await hub.take_up(id_, dead=gone)
            except StoreUnavailable:
                raise
            except V100Error as refused:
                await log.ainfo("session.left", session=id_, reason=str(refused))

    async def _ticking(self) -> None:
        while True:
            await anyio.sleep(TICK)
            self.tick(clock.monotonic())

    def tick(self, now: float) -> None:
        """Make time pass where it may change something; `now` is the monotonic clock."""
        awake = self.hub.awake
        while self._sleeping and self._sleeping[0][0] <= now:
            awake.add(heappop(self._sleeping)[1])
        for id_ in list(awake):
            live = self.hub.live.get(id_)
            if live is None or live.session.failed:
                awake.discard(id_)
            elif not live.ticking:
                if live.session.due:
                    live.ticking = True
                    self.hub.group.start_soon(live.tick)
                else:
                    self._rest(live.session, now)

    def _rest(self, session: Session, now: float) -> None:
        """Let it sleep until time may change something in it, or something comes in."""
        # First: what comes in from now on wakes it again.
        self.hub.awake.discard(session.id)
        wakes = session.wakes
        if wakes is None:
            return
        left = wakes - session.clock()
        if left > NAP:
            heappush(self._sleeping, (now + left, session.id))
        else:
            self.hub.awake.add(session.id)

    async def _ending(self, idle: float) -> None:
        """End sessions into which nothing has come for so long."""
        while True:
            await anyio.sleep(max(1.0, idle / 10))
            for id_, live in list(self.hub.live.items()):
                if not live.session.failed and clock.monotonic() - live.stirred > idle:
                    with live.guarded():
                        await self.hub.end(id_, "idle")


@asynccontextmanager
async def opened(
    settings: Settings,
    store: Store,
    bus: Bus,
    *,
    allowed: Sequence[Network] = (),
    resources: Mapping[str, Any] = NONE,
    committed: Callable[[], None] = lambda: None,
) -> AsyncGenerator[Hub]:
    """A hub that is kept up for as long as the block lasts."""
    async with Writer(store) as writer, anyio.create_task_group() as group:
        hub = Hub(settings, store, writer, bus, group, allowed, committed, dict(resources))
        if hub.model is not None:
            hub.model.changed = hub.refused
        group.start_soon(Upkeep(hub).run)
        yield hub
        group.cancel_scope.cancel()
