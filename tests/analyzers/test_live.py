import math

import numpy as np
import pytest

import v100_ai as v100


def picture(seed: int = 1, height: int = 360, width: int = 640) -> np.ndarray:
    """Patches of grey with grain on them."""
    random = np.random.default_rng(seed)
    patches = random.integers(60, 180, (height // 24 + 1, width // 24 + 1))
    coarse = np.kron(patches, np.ones((24, 24), int))[:height, :width]
    return (coarse + random.integers(0, 30, (height, width))).astype(np.uint8)


def noisy(luma: np.ndarray, strength: int) -> np.ndarray:
    noise = np.random.default_rng(2).integers(-strength, strength + 1, luma.shape)
    return np.clip(luma + noise, 0, 255).astype(np.uint8)


def test_a_frame_against_itself_is_at_the_top():
    reading = v100.LiveQuality().push(picture(), picture())
    assert reading.psnr == math.inf
    assert (reading.ssim, reading.detail_loss, reading.vmaf_live) == (1.0, 0.0, 100.0)


def test_more_noise_reads_as_less():
    luma = picture()
    readings = [v100.LiveQuality().push(luma, noisy(luma, each)) for each in (0, 5, 15, 30, 60)]
    for name in ("psnr", "ssim", "vmaf_live"):
        values = [getattr(reading, name) for reading in readings]
        assert values == sorted(set(values), reverse=True), name


def test_psnr_is_that_of_the_block_means():
    luma = picture()
    worse = noisy(luma, 60)
    means = [np.rint(each.reshape(45, 8, 80, 8).mean((1, 3))) for each in (luma, worse)]
    expected = 10 * math.log10(255**2 / np.mean((means[0] - means[1]) ** 2))
    assert v100.LiveQuality().push(luma, worse).psnr == pytest.approx(expected, abs=1e-9)


def test_a_deeper_copy_of_a_frame_is_equal():
    luma = picture()
    deep = luma.astype(np.uint16) << 2
    reading = v100.LiveQuality().push(deep, deep, bits=10)
    assert reading.vmaf_live == 100.0
    shallow = v100.Frame.from_buffer(luma.tobytes(), pts=0, width=640, height=360, format="gray")
    mixed = v100.LiveQuality().push(shallow, deep, bits=10)
    assert mixed.ssim == 1.0


def test_the_estimate_sees_blocks_and_frames_that_repeat():
    moving = [picture(seed) for seed in (1, 2)]
    blocky = np.kron(moving[1][::8, ::8], np.ones((8, 8), np.uint8))
    meter = v100.LiveQuality()
    meter.push(moving[0], moving[0])
    fresh = meter.push(moving[1], moving[1]).quality_estimate
    repeated = meter.push(moving[1], moving[1]).quality_estimate
    blocks = v100.LiveQuality().push(moving[1], blocky).quality_estimate
    assert 0 <= blocks < repeated < fresh <= 100


def test_what_was_pushed_before_a_reset_does_not_count():
    meter = v100.LiveQuality()
    first = meter.push(picture(), noisy(picture(), 9))
    meter.reset()
    again = meter.push(picture(), noisy(picture(), 9))
    assert (again.vmaf_live, again.quality_estimate) == (first.vmaf_live, first.quality_estimate)


def test_frames_of_two_sizes_are_refused():
    with pytest.raises(v100.FrameRejected, match="640x360, found 320x180"):
        v100.LiveQuality().push(picture(), picture(1, 180, 320))
