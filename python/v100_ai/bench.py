"""What the layers cost on this machine, frame by frame through the door."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from v100_ai.analyzers import LAYERS, FrameAnalyzer
from v100_ai.clock import monotonic

REPEATS: Final = 30
SIZES: Final = ((640, 360), (1280, 720), (1920, 1080), (3840, 2160))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of the table."""

    what: str
    value: float
    unit: str
    target: str = ""
    reached: bool | None = None
    note: str = ""


def rows() -> Iterator[Row]:
    """Medians, one core, on frames of moving noise over a gradient."""
    machine = platform.processor() or platform.machine()
    for layers in (LAYERS, tuple(each for each in LAYERS if each != "vectors")):
        for width, height in SIZES:
            frames = [_picture(width, height, seed) for seed in range(3)]
            yield Row(
                what=f"{width}x{height}, {' '.join(layers)}",
                value=1000 * _seconds(_pusher(frames, layers)),
                unit="ms a frame",
                note=machine,
            )


def _picture(width: int, height: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """A slope with seeded noise, a little further on with each seed."""
    random = np.random.default_rng(seed)
    slope = (np.arange(width)[None, :] + np.arange(height)[:, None] + 4 * seed) % 200
    return (slope + random.integers(0, 40, (height, width))).astype(np.uint8)


def _pusher(
    frames: list[np.ndarray[tuple[int, int], np.dtype[np.uint8]]], layers: tuple[str, ...]
) -> Callable[[int], object]:
    analyzer = FrameAnalyzer(layers)
    return lambda count: analyzer.push(frames[count % len(frames)], count / 25)


def _seconds(work: Callable[[int], object]) -> float:
    """The median of the repeats, the first one left out."""
    times = list[float]()
    for count in range(REPEATS + 1):
        began = monotonic()
        work(count)
        times.append(monotonic() - began)
    return median(times[1:])
