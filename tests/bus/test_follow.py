import random
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
import pytest

from tests.bus.events import event
from v100_ai.bus import LocalBus, follow
from v100_ai.errors import HistoryLost
from v100_ai.records import Stored

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]

SESSION = "mtg_a"


@dataclass
class Log:
    """What was appended so far."""

    events: list[Stored] = field(default_factory=list[Stored])
    page: int = 3
    read: int = 0
    first: int = 1

    def append(self, count: int) -> list[Stored]:
        fresh = [event(len(self.events) + 1 + number) for number in range(count)]
        self.events += fresh
        return fresh

    async def __call__(self, session: str, after: int) -> list[Stored]:
        assert session == SESSION
        self.read += 1
        await anyio.lowlevel.checkpoint()
        start = max(after, self.first - 1)
        return self.events[start : start + self.page]


@dataclass
class Fate:
    """What becomes of what is published."""

    rng: random.Random

    def of(self, events: Sequence[Stored]) -> list[list[Stored]]:
        """Handed out whole, in part, not at all, twice, in another order, or late with others in between."""
        some = list(events)
        match self.rng.randrange(6):
            case 0:
                return []
            case 1:
                return [some, some]
            case 2:
                return [some[self.rng.randrange(len(some) + 1) :]]
            case 3:
                return [some[: self.rng.randrange(len(some) + 1)]]
            case 4:
                self.rng.shuffle(some)
            case _:
                pass
        return [some]


async def read(log: Log, bus: LocalBus, after: int, until: int) -> list[int]:
    """What a reader sees until the event of that number."""
    seen: list[int] = []
    async with aclosing(follow(log, bus, SESSION, after, check=0.001)) as pages:
        async for events in pages:
            assert events
            seen += [each.seq for each in events]
            if seen[-1] >= until:
                break
    return seen


async def one_cut(rng: random.Random) -> None:
    """A reader goes away at a random point and comes back, on a bus that loses, repeats and mixes up."""
    log, bus, fate, total = Log(page=rng.randint(1, 5)), LocalBus(), Fate(rng), 40
    cut = rng.randint(1, total - 1)
    seen: list[int] = []

    async def write() -> None:
        while len(log.events) < total:
            fresh = log.append(min(rng.randint(1, 4), total - len(log.events)))
            for _ in range(rng.randrange(3)):
                await anyio.lowlevel.checkpoint()
            for events in fate.of(fresh):
                bus.publish(SESSION, events)
            if rng.random() < 0.1:
                bus.lose(SESSION)

    with anyio.fail_after(45):
        async with anyio.create_task_group() as group:
            group.start_soon(write)
            seen += await read(log, bus, 0, cut)
            if seen[-1] < total:
                seen += await read(log, bus, seen[-1], total)
    assert seen == list(range(1, total + 1))
    assert not bus.sessions


async def test_no_cut_makes_a_gap_or_a_repeat():
    """A thousand random points."""
    rng = random.Random(10)  # noqa: S311
    for _ in range(1000):
        await one_cut(rng)


async def test_live_events_need_no_reading():
    log, bus = Log(), LocalBus()
    log.append(4)
    async with aclosing(follow(log, bus, SESSION, 0)) as pages:
        assert [each.seq for each in await anext(pages)] == [1, 2, 3]
        assert [each.seq for each in await anext(pages)] == [4]
        read = log.read
        for count in (1, 2, 3):
            async with anyio.create_task_group() as group:
                group.start_soon(_publish, bus, log, count)
                assert len(await anext(pages)) == count
        assert log.read == read + 1, "but once, to find that there is no more"


async def _publish(bus: LocalBus, log: Log, count: int) -> None:
    await anyio.lowlevel.checkpoint()
    bus.publish(SESSION, log.append(count))


async def test_a_reader_that_was_flooded_goes_back_to_the_log():
    log, bus = Log(page=1000), LocalBus()
    async with aclosing(follow(log, bus, SESSION, 0)) as pages:
        bus_reader = anext(pages)
        async with anyio.create_task_group() as group:
            group.start_soon(_publish, bus, log, 300)
            assert len(await bus_reader) == 300


async def test_the_last_events_are_found_though_the_bus_lost_them():
    log, bus = Log(), LocalBus()

    async def lose() -> None:
        await anyio.lowlevel.checkpoint()
        log.append(2)

    async with (
        aclosing(follow(log, bus, SESSION, 0, check=0.01)) as pages,
        anyio.create_task_group() as group,
    ):
        group.start_soon(lose)
        with anyio.fail_after(45):
            assert [each.seq for each in await anext(pages)] == [1, 2]


async def test_history_that_is_gone_is_told_never_skipped():
    log = Log(first=7)
    log.append(9)
    async with aclosing(follow(log, LocalBus(), SESSION, 2)) as pages:
        with pytest.raises(HistoryLost, match="expected event 3, the first one kept is 7"):
            await anext(pages)
    async with aclosing(follow(log, LocalBus(), SESSION, 6)) as pages:
        assert [each.seq for each in await anext(pages)] == [7, 8, 9]
