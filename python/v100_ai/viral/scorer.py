"""The scorer: speech, sound and pictures in as they come, a moment out every five seconds of the stream."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from v100_ai.viral.factors import Found
from v100_ai.viral.model import Model
from v100_ai.viral.moment import Moment
from v100_ai.viral.speech import Speech
from v100_ai.viral.spoken import Topic, speech_parts
from v100_ai.viral.table import Table, shipped
from v100_ai.words.transcript import Spoken

EVERY_S: Final = 5.0
"""Seconds of a moment."""

HOLD_S: Final = 5.0
"""Seconds that a moment is held back for what is told late of it: captions, and the laughter that follows."""

MOST_AT_ONCE: Final = 720
"""Moments that one step tells at most, an hour of them: a clock that jumps does not tell ten thousand empty ones."""


@dataclass(slots=True)
class ViralScorer:
    """Scores the moments of one stream. The same inputs in the same order give the same moments, however they are grouped.

    Push what there is, then `advance` to the time that the stream has reached; a moment is told `HOLD_S` after its end.
    """

    table: Table = field(default_factory=shipped)
    _model: Model = field(init=False)
    _speech: Speech = field(default_factory=Speech)
    _topic: Topic = field(default_factory=Topic)
    _next: int | None = None
    _reached: float = 0.0

    def __post_init__(self) -> None:
        self._model = Model(self.table)

    def hear(self, segment: Spoken) -> None:
        """A segment of a transcript: text with start and end in seconds, and its words' times where they are known."""
        self._began(segment.start)
        self._speech.hear(segment)

    def advance(self, now: float) -> list[Moment]:
        """The moments that are complete when the stream has reached `now`, in seconds on its axis."""
        return self._until(now - HOLD_S, now)

    def finish(self, end: float) -> list[Moment]:
        """The moments that are left when the stream ends there; one of less than a second is none."""
        return self._until(EVERY_S * math.ceil((end - 1.0) / EVERY_S), end)

    def _began(self, at: float) -> None:
        if self._next is None:
            self._next = int(max(0.0, at) // EVERY_S)

    def _until(self, last: float, now: float) -> list[Moment]:
        self._reached = max(self._reached, now)
        if self._next is None:
            return []
        stop = int(last // EVERY_S)
        self._next = max(self._next, stop - MOST_AT_ONCE)
        told = [self._moment(index) for index in range(self._next, stop)]
        self._next = max(self._next, stop)
        return told

    def _moment(self, index: int) -> Moment:
        start, end = index * EVERY_S, (index + 1) * EVERY_S
        spell = self._speech.at(end)
        found: Found = speech_parts(spell, self.table)
        for factor, parts in self._topic.push(spell, end, EVERY_S, self.table).items():
            found.setdefault(factor, {}).update(parts)
        why = ("english",) if spell.english is False else ()
        return self._model.moment(found, start, end, speech=spell.seconds, why=why)


def scored(segments: Iterable[Spoken], scorer: ViralScorer) -> Iterator[Moment]:
    """The moments of a transcript, by text alone: each segment is heard when it ends, as it would be live."""
    end = 0.0
    for segment in sorted(segments, key=lambda each: (each.end, each.start)):
        scorer.hear(segment)
        end = max(end, segment.end)
        yield from scorer.advance(end)
    yield from scorer.finish(end)
