"""A threshold from real streams, and what it refuses to claim."""

import pytest
from hypothesis import given, strategies as st

from v100_ai.deepfake.calibration import Peak, TooShort, calibrated, segments

TENTH = 0.1
"""Alarms in an hour: one in ten hours, a sixtieth of segments of ten minutes."""


def streams(count: int) -> list[Peak]:
    return [Peak(score=at / 1000, seconds=600.0) for at in range(count)]


def test_the_threshold_is_the_order_statistic_of_split_conformal_prediction():
    found = calibrated(streams(119), 119, TENTH)
    assert found.threshold == pytest.approx(0.117)
    assert found.streams == 119
    assert found.alpha == pytest.approx(1 / 60)
    assert found.hours == pytest.approx(119 / 6)
    assert not found.sure
    assert calibrated(streams(180), 180, TENTH).sure


def test_59_segments_are_the_least_for_one_alarm_in_ten_hours():
    assert calibrated(streams(59), 59, TENTH).threshold == pytest.approx(0.058)
    with pytest.raises(TooShort, match=r"59 segments .* found 58 .* allow 0\.1 alarms"):
        calibrated(streams(58), 58, TENTH)


@pytest.mark.parametrize("rate", [0.0, -1.0, 6.0, float("nan")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(TooShort, match="alarms per hour"):
        calibrated(streams(100), 100, rate)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 700)), max_size=60))
def test_short_pieces_count_by_their_length_and_not_by_their_number(pieces):
    maxima, hours = segments(Peak(*each) for each in pieces)
    assert len(maxima) <= hours * 6 + 1e-6
    assert all(each <= max(score for score, _ in pieces) for each in maxima)
