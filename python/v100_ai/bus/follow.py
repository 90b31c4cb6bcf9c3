"""Follow: a session's events from the log, then live, then from the log where the bus lost some."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Final

import anyio

from v100_ai.bus.bus import Bus
from v100_ai.errors import HistoryLost
from v100_ai.records import Stored

CHECK: Final = 10.0
"""Seconds without an event after which the log is asked whether the bus lost the last ones."""

Read = Callable[[str, int], Awaitable[Sequence[Stored]]]
"""Of a session, a page of events after a number; none when there are no more."""


async def follow(
    read: Read, bus: Bus, session: str, after: int, *, check: float = CHECK
) -> AsyncGenerator[list[Stored]]:
    """All events of a session after that number, in order, without a gap or a repeat; it never ends by itself.

    Raises:
        HistoryLost: the next ones are no longer in the log.
    """
    async with bus.subscribe(session) as inbox:
        while True:
            # Set back before the log is read: what is lost from here on is lost after the reading.
            inbox.lost = False
            while page := await read(session, after):
                for event in page:
                    if event.seq != after + 1:
                        raise HistoryLost(session, expected=after + 1, found=event.seq)
                    after = event.seq
                yield list(page)
            contiguous = True
            while contiguous and not inbox.lost:
                arrived: Sequence[Stored] = ()
                with anyio.move_on_after(check):
                    arrived = await inbox.take()
                events, contiguous = _next(arrived, after)
                if events:
                    after = events[-1].seq
                    yield events
                contiguous = contiguous and bool(arrived)


def _next(arrived: Sequence[Stored], after: int) -> tuple[list[Stored], bool]:
    """Those that go on from `after`, and whether these are all that are new."""
    events: list[Stored] = []
    for event in arrived:
        if event.seq == after + 1:
            events.append(event)
            after = event.seq
        elif event.seq > after:
            return events, False
    return events, True
