"""MotionVectors: where the content of each block of one frame is in the next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from v100_ai._native import MotionVectors as _MotionVectors
from v100_ai.errors import FrameRejected, ShapeMismatch
from v100_ai.frames.door import frame_from
from v100_ai.frames.formats import FORMATS

__all__ = ["MotionVectors", "VectorField"]

DEPTH = 8
"""Bits of luma that is searched."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VectorField:
    """The motion from one frame to the next; every array has a row for each row of blocks.

    What the last frame shows at (x, y) is at (x + dx, y + dy) in this one, in samples of the frame, x to the
    right and y down: the convention of optical flow. The blocks are the last frame's.
    """

    block: int
    """Edge of a block, in samples of the frame; those of the last row and column may reach over the edge."""
    dx: NDArray[np.float32]
    """Displacement to the right, in samples."""
    dy: NDArray[np.float32]
    """Displacement down, in samples."""
    residual: NDArray[np.float32]
    """Mean absolute difference of a block and where it went, in 8-bit levels."""
    confidence: NDArray[np.float32]
    """From 0, where a block is flat or was not found again, to 1."""
    saturation: float
    """Share of blocks at the edge of the search's range, or with signs of having left it."""

    def __repr__(self) -> str:
        rows, columns = self.dx.shape
        mean = f"mean ({self.dx.mean():.3g}, {self.dy.mean():.3g}) px"
        return f"VectorField({columns}x{rows} blocks of {self.block}, {mean}, saturation {self.saturation:.3g})"


class MotionVectors:
    """Searches pairs of frames for motion; keeps its memory from one pair to the next of the same size.

    Frames are reduced first, as they are for every layer: by 2 both ways at 1280x720 and 1920x1080,
    by 4 at 3840x2160. The range is 64 samples of the reduced frame along either axis.
    """

    def __init__(self) -> None:
        self._native = _MotionVectors()

    def search(self, last: object, now: object) -> VectorField:
        """The motion from `last` to `now`, 8-bit pictures given as to `FrameAnalyzer.push`.

        Raises `FrameRejected`, with what was expected and what was found.
        """
        before, after = frame_from(last, 0.0), frame_from(now, 0.0)
        size = (after.width, after.height)
        if (before.width, before.height) != size:
            raise ShapeMismatch(
                "size of the last frame", expected=size, found=(before.width, before.height)
            )
        for frame in (before, after):
            if FORMATS[frame.format].depth != DEPTH:
                raise FrameRejected(f"expected 8-bit luma, found {frame.format}")
        lumas = (before.planes[0], after.planes[0])
        strides = [luma.stride for luma in lumas]
        try:
            found = self._native.search(lumas[0].data, lumas[1].data, strides, size)
        except ValueError as refused:
            raise FrameRejected(str(refused)) from refused
        shape = (found.rows, found.columns)
        return VectorField(
            block=found.block,
            dx=_figures(found.dx, shape),
            dy=_figures(found.dy, shape),
            residual=_figures(found.residual, shape),
            confidence=_figures(found.confidence, shape),
            saturation=found.saturation,
        )


def _figures(column: bytes, shape: tuple[int, int]) -> NDArray[np.float32]:
    return np.frombuffer(column, np.float32).reshape(shape)
