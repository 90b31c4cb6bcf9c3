"""Redis goes away, hangs, forgets, or carries nonsense; a reader that follows loses nothing."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from signal import SIGCONT, SIGSTOP

import anyio
import anyio.lowlevel
import pytest
from redis.asyncio import Redis as Client

from tests.bus.events import event
from tests.servers import Redis
from v100_ai.bus import follow
from v100_ai.bus.redis import OUTGOING, RedisBus
from v100_ai.records import Stored

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]

SESSION = "mtg_a"


@dataclass
class Followed:
    """A log, and what a reader in another process saw of it."""

    writer: RedisBus
    log: list[Stored] = field(default_factory=list[Stored])
    seen: list[Stored] = field(default_factory=list[Stored])
    grown: anyio.Event = field(default_factory=anyio.Event)

    def write(self, count: int) -> None:
        fresh = [event(len(self.log) + number + 1) for number in range(count)]
        self.log += fresh
        self.writer.publish(SESSION, fresh)

    async def read(self, session: str, after: int) -> list[Stored]:
        assert session == SESSION
        await anyio.lowlevel.checkpoint()
        return self.log[after : after + 100]

    async def run(self, reader: RedisBus) -> None:
        # Longer than any test: what is found was found because the bus told, not because of the clock.
        async with aclosing(follow(self.read, reader, SESSION, 0, check=600.0)) as pages:
            async for events in pages:
                self.seen += events
                self.grown.set()

    async def caught_up(self) -> None:
        with anyio.fail_after(45):
            while len(self.seen) < len(self.log):
                self.grown = anyio.Event()
                await self.grown.wait()
        assert self.seen == self.log


@asynccontextmanager
async def followed(url: str) -> AsyncIterator[Followed]:
    async with RedisBus(url) as writer, RedisBus(url) as reader, anyio.create_task_group() as group:
        made = Followed(writer)
        group.start_soon(made.run, reader)
        made.write(3)
        await made.caught_up()
        yield made
        group.cancel_scope.cancel()


async def test_a_server_that_dies_and_comes_back_costs_nothing(redis: Redis):
    async with followed(redis.url) as session:
        redis.stop()
        for _ in range(5):
            session.write(10)
            await session.caught_up()
        redis.start()
        session.write(10)
        await session.caught_up()


async def test_a_server_that_is_not_there_yet_costs_nothing(redis: Redis):
    redis.stop()
    async with followed(redis.url) as session:
        session.write(10)
        await session.caught_up()
        redis.start()
        session.write(10)
        await session.caught_up()


async def test_connections_that_are_cut_cost_nothing(redis: Redis):
    async with followed(redis.url) as session, Client.from_url(redis.url) as client:
        for _ in range(5):
            session.write(7)
            await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            session.write(7)
            await client.flushall()
            await client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            session.write(7)
            await session.caught_up()


async def test_a_server_that_hangs_holds_up_no_writer_and_its_queue_is_bounded(redis: Redis):
    async with followed(redis.url) as session:
        redis.tell(SIGSTOP)
        for _ in range(OUTGOING // 100 + 20):
            session.write(100)
            await anyio.lowlevel.checkpoint()
        redis.tell(SIGCONT)
        assert session.writer.dropped > 0
        session.write(1)
        await session.caught_up()


async def test_nonsense_on_the_channel_is_not_handed_on(redis: Redis):
    async with followed(redis.url) as session, Client.from_url(redis.url) as client:
        for nonsense in (b"", b"\n", b"[]\n{}", b'{"a":1}\n', b"\xff\n", b"[1,2,3,4,5,6]\nx"):
            await client.publish(f"v100:events:{SESSION}", nonsense)
        session.write(3)
        await session.caught_up()
