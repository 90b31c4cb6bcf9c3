import resource
import threading
import tracemalloc
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests import clips
from v100_ai import LAYERS, LIVE_LAYERS, Frame, FrameAnalyzer, Plane
from v100_ai.analyzers.frame import REORDERING_S
from v100_ai.errors import FrameRejected, TimeRejected, UnknownLayer
from v100_ai.frames.door import frame_from
from v100_ai.measures import MEASURES
from v100_ai.report.rows import cells


def noise(width: int = 160, height: int = 96, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)


def values(reading: object) -> dict[str, float | None]:
    return {
        each.path: each.read(reading)
        for each in MEASURES
        if each.layer not in ("quality", "deepfake")
    }


def test_unknown_layers_are_named():
    with pytest.raises(UnknownLayer, match="found sound, smell"):
        FrameAnalyzer(["motion", "sound", "smell"])


@pytest.mark.parametrize(
    "layers",
    [["motion"], ["complexity"], ["visual"], ["motion", "vectors"], ["complexity", "siti"]],
)
def test_layers_can_be_on_alone(layers):
    assert set(layers) <= set(LAYERS)
    analyzer = FrameAnalyzer(layers)
    analyzer.push(noise(seed=1), 0.0)
    reading = analyzer.push(noise(seed=2), 0.04)
    assert (reading.frame, reading.pts, reading.width, reading.height) == (1, 0.04, 160, 96)
    known = {path.partition(".")[0] for path, value in values(reading).items() if value is not None}
    assert known == {layers[0]}


def test_unless_told_more_it_measures_what_one_pass_gives():
    analyzer = FrameAnalyzer()
    for count in range(2):
        analyzer.push(noise(seed=count), count / 25)
    reading = analyzer.push(noise(seed=2), 0.08)
    known = {path.partition(".")[0] for path, value in values(reading).items() if value is not None}
    assert known == set(LIVE_LAYERS)


def test_all_layers_read_every_measure_of_a_colour_picture():
    analyzer = FrameAnalyzer(LAYERS)
    y, u, v = noise(), noise(80, 48, 2), noise(80, 48, 3)
    analyzer.push((y, u, v), 0.0)
    reading = analyzer.push((np.roll(y, 2, axis=1), u, v), 0.04)
    unknown = [path for path, value in values(reading).items() if value is None]
    assert unknown == []


def test_the_first_frame_has_nothing_to_compare_with():
    reading = FrameAnalyzer(LAYERS).push(noise(), 0.0)
    assert reading.motion_magnitude is None
    assert reading.visual is not None
    assert reading.visual.scene_change is None


def test_a_repeated_frame_does_not_move():
    analyzer = FrameAnalyzer(LAYERS)
    analyzer.push(noise(), 0.0)
    reading = analyzer.push(noise(), 0.04)
    assert reading.motion_magnitude == 0
    assert reading.motion is not None
    assert reading.motion.difference == 0


@pytest.mark.parametrize(
    "other",
    [noise(176, 96), noise(160, 112), noise().astype(np.uint16)],
    ids=["width", "height", "format"],
)
def test_a_new_shape_starts_afresh(other):
    analyzer = FrameAnalyzer(LAYERS)
    analyzer.push(noise(), 0.0)
    assert analyzer.push(noise(seed=2), 0.04).motion_magnitude is not None
    assert analyzer.push(other, 0.08).motion_magnitude is None
    assert analyzer.push(other, 0.12).motion_magnitude == 0


def test_a_time_that_goes_far_back_starts_afresh():
    analyzer = FrameAnalyzer(LAYERS)
    analyzer.push(noise(), 100.0)
    assert analyzer.push(noise(), 100.0 - REORDERING_S).motion_magnitude == 0
    assert analyzer.push(noise(), 0.0).motion_magnitude is None


def test_a_negative_time_is_measured():
    assert FrameAnalyzer(LAYERS).push(noise(), -0.08).pts == -0.08


@pytest.mark.parametrize("pts", [float("nan"), float("inf"), None])
def test_a_frame_without_a_time_changes_nothing(pts):
    analyzer = FrameAnalyzer(LAYERS)
    analyzer.push(noise(), 0.0)
    with pytest.raises(TimeRejected):
        analyzer.push(noise(), pts)
    assert analyzer.push(noise(), 0.04).motion_magnitude == 0


def test_reset_forgets_the_frames_before():
    analyzer = FrameAnalyzer(LAYERS)
    analyzer.push(noise(), 5.0)
    analyzer.reset()
    assert analyzer.push(noise(), 0.0).motion_magnitude is None


@pytest.mark.parametrize("shape", [(15, 64), (64, 15), (16, 8193)])
def test_a_frame_outside_the_edges_is_refused(shape):
    with pytest.raises(FrameRejected, match=r"expected .*found"):
        FrameAnalyzer(LAYERS).push(np.zeros(shape, np.uint8), 0.0)


