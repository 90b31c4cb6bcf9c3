"""What lies between decoding and the pipe: reading ahead, pace, thinning, batches."""

import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from v100_ai.errors import SourceLost
from v100_ai.report.rows import Cell
from v100_ai.worker.child.feed import AHEAD, Feed
from v100_ai.worker.child.pace import LATE_S, LONGEST_STEP_S, PROMPT_S, Lateness, Pace, Thinning
from v100_ai.worker.child.sender import LATEST_S, STATS_S, Sender
from v100_ai.worker.messages import FRAMES, LENGTH, Ended, Message, Readings, Stats
from v100_ai.worker.wire import length, parsed


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def nothing() -> None:
    return


def starve(_: int) -> int:
    raise MemoryError


@given(st.lists(st.integers(), max_size=30))
def test_a_feed_that_may_wait_gives_everything_in_order(items: list[int]):
    with Feed(iter(items), nothing, lossy=False) as feed:
        assert list(feed) == items
    assert (feed.decoded, feed.dropped) == (len(items), 0)


def test_the_newest_win_where_nobody_can_wait():
    read = threading.Event()

    def camera() -> Iterator[int]:
        yield from range(10)
        read.set()

    with Feed(camera(), nothing, lossy=True) as feed:
        assert read.wait(10)
        assert list(feed) == [8, 9]
    assert (feed.decoded, feed.dropped) == (10, 10 - AHEAD)


def test_what_was_read_comes_before_the_error_that_ended_it():
    def camera() -> Iterator[int]:
        yield 1
        raise SourceLost("camera", "gone")

    found = list[int]()
    with Feed(camera(), nothing, lossy=False) as feed, pytest.raises(SourceLost, match="gone"):
        found.extend(feed)
    assert found == [1]


def test_no_memory_in_the_reader_is_no_memory():
    def camera() -> Iterator[int]:
        yield from map(starve, (1,))

    with Feed(camera(), nothing, lossy=False) as feed, pytest.raises(MemoryError):
        list(feed)


def test_who_waits_for_a_frame_looks_after_other_things():
    looked = threading.Event()

    def camera() -> Iterator[int]:
        assert looked.wait(10)
        yield 1

    with Feed(camera(), looked.set, lossy=False) as feed:
        assert list(feed) == [1]


def test_a_reader_that_is_left_stops_reading():
    def endless() -> Iterator[int]:
        number = 0
        while True:
            yield (number := number + 1)

    with Feed(endless(), nothing, lossy=False) as feed:
        assert next(iter(feed)) == 1
    assert feed.decoded <= AHEAD + 3


@given(st.lists(st.floats(0, 5), min_size=1, max_size=40))
def test_frames_are_due_as_far_apart_as_their_times(steps: list[float]):
    clock = Clock()
    pace, pts, due = Pace(clock), 50.0, list[float]()
    for step in steps:
        pts += step
        clock.now += pace.left(pts)
        due.append(clock.now)
    assert [after - before for before, after in pairwise(due)] == pytest.approx(steps[1:], abs=1e-6)


def test_a_late_frame_is_due_at_once_and_the_next_in_its_own_time():
    clock = Clock()
    pace = Pace(clock)
    assert pace.left(0.0) == 0.0
    clock.now += 3.0
    assert pace.left(1.0) == 0.0
    assert pace.left(4.0) == pytest.approx(1.0)


@pytest.mark.parametrize("pts", [1e9, -1e9, LONGEST_STEP_S + 0.1])
def test_a_break_in_the_times_is_not_waited_for(pts: float):
    pace = Pace(Clock())
    pace.left(0.0)
    assert pace.left(pts) == 0.0
    assert pace.left(pts + 0.5) == pytest.approx(0.5)


