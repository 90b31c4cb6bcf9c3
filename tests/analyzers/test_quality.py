import math
import threading

import av
import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.pairs import BANDED, CLIPS, Clip, goldens
from v100_ai import METRICS, MODELS, QualityMeter, QualityReading
from v100_ai.analyzers import EARLY
from v100_ai.analyzers.summary import summarised
from v100_ai.errors import FrameRejected, ShapeMismatch, UnknownMetric

PUBLISHED = EARLY[:3]
V1 = MODELS[len(EARLY) :]
SMALL = Clip("yuv420p", 64, 48, 6)
LARGE = Clip("yuv444p", 268, 318, 6, banded=True)
HIGH = Clip("yuv420p", 64, 500, 4)


def measured(clip: Clip, meter: QualityMeter, first: int = 0, last: int | None = None):
    readings = list[QualityReading]()
    for frame in range(first, clip.frames if last is None else last):
        reference, distorted = clip.pair(frame)
        bits = clip.bits if clip.bits > 8 else None
        readings += meter.push(reference, distorted, frame / 25, bits=bits)
    return readings


def facts(reading: QualityReading) -> dict[str, object]:
    return {
        name: getattr(reading, name)
        for name in dir(reading)
        if not name.startswith("_") and name != "frame"
    }


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_every_figure_is_that_of_the_tool_it_is_named_after(clip):
    meter = QualityMeter(METRICS, model=PUBLISHED)
    readings = [*measured(clip, meter), *meter.flush()]
    golden = goldens()[clip.name]
    assert len(readings) == len(golden) == clip.frames
    for reading, expected in zip(readings, golden, strict=True):
        for model in PUBLISHED:
            assert reading.scores[model] == pytest.approx(expected[model], abs=1e-6)
        assert len(reading.features) >= 15
        for name, value in reading.features.items():
            assert value == pytest.approx(expected[name], abs=1e-6), name
        for name in "yuv":
            found = getattr(reading, f"ffmpeg_ssim_{name}")
            assert found == pytest.approx(expected[f"ffmpeg_ssim_{name.upper()}"], abs=1e-6)
        assert reading.ffmpeg_ssim == pytest.approx(expected["ffmpeg_ssim_All"], abs=1e-6)
        assert reading.psnr_average == pytest.approx(expected["ffmpeg_psnr_psnr_avg"], abs=0.006)
        assert reading.ssim == reading.ffmpeg_ssim_y
        assert reading.psnr == pytest.approx(expected["psnr_y"], abs=1e-6)


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_a_phone_is_kinder(clip):
    meter = QualityMeter("vmaf", phone=True)
    readings = [*measured(clip, meter), *meter.flush()]
    expected = [frame["phone"] for frame in goldens()[clip.name]]
    assert [reading.vmaf for reading in readings] == pytest.approx(expected, abs=1e-6)


def test_the_bootstrap_has_an_interval():
    meter = QualityMeter("vmaf", model="vmaf_b_v0.6.3")
    for reading in [*measured(SMALL, meter), *meter.flush()]:
        low, high = reading.vmaf_ci95_low, reading.vmaf_ci95_high
        assert low is not None
        assert high is not None
        assert reading.vmaf_bagging is not None
        assert 0 <= low <= reading.vmaf_bagging <= high <= 100


@pytest.mark.parametrize("clip", BANDED, ids=lambda clip: clip.name)
def test_every_feature_and_score_of_v1_is_libvmafs(clip):
    golden = goldens()[clip.name]
    models = [model for model in V1 if model in golden[0]]
    meter = QualityMeter("vmaf", model=models, threads=2)
    readings = [*measured(clip, meter), *meter.flush()]
    assert len(readings) == len(golden) == clip.frames
    for reading, expected in zip(readings, golden, strict=True):
        found = reading.scores | reading.features
        assert set(found) == set(expected)
        assert found == pytest.approx(expected, abs=1e-6)


def test_v1_alone_is_what_it_is_among_all():
    scores = []
    for models in (["vmaf_v1.0.16"], [*EARLY, *V1]):
        meter = QualityMeter("vmaf", model=models)
        readings = [*measured(LARGE, meter), *meter.flush()]
        scores.append([reading.scores["vmaf_v1.0.16_3d0h"] for reading in readings])
    assert len(scores[0]) == LARGE.frames
    assert scores[0] == scores[1]


def test_a_short_name_is_that_of_the_usual_screen():
    meter = QualityMeter("vmaf", model=("vmaf_v1.0.16", "vmaf_v1.0.16_hfr"))
    assert meter.models == ("vmaf_v1.0.16_3d0h", "vmaf_v1.0.16_hfr_3d0h")


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_high_frame_rates_tell_of_every_frame_of_a_short_stream(frames):
    meter = QualityMeter("vmaf", model="vmaf_v1.0.16_hfr")
    readings = [*measured(LARGE, meter, 0, frames), *meter.flush()]
    assert [reading.frame for reading in readings] == list(range(frames))
    motion = [reading.features["integer_motion3_mffw_mmxv_18_mma"] for reading in readings]
    assert all(motion) == (frames > 2)


