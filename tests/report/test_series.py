import pytest
from hypothesis import given, strategies as st

from v100_ai.report.gallery import CUTS, REGULAR, Gallery
from v100_ai.report.rows import COLUMNS, Cell
from v100_ai.report.series import Series, Total


def row(index: int, value: float | None) -> dict[str, Cell]:
    known = {"frame": index, "pts": index / 25, "width": 64, "height": 48}
    return {**dict.fromkeys(COLUMNS), **known, "visual_exposure": value}


@given(st.lists(st.none() | st.floats(-10, 10), max_size=300), st.integers(2, 40))
def test_any_length_fits_and_no_peak_is_lost(values, limit):
    series = Series(limit=limit)
    for index, value in enumerate(values):
        series.push(row(index, value))
    assert len(series.points) <= limit
    known = [value for value in values if value is not None]
    totals = [point.values["visual_exposure"] for point in series.points if point.values]
    assert sum(total.count for total in totals) == len(known)
    if known:
        assert max(total.high for total in totals) == max(known)
        assert min(total.low for total in totals) == min(known)
        assert series.totals["visual_exposure"].mean == pytest.approx(sum(known) / len(known))


@given(st.lists(st.lists(st.floats(-10, 10), min_size=1, max_size=30), max_size=120))
def test_seconds_fit_as_their_frames_do(seconds):
    series = Series(limit=8)
    for second, values in enumerate(seconds):
        total = Total(len(values), sum(values), min(values), max(values))
        series.add(0, float(second), second + 0.9, len(values), {"visual_exposure": total})
    assert len(series.points) <= 8
    assert series.frames == sum(point.frames for point in series.points) == sum(map(len, seconds))
    known = [value for values in seconds for value in values]
    if known:
        total = series.totals["visual_exposure"]
        assert (total.count, total.low, total.high) == (len(known), min(known), max(known))
        assert series.seconds == pytest.approx(len(seconds) - 0.1)


def test_points_stay_in_order_and_cover_the_whole():
    series = Series(limit=8)
    for index in range(1000):
        series.push(row(index, 0.5))
    frames = [point.frame for point in series.points]
    assert frames == sorted(frames)
    assert frames[0] == 0
    assert frames[-1] > 800
    assert series.seconds == pytest.approx(999 / 25)


@given(st.integers(1, 2000), st.floats(0, 300))
def test_a_gallery_never_outgrows_its_bounds(frames, announced):
    gallery = Gallery.over(announced)
    for index in range(frames):
        gallery.offer(index, index / 2, lambda: b"jpeg", cut=index % 3 == 0)
    assert len(gallery.regular) <= REGULAR
    assert len(gallery.cuts) <= CUTS
    times = [each.pts for each in gallery.thumbnails]
    assert times == sorted(times)
    assert times[0] == 0
