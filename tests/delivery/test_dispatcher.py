from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise

import anyio
import pytest
from hypothesis import given, strategies as st

from tests.delivery.memory import MemoryOutbox, delivery, endpoint
from tests.delivery.virtual import Clock, Receivers, dispatcher
from v100_ai.delivery import DELAYS, Answer, Dispatcher, Limits
from v100_ai.records import Delivery

pytestmark = pytest.mark.anyio

TAKEN = Answer(reason="delivered", status=204)
BROKEN = Answer(reason="connection", error="no connection")
HOUR = 3600.0

Say = Callable[[Delivery, float], Answer]


class World:
    """An outbox, receivers and a dispatcher in a time of their own."""

    def __init__(self, say: Say, *, limits: Limits | None = None, chance: float = 0.5) -> None:
        self.clock = Clock()
        self.outbox = MemoryOutbox(self.clock.wall)
        self.receivers = Receivers(self.clock, say)
        self.limits = limits
        self.chance = chance
        self.began = self.clock.now
        self.dispatcher: Dispatcher | None = None

    def deliver(self, *numbers: int, to: str = "a") -> None:
        self.outbox.add(endpoint(to))
        for number in numbers:
            self.outbox.add(delivery(number, to, now=self.clock.now))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Dispatcher]:
        each = dispatcher(
            self.outbox, self.receivers, limits=self.limits, chance=lambda: self.chance
        )
        async with anyio.create_task_group() as group:
            group.start_soon(each.run)
            yield each
            group.cancel_scope.cancel()

    def over(self) -> bool:
        return "pending" not in self.outbox.states()


async def test_what_is_stored_before_the_start_and_after_it_is_delivered():
    world = World(lambda _, __: TAKEN)
    world.deliver(1, 2, 3)
    async with world.running() as running:
        await world.clock.until(world.over, limit=0)
        world.deliver(4)
        running.notify()
        await world.clock.until(world.over, limit=0)
    assert world.outbox.states() == ["delivered"] * 4
    assert world.clock.now == world.began
    assert (running.counts.delivered, running.counts.in_flight) == (4, 0)


async def test_what_another_process_stored_is_found_without_a_word():
    world = World(lambda _, __: TAKEN, limits=Limits(poll=5.0))
    async with world.running():
        await world.clock.until(world.over, limit=0)
        world.deliver(1)
        await world.clock.until(lambda: bool(world.receivers.log), limit=60)
    assert world.clock.now - world.began <= 5.0


@pytest.mark.parametrize("down", [10 * 60.0, 24 * HOUR, 74 * HOUR], ids=["10min", "24h", "74h"])
@pytest.mark.parametrize("chance", [0.0, 1.0])
async def test_an_endpoint_that_was_down_gets_everything_when_it_is_back(
    down: float, chance: float
):
    world = World(lambda _, now: BROKEN if now < world.began + down else TAKEN, chance=chance)
    world.deliver(*range(5))
    async with world.running() as running:
        await world.clock.until(world.over, limit=100 * HOUR)
    assert world.outbox.states() == ["delivered"] * 5
    assert running.counts.dead == 0
    assert world.clock.now < world.began + 76 * HOUR


async def test_attempts_follow_the_schedule_and_the_last_within_76_hours():
    world = World(lambda _, __: BROKEN)
    world.deliver(1)
    async with world.running() as running:
        await world.clock.until(world.over, limit=100 * HOUR)
        assert world.outbox.states() == ["dead"]
        assert 75 * HOUR < world.clock.now - world.began < 76 * HOUR
        times = world.receivers.times("dlv_a_1")
        gaps = [later - sooner for sooner, later in pairwise(times)]
        assert len(times) == len(DELAYS) + 1
        for gap, delay in zip(gaps, DELAYS, strict=True):
            # The circuit may make a probe wait for its longest rest.
            assert delay <= gap <= delay + min(0.2 * delay, 120) + 30
        assert (running.counts.failed, running.counts.retried, running.counts.dead) == (10, 9, 1)

        world.receivers.say = lambda _, __: TAKEN
        world.outbox.replay()
        running.notify()
        await world.clock.until(world.over, limit=HOUR)
    assert world.outbox.states() == ["delivered"]


async def test_a_broken_endpoint_gets_one_probe_at_a_time_and_all_the_rest_when_it_is_back():
    world = World(lambda _, now: BROKEN if now < world.began + 600 else TAKEN)
    world.deliver(*range(200))
    world.receivers.takes["a"] = 1.0
    async with world.running():
        await world.clock.until(lambda: world.clock.now > world.began + 500, limit=600)
        tried = len(world.receivers.log)
        # Five to open it, three more that were under way, then one in up to 30 s.
        assert tried < 40
        world.receivers.most["a"] = 0
        await world.clock.until(lambda: world.clock.now > world.began + 590, limit=200)
        assert world.receivers.most["a"] == 1
        # What was never tried waits for no schedule.
        await world.clock.until(
            lambda: world.outbox.states().count("delivered") > 150, limit=2 * 90.0
        )
        assert world.outbox.states().count("delivered") > 150
        await world.clock.until(world.over, limit=4 * HOUR)
    assert set(world.outbox.states()) == {"delivered"}


