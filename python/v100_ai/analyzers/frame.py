"""FrameAnalyzer: every enabled layer over the frames of one stream."""

from collections.abc import Sequence
from typing import Final

from v100_ai import _native
from v100_ai._native import LAYERS, REORDERING_S, Reading
from v100_ai.analyzers.siti import EDITIONS, Edition, Transfer
from v100_ai.errors import FrameRejected, UnknownLayer
from v100_ai.frames.door import frame_from

__all__ = ["LAYERS", "LIVE_LAYERS", "REORDERING_S", "FrameAnalyzer", "known_layers"]

FILE_LAYERS: Final = ("motion", "vectors", "complexity", "siti", "visual")
"""Those that files are measured by unless others are named: what says something of people is asked for."""

LIVE_LAYERS: Final = ("motion", "complexity", "visual")
"""Those that need one pass over the samples: what a `FrameAnalyzer` measures unless told more."""


def known_layers(layers: Sequence[str]) -> list[str]:
    """The layers, or the one, that are asked for. Raises `UnknownLayer`."""
    layers = [layers] if isinstance(layers, str) else list(layers)
    unknown = [each for each in layers if each not in LAYERS]
    if unknown:
        raise UnknownLayer(f"expected layers of {', '.join(LAYERS)}, found {', '.join(unknown)}")
    return layers


class FrameAnalyzer:
    """Measures the frames of one stream, in the order they are shown.

    Differences compare with the frame before. They are `None` on the first frame, on the first of a new
    size, format or range, and where the time steps back by more than `REORDERING_S` seconds: there it starts
    afresh. Levels are 8-bit codes of limited range, whatever a frame's own depth and range.
    Safe to share between threads; the interpreter's lock is released while a frame is measured.
    """

    def __init__(
        self,
        layers: Sequence[str] = LIVE_LAYERS,
        *,
        siti: Edition = "legacy",
        transfer: Transfer = "bt1886",
    ) -> None:
        """`layers` is any of `LAYERS`; a layer left out costs nothing and reads `None`.

        `siti` is the edition of P.910 that SI and TI are of; `p910-2022` sees luma through `transfer`.
        """
        if siti not in EDITIONS:
            raise UnknownLayer(f"expected siti of {', '.join(EDITIONS)}, found {siti}")
        seen_by = transfer if siti == "p910-2022" else None
        self._native = _native.FrameAnalyzer(known_layers(layers), seen_by)

    def push(
        self,
        picture: object,
        pts: float | None = None,
        *,
        width: int | None = None,
        height: int | None = None,
        stride: int | None = None,
        format: str | None = None,  # noqa: A002 - FFmpeg's word
        bits: int | None = None,
        faces: Sequence[Sequence[float]] | None = None,
    ) -> Reading:
        """What the picture shown at `pts` seconds measures.

        `picture` is an `av.VideoFrame` (its own time where `pts` is left out), a (height, width) array of
        uint8 or uint16 luma, (y, u, v) or (y, uv) arrays, a `Frame`, or any buffer with `width`, `height`,
        `stride` in bytes and `format`. `bits` says how many of a uint16 are used. No sample is copied,
        except that PyAV converts pixel formats that cannot be read in place.

        `faces` are boxes that you know already, (left, top, right, bottom) as shares of the frame from 0 to 1:
        they replace the search for new faces. They are followed for 36 frames in which none are given.

        Raises `FrameRejected`, with what was expected and what was found.
        """
        given = {"width": width, "height": height, "stride": stride, "format": format}
        shape = {name: value for name, value in given.items() if value is not None}
        frame = frame_from(picture, pts, bits=bits, **shape)
        try:
            return self._native.push(
                frame.format,
                frame.width,
                frame.height,
                [(plane.data, plane.stride) for plane in frame.planes],
                frame.pts,
                full=frame.range == "full",
                matrix=frame.matrix,
                faces=None if faces is None else [tuple(box) for box in faces],
            )
        except ValueError as refused:
            raise FrameRejected(str(refused)) from refused

    def reset(self) -> None:
        """Forget the frames before: the next one has nothing to compare with."""
        self._native.reset()
