"""A meeting while it runs: segments come in, events go out, Claude is asked meanwhile."""

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from dataclasses import dataclass

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from v100_ai.highlights.claude.prompt import Context
from v100_ai.highlights.claude.verdict import Verdict
from v100_ai.highlights.meeting import Event, Meeting, Step
from v100_ai.highlights.segment import Segment
from v100_ai.highlights.window import Batch

Judged = Callable[[Batch, Context], Awaitable[Verdict | None]]
Publish = Callable[[Event], None]

# Beyond this many batches behind, the rules take over until Claude has caught up.
MOST_BEHIND = 3
_QUEUE = 64


@dataclass(slots=True)
class Live:
    """Runs one meeting. `limit` is shared by all meetings: how many questions run at once."""

    meeting: Meeting
    judge: Judged
    clock: Callable[[], float]
    publish: Publish
    limit: anyio.CapacityLimiter

    async def run(self, segments: AsyncIterable[Segment], resumed: Step | None = None) -> None:
        """Until the segments end and every one of them is settled."""
        send, receive = anyio.create_memory_object_stream[Batch](_QUEUE)
        async with anyio.create_task_group() as group:
            group.start_soon(self._settle, receive)
            async with send:
                await self._take(resumed or Step(), send)
                async with anyio.create_task_group() as listening:
                    listening.start_soon(self._tick, send)
                    async for segment in segments:
                        await self._take(self.meeting.hear(segment, self.clock()), send)
                    listening.cancel_scope.cancel()
                await self._take(self.meeting.finish(self.clock()), send)
        self._tell(self.meeting.close(self.clock()))

    async def _tick(self, send: MemoryObjectSendStream[Batch]) -> None:
        """Batches that close because nobody speaks."""
        while True:
            due = self.meeting.window.due
            pause = self.meeting.window.silence if due is None else due - self.clock()
            await anyio.sleep(max(0.0, pause))
            with anyio.CancelScope(shield=True):
                await self._take(self.meeting.tick(self.clock()), send)

    async def _take(self, step: Step, send: MemoryObjectSendStream[Batch]) -> None:
        self._tell(step.events)
        for batch in step.batches:
            await send.send(batch)

    async def _settle(self, receive: MemoryObjectReceiveStream[Batch]) -> None:
        """One batch after the other: a meeting's order is kept whatever each of them takes."""
        async with receive:
            async for batch in receive:
                behind = receive.statistics().current_buffer_used
                verdict = None
                if behind <= MOST_BEHIND and not self.meeting.trivial(batch):
                    async with self.limit:
                        verdict = await self.judge(batch, self.meeting.context(batch))
                self._tell(self.meeting.settle(batch, verdict, self.clock()))

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self.publish(event)


async def replay(
    meeting: Meeting, judge: Judged, segments: Iterable[Segment], publish: Publish
) -> None:
    """A recorded meeting at its own pace of time, not ours: `now` is the end of what was said."""
    now = 0.0

    async def take(step: Step) -> None:
        for event in step.events:
            publish(event)
        for batch in step.batches:
            verdict = None if meeting.trivial(batch) else await judge(batch, meeting.context(batch))
            for event in meeting.settle(batch, verdict, now):
                publish(event)

    for segment in segments:
        now = max(now, segment.end)
        await take(meeting.hear(segment, now))
    await take(meeting.finish(now))
    for event in meeting.close(now):
        publish(event)
