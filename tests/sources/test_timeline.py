from itertools import pairwise

from hypothesis import given, strategies as st

from v100_ai.frames import Gap
from v100_ai.sources.timeline import Timeline


def placed(times: list[float], step: float = 0.04, lasts: float | None = None):
    line = Timeline(step)
    return [line.place(pts, lasts) for pts in times]


def run(start: float, count: int, step: float = 0.04) -> list[float]:
    return [start + step * at for at in range(count)]


def gaps(found: list[tuple[float, Gap | None]]) -> list[Gap]:
    return [gap for _, gap in found if gap is not None]


def test_a_clock_that_starts_again_goes_on():
    found = placed(run(1.4, 50) + run(1.4, 50))
    assert [round(at, 6) for at, _ in found] == [round(at, 6) for at in run(1.4, 100)]
    (gap,) = gaps(found)
    assert not gap.held
    assert gap.reason == "the clock starts again: from 3.36 to 1.40 s"


def test_a_clock_that_is_set_ahead_goes_on():
    found = placed(run(0.0, 50) + run(3600.0, 50))
    assert [round(at, 6) for at, _ in found] == [round(at, 6) for at in run(0.0, 100)]
    assert [gap.held for gap in gaps(found)] == [False]


def test_missing_frames_of_a_regular_input_are_a_gap():
    found = placed(run(0.0, 50) + run(5.0, 50))
    (gap,) = gaps(found)
    assert (round(gap.start, 6), gap.end, gap.held) == (1.96, 5.0, True)
    assert found[-1][0] == run(5.0, 50)[-1]


def test_a_picture_that_says_how_long_it_lasts_leaves_no_gap():
    line = Timeline(0.04)
    for pts in run(0.0, 50):
        assert line.place(pts, 0.04)[1] is None
    line.place(2.0, 3.0)
    assert line.place(5.0, 0.04) == (5.0, None)


def test_frames_that_come_when_something_changes_leave_no_gaps():
    times = [0.0, 0.1, 0.13, 0.4, 2.0, 2.2, 2.25, 2.9, 6.0, 6.5, 6.6]
    assert gaps(placed(times)) == []


def test_jitter_is_left_alone():
    times = [0.0, 0.04, 0.03, 0.08, 0.12]
    assert [at for at, _ in placed(times)] == times


@given(st.lists(st.floats(-1e5, 1e5), max_size=60), st.floats(0.001, 1.0))
def test_the_axis_never_steps_back_by_more_than_jitter(times, step):
    found = [at for at, _ in placed(times, step)]
    assert len(found) == len(times)
    assert all(
        later - earlier >= -max(0.1, 1.5 * max(step, 0.5)) - 1e-6
        for earlier, later in pairwise(found)
    )
