from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given, strategies as st

from v100_ai.analyzers import FrameAnalyzer
from v100_ai.errors import FrameRejected, ShapeMismatch, TimeRejected
from v100_ai.frames import Frame, Plane
from v100_ai.frames.door import frame_from, nearest
from v100_ai.frames.formats import FORMATS


def samples(plane: Plane, row: int, rows: int) -> np.ndarray:
    """The plane's bytes as they lie there, padding left out."""
    flat = np.frombuffer(memoryview(plane.data), np.uint8)
    return np.stack([flat[y * plane.stride : y * plane.stride + row] for y in range(rows)])


def address(plane: Plane) -> int:
    return np.frombuffer(memoryview(plane.data), np.uint8).ctypes.data


@given(
    width=st.integers(16, 70),
    height=st.integers(16, 50),
    padding=st.integers(0, 9),
    deep=st.booleans(),
)
def test_luma_with_any_padding_is_read_where_it_lies(width, height, padding, deep):
    kind = np.uint16 if deep else np.uint8
    whole = np.arange(height * (width + padding)).reshape(height, width + padding).astype(kind)
    luma = whole[:, :width]
    frame = frame_from(luma, 0.0)
    (plane,) = frame.planes
    assert (frame.format, frame.width, frame.height) == (
        "gray16le" if deep else "gray",
        width,
        height,
    )
    assert address(plane) == whole.ctypes.data
    assert (samples(plane, width * whole.itemsize, height) == luma.copy().view(np.uint8)).all()


@pytest.mark.parametrize(
    ("chroma", "name"),
    [((24, 33), "yuv420p"), ((47, 33), "yuv422p"), ((47, 65), "yuv444p")],
)
@pytest.mark.parametrize("bits", [None, 10, 12, 16])
def test_three_arrays_of_an_odd_size_are_named_by_their_chroma(chroma, name, bits):
    kind = np.uint16 if bits else np.uint8
    y, u, v = (np.zeros(shape, kind) for shape in ((47, 65), chroma, chroma))
    assert frame_from((y, u, v), 0.0, bits=bits).format == name + (f"{bits}le" if bits else "")


@pytest.mark.parametrize(
    ("kind", "bits", "name"), [(np.uint8, None, "nv12"), (np.uint16, 10, "p010le")]
)
@pytest.mark.parametrize("shape", [(24, 66), (24, 33, 2)])
def test_two_arrays_hold_their_chroma_in_pairs(kind, bits, name, shape):
    frame = frame_from([np.zeros((47, 65), kind), np.zeros(shape, kind)], 0.0, bits=bits)
    assert frame.format == name


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ([np.zeros((48, 64), np.float32)], "expected uint8 or uint16, found float32"),
        ([np.zeros((48, 64, 3), np.uint8)], "axes of plane 0: expected 2, found 3"),
        ([np.zeros((48, 128), np.uint8)[:, ::2]], "expected 1, found 2"),
        ([np.zeros((48, 64), np.uint8).T], "expected 1, found 64"),
        ([np.zeros((48, 64), np.uint8)[::-1]], "expected at least 64 bytes, found -64"),
        ([np.broadcast_to(np.zeros(64, np.uint8), (48, 64))], "at least 64 bytes, found 0"),
        ([np.zeros((48, 64), np.uint8)] * 4, "expected y, (y, uv) or (y, u, v), found 4"),
        (
            [np.zeros((48, 64), np.uint8), *[np.zeros((24, 31), np.uint8)] * 2],
            "plane 1: expected (24, 32), found (24, 31)",
        ),
        ([np.zeros((0, 64), np.uint8)], "expected no empty axis, found (0, 64)"),
        ([np.zeros((48, 64), np.uint8), *[np.zeros((24, 32), np.uint16)] * 2], "plane 1"),
    ],
)
def test_arrays_that_do_not_fit_say_what_was_expected_and_found(arrays, message):
    with pytest.raises(ShapeMismatch) as refused:
        frame_from(arrays, 0.0)
    assert message in str(refused.value)


@pytest.mark.parametrize("picture", [None, "talk.mp4", [], 7, [1, 2]])
def test_what_is_no_picture_is_refused_by_type(picture):
    with pytest.raises(FrameRejected, match=type(picture).__name__):
        frame_from(picture, 0.0)


@pytest.mark.parametrize("pts", [float("nan"), float("inf"), float("-inf"), None])
def test_a_time_must_be_finite(pts):
    with pytest.raises(TimeRejected, match=f"found {pts}"):
        frame_from(np.zeros((48, 64), np.uint8), pts)


