"""What can be seen in the part of a source that is rendered: its scenes, what moves, and which picture stands for it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from v100_ai.analysis import signs
from v100_ai.analyzers import Face, FrameAnalyzer, Reading
from v100_ai.clips.framing import Box, Evidence, Moved, Seen
from v100_ai.clips.render.picture import Pictures
from v100_ai.clips.render.source import Source
from v100_ai.edit import Piece
from v100_ai.faults import Cut, Finder
from v100_ai.frames import Frame
from v100_ai.frames.door import frame_from_av

EVERY_S: Final = 0.2
"""Seconds between two pictures that are compared for motion."""

FACES_S: Final = 0.1
"""Seconds between two pictures in which faces are looked for."""

LOOKS: Final = 24
"""Pictures of a scene in which nobody is found after which faces are looked for seldom: upright and tilted, everywhere."""

SELDOM_S: Final = 1.0

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
    exact: Callable[[], AbstractContextManager[Source]],
    faces: bool = True,
) -> Look:
    """Decode the pieces once. What the caller told stands: scenes, faces and motion are added where they were not told.

    `aspect` is the narrowest output's width to height: how much of the motion a crop of it holds is measured. `source` may
    leave pictures out (`coarse`); `exact` opens it with all of them, for a cut that lies between two of those that are seen.
    """
    analyzer, scenes, motion = FrameAnalyzer(("motion", "visual")), _Scenes(), _Motion(aspect)
    people = _People() if faces and not evidence.faces else None
    best, grid = (-1.0, 0), float(rate)
    last: av.VideoFrame | None = None
    for index, (place, picture) in enumerate(Pictures(source, rate).of(pieces)):
        tick()
        if picture is last:
            continue
        last, at = picture, place / grid
        frame = replace(frame_from_av(picture), pts=index / grid)
        reading = analyzer.push(frame)
        cut = scenes.push(index, place, at, reading, sure=picture.key_frame)
        best = max(best, (_score(reading), -index))
        if people is not None:
            people.push(frame, at, cut=cut)
        motion.push(picture, at, cut=cut)
    cuts = evidence.cuts or tuple(scenes.begun(exact, rate))
    seen = evidence.faces if people is None else tuple(people.seen)
    return Look(replace(evidence, cuts=cuts, faces=seen, motion=tuple(motion.seen)), -best[1])


@dataclass(slots=True)
class _Scenes:
    """Where scenes begin."""

    _finder: Finder = field(default_factory=Finder)
    _sure: list[float] = field(default_factory=list[float])
    _within: list[Piece] = field(default_factory=list[Piece])
    """From the last picture of one scene to the first that was seen of the next."""
    _last: int | None = None

    def push(self, index: int, place: int, at: float, reading: Reading, *, sure: bool) -> bool:
        """Whether a scene begins with the picture, or shortly before; it is `sure` that nothing of it was left out."""
        cut = any(isinstance(found, Cut) for found in self._finder.push(index, at, signs(reading)))
        before, self._last = self._last, place
        if cut and not sure and before is not None and before < place - 1:
            self._within.append(Piece(before, place + 1))
        elif cut:
            self._sure.append(at)
        return cut

    def begun(
        self, exact: Callable[[], AbstractContextManager[Source]], rate: Fraction
    ) -> list[float]:
        """Seconds at which scenes begin; looks again where pictures were left out."""
        if self._within:
            with exact() as source:
                self._sure += [_cut(source, each, rate) for each in self._within]
            self._within = []
        return sorted(self._sure)


@dataclass(slots=True)
class _Motion:
    """What moves, every so often within a scene."""

    aspect: float
    seen: list[Moved] = field(default_factory=list[Moved])
    _before: Small | None = None
    _at: float = -1.0

    def push(self, picture: av.VideoFrame, at: float, *, cut: bool) -> None:
        if not cut and self._at <= at < self._at + EVERY_S:
            return
        small, whole = _small(picture), picture.width / picture.height
        if self._before is not None and not cut and at > self._at:
            self.seen.append(_moved(at, small - self._before, whole, self.aspect))
        self._before, self._at = small, at


@dataclass(slots=True)
class _People:
    """Faces in pictures of a scene, from the first on in which there is one: they are looked for a part at a time."""

    seen: list[Seen] = field(default_factory=list[Seen])
    _analyzer: FrameAnalyzer = field(default_factory=lambda: FrameAnalyzer(("faces",)))
    _next: float = 0.0
    _last: float = 0.0
    _found: bool = False
    _looks: int = 0

    def push(self, frame: Frame, at: float, *, cut: bool) -> None:
        if cut or at < self._last:
            self._found, self._next, self._looks = False, at, 0
        self._last = at
        if at < self._next:
            return
        faces = self._analyzer.push(frame).faces or ()
        self._looks += 1
        self._found = self._found or bool(faces)
        self._next = at + (FACES_S if self._found or self._looks < LOOKS else SELDOM_S)
        if self._found:
            self.seen.append(Seen(at, tuple(_box(face, frame) for face in faces)))


def _box(face: Face, frame: Frame) -> Box:
    wide, high = frame.width, frame.height
    return Box(face.left / wide, face.top / high, face.size / wide, face.size / high)


def _cut(source: Source, gap: Piece, rate: Fraction) -> float:
    """When the picture changes most, between two pictures that are not of one scene."""
    before: Small | None = None
    most = (-1.0, gap.last - 1)
    for place, picture in Pictures(source, rate).of([gap]):
        small = _small(picture)
        if before is not None:
            most = max(most, (float(np.abs(small - before).mean()), place))
        before = small
    return float(most[1] / rate)


def _small(picture: av.VideoFrame) -> Small:
    grey = picture.reformat(*SMALL, "gray", interpolation=Interpolation.AREA)
    return grey.to_ndarray().astype(np.int16)


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
