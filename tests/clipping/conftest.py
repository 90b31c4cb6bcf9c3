import ctypes
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from v100_ai.worker.child.landlock import CREATE, VERSION


@dataclass(frozen=True)
class Scored:
    start: float
    end: float
    rank_score: float | None


@pytest.fixture
def scored() -> Callable[..., list[Scored]]:
    """Moments of (start, end, rank_score)."""
    return lambda *moments: [Scored(*each) for each in moments]


@pytest.fixture
def landlock() -> None:
    """Skips where the kernel cannot hold to it."""
    if int(ctypes.CDLL(None).syscall(CREATE, None, 0, VERSION)) < 1:
        pytest.skip("this kernel has no Landlock")
