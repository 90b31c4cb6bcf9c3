"""The highlights of one session: final segments in; what they show out, kept together with what it resumes from."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import anyio

from v100_ai.highlights.claude.breaker import Breaker
from v100_ai.highlights.claude.cost import Meter, restore, written
from v100_ai.highlights.claude.judge import Ask, Judge
from v100_ai.highlights.governor import Governor
from v100_ai.highlights.live import Live
from v100_ai.highlights.meeting import Event, Meeting, Step
from v100_ai.highlights.people import Person, Roster
from v100_ai.highlights.rules.deadlines import Calendar
from v100_ai.highlights.rules.engine import Rules
from v100_ai.highlights.segment import Segment
from v100_ai.highlights.summary import SummaryUpdated, summarise
from v100_ai.records import Json
from v100_ai.session.settings import SessionSettings

SPENT = "spent"
"""What a record of the journal says of Claude's cost so far, beside what it is of the meeting."""


@dataclass(slots=True)
class Claude:
    """Claude, for all sessions of a service: one connection, one breaker, so many questions at once."""

    ask: Ask
    model: str
    clock: Callable[[], float]
    dollars_an_hour: float
    limit: anyio.CapacityLimiter
    breaker: Breaker = field(default_factory=Breaker)


@dataclass(slots=True)
class Records:
    """The meeting's log, until it is kept."""

    waiting: list[Json] = field(default_factory=list[Json])

    def append(self, record: dict[str, Any]) -> None:
        """Hold the record for the next commit."""
        self.waiting.append(record)

    def take(self) -> tuple[Json, ...]:
        """All that waits; it is the caller's now."""
        taken, self.waiting = tuple(self.waiting), []
        return taken


Keep = Callable[[Sequence[Event], tuple[Json, ...]], Awaitable[None]]


@dataclass(slots=True)
class Minutes:
    """One session's meeting, live."""

    live: Live
    records: Records
    judge: Judge | None

    @property
    def judged(self) -> bool:
        """Whether Claude is asked: then `live.run` has to run."""
        return self.judge is not None

    @property
    def summary(self) -> SummaryUpdated:
        """The meeting so far."""
        meeting = self.live.meeting
        return summarise(meeting.ledger.highlights.values(), meeting.summary)

    @property
    def counts(self) -> dict[str, int | float]:
        """Who settled how many segments, and what Claude cost."""
        settled = self.live.meeting.settlements.counts
        counts: dict[str, int | float] = dict(settled.items())
        if self.judge is not None:
            meter = self.judge.meter
            counts |= {f"{name}_tokens": count for name, count in meter.tokens.items()}
            counts |= {"calls": meter.calls, "dollars": round(meter.dollars, 6)}
            counts |= {f"failed: {why}": count for why, count in self.judge.failures.items()}
        return counts

    def join(self, participant: str) -> None:
        """Somebody is in the meeting: nobody need tell them of work they hear given to them."""
        meeting = self.live.meeting
        meeting.present.add(meeting.roster.speaker(participant))

    def due(self, *, now: float) -> bool:
        """Whether a batch closes by time alone."""
        closes = self.live.meeting.window.due
        return closes is not None and closes <= max(now, self.live.now)

    async def hear(self, segments: Iterable[Segment], *, now: float) -> None:
        """Final segments, kept when this returns."""
        await self.live.hear(segments, now=now)

    async def finish(self, *, now: float) -> None:
        """Settle all there is."""
        await self.live.finish(now=now)
        if not self.judged:
            await self.live.run()


def opened(
    settings: SessionSettings, claude: Claude | None, *, created: float, keep: Keep
) -> Minutes:
    """The minutes of a session that was created then."""
    layers, records = settings.layers, Records()
    claude = None if layers.engine == "rules" else claude
    begins = settings.begins or datetime.fromtimestamp(created, UTC)
    calendar = Calendar(begins.astimezone(ZoneInfo(settings.time_zone)))
    roster = Roster(
        tuple(
            Person(name=one.name, address=one.address, participant=one.id, nicknames=one.nicknames)
            for one in settings.people
        )
    )
    meeting = Meeting(
        rules=Rules(roster=roster, calendar=calendar, kinds=layers.kinds),
        judged=claude is not None,
        log=records,
        governor=Governor() if layers.budget else None,
    )
    judge = (
        None
        if claude is None
        else Judge(
            ask=claude.ask,
            breaker=claude.breaker,
            clock=claude.clock,
            calendar=calendar,
            meter=Meter(claude.model, dollars_an_hour=claude.dollars_an_hour),
        )
    )

    async def commit(events: Sequence[Event]) -> None:
        journal = records.take()
        if judge is not None and journal:
            *earlier, last = journal
            journal = (*earlier, {**last, SPENT: written(judge.meter)})
        await keep(events, journal)

    async def unasked(*_: object) -> None:
        return None

    limit = claude.limit if claude else anyio.CapacityLimiter(1)
    return Minutes(Live(meeting, judge or unasked, commit, limit), records, judge)


def resumed(minutes: Minutes, journal: Iterable[Json]) -> Step:
    """Take up an earlier run; what it left open is the caller's to commit by `live.take_up`."""
    entries = list(map(dict, journal))
    spent = [each[SPENT] for each in entries if SPENT in each]
    if minutes.judge is not None and spent:
        restore(minutes.judge.meter, spent[-1])
    return minutes.live.meeting.resume(entries)
