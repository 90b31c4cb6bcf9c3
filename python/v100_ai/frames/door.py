"""Anything that holds a picture -> Frame, without a copy of its samples.

What lies in memory otherwise than a format that is read in place is refused, with one exception:
pictures of PyAV in another pixel format (RGB, packed YUV, palettes) are converted by PyAV.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from v100_ai.errors import FrameRejected, ShapeMismatch, TimeRejected
from v100_ai.frames.formats import ALIASES, CHROMA, FORMATS, FULL
from v100_ai.frames.frame import Frame, Matrix, Plane, Range

Samples = NDArray[np.uint8] | NDArray[np.uint16]

DTYPES: Final = (np.dtype(np.uint8), np.dtype(np.uint16))

GRAY: Final = 2
"""Axes of a luma array."""


MATRICES: Final[dict[int, Matrix]] = {1: "bt709", 5: "bt601", 6: "bt601", 9: "bt2020", 10: "bt2020"}
"""By ITU-T H.273's number, which FFmpeg keeps."""

SPACES: Final[dict[Matrix | None, Colorspace]] = {
    None: Colorspace.ITU601,
    "bt601": Colorspace.ITU601,
    "bt709": Colorspace.ITU709,
    "bt2020": Colorspace.BT2020,
}
"""What FFmpeg's scaler calls them; it takes untagged video for BT.601."""

RANGES: Final[dict[Range, ColorRange]] = {"limited": ColorRange.MPEG, "full": ColorRange.JPEG}

SMALL: Final = 576
"""Rows up to which red, green and blue become BT.601, and BT.709 above: what players assume."""


def range_of(picture: av.VideoFrame) -> Range:
    """What the picture says of its range; where it does not, video is limited."""
    full = picture.color_range == ColorRange.JPEG or picture.format.name in FULL
    return "full" if full else "limited"


def matrix_of(picture: av.VideoFrame) -> Matrix | None:
    """What the picture says of its matrix."""
    return MATRICES.get(picture.colorspace)


def frame_from_av(picture: av.VideoFrame, pts: float | None = None) -> Frame:
    """A decoded picture of PyAV; its own time where none is given.

    Red, green and blue become limited-range YUV of the nearest shape; other formats keep their range.
    """
    at = picture.time if pts is None else pts
    if at is None:
        raise TimeRejected(None)
    name = ALIASES.get(picture.format.name, picture.format.name)
    found, matrix, lender = range_of(picture), matrix_of(picture), picture
    if name not in FORMATS or any(plane.line_size < 0 for plane in picture.planes):
        name = name if name in FORMATS else nearest(picture.format)
        if coloured(picture.format):
            matrix = matrix or ("bt601" if picture.height <= SMALL else "bt709")
            picture = yuv(picture, name, matrix)
            found = "limited"
        else:
            kept = RANGES[found]
            picture = picture.reformat(format=name, src_color_range=kept, dst_color_range=kept)
    planes = tuple(Plane(memoryview(plane), plane.line_size) for plane in picture.planes)
    size = picture.width, picture.height
    return Frame(name, *size, planes, float(at), lender, range=found, matrix=matrix)


def coloured(found: av.VideoFormat) -> bool:
    """Whether samples are red, green and blue, or lead to them."""
    return found.is_rgb or found.has_palette or found.is_bayer


def yuv(picture: av.VideoFrame, name: str, matrix: Matrix | None) -> av.VideoFrame:
    """A picture of red, green and blue as limited-range YUV."""
    return picture.reformat(
        format=name,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        dst_colorspace=SPACES[matrix],
    )


def nearest(found: av.VideoFormat) -> str:
    """The format read in place that keeps most of `found`: its chroma and its depth."""
    colours = [each for each in found.components if not each.is_alpha]
    bits = max(each.bits for each in colours)
    depth = next(
        name for top, name in ((8, ""), (10, "10le"), (12, "12le"), (64, "16le")) if bits <= top
    )
    if len(colours) == 1 and not found.has_palette:
        return f"gray{depth}"
    edge = 16
    halved = (found.chroma_width(edge) < edge, found.chroma_height(edge) < edge)
    name = next((each for each, has in CHROMA.items() if has == halved), "yuv444p")
    return f"{name}{depth}"


