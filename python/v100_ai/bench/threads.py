"""Two analyzers on two threads against one: what releasing the interpreter's lock is worth."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Final

import numpy as np

from v100_ai.analyzers import FrameAnalyzer
from v100_ai.bench.row import Row, at_least
from v100_ai.bench.stopwatch import seconds

FRAMES: Final = 150
ROUNDS: Final = 5
GAIN_LEAST: Final = 1.7
TWO: Final = 2


def rows() -> Iterator[Row]:
    """Frames per second of two threads over one, where there are two cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if (cores or 1) < TWO:
        yield Row(what="two threads over one", value=float("nan"), unit="x", note="one core here")
        return
    random = np.random.default_rng(0)
    luma = random.integers(0, 255, (1080, 1920), dtype=np.uint8)

    def push_all(_: int) -> None:
        analyzer = FrameAnalyzer()
        for count in range(FRAMES):
            analyzer.push(luma, pts=count / 25)

    gains = list[float]()
    with ThreadPoolExecutor(TWO) as pool:
        for _ in range(ROUNDS):
            one = seconds(lambda: push_all(0))
            two = seconds(lambda: list(pool.map(push_all, range(TWO))))
            gains.append(TWO * one / two)
    yield at_least("two threads over one, 1080p", median(gains), "x", GAIN_LEAST, "two cores")
