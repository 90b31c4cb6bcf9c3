"""A reader of live events, whatever they travel over: from where it stopped, until the session ends."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import anyio

from v100_ai.api.service import Service
from v100_ai.bus import follow
from v100_ai.errors import HistoryLost, V100Error
from v100_ai.events.kinds import SessionEnded
from v100_ai.records import Session, Stored

HEARTBEAT: Final = 20.0
"""Seconds without an event after which a reader is told that all is well."""

PATIENCE: Final = 5.0
"""Seconds that a reader may take to take something."""

PAGE: Final = 500


class TooSlow(V100Error):
    """A reader did not take what was sent to it."""


class Lost(V100Error):
    """What would follow the last event that the reader saw is not kept, or never was."""

    def __init__(self, first: int, last: int, epoch: int) -> None:
        super().__init__(f"the events that follow are not there: kept are {first} to {last}")
        self.first, self.last, self.epoch = first, last, epoch


@dataclass(slots=True)
class Reader:
    """What is sent to whom. `send` takes one envelope, or one sample; `idle` is called when there is none."""

    send: Callable[[bytes], Awaitable[None]]
    idle: Callable[[], Awaitable[None]]
    types: Collection[str] = ()
    samples: bool = False
    _turn: anyio.Lock = field(default_factory=anyio.Lock)
    _sent: float = 0.0

    async def run(self, service: Service, record: Session, after: int) -> None:
        """Until the session ends. Raises `TooSlow`, and `HistoryLost` when what follows is forgotten meanwhile."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._beat)
            if self.samples:
                group.start_soon(self._sample, service, record.id)
            await self._follow(service, record, after)
            group.cancel_scope.cancel()

    async def _follow(self, service: Service, record: Session, after: int) -> None:
        async def read(session: str, after: int) -> Sequence[Stored]:
            return await service.ask(service.store.read, session, after=after, limit=PAGE)

        if record.state == "ended" and after >= record.seq:
            return
        pages = follow(read, service.bus, record.id, after)
        try:
            async for page in pages:
                for event in page:
                    if not self.types or event.type in self.types:
                        await self._send(event.body)
                    if event.type == SessionEnded.kind:
                        return
        finally:
            await pages.aclose()

    async def _send(self, body: bytes) -> None:
        try:
            with anyio.fail_after(PATIENCE):
                async with self._turn:
                    await self.send(body)
        except TimeoutError as late:
            raise TooSlow(f"expected a reader to take an event within {PATIENCE:g} s") from late
        self._sent = anyio.current_time()

    async def _beat(self) -> None:
        while True:
            quiet = anyio.current_time() - self._sent
            if quiet >= HEARTBEAT:
                self._sent = anyio.current_time()
                with anyio.move_on_after(PATIENCE):
                    async with self._turn:
                        await self.idle()
            await anyio.sleep(max(0.1, HEARTBEAT - quiet))

    async def _sample(self, service: Service, session: str) -> None:
        async with service.bus.samples(session) as samples:
            dropped = 0
            async for body in samples:
                await self._send(body)
                service.metrics.samples_dropped.inc(samples.dropped - dropped)
                dropped = samples.dropped


async def placed(service: Service, record: Session, after: int, epoch: int | None) -> int:
    """Where to go on for a reader that saw event `after`, of `epoch` if it says so. Raises `Lost`."""
    span = await service.ask(service.store.span, record.id)
    if span is None:
        raise Lost(1, 0, record.epoch)
    lost = Lost(span.first, span.last, span.epoch)
    if after > span.last or after < span.first - 1:
        raise lost
    if after and epoch is not None:
        written = await service.ask(service.store.epoch_at, record.id, after)
        # The event before the first that is kept cannot be asked any more.
        if written != epoch and not (written is None and after == span.first - 1):
            raise lost
    return after


def state(service: Service, record: Session) -> dict[str, Any]:
    """What whoever joins late has to be told, where this server knows it."""
    live = service.hub.live.get(record.id)
    return {} if live is None or live.session.failed else live.session.state


__all__ = ["HistoryLost", "Lost", "Reader", "TooSlow", "placed", "state"]