def test_high_frame_rates_are_not_scored_in_pieces():
    meter = QualityMeter("vmaf", model="vmaf_v1.0.16_hfr")
    reference, distorted = LARGE.pair(0)
    with pytest.raises(FrameRejected, match="expected a whole stream"):
        meter.resume(reference)
    meter.push(reference, distorted, 0.0)
    with pytest.raises(FrameRejected, match="expected a whole stream"):
        meter.flush(reference)


@pytest.mark.parametrize(
    ("clip", "model", "message"),
    [
        (Clip("yuv420p", 300, 158, 1), "vmaf_v1.0.16", "at least 160x160, found 300x158"),
        (Clip("yuv422p", 159, 300, 1), "vmaf_v1.0.16", "at least 160x80, found 159x300"),
        (Clip("yuv420p", 300, 300, 1), "vmaf_v1.0.16_3d0h_2160", "at least 318x318"),
        (Clip("yuv420p", 214, 214, 1), "vmaf_v1.0.16", "an edge of at least 216"),
    ],
)
def test_pictures_too_small_for_v1_are_refused(clip, model, message):
    meter = QualityMeter("vmaf", model=model)
    reference, distorted = clip.pair(0)
    with pytest.raises(FrameRejected, match=message):
        meter.push(reference, distorted, 0.0)
    assert meter.flush() == []


def test_luma_alone_is_not_scored_by_v1():
    (reference, *_), (distorted, *_) = LARGE.pair(0)
    with pytest.raises(FrameRejected, match="expected planes of colour, found luma alone"):
        QualityMeter("vmaf", model="vmaf_v1.0.16").push(reference, distorted, 0.0)


@pytest.mark.parametrize("threads", [2, 3, 4])
@pytest.mark.parametrize(("clip", "models"), [(SMALL, EARLY), (LARGE, V1), (HIGH, EARLY)])
def test_threads_change_no_bit(threads, clip, models):
    whole = QualityMeter(METRICS, model=models)
    spread = QualityMeter(METRICS, model=models, threads=threads)
    alone = [*measured(clip, whole), *whole.flush()]
    together = [*measured(clip, spread), *spread.flush()]
    assert len(alone) == clip.frames
    assert [facts(each) for each in together] == [facts(each) for each in alone]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("cut", range(1, SMALL.frames))
def test_pieces_have_the_scores_of_the_whole(cut, threads):
    for clip, model in ((SMALL, EARLY[0]), (LARGE, "vmaf_v1.0.16")):
        meter = QualityMeter(("vmaf", "psnr"), model=model)
        whole = [*measured(clip, meter), *meter.flush()]
        first, second = (
            QualityMeter(("vmaf", "psnr"), model=model, threads=threads) for _ in range(2)
        )
        pieces = measured(clip, first, 0, cut)
        pieces += first.flush(clip.pair(cut)[0])
        second.resume(clip.pair(cut - 1)[0])
        pieces += measured(clip, second, cut)
        pieces += second.flush()
        assert [facts(each) for each in pieces] == [facts(each) for each in whole]


def test_a_reading_comes_at_once_unless_motion_is_needed():
    assert len(QualityMeter(("psnr", "ssim")).push(*SMALL.pair(0), 0.0)) == 1
    meter = QualityMeter()
    assert meter.push(*SMALL.pair(0), 0.0) == []
    assert [each.pts for each in meter.push(*SMALL.pair(1), 0.04)] == [0.0]
    assert [each.pts for each in meter.flush()] == [0.04]
    assert meter.flush() == []


def test_equal_pictures_have_no_bound_but_where_libvmaf_sets_one():
    meter = QualityMeter(METRICS)
    reference = CLIPS[0].pair(0)[0]
    readings = [*meter.push(reference, reference, 0.0), *meter.flush()]
    assert [reading.psnr for reading in readings] == [math.inf]
    assert readings[0].psnr_average == readings[0].psnr_weighted == math.inf
    assert readings[0].ssim == readings[0].ffmpeg_ssim == 1
    assert readings[0].ms_ssim == pytest.approx(1)
    assert readings[0].features["psnr_y"] == 60
    summary = meter.summary()["psnr"]
    assert (summary.frames, summary.infinite, summary.mean) == (1, 1, math.inf)


def test_luma_alone_is_scored_without_colour():
    (reference, *_), (distorted, *_) = SMALL.pair(0)
    (reading,) = QualityMeter(("psnr", "ssim", "ffmpeg_ssim")).push(reference, distorted, 0.0)
    assert reading.psnr is not None
    assert reading.ssim is not None
    assert (reading.psnr_cb, reading.psnr_weighted, reading.ffmpeg_ssim) == (None, None, None)


