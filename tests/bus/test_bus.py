"""What every bus does; over Redis, between two processes' buses and within one."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio
import anyio.lowlevel
import pytest

from tests.bus.events import event
from tests.servers import Redis
from v100_ai.bus import Bus, Inbox, LocalBus
from v100_ai.bus.redis import RedisBus
from v100_ai.records import Stored

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]

Pair = tuple[Bus, Bus]
Opened = Callable[[], AbstractAsyncContextManager[Pair]]


@asynccontextmanager
async def local() -> AsyncIterator[Pair]:
    bus = LocalBus()
    yield bus, bus


@pytest.fixture(params=["local", "one process", "two processes"])
def opened(request: pytest.FixtureRequest) -> Opened:
    """Opens a bus to publish on and one to read from."""
    if request.param == "local":
        return local
    server: Redis = request.getfixturevalue("redis")

    @asynccontextmanager
    async def over_redis() -> AsyncIterator[Pair]:
        async with RedisBus(server.url) as one:
            if request.param == "one process":
                yield one, one
            else:
                async with RedisBus(server.url) as other:
                    yield one, other

    return over_redis


async def joined(writer: Bus, inbox: Inbox, session: str = "mtg_a") -> None:
    """Once this returns, what is published arrives: Redis takes a moment to know of a reader."""
    arrived = list[Stored]()
    while not arrived:
        writer.publish(session, [event(-1, session)])
        with anyio.move_on_after(0.05):
            arrived = await inbox.take()
            inbox.lost = False
    writer.publish(session, [event(-2, session)])
    while event(-2, session) not in arrived:
        arrived = await inbox.take()
    inbox.lost = False


async def test_readers_get_what_is_published_as_it_was(opened: Opened):
    async with opened() as (writer, reader), reader.subscribe("mtg_a") as inbox:
        await joined(writer, inbox)
        sent = [event(seq) for seq in range(1, 50)]
        writer.publish("mtg_a", sent[:20])
        writer.publish("mtg_a", sent[20:])
        assert [await anext(inbox) for _ in sent] == sent
        assert not inbox.lost


async def test_a_reader_gets_its_own_session_only(opened: Opened):
    async with (
        opened() as (writer, reader),
        reader.subscribe("mtg_a") as one,
        reader.subscribe("mtg_b") as other,
    ):
        await joined(writer, one, "mtg_a")
        await joined(writer, other, "mtg_b")
        writer.publish("mtg_a", [event(1, "mtg_a")])
        writer.publish("mtg_b", [event(1, "mtg_b")])
        assert await one.take() == [event(1, "mtg_a")]
        assert await other.take() == [event(1, "mtg_b")]


async def test_a_slow_reader_loses_all_and_is_told(opened: Opened):
    async with (
        opened() as (writer, reader),
        reader.subscribe("mtg_a", capacity=10) as slow,
        reader.subscribe("mtg_a") as quick,
    ):
        await joined(writer, quick)
        await slow.take()
        slow.lost = False
        sent = [event(seq) for seq in range(1, 12)]
        writer.publish("mtg_a", sent)
        assert [await anext(quick) for _ in sent] == sent
        assert await slow.take() == []
        assert slow.lost
        assert slow.dropped == 11
        assert [seen async for seen in slow] == []
        slow.lost = False
        writer.publish("mtg_a", [event(12)])
        assert await anext(slow) == event(12)


async def test_only_the_latest_sample_waits_and_the_others_are_counted(opened: Opened):
    async with opened() as (writer, reader), reader.samples("mtg_a") as samples:
        first = b""
        while not first:
            writer.publish_sample("mtg_a", b"first\n\0")
            with anyio.move_on_after(0.05):
                first = await anext(samples)
        assert first == b"first\n\0"
        with anyio.move_on_after(0.05):
            while True:
                await anext(samples)
        before = samples.dropped
        for number in range(10):
            writer.publish_sample("mtg_a", b"%d" % number)
        latest = b""
        while latest != b"9":
            latest = await anext(samples)
        assert samples.dropped <= before + 9
        writer.publish_sample("mtg_b", b"other")
        writer.publish_sample("mtg_a", b"last")
        assert await anext(samples) == b"last"


async def test_samples_replace_each_other_within_the_process():
    bus = LocalBus()
    async with bus.samples("mtg_a") as samples:
        for number in range(10):
            bus.publish_sample("mtg_a", b"%d" % number)
        assert await anext(samples) == b"9"
        assert samples.dropped == 9


async def test_publishing_to_nobody_keeps_nothing(opened: Opened):
    async with opened() as (writer, reader):
        writer.publish("mtg_a", [event(1)])
        async with reader.subscribe("mtg_a") as inbox:
            await anyio.lowlevel.checkpoint()
            del inbox
    bus = LocalBus()
    async with bus.subscribe("mtg_a"), bus.subscribe("mtg_a"), bus.samples("mtg_a"):
        assert list(bus.sessions) == list(bus.sampled) == ["mtg_a"]
    assert not bus.sessions
    assert not bus.sampled