async def test_one_dead_and_one_hanging_endpoint_cost_the_others_nothing():
    def say(each: Delivery, _: float) -> Answer:
        return TAKEN if each.endpoint.startswith("good") else BROKEN

    world = World(say, limits=Limits(in_flight=40))
    for number in range(50):
        world.deliver(number, to="dead")
        world.deliver(number, to="hanging")
    world.receivers.takes["hanging"] = 15.0
    for name in range(8):
        world.receivers.takes[f"good{name}"] = 0.05
    sent: dict[str, float] = {}
    async with world.running() as running:
        for round_ in range(50):
            for name in range(8):
                world.deliver(1000 + round_, to=f"good{name}")
                sent[f"dlv_good{name}_{1000 + round_}"] = world.clock.now
            running.notify()
            end = world.clock.now + 0.5
            await world.clock.until(lambda end=end: world.clock.now >= end, limit=0.5)  # type: ignore[misc]
    waits = [world.receivers.times(name)[0] - at for name, at in sent.items()]
    assert len(waits) == 400
    assert max(waits) == 0.0
    assert world.receivers.most["hanging"] <= 4
    assert world.outbox.states().count("delivered") >= 400 - 8


async def test_a_receiver_that_asks_for_a_pause_gets_it_and_no_attempt_is_wasted():
    busy = Answer(reason="busy", status=429, error="answered 429", wait=120.0)
    world = World(lambda _, now: busy if now < world.began + 60 else TAKEN)
    world.deliver(*range(40))
    async with world.running():
        await world.clock.until(world.over, limit=HOUR)
    assert not [at for at, _ in world.receivers.log if world.began < at < world.began + 120]
    tries = [world.receivers.times(f"dlv_a_{number}") for number in range(40)]
    assert sum(len(each) for each in tries) <= 40 + 4
    assert world.clock.now < world.began + 10 * 60


async def test_an_endpoint_that_is_gone_is_disabled():
    world = World(lambda _, __: Answer(reason="gone", status=410, error="410: wants no more"))
    world.deliver(1)
    async with world.running() as running:
        await world.clock.until(world.over, limit=HOUR)
        world.deliver(2, to="b")
        await world.clock.until(lambda: running.counts.disabled == 2, limit=HOUR)
    found = world.outbox.endpoint("a")
    assert found is not None
    assert found.disabled == "410: wants no more"
    assert world.outbox.deliveries["dlv_a_1"].state == "dead"


async def test_an_endpoint_that_fails_for_five_days_is_disabled():
    world = World(lambda _, __: BROKEN)
    async with world.running() as running:
        for day in range(7):
            world.outbox.endpoints.setdefault("a", endpoint("a"))
            world.outbox.add(delivery(day, "a", now=world.clock.now))
            running.notify()
            await world.clock.until(lambda: False, limit=24 * HOUR)
    found = world.outbox.endpoint("a")
    assert found is not None
    assert found.disabled is not None
    assert found.disabled.startswith("nothing but failures for 5 days")


async def test_what_cannot_be_sent_any_more_is_dead_with_the_reason():
    world = World(lambda _, __: TAKEN)
    world.deliver(1, to="removed")
    world.outbox.endpoints.clear()
    world.outbox.add(endpoint("a"), delivery(2, "a", now=world.clock.now, body=b""))
    async with world.running() as running:
        await world.clock.until(world.over, limit=60)
    errors = [each.error for each in world.outbox.deliveries.values()]
    assert errors == ["the endpoint was removed", "the event is not kept any more"]
    assert running.counts.reasons["hopeless"] == 2
    assert world.receivers.log == []


async def test_a_database_that_comes_back_loses_nothing():
    world = World(lambda _, __: TAKEN)
    world.deliver(*range(10))
    async with world.running() as running:
        for _ in range(5):
            world.outbox.broken = 3
            world.deliver(100 + world.outbox.asked)
            running.notify()
            await world.clock.until(world.over, limit=60)
    assert set(world.outbox.states()) == {"delivered"}
    assert running.counts.unavailable >= 5


async def test_no_more_are_under_way_than_the_limits_say():
    world = World(lambda _, __: TAKEN, limits=Limits(in_flight=10, per_endpoint=3))
    for name in "abcdefgh":
        world.deliver(*range(20), to=name)
        world.receivers.takes[name] = 1.0
    total = 0
    async with world.running() as running:
        while not world.over():
            await world.clock.until(lambda: False, limit=0.5)
            total = max(total, running.counts.in_flight)
    assert 3 < total <= 10
    assert max(world.receivers.most.values()) == 3


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(0, 2**32))
def test_killed_at_any_moment_nothing_is_lost_and_repeats_have_the_same_id(
    lives: list[int], seed: int
):
    async def live() -> None:
        world = World(lambda _, now: TAKEN if int(now * 7 + seed) % 3 else BROKEN)
        world.receivers.takes["a"] = 0.3
        for number, turns in enumerate(lives):
            world.deliver(*range(10 * number, 10 * number + 5))
            # Dies without a word in the middle of whatever it does.
            async with world.running():
                for _ in range(turns):
                    await world.clock.until(lambda: False, limit=0.1)
        async with world.running():
            await world.clock.until(world.over, limit=80 * HOUR)
        assert set(world.outbox.states()) == {"delivered"}
        sent = {name for _, name in world.receivers.log}
        assert sent == set(world.outbox.deliveries)

    anyio.run(live)
