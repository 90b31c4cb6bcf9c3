"""Times of a track's packets on the session's axis, whatever the way does to them."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from v100_ai.hub.tap_tracks import WRAP, TrackTimes

STEP = 0.02
RATE = 48_000


def placed(times: TrackTimes, sent: list[float], came: list[float], first: int = 0) -> list[float]:
    return [
        times.at((first + round(at * RATE)) % WRAP, arrived)
        for at, arrived in zip(sent, came, strict=True)
    ]


@given(st.integers(0, WRAP - 1), st.lists(st.floats(0, 0.3), min_size=60, max_size=60))
def test_jitter_moves_nothing_and_the_clock_may_wrap(first: int, late: list[float]):
    sent = [n * STEP for n in range(60)]
    came = [5.0 + at + delay for at, delay in zip(sent, late, strict=True)]
    found = placed(TrackTimes(RATE), sent, came, first)
    steps = [b - a for a, b in pairwise(found)]
    assert steps == pytest.approx([STEP] * 59, abs=0.05 * STEP)
    assert all(at <= 5.31 + n * STEP for n, at in enumerate(found))


def test_what_was_held_up_keeps_its_times():
    sent = [n * STEP for n in range(200)]
    came = [3.0 if n < 50 else max(4.8, 3.0 + n * STEP) for n in range(200)]
    found = placed(TrackTimes(RATE), sent, came)
    assert found == pytest.approx([3.0 + at for at in sent], abs=0.1)


def test_a_clock_that_was_set_goes_on_where_its_packets_come():
    times = TrackTimes(RATE)
    placed(times, [0.0, 0.02], [1.0, 1.02])
    assert times.at(round(90.0 * RATE), 1.04) == pytest.approx(1.04)
    behind = [times.at(round((80.0 + n * STEP) * RATE), 1.06 + n * STEP) for n in range(200)]
    assert behind[-1] == pytest.approx(1.06 + 199 * STEP, abs=0.05)


def test_a_first_packet_that_was_late_is_made_up_for():
    sent = [n * STEP for n in range(3000)]
    came = [2.5, *(2.0 + at for at in sent[1:])]
    found = placed(TrackTimes(RATE), sent, came)
    assert found[-1] == pytest.approx(came[-1], abs=0.001)
    assert all(b > a for a, b in pairwise(found))
