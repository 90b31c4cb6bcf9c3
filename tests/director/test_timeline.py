import itertools

import pytest
from hypothesis import given, strategies as st

from v100_ai.director import Span, TalkStarted, TalkStopped, Timeline
from v100_ai.director.timeline import summary, turns

people = st.sampled_from(["ana", "bo", "cy"])
looks = st.lists(st.tuples(st.floats(0, 5), st.frozensets(people)), min_size=1, max_size=40)


def timeline(steps) -> Timeline:
    line, now = Timeline(), 0.0
    for wait, talking in steps:
        now += wait
        line.push(talking, at=now)
    return line


@given(looks)
def test_silence_speech_and_overlap_add_up_to_the_session(steps):
    line = timeline(steps)
    found = line.summary()
    moments = sorted(
        {edge for lane in line.lanes().values() for s in lane for edge in (s.start, s.end)}
    )
    single = found.seconds - found.silence - found.overlap
    assert 0 <= found.silence <= found.seconds + 1e-9
    assert single >= -1e-9
    assert sum(one.seconds for one in found.speakers) >= single + 2 * found.overlap - 1e-6
    assert not moments or moments[-1] <= sum(wait for wait, _ in steps) + 1e-9


@given(looks)
def test_shares_add_up_to_one_unless_nobody_spoke(steps):
    found = timeline(steps).summary()
    spoke = any(one.seconds > 0 for one in found.speakers)
    assert sum(one.share for one in found.speakers) == pytest.approx(1.0 if spoke else 0.0)


@given(looks)
def test_a_lane_is_in_order_and_never_overlaps_itself(steps):
    for lane in timeline(steps).lanes().values():
        assert all(a.end <= b.start for a, b in itertools.pairwise(lane))
        assert all(span.seconds >= 0 for span in lane)


@given(looks)
def test_every_start_has_its_stop_or_is_still_going(steps):
    line, now, going = Timeline(), 0.0, set()
    for wait, talking in steps:
        now += wait
        for event in line.push(talking, at=now):
            match event:
                case TalkStarted():
                    assert event.participant not in going
                    going.add(event.participant)
                case TalkStopped():
                    going.remove(event.participant)
        assert going == talking


def test_pauses_shorter_than_the_bridge_do_not_end_a_turn():
    spans = [Span(0.0, 1.0), Span(1.5, 2.0), Span(2.7, 3.0)]
    assert turns(spans, bridge=0.6) == [Span(0.0, 2.0), Span(2.7, 3.0)]


def test_share_counts_speech_and_the_longest_turn_counts_its_pauses():
    lanes = {"ana": [Span(0.0, 1.0), Span(1.5, 3.5)], "bo": [Span(5.0, 6.0)]}
    found = summary(lanes, Span(0.0, 10.0))
    ana, bo = found.speakers
    assert (ana.participant, ana.seconds, ana.share) == ("ana", 3.0, 0.75)
    assert (ana.turns, ana.longest_turn, bo.turns, bo.interjections) == (1, 3.5, 1, 0)
    assert (found.silence, found.overlap) == (6.0, 0.0)


def test_a_turn_that_makes_another_give_way_is_an_interruption():
    lanes = {"ana": [Span(0.0, 4.0)], "bo": [Span(3.0, 6.0)]}
    ana, bo = sorted(summary(lanes, Span(0.0, 6.0)).speakers, key=lambda one: one.participant)
    assert (bo.interruptions, bo.interrupted, ana.interruptions, ana.interrupted) == (1, 0, 0, 1)


def test_an_interjection_and_a_smooth_exchange_are_none():
    for bo in (Span(3.0, 3.4), Span(3.8, 6.0), Span(3.0, 3.9)):
        found = summary({"ana": [Span(0.0, 4.0)], "bo": [bo]}, Span(0.0, 6.0))
        assert not any(one.interruptions for one in found.speakers)


def test_overlap_is_counted_once():
    lanes = {"ana": [Span(0.0, 4.0)], "bo": [Span(1.0, 3.0)], "cy": [Span(2.0, 3.0)]}
    found = summary(lanes, Span(0.0, 5.0))
    assert (found.overlap, found.silence) == (2.0, 1.0)


def test_nothing_pushed_is_an_empty_summary():
    found = Timeline().summary()
    assert (found.seconds, found.speakers) == (0.0, ())
