"""Tap: a media loop offers frames and goes on; a thread of the tap's own measures the newest."""

import os
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

import av

from v100_ai import _native
from v100_ai._native import Reading, TapStats
from v100_ai.analyzers.frame import LIVE_LAYERS, known_layers
from v100_ai.errors import FrameRejected, TimeRejected
from v100_ai.frames.door import frame_from, matrix_of, range_of
from v100_ai.frames.formats import FORMATS
from v100_ai.frames.frame import Frame

CAPACITY: Final = 256
"""Readings that are kept for `collect`: four seconds of them at 60 frames a second."""

NICENESS: Final = 10
"""How far the tap's thread stands back, on Linux.

On a core that both fill, the media's threads of this process then get 90 % and not half; at 19 they would
get 98 %, and the analysis too little to be of use.
"""


class Tap:
    """Measures the frames of one stream on a thread of its own, which never needs the interpreter's lock.

    Open while its block runs. It holds one frame that waits: a newer one takes its place. Frames are
    lent, not copied: nobody may write to one until it is measured or replaced, so each comes in memory
    of its own, as decoders give it. Memory that is done with is given back at the next `offer` or
    `collect`. Readings are those of a `FrameAnalyzer` that saw the same frames; `frame` counts offers.
    """

    def __init__(
        self,
        layers: Sequence[str] = LIVE_LAYERS,
        *,
        fps: float | None = None,
        capacity: int = CAPACITY,
    ) -> None:
        """`layers` is any of `v100_ai.LAYERS`; all frames are taken, or `fps` a second by their times.

        Where nobody collects, the oldest of more than `capacity` readings goes.
        """
        self._native = _native.Tap(known_layers(layers), capacity, fps)

    def __enter__(self) -> Self:
        thread = self._native.open()
        if thread is not None and hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, thread, NICENESS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def offer(
        self,
        picture: object,
        pts: float | None = None,
        *,
        width: int | None = None,
        height: int | None = None,
        stride: int | None = None,
        format: str | None = None,  # noqa: A002 - FFmpeg's word
        bits: int | None = None,
    ) -> bool:
        """Lend the picture shown at `pts` seconds; false if it is not due by `fps`, or the tap is closed.

        Takes what `FrameAnalyzer.push` takes. Cheapest are a `Frame`, and arrays that lie in memory as
        the arrays before them did: under a microsecond. Never waits for the analysis.

        Raises `FrameRejected`, with what was expected and what was found; the frame is counted.
        """
        try:
            if type(picture) is Frame:
                return self._native.offer_frame(picture, pts)
            if width is None and height is None and stride is None and format is None:
                return self._lend(picture, pts, bits)
            given = {"width": width, "height": height, "stride": stride, "format": format}
            shape = {name: value for name, value in given.items() if value is not None}
            return self._native.offer_frame(frame_from(picture, pts, bits=bits, **shape))
        except (ValueError, OverflowError, BufferError) as refused:
            self._native.refuse(str(refused))
            if isinstance(refused, FrameRejected):
                raise
            raise FrameRejected(str(refused)) from refused

    def _lend(self, picture: object, pts: float | None, bits: int | None) -> bool:
        """A picture that says by itself how large it is."""
        if type(picture) is av.VideoFrame:
            return self._lend_decoded(picture, pts)
        if pts is not None:
            taken = self._native.offer_alike(picture, pts, bits)
            if taken is not None:
                return taken
        frame = frame_from(picture, pts, bits=bits)
        self._native.learn(picture, frame.format, frame.width, frame.height, bits)
        return self._native.offer_frame(frame)

    def _lend_decoded(self, picture: av.VideoFrame, pts: float | None) -> bool:
        """A picture of PyAV, without a `Frame` of its own where its planes can be read in place."""
        name = picture.format.name
        at = picture.time if pts is None else pts
        if at is None:
            raise TimeRejected(None)
        planes = [(plane, plane.line_size) for plane in picture.planes]
        if name not in FORMATS or any(stride < 0 for _, stride in planes):
            return self._native.offer_frame(frame_from(picture, pts))
        return self._native.offer(
            name,
            picture.width,
            picture.height,
            planes,
            at,
            full=range_of(picture) == "full",
            matrix=matrix_of(picture),
        )

    def collect(self) -> list[Reading]:
        """The readings that are ready, oldest first; never waits."""
        return self._native.collect()

    @property
    def stats(self) -> TapStats:
        """What became of the frames: every one offered was analysed, replaced, refused or skipped, or waits."""
        return self._native.stats

    def close(self) -> None:
        """Measure what still waits and end the thread; readings stay until they are collected."""
        self._native.close()
