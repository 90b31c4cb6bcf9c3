"""A recorded meeting, replayed as fast as it is judged."""

from collections.abc import Awaitable, Callable, Iterable

from v100_ai.highlights.claude.prompt import Context
from v100_ai.highlights.claude.verdict import Verdict
from v100_ai.highlights.meeting import Event, Meeting, Step
from v100_ai.highlights.model import Segment
from v100_ai.highlights.window import Batch

Judged = Callable[[Batch, Context], Awaitable[Verdict | None]]
Publish = Callable[[Event], None]


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
