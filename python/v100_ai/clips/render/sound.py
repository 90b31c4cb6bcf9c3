"""The sound of a plan: stretches of the source joined without clicks, in a file of raw samples."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from v100_ai.clips.render.grid import RATE, Stretch, stretches
from v100_ai.clips.render.track import Samples, Track
from v100_ai.edit import Piece

JOIN: Final = RATE // 100
"""Samples (10 ms) that sound takes to fade at a join, out before it and in after it."""

END: Final = RATE // 50
"""Samples (20 ms) that it takes at the beginning and at the end."""

CHUNK: Final = RATE
"""Samples that are worked on at a time."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Raw samples in a file: 32-bit floats, left and right in turn."""

    path: Path
    count: int

    def chunks(self) -> Iterator[Samples]:
        """All of them, a second at a time."""
        with self.path.open("rb") as file:
            while piece := file.read(CHUNK * 2 * 4):
                yield np.frombuffer(piece, np.float32).reshape(-1, 2).T


def cut_sound(
    track: Track, pieces: Sequence[Piece], rate: Fraction, path: Path, tick: Callable[[], None]
) -> Cut:
    """The sound of these pieces, written to a file; `tick` is called now and then."""
    parts = list(stretches(pieces, rate))
    joins = [_follows(a, b) for a, b in itertools.pairwise(pieces)]
    with path.open("wb") as file:
        for index, stretch in enumerate(parts):
            last = len(parts) - 1
            rise = END if index == 0 else 0 if joins[index - 1] else JOIN
            fall = END if index == last else 0 if joins[index] else JOIN
            for samples in _faded(track, stretch, rise, fall):
                file.write(np.ascontiguousarray(samples.T).tobytes())
                tick()
    return Cut(path, sum(part.count for part in parts))


def _follows(one: Piece, other: Piece) -> bool:
    return one.last == other.first


def _faded(track: Track, stretch: Stretch, rise: int, fall: int) -> Iterator[Samples]:
    rise, fall = min(rise, stretch.count // 2), min(fall, stretch.count // 2)
    for at in range(0, stretch.count, CHUNK):
        count = min(CHUNK, stretch.count - at)
        samples = track.read(stretch.first + at, count)
        place = np.arange(at, at + count)
        gain = np.ones(count, np.float32)
        if rise and at < rise:
            gain *= _cosine((place + 0.5) / rise)
        if fall and at + count > stretch.count - fall:
            gain *= _cosine((stretch.count - place - 0.5) / fall)
        yield samples * gain


def _cosine(
    share: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """A raised cosine from 0 to 1 over shares of 0 to 1."""
    return (0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0.0, 1.0))).astype(np.float32)
