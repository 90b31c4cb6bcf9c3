import gc
import weakref

import pytest

from tests.tap.staged import noise, settle
from v100_ai import LAYERS
from v100_ai.tap import Tap


def test_memory_that_is_replaced_is_given_back_at_once():
    tap = Tap()
    buffer = bytearray(160 * 96)
    tap.offer(buffer, 0.0, width=160, height=96)
    with pytest.raises(BufferError):
        buffer.append(0)
    tap.offer(noise(), 0.04)
    buffer.append(0)


def test_memory_that_is_done_with_is_given_back_by_the_next_collect():
    with Tap() as tap:
        luma = noise()
        kept = weakref.ref(luma)
        tap.offer(luma, 0.0)
        del luma
        settle(tap)
        assert kept() is not None
        tap.collect()
        assert kept() is None


def test_memory_that_is_done_with_is_given_back_by_the_next_offer():
    with Tap() as tap:
        first, second = noise(), noise()
        kept = weakref.ref(first)
        tap.offer(first, 0.0)
        del first
        settle(tap)
        tap.offer(second, 0.04)
        assert kept() is None


@pytest.mark.parametrize("opened", [False, True])
def test_closing_and_forgetting_give_everything_back(opened):
    for close in (True, False):
        tap = Tap(LAYERS)
        if opened:
            tap.__enter__()
        frames = [noise(640, 360, seed) for seed in range(3)]
        kept = [weakref.ref(each) for each in frames]
        while frames:
            tap.offer(frames.pop(), 0.0)
        if close:
            tap.close()
        else:
            del tap
            gc.collect()
        assert [each() for each in kept] == [None] * 3
