"""A small JPEG of a frame."""

from fractions import Fraction
from typing import Final

import av
from av.video.reformatter import Interpolation

from v100_ai.frames import Frame

EDGE: Final = 256
"""The longer edge of a thumbnail, in pixels."""

QUALITY: Final = 4
"""Quantiser of the JPEG, 2 (best) to 31."""


def thumbnail(frame: Frame, edge: int = EDGE) -> bytes | None:
    """The frame's picture in a few kilobytes, if a picture of PyAV lends its memory.

    `edge` is its longer edge, in pixels.
    """
    picture = frame.lender
    if not isinstance(picture, av.VideoFrame):
        return None
    scale = edge / max(frame.width, frame.height)
    width, height = (max(2, round(each * scale / 2) * 2) for each in (frame.width, frame.height))
    small = picture.reformat(width, height, "yuvj420p", interpolation=Interpolation.AREA)
    small.pts = 0
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.qmin = encoder.qmax = QUALITY
    packets = [*encoder.encode(small), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
