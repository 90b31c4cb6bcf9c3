"""Highlights: final segments in; what they show out, by the rules at once, by Claude beside the session."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, Final, Self

import anyio

from v100_ai.errors import SettingRejected
from v100_ai.highlights.claude.cost import Meter, restore, written
from v100_ai.highlights.claude.judge import Judge
from v100_ai.highlights.claude.prompt import Context
from v100_ai.highlights.claude.verdict import Verdict
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.meeting import Meeting, Step as Heard
from v100_ai.highlights.roster import Roster
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.rules.engine import TOLD, Rules
from v100_ai.highlights.window import Batch
from v100_ai.layers.highlights.resource import Claude
from v100_ai.layers.highlights.settings import ALL, HighlightsSettings
from v100_ai.layers.inputs import Input, Joined, Past, Segments, Speaking
from v100_ai.layers.layer import NOTHING, Count, Keep, Layer, Opening, Step
from v100_ai.records import Json

SPENT: Final = "spent"
"""What a record of the journal says of Claude's cost so far, beside what it is of the meeting."""

MOST_BEHIND: Final = 3
"""Beyond this many batches behind, the rules take over until Claude has caught up."""

MOST_WAITING: Final = 64
"""Batches that wait; beyond it, whoever brings more words in waits too."""

Judged = Callable[[Batch, Context], Awaitable[Verdict | None]]


@dataclass(slots=True)
class Records:
    """The meeting's log, until it is kept."""

    waiting: list[Json] = field(default_factory=list[Json])

    def append(self, record: dict[str, Any]) -> None:
        """Hold the record for the next step."""
        self.waiting.append(record)

    def take(self) -> tuple[Json, ...]:
        """All that waits; it is the caller's now."""
        taken, self.waiting = tuple(self.waiting), []
        return taken


