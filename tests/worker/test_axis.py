from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from v100_ai.events import FaultFound, SceneCut
from v100_ai.worker.axis import REORDERING_S, Axis, Gap, Position
from v100_ai.worker.messages import Readings
from v100_ai.worker.spec import Resume


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def read(first: int, *times: float) -> Readings:
    frames = tuple(range(first, first + len(times)))
    return Readings(columns={"frame": frames, "pts": times})


def placed(axis: Axis, readings: Readings) -> tuple[list[Gap], Readings]:
    *gaps, last = axis.place(readings)
    assert isinstance(last, Readings)
    return [each for each in gaps if isinstance(each, Gap)], last


def test_times_of_one_connection_stay_as_they_are():
    axis = Axis(Clock())
    assert placed(axis, read(0, 5.0, 5.04)) == ([], read(0, 5.0, 5.04))
    assert axis.resume() == Resume(frame=1, pts=5.04)


def test_nothing_is_resumed_before_anything_was_read():
    assert Axis(Clock()).resume() is None


def test_what_can_be_read_again_goes_on_without_a_gap():
    axis = Axis(Clock())
    placed(axis, read(0, 0.0, 0.04))
    axis.lose("killed")
    axis.go_on()
    assert placed(axis, read(2, 0.08)) == ([], read(2, 0.08))


def test_a_live_source_that_kept_its_clock_goes_on_by_it():
    clock = Clock()
    axis = Axis(clock)
    placed(axis, read(0, 50.0, 50.04))
    clock.now += 10.0
    axis.lose("no signal")
    gaps, found = placed(axis, read(0, 60.5, 60.54))
    assert gaps == [Gap(from_pts=50.04, to_pts=60.5, reason="no signal")]
    assert found == read(2, 60.5, 60.54)


def test_a_live_source_that_counts_from_nought_again_goes_on_by_the_wall():
    clock = Clock()
    axis = Axis(clock)
    placed(axis, read(0, 50.0, 50.04))
    clock.now += 10.0
    axis.lose("no signal")
    gaps, found = placed(axis, read(0, 0.0, 0.04))
    assert gaps == [Gap(from_pts=50.04, to_pts=50.04 + 10.0, reason="no signal")]
    assert found.times == pytest.approx((60.04, 60.08))
    assert found.frames == (2, 3)


def test_a_clock_that_is_ahead_by_chance_is_not_taken_for_the_same():
    clock = Clock()
    axis = Axis(clock)
    placed(axis, read(0, 3.0))
    clock.now += 100.0
    axis.lose("no signal")
    _, found = placed(axis, read(0, 4.0))
    assert found.times == pytest.approx((103.0,))


def test_only_the_first_reason_is_told():
    axis = Axis(Clock())
    placed(axis, read(0, 0.0))
    axis.lose("no signal")
    axis.lose("no such host")
    gaps, _ = placed(axis, read(0, 0.0))
    assert [gap.reason for gap in gaps] == ["no signal"]


def test_a_source_that_jumps_back_goes_on_one_step_later():
    axis = Axis(Clock())
    gaps, found = placed(axis, read(0, 10.0, 10.04, 0.0, 0.04))
    assert gaps == []
    assert found.times == pytest.approx((10.0, 10.04, 10.08, 10.12))
    resume = axis.resume()
    assert resume == Resume(frame=3, pts=None)


def test_neighbours_in_the_wrong_order_stay_so():
    _, found = placed(Axis(Clock()), read(0, 10.0, 10.08, 10.04, 10.12))
    assert found.times == (10.0, 10.08, 10.04, 10.12)


def test_cuts_and_faults_lie_where_their_frames_do():
    clock = Clock()
    axis = Axis(clock)
    placed(axis, read(0, 50.0))
    axis.lose("gone")
    placed(axis, read(0, 0.0))
    later = axis.position.later if axis.position else 0.0
    assert axis.place(SceneCut(frame=3, pts=1.0, score=0.5)) == [
        SceneCut(frame=4, pts=1.0 + later, score=0.5)
    ]
    fault = FaultFound(fault="black", from_pts=1.0, to_pts=2.0, frames=9, worst=1.0)
    (found,) = axis.place(fault)
    assert isinstance(found, FaultFound)
    assert (found.from_pts, found.to_pts) == (1.0 + later, 2.0 + later)


def test_an_axis_goes_on_where_an_earlier_process_stopped():
    clock = Clock()
    axis = Axis(clock, Position(frame=99, pts=4.0, frames_later=10, later=1.5), at=clock.now - 20)
    assert axis.resume() == Resume(frame=89, pts=2.5)
    axis.lose("the service was started again")
    gaps, found = placed(axis, read(0, 0.0))
    assert found.frames == (100,)
    assert gaps == [Gap(from_pts=4.0, to_pts=24.0, reason="the service was started again")]


lives = st.lists(
    st.tuples(
        st.floats(0, 1000),  # seconds away
        st.lists(st.floats(0, 1e6), min_size=1, max_size=20),  # times, in any order
    ),
    max_size=8,
)


@given(lives)
def test_whatever_a_source_says_the_axis_never_steps_back_by_much(lives):
    clock = Clock()
    axis = Axis(clock)
    frames, times, ends = list[int](), list[float](), list[Gap]()
    for away, pts in lives:
        gaps, found = placed(axis, read(0, *pts))
        frames += found.frames
        times += found.times
        ends += gaps
        clock.now += away
        axis.lose("gone")
    assert frames == list(range(len(frames)))
    assert all(after >= before - REORDERING_S - 1e-6 for before, after in pairwise(times))
    assert len(ends) == max(0, len(lives) - 1)
    assert all(gap.to_pts > gap.from_pts for gap in ends)