@given(st.integers(1, 60), st.floats(0.5, 60), st.integers(1, 300))
def test_thinning_keeps_no_more_than_its_rate(fps: int, rate: float, frames: int):
    thinning = Thinning(rate)
    kept = [index / fps for index in range(frames) if thinning.accepts(index / fps)]
    assert kept[0] == 0.0
    seconds = (frames - 1) / fps
    assert len(kept) <= seconds * rate + 1.01
    assert len(kept) >= min(frames, int(seconds * rate * 0.999)) - 1 or rate > fps
    assert rate < fps or len(kept) == frames


def test_after_a_step_back_thinning_goes_on():
    thinning = Thinning(1.0)
    times = (0.0, 0.5, 1.0, 0.2, 0.7, 1.2)
    assert [pts for pts in times if thinning.accepts(pts)] == [0.0, 1.0, 0.2, 1.2]


class Pipe:
    def __init__(self) -> None:
        self.content = b""

    def __call__(self, content: bytes) -> None:
        self.content += content

    def messages(self) -> list[Message]:
        found, rest = list[Message](), self.content
        while rest:
            end = LENGTH + length(rest[:LENGTH])
            found.append(parsed(rest[LENGTH:end]))
            rest = rest[end:]
        return found


def row(number: int) -> dict[str, Cell]:
    return {"frame": number, "pts": number / 25, "ssim": None}


def test_rows_leave_together_when_they_are_many():
    pipe = Pipe()
    sender = Sender(pipe, Clock())
    for number in range(FRAMES + 1):
        sender.push(row(number))
    (readings,) = pipe.messages()
    assert isinstance(readings, Readings)
    assert readings.frames == tuple(range(FRAMES))
    assert set(readings.columns) == {"frame", "pts"}


def test_a_row_waits_no_longer_than_its_time():
    pipe, clock = Pipe(), Clock()
    sender = Sender(pipe, clock)
    sender.push(row(0))
    clock.now += LATEST_S / 2
    sender.lapse()
    assert pipe.messages() == []
    clock.now += LATEST_S / 2
    sender.lapse()
    assert len(pipe.messages()) == 1


def test_nothing_overtakes_the_rows_before_it():
    pipe = Pipe()
    sender = Sender(pipe, Clock())
    sender.push(row(0))
    sender.tell(Ended())
    assert [type(each) for each in pipe.messages()] == [Readings, Ended]


def test_counters_are_told_once_in_a_while():
    pipe, clock = Pipe(), Clock()
    sender = Sender(pipe, clock)
    for _ in range(30):
        sender.tick(Stats())
        clock.now += STATS_S / 10
    assert len(pipe.messages()) == 3


def test_a_frame_that_is_late_says_by_how_much():
    clock = Clock()
    pace = Pace(clock)
    pace.left(0.0)
    clock.now += 5.0
    assert pace.left(1.0) == 0.0
    assert pace.behind == pytest.approx(4.0)
    assert pace.left(6.0) == pytest.approx(1.0)
    assert pace.behind == 0.0


def test_frames_are_left_out_from_late_until_prompt_again():
    late = Lateness()
    assert not late.drops(LATE_S)
    assert late.drops(LATE_S + 0.1)
    assert late.drops(PROMPT_S + 0.1)
    assert not late.drops(PROMPT_S)
    assert not late.drops(LATE_S)


@given(cost=st.floats(0.0, 0.5), drops=st.booleans())
def test_a_source_that_costs_too_much_is_never_more_than_late_where_frames_are_left_out(
    cost, drops
):
    """Frames come each 0.1 s; one that is measured costs so much, one that is left out nothing."""
    clock, late = Clock(), Lateness()
    pace, worst, dropped = Pace(clock), 0.0, 0
    for number in range(300):
        clock.now += pace.left(number * 0.1)
        worst = max(worst, pace.behind)
        if drops and late.drops(pace.behind):
            dropped += 1
        else:
            clock.now += cost
    if drops:
        assert worst <= LATE_S + cost
        assert cost > 0.1 or not dropped
    elif cost > 0.11:
        assert worst > 1.0
