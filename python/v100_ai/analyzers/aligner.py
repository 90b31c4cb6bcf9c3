"""Aligner: which frame of a reference each frame of a distorted stream shows."""

from typing import Final

from v100_ai import _native
from v100_ai._native import Alignment, Verdict
from v100_ai.errors import FrameRejected
from v100_ai.frames import Frame

LOOK_AHEAD: Final = 24
"""Distorted frames seen after one before it is decided."""

CAPACITY: Final = 512
"""Frames of either stream whose fingerprints may wait, at least."""

FASTEST: Final = 256
"""Frames a second that a stream is thought to have at most."""


class Aligner:
    """Pairs two streams by their frames' times and by the analysis planes of their signatures.

    Finds a constant offset and dropped, duplicated or re-timed frames. Push the reference ahead of the
    distorted stream by `max_offset` seconds, the largest time between a frame and its reference.
    """

    def __init__(self, max_offset: float) -> None:
        capacity = max(CAPACITY, round(2 * max_offset * FASTEST))
        self._native = _native.Aligner(max_offset, LOOK_AHEAD, capacity)

    def push_reference(self, frame: Frame, pts: float | None = None) -> list[Verdict]:
        """What the reference's next frame, at its own time or `pts`, decides. Raises `FrameRejected`."""
        return self._push(frame, pts, distorted=False)

    def push_distorted(self, frame: Frame, pts: float | None = None) -> list[Verdict]:
        """What the distorted stream's next frame decides. Raises `FrameRejected`."""
        return self._push(frame, pts, distorted=True)

    def finish(self) -> list[Verdict]:
        """The verdicts on all that waits: no frames follow."""
        self._native.finish()
        return self._native.verdicts()

    @property
    def alignment(self) -> Alignment | None:
        """How the streams lie to each other so far; `None` before the first pair."""
        return self._native.alignment()

    def _push(self, frame: Frame, pts: float | None, *, distorted: bool) -> list[Verdict]:
        planes = [(plane.data, plane.stride) for plane in frame.planes]
        try:
            self._native.push(
                frame.format,
                frame.width,
                frame.height,
                planes,
                frame.pts if pts is None else pts,
                distorted=distorted,
            )
        except ValueError as refused:
            raise FrameRejected(str(refused)) from refused
        return self._native.verdicts()
