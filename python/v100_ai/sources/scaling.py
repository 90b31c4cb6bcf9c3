"""A decoded frame at another size, or in another pixel format."""

import av
from av.video.reformatter import Interpolation

from v100_ai.errors import ShapeMismatch
from v100_ai.frames import Frame
from v100_ai.frames.door import frame_from_av


def scaled(frame: Frame, width: int, height: int, name: str) -> Frame:
    """The frame at that size and in that pixel format; bicubic, or itself if it is already so."""
    if (frame.width, frame.height, frame.format) == (width, height, name):
        return frame
    picture = frame.lender
    if not isinstance(picture, av.VideoFrame):
        raise ShapeMismatch("frame to scale", expected="a decoded one", found=frame.format)
    found = picture.reformat(width, height, name, interpolation=Interpolation.BICUBIC)
    return frame_from_av(found, frame.pts)
