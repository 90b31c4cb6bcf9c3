"""Days in milliseconds: a clock that moves on when everybody waits, and endpoints that do as they are told."""

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel

from tests.delivery.memory import MemoryOutbox
from v100_ai.delivery import Answer, Dispatcher, Limits
from v100_ai.records import Delivery, Endpoint

SETTLED = 30
"""Turns of the event loop without a look at the clock, after which everybody waits."""


@dataclass(slots=True)
class Clock:
    """Seconds that pass only in `until`."""

    now: float = 1_800_000_000.0
    waiting: list[tuple[float, int, anyio.Event]] = field(default_factory=list)
    started: int = 0
    looked: int = 0

    def wall(self) -> float:
        self.looked += 1
        return self.now

    async def sleep(self, seconds: float) -> None:
        event = anyio.Event()
        self.started += 1
        entry = (self.now + max(seconds, 0.0), self.started, event)
        self.waiting.append(entry)
        try:
            await event.wait()
        finally:
            self.waiting = [each for each in self.waiting if each is not entry]

    async def until(self, done: Callable[[], bool], *, limit: float) -> None:
        """Let time pass until something is so, `limit` seconds at most."""
        end = self.now + limit
        while True:
            await self._quiet()
            if done() or not self.waiting:
                return
            soonest = min(self.waiting)
            if soonest[0] > end:
                self.now = end
                return
            self.now = max(self.now, soonest[0])
            soonest[2].set()

    async def _quiet(self) -> None:
        turns = 0
        while turns < SETTLED:
            looked = self.looked
            await anyio.lowlevel.checkpoint()
            turns = turns + 1 if looked == self.looked else 0


@dataclass(slots=True)
class Receivers:
    """Answers as `say` does, after `takes` seconds."""

    clock: Clock
    say: Callable[[Delivery, float], Answer]
    takes: dict[str, float] = field(default_factory=dict[str, float])
    log: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    under_way: dict[str, int] = field(default_factory=dict[str, int])
    most: dict[str, int] = field(default_factory=dict[str, int])

    async def send(self, delivery: Delivery, endpoint: Endpoint) -> Answer:
        self.log.append((self.clock.now, delivery.id))
        name = endpoint.id
        self.under_way[name] = self.under_way.get(name, 0) + 1
        self.most[name] = max(self.most.get(name, 0), self.under_way[name])
        if name in self.takes:
            await self.clock.sleep(self.takes[name])
        self.under_way[name] -= 1
        return self.say(delivery, self.clock.now)

    def times(self, delivery: str) -> list[float]:
        return [at for at, name in self.log if name == delivery]


def dispatcher(
    outbox: MemoryOutbox,
    sender: Receivers,
    *,
    limits: Limits | None = None,
    chance: Callable[[], float] = lambda: 0.5,
) -> Dispatcher:
    """One that lives in the clock's time, and calls its outbox without a thread."""
    clock = sender.clock
    return Dispatcher(
        outbox,
        sender,
        limits=limits or Limits(poll=3600.0),
        wall=clock.wall,
        sleep=clock.sleep,
        chance=chance,
        threads=0,
    )
