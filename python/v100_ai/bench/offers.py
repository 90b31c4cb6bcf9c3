"""What the tap costs a media loop: the offers themselves, and how late the loop's ticks become."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import count, cycle
from statistics import median
from typing import Final

import av
import numpy as np

from v100_ai.analyzers import LAYERS
from v100_ai.bench.row import Row, at_most
from v100_ai.bench.stopwatch import seconds
from v100_ai.frames import Frame
from v100_ai.frames.door import frame_from
from v100_ai.tap import Tap, paced

MICRO: Final = 1e6
MILLI: Final = 1e3

WIDTH: Final = 1280
HEIGHT: Final = 720
OFFERS: Final = 20_000
ROUNDS: Final = 5

LARGE: Final = 8192
"""The edge of a frame that all layers take longer over than a tick lasts."""

FPS: Final = 60
TICKS: Final = 300

MEDIAN_MOST_US: Final = 1.0
TAIL_MOST_US: Final = 10.0
JITTER_MOST_MS: Final = 0.1

MEDIAN: Final = 0.5
P99: Final = 0.99
P999: Final = 0.999


def rows() -> Iterator[Row]:
    """Offers from Python, clock included; lateness in a loop that is outside of Python between ticks."""
    yield from _offers()
    yield from _ticks()


def _offers() -> Iterator[Row]:
    """Back to back, so that the analysis is never done and almost every frame is replaced."""
    y = np.random.default_rng(7).integers(0, 255, (HEIGHT, WIDTH), dtype=np.uint8)
    u, v = y[::2, ::2].copy(), y[1::2, 1::2].copy()
    decoded = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    decoded.pts, decoded.time_base = 0, Fraction(1, FPS)
    ways: list[tuple[str, object, bool]] = [
        ("Frame of (y, u, v)", frame_from((y, u, v), 0.0), True),
        ("arrays (y, u, v)", (y, u, v), True),
        ("av.VideoFrame", decoded, False),
    ]
    for name, picture, promised in ways:
        middles, tails, note = list[float](), list[float](), ""
        for _ in range(ROUNDS):
            times, note = _offered(picture)
            middles.append(_share(times, MEDIAN) * MICRO)
            tails.append(_share(times, P999) * MICRO)
        what = f"offering a frame while others are dropped, {name}"
        if promised:
            yield at_most(f"{what}, p50", median(middles), "us", MEDIAN_MOST_US, note)
            yield at_most(f"{what}, p99.9", median(tails), "us", TAIL_MOST_US)
        else:
            note = f"p99.9 {median(tails):.1f} us; PyAV makes an object for each plane"
            yield Row(what=f"{what}, p50", value=median(middles), unit="us", note=note)


def _offered(picture: object) -> tuple[list[float], str]:
    with Tap() as tap:
        times = [seconds(partial(tap.offer, picture, at / FPS)) for at in range(OFFERS)]
        stats = tap.stats
    return times, f"{stats.replaced} of {stats.offered} replaced"


def _ticks() -> Iterator[Row]:
    """The same loop without the tap and with it, in turn."""
    random = np.random.default_rng(7)
    tall = random.integers(0, 255, (LARGE + 8, LARGE), dtype=np.uint8)
    frames = [frame_from(tall[top : top + LARGE], 0.0) for top in (0, 8)]
    added, alone, empty, cold, replaced = (list[float]() for _ in range(5))
    for _ in range(ROUNDS):
        without = paced(lambda: None, period=1 / FPS, ticks=TICKS)
        with Tap(LAYERS) as tap:
            beside = paced(_offering(tap, frames), period=1 / FPS, ticks=TICKS)
            replaced.append(tap.stats.replaced)
        alone.append(_share(without.late, P99) * MILLI)
        added.append(_share(beside.late, P99) * MILLI - alone[-1])
        empty.append(_share(without.took, MEDIAN) * MICRO)
        cold.append(_share(beside.took, MEDIAN) * MICRO)
    note = (
        f"alone {median(alone):.2f} ms; {median(replaced):.0f} of {TICKS} frames replaced;"
        f" medians of {ROUNDS} rounds in turn"
    )
    yield at_most(
        "a media loop of 60 fps beside a saturated analysis, added to p99",
        median(added),
        "ms",
        JITTER_MOST_MS,
        note,
    )
    yield Row(
        what="offering a frame 60 times a second, caches cold, p50",
        value=median(cold),
        unit="us",
        note=f"a call that does nothing takes {median(empty):.1f} us there",
    )


def _offering(tap: Tap, frames: Sequence[Frame]) -> Callable[[], bool]:
    shown, ticks = cycle(frames), count()
    return lambda: tap.offer(next(shown), next(ticks) / FPS)


def _share(times: Sequence[float], share: float) -> float:
    """The time that this share of them is not above."""
    return sorted(times)[int(share * len(times))]
