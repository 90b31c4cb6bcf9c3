"""A threshold from real streams: the score that only so few of them reach, and how much that stands on."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final

SEGMENT_S: Final = 600.0
"""Seconds of one segment: alarms cluster within a stream, so that streams count and not frames."""

SEGMENTS_AN_HOUR: Final = 3600.0 / SEGMENT_S

ROUNDING: Final = 1e-9
"""Keeps what is whole but for rounding from being rounded up."""

SURE: Final = 3.0
"""Segments without an alarm, over their number an alarm is expected in, that hold the rate at 95 %: the rule of three."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The greatest score of a piece of a real stream, and how long the piece is."""

    score: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """A threshold and what it stands on."""

    threshold: float
    streams: int
    hours: float
    alpha: float
    """Share of segments of ten minutes that may reach the threshold."""
    sure: bool
    """Whether there are hours enough to claim the rate at 95 %, had none of them an alarm."""


class TooShort(ValueError):
    """The streams are too short for what is asked; the text says what they allow."""


def segments(peaks: Iterable[Peak]) -> tuple[list[float], float]:
    """Greatest scores of segments of ten minutes, shorter pieces joined in their order; and the hours of all."""
    found: list[float] = []
    most, held, total = 0.0, 0.0, 0.0
    for peak in peaks:
        most, held, total = max(most, peak.score), held + peak.seconds, total + peak.seconds
        if held >= SEGMENT_S:
            found.append(most)
            most, held = 0.0, 0.0
    return found, total / 3600.0


def calibrated(peaks: Iterable[Peak], streams: int, alarms_per_hour: float) -> Calibrated:
    """The threshold of split conformal prediction: the ceil((n + 1)(1 - alpha))-th of n segments' maxima.

    Raises `TooShort` where there are not enough segments for so few alarms.
    """
    alpha = alarms_per_hour / SEGMENTS_AN_HOUR
    if not 0.0 < alpha < 1.0:
        raise TooShort(
            f"expected alarms per hour above 0 and below {SEGMENTS_AN_HOUR:g}, found {alarms_per_hour:g}"
        )
    maxima, hours = segments(peaks)
    count = len(maxima)
    rank = ceil((count + 1) * (1.0 - alpha) - ROUNDING)
    if rank > count:
        needed = ceil(1.0 / alpha - 1.0 - ROUNDING)
        allowed = SEGMENTS_AN_HOUR / (count + 1)
        raise TooShort(
            f"expected at least {needed} segments of ten minutes ({needed / SEGMENTS_AN_HOUR:.1f} hours) for "
            f"{alarms_per_hour:g} alarms per hour, found {count} ({hours:.2f} hours), which allow "
            f"{allowed:.2g} alarms per hour at least"
        )
    return Calibrated(
        threshold=sorted(maxima)[rank - 1],
        streams=streams,
        hours=hours,
        alpha=alpha,
        sure=count >= SURE / alpha,
    )
