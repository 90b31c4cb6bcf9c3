"""One batch before Claude: may we ask, ask, and believe what holds. None means: the rules decide."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from v100_ai.highlights.claude.breaker import Breaker
from v100_ai.highlights.claude.call import NoAnswer, Reply
from v100_ai.highlights.claude.cost import Meter
from v100_ai.highlights.claude.prompt import MODEL, Context, request
from v100_ai.highlights.claude.verdict import Evidence, ReplyRejected, Verdict, verdict
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.window import Batch

_log = logging.getLogger(__name__)

Ask = Callable[[dict[str, Any]], Awaitable[Reply]]


@dataclass(slots=True)
class Judge:
    """Claude for one meeting. `breaker` may be shared by many meetings; the meter is the meeting's own."""

    ask: Ask
    breaker: Breaker
    clock: Callable[[], float]
    calendar: Calendar | None = None
    meter: Meter = field(default_factory=lambda: Meter(MODEL))
    failures: Counter[str] = field(default_factory=Counter[str])
    refused: int = 0

    async def __call__(self, batch: Batch, context: Context) -> Verdict | None:
        """What Claude says of the batch, as far as it is believed."""
        if not self.meter.allows(batch.closed):
            self.failures["cost cap"] += 1
            return None
        if not self.breaker.takes(self.clock()):
            self.failures[self.breaker.refused or "breaker open"] += 1
            return None
        try:
            reply = await self.ask(request(batch.segments, context, self.meter.model))
        except NoAnswer as failure:
            if failure.usage is not None:
                self.meter.add(failure.usage)
            self.failures[failure.reason] += 1
            if failure.refused is not None and self.breaker.refuse(failure.refused):
                _log.warning(
                    "Claude: %s; the rules stand in until the settings change", failure.refused
                )
            self.breaker.failed(self.clock(), wait=failure.rest)
            return None
        self.meter.add(reply.usage)
        return self._believed(reply, batch, context)

    def _believed(self, reply: Reply, batch: Batch, context: Context) -> Verdict | None:
        evidence = Evidence(
            segments={segment.id: segment for segment in batch.segments},
            earlier=context.earlier,
            listed={each.id: each for each in (*context.open_questions, *context.noted)},
            roster=context.roster,
            calendar=self.calendar,
            summary=context.summary,
        )
        try:
            found = verdict(reply.text, evidence)
        except ReplyRejected:
            self.failures["reply rejected"] += 1
            self.breaker.failed(self.clock())
            return None
        self.breaker.succeeded()
        self.refused += found.refused
        return found