@pytest.mark.parametrize(("name", "planes"), [("nv12", "yuv420p"), ("p010le", "yuv420p10le")])
def test_paired_chroma_scores_as_it_does_in_planes(name, planes):
    random = np.random.default_rng(3)
    pictures = [
        av.VideoFrame.from_ndarray(random.integers(0, 256, (96, 64), np.uint8), format="yuv420p")
        for _ in range(2)
    ]
    scores = []
    for form in (planes, name):
        pair = [picture.reformat(format=planes).reformat(format=form) for picture in pictures]
        (reading,) = QualityMeter(("psnr", "ssim", "ffmpeg_ssim")).push(pair[0], pair[1], 0.0)
        scores.append(facts(reading))
    assert scores[0] == scores[1]


def test_another_shape_ends_the_stream_before_it():
    meter = QualityMeter()
    assert measured(SMALL, meter, 0, 2)[-1].pts == 0.0
    other = Clip("yuv420p", 80, 64, 2)
    (ended,) = meter.push(*other.pair(0), 1.0)
    assert ended.pts == pytest.approx(0.04)
    (afresh,) = meter.flush()
    assert afresh.features["integer_motion2"] == 0
    assert afresh.frame == 2


def test_pictures_that_do_not_fit_are_refused_and_change_nothing():
    meter = QualityMeter()
    reference, distorted = SMALL.pair(0)
    with pytest.raises(ShapeMismatch, match=r"expected 64x48 .* found 80x64; scale it first"):
        meter.push(reference, Clip("yuv420p", 80, 64, 1).pair(0)[1], 0.0)
    with pytest.raises(ShapeMismatch, match=r"expected yuv420p .* found yuv422p"):
        meter.push(reference, Clip("yuv422p", 64, 48, 1).pair(0)[1], 0.0)
    with pytest.raises(FrameRejected, match="16x16"):
        meter.push(reference[0][:8], distorted[0][:8], 0.0)
    meter.push(reference, distorted, 1.0)
    with pytest.raises(FrameRejected, match=r"expected a time after 1.0 s, found 1.0 s"):
        meter.push(reference, distorted, 1.0)
    assert len(meter.flush()) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"metrics": ["psnr", "smell"]}, "found smell"),
        ({"metrics": []}, "found none"),
        ({"model": "vmaf_v9"}, "found vmaf_v9"),
    ],
)
def test_unknown_words_are_named(given, message):
    with pytest.raises(UnknownMetric, match=message):
        QualityMeter(**given)


@pytest.mark.parametrize("threads", [0, 65])
def test_threads_have_bounds(threads):
    with pytest.raises(ValueError, match=f"found {threads}"):
        QualityMeter(threads=threads)


def test_two_threads_share_a_high_picture_and_take_two_low_ones():
    for clip, ready in ((HIGH, [0, 1, 1, 1]), (SMALL, [0, 1, 0, 2])):
        meter = QualityMeter("vmaf", threads=2)
        found = [len(meter.push(*clip.pair(at), at / 25)) for at in range(4)]
        assert found == ready


def test_a_picture_written_to_after_a_push_is_not_seen():
    clip = Clip("yuv420p", 64, 48, 2)
    meter = QualityMeter(("psnr", "vmaf"), threads=2)
    expected = [*measured(clip, meter), *meter.flush()]
    readings = list[QualityReading]()
    for frame in range(2):
        pair = [tuple(plane.copy() for plane in picture) for picture in clip.pair(frame)]
        readings += meter.push(pair[0], pair[1], frame / 25)
        for plane in (*pair[0], *pair[1]):
            plane[:] = 0
    readings += meter.flush()
    assert [facts(each) for each in readings] == [facts(each) for each in expected]


def test_one_meter_may_be_shared_between_threads():
    meter = QualityMeter(("psnr",))
    pair = SMALL.pair(0)
    refused = list[Exception]()

    def push(start: int) -> None:
        for count in range(20):
            try:
                meter.push(*pair, float(100 * start + count))
            except FrameRejected as late:
                refused.append(late)

    threads = [threading.Thread(target=push, args=(start,)) for start in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert meter.summary()["psnr"].frames + len(refused) == 60


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200))
def test_a_summary_lies_between_the_least_and_the_most(values):
    summary = summarised(values)
    assert summary.min == min(values)
    assert summary.max == max(values)
    ranked = [summary.min, *summary.percentiles.values(), summary.max]
    assert ranked == sorted(ranked)
    assert set(summary.percentiles.values()) <= set(values)
    assert summary.harmonic_mean is not None
    assert summary.min - 1e-9 <= summary.harmonic_mean <= summary.mean + 1e-9
    assert summary.mean <= summary.max + 1e-9


def test_the_harmonic_mean_is_libvmafs():
    summary = summarised([0.0, 50.0, 100.0])
    assert summary.harmonic_mean == pytest.approx(3 / (1 + 1 / 51 + 1 / 101) - 1)
    assert summarised([-1.0, 1.0]).harmonic_mean is None
