import numpy as np
import pytest

from v100_ai import FrameRejected, MotionVectors
from v100_ai.errors import ShapeMismatch


def scene(width: int, height: int) -> np.ndarray:
    """Noise made smooth by means over five samples, larger than any frame cut from it."""
    grain = np.random.default_rng(3).normal(0, 90, (height + 4, width + 4))
    rows = np.sum([grain[:, k : k + width] for k in range(5)], axis=0)
    smooth = np.sum([rows[k : k + height] for k in range(5)], axis=0) / 5
    picture: np.ndarray = np.clip(128 + smooth, 0, 255).astype(np.uint8)
    return picture


def test_content_that_moves_right_and_down_has_positive_vectors():
    whole = scene(400, 300)
    last, now = whole[20:260, 20:340], whole[15:255, 12:332]
    field = MotionVectors().search(last, now)
    inside = field.confidence > 0.7
    assert field.block == 16
    assert field.dx.shape == field.dy.shape == (15, 20)
    assert inside.mean() > 0.7
    assert abs(field.dx[inside] - 8).mean() < 0.05
    assert abs(field.dy[inside] - 5).mean() < 0.05
    assert field.saturation == 0


def test_vectors_of_a_reduced_frame_count_samples_of_the_frame():
    whole = scene(1400, 800).repeat(2, axis=0).repeat(2, axis=1)
    last, now = whole[40:760, 40:1320], whole[46:766, 28:1308]
    field = MotionVectors().search(last, now)
    trusted = field.confidence > 0.5
    assert field.block * field.dx.shape[1] == 1280
    assert np.median(field.dx[trusted]) == pytest.approx(12, abs=0.1)
    assert np.median(field.dy[trusted]) == pytest.approx(-6, abs=0.1)


def test_a_still_frame_leaves_nothing():
    last = scene(160, 96)
    field = MotionVectors().search(last, last)
    assert not field.dx.any()
    assert not field.dy.any()
    assert not field.residual.any()


def test_frames_of_two_sizes_are_refused():
    with pytest.raises(ShapeMismatch, match="size of the last frame"):
        MotionVectors().search(scene(64, 48), scene(64, 32))


def test_deep_frames_are_refused():
    deep = scene(64, 48).astype(np.uint16)
    with pytest.raises(FrameRejected, match="8-bit"):
        MotionVectors().search(deep, deep)
