"""A small JPEG of a frame."""

from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation
from numpy.typing import NDArray

from v100_ai.frames import Frame
from v100_ai.frames.door import RANGES, coloured

EDGE: Final = 256
"""The longer edge of a thumbnail, in pixels."""

QUALITY: Final = 4
"""Quantiser of the JPEG, 2 (best) to 31."""


Grey = NDArray[np.float32]
"""Luma, row by row: 0 for black, 255 for white, whatever the frame's range."""


def grey(frame: Frame, size: tuple[int, int]) -> Grey | None:
    """The frame's luma at that width and height, if a picture of PyAV lends its memory."""
    picture = frame.lender
    if not isinstance(picture, av.VideoFrame):
        return None
    small = picture.reformat(
        *size,
        "gray",
        interpolation=Interpolation.AREA,
        src_color_range=ColorRange.JPEG if coloured(picture.format) else RANGES[frame.range],
        dst_color_range=ColorRange.JPEG,
    )
    return small.to_ndarray().astype(np.float32)


def thumbnail(frame: Frame, edge: int = EDGE) -> bytes | None:
    """The frame's picture in a few kilobytes, if a picture of PyAV lends its memory.

    `edge` is its longer edge, in pixels.
    """
    picture = frame.lender
    if not isinstance(picture, av.VideoFrame):
        return None
    shown = (frame.width * frame.sar, frame.height)
    scale = edge / max(shown)
    width, height = (max(2, round(each * scale / 2) * 2) for each in shown)
    small = picture.reformat(width, height, "yuvj420p", interpolation=Interpolation.AREA)
    small.pts = 0
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.qmin = encoder.qmax = QUALITY
    packets = [*encoder.encode(small), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
