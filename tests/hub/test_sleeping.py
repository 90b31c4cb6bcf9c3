"""Sessions into which nothing comes sleep: time passes in those where it may change something, and only there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import numpy as np
import pytest

from tests.api.running import until
from v100_ai.config import Settings
from v100_ai.hub import embedded
from v100_ai.hub.upkeep import TICK, Upkeep
from v100_ai.layers.inputs import Level
from v100_ai.session.session import STATS_EVERY, Session

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    def made(**more: Any) -> Settings:
        database = f"sqlite:///{tmp_path / 'v100.db'}"
        return Settings.read(None, database=database, drain_seconds=0, **more)

    return made


class Time:
    """A session's clock that a test turns."""

    def __init__(self, session: Session) -> None:
        self.now = session.clock()
        session.clock = self

    def __call__(self) -> float:
        return self.now


async def passed(upkeep: Upkeep, clock: Time, seconds: float) -> int:
    """Let time pass, a tick at a time; how often the session was looked at."""
    looked = 0
    for _ in range(round(seconds / TICK)):
        clock.now += TICK
        looked += bool(upkeep.hub.awake)
        upkeep.tick(clock.now)
        await anyio.lowlevel.checkpoint()
    return looked


async def asleep(upkeep: Upkeep, clock: Time) -> None:
    """When what the last tick had to write is written, nothing is awake."""

    def sleeps() -> bool:
        upkeep.tick(clock.now)
        return not upkeep.hub.awake

    await until(sleeps)


async def test_a_session_into_which_nothing_comes_is_soon_not_looked_at(settings):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", active_speaker=True, highlights=True)
        clock, upkeep = Time(session), Upkeep(runs.hub)
        await passed(upkeep, clock, STATS_EVERY + 2)
        await asleep(upkeep, clock)
        assert await passed(upkeep, clock, 3600) <= 3
        assert session.wakes is None


async def test_what_comes_in_wakes_it_and_it_does_what_it_would_have_done(settings):
    async with embedded(settings()) as runs:
        session = await runs.meeting("M", active_speaker=True)
        clock, upkeep = Time(session), Upkeep(runs.hub)
        await passed(upkeep, clock, 60)
        begun = clock.now
        for step in range(100):
            clock.now = begun + step / 50
            await session.levels([Level(at=clock.now, participant="ana", level=-20.0)])
        assert session.id in runs.hub.awake
        assert session.state["talking"] == ["ana"]
        # Nobody says so, but nothing more is heard of her.
        for _ in range(100):
            await passed(upkeep, clock, 0.1)
            await anyio.sleep(0.001)
        await until(lambda: session.state["talking"] == [])
        await passed(upkeep, clock, STATS_EVERY + 2)
        await asleep(upkeep, clock)
        assert await passed(upkeep, clock, 600) <= 3


async def test_a_frame_that_is_pushed_from_another_thread_wakes_it(settings):

    async with embedded(settings()) as runs:
        session = await runs.stream("S", visual=True)
        clock, upkeep = Time(session), Upkeep(runs.hub)
        await passed(upkeep, clock, 60)
        await asleep(upkeep, clock)
        picture = np.zeros((96, 160), np.uint8)
        assert await anyio.to_thread.run_sync(session.push, picture, 0.0)
        assert session.id in runs.hub.awake
        assert session.wakes == 0.0


async def test_a_session_ends_when_nothing_came_for_as_long_as_is_set(settings):
    async with embedded(settings(idle_end_seconds=1)) as runs:
        idle, busy = (
            await runs.meeting("I", highlights=True),
            await runs.meeting("B", active_speaker=True),
        )

        async def talk() -> None:
            while True:
                await busy.levels([Level(at=busy.clock(), participant="ana", level=-20.0)])
                await anyio.sleep(0.1)

        async with anyio.create_task_group() as group:
            group.start_soon(talk)
            await until(lambda: runs.store.session(idle.id).state == "ended")  # type: ignore[union-attr]
            group.cancel_scope.cancel()
        ended, running = runs.store.session(idle.id), runs.store.session(busy.id)
        assert ended is not None
        assert running is not None
        assert (ended.reason, running.state) == ("idle", "active")