@dataclass(slots=True)
class HighlightsLayer(Layer):
    """One session's meeting. With a `judge`, `run` asks it of each batch, as many at once as `limit` lets all meetings.

    A batch is settled once what was said in it is kept, though the judge may be asked before.
    """

    name: ClassVar = "highlights"
    takes: ClassVar = frozenset({Joined, Segments, Speaking})

    meeting: Meeting
    records: Records
    judge: Judged | None = None
    limit: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))
    _now: float = 0.0
    """Seconds into the meeting: the clock's, or where what was said ends, whichever is later."""
    _batches: deque[Batch] = field(default_factory=deque[Batch])
    _changed: anyio.Event = field(default_factory=anyio.Event)
    _settled: bool = False
    _ended: bool = False

    @classmethod
    def open(cls, opening: Opening) -> Self:
        """Raises `SettingRejected` where Claude is asked for and the service has no key."""
        asked: HighlightsSettings = opening.settings
        claude: Claude | None = opening.resource
        if asked.engine == "claude" and claude is None:
            raise SettingRejected(
                "expected the service's setting anthropic_key with the engine claude, found none"
            )
        if asked.engine == "rules":
            claude = None
        calendar, records = Calendar(opening.begins), Records()
        meeting = Meeting(
            rules=Rules(
                roster=Roster(opening.people),
                calendar=calendar,
                kinds=asked.kinds,
                own=asked.kinds if asked.categories != ALL else TOLD,
            ),
            judged=claude is not None,
            log=records,
            governor=Governor() if asked.budget else None,
        )
        if claude is None:
            return cls(meeting, records)
        judge = Judge(
            ask=claude.ask,
            breaker=claude.breaker,
            clock=claude.clock,
            calendar=calendar,
            meter=Meter(claude.model, dollars_an_hour=claude.dollars_an_hour),
        )
        return cls(meeting, records, judge, claude.limit)

    def push(self, given: Input, now: float) -> Step:
        """Final segments, who is there, and that somebody is speaking."""
        match given:
            case Joined():
                # Nobody need tell them of work that they hear given to them.
                self.meeting.present.add(self.meeting.roster.speaker(given.participant))
                self.meeting.rules.names.hear(given.participant)
            case Speaking():
                self.meeting.window.voice(max(self._now, now))
            case Segments():
                return self._heard([self._hear(each, now) for each in given.segments])
            case _:
                pass
        return NOTHING

    def due(self, now: float) -> bool:
        """Whether a batch closes by time alone."""
        closes = self.meeting.window.due
        return closes is not None and closes <= max(now, self._now)

    @property
    def wakes(self) -> float | None:
        """When a batch closes by time alone."""
        return self.meeting.window.due

    def tick(self, now: float) -> Step:
        """Time has passed; nobody needs to have spoken."""
        self._now = max(self._now, now)
        return self._heard([self.meeting.tick(self._now)])

    def settle(self, now: float) -> Step:
        """No more will be said. Without a judge all is settled at once; else `run` does it, and ends."""
        if self._settled:
            return NOTHING
        self._settled, self._now = True, max(self._now, now)
        step = self._heard([self.meeting.finish(self._now)])
        return step if self.runs else step + self._closed()

    def resume(self, past: Past) -> Step:
        """Take up an earlier run from its journal."""
        entries = list(map(dict, past.journal))
        spent = [each[SPENT] for each in entries if SPENT in each]
        if isinstance(self.judge, Judge) and spent:
            restore(self.judge.meter, spent[-1])
        for participant in past.participants:
            self.push(Joined(participant), 0.0)
        return self._heard([self.meeting.resume(entries)])

    @property
    def state(self) -> Json:
        """The meeting so far."""
        return {"summary": self.meeting.summarised().to_json()}

    @property
    def counts(self) -> Mapping[str, Count]:
        """Who settled how many segments, and what Claude cost."""
        counts: dict[str, Count] = dict(self.meeting.settlements.counts.items())
        governor, faults = self.meeting.governor, self.meeting.rules.faults
        counts["held_back"] = governor.held_back.total() if governor else 0
        counts |= {f"failed: the rule for {rule}": count for rule, count in faults.items()}
        if isinstance(self.judge, Judge):
            meter = self.judge.meter
            counts |= {f"{name}_tokens": count for name, count in meter.tokens.items()}
            counts |= {"calls": meter.calls, "dollars": round(meter.dollars, 6)}
            counts |= {f"failed: {why}": count for why, count in self.judge.failures.items()}
        return counts

    @property
    def runs(self) -> bool:
        """Whether Claude is asked."""
        return self.judge is not None

    async def run(self, keep: Keep) -> None:
        """Settle one batch after the other: a meeting's order is kept whatever each of them takes."""
        try:
            while (batch := await self._next()) is not None:
                verdict = await self._verdict(batch)
                await keep(partial(self._settle, batch, verdict))
            await keep(self._closed)
        finally:
            self._ended = True
            self._changed.set()

    async def ready(self) -> None:
        """Wait while too many batches do."""
        while len(self._batches) > MOST_WAITING and not self._ended:
            await self._change()

    async def _verdict(self, batch: Batch) -> Verdict | None:
        behind = len(self._batches) > MOST_BEHIND
        if self.judge is None or behind or self.meeting.trivial(batch):
            return None
        async with self.limit:
            return await self.judge(batch, self.meeting.context(batch))

    async def _next(self) -> Batch | None:
        """The next batch; none when there will be no more."""
        while not self._batches:
            if self._settled:
                return None
            await self._change()
        self._changed.set()
        return self._batches.popleft()

    async def _change(self) -> None:
        if self._changed.is_set():
            self._changed = anyio.Event()
        await self._changed.wait()

    def _hear(self, segment: Any, now: float) -> Heard:
        self._now = max(self._now, now, segment.end)
        return self.meeting.hear(segment, self._now)

    def _heard(self, steps: Sequence[Heard]) -> Step:
        batches = [batch for step in steps for batch in step.batches]
        if batches or self._settled:
            self._batches += batches
            self._changed.set()
        return Step(tuple(event for step in steps for event in step.events), self._journal())

    def _settle(self, batch: Batch, verdict: Verdict | None) -> Step:
        return Step(self.meeting.settle(batch, verdict, self._now), self._journal())

    def _closed(self) -> Step:
        return Step(self.meeting.close(self._now), self._journal())

    def _journal(self) -> tuple[Json, ...]:
        """What the meeting logged, with what Claude cost so far."""
        journal = self.records.take()
        if not journal or not isinstance(self.judge, Judge):
            return journal
        *earlier, last = journal
        return (*earlier, {**last, SPENT: written(self.judge.meter)})