@given(
    width=st.integers(16, 90),
    height=st.integers(16, 60),
    padding=st.integers(1, 40),
    fill=st.integers(0, 255),
)
def test_padding_never_matters(width, height, padding, fill):
    tight, padded = FrameAnalyzer(LAYERS), FrameAnalyzer(LAYERS)
    for seed in range(2):
        luma = noise(width, height, seed)
        wide = np.full((height, width + padding), fill, np.uint8)
        wide[:, :width] = luma
        one, other = tight.push(luma, seed), padded.push(wide[:, :width], seed)
        assert values(one) == values(other)


def test_every_way_in_reads_the_same():
    y, u, v = noise(), noise(80, 48, 2), noise(80, 48, 3)
    picture = av.VideoFrame.from_ndarray(
        np.concatenate([y.ravel(), u.ravel(), v.ravel()]).reshape(144, 160), format="yuv420p"
    )
    picture.pts, picture.time_base = 0, Fraction(1, 25)
    buffer = y.tobytes() + u.tobytes() + v.tobytes()
    pairs = np.stack([u, v], axis=-1)
    frame = Frame(
        "yuv420p", 160, 96, (Plane(y.data, 160), Plane(u.data, 80), Plane(v.data, 80)), 0.0
    )
    readings = [
        FrameAnalyzer(LAYERS).push((y, u, v), 0.0),
        FrameAnalyzer(LAYERS).push(picture),
        FrameAnalyzer(LAYERS).push(frame),
        FrameAnalyzer(LAYERS).push((y, pairs), 0.0),
        FrameAnalyzer(LAYERS).push(buffer, 0.0, width=160, height=96, format="yuv420p"),
    ]
    assert all(values(each) == values(readings[0]) for each in readings)


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_deeper_samples_of_the_same_picture_read_almost_the_same(bits):
    y, u, v = noise(), noise(80, 48, 2), noise(80, 48, 3)
    shallow = values(FrameAnalyzer(LAYERS).push((y, u, v), 0.0))
    planes = [each.astype(np.uint16) << (bits - 8) for each in (y, u, v)]
    deep = values(FrameAnalyzer(LAYERS).push(planes, 0.0, bits=bits))
    for path in ("visual.exposure", "visual.contrast", "complexity.spatial"):
        assert deep[path] == pytest.approx(shallow[path], rel=0.02, abs=0.01)


def test_the_array_is_read_where_it_lies(monkeypatch):
    lent = []
    native = SimpleNamespace(push=lambda *given, **_: lent.append(given), reset=lambda: None)
    monkeypatch.setattr("v100_ai._native.FrameAnalyzer", lambda *_: native)
    luma = noise(3840, 2160)[:, :3000]
    FrameAnalyzer(LAYERS).push(luma, 0.0)
    ((_, width, height, [(buffer, stride)], *_),) = lent
    assert (width, height, stride) == (3000, 2160, 3840)
    assert np.frombuffer(buffer, np.uint8).ctypes.data == luma.ctypes.data


def test_a_4k_frame_costs_no_allocation_of_its_size():
    luma = noise(3840, 2160)
    analyzer = FrameAnalyzer(LAYERS)
    analyzer.push(luma, 0.0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    for index in range(1, 9):
        analyzer.push(luma, index / 25)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    assert peak < luma.nbytes / 100
    assert grown < luma.nbytes / 2


def test_a_picture_written_between_pushes_is_seen():
    luma = noise()
    analyzer = FrameAnalyzer(LAYERS)
    analyzer.push(luma, 0.0)
    luma[:] = 255 - luma
    magnitude = analyzer.push(luma, 0.04).motion_magnitude
    assert magnitude is not None
    assert magnitude > 0


def test_one_analyzer_may_be_shared_between_threads():
    analyzer = FrameAnalyzer(LAYERS)
    frame = frame_from(noise(), 0.0)
    threads = [
        threading.Thread(target=lambda: [analyzer.push(frame) for _ in range(50)]) for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert analyzer.push(frame).frame == 200


def test_a_slide_of_two_pixels_is_seen_as_one():
    analyzer = FrameAnalyzer(LAYERS)
    readings = [analyzer.push(luma, index / 25) for index, luma in enumerate(clips.moving(4))]
    motion = readings[-1].motion
    assert motion is not None
    assert motion.vectors is not None
    assert abs(abs(motion.vectors.mean_x) - 2) < 0.5
    assert abs(motion.vectors.mean_y) < 0.5


def test_a_reading_has_a_row_of_finite_cells():
    analyzer = FrameAnalyzer(LAYERS)
    for index, luma in enumerate([np.zeros((96, 160), np.uint8), noise(), noise(seed=2)]):
        row = cells(analyzer.push(luma, float(index)), index)
        assert all(value is None or np.isfinite(value) for value in row.values())
