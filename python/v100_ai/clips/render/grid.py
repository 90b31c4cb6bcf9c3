"""The one grid of a clip: frames of the source for its pictures, and samples that follow from them for its sound."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from v100_ai.edit import Piece

RATE: Final = 48_000
"""Samples a second of all sound that is rendered."""

USUAL: Final = tuple(
    map(Fraction, ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60"))
)
"""Frames a second that players and platforms know."""

HIGHEST: Final = USUAL[-1]

ALIKE: Final = 0.005
"""How far, as a share, a rate may lie from a usual one and be taken for it."""


def grid_rate(average: Fraction | None, base: Fraction | None) -> Fraction:
    """Frames a second of the grid for a source with these rates: its own, where it is a usual one.

    A source of variable rate has the next usual one at or above its average; of more than 60 frames a second every
    second (or fourth) one is taken where that gives a usual rate.
    """
    mean = average or base or Fraction(25)
    for rate in filter(None, (base, average)):
        near = _near(rate)
        if near is not None and mean * Fraction("0.45") <= near <= mean * Fraction("2.2"):
            return near
    for share in (2, 4):
        near = _near(mean / share)
        if mean > HIGHEST and near is not None:
            return near
    return next((rate for rate in USUAL if rate >= mean * Fraction("0.98")), HIGHEST)


def _near(rate: Fraction) -> Fraction | None:
    found = min(USUAL, key=lambda usual: abs(usual - rate))
    return found if abs(found - rate) <= found * Fraction(ALIKE) else None


def frame_at(seconds: float, rate: Fraction) -> int:
    """The frame of the grid that is nearest to a moment."""
    return math.floor(Fraction(seconds) * rate + Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples of the source that one piece is heard as: `count` from `first`."""

    first: int
    count: int


def stretches(pieces: Sequence[Piece], rate: Fraction) -> Iterator[Stretch]:
    """The samples of each piece. Lengths follow the running total, so that sound never drifts against the picture."""
    frames = samples = 0
    for piece in pieces:
        frames += len(piece)
        upto = _samples(frames, rate)
        yield Stretch(_samples(piece.first, rate), upto - samples)
        samples = upto


def _samples(frames: int, rate: Fraction) -> int:
    return math.floor(frames * RATE / rate + Fraction(1, 2))
