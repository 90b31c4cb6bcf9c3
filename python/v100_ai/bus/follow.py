"""Follow: a session's events from the log, then live, then from the log where the bus lost some."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from v100_ai.bus.bus import Bus
from v100_ai.bus.inbox import Inbox
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
        with _looked_after(inbox, check):
            async for page in _followed(read, inbox, session, after):
                yield page


async def _followed(
    read: Read, inbox: Inbox, session: str, after: int
) -> AsyncGenerator[list[Stored]]:
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
            events, contiguous = _next(await inbox.take(), after)
            if events:
                after = events[-1].seq
                yield events


@contextmanager
def _looked_after(inbox: Inbox, check: float) -> Iterator[None]:
    """Send the reader to the log after each `check` seconds in which nothing came.

    One timer for all that time: a deadline for every event would cost as much as handing it over.
    """
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle
    before = inbox.arrivals

    def look() -> None:
        nonlocal before, timer
        if inbox.arrivals == before:
            inbox.lose()
        before = inbox.arrivals
        timer = loop.call_later(check, look)

    timer = loop.call_later(check, look)
    try:
        yield
    finally:
        timer.cancel()


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
