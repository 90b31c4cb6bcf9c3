"""What people see when they print what the package gives."""

from pathlib import Path

import numpy as np

import v100_ai as v100


def test_a_reading_shows_what_it_knows():
    analyzer = v100.FrameAnalyzer(layers=v100.LAYERS)
    first = analyzer.push(np.zeros((72, 128), np.uint8), 0.0)
    second = analyzer.push(np.full((72, 128), 99, np.uint8), 0.04)
    assert repr(first).startswith("Reading(frame=0, pts=0, width=128, height=72, motion=Motion(")
    assert "motion_magnitude" not in repr(first)
    assert "motion_magnitude=99, " in repr(second)
    assert "visual=Visual(exposure=" in repr(second)
    assert "vectors=VectorSummary(mean_x=" in repr(second)


def test_what_quality_meters_give_shows_its_figures():
    picture = np.random.default_rng(1).integers(0, 256, (180, 320), np.uint8)
    meter = v100.QualityMeter(metrics=("psnr", "vmaf"))
    (reading, *_) = [*meter.push(picture, picture, 0.0), *meter.flush()]
    assert repr(reading).startswith("QualityReading(frame=0, pts=0, psnr=inf")
    assert "scores={'vmaf_v0.6.1': " in repr(reading)
    assert repr(v100.LiveQuality().push(picture, picture)).startswith("LiveReading(psnr=")
    assert repr(v100.SiTi().push(picture)).startswith("SiTiReading(si=")


def test_vectors_and_the_floor_show_what_they_hold():
    picture = np.random.default_rng(1).integers(0, 256, (180, 320), np.uint8)
    field = v100.MotionVectors().search(picture, picture)
    assert repr(field).startswith("VectorField(20x12 blocks of 16, mean (0, 0) px")
    speaker = v100.ActiveSpeaker()
    assert repr(speaker) == "ActiveSpeaker(current=None, talking=[])"


def test_results_show_a_small_table_in_a_notebook(mp4: Path):
    analysis = v100.analyze(str(mp4), layers=("motion",))
    assert "<td>h264</td>" in analysis._repr_html_()
    quality = v100.quality(mp4, mp4, metrics=("psnr", "ssim"), max_frames=5)
    assert repr(quality).endswith("not read yet)")
    assert "<td>ssim</td><td>5</td><td>1</td>" in quality._repr_html_()
    assert repr(quality).endswith("5 frames)")
