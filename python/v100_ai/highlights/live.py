"""A meeting while it runs: segments come in, events go out, Claude is asked meanwhile."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

import anyio

from v100_ai.highlights.claude.prompt import Context
from v100_ai.highlights.claude.verdict import Verdict
from v100_ai.highlights.meeting import Event, Meeting, Step
from v100_ai.highlights.segment import Segment
from v100_ai.highlights.window import Batch

Judged = Callable[[Batch, Context], Awaitable[Verdict | None]]
Publish = Callable[[Event], None]
Commit = Callable[[Sequence[Event]], Awaitable[None]]
"""Keeps events, with what the meeting has logged meanwhile. It takes both up at once, before it waits."""

# Beyond this many batches behind, the rules take over until Claude has caught up.
MOST_BEHIND = 3
_QUEUE = 64


@dataclass(frozen=True, slots=True)
class _Asked:
    """A batch on its way to the judge, who may be asked while what was said in it is still being kept."""

    batch: Batch
    kept: anyio.Event


@dataclass(slots=True)
class Live:
    """One meeting beside its judge. `limit` is shared by all meetings: how many questions run at once.

    `now` is seconds into the meeting; a time before the newest counts as the newest. Once something could not be
    kept nothing is settled any more: whoever holds the meeting takes it up from its log.
    """

    meeting: Meeting
    judge: Judged
    commit: Commit
    limit: anyio.CapacityLimiter
    now: float = 0.0
    _batches: deque[_Asked] = field(default_factory=deque[_Asked])
    _room: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(_QUEUE))
    _arrived: anyio.Event = field(default_factory=anyio.Event)
    _finished: bool = False
    _lost: bool = False

    async def hear(self, segments: Iterable[Segment], *, now: float) -> None:
        """Final segments. When this returns they are kept, and so is what came of them."""
        steps: list[Step] = []
        for segment in segments:
            self.now = max(self.now, now, segment.end)
            steps.append(self.meeting.hear(segment, self.now))
        await self._take(steps)

    async def tick(self, *, now: float) -> None:
        """Time has passed; nobody needs to have spoken."""
        self.now = max(self.now, now)
        if self.meeting.window.due is not None and self.meeting.window.due <= self.now:
            await self._take([self.meeting.tick(self.now)])

    async def take_up(self, resumed: Step) -> None:
        """What an earlier run left open."""
        await self._take([resumed])

    async def finish(self, *, now: float) -> None:
        """No more will be said; `run` ends when all that was is settled."""
        self.now = max(self.now, now)
        await self._take([self.meeting.finish(self.now)])
        self._finished = True
        self._arrived.set()

    async def run(self) -> None:
        """Settle one batch after the other: a meeting's order is kept whatever each of them takes."""
        while asked := await self._next():
            batch, verdict = asked.batch, None
            if len(self._batches) <= MOST_BEHIND and not self.meeting.trivial(batch):
                async with self.limit:
                    verdict = await self.judge(batch, self.meeting.context(batch))
            await asked.kept.wait()
            if self._lost:
                return
            await self.commit(self.meeting.settle(batch, verdict, self.now))
            self._room.release()
        if not self._lost:
            await self.commit(self.meeting.close(self.now))

    async def _next(self) -> _Asked | None:
        """The next batch; none when there will be no more."""
        while not self._batches and not self._lost:
            if self._finished:
                return None
            self._arrived = anyio.Event()
            await self._arrived.wait()
        return None if self._lost else self._batches.popleft()

    async def _take(self, steps: Sequence[Step]) -> None:
        """Keep what was heard; a caller who gives up meanwhile does not take it along."""
        kept = anyio.Event()
        batches = [_Asked(batch, kept) for step in steps for batch in step.batches]
        self._batches += batches
        self._arrived.set()
        try:
            with anyio.CancelScope(shield=True):
                await self.commit([event for step in steps for event in step.events])
        except Exception:
            self._lost = True
            self._arrived.set()
            raise
        finally:
            kept.set()
        for _ in batches:
            await self._room.acquire()


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
