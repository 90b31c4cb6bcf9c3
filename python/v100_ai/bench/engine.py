"""The engine against the memory it reads: timed inside, without Python in between."""

from collections.abc import Iterator
from typing import Final

from v100_ai.analyzers import KernelTimes, kernel_times
from v100_ai.bench.row import Row, at_most

SIZES: Final = {
    "360p": (640, 360),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "4K": (3840, 2160),
}
MICRO: Final = 1e6

PASS_MOST: Final = 3.0
DIFFERENCE_MOST: Final = 4.0
MAGNITUDE_MOST_US: Final = 0.2
COMPLEXITY_MOST_US: Final = 0.3
LIVE_MOST_US: Final = 0.8
VIRAL_MOST_US: Final = 0.1
VECTORS_MOST_MS: Final = 0.5
SPREAD_MOST: Final = 1.5


def rows() -> Iterator[Row]:
    """The pass over the samples at each size, and the layers that stand on it."""
    spread = list[float]()
    for name, (width, height) in SIZES.items():
        for cached in (True, False):
            times = kernel_times(width, height, cached=cached)
            place = "from cache" if cached else "from memory"
            if name != "360p":
                yield from _passes(f"{name} {place}", times)
            if not cached:
                spread.append(times.signature_difference / (width * height))
            if name == "1080p" and not cached:
                yield from _layers(times)
    yield at_most(
        "time per pixel, slowest size over fastest, 360p to 4K",
        max(spread) / min(spread),
        "x",
        SPREAD_MOST,
        "signature with difference, from memory",
    )


def _passes(where: str, times: KernelTimes) -> Iterator[Row]:
    read = times.read * MICRO
    yield Row(
        what=f"reading luma, {where}", value=read, unit="us", note="a vectorised sum: the limit"
    )
    for what, time, most in (
        ("signature", times.signature, PASS_MOST),
        ("signature with difference", times.signature_difference, DIFFERENCE_MOST),
    ):
        note = f"{time * MICRO:.0f} us: the part that grows with the picture"
        yield at_most(f"{what}, {where}", time / times.read, "x reading", most, note)


def _layers(times: KernelTimes) -> Iterator[Row]:
    published = "the product publishes < {} us; the pixel pass is the signature's row above"
    yield at_most(
        "motion magnitude, given the signature (160x90)",
        times.motion_magnitude * MICRO,
        "us",
        MAGNITUDE_MOST_US,
        published.format(MAGNITUDE_MOST_US),
    )
    yield at_most(
        "scene complexity, given the signature",
        times.scene_complexity * MICRO,
        "us",
        COMPLEXITY_MOST_US,
        published.format(COMPLEXITY_MOST_US),
    )
    yield at_most(
        "live tier given both signatures (160x90)",
        times.live_quality * MICRO,
        "us",
        LIVE_MOST_US,
        "the product publishes < 0.8 us; PSNR, SSIM and vmaf_live of the analysis plane",
    )
    yield at_most(
        "viral score, given its six factors",
        times.viral_score * MICRO,
        "us",
        VIRAL_MOST_US,
        "the weighing alone: its factors stand on words (some 0.1 ms a sentence), sound and the rows above",
    )
    yield at_most("motion vectors, 1080p", times.vectors * 1000, "ms", VECTORS_MOST_MS)
