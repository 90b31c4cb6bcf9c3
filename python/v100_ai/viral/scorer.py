"""The scorer: speech, sound and pictures in as they come, a moment out every five seconds of the stream."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from v100_ai.viral.audience import Context
from v100_ai.viral.factors import Found, Part
from v100_ai.viral.heard import Ear
from v100_ai.viral.model import Model
from v100_ai.viral.moment import Moment
from v100_ai.viral.seen import Eye, Value
from v100_ai.viral.speech import KEPT_S, Speech
from v100_ai.viral.spoken import Topic, speech_parts
from v100_ai.viral.table import Table, shipped
from v100_ai.words.transcript import Spoken

EVERY_S: Final = 5.0
"""Seconds of a moment."""

HOLD_S: Final = 5.0
"""Seconds that a moment is held back for what is told late of it: captions, and the laughter that follows."""

JUMP_S: Final = 0.5
"""Seconds between where sound was expected and where it lies, from which it is another."""

LATEST_S: Final = 1e7
"""Seconds, four months, of which no stream is longer: what lies beyond is an error of whoever tells the time."""

MOST_AT_ONCE: Final = 720
"""Moments that one step tells at most, an hour of them: a clock that jumps does not tell ten thousand empty ones."""


@dataclass(slots=True)
class ViralScorer:
    """Scores the moments of one stream. The same inputs in the same order give the same moments, however they are grouped.

    Push what there is, then `advance` to the time that the stream has reached; a moment is told `HOLD_S` after its end.
    Times are seconds on the axis of the stream.

    Attributes:
        table: weights, scales and knots; those that the package ships if none is given.
        context: the audience, topics that trend, the time of posting.
        left_out: segments that came more than a minute too late, or lie where no stream is.
    """

    table: Table = field(default_factory=shipped)
    context: Context = field(default_factory=Context)
    _model: Model = field(init=False)
    _nowhere: int = 0
    _speech: Speech = field(default_factory=Speech)
    _topic: Topic = field(default_factory=Topic)
    _ears: dict[str, Ear] = field(default_factory=dict[str, Ear])
    _eye: Eye = field(default_factory=Eye)
    _next: int | None = None

    def __post_init__(self) -> None:
        self._model = Model(self.table)

    @property
    def left_out(self) -> int:
        """Segments that came too late, or lie where no stream is."""
        return self._speech.left_out + self._nowhere

    def hear(self, segment: Spoken) -> bool:
        """A segment of a transcript: text with start and end, and its words' times where they are known.

        False where its times are no stream's: then time does not go on with it.
        """
        if not -LATEST_S < segment.start <= segment.end < LATEST_S:
            self._nowhere += 1
            return False
        self._began(segment.start)
        self._speech.hear(segment)
        return True

    def listen(
        self, samples: NDArray[np.int16], at: float | None = None, *, voice: str = ""
    ) -> None:
        """Sound: mono, 16 000 samples a second; of one voice, or of the whole stream.

        It follows the voice's sound before; where `at` says that it lies more than half a second elsewhere, it is listened to
        anew.
        """
        ear = self._ears.get(voice)
        if ear is None or (at is not None and abs(at - ear.ends) > JUMP_S):
            ear = self._ears[voice] = Ear(begins=0.0 if at is None else at)
        self._began(ear.ends)
        ear.push(np.ascontiguousarray(samples, dtype=np.int16))

    def see(self, row: Mapping[str, Value], pts: float, *, face: float | None = None) -> None:
        """A frame's readings by column, as rows of `v100 analyze` have them, and the largest face's height in pictures."""
        if not math.isfinite(pts) or pts < 0:
            return
        self._began(pts)
        index = int(pts // EVERY_S)
        self._eye.push(row, index)
        if face is not None:
            self._eye.face(face, index)

    def advance(self, now: float) -> list[Moment]:
        """The moments that are complete when the stream has reached `now`."""
        return self._until(int(max(0.0, now - HOLD_S) // EVERY_S))

    def finish(self, end: float) -> list[Moment]:
        """The moments that are left when the stream ends there; one of less than a second is none."""
        return self._until(math.ceil(max(0.0, end - 1.0) / EVERY_S))

    def skip(self, to: float) -> None:
        """Moments that end by then were told before."""
        self._next = max(self._next or 0, int(to // EVERY_S))

    def _began(self, at: float) -> None:
        if self._next is None:
            self._next = int(max(0.0, at) // EVERY_S)

    def _until(self, stop: int) -> list[Moment]:
        if self._next is None or stop <= self._next:
            return []
        first = max(self._next, stop - MOST_AT_ONCE)
        self._next = stop
        return [self._moment(index) for index in range(first, stop)]

    def _moment(self, index: int) -> Moment:
        start, end = index * EVERY_S, (index + 1) * EVERY_S
        spell = self._speech.at(end)
        found: Found = {}
        for source in (
            speech_parts(spell, self.table),
            self._topic.push(spell, end, EVERY_S, self.table),
            *(ear.parts(start, end) for ear in self._ears.values()),
            self._eye.parts(index),
            self.context.parts(spell.words),
        ):
            for factor, parts in source.items():
                known = found.setdefault(factor, {})
                for name, part in parts.items():
                    if (
                        name not in known or part.value > known[name].value
                    ):  # of several voices, the most moved
                        known[name] = part
        _answered(found)
        self._speech.forget(end - KEPT_S)
        for ear in self._ears.values():
            ear.forget(start)
        why = ("english",) if spell.english is False else ()
        return self._model.moment(found, start, end, speech=spell.seconds, why=why)


def _answered(found: Found) -> None:
    """Laughter or applause that was heard is the reaction, where words alone would have expected less of one."""
    heard = found.get("emotional_intensity", {}).get("laughter_applause")
    if heard is None or not heard.value:
        return
    expected = found.get("shareability", {}).get("reaction")
    if expected is None or expected.value < heard.value:
        answer = Part(heard.value, feature=f"{heard.feature}_after", at=heard.at)
        found.setdefault("shareability", {})["reaction"] = answer


def scored(segments: Iterable[Spoken], scorer: ViralScorer) -> Iterator[Moment]:
    """The moments of a transcript, by text alone: each segment is heard when it ends, as it would be live."""
    end = 0.0
    for segment in sorted(segments, key=lambda each: (each.end, each.start)):
        if not scorer.hear(segment):
            continue
        end = max(end, segment.end)
        yield from scorer.advance(end)
    yield from scorer.finish(end)
