from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from v100_ai.faults import Cut, Fault, Finder, Limits, Settings, Signs

CALM = Signs(black_ratio=0.0, difference=2.0, blockiness=0.1, blur=0.2, scene_change=0.05)
RATE = 10


def find(*signs: Signs, settings: Settings | None = None, start: float = 0.0) -> list[Fault | Cut]:
    finder = Finder(settings)
    found = []
    for index, each in enumerate(signs):
        found += finder.push(index, start + index / RATE, each)
    return found + finder.flush()


@pytest.mark.parametrize(
    ("kind", "sign", "worst"),
    [
        ("black", {"black_ratio": 1.0}, 1.0),
        ("blocky", {"blockiness": 0.7}, 0.7),
        ("blurred", {"blur": 0.9}, 0.9),
    ],
)
def test_a_fault_lasts_from_its_first_frame_to_the_first_good_one(kind, sign, worst):
    bad = replace(CALM, **sign)
    assert find(*[CALM] * 5, *[bad] * 10, *[CALM] * 5) == [
        Fault(kind=kind, start=0.5, end=1.5, frames=10, worst=worst)
    ]


def test_a_freeze_begins_with_the_frame_that_is_repeated():
    still = replace(CALM, difference=0.0)
    assert find(*[CALM] * 5, *[still] * 12, *[CALM] * 2) == [
        Fault(kind="frozen", start=0.4, end=1.7, frames=12, worst=0.0)
    ]


def test_a_short_fault_is_none():
    assert find(*[CALM] * 5, *[replace(CALM, difference=0.0)] * 8, *[CALM] * 5) == []


def test_a_fault_that_wavers_between_its_limits_is_one():
    wavering = [replace(CALM, blockiness=value) for value in (0.6, 0.3, 0.55, 0.26, 0.9, 0.3)]
    (fault,) = find(CALM, *wavering, CALM)
    assert fault == Fault(kind="blocky", start=0.1, end=0.7, frames=6, worst=0.9)


def test_black_is_not_also_frozen_or_blurred():
    black = Signs(black_ratio=1.0, difference=0.0, blockiness=0.9, blur=1.0, scene_change=0.0)
    assert [each.kind for each in find(*[black] * 30) if isinstance(each, Fault)] == ["black"]


def test_a_fault_at_the_end_ends_with_the_last_frame():
    (fault,) = find(CALM, *[replace(CALM, blur=0.9)] * 20)
    assert isinstance(fault, Fault)
    assert fault.end == pytest.approx(2.0)


def test_a_cut_is_one_frame_however_long_the_change_lasts():
    changing = [replace(CALM, scene_change=value) for value in (0.9, 0.8, 0.25, 0.6)]
    assert find(*[CALM] * 3, *changing, CALM) == [Cut(frame=3, pts=0.3, score=0.9)]


def test_a_flash_is_one_cut():
    flash = replace(CALM, scene_change=0.9)
    assert len(find(CALM, flash, CALM, flash, CALM, settings=Settings(cut_gap=0.3))) == 1


def test_a_time_that_goes_back_ends_what_is_open():
    finder = Finder()
    blurred = replace(CALM, blur=0.9)
    for index in range(10):
        finder.push(index, 100 + index / RATE, blurred)
    (fault,) = finder.push(10, 0.0, CALM)
    assert isinstance(fault, Fault)
    assert (fault.start, fault.end) == (100.0, 100.9)
    assert finder.flush() == []


def test_what_is_not_known_is_no_fault():
    assert find(*[Signs()] * 30) == []


signs = st.builds(
    Signs,
    **{
        name: st.none() | st.floats(0, 1)
        for name in ("black_ratio", "difference", "blockiness", "blur", "scene_change")
    },
)


@given(st.lists(signs, max_size=80))
def test_faults_of_a_kind_never_overlap_and_are_never_too_short(frames):
    settings = Settings()
    found = find(*frames, settings=settings)
    for kind in ("black", "frozen", "blocky", "blurred"):
        spans = [each for each in found if isinstance(each, Fault) and each.kind == kind]
        limits: Limits = getattr(settings, kind)
        assert all(span.end - span.start >= limits.seconds for span in spans)
        assert all(limits.entered(span.worst) for span in spans)
        assert all(left.end <= right.start + 0.1001 for left, right in pairwise(spans))
