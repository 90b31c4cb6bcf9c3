import av
import numpy as np
import pytest

from tests.tap.staged import noise
from v100_ai import Frame
from v100_ai.errors import FrameRejected, TimeRejected, UnknownLayer
from v100_ai.frames.door import frame_from
from v100_ai.tap import Tap

GARBAGE = {
    "nothing": (None, {}),
    "no planes": ((), {}),
    "floats": (np.zeros((96, 160)), {}),
    "too small": (np.zeros((8, 8), np.uint8), {}),
    "too large": (np.zeros((16, 8193), np.uint8), {}),
    "empty": (np.zeros((0, 160), np.uint8), {}),
    "mirrored": (noise()[:, ::-1], {}),
    "upside down": (noise()[::-1], {}),
    "chroma of another size": ((noise(), noise(81, 48), noise(80, 48)), {}),
    "text": ("picture", {}),
    "short": (b"short", {"width": 160, "height": 96}),
    "without height": (bytes(160 * 96), {"width": 160}),
    "negative": (bytes(160 * 96), {"width": -160, "height": 96}),
    "unknown format": (bytes(160 * 96), {"width": 160, "height": 96, "format": "rgb48"}),
    "odd stride": (
        bytes(400 * 96),
        {"width": 160, "height": 96, "stride": 321, "format": "gray10le"},
    ),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_what_is_no_picture_is_refused_and_the_next_is_measured(garbage):
    picture, shape = garbage
    with Tap() as tap:
        with pytest.raises(FrameRejected) as refused:
            tap.offer(picture, 0.0, **shape)
        assert tap.stats.refusal == str(refused.value)
        assert tap.offer(noise(), 0.04)
    assert (tap.stats.offered, tap.stats.refused, tap.stats.analysed) == (2, 1, 1)
    assert len(tap.collect()) == 1


@pytest.mark.parametrize("pts", [float("nan"), float("inf"), None])
@pytest.mark.parametrize("picture", [noise(), frame_from(noise(), 0.0), av.VideoFrame(160, 96)])
def test_a_picture_without_a_time_is_refused(picture, pts):
    tap = Tap()
    if type(picture) is Frame and pts is None:
        assert tap.offer(picture, pts)
        return
    with pytest.raises(FrameRejected):
        tap.offer(picture, pts)
    assert (tap.stats.offered, tap.stats.refused) == (1, 1)


def test_a_decoded_picture_without_a_time_says_so():
    with pytest.raises(TimeRejected):
        Tap().offer(av.VideoFrame(160, 96, "yuv420p"))


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(UnknownLayer, match="found sound"):
        Tap(["motion", "sound"])
    for fps in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="frames a second"):
            Tap(fps=fps)
    with pytest.raises(ValueError, match="zero"):
        Tap(capacity=0)
