import json
from itertools import pairwise
from math import inf, isinf, isnan, nan

import pytest
from hypothesis import given, strategies as st

from v100_ai.errors import FrameRejected
from v100_ai.layers.frames.window import ALWAYS, SECOND, FrameWindow, Rate
from v100_ai.layers.inputs import Value

steps = st.sampled_from([0.0, 0.04, 0.3, 0.99, 1.0, 7.0, -0.3, -1.0, -50.0])
scores = st.none() | st.floats(-100, 100) | st.sampled_from([inf, -inf, nan])
frames = st.lists(st.tuples(steps, scores, scores), max_size=60)
sizes = st.lists(st.integers(1, 9), min_size=60, max_size=60)
limits = st.integers(1, 12)


def columns(frames) -> dict[str, list[Value]]:
    pts, times = 100.0, []
    for step, _, _ in frames:
        pts += step
        times.append(pts)
    psnr, blur = [each[1] for each in frames], [each[2] for each in frames]
    return {"frame": list(range(len(frames))), "pts": times, "psnr": psnr, "visual_blur": blur}


def told(window: FrameWindow, whole: dict[str, list[Value]], rate: Rate):
    return [each.told(rate).to_json() for each in (*window.push(whole), *window.flush())]


def gathered(rate: Rate, limit: int, whole: dict[str, list[Value]], sizes: list[int]):
    window = FrameWindow(limit)
    found, start = [], 0
    for size in sizes:
        batch = {name: values[start : start + size] for name, values in whole.items()}
        # A layer with nothing to say in a batch may leave its column out.
        if all(value is None for value in batch["visual_blur"]):
            del batch["visual_blur"]
        found += window.push(batch)
        start += size
    return [each.told(rate).to_json() for each in (*found, *window.flush())]


def plain(value: Value) -> Value | str:
    return None if value is None or isnan(value) else str(value) if isinf(value) else value


@given(frames, sizes, limits)
def test_no_frame_is_lost_or_told_twice_and_their_order_stays(frames, sizes, limit):
    whole = columns(frames)
    windows = gathered("frame", limit, whole, sizes)
    for name in ("frame", "pts"):
        assert [each for window in windows for each in window["columns"][name]] == whole[name]
    for name in ("psnr", "visual_blur"):
        told = []
        for window in windows:
            told += window["columns"].get(name, [None] * window["frames"])
        assert told == [plain(value) for value in whole[name]]
    assert json.loads(json.dumps(windows, allow_nan=False)) == windows


@given(frames, sizes, limits)
def test_a_second_says_of_the_same_frames_what_the_frames_say(frames, sizes, limit):
    whole = columns(frames)
    by_frame = gathered("frame", limit, whole, sizes)
    by_second = gathered("second", limit, whole, sizes)
    heads = ("frame", "frames", "from_pts", "to_pts")
    assert [[each[name] for name in heads] for each in by_frame] == [
        [each[name] for name in heads] for each in by_second
    ]
    for one, other in zip(by_frame, by_second, strict=True):
        for name in ("psnr", "visual_blur"):
            values = [float(v) for v in one["columns"].get(name, []) if v is not None]
            told = other.get(name)
            assert (told is None) == (not values)
            if told:
                assert (float(told["min"]), float(told["max"])) == (min(values), max(values))
                if told["mean"] is not None:
                    assert min(values) <= float(told["mean"]) <= max(values)
    json.dumps(by_second, allow_nan=False)


@given(frames, sizes, limits)
def test_a_window_is_bounded_in_time_and_in_frames(frames, sizes, limit):
    windows = gathered("frame", limit, columns(frames), sizes)
    for window in windows:
        assert 1 <= window["frames"] <= limit
        assert window["to_pts"] - window["from_pts"] < 2 * SECOND
        assert window["frame"] == window["columns"]["frame"][-1]
    for one, other in pairwise(windows):
        first = other["columns"]["pts"][0]
        full = one["frames"] == limit
        assert full or not one["from_pts"] <= first < one["from_pts"] // SECOND * SECOND + SECOND


def test_steady_frames_make_one_window_a_second():
    whole: dict[str, list[Value]] = {
        "frame": list(range(100)),
        "pts": [index / 25 for index in range(100)],
        "vmaf": [90.0] * 100,
    }
    window = FrameWindow()
    windows = [each.told("second").to_json() for each in window.push(whole)]
    assert [each["from_pts"] for each in windows] == [0.0, 1.0, 2.0]
    assert window.flush()[0].frame == 99
    assert window.flush() == []
    assert windows[0] == {
        "frame": 24,
        "frames": 25,
        "from_pts": 0.0,
        "to_pts": 0.96,
        **dict.fromkeys(ALWAYS),
        "vmaf": {"min": 90.0, "mean": 90.0, "max": 90.0},
    }


def test_the_psnr_of_equal_pictures_is_infinite_in_either_rate():
    equal: dict[str, list[Value]] = {"frame": [0, 1], "pts": [0.0, 0.1], "psnr": [inf, 40.0]}
    (by_second,) = told(FrameWindow(), equal, "second")
    (by_frame,) = told(FrameWindow(), equal, "frame")
    # Pooled by the mean squared error: half of what 40 dB has.
    assert by_second["psnr"] == {"min": 40.0, "mean": pytest.approx(43.0103), "max": "inf"}
    assert by_frame["columns"]["psnr"] == ["inf", 40.0]


def test_neighbours_out_of_order_stay_together():
    swapped: dict[str, list[Value]] = {"frame": [0, 1, 2, 3], "pts": [1.0, 2.0, 1.96, 2.04]}
    windows = told(FrameWindow(), swapped, "frame")
    assert [each["columns"]["frame"] for each in windows] == [[0], [1, 2, 3]]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"pts": [0.0]}, "found none of frame"),
        ({"frame": [0], "pts": []}, "frame: expected 0 values, found 1"),
        ({"frame": [0], "pts": [0.0], "vmaf": [1.0, 2.0]}, "vmaf: expected 1 values, found 2"),
        ({"frame": [0], "pts": [nan]}, "finite seconds"),
        ({"frame": [0], "pts": [None]}, "finite seconds"),
    ],
)
def test_columns_that_do_not_fit_are_refused_whole(wrong, said):
    window = FrameWindow()
    with pytest.raises(FrameRejected, match=said):
        window.push(wrong)
    assert window.flush() == []
