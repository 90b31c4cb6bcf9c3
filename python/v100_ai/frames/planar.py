"""Frames whose chroma comes in pairs, taken apart into planes."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from v100_ai.frames.formats import FORMATS
from v100_ai.frames.frame import Frame, Plane

SEMI_PLANAR: Final = {
    "nv12": ("yuv420p", 0),
    "p010le": ("yuv420p10le", 6),
    "p012le": ("yuv420p12le", 4),
    "p016le": ("yuv420p16le", 0),
}
"""Formats of paired chroma, what they are in planes, and how far up in 16 bits their samples lie."""


def planar(frame: Frame) -> Frame:
    """The frame itself, or a copy of one whose chroma comes in pairs, Cb and Cr apart."""
    if frame.format not in SEMI_PLANAR:
        return frame
    name, shift = SEMI_PLANAR[frame.format]
    found = FORMATS[frame.format]
    arrays = list[NDArray[Any]]()
    for plane, (row, rows) in zip(
        frame.planes, found.planes(frame.width, frame.height), strict=True
    ):
        flat = np.frombuffer(memoryview(plane.data), np.uint8)
        lines = np.ascontiguousarray(
            np.lib.stride_tricks.as_strided(flat, (rows, row), (plane.stride, 1))
        )
        arrays.append(lines if found.bytes == 1 else lines.view(np.uint16) >> shift)
    luma, pairs = arrays
    planes = (luma, np.ascontiguousarray(pairs[:, ::2]), np.ascontiguousarray(pairs[:, 1::2]))
    lent = tuple(Plane(each.data.cast("B"), each.strides[0]) for each in planes)
    return replace(frame, format=name, planes=lent, lender=planes)
