"""A decoded frame at another size, in another pixel format, range or matrix."""

from dataclasses import dataclass, replace

import av
from av.video.reformatter import ColorRange, Interpolation

from v100_ai.errors import ShapeMismatch
from v100_ai.frames import Frame, Matrix, Range
from v100_ai.frames.door import RANGES, SPACES, coloured, frame_from_av


@dataclass(frozen=True, slots=True)
class Shape:
    """What two frames must have in common to be compared."""

    width: int
    height: int
    format: str
    range: Range
    matrix: Matrix | None


def of_rgb(frame: Frame) -> bool:
    """Whether the frame was converted from a picture of red, green and blue."""
    return isinstance(frame.lender, av.VideoFrame) and coloured(frame.lender.format)


def scaled(frame: Frame, to: Shape) -> Frame:
    """The frame in that shape, bicubic, or itself if it has it.

    A matrix that one of the two does not tell is taken for the other's.
    """
    matrix = frame.matrix or to.matrix
    same = (frame.width, frame.height, frame.format, frame.range) == (
        to.width,
        to.height,
        to.format,
        to.range,
    )
    if same and matrix == (to.matrix or matrix):
        return frame
    picture = frame.lender
    if not isinstance(picture, av.VideoFrame):
        raise ShapeMismatch("frame to scale", expected="a decoded one", found=frame.format)
    wanted = to.matrix or matrix
    rgb = coloured(picture.format)
    found = picture.reformat(
        to.width,
        to.height,
        to.format,
        src_colorspace=SPACES[wanted if rgb else matrix],
        dst_colorspace=SPACES[wanted],
        src_color_range=ColorRange.JPEG if rgb else RANGES[frame.range],
        dst_color_range=RANGES[to.range],
        interpolation=Interpolation.BICUBIC,
    )
    made = frame_from_av(found, frame.pts)
    return replace(made, range=to.range, matrix=wanted, sar=frame.sar, gap=frame.gap)
