from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from tests.highlights.said import say
from v100_ai.highlights.model import Segment
from v100_ai.highlights.settlement import SettledTwice, Settlements
from v100_ai.highlights.window import Batch, Window


def segment(number: int, seconds: float) -> Segment:
    return Segment(id=f"s{number}", participant="A", start=0.0, end=seconds, text="words")


# Each step: seconds that pass, and how long the next segment lasts; None only lets time pass.
steps = st.lists(st.tuples(st.floats(0, 20), st.none() | st.floats(0, 15)), max_size=60)


@given(steps)
def test_ranges_tile_the_meeting_without_gap_or_overlap(steps: list[tuple[float, float | None]]):
    window, now = Window(), 0.0
    pushed: list[Segment] = []
    batches: list[Batch] = []
    for passed, seconds in steps:
        now += passed
        if seconds is None:
            batches += window.tick(now)
        else:
            pushed.append(segment(len(pushed), seconds))
            batches += window.push(pushed[-1], now)
    batches += window.flush(now)
    assert [each for batch in batches for each in batch.segments] == pushed
    assert [batch.first for batch in batches] == [0, *(batch.last + 1 for batch in batches)][
        : len(batches)
    ]
    assert all(len(batch.segments) == batch.last - batch.first + 1 for batch in batches)
    assert all(one.closed <= other.closed for one, other in pairwise(batches))


@given(steps)
def test_no_segment_waits_longer_than_the_wall(steps: list[tuple[float, float | None]]):
    window, now = Window(), 0.0
    heard: dict[str, float] = {}
    for passed, seconds in steps:
        due = window.due
        now += passed
        if due is not None and due <= now:
            for batch in window.tick(due):
                assert all(batch.closed - heard[each.id] <= window.wall for each in batch.segments)
        if seconds is not None:
            name = f"s{len(heard)}"
            heard[name] = now
            window.push(Segment(id=name, participant="A", start=0, end=seconds, text="x"), now)


def test_a_batch_closes_after_its_seconds_of_speech():
    window = Window(speech=12)
    lines = say(*[("A", "well")] * 6, seconds=2.0)
    closed = [window.push(each, each.end) for each in lines]
    assert [len(batches) for batches in closed] == [0, 0, 0, 0, 0, 1]
    assert closed[-1][0].segments == tuple(lines)


def test_a_batch_closes_when_nobody_speaks():
    window = Window(silence=2.5)
    window.push(segment(0, 1.0), 1.0)
    assert window.due == 3.5
    assert window.tick(3.4) == []
    assert len(window.tick(3.5)) == 1
    assert window.due is None


def test_a_long_sentence_is_no_silence():
    window = Window(silence=2.5)
    first, second = say(("A", "yes"), ("B", "a long answer that takes four seconds"), seconds=4.0)
    assert window.push(first, 4.0) == []
    assert window.push(second, 8.0) == []
    late = Segment(id="s2", participant="A", start=10.5, end=10.6, text="so")
    (batch,) = window.push(late, 10.6)
    assert batch.segments == (first, second)


def test_somebody_who_is_still_speaking_keeps_the_batch_open():
    window = Window(silence=2.5)
    window.push(segment(0, 1.0), 1.0)
    window.voice(3.0)
    assert window.tick(5.4) == []
    assert len(window.tick(5.5)) == 1


def test_a_batch_closes_by_the_wall_though_words_keep_dripping():
    window = Window(wall=15)
    for number in range(8):
        assert window.push(segment(number, 0.1), 2.0 * number) == []
    (batch,) = window.push(segment(8, 0.1), 16.0)
    assert batch.last == 7


def test_numbering_goes_on_where_an_earlier_run_stopped():
    window = Window()
    window.resume(41)
    window.push(segment(0, 1.0), 0.0)
    assert window.flush(0.0)[0].first == 41
    with pytest.raises(ValueError, match="42"):
        window.resume(3)


@given(st.lists(st.integers(1, 4), max_size=12))
def test_what_is_heard_is_open_until_it_is_settled_once(sizes: list[int]):
    settlements = Settlements()
    everything = [segment(number, 1.0) for number in range(sum(sizes))]
    assert all(settlements.accept(each) for each in everything)
    assert not any(settlements.accept(each) for each in everything)
    for size in sizes:
        settlements.settle(settlements.settled, settlements.settled + size - 1, "rules")
    assert settlements.open == ()
    assert settlements.counts["rules"] == len(everything)


@pytest.mark.parametrize("ends", [(0, 1), (1, 1), (3, 3), (2, 9), (2, 1)])
def test_a_range_is_not_settled_twice_nor_ahead_of_its_turn(ends: tuple[int, int]):
    settlements = Settlements()
    for number in range(5):
        settlements.accept(segment(number, 1.0))
    settlements.settle(0, 1, "claude")
    with pytest.raises(SettledTwice):
        settlements.settle(*ends, "rules")
