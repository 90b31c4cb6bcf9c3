import os
import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.tap.staged import noise, settle
from v100_ai import LAYERS, Frame, FrameAnalyzer, Plane
from v100_ai.errors import FrameRejected
from v100_ai.frames.door import frame_from
from v100_ai.measures import MEASURES
from v100_ai.tap import Tap, TapStats
from v100_ai.tap.tap import NICENESS


def told(reading: object) -> list[object]:
    paths = [each.path for each in MEASURES if each.layer not in ("quality", "deepfake")]
    known = [each.read(reading) for each in MEASURES if each.path in paths]
    return [getattr(reading, name) for name in ("frame", "pts", "width", "height")] + known


def ended(stats: TapStats) -> int:
    return stats.analysed + stats.replaced + stats.refused + stats.skipped


def test_the_newest_frame_wins_and_what_it_replaced_is_counted():
    tap = Tap()
    for index in range(5):
        assert tap.offer(noise(seed=index), index / 25)
    assert (tap.stats.offered, tap.stats.replaced, tap.stats.waiting) == (5, 4, 1)
    with tap:
        pass
    assert [(each.frame, each.pts) for each in tap.collect()] == [(4, 4 / 25)]
    assert (tap.stats.analysed, tap.stats.waiting) == (1, 0)


def test_a_picture_of_full_range_reads_as_one_of_limited_range():
    luma = av.VideoFrame.from_ndarray(noise(), format="gray")
    limited, full = (luma.reformat(format=name) for name in ("yuv420p", "yuvj420p"))
    exposures = []
    for picture in (limited, full):
        with Tap() as tap:
            assert tap.offer(picture, 0.0)
        (reading,) = tap.collect()
        assert told(reading) == told(FrameAnalyzer().push(picture, 0.0))
        assert reading.visual is not None
        exposures.append(reading.visual.exposure)
    assert exposures[1] == pytest.approx(exposures[0], abs=0.004)


def pictures() -> list[tuple[object, float, int | None]]:
    """Everything that starts an analysis afresh, and everything that must not."""
    y, u, v = noise(), noise(80, 48, 2), noise(80, 48, 3)
    deep = [(each.astype(np.uint16) << 2) for each in (y, u, v)]
    shown: list[tuple[object, float, int | None]] = [
        ((y, u, v), 10.0, None),
        ((np.roll(y, 2, axis=1), u, v), 10.04, None),
        ((np.roll(y, 3, axis=1), u, v), 9.5, None),
        ((np.roll(y, 4, axis=1), u, v), 2.0, None),
        ((y, u, v), 2.04, None),
        (y, 2.08, None),
        (np.roll(y, 1, axis=0), 2.12, None),
        (noise(176, 96)[:, :160], 2.16, None),
        (deep, 2.2, 10),
        ([np.roll(each, 1, axis=0) for each in deep], 2.24, 10),
        (deep, 2.28, 12),
        (deep, 2.32, None),
        ((y, np.stack([u, v], axis=-1)), 2.36, None),
    ]
    return shown


def test_where_nothing_is_dropped_it_reads_what_an_analyzer_reads_to_the_last_bit():
    analyzer = FrameAnalyzer(LAYERS)
    expected = [told(analyzer.push(each, pts, bits=bits)) for each, pts, bits in pictures()]
    with Tap(LAYERS) as tap:
        for each, pts, bits in pictures():
            tap.offer(each, pts, bits=bits)
            settle(tap)
    assert [told(reading) for reading in tap.collect()] == expected


def test_every_way_in_reads_the_same():
    y, u, v = noise(), noise(80, 48, 2), noise(80, 48, 3)
    packed = np.concatenate([y.ravel(), u.ravel(), v.ravel()])
    picture = av.VideoFrame.from_ndarray(packed.reshape(144, 160), format="yuv420p")
    picture.pts, picture.time_base = 0, Fraction(1, 25)
    planes = (Plane(y.data, 160), Plane(u.data, 80), Plane(v.data, 80))
    with Tap() as tap:
        for each in [(y, u, v), (y, u, v), (y, np.stack([u, v], axis=-1)), [y, u, v]]:
            tap.offer(each, 0.0)
            settle(tap)
        for lent in (picture, Frame("yuv420p", 160, 96, planes, 0.0)):
            tap.offer(lent)
            settle(tap)
        tap.offer(packed, 0.0, width=160, height=96, format="yuv420p")
    readings = [told(each)[1:] for each in tap.collect()]
    assert len(readings) == 7
    assert all(each == readings[1] for each in readings[2:])


def test_a_picture_of_another_pixel_format_is_converted():
    picture = av.VideoFrame.from_ndarray(np.zeros((96, 160, 3), np.uint8), format="rgb24")
    with Tap() as tap:
        tap.offer(picture, 1.0)
    assert [each.pts for each in tap.collect()] == [1.0]


