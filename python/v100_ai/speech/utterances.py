"""Sound of one voice -> utterances, cut where it pauses. Bounded: no utterance is longer than `LONGEST`."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from v100_ai.speech.recognizer import RATE, Samples, seconds

FRAME: Final = RATE // 50
"""Samples behind one level: 20 ms."""
PER_SECOND: Final = RATE // FRAME

ABOVE_START: Final = 12.0
ABOVE_STOP: Final = 6.0
"""dB above the noise from which somebody speaks, and below which they do not: between the two nothing changes."""
SILENT: Final = -60.0
"""dBFS below which nobody speaks, however quiet the room."""
RISE: Final = 1.0 / PER_SECOND
"""dB a frame by which the noise may seem to grow. It is at most the level of the frame: it falls at once."""

ATTACK: Final = 3
"""Frames in a row that begin an utterance: a click is shorter."""
PAUSE: Final = 6 * PER_SECOND // 10
"""Frames without a voice that end one: longer than the pauses between words."""
BEFORE: Final = 3 * PER_SECOND // 10
"""Frames kept from before the beginning: words begin softly."""
SHORTEST: Final = PER_SECOND // 4
"""Frames with a voice that an utterance needs."""
LONGEST: Final = 15 * PER_SECOND
"""Frames of one utterance at most; it is then cut at its quietest of the last `SEARCHED`."""
SEARCHED: Final = 3 * PER_SECOND
JUMP: Final = 0.5
"""Seconds between where sound was expected and where it lies, from which it is a new start."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something said without a pause; `start` is seconds on the axis of the sound."""

    start: float
    samples: Samples

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.start + seconds(len(self.samples))


@dataclass(slots=True)
class Utterances:
    """Cuts the sound of one voice, in whatever pieces it comes."""

    _next: float = 0.0
    """Where the next frame begins."""
    _rest: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    _frames: deque[Samples] = field(default_factory=deque[Samples])
    _levels: deque[float] = field(default_factory=deque[float])
    _noise: float = SILENT
    _speaking: bool = False
    _loud: int = 0
    _quiet: int = 0
    _voiced: int = 0

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun and not ended."""
        return self._speaking

    def push(self, samples: Samples, at: float | None = None) -> list[Utterance]:
        """The utterances that this ends. `at` is where its first sample lies in seconds; where the last ended if not said."""
        ended: list[Utterance] = []
        if at is not None and abs(at - self._next - seconds(len(self._rest))) > JUMP:
            ended = self.flush()
            self._next = at
        sound = np.concatenate([self._rest, samples])
        count = len(sound) // FRAME
        frames = sound[: count * FRAME].reshape(count, FRAME)
        self._rest = sound[count * FRAME :]
        for frame, level in zip(frames, _levels(frames), strict=True):
            ended += self._frame(frame, level)
        return ended

    def flush(self) -> list[Utterance]:
        """What has begun, as there is no more."""
        ended = self._end()
        self._next += seconds(len(self._rest))
        self._rest = self._rest[:0]
        return ended

    def _frame(self, frame: Samples, level: float) -> list[Utterance]:
        self._noise = max(SILENT, min(level, self._noise + RISE))
        self._frames.append(frame)
        self._levels.append(level)
        self._next += seconds(FRAME)
        if not self._speaking:
            self._wait(level)
            return []
        voiced = level >= self._noise + ABOVE_STOP
        self._quiet = 0 if voiced else self._quiet + 1
        self._voiced += voiced
        if self._quiet >= PAUSE:
            return self._end()
        if len(self._frames) >= LONGEST:
            tail = list(self._levels)[-SEARCHED:]
            return self._cut(LONGEST - SEARCHED + 1 + int(np.argmin(tail)))
        return []

    def _wait(self, level: float) -> None:
        """Nobody speaks so far."""
        self._loud = self._loud + 1 if level >= self._noise + ABOVE_START else 0
        if self._loud >= ATTACK:
            self._speaking, self._quiet, self._voiced = True, 0, self._loud
        elif len(self._frames) > BEFORE:
            self._frames.popleft()
            self._levels.popleft()

    def _end(self) -> list[Utterance]:
        """Nobody speaks any more."""
        ended = self._cut(len(self._frames)) if self._speaking else []
        self._frames.clear()
        self._levels.clear()
        self._speaking, self._loud = False, 0
        return ended

    def _cut(self, count: int) -> list[Utterance]:
        """The first so many frames as an utterance, if there is a voice in them."""
        start = self._next - seconds(len(self._frames) * FRAME)
        taken = [self._frames.popleft() for _ in range(count)]
        for _ in range(count):
            self._levels.popleft()
        voiced, self._voiced = self._voiced, 0
        return [Utterance(max(0.0, start), np.concatenate(taken))] if voiced >= SHORTEST else []


def _levels(frames: Samples) -> list[float]:
    """Each frame's, in dBFS."""
    power = np.mean(frames.astype(np.float64) ** 2, axis=1) / 32_768.0**2
    levels: list[float] = (10 * np.log10(power + 1e-12)).tolist()
    return levels