def frame_from_arrays(
    arrays: Sequence[Samples], pts: float | None, bits: int | None = None
) -> Frame:
    """Luma alone, (y, u, v), or (y, uv) with the chroma samples in pairs.

    Arrays of 16-bit integers hold `bits` a sample in their low bits (16 where not said), the pairs of
    (y, uv) in their high bits as in p010. Rows may be apart; samples in a row may not.
    """
    if pts is None:
        raise TimeRejected(None)
    planes = [_plane(array, index) for index, array in enumerate(arrays)]
    height, width = arrays[0].shape
    name = _named(arrays, bits)
    for index, (array, (row, rows)) in enumerate(
        zip(arrays, FORMATS[name].planes(width, height), strict=True)
    ):
        found = (array.shape[0], int(np.prod(array.shape[1:])))
        expected = (rows, row // array.itemsize)
        if found != expected:
            raise ShapeMismatch(
                f"rows and samples in a row of plane {index}", expected=expected, found=found
            )
    return Frame(name, width, height, tuple(planes), float(pts), arrays)


def _named(arrays: Sequence[Samples], bits: int | None) -> str:
    luma = arrays[0]
    depth = "" if luma.itemsize == 1 else f"{bits or 16}le"
    if luma.itemsize == 1 and bits not in {None, 8}:
        raise ShapeMismatch("bits a sample of uint8", expected=8, found=bits)
    match len(arrays):
        case 1:
            name = f"gray{depth}"
        case 2:
            name = f"p0{depth}" if depth else "nv12"
        case 3:
            height, width = luma.shape
            halved = (arrays[1].shape[1] < width, arrays[1].shape[0] < height)
            name = next((each for each, has in CHROMA.items() if has == halved), "yuv420p") + depth
        case found:
            raise ShapeMismatch("arrays", expected="y, (y, uv) or (y, u, v)", found=found)
    if name not in FORMATS:
        raise ShapeMismatch("bits a sample of uint16", expected="10, 12 or 16", found=bits)
    return name


def _plane(array: Samples, index: int) -> Plane:
    """The array's own memory as a row of bytes."""
    if array.dtype not in DTYPES:
        raise ShapeMismatch(
            f"dtype of plane {index}", expected="uint8 or uint16", found=array.dtype
        )
    if array.ndim not in {GRAY, GRAY + (index > 0)}:
        raise ShapeMismatch(f"axes of plane {index}", expected=GRAY, found=array.ndim)
    if 0 in array.shape:
        raise ShapeMismatch(f"shape of plane {index}", expected="no empty axis", found=array.shape)
    inner = array.itemsize
    for axis in range(array.ndim - 1, 0, -1):
        if array.strides[axis] != inner:
            raise ShapeMismatch(
                f"bytes from sample to sample of plane {index}",
                expected=inner,
                found=array.strides[axis],
            )
        inner *= array.shape[axis]
    stride = array.strides[0]
    if stride < inner:
        raise ShapeMismatch(
            f"stride of plane {index}", expected=f"at least {inner} bytes", found=stride
        )
    if stride == inner:
        return Plane(array.data.cast("B"), stride)
    size = stride * (array.shape[0] - 1) + inner
    # From the first sample to the last lies one piece of the array's own memory.
    flat = np.lib.stride_tricks.as_strided(
        array.view(np.uint8), shape=(size,), strides=(1,), writeable=False
    )
    return Plane(flat.data, stride)


def frame_from(
    picture: object,
    pts: float | None = None,
    *,
    bits: int | None = None,
    **shape: Any,
) -> Frame:
    """Whatever `FrameAnalyzer.push` takes, as a frame."""
    match picture:
        case Frame():
            return picture if pts is None else _at(picture, pts)
        case av.VideoFrame():
            return frame_from_av(picture, pts)
        case np.ndarray() if not shape:
            return frame_from_arrays([picture], pts, bits)
        case tuple() | list() if picture and all(isinstance(each, np.ndarray) for each in picture):
            return frame_from_arrays(picture, pts, bits)
        case _ if shape:
            return _from_buffer(picture, pts, **shape)
        case _:
            pass
    raise FrameRejected(
        "expected an av.VideoFrame, an array, (y, u, v) arrays, a Frame, or a buffer with its width"
        f" and height, found {type(picture).__name__}"
    )


def _at(frame: Frame, pts: float) -> Frame:
    return replace(frame, pts=float(pts))


def _from_buffer(buffer: Any, pts: float | None, **shape: Any) -> Frame:
    if pts is None:
        raise TimeRejected(None)
    missing = {"width", "height"} - shape.keys()
    if missing:
        raise ShapeMismatch(
            "shape of a buffer", expected="its width and height", found=sorted(shape)
        )
    return Frame.from_buffer(buffer, pts=float(pts), **shape)
