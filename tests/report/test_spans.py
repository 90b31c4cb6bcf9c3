from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from v100_ai.report.spans import Spans

spans = st.lists(st.tuples(st.floats(0.01, 50), st.floats(0, 20)), max_size=200)


@given(spans, st.integers(1, 20))
def test_any_number_of_spans_fits_and_none_is_lost_from_sight(spans, limit):
    lane, at, said = Spans(limit), 0.0, []
    for pause, seconds in spans:
        at += pause
        lane.open(at)
        said.append((at, at + seconds))
        at += seconds
        lane.close(at)
    kept = lane.until(at)
    assert len(kept) <= limit
    assert all(one[1] <= other[0] for one, other in pairwise(kept))
    for start, end in said:
        assert any(first <= start and end <= last for first, last in kept)
    assert {edge for span in kept for edge in span} <= {edge for span in said for edge in span}
    assert lane.seconds == pytest.approx(sum(end - start for start, end in said))


def test_a_span_that_is_open_lasts_until_the_end():
    lane = Spans()
    lane.open(3.0)
    lane.open(4.0)
    assert lane.until(10.0) == [(3.0, 10.0)]
    assert lane.until(1.0) == [(3.0, 3.0)]
    lane.close(5.0)
    lane.close(6.0)
    assert lane.until(10.0) == [(3.0, 5.0)]


def test_a_time_that_goes_back_is_no_negative_span():
    lane = Spans()
    lane.open(3.0)
    lane.close(1.0)
    assert (lane.spans, lane.seconds) == ([(3.0, 3.0)], 0.0)
