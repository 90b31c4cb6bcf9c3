"""Highlights beside a session: in order, kept before they are settled, held up where too much waits."""

from collections.abc import Callable
from itertools import count

import anyio
import anyio.lowlevel
import pytest

from tests.highlights.staged import assert_settled_once, conversation, meeting
from v100_ai.events import Event, HighlightCreated
from v100_ai.layers.highlights.layer import HighlightsLayer, Records
from v100_ai.layers.inputs import Segments
from v100_ai.layers.layer import Step
from v100_ai.records import Json

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_live_meeting_keeps_its_order_however_long_answers_take():
    segments, journal, events = conversation(80), list[Json](), list[Event]()
    records = Records()
    waits = count()

    async def judge(*_: object) -> None:
        for _step in range(next(waits) % 5):
            await anyio.lowlevel.checkpoint()

    def kept(step: Step) -> None:
        events.extend(step.events)
        journal.extend(step.journal)

    async def keep(work: Callable[[], Step]) -> None:
        kept(work())

    live = HighlightsLayer(meeting(records, judged=True), records, judge)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(live.run, keep)
            for segment in segments:
                kept(live.push(Segments([segment]), segment.end))
                await live.ready()
                kept(live.tick(segment.end))
            kept(live.settle(segments[-1].end))
    assert_settled_once(list(map(dict, journal)), segments)
    born = [each.highlight.id for each in events if isinstance(each, HighlightCreated)]
    assert born
    assert len(born) == len(set(born))


async def test_whoever_brings_more_than_can_be_kept_waits():
    records, kept = Records(), anyio.Event()

    async def judge(*_: object) -> None:
        return None

    async def keep(work: Callable[[], Step]) -> None:
        await kept.wait()
        work()

    live = HighlightsLayer(meeting(records, judged=True), records, judge)
    live.push(Segments(conversation(400)), 0.0)
    async with anyio.create_task_group() as group:
        group.start_soon(live.run, keep)
        with anyio.move_on_after(0.01) as gave_up:
            await live.ready()
        assert gave_up.cancelled_caught
        kept.set()
        with anyio.fail_after(5):
            await live.ready()
        live.settle(1200.0)
