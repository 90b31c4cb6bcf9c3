"""Where a reader finds what was published: bounded, and honest about what it lost."""

from collections import deque
from collections.abc import Sequence
from typing import Self

import anyio

from v100_ai.records import Stored


class Inbox:
    """Events of one session that wait for one reader; all are let go of when they become too many.

    As an iterator it gives event by event, and ends when something was `lost`.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._events = deque[Stored]()
        self._arrived = anyio.Event()
        self.lost = False
        """Whether events may not have come through; the reader sets it back, and then reads the log."""
        self.dropped = 0
        """Events that were let go of here."""
        self.arrivals = 0
        """How often something came."""

    def put(self, events: Sequence[Stored]) -> None:
        """Add events; when there are too many none is kept, for the log has them all."""
        self._events += events
        self.arrivals += 1
        if len(self._events) > self._capacity:
            self.dropped += len(self._events)
            self._events.clear()
            self.lost = True
        self._arrived.set()

    def lose(self) -> None:
        """Tell the reader that something may be missing."""
        self.lost = True
        self._arrived.set()

    async def take(self) -> list[Stored]:
        """All that waits, once there is something; it may be nothing when something was lost."""
        while not self._events and not self.lost:
            self._arrived = anyio.Event()
            await self._arrived.wait()
        events = list(self._events)
        self._events.clear()
        return events

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Stored:
        while not self._events and not self.lost:
            self._arrived = anyio.Event()
            await self._arrived.wait()
        if self.lost:
            raise StopAsyncIteration
        return self._events.popleft()


class Samples:
    """The latest sample of one session, for one reader."""

    def __init__(self) -> None:
        self._latest: bytes | None = None
        self._arrived = anyio.Event()
        self.dropped = 0
        """Samples that a later one replaced before they were read."""

    def put(self, body: bytes) -> None:
        """Replace what has not been read yet."""
        if self._latest is not None:
            self.dropped += 1
        self._latest = body
        self._arrived.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while self._latest is None:
            self._arrived = anyio.Event()
            await self._arrived.wait()
        body, self._latest = self._latest, None
        return body