def test_a_negative_time_is_a_time():
    assert frame_from(np.zeros((48, 64), np.uint8), -0.5).pts == -0.5


@pytest.mark.parametrize("bits", [8, 9, 14, 17])
def test_bits_must_have_a_format(bits):
    with pytest.raises(ShapeMismatch, match="expected 10, 12 or 16"):
        frame_from(np.zeros((48, 64), np.uint16), 0.0, bits=bits)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"p012le", "p016le"}))
def test_pictures_of_pyav_are_lent_and_not_copied(name):
    picture = av.VideoFrame(65, 47, name)
    picture.pts, picture.time_base = 5, Fraction(1, 10)
    frame = frame_from(picture)
    assert (frame.format, frame.pts, frame.lender) == (name, 0.5, picture)
    assert [address(plane) for plane in frame.planes] == [
        plane.buffer_ptr for plane in picture.planes
    ]


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ("rgb24", "yuv444p"),
        ("yuyv422", "yuv422p"),
        ("rgb48le", "yuv444p16le"),
        ("yuva420p", "yuv420p"),
        ("gray16be", "gray16le"),
        ("pal8", "yuv444p"),
        ("nv21", "yuv420p"),
        ("monow", "gray"),
        ("yuv422p14le", "yuv422p16le"),
    ],
)
def test_other_pictures_of_pyav_become_the_nearest_format(found, name):
    assert nearest(av.VideoFormat(found, 16, 16)) == name
    picture = av.VideoFrame(64, 48, found)
    assert frame_from(picture, 0.0).format == name


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"p012le", "p016le"}))
def test_one_grey_reads_alike_in_every_format(name):
    made = FORMATS[name]
    picture = av.VideoFrame(128, 72, name)
    for plane in picture.planes:
        whole = np.frombuffer(memoryview(plane), np.uint8)
        whole.view(np.uint8 if made.bytes == 1 else np.uint16)[:] = 100 << (made.depth - 8)
    found = FrameAnalyzer().push(picture, 0.0).visual
    grey = FrameAnalyzer().push(np.full((72, 128), 100, np.uint8), 0.0).visual
    assert found is not None
    assert grey is not None
    assert found.exposure == pytest.approx(grey.exposure, abs=1e-9)


def test_a_full_range_picture_is_read_like_its_twin():
    picture = av.VideoFrame(64, 48, "yuvj420p")
    frame = frame_from(picture, 0.0)
    assert (frame.format, frame.lender) == ("yuv420p", picture)


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("stride", [None, 144])
def test_a_buffer_is_cut_into_the_planes_of_its_format(name, stride):
    shapes = FORMATS[name].planes(65, 47)
    size = 4 * 144 * 48
    frame = frame_from(bytearray(size), 0.0, width=65, height=47, format=name, stride=stride)
    assert len(frame.planes) == len(shapes)
    assert frame.planes[0].stride == (stride or shapes[0][0])
    assert all(plane.stride >= row for plane, (row, _) in zip(frame.planes, shapes, strict=True))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            {"width": 64, "height": 49},
            "size of plane 0 of gray: expected at least 3136 bytes, found 3072",
        ),
        ({"width": 64, "height": 48, "stride": 63}, "expected at least 64 bytes, found 63"),
        ({"width": 64, "height": 48, "format": "rgb24"}, "found rgb24"),
        ({"width": 64, "height": 48, "format": "yuv420p"}, "size of plane 1 of yuv420p"),
        ({"width": 64}, "expected its width and height"),
    ],
)
def test_a_buffer_that_does_not_fit_says_what_was_expected_and_found(shape, message):
    with pytest.raises(ShapeMismatch) as refused:
        frame_from(bytes(64 * 48), 0.0, **shape)
    assert message in str(refused.value)


def test_a_frame_goes_through_as_it_is():
    frame = Frame("gray", 64, 48, (Plane(bytes(64 * 48), 64),), 1.0)
    assert frame_from(frame) is frame
    assert frame_from(frame, 2.0).pts == 2.0


def test_a_frame_needs_the_planes_of_its_format():
    lone: Any = (Plane(bytes(64 * 48), 64),)
    with pytest.raises(ShapeMismatch, match="planes of yuv420p: expected 3, found 1"):
        Frame("yuv420p", 64, 48, lone, 0.0)
