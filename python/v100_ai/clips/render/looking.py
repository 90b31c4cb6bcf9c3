"""What can be seen in the part of a source that is rendered: its scenes, what moves, and which picture stands for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from v100_ai.analysis import signs
from v100_ai.analyzers import FrameAnalyzer, Reading
from v100_ai.clips.framing import Evidence, Moved
from v100_ai.clips.render.picture import Pictures
from v100_ai.clips.render.source import Source
from v100_ai.edit import Piece
from v100_ai.faults import Cut, Finder
from v100_ai.frames.door import frame_from_av

EVERY_S: Final = 0.2
"""Seconds between two pictures that are compared for motion."""

SMALL: Final = (96, 54)
"""Their size."""

NOISE: Final = 6
"""Codes by which a sample has to change to count as moved."""

Small = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen."""

    evidence: Evidence
    best: int
    """The frame of the output that is sharp, well exposed and not black: the thumbnail."""


def look(
    source: Source,
    pieces: Sequence[Piece],
    rate: Fraction,
    evidence: Evidence,
    tick: Callable[[], None],
    *,
    aspect: float,
) -> Look:
    """Decode the pieces once. What the caller told stands: scenes and motion are added where they were not told.

    `aspect` is the narrowest output's width to height: how much of the motion a crop of it holds is measured.
    """
    analyzer, finder = FrameAnalyzer(("motion", "visual")), Finder()
    before: Small | None = None
    compared = -1.0
    scenes: list[float] = []
    motion: list[Moved] = []
    best = (-1.0, 0)
    for index, (place, picture) in enumerate(Pictures(source, rate).of(pieces)):
        tick()
        at = float(place / rate)
        reading = analyzer.push(replace(frame_from_av(picture), pts=float(index / rate)))
        cut = any(isinstance(f, Cut) for f in finder.push(index, at, signs(reading)))
        if cut:
            scenes.append(at)
        score = _score(reading)
        if score > best[0]:
            best = score, index
        if cut or at - compared >= EVERY_S or at < compared:
            grey = picture.reformat(*SMALL, "gray", interpolation=Interpolation.AREA)
            small = grey.to_ndarray().astype(np.int16)
            if before is not None and not cut and at > compared:
                motion.append(_moved(at, small - before, picture.width / picture.height, aspect))
            before, compared = small, at
    return Look(
        replace(evidence, cuts=evidence.cuts or tuple(scenes), motion=tuple(motion)), best[1]
    )


def _score(reading: Reading) -> float:
    """How well a picture stands for its clip: sharp, contrasted, neither dark nor burnt."""
    visual = reading.visual
    if visual is None:
        return 0.0
    sharp = min(1.0, visual.sharpness_laplacian_variance / 300)
    clean = 1.0 - min(1.0, visual.clipped_low + visual.clipped_high) - visual.black_ratio
    still = 1.0 / (1.0 + (reading.motion_magnitude or 0.0))
    return sharp * (0.3 + min(1.0, visual.contrast / 0.25)) * max(0.0, clean) * (0.5 + 0.5 * still)


def _moved(at: float, change: Small, source: float, aspect: float) -> Moved:
    moved = np.abs(change) > NOISE
    area = float(moved.mean())
    columns = moved.sum(0).astype(float)
    if not area:
        return Moved(at, 0.5, 0.0, 0.0)
    share = columns / columns.sum()
    width = max(1, min(len(share), round(len(share) * aspect / source)))
    held = np.convolve(share, np.ones(width), "valid")
    first = int(np.argmax(held))
    return Moved(at, (first + width / 2) / len(share), area, float(held[first]))
