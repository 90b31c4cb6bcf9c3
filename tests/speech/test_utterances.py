"""Utterances are cut by pauses, whatever pieces the sound comes in, and never grow beyond their bound."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.speech.voices import hiss, hum, talk
from v100_ai.speech.recognizer import RATE, Samples
from v100_ai.speech.utterances import BEFORE, FRAME, LONGEST, PAUSE, Utterance, Utterances

PAUSES = [(1.0, 1.2), (2.0, 1.0), (0.6, 1.5)]


def cut(samples: Samples, *sizes: int) -> list[Utterance]:
    cutter, found, taken = Utterances(), list[Utterance](), 0
    for size in sizes:
        found += cutter.push(samples[taken : taken + size])
        taken += size
    return [*found, *cutter.push(samples[taken:]), *cutter.flush()]


def spans(utterances: list[Utterance]) -> list[tuple[float, float]]:
    return [(one.start, one.end) for one in utterances]


def test_each_stretch_of_voice_is_one_utterance_with_its_place():
    found = cut(talk(*PAUSES))
    begins = [0.0, 2.2, 5.2]
    assert len(found) == 3
    for one, begin, (voice, _) in zip(found, begins, PAUSES, strict=True):
        assert one.start <= begin + 0.01
        assert one.start >= begin - BEFORE * 0.02 - 0.03
        assert begin + voice <= one.end <= begin + voice + PAUSE * 0.02 + 0.05


@given(st.lists(st.integers(0, 9_000), max_size=30))
def test_the_pieces_it_comes_in_change_nothing(sizes: list[int]):
    samples = talk(*PAUSES)
    whole, pieces = cut(samples), cut(samples, *sizes)
    assert spans(whole) == spans(pieces)
    for one, other in zip(whole, pieces, strict=True):
        assert np.array_equal(one.samples, other.samples)


@given(st.integers(0, 2**31), st.floats(-90, -15))
def test_no_utterance_is_too_long_and_none_overlaps_the_next(seed: int, level: float):
    dice = np.random.default_rng(seed)
    parts = [
        hiss(float(dice.uniform(0, 9)), level + float(dice.uniform(0, 15)), seed) for _ in range(8)
    ]
    found = cut(np.concatenate(parts))
    assert all(len(one.samples) <= LONGEST * FRAME for one in found)
    assert all(one.end <= other.start + 1e-6 for one, other in pairwise(found))
    assert all(one.start >= 0 for one in found)


def test_who_never_pauses_is_cut_where_it_is_quietest():
    long = np.concatenate([hum(13.5), hum(0.2, -45.0), hum(10.0)])
    first, *rest = cut(long)
    assert first.end == pytest.approx(13.6, abs=0.12)
    assert rest[0].start == pytest.approx(first.end)
    assert rest[-1].end == pytest.approx(len(long) / RATE, abs=0.03)


@pytest.mark.parametrize(
    "samples",
    [np.zeros(0, np.int16), np.zeros(10 * RATE, np.int16), hiss(10.0), hiss(10.0, -61.0)],
    ids=["nothing", "silence", "a quiet room", "a room"],
)
def test_where_nobody_speaks_there_is_no_utterance(samples: Samples):
    assert cut(samples) == []


def test_a_click_is_no_utterance():
    assert cut(np.concatenate([hiss(1.0), hum(0.08), hiss(2.0)])) == []


def test_a_room_that_is_always_loud_is_taken_for_its_noise():
    cutter = Utterances()
    cutter.push(hiss(40.0, -40.0))
    assert cutter.push(hiss(20.0, -40.0, seed=2)) == []
    found = [*cutter.push(np.concatenate([hum(2.0, -15.0), hiss(2.0, -40.0)])), *cutter.flush()]
    assert len(found) == 1


def test_what_is_kept_while_nobody_speaks_is_bounded():
    cutter = Utterances()
    cutter.push(hiss(600.0))
    assert len(cutter._frames) <= BEFORE + 1


def test_a_jump_in_time_ends_what_was_said_and_moves_what_comes():
    cutter = Utterances()
    assert cutter.push(hum(1.0), at=5.0) == []
    (before,) = cutter.push(hum(1.0), at=30.0)
    assert (before.start, before.end) == pytest.approx((5.0, 6.0), abs=0.03)
    (after,) = cutter.flush()
    assert (after.start, after.end) == pytest.approx((30.0, 31.0), abs=0.03)
