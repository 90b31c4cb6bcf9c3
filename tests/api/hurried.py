"""A loop whose clock can be moved ahead: timers of minutes run out in moments, sockets stay real."""

import asyncio

STEP = 1.0
"""Seconds that are skipped at once: pings and heartbeats come in their order, and are answered in between."""

BREATH = 0.003
"""Real seconds after each step in which both ends of a connection get their turn."""


class Hurried(asyncio.SelectorEventLoop):
    """The system's clock, and what was skipped."""

    skipped = 0.0

    def time(self) -> float:
        """The loop's seconds: every timer of the server and of its clients in this loop goes by them."""
        return super().time() + self.skipped


async def pass_(seconds: float) -> None:
    """Let that much of the loop's time go by."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Hurried)
    end = loop.time() + seconds
    while loop.time() < end:
        loop.skipped += STEP
        await asyncio.sleep(BREATH)
