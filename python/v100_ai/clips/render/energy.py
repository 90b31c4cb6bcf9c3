"""How loud a source is from hundredth to hundredth of a second: where to cut, what is a pause, what is said unwritten."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from v100_ai.clips.render.grid import RATE
from v100_ai.clips.render.track import Track
from v100_ai.words import Word

STEPS: Final = 100
"""A second."""

ABOVE: Final = 12.0
"""dB above the quiet parts from which something is heard."""

SILENT: Final = -55.0
"""dBFS below which nothing is heard, however quiet the rest."""

SHORTEST_S: Final = 0.12
LONGEST_S: Final = 0.7
"""Seconds that an unwritten sound may last to be proposed as a filler."""

OFF_S: Final = 0.05
"""Seconds that it lies off the words beside it: what touches one belongs to it."""


@dataclass(frozen=True, slots=True)
class Energy:
    """Levels in dBFS from `start` on."""

    start: float
    levels: NDArray[np.float64]

    @property
    def quiet(self) -> float:
        """The level above which something is heard."""
        if not len(self.levels):
            return SILENT
        return max(SILENT, float(np.quantile(self.levels, 0.1)) + ABOVE)

    def quietest(self, start: float, end: float) -> float:
        """The moment between two others at which it is quietest, over 30 ms."""
        first, last = self._steps(start, end)
        if last - first < 1:
            return (start + end) / 2
        around = self.levels[max(0, first - 1) : last + 1]
        smooth = np.convolve(around, np.ones(3) / 3, "same")[: last - first]
        at = self.start + (first + int(np.argmin(smooth)) + 0.5) / STEPS
        return min(max(at, start), end)

    def silent(self, start: float, end: float) -> bool:
        """Whether nothing is heard between two moments; a click is nothing."""
        first, last = self._steps(start, end)
        part = self.levels[first:last]
        return not len(part) or float(np.quantile(part, 0.95)) < self.quiet

    def unwritten(self, words: Sequence[Word]) -> Iterator[tuple[float, float]]:
        """Short sounds in the pauses between words, that may be fillers: 120 to 700 ms long."""
        reached = self.start
        ordered = sorted(words, key=lambda word: word.start)
        for word in [*ordered]:
            if word.start - reached > SHORTEST_S + 2 * OFF_S:
                yield from self._heard(reached + OFF_S, word.start - OFF_S)
            reached = max(reached, word.end)

    def _heard(self, start: float, end: float) -> Iterator[tuple[float, float]]:
        first, last = self._steps(start, end)
        loud = np.concatenate([[False], self.levels[first:last] >= self.quiet, [False]])
        edges = np.flatnonzero(np.diff(loud.astype(np.int8)))
        for begin, stop in zip(edges[::2], edges[1::2], strict=True):
            length = (stop - begin) / STEPS
            # What reaches into a word's margin is the word's own beginning or end.
            if SHORTEST_S <= length <= LONGEST_S and begin > 0 and stop < last - first:
                at = self.start + (first + begin) / STEPS
                yield round(float(at), 2), round(float(at + length), 2)

    def _steps(self, start: float, end: float) -> tuple[int, int]:
        first, last = (round((each - self.start) * STEPS) for each in (start, end))
        return max(0, first), min(len(self.levels), last)


def energy(track: Track, start: float, end: float, tick: Callable[[], None]) -> Energy:
    """The levels of a stretch of a source, in seconds."""
    step = RATE // STEPS
    first, count = round(start * RATE), int((end - start) * STEPS)
    levels = np.empty(count)
    for at in range(0, count, STEPS):
        some = min(STEPS, count - at)
        samples = track.read(first + at * step, some * step).mean(0).reshape(some, step)
        power = (samples.astype(np.float64) ** 2).mean(1)
        levels[at : at + some] = 10 * np.log10(power + 1e-12)
        tick()
    return Energy(start, levels)
