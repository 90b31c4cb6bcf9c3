"""Who talked when, and what that adds up to: each participant's own activity, not the floor's.

A span is unbroken speech, a turn is spans with pauses shorter than `Timeline.bridge` between them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from v100_ai.events.speaker import SpeakingTime, TalkStarted, TalkStopped, TalkSummary

REAL_TURN = 1.0
"""Seconds from which a turn is a turn; shorter ones are interjections."""
YIELD = 0.3
"""Seconds of overlap up to which two turns merely touch, as speakers do who take turns smoothly."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end`, seconds on the session's axis."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end - self.start


@dataclass(slots=True)
class Timeline:
    """Lanes of speech per participant, filled as it happens.

    Attributes:
        bridge: seconds of pause that still belong to one turn.
    """

    bridge: float = 0.6
    _spans: dict[str, list[Span]] = field(default_factory=dict[str, list[Span]])
    _open: dict[str, float] = field(default_factory=dict[str, float])
    _start: float | None = None
    _now: float = 0.0

    def push(self, talking: Iterable[str], *, at: float) -> list[TalkStarted | TalkStopped]:
        """Takes who talks from `at` on; what began and ended by it.

        A time before the newest one counts as the newest.
        """
        if self._start is None:
            self._start = self._now = at
        now = self._now = max(self._now, at)
        present = set(talking)
        events: list[TalkStarted | TalkStopped] = []
        for who in sorted(self._open.keys() - present):
            span = Span(self._open.pop(who), now)
            self._spans.setdefault(who, []).append(span)
            events.append(TalkStopped(at=now, participant=who, seconds=span.seconds))
        for who in sorted(present - self._open.keys()):
            self._open[who] = now
            events.append(TalkStarted(at=now, participant=who))
        return events

    def lanes(self) -> dict[str, tuple[Span, ...]]:
        """Everybody's spans up to now, those still open included."""
        lanes = {who: list(spans) for who, spans in self._spans.items()}
        for who, start in self._open.items():
            lanes.setdefault(who, []).append(Span(start, self._now))
        return {who: tuple(lanes[who]) for who in sorted(lanes)}

    def summary(self) -> TalkSummary:
        """What the lanes add up to so far."""
        start = self._now if self._start is None else self._start
        return summary(self.lanes(), Span(start, self._now), bridge=self.bridge)


def turns(spans: Sequence[Span], *, bridge: float) -> list[Span]:
    """Spans in order, joined where the pause between two is shorter than `bridge` seconds."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start - joined[-1].end < bridge:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def summary(
    lanes: Mapping[str, Sequence[Span]], whole: Span, *, bridge: float = 0.6
) -> TalkSummary:
    """What `lanes` add up to within `whole`."""
    by_turns = {who: turns(spans, bridge=bridge) for who, spans in lanes.items()}
    spoken = {who: sum(span.seconds for span in spans) for who, spans in lanes.items()}
    total = sum(spoken.values())
    one, more = _occupied(lanes)
    cuts = _interruptions(by_turns)
    speakers = [
        SpeakingTime(
            participant=who,
            seconds=spoken[who],
            share=spoken[who] / total if total else 0.0,
            turns=sum(turn.seconds >= REAL_TURN for turn in own),
            interjections=sum(turn.seconds < REAL_TURN for turn in own),
            longest_turn=max((turn.seconds for turn in own), default=0.0),
            interruptions=sum(by == who for by, _ in cuts),
            interrupted=sum(of == who for _, of in cuts),
        )
        for who, own in by_turns.items()
    ]
    return TalkSummary(
        seconds=whole.seconds,
        silence=max(0.0, whole.seconds - one - more),
        overlap=more,
        speakers=tuple(sorted(speakers, key=lambda one: (-one.seconds, one.participant))),
    )


def _occupied(lanes: Mapping[str, Sequence[Span]]) -> tuple[float, float]:
    """Seconds in which exactly one talks, and in which more do."""
    edges = sorted(
        edge for spans in lanes.values() for s in spans for edge in ((s.start, 1), (s.end, -1))
    )
    one = more = 0.0
    present = 0
    for (at, step), (until, _) in pairwise(edges):
        present += step
        if present == 1:
            one += until - at
        elif present > 1:
            more += until - at
    return one, more


def _interruptions(by_turns: Mapping[str, Sequence[Span]]) -> list[tuple[str, str]]:
    """Who cut whom off: a turn over another's that had long begun, and that ended first."""
    every = sorted(
        ((turn.start, turn.end, who) for who, own in by_turns.items() for turn in own),
    )
    found: list[tuple[str, str]] = []
    going: list[tuple[float, float, str]] = []
    for start, end, who in every:
        going = [turn for turn in going if turn[1] > start]
        if end - start >= REAL_TURN:
            found += [
                (who, other)
                for began, ended, other in going
                if other != who and start - began >= REAL_TURN and start + YIELD < ended < end
            ]
        going.append((start, end, who))
    return found