def test_arrays_that_lie_alike_are_looked_at_once(monkeypatch):
    looks = []

    def look(*given, **more):
        looks.append(given)
        return frame_from(*given, **more)

    monkeypatch.setattr("v100_ai.tap.tap.frame_from", look)
    tap = Tap()
    for index in range(3):
        tap.offer((noise(seed=index), noise(80, 48), noise(80, 48)), 0.0)
    assert len(looks) == 1
    for other in (
        (noise(), noise(80, 48)),
        (noise(), noise(80, 48), noise(80, 48), noise(80, 48)),
        (noise(), noise(80, 48), noise(80, 48).view(np.int8)),
        (noise(), noise(80, 48), None),
    ):
        with pytest.raises(FrameRejected):
            tap.offer(other, 0.0)
    assert len(looks) == 5
    deep = noise().astype(np.uint16)
    for bits in (10, 10, None, 12):
        tap.offer(deep, 0.0, bits=bits)
    assert len(looks) == 8
    assert (tap.stats.offered, tap.stats.refused) == (11, 4)


ACTS = st.lists(
    st.sampled_from(["frame", "frame", "array", "garbage", "timeless", "collect", "open"]),
    max_size=30,
)


@given(ACTS, st.sampled_from([None, 10.0]), st.integers(1, 3))
def test_every_frame_offered_comes_to_one_end(acts, fps, capacity):
    tap, opened, collected, last = Tap(fps=fps, capacity=capacity), False, 0, -1
    lent = frame_from(noise(), 0.0)
    for index, act in enumerate(acts):
        match act:
            case "frame":
                tap.offer(lent, index / 25)
            case "array":
                tap.offer(noise(32, 32, index), index / 25)
            case "garbage" | "timeless":
                with pytest.raises(FrameRejected):
                    tap.offer(None, 0.0) if act == "garbage" else tap.offer(noise(), None)
            case "collect":
                for reading in tap.collect():
                    assert reading.frame > last
                    last, collected = reading.frame, collected + 1
            case "open" if not opened:
                tap.__enter__()
                opened = True
        stats = tap.stats
        assert stats.offered == ended(stats) + stats.waiting
        assert stats.offered == sum(
            each in {"frame", "array", "garbage", "timeless"} for each in acts[: index + 1]
        )
    tap.close()
    collected += len(tap.collect())
    stats = tap.stats
    assert (stats.waiting, stats.offered) == (0, ended(stats))
    assert collected == stats.analysed - stats.readings_dropped


def test_readings_nobody_collects_lose_the_oldest():
    with Tap(capacity=3) as tap:
        for index in range(10):
            tap.offer(noise(), index / 25)
            settle(tap)
    assert [each.frame for each in tap.collect()] == [7, 8, 9]
    assert tap.stats.readings_dropped == 7
    assert tap.collect() == []


def test_a_rate_is_kept_by_the_frames_own_times():
    with Tap(fps=10) as tap:
        taken = [index for index in range(50) if tap.offer(noise(), index / 50)]
        settle(tap)
    assert taken == list(range(0, 50, 5))
    assert tap.stats.skipped == 40


def test_closing_while_it_is_busy_measures_what_waits():
    tap = Tap(LAYERS)
    with tap:
        for index in range(20):
            tap.offer(noise(640, 360, index), index / 25)
    assert tap.stats.waiting == 0
    assert tap.collect()[-1].frame == 19


def test_a_closed_tap_takes_nothing():
    tap = Tap()
    with tap:
        pass
    assert not tap.offer(noise(), 0.0)
    assert not tap.offer(frame_from(noise(), 0.0))
    assert (tap.stats.skipped, tap.collect()) == (2, [])
    tap.close()


@pytest.mark.parametrize("within", [True, False])
def test_a_tap_opens_once(within):
    tap = Tap()
    with tap:
        if within:
            with pytest.raises(RuntimeError, match="not open yet"):
                tap.__enter__()
        tap.offer(noise(), 0.0)
    with pytest.raises(RuntimeError, match="not open yet"):
        tap.__enter__()
    assert len(tap.collect()) == 1


def test_its_thread_stands_back_and_ends_with_its_block():
    def threads() -> list[int]:
        tasks = Path("/proc/self/task").iterdir()
        return [int(each.name) for each in tasks if (each / "comm").read_text() == "v100-tap\n"]

    with Tap():
        (thread,) = threads()
        assert os.getpriority(os.PRIO_PROCESS, thread) == NICENESS
    assert threads() == []


def test_many_threads_may_offer_and_collect():
    frames = [frame_from(noise(seed=seed), seed / 25) for seed in range(50)]
    collected: list[list[int]] = [[] for _ in range(2)]

    def offer() -> None:
        for frame in frames:
            tap.offer(frame)

    def collect(into: list[int]) -> None:
        while not over.is_set():
            into.extend(reading.frame for reading in tap.collect())

    over = threading.Event()
    with Tap() as tap:
        offering = [threading.Thread(target=offer) for _ in range(4)]
        collecting = [threading.Thread(target=collect, args=(each,)) for each in collected]
        for thread in offering + collecting:
            thread.start()
        for thread in offering:
            thread.join()
        settle(tap)
        over.set()
        for thread in collecting:
            thread.join()
    found = [reading.frame for reading in tap.collect()]
    assert all(each == sorted(each) for each in collected)
    assert tap.stats.offered == 200
    assert len(set(sum(collected, found))) == tap.stats.analysed
