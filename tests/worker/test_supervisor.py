from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.worker.watched import Script
from v100_ai.errors import AddressRefused
from v100_ai.worker import (
    Axis,
    Died,
    Ended,
    Gap,
    Lost,
    Message,
    Opened,
    Policy,
    Position,
    Readings,
    Refused,
    Resume,
    Spec,
    Stats,
    Told,
    supervise,
)

pytestmark = pytest.mark.anyio

KILLED = Died(cause="signal", detail="Killed")
FILE = Opened(width=64, height=48, codec="h264", rate=25.0, duration=9.0, seekable=True)
CAMERA = Opened(width=64, height=48, codec="h264", rate=25.0, duration=None, seekable=False)


def read(first: int, *times: float) -> Readings:
    return Readings(columns={"frame": tuple(range(first, first + len(times))), "pts": times})


@dataclass
class Clock:
    now: float = 0.0
    naps: list[float] = field(default_factory=list[float])

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


async def story(
    script: Script,
    *,
    source: str = "rtsp://camera/1",
    policy: Policy | None = None,
    clock: Clock | None = None,
    axis: Axis | None = None,
    check=None,
) -> list[Told]:
    clock = clock or Clock()
    found = list[Told]()
    given = {"check": check} if check else {}
    async with supervise(
        Spec(source=source, files=True),
        policy,
        axis=axis,
        launch=script,
        clock=clock,
        sleep=clock.sleep,
        jitter=lambda: 1.0,
        **given,
    ) as told:
        async for each in told:
            found.append(each)
    return found


async def test_a_source_that_ends_is_told_as_it_is():
    life: list[Message | Exception] = [CAMERA, read(0, 0.0), Stats(decoded=1, analysed=1), Ended()]
    script = Script([life])
    assert await story(script) == life
    assert [spec.resume for spec in script.specs] == [None]


async def test_a_file_goes_on_where_its_worker_was_killed_without_a_gap():
    script = Script([[FILE, read(0, 0.0, 0.04), KILLED], [FILE, read(2, 0.08), Ended()]])
    found = await story(script, source="/clip.mp4")
    assert found == [
        FILE,
        read(0, 0.0, 0.04),
        Lost(reason="worker stopped: signal: Killed", retry_in=1.0, last=KILLED),
        FILE,
        read(2, 0.08),
        Ended(),
    ]
    assert [spec.resume for spec in script.specs] == [None, Resume(frame=1, pts=0.04)]


async def test_a_live_source_tells_its_gap_before_the_first_new_readings():
    lost = Refused(error="SourceLost", message="camera: lost after 2.00 s")
    script = Script([[CAMERA, read(0, 2.0), lost], [CAMERA, read(0, 0.0), Ended()]])
    found = await story(script)
    assert [type(each) for each in found] == [Opened, Readings, Lost, Opened, Gap, Readings, Ended]
    gap = found[4]
    assert gap == Gap(from_pts=2.0, to_pts=3.0, reason="camera: lost after 2.00 s")


async def test_waits_grow_while_a_source_stays_away_and_it_is_tried_for_ever():
    refused = Refused(error="NotMedia", message="no route")
    clock = Clock()
    script = Script([*([refused] for _ in range(9)), [CAMERA, Ended()]])
    await story(script, clock=clock)
    assert clock.naps == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]


async def test_a_file_that_kills_its_workers_is_given_up():
    again: list[Message | Exception] = [FILE, KILLED]
    script = Script([[FILE, read(0, 0.0), KILLED], *[again] * 9])
    found = await story(script, source="/poison.mp4", policy=Policy(attempts=3))
    assert found[-1] == KILLED
    assert len(script.specs) == 4


async def test_counters_are_sums_and_agree_with_the_readings():
    script = Script(
        [
            [FILE, read(0, 0.0, 0.04), Stats(decoded=9, analysed=9, thinned=2), KILLED],
            [FILE, read(2, 0.08), Stats(decoded=1, analysed=1), Ended()],
        ]
    )
    found = await story(script, source="/clip.mp4")
    assert [each for each in found if isinstance(each, Stats)] == [
        Stats(decoded=9, analysed=9, thinned=2),
        Stats(decoded=5, analysed=3, thinned=2),
    ]


async def test_always_begins_a_file_again_from_its_start():
    script = Script(
        [
            [FILE, read(0, 0.0, 0.04), Ended()],
            [FILE, read(0, 0.0), Refused(error="UnknownLayer", message="")],
        ]
    )
    found = await story(script, source="/clip.mp4", policy=Policy(restart="always"))
    assert [spec.resume for spec in script.specs] == [None, None]
    again = found[-2]
    assert isinstance(again, Readings)
    assert again.frames == (2,)
    assert again.times == pytest.approx((1.04,))


async def test_an_address_is_asked_for_before_each_start():
    asked = list[str]()

    async def check(url: str) -> str:
        asked.append(url)
        return f"rtsp://192.0.2.{len(asked)}/1"

    script = Script([[CAMERA, KILLED], [CAMERA, Ended()]])
    await story(script, check=check)
    assert asked == ["rtsp://camera/1"] * 2
    assert [spec.source for spec in script.specs] == ["rtsp://192.0.2.1/1", "rtsp://192.0.2.2/1"]


async def test_a_refused_address_ends_it_and_shows_no_password():
    async def check(url: str) -> str:
        raise AddressRefused(url, "private")

    script = Script([])
    found = await story(script, source="rtsp://ana:secret@camera/1", check=check)
    assert found == [Refused(error="AddressRefused", message="rtsp://camera/1: private")]


async def test_a_machine_that_cannot_start_processes_is_a_death_like_others():
    class Broke(Script):
        def __call__(self, spec: Spec):
            if not self.specs:
                self.specs.append(spec)
                raise BlockingIOError(11, "Resource temporarily unavailable")
            return super().__call__(spec)

    found = await story(Broke([[], [CAMERA, Ended()]]))
    assert [type(each) for each in found] == [Lost, Opened, Ended]


async def test_an_axis_that_was_kept_goes_on():
    clock = Clock(now=70.0)
    axis = Axis(clock, Position(frame=9, pts=4.0), at=60.0)
    script = Script([[CAMERA, read(0, 0.0), Ended()]])
    found = await story(script, clock=clock, axis=axis)
    assert found[1] == Gap(from_pts=4.0, to_pts=14.0, reason="the service was started again")


async def test_a_reader_that_leaves_ends_the_worker():
    left = list[Spec]()

    @asynccontextmanager
    async def launch(spec: Spec) -> AsyncIterator[AsyncIterable[Message]]:
        try:
            async with Script([[CAMERA, read(0, 0.0), Ended()]])(spec) as worker:
                yield worker
        finally:
            left.append(spec)

    async with supervise(Spec(source="rtsp://camera/1"), launch=launch) as told:
        async for _ in told:
            break
        assert not left
    assert left
