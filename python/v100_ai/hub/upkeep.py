"""What runs beside a hub: leases renewed, what others left taken up, time passing for every session."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import anyio
import structlog
from anyio.to_thread import run_sync

from v100_ai.addresses import Network
from v100_ai.bus import Bus
from v100_ai.config import Settings
from v100_ai.errors import V100Error
from v100_ai.hub import owner
from v100_ai.hub.hub import Hub
from v100_ai.store import Store, Writer

NONE: Final[Mapping[str, Any]] = MappingProxyType({})
TICK: Final = 0.1
RENEWALS: Final = 3
"""How often a lease is renewed within its time."""
ORPHANS: Final = 100
"""Sessions taken up in one go."""

log = structlog.get_logger("v100_ai.hub")


@dataclass(slots=True)
class Upkeep:
    """Keeps a hub's claim on its sessions, and makes time pass in them."""

    hub: Hub

    async def run(self) -> None:
        """Until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._renewing)
            group.start_soon(self._ticking)

    async def _renewing(self) -> None:
        while True:
            try:
                await self.renew()
                if not self.hub.draining:
                    await self.take_up()
            except V100Error as failed:
                await log.awarning("lease.unrenewed", error=str(failed))
            await anyio.sleep(self.hub.settings.lease_seconds / RENEWALS)

    async def renew(self) -> None:
        """Claim what is held for as long again; what somebody else has by now is let go of."""
        hub = self.hub
        held = {one: live.session.record.epoch for one, live in hub.live.items()}
        ours = await run_sync(hub.store.renew, hub.me, held, hub.settings.lease_seconds)
        for lost in held.keys() - ours:
            live = hub.live.get(lost)
            if live is not None and live.session.record.epoch == held[lost]:
                del hub.live[lost]
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
            except V100Error as refused:
                await log.ainfo("session.left", session=id_, reason=str(refused))

    async def _ticking(self) -> None:
        while True:
            await anyio.sleep(TICK)
            for live in list(self.hub.live.values()):
                if not live.ticking and not live.session.failed and live.session.due:
                    live.ticking = True
                    self.hub.group.start_soon(live.tick)


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
        group.start_soon(Upkeep(hub).run)
        yield hub
        group.cancel_scope.cancel()
