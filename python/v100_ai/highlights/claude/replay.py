"""A recorded meeting before Claude, from a program that has no event loop of its own."""

from collections.abc import Callable, Iterable

import anyio

from v100_ai.highlights.claude.breaker import Breaker
from v100_ai.highlights.claude.call import Call
from v100_ai.highlights.claude.client import connect
from v100_ai.highlights.claude.cost import Meter
from v100_ai.highlights.claude.judge import Judge
from v100_ai.highlights.claude.prompt import MODEL
from v100_ai.highlights.meeting import Event, Meeting
from v100_ai.highlights.model import Segment
from v100_ai.highlights.recorded import replay


def replay_with_claude(
    meeting: Meeting,
    segments: Iterable[Segment],
    publish: Callable[[Event], None],
    *,
    key: str,
    model: str | None,
    base_url: str | None = None,
) -> Judge:
    """Replay the meeting; the judge that was asked, with what it counted."""

    async def run() -> Judge:
        async with connect(key, base_url=base_url) as send:
            judge = Judge(
                ask=Call(send),
                breaker=Breaker(),
                clock=anyio.current_time,
                calendar=meeting.rules.calendar,
                meter=Meter(model or MODEL),
            )
            await replay(meeting, judge, segments, publish)
            return judge

    return anyio.run(run)
