"""A reader of live events, whatever they travel over: from where it stopped, until the session ends."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final

import anyio

from v100_ai.api.authentication import Caller, renewed
from v100_ai.api.service import Service
from v100_ai.bus import follow
from v100_ai.errors import HistoryLost, StoreUnavailable, V100Error
from v100_ai.events import Role, SessionEnded, as_seen, visible
from v100_ai.records import SessionRecord, Stored
from v100_ai.store import Span

PAGE: Final = 500


class Lost(V100Error):
    """What would follow the last event that the reader saw is not kept, or never was."""

    def __init__(self, first: int, last: int, epoch: int) -> None:
        super().__init__(f"the events that follow are not there: kept are {first} to {last}")
        self.first, self.last, self.epoch = first, last, epoch


class Removed(V100Error):
    """The session was removed while it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What is sent to whom. `send` takes one envelope, or one sample; `alive` tells that all is well.

    Both wait as long as the one who reads lets them: what a server is patient with is its own matter.
    """

    caller: Caller
    send: Callable[[bytes], Awaitable[None]]
    alive: Callable[[], Awaitable[None]]
    types: Collection[str] = ()
    samples: bool = False

    async def run(self, service: Service, record: SessionRecord, after: int) -> None:
        """Until the session ends.

        Raises, in a group: `Lost` when what follows is forgotten meanwhile, `Removed`, `Problem` when the
        caller's key is void by now, and what `send` raises.
        """
        async with anyio.create_task_group() as group:
            group.start_soon(self._beat, service, record.id)
            if self.samples:
                group.start_soon(self._sample, service, record.id)
            try:
                await self._follow(service, record, after)
            except HistoryLost as lost:
                span = await service.ask(service.store.span, record.id)
                raise _lost(record, span) from lost
            group.cancel_scope.cancel()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The types that are asked for and may be seen; none is all."""
        return visible(self.caller.role, self.types)

    async def _follow(self, service: Service, record: SessionRecord, after: int) -> None:
        async def read(session: str, after: int) -> Sequence[Stored]:
            return await service.ask(service.store.read, session, after=after, limit=PAGE)

        wanted = self.wanted
        if record.state == "ended" and after >= record.seq:
            return
        async with aclosing(follow(read, service.bus, record.id, after)) as pages:
            async for page in pages:
                for event in page:
                    if not wanted or event.type in wanted:
                        await self._show(event.body)
                    if event.type == SessionEnded.type:
                        return

    async def _show(self, body: bytes) -> None:
        seen = as_seen(self.caller.role, body)
        if seen is not None:
            await self.send(seen)

    async def _beat(self, service: Service, session: str) -> None:
        """Tell that all is well, as long as it is."""
        while True:
            await anyio.sleep(service.heartbeat)
            with suppress(StoreUnavailable):
                await renewed(service, self.caller)
                if await service.ask(service.store.session, session) is None:
                    raise Removed(f"{session} was removed")
            await self.alive()

    async def _sample(self, service: Service, session: str) -> None:
        async with service.bus.samples(session) as samples:
            dropped = 0
            async for body in samples:
                await self._show(body)
                service.metrics.samples_dropped.inc(samples.dropped - dropped)
                dropped = samples.dropped


async def placed(service: Service, record: SessionRecord, after: int, epoch: int | None) -> int:
    """Where to go on for a reader that saw event `after`, of `epoch` if it says so. Raises `Lost`."""
    span = await service.ask(service.store.span, record.id)
    lost = _lost(record, span)
    if span is None or after > span.last or after < span.first - 1:
        raise lost
    if after and epoch is not None:
        written = await service.ask(service.store.epoch_at, record.id, after)
        # The event before the first that is kept cannot be asked any more.
        if written != epoch and not (written is None and after == span.first - 1):
            raise lost
    return after


def _lost(record: SessionRecord, span: Span | None) -> Lost:
    """What there still is of a session."""
    return Lost(1, 0, record.epoch) if span is None else Lost(span.first, span.last, span.epoch)


def state(service: Service, record: SessionRecord, role: Role) -> dict[str, Any]:
    """What whoever joins late has to be told, as far as they may see it and this server knows it."""
    live = service.hub.live.get(record.id)
    return {} if live is None or live.session.failed else live.session.seen(role)
