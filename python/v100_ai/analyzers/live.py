"""LiveQuality: the tier of quality that many streams at 60 frames a second can afford."""

from typing import TYPE_CHECKING

from v100_ai._native import LiveMeter, LiveReading
from v100_ai.errors import FrameRejected
from v100_ai.frames.door import frame_from
from v100_ai.frames.frame import Frame

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["LiveQuality", "LiveReading"]


class LiveQuality:
    """Compares the frames of a stream with their references, through planes of about 160x90 block means.

    Both frames are reduced by one pass over their luma; the comparison takes under a microsecond. `psnr` and
    `ssim` are of those planes, higher than at full resolution. `vmaf_live` is an estimate of VMAF
    v0.6.1: docs/quality_live.md has its measured error. `quality_estimate` looks at the distorted frame
    alone. Frames come in the order they are shown: motion of the reference and frames that repeat the one
    before count. Safe to share between threads; the interpreter's lock is released.
    """

    def __init__(self) -> None:
        self._native = LiveMeter()

    def push(self, reference: object, distorted: object, *, bits: int | None = None) -> LiveReading:
        """How near the distorted picture is to the reference, each given as to `FrameAnalyzer.push`.

        They may differ in depth, not in size. Raises `FrameRejected`, with what was expected and
        what was found.
        """
        first, second = (frame_from(each, 0.0, bits=bits) for each in (reference, distorted))
        try:
            return self._native.push(_described(first), _described(second))
        except ValueError as refused:
            raise FrameRejected(str(refused)) from refused

    def reset(self) -> None:
        """Forget the frames before: the next pair has none to move from."""
        self._native.reset()


def _described(frame: Frame) -> tuple[str, int, int, list[tuple["Buffer", int]]]:
    planes = [(plane.data, plane.stride) for plane in frame.planes]
    return frame.format, frame.width, frame.height, planes
